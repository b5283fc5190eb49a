#include <stdlib.h>
#include <string.h>

#include "base/similar.h"
#include "pg/table.h"
#include "pg/transaction.h"

/* One SQL line in one C line. */
/* clang-format off */

/*
 * relkind: r table, p partitioned, f foreign, v view. COPY takes a view only with an INSTEAD OF
 * INSERT trigger for each row: bits 64, 4 and 1 of tgtype (catalog/pg_trigger.h).
 */
static const char table_sql[] =
    "SELECT c.oid, n.nspname, c.relname, pg_catalog.quote_ident(n.nspname),"
    " pg_catalog.format('%I.%I', n.nspname, c.relname),"
    " c.relkind OPERATOR(pg_catalog.=) ANY ('{r,p,f,v}'::pg_catalog.\"char\"[]),"
    " " PG_SHAPE_SQL("c.oid") ","
    " pg_catalog.has_table_privilege(c.oid, 'SELECT'),"
    " c.relkind OPERATOR(pg_catalog.=) 'v' AND NOT EXISTS (SELECT FROM pg_catalog.pg_trigger t"
    "  WHERE t.tgrelid OPERATOR(pg_catalog.=) c.oid"
    "  AND (t.tgtype OPERATOR(pg_catalog.&) 69) OPERATOR(pg_catalog.=) 69),"
    " n.nspname OPERATOR(pg_catalog.=) pg_catalog.current_schema(),"
    " pg_catalog.row_security_active(c.oid),"
    " c.relkind OPERATOR(pg_catalog.=) ANY ('{r,p}'::pg_catalog.\"char\"[])"
    " FROM pg_catalog.pg_class c"
    " JOIN pg_catalog.pg_namespace n ON n.oid OPERATOR(pg_catalog.=) c.relnamespace"
    " WHERE c.oid OPERATOR(pg_catalog.=) pg_catalog.to_regclass($1)";

/*
 * A domain may be over another: the innermost type decides. Array types are those that array_in()
 * reads (int2vector and similar types have elements too, but other literals). 114 and 3802 are json
 * and jsonb.
 */
#define INNERMOST(type, mod)                                                                     \
    "(WITH RECURSIVE base AS (SELECT t.*, " mod " AS mod FROM pg_catalog.pg_type t"              \
    "  WHERE t.oid OPERATOR(pg_catalog.=) " type                                                 \
    "  UNION ALL SELECT t.*, b.typtypmod FROM pg_catalog.pg_type t JOIN base b"                  \
    "   ON b.typtype OPERATOR(pg_catalog.=) 'd' AND t.oid OPERATOR(pg_catalog.=) b.typbasetype)" \
    " SELECT oid, typinput, typelem, typname, typnamespace, mod,"                                \
    "  oid OPERATOR(pg_catalog.=) 114 OR oid OPERATOR(pg_catalog.=) 3802 AS json"                \
    " FROM base WHERE typtype OPERATOR(pg_catalog.<>) 'd')"

static const char columns_sql[] =
    "SELECT a.attname, pg_catalog.quote_ident(a.attname),"
    " pg_catalog.format_type(a.atttypid, a.atttypmod), i.json,"
    " a.attgenerated OPERATOR(pg_catalog.=) '' AND a.attidentity OPERATOR(pg_catalog.<>) 'a',"
    " i.typinput OPERATOR(pg_catalog.=) 'pg_catalog.array_in'::pg_catalog.regproc, e.json,"
    " (SELECT d.typdelim FROM pg_catalog.pg_type d WHERE d.oid OPERATOR(pg_catalog.=) i.typelem),"
    " i.oid OPERATOR(pg_catalog.=) 1184 OR e.oid OPERATOR(pg_catalog.=) 1184," /* timestamptz */
    " a.atttypid, i.oid OPERATOR(pg_catalog.<>) a.atttypid,"
    /* without a length or precision by its full name; else as SQL spells it, or its schema */
    " CASE WHEN i.mod OPERATOR(pg_catalog.<) 0 THEN pg_catalog.format('%I.%I', n.nspname, i.typname)"
    "  ELSE pg_catalog.format_type(i.oid, i.mod) END,"
    " (SELECT pg_catalog.format(' COLLATE %I.%I', m.nspname, c.collname) FROM pg_catalog.pg_collation c"
    "  JOIN pg_catalog.pg_namespace m ON m.oid OPERATOR(pg_catalog.=) c.collnamespace"
    "  WHERE c.oid OPERATOR(pg_catalog.=) a.attcollation"
    "  AND c.oid OPERATOR(pg_catalog.<>) 100)" /* the default one */
    " FROM pg_catalog.pg_attribute a"
    " CROSS JOIN LATERAL " INNERMOST("a.atttypid", "a.atttypmod") " i"
    " JOIN pg_catalog.pg_namespace n ON n.oid OPERATOR(pg_catalog.=) i.typnamespace"
    " LEFT JOIN LATERAL " INNERMOST("i.typelem", "-1") " e ON true"
    " WHERE a.attrelid OPERATOR(pg_catalog.=) $1::pg_catalog.oid"
    " AND a.attnum OPERATOR(pg_catalog.>) 0 AND NOT a.attisdropped ORDER BY a.attnum";

/*
 * Foreign keys within the table, its partitions and what it is a partition of; triggers of their
 * users; tables of other servers, of which nothing is known.
 */
static const char own_parent_sql[] =
    "WITH tree AS (SELECT $1::pg_catalog.regclass::pg_catalog.oid AS oid"
    "  UNION SELECT p.relid::pg_catalog.oid"
    "  FROM pg_catalog.pg_partition_tree($1::pg_catalog.regclass) p),"
    " family AS (SELECT oid FROM tree UNION SELECT a.relid::pg_catalog.oid"
    "  FROM pg_catalog.pg_partition_ancestors($1::pg_catalog.regclass) a (relid))"
    " SELECT FROM pg_catalog.pg_constraint c"
    "  JOIN tree a ON a.oid OPERATOR(pg_catalog.=) c.conrelid"
    "  JOIN family b ON b.oid OPERATOR(pg_catalog.=) c.confrelid"
    " WHERE c.contype OPERATOR(pg_catalog.=) 'f'"
    " UNION ALL SELECT FROM pg_catalog.pg_trigger g"
    "  JOIN family t ON t.oid OPERATOR(pg_catalog.=) g.tgrelid WHERE NOT g.tgisinternal"
    " UNION ALL SELECT FROM pg_catalog.pg_class k JOIN tree t ON t.oid OPERATOR(pg_catalog.=) k.oid"
    "  WHERE k.relkind OPERATOR(pg_catalog.=) 'f' LIMIT 1";

/* clang-format on */

static bool is_true(const struct pg_conn *conn, size_t row, int column)
{
    const char *value = pg_conn_value(conn, row, column);
    return value != NULL && *value == 't';
}

static char *copy_value(const struct pg_conn *conn, size_t row, int column)
{
    const char *value = pg_conn_value(conn, row, column);
    return value == NULL ? NULL : strdup(value);
}

static int read_columns(struct pg_conn *conn, struct pg_table *table)
{
    size_t count = pg_conn_rows(conn);
    table->columns = calloc(count == 0 ? 1 : count, sizeof *table->columns);
    if (table->columns == NULL)
        return -1;
    table->count = count;
    for (size_t i = 0; i < count; i++) {
        struct pg_column *column = &table->columns[i];
        column->name = copy_value(conn, i, 0);
        column->quoted = copy_value(conn, i, 1);
        column->type = copy_value(conn, i, 2);
        column->json = is_true(conn, i, 3);
        column->loadable = is_true(conn, i, 4);
        column->array = is_true(conn, i, 5);
        column->json_elements = is_true(conn, i, 6);
        const char *delimiter = pg_conn_value(conn, i, 7);
        column->delimiter = delimiter == NULL ? ',' : *delimiter;
        table->zoned = table->zoned || is_true(conn, i, 8);
        const char *oid = pg_conn_value(conn, i, 9);
        column->binary = oid == NULL ? PG_COPY_BINARY_NONE : pg_copy_binary_kind(oid);
        column->domain = is_true(conn, i, 10);
        column->input = copy_value(conn, i, 11);
        const char *collate = pg_conn_value(conn, i, 12);
        column->collate = strdup(collate == NULL ? "" : collate);
        table->typed = table->typed || column->domain || column->json;
        if (column->name == NULL || column->quoted == NULL || column->type == NULL ||
            column->input == NULL || column->collate == NULL)
            return -1;
        column->date = strcmp(column->type, "date") ==
            0; /* a type of another schema is shown with the schema */
    }
    return 0;
}

/* Each statement sees the current catalogue: the table may have been dropped between two. */
static enum pg_table_result look_again(struct pg_conn *conn, const char *oid)
{
    static const char sql[] = "SELECT FROM pg_catalog.pg_class c"
                              " WHERE c.oid OPERATOR(pg_catalog.=) $1::pg_catalog.oid";
    const struct pg_param param = { .data = oid };
    if (pg_conn_query(conn, sql, &param, 1, false) != 0)
        return PG_TABLE_FAILED;
    return pg_conn_rows(conn) == 0 ? PG_TABLE_MISSING : PG_TABLE_OK;
}

static enum pg_table_result find(struct pg_conn *conn, const char *name, struct pg_table *table)
{
    struct pg_param param = { .data = name };
    if (pg_conn_query(conn, table_sql, &param, 1, false) != 0)
        return PG_TABLE_FAILED;
    if (pg_conn_rows(conn) == 0)
        return PG_TABLE_MISSING;
    if (!is_true(conn, 0, 5))
        return PG_TABLE_KIND;
    if (is_true(conn, 0, 8))
        return PG_TABLE_VIEW;
    char *oid = copy_value(conn, 0, 0);
    table->schema = copy_value(conn, 0, 1);
    table->name = copy_value(conn, 0, 2);
    table->quoted_schema = copy_value(conn, 0, 3);
    table->qualified = copy_value(conn, 0, 4);
    const char *shape = pg_conn_value(conn, 0, 6); /* read first: never newer than the columns */
    if (shape != NULL)
        memccpy(table->shape, shape, '\0', sizeof table->shape - 1);
    table->readable = is_true(conn, 0, 7);
    table->current = is_true(conn, 0, 9);
    table->secured = is_true(conn, 0, 10);
    table->indexable = is_true(conn, 0, 11);
    enum pg_table_result result = PG_TABLE_FAILED;
    param.data = oid;
    if (oid != NULL && table->schema != NULL && table->name != NULL &&
        table->quoted_schema != NULL && table->qualified != NULL &&
        pg_conn_query(conn, columns_sql, &param, 1, false) == 0) {
        if (read_columns(conn, table) != 0)
            (void)pg_conn_no_memory(conn);
        else
            result = table->count > 0 ? PG_TABLE_OK : look_again(conn, oid);
    }
    free(oid);
    return result;
}

enum pg_table_result pg_table_find(struct pg_conn *conn, const char *name, struct pg_table *table)
{
    *table = (struct pg_table){ .schema = NULL };
    if (pg_transaction_begin(conn, "") != 0)
        return PG_TABLE_FAILED;
    enum pg_table_result result = find(conn, name, table);
    pg_transaction_rollback(conn); /* it only read */
    if (result != PG_TABLE_OK)
        pg_table_free(table);
    return result;
}

const char *pg_table_similar(const struct pg_table *table, const char *name)
{
    struct similar similar;
    similar_init(&similar, name, strlen(name));
    for (size_t i = 0; i < table->count; i++)
        similar_offer(&similar, table->columns[i].name);
    return similar.best;
}

void pg_table_free(struct pg_table *table)
{
    for (size_t i = 0; i < table->count; i++) {
        free(table->columns[i].name);
        free(table->columns[i].quoted);
        free(table->columns[i].type);
        free(table->columns[i].input);
        free(table->columns[i].collate);
    }
    free(table->columns);
    free(table->schema);
    free(table->name);
    free(table->quoted_schema);
    free(table->qualified);
    *table = (struct pg_table){ .schema = NULL };
}

int pg_table_is_own_parent(struct pg_conn *conn, const struct pg_table *table, bool *own)
{
    const struct pg_param param = { .data = table->qualified };
    if (pg_conn_query(conn, own_parent_sql, &param, 1, false) != 0)
        return -1;
    *own = pg_conn_rows(conn) > 0;
    return 0;
}
