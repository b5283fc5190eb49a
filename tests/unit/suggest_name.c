/* pg-suggest: names of columns and tables. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

#include "../../cmd/pg-suggest/name.h"

/* clang-format off */
static const struct {
    const char *key;
    const char *name;
} keys[] = {
    { "id", "id" }, { "userId", "user_id" }, { "userID", "user_id" }, { "UserId", "user_id" },
    { "HTTPStatus", "http_status" }, { "httpStatusCODE", "http_status_code" }, { "ABC", "abc" },
    { "Client-IP", "client_ip" }, { "client.ip", "client_ip" }, { "a  b", "a_b" }, { "a__b", "a_b" },
    { "_id", "_id" }, { "__v", "_v" }, { "_", "" }, { "$type", "type" }, { "@timestamp", "timestamp" },
    { "trailing_", "trailing" }, { "2fa", "2fa" }, { "sha256Hash", "sha256_hash" }, { "ipv4", "ipv4" },
    { "a\"b", "a_b" }, { "x'; DROP TABLE y;--", "x_drop_table_y" }, { "new\nline", "new_line" },
    { "", "" }, { "...", "" },
    { "größe", "größe" }, { "GRÖSSE", "grösse" }, { "Ärger", "ärger" }, { "straßeName", "straße_name" },
    { "ÉtatCivil", "état_civil" }, { "ΔΕΛΤΑ", "δελτα" }, { "имя Файла", "имя_файла" },
    { "kıtaAdı", "kıta_adı" }, { "İL", "il" }, { "名前", "名前" }, { "时々", "时々" }, { "a\xE2\x80\xAE" "b", "a_b" }, { "a\xC2\xA0" "b", "a_b" },
    { "\xF0\x9F\x98\x80", "" }, { "x\xEF\xBB\xBF", "x" }, { "\xFFz", "z" },
};

static const struct {
    const char *name;
    const char *quoted;
} quoting[] = {
    { "a", "a" }, { "_a1", "_a1" }, { "order", "\"order\"" }, { "user", "\"user\"" }, { "orders", "orders" },
    { "timestamp", "timestamp" }, { "all", "\"all\"" }, { "with", "\"with\"" }, { "value", "value" },
    { "2fa", "\"2fa\"" }, { "größe", "\"größe\"" }, { "A", "\"A\"" }, { "a b", "\"a b\"" },
    { "a\"b", "\"a\"\"b\"" }, { "", "\"\"" },
};

#define SIXTY_THREE "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
static const struct {
    const char *given;
    const char *quoted; /* NULL: none */
    const char *plain;
} tables[] = {
    { "t", "t", "t" }, { "user_logins", "user_logins", "user_logins" }, { "Orders", "orders", "Orders" },
    { "app.t", "app.t", "app.t" }, { "user", "\"user\"", "user" }, { "\"Odd Name\"", "\"Odd Name\"", "Odd Name" },
    { "\"a\"\"b\".\"c\"", "\"a\"\"b\".c", "a\"b.c" }, { "a$1", "\"a$1\"", "a$1" },
    { "größe", "\"größe\"", "größe" }, { SIXTY_THREE, SIXTY_THREE, SIXTY_THREE },
    { "", NULL, NULL }, { "a b", NULL, NULL }, { "a-b", NULL, NULL }, { "1a", NULL, NULL }, { "a.b.c", NULL, NULL },
    { "a.", NULL, NULL }, { ".a", NULL, NULL }, { "\"a", NULL, NULL }, { "\"\"", NULL, NULL },
    { "\"a\"b", NULL, NULL }, { "a;b", NULL, NULL }, { "$a", NULL, NULL }, { "\"a\nb\"", NULL, NULL },
    { SIXTY_THREE "a", NULL, NULL },
};
/* clang-format on */

static void is(struct buf *buf, const char *wanted)
{
    const char *text = buf_cstr(buf);
    assert_non_null(text);
    assert_string_equal(text, wanted);
    buf_free(buf);
}

static void makes_names_of_keys(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof keys / sizeof *keys; i++) {
        struct buf name;
        buf_init(&name, 1000);
        assert_int_equal(name_add_key(&name, keys[i].key, strlen(keys[i].key)), 0);
        is(&name, keys[i].name);
    }
}

static void joins_keys(void **state)
{
    struct buf name;
    (void)state;
    buf_init(&name, 1000);
    (void)name_add_key(&name, "shipTo", 6);
    (void)name_add_key(&name, "_id", 3);
    (void)name_add_key(&name, "...", 3);
    (void)name_add_key(&name, "HTTPCode", 8);
    is(&name, "ship_to_id_http_code");
}

static void quotes_what_sql_needs_quoted(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof quoting / sizeof *quoting; i++) {
        struct buf out;
        buf_init(&out, 1000);
        assert_int_equal(name_add_quoted(&out, quoting[i].name, strlen(quoting[i].name)), 0);
        is(&out, quoting[i].quoted);
    }
    assert_true(name_is_reserved("select", 6));
    assert_false(name_is_reserved("sele", 4));
    assert_false(name_is_reserved("selects", 7));
    assert_true(name_is_system("xmin", 4));
    assert_false(name_is_system("xmi", 3));
}

static void knows_what_can_be_shown(void **state)
{
    (void)state;
    assert_true(name_is_clean("größe x-y$", strlen("größe x-y$")));
    assert_false(name_is_clean("a\nb", 3));
    assert_false(name_is_clean("a\x7f", 2));
    assert_false(name_is_clean("a\xE2\x80\xAE"
                               "b",
        5));
}

static void reads_names_of_tables(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof tables / sizeof *tables; i++) {
        struct buf quoted;
        struct buf plain;
        buf_init(&quoted, 1000);
        buf_init(&plain, 1000);
        int read = name_table(tables[i].given, &quoted, &plain);
        if ((read == 0) != (tables[i].quoted != NULL))
            fail_msg("%s: %d", tables[i].given, read);
        if (read == 0) {
            is(&quoted, tables[i].quoted);
            is(&plain, tables[i].plain);
        }
        buf_free(&quoted);
        buf_free(&plain);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(makes_names_of_keys),
        cmocka_unit_test(joins_keys),
        cmocka_unit_test(quotes_what_sql_needs_quoted),
        cmocka_unit_test(knows_what_can_be_shown),
        cmocka_unit_test(reads_names_of_tables),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
