#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "pg/array.h"
#include "pg/errors.h"

enum {
    COLUMNS = 11,
    ROWS_PER_STATEMENT = 1000,
    BYTES_AT_ONCE = 4 << 20,
    MAX_RECORD = 500 << 20, /* 64 MiB, up to six bytes for each */
    MAX_COMPARED = 16,      /* contents of one message; more get rows of their own */
    MORE_ROOM = 1024        /* by which a short record of the same message may be longer */
};

enum column {
    KEY,
    MESSAGE_ID,
    LEDGER_KEY,
    CONTENT,
    STAGE,
    CODE,
    SQLSTATE,
    COLUMN,
    CONSTRAINT,
    RECORD,
    COUNT
};

static const enum pg_array_type types[COLUMNS] = { [KEY] = PG_ARRAY_UUID,
    [MESSAGE_ID] = PG_ARRAY_TEXT,
    [LEDGER_KEY] = PG_ARRAY_UUID,
    [CONTENT] = PG_ARRAY_UUID,
    [STAGE] = PG_ARRAY_TEXT,
    [CODE] = PG_ARRAY_TEXT,
    [SQLSTATE] = PG_ARRAY_TEXT,
    [COLUMN] = PG_ARRAY_TEXT,
    [CONSTRAINT] = PG_ARRAY_TEXT,
    [RECORD] = PG_ARRAY_TEXT,
    [COUNT] = PG_ARRAY_INT8 };

#define UNNEST(parameter, type) "pg_catalog.unnest(" parameter "::pg_catalog." type "[])"

/* One SQL line in one C line. */
/* clang-format off */

/* An existing row counts what comes again, and takes its reason. */
#define STORE_SQL \
    "INSERT INTO ERRORS AS e (key, message_id, ledger_key, content, stage, code, sqlstate," \
    " column_name, constraint_name, record, count)" \
    " SELECT * FROM ROWS FROM (" UNNEST("$1", "uuid") "," UNNEST("$2", "text") "," \
    UNNEST("$3", "uuid") "," UNNEST("$4", "uuid") "," UNNEST("$5", "text") "," \
    UNNEST("$6", "text") "," UNNEST("$7", "text") "," UNNEST("$8", "text") "," \
    UNNEST("$9", "text") "," UNNEST("$10", "text") "," UNNEST("$11", "int8") ")" \
    " ON CONFLICT (key) DO UPDATE SET" \
                "  count = e.count OPERATOR(pg_catalog.+) excluded.count, last_at = pg_catalog.now()," \
                "  resolved_at = NULL, stage = excluded.stage, code = excluded.code," \
                "  sqlstate = excluded.sqlstate, column_name = excluded.column_name," \
                "  constraint_name = excluded.constraint_name, record = excluded.record"

/* A record of equal content keeps its row; only reason and time are updated. */
static const char store_sql[] = STORE_SQL
    " WHERE e.content OPERATOR(pg_catalog.=) excluded.content RETURNING key";

/* Content of a later delivery, which only another masking key has changed. */
static const char take_sql[] = STORE_SQL
    ", content = excluded.content, ledger_key = excluded.ledger_key";

/* clang-format on */

struct chunk {
    struct pg_array arrays[COLUMNS];
    size_t rows;
};

struct store {
    struct pg_conn *conn;
    const struct pg_side_table *table;
    struct pg_error_row *rows; /* ascending, merged */
    size_t count;
    struct chunk chunk;
    struct buf record;
    const struct pg_errors_source *source;
    size_t picks[ROWS_PER_STATEMENT]; /* rows to compare, ascending, one of each key */
    unsigned char relations[ROWS_PER_STATEMENT];
    size_t picked;
};

/* Run ${sql} with the table's name in place of the word ERRORS. */
static int statement(struct pg_conn *conn, const struct pg_side_table *table, const char *sql,
    const struct pg_param *params, int count)
{
    struct buf text;
    buf_init(&text, 8192);
    const char *at = strstr(sql, "ERRORS");
    buf_append(&text, sql, (size_t)(at - sql));
    buf_puts(&text, table->qualified);
    buf_puts(&text, at + strlen("ERRORS"));
    const char *ready = buf_cstr(&text);
    int status =
        ready == NULL ? pg_conn_no_memory(conn) : pg_conn_query(conn, ready, params, count, true);
    buf_free(&text);
    return status;
}

int pg_errors_escape(struct buf *out, const char *bytes, size_t length)
{
    for (size_t i = 0; i < length; i++) {
        unsigned char byte = (unsigned char)bytes[i];
        if (byte == '\\')
            buf_puts(out, "\\\\");
        else if (byte >= ' ' && byte <= '~')
            buf_putc(out, (char)byte);
        else
            buf_printf(out, "\\%03o", byte);
    }
    return out->failed ? -1 : 0;
}

static int compare_rows(const void *left, const void *right)
{
    const struct pg_error_row *a = left;
    const struct pg_error_row *b = right;
    int order = pg_key_compare(&a->key, &b->key);
    if (order == 0)
        order = pg_key_compare(&a->content, &b->content);
    return order != 0 ? order : (a->item > b->item) - (a->item < b->item);
}

static void add_text(struct pg_array *array, const char *text)
{
    if (text == NULL || *text == '\0')
        pg_array_null(array);
    else
        pg_array_text(array, text, strlen(text));
}

static void start_chunk(struct chunk *chunk)
{
    for (int i = 0; i < COLUMNS; i++)
        pg_array_start(&chunk->arrays[i], types[i]);
    chunk->rows = 0;
}

/* Write the record of a row into store->record. */
static int write_record(struct store *store, const struct pg_error_row *row)
{
    const struct pg_errors_source *source = store->source;
    buf_shrink(&store->record, BYTES_AT_ONCE);
    return source->write(&store->record, source->context, row->item) == 0
        ? 0
        : pg_conn_no_memory(store->conn);
}

static int add_row(struct store *store, const struct pg_error_row *row, const struct pg_key *key)
{
    struct pg_array *arrays = store->chunk.arrays;
    const struct buf *record = &store->record;
    if (write_record(store, row) != 0)
        return -1;
    pg_array_key(&arrays[KEY], key);
    add_text(&arrays[MESSAGE_ID], row->message_id);
    if (row->has_ledger_key)
        pg_array_key(&arrays[LEDGER_KEY], &row->ledger_key);
    else
        pg_array_null(&arrays[LEDGER_KEY]);
    pg_array_key(&arrays[CONTENT], &row->content);
    add_text(&arrays[STAGE], row->stage);
    add_text(&arrays[CODE], row->code);
    add_text(&arrays[SQLSTATE], row->sqlstate);
    add_text(&arrays[COLUMN], row->column);
    add_text(&arrays[CONSTRAINT], row->constraint);
    pg_array_text(&arrays[RECORD], record->data == NULL ? "" : record->data, record->length);
    pg_array_int8(&arrays[COUNT], (int64_t)row->repeats);
    store->chunk.rows++;
    return 0;
}

static int send_chunk(struct store *store, const char *sql)
{
    struct pg_param params[COLUMNS];
    for (int i = 0; i < COLUMNS; i++)
        if (pg_array_param(&store->chunk.arrays[i], &params[i]) != 0)
            return pg_conn_no_memory(store->conn);
    return statement(store->conn, store->table, sql, params, COLUMNS);
}

void pg_errors_second_key(const struct pg_key *message, const struct pg_key *content,
    struct pg_key *key)
{
    char scope[PG_KEY_TEXT_SIZE];
    char text[PG_KEY_TEXT_SIZE];
    pg_key_format(message, scope);
    pg_key_format(content, text);
    pg_key_digest(scope, PG_KEY_TEXT_SIZE - 1, text, PG_KEY_TEXT_SIZE - 1, key);
}

/* Merge repeats of one content of one message into one row. */
static size_t merge(struct pg_error_row *rows, size_t count)
{
    size_t kept = 0;
    qsort(rows, count, sizeof *rows, compare_rows);
    for (size_t i = 0; i < count; i++) {
        if (kept > 0 && pg_key_compare(&rows[kept - 1].key, &rows[i].key) == 0 &&
            pg_key_compare(&rows[kept - 1].content, &rows[i].content) == 0) {
            rows[kept - 1].repeats++;
            continue;
        }
        rows[kept] = rows[i];
        rows[kept++].repeats = 1;
    }
    return kept;
}

static bool is_first_of_key(const struct store *store, size_t i)
{
    return i == 0 || pg_key_compare(&store->rows[i].key, &store->rows[i - 1].key) != 0;
}

/* Note the returned keys as stored: their first rows are done. */
static void note_stored(struct store *store)
{
    size_t count = pg_conn_rows(store->conn);
    for (size_t i = 0; i < count; i++) {
        const char *value = pg_conn_value(store->conn, i, 0);
        size_t low = 0;
        size_t high = store->count;
        while (low < high) {
            size_t middle = low + (high - low) / 2;
            if (memcmp(store->rows[middle].key.bytes, value, PG_KEY_SIZE) < 0)
                low = middle + 1;
            else
                high = middle;
        }
        if (low < store->count)
            store->rows[low].repeats = 0;
    }
}

/*
 * Store the rows, in chunks: in the first pass the first content of each message under the
 * message's key, in the second the others under keys of their own.
 */
static int store_pass(struct store *store, bool second)
{
    size_t i = 0;
    while (i < store->count) {
        start_chunk(&store->chunk);
        for (; i < store->count && store->chunk.rows < ROWS_PER_STATEMENT &&
             store->chunk.arrays[RECORD].bytes.length < BYTES_AT_ONCE;
             i++) {
            const struct pg_error_row *row = &store->rows[i];
            struct pg_key key = row->key;
            if (row->repeats == 0 || (!second && !is_first_of_key(store, i)))
                continue;
            if (second)
                pg_errors_second_key(&row->key, &row->content, &key);
            if (add_row(store, row, &key) != 0)
                return -1;
        }
        if (store->chunk.rows == 0)
            continue;
        if (send_chunk(store, store_sql) != 0)
            return -1;
        if (!second)
            note_stored(store);
    }
    return 0;
}

/* ---- other deliveries of a message that is stored ---- */

/*
 * Pick rows from *${at} on to be compared: the next content of each key that is not stored yet. Set
 * ${room} to the size of the longest stored record that can be the same as one of them. Return 0,
 * or -1.
 */
static int pick(struct store *store, size_t *at, const struct pg_key **last, size_t *room)
{
    store->picked = 0;
    *room = 0;
    for (; *at < store->count && store->picked < ROWS_PER_STATEMENT; ++*at) {
        struct pg_error_row *row = &store->rows[*at];
        bool again = *last != NULL && pg_key_compare(*last, &row->key) == 0;
        if (row->repeats == 0 || !row->received || row->compared || again)
            continue;
        if (write_record(store, row) != 0)
            return -1;
        size_t own = 2 * store->record.length + MORE_ROOM;
        size_t most = own > *room ? own : *room;
        if (store->picked > 0 && (store->picked + 1) * most > BYTES_AT_ONCE)
            return 0;
        *room = most;
        *last = &row->key;
        row->compared = true;
        store->picks[store->picked++] = *at;
    }
    return 0;
}

/* Ask for the stored records of the picked rows' keys, up to ${room} bytes long. */
static int ask(struct store *store, size_t room)
{
    static const char sql[] = "SELECT key, record FROM ERRORS"
                              " WHERE key OPERATOR(pg_catalog.=) ANY ($1::pg_catalog.uuid[])"
                              " AND pg_catalog.octet_length(record)"
                              " OPERATOR(pg_catalog.<=) $2::pg_catalog.int8";
    char limit[24];
    struct pg_array keys;
    struct pg_param params[2] = { { .data = NULL }, { .data = limit } };
    (void)snprintf(limit, sizeof limit, "%zu", room);
    pg_array_init(&keys);
    pg_array_start(&keys, PG_ARRAY_UUID);
    for (size_t i = 0; i < store->picked; i++)
        pg_array_key(&keys, &store->rows[store->picks[i]].key);
    int status = pg_array_param(&keys, &params[0]) == 0
        ? statement(store->conn, store->table, sql, params, 2)
        : pg_conn_no_memory(store->conn);
    pg_array_free(&keys);
    return status;
}

/* Return the place of the picked row with that key. */
static size_t picked_at(const struct store *store, const char *key)
{
    size_t low = 0;
    size_t high = store->picked;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (memcmp(store->rows[store->picks[middle]].key.bytes, key, PG_KEY_SIZE) < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

/* Compare the picked rows with the records that the server returned. */
static int relate(struct store *store)
{
    const struct pg_errors_source *source = store->source;
    size_t count = pg_conn_rows(store->conn);
    memset(store->relations, PG_ERRORS_OTHER, sizeof store->relations);
    for (size_t i = 0; i < count; i++) {
        size_t at = picked_at(store, pg_conn_value(store->conn, i, 0));
        if (at == store->picked)
            continue;
        const struct pg_error_row *row = &store->rows[store->picks[at]];
        const struct pg_errors_text stored = { .text = pg_conn_value(store->conn, i, 1),
            .length = pg_conn_length(store->conn, i, 1) };
        if (write_record(store, row) != 0)
            return -1;
        const struct pg_errors_text made = { .text = store->record.data,
            .length = store->record.length };
        enum pg_errors_relation relation =
            source->relate(source->context, row->item, &made, &stored);
        if (relation == PG_ERRORS_FAILED)
            return pg_conn_no_memory(store->conn);
        store->relations[at] = (unsigned char)relation;
    }
    return 0;
}

/* Update the rows of the picked rows that are later deliveries. Those are then done. */
static int update_later(struct store *store)
{
    start_chunk(&store->chunk);
    for (size_t i = 0; i < store->picked; i++) {
        struct pg_error_row *row = &store->rows[store->picks[i]];
        if (store->relations[i] != PG_ERRORS_LATER)
            continue;
        if (add_row(store, row, &row->key) != 0)
            return -1;
        row->repeats = 0;
    }
    return store->chunk.rows == 0 ? 0 : send_chunk(store, take_sql);
}

/*
 * Find the rows that are later deliveries of a message with a row already, and update that. Their
 * first statement has locked it, also where the contents differ. A message may have several
 * contents: compare one at a time, because each may change the stored one.
 */
static int merge_deliveries(struct store *store)
{
    size_t compared = 1;
    for (int i = 0; i < MAX_COMPARED && compared > 0; i++) {
        const struct pg_key *last = NULL;
        size_t at = 0;
        compared = 0;
        while (at < store->count) {
            size_t room;
            if (pick(store, &at, &last, &room) != 0)
                return -1;
            if (store->picked == 0)
                continue;
            if (ask(store, room) != 0 || relate(store) != 0 || update_later(store) != 0)
                return -1;
            compared += store->picked;
        }
    }
    return 0;
}

int pg_errors_store(struct pg_conn *conn, const struct pg_side_table *table,
    struct pg_error_row *rows, size_t count, const struct pg_errors_source *source)
{
    struct store store = { .conn = conn, .table = table, .rows = rows, .source = source };
    store.count = merge(rows, count);
    buf_init(&store.record, MAX_RECORD);
    for (int i = 0; i < COLUMNS; i++)
        pg_array_init(&store.chunk.arrays[i]);
    int status = store_pass(&store, false);
    if (status == 0)
        status = merge_deliveries(&store);
    if (status == 0)
        status = store_pass(&store, true);
    for (int i = 0; i < COLUMNS; i++)
        pg_array_free(&store.chunk.arrays[i]);
    buf_free(&store.record);
    return status;
}

static int compare_keys(const void *a, const void *b)
{
    return memcmp(a, b, PG_KEY_SIZE);
}

/* Run a statement whose only parameter is the keys. */
static int with_keys(struct pg_conn *conn, const struct pg_side_table *table, const char *sql,
    const struct pg_key *keys, size_t count)
{
    struct pg_array array;
    struct pg_param param;
    pg_array_init(&array);
    pg_array_start(&array, PG_ARRAY_UUID);
    for (size_t i = 0; i < count; i++)
        pg_array_key(&array, &keys[i]);
    int status = pg_array_param(&array, &param) == 0 ? statement(conn, table, sql, &param, 1)
                                                     : pg_conn_no_memory(conn);
    pg_array_free(&array);
    return status;
}

int pg_errors_holds(struct pg_conn *conn, const struct pg_side_table *table,
    const struct pg_key *keys, size_t count, bool *held)
{
    static const char sql[] = "SELECT key FROM ERRORS"
                              " WHERE key OPERATOR(pg_catalog.=) ANY ($1::pg_catalog.uuid[])";
    if (with_keys(conn, table, sql, keys, count) != 0)
        return -1;
    memset(held, 0, count * sizeof *held);
    size_t rows = pg_conn_rows(conn);
    for (size_t row = 0; row < rows; row++) {
        const char *value = pg_conn_value(conn, row, 0);
        const struct pg_key *found = bsearch(value, keys, count, sizeof *keys, compare_keys);
        if (found != NULL)
            held[found - keys] = true;
    }
    return 0;
}

int pg_errors_waits(struct pg_conn *conn, const struct pg_side_table *table, const char *code,
    bool *waits)
{
    const struct pg_param param = { .data = code };
    if (statement(conn, table,
            "SELECT FROM ERRORS WHERE resolved_at IS NULL AND code"
            " OPERATOR(pg_catalog.=) $1::pg_catalog.text LIMIT 1",
            &param, 1) != 0)
        return -1;
    *waits = pg_conn_rows(conn) > 0;
    return 0;
}

int pg_errors_resolve_keys(struct pg_conn *conn, const struct pg_side_table *table,
    const struct pg_key *keys, size_t count)
{
    static const char sql[] = "UPDATE ERRORS SET resolved_at = pg_catalog.now()"
                              " WHERE resolved_at IS NULL AND ledger_key"
                              " OPERATOR(pg_catalog.=) ANY ($1::pg_catalog.uuid[])";
    return with_keys(conn, table, sql, keys, count);
}
