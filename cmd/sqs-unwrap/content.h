#ifndef SQS_UNWRAP_CONTENT_H
#define SQS_UNWRAP_CONTENT_H

#include <stdbool.h>
#include <stddef.h>

#include "base/buf.h"
#include "json/children.h"

/*
 * What is left of a message, in the bytes of its producer. All pointers are into texts of somebody
 * else.
 */
enum content_form {
    CONTENT_JSON,   /* an object or array: valid JSON */
    CONTENT_SCALAR, /* a number, true, false or null: valid JSON */
    CONTENT_TEXT,   /* UTF-8 */
    CONTENT_BYTES   /* not UTF-8: of use only if it can be decoded further */
};

struct content {
    enum content_form form;
    const char *text;
    size_t length;
    const char *quoted; /* of a text: the JSON string that it is spelt as, or NULL */
    size_t quoted_length;
    const struct json_children *members; /* of an object, if they are known already; or NULL */
};

/*
 * content_value(content, value, length, decoded):
 * A JSON value of a valid text, without whitespace around it. A string is decoded into ${decoded},
 * which must live as long. 0, or -1: out of memory.
 */
int content_value(struct content *content, const char *value, size_t length, struct buf *decoded);

/*
 * The content of the text of a message (sqs2pg-record(5), "body"): JSON exactly if it is an object
 * or array of depth RECORD_BODY_DEPTH or less.
 */
void content_text(struct content *content, const char *text, size_t length);

/* The same of decoded bytes, which may be no text. */
void content_bytes(struct content *content, const char *bytes, size_t length);

/* Whether the first line that is not blank is an object or array: it may be NDJSON. */
bool content_is_lines(const struct content *content);

/*
 * The next line of a text at *at, without its LF or CR LF; blank ones are passed over. False: there
 * is none left. *at begins at 0.
 */
bool content_next_line(const struct content *content, size_t *at, const char **line,
    size_t *length);

/* Append it as the value of "body": whitespace outside strings removed. 0, or -1. Not of BYTES. */
int content_write(const struct content *content, struct buf *out);

#endif
