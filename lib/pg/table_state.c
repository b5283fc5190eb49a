#include <string.h>

#include "pg/table_state.h"

enum { MAX_SQL = 16384 };

/* Every name is qualified, so that the search path cannot select another schema's. */
#define EQ " OPERATOR(pg_catalog.=) "
#define NE " OPERATOR(pg_catalog.<>) "
#define TABLE(parameter) "pg_catalog.to_regclass(" parameter ")"

/* One SQL line in one C line. */
/* clang-format off */

/* A condition on some table of the tree. */
#define SOME(parameter, condition) \
    " EXISTS (SELECT FROM tree t WHERE t.root" EQ TABLE(parameter) " AND (" condition "))"

/* The members of struct pg_side_state, in its order, for a ledger or error table. */
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

/* The tables, and those below them; relkind: p partitioned, f foreign. */
#define TREE(condition)                                                                   \
    "WITH RECURSIVE tree AS ("                                                            \
    " SELECT c.oid, c.oid AS root, c.relkind, c.relpersistence, c.relrowsecurity"         \
    "  FROM pg_catalog.pg_class c WHERE " condition                                       \
    " UNION ALL"                                                                          \
    " SELECT c.oid, t.root, c.relkind, c.relpersistence, c.relrowsecurity"                \
    "  FROM tree t JOIN pg_catalog.pg_inherits i ON i.inhparent" EQ "t.oid"               \
    "  JOIN pg_catalog.pg_class c ON c.oid" EQ "i.inhrelid"                               \
    "  WHERE t.relkind" EQ "'p')"

#define TARGET                                                                            \
    " SELECT " PG_SHAPE_SQL(TABLE("$1")) "," SOME("$1", "t.relkind" EQ "'f'") ","         \
    SOME("$1", "t.relpersistence" NE "'p'")

static const char shape_sql[] = "SELECT " PG_SHAPE_SQL(TABLE("$1"));
static const char target_sql[] = TREE("c.oid" EQ TABLE("$1")) TARGET;
static const char side_sql[] =
    TREE("c.oid" EQ TABLE("$1") " OR c.oid" EQ TABLE("$2")) TARGET "," OWN("$2");

/* clang-format on */

enum { SHAPE, FOREIGN, VOLATILE, FORGETS, KEYLESS, MAY_KEEP_OUT };

static bool is_true(const struct pg_conn *conn, int column)
{
    const char *value = pg_conn_value(conn, 0, column);
    return value != NULL && *value == 't';
}

int pg_table_state_read(struct pg_conn *conn, const struct pg_table *table,
    enum pg_table_state_what what, const struct pg_side_table *side,
    const struct pg_side_table *errors, const char *more, struct pg_table_state *guard)
{
    const struct pg_param params[] = { { .data = table->qualified },
        { .data = side == NULL ? NULL : side->qualified } };
    struct buf sql;
    *guard = (struct pg_table_state){ .shape = "" };
    bool shape_alone = what == PG_TABLE_STATE_SHAPE;
    int waiting = shape_alone ? FOREIGN : side == NULL ? FORGETS : MAY_KEEP_OUT + 1;
    buf_init(&sql, MAX_SQL);
    buf_puts(&sql, shape_alone ? shape_sql : side == NULL ? target_sql : side_sql);
    if (errors != NULL) {
        buf_puts(&sql, ", ");
        (void)pg_side_table_unresolved_sql(errors, &sql);
    }
    if (more != NULL) {
        buf_puts(&sql, ", ");
        buf_puts(&sql, more);
    }
    const char *text = buf_cstr(&sql);
    int status = text == NULL
        ? pg_conn_no_memory(conn)
        : pg_conn_query(conn, text, params, shape_alone || side == NULL ? 1 : 2, false);
    buf_free(&sql);
    if (status != 0)
        return -1;
    const char *shape = pg_conn_value(conn, 0, SHAPE);
    if (shape != NULL)
        memccpy(guard->shape, shape, '\0', sizeof guard->shape - 1);
    guard->more = waiting + (errors != NULL);
    guard->waiting = errors != NULL && is_true(conn, waiting);
    if (shape_alone)
        return 0;
    guard->foreign = is_true(conn, FOREIGN);
    guard->forgets = is_true(conn, VOLATILE);
    if (side != NULL)
        guard->side = (struct pg_side_state){ .forgets = is_true(conn, FORGETS),
            .keyless = is_true(conn, KEYLESS),
            .may_keep_out = is_true(conn, MAY_KEEP_OUT) };
    return 0;
}
