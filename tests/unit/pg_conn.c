#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "pg/conn.h"

/* The cause of the first failure stays, and is a fault, for all later calls. */
static void tells_the_first_failure_of_a_closed_connection(void **state)
{
    (void)state;
    struct pg_conn *conn = pg_conn_new("host=/nowhere/at/all", NULL);
    assert_non_null(conn);
    assert_int_equal(pg_conn_exec(conn, "SELECT 1"), -1);
    assert_string_equal(pg_conn_error(conn)->text, "not connected");
    assert_int_equal(pg_conn_error(conn)->kind, PG_FAULT);

    assert_int_equal(pg_conn_open(conn, 1000), -1);
    struct pg_error first = *pg_conn_error(conn);
    assert_string_not_equal(first.text, "not connected");
    assert_int_equal(pg_conn_exec(conn, "SELECT 1"), -1);
    assert_int_equal(pg_conn_query(conn, "SELECT 1", NULL, 0, false), -1);
    assert_string_equal(pg_conn_error(conn)->text, first.text);
    assert_int_equal(pg_conn_error(conn)->kind, PG_FAULT);
    pg_conn_free(conn);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(tells_the_first_failure_of_a_closed_connection),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
