#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <cmocka.h>

#include "pg/dsn.h"
#include "pg/server_text.h"
#include "pg/sqlstate.h"

static void decides_by_the_state(void **state)
{
    (void)state;
    static const struct {
        const char *sqlstate;
        enum pg_error_kind kind;
    } cases[] = {
        { NULL, PG_FAULT },
        { "", PG_FAULT },
        { "08000", PG_FAULT },
        { "08006", PG_FAULT },
        { "08P01", PG_FAULT },
        { "40001", PG_FAULT },
        { "40P01", PG_FAULT },
        { "53100", PG_FAULT },
        { "53200", PG_FAULT },
        { "53300", PG_FAULT },
        { "55P03", PG_FAULT },
        { "57014", PG_FAULT },
        { "57P01", PG_FAULT },
        { "57P02", PG_FAULT },
        { "57P03", PG_FAULT },
        { "57P05", PG_FAULT },
        { "58030", PG_FAULT },
        { "25006", PG_FAULT },
        { "25P03", PG_FAULT },
        { "42P01", PG_STOP },
        { "42501", PG_STOP },
        { "42703", PG_STOP },
        { "28P01", PG_STOP },
        { "28000", PG_STOP },
        { "3D000", PG_STOP },
        { "3F000", PG_STOP },
        { "XX000", PG_STOP },
        { "XX001", PG_STOP },
        { "22001", PG_ISOLATED },
        { "22P02", PG_ISOLATED },
        { "22021", PG_ISOLATED },
        { "23502", PG_ISOLATED },
        { "23503", PG_ISOLATED },
        { "23505", PG_ISOLATED },
        { "23514", PG_ISOLATED },
        { "23P01", PG_ISOLATED },
        { "P0001", PG_ISOLATED },
        { "40002", PG_ISOLATED },
        { "54001", PG_ISOLATED },
        { "0A000", PG_ISOLATED },
        { "99999", PG_ISOLATED },
        { "55000", PG_ISOLATED },
        { "57000", PG_ISOLATED },
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        assert_int_equal(pg_sqlstate_kind(cases[i].sqlstate), cases[i].kind);
}

static void decides_by_the_state_of_rows(void **state)
{
    (void)state;
    static const struct {
        const char *sqlstate;
        enum pg_error_kind kind;
    } cases[] = {
        { NULL, PG_FAULT },
        { "", PG_FAULT },
        { "08006", PG_FAULT },
        { "40001", PG_FAULT },
        { "53200", PG_FAULT },
        { "55P03", PG_FAULT },
        { "57014", PG_FAULT },
        { "57P01", PG_FAULT },
        { "58030", PG_FAULT },
        { "25006", PG_FAULT },
        { "42601", PG_ISOLATED },
        { "42P01", PG_ISOLATED },
        { "42501", PG_ISOLATED },
        { "3F000", PG_ISOLATED },
        { "28000", PG_ISOLATED },
        { "3D000", PG_ISOLATED },
        { "22P02", PG_ISOLATED },
        { "P0001", PG_ISOLATED },
        { "54000", PG_ISOLATED },
        { "XX000", PG_UNPROVEN },
        { "XX001", PG_STOP },
        { "XX002", PG_STOP },
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        assert_int_equal(pg_sqlstate_row_kind(cases[i].sqlstate), cases[i].kind);
    assert_true(pg_sqlstate_is_value("22P02") && pg_sqlstate_is_value("23514"));
    assert_true(pg_sqlstate_is_value("P0001"));
    assert_false(pg_sqlstate_is_value("42601") || pg_sqlstate_is_value("P0002"));
    assert_true(pg_sqlstate_is_statement("42501") && pg_sqlstate_is_statement("3F000"));
    assert_false(pg_sqlstate_is_statement("22P02") || pg_sqlstate_is_statement("53100"));
}

static void names_conditions(void **state)
{
    (void)state;
    assert_string_equal(pg_sqlstate_name("42P01"), "undefined_table");
    assert_string_equal(pg_sqlstate_name("0A000"), "feature_not_supported");
    assert_string_equal(pg_sqlstate_name("22026"), "string_data_length_mismatch");
    assert_string_equal(pg_sqlstate_name("XX002"), "index_corrupted");
    assert_null(pg_sqlstate_name("ABCDE"));
    assert_null(pg_sqlstate_name(""));
    assert_null(pg_sqlstate_name(NULL));
}

static void looks_into_connection_strings(void **state)
{
    (void)state;
    static const struct {
        const char *dsn;
        enum pg_dsn expected;
    } cases[] = {
        { "logins", PG_DSN_OK },
        { "dbname=logins host=/run/postgresql", PG_DSN_OK },
        { "service=logins", PG_DSN_OK },
        { "postgresql://loader@db.example/logins?sslmode=verify-full", PG_DSN_OK },
        { "dbname=logins passfile=/etc/pgpass", PG_DSN_OK },
        { "password=secret", PG_DSN_SECRET },
        { "dbname=logins password = 'se cret'", PG_DSN_SECRET },
        { "postgresql://loader:secret@db.example/logins", PG_DSN_SECRET },
        { "postgres://db.example/logins?password=secret", PG_DSN_SECRET },
        { "sslkey=k sslpassword=secret", PG_DSN_SECRET },
        { "nosuch=option", PG_DSN_MALFORMED },
        { "dbname='open", PG_DSN_MALFORMED },
        { "postgresql://loader:se%zzcret@db.example/", PG_DSN_MALFORMED },
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        assert_int_equal(pg_dsn_check(cases[i].dsn), cases[i].expected);
}

static void finds_the_state_of_a_refusal(void **state)
{
    (void)state;
    static const struct {
        const char *text, *state, *rest;
    } cases[] = {
        { "connection to server failed: FATAL:  28P01: no", "28P01",
            "connection to server failed: FATAL: no" },
        { "FATAL:  57P03: starting\nFATAL:  3D000: none", "3D000",
            "FATAL:  57P03: starting\nFATAL: none" },
        { "host:28P01: no", "", "host:28P01: no" },
        { "FATAL:  28P01 no", "", "FATAL:  28P01 no" },
        { "FATAL:  28p01: no", "", "FATAL:  28p01: no" },
        { "FATAL:  28P012: no", "", "FATAL:  28P012: no" },
        { "timeout expired", "", "timeout expired" },
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char found[6], text[80];
        pg_server_text_state(cases[i].text, found);
        assert_string_equal(found, cases[i].state);
        (void)snprintf(text, sizeof text, "%s", cases[i].text);
        pg_server_text_drop_state(text, found);
        assert_string_equal(text, cases[i].rest);
    }
}

static void tells_what_is_for_good(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        bool for_good;
    } cases[] = {
        { "definition of service \"x\" not found\n", true },
        { "service file \"/x\" not found\n", true },
        { "invalid sslmode value: \"x\"\n", true },
        { "invalid port number: \"0\"\n", true },
        { "invalid port number: \"0\"\nconnection to server at \"b\", port 1 failed: no\n", false },
        { "could not match 3 port numbers to 2 hosts\n", true },
        { "could not translate host name \"x\" to address: Try again\n", false },
        { "connection to server at \"invalid \", port 1 failed: Connection refused\n", false },
        { "connection to server at \"b\", port 1 failed: server does not support SSL, but SSL was "
          "required\n",
            true },
        { "connection to server on socket \"/x\" failed: server does not support SSL\n", true },
        { "server does not support SSL, but SSL was required\n", true }, /* of version 13 */
        { "connection to server at \"b\" (1.2.3.4), port 1 failed: SSL error: certificate verify "
          "failed\n",
            true },
        { "connection to server at \"b\", port 1 failed: SSL error: tlsv1 alert unknown ca\n",
            true },
        { "connection to server at \"b\", port 1 failed: SSL error: tlsv1 alert internal error\n",
            false },
        { "connection to server at \"b\", port 1 failed: SSL SYSCALL error: EOF detected\n",
            false },
        { "connection to server at \"b\", port 1 failed: SSL error: certificate verify failed\n"
          "connection to server at \"b\", port 1 failed: Connection refused\n",
            false },
        { "connection to server at \"b\", port 1 failed: root certificate file \"/x\" does not "
          "exist\nEither provide the file\n",
            true },
        { "out of memory\n", false },
        { "timeout expired", false },
        { "", false },
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        assert_int_equal(pg_server_text_for_good(cases[i].text), cases[i].for_good);
}

static void joins_lines(void **state)
{
    (void)state;
    char to[16] = "";
    pg_server_text_join(to, sizeof to, NULL);
    pg_server_text_join(to, sizeof to, "");
    assert_string_equal(to, "");
    pg_server_text_join(to, sizeof to, "one\r\ntwo\n");
    assert_string_equal(to, "one; two");
    pg_server_text_join(to, sizeof to, "three\nfour");
    assert_string_equal(to, "one; two; three");
    pg_server_text_join(to, sizeof to, "five");
    assert_string_equal(to, "one; two; three");
    char small[5] = "";
    pg_server_text_join(small, sizeof small, "abc\nd");
    assert_string_equal(small, "abc;");
}

static void completes_what_breaks_off(void **state)
{
    (void)state;
    static const struct {
        const char *text, *completed;
    } cases[] = {
        { "", "connection lost" },
        { "  ", "connection lost" },
        { "connection to server at \"b\", port 1 failed: ",
            "connection to server at \"b\", port 1 failed: connection lost" },
        { "failed:", "failed: connection lost" },
        { "timeout expired", "timeout expired" },
        { "could not: x ", "could not: x " },
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char text[80];
        pg_server_text_line(text, sizeof text, cases[i].text);
        pg_server_text_complete(text, sizeof text);
        assert_string_equal(text, cases[i].completed);
    }
    char small[8] = "no:";
    pg_server_text_complete(small, sizeof small);
    assert_string_equal(small, "no: con");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(decides_by_the_state),
        cmocka_unit_test(decides_by_the_state_of_rows),
        cmocka_unit_test(names_conditions),
        cmocka_unit_test(looks_into_connection_strings),
        cmocka_unit_test(finds_the_state_of_a_refusal),
        cmocka_unit_test(tells_what_is_for_good),
        cmocka_unit_test(joins_lines),
        cmocka_unit_test(completes_what_breaks_off),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
