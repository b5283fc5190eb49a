#ifndef XML_FORBIDDEN_H
#define XML_FORBIDDEN_H

#include <stddef.h>

/*
 * Passes input that XML 1.0 forbids through a parser, which would stop there. Such input is
 * characters outside its production Char (section 2.2), literal or as references ("&#1;"), and
 * bytes that are not UTF-8. Before the parser, each byte of them becomes one character of U+10FE00
 * to U+10FEFF, which is private use and allowed; after it, that byte again. These characters
 * themselves count as forbidden, so that the mapping stays unique.
 *
 * A reference to half a surrogate pair gives the three bytes that UTF-8 would have for it. One to a
 * number beyond Unicode gives the byte 0xFF: neither is UTF-8. A malformed reference stays as it
 * is, for the parser to refuse, and so does a number of more than FORBIDDEN_REST characters.
 */
enum { FORBIDDEN_REST = 64 };

/* The context of the reader; references have a meaning in text only. */
enum forbidden_context {
    FORBIDDEN_TEXT,
    FORBIDDEN_CDATA,
    FORBIDDEN_COMMENT,
    FORBIDDEN_INSTRUCTION
};

/* Gets the input of the parser, in pieces of any size. */
typedef void forbidden_sink(void *context, const char *data, size_t length);

struct forbidden {
    forbidden_sink *sink;
    void *sink_context;
    enum forbidden_context within;
    size_t rest_length;
    char rest[FORBIDDEN_REST]; /* of an incomplete character or mark */
};

/* Begin a document. */
void forbidden_begin(struct forbidden *forbidden, forbidden_sink *sink, void *sink_context);

/* Continue reading. All goes to the sink, except an incomplete character or mark at the end of the
 * data. */
void forbidden_feed(struct forbidden *forbidden, const char *data, size_t length);

/* End the document: hand on the rest. */
void forbidden_finish(struct forbidden *forbidden);

/*
 * forbidden_restore(text, length, sink, context):
 * Hand text from the parser, in whole characters, to the sink in its original bytes.
 */
void forbidden_restore(const char *text, size_t length, forbidden_sink *sink, void *context);

#endif
