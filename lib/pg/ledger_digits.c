#include <string.h>

#include "base/buf.h"
#include "pg/ledger_digits.h"

enum { MAX_SQL = 16384 };

/* The words in the comment; share/sql and pg-load(1) have the same. */
#define KEYS "Keys that a filter made are of a jq that "
#define KEEPS "keeps digits"
#define ROUNDS "rounds numbers"

static const char read_sql[] =
    "SELECT pg_catalog.substring(pg_catalog.obj_description(c.oid, 'pg_class'::pg_catalog.name),"
    " '" KEYS "(" KEEPS "|" ROUNDS ")'::pg_catalog.text) FROM pg_catalog.pg_class c"
    " WHERE c.oid OPERATOR(pg_catalog.=) pg_catalog.to_regclass($1::pg_catalog.text)";

static const char write_sql[] =
    "SELECT pg_catalog.format('COMMENT ON TABLE %s IS %L'::pg_catalog.text, $1::pg_catalog.text,"
    " pg_catalog.concat_ws('; '::pg_catalog.text, pg_catalog.obj_description("
    "pg_catalog.to_regclass($1::pg_catalog.text)::pg_catalog.oid,"
    " 'pg_class'::pg_catalog.name), '" KEYS "'::pg_catalog.text"
    " OPERATOR(pg_catalog.||) $2::pg_catalog.text))";

int pg_ledger_digits_read(struct pg_conn *conn, const struct pg_side_table *ledger,
    struct pg_ledger_digits *digits)
{
    const struct pg_param name = { .data = ledger->qualified };
    struct buf sql;
    *digits = (struct pg_ledger_digits){ .jq = PG_LEDGER_JQ_UNKNOWN };
    if (pg_conn_query(conn, read_sql, &name, 1, false) != 0)
        return -1;
    const char *says = pg_conn_value(conn, 0, 0);
    if (says != NULL)
        digits->jq = strcmp(says, KEEPS) == 0 ? PG_LEDGER_JQ_KEEPS : PG_LEDGER_JQ_ROUNDS;
    buf_init(&sql, MAX_SQL);
    buf_printf(&sql, "SELECT FROM %s LIMIT 1", ledger->qualified);
    int status =
        buf_cstr(&sql) == NULL ? pg_conn_no_memory(conn) : pg_conn_exec(conn, buf_cstr(&sql));
    buf_free(&sql);
    digits->empty = status == 0 && pg_conn_rows(conn) == 0;
    return status;
}

enum pg_try pg_ledger_digits_write(struct pg_conn *conn, const struct pg_side_table *ledger,
    enum pg_ledger_jq jq)
{
    const struct pg_param params[] = { { .data = ledger->qualified },
        { .data = jq == PG_LEDGER_JQ_KEEPS ? KEEPS : ROUNDS } };
    struct buf sql;
    if (pg_conn_query(conn, write_sql, params, 2, false) != 0)
        return PG_TRY_FAILED;
    const char *made = pg_conn_value(conn, 0, 0);
    buf_init(&sql, MAX_SQL);
    buf_puts(&sql, made == NULL ? "" : made);
    enum pg_try done = PG_TRY_FAILED;
    if (buf_cstr(&sql) != NULL)
        done = pg_transaction_try(conn, buf_cstr(&sql));
    else
        (void)pg_conn_no_memory(conn);
    buf_free(&sql);
    return done;
}
