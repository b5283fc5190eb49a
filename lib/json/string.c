#include <string.h>

#include "json/escape.h"
#include "json/span.h"
#include "json/string.h"
#include "json/utf8.h"

static bool is_quoted(const char *quoted, size_t length)
{
    return length >= 2 && quoted[0] == '"' && quoted[length - 1] == '"';
}

static const char *find_backslash(const char *text, const char *end)
{
    const char *found = memchr(text, '\\', (size_t)(end - text));
    return found ? found : end;
}

#ifdef JSON_SPAN_SSE2
enum { PIECE = 16, STRETCH = 2 * PIECE };

/* Return the places of ${byte} in a stretch. */
static inline uint64_t byte_mask(__m128i low, __m128i high, char byte)
{
    return (uint64_t)(unsigned)_mm_movemask_epi8(json_span_equal(low, byte)) |
        (uint64_t)(unsigned)_mm_movemask_epi8(json_span_equal(high, byte)) << PIECE;
}

static inline void copy_piece(char *to, const char *from)
{
    _mm_storeu_si128((__m128i *)(void *)to, json_span_load(from));
}

/* Copy the kept bytes of a stretch. Reads and writes up to one piece more. */
static inline char *copy_runs(char *to, const char *stretch, uint64_t kept)
{
    while (kept) {
        unsigned start = (unsigned)__builtin_ctzll(kept);
        unsigned run = (unsigned)__builtin_ctzll(~(kept >> start));

        copy_piece(to, stretch + start);
        if (run > PIECE)
            copy_piece(to + PIECE, stretch + start + PIECE);
        to += run;
        kept = json_span_pass_run(kept);
    }
    return to;
}

/* As memcpy(), of at most a stretch, in two overlapping moves: a call would cost more. */
static inline void copy_short(char *to, const char *from, size_t length)
{
    char *to_end = to + length;
    const char *end = from + length;
    if (length >= PIECE) {
        copy_piece(to, from);
        copy_piece(to_end - PIECE, end - PIECE);
    } else if (length >= 8) {
        memcpy(to, from, 8);
        memcpy(to_end - 8, end - 8, 8);
    } else if (length >= 4) {
        memcpy(to, from, 4);
        memcpy(to_end - 4, end - 4, 4);
    } else {
        while (from < end)
            *to++ = *from++;
    }
}

/*
 * Copy ${*length} bytes of a stretch, at most STRETCH, to ${to}, without the backslashes before
 * quotes and backslashes. Stop before another escape, or one that the stretch cuts, and then reduce
 * ${*length}. Return the end; up to one piece more is written, and read behind the stretch.
 */
static inline char *copy_stretch(char *to, const char *stretch, size_t *length)
{
    __m128i low = json_span_load(stretch), high = json_span_load(stretch + PIECE);
    uint64_t slashes = byte_mask(low, high, '\\'), escaped, others, passed;
    passed = (UINT64_C(1) << *length) - 1;
    slashes &= passed;
    escaped = json_span_escaped(slashes);
    others = escaped & ~((byte_mask(low, high, '"') | slashes) & passed);
    if (others) { /* the kept bytes end one before the first of them */
        passed = ((others & (~others + 1)) >> 1) - 1;
        *length = (size_t)__builtin_ctzll(others) - 1;
    }
    return copy_runs(to, stretch, passed & ~(escaped >> 1));
}

/*
 * Copy as copy_stretch() does, from ${*from} to ${end}, up to another escape or one that ${end}
 * cuts. ${to} has room for all remaining bytes.
 */
static char *copy_stretches(char *to, const char **from, const char *end)
{
    const char *p = *from;
    size_t length = STRETCH;
    while (length >= STRETCH - 1 && end - p >= STRETCH + PIECE) {
        length = STRETCH;
        to = copy_stretch(to, p, &length);
        p += length;
    }
    while (length >= STRETCH - 1 && p < end) {
        char copy[STRETCH + PIECE] = { 0 }, done[STRETCH + PIECE];
        size_t kept;

        length = end - p < STRETCH ? (size_t)(end - p) : STRETCH;
        copy_short(copy, p, length);
        kept = (size_t)(copy_stretch(done, copy, &length) - done);
        copy_short(to, done, kept);
        to += kept;
        p += length;
    }
    *from = p;
    return to;
}
#endif

/* As json_string_decode(), to ${to}, which has room for all. Return the end, or NULL. */
static char *decode_to(char *to, const char *p, const char *end)
{
    while (p < end) {
        enum json_error error;
        uint32_t point;
        size_t escape;

#ifdef JSON_SPAN_SSE2
        to = copy_stretches(to, &p, end);
#endif
        while (p < end && *p != '\\')
            *to++ = *p++;
        if (p == end)
            break;
        if (end - p >= 2 && (p[1] == '"' || p[1] == '\\')) { /* frequent in JSON inside a string */
            *to++ = p[1];
            p += 2;
            continue;
        }
        escape = json_escape_parse(p, end, &point, &error);
        if (escape == 0)
            return NULL;
        to += json_utf8_put(to, point);
        p += escape;
    }
    return to;
}

int json_string_decode(struct buf *out, const char *quoted, size_t length)
{
    const char *p, *end;
    if (!is_quoted(quoted, length))
        return -1;
    /* No escape is shorter than its character. */
    if (out->length <= out->maximum && length <= out->maximum - out->length) {
        char *to = buf_reserve(out, length);
        char *past = to == NULL ? NULL : decode_to(to, quoted + 1, quoted + length - 1);

        if (past == NULL)
            return -1;
        out->length += (size_t)(past - to);
        return 0;
    }
    p = quoted + 1;
    end = quoted + length - 1;
    while (p < end) {
        const char *stop = find_backslash(p, end);
        enum json_error error;
        uint32_t point;
        size_t escape;
        char bytes[4];

        if (stop > p && buf_append(out, p, (size_t)(stop - p)) != 0)
            return -1;
        if (stop == end)
            break;
        escape = json_escape_parse(stop, end, &point, &error);
        if (escape == 0 || buf_append(out, bytes, json_utf8_put(bytes, point)) != 0)
            return -1;
        p = stop + escape;
    }
    return 0;
}

static int put_unicode(struct buf *out, uint32_t point)
{
    char text[12];
    return buf_append(out, text, json_escape_format(text, point));
}

/* Append an ASCII character that must be escaped. */
static int put_escape(struct buf *out, char c)
{
    switch (c) {
    case '"':
        return buf_append(out, "\\\"", 2);
    case '\\':
        return buf_append(out, "\\\\", 2);
    case '\b':
        return buf_append(out, "\\b", 2);
    case '\f':
        return buf_append(out, "\\f", 2);
    case '\n':
        return buf_append(out, "\\n", 2);
    case '\r':
        return buf_append(out, "\\r", 2);
    case '\t':
        return buf_append(out, "\\t", 2);
    default:
        return put_unicode(out, (unsigned char)c);
    }
}

int json_string_encode(struct buf *out, const char *text, size_t length)
{
    const char *end = length ? text + length : text;
    if (length == 0)
        return buf_append(out, "\"\"", 2);
    if (buf_putc(out, '"') != 0)
        return -1;
    while (text < end) {
        const char *stop = json_span_content(text, end);

        if (stop > text && buf_append(out, text, (size_t)(stop - text)) != 0)
            return -1;
        if (stop < end && put_escape(out, *stop++) != 0)
            return -1;
        text = stop;
    }
    return buf_putc(out, '"');
}

/*
 * Append the character at ${text}, a byte of 0x80 or more, escaped. Return the number of bytes
 * read; 0 when the buffer is full. Bytes that begin no character are taken one at a time, with the
 * rest of a broken character.
 */
static size_t put_foreign(struct buf *out, const char *text, const char *end)
{
    size_t length = json_utf8_measure(text, end);
    if (length)
        return put_unicode(out, json_utf8_get(text, length)) == 0 ? length : 0;
    length = json_utf8_begun(text, end);
    if (put_unicode(out, 0xFFFD) != 0)
        return 0;
    return length ? length : 1;
}

int json_string_encode_ascii(struct buf *out, const char *text, size_t length)
{
    const char *end = length ? text + length : text;
    if (length == 0)
        return buf_append(out, "\"\"", 2);
    if (buf_putc(out, '"') != 0)
        return -1;
    while (text < end) {
        const char *stop = json_span_plain(text, end);
        const char *delete = memchr(text, 0x7F, (size_t)(stop - text));
        size_t taken = 1;

        if (delete)
            stop = delete;
        if (stop > text && buf_append(out, text, (size_t)(stop - text)) != 0)
            return -1;
        if (stop == end)
            break;
        if ((unsigned char)*stop >= 0x80)
            taken = put_foreign(out, stop, end);
        else if (put_escape(out, *stop) != 0)
            return -1;
        if (taken == 0)
            return -1;
        text = stop + taken;
    }
    return buf_putc(out, '"');
}

bool json_string_equals(const char *quoted, size_t length, const char *text, size_t text_length)
{
    const char *p, *end;
    if (!is_quoted(quoted, length))
        return false;
    p = quoted + 1;
    end = quoted + length - 1;
    while (p < end) {
        const char *stop = find_backslash(p, end);
        size_t run = (size_t)(stop - p);
        enum json_error error;
        uint32_t point;
        size_t escape;
        char bytes[4];

        if (run > text_length || (run && memcmp(p, text, run) != 0))
            return false;
        text += run;
        text_length -= run;
        if (stop == end)
            break;
        escape = json_escape_parse(stop, end, &point, &error);
        if (escape == 0)
            return false;
        run = json_utf8_put(bytes, point);
        if (run > text_length || memcmp(bytes, text, run) != 0)
            return false;
        text += run;
        text_length -= run;
        p = stop + escape;
    }
    return text_length == 0;
}

void json_string_seek(const char *quoted, size_t length, size_t *raw, size_t *decoded,
    size_t target)
{
    const char *p = quoted + *raw, *end = quoted + length - 1;
    while (*decoded < target && p < end) {
        size_t most = target - *decoded; /* search no further: many calls may follow */
        const char *stop = most < (size_t)(end - p) ? p + most : end;
        size_t run = (size_t)(find_backslash(p, stop) - p);
        enum json_error error;
        uint32_t point;
        size_t escape;
        char bytes[4];

        p += run;
        *decoded += run;
        if (*decoded == target)
            break;
        escape = json_escape_parse(p, end, &point, &error);
        if (escape == 0)
            break; /* impossible in a valid text */
        p += escape;
        *decoded += json_utf8_put(bytes, point);
    }
    *raw = (size_t)(p - quoted);
}

bool json_string_has_nul(const char *quoted, size_t length)
{
    const char *p = quoted, *end = quoted + length;
    while ((p = find_backslash(p, end)), end - p >= 6) {
        if (memcmp(p, "\\u0000", 6) == 0)
            return true;
        p += 2;
    }
    return false;
}

bool json_string_is_utf8(const char *text, size_t length)
{
    const char *end = length ? text + length : text;
    while (text < end) {
        size_t taken = 1;
        uint64_t words[4];

        if ((unsigned char)*text >= 0x80) {
            taken = json_utf8_measure(text, end);
        } else if (end - text >= 32) {
            memcpy(words, text, sizeof words);
            if (((words[0] | words[1] | words[2] | words[3]) & UINT64_C(0x8080808080808080)) == 0)
                taken = 32;
            else if ((words[0] & UINT64_C(0x8080808080808080)) == 0)
                taken = 8;
        }
        if (taken == 0)
            return false;
        text += taken;
    }
    return true;
}
