#ifndef XML_EVENTS_H
#define XML_EVENTS_H

#include "base/buf.h"
#include "xml/xml.h"

/* Write the events of lib/xml as a document again; the context is the buffer for it. */

static void on_start(void *context, const char *name)
{
    buf_printf(context, "<%s>", name);
}

static void on_end(void *context, const char *name)
{
    buf_printf(context, "</%s>", name);
}

static void on_text(void *context, const char *text, size_t length)
{
    buf_append(context, text, length);
}

static const struct xml_handler handler = { on_start, on_text, on_end };

#endif
