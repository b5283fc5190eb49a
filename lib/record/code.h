#ifndef RECORD_CODE_H
#define RECORD_CODE_H

#include <stdbool.h>

/*
 * Return words for the code of an error record or refusal, for readers of a message
 * (sqs2pg-record(5), pg-load(1)). NULL: not one of ours.
 */
const char *code_text(const char *stage, const char *code);

/* Return true for the code of a line that is not a record. */
bool code_is_of_line(const char *code);

/* A hint for users whose input is not lines of JSON objects. */
extern const char code_line_hint[];

enum { CODE_COUNT = 30 };

/* Return the number of a code, below CODE_COUNT; CODE_COUNT: not one of ours. */
unsigned code_number(const char *code);

/* Return the code with this number, below CODE_COUNT; NULL: an earlier number has the same code, of
 * another stage. */
const char *code_word(unsigned number);

#endif
