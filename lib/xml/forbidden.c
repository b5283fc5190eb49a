#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#include "xml/forbidden.h"

enum {
    FIRST = 0x10fe00, /* the first character that stands for a byte */
    LAST = 0x10feff,
    LAST_OF_UNICODE = 0x10ffff,
    SIZE = 4, /* bytes of any of them in UTF-8 */
    PIECE = 4096
};

/* Output on its way to the sink. */
struct piece {
    forbidden_sink *sink;
    void *context;
    size_t length;
    char text[PIECE];
};

/* Leave the text uninitialized: a piece may hold only a few bytes. */
static void begin(struct piece *piece, forbidden_sink *sink, void *context)
{
    piece->sink = sink;
    piece->context = context;
    piece->length = 0;
}

static void flush(struct piece *piece)
{
    if (piece->length > 0)
        piece->sink(piece->context, piece->text, piece->length);
    piece->length = 0;
}

static void put(struct piece *piece, const char *text, size_t length)
{
    if (length > PIECE - piece->length)
        flush(piece);
    memcpy(piece->text + piece->length, text, length);
    piece->length += length;
}

static bool is_allowed(uint32_t character)
{
    if (character < ' ')
        return character == '\t' || character == '\n' || character == '\r';
    return (character < 0xd800 || character > 0xdfff) && character != 0xfffe &&
        character != 0xffff && (character < FIRST || character > LAST) &&
        character <= LAST_OF_UNICODE;
}

/* Encode as UTF-8 (RFC 3629), with surrogates in the same scheme. */
static size_t encode(uint32_t character, char out[SIZE])
{
    if (character < 0x80) {
        out[0] = (char)character;
        return 1;
    }
    size_t length = character < 0x800 ? 2 : character < 0x10000 ? 3 : 4;
    for (size_t i = length - 1; i > 0; i--, character >>= 6)
        out[i] = (char)(0x80 | (character & 63));
    out[0] = (char)((0xf00u >> length & 0xf0u) | character);
    return length;
}

/* Append the bytes of a forbidden character. */
static void put_bytes(struct piece *piece, const char *bytes, size_t length)
{
    char character[SIZE];
    for (size_t i = 0; i < length; i++)
        put(piece, character, encode(FIRST + (unsigned char)bytes[i], character));
}

/* Return the length of a character that begins with ${lead}; 0 when none does. */
static size_t length_of(unsigned char lead)
{
    return lead < 0x80 ? 1
        : lead < 0xc2  ? 0
        : lead < 0xe0  ? 2
        : lead < 0xf0  ? 3
        : lead < 0xf5  ? 4
                       : 0;
}

/* Take a character beyond ASCII. Return the bytes taken, or 0 when it is incomplete. */
static size_t take_sequence(struct piece *piece, const char *text, size_t left)
{
    const unsigned char *bytes = (const unsigned char *)text;
    size_t length = length_of(bytes[0]);
    char again[SIZE];
    uint32_t character = length > 0 ? bytes[0] & (0x7fu >> length) : 0;
    for (size_t i = 1; i < length; i++) {
        if (i == left)
            return 0;
        if ((bytes[i] & 0xc0) != 0x80)
            length = 0;
        character = character << 6 | (bytes[i] & 63);
    }
    if (length == 0 || encode(character, again) != length) { /* not UTF-8, or an overlong form */
        put_bytes(piece, text, 1);
        return 1;
    }
    if (is_allowed(character))
        put(piece, text, length);
    else
        put_bytes(piece, text, length);
    return length;
}

/* Read the number of "&#10;" or "&#xA;", from the first digit to before the ';'. Return false when
 * it is invalid. */
static bool read_number(const char *at, const char *end, uint32_t base, uint32_t *number)
{
    *number = 0;
    if (at == end)
        return false;
    for (; at < end; at++) {
        uint32_t digit = *at >= '0' && *at <= '9' ? (uint32_t)(*at - '0')
            : *at >= 'a' && *at <= 'f'            ? (uint32_t)(*at - 'a') + 10
            : *at >= 'A' && *at <= 'F'            ? (uint32_t)(*at - 'A') + 10
                                                  : UINT32_MAX;
        if (digit >= base)
            return false;
        if (*number <= LAST_OF_UNICODE)
            *number = *number * base + digit;
    }
    return true;
}

/* Take a reference from its '&', like take_sequence(). */
static size_t take_reference(struct piece *piece, const char *text, size_t left)
{
    size_t most = left < FORBIDDEN_REST ? left : FORBIDDEN_REST;
    const char *end = memchr(text, ';', most);
    uint32_t number;
    if (end == NULL && most < FORBIDDEN_REST)
        return 0;
    bool hexadecimal = most > 2 && text[2] == 'x';
    if (end == NULL || text[1] != '#' ||
        !read_number(text + (hexadecimal ? 3 : 2), end, hexadecimal ? 16 : 10, &number) ||
        is_allowed(number)) {
        put(piece, text, 1);
        return 1;
    }
    char bytes[SIZE] = { (char)0xff };
    put_bytes(piece, bytes, number <= LAST_OF_UNICODE ? encode(number, bytes) : 1);
    return (size_t)(end - text) + 1;
}

/* A mark that begins or ends a context in which characters have another meaning. */
struct mark {
    enum forbidden_context within;
    enum forbidden_context then;
    const char *text;
};

static const struct mark marks[] = {
    { FORBIDDEN_TEXT, FORBIDDEN_CDATA, "<![CDATA[" },
    { FORBIDDEN_TEXT, FORBIDDEN_COMMENT, "<!--" },
    { FORBIDDEN_TEXT, FORBIDDEN_INSTRUCTION, "<?" },
    { FORBIDDEN_CDATA, FORBIDDEN_TEXT, "]]>" },
    { FORBIDDEN_COMMENT, FORBIDDEN_TEXT, "-->" },
    { FORBIDDEN_INSTRUCTION, FORBIDDEN_TEXT, "?>" },
};

/* Take a mark, or its first character when there is none, like take_sequence(). */
static size_t take_mark(struct forbidden *forbidden, struct piece *piece, const char *text,
    size_t left)
{
    for (size_t i = 0; i < sizeof marks / sizeof *marks; i++) {
        size_t length = strlen(marks[i].text);
        if (marks[i].within != forbidden->within ||
            memcmp(text, marks[i].text, left < length ? left : length) != 0)
            continue;
        if (left < length)
            return 0;
        put(piece, text, length);
        forbidden->within = marks[i].then;
        return length;
    }
    put(piece, text, 1);
    return 1;
}

static size_t take(struct forbidden *forbidden, struct piece *piece, const char *text, size_t left)
{
    unsigned char c = (unsigned char)*text;
    if (c >= 0x80)
        return take_sequence(piece, text, left);
    if (c == '&' && forbidden->within == FORBIDDEN_TEXT)
        return take_reference(piece, text, left);
    if (c == '<' || c == ']' || c == '-' || c == '?')
        return take_mark(forbidden, piece, text, left);
    if (is_allowed(c))
        put(piece, text, 1);
    else
        put_bytes(piece, text, 1);
    return 1;
}

/* Take all complete characters. Return their length. */
static size_t take_all(struct forbidden *forbidden, const char *data, size_t length)
{
    struct piece piece;
    size_t at = 0, taken = 1;
    begin(&piece, forbidden->sink, forbidden->sink_context);
    while (at < length && taken > 0) {
        taken = take(forbidden, &piece, data + at, length - at);
        at += taken;
    }
    flush(&piece);
    return at;
}

void forbidden_begin(struct forbidden *forbidden, forbidden_sink *sink, void *sink_context)
{
    forbidden->sink = sink;
    forbidden->sink_context = sink_context;
    forbidden->within = FORBIDDEN_TEXT;
    forbidden->rest_length = 0;
}

void forbidden_feed(struct forbidden *forbidden, const char *data, size_t length)
{
    char *rest = forbidden->rest;
    while (forbidden->rest_length > 0 && length > 0) {
        size_t more = FORBIDDEN_REST - forbidden->rest_length;
        if (more > length)
            more = length;
        memcpy(rest + forbidden->rest_length, data, more);
        size_t had = forbidden->rest_length + more, taken = take_all(forbidden, rest, had);
        data += more;
        length -= more;
        forbidden->rest_length = had - taken;
        memmove(rest, rest + taken, had - taken);
    }
    if (length == 0)
        return;
    size_t taken = take_all(forbidden, data, length);
    forbidden->rest_length = length - taken;
    memcpy(rest, data + taken, length - taken);
}

void forbidden_finish(struct forbidden *forbidden)
{
    if (forbidden->rest_length > 0)
        forbidden->sink(forbidden->sink_context, forbidden->rest, forbidden->rest_length);
    forbidden->rest_length = 0;
}

/* Return true when a character that stands for a byte begins at ${text}. */
static bool stands_for_byte(const unsigned char *text, size_t left)
{
    return left >= SIZE && text[0] == 0xf4 && text[1] == 0x8f && text[2] >= 0xb8 && text[2] <= 0xbb;
}

void forbidden_restore(const char *text, size_t length, forbidden_sink *sink, void *context)
{
    struct piece piece;
    begin(&piece, sink, context);
    while (length > 0) {
        const unsigned char *bytes = (const unsigned char *)text;
        if (stands_for_byte(bytes, length)) {
            char byte = (char)((bytes[2] & 3u) << 6 | (bytes[3] & 63u));
            put(&piece, &byte, 1);
            text += SIZE;
            length -= SIZE;
            continue;
        }
        const char *next = memchr(text + 1, 0xf4, length - 1);
        size_t run = next != NULL ? (size_t)(next - text) : length;
        flush(&piece);
        sink(context, text, run);
        text += run;
        length -= run;
    }
    flush(&piece);
}
