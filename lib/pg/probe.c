#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "pg/conn_transaction.h"
#include "pg/probe.h"

enum { MAX_VALUE = 500 << 20, MAX_SQL = 4096 };

static const char types_sql[] =
    "SELECT a.attname, pg_catalog.quote_ident(n.nspname), pg_catalog.quote_ident(t.typname)"
    " FROM pg_catalog.pg_attribute a"
    " JOIN pg_catalog.pg_type t ON t.oid OPERATOR(pg_catalog.=) a.atttypid"
    " JOIN pg_catalog.pg_namespace n ON n.oid OPERATOR(pg_catalog.=) t.typnamespace"
    " WHERE a.attrelid OPERATOR(pg_catalog.=) $1::pg_catalog.regclass"
    " AND a.attnum OPERATOR(pg_catalog.>) 0 AND NOT a.attisdropped";

/*
 * For each column, make a statement that takes a value of its type; NULL for a column that no
 * longer exists.
 */
static int read_types(struct pg_conn *conn, const struct pg_probe *probe, char **statements)
{
    const struct pg_param table = { .data = probe->table };
    struct buf sql;
    if (pg_conn_query(conn, types_sql, &table, 1, false) != 0)
        return -1;
    int status = 0;
    buf_init(&sql, MAX_SQL);
    for (size_t row = 0; row < pg_conn_rows(conn) && status == 0; row++) {
        const char *name = pg_conn_value(conn, row, 0);
        for (size_t i = 0; i < probe->count; i++) {
            if (strcmp(probe->names[i], name) != 0)
                continue;
            buf_clear(&sql);
            buf_printf(&sql, "SELECT $1::%s.%s IS NULL", pg_conn_value(conn, row, 1),
                pg_conn_value(conn, row, 2));
            const char *text = buf_cstr(&sql);
            if (text == NULL || (statements[i] = strdup(text)) == NULL)
                status = pg_conn_no_memory(conn);
            break;
        }
    }
    buf_free(&sql);
    return status;
}

/* Set ${raises} if the value raises the state. Return 0, or -1 for a fault. */
static int try_value(struct pg_conn *conn, const char *statement, const char *value,
    const char *sqlstate, bool *raises)
{
    const struct pg_param param = { .data = value };
    if (statement == NULL || pg_conn_query(conn, statement, &param, 1, false) == 0)
        return 0;
    if (pg_conn_error(conn)->kind == PG_FAULT)
        return -1;
    *raises = strcmp(pg_conn_error(conn)->sqlstate, sqlstate) == 0;
    return pg_conn_exec(conn, "ROLLBACK TO SAVEPOINT sqs2pg_probe");
}

/* Try all values, or that of column ${only}, until one raises the state. */
static int try_values(struct pg_conn *conn, const struct pg_probe *probe, char *const *statements,
    size_t only, const char *sqlstate, bool *raises)
{
    const char *at = probe->row;
    struct buf value;
    int status = 0;
    buf_init(&value, MAX_VALUE);
    for (size_t i = 0; i < probe->count && status == 0 && !*raises; i++) {
        bool null;
        if (pg_copy_field(&value, &at, probe->row + probe->length, &null) != 0 ||
            buf_cstr(&value) == NULL)
            status = pg_conn_no_memory(conn);
        else if (!null && (only == SIZE_MAX || i == only))
            status = try_value(conn, statements[i], buf_cstr(&value), sqlstate, raises);
    }
    buf_free(&value);
    return status;
}

int pg_probe_row(struct pg_conn *conn, const struct pg_probe *probe, const char *sqlstate,
    bool *raises)
{
    const struct pg_error error = *pg_conn_error(conn);
    char **statements = calloc(probe->count + 1, sizeof *statements);
    *raises = false;
    if (statements == NULL)
        return pg_conn_no_memory(conn);
    int status = pg_conn_exec(conn, "SAVEPOINT sqs2pg_probe");
    if (status == 0)
        status = read_types(conn, probe, statements);
    if (status == 0 && probe->first < probe->count)
        status = try_values(conn, probe, statements, probe->first, sqlstate, raises);
    if (status == 0 && !*raises)
        status = try_values(conn, probe, statements, SIZE_MAX, sqlstate, raises);
    if (status == 0)
        status = pg_conn_exec(conn, "RELEASE SAVEPOINT sqs2pg_probe");
    if (status == 0)
        pg_conn_set_error(conn, &error);
    for (size_t i = 0; i < probe->count; i++)
        free(statements[i]);
    free(statements);
    return status;
}
