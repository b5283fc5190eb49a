#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "pg/own.h"
#include "pg/words.h"

enum { MAX_NAME = 63 };

/* "sqs2pg" in ASCII, read as a number. */
const char pg_own_lock_sql[] = "SELECT pg_catalog.pg_advisory_xact_lock(126931101184103);";

static const char *const suffixes[] = { [PG_OWN_LEDGER] = "_ledger", [PG_OWN_ERRORS] = "_errors" };

static const char *const columns[] = {
    [PG_OWN_LEDGER] = "{key,loaded_at}",
    [PG_OWN_ERRORS] = "{key,message_id,ledger_key,content,stage,code,sqlstate,column_name,"
                      "constraint_name,record,count,first_at,last_at,resolved_at}",
};

/*
 * $1 schema, $2 name, $3 our columns, $4 the target. Of what is found: whether it is durable; has
 * our columns and no other that an insert would have to fill; is unique by key; has nothing that
 * acts on its rows; belongs to the loader, to who owns the target, or to a superuser; and to whom.
 */
static const char check_sql[] =
    "SELECT c.relpersistence OPERATOR(pg_catalog.=) 'p',"
    " (c.relkind OPERATOR(pg_catalog.=) 'r' OR c.relkind OPERATOR(pg_catalog.=) 'p')"
    " AND NOT EXISTS (SELECT FROM pg_catalog.unnest($3::pg_catalog.text[]) AS w(name)"
    "  WHERE NOT EXISTS (SELECT FROM pg_catalog.pg_attribute a"
    "   WHERE a.attrelid OPERATOR(pg_catalog.=) c.oid AND a.attname OPERATOR(pg_catalog.=) w.name"
    "   AND a.attnum OPERATOR(pg_catalog.>) 0 AND NOT a.attisdropped))"
    " AND NOT EXISTS (SELECT FROM pg_catalog.pg_attribute a"
    "  WHERE a.attrelid OPERATOR(pg_catalog.=) c.oid AND a.attnum OPERATOR(pg_catalog.>) 0"
    "  AND NOT a.attisdropped AND a.attnotnull AND NOT a.atthasdef"
    "  AND a.attidentity OPERATOR(pg_catalog.=) ''"
    "  AND NOT a.attname OPERATOR(pg_catalog.=) ANY ($3::pg_catalog.text[]))"
    " AND EXISTS (SELECT FROM pg_catalog.pg_index i JOIN pg_catalog.pg_attribute a"
    "   ON a.attrelid OPERATOR(pg_catalog.=) i.indrelid"
    "   AND a.attnum OPERATOR(pg_catalog.=) i.indkey[0]"
    "  WHERE i.indrelid OPERATOR(pg_catalog.=) c.oid AND i.indisunique AND i.indisvalid"
    "   AND i.indimmediate AND i.indnkeyatts OPERATOR(pg_catalog.=) 1"
    "   AND i.indpred IS NULL AND i.indexprs IS NULL"
    "   AND a.attname OPERATOR(pg_catalog.=) 'key'"
    "   AND a.atttypid OPERATOR(pg_catalog.=) 2950)," /* uuid */
    " c.relrowsecurity"
    "  OR EXISTS (SELECT FROM pg_catalog.pg_trigger g"
    "   WHERE g.tgrelid OPERATOR(pg_catalog.=) c.oid AND NOT g.tgisinternal)"
    "  OR EXISTS (SELECT FROM pg_catalog.pg_rewrite r"
    "   WHERE r.ev_class OPERATOR(pg_catalog.=) c.oid),"
    " o.rolsuper OR o.rolname OPERATOR(pg_catalog.=) CURRENT_USER"
    "  OR EXISTS (SELECT FROM pg_catalog.pg_class t"
    "   WHERE t.oid OPERATOR(pg_catalog.=) pg_catalog.to_regclass($4)"
    "   AND t.relowner OPERATOR(pg_catalog.=) c.relowner),"
    " o.rolname"
    " FROM pg_catalog.pg_class c"
    " JOIN pg_catalog.pg_namespace n ON n.oid OPERATOR(pg_catalog.=) c.relnamespace"
    " JOIN pg_catalog.pg_roles o ON o.oid OPERATOR(pg_catalog.=) c.relowner"
    " WHERE n.nspname OPERATOR(pg_catalog.=) $1 AND c.relname OPERATOR(pg_catalog.=) $2";

static const char name_sql[] =
    "SELECT COALESCE(s, $2::pg_catalog.text), t, pg_catalog.format('%I.%I',"
    "  COALESCE(s, $2::pg_catalog.text), t) FROM ("
    " SELECT CASE WHEN pg_catalog.array_length(p, 1) OPERATOR(pg_catalog.>) 1"
    "  THEN p[pg_catalog.array_length(p, 1) OPERATOR(pg_catalog.-) 1] END,"
    "  p[pg_catalog.array_length(p, 1)]"
    " FROM pg_catalog.parse_ident($1::pg_catalog.text) p) AS names(s, t)";

static const char quote_sql[] = "SELECT $2::pg_catalog.text, $1::pg_catalog.text,"
                                " pg_catalog.format('%I.%I', $2::pg_catalog.text,"
                                "  $1::pg_catalog.text)";

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

enum { DURABLE, FIT, MEDDLED, TRUSTED, OWNER };

static bool is_true(const struct pg_conn *conn, int column)
{
    const char *value = pg_conn_value(conn, 0, column);
    return value != NULL && *value == 't';
}

enum pg_own_result pg_own_check(struct pg_conn *conn, const struct pg_table *target,
    const struct pg_own *own, char owner[PG_NAME_SIZE])
{
    const struct pg_param params[] = { { .data = own->schema }, { .data = own->name },
        { .data = columns[own->kind] }, { .data = target->qualified } };
    owner[0] = '\0';
    if (pg_conn_query(conn, check_sql, params, 4, false) != 0)
        return PG_OWN_FAILED;
    if (pg_conn_rows(conn) == 0)
        return PG_OWN_MISSING;
    const char *role = pg_conn_value(conn, 0, OWNER);
    if (role != NULL)
        pg_words_line(owner, PG_NAME_SIZE, role);
    if (!is_true(conn, TRUSTED))
        return PG_OWN_STRANGER;
    if (!is_true(conn, FIT))
        return PG_OWN_SHAPE;
    if (is_true(conn, MEDDLED))
        return PG_OWN_MEDDLED;
    return is_true(conn, DURABLE) ? PG_OWN_OK : PG_OWN_VOLATILE;
}

int pg_own_create_sql(const struct pg_own *own, struct buf *sql)
{
    if (own->kind == PG_OWN_LEDGER)
        return buf_printf(sql,
            "CREATE TABLE IF NOT EXISTS %s (key pg_catalog.uuid PRIMARY KEY,"
            " loaded_at pg_catalog.timestamptz NOT NULL DEFAULT pg_catalog.now());",
            own->qualified);
    return buf_printf(sql,
        "CREATE TABLE IF NOT EXISTS %s (key pg_catalog.uuid PRIMARY KEY,"
        " message_id pg_catalog.text, ledger_key pg_catalog.uuid,"
        " content pg_catalog.uuid NOT NULL, stage pg_catalog.text NOT NULL,"
        " code pg_catalog.text NOT NULL, sqlstate pg_catalog.text, column_name pg_catalog.text,"
        " constraint_name pg_catalog.text, record pg_catalog.text NOT NULL,"
        " count pg_catalog.int8 NOT NULL DEFAULT 1,"
        " first_at pg_catalog.timestamptz NOT NULL DEFAULT pg_catalog.now(),"
        " last_at pg_catalog.timestamptz NOT NULL DEFAULT pg_catalog.now(),"
        " resolved_at pg_catalog.timestamptz);"
        "CREATE INDEX ON %s (ledger_key) WHERE resolved_at IS NULL;"
        "CREATE INDEX ON %s (message_id) WHERE resolved_at IS NULL;",
        own->qualified, own->qualified, own->qualified);
}
