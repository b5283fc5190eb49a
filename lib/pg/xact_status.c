#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "base/buf.h"
#include "pg/conn_transaction.h"
#include "pg/transaction.h"
#include "pg/xact_status.h"

enum { MAX_SQL = 4096, CAN_FLUSH = 170000 };

#define SYSTEM "(SELECT system_identifier::pg_catalog.text FROM pg_catalog.pg_control_system())"
#define TIMELINE \
    "pg_catalog.substr(pg_catalog.pg_walfile_name(pg_catalog.pg_current_wal_lsn()), 1, 8)"
#define RESET                                                                    \
    "(SELECT pg_catalog.encode(pg_catalog.timestamptz_send(stats_reset), 'hex')" \
    " FROM pg_catalog.pg_stat_bgwriter)"

static void keep(const struct pg_conn *conn, int column, char *to, size_t size)
{
    const char *value = pg_conn_value(conn, 0, column);
    (void)snprintf(to, size, "%s", value == NULL ? "" : value);
}

int pg_xact_status_note(struct pg_conn *conn, struct pg_xact_status *status)
{
    bool can_flush = pg_conn_version(conn) >= CAN_FLUSH;
    bool ask_reset = !can_flush && status->opened != pg_conn_opened(conn);
    struct buf sql;
    buf_init(&sql, MAX_SQL);
    /* Materialized parts run one after the other. */
    buf_printf(&sql,
        "WITH written AS MATERIALIZED"
        " (SELECT pg_catalog.pg_current_xact_id()::pg_catalog.text AS xid,"
        " pg_catalog.pg_current_wal_insert_lsn() AS lsn),"
        " flushed AS MATERIALIZED (SELECT xid, lsn, %s AS message FROM written)"
        " SELECT xid, lsn, " SYSTEM ", " TIMELINE
        ", pg_catalog.pg_current_wal_flush_lsn() OPERATOR(pg_catalog.>=) lsn, %s, message"
        " FROM flushed",
        can_flush ? "CASE WHEN pg_catalog.pg_current_wal_flush_lsn() OPERATOR(pg_catalog.<) lsn"
                    " THEN pg_catalog.pg_logical_emit_message(false, 'sqs2pg'::pg_catalog.text,"
                    " ''::pg_catalog.text, true) END"
                  : "NULL",
        ask_reset ? RESET : "NULL");
    status->xid[0] = '\0';
    enum pg_try done = PG_TRY_FAILED;
    if (buf_cstr(&sql) == NULL)
        (void)pg_conn_no_memory(conn);
    else
        done = pg_transaction_try(conn, buf_cstr(&sql));
    buf_free(&sql);
    if (done != PG_TRY_DONE)
        return done == PG_TRY_REFUSED ? 0 : -1;
    keep(conn, 0, status->xid, sizeof status->xid);
    keep(conn, 1, status->insert, sizeof status->insert);
    keep(conn, 2, status->system, sizeof status->system);
    keep(conn, 3, status->timeline, sizeof status->timeline);
    const char *flushed = pg_conn_value(conn, 0, 4);
    status->flushed = flushed != NULL && *flushed == 't';
    if (status->opened != pg_conn_opened(conn))
        keep(conn, 5, status->reset, sizeof status->reset);
    status->opened = pg_conn_opened(conn);
    return 0;
}

static bool is_same(const struct pg_conn *conn, int column, const char *noted)
{
    const char *value = pg_conn_value(conn, 0, column);
    return value != NULL && *noted != '\0' && strcmp(value, noted) == 0;
}

enum pg_end pg_xact_status_ask(struct pg_conn *conn, const struct pg_xact_status *status)
{
    /* Some of these fail on a standby, which may still become the primary. */
    static const char sql[] =
        "SELECT pg_catalog.pg_is_in_recovery(),"
        " CASE WHEN NOT pg_catalog.pg_is_in_recovery() THEN"
        " pg_catalog.pg_xact_status($1::pg_catalog.text::pg_catalog.xid8) END, " SYSTEM
        ", CASE WHEN NOT pg_catalog.pg_is_in_recovery() THEN " TIMELINE " END,"
        " CASE WHEN NOT pg_catalog.pg_is_in_recovery() THEN pg_catalog.pg_current_wal_insert_lsn()"
        " OPERATOR(pg_catalog.>=) $2::pg_catalog.pg_lsn END, " RESET;
    const struct pg_param noted[] = { { .data = status->xid, .length = SIZE_MAX },
        { .data = status->insert, .length = SIZE_MAX } };
    if (status->xid[0] == '\0')
        return PG_END_UNKNOWN;
    if (pg_conn_query(conn, sql, noted, 2, false) != 0)
        /* 22023: an id of the future, so it was lost */
        return strcmp(pg_conn_error(conn)->sqlstate, "22023") == 0 ? PG_END_UNKNOWN : PG_END_FAILED;
    if (is_same(conn, 0, "t"))
        return PG_END_IN_PROGRESS;
    bool safe = status->flushed || is_same(conn, 5, status->reset);
    if (!safe || !is_same(conn, 2, status->system) || !is_same(conn, 3, status->timeline) ||
        !is_same(conn, 4, "t"))
        return PG_END_UNKNOWN;
    if (is_same(conn, 1, "committed"))
        return PG_END_COMMITTED;
    if (is_same(conn, 1, "aborted"))
        return PG_END_ABORTED;
    return is_same(conn, 1, "in progress") ? PG_END_IN_PROGRESS : PG_END_UNKNOWN;
}
