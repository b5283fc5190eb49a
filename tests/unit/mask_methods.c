/* Each method over many values: equal in, equal out; no two different values share an output, no
 * two domains either; and the way back. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "mask/method.h"

enum { COUNT_BITS = 17, COUNT = 1 << COUNT_BITS, SLOTS = 8 * COUNT };

static struct keyring *ring;
static unsigned char (*seen)[16]; /* a hash table of outputs, or of what stands for them */

static int open_ring(void **state)
{
    (void)state;
    struct keyring_error error;
    char line[KEYRING_LINE_SIZE];
    char id[KEYRING_ID + 1];
    unsigned char master[KEYRING_MASTER];
    memset(master, 1, sizeof master);
    if (keyring_make_id(master, id) != 0)
        return -1;
    size_t length = keyring_format(master, id, true, line);
    seen = malloc((size_t)SLOTS * sizeof *seen);
    return seen != NULL && keyring_parse(line, length, &ring, &error) == 0 ? 0 : -1;
}

static int close_ring(void **state)
{
    (void)state;
    keyring_free(ring);
    free(seen);
    return 0;
}

/* 64 bits of FNV-1a and of a second start: outputs are told apart by 128 bits. */
static void digest(const char *text, size_t length, uint64_t sums[2])
{
    sums[0] = 14695981039346656037U;
    sums[1] = 1099511628211U * 31;
    for (size_t i = 0; i < length; i++) {
        sums[0] = (sums[0] ^ (unsigned char)text[i]) * 1099511628211U;
        sums[1] = (sums[1] + (unsigned char)text[i]) * 6364136223846793005U + (sums[1] >> 29);
    }
}

/* Whether the output was seen before; from now on it is. */
static bool see(const struct buf *out)
{
    static const unsigned char empty[16];
    uint64_t sums[2];
    unsigned char entry[16];
    digest(out->data, out->length, sums);
    memcpy(entry, sums, sizeof entry);
    for (size_t at = (size_t)(sums[0] ^ sums[1]) % SLOTS;; at = (at + 1) % SLOTS) {
        if (memcmp(seen[at], entry, sizeof entry) == 0)
            return true;
        if (memcmp(seen[at], empty, sizeof empty) == 0) {
            memcpy(seen[at], entry, sizeof entry);
            return false;
        }
    }
}

/* A value that no other number has: an odd multiplier permutes the numbers of so many bits. */
static size_t make_id_text(uint64_t number, char text[64])
{
    uint64_t mixed = (number * 2862933555777941757U + 12345) & 0x3fffffff;
    return (size_t)snprintf(text, 64, "\"%03llu-%02llu-%05llu\"",
        (unsigned long long)(mixed / 10000000), (unsigned long long)(mixed / 100000 % 100),
        (unsigned long long)(mixed % 100000));
}

static size_t make_number(uint64_t number, char text[64])
{
    return (size_t)snprintf(text, 64, "%llu",
        (unsigned long long)(1000000000 + ((number * 2862933555777941757U) & 0x1fffffff)));
}

static size_t make_ipv4(uint64_t number, char text[64])
{
    uint32_t mixed = (uint32_t)(number * 2654435761U);
    return (size_t)snprintf(text, 64, "\"%u.%u.%u.%u\"", mixed >> 24, mixed >> 16 & 255,
        mixed >> 8 & 255, mixed & 255);
}

static size_t make_ipv6(uint64_t number, char text[64])
{
    uint32_t mixed = (uint32_t)(number * 2654435761U);
    return (size_t)snprintf(text, 64, "\"2001:db8:%x:%x::%x\"", 1 + (mixed >> 17),
        1 + (mixed & 0xff), 1 + (mixed >> 8 & 0x1ff));
}

typedef size_t (*maker)(uint64_t number, char text[64]);

static struct token_value value_of(const char *text, size_t length)
{
    return (struct token_value){ text, length, text[0] == '"' ? JSON_STRING : JSON_NUMBER,
        text[0] == '"' };
}

static void *open_method(const struct method *method, const char *domain)
{
    unsigned options[METHOD_MAX_OPTIONS];
    method_usual(method, options);
    const struct method_use use = { ring, domain, strlen(domain), options };
    void *opened = method->open(&use);
    assert_non_null(opened);
    return opened;
}

/* ${bijective}: outputs of two domains are of the same few values, so that they may meet. */
static void go_through(const char *name, maker make, bool bijective)
{
    const struct method *method = method_find(name, strlen(name));
    struct buf scratch, out, back;
    buf_init(&scratch, 1 << 16);
    buf_init(&out, 1 << 16);
    buf_init(&back, 1 << 16);
    assert_non_null(method);
    void *domains[2] = { open_method(method, "ip"), open_method(method, "device_id") };
    size_t shared = 0;
    memset(seen, 0, (size_t)SLOTS * sizeof *seen);
    for (int d = 0; d < 2; d++)
        for (uint64_t i = 0; i < COUNT; i++) {
            char text[64];
            struct token_value value = value_of(text, make(i, text));
            buf_clear(&out);
            assert_int_equal(method->mask(domains[d], 0, &value, &scratch, &out), TOKEN_OK);
            bool met = see(&out);
            if (met && !(d == 1 && bijective))
                fail_msg("%s: two values or domains have one output", name);
            shared += met;
            struct token_value masked = value_of(out.data, out.length);
            if (method->made != NULL && i % 16 == 0)
                assert_true(method->made(domains[d], &masked, &scratch));
            buf_clear(&back);
            if (i % 64 == 0) { /* again */
                assert_int_equal(method->mask(domains[d], 0, &value, &scratch, &back), TOKEN_OK);
                assert_int_equal(back.length, out.length);
                assert_memory_equal(back.data, out.data, out.length);
                buf_clear(&back);
            }
            if (!method->reversible || (i % 8 != 0 && make == make_ipv6))
                continue;
            assert_int_equal(method->unmask(domains[d], 0, &masked, &scratch, &back), TOKEN_OK);
            assert_int_equal(back.length, value.length);
            assert_memory_equal(back.data, text, value.length);
        }
    /* Two independent permutations meet by chance, and no more than that. */
    if (bijective)
        assert_true(shared < COUNT / 64);
    method->close(domains[0]);
    method->close(domains[1]);
    buf_free(&scratch);
    buf_free(&out);
    buf_free(&back);
}

static void siv(void **state)
{
    (void)state;
    go_through("siv", make_id_text, false);
}

static void hmac(void **state)
{
    (void)state;
    go_through("hmac", make_id_text, false);
}

static void ipcrypt(void **state)
{
    (void)state;
    go_through("ipcrypt", make_ipv4, false);
}

static void ipcrypt_pfx(void **state)
{
    (void)state;
    go_through("ipcrypt-pfx", make_ipv4, true);
}

static void ipcrypt_pfx_of_ipv6(void **state)
{
    (void)state;
    go_through("ipcrypt-pfx", make_ipv6, false);
}

static void ff1(void **state)
{
    (void)state;
    go_through("ff1", make_id_text, true);
    go_through("ff1", make_number, true);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(siv),
        cmocka_unit_test(hmac),
        cmocka_unit_test(ipcrypt),
        cmocka_unit_test(ipcrypt_pfx),
        cmocka_unit_test(ipcrypt_pfx_of_ipv6),
        cmocka_unit_test(ff1),
    };
    return cmocka_run_group_tests(tests, open_ring, close_ring);
}
