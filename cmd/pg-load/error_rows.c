#include <stdlib.h>
#include <string.h>

#include "error_key.h"
#include "error_rows.h"
#include "json/string.h"
#include "pg/errors.h"
#include "redelivery.h"
#include "stored_record.h"

enum { MAX_IDS = 1 << 30, LONGEST_ID = 1000 };

/* ---- storing ---- */

static bool is_quarantined(const struct item *item)
{
    return item->verdict == VERDICT_QUARANTINED || item->verdict == VERDICT_WOULD_QUARANTINE;
}

/* Write a message id as ASCII text, as the error table has it. Return 0 or -1. */
static int write_id(struct buf *out, const struct row_batch *batch, const struct item *item)
{
    struct buf decoded;
    if (item->id.length == 0)
        return 0;
    buf_init(&decoded, MAX_IDS);
    int status = json_string_decode(&decoded, batch->lines.data + item->id.at, item->id.length);
    if (status == 0)
        status = pg_errors_escape(out, decoded.data == NULL ? "" : decoded.data, decoded.length);
    buf_free(&decoded);
    return status;
}

struct writing {
    const struct row_batch *batch;
    struct stored_record stored;
    struct redelivery redelivery;
};

static int write_record(struct buf *out, void *context, size_t item_index)
{
    struct writing *writing = context;
    const struct row_batch *batch = writing->batch;
    const struct item *item = &batch->items[item_index];
    const char *line = item->line.length == 0 ? "" : batch->lines.data + item->line.at;
    return stored_record_write(&writing->stored, out, line, item->line.length, item->is_json);
}

static enum pg_errors_relation relate(void *context, size_t item_index,
    const struct pg_errors_text *made, const struct pg_errors_text *stored)
{
    struct writing *writing = context;
    const struct row_batch *batch = writing->batch;
    const struct item *item = &batch->items[item_index];
    const struct pg_errors_text line = { .text = batch->lines.data + item->line.at,
        .length = item->line.length };
    return redelivery_relate(&writing->redelivery, &line, made, stored);
}

static int fill_row(const struct row_batch *batch, size_t index, struct pg_error_row *row)
{
    const struct item *item = &batch->items[index];
    const struct refusal *refusal = &batch->refusals[item->refusal];
    struct buf id;
    *row = (struct pg_error_row){ .stage = refusal->stage,
        .code = refusal->code,
        .sqlstate = refusal->sqlstate,
        .column = refusal->column,
        .constraint = refusal->constraint,
        .received = item->has_message && item->is_json && !item->split,
        .item = index };
    error_key_content(batch, item, &row->content);
    row->key = error_key_of(batch, item);
    row->has_ledger_key = error_key_return(batch, item, &row->ledger_key);
    buf_init(&id, MAX_IDS);
    int status = write_id(&id, batch, item);
    /* a longer one is none of SQS, and the index of the table could not take it */
    if (status == 0 && id.length > 0 && id.length <= LONGEST_ID &&
        (row->message_id = strndup(id.data, id.length)) == NULL)
        status = -1;
    buf_free(&id);
    return status;
}

/* Store the quarantined records. Return 0, or -1 with the connection's error. */
static int store(struct loader *loader, struct row_batch *batch)
{
    size_t wanted = 0;
    for (size_t i = 0; i < batch->count; i++)
        wanted += is_quarantined(&batch->items[i]);
    loader->stored = wanted > 0;
    if (wanted == 0)
        return 0;
    struct pg_error_row *rows = calloc(wanted, sizeof *rows);
    char **ids = calloc(wanted, sizeof *ids); /* freed below; storing merges the rows */
    size_t count = 0;
    struct writing writing = { .batch = batch };
    const struct pg_errors_source source = { write_record, relate, &writing };
    int status = stored_record_open(&writing.stored);
    if (redelivery_open(&writing.redelivery) != 0)
        status = -1;
    if (rows == NULL || ids == NULL)
        status = -1;
    for (size_t i = 0; i < batch->count && status == 0; i++) {
        if (!is_quarantined(&batch->items[i]))
            continue;
        status = fill_row(batch, i, &rows[count]);
        ids[count] = rows[count].message_id;
        if (batch->items[i].split)
            loader->asked_for_split = loader->open_split = true;
        count++;
    }
    if (status == 0)
        status =
            pg_errors_store(loader->target->conn, &loader->target->errors, rows, count, &source);
    else
        (void)pg_conn_no_memory(loader->target->conn);
    for (size_t i = 0; i < count; i++)
        free(ids[i]);
    redelivery_close(&writing.redelivery);
    stored_record_close(&writing.stored);
    free(ids);
    free(rows);
    return status;
}

/* ---- resolving ---- */

static bool has_passed(const struct item *item)
{
    return item->kind == ITEM_ROW && item->state == STATE_PASSED;
}

/* Mark as resolved the error rows under the keys of the passed rows, which ${add} returns. */
static int resolve_by(struct loader *loader, const struct row_batch *batch,
    bool add(const struct row_batch *batch, const struct item *item, struct pg_key *key))
{
    size_t count = 0;
    for (size_t i = 0; i < batch->count; i++)
        if (has_passed(&batch->items[i]))
            count += add(batch, &batch->items[i], &loader->scratch[count]);
    return count == 0 ? 0
                      : pg_errors_resolve_keys(loader->target->conn, &loader->target->errors,
                            loader->scratch, count);
}

static bool ledger_key(const struct row_batch *batch, const struct item *item, struct pg_key *key)
{
    (void)batch;
    *key = item->ledger_key;
    return item->has_key;
}

static bool message_key(const struct row_batch *batch, const struct item *item, struct pg_key *key)
{
    (void)batch;
    *key = item->message_key;
    return item->has_message;
}

static bool id_key(const struct row_batch *batch, const struct item *item, struct pg_key *key)
{
    (void)batch;
    *key = item->id_key;
    return item->has_message &&
        !item->is_part; /* other parts of its message may still be refused */
}

/* Set ${key} to the key of a record that was refused as one of several. */
static bool split_key(const struct row_batch *batch, const struct item *item, struct pg_key *key)
{
    struct pg_key content;
    if (!item->has_message)
        return false;
    error_key_content(batch, item, &content);
    pg_errors_second_key(&item->message_key, &content, key);
    return true;
}

/* Mark error rows as resolved. Return 0, or -1 with the connection's error. */
static int resolve(struct loader *loader, struct row_batch *batch)
{
    struct target *target = loader->target;
    if (!target->has_errors || !(loader->waiting || loader->stored))
        return 0;
    if (resolve_by(loader, batch, ledger_key) != 0)
        return -1;
    /* With --key a row may be there under the key of its message: --key had found no value. */
    if (batch->plan->has_key && resolve_by(loader, batch, message_key) != 0)
        return -1;
    /* Rows from 0.1.0 are there under the message id. */
    if (resolve_by(loader, batch, id_key) != 0)
        return -1;
    /* Look only once: the digests of all contents cost too much to compute for nothing. */
    if (!loader->asked_for_split &&
        pg_errors_waits(target->conn, &target->errors, "split", &loader->open_split) != 0)
        return -1;
    loader->asked_for_split = true;
    return loader->open_split ? resolve_by(loader, batch, split_key) : 0;
}

enum attempt error_rows_write(struct loader *loader, struct row_batch *batch,
    struct failure *failure)
{
    const struct pg_side_table *errors = &loader->target->errors;
    if (store(loader, batch) != 0)
        return attempt_end_side(loader, errors, "cannot write the error table", failure);
    enum table_check check =
        loader->stored ? table_check_errors(loader, batch, failure) : TABLE_CHECK_HOLDS;
    if (check != TABLE_CHECK_HOLDS)
        return attempt_end_check(loader, check, failure);
    if (resolve(loader, batch) != 0)
        return attempt_end_side(loader, errors, "cannot update the error table", failure);
    return ATTEMPT_DONE;
}
