#include <stdlib.h>
#include <string.h>

#include "error_rows.h"
#include "json/string.h"
#include "pg/errors.h"
#include "pg/ledger.h"
#include "stored_record.h"

enum { MAX_IDS = 1 << 30 };

/* ---- known already ---- */

/* The key of a late one is its message's, which the first record of it may just have brought. */
static bool refused_early(const struct item *item)
{
    return item->kind != ITEM_ROW && !item->late;
}

static int compare_keys(const void *a, const void *b)
{
    return pg_key_compare(a, b);
}

/* Whether this transaction itself wrote the key. */
static bool is_fresh(const struct loader *loader, const struct row_batch *batch,
    const struct pg_key *key)
{
    const struct pg_key *found = batch->key_count == 0
        ? NULL
        : bsearch(key, batch->keys, batch->key_count, sizeof *key, compare_keys);
    return found != NULL && loader->fresh[found - batch->keys];
}

int error_rows_known(struct loader *loader, struct row_batch *batch)
{
    size_t count = 0;
    if (!loader->target->has_ledger)
        return 0;
    struct pg_key *keys = loader->scratch;
    for (size_t i = 0; i < batch->count; i++) {
        const struct item *item = &batch->items[i];
        if (refused_early(item) && item->has_key && !is_fresh(loader, batch, &item->ledger_key))
            keys[count++] = item->ledger_key;
    }
    if (count == 0)
        return 0;
    qsort(keys, count, sizeof *keys, compare_keys);
    bool *held = calloc(count, sizeof *held);
    if (held == NULL)
        return pg_conn_no_memory(loader->target->conn);
    int status = pg_ledger_holds(loader->target->conn, &loader->target->ledger, keys, count, held);
    for (size_t i = 0; i < batch->count && status == 0; i++) {
        struct item *item = &batch->items[i];
        if (!refused_early(item) || !item->has_key)
            continue;
        const struct pg_key *found =
            bsearch(&item->ledger_key, keys, count, sizeof *keys, compare_keys);
        if (found != NULL && held[found - keys])
            item->state = STATE_DUPLICATE;
    }
    free(held);
    return status;
}

/* ---- error keys ---- */

static void content_key(const struct row_batch *batch, const struct item *item, struct pg_key *key)
{
    const char *line = item->line.length == 0 ? "" : batch->lines.data + item->line.at;
    size_t from = item->sqs.length == 0 ? 0 : item->sqs.at - item->line.at;
    pg_key_content(line, item->line.length, from, from + item->sqs.length, key);
}

/*
 * Under which a record is kept in the error table: its message's key, or else its content's; of
 * several records of one message, that of both.
 */
static struct pg_key error_key(const struct row_batch *batch, const struct item *item)
{
    struct pg_key key = item->message_key;
    struct pg_key content;
    if (item->has_message && !item->split)
        return key;
    content_key(batch, item, &content);
    if (item->has_message)
        pg_errors_second_key(&item->message_key, &content, &key);
    return item->has_message ? key : content;
}

/*
 * By which a corrected record is known again: the ledger key, unless that is the message's and the
 * record but one of several. Where --key found nothing the message has to do.
 */
static bool return_key(const struct row_batch *batch, const struct item *item, struct pg_key *key)
{
    bool by_message = !item->has_key || (item->split && !batch->plan->has_key);
    *key = by_message ? error_key(batch, item) : item->ledger_key;
    return item->has_key || item->has_message;
}

/* Sort ${keys} and let each stand there once; how many are left. */
static size_t sort_unique(struct pg_key *keys, size_t count)
{
    size_t left = 0;
    qsort(keys, count, sizeof *keys, compare_keys);
    for (size_t i = 0; i < count; i++)
        if (left == 0 || pg_key_compare(&keys[left - 1], &keys[i]) != 0)
            keys[left++] = keys[i];
    return left;
}

/* How many of these keys, which are put in order, the error table does not have. 0, or -1. */
static int count_unheld(struct loader *loader, struct pg_key *keys, size_t count, uint64_t *unheld)
{
    const struct target *target = loader->target;
    size_t different = sort_unique(keys, count);
    *unheld = different;
    if (different == 0 || !target->has_errors)
        return 0;
    bool *held = calloc(different, sizeof *held);
    if (held == NULL)
        return pg_conn_no_memory(target->conn);
    int status = pg_errors_holds(target->conn, &target->errors, keys, different, held);
    for (size_t i = 0; i < different && status == 0; i++)
        *unheld -= held[i];
    free(held);
    return status;
}

int error_rows_count_new(struct loader *loader, const struct row_batch *batch,
    struct suspects *suspects)
{
    struct pg_key *keys = loader->scratch;
    size_t count = 0;
    for (size_t i = 0; i < batch->count; i++) {
        const struct item *item = &batch->items[i];
        bool keyed = loader->target->has_ledger && item->has_key;
        if (item->kind == ITEM_ROW && item->state == STATE_REFUSED && (item->head || !keyed))
            keys[count++] = error_key(batch, item);
    }
    if (count_unheld(loader, keys, count, &suspects->refused) != 0)
        return -1;
    count = 0;
    for (size_t i = 0; i < batch->count; i++)
        if (batch->items[i].misfit && batch->items[i].state != STATE_DUPLICATE)
            keys[count++] = error_key(batch, &batch->items[i]);
    return count_unheld(loader, keys, count, &suspects->misfits);
}

/* ---- storing ---- */

static bool is_quarantined(const struct item *item)
{
    return item->verdict == VERDICT_QUARANTINED || item->verdict == VERDICT_WOULD_QUARANTINE;
}

/* A message id as ASCII text, as it stands in the error table. 0, or -1. */
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
};

static int write_record(struct buf *out, void *context, size_t item_index)
{
    struct writing *writing = context;
    const struct row_batch *batch = writing->batch;
    const struct item *item = &batch->items[item_index];
    const char *line = item->line.length == 0 ? "" : batch->lines.data + item->line.at;
    return stored_record_write(&writing->stored, out, line, item->line.length, item->is_json);
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
        .item = index };
    content_key(batch, item, &row->content);
    row->key = error_key(batch, item);
    row->has_ledger_key = return_key(batch, item, &row->ledger_key);
    buf_init(&id, MAX_IDS);
    int status = write_id(&id, batch, item);
    if (status == 0 && id.length > 0)
        row->message_id = strndup(id.data, id.length);
    if (id.length > 0 && row->message_id == NULL)
        status = -1;
    buf_free(&id);
    return status;
}

int error_rows_store(struct loader *loader, struct row_batch *batch)
{
    size_t wanted = 0;
    for (size_t i = 0; i < batch->count; i++)
        wanted += is_quarantined(&batch->items[i]);
    loader->stored = wanted > 0;
    if (wanted == 0)
        return 0;
    struct pg_error_row *rows = calloc(wanted, sizeof *rows);
    char **ids = calloc(wanted, sizeof *ids); /* to be freed: storing merges the rows */
    size_t count = 0;
    struct writing writing = { .batch = batch };
    int status = stored_record_open(&writing.stored);
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
        status = pg_errors_store(loader->target->conn, &loader->target->errors, rows, count,
            write_record, &writing);
    else
        (void)pg_conn_no_memory(loader->target->conn);
    for (size_t i = 0; i < count; i++)
        free(ids[i]);
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

/* Mark resolved what waits under the keys of the rows that passed, as ${add} tells them. */
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

/* The key of a record that once was refused as one of several. */
static bool split_key(const struct row_batch *batch, const struct item *item, struct pg_key *key)
{
    struct pg_key content;
    if (!item->has_message)
        return false;
    content_key(batch, item, &content);
    pg_errors_second_key(&item->message_key, &content, key);
    return true;
}

int error_rows_resolve(struct loader *loader, struct row_batch *batch)
{
    struct target *target = loader->target;
    if (!target->has_errors || !(loader->waiting || loader->stored))
        return 0;
    if (resolve_by(loader, batch, ledger_key) != 0)
        return -1;
    /* With --key a message's row may wait under the message: --key had found nothing in it. */
    if (batch->plan->has_key && resolve_by(loader, batch, message_key) != 0)
        return -1;
    /* Looked for once: the digests of all contents cost too much to be made for nothing. */
    if (!loader->asked_for_split &&
        pg_errors_waits(target->conn, &target->errors, "split", &loader->open_split) != 0)
        return -1;
    loader->asked_for_split = true;
    return loader->open_split ? resolve_by(loader, batch, split_key) : 0;
}
