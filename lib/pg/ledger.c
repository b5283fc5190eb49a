#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "pg/array.h"
#include "pg/copy_binary.h"
#include "pg/ledger.h"

enum { ROW_SIZE = 2 + 4 + PG_KEY_SIZE + 4 + PG_CONTENT_SIZE, ROWS_PER_STATEMENT = 2048 };

int pg_ledger_copy_sql(const struct pg_side_table *ledger, bool with_contents, struct buf *sql)
{
    return buf_printf(sql, "COPY %s (key%s) FROM STDIN (FORMAT binary)", ledger->qualified,
        with_contents ? ", content" : "");
}

/* Write a tuple: the number of fields, and each with its length. Return its end. */
static char *put_row(char *to, const struct pg_key *key, const struct pg_content *content)
{
    memcpy(to, content == NULL ? "\0\1\0\0\0\20" : "\0\2\0\0\0\20", 6);
    memcpy(to + 6, key->bytes, PG_KEY_SIZE);
    to += 6 + PG_KEY_SIZE;
    if (content == NULL)
        return to;
    memcpy(to, "\0\0\0\14", 4);
    memcpy(to + 4, content->bytes, PG_CONTENT_SIZE);
    return to + 4 + PG_CONTENT_SIZE;
}

int pg_ledger_copy(struct pg_conn *conn, const struct pg_side_table *ledger,
    const struct pg_key *keys, const struct pg_content *contents, size_t count)
{
    char rows[ROWS_PER_STATEMENT * ROW_SIZE];
    int status = pg_conn_copy_data(conn, pg_copy_binary_header, PG_COPY_BINARY_HEADER);
    for (size_t i = 0; i < count && status == 0;) {
        char *to = rows;
        for (; i < count && to + ROW_SIZE <= rows + sizeof rows; i++)
            to = put_row(to, &keys[i], contents == NULL ? NULL : &contents[i]);
        status = pg_conn_copy_data(conn, rows, (size_t)(to - rows));
    }
    if (status == 0)
        status = pg_conn_copy_data(conn, pg_copy_binary_trailer, PG_COPY_BINARY_TRAILER);
    return pg_conn_copy_end(conn, status == 0, ledger->name, NULL, 0);
}

/* Run a statement with the keys and, unless NULL, the contents as parameters. */
static int with_contents(struct pg_conn *conn, const char *format,
    const struct pg_side_table *ledger, const struct pg_key *keys,
    const struct pg_content *contents, size_t count)
{
    struct pg_array arrays[2];
    struct pg_param params[2];
    struct buf sql;
    pg_array_init(&arrays[0]);
    pg_array_init(&arrays[1]);
    buf_init(&sql, 4096);
    pg_array_start(&arrays[0], PG_ARRAY_UUID);
    pg_array_start(&arrays[1], PG_ARRAY_BYTEA);
    for (size_t i = 0; i < count; i++) {
        pg_array_key(&arrays[0], &keys[i]);
        if (contents != NULL) /* bytea has the same form as text */
            pg_array_text(&arrays[1], (const char *)contents[i].bytes, PG_CONTENT_SIZE);
    }
    const char *at = strstr(format, "LEDGER");
    buf_append(&sql, format, (size_t)(at - format));
    buf_puts(&sql, ledger->qualified);
    buf_puts(&sql, at + strlen("LEDGER"));
    int status;
    if (pg_array_param(&arrays[0], &params[0]) == 0 &&
        pg_array_param(&arrays[1], &params[1]) == 0 && buf_cstr(&sql) != NULL)
        status = pg_conn_query(conn, buf_cstr(&sql), params, contents == NULL ? 1 : 2, true);
    else
        status = pg_conn_no_memory(conn);
    buf_free(&sql);
    pg_array_free(&arrays[0]);
    pg_array_free(&arrays[1]);
    return status;
}

static int with_keys(struct pg_conn *conn, const char *format, const struct pg_side_table *ledger,
    const struct pg_key *keys, size_t count)
{
    return with_contents(conn, format, ledger, keys, NULL, count);
}

static int compare(const void *a, const void *b)
{
    return memcmp(a, b, PG_KEY_SIZE);
}

/* Mark the returned keys, in any order. */
static void mark_returned(const struct pg_conn *conn, const struct pg_key *keys, size_t count,
    bool *marks)
{
    memset(marks, 0, count * sizeof *marks);
    size_t rows = pg_conn_rows(conn);
    for (size_t row = 0; row < rows; row++) {
        const char *value = pg_conn_value(conn, row, 0);
        if (value == NULL || pg_conn_length(conn, row, 0) != PG_KEY_SIZE)
            continue;
        const struct pg_key *found = bsearch(value, keys, count, sizeof *keys, compare);
        if (found != NULL)
            marks[found - keys] = true;
    }
}

int pg_ledger_insert(struct pg_conn *conn, const struct pg_side_table *ledger,
    const struct pg_key *keys, const struct pg_content *contents, size_t count, bool *fresh)
{
    static const char by_key[] =
        "INSERT INTO LEDGER (key) SELECT k FROM pg_catalog.unnest($1::pg_catalog.uuid[]) AS k ORDER BY k"
        " ON CONFLICT (key) DO NOTHING RETURNING key";
    static const char both[] =
        "INSERT INTO LEDGER (key, content) SELECT k, c FROM ROWS FROM"
        " (pg_catalog.unnest($1::pg_catalog.uuid[]), pg_catalog.unnest($2::pg_catalog.bytea[]))"
        " AS t(k, c) ORDER BY k ON CONFLICT (key) DO NOTHING RETURNING key";
    if (with_contents(conn, contents == NULL ? by_key : both, ledger, keys, contents, count) != 0)
        return -1;
    mark_returned(conn, keys, count, fresh);
    return 0;
}

int pg_ledger_contents(struct pg_conn *conn, const struct pg_side_table *ledger,
    const struct pg_key *keys, size_t count, struct pg_content *contents, bool *known)
{
    if (with_keys(conn,
            "SELECT key, content FROM LEDGER"
            " WHERE key OPERATOR(pg_catalog.=) ANY ($1::pg_catalog.uuid[]) AND content IS NOT NULL",
            ledger, keys, count) != 0)
        return -1;
    memset(known, 0, count * sizeof *known);
    size_t rows = pg_conn_rows(conn);
    for (size_t row = 0; row < rows; row++) {
        const char *key = pg_conn_value(conn, row, 0);
        const char *content = pg_conn_value(conn, row, 1);
        if (key == NULL || content == NULL || pg_conn_length(conn, row, 0) != PG_KEY_SIZE ||
            pg_conn_length(conn, row, 1) != PG_CONTENT_SIZE)
            continue;
        const struct pg_key *found = bsearch(key, keys, count, sizeof *keys, compare);
        if (found == NULL)
            continue;
        memcpy(contents[found - keys].bytes, content, PG_CONTENT_SIZE);
        known[found - keys] = true;
    }
    return 0;
}

int pg_ledger_holds(struct pg_conn *conn, const struct pg_side_table *ledger,
    const struct pg_key *keys, size_t count, bool *held)
{
    if (with_keys(conn,
            "SELECT key FROM LEDGER WHERE key OPERATOR(pg_catalog.=) ANY ($1::pg_catalog.uuid[])",
            ledger, keys, count) != 0)
        return -1;
    mark_returned(conn, keys, count, held);
    return 0;
}

int pg_ledger_delete(struct pg_conn *conn, const struct pg_side_table *ledger,
    const struct pg_key *keys, size_t count)
{
    return with_keys(conn,
        "DELETE FROM LEDGER WHERE key OPERATOR(pg_catalog.=) ANY ($1::pg_catalog.uuid[])", ledger,
        keys, count);
}

/* A time as an expression. Operators written as OPERATOR() have equal precedence, from the left. */
#define TIME \
    "('epoch'::pg_catalog.timestamptz OPERATOR(pg_catalog.+) interval '%" PRIu64 " milliseconds')"

static int run(struct pg_conn *conn, struct buf *sql)
{
    int status =
        buf_cstr(sql) == NULL ? pg_conn_no_memory(conn) : pg_conn_exec(conn, buf_cstr(sql));
    buf_free(sql);
    return status;
}

static uint64_t number_in(const struct pg_conn *conn, int column)
{
    const char *value = pg_conn_value(conn, 0, column);
    return value == NULL || *value == '-' ? 0 : strtoull(value, NULL, 10);
}

int pg_ledger_old(struct pg_conn *conn, const struct pg_side_table *ledger, uint64_t age_ms,
    struct pg_ledger_old *old)
{
    static const char ms[] = " OPERATOR(pg_catalog.*) 1000)::pg_catalog.int8";
    struct buf sql;
    buf_init(&sql, 4096);
    buf_printf(&sql, "SET LOCAL statement_timeout = 0; SELECT pg_catalog.count(*),");
    buf_printf(&sql, " (EXTRACT(epoch FROM pg_catalog.min(loaded_at))%s,", ms);
    buf_printf(&sql, " (EXTRACT(epoch FROM pg_catalog.now())%s", ms);
    buf_printf(&sql,
        " FROM %s WHERE loaded_at OPERATOR(pg_catalog.<)"
        " (pg_catalog.now() OPERATOR(pg_catalog.-) interval '%" PRIu64 " milliseconds')",
        ledger->qualified, age_ms);
    if (run(conn, &sql) != 0)
        return -1;
    uint64_t now = number_in(conn, 2);
    old->count = number_in(conn, 0);
    old->first_ms = number_in(conn, 1);
    old->until_ms = now > age_ms ? now - age_ms : 0;
    return 0;
}

int pg_ledger_prune(struct pg_conn *conn, const struct pg_side_table *ledger, uint64_t until_ms)
{
    struct buf sql;
    buf_init(&sql, 4096);
    /* Rows written at the same moment go in one statement, whatever their number. */
    buf_printf(&sql,
        "SET LOCAL statement_timeout = 0; DELETE FROM %s WHERE loaded_at OPERATOR(pg_catalog.<) " TIME,
        ledger->qualified, until_ms);
    return run(conn, &sql);
}
