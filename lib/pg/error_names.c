#include <string.h>

#include "pg/error_names.h"

/* $1 the target, $2 column, $3 constraint, $4 table. A unique index is reported as a constraint. */
static const char look_sql[] =
    "SELECT EXISTS (SELECT FROM pg_catalog.pg_attribute a"
    "  WHERE a.attname OPERATOR(pg_catalog.=) $2::pg_catalog.name"
    "  AND a.attnum OPERATOR(pg_catalog.>) 0 AND NOT a.attisdropped"
    "  AND (a.attrelid OPERATOR(pg_catalog.=) pg_catalog.to_regclass($1)"
    "   OR a.attrelid OPERATOR(pg_catalog.=) ANY (ARRAY(SELECT c.oid FROM pg_catalog.pg_class c"
    "    WHERE c.relname OPERATOR(pg_catalog.=) $4::pg_catalog.name)))),"
    " EXISTS (SELECT FROM pg_catalog.pg_constraint k"
    "  WHERE k.conname OPERATOR(pg_catalog.=) $3::pg_catalog.name)"
    " OR EXISTS (SELECT FROM pg_catalog.pg_class i"
    "  WHERE i.relname OPERATOR(pg_catalog.=) $3::pg_catalog.name"
    "  AND i.relkind OPERATOR(pg_catalog.=) ANY ('{i,I}'::pg_catalog.\"char\"[])),"
    " EXISTS (SELECT FROM pg_catalog.pg_class t"
    "  WHERE t.relname OPERATOR(pg_catalog.=) $4::pg_catalog.name)";

static bool holds(const char (*names)[PG_NAME_SIZE], size_t count, const char *name)
{
    for (size_t i = 0; i < count; i++)
        if (strcmp(names[i], name) == 0)
            return true;
    return false;
}

static void keep(char (*names)[PG_NAME_SIZE], size_t *count, const char *name)
{
    if (*name != '\0' && *count < PG_ERROR_NAMES_MAX &&
        !holds((const char(*)[PG_NAME_SIZE])names, *count, name))
        memcpy(names[(*count)++], name, PG_NAME_SIZE);
}

bool pg_error_names_already(const struct pg_error_names *known, const struct pg_error *error)
{
    return (error->column[0] == '\0' ||
               holds(known->columns, known->column_count, error->column)) &&
        (error->constraint[0] == '\0' ||
            holds(known->constraints, known->constraint_count, error->constraint));
}

void pg_error_names_forget(struct pg_error *error)
{
    memset(error->column, 0, sizeof error->column);
    memset(error->constraint, 0, sizeof error->constraint);
    memset(error->table, 0, sizeof error->table);
}

static bool is_true(const struct pg_conn *conn, int column)
{
    const char *value = pg_conn_value(conn, 0, column);
    return value != NULL && *value == 't';
}

int pg_error_names_check(struct pg_error_names *known, struct pg_conn *conn, const char *target,
    struct pg_error *error)
{
    const struct pg_param params[] = { { .data = target }, { .data = error->column },
        { .data = error->constraint }, { .data = error->table } };
    if (pg_conn_query(conn, look_sql, params, 4, false) != 0) {
        pg_error_names_forget(error);
        return -1;
    }
    if (!is_true(conn, 0))
        memset(error->column, 0, sizeof error->column);
    if (!is_true(conn, 1))
        memset(error->constraint, 0, sizeof error->constraint);
    if (!is_true(conn, 2))
        memset(error->table, 0, sizeof error->table);
    keep(known->columns, &known->column_count, error->column);
    keep(known->constraints, &known->constraint_count, error->constraint);
    return 0;
}
