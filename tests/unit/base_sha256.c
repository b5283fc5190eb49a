/*
 * SHA-256 built again, as on a processor without instructions for it. Both builds are compared;
 * base_misc.c checks their results.
 */
#include <stdbool.h>

#define sha256_init portable_init
#define sha256_update portable_update
#define sha256_final portable_final
#define sha256_x86_usable portable_usable
#include "base/sha256.c"
#undef sha256_init
#undef sha256_update
#undef sha256_final
#undef sha256_x86_usable

void sha256_init(struct sha256 *sha);
void sha256_update(struct sha256 *sha, const void *data, size_t length);
void sha256_final(struct sha256 *sha, unsigned char digest[SHA256_SIZE]);

#include <setjmp.h>
#include <stdarg.h>
#include <cmocka.h>

bool portable_usable(void)
{
    return false;
}

static unsigned drawn(void)
{
    static unsigned state = 1;
    state = state * 1103515245U + 12345U;
    return state >> 16;
}

/* Texts of every length up to 300, in pieces. */
static void agrees_with_the_plain_one(void **state)
{
    (void)state;
    unsigned char text[300];
    for (size_t i = 0; i < sizeof text; i++)
        text[i] = (unsigned char)drawn();
    for (size_t length = 0; length <= sizeof text; length++) {
        struct sha256 one, other;
        unsigned char digest[SHA256_SIZE], wanted[SHA256_SIZE];
        size_t piece = length == 0 ? 0 : drawn() % length;
        sha256_init(&one);
        sha256_update(&one, text, piece);
        sha256_update(&one, text + piece, length - piece);
        sha256_final(&one, digest);
        portable_init(&other);
        portable_update(&other, text, length);
        portable_final(&other, wanted);
        assert_memory_equal(digest, wanted, SHA256_SIZE);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(agrees_with_the_plain_one),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
