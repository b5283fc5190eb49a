#include "detect/prefilter.h"

#include <string.h>

#include "detect/shape.h"
#include "detect/value_kind.h"

#if defined(__SSE2__) && !defined(DETECT_NO_SIMD)
#define PREFILTER_SSE2 1
#include <emmintrin.h>
#endif

/* Of how many bytes of a kind nothing can be found; the least over all spellings. */
enum {
    LEAST_TEXT = 3, /* ::1 */
    LEAST_IPV4_DIGITS = 4,
    LEAST_IPV4_DOTS = 3,
    LEAST_IPV6_COLONS = 2,
    LEAST_MAC_TEXT = 14, /* 001b.4411.3ab7 */
    LEAST_MAC_JOINS = 5,
    LEAST_MAC_DOTS = 2,
    LEAST_PHONE_DIGITS = 7,
    LEAST_CARD_DIGITS = 13,
    LEAST_IBAN_TEXT = 15, /* Norway's */
    LEAST_IBAN_DIGITS = 2,
    LEAST_SSN_DIGITS = 9,
    LEAST_JWT_TEXT = 16,
    LEAST_JWT_DOTS = 2
};

struct counts {
    size_t digits;
    size_t dots;
    size_t colons;
    size_t hyphens;
    size_t ats; /* or percent signs, as of %40 */
};

#ifdef PREFILTER_SSE2

enum { BLOCK = 16, BLOCKS_MOST = 255 }; /* as many as a count of eight bits holds */

static size_t sum(__m128i counts)
{
    __m128i sums = _mm_sad_epu8(counts, _mm_setzero_si128());

    return (size_t)_mm_cvtsi128_si32(sums) + (size_t)_mm_cvtsi128_si32(_mm_srli_si128(sums, 8));
}

struct lanes {
    __m128i digits;
    __m128i dots;
    __m128i colons;
    __m128i hyphens;
    __m128i ats;
};

static inline __m128i add_equal(__m128i counts, __m128i block, char byte)
{
    return _mm_sub_epi8(counts, _mm_cmpeq_epi8(block, _mm_set1_epi8(byte)));
}

static inline void add_block(struct lanes *lanes, __m128i block)
{
    /* moves '0' to the least of the signed bytes */
    __m128i moved = _mm_add_epi8(block, _mm_set1_epi8((char)(0x80 - '0')));

    lanes->digits =
        _mm_sub_epi8(lanes->digits, _mm_cmplt_epi8(moved, _mm_set1_epi8((char)(-0x80 + 10))));
    lanes->dots = add_equal(lanes->dots, block, '.');
    lanes->colons = add_equal(lanes->colons, block, ':');
    lanes->hyphens = add_equal(lanes->hyphens, block, '-');
    lanes->ats = add_equal(add_equal(lanes->ats, block, '@'), block, '%');
}

static void count(const char *text, size_t length, struct counts *counts)
{
    while (length > 0) {
        struct lanes lanes = { 0 };
        size_t blocks = 0;

        for (; length >= BLOCK && blocks < BLOCKS_MOST - 1; blocks++) {
            add_block(&lanes, _mm_loadu_si128((const __m128i *)(const void *)text));
            text += BLOCK;
            length -= BLOCK;
        }
        if (length > 0 && length < BLOCK) {
            char rest[BLOCK] = { 0 };

            memcpy(rest, text, length);
            add_block(&lanes, _mm_loadu_si128((const __m128i *)(const void *)rest));
            length = 0;
        }
        counts->digits += sum(lanes.digits);
        counts->dots += sum(lanes.dots);
        counts->colons += sum(lanes.colons);
        counts->hyphens += sum(lanes.hyphens);
        counts->ats += sum(lanes.ats);
    }
}

#else

static void count(const char *text, size_t length, struct counts *counts)
{
    for (size_t i = 0; i < length; i++) {
        counts->digits += shape_is_digit(text[i]);
        counts->dots += text[i] == '.';
        counts->colons += text[i] == ':';
        counts->hyphens += text[i] == '-';
        counts->ats += text[i] == '@' || text[i] == '%';
    }
}

#endif

unsigned prefilter_kinds(const char *text, size_t length, unsigned kinds)
{
    struct counts counts = { 0 };
    unsigned possible = DETECT_NONE;

    if (length < LEAST_TEXT)
        return DETECT_NONE;
    count(text, length, &counts);
    if (counts.ats > 0 && counts.dots > 0)
        possible |= DETECT_BIT(DETECT_EMAIL);
    if (counts.colons >= LEAST_IPV6_COLONS)
        possible |= DETECT_BIT(DETECT_IPV6);
    if (counts.dots >= LEAST_JWT_DOTS && length >= LEAST_JWT_TEXT)
        possible |= DETECT_BIT(DETECT_JWT);
    if (length >= LEAST_MAC_TEXT &&
        (counts.colons >= LEAST_MAC_JOINS || counts.hyphens >= LEAST_MAC_JOINS ||
            counts.dots >= LEAST_MAC_DOTS))
        possible |= DETECT_BIT(DETECT_MAC);
    if (counts.digits >= LEAST_IBAN_DIGITS && length >= LEAST_IBAN_TEXT)
        possible |= DETECT_BIT(DETECT_IBAN);
    if (counts.digits >= LEAST_IPV4_DIGITS && counts.dots >= LEAST_IPV4_DOTS)
        possible |= DETECT_BIT(DETECT_IPV4);
    if (counts.digits >= LEAST_PHONE_DIGITS)
        possible |= DETECT_BIT(DETECT_PHONE);
    if (counts.digits >= LEAST_SSN_DIGITS)
        possible |= DETECT_BIT(DETECT_SSN);
    if (counts.digits >= LEAST_CARD_DIGITS)
        possible |= DETECT_BIT(DETECT_CARD);
    return possible & kinds;
}
