#include <string.h>

#include "isolate.h"
#include "pg/copy_binary.h"
#include "pg/probe.h"

enum {
    GATHER_BYTES = 65536,
    SHORT_RUN = 8192, /* shorter runs are gathered, longer ones sent directly */
    SMALL_STEP = 64,
    FALSE_HINTS = 3 /* after these, bisection finds the rest */
};

/* ---- sending ---- */

struct sender {
    struct pg_conn *conn;
    size_t filled;
    char bytes[GATHER_BYTES];
};

static int flush(struct sender *sender)
{
    size_t filled = sender->filled;
    sender->filled = 0;
    return pg_conn_copy_data(sender->conn, sender->bytes, filled);
}

static int send_run(struct sender *sender, const char *text, size_t length)
{
    if (sender->filled + length > sizeof sender->bytes && flush(sender) != 0)
        return -1;
    if (length >= SHORT_RUN)
        return flush(sender) == 0 ? pg_conn_copy_data(sender->conn, text, length) : -1;
    memcpy(sender->bytes + sender->filled, text, length);
    sender->filled += length;
    return 0;
}

/* Send adjacent rows as one run. */
static int send_rows(struct sender *sender, const struct row_batch *batch, const uint32_t *order,
    size_t count)
{
    for (size_t i = 0; i < count;) {
        struct span run = batch->items[order[i++]].row;
        while (i < count && batch->items[order[i]].row.at == run.at + run.length)
            run.length += batch->items[order[i++]].row.length;
        if (send_run(sender, batch->rows.data + run.at, run.length) != 0)
            return -1;
    }
    return flush(sender);
}

/* Send rows in the binary format. A value that it cannot hold raises 22P04, found later in text. */
static int send_binary(struct sender *sender, const struct row_batch *batch,
    const struct group *group, const uint32_t *order, size_t count)
{
    static const char wrong[] = "\177\377";
    memcpy(sender->bytes, pg_copy_binary_header, PG_COPY_BINARY_HEADER);
    sender->filled = PG_COPY_BINARY_HEADER;
    for (size_t i = 0; i < count; i++) {
        struct span row = batch->items[order[i]].row;
        size_t bound = pg_copy_binary_bound(group->name_count, row.length);
        if (sender->filled + bound > sizeof sender->bytes && flush(sender) != 0)
            return -1;
        char *end = bound > sizeof sender->bytes
            ? NULL
            : pg_copy_binary_row(sender->bytes + sender->filled, group->kinds, group->name_count,
                  batch->rows.data + row.at, row.length);
        if (end == NULL)
            return send_run(sender, wrong, 2) == 0 ? flush(sender) : -1;
        sender->filled = (size_t)(end - sender->bytes);
    }
    return send_run(sender, pg_copy_binary_trailer, PG_COPY_BINARY_TRAILER) == 0 ? flush(sender)
                                                                                 : -1;
}

bool isolate_is_binary(const struct loader *loader, const struct row_batch *batch,
    const struct group *group)
{
    return !loader->isolate && loader->renewals < LOADER_RENEWALS &&
        row_batch_is_binary(batch, group);
}

int isolate_send(struct loader *loader, const struct row_batch *batch, const struct group *group,
    const char *prefix, const uint32_t *order, size_t count)
{
    struct sender sender = { .conn = loader->target->conn };
    buf_clear(&loader->sql);
    buf_puts(&loader->sql, prefix);
    bool binary = isolate_is_binary(loader, batch, group);
    buf_puts(&loader->sql, group->sql);
    buf_puts(&loader->sql, binary ? " (FORMAT binary)" : "");
    const char *sql = buf_cstr(&loader->sql);
    if (sql == NULL)
        return pg_conn_no_memory(sender.conn);
    if (pg_conn_copy_begin(sender.conn, sql) != 0)
        return -1;
    int sent = binary ? send_binary(&sender, batch, group, order, count)
                      : send_rows(&sender, batch, order, count);
    if (pg_conn_copy_end(sender.conn, sent == 0, batch->table->name, group->names,
            group->name_count) != 0)
        return -1;
    uint64_t inserted = pg_conn_affected(sender.conn);
    loader->kept_out += inserted < count ? count - inserted : 0;
    return 0;
}

/* ---- finding ---- */

#define NO_ROW SIZE_MAX

/*
 * The search goes forward: everything before ${at} is decided. ${step} rows are tried next.
 */
struct search {
    size_t at;
    size_t step;
    size_t bad_end; /* when past ${at}: some row before it fails */
    size_t named;   /* the row that a hint named, or NO_ROW */
    size_t last_refused;
    unsigned false_hints;
};

static size_t smaller(size_t a, size_t b)
{
    return a < b ? a : b;
}

static void pass(struct search *search, size_t length)
{
    if (length == 1 && search->at == search->named)
        search->false_hints++;
    search->at += length;
    if (search->at == search->named)
        search->step = 1;
    else if (search->at < search->bad_end)
        search->step = search->bad_end - search->at > 1 ? (search->bad_end - search->at) / 2 : 1;
    else
        search->step = length * 4 < SMALL_STEP ? SMALL_STEP : length * 4;
}

/* Continue in a range of more than one row, which failed. */
static void narrow(struct search *search, size_t length, uint64_t line)
{
    if (line == 0 || line > length || search->false_hints >= FALSE_HINTS) {
        search->bad_end = search->at + length;
        search->named = NO_ROW;
        search->step = length / 2;
        return;
    }
    search->bad_end = search->at + (size_t)line;
    search->named = search->bad_end - 1;
    search->step = line > 1 ? (size_t)line - 1 : 1;
}

/* Continue after a row that failed alone; another one has taken its place. */
static void replace(struct search *search)
{
    search->bad_end = search->at;
    search->named = NO_ROW;
    search->step = 1;
}

/* Continue after a row that failed alone. Assume no other failing row for the same distance. */
static void skip(struct search *search)
{
    size_t distance = search->at - search->last_refused;
    search->last_refused = search->at;
    search->at++;
    search->bad_end = search->at;
    search->named = NO_ROW;
    search->step = distance * 2 < SMALL_STEP ? SMALL_STEP : distance * 2;
}

static int note_refused(struct row_batch *batch, struct item *item, const struct pg_error *error)
{
    struct refusal *refusal = row_batch_refuse(batch, item, "load", "refused");
    if (refusal == NULL)
        return -1;
    item->state = STATE_REFUSED;
    memcpy(refusal->sqlstate, error->sqlstate, sizeof refusal->sqlstate);
    memcpy(refusal->column, error->column, sizeof refusal->column);
    memcpy(refusal->constraint, error->constraint, sizeof refusal->constraint);
    memccpy(refusal->text, error->said, '\0', sizeof refusal->text - 1);
    /* Of the checks, only that of partitions has a table and no constraint. */
    refusal->unpartitioned = strcmp(error->sqlstate, "23514") == 0 && !error->raised &&
        error->table[0] != '\0' && error->column[0] == '\0' && error->constraint[0] == '\0';
    refusal->raised = error->raised;
    refusal->about_value = error->raised || error->kind == PG_UNPROVEN /* proven above */ ||
        pg_sqlstate_is_value(error->sqlstate);
    return 0;
}

int isolate_probe(struct loader *loader, const struct row_batch *batch, const struct item *item,
    const char *sqlstate, size_t first, bool *raises)
{
    const struct group *group = &batch->groups[item->group];
    const struct pg_probe probe = { .table = batch->table->qualified,
        .names = group->names,
        .count = group->name_count,
        .row = batch->rows.data + item->row.at,
        .length = item->row.length,
        .first = first };
    return pg_probe_row(loader->target->conn, &probe, sqlstate, raises);
}

/* Refuse a row that failed alone, if allowed. Return 0, or -1 with the connection's error. */
static int refuse_row(struct loader *loader, struct row_batch *batch, struct item *item)
{
    struct pg_conn *conn = loader->target->conn;
    struct pg_error error = *pg_conn_error(conn);
    bool known = pg_error_names_already(&loader->known, &error);
    if ((!known || error.kind == PG_UNPROVEN) &&
        pg_conn_exec(conn, "ROLLBACK TO SAVEPOINT sqs2pg") != 0)
        return -1;
    if (!known && pg_error_names_check(&loader->known, conn, batch->table->qualified, &error) != 0)
        return -1;
    bool raises = true;
    if (error.kind == PG_UNPROVEN &&
        (isolate_probe(loader, batch, item, error.sqlstate, error.hint.column, &raises) != 0 ||
            !raises))
        return -1;
    return note_refused(batch, item, &error) == 0 ? 0 : pg_conn_no_memory(conn);
}

bool isolate_can(enum pg_error_kind kind)
{
    return kind == PG_ISOLATED || kind == PG_UNPROVEN;
}

/* Check what a trigger has deferred. Return 0, or -1 with the connection's error, of a row. */
static int check_deferred(struct loader *loader)
{
    return loader->again_immediate
        ? pg_conn_exec_rows(loader->target->conn, "SET CONSTRAINTS ALL IMMEDIATE")
        : 0;
}

int isolate_search(struct loader *loader, struct row_batch *batch, const struct group *group,
    uint32_t *order, size_t count, isolate_try *try, isolate_next *next)
{
    static const char start[] = "SAVEPOINT sqs2pg;";
    static const char after_pass[] = "RELEASE SAVEPOINT sqs2pg;SAVEPOINT sqs2pg;";
    static const char after_failure[] = "ROLLBACK TO SAVEPOINT sqs2pg;";
    struct pg_conn *conn = loader->target->conn;
    struct search search = { .step = count, .named = NO_ROW };
    const char *prefix = start;
    while (search.at < count) {
        size_t length = smaller(search.step, count - search.at);
        uint64_t kept_out = loader->kept_out;
        if (try(loader, batch, group, prefix, order + search.at, length) == 0 &&
            check_deferred(loader) == 0) {
            for (size_t i = 0; i < length; i++)
                batch->items[order[search.at + i]].state = STATE_PASSED;
            pass(&search, length);
            prefix = after_pass;
            continue;
        }
        loader->kept_out = kept_out;
        const struct pg_error *error = pg_conn_error(conn);
        if (!isolate_can(error->kind))
            return -1;
        prefix = after_failure;
        if (length > 1) {
            narrow(&search, length, error->hint.line);
            continue;
        }
        uint32_t refused = order[search.at];
        if (refuse_row(loader, batch, &batch->items[refused]) != 0)
            return -1;
        uint32_t other = next == NULL ? ROW_BATCH_NONE : next(loader, refused);
        if (other != ROW_BATCH_NONE) {
            order[search.at] = other;
            replace(&search);
        } else {
            skip(&search);
        }
    }
    if (count == 0)
        return 0;
    return pg_conn_exec(conn,
        prefix == after_failure ? "ROLLBACK TO SAVEPOINT sqs2pg;RELEASE SAVEPOINT sqs2pg"
                                : "RELEASE SAVEPOINT sqs2pg");
}

static int send(struct loader *loader, struct row_batch *batch, const struct group *group,
    const char *prefix, const uint32_t *order, size_t count)
{
    return isolate_send(loader, batch, group, prefix, order, count);
}

int isolate_rows(struct loader *loader, struct row_batch *batch, const struct group *group,
    uint32_t *order, size_t count)
{
    return isolate_search(loader, batch, group, order, count, send, NULL);
}
