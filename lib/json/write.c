#include <stdbool.h>
#include <string.h>

#include "json/escape.h"
#include "json/span.h"
#include "json/utf8.h"
#include "json/write.h"

static int put_run(struct buf *out, const char *run, const char *end)
{
    return run < end ? buf_append(out, run, (size_t)(end - run)) : 0;
}

/*
 * Return the place past the closing quote, from the opening one (or the end of a text without it).
 */
static const char *skip_string(const char *text, const char *end)
{
    for (text++; text < end; text++) {
        text = json_span_content(text, end);
        if (text == end)
            return end;
        if (*text == '"')
            return text + 1;
        if (*text == '\\' && ++text == end)
            return end;
    }
    return end;
}

/*
 * As skip_string(), but also stop before a byte of 0x80 or more; ${inside} tells whether it did,
 * and on entry whether ${text} is inside a string already.
 */
static const char *skip_ascii(const char *text, const char *end, bool *inside)
{
    for (text += *inside ? 0 : 1; text < end; text++) {
        text = json_span_plain(text, end);
        *inside = text < end && (unsigned char)*text >= 0x80;
        if (text == end || *inside)
            return text;
        if (*text == '"')
            return text + 1;
        if (*text == '\\' && ++text == end)
            return end;
    }
    *inside = false;
    return end;
}

static int put_escaped(struct buf *out, const char *text, size_t length)
{
    char escape[12];
    uint32_t point = length ? json_utf8_get(text, length) : 0xFFFD;
    return buf_append(out, escape, json_escape_format(escape, point));
}

static int write_solid(struct buf *out, const char *text, size_t length, bool ascii)
{
    const char *end = text + length;
    const char *run = text; /* start of the kept bytes that are not copied yet */
    bool inside = false;
    while (text < end) {
        if (!inside)
            text = json_span_solid(text, end);
        if (inside || (text < end && *text == '"')) {
            text = ascii ? skip_ascii(text, end, &inside) : skip_string(text, end);
            if (!inside)
                continue;
        }
        if (put_run(out, run, text) != 0)
            return -1;
        if (inside) {
            size_t bytes = json_utf8_measure(text, end);

            if (put_escaped(out, text, bytes) != 0)
                return -1;
            text += bytes ? bytes : 1;
            run = text;
            continue;
        }
        run = text;
        text = json_span_space(text, end);
        if (text > run)
            run = text;
        else if (text < end)
            text++; /* not whitespace, not in a valid text: kept */
    }
    return put_run(out, run, end);
}

#ifdef JSON_SPAN_SSE2

/*
 * The text is examined in windows, and the kept bytes of one are copied in halves. Most runs
 * between blanks are not longer, and an unpredictable loop costs more than copying too much.
 */
enum { WINDOW = 64, HALF = WINDOW / 2, BLOCK = 16 };

/* The state between two bytes of a text. */
struct place {
    uint64_t inside; /* all bits: in a string */
    uint64_t passed; /* 1: the next byte is escaped */
};

/* A window as masks, bit i for its byte i. */
struct window {
    uint64_t quotes;
    uint64_t slashes;
    uint64_t blanks; /* whitespace, and lower bytes, which a valid text does not hold */
};

static inline uint64_t join(__m128i a, __m128i b, __m128i c, __m128i d)
{
    return (uint64_t)(unsigned)_mm_movemask_epi8(a) |
        (uint64_t)(unsigned)_mm_movemask_epi8(b) << BLOCK |
        (uint64_t)(unsigned)_mm_movemask_epi8(c) << 2 * BLOCK |
        (uint64_t)(unsigned)_mm_movemask_epi8(d) << 3 * BLOCK;
}

static inline __m128i blank(__m128i block)
{
    return _mm_cmpeq_epi8(block, _mm_min_epu8(block, _mm_set1_epi8(' ')));
}

static inline struct window look(const char *text)
{
    const char *b_end = text + BLOCK + BLOCK;
    __m128i a = json_span_load(text), b = json_span_load(text + BLOCK);
    __m128i c = json_span_load(b_end), d = json_span_load(b_end + BLOCK);
    return (struct window){
        .quotes = join(json_span_equal(a, '"'), json_span_equal(b, '"'), json_span_equal(c, '"'),
            json_span_equal(d, '"')),
        .slashes = join(json_span_equal(a, '\\'), json_span_equal(b, '\\'),
            json_span_equal(c, '\\'), json_span_equal(d, '\\')),
        .blanks = join(blank(a), blank(b), blank(c), blank(d)),
    };
}

/* Return the escaped bytes; move ${at} past the window. */
static inline uint64_t escaped_mask(uint64_t slashes, struct place *at)
{
    uint64_t escaped = at->passed;
    at->passed = 0;
    slashes &= ~escaped;
    while (slashes) {
        uint64_t slash = slashes & (~slashes + 1);

        escaped |= slash << 1;
        at->passed = slash >> (WINDOW - 1);
        slashes &= ~(slash | slash << 1);
    }
    return escaped;
}

/* Return the bytes inside a string, with its first quote. */
static inline uint64_t inside_mask(const struct window *window, struct place *at)
{
    uint64_t inside = window->quotes;
    if (window->slashes | at->passed)
        inside &= ~escaped_mask(window->slashes, at);
    inside ^= inside << 1; /* each bit: the parity of the quotes up to it */
    inside ^= inside << 2;
    inside ^= inside << 4;
    inside ^= inside << 8;
    inside ^= inside << 16;
    inside ^= inside << 32;
    inside ^= at->inside;
    at->inside = 0 - (inside >> (WINDOW - 1));
    return inside;
}

static inline void copy_half(char *to, const char *text)
{
    __m128i a = json_span_load(text), b = json_span_load(text + BLOCK);
    _mm_storeu_si128((__m128i *)(void *)to, a);
    _mm_storeu_si128((__m128i *)(void *)(to + BLOCK), b);
}

/*
 * Copy the kept bytes of a window to ${to}. Up to a half more is written, and read behind the
 * window. Return the end.
 */
static inline char *copy_kept(char *to, const char *window, uint64_t kept)
{
    if (kept == UINT64_MAX) {
        copy_half(to, window);
        copy_half(to + HALF, window + HALF);
        return to + WINDOW;
    }
    while (kept) {
        unsigned start = (unsigned)__builtin_ctzll(kept);
        unsigned run = (unsigned)__builtin_ctzll(~(kept >> start));

        copy_half(to, window + start);
        if (run > HALF)
            copy_half(to + HALF, window + start + HALF);
        to += run;
        kept = json_span_pass_run(kept);
    }
    return to;
}

static inline uint64_t kept_mask(const char *window, struct place *at)
{
    struct window masks = look(window);
    return ~(masks.blanks & ~inside_mask(&masks, at));
}

/* One of the last windows of a text: the text does not fill it, or not a half behind it. */
static char *compact_last(char *to, const char *text, size_t length, struct place *at)
{
    char copy[WINDOW + HALF], done[WINDOW + HALF];
    uint64_t there = length < WINDOW ? (UINT64_C(1) << length) - 1 : UINT64_MAX;
    memset(copy, ' ', sizeof copy);
    memcpy(copy, text, length);
    size_t kept = (size_t)(copy_kept(done, copy, kept_mask(copy, at) & there) - done);
    memcpy(to, done, kept);
    return to + kept;
}

/*
 * As write_solid() without ${ascii}, to ${to}, which has room for all. A half more may be written
 * behind a window's kept bytes only while that much room remains. Return the end.
 */
static char *compact_to(char *to, const char *text, const char *end)
{
    struct place at = { 0, 0 };
    for (; end - text >= WINDOW + HALF; text += WINDOW)
        to = copy_kept(to, text, kept_mask(text, &at));
    while (text < end) {
        size_t left = (size_t)(end - text), length = left < WINDOW ? left : WINDOW;

        to = compact_last(to, text, length, &at);
        text += length;
    }
    return to;
}

#else

/* As write_solid() without ${ascii}, to ${to}, which has room for all. Return the end. */
static char *compact_to(char *to, const char *text, const char *end)
{
    while (text < end) {
        const char *run = text;

        text = json_span_solid(text, end);
        while (text < end && *text == '"')
            text = json_span_solid(skip_string(text, end), end);
        memcpy(to, run, (size_t)(text - run));
        to += text - run;
        run = text;
        text = json_span_space(text, end);
        if (text == run && text < end)
            *to++ = *text++; /* not whitespace, not in a valid text: kept */
    }
    return to;
}

#endif

int json_write_compact(struct buf *out, const char *text, size_t length)
{
    if (length == 0 || out->length > out->maximum || length > out->maximum - out->length)
        return write_solid(out, text, length, false);
    char *to = buf_reserve(out, length);
    if (to == NULL)
        return -1;
    out->length += (size_t)(compact_to(to, text, text + length) - to);
    return 0;
}

int json_write_ascii(struct buf *out, const char *text, size_t length)
{
    return write_solid(out, text, length, true);
}
