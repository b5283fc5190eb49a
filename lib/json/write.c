#include "json/write.h"

#include <stdbool.h>
#include <string.h>

#include "json/escape.h"
#include "json/span.h"
#include "json/utf8.h"

static int put_run(struct buf *out, const char *run, const char *end)
{
    return run < end ? buf_append(out, run, (size_t)(end - run)) : 0;
}

/* From the opening quote to just past the closing one (or to the end of a text that lacks it). */
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
 * As skip_string(), stopping before a byte of 0x80 or more too; ${inside} says whether it did, and
 * on entry whether ${text} is inside already.
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
    const char *run = text; /* what is kept and not yet copied begins here */
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
            text++; /* no whitespace, not in a valid text: kept */
    }
    return put_run(out, run, end);
}

#ifdef JSON_SPAN_SSE2

enum { BLOCK = 16, AHEAD = 2 * BLOCK };

/* Between two bytes of a text. */
struct place {
    unsigned inside; /* all of a block's bits: in a string */
    unsigned passed; /* 1: what comes is escaped */
};

static inline unsigned equal_mask(__m128i block, char byte)
{
    return (unsigned)_mm_movemask_epi8(_mm_cmpeq_epi8(block, _mm_set1_epi8(byte)));
}

/* Whitespace, and what may be taken for it at a first look. */
static inline unsigned blank_mask(__m128i block)
{
    __m128i blank = _mm_cmpeq_epi8(block, _mm_min_epu8(block, _mm_set1_epi8(' ')));

    return (unsigned)_mm_movemask_epi8(blank);
}

static inline unsigned space_mask(__m128i block)
{
    return equal_mask(block, ' ') | equal_mask(block, '\n') | equal_mask(block, '\r') |
        equal_mask(block, '\t');
}

/* The quotes of a block that begin or end a string; ${at} is brought behind it. */
static inline unsigned ends_mask(__m128i block, struct place *at)
{
    unsigned slashes = equal_mask(block, '\\') & ~at->passed;
    unsigned passed = at->passed;

    while (slashes) {
        unsigned slash = slashes & (~slashes + 1);

        passed |= slash << 1;
        slashes &= ~(slash | slash << 1);
    }
    at->passed = passed >> BLOCK;
    return equal_mask(block, '"') & ~passed;
}

/* The bytes of a block that are in a string, its first quote with them. */
static inline unsigned inside_mask(__m128i block, struct place *at)
{
    unsigned inside = ends_mask(block, at);

    inside ^= inside << 1;
    inside ^= inside << 2;
    inside ^= inside << 4;
    inside ^= inside << 8;
    inside ^= at->inside;
    at->inside = inside >> (BLOCK - 1) & 1 ? UINT32_MAX : 0;
    return inside;
}

/*
 * As compact_to(), block by block, until fewer than two are left: so much may be read from any byte
 * of the first one, and written, as no more has been written than read. ${*from} is brought there.
 */
static char *compact_blocks(char *to, const char **from, const char *end, struct place *at)
{
    const char *text = *from;

    for (; end - text >= AHEAD; text += BLOCK) {
        __m128i block = json_span_load(text);
        unsigned inside = inside_mask(block, at);
        unsigned kept = (1U << BLOCK) - 1;

        if (blank_mask(block) & ~inside)
            kept &= ~(space_mask(block) & ~inside);
        while (kept) {
            unsigned start = (unsigned)__builtin_ctz(kept);
            unsigned run = (unsigned)__builtin_ctz(~(kept >> start));

            _mm_storeu_si128((__m128i *)(void *)to, json_span_load(text + start));
            to += run;
            kept &= ~(((1U << run) - 1) << start);
        }
    }
    *from = text;
    return to;
}

#endif

/* As write_solid() without ${ascii}, at ${to}, where there is room for all. Past the last byte. */
static char *compact_to(char *to, const char *text, const char *end)
{
#ifdef JSON_SPAN_SSE2
    struct place at = { 0, 0 };

    to = compact_blocks(to, &text, end, &at);
    if (at.inside) {
        const char *run = text;

        /* a string that began before: skip_string() takes the byte there for its first quote */
        text = skip_string(at.passed ? text : text - 1, end);
        memcpy(to, run, (size_t)(text - run));
        to += text - run;
    }
#endif
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
            *to++ = *text++; /* no whitespace, not in a valid text: kept */
    }
    return to;
}

int json_write_compact(struct buf *out, const char *text, size_t length)
{
    char *to;

    if (length == 0 || out->length > out->maximum || length > out->maximum - out->length)
        return write_solid(out, text, length, false);
    to = buf_reserve(out, length);
    if (to == NULL)
        return -1;
    out->length += (size_t)(compact_to(to, text, text + length) - to);
    return 0;
}

int json_write_ascii(struct buf *out, const char *text, size_t length)
{
    return write_solid(out, text, length, true);
}
