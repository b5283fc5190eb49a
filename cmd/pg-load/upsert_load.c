#include <string.h>

#include "isolate.h"
#include "upsert_apply.h"
#include "upsert_index.h"
#include "upsert_keys.h"
#include "upsert_load.h"
#include "upsert_order.h"
#include "upsert_source.h"

/*
 * From this many rows on, they go through the temporary table. Measured with
 * seven columns, half of the rows known, in microseconds of processor time per row. With the table
 * and without it: 909 and 864 for 10 rows, 193 and 164 for 100. Further: 57 and 45 for 500, 20 and
 * 34 for 3000. The fewer the rows, the more the table costs the catalogue for each.
 */
enum { STAGED_FROM = 1000 };

/* Read what the statements need, once, and again when the table has changed. */
static enum attempt read_form(struct loader *loader, const struct row_batch *batch,
    struct failure *failure)
{
    struct upsert *upsert = &loader->upsert;
    struct pg_conn *conn = loader->target->conn;
    struct failure why = { .status = STATUS_OK };
    char mark[PG_SHAPE_SIZE];
    if (pg_upsert_form_mark(conn, batch->table, mark) != 0)
        return attempt_end_failed(loader, "cannot read the table", failure);
    if (upsert->mark[0] != '\0' && strcmp(upsert->mark, mark) == 0 &&
        strcmp(upsert->shape, batch->table->shape) == 0)
        return ATTEMPT_DONE;
    upsert->mark[0] = '\0';
    switch (upsert_index_read(conn, batch->table, batch->table->qualified, &loader->options->upsert,
        &upsert->form, &why)) {
    case UPSERT_INDEX_READ:
        memcpy(upsert->mark, mark, sizeof mark);
        memcpy(upsert->shape, batch->table->shape, sizeof upsert->shape);
        return ATTEMPT_DONE;
    case UPSERT_INDEX_FAILED:
        return attempt_end_failed(loader, "cannot read the indexes of the table", failure);
    case UPSERT_INDEX_REFUSED:
        break;
    }
    *failure = why;
    return attempt_end_refused(loader);
}

enum attempt upsert_load_begin(struct loader *loader, const struct row_batch *batch,
    struct failure *failure)
{
    struct upsert *upsert = &loader->upsert;
    struct pg_conn *conn = loader->target->conn;
    if (upsert_state_begin(upsert, batch->count) != 0) {
        (void)pg_conn_no_memory(conn);
        return attempt_end_failed(loader, "cannot load the rows", failure);
    }
    buf_clear(&loader->sql);
    buf_printf(&loader->sql, "LOCK TABLE ONLY %s IN ROW EXCLUSIVE MODE", batch->table->qualified);
    const char *sql = buf_cstr(&loader->sql);
    if (sql == NULL)
        (void)pg_conn_no_memory(conn);
    if (sql == NULL || pg_conn_exec(conn, sql) != 0)
        return attempt_end_failed(loader, "cannot lock the table", failure);
    return read_form(loader, batch, failure);
}

/* ---- into the temporary table ---- */

/* Copy those of the items order[0, count) that are of one group into ${rest}. */
static size_t alike(const struct row_batch *batch, const uint32_t *order, size_t count,
    uint32_t group, uint32_t *rest)
{
    size_t length = 0;
    for (size_t i = 0; i < count; i++)
        if (batch->items[order[i]].group == group)
            rest[length++] = order[i];
    return length;
}

/* Copy the rows into the temporary table. With ${search}, refuse rows that do not fit its types. */
static int stage(struct loader *loader, struct row_batch *batch, size_t count, bool search)
{
    uint32_t *rest = loader->upsert.rest;
    if (upsert_source_open(loader, batch) != 0)
        return -1;
    for (size_t i = 0; i < batch->group_count; i++) {
        const struct group *group = &batch->groups[i];
        size_t length = alike(batch, loader->order, count, (uint32_t)i, rest);
        int status = length == 0 ? 0
            : search ? isolate_search(loader, batch, group, rest, length, upsert_source_copy, NULL)
                     : upsert_source_copy(loader, batch, group, "", rest, length);
        if (status != 0)
            return -1;
    }
    return 0;
}

/* Check that the server can read the rows, as isolate_try, where no temporary table is possible. */
static int read_rows(struct loader *loader, struct row_batch *batch, const struct group *group,
    const char *prefix, const uint32_t *order, size_t count)
{
    (void)group;
    if (*prefix != '\0' && pg_conn_exec(loader->target->conn, prefix) != 0)
        return -1;
    return upsert_order_find(loader, batch, order, count, false);
}

/* Keep in loader->order the items that passed, to load them now. Return their number. */
static size_t keep_passed(struct loader *loader, struct row_batch *batch, size_t count)
{
    size_t kept = 0;
    for (size_t i = 0; i < count; i++) {
        struct item *item = &batch->items[loader->order[i]];
        if (item->state != STATE_PASSED)
            continue;
        item->state = STATE_WAITS;
        loader->order[kept++] = loader->order[i];
    }
    return kept;
}

/* ---- rounds ---- */

/* Mark as passed the items that gave way to a loaded one of the same key. */
static void pass(struct loader *loader, struct row_batch *batch, size_t count)
{
    const struct upsert *upsert = &loader->upsert;
    for (size_t i = 0; i < count; i++) {
        struct item *item = &batch->items[upsert->sequence[i]];
        if (item->state != STATE_WAITS)
            continue;
        item->state = STATE_PASSED;
        item->effect = upsert->form.has_newer ? VERDICT_EFFECT_STALE : VERDICT_EFFECT_UPDATED;
    }
}

/* Return true when the rows of a round must come from the temporary table. */
static bool is_staged(struct loader *loader, const struct row_batch *batch, uint32_t round,
    size_t length)
{
    struct upsert *upsert = &loader->upsert;
    if (!upsert->staged || round != 1 || length < STAGED_FROM)
        return false;
    upsert_source_columns(loader, batch, upsert->list, length);
    return pg_upsert_joins(&upsert->form, batch->table, &upsert->columns);
}

/* Load the first ${length} of the list. Return 0, or -1 with the connection's error. */
static int load_round(struct loader *loader, struct row_batch *batch, size_t count, uint32_t round,
    size_t length)
{
    uint32_t *list = loader->upsert.list;
    if (loader->isolate)
        return isolate_search(loader, batch, NULL, list, length, upsert_apply_list,
            upsert_order_next);
    if (!is_staged(loader, batch, round, length))
        return upsert_apply_list(loader, batch, NULL, "", list, length);
    if (length < count && upsert_source_thin(loader, count) != 0)
        return -1;
    return upsert_apply_staged(loader, batch, list, length);
}

static int load_rounds(struct loader *loader, struct row_batch *batch, size_t count)
{
    struct upsert *upsert = &loader->upsert;
    size_t length;
    for (uint32_t round = 1; (length = upsert_order_round(loader, count, round)) > 0; round++) {
        if (load_round(loader, batch, count, round, length) != 0)
            return -1;
        for (size_t i = 0; i < length && !loader->isolate; i++)
            batch->items[upsert->list[i]].state = STATE_PASSED;
    }
    pass(loader, batch, count);
    return pg_conn_exec(loader->target->conn, pg_upsert_reset_sql);
}

/* Find out which rows the server can read at all. Return 0, or -1 with the connection's error. */
static int find_readable(struct loader *loader, struct row_batch *batch, size_t *count)
{
    const struct upsert *upsert = &loader->upsert;
    if (upsert_apply_nothing(loader, batch, loader->order, *count) != 0)
        return -1;
    int status = upsert->form.temporary
        ? stage(loader, batch, *count, true)
        : isolate_search(loader, batch, NULL, loader->order, *count, read_rows, NULL);
    *count = status == 0 ? keep_passed(loader, batch, *count) : 0;
    return status;
}

int upsert_load_rows(struct loader *loader, struct row_batch *batch, size_t count)
{
    struct upsert *upsert = &loader->upsert;
    bool staged = upsert->form.temporary && (loader->isolate || count >= STAGED_FROM);
    enum upsert_keys keys = upsert_keys_find(loader, batch, loader->order, count);
    if (keys == UPSERT_KEYS_NO_MEMORY)
        return pg_conn_no_memory(loader->target->conn);
    if (keys == UPSERT_KEYS_ORDERED) /* the best order for reading too */
        memcpy(loader->order, upsert->sequence, count * sizeof *loader->order);
    int status = 0;
    if (loader->isolate)
        status = find_readable(loader, batch, &count);
    else if (staged)
        status = stage(loader, batch, count, false);
    if (status == 0 && count > 0 && keys == UPSERT_KEYS_UNSURE)
        status = upsert_order_find(loader, batch, loader->order, count, staged);
    if (status == 0 && count > 0)
        status = load_rounds(loader, batch, count);
    upsert_state_shrink(upsert);
    return status;
}
