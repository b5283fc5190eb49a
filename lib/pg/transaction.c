#include <string.h>

#include "base/buf.h"
#include "pg/conn_transaction.h"
#include "pg/transaction.h"

enum { MAX_SQL = 1 << 20 };

/*
 * The server reports by a WARNING that COMMIT did not wait for its standby to the end. COMMIT waits
 * only at "on" or above.
 */
#define SAFE_COMMIT                                                  \
    "SET LOCAL client_min_messages = 'warning';"                     \
    "SELECT pg_catalog.set_config('synchronous_commit', 'on', true)" \
    " WHERE pg_catalog.current_setting('synchronous_commit')"        \
    " OPERATOR(pg_catalog.=) ANY ('{off,local}'::pg_catalog.text[]);"

/*
 * Timeouts bound every wait for the server. The isolation level is set because a stricter default
 * would turn the keys of a concurrent loader into serialization failures. DateStyle, TimeZone and
 * IntervalStyle define what the texts of records mean, and stay as set for database and role. A
 * server whose loader has vanished must not keep its keys locked. statement_timeout does not end a
 * backend that waits for COPY data. A working backend checks for its client only when told so, from
 * version 14 on, and not on every system. transaction_timeout, of version 17, would end a batch
 * whose statements keep theirs. With exit_on_error a refused row would end the session.
 */
static const char begin_sql[] =
    "BEGIN ISOLATION LEVEL READ COMMITTED;"
    "SET LOCAL client_encoding = 'UTF8';"
    "SET LOCAL standard_conforming_strings = on; SET LOCAL array_nulls = on;"
    "SET LOCAL exit_on_error = off;"
    "SET LOCAL lock_timeout = '10s';"
    "SET LOCAL statement_timeout = '5min'; SET LOCAL idle_in_transaction_session_timeout = '1min';"
    "SET LOCAL tcp_keepalives_idle = 10; SET LOCAL tcp_keepalives_interval = 5;"
    "SET LOCAL tcp_keepalives_count = 3; SET LOCAL tcp_user_timeout = 30000;"
    "SELECT pg_catalog.set_config('client_connection_check_interval', '5s', true)"
    " WHERE pg_catalog.current_setting('client_connection_check_interval', true) IS NOT NULL"
    " AND pg_catalog.strpos(pg_catalog.version(), 'linux') OPERATOR(pg_catalog.>) 0;"
    "SELECT pg_catalog.set_config('transaction_timeout', '0', true)"
    " WHERE pg_catalog.current_setting('transaction_timeout', true) IS NOT NULL;" SAFE_COMMIT;

int pg_transaction_begin(struct pg_conn *conn, const char *then)
{
    struct buf text;
    buf_init(&text, MAX_SQL);
    buf_puts(&text, begin_sql);
    buf_puts(&text, then);
    const char *sql = buf_cstr(&text);
    int status = sql == NULL ? pg_conn_no_memory(conn) : pg_conn_exec(conn, sql);
    buf_free(&text);
    return status;
}

void pg_transaction_rollback(struct pg_conn *conn)
{
    enum pg_conn_state state = pg_conn_state(conn);
    if (state == PG_CONN_IDLE)
        return;
    /* Keep the error that led here: the caller asks for it, not for this statement's. */
    struct pg_error error = *pg_conn_error(conn);
    if (state == PG_CONN_UNUSABLE || pg_conn_exec(conn, "ROLLBACK") != 0)
        pg_conn_close(conn);
    pg_conn_set_error(conn, &error);
}

int pg_transaction_ready(struct pg_conn *conn, bool *standby)
{
    static const char sql[] =
        "SET CONSTRAINTS ALL IMMEDIATE;" SAFE_COMMIT
        "SELECT FROM (SELECT pg_catalog.current_setting('synchronous_standby_names') AS names) s"
        " WHERE names OPERATOR(pg_catalog.<>) ''";
    if (pg_conn_exec(conn, sql) != 0)
        return -1;
    *standby = pg_conn_rows(conn) > 0;
    return 0;
}

enum pg_try pg_transaction_try(struct pg_conn *conn, const char *sql)
{
    struct buf text;
    buf_init(&text, MAX_SQL);
    buf_puts(&text, "SAVEPOINT sqs2pg;");
    buf_puts(&text, sql);
    const char *all = buf_cstr(&text);
    int status = all == NULL ? pg_conn_no_memory(conn) : pg_conn_exec(conn, all);
    buf_free(&text);
    if (status == 0)
        return PG_TRY_DONE;
    struct pg_error error = *pg_conn_error(conn);
    if (pg_conn_state(conn) != PG_CONN_IN_TRANSACTION ||
        (strcmp(error.sqlstate, "42501") != 0 && strcmp(error.sqlstate, "42883") != 0))
        return PG_TRY_FAILED;
    return pg_conn_exec(conn, "ROLLBACK TO SAVEPOINT sqs2pg") == 0 ? PG_TRY_REFUSED : PG_TRY_FAILED;
}

enum pg_commit pg_transaction_commit(struct pg_conn *conn, uint64_t *notices)
{
    uint64_t said = 0;
    bool wait_broken = false;
    if (notices != NULL)
        *notices = 0;
    if (!pg_conn_alive(conn)) {
        (void)pg_conn_fail(conn, "connection lost");
        return PG_NOT_COMMITTED;
    }
    const char *tag = pg_conn_commit(conn, &said, &wait_broken);
    if (notices != NULL)
        *notices = said;
    bool done = tag != NULL && strcmp(tag, "COMMIT") == 0;
    if (done && !wait_broken)
        return PG_COMMITTED;
    if (done)
        (void)pg_conn_fail(conn, "the wait for a standby was broken off");
    else if (tag != NULL) /* COMMIT of an aborted transaction "succeeds" */
        (void)pg_conn_fail(conn, "the server rolled back");
    /* A shutdown may end the session after the commit and before its answer, without a message. */
    return wait_broken || !pg_conn_alive(conn) ? PG_IN_DOUBT : PG_NOT_COMMITTED;
}
