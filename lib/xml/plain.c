#include <stdint.h>
#include <string.h>
#ifdef __SSE2__
#include <emmintrin.h>
#endif

#include "xml/plain.h"

enum { TEXT_PIECE = 2048, LONGEST_CHARACTER = 4, LONGEST_REFERENCE = 12 };

/* Result of a token: its length, or one of these. */
enum { INCOMPLETE = 0, OTHER = -1, MALFORMED = -2 };

void plain_begin(struct plain *plain, const struct xml_handler *handler, void *context)
{
    plain->handler = handler;
    plain->context = context;
    plain->depth = 0;
    plain->names_end = 0;
    plain->begun = plain->ended = false;
    plain->brackets = 0;
    plain->rest_length = 0;
}

bool plain_whole(const struct plain *plain)
{
    return plain->ended && plain->rest_length == 0;
}

static bool is_blank(char c)
{
    return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

static bool begins_name(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
}

static bool in_name(char c)
{
    return begins_name(c) || (c >= '0' && c <= '9') || c == '-' || c == '.';
}

static const char *skip_name(const char *at, const char *end)
{
    if (at < end && begins_name(*at))
        while (++at < end && in_name(*at))
            ;
    return at;
}

static const char *skip_blanks(const char *at, const char *end)
{
    while (at < end && is_blank(*at))
        at++;
    return at;
}

/* Skip one attribute, from its name to its closing quote; return NULL when it is not a simple
 * one. */
static const char *skip_attribute(const char *at, const char *end)
{
    const char *name = at;
    at = skip_name(at, end);
    if (at == name || end - at < 3 || at[0] != '=' || (at[1] != '"' && at[1] != '\''))
        return NULL;
    char quote = at[1];
    for (at += 2; at < end && *at != quote; at++)
        if (*at < ' ' || *at > '~' || *at == '<' || *at == '&')
            return NULL;
    return at < end ? at + 1 : NULL;
}

static bool open_element(struct plain *plain, const char *name, size_t length)
{
    if (plain->depth == XML_MAX_DEPTH || length >= PLAIN_NAMES - plain->names_end)
        return false;
    plain->name_at[plain->depth++] = plain->names_end;
    memcpy(plain->names + plain->names_end, name, length);
    plain->names[plain->names_end + length] = '\0';
    plain->names_end += length + 1;
    return true;
}

/* Return the name of the innermost open element. */
static const char *name_of(const struct plain *plain)
{
    return plain->names + plain->name_at[plain->depth - 1];
}

static size_t name_length_of(const struct plain *plain)
{
    return plain->names_end - plain->name_at[plain->depth - 1] - 1;
}

static void close_element(struct plain *plain)
{
    plain->handler->end(plain->context, name_of(plain));
    plain->names_end = plain->name_at[--plain->depth];
    plain->ended = plain->depth == 0;
}

/* text[0] is '<', text[length - 1] the first '>'. */
static int take_start_tag(struct plain *plain, const char *text, size_t length)
{
    const char *name = text + 1, *end = text + length - 1;
    const char *at = skip_name(name, end);
    size_t name_length = (size_t)(at - name);
    bool empty = end[-1] == '/';
    if (name_length == 0)
        return OTHER;
    if (empty)
        end--;
    if (at < end && !is_blank(*at))
        return OTHER;
    at = skip_blanks(at, end);
    if (at < end && (at = skip_attribute(at, end)) == NULL)
        return OTHER;
    if (skip_blanks(at, end) != end || !open_element(plain, name, name_length))
        return OTHER;
    plain->handler->start(plain->context, name_of(plain));
    if (empty)
        close_element(plain);
    return (int)length;
}

/* text[0, 2) is "</", text[length - 1] the first '>'. A blank after the name is not accepted. */
static int take_end_tag(struct plain *plain, const char *text, size_t length)
{
    if (plain->depth == 0 || length - 3 != name_length_of(plain) ||
        memcmp(name_of(plain), text + 2, length - 3) != 0)
        return OTHER;
    close_element(plain);
    return (int)length;
}

/* Accept the declarations that servers send; another may name another encoding. */
static bool is_declaration(const char *text, size_t length)
{
    static const char *const known[] = {
        "<?xml version=\"1.0\"?>",
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>",
        "<?xml version=\"1.0\" encoding=\"utf-8\"?>",
        "<?xml version='1.0' encoding='UTF-8'?>",
        "<?xml version='1.0' encoding='utf-8'?>",
    };
    for (size_t i = 0; i < sizeof known / sizeof *known; i++)
        if (strlen(known[i]) == length && memcmp(known[i], text, length) == 0)
            return true;
    return false;
}

static int take_tag(struct plain *plain, const char *text, size_t left)
{
    const char *end = memchr(text, '>', left);
    if (end == NULL)
        return INCOMPLETE;
    size_t length = (size_t)(end - text) + 1;
    int token = OTHER;
    plain->brackets = 0;
    if (text[1] == '/')
        token = take_end_tag(plain, text, length);
    else if (text[1] == '?' && !plain->begun)
        token = is_declaration(text, length) ? (int)length : OTHER;
    else if (!plain->ended)
        token = take_start_tag(plain, text, length);
    if (token != OTHER)
        plain->begun = true;
    return token;
}

/* Encode a character that XML 1.0 allows. Return its length, or 0 when it is not allowed. */
static int encode(uint32_t character, char out[LONGEST_CHARACTER])
{
    if (character < 0x80) {
        out[0] = (char)character;
        return character >= ' ' || character == '\t' || character == '\n' || character == '\r';
    }
    if (character < 0x800) {
        out[0] = (char)(0xc0 | character >> 6);
        out[1] = (char)(0x80 | (character & 63));
        return 2;
    }
    if (character < 0x10000) {
        out[0] = (char)(0xe0 | character >> 12);
        out[1] = (char)(0x80 | (character >> 6 & 63));
        out[2] = (char)(0x80 | (character & 63));
        return (character >= 0xd800 && character < 0xe000) || character > 0xfffd ? 0 : 3;
    }
    out[0] = (char)(0xf0 | character >> 18);
    out[1] = (char)(0x80 | (character >> 12 & 63));
    out[2] = (char)(0x80 | (character >> 6 & 63));
    out[3] = (char)(0x80 | (character & 63));
    return character > 0x10ffff ? 0 : 4;
}

/* Read "#10" or "#xA". Return UINT32_MAX when invalid. At most eight digits, as LONGEST_REFERENCE
 * allows. */
static uint32_t number_of(const char *at, const char *end)
{
    uint32_t base = 10, value = 0;
    if (++at < end && *at == 'x') {
        base = 16;
        at++;
    }
    if (at == end)
        return UINT32_MAX;
    for (; at < end; at++) {
        uint32_t digit = *at >= '0' && *at <= '9' ? (uint32_t)(*at - '0')
            : *at >= 'a' && *at <= 'f'            ? (uint32_t)(*at - 'a') + 10
            : *at >= 'A' && *at <= 'F'            ? (uint32_t)(*at - 'A') + 10
                                                  : UINT32_MAX;
        if (digit >= base)
            return UINT32_MAX;
        value = value * base + digit;
    }
    return value;
}

/* Take a reference, from its '&'. ${out} gets its ${length} bytes. */
static int take_reference(const char *text, size_t left, char out[LONGEST_CHARACTER], int *length)
{
#define ENTITY(name, character)           \
    {                                     \
        name, sizeof(name) - 1, character \
    }
    static const struct {
        const char *text;
        size_t length;
        char character;
    } entities[] = { ENTITY("&quot;", '"'), ENTITY("&amp;", '&'), ENTITY("&lt;", '<'),
        ENTITY("&gt;", '>'), ENTITY("&apos;", '\'') };
#undef ENTITY
    for (size_t i = 0; i < sizeof entities / sizeof *entities; i++) {
        if (left < entities[i].length || memcmp(entities[i].text, text, entities[i].length) != 0)
            continue;
        out[0] = entities[i].character;
        *length = 1;
        return (int)entities[i].length;
    }
    size_t most = left < LONGEST_REFERENCE ? left : LONGEST_REFERENCE;
    const char *end = memchr(text, ';', most);
    if (end == NULL)
        return most < LONGEST_REFERENCE ? INCOMPLETE : OTHER;
    if (text[1] != '#')
        return OTHER;
    *length = encode(number_of(text + 1, end), out);
    return *length > 0 ? (int)(end - text) + 1 : OTHER;
}

/* Take an allowed character beyond ASCII that is well-formed UTF-8 (RFC 3629). */
static int take_sequence(const char *text, size_t left, char out[LONGEST_CHARACTER])
{
    const unsigned char *bytes = (const unsigned char *)text;
    size_t length = bytes[0] < 0xe0 ? 2 : bytes[0] < 0xf0 ? 3 : 4;
    uint32_t character = bytes[0] & (0x7fu >> length);
    if (bytes[0] < 0xc2 || bytes[0] > 0xf4)
        return OTHER;
    if (left < length)
        return INCOMPLETE;
    for (size_t i = 1; i < length; i++) {
        if ((bytes[i] & 0xc0) != 0x80)
            return OTHER;
        character = character << 6 | (bytes[i] & 63);
    }
    /* When encoding it again gives another length, its form was overlong. */
    return encode(character, out) == (int)length ? (int)length : OTHER;
}

/* Return true for a literal character: ASCII except '&', '<', '>', ']', a carriage return and
 * forbidden ones. */
static bool stands_for_itself(char c)
{
    static const char table[256] = "         ..                     "
                                   "...... ..................... . ."
                                   "............................. .."
                                   "................................";
    return table[(unsigned char)c] == '.';
}

#ifdef __SSE2__
/* Return a set with bit i for each of sixteen bytes that is not literal, or is a tab or line
 * feed. */
static unsigned suspects(const char *text)
{
    __m128i block = _mm_loadu_si128((const __m128i *)(const void *)text);
    /* as signed bytes, those of 0x80 or more are below a space too */
    __m128i stops = _mm_cmplt_epi8(block, _mm_set1_epi8(' '));
    stops = _mm_or_si128(stops, _mm_cmpeq_epi8(block, _mm_set1_epi8('&')));
    stops = _mm_or_si128(stops, _mm_cmpeq_epi8(block, _mm_set1_epi8(']')));
    /* '<' and '>' differ in one bit */
    block = _mm_or_si128(block, _mm_set1_epi8('<' ^ '>'));
    stops = _mm_or_si128(stops, _mm_cmpeq_epi8(block, _mm_set1_epi8('>')));
    return (unsigned)_mm_movemask_epi8(stops);
}
#endif

static size_t run_of(const char *text, size_t left)
{
    size_t at = 0;
#ifdef __SSE2__
    unsigned found = 0;
    for (; left - at >= sizeof(__m128i) && found == 0; at += sizeof(__m128i))
        found = suspects(text + at);
    if (found != 0)
        at = at - sizeof(__m128i) + (unsigned)__builtin_ctz(found);
#endif
    while (at < left && stands_for_itself(text[at]))
        at++;
    return at;
}

static int take_bracket(struct plain *plain, char c)
{
    if (c == ']') {
        plain->brackets += plain->brackets < 2;
        return 1;
    }
    if (plain->brackets == 2)
        return MALFORMED;
    plain->brackets = 0;
    return 1;
}

/* Take a character that is not literal, like take_reference(). */
static int take_character(struct plain *plain, const char *text, size_t left,
    char out[LONGEST_CHARACTER], int *length)
{
    if (*text == ']' || *text == '>') {
        out[0] = *text;
        *length = 1;
        return take_bracket(plain, *text);
    }
    plain->brackets = 0;
    if (*text == '&')
        return take_reference(text, left, out, length);
    int token = take_sequence(text, left, out);
    *length = token;
    return token;
}

/* Take text up to a tag or the end of the data. Return its length; ${token} is what ended it. */
static size_t take_text(struct plain *plain, const char *text, size_t left, int *token)
{
    char piece[TEXT_PIECE];
    size_t at = 0, used = 0;
    *token = 1;
    while (at < left && text[at] != '<') {
        if (used > TEXT_PIECE - LONGEST_CHARACTER) {
            plain->handler->text(plain->context, piece, used);
            used = 0;
        }
        size_t room = TEXT_PIECE - used;
        size_t run = run_of(text + at, left - at < room ? left - at : room);
        if (run > 0) {
            plain->brackets = 0;
            if (used == 0) {
                plain->handler->text(plain->context, text + at, run); /* usually all of the text */
            } else {
                memcpy(piece + used, text + at, run);
                used += run;
            }
            at += run;
            continue;
        }
        int length = 0;
        *token = take_character(plain, text + at, left - at, piece + used, &length);
        if (*token <= 0)
            break;
        at += (size_t)*token;
        used += (size_t)length;
    }
    if (used > 0)
        plain->handler->text(plain->context, piece, used);
    return at;
}

/* Take token after token. Return the bytes taken; ${token} is what ended it, positive at the
 * end. */
static size_t take_all(struct plain *plain, const char *data, size_t length, int *token)
{
    size_t at = 0;
    *token = 1;
    while (*token > 0 && at < length) {
        if (data[at] == '<') {
            *token = length - at < 3 ? INCOMPLETE : take_tag(plain, data + at, length - at);
            at += *token > 0 ? (size_t)*token : 0;
        } else if (plain->depth > 0) {
            at += take_text(plain, data + at, length - at, token);
        } else if (is_blank(data[at])) {
            plain->begun = true;
            at++;
        } else {
            *token = OTHER;
        }
    }
    return at;
}

static enum plain_result result_of(int token)
{
    return token == OTHER ? PLAIN_OTHER : token == MALFORMED ? PLAIN_MALFORMED : PLAIN_WELL;
}

/* Take the kept token, with as much after it as there is room for. */
static enum plain_result take_rest(struct plain *plain, const char *data, size_t length,
    size_t *taken)
{
    size_t before = plain->rest_length, more = PLAIN_REST - before;
    int token;
    if (more > length)
        more = length;
    memcpy(plain->rest + before, data, more);
    size_t used = take_all(plain, plain->rest, before + more, &token);
    if (used > before) {
        *taken = used - before;
        plain->rest_length = 0;
        return token == INCOMPLETE ? PLAIN_WELL : result_of(token);
    }
    if (token != INCOMPLETE)
        return result_of(token);
    if (more < length)
        return PLAIN_OTHER; /* too long for this reader */
    plain->rest_length = before + more;
    *taken = length;
    return PLAIN_WELL;
}

enum plain_result plain_feed(struct plain *plain, const char *data, size_t length, size_t *taken)
{
    int token;
    *taken = 0;
    if (plain->rest_length > 0) {
        enum plain_result result = take_rest(plain, data, length, taken);
        if (result != PLAIN_WELL || *taken == length)
            return result;
    }
    *taken += take_all(plain, data + *taken, length - *taken, &token);
    size_t left = length - *taken;
    if (token != INCOMPLETE)
        return result_of(token);
    if (left > PLAIN_REST)
        return PLAIN_OTHER;
    memcpy(plain->rest, data + *taken, left);
    plain->rest_length = left;
    *taken = length;
    return PLAIN_WELL;
}
