#ifndef SQS_ANSWER_XML_H
#define SQS_ANSWER_XML_H

#include <stddef.h>

#include "sqs/found.h"

/* Reads answers of the query protocol, XML, and reports the results to sqs/found.h. */
struct answer_xml;

struct answer_xml *answer_xml_new(struct found *found); /* NULL when memory runs out */
void answer_xml_free(struct answer_xml *reader);        /* NULL is fine */
int answer_xml_begin(struct answer_xml *reader);        /* 0, or -1 when memory runs out */
void answer_xml_feed(struct answer_xml *reader, const char *data, size_t length);
enum found_result answer_xml_finish(struct answer_xml *reader);

#endif
