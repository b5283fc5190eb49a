#ifndef XML_PLAIN_H
#define XML_PLAIN_H

#include <stdbool.h>
#include <stddef.h>

#include "xml/handler.h"

/*
 * The part of XML 1.0 in which SQS servers answer, read at a fraction of what a whole parser takes:
 * an XML declaration, elements with ASCII names without prefix and at most one simple attribute,
 * text in UTF-8, XML's five entities, character references. At everything else, also at every
 * mistake but one, it stops before it has told anything of it: then the rest is for a whole parser,
 * told first which elements are open.
 */
enum { PLAIN_REST = 512, PLAIN_NAMES = 1024 };

enum plain_result {
    PLAIN_WELL,     /* all is taken; part of it may be kept until the rest comes */
    PLAIN_OTHER,    /* not plain */
    PLAIN_MALFORMED /* "]]>" in a text, of which the first two were told as text */
};

struct plain {
    const struct xml_handler *handler;
    void *context;
    unsigned depth;
    size_t name_at[XML_MAX_DEPTH]; /* in ${names}, of each open element */
    char names[PLAIN_NAMES];       /* NUL-terminated, one after the other */
    size_t names_end;
    bool begun;        /* something has been seen: no declaration can follow */
    bool ended;        /* the root element is closed */
    unsigned brackets; /* how many ']' the text ends with: 0, 1, or 2 for more */
    size_t rest_length;
    char rest[PLAIN_REST]; /* a tag or reference that is not there whole */
};

/* Make it ready for a document. */
void plain_begin(struct plain *plain, const struct xml_handler *handler, void *context);

/*
 * Read on. ${taken}: how much of the data; when it is PLAIN_OTHER, ${rest} and then what is left of
 * the data are what the whole parser has to read.
 */
enum plain_result plain_feed(struct plain *plain, const char *data, size_t length, size_t *taken);

/* Whether the document is at its end. */
bool plain_whole(const struct plain *plain);

#endif
