/* lib/http/url: parts of URLs, and refused URLs. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "http/url.h"

struct row {
    const char *text;
    const char *origin; /* NULL: refused */
    const char *host;
    const char *name;
    const char *path;
};

static const struct row rows[] = {
    { "https://sqs.eu-west-1.amazonaws.com/123456789012/q", "https://sqs.eu-west-1.amazonaws.com",
        "sqs.eu-west-1.amazonaws.com", "sqs.eu-west-1.amazonaws.com", "/123456789012/q" },
    { "http://127.0.0.1:9324", "http://127.0.0.1:9324", "127.0.0.1:9324", "127.0.0.1", "" },
    { "http://127.0.0.1:9324/", "http://127.0.0.1:9324", "127.0.0.1:9324", "127.0.0.1", "" },
    { "http://localhost:80/a/b//", "http://localhost", "localhost", "localhost", "/a/b" },
    { "https://localhost:443/a", "https://localhost", "localhost", "localhost", "/a" },
    { "https://localhost:80/a", "https://localhost:80", "localhost:80", "localhost", "/a" },
    { "HTTPS://SQS.EU-West-1.Amazonaws.com/A/Q", "https://sqs.eu-west-1.amazonaws.com",
        "sqs.eu-west-1.amazonaws.com", "sqs.eu-west-1.amazonaws.com", "/A/Q" },
    { "http://[::1]:4566/x", "http://[::1]:4566", "[::1]:4566", "[::1]", "/x" },
    { "", NULL, NULL, NULL, NULL },
    { "localhost:9324", NULL, NULL, NULL, NULL },
    { "ftp://localhost/a", NULL, NULL, NULL, NULL },
    { "file:///etc/passwd", NULL, NULL, NULL, NULL },
    { "http://", NULL, NULL, NULL, NULL },
    { "http:///a", NULL, NULL, NULL, NULL },
    { "http://user@localhost/", NULL, NULL, NULL, NULL },
    { "http://user:secret@localhost/", NULL, NULL, NULL, NULL },
    { "http://localhost/?a=b", NULL, NULL, NULL, NULL },
    { "http://localhost/#a", NULL, NULL, NULL, NULL },
    { "http://localhost/a b", NULL, NULL, NULL, NULL },
    { "http://localhost/a\nHost: other", NULL, NULL, NULL, NULL },
    { "http://localhost/\xc3\xa9", NULL, NULL, NULL, NULL },
    { "http://localhost:99999/", NULL, NULL, NULL, NULL },
    { "http:/a://localhost/", NULL, NULL, NULL, NULL },
    { "http://local%93host/", NULL, NULL, NULL, NULL },
    { "http://local%2fhost/", NULL, NULL, NULL, NULL },
    { "http://[fe80::1%25eth0]/", NULL, NULL, NULL, NULL },
    { "http://localhost/a%2fb", "http://localhost", "localhost", "localhost", "/a%2fb" },
};

static void test_rows(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct url url;
        enum url_result result = url_parse(rows[i].text, &url);
        if ((result == URL_OK) != (rows[i].origin != NULL))
            fail_msg("row %zu: result %d", i, (int)result);
        if (result == URL_OK) {
            assert_string_equal(url.origin, rows[i].origin);
            assert_string_equal(url.host, rows[i].host);
            assert_string_equal(url.name, rows[i].name);
            assert_string_equal(url.path, rows[i].path);
        } else {
            assert_null(url.origin);
            assert_null(url.path);
        }
        url_free(&url);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(test_rows) };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
