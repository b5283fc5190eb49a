#ifndef SQS_ANSWER_XML_H
#define SQS_ANSWER_XML_H

#include <stddef.h>

#include "sqs/found.h"

/* Answers of the query protocol: XML. What is found is told to sqs/found.h. */
struct answer_xml;

struct answer_xml *answer_xml_new(struct found *found); /* NULL: out of memory */
void answer_xml_free(struct answer_xml *reader);        /* NULL is fine */
int answer_xml_begin(struct answer_xml *reader);        /* 0, or -1: out of memory */
void answer_xml_feed(struct answer_xml *reader, const char *data, size_t length);
enum found_result answer_xml_finish(struct answer_xml *reader);

#endif
