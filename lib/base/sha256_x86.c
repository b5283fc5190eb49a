#include "base/sha256_x86.h"

#if defined(__x86_64__)

#include <cpuid.h>
#include <immintrin.h>
#include <stdatomic.h>

enum { UNKNOWN, USABLE, UNUSABLE };

/* CPUID leaf 7 reports SHA; leaf 1 reports the older extensions used with it. */
static int find_out(void)
{
    unsigned eax = 0, ebx = 0, ecx = 0, edx = 0;
    if (!__get_cpuid_count(7, 0, &eax, &ebx, &ecx, &edx) || (ebx & bit_SHA) == 0)
        return UNUSABLE;
    if (!__get_cpuid(1, &eax, &ebx, &ecx, &edx))
        return UNUSABLE;
    return (ecx & bit_SSSE3) != 0 && (ecx & bit_SSE4_1) != 0 ? USABLE : UNUSABLE;
}

bool sha256_x86_usable(void)
{
    /* Ask once: on a virtual machine CPUID exits to the host. */
    static atomic_int known;
    int usable = atomic_load_explicit(&known, memory_order_relaxed);
    if (usable == UNKNOWN) {
        usable = find_out();
        atomic_store_explicit(&known, usable, memory_order_relaxed);
    }
    return usable == USABLE;
}

/*
 * Two rounds take the working variables as {a, b, e, f} and {c, d, g, h}, the first one highest.
 * They give the new {a, b, e, f}; the new {c, d, g, h} are the old {a, b, e, f}.
 */
__attribute__((target("sha,ssse3,sse4.1"))) void sha256_x86_block(uint32_t state[8],
    const unsigned char *block, const uint32_t constants[64])
{
    const __m128i big_endian = _mm_set_epi8(12, 13, 14, 15, 8, 9, 10, 11, 4, 5, 6, 7, 0, 1, 2, 3);
    const __m128i abef_before =
        _mm_set_epi32((int)state[0], (int)state[1], (int)state[4], (int)state[5]);
    const __m128i cdgh_before =
        _mm_set_epi32((int)state[2], (int)state[3], (int)state[6], (int)state[7]);
    __m128i abef = abef_before, cdgh = cdgh_before;
    __m128i w[4]; /* the last sixteen words of the message schedule, the oldest first */
    for (size_t i = 0; i < 4; i++)
        w[i] = _mm_shuffle_epi8(_mm_loadu_si128((const __m128i *)(const void *)(block + 16 * i)),
            big_endian);
    for (size_t i = 0; i < 16; i++) {
        __m128i keys = _mm_add_epi32(w[0],
            _mm_loadu_si128((const __m128i *)(const void *)(constants + 4 * i)));
        __m128i middle = _mm_sha256rnds2_epu32(cdgh, abef, keys);
        __m128i next = _mm_sha256msg1_epu32(w[0], w[1]);
        abef = _mm_sha256rnds2_epu32(abef, middle, _mm_shuffle_epi32(keys, 0x0E));
        cdgh = middle;
        next = _mm_add_epi32(next, _mm_alignr_epi8(w[3], w[2], 4));
        next = _mm_sha256msg2_epu32(next, w[3]);
        w[0] = w[1];
        w[1] = w[2];
        w[2] = w[3];
        w[3] = next; /* not used in the last four rounds */
    }
    abef = _mm_add_epi32(abef, abef_before);
    cdgh = _mm_add_epi32(cdgh, cdgh_before);
    state[0] = (uint32_t)_mm_extract_epi32(abef, 3);
    state[1] = (uint32_t)_mm_extract_epi32(abef, 2);
    state[2] = (uint32_t)_mm_extract_epi32(cdgh, 3);
    state[3] = (uint32_t)_mm_extract_epi32(cdgh, 2);
    state[4] = (uint32_t)_mm_extract_epi32(abef, 1);
    state[5] = (uint32_t)_mm_extract_epi32(abef, 0);
    state[6] = (uint32_t)_mm_extract_epi32(cdgh, 1);
    state[7] = (uint32_t)_mm_extract_epi32(cdgh, 0);
}

#else

bool sha256_x86_usable(void)
{
    return false;
}

void sha256_x86_block(uint32_t state[8], const unsigned char *block, const uint32_t constants[64])
{
    (void)state;
    (void)block;
    (void)constants;
}

#endif
