#include <stdbool.h>
#include <stdint.h>

#include "detect/census.h"
#include "detect/shape.h"

#if defined(__SSE2__) && !defined(DETECT_NO_SIMD)
#define CENSUS_SSE2 1
#include <emmintrin.h>
#endif

/* Place of each count in a word: seven bits each, so that CENSUS_WIDE bytes fit. */
enum { DIGITS = 0, LETTERS = 7, CAPITALS = 14, HEX = 21, BLANKS = 28, DOTS = 35, COLONS = 42 };
enum { HYPHENS = 49, ATS = 56, COUNT_MOST = 127 };

#define ONE(place) (UINT64_C(1) << (place))
#define D ONE(DIGITS)
#define L ONE(LETTERS)
#define X (L | ONE(HEX))
#define C (L | ONE(CAPITALS))
#define H (X | ONE(CAPITALS))
#define LETTERS_8 L, L, L, L, L, L, L, L
#define LETTERS_32 LETTERS_8, LETTERS_8, LETTERS_8, LETTERS_8

/* Amount that a byte adds to each. */
/* clang-format off */
static const uint64_t sorts[256] = {
    0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
    0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
    ONE(BLANKS), 0, 0, 0, 0, ONE(ATS), 0, 0, 0, 0, 0, 0, 0, ONE(HYPHENS), ONE(DOTS), 0,
    D, D, D, D, D, D, D, D, D, D, ONE(COLONS), 0, 0, 0, 0, 0,
    ONE(ATS), H, H, H, H, H, H, C, C, C, C, C, C, C, C, C,
    C, C, C, C, C, C, C, C, C, C, C, 0, ONE(ATS), 0, 0, 0,
    0, X, X, X, X, X, X, L, L, L, L, L, L, L, L, L,
    L, L, L, L, L, L, L, L, L, L, L, 0, 0, 0, 0, 0,
    LETTERS_32, LETTERS_32, LETTERS_32, LETTERS_32,
};
/* clang-format on */

/* Set the counts for fewer than CENSUS_WIDE bytes. */
static void count_short(const char *text, size_t length, struct census *census)
{
    const unsigned char *at = (const unsigned char *)text;
    const unsigned char *end = at + length;
    uint64_t packed = 0;
    for (; end - at >= 4; at += 4)
        packed += sorts[at[0]] + sorts[at[1]] + sorts[at[2]] + sorts[at[3]];
    for (; at < end; at++)
        packed += sorts[*at];
    census->digits = packed >> DIGITS & COUNT_MOST;
    census->letters = packed >> LETTERS & COUNT_MOST;
    census->capitals = packed >> CAPITALS & COUNT_MOST;
    census->hex = packed >> HEX & COUNT_MOST;
    census->blanks = packed >> BLANKS & COUNT_MOST;
    census->dots = packed >> DOTS & COUNT_MOST;
    census->colons = packed >> COLONS & COUNT_MOST;
    census->hyphens = packed >> HYPHENS & COUNT_MOST;
    census->ats = packed >> ATS & COUNT_MOST;
}

#ifdef CENSUS_SSE2

enum { BLOCK = 16, BLOCKS_MOST = 255 }; /* maximum of a count of eight bits */

static size_t sum(__m128i counts)
{
    __m128i sums = _mm_sad_epu8(counts, _mm_setzero_si128());
    return (size_t)_mm_cvtsi128_si32(sums) + (size_t)_mm_cvtsi128_si32(_mm_srli_si128(sums, 8));
}

struct lanes {
    __m128i digits;
    __m128i letters;
    __m128i capitals;
    __m128i hex;
    __m128i blanks;
    __m128i dots;
    __m128i colons;
    __m128i hyphens;
    __m128i ats;
};

static inline __m128i add_equal(__m128i counts, __m128i block, char byte)
{
    return _mm_sub_epi8(counts, _mm_cmpeq_epi8(block, _mm_set1_epi8(byte)));
}

/* Count the ${size} byte values from ${first} on. */
static inline __m128i add_range(__m128i counts, __m128i block, char first, char size)
{
    /* moves ${first} to the smallest signed byte */
    __m128i moved = _mm_add_epi8(block, _mm_set1_epi8((char)(0x80 - first)));
    return _mm_sub_epi8(counts, _mm_cmplt_epi8(moved, _mm_set1_epi8((char)(-0x80 + size))));
}

static inline void add_signs(struct lanes *lanes, __m128i block)
{
    lanes->digits = add_range(lanes->digits, block, '0', 10);
    lanes->dots = add_equal(lanes->dots, block, '.');
    lanes->colons = add_equal(lanes->colons, block, ':');
    lanes->hyphens = add_equal(lanes->hyphens, block, '-');
    lanes->ats = add_equal(add_equal(lanes->ats, block, '@'), block, '%');
    lanes->ats = add_equal(lanes->ats, block, '\\');
}

static inline void add_others(struct lanes *lanes, __m128i block)
{
    __m128i lower = _mm_or_si128(block, _mm_set1_epi8(0x20));
    lanes->letters = add_range(lanes->letters, lower, 'a', 26);
    lanes->letters = _mm_sub_epi8(lanes->letters, _mm_cmplt_epi8(block, _mm_setzero_si128()));
    lanes->capitals = add_range(lanes->capitals, block, 'A', 26);
    lanes->hex = add_range(lanes->hex, lower, 'a', 6);
    lanes->blanks = add_equal(lanes->blanks, block, ' ');
}

static void add_lanes(struct census *census, const struct lanes *lanes)
{
    census->digits += sum(lanes->digits);
    census->letters += sum(lanes->letters);
    census->capitals += sum(lanes->capitals);
    census->hex += sum(lanes->hex);
    census->blanks += sum(lanes->blanks);
    census->dots += sum(lanes->dots);
    census->colons += sum(lanes->colons);
    census->hyphens += sum(lanes->hyphens);
    census->ats += sum(lanes->ats);
}

/* Add the counts of whole blocks. */
static inline __attribute__((always_inline)) void add_long(const char *text, size_t length,
    struct census *census, bool all)
{
    while (length > 0) {
        struct lanes lanes = { 0 };
        for (size_t blocks = 0; length > 0 && blocks < BLOCKS_MOST; blocks++) {
            __m128i block = _mm_loadu_si128((const __m128i *)(const void *)text);
            add_signs(&lanes, block);
            if (all)
                add_others(&lanes, block);
            text += BLOCK;
            length -= BLOCK;
        }
        add_lanes(census, &lanes);
    }
}

#else

enum { BLOCK = 1 };

static void add_long(const char *text, size_t length, struct census *census, bool all)
{
    (void)all;
    for (size_t i = 0; i < length; i++) {
        char c = text[i];
        census->digits += shape_is_digit(c);
        census->letters += shape_is_letter(c) || (unsigned char)c >= 0x80;
        census->capitals += (unsigned char)(c - 'A') < 26;
        census->hex += shape_is_hex(c) && !shape_is_digit(c);
        census->blanks += c == ' ';
        census->dots += c == '.';
        census->colons += c == ':';
        census->hyphens += c == '-';
        census->ats += c == '@' || c == '%' || c == '\\';
    }
}

#endif

static size_t blocks_of(size_t length)
{
    return length < CENSUS_WIDE ? 0 : length / BLOCK * BLOCK;
}

void census_take(const char *text, size_t length, struct census *census)
{
    size_t blocks = blocks_of(length);
    census->length = length;
    count_short(text + blocks, length - blocks, census);
    if (blocks > 0)
        add_long(text, blocks, census, true);
}

void census_take_signs(const char *text, size_t length, struct census *census)
{
    size_t blocks = blocks_of(length);
    census->length = length;
    count_short(text + blocks, length - blocks, census);
    if (blocks > 0)
        add_long(text, blocks, census, false);
}
