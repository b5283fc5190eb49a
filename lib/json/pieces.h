#ifndef JSON_PIECES_H
#define JSON_PIECES_H

#include <stdbool.h>
#include <stddef.h>

#include "base/buf.h"

/*
 * A JSON text that arrives in parts, whose root is an object with a member that is a long array of
 * objects: {"Messages":[{…},{…}],…}. Each of these objects is passed on as soon as it is complete.
 * Only one of them and the text around the array are held in memory.
 *
 * Only the ends of strings, objects and arrays are found here. The receiver scans each object
 * (json/scan.h), and at the end the rest, in which "{}" replaces each object passed on. The whole
 * text is valid JSON exactly when all of them are.
 */

/* text[0, length) is the object; NULL: it was longer than the maximum. */
typedef void json_pieces_on_piece(void *context, const char *text, size_t length);

struct json_pieces {
    struct buf rest; /* read it after the text's end; failed: too long, or out of memory */

    /* private */
    const char *member;
    json_pieces_on_piece *on_piece;
    void *context;
    struct buf piece;
    size_t key; /* offset in the rest of the last string of the root object */
    size_t key_end;
    size_t depth; /* open objects and arrays */
    bool object_root;
    bool in_member; /* inside the array of the member */
    bool in_piece;
    bool in_string;
    bool escaped; /* the next byte of a string is escaped */
};

/*
 * For the member ${member} (a static string, plain ASCII), with maximum sizes of a piece and of the
 * rest. Allocates nothing.
 */
void json_pieces_init(struct json_pieces *pieces, const char *member, size_t piece_maximum,
    size_t rest_maximum);
void json_pieces_free(struct json_pieces *pieces); /* accepts a zeroed one */

/* Begin a new text; free the memory above ${keep} bytes of each buffer. */
void json_pieces_begin(struct json_pieces *pieces, json_pieces_on_piece *on_piece, void *context,
    size_t keep);
void json_pieces_feed(struct json_pieces *pieces, const char *data, size_t length);

#endif
