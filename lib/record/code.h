#ifndef RECORD_CODE_H
#define RECORD_CODE_H

/*
 * The codes of error records and refusals in words, for who reads a message and not the manual
 * (sqs2pg-record(5), pg-load(1)). NULL: none of ours.
 */
const char *code_text(const char *stage, const char *code);

#endif
