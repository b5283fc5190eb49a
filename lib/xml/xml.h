#ifndef XML_XML_H
#define XML_XML_H

#include <stdbool.h>
#include <stddef.h>

#include "xml/handler.h"

/*
 * A streaming reader of XML 1.0: pieces of a document go in as they arrive, events come out; no
 * tree is built. A document with a DOCTYPE is refused. So the only entities are the five of XML and
 * character references, nothing is ever loaded, and no input expands. Elements nest at most
 * XML_MAX_DEPTH deep. The encoding is always UTF-8: a declaration of another one has no effect.
 * Attributes, comments and processing instructions are ignored; names come without their prefix.
 *
 * Characters that XML 1.0 forbids are reported too, and bytes that are not UTF-8 as they are
 * (xml/forbidden.h): one bad message in an answer must not affect others. Any other error ends the
 * reading; earlier events remain valid.
 */
struct xml;

enum xml_result {
    XML_WELL,      /* no error so far */
    XML_MALFORMED, /* not well-formed, or cut off */
    XML_REFUSED,   /* a DOCTYPE, or too deep */
    XML_NO_MEMORY
};

/* Open a reader; the handler must outlive it. Return NULL when memory runs out. */
struct xml *xml_open(const struct xml_handler *handler, void *context);
void xml_free(struct xml *xml); /* NULL is fine */

/* Prepare the reader for another document. Return 0, or -1 when memory runs out. */
int xml_restart(struct xml *xml);

/* Continue reading. A result other than XML_WELL stays, and further data is ignored. */
enum xml_result xml_feed(struct xml *xml, const char *data, size_t length);

/* End the document: XML_WELL only if it was complete. */
enum xml_result xml_finish(struct xml *xml);

#endif
