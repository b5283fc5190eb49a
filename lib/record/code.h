#ifndef RECORD_CODE_H
#define RECORD_CODE_H

#include <stdbool.h>

/*
 * The codes of error records and refusals in words, for who reads a message and not the manual
 * (sqs2pg-record(5), pg-load(1)). NULL: none of ours.
 */
const char *code_text(const char *stage, const char *code);

/* Whether it is one of those of a line that is no record at all. */
bool code_is_of_line(const char *code);

/* A hint for who has fed something else than lines of JSON objects. */
extern const char code_line_hint[];

enum { CODE_COUNT = 30 };

/* The number of a code, below CODE_COUNT; CODE_COUNT: none of ours. */
unsigned code_number(const char *code);

/* The code with this number, below CODE_COUNT; NULL: none has it. */
const char *code_word(unsigned number);

#endif
