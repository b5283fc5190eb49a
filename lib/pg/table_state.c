#include <string.h>

#include "pg/table_state.h"

enum { MAX_SQL = 16384 };

/* Every name is qualified: whatever the search path is, no other schema's is meant. */
#define EQ " OPERATOR(pg_catalog.=) "
#define NE " OPERATOR(pg_catalog.<>) "
#define TABLE(parameter) "pg_catalog.to_regclass(" parameter ")"

/* Statements are read by their lines. */
/* clang-format off */

/* Of that table's tree. */
#define SOME(parameter, condition) \
    " EXISTS (SELECT FROM tree t WHERE t.root" EQ TABLE(parameter) " AND (" condition "))"

/* Of a table of our side, what struct pg_side_state has, in its order. */
#define OWN(parameter)                                                               \
    SOME(parameter, "t.relpersistence" NE "'p' OR t.relkind" EQ "'f'") ","           \
    " NOT EXISTS (SELECT FROM pg_catalog.pg_index i"                                 \
    "  JOIN pg_catalog.pg_attribute a ON a.attrelid" EQ "i.indrelid"                 \
    "   AND a.attnum" EQ "i.indkey[0]"                                               \
    "  WHERE i.indrelid" EQ TABLE(parameter) " AND i.indisunique AND i.indisvalid"   \
    "  AND i.indimmediate AND i.indnkeyatts" EQ "1"                                  \
    "  AND i.indpred IS NULL AND i.indexprs IS NULL AND a.attname" EQ "'key'),"      \
    SOME(parameter, "t.relrowsecurity"                                               \
        " OR EXISTS (SELECT FROM pg_catalog.pg_trigger g"                            \
        "  WHERE g.tgrelid" EQ "t.oid AND NOT g.tgisinternal)"                       \
        " OR EXISTS (SELECT FROM pg_catalog.pg_rewrite r WHERE r.ev_class" EQ "t.oid)")

/* relkind: p partitioned, f foreign. */
static const char look_sql[] =
    "WITH RECURSIVE tree AS ("
    " SELECT c.oid, c.oid AS root, c.relkind, c.relpersistence, c.relrowsecurity"
    "  FROM pg_catalog.pg_class c WHERE c.oid" EQ TABLE("$1")
    "   OR c.oid" EQ TABLE("$2") " OR c.oid" EQ TABLE("$3")
    " UNION ALL"
    " SELECT c.oid, t.root, c.relkind, c.relpersistence, c.relrowsecurity"
    "  FROM tree t JOIN pg_catalog.pg_inherits i ON i.inhparent" EQ "t.oid"
    "  JOIN pg_catalog.pg_class c ON c.oid" EQ "i.inhrelid"
    "  WHERE t.relkind" EQ "'p')"
    " SELECT " PG_SHAPE_SQL(TABLE("$1")) "," SOME("$1", "t.relkind" EQ "'f'") ","
    SOME("$1", "t.relpersistence" NE "'p'") "," OWN("$2") "," OWN("$3");

/* clang-format on */

enum { SHAPE, FOREIGN, VOLATILE, LEDGER, ERRORS = LEDGER + 3, WAITING = ERRORS + 3 };

static bool is_true(const struct pg_conn *conn, int column)
{
    const char *value = pg_conn_value(conn, 0, column);
    return value != NULL && *value == 't';
}

static void take_own(const struct pg_conn *conn, int column, struct pg_side_state *side)
{
    side->forgets = is_true(conn, column);
    side->keyless = is_true(conn, column + 1);
    side->meddled = is_true(conn, column + 2);
}

int pg_table_state_read(struct pg_conn *conn, const struct pg_table *table,
    const struct pg_side_table *ledger, const struct pg_side_table *errors,
    struct pg_table_state *guard)
{
    const struct pg_param params[] = { { .data = table->qualified },
        { .data = ledger == NULL ? NULL : ledger->qualified },
        { .data = errors == NULL ? NULL : errors->qualified } };
    struct buf sql;
    *guard = (struct pg_table_state){ .shape = "" };
    buf_init(&sql, MAX_SQL);
    buf_puts(&sql, look_sql);
    if (errors != NULL)
        buf_printf(&sql, ", EXISTS (SELECT FROM %s e WHERE e.resolved_at IS NULL)",
            errors->qualified);
    const char *text = buf_cstr(&sql);
    int status =
        text == NULL ? pg_conn_no_memory(conn) : pg_conn_query(conn, text, params, 3, false);
    buf_free(&sql);
    if (status != 0)
        return -1;
    const char *shape = pg_conn_value(conn, 0, SHAPE);
    if (shape != NULL)
        memccpy(guard->shape, shape, '\0', sizeof guard->shape - 1);
    guard->foreign = is_true(conn, FOREIGN);
    guard->forgets = is_true(conn, VOLATILE);
    if (ledger != NULL)
        take_own(conn, LEDGER, &guard->ledger);
    if (errors != NULL)
        take_own(conn, ERRORS, &guard->errors);
    guard->waiting = errors != NULL && is_true(conn, WAITING);
    return 0;
}
