#ifndef SQS_UNWRAP_CONTENT_H
#define SQS_UNWRAP_CONTENT_H

#include <stdbool.h>
#include <stddef.h>

#include "base/buf.h"
#include "json/children.h"

/*
 * The content left of a message, in the bytes of its producer. All pointers are into texts that
 * others own.
 */
enum content_form {
    CONTENT_JSON,   /* an object or array: valid JSON */
    CONTENT_SCALAR, /* a number, true, false or null: valid JSON */
    CONTENT_TEXT,   /* UTF-8 */
    CONTENT_BYTES   /* not UTF-8: only useful if it can be decoded further */
};

struct content {
    enum content_form form;
    const char *text;
    size_t length;
    const char *quoted; /* of a text: its form as a JSON string, or NULL */
    size_t quoted_length;
    const struct json_children *members; /* of an object, if known; or NULL */
};

/*
 * content_value(content, value, length, decoded):
 * Take a JSON value of a valid text, without whitespace around it. Decode a string into ${decoded},
 * which must live as long. Return 0, or -1 when memory runs out.
 */
int content_value(struct content *content, const char *value, size_t length, struct buf *decoded);

/*
 * Take the content of the text of a message (sqs2pg-record(5), "body"): JSON exactly if it is an
 * object or array of depth RECORD_BODY_DEPTH or less.
 */
void content_text(struct content *content, const char *text, size_t length);

/* Do the same with decoded bytes, which may not be text. */
void content_bytes(struct content *content, const char *bytes, size_t length);

/* Return true when the first line that is not blank is an object or array: it may be NDJSON. */
bool content_is_lines(const struct content *content);

/*
 * Find the next line of a text at *at, without its LF or CR LF; blank lines are skipped. Return
 * false when none is left. *at begins at 0.
 */
bool content_next_line(const struct content *content, size_t *at, const char **line,
    size_t *length);

/* Append it as the value of "body", without whitespace outside strings. Return 0 or -1. Not for
 * BYTES. */
int content_write(const struct content *content, struct buf *out);

#endif
