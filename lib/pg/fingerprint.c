#include "pg/fingerprint.h"
#include "pg/literal.h"

/* Every name is qualified, so that the search path cannot select another schema's. */
#define EQ " OPERATOR(pg_catalog.=) "
#define NE " OPERATOR(pg_catalog.<>) "

/* One SQL line in one C line. */
/* clang-format off */

/* The columns of c, with what PG_SHAPE_SQL and the check of a ledger read. */
#define COLUMNS \
    "(SELECT pg_catalog.string_agg(pg_catalog.format('%s %L %s %s %s %s %s %s', a.attnum, a.attname," \
    "  a.atttypid, a.atttypmod, a.attidentity, a.attgenerated, a.attnotnull, a.atthasdef), ','" \
    "  ORDER BY a.attnum)" \
    " FROM pg_catalog.pg_attribute a WHERE a.attrelid" EQ "c.oid" \
    " AND a.attnum OPERATOR(pg_catalog.>) 0 AND NOT a.attisdropped)"

#define INDEXES \
    "(SELECT pg_catalog.string_agg(pg_catalog.format('%s %s %s %s %s %s %s', i.indkey," \
    "  i.indisunique, i.indisvalid, i.indimmediate, i.indnkeyatts, i.indpred IS NULL," \
    "  i.indexprs IS NULL), ',' ORDER BY i.indexrelid)" \
    " FROM pg_catalog.pg_index i WHERE i.indrelid" EQ "c.oid)"

static const char head_sql[] =
    "(SELECT CASE WHEN pg_catalog.bool_and(f.alone) THEN pg_catalog.hashtextextended("
    "pg_catalog.string_agg(f.entry, ',' ORDER BY f.place), 0) END FROM ("
    "SELECT w.place, CASE WHEN w.is_target THEN c.relkind" NE "'p' ELSE"
    " NOT (c.relhassubclass OR c.relhastriggers OR c.relhasrules)"
    " AND (c.relowner" EQ "t.relowner OR pg_catalog.pg_get_userbyid(c.relowner)" EQ "CURRENT_USER)"
    " END AS alone, pg_catalog.format('%s %s %s %s %s %s %s %s %s', w.place, c.oid, t.relowner,"
    " c.relowner, c.relkind, c.relpersistence, c.relrowsecurity, " COLUMNS ", " INDEXES ") AS entry"
    " FROM pg_catalog.pg_class t, (VALUES ";

/* clang-format on */

/* Append the name of a table as the server's number for it. */
static void put_oid(struct buf *sql, const char *qualified)
{
    buf_puts(sql, "pg_catalog.to_regclass(");
    pg_literal(sql, qualified);
    buf_puts(sql, ")");
}

void pg_fingerprint_sql(const struct pg_fingerprint_of *tables, struct buf *sql)
{
    const char *names[] = { tables->with_target ? tables->target->qualified : NULL,
        tables->ledger == NULL ? NULL : tables->ledger->qualified,
        tables->errors == NULL ? NULL : tables->errors->qualified };
    const char *comma = "";
    if (names[0] == NULL && names[1] == NULL && names[2] == NULL) {
        buf_puts(sql, "NULL::pg_catalog.int8");
        return;
    }
    buf_puts(sql, head_sql);
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        if (names[i] == NULL)
            continue;
        buf_printf(sql, "%s(%zu, %s, ", comma, i, i == 0 ? "true" : "false");
        put_oid(sql, names[i]);
        buf_puts(sql, ")");
        comma = ",";
    }
    buf_puts(sql,
        ") AS w(place, is_target, name) JOIN pg_catalog.pg_class c ON c.oid" EQ "w.name"
        " WHERE t.oid" EQ);
    put_oid(sql, tables->target->qualified);
    buf_puts(sql, ") AS f)");
}

void pg_fingerprint_lock_sql(const struct pg_fingerprint_of *tables, const char *expected,
    struct buf *sql)
{
    const struct pg_side_table *sides[] = { tables->ledger, tables->errors };
    for (size_t i = 0; i < sizeof sides / sizeof *sides; i++)
        if (sides[i] != NULL)
            (void)pg_side_table_row_exclusive_sql(sides[i], sql);
    buf_puts(sql, "SELECT 1 OPERATOR(pg_catalog./) pg_catalog.count(*) WHERE ");
    pg_fingerprint_sql(tables, sql);
    buf_printf(sql, EQ "'%s'::pg_catalog.int8;", expected);
}
