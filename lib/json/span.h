#ifndef JSON_SPAN_H
#define JSON_SPAN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#if defined(__SSE2__) && !defined(JSON_NO_SIMD)
#define JSON_SPAN_SSE2 1
#include <emmintrin.h>
#endif

/*
 * Runs of bytes that need not be examined one by one. Each function returns the first byte of
 * [text, end) that ends the run, or ${end}; none reads outside [text, end). SSE2, which every
 * x86-64 has, examines sixteen bytes together, and a plain word eight elsewhere (or with
 * -DJSON_NO_SIMD). Only lib/json includes this.
 */

/*
 * Return the escaped bytes, bit i for byte i. ${slashes} marks the backslashes; the first one is
 * not escaped. A subtraction carries a run to the byte behind it, in two variants: for runs that
 * begin at even places, and at odd ones.
 */
static inline uint64_t json_span_escaped(uint64_t slashes)
{
    const uint64_t odd = UINT64_C(0xAAAAAAAAAAAAAAAA);
    uint64_t behind = slashes << 1;
    return (((behind | odd) - slashes) ^ odd) ^ slashes;
}

/* Return the bits without those of the lowest run. */
static inline uint64_t json_span_pass_run(uint64_t bits)
{
    return bits & (bits + (bits & (~bits + 1)));
}

#ifdef JSON_SPAN_SSE2

static inline __m128i json_span_load(const char *text)
{
    return _mm_loadu_si128((const __m128i *)(const void *)text);
}

static inline __m128i json_span_equal(__m128i block, char byte)
{
    return _mm_cmpeq_epi8(block, _mm_set1_epi8(byte));
}

/* Return bit i for byte i of sixteen that is a quote, backslash, control character or non-ASCII. */
static inline unsigned json_span_plain_stops(__m128i block)
{
    /* as signed bytes, 0x80 and above are below a space too */
    __m128i stops = _mm_cmplt_epi8(block, _mm_set1_epi8(0x20));
    stops = _mm_or_si128(stops, _mm_cmpeq_epi8(block, _mm_set1_epi8('"')));
    stops = _mm_or_si128(stops, _mm_cmpeq_epi8(block, _mm_set1_epi8('\\')));
    return (unsigned)_mm_movemask_epi8(stops);
}

/* Return bit i for byte i of sixteen that is a quote, backslash or control character. */
static inline unsigned json_span_content_stops(__m128i block)
{
    __m128i stops = _mm_cmpeq_epi8(block, _mm_min_epu8(block, _mm_set1_epi8(0x1F)));
    stops = _mm_or_si128(stops, _mm_cmpeq_epi8(block, _mm_set1_epi8('"')));
    stops = _mm_or_si128(stops, _mm_cmpeq_epi8(block, _mm_set1_epi8('\\')));
    return (unsigned)_mm_movemask_epi8(stops);
}

#else

#define JSON_SPAN_ONES UINT64_C(0x0101010101010101)
#define JSON_SPAN_TOPS UINT64_C(0x8080808080808080)

static inline uint64_t json_span_load(const char *text)
{
    uint64_t word;
    memcpy(&word, text, sizeof word);
    return word;
}

/* Return not 0 when a byte of the word is ${byte}. */
static inline uint64_t json_span_has(uint64_t word, unsigned char byte)
{
    uint64_t x = word ^ JSON_SPAN_ONES * byte;
    return (x - JSON_SPAN_ONES) & ~x & JSON_SPAN_TOPS;
}

/* Return not 0 when a byte of the word is below ${bound}, which is at most 0x80. */
static inline uint64_t json_span_below(uint64_t word, unsigned char bound)
{
    return (word - JSON_SPAN_ONES * bound) & ~word & JSON_SPAN_TOPS;
}

static inline uint64_t json_span_content_stops(uint64_t word)
{
    return json_span_below(word, 0x20) | json_span_has(word, '"') | json_span_has(word, '\\');
}

#endif

/* To a quote, a backslash, a control character or a byte of 0x80 or more. */
static inline const char *json_span_plain(const char *text, const char *end)
{
#ifdef JSON_SPAN_SSE2
    for (; end - text >= 16; text += 16) {
        unsigned bits = json_span_plain_stops(json_span_load(text));

        if (bits)
            return text + __builtin_ctz(bits);
    }
#else
    for (; end - text >= 8; text += 8) {
        uint64_t word = json_span_load(text);

        if ((word & JSON_SPAN_TOPS) | json_span_content_stops(word))
            break;
    }
#endif
    for (; text < end; text++) {
        unsigned char c = (unsigned char)*text;

        if (c < 0x20 || c >= 0x80 || c == '"' || c == '\\')
            break;
    }
    return text;
}

/* To a quote, a backslash or a control character. */
static inline const char *json_span_content(const char *text, const char *end)
{
#ifdef JSON_SPAN_SSE2
    for (; end - text >= 16; text += 16) {
        unsigned bits = json_span_content_stops(json_span_load(text));

        if (bits)
            return text + __builtin_ctz(bits);
    }
#else
    for (; end - text >= 8; text += 8)
        if (json_span_content_stops(json_span_load(text)))
            break;
#endif
    for (; text < end; text++) {
        unsigned char c = (unsigned char)*text;

        if (c < 0x20 || c == '"' || c == '\\')
            break;
    }
    return text;
}

/* To a quote or a byte up to the space (whitespace, between the tokens of a valid text). */
static inline const char *json_span_solid(const char *text, const char *end)
{
#ifdef JSON_SPAN_SSE2
    for (; end - text >= 16; text += 16) {
        __m128i block = json_span_load(text);
        __m128i stops = _mm_cmpeq_epi8(block, _mm_min_epu8(block, _mm_set1_epi8(0x20)));
        unsigned bits;

        stops = _mm_or_si128(stops, _mm_cmpeq_epi8(block, _mm_set1_epi8('"')));
        bits = (unsigned)_mm_movemask_epi8(stops);
        if (bits)
            return text + __builtin_ctz(bits);
    }
#else
    for (; end - text >= 8; text += 8) {
        uint64_t word = json_span_load(text);

        if (json_span_below(word, 0x21) | json_span_has(word, '"'))
            break;
    }
#endif
    for (; text < end; text++)
        if ((unsigned char)*text <= 0x20 || *text == '"')
            break;
    return text;
}

static inline bool json_span_is_space(char c)
{
    return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

/* Past whitespace (RFC 8259 §2). */
static inline const char *json_span_space(const char *text, const char *end)
{
    while (text < end && (unsigned char)*text <= ' ' && json_span_is_space(*text))
        text++;
    return text;
}

#endif
