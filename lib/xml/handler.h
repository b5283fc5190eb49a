#ifndef XML_HANDLER_H
#define XML_HANDLER_H

#include <stddef.h>

/* Callbacks for the content of a document during reading (xml/xml.h). Names and texts belong to the
 * reader and are valid during the call. */
enum { XML_MAX_DEPTH = 32 };

struct xml_handler {
    void (*start)(void *context, const char *name);
    /* UTF-8, unless the document is not, in pieces of any size */
    void (*text)(void *context, const char *text, size_t length);
    void (*end)(void *context, const char *name);
};

#endif
