#ifndef JSON_PIECES_H
#define JSON_PIECES_H

#include <stdbool.h>
#include <stddef.h>

#include "base/buf.h"

/*
 * A JSON text that arrives in parts and whose root, an object, has one member that is a long array
 * of objects: {"Messages":[{…},{…}],…}. Each of these objects is handed on as soon as it is whole;
 * of the text only one of them and what stands outside of them is ever held.
 *
 * Nothing is validated here but where strings, objects and arrays begin and end: the receiver scans
 * each object (json/scan.h), and the rest, in which every object handed on is "{}", at the end. The
 * whole text is JSON exactly if all of them are.
 */

/* text[0, length) is the object; NULL: it was longer than the maximum. */
typedef void json_pieces_on_piece(void *context, const char *text, size_t length);

struct json_pieces {
    struct buf rest; /* for the reader when the text is over; failed: too long, or out of memory */

    /* Its own. */
    const char *member;
    json_pieces_on_piece *on_piece;
    void *context;
    struct buf piece;
    size_t key; /* in the rest: the last string of the root object; */
    size_t key_end;
    size_t depth; /* open objects and arrays */
    bool object_root;
    bool in_member; /* within the array of the member */
    bool in_piece;
    bool in_string;
    bool escaped; /* the next byte of a string has no meaning */
};

/* For the member ${member} (a static string, plain ASCII); at most so many bytes a piece and of the
 * rest. Allocates nothing. */
void json_pieces_init(struct json_pieces *pieces, const char *member, size_t piece_maximum,
    size_t rest_maximum);
void json_pieces_free(struct json_pieces *pieces); /* of a zeroed one too */

/* Begin with a new text; memory above ${keep} bytes a buffer is given back. */
void json_pieces_begin(struct json_pieces *pieces, json_pieces_on_piece *on_piece, void *context,
    size_t keep);
void json_pieces_feed(struct json_pieces *pieces, const char *data, size_t length);

#endif
