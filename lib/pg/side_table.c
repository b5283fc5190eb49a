#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "pg/literal.h"
#include "pg/server_text.h"
#include "pg/side_table.h"

enum { MAX_NAME = 63, MAX_SQL = 16384 };

/* Every name is qualified, so that the search path cannot select another schema's. */
#define EQ " OPERATOR(pg_catalog.=) "
#define NE " OPERATOR(pg_catalog.<>) "

/* "sqs2pg" in ASCII, read as a number. */
const char pg_side_table_lock_sql[] = "SELECT pg_catalog.pg_advisory_xact_lock(126931101184103);";

static const char *const suffixes[] = {
    [PG_SIDE_LEDGER] = "_ledger", [PG_SIDE_ERRORS] = "_errors"
};

static const char *const columns[] = {
    [PG_SIDE_LEDGER] = "{key,loaded_at}",
    [PG_SIDE_ERRORS] = "{key,message_id,ledger_key,content,stage,code,sqlstate,column_name,"
                       "constraint_name,record,count,first_at,last_at,resolved_at}",
};

/* One SQL line in one C line. */
/* clang-format off */

/*
 * With schema, name, our columns and the target as literals. It covers the table and all tables
 * that inherit from it, as a statement reads and writes those too. It tells whether they are
 * durable, and whether triggers, rules or row security act on the rows. It tells whether the table
 * has our columns, a unique key, and no other column that an insert must fill. And it tells whether
 * each table belongs to the loader, to the owner of the target or to a superuser, and names the
 * owner, or the first other one.
 */
#define CHECK_SQL \
    "WITH RECURSIVE tree AS (" \
    " SELECT c.oid, c.relowner, c.relkind, c.relpersistence, c.relrowsecurity, 0 AS depth" \
    "  FROM pg_catalog.pg_class c" \
    "  JOIN pg_catalog.pg_namespace n ON n.oid" EQ "c.relnamespace" \
    "  WHERE n.nspname" EQ "%s AND c.relname" EQ "%s" \
    " UNION ALL" \
    " SELECT c.oid, c.relowner, c.relkind, c.relpersistence, c.relrowsecurity, 1" \
    "  FROM tree t JOIN pg_catalog.pg_inherits i ON i.inhparent" EQ "t.oid" \
    "  JOIN pg_catalog.pg_class c ON c.oid" EQ "i.inhrelid)," \
    " judged AS (SELECT t.*, o.rolname," \
    "  o.rolsuper OR o.rolname" EQ "CURRENT_USER" \
    "   OR EXISTS (SELECT FROM pg_catalog.pg_class a" \
    "    WHERE a.oid" EQ "pg_catalog.to_regclass(%s) AND a.relowner" EQ "t.relowner) AS trusted" \
    "  FROM tree t JOIN pg_catalog.pg_roles o ON o.oid" EQ "t.relowner)" \
    "SELECT NOT EXISTS (SELECT FROM judged t WHERE t.relpersistence" NE "'p'" \
    "  OR t.relkind" EQ "'f') AS durable," \
    " (c.relkind" EQ "'r' OR c.relkind" EQ "'p')" \
    " AND NOT EXISTS (SELECT FROM pg_catalog.unnest(%s::pg_catalog.text[]) AS w(name)" \
    "  WHERE NOT EXISTS (SELECT FROM pg_catalog.pg_attribute a" \
    "   WHERE a.attrelid" EQ "c.oid AND a.attname" EQ "w.name" \
    "   AND a.attnum OPERATOR(pg_catalog.>) 0 AND NOT a.attisdropped))" \
    " AND NOT EXISTS (SELECT FROM pg_catalog.pg_attribute a" \
    "  WHERE a.attrelid" EQ "c.oid AND a.attnum OPERATOR(pg_catalog.>) 0" \
    "  AND NOT a.attisdropped AND a.attnotnull AND NOT a.atthasdef AND a.attidentity" EQ "''" \
    "  AND NOT a.attname" EQ "ANY (%s::pg_catalog.text[]))" \
    " AND EXISTS (SELECT FROM pg_catalog.pg_index i JOIN pg_catalog.pg_attribute a" \
    "   ON a.attrelid" EQ "i.indrelid AND a.attnum" EQ "i.indkey[0]" \
    "  WHERE i.indrelid" EQ "c.oid AND i.indisunique AND i.indisvalid" \
    "   AND i.indimmediate AND i.indnkeyatts" EQ "1" \
    "   AND i.indpred IS NULL AND i.indexprs IS NULL" \
    "   AND a.attname" EQ "'key' AND a.atttypid" EQ "2950) AS fit," /* uuid */ \
    " EXISTS (SELECT FROM judged t WHERE t.relrowsecurity" \
    "  OR EXISTS (SELECT FROM pg_catalog.pg_trigger g" \
    "   WHERE g.tgrelid" EQ "t.oid AND NOT g.tgisinternal)" \
    "  OR EXISTS (SELECT FROM pg_catalog.pg_rewrite r WHERE r.ev_class" EQ "t.oid)) AS meddled," \
    " NOT EXISTS (SELECT FROM judged t WHERE NOT t.trusted) AS trusted," \
    " (SELECT t.rolname FROM judged t ORDER BY t.trusted, t.depth LIMIT 1) AS owner" \
    " FROM judged c WHERE c.depth" EQ "0"

/* clang-format on */

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

enum pg_side_table_result pg_side_table_name(struct pg_conn *conn, const struct pg_table *target,
    enum pg_side_table_kind kind, const char *given, struct pg_side_table *side)
{
    *side = (struct pg_side_table){ .kind = kind };
    char made[PG_NAME_SIZE * 2];
    if (given == NULL) {
        (void)snprintf(made, sizeof made, "%s%s", target->name, suffixes[kind]);
        if (strlen(made) > MAX_NAME)
            return PG_SIDE_LONG;
    }
    const struct pg_param params[] = { { .data = given == NULL ? made : given },
        { .data = target->schema } };
    if (pg_conn_query(conn, given == NULL ? quote_sql : name_sql, params, 2, false) != 0)
        return PG_SIDE_FAILED;
    const char *schema = pg_conn_value(conn, 0, 0);
    const char *name = pg_conn_value(conn, 0, 1);
    const char *qualified = pg_conn_value(conn, 0, 2);
    if (schema == NULL || name == NULL || qualified == NULL)
        return PG_SIDE_FAILED;
    if (strlen(name) > MAX_NAME)
        return PG_SIDE_LONG;
    side->schema = strdup(schema);
    side->name = strdup(name);
    side->qualified = strdup(qualified);
    if (side->schema != NULL && side->name != NULL && side->qualified != NULL)
        return PG_SIDE_OK;
    pg_side_table_free(side);
    (void)pg_conn_no_memory(conn);
    return PG_SIDE_FAILED;
}

const char *pg_side_table_rights(const struct pg_side_table *side)
{
    return side->kind == PG_SIDE_LEDGER ? "SELECT, INSERT, DELETE" : "SELECT, INSERT, UPDATE";
}

void pg_side_table_free(struct pg_side_table *side)
{
    free(side->schema);
    free(side->name);
    free(side->qualified);
    side->schema = side->name = side->qualified = NULL;
}

enum { DURABLE, FIT, MEDDLED, TRUSTED, OWNER };

static bool is_true(const struct pg_conn *conn, int column)
{
    const char *value = pg_conn_value(conn, 0, column);
    return value != NULL && *value == 't';
}

/* Append CHECK_SQL for that table. Return 0, or -1. */
static int put_check(struct buf *sql, const struct pg_table *target,
    const struct pg_side_table *side)
{
    const char *texts[] = { side->schema, side->name, target->qualified, columns[side->kind] };
    struct buf literals[4];
    const char *ready[4];
    int status = 0;
    for (int i = 0; i < 4; i++) {
        buf_init(&literals[i], MAX_SQL);
        pg_literal(&literals[i], texts[i]);
        ready[i] = buf_cstr(&literals[i]);
        status = ready[i] == NULL ? -1 : status;
    }
    if (status == 0)
        status = buf_printf(sql, CHECK_SQL, ready[0], ready[1], ready[2], ready[3], ready[3]);
    for (int i = 0; i < 4; i++)
        buf_free(&literals[i]);
    return status;
}

int pg_side_table_row_exclusive_sql(const struct pg_side_table *side, struct buf *sql)
{
    return buf_printf(sql, "LOCK TABLE %s IN ROW EXCLUSIVE MODE;", side->qualified);
}

int pg_side_table_unresolved_sql(const struct pg_side_table *errors, struct buf *sql)
{
    return buf_printf(sql, "EXISTS (SELECT FROM %s e WHERE e.resolved_at IS NULL)",
        errors->qualified);
}

int pg_side_table_lock_checked_sql(const struct pg_table *target, const struct pg_side_table *side,
    struct buf *sql)
{
    (void)pg_side_table_row_exclusive_sql(side, sql);
    buf_puts(sql, "SELECT 1 OPERATOR(pg_catalog./) pg_catalog.count(*) FROM (");
    (void)put_check(sql, target, side);
    return buf_puts(sql,
        ") AS found WHERE found.durable AND found.fit AND NOT found.meddled AND found.trusted;");
}

bool pg_side_table_check_raised(const struct pg_error *error)
{
    return strcmp(error->sqlstate, "22012") == 0;
}

enum pg_side_table_result pg_side_table_check(struct pg_conn *conn, const struct pg_table *target,
    const struct pg_side_table *side, char owner[PG_NAME_SIZE])
{
    struct buf sql;
    owner[0] = '\0';
    buf_init(&sql, MAX_SQL);
    int status = put_check(&sql, target, side) == 0 && buf_cstr(&sql) != NULL
        ? pg_conn_query(conn, buf_cstr(&sql), NULL, 0, false)
        : pg_conn_no_memory(conn);
    buf_free(&sql);
    if (status != 0)
        return PG_SIDE_FAILED;
    if (pg_conn_rows(conn) == 0)
        return PG_SIDE_MISSING;
    const char *role = pg_conn_value(conn, 0, OWNER);
    if (role != NULL)
        pg_server_text_line(owner, PG_NAME_SIZE, role);
    if (!is_true(conn, TRUSTED))
        return PG_SIDE_OWNER;
    if (!is_true(conn, FIT))
        return PG_SIDE_SHAPE;
    if (is_true(conn, MEDDLED))
        return PG_SIDE_ACTIVE;
    return is_true(conn, DURABLE) ? PG_SIDE_OK : PG_SIDE_VOLATILE;
}

int pg_side_table_create_sql(const struct pg_side_table *side, struct buf *sql)
{
    if (side->kind == PG_SIDE_LEDGER)
        return buf_printf(sql,
            "CREATE TABLE IF NOT EXISTS %s (key pg_catalog.uuid PRIMARY KEY,"
            " loaded_at pg_catalog.timestamptz NOT NULL DEFAULT pg_catalog.now(),"
            " content pg_catalog.bytea);"
            "CREATE INDEX ON %s USING brin (loaded_at);",
            side->qualified, side->qualified);
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
        side->qualified, side->qualified, side->qualified);
}
