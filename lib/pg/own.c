#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "pg/own.h"

enum { MAX_NAME = 63 };

/* "sqs2pg" in ASCII, read as a number. */
const char pg_own_lock_sql[] = "SELECT pg_advisory_xact_lock(126931101184103);";

static const char *const suffixes[] = { [PG_OWN_LEDGER] = "_ledger", [PG_OWN_ERRORS] = "_errors" };

static const char *const columns[] = {
    [PG_OWN_LEDGER] = "{key,loaded_at}",
    [PG_OWN_ERRORS] = "{key,message_id,ledger_key,content,stage,code,sqlstate,column_name,"
                      "constraint_name,record,count,first_at,last_at,resolved_at}",
};

static const char check_sql[] =
    "SELECT c.relpersistence = 'p', c.relkind IN ('r', 'p') AND NOT EXISTS ("
    "  SELECT FROM unnest($3::text[]) wanted WHERE NOT EXISTS (SELECT FROM pg_attribute a"
    "   WHERE a.attrelid = c.oid AND a.attname = wanted AND a.attnum > 0 AND NOT a.attisdropped))"
    " AND EXISTS (SELECT FROM pg_index i JOIN pg_attribute a"
    "   ON a.attrelid = i.indrelid AND a.attnum = i.indkey[0]"
    "  WHERE i.indrelid = c.oid AND i.indisunique AND i.indisvalid AND i.indimmediate"
    "   AND i.indnkeyatts = 1 AND i.indpred IS NULL AND i.indexprs IS NULL"
    "   AND a.attname = 'key' AND a.atttypid = 'uuid'::regtype)"
    " FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace"
    " WHERE n.nspname = $1 AND c.relname = $2";

static const char name_sql[] =
    "SELECT coalesce(s, $2), t, quote_ident(coalesce(s, $2)) || '.' || quote_ident(t) FROM ("
    " SELECT CASE WHEN array_length(p, 1) > 1 THEN p[array_length(p, 1) - 1] END,"
    "  p[array_length(p, 1)] FROM parse_ident($1) p) AS names(s, t)";

static const char quote_sql[] =
    "SELECT $2::text, $1::text, quote_ident($2) || '.' || quote_ident($1)";

enum pg_own_result pg_own_name(struct pg_conn *conn, const struct pg_table *target,
    enum pg_own_kind kind, const char *given, struct pg_own *own)
{
    *own = (struct pg_own){ .kind = kind };
    char made[PG_NAME_SIZE * 2];
    if (given == NULL) {
        (void)snprintf(made, sizeof made, "%s%s", target->name, suffixes[kind]);
        if (strlen(made) > MAX_NAME)
            return PG_OWN_LONG;
    }
    const struct pg_param params[] = { { .data = given == NULL ? made : given },
        { .data = target->schema } };
    if (pg_conn_query(conn, given == NULL ? quote_sql : name_sql, params, 2, false) != 0)
        return PG_OWN_FAILED;
    const char *schema = pg_conn_value(conn, 0, 0);
    const char *name = pg_conn_value(conn, 0, 1);
    const char *qualified = pg_conn_value(conn, 0, 2);
    if (schema == NULL || name == NULL || qualified == NULL)
        return PG_OWN_FAILED;
    if (strlen(name) > MAX_NAME)
        return PG_OWN_LONG;
    own->schema = strdup(schema);
    own->name = strdup(name);
    own->qualified = strdup(qualified);
    if (own->schema != NULL && own->name != NULL && own->qualified != NULL)
        return PG_OWN_OK;
    pg_own_free(own);
    (void)pg_conn_no_memory(conn);
    return PG_OWN_FAILED;
}

const char *pg_own_rights(const struct pg_own *own)
{
    return own->kind == PG_OWN_LEDGER ? "SELECT, INSERT, DELETE" : "SELECT, INSERT, UPDATE";
}

void pg_own_free(struct pg_own *own)
{
    free(own->schema);
    free(own->name);
    free(own->qualified);
    own->schema = own->name = own->qualified = NULL;
}

enum pg_own_result pg_own_check(struct pg_conn *conn, const struct pg_own *own)
{
    const struct pg_param params[] = { { .data = own->schema }, { .data = own->name },
        { .data = columns[own->kind] } };
    if (pg_conn_query(conn, check_sql, params, 3, false) != 0)
        return PG_OWN_FAILED;
    if (pg_conn_rows(conn) == 0)
        return PG_OWN_MISSING;
    const char *durable = pg_conn_value(conn, 0, 0);
    const char *fit = pg_conn_value(conn, 0, 1);
    if (fit == NULL || *fit != 't')
        return PG_OWN_SHAPE;
    return durable != NULL && *durable == 't' ? PG_OWN_OK : PG_OWN_VOLATILE;
}

int pg_own_create_sql(const struct pg_own *own, struct buf *sql)
{
    if (own->kind == PG_OWN_LEDGER)
        return buf_printf(sql,
            "CREATE TABLE IF NOT EXISTS %s (key uuid PRIMARY KEY,"
            " loaded_at timestamptz NOT NULL DEFAULT now());",
            own->qualified);
    return buf_printf(sql,
        "CREATE TABLE IF NOT EXISTS %s (key uuid PRIMARY KEY, message_id text, ledger_key uuid,"
        " content uuid NOT NULL, stage text NOT NULL, code text NOT NULL, sqlstate text,"
        " column_name text, constraint_name text, record text NOT NULL,"
        " count bigint NOT NULL DEFAULT 1, first_at timestamptz NOT NULL DEFAULT now(),"
        " last_at timestamptz NOT NULL DEFAULT now(), resolved_at timestamptz);"
        "CREATE INDEX ON %s (ledger_key) WHERE resolved_at IS NULL;"
        "CREATE INDEX ON %s (message_id) WHERE resolved_at IS NULL;",
        own->qualified, own->qualified, own->qualified);
}
