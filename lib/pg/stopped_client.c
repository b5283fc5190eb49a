#include <stdint.h>

#include "pg/conn_transaction.h"
#include "pg/stopped_client.h"

int pg_stopped_client_end(struct pg_conn *conn, const struct pg_side_table *ledger)
{
    /* The locks are looked at after the rest, as all of them are locked for it. */
    static const char sql[] =
        "WITH waiting AS MATERIALIZED (SELECT pid FROM pg_catalog.pg_stat_activity"
        " WHERE pid OPERATOR(pg_catalog.<>) pg_catalog.pg_backend_pid()"
        " AND datname OPERATOR(pg_catalog.=) pg_catalog.current_database()"
        " AND usename OPERATOR(pg_catalog.=) SESSION_USER"
        " AND application_name OPERATOR(pg_catalog.=)"
        "  pg_catalog.current_setting('application_name')"
        " AND (state OPERATOR(pg_catalog.=) 'idle in transaction'"
        "  OR state OPERATOR(pg_catalog.=) 'active'"
        "  AND wait_event_type OPERATOR(pg_catalog.=) 'Client')"
        " AND state_change OPERATOR(pg_catalog.<)"
        "  (pg_catalog.clock_timestamp() OPERATOR(pg_catalog.-) '30 s'::pg_catalog.interval))"
        " SELECT pg_catalog.pg_terminate_backend(pid) FROM waiting WHERE EXISTS"
        " (SELECT FROM pg_catalog.pg_locks l WHERE l.pid OPERATOR(pg_catalog.=) waiting.pid"
        "  AND l.locktype OPERATOR(pg_catalog.=) 'relation' AND l.granted"
        "  AND l.mode OPERATOR(pg_catalog.=) 'RowExclusiveLock'"
        "  AND l.relation OPERATOR(pg_catalog.=)"
        "   $1::pg_catalog.text::pg_catalog.regclass::pg_catalog.oid)";
    const struct pg_param name = { .data = ledger->qualified, .length = SIZE_MAX };
    struct pg_error error = *pg_conn_error(conn);
    int status = pg_conn_query(conn, sql, &name, 1, false);
    int ended = status == 0 ? (int)pg_conn_rows(conn) : -1;
    pg_conn_set_error(conn, &error);
    return ended;
}
