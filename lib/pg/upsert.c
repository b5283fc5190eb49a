#include <stdint.h>
#include <string.h>

#include "pg/conn_transaction.h"
#include "pg/upsert.h"

#define ROW "sqs2pg_row"
#define GROUP "sqs2pg_group"
#define FRESH "sqs2pg_fresh"
#define EQ " OPERATOR(pg_catalog.=) "

/*
 * In the statements, t is the table, r are the rows, i the inserted rows, and e the existing ones.
 */

static bool is_key(const struct pg_upsert_form *form, size_t column)
{
    for (size_t i = 0; i < form->count; i++)
        if (form->keys[i].column == column)
            return true;
    return false;
}

/* Return true when rows without a value for the column get NULL, and such rows exist. */
static bool is_lacking(const struct pg_upsert_form *form, const struct pg_table *table,
    const struct pg_upsert_columns *columns, size_t column)
{
    return table->columns[column].loadable && !columns->every[column] && !form->has_default[column];
}

bool pg_upsert_joins(const struct pg_upsert_form *form, const struct pg_table *table,
    const struct pg_upsert_columns *columns)
{
    for (size_t i = 0; i < table->count; i++)
        if (columns->some[i] && !columns->every[i] && form->has_default[i])
            return false;
    return true;
}

/*
 * The server checks a row as if it were inserted, before it finds the existing one. So missing
 * required values are taken from the existing row.
 */
static bool needs_existing(const struct pg_upsert_form *form, const struct pg_table *table,
    const struct pg_upsert_columns *columns)
{
    for (size_t i = 0; i < table->count; i++)
        if (is_lacking(form, table, columns, i) && (form->not_null[i] || form->checked))
            return true;
    return false;
}

/* ---- parts of statements ---- */

static void put_literal(struct buf *sql, const struct buf *text)
{
    const char *at = text->data;
    const char *end = text->data + text->length;
    buf_putc(sql, '\'');
    while (at < end) {
        const char *quote = memchr(at, '\'', (size_t)(end - at));
        const char *until = quote == NULL ? end : quote + 1;
        buf_append(sql, at, (size_t)(until - at));
        if (quote != NULL)
            buf_putc(sql, '\'');
        at = until;
    }
    buf_putc(sql, '\'');
}

enum how { NAMED, DECLARED, CAST };

/* Write all columns: their names, with types as the server is to read them, or with casts. */
static void put_names(struct buf *sql, const struct pg_table *table, enum how how)
{
    for (size_t i = 0; i < table->count; i++) {
        const struct pg_column *column = &table->columns[i];
        const char *comma = i == 0 ? "" : ",";
        if (how == DECLARED && column->json)
            buf_printf(sql, "%s%s pg_catalog.text", comma, column->quoted);
        else if (how == DECLARED)
            buf_printf(sql, "%s%s %s%s", comma, column->quoted, column->input, column->collate);
        else if (how == CAST && column->json)
            buf_printf(sql, "r.%s::%s AS %s,", column->quoted, column->input, column->quoted);
        else
            buf_printf(sql, "%s%s,", how == CAST ? "r." : "", column->quoted);
    }
}

/*
 * Rows of JSON become rows of the table, or, if it is typed, rows of declared columns. There a
 * domain is its innermost type: its constraints hold for the columns that a row gives, when they
 * are assigned, not for the others. JSON is a text, because the server's function refuses \u0000 in
 * it.
 */
static void put_rows(struct buf *sql, const struct pg_table *table, const struct buf *json)
{
    if (json == NULL) {
        buf_puts(sql, "pg_temp." PG_UPSERT_TABLE " AS r");
        return;
    }
    if (table->typed) {
        buf_puts(sql, "(SELECT ");
        put_names(sql, table, CAST);
        buf_puts(sql, "r." ROW " FROM ROWS FROM (pg_catalog.json_to_recordset(");
    } else {
        buf_printf(sql, "ROWS FROM (pg_catalog.json_populate_recordset(NULL::%s, ",
            table->qualified);
    }
    put_literal(sql, json);
    buf_puts(sql, "::pg_catalog.json)");
    if (table->typed) {
        buf_puts(sql, " AS (");
        put_names(sql, table, DECLARED);
        buf_puts(sql, ")");
    }
    buf_puts(sql, ") WITH ORDINALITY AS r(");
    put_names(sql, table, NAMED);
    buf_puts(sql, table->typed ? ROW ")) AS r" : ROW ")");
}

/* Write the key order: by bytes where equal keys have equal bytes, which is fastest. */
static void put_order(struct buf *sql, const struct pg_upsert_form *form,
    const struct pg_table *table)
{
    for (size_t i = 0; i < form->count; i++) {
        const struct pg_upsert_key *key = &form->keys[i];
        bool bytes = key->exact == PG_UPSERT_EXACT_TEXT;
        buf_printf(sql, "%sr.%s%s USING %s", i == 0 ? "" : ", ", table->columns[key->column].quoted,
            bytes ? " COLLATE pg_catalog.\"C\"" : key->collate,
            bytes ? "OPERATOR(pg_catalog.<)" : key->less);
    }
}

/* Write the condition that a row of ${alias} has the key of r. */
static void put_match(struct buf *sql, const struct pg_upsert_form *form,
    const struct pg_table *table, const char *alias)
{
    for (size_t i = 0; i < form->count; i++) {
        const struct pg_upsert_key *key = &form->keys[i];
        const char *name = table->columns[key->column].quoted;
        buf_printf(sql, "%s%s.%s %s r.%s%s", i == 0 ? "" : " AND ", alias, name, key->equal, name,
            key->collate);
    }
}

static void put_conflict(struct buf *sql, const struct pg_upsert_form *form,
    const struct pg_table *table)
{
    buf_puts(sql, " ON CONFLICT (");
    for (size_t i = 0; i < form->count; i++)
        buf_printf(sql, "%s%s", i == 0 ? "" : ",", table->columns[form->keys[i].column].quoted);
    buf_puts(sql, ") DO UPDATE SET ");
}

/* Write the condition that the value of ${from} is newer than that of t. */
static void put_newer(struct buf *sql, const struct pg_upsert_form *form,
    const struct pg_table *table, const char *from)
{
    const char *name = table->columns[form->newer].quoted;
    buf_printf(sql, "(t.%s IS NULL OR t.%s %s %s.%s)", name, name, form->newer_less, from, name);
}

/* Write "a = r.a, …" for all columns but the keys. Return their number. */
static size_t put_settings(struct buf *sql, const struct pg_upsert_form *form,
    const struct pg_table *table, const bool *every, const char *from)
{
    size_t count = 0;
    for (size_t i = 0; i < table->count; i++)
        if (every[i] && !is_key(form, i))
            buf_printf(sql, "%s%s = %s.%s", count++ == 0 ? "" : ", ", table->columns[i].quoted,
                from, table->columns[i].quoted);
    return count;
}

static const char *only(const struct pg_upsert_form *form)
{
    return form->plain ? "ONLY " : "";
}

static int finish(struct buf *sql)
{
    return buf_cstr(sql) == NULL ? -1 : 0;
}

/* ---- statements ---- */

int pg_upsert_create_sql(const struct pg_table *table, const bool *some, struct buf *sql)
{
    buf_clear(sql);
    buf_puts(sql,
        "CREATE TEMPORARY TABLE " PG_UPSERT_TABLE " ON COMMIT DROP AS SELECT 0 AS " ROW
        ", 0 AS " GROUP);
    for (size_t i = 0; i < table->count; i++)
        if (some[i] && table->columns[i].domain)
            buf_printf(sql, ", t.%s::%s AS %s", table->columns[i].quoted, table->columns[i].input,
                table->columns[i].quoted);
        else if (some[i])
            buf_printf(sql, ", t.%s", table->columns[i].quoted);
    buf_printf(sql, " FROM %s AS t WITH NO DATA", table->qualified);
    return finish(sql);
}

int pg_upsert_order_sql(const struct pg_upsert_form *form, const struct pg_table *table,
    const struct buf *json, struct buf *sql)
{
    buf_clear(sql);
    buf_puts(sql, "SELECT r." ROW ", pg_catalog.rank() OVER (ORDER BY ");
    put_order(sql, form, table);
    buf_puts(sql, ") FROM ");
    put_rows(sql, table, json);
    buf_puts(sql, " ORDER BY 2");
    if (form->has_newer)
        buf_printf(sql, ", r.%s DESC", table->columns[form->newer].quoted);
    buf_puts(sql, ", 1");
    return finish(sql);
}

/* Write the columns of the inserted rows, by name or with their values. */
static void put_columns(struct buf *sql, const struct pg_upsert_form *form,
    const struct pg_table *table, const struct pg_upsert_columns *columns, bool filled)
{
    bool existing = needs_existing(form, table, columns);
    bool first = true;
    for (size_t i = 0; i < table->count; i++) {
        const char *name = table->columns[i].quoted;
        bool added = existing && is_lacking(form, table, columns, i);
        if (!columns->some[i] && !added)
            continue;
        buf_puts(sql, first ? "" : ",");
        first = false;
        if (!filled)
            buf_puts(sql, name);
        else if (!added)
            buf_printf(sql, "r.%s", name);
        else if (columns->some[i])
            buf_printf(sql, "COALESCE(r.%s, e.%s)", name, name);
        else
            buf_printf(sql, "e.%s", name);
    }
}

/* Look up at most one row for each key, whatever the planner would prefer. */
static void put_existing(struct buf *sql, const struct pg_upsert_form *form,
    const struct pg_table *table, const struct pg_upsert_columns *columns)
{
    const char *comma = "";
    buf_puts(sql, " LEFT JOIN LATERAL (SELECT ");
    for (size_t i = 0; i < table->count; i++) {
        if (!is_lacking(form, table, columns, i))
            continue;
        buf_printf(sql, "%se.%s", comma, table->columns[i].quoted);
        comma = ",";
    }
    buf_printf(sql, " FROM %s%s AS e WHERE ", only(form), table->qualified);
    put_match(sql, form, table, "e");
    buf_puts(sql, " LIMIT 1) AS e ON true");
}

/*
 * Return a column that is set to itself to lock the row: preferably not a key, whose lock is
 * stronger.
 */
static const char *locking_column(const struct pg_upsert_form *form, const struct pg_table *table,
    const struct pg_upsert_columns *columns)
{
    for (size_t i = 0; i < table->count; i++)
        if (columns->some[i] && !is_key(form, i))
            return table->columns[i].quoted;
    return table->columns[form->keys[0].column].quoted;
}

/* "INSERT … ON CONFLICT (…) DO UPDATE SET " */
static void put_insert(struct buf *sql, const struct pg_upsert_form *form,
    const struct pg_table *table, const struct pg_upsert_columns *columns, const struct buf *json)
{
    buf_printf(sql, "INSERT INTO %s AS t (", table->qualified);
    put_columns(sql, form, table, columns, false);
    buf_puts(sql, ") SELECT ");
    put_columns(sql, form, table, columns, true);
    buf_puts(sql, " FROM ");
    put_rows(sql, table, json);
    if (needs_existing(form, table, columns))
        put_existing(sql, form, table, columns);
    buf_puts(sql, " ORDER BY ");
    if (json == NULL)
        put_order(sql, form, table);
    else
        buf_puts(sql, "r." ROW);
    put_conflict(sql, form, table);
}

static void put_returned(struct buf *sql, const struct pg_upsert_form *form,
    const struct pg_table *table)
{
    buf_puts(sql, " RETURNING ");
    for (size_t i = 0; i < form->count; i++)
        buf_printf(sql, "%st.%s", i == 0 ? "" : ",", table->columns[form->keys[i].column].quoted);
}

int pg_upsert_insert_sql(const struct pg_upsert_form *form, const struct pg_table *table,
    const struct pg_upsert_columns *columns, const struct buf *json, struct buf *sql)
{
    const char *lock = locking_column(form, table, columns);
    buf_clear(sql);
    buf_puts(sql, "WITH i AS (");
    put_insert(sql, form, table, columns, json);
    buf_printf(sql, "%s = t.%s WHERE false", lock, lock);
    put_returned(sql, form, table);
    if (json == NULL) {
        buf_puts(sql, ") DELETE FROM pg_temp." PG_UPSERT_TABLE " AS r USING i WHERE ");
        put_match(sql, form, table, "i");
        buf_puts(sql, " RETURNING r." ROW);
    } else {
        buf_puts(sql, ") SELECT r." ROW " FROM i, ");
        put_rows(sql, table, json);
        buf_puts(sql, " WHERE ");
        put_match(sql, form, table, "i");
    }
    return finish(sql);
}

int pg_upsert_both_sql(const struct pg_upsert_form *form, const struct pg_table *table,
    const struct pg_upsert_columns *columns, const struct buf *json, bool keys, struct buf *sql,
    bool *any)
{
    *any = form->plain && !needs_existing(form, table, columns) &&
        memcmp(columns->some, columns->every, sizeof columns->some) == 0;
    buf_clear(sql);
    if (!*any)
        return 0;
    buf_puts(sql, keys ? "" : "WITH i AS (");
    put_insert(sql, form, table, columns, json);
    *any = put_settings(sql, form, table, columns->every, "excluded") > 0;
    if (form->has_newer) {
        buf_puts(sql, " WHERE ");
        put_newer(sql, form, table, "excluded");
    }
    put_returned(sql, form, table);
    buf_puts(sql, ", t.xmax" EQ "'0'::pg_catalog.xid AS " FRESH);
    if (keys)
        return finish(sql);
    buf_puts(sql, ") SELECT r." ROW ", i." FRESH " FROM i, ");
    put_rows(sql, table, json);
    buf_puts(sql, " WHERE ");
    put_match(sql, form, table, "i");
    return finish(sql);
}

int pg_upsert_update_sql(const struct pg_upsert_form *form, const struct pg_table *table,
    const bool *every, size_t group, const struct buf *json, struct buf *sql, bool *any)
{
    buf_clear(sql);
    /*
     * The rows have just been looked up and locked, so their pages are in memory. Another look-up
     * is cheaper than reading the whole table, which the planner might prefer.
     */
    buf_puts(sql, "SET LOCAL enable_hashjoin = off; SET LOCAL enable_mergejoin = off;");
    buf_printf(sql, "UPDATE %s%s AS t SET ", only(form), table->qualified);
    *any = put_settings(sql, form, table, every, "r") > 0;
    buf_puts(sql, " FROM ");
    put_rows(sql, table, json);
    buf_puts(sql, " WHERE ");
    put_match(sql, form, table, "t");
    if (json == NULL)
        buf_printf(sql, " AND r." GROUP EQ "%zu", group);
    if (form->has_newer) {
        buf_puts(sql, " AND ");
        put_newer(sql, form, table, "r");
    }
    buf_puts(sql, " RETURNING r." ROW);
    return finish(sql);
}

int pg_upsert_missing_sql(const struct pg_upsert_form *form, const struct pg_table *table,
    const struct buf *json, struct buf *sql)
{
    buf_clear(sql);
    buf_puts(sql, "SELECT r." ROW " FROM ");
    put_rows(sql, table, json);
    buf_printf(sql, " WHERE NOT EXISTS (SELECT FROM %s%s AS t WHERE ", only(form),
        table->qualified);
    put_match(sql, form, table, "t");
    buf_puts(sql, ")");
    return finish(sql);
}

const char pg_upsert_reset_sql[] =
    "SET LOCAL enable_hashjoin TO DEFAULT; SET LOCAL enable_mergejoin TO DEFAULT";

int pg_upsert_missed(struct pg_conn *conn)
{
    const struct pg_error error = { .kind = PG_ISOLATED,
        .sqlstate = "27000", /* triggered_data_change_violation */
        .text = "a trigger keeps the row out, or changes its key",
        .said = "a trigger keeps the row out, or changes its key",
        .hint = { 0, SIZE_MAX } };
    pg_conn_set_error(conn, &error);
    return -1;
}

int pg_upsert_confused(struct pg_conn *conn)
{
    return pg_conn_fail(conn, "the server numbers rows that it was not given");
}
