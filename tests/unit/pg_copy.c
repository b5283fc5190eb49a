#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

#include "pg/copy.h"
#include "pg/errors.h"

static void escapes_fields(void **state)
{
    (void)state;
    static const struct {
        const char *field;
        const char *written;
    } cases[] = {
        { "", "" },
        { "plain", "plain" },
        { "a\tb", "a\\tb" },
        { "a\nb\r\n", "a\\nb\\r\\n" },
        { "\\", "\\\\" },
        { "\\N", "\\\\N" }, /* the text, not NULL */
        { "\\.", "\\\\." }, /* the text, not the end of the data */
        { "\b\f\v\1\177", "\b\f\v\1\177" },
        { "h\303\251llo \360\237\230\200", "h\303\251llo \360\237\230\200" },
    };
    struct buf out;
    buf_init(&out, 1000);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        buf_clear(&out);
        assert_int_equal(pg_copy_escape(&out, cases[i].field, strlen(cases[i].field)), 0);
        assert_int_equal(out.length, strlen(cases[i].written));
        if (out.length > 0)
            assert_memory_equal(out.data, cases[i].written, out.length);
    }
    buf_free(&out);
}

static void reads_fields_back(void **state)
{
    (void)state;
    static const char *const fields[] = { "", "plain", "a\tb\n", NULL, "\\N", "\\", "\\.\r", "t\\t",
        NULL, "" };
    enum { COUNT = sizeof fields / sizeof *fields };
    struct buf row, field;
    buf_init(&row, 1000);
    buf_init(&field, 1000);
    for (size_t i = 0; i < COUNT; i++) {
        if (fields[i] == NULL)
            buf_puts(&row, "\\N");
        else
            assert_int_equal(pg_copy_escape(&row, fields[i], strlen(fields[i])), 0);
        buf_putc(&row, i + 1 < COUNT ? '\t' : '\n');
    }
    const char *at = row.data;
    const char *end = row.data + row.length;
    for (size_t i = 0; i < COUNT; i++) {
        bool null;
        assert_int_equal(pg_copy_field(&field, &at, end, &null), 0);
        assert_int_equal(null, fields[i] == NULL);
        if (fields[i] != NULL)
            assert_string_equal(buf_cstr(&field), fields[i]);
    }
    assert_ptr_equal(at, end);
    buf_free(&field);
    buf_init(&field, 2);
    at = "abc\n";
    bool null;
    assert_int_equal(pg_copy_field(&field, &at, at + 4, &null), -1);
    buf_free(&field);
    buf_free(&row);
}

static void says_when_full(void **state)
{
    (void)state;
    struct buf out;
    buf_init(&out, 4);
    assert_int_equal(pg_copy_escape(&out, "\t\t\t", 3), -1);
    assert_int_equal(out.length, 0);
    buf_free(&out);
}

/* The messages of PostgreSQL 13 to 18, in several languages. */
static void reads_contexts(void **state)
{
    (void)state;
    static const char *const names[] = { "n", "line", "app_version", "version", "v" };
    static const struct {
        const char *context;
        const char *relation;
        uint64_t line;
        size_t column;
    } cases[] = {
        { NULL, "t", 0, SIZE_MAX },
        { "", "t", 0, SIZE_MAX },
        { "COPY t, line 2, column n: \"x\"", "t", 2, 0 },
        { "COPY t, line 2", "t", 2, SIZE_MAX },
        { "COPY t, line 12: \"1\t2\"", "t", 12, SIZE_MAX },
        { "COPY t2, line 7, column v: null input", "t2", 7, 4 },
        { "COPY logins, Zeile 31, Spalte app_version: \302\273x.y\302\253", "logins", 31, 2 },
        { "logins\343\201\256COPY\343\200\201\350\241\214 20\343\200\201\345\210\227 version: \"v: 1\"",
            "logins", 20, 3 },
        { "logins \353\263\265\354\202\254, 9\353\262\210\354\247\270 \354\244\204, line \354\227\264: \"\"",
            "logins", 9, SIZE_MAX },
        /* The word for it in that language may also be the name of a column. */
        { "COPY t, line 3, column line: \"n: 5\"", "t", 3, 1 },
        /* The line of jsonb itself comes first. */
        { "JSON data, line 1: {\"a\":...\nCOPY t, line 5, column v: \"{\"", "t", 5, 4 },
        /* Values that imitate a context. */
        { "COPY t, line 2, column n: \"t, line 1, column v: q\"", "t", 2, 0 },
        { "COPY t, line 2: \"1\tt, line 1, column v: q\"", "t", 2, SIZE_MAX },
        { "COPY t, Zeile 2: \302\273v: q\302\253", "t", 2, SIZE_MAX },
        { "COPY t, line 2, column n: \"x\nCOPY t, line 1, column v: q\"", "t", 1, SIZE_MAX },
        /* A foreign key has none; the context of a trigger names no line. */
        { "SQL statement \"SELECT 1 FROM ONLY t x\"", "t", 0, SIZE_MAX },
        { "COPY t, line 99999999999999999999999", "t", 0, SIZE_MAX },
        { "COPY other, line 2", "t", 0, SIZE_MAX },
        { "COPY t, line 0, column v: x", "t", 0, SIZE_MAX },
        { "COPY t, line 4, column vv: \"\"", "t", 4, SIZE_MAX },
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct pg_copy_hint hint;
        pg_copy_hint(cases[i].context, cases[i].relation, names, sizeof names / sizeof *names,
            &hint);
        assert_int_equal(hint.line, cases[i].line);
        assert_int_equal(hint.column, cases[i].column);
    }
}

static void escapes_bytes(void **state)
{
    (void)state;
    struct buf out;
    buf_init(&out, 1000);
    assert_int_equal(pg_errors_escape(&out, "{\"a\\\303\0\177 ~", 9), 0);
    assert_string_equal(buf_cstr(&out), "{\"a\\\\\\303\\000\\177 ~");
    buf_free(&out);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(escapes_fields),
        cmocka_unit_test(reads_fields_back),
        cmocka_unit_test(says_when_full),
        cmocka_unit_test(reads_contexts),
        cmocka_unit_test(escapes_bytes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
