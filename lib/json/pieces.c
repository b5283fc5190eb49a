#include <string.h>

#include "json/pieces.h"
#include "json/scan.h"
#include "json/span.h"
#include "json/string.h"

void json_pieces_init(struct json_pieces *pieces, const char *member, size_t piece_maximum,
    size_t rest_maximum)
{
    *pieces = (struct json_pieces){ .member = member };
    buf_init(&pieces->piece, piece_maximum);
    buf_init(&pieces->rest, rest_maximum);
}

void json_pieces_free(struct json_pieces *pieces)
{
    buf_free(&pieces->piece);
    buf_free(&pieces->rest);
}

void json_pieces_begin(struct json_pieces *pieces, json_pieces_on_piece *on_piece, void *context,
    size_t keep)
{
    buf_shrink(&pieces->piece, keep);
    buf_shrink(&pieces->rest, keep);
    pieces->on_piece = on_piece;
    pieces->context = context;
    pieces->key = pieces->key_end = pieces->depth = 0;
    pieces->object_root = pieces->in_member = pieces->in_piece = false;
    pieces->in_string = pieces->escaped = false;
}

/* Return true when the last string of the root object is the member's name. */
static bool at_member(const struct json_pieces *pieces)
{
    struct json_result result;
    const char *key = pieces->rest.data + pieces->key;
    size_t length = pieces->key_end - pieces->key;
    return pieces->object_root && pieces->key < pieces->key_end &&
        json_scan(key, length, NULL, 1, NULL, &result) == JSON_OK &&
        json_string_equals(key, length, pieces->member, strlen(pieces->member));
}

/* Keep [from, to), which continues in the next part. */
static void keep(struct json_pieces *pieces, const char *from, const char *to)
{
    if (from < to)
        buf_append(pieces->in_piece ? &pieces->piece : &pieces->rest, from, (size_t)(to - from));
}

/* Pass on the piece that ends at ${to}; its unkept part begins at ${from}. */
static void hand_on(struct json_pieces *pieces, const char *from, const char *to)
{
    struct buf *piece = &pieces->piece;
    const char *text = from;
    size_t length = (size_t)(to - from);
    if (piece->length > 0 || piece->failed || length > piece->maximum) {
        buf_append(piece, from, length);
        text = piece->failed ? NULL : piece->data;
        length = piece->length;
    }
    pieces->on_piece(pieces->context, text, length);
    buf_clear(piece);
    pieces->in_piece = false;
}

/* Skip from inside a string to its end, or to the end of the data. */
static const char *skip_string(struct json_pieces *pieces, const char *at, const char *end)
{
    while (at < end) {
        if (pieces->escaped) {
            pieces->escaped = false;
            at++;
            continue;
        }
        at = json_span_content(at, end);
        if (at == end)
            break;
        pieces->escaped = *at == '\\';
        if (*at++ == '"') {
            pieces->in_string = false;
            break;
        }
    }
    return at;
}

/*
 * An object or array begins at ${at}. Return where the unkept data begins: ${from}, unless a piece
 * begins.
 */
static const char *open_level(struct json_pieces *pieces, const char *from, const char *at)
{
    if (pieces->in_member && pieces->depth == 2 && *at == '{') {
        keep(pieces, from, at);
        buf_append(&pieces->rest, "{}", 2);
        pieces->in_piece = true;
        from = at;
    } else if (pieces->depth == 0) {
        pieces->object_root = *at == '{';
    } else if (pieces->depth == 1 && *at == '[') {
        keep(pieces, from, at);
        from = at;
        pieces->in_member = !pieces->rest.failed && at_member(pieces);
    }
    pieces->depth++;
    return from;
}

/* Note the end of an object or array; ${at} is its last byte. Return as open_level() does. */
static const char *close_level(struct json_pieces *pieces, const char *from, const char *at)
{
    if (pieces->depth == 0)
        return from;
    pieces->depth--;
    if (pieces->in_piece && pieces->depth == 2) {
        hand_on(pieces, from, at + 1);
        return at + 1;
    }
    if (pieces->depth < 2)
        pieces->in_member = false;
    return from;
}

void json_pieces_feed(struct json_pieces *pieces, const char *data, size_t length)
{
    const char *at = data, *end = data + length, *from = data;
    while (at < end && !pieces->rest.failed) {
        if (pieces->in_string) {
            at = skip_string(pieces, at, end);
            if (!pieces->in_string && pieces->depth == 1)
                pieces->key_end = pieces->rest.length + (size_t)(at - from);
            continue;
        }
        switch (*at) {
        case '"':
            pieces->in_string = true;
            if (pieces->depth == 1)
                pieces->key = pieces->rest.length + (size_t)(at - from);
            break;
        case '{':
        case '[':
            from = open_level(pieces, from, at);
            break;
        case '}':
        case ']':
            from = close_level(pieces, from, at);
            break;
        default:
            break;
        }
        at++;
    }
    keep(pieces, from, end);
}
