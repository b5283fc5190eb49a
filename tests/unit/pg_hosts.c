#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "pg/hosts.h"
#include "within.h"

/* Write the hosts of the three settings, one a line. */
static void describe(const char *names, const char *addresses, const char *ports, char *text,
    size_t size)
{
    struct pg_hosts hosts;
    assert_int_equal(pg_hosts_read(&hosts, names, addresses, ports, "5432"), 0);
    text[0] = '\0';
    for (size_t i = 0; i < hosts.count; i++)
        (void)snprintf(text + strlen(text), size - strlen(text), "%s|%s|%s%s\n", hosts.list[i].name,
            hosts.list[i].address, hosts.list[i].port,
            pg_hosts_has_name(&hosts.list[i]) ? " name" : "");
    pg_hosts_free(&hosts);
}

static void reads_lists_as_libpq_does(void **state)
{
    (void)state;
    static const struct {
        const char *names, *addresses, *ports, *expected;
    } cases[] = {
        { NULL, NULL, NULL, "||5432\n" },
        { "", "", "", "||5432\n" },
        { "a", NULL, NULL, "a||5432 name\n" },
        { "/run/x", NULL, "1", "/run/x||1\n" },
        { "@x", NULL, "1", "@x||1\n" },
        { "a,b", NULL, "1", "a||1 name\nb||1 name\n" },
        { "a,b", NULL, "1,2", "a||1 name\nb||2 name\n" },
        { "a,b", NULL, ",2", "a||5432 name\nb||2 name\n" },
        { "a,,/s", NULL, "1,2,", "a||1 name\n||2\n/s||5432\n" },
        { "a,b", "10.0.0.1,10.0.0.2", "1", "a|10.0.0.1|1\nb|10.0.0.2|1\n" },
        { "a,b", "10.0.0.1,", "1", "a|10.0.0.1|1\nb||1 name\n" },
        { NULL, "::1,10.0.0.2", "1,2", "|::1|1\n|10.0.0.2|2\n" },
        { ",", NULL, NULL, "||5432\n||5432\n" },
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char text[256];
        describe(cases[i].names, cases[i].addresses, cases[i].ports, text, sizeof text);
        assert_string_equal(text, cases[i].expected);
    }
}

static void looks_names_up(void **state)
{
    (void)state;
    char(*list)[PG_ADDRESS_SIZE];
    size_t count;
    assert_null(pg_hosts_look_up("127.0.0.1", &list, &count));
    assert_int_equal(count, 1);
    assert_string_equal(list[0], "127.0.0.1");
    free(list);
    assert_null(pg_hosts_look_up("::1", &list, &count));
    assert_int_equal(count, 1);
    assert_string_equal(list[0], "::1");
    free(list);
    assert_non_null(pg_hosts_look_up("not a name", &list, &count));
    assert_null(list);
}

static void shuffles_all_alike(void **state)
{
    (void)state;
    unsigned first[4] = { 0 };
    for (int i = 0; i < 4000; i++) {
        uint64_t list[4] = { 0, 1, 2, 3 };
        pg_hosts_shuffle(list, 4, sizeof *list);
        assert_int_equal(1u << list[0] | 1u << list[1] | 1u << list[2] | 1u << list[3], 15);
        first[list[0]]++;
    }
    for (size_t i = 0; i < 4; i++)
        assert_within(first[i], 800, 1200); /* 7 standard deviations */
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_lists_as_libpq_does),
        cmocka_unit_test(looks_names_up),
        cmocka_unit_test(shuffles_all_alike),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
