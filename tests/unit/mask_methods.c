/*
 * Each method over random values: equal in, equal out, also from a second start, in another order
 * and in another spelling if spellings are equal to it. With a key, no two different values share
 * an output, and no two domains do; reversible methods restore the value. Without a key, an output
 * is its own output, and many values share it, except with sha256. VALUES is the number of values
 * (a hundred thousand); make millions runs it with ten million. METHODS names the methods to test;
 * by default all.
 *
 * Comparisons use 64 bits of a hash of each value and output, sorted. Two equal ones are always
 * detected. Two different ones look equal, which fails the test, once in 10^5 runs of ten million.
 * Each value needs 24 bytes.
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
#include "mask/method_table.h"
#include "mask_values.h"
#include "within.h"

/* Make a value from the random numbers. Return its length. */
typedef size_t (*maker)(uint64_t *random, char text[TEXT]);
/* Make another spelling of a value. Return its length. */
typedef size_t (*speller)(uint64_t *random, char text[TEXT], size_t length);

struct test_case {
    const char *method;
    const char *what;
    maker make;
    double space; /* number of possible outputs, when so small that domains meet by chance */
    const char *options[METHOD_MAX_OPTIONS]; /* NULL: no more */
    double shared;   /* not 0: at least this many values share an output; there is no key */
    speller respell; /* NULL: each spelling is a value */
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

/* ---- through a method ------------------------------------------------------------------------ */

static struct token_value value_of(const char *text, size_t length)
{
    enum json_kind kind = text[0] == '"' ? JSON_STRING : text[0] == '{' ? JSON_OBJECT : JSON_NUMBER;
    bool plain = kind == JSON_STRING && memchr(text, '\\', length) == NULL;
    return (struct token_value){ text, length, kind, plain };
}

static void *open_method(const struct test_case *test, const struct method *method,
    const char *domain)
{
    unsigned options[METHOD_MAX_OPTIONS];
    static const struct token_value by = { "\"u-1\"", 5, JSON_STRING, true };
    struct buf scratch = { .maximum = 1 << 16 };
    method_set_defaults(method, options);
    for (size_t i = 0; i < METHOD_MAX_OPTIONS && test->options[i] != NULL; i++) {
        size_t number, value;
        assert_int_equal(method_set(method, test->options[i], strlen(test->options[i]), options,
                             &number, &value),
            METHOD_OPTION_OK);
    }
    const struct method_use use = { ring, domain, strlen(domain), options, NULL };
    const struct method_work *work = method_table_work(method);
    void *opened = work->open(&use);
    assert_non_null(opened);
    if (work->go_by != NULL)
        assert_int_equal(work->go_by(opened, 0, &by, &scratch), TOKEN_OK);
    buf_free(&scratch);
    return opened;
}

/* Mask value number ${number}, which stays in ${text}. Return the hash of the output. */
static uint64_t mask_one(const struct test_case *test, const struct method *method, void *state,
    size_t number, speller respell, char text[TEXT], size_t *length, struct buf *scratch,
    struct buf *out)
{
    uint64_t random = mix(number + 1);
    *length = test->make(&random, text);
    if (respell != NULL)
        *length = respell(&random, text, *length);
    struct token_value value = value_of(text, *length);
    buf_clear(out);
    if (method_table_work(method)->mask(state, 0, &value, scratch, out) != TOKEN_OK)
        fail_msg("%s does not take %.*s", test->method, (int)*length, text);
    return hash(out->data, out->length);
}

/* Mask all values in one domain, and unmask them where the method is reversible. */
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
        hashes[i] = mask_one(test, method, state, i, NULL, text, &length, &scratch, &out);
        inputs[i] = hash(text, length);
        struct token_value masked = value_of(out.data, out.length);
        if (test->shared > 0 && !method_table_work(method)->made(state, &masked, &scratch))
            fail_msg("%s: of %.*s comes %.*s, which is not its own", test->method, (int)length,
                text, (int)out.length, out.data);
        if (!method->reversible)
            continue;
        buf_clear(&back);
        if (method_table_work(method)->unmask(state, 0, &masked, &scratch, &back) != TOKEN_OK ||
            back.length != length || memcmp(back.data, text, length) != 0)
            fail_msg("%s: %.*s comes back as %.*s", test->method, (int)length, text,
                (int)back.length, back.data);
    }
    method_table_work(method)->close(state);
    buf_free(&scratch);
    buf_free(&out);
    buf_free(&back);
}

/*
 * Mask the same values once more in another spelling: another process would give the same, whatever
 * it masked before.
 */
static void mask_again(const struct test_case *test, const struct method *method,
    const char *domain, const uint64_t *hashes)
{
    struct buf scratch = { .maximum = 1 << 16 };
    struct buf out = { .maximum = 1 << 16 };
    void *state = open_method(test, method, domain);
    for (size_t i = count; i-- > 0;) {
        char text[TEXT];
        size_t length;
        if (mask_one(test, method, state, i, test->respell, text, &length, &scratch, &out) !=
            hashes[i])
            fail_msg("%s: %.*s is not masked the same again", test->method, (int)length, text);
    }
    method_table_work(method)->close(state);
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

/* Sort, and return the number of different hashes. */
static size_t different(uint64_t *hashes, size_t length)
{
    size_t found = 1;
    qsort(hashes, length, sizeof *hashes, compare);
    for (size_t i = 1; i < length; i++)
        found += hashes[i] != hashes[i - 1];
    return found;
}

/*
 * Test a method without a key: outputs of many values cannot be undone, and a digest only by
 * trying.
 */
static void go_through_keyless(const struct test_case *test, const struct method *method)
{
    assert_false(method->reversible || method->keyed);
    mask_all(test, method, "", outputs);
    mask_again(test, method, "", outputs);
    size_t clear = different(inputs, count);
    size_t masked = different(outputs, count);
    print_message("%s of %s: %zu values, %zu different; outputs: %zu\n", test->method, test->what,
        count, clear, masked);
    assert_true((double)masked * test->shared <= (double)clear);
    assert_true(test->shared > 1 || masked == clear);
}

static void go_through(const struct test_case *test)
{
    const struct method *method = method_find(test->method, strlen(test->method));
    uint64_t begin = clock_monotonic_ms();
    assert_non_null(method);
    assert_int_equal(method->reversible, method_table_work(method)->unmask != NULL);
    if (test->shared > 0) {
        go_through_keyless(test, method);
        return;
    }
    mask_all(test, method, "ip", outputs);
    mask_again(test, method, "ip", outputs);
    mask_all(test, method, "device_id", outputs + count);
    size_t clear = different(inputs, count);
    assert_int_equal(different(outputs, count), clear);
    assert_int_equal(different(outputs + count, count), clear);
    size_t shared = 2 * clear - different(outputs, 2 * count);
    /* Two independent permutations of a small space meet by chance, but not more often. */
    double chance = test->space > 0 ? (double)clear * (double)clear / test->space : 0;
    print_message("%s of %s: %zu values, %zu different; outputs shared by two domains: %zu (by "
                  "chance: %.0f); %.1f s\n",
        test->method, test->what, count, clear, shared, chance,
        (double)(clock_monotonic_ms() - begin) / 1000);
    assert_true((double)shared <= (test->space > 0 ? 2 * chance + 20 : 0));
}

static const struct test_case cases[] = {
    { "siv", "anything", make_anything, 0, { NULL }, 0, NULL },
    { "siv", "anything, padded", make_anything, 0, { "pad" }, 0, NULL },
    { "siv", "addresses in two spellings, padded", make_address, 0, { "canonical=ip", "pad=64" }, 0,
        respell_address },
    { "siv", "mail addresses in two cases", make_mail, 0, { "canonical=lower" }, 0, respell_case },
    { "siv", "ids between blanks", make_device, 0, { "canonical=trim" }, 0, respell_blanks },
    { "hmac", "anything", make_anything, 0, { NULL }, 0, NULL },
    { "hmac", "addresses in two spellings", make_address, 0, { "canonical=ip" }, 0,
        respell_address },
    { "hmac", "mail addresses in two cases", make_mail, 0, { "canonical=lower" }, 0, respell_case },
    { "hmac", "ids between blanks", make_device, 0, { "canonical=trim" }, 0, respell_blanks },
    { "ipcrypt", "addresses", make_address, 0, { NULL }, 0, respell_address },
    { "ipcrypt-pfx", "IPv4 addresses", make_ipv4, 0x1p32, { NULL }, 0, respell_address },
    { "ipcrypt-pfx", "IPv6 addresses", make_ipv6, 0, { NULL }, 0, respell_address },
    { "ff1", "nine digits", make_device, 1e9, { NULL }, 0, NULL },
    { "ff1", "integers", make_integer, 9e9, { NULL }, 0, NULL },
    { "ff1", "integers, three digits kept", make_integer, 9e9, { "keep=3" }, 0, NULL },
    { "ff1", "forty digits", make_40_digits, 0, { NULL }, 0, NULL },
    { "ff1", "twenty small letters and digits", make_20_of_36, 0, { "alnum36" }, 0, NULL },
    { "ff1", "twenty letters", make_20_of_62, 0, { "alnum62" }, 0, NULL },
    { "ff1", "sixteen hexadecimal digits", make_16_of_hex, 0, { "hex" }, 0, NULL },
    { "ff1", "the same, four kept", make_16_of_hex, 0, { "hex", "keep=4" }, 0, NULL },
    { "ff1", "telephone numbers, country kept", make_phone, 4e9, { "keep=2" }, 0, NULL },
    { "uuid", "UUIDs", make_uuid, 0, { NULL }, 0, respell_case },
    { "email", "mail addresses", make_mail, 0, { NULL }, 0, respell_case },
    { "email", "mail addresses, one domain kept", make_mail, 0, { "domains=gmail.com" }, 0,
        respell_case },
    { "shift", "dates, to another within 3650 days", make_date, 1, { "days=3650" }, 0, NULL },
    { "round", "decimals, to 1000", make_decimal, 0, { "unit=1000" }, 50, NULL },
    { "round", "dates, to the year", make_date, 0, { "year" }, 2, NULL },
    { "truncate", "IPv4 addresses, to 8 bits", make_ipv4, 0, { "v4=8" }, 300, respell_address },
    { "truncate", "IPv6 addresses, to 8 bits", make_ipv6, 0, { "v6=8" }, 50, respell_address },
    { "partial", "nine digits", make_device, 0, { NULL }, 50, NULL },
    { "redact", "anything", make_anything, 0, { NULL }, 1000, NULL },
    { "sha256", "ids", make_device, 0, { NULL }, 1, NULL },
};

static void every_method(void **state)
{
    (void)state;
    const char *methods = getenv("METHODS");
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        if (methods == NULL || strstr(methods, cases[i].method) != NULL)
            go_through(&cases[i]);
}

/* Return the day that 15 June 2000 becomes, by another value of its record. */
static int shifted_day(void *state, size_t number, struct buf *scratch, struct buf *out)
{
    const struct method_work *work = method_table_work(method_find("shift", 5));
    const struct token_value date = { "\"2000-06-15\"", 12, JSON_STRING, true };
    char text[TEXT];
    size_t length = print(text, "\"u%zu\"", number);
    const struct token_value by = { text, length, JSON_STRING, true };
    buf_clear(out);
    assert_int_equal(work->go_by(state, 0, &by, scratch), TOKEN_OK);
    assert_int_equal(work->mask(state, 0, &date, scratch, out), TOKEN_OK);
    assert_int_equal(out->length, 12);
    assert_memory_equal(out->data, "\"2000-06-", 9);
    return (out->data[9] - '0') * 10 + out->data[10] - '0';
}

/* Each distance but 0 occurs for some value, and each value always gives the same distance. */
static void shift_goes_by_another_value(void **state)
{
    (void)state;
    enum { DAYS = 3, VALUES = 6000 };
    static const struct test_case test = { .method = "shift", .options = { "days=3" } };
    struct buf scratch = { .maximum = 1 << 16 };
    struct buf out = { .maximum = 1 << 16 };
    const struct method *method = method_find("shift", 5);
    void *one = open_method(&test, method, "born");
    void *again = open_method(&test, method, "born");
    void *other = open_method(&test, method, "died");
    size_t found[2 * DAYS + 1] = { 0 };
    size_t equal = 0;
    for (size_t i = 0; i < VALUES; i++) {
        int day = shifted_day(one, i, &scratch, &out);
        assert_within(day, 15 - DAYS, 15 + DAYS);
        found[day - 15 + DAYS]++;
        assert_int_equal(shifted_day(again, i, &scratch, &out), day);
        equal += shifted_day(other, i, &scratch, &out) == day;
    }
    for (int i = 0; i <= 2 * DAYS; i++) /* 1000 each, and six deviations of that */
        assert_within(found[i], i == DAYS ? 0 : 827, i == DAYS ? 0 : 1173);
    assert_within(equal, 827, 1173);
    method_table_work(method)->close(one);
    method_table_work(method)->close(again);
    method_table_work(method)->close(other);
    buf_free(&scratch);
    buf_free(&out);
}

/* Show that this count can be above zero. */
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
        cmocka_unit_test(shift_goes_by_another_value),
        cmocka_unit_test(every_method),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
