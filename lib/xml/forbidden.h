#ifndef XML_FORBIDDEN_H
#define XML_FORBIDDEN_H

#include <stddef.h>

/*
 * Takes what XML 1.0 forbids through a parser of XML 1.0, which would end there: the characters
 * outside its production Char (section 2.2), written as themselves or as references ("&#1;"), and
 * bytes that are not UTF-8. On the way in each byte of them becomes one character of U+10FE00 to
 * U+10FEFF, which is private use and allowed; on the way out it becomes that byte again. These
 * characters are themselves taken for forbidden, so that nothing is mistaken for another.
 *
 * A reference to half a surrogate pair gives the three bytes that UTF-8 would have for it, one to a
 * number beyond Unicode the byte 0xFF: neither is UTF-8. What is no well-formed reference stays as
 * it is, for the parser to refuse; so does a number with more than FORBIDDEN_REST characters.
 */
enum { FORBIDDEN_REST = 64 };

/* What the reader is within; references mean something in text only. */
enum forbidden_context {
    FORBIDDEN_TEXT,
    FORBIDDEN_CDATA,
    FORBIDDEN_COMMENT,
    FORBIDDEN_INSTRUCTION
};

/* Gets what the parser is to read, in pieces of any size. */
typedef void forbidden_sink(void *context, const char *data, size_t length);

struct forbidden {
    forbidden_sink *sink;
    void *sink_context;
    enum forbidden_context within;
    size_t rest_length;
    char rest[FORBIDDEN_REST]; /* of a character or mark that is not there whole */
};

/* Begin with a document. */
void forbidden_begin(struct forbidden *forbidden, forbidden_sink *sink, void *sink_context);

/* Read on. All is handed to the sink but the beginning of something that the data ends within. */
void forbidden_feed(struct forbidden *forbidden, const char *data, size_t length);

/* The document is at its end: hand on what was kept. */
void forbidden_finish(struct forbidden *forbidden);

/*
 * forbidden_restore(text, length, sink, context):
 * Hand text that the parser gave, whole characters, to the sink as it was before.
 */
void forbidden_restore(const char *text, size_t length, forbidden_sink *sink, void *context);

#endif
