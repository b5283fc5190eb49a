#ifndef SQS_ANSWER_JSON_H
#define SQS_ANSWER_JSON_H

#include <stddef.h>

#include "sqs/found.h"

/* Reads answers of AWS JSON 1.0 and reports the results to sqs/found.h. */
struct answer_json;

struct answer_json *answer_json_new(struct found *found); /* NULL when memory runs out */
void answer_json_free(struct answer_json *reader);        /* NULL is fine */
int answer_json_begin(struct answer_json *reader);        /* 0, or -1 when memory runs out */
void answer_json_feed(struct answer_json *reader, const char *data, size_t length);
enum found_result answer_json_finish(struct answer_json *reader);

#endif
