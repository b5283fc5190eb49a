#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/out.h"
#include "json/string.h"
#include "pg/transaction.h"
#include "server_failure.h"
#include "table_status.h"
#include "target_open.h"

enum { RETRY_MS = 5000, TEXT_MOST = 1 << 20, COUNTED_BYTES = 64 << 20 };

struct table_status {
    uint64_t last_ms; /* since 1970; 0: not recently */
    uint64_t committed;
    uint64_t quarantined;
    struct buf codes; /* "code":count,… of unresolved rows */
    uint64_t keys;
    uint64_t bytes;
};

#define NUMBER "::pg_catalog.int8"
/* All operators are written this way, so that they bind alike, from the left. */
#define SINCE(age) \
    " OPERATOR(pg_catalog.>) (pg_catalog.now() OPERATOR(pg_catalog.-) interval '" age "')"
#define MS_OF(time) "(EXTRACT(epoch FROM " time ") OPERATOR(pg_catalog.*) 1000)" NUMBER

/* Run a statement about one table, whose name goes between the two texts. Return 0 or -1. */
static int ask(struct pg_conn *conn, const char *before, const char *table, const char *after)
{
    struct buf sql;
    buf_init(&sql, TARGET_MAX_PROLOGUE);
    buf_puts(&sql, before);
    buf_puts(&sql, table);
    buf_puts(&sql, after);
    int status =
        buf_cstr(&sql) == NULL ? pg_conn_no_memory(conn) : pg_conn_exec(conn, buf_cstr(&sql));
    buf_free(&sql);
    return status;
}

static uint64_t number_at(const struct pg_conn *conn, size_t row, int column)
{
    const char *value = row < pg_conn_rows(conn) ? pg_conn_value(conn, row, column) : NULL;
    return value == NULL || *value == '-' ? 0 : strtoull(value, NULL, 10);
}

/* Set *bytes to the size of the table with its indexes, *rows to the server's estimate of their
 * number. Return 1, 0 when the table does not exist, or -1. */
static int look_up(struct pg_conn *conn, const struct pg_side_table *table, uint64_t *bytes,
    uint64_t *rows)
{
    const struct pg_param name = { .data = table->qualified, .length = SIZE_MAX };
    if (pg_conn_query(conn,
            "SELECT pg_catalog.pg_total_relation_size(oid), reltuples" NUMBER
            " FROM pg_catalog.pg_class WHERE oid OPERATOR(pg_catalog.=)"
            " pg_catalog.to_regclass($1::pg_catalog.text)::pg_catalog.oid",
            &name, 1, false) != 0)
        return -1;
    *bytes = number_at(conn, 0, 0);
    *rows = number_at(conn, 0, 1);
    return pg_conn_rows(conn) > 0;
}

static int read_ledger(const struct target *target, struct table_status *status)
{
    struct pg_conn *conn = target->conn;
    const char *name = target->ledger.qualified;
    int there = look_up(conn, &target->ledger, &status->bytes, &status->keys);
    if (there <= 0)
        return there;
    if (ask(conn, "SELECT " MS_OF("pg_catalog.max(loaded_at)") ", pg_catalog.count(*) FROM ", name,
            " WHERE loaded_at" SINCE("1 hour")) != 0)
        return -1;
    status->last_ms = number_at(conn, 0, 0);
    status->committed = number_at(conn, 0, 1);
    if (status->last_ms == 0) {
        if (ask(conn, "SELECT " MS_OF("pg_catalog.max(loaded_at)") " FROM ", name,
                " WHERE loaded_at" SINCE("15 days")) != 0)
            return -1;
        status->last_ms = number_at(conn, 0, 0);
    }
    if (status->bytes < COUNTED_BYTES) {
        if (ask(conn, "SELECT pg_catalog.count(*) FROM ", name, "") != 0)
            return -1;
        status->keys = number_at(conn, 0, 0);
    }
    return 0;
}

static int read_errors(const struct target *target, struct table_status *status)
{
    struct pg_conn *conn = target->conn;
    uint64_t bytes, rows;
    int there = look_up(conn, &target->errors, &bytes, &rows);
    if (there <= 0)
        return there;
    if (ask(conn,
            "SELECT code, pg_catalog.count(*) FILTER (WHERE resolved_at IS NULL),"
            " pg_catalog.count(*) FILTER (WHERE first_at" SINCE("1 hour") ") FROM ",
            target->errors.qualified, " GROUP BY code ORDER BY code") != 0)
        return -1;
    for (size_t row = 0; row < pg_conn_rows(conn); row++) {
        uint64_t waits = number_at(conn, row, 1);
        status->quarantined += number_at(conn, row, 2);
        if (waits == 0)
            continue;
        if (status->codes.length > 0)
            buf_putc(&status->codes, ',');
        json_string_encode_ascii(&status->codes, pg_conn_value(conn, row, 0),
            pg_conn_length(conn, row, 0));
        buf_printf(&status->codes, ":%" PRIu64, waits);
    }
    return 0;
}

static void put_text(struct buf *out, const char *text)
{
    json_string_encode_ascii(out, text, strlen(text));
}

static void put_status(struct buf *out, const struct target *target, const char *table,
    const struct table_status *status)
{
    char time[CLOCK_RFC3339_SIZE];
    buf_puts(out, "{\"table\":");
    put_text(out, table);
    buf_puts(out, ",\"last_commit\":");
    clock_rfc3339(status->last_ms, time);
    if (status->last_ms == 0)
        buf_puts(out, "null");
    else
        put_text(out, time);
    buf_puts(out, ",\"hour\":{\"committed\":");
    if (target->has_ledger)
        buf_printf(out, "%" PRIu64, status->committed);
    else
        buf_puts(out, "null");
    buf_puts(out, ",\"quarantined\":");
    if (target->has_errors)
        buf_printf(out, "%" PRIu64 "},\"quarantined\":{%s}", status->quarantined,
            status->codes.length == 0 ? "" : status->codes.data);
    else
        buf_puts(out, "null},\"quarantined\":null");
    buf_puts(out, ",\"ledger\":");
    if (target->has_ledger) {
        buf_puts(out, "{\"name\":");
        put_text(out, target->ledger.qualified);
        buf_printf(out, ",\"keys\":%" PRIu64 ",\"bytes\":%" PRIu64 "}", status->keys,
            status->bytes);
    } else {
        buf_puts(out, "null");
    }
    buf_puts(out, "}\n");
}

static int print(const struct buf *text, struct failure *failure)
{
    struct out *out = out_open(STDOUT_FILENO);
    if (out == NULL)
        return failure_no_memory(failure);
    if (out_write(out, text->data, text->length) == 0 && out_close(out) == 0)
        return 0;
    return failure_set(failure, STATUS_IO, "cannot write to standard output: %s",
        out_reason(errno));
}

int table_status_print(const struct load_options *options, struct failure *failure)
{
    struct target target;
    struct table_status found = { .last_ms = 0 };
    struct buf text;
    struct load_options look = *options;
    look.dry_run = look.look_only = true;
    if (look.retry_ms > RETRY_MS)
        look.retry_ms = RETRY_MS;
    buf_init(&text, TEXT_MOST);
    buf_init(&found.codes, TEXT_MOST);
    int status = target_open(&target, &look, NULL, failure);
    if (status == 0) {
        bool read = pg_transaction_begin(target.conn, "") == 0 &&
            (!target.has_ledger || read_ledger(&target, &found) == 0) &&
            (!target.has_errors || read_errors(&target, &found) == 0);
        if (!read)
            status = server_failure_set(failure, pg_conn_error(target.conn),
                "cannot read the tables", true);
        pg_transaction_rollback(target.conn);
    }
    if (status == 0 && buf_cstr(&found.codes) == NULL)
        status = failure_no_memory(failure);
    if (status == 0) {
        put_status(&text, &target, options->table, &found);
        status = text.failed ? failure_no_memory(failure) : print(&text, failure);
    }
    buf_free(&text);
    buf_free(&found.codes);
    target_close(&target);
    return status;
}
