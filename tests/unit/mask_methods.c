/*
 * Each keyed method over random values: equal in, equal out, also from a second start and in
 * another order; no two different values share an output, and no two domains; and the way back, of
 * every one. So many values as VALUES says (a hundred thousand); make millions runs it with ten
 * million.
 *
 * Values and outputs are told apart by 64 bits of a hash, sorted: two that are equal are always
 * seen to be, two that differ are taken for equal, which fails the test, once in 10^5 runs of ten
 * million. Needs 24 bytes for each value.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "base/clock.h"
#include "mask/method_work.h"

enum { TEXT = 96 };

/* Makes the JSON text of a value of the random numbers, without a NUL; its length. */
typedef size_t (*maker)(uint64_t *random, char text[TEXT]);

struct test_case {
    const char *method;
    const char *what;
    maker make;
    double space; /* outputs that there can be, when they are so few that domains meet by chance */
    unsigned option;
};

static struct keyring *ring;
static size_t count;
static uint64_t *inputs;
static uint64_t *outputs; /* of one domain, then of the other */

static int set_up(void **state)
{
    (void)state;
    struct keyring_error error;
    char line[KEYRING_LINE_SIZE];
    char id[KEYRING_ID + 1];
    unsigned char master[KEYRING_MASTER];
    const char *values = getenv("VALUES");
    count = values != NULL ? strtoul(values, NULL, 10) : 100000;
    memset(master, 1, sizeof master);
    if (count < 1000 || count > 1000000000 || keyring_make_id(master, id) != 0)
        return -1;
    size_t length = keyring_format(master, id, true, line);
    inputs = calloc(count, sizeof *inputs);
    outputs = calloc(count, 2 * sizeof *outputs);
    return inputs != NULL && outputs != NULL && keyring_parse(line, length, &ring, &error) == 0
        ? 0
        : -1;
}

static int tear_down(void **state)
{
    (void)state;
    keyring_free(ring);
    free(inputs);
    free(outputs);
    return 0;
}

/* ---- random values --------------------------------------------------------------------------- */

/* SplitMix64 (Steele, Lea, Flood: Fast splittable pseudorandom number generators, 2014). */
static uint64_t mix(uint64_t number)
{
    number = (number ^ (number >> 30)) * 0xbf58476d1ce4e5b9U;
    number = (number ^ (number >> 27)) * 0x94d049bb133111ebU;
    return number ^ (number >> 31);
}

static uint64_t next(uint64_t *random)
{
    return mix(*random += 0x9e3779b97f4a7c15U);
}

static uint64_t hash(const char *text, size_t length)
{
    uint64_t sum = length;
    for (; length >= 8; text += 8, length -= 8) {
        uint64_t word;
        memcpy(&word, text, 8);
        sum = mix((sum ^ word) + 0x9e3779b97f4a7c15U);
    }
    for (; length > 0; text++, length--)
        sum = mix((sum ^ (unsigned char)*text) + 0x9e3779b97f4a7c15U);
    return sum;
}

static size_t print(char text[TEXT], const char *format, ...) __attribute__((format(printf, 2, 3)));
static size_t print(char text[TEXT], const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    int length = vsnprintf(text, TEXT, format, arguments);
    va_end(arguments);
    assert_in_range(length, 1, TEXT - 1);
    return (size_t)length;
}

static size_t letters(uint64_t *random, const char *alphabet, size_t letter_count, char text[TEXT])
{
    size_t radix = strlen(alphabet);
    text[0] = '"';
    for (size_t i = 1; i <= letter_count; i++)
        text[i] = alphabet[next(random) % radix];
    text[letter_count + 1] = '"';
    return letter_count + 2;
}

static size_t make_ipv4(uint64_t *random, char text[TEXT])
{
    uint64_t bits = next(random);
    return print(text, "\"%u.%u.%u.%u\"", (unsigned)(bits & 255), (unsigned)(bits >> 8 & 255),
        (unsigned)(bits >> 16 & 255), (unsigned)(bits >> 24 & 255));
}

/* In the spelling of RFC 5952, which unmasking gives: no group is zero. */
static size_t make_ipv6(uint64_t *random, char text[TEXT])
{
    unsigned groups[8];
    for (size_t i = 0; i < 8; i++)
        groups[i] = (unsigned)(1 + next(random) % 0xffff);
    return print(text, "\"%x:%x:%x:%x:%x:%x:%x:%x\"", groups[0], groups[1], groups[2], groups[3],
        groups[4], groups[5], groups[6], groups[7]);
}

static size_t make_address(uint64_t *random, char text[TEXT])
{
    return next(random) % 2 == 0 ? make_ipv4(random, text) : make_ipv6(random, text);
}

static size_t make_device(uint64_t *random, char text[TEXT])
{
    uint64_t bits = next(random) % 1000000000;
    return print(text, "\"%03u-%02u-%04u\"", (unsigned)(bits / 1000000),
        (unsigned)(bits / 10000 % 100), (unsigned)(bits % 10000));
}

static size_t make_integer(uint64_t *random, char text[TEXT])
{
    return print(text, "%llu", (unsigned long long)(1000000000 + next(random) % 9000000000U));
}

static size_t make_20_of_62(uint64_t *random, char text[TEXT])
{
    return letters(random, "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz", 20,
        text);
}

static size_t make_40_digits(uint64_t *random, char text[TEXT])
{
    return letters(random, "0123456789", 40, text);
}

/* Whatever a producer may send: short, so that some repeat, and long; addresses, ids, numbers. */
static size_t make_anything(uint64_t *random, char text[TEXT])
{
    static const char printable[] =
        " !#$%&'()*+,-./0123456789:;<=>?@ABCDEFGHIJKLMNOPQRSTUVWXYZ[]^_`"
        "abcdefghijklmnopqrstuvwxyz{|}~";
    switch (next(random) % 8) {
    case 0:
        return make_address(random, text);
    case 1:
        return make_device(random, text);
    case 2:
        return print(text, "%lld", (long long)next(random));
    case 3:
        return print(text, "\"%u\"", (unsigned)(next(random) % 1000000));
    case 4:
        return print(text, "%u", (unsigned)(next(random) % 1000000));
    case 5:
        return print(text, "{\"a\":[%u,\"%u\"]}", (unsigned)next(random), (unsigned)next(random));
    default:
        return letters(random, printable, 1 + next(random) % 48, text);
    }
}

/* ---- through a method ------------------------------------------------------------------------ */

static struct token_value value_of(const char *text, size_t length)
{
    enum json_kind kind = text[0] == '"' ? JSON_STRING : text[0] == '{' ? JSON_OBJECT : JSON_NUMBER;
    return (struct token_value){ text, length, kind, kind == JSON_STRING };
}

static void *open_method(const struct test_case *test, const struct method *method,
    const char *domain)
{
    unsigned options[METHOD_MAX_OPTIONS];
    method_usual(method, options);
    if (method->option_count > 0)
        options[0] = test->option;
    const struct method_use use = { ring, domain, strlen(domain), options };
    void *opened = method_work_of(method)->open(&use);
    assert_non_null(opened);
    return opened;
}

/* Mask value number ${number}, which is left in ${text}, and hash what comes out. */
static uint64_t mask_one(const struct test_case *test, const struct method *method, void *state,
    size_t number, char text[TEXT], size_t *length, struct buf *scratch, struct buf *out)
{
    uint64_t random = mix(number + 1);
    *length = test->make(&random, text);
    struct token_value value = value_of(text, *length);
    buf_clear(out);
    if (method_work_of(method)->mask(state, 0, &value, scratch, out) != TOKEN_OK)
        fail_msg("%s does not take %.*s", test->method, (int)*length, text);
    return hash(out->data, out->length);
}

/* All values, in one domain; back again, where there is a way. */
static void mask_all(const struct test_case *test, const struct method *method, const char *domain,
    uint64_t *hashes)
{
    struct buf scratch = { .maximum = 1 << 16 };
    struct buf out = { .maximum = 1 << 16 };
    struct buf back = { .maximum = 1 << 16 };
    void *state = open_method(test, method, domain);
    for (size_t i = 0; i < count; i++) {
        char text[TEXT];
        size_t length;
        hashes[i] = mask_one(test, method, state, i, text, &length, &scratch, &out);
        inputs[i] = hash(text, length);
        if (!method->reversible)
            continue;
        struct token_value masked = value_of(out.data, out.length);
        buf_clear(&back);
        if (method_work_of(method)->unmask(state, 0, &masked, &scratch, &back) != TOKEN_OK ||
            back.length != length || memcmp(back.data, text, length) != 0)
            fail_msg("%s: %.*s comes back as %.*s", test->method, (int)length, text,
                (int)back.length, back.data);
    }
    method_work_of(method)->close(state);
    buf_free(&scratch);
    buf_free(&out);
    buf_free(&back);
}

/* The same once more: what another process would give, whatever it had masked before. */
static void mask_again(const struct test_case *test, const struct method *method,
    const char *domain, const uint64_t *hashes)
{
    struct buf scratch = { .maximum = 1 << 16 };
    struct buf out = { .maximum = 1 << 16 };
    void *state = open_method(test, method, domain);
    for (size_t i = count; i-- > 0;) {
        char text[TEXT];
        size_t length;
        if (mask_one(test, method, state, i, text, &length, &scratch, &out) != hashes[i])
            fail_msg("%s: %.*s is not masked the same again", test->method, (int)length, text);
    }
    method_work_of(method)->close(state);
    buf_free(&scratch);
    buf_free(&out);
}

/* ---- counting -------------------------------------------------------------------------------- */

static int compare(const void *one, const void *other)
{
    uint64_t a = *(const uint64_t *)one;
    uint64_t b = *(const uint64_t *)other;
    return (a > b) - (a < b);
}

/* Sort, and count those that differ. */
static size_t different(uint64_t *hashes, size_t length)
{
    size_t found = 1;
    qsort(hashes, length, sizeof *hashes, compare);
    for (size_t i = 1; i < length; i++)
        found += hashes[i] != hashes[i - 1];
    return found;
}

static void go_through(const struct test_case *test)
{
    const struct method *method = method_find(test->method, strlen(test->method));
    uint64_t begin = clock_monotonic_ms();
    assert_non_null(method);
    mask_all(test, method, "ip", outputs);
    mask_again(test, method, "ip", outputs);
    mask_all(test, method, "device_id", outputs + count);
    size_t clear = different(inputs, count);
    assert_int_equal(different(outputs, count), clear);
    assert_int_equal(different(outputs + count, count), clear);
    size_t shared = 2 * clear - different(outputs, 2 * count);
    /* Two independent permutations of a small space meet by chance, and no more than that. */
    double chance = test->space > 0 ? (double)clear * (double)clear / test->space : 0;
    print_message("%s of %s: %zu values, %zu different; outputs shared by two domains: %zu (by "
                  "chance: %.0f); %.1f s\n",
        test->method, test->what, count, clear, shared, chance,
        (double)(clock_monotonic_ms() - begin) / 1000);
    assert_true((double)shared <= (test->space > 0 ? 2 * chance + 20 : 0));
}

static const struct test_case cases[] = {
    { "siv", "anything", make_anything, 0, 0 },
    { "hmac", "anything", make_anything, 0, 0 },
    { "ipcrypt", "addresses", make_address, 0, 0 },
    { "ipcrypt-pfx", "IPv4 addresses", make_ipv4, 0x1p32, 0 },
    { "ipcrypt-pfx", "IPv6 addresses", make_ipv6, 0, 0 },
    { "ff1", "nine digits", make_device, 1e9, 0 },
    { "ff1", "integers", make_integer, 9e9, 0 },
    { "ff1", "forty digits", make_40_digits, 0, 0 },
    { "ff1", "twenty letters", make_20_of_62, 0, 2 },
};

static void every_method(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        go_through(&cases[i]);
}

/* What is counted here can be more than none. */
static void finds_what_is_shared(void **state)
{
    (void)state;
    uint64_t few[] = { 7, 3, 7, 1, 3, 7 };
    assert_int_equal(different(few, 6), 3);
    assert_int_equal(different(few, 1), 1);
    assert_int_not_equal(hash("203.0.113.7", 11), hash("203.0.113.8", 11));
    assert_int_not_equal(hash("", 0), hash("\0", 1));
    assert_int_not_equal(hash("\0", 1), hash("\0\0", 2));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(finds_what_is_shared),
        cmocka_unit_test(every_method),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
