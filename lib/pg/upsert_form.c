#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "pg/upsert_form.h"

/* Every name is qualified, so that the search path cannot select another schema's. */
#define EQ " OPERATOR(pg_catalog.=) "
#define GT " OPERATOR(pg_catalog.>) "

/* One SQL line in one C line. */
/* clang-format off */

/* The B-tree operator of an operator family for a type, by its strategy: 1 is less, 3 equal. */
#define OPERATOR_SQL(family, type, strategy)                                              \
    " (SELECT pg_catalog.format('OPERATOR(%I.%s)', n.nspname, o.oprname)"                 \
    "  FROM pg_catalog.pg_amop m"                                                         \
    "  JOIN pg_catalog.pg_operator o ON o.oid" EQ "m.amopopr"                             \
    "  JOIN pg_catalog.pg_namespace n ON n.oid" EQ "o.oprnamespace"                       \
    "  WHERE m.amopfamily" EQ family " AND m.amoplefttype" EQ type                        \
    "  AND m.amoprighttype" EQ type " AND m.amopstrategy" EQ strategy ")"

/* The columns of unique indexes, the primary key first; an expression has no name. */
static const char indexes_sql[] =
    "SELECT x.relname, i.indimmediate, i.indisvalid, i.indpred IS NOT NULL, i.indexprs IS NOT NULL,"
    " i.indisexclusion OR m.amname OPERATOR(pg_catalog.<>) 'btree', i.indnkeyatts, a.attname,"
    OPERATOR_SQL("c.opcfamily", "c.opcintype", "1") ","
    OPERATOR_SQL("c.opcfamily", "c.opcintype", "3") ","
    " (SELECT pg_catalog.format(' COLLATE %I.%I', n.nspname, l.collname)"
    "  FROM pg_catalog.pg_collation l"
    "  JOIN pg_catalog.pg_namespace n ON n.oid" EQ "l.collnamespace"
    "  WHERE l.oid" EQ "i.indcollation[k.n]),"
    " (SELECT l.collisdeterministic FROM pg_catalog.pg_collation l"
    "  WHERE l.oid" EQ "i.indcollation[k.n])"
    " FROM pg_catalog.pg_index i"
    " JOIN pg_catalog.pg_class x ON x.oid" EQ "i.indexrelid"
    " JOIN pg_catalog.pg_am m ON m.oid" EQ "x.relam"
    " CROSS JOIN LATERAL pg_catalog.generate_series(0, i.indnkeyatts OPERATOR(pg_catalog.-) 1) k(n)"
    " JOIN pg_catalog.pg_opclass c ON c.oid" EQ "i.indclass[k.n]"
    " LEFT JOIN pg_catalog.pg_attribute a ON a.attrelid" EQ "i.indrelid"
    "  AND a.attnum" EQ "i.indkey[k.n]"
    " WHERE i.indrelid" EQ "$1::pg_catalog.regclass AND i.indisunique"
    " ORDER BY i.indisprimary DESC, x.relname, k.n";

/*
 * For each column: whether it takes no NULL, whether it has a default, and its operator for "less".
 * That is the operator of its type, of a type that the server treats as the same (varchar: text),
 * or of its kind of type.
 */
static const char columns_sql[] =
    "SELECT a.attnotnull OR t.typnotnull,"
    " a.atthasdef OR a.attidentity OPERATOR(pg_catalog.<>) '' OR t.typdefault IS NOT NULL,"
    " CASE WHEN a.attname" EQ "$2 THEN (SELECT" OPERATOR_SQL("c.opcfamily", "c.opcintype", "1")
    "  FROM pg_catalog.pg_opclass c JOIN pg_catalog.pg_am am ON am.oid" EQ "c.opcmethod"
    "   AND am.amname" EQ "'btree'"
    "  WHERE c.opcdefault AND (c.opcintype" EQ "b.oid"
    "   OR EXISTS (SELECT FROM pg_catalog.pg_cast s WHERE s.castsource" EQ "b.oid"
    "    AND s.casttarget" EQ "c.opcintype AND s.castmethod" EQ "'b' AND s.castcontext" EQ "'i')"
    "   OR c.opcintype" EQ "CASE WHEN b.typcategory" EQ "'A' THEN 2277" /* anyarray */
    "    WHEN b.typtype" EQ "'e' THEN 3500" /* anyenum */
    "    WHEN b.typtype" EQ "'r' THEN 3831" /* anyrange */
    "    WHEN b.typtype" EQ "'c' THEN 2249 END)" /* record */
    "  ORDER BY c.opcintype" EQ "b.oid DESC, c.opcintype LIMIT 1) END,"
    " r.relkind" EQ "'r',"
    " EXISTS (SELECT FROM pg_catalog.pg_constraint h WHERE h.conrelid" EQ "r.oid"
    "  AND h.contype" EQ "'c'),"
    " pg_catalog.has_database_privilege(pg_catalog.current_database(), 'TEMPORARY')"
    " FROM pg_catalog.pg_class r"
    " JOIN pg_catalog.pg_attribute a ON a.attrelid" EQ "r.oid"
    " JOIN pg_catalog.pg_type t ON t.oid" EQ "a.atttypid"
    " CROSS JOIN LATERAL (WITH RECURSIVE d AS ("
    "   SELECT t.oid, t.typbasetype, t.typtype, t.typcategory UNION ALL"
    "   SELECT u.oid, u.typbasetype, u.typtype, u.typcategory FROM d"
    "    JOIN pg_catalog.pg_type u ON d.typtype" EQ "'d' AND u.oid" EQ "d.typbasetype)"
    "  SELECT d.oid, d.typtype, d.typcategory FROM d"
    "   WHERE d.typtype OPERATOR(pg_catalog.<>) 'd') b"
    " WHERE r.oid" EQ "$1::pg_catalog.regclass AND a.attnum" GT "0 AND NOT a.attisdropped"
    " ORDER BY a.attnum";

/* Every change of such a row makes a new row, with another transaction id. */
#define MARKS(catalogue, column, order)                                                    \
    " (SELECT pg_catalog.string_agg(m.xmin::pg_catalog.text, ' ' ORDER BY m." order ")"    \
    "  FROM pg_catalog." catalogue " m WHERE m." column EQ "$1::pg_catalog.regclass)"

static const char mark_sql[] =
    "SELECT pg_catalog.hashtextextended(pg_catalog.concat_ws('/',"
    MARKS("pg_index", "indrelid", "indexrelid") ","
    MARKS("pg_attribute", "attrelid", "attnum") ","
    MARKS("pg_attrdef", "adrelid", "adnum") ","
    MARKS("pg_constraint", "conrelid", "oid") "), 0)";

/* Bits of tgtype (catalog/pg_trigger.h): 1 for each row, 2 before, 4 insert. */
static const char triggers_sql[] =
    "SELECT FROM pg_catalog.pg_trigger g"
    " WHERE g.tgtype OPERATOR(pg_catalog.&) 7::pg_catalog.int2" EQ "7"
    " AND (g.tgrelid" EQ "$1::pg_catalog.regclass OR g.tgrelid" EQ "ANY (ARRAY("
    "  SELECT p.relid::pg_catalog.oid FROM pg_catalog.pg_partition_tree($1::pg_catalog.regclass) p)))"
    " LIMIT 1";

/* A rule that excludes ON CONFLICT: for INSERT ('3'), if it is in force (PostgreSQL manual, ALTER
 * TABLE), or for UPDATE ('2'). */
static const char rules_sql[] =
    "SELECT w.rulename FROM pg_catalog.pg_rewrite w WHERE w.ev_class" EQ "$1::pg_catalog.regclass"
    " AND (w.ev_type" EQ "'2' OR (w.ev_type" EQ "'3' AND (w.ev_enabled" EQ "'A' OR w.ev_enabled" EQ
    "  CASE pg_catalog.current_setting('session_replication_role') WHEN 'replica' THEN"
    "  'R'::pg_catalog.\"char\" ELSE 'O'::pg_catalog.\"char\" END)))"
    " ORDER BY w.rulename LIMIT 1";

/* clang-format on */

/* The columns of indexes_sql. */
enum {
    NAME,
    IMMEDIATE,
    VALID,
    PARTIAL,
    EXPRESSION,
    OTHER,
    COUNT,
    COLUMN,
    LESS,
    EQUAL,
    COLLATE,
    DETERMINISTIC
};

static bool is_true(const struct pg_conn *conn, size_t row, int column)
{
    const char *value = pg_conn_value(conn, row, column);
    return value != NULL && *value == 't';
}

static void copy(char *to, size_t size, const struct pg_conn *conn, size_t row, int column)
{
    const char *value = pg_conn_value(conn, row, column);
    to[0] = '\0';
    if (value != NULL && strlen(value) < size)
        memcpy(to, value, strlen(value) + 1);
}

static size_t column_of(const struct pg_table *table, const char *name)
{
    size_t column = 0;
    while (column < table->count && strcmp(table->columns[column].name, name) != 0)
        column++;
    return column;
}

static bool is_among(const size_t *columns, size_t count, size_t column)
{
    for (size_t i = 0; i < count; i++)
        if (columns[i] == column)
            return true;
    return false;
}

/* Set exact when the column has one text for each value, and the index compares these too. */
static void set_exact(const struct pg_conn *conn, size_t row, const struct pg_table *table,
    struct pg_upsert_key *key)
{
    const struct pg_column *column = &table->columns[key->column];
    static const char varying[] = "character varying";
    bool is_varying = strncmp(column->type, varying, sizeof varying - 1) == 0;
    key->exact = PG_UPSERT_EXACT_NOT;
    key->width = 0;
    if (strcmp(key->equal, "OPERATOR(pg_catalog.=)") != 0)
        return;
    switch (column->binary) {
    case PG_COPY_BINARY_INT2:
    case PG_COPY_BINARY_INT4:
    case PG_COPY_BINARY_INT8:
        key->exact = PG_UPSERT_EXACT_INTEGER;
        break;
    case PG_COPY_BINARY_UUID:
        key->exact = PG_UPSERT_EXACT_UUID;
        break;
    case PG_COPY_BINARY_BYTES:
        if (!is_true(conn, row, DETERMINISTIC) ||
            (!is_varying && strcmp(column->type, "text") != 0))
            break;
        key->exact = PG_UPSERT_EXACT_TEXT;
        if (is_varying && column->type[sizeof varying - 1] == '(')
            key->width = strtoul(column->type + sizeof varying, NULL, 10);
        break;
    default:
        break;
    }
}

/*
 * Read the index in the ${width} rows from ${row} into the form. Return whether it is usable;
 * PG_UPSERT_NO_INDEX: it is over other columns.
 */
static enum pg_upsert_result judge(const struct pg_conn *conn, size_t row, size_t width,
    const struct pg_table *table, const size_t *columns, size_t count, struct pg_upsert_form *form)
{
    if (width != count)
        return PG_UPSERT_NO_INDEX;
    for (size_t i = 0; i < width; i++) {
        const char *name = pg_conn_value(conn, row + i, COLUMN);
        struct pg_upsert_key *key = &form->keys[i];
        if (name == NULL)
            continue; /* an expression, over any columns */
        key->column = column_of(table, name);
        if (!is_among(columns, count, key->column))
            return PG_UPSERT_NO_INDEX;
        copy(key->less, sizeof key->less, conn, row + i, LESS);
        copy(key->equal, sizeof key->equal, conn, row + i, EQUAL);
        copy(key->collate, sizeof key->collate, conn, row + i, COLLATE);
        if (key->less[0] == '\0' || key->equal[0] == '\0')
            return PG_UPSERT_OVERLAPS;
        set_exact(conn, row + i, table, key);
    }
    if (is_true(conn, row, EXPRESSION))
        return PG_UPSERT_EXPRESSION;
    if (is_true(conn, row, PARTIAL))
        return PG_UPSERT_PARTIAL;
    if (is_true(conn, row, OTHER))
        return PG_UPSERT_OVERLAPS;
    if (!is_true(conn, row, IMMEDIATE))
        return PG_UPSERT_DEFERRABLE;
    return is_true(conn, row, VALID) ? PG_UPSERT_OK : PG_UPSERT_INVALID;
}

/*
 * Find the first usable index, else the first that nearly is; one over an expression, which may be
 * of other columns, is the last. A deferrable index over the columns excludes any other: the server
 * uses both.
 */
static enum pg_upsert_result find(const struct pg_conn *conn, const struct pg_table *table,
    const size_t *columns, size_t count, struct pg_upsert_form *form)
{
    enum pg_upsert_result best = PG_UPSERT_NO_INDEX;
    struct pg_upsert_form found = { .count = count };
    size_t width;
    for (size_t row = 0; row < pg_conn_rows(conn); row += width) {
        const char *text = pg_conn_value(conn, row, COUNT);
        width = text == NULL ? 1 : strtoul(text, NULL, 10);
        width = width == 0 ? 1 : width;
        enum pg_upsert_result result = judge(conn, row, width, table, columns, count, &found);
        bool better = best == PG_UPSERT_NO_INDEX ? result != PG_UPSERT_NO_INDEX
            : best == PG_UPSERT_EXPRESSION       ? result != PG_UPSERT_NO_INDEX
                                                 : best != PG_UPSERT_OK && result == PG_UPSERT_OK;
        if (result != PG_UPSERT_DEFERRABLE && !better)
            continue;
        copy(found.index, sizeof found.index, conn, row, NAME);
        *form = found;
        best = result;
        if (result == PG_UPSERT_DEFERRABLE)
            break;
    }
    return best;
}

static enum pg_upsert_result read_columns(struct pg_conn *conn, const struct pg_table *table,
    size_t newer, struct pg_upsert_form *form)
{
    const struct pg_param params[] = { { .data = table->qualified },
        { .data = newer == SIZE_MAX ? NULL : table->columns[newer].name } };
    if (pg_conn_query(conn, columns_sql, params, 2, false) != 0)
        return PG_UPSERT_FAILED;
    for (size_t i = 0; i < pg_conn_rows(conn) && i < PG_UPSERT_COLUMNS; i++) {
        form->not_null[i] = is_true(conn, i, 0);
        form->has_default[i] = is_true(conn, i, 1);
    }
    form->plain = is_true(conn, 0, 3);
    form->checked = is_true(conn, 0, 4);
    form->temporary = is_true(conn, 0, 5);
    form->has_newer = newer != SIZE_MAX;
    form->newer = newer;
    if (!form->has_newer)
        return PG_UPSERT_OK;
    copy(form->newer_less, sizeof form->newer_less, conn, newer, 2);
    return form->newer_less[0] == '\0' ? PG_UPSERT_NO_ORDER : PG_UPSERT_OK;
}

static enum pg_upsert_result look_at_rules(struct pg_conn *conn, const struct pg_param *table,
    struct pg_upsert_form *form)
{
    if (pg_conn_query(conn, rules_sql, table, 1, false) != 0)
        return PG_UPSERT_FAILED;
    if (pg_conn_rows(conn) == 0)
        return PG_UPSERT_OK;
    copy(form->index, sizeof form->index, conn, 0, 0);
    return PG_UPSERT_RULE;
}

enum pg_upsert_result pg_upsert_form_read(struct pg_conn *conn, const struct pg_table *table,
    const size_t *columns, size_t count, size_t newer, struct pg_upsert_form *form)
{
    const struct pg_param param = { .data = table->qualified };
    *form = (struct pg_upsert_form){ .count = 0 };
    if (pg_conn_query(conn, indexes_sql, &param, 1, false) != 0)
        return PG_UPSERT_FAILED;
    enum pg_upsert_result result = find(conn, table, columns, count, form);
    if (result == PG_UPSERT_OK)
        result = look_at_rules(conn, &param, form);
    return result == PG_UPSERT_OK ? read_columns(conn, table, newer, form) : result;
}

int pg_upsert_form_mark(struct pg_conn *conn, const struct pg_table *table,
    char mark[PG_SHAPE_SIZE])
{
    const struct pg_param param = { .data = table->qualified };
    if (pg_conn_query(conn, mark_sql, &param, 1, false) != 0)
        return -1;
    copy(mark, PG_SHAPE_SIZE, conn, 0, 0);
    return 0;
}

int pg_upsert_form_has_triggers(struct pg_conn *conn, const struct pg_table *table,
    bool *has_triggers)
{
    const struct pg_param param = { .data = table->qualified };
    if (pg_conn_query(conn, triggers_sql, &param, 1, false) != 0)
        return -1;
    *has_triggers = pg_conn_rows(conn) > 0;
    return 0;
}
