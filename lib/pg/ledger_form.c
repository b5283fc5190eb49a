#include <string.h>

#include "pg/ledger_form.h"
#include "pg/transaction.h"

enum { MAX_SQL = 16384 };

#define EQ " OPERATOR(pg_catalog.=) "

/* The words in the comment of an upgraded ledger; share/sql writes the same. */
#define UNTIL "Keys written until "

/* One SQL line in one C line. */
/* clang-format off */

static const char form_sql[] =
    "SELECT EXISTS (SELECT FROM pg_catalog.pg_attribute a WHERE a.attrelid" EQ "c.oid"
    "  AND a.attname" EQ "'content' AND a.atttypid" EQ "17 AND NOT a.attisdropped)," /* bytea */
    " pg_catalog.substring(pg_catalog.obj_description(c.oid, 'pg_class'::pg_catalog.name),"
    "  '" UNTIL "([0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9:.]{8,15}Z)'::pg_catalog.text)"
    " FROM pg_catalog.pg_class c"
    " WHERE c.oid" EQ "pg_catalog.to_regclass($1::pg_catalog.text)";

/* clang-format on */

/* Find a row written before ${until}. Return 0, or -1. */
static int find_before(struct pg_conn *conn, const struct pg_side_table *ledger, const char *until)
{
    const struct pg_param time = { .data = until };
    struct buf text;
    buf_init(&text, MAX_SQL);
    buf_printf(&text,
        "SELECT FROM %s WHERE loaded_at OPERATOR(pg_catalog.<=) $1::pg_catalog.timestamptz LIMIT 1",
        ledger->qualified);
    int status = buf_cstr(&text) == NULL ? pg_conn_no_memory(conn)
                                         : pg_conn_query(conn, buf_cstr(&text), &time, 1, false);
    buf_free(&text);
    return status;
}

int pg_ledger_form_read(struct pg_conn *conn, const struct pg_side_table *ledger,
    struct pg_ledger_form *form)
{
    const struct pg_param name = { .data = ledger->qualified };
    char until[32] = "";
    *form = (struct pg_ledger_form){ .has_content = false };
    if (pg_conn_query(conn, form_sql, &name, 1, false) != 0)
        return -1;
    const char *content = pg_conn_value(conn, 0, 0);
    const char *time = pg_conn_value(conn, 0, 1);
    form->has_content = content != NULL && *content == 't';
    if (time != NULL)
        memccpy(until, time, '\0', sizeof until - 1);
    /* Another loader of 0.1.0 may add keys to a ledger that this one cannot alter. */
    form->has_ids = !form->has_content;
    if (!form->has_content || until[0] == '\0')
        return 0;
    if (find_before(conn, ledger, until) != 0)
        return -1;
    form->has_ids = pg_conn_rows(conn) > 0;
    return 0;
}

/* Make the statements, with the comment that says until when. Return 0, or -1. */
static int make_upgrade(struct pg_conn *conn, const struct pg_side_table *ledger, struct buf *sql)
{
    if (pg_conn_exec(conn,
            "SELECT pg_catalog.to_char(pg_catalog.timezone('UTC'::pg_catalog.text,"
            " pg_catalog.now()), 'YYYY-MM-DD\"T\"HH24:MI:SS.US\"Z\"'::pg_catalog.text)") != 0)
        return -1;
    const char *now = pg_conn_value(conn, 0, 0);
    buf_printf(sql, "ALTER TABLE %s ADD COLUMN IF NOT EXISTS content pg_catalog.bytea;",
        ledger->qualified);
    buf_printf(sql, "CREATE INDEX ON %s USING brin (loaded_at);", ledger->qualified);
    buf_printf(sql,
        "COMMENT ON TABLE %s IS '" UNTIL "%s are message ids, of sqs2pg 0.1.0: ", ledger->qualified,
        now == NULL ? "" : now);
    buf_puts(sql, "while there are any, records are looked up by both';");
    return buf_cstr(sql) == NULL ? pg_conn_no_memory(conn) : 0;
}

enum pg_ledger_upgrade pg_ledger_form_upgrade(struct pg_conn *conn,
    const struct pg_side_table *ledger)
{
    struct buf sql;
    buf_init(&sql, MAX_SQL);
    /* The index of a large ledger takes long. */
    enum pg_try done = pg_conn_exec(conn, "SET LOCAL statement_timeout = 0") == 0 &&
            make_upgrade(conn, ledger, &sql) == 0
        ? pg_transaction_try(conn, buf_cstr(&sql))
        : PG_TRY_FAILED;
    buf_free(&sql);
    return done == PG_TRY_DONE   ? PG_LEDGER_UPGRADED
        : done == PG_TRY_REFUSED ? PG_LEDGER_NOT_OURS
                                 : PG_LEDGER_FAILED;
}
