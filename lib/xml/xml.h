#ifndef XML_XML_H
#define XML_XML_H

#include <stdbool.h>
#include <stddef.h>

#include "xml/handler.h"

/*
 * XML 1.0 in a stream: pieces of a document go in as they come, events come out; no tree is built.
 * A document that brings a DOCTYPE is refused, so there are no entities but XML's own five and
 * character references, nothing is ever loaded, and no input grows when it is read. Elements nest
 * at most XML_MAX_DEPTH deep. It is UTF-8, as everything on the web is by now: another encoding
 * that it declares is not believed. Attributes, comments and processing instructions are passed
 * over; names come without their prefix.
 *
 * Characters that XML 1.0 forbids are told all the same, and bytes that are not UTF-8 as they are
 * (xml/forbidden.h): one bad message in an answer must cost no other. Every other mistake ends the
 * reading; what was told before stands.
 */
struct xml;

enum xml_result {
    XML_WELL,      /* nothing wrong so far */
    XML_MALFORMED, /* not well formed, or cut off */
    XML_REFUSED,   /* a DOCTYPE, or too deep */
    XML_NO_MEMORY
};

/* The handler must outlive the reader. NULL: out of memory. */
struct xml *xml_open(const struct xml_handler *handler, void *context);
void xml_free(struct xml *xml); /* NULL is fine */

/* Make the reader ready for another document. 0, or -1: out of memory. */
int xml_restart(struct xml *xml);

/* Once a result is not XML_WELL it stays, and what follows is passed over. */
enum xml_result xml_feed(struct xml *xml, const char *data, size_t length);

/* The document is at its end: XML_WELL only if it was whole. */
enum xml_result xml_finish(struct xml *xml);

#endif
