#include <string.h>

#include "json/span.h"
#include "json/stops.h"
#include "json/utf8.h"

enum { BEFORE = 3 }; /* bytes before a window that decide what may begin it */

#ifdef JSON_SPAN_SSE2

#if defined(__x86_64__) && !defined(JSON_NO_AVX2)
#define WIDE 1
#include <immintrin.h>
#endif

/* Signed: 0x80 is the least byte, and all ASCII bytes are above 0xFF. */
static inline __m128i below(__m128i bytes, int byte)
{
    return _mm_cmplt_epi8(bytes, _mm_set1_epi8((char)byte));
}

static inline uint64_t mask(__m128i set)
{
    return (uint64_t)(unsigned)_mm_movemask_epi8(set);
}

/* Return the stops and the non-ASCII bytes. */
static inline uint64_t stop_mask(const char *at)
{
    __m128i bytes = json_span_load(at);
    /* turns quotes into spaces, and no other byte into a space or below */
    __m128i turned = _mm_xor_si128(bytes, _mm_set1_epi8('"' ^ ' '));
    /* signed and saturated, so that only these have the top bit */
    __m128i stops = _mm_subs_epi8(turned, _mm_set1_epi8(' ' + 1));
    return mask(_mm_or_si128(stops, json_span_equal(bytes, '\\')));
}

static inline uint64_t find_stops(const char *at)
{
    return stop_mask(at) | stop_mask(at + 16) << 16 | stop_mask(at + 32) << 32 |
        stop_mask(at + 48) << 48;
}

/* Return the places of ${byte}. */
static inline uint64_t find_byte(const char *at, char byte)
{
    return mask(json_span_equal(json_span_load(at), byte)) |
        mask(json_span_equal(json_span_load(at + 16), byte)) << 16 |
        mask(json_span_equal(json_span_load(at + 32), byte)) << 32 |
        mask(json_span_equal(json_span_load(at + 48), byte)) << 48;
}

#ifdef WIDE

/* The functions above with AVX2, which most, but not all, x86-64 processors have. */
#define AVX2 __attribute__((target("avx2")))

static inline AVX2 uint64_t stop_mask_wide(const char *at)
{
    __m256i bytes = _mm256_loadu_si256((const __m256i *)(const void *)at);
    __m256i turned = _mm256_xor_si256(bytes, _mm256_set1_epi8('"' ^ ' '));
    __m256i stops = _mm256_subs_epi8(turned, _mm256_set1_epi8(' ' + 1));
    __m256i slashes = _mm256_cmpeq_epi8(bytes, _mm256_set1_epi8('\\'));

    return (uint32_t)_mm256_movemask_epi8(_mm256_or_si256(stops, slashes));
}

static inline AVX2 uint64_t find_stops_wide(const char *at)
{
    return stop_mask_wide(at) | stop_mask_wide(at + 32) << 32;
}

static inline AVX2 uint64_t find_byte_wide(const char *at, char byte)
{
    __m256i wanted = _mm256_set1_epi8(byte);
    __m256i low = _mm256_loadu_si256((const __m256i *)(const void *)at);
    __m256i high = _mm256_loadu_si256((const __m256i *)(const void *)(at + 32));

    return (uint32_t)_mm256_movemask_epi8(_mm256_cmpeq_epi8(low, wanted)) |
        (uint64_t)(uint32_t)_mm256_movemask_epi8(_mm256_cmpeq_epi8(high, wanted)) << 32;
}

#endif

static inline uint64_t find_foreign(const char *at)
{
    return mask(json_span_load(at)) | mask(json_span_load(at + 16)) << 16 |
        mask(json_span_load(at + 32)) << 32 | mask(json_span_load(at + 48)) << 48;
}

/* Return the bytes among sixteen at ${at} that are wrong after the three before them. */
static inline uint64_t wrong_mask(const char *at)
{
    __m128i here = json_span_load(at), one = json_span_load(at - 1);
    __m128i two = json_span_load(at - 2), three = json_span_load(at - 3);
    /*
     * only the top bit counts: set where a lead byte one, two or three before requires a
     * continuation …
     */
    __m128i wrong = _mm_subs_epu8(one, _mm_set1_epi8(0xC0 - 0x80));
    wrong = _mm_or_si128(wrong, _mm_subs_epu8(two, _mm_set1_epi8(0xE0 - 0x80)));
    wrong = _mm_or_si128(wrong, _mm_subs_epu8(three, _mm_set1_epi8(0xF0 - 0x80)));
    /* … then changed where this byte is not one, or is one that nothing requires */
    wrong = _mm_xor_si128(wrong, below(here, 0xC0));
    /* C0 and C1 only begin overlong forms; F5 to FF begin nothing */
    wrong = _mm_or_si128(wrong,
        json_span_equal(_mm_and_si128(here, _mm_set1_epi8((char)0xFE)), (char)0xC0));
    wrong = _mm_or_si128(wrong, _mm_subs_epu8(here, _mm_set1_epi8(0xF5 - 0x80)));
    /* the second byte shows other overlong forms, surrogates and values above U+10FFFF */
    wrong = _mm_or_si128(wrong, _mm_and_si128(json_span_equal(one, (char)0xE0), below(here, 0xA0)));
    wrong =
        _mm_or_si128(wrong, _mm_andnot_si128(below(here, 0xA0), json_span_equal(one, (char)0xED)));
    wrong = _mm_or_si128(wrong, _mm_and_si128(json_span_equal(one, (char)0xF0), below(here, 0x90)));
    wrong =
        _mm_or_si128(wrong, _mm_andnot_si128(below(here, 0x90), json_span_equal(one, (char)0xF4)));
    return mask(wrong);
}

/* Return the wrong bytes among the 64 at ${at}; reads the three before them too. */
static uint64_t find_wrong(const char *at)
{
    return wrong_mask(at) | wrong_mask(at + 16) << 16 | wrong_mask(at + 32) << 32 |
        wrong_mask(at + 48) << 48;
}

#else

#define ONES UINT64_C(0x0101010101010101)
#define TOPS UINT64_C(0x8080808080808080)

/* Return the top bits of exactly those bytes that are ${byte}. */
static inline uint64_t equal(uint64_t word, unsigned char byte)
{
    uint64_t x = word ^ ONES * byte;
    return ~(((x & ~TOPS) + ~TOPS) | x) & TOPS;
}

static inline uint64_t load(const char *at)
{
    uint64_t word;
    memcpy(&word, at, sizeof word);
#if __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
    word = __builtin_bswap64(word);
#endif
    return word;
}

/* Collect the eight top bits, that of the lowest byte first. */
static inline uint64_t mask(uint64_t word)
{
    return ((word & TOPS) >> 7) * UINT64_C(0x0102040810204080) >> 56;
}

static uint64_t find_stops(const char *at)
{
    uint64_t stops = 0;
    for (int i = 0; i < JSON_STOPS_WINDOW; i += 8) {
        uint64_t word = load(at + i);
        uint64_t set = ~((word & ~TOPS) + ONES * 0x60); /* below 0x20, ignoring the top bit */

        stops |= mask(set | word | equal(word, '"') | equal(word, '\\')) << i;
    }
    return stops;
}

static uint64_t find_foreign(const char *at)
{
    uint64_t foreign = 0;
    for (int i = 0; i < JSON_STOPS_WINDOW; i += 8)
        foreign |= mask(load(at + i)) << i;
    return foreign;
}

/* Return the first wrong byte among the 64 at ${at}; reads the three before them too. */
static uint64_t find_wrong(const char *at)
{
    const char *end = at + JSON_STOPS_WINDOW, *p = at - BEFORE;
    while (p < at && ((unsigned char)*p & 0xC0) == 0x80)
        p++; /* the rest of a sequence that began before */
    while (p < end) {
        size_t length = (unsigned char)*p < 0x80 ? 1 : json_utf8_measure(p, end);

        if (length == 0) {
            p += json_utf8_begun(p, end);
            break;
        }
        p += length;
    }
    return p < end ? UINT64_C(1) << (p > at ? p - at : 0) : 0;
}

#endif

/* Return true when the text from ${begin} up to ${at} ends inside a sequence. */
static bool is_cut(const char *begin, const char *at)
{
    const unsigned char *u = (const unsigned char *)at;
    size_t before = (size_t)(at - begin);
    return (before >= 1 && u[-1] >= 0xC0) || (before >= 2 && u[-2] >= 0xE0) ||
        (before >= 3 && u[-3] >= 0xF0);
}

/* Copy the window with the bytes before it, and spaces where the text does not reach. */
static void copy_window(const struct json_stops *stops, const char *window,
    char copy[BEFORE + JSON_STOPS_WINDOW])
{
    size_t before = (size_t)(window - stops->text);
    size_t left = (size_t)(stops->end - window);
    before = before < BEFORE ? before : BEFORE;
    left = left < JSON_STOPS_WINDOW ? left : JSON_STOPS_WINDOW;
    memset(copy, ' ', BEFORE + JSON_STOPS_WINDOW);
    memcpy(copy + BEFORE - before, window - before, before + left);
}

static const char *in_window(const struct json_stops *stops, uint64_t bits)
{
    return stops->window + __builtin_ctzll(bits);
}

/* No later window is searched. */
static void end_at(struct json_stops *stops, const char *bad)
{
    stops->bad = bad;
    stops->last = stops->current;
}

const char *json_stops_check(struct json_stops *stops, const char *at)
{
    size_t left = (size_t)(stops->end - stops->window);
    const char *window = stops->window;
    char copy[BEFORE + JSON_STOPS_WINDOW];
    if (left < JSON_STOPS_WINDOW || window == stops->text) {
        copy_window(stops, window, copy);
        window = copy + BEFORE;
    }
    stops->bits &= ~find_foreign(window);
    uint64_t wrong = find_wrong(window);
    if (left < JSON_STOPS_WINDOW)
        wrong &= (UINT64_C(1) << left) - 1;
    if (wrong) {
        size_t offset = (size_t)(at - stops->window);

        stops->bits &= (wrong & (~wrong + 1)) - 1;
        end_at(stops, in_window(stops, wrong));
        return offset < JSON_STOPS_WINDOW && stops->bits >> offset
            ? in_window(stops, stops->bits >> offset << offset)
            : NULL;
    }
    if (left > JSON_STOPS_WINDOW) {
        const char *next = stops->window + JSON_STOPS_WINDOW;

        /* the next window checks a sequence that continues there, but only if it is not ASCII */
        if ((*next & 0xC0) != 0x80 && is_cut(stops->text, next))
            end_at(stops, next);
    }
    return json_stops_next(stops, at);
}

/* Return the stops of a window that the text does not fill. */
static __attribute__((noinline)) uint64_t find_last_stops(const struct json_stops *stops,
    const char *window)
{
    size_t left = (size_t)(stops->end - window);
    char copy[BEFORE + JSON_STOPS_WINDOW];
    if (left == 0)
        return 0;
    if (window > stops->text) /* the last 64 bytes, with those before the window shifted out */
        return find_stops(stops->end - JSON_STOPS_WINDOW) >> (JSON_STOPS_WINDOW - left);
    copy_window(stops, window, copy);
    return find_stops(copy + BEFORE);
}

/* Find those of ${count} whole windows. */
static void find_ahead(uint64_t *ahead, size_t count, const char *window)
{
    for (size_t i = 0; i < count; i++)
        ahead[i] = find_stops(window + i * JSON_STOPS_WINDOW);
}

#ifdef WIDE
static AVX2 void find_ahead_wide(uint64_t *ahead, size_t count, const char *window)
{
    for (size_t i = 0; i < count; i++)
        ahead[i] = find_stops_wide(window + i * JSON_STOPS_WINDOW);
}
#endif

/* Examine the windows from ${window} on, which is not past the end, and go to that one. */
static void look_ahead(struct json_stops *stops, const char *window)
{
    size_t count = (size_t)(stops->end - window) / JSON_STOPS_WINDOW;
    if (count > JSON_STOPS_AHEAD)
        count = JSON_STOPS_AHEAD;
#ifdef WIDE
    if (__builtin_cpu_supports("avx2"))
        find_ahead_wide(stops->ahead, count, window);
    else
#endif
        find_ahead(stops->ahead, count, window);
    stops->window = window;
    stops->current = stops->ahead;
    stops->last = stops->ahead + JSON_STOPS_AHEAD - 1;
    if (count < JSON_STOPS_AHEAD) {
        stops->ahead[count] = find_last_stops(stops, window + count * JSON_STOPS_WINDOW);
        stops->last = stops->ahead + count;
    }
    stops->bits = *stops->current;
}

void json_stops_init(struct json_stops *stops, const char *text, size_t length)
{
    stops->text = text;
    stops->end = text + length;
    stops->bad = NULL;
    look_ahead(stops, text);
}

/*
 * As json_stops_seek(), for a place ${offset} bytes into this window or a later one, for which it
 * may examine more windows. No string is in the skipped windows.
 */
static __attribute__((noinline)) const char *seek_far(struct json_stops *stops, size_t offset)
{
    uint64_t bits;
    do {
        size_t passed = offset / JSON_STOPS_WINDOW, left = (size_t)(stops->end - stops->window);

        if (stops->bad || left <= passed * JSON_STOPS_WINDOW)
            return NULL;
        if (passed > (size_t)(stops->last - stops->current)) {
            look_ahead(stops, stops->window + passed * JSON_STOPS_WINDOW);
        } else {
            stops->window += passed * JSON_STOPS_WINDOW;
            stops->current += passed;
            stops->bits = *stops->current;
        }
        offset %= JSON_STOPS_WINDOW;
        bits = stops->bits >> offset << offset;
        offset = JSON_STOPS_WINDOW;
    } while (!bits);
    return in_window(stops, bits);
}

const char *json_stops_seek(struct json_stops *stops, const char *at)
{
    const uint64_t *current = stops->current, *last = stops->last;
    size_t offset = (size_t)(at - stops->window);
    if (offset >= JSON_STOPS_WINDOW)
        return seek_far(stops, offset);
    while (current != last) {
        uint64_t bits = *++current;

        if (bits) {
            stops->window += (current - stops->current) * JSON_STOPS_WINDOW;
            stops->current = current;
            stops->bits = bits;
            return in_window(stops, bits);
        }
    }
    return seek_far(stops, (size_t)(last - stops->current + 1) * JSON_STOPS_WINDOW);
}

#ifdef JSON_SPAN_SSE2

/*
 * Return the places, from ${offset} of the window on, of quotes and of backslashes with the byte
 * they escape, except a pair that the window cuts.
 */
static inline uint64_t pairs(uint64_t slashes, uint64_t quotes, size_t offset)
{
    slashes = slashes >> offset << offset;
    uint64_t escaped = json_span_escaped(slashes) & (quotes | slashes);
    return escaped | escaped >> 1;
}

static uint64_t find_pairs(const char *window, size_t offset)
{
    return pairs(find_byte(window, '\\'), find_byte(window, '"'), offset);
}

#ifdef WIDE
static AVX2 uint64_t find_pairs_wide(const char *window, size_t offset)
{
    return pairs(find_byte_wide(window, '\\'), find_byte_wide(window, '"'), offset);
}
#endif

/* Skip the pairs that begin with the one at ${at}, as far as the window shows them. */
static const char *pass_window(struct json_stops *stops, const char *at)
{
    const char *window = stops->window;
    size_t offset = (size_t)(at - window);
    uint64_t bits;
    if (stops->end - window < JSON_STOPS_WINDOW || offset == JSON_STOPS_WINDOW - 1)
        return json_stops_next(stops, at + 2);
#ifdef WIDE
    if (__builtin_cpu_supports("avx2"))
        bits = find_pairs_wide(window, offset);
    else
#endif
        bits = find_pairs(window, offset);
    bits = (stops->bits & ~bits) >> offset << offset;
    return bits ? in_window(stops, bits) : json_stops_seek(stops, at);
}

#else

static const char *pass_window(struct json_stops *stops, const char *at)
{
    return json_stops_next(stops, at + 2);
}

#endif

const char *json_stops_pass_escapes(struct json_stops *stops, const char *at)
{
    while (at && *at == '\\' && stops->end - at >= 2 && (at[1] == '"' || at[1] == '\\'))
        at = pass_window(stops, at);
    return at;
}
