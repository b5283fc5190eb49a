#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include "pg/conn_transaction.h"
#include "pg/stopped_client.h"

enum { TELLS_PROGRESS = 140000 };

#define AS_TEXT "::pg_catalog.text"
#define JOINED " OPERATOR(pg_catalog.||) ' ' OPERATOR(pg_catalog.||) "

/*
 * The parts of a session that may not change between two looks, and the age that its statement must
 * have.
 */
#define PROGRESS                                                               \
    "coalesce((SELECT bytes_processed FROM pg_catalog.pg_stat_progress_copy p" \
    " WHERE p.pid OPERATOR(pg_catalog.=) a.pid), 0)" AS_TEXT
#define NO_PROGRESS "''"

/*
 * $1: the ledger; $2: the note of the last look. Locks are read last, because reading them locks
 * all of them.
 */
#define LOOK(progress, age)                                                                  \
    "WITH waiting AS MATERIALIZED (SELECT a.pid, a.pid" AS_TEXT JOINED                       \
    "a.state_change" AS_TEXT JOINED progress " AS place FROM pg_catalog.pg_stat_activity a"  \
    " WHERE a.pid OPERATOR(pg_catalog.<>) pg_catalog.pg_backend_pid()"                       \
    " AND a.datname OPERATOR(pg_catalog.=) pg_catalog.current_database()"                    \
    " AND a.usename OPERATOR(pg_catalog.=) SESSION_USER"                                     \
    " AND a.application_name OPERATOR(pg_catalog.=)"                                         \
    "  pg_catalog.current_setting('application_name')"                                       \
    " AND (a.state OPERATOR(pg_catalog.=) 'idle in transaction'"                             \
    "  AND a.state_change OPERATOR(pg_catalog.<) (pg_catalog.clock_timestamp()"              \
    "   OPERATOR(pg_catalog.-) '10 s'::pg_catalog.interval)"                                 \
    "  OR a.state OPERATOR(pg_catalog.=) 'active'"                                           \
    "  AND a.wait_event_type OPERATOR(pg_catalog.=) 'Client'"                                \
    "  AND a.state_change OPERATOR(pg_catalog.<) (pg_catalog.clock_timestamp()"              \
    "   OPERATOR(pg_catalog.-) '" age "'::pg_catalog.interval)))"                            \
    ", holding AS MATERIALIZED (SELECT pid, place FROM waiting w WHERE EXISTS"               \
    " (SELECT FROM pg_catalog.pg_locks l WHERE l.pid OPERATOR(pg_catalog.=) w.pid"           \
    "  AND l.locktype OPERATOR(pg_catalog.=) 'relation' AND l.granted"                       \
    "  AND l.mode OPERATOR(pg_catalog.=) 'RowExclusiveLock'"                                 \
    "  AND l.relation OPERATOR(pg_catalog.=)"                                                \
    "   $1" AS_TEXT "::pg_catalog.regclass::pg_catalog.oid))"                                \
    " SELECT pg_catalog.array_agg(place)" AS_TEXT ", pg_catalog.count(*) FILTER (WHERE CASE" \
    " WHEN place OPERATOR(pg_catalog.=) ANY ($2" AS_TEXT "::pg_catalog.text[])"              \
    " THEN pg_catalog.pg_terminate_backend(pid) END) FROM holding"

int pg_stopped_client_end(struct pg_stopped_client *clients, struct pg_conn *conn,
    const struct pg_side_table *ledger)
{
    const struct pg_param params[] = { { .data = ledger->qualified, .length = SIZE_MAX },
        { .data = clients->waiting[0] == '\0' ? "{}" : clients->waiting, .length = SIZE_MAX } };
    const char *sql = pg_conn_version(conn) >= TELLS_PROGRESS ? LOOK(PROGRESS, "10 s")
                                                              : LOOK(NO_PROGRESS, "5 min");
    struct pg_error error = *pg_conn_error(conn);
    int ended = -1;
    if (pg_conn_query(conn, sql, params, 2, false) == 0 && pg_conn_rows(conn) == 1) {
        const char *places = pg_conn_value(conn, 0, 0);
        int length =
            snprintf(clients->waiting, sizeof clients->waiting, "%s", places == NULL ? "" : places);
        if (length < 0 || (size_t)length >= sizeof clients->waiting)
            clients->waiting[0] = '\0';
        ended = (int)strtol(pg_conn_value(conn, 0, 1), NULL, 10);
    }
    pg_conn_set_error(conn, &error);
    return ended;
}
