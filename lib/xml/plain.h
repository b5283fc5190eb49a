#ifndef XML_PLAIN_H
#define XML_PLAIN_H

#include <stdbool.h>
#include <stddef.h>

#include "xml/handler.h"

/*
 * Reads the subset of XML 1.0 in the answers of SQS servers, at a fraction of the cost of a full
 * parser. The subset has an XML declaration, elements with ASCII names without prefix and at most
 * one simple attribute, text in UTF-8, the five entities of XML, and character references. At any
 * other input, and at any error but one, it stops before it has reported any part of that input. A
 * full parser then reads the rest, and first gets the open elements.
 */
enum { PLAIN_REST = 512, PLAIN_NAMES = 1024 };

enum plain_result {
    PLAIN_WELL,     /* all is taken; an incomplete part may be kept */
    PLAIN_OTHER,    /* not plain */
    PLAIN_MALFORMED /* "]]>" in a text; the first two characters were reported */
};

struct plain {
    const struct xml_handler *handler;
    void *context;
    unsigned depth;
    size_t name_at[XML_MAX_DEPTH]; /* in ${names}, of each open element */
    char names[PLAIN_NAMES];       /* NUL-terminated, one after the other */
    size_t names_end;
    bool begun;        /* something was read: no declaration can follow */
    bool ended;        /* the root element is closed */
    unsigned brackets; /* number of ']' at the end of the text: 0, 1, or 2 for more */
    size_t rest_length;
    char rest[PLAIN_REST]; /* an incomplete tag or reference */
};

/* Begin a document. */
void plain_begin(struct plain *plain, const struct xml_handler *handler, void *context);

/*
 * Continue reading. ${taken}: the bytes taken of the data. With PLAIN_OTHER, the full parser must
 * read ${rest} and then the remaining data.
 */
enum plain_result plain_feed(struct plain *plain, const char *data, size_t length, size_t *taken);

/* Return true when the document has ended. */
bool plain_whole(const struct plain *plain);

#endif
