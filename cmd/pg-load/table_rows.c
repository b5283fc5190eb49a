#include <stdlib.h>
#include <string.h>

#include "isolate.h"
#include "table_rows.h"
#include "upsert_load.h"

enum { MOST_LATER_TRIES = 32768 };

/* Sort the first ${count} of loader->order by their groups; ends[g] is the end of group g. */
static int sort_by_group(struct loader *loader, const struct row_batch *batch, size_t count,
    size_t *ends)
{
    if (batch->group_count == 1) {
        ends[0] = count;
        return 0;
    }
    uint32_t *sorted = malloc((count + 1) * sizeof *sorted);
    if (sorted == NULL)
        return pg_conn_no_memory(loader->target->conn);
    memset(ends, 0, batch->group_count * sizeof *ends);
    for (size_t i = 0; i < count; i++)
        ends[batch->items[loader->order[i]].group]++;
    size_t sum = 0;
    for (size_t g = 0; g < batch->group_count;
         g++) { /* the starts, which the loop below advances */
        size_t rows = ends[g];
        ends[g] = sum;
        sum += rows;
    }
    for (size_t i = 0; i < count; i++)
        sorted[ends[batch->items[loader->order[i]].group]++] = loader->order[i];
    memcpy(loader->order, sorted, count * sizeof *sorted);
    free(sorted);
    return 0;
}

/* Load the first ${count} items of loader->order. Return 0, or -1 with the connection's error. */
static int load_rows(struct loader *loader, struct row_batch *batch, size_t count)
{
    if (loader->options->upsert.count > 0)
        return upsert_load_rows(loader, batch, count);
    size_t *ends = calloc(batch->group_count + 1, sizeof *ends);
    if (ends == NULL)
        return pg_conn_no_memory(loader->target->conn);
    int status = sort_by_group(loader, batch, count, ends);
    size_t at = 0;
    for (size_t g = 0; g < batch->group_count && status == 0; at = ends[g++]) {
        const struct group *group = &batch->groups[g];
        if (ends[g] == at)
            continue;
        if (loader->isolate) {
            status = isolate_rows(loader, batch, group, loader->order + at, ends[g] - at);
            continue;
        }
        status = isolate_send(loader, batch, group, "", loader->order + at, ends[g] - at);
        for (size_t i = at; i < ends[g] && status == 0; i++)
            batch->items[loader->order[i]].state = STATE_PASSED;
    }
    free(ends);
    return status;
}

/* List the items to try first: those without a key, and the first copy of each new key. */
static size_t first_round(struct loader *loader, struct row_batch *batch)
{
    bool use_ledger = loader->target->has_ledger;
    size_t count = 0;
    for (size_t i = 0; i < batch->key_count; i++)
        loader->tries[i] = loader->fresh[i] ? batch->heads[i] : ROW_BATCH_NONE;
    /* Do not try the items of a key that the ledger has. */
    for (size_t i = 0; i < batch->key_count; i++)
        if (!loader->fresh[i])
            for (uint32_t at = batch->heads[i]; at != ROW_BATCH_NONE; at = batch->items[at].next)
                batch->items[at].state = STATE_DUPLICATE;
    for (size_t i = 0; i < batch->count; i++) {
        const struct item *item = &batch->items[i];
        if (item->kind == ITEM_ROW && item->state == STATE_WAITS &&
            (item->head || !use_ledger || !item->has_key))
            loader->order[count++] = (uint32_t)i;
    }
    return count;
}

/* List the next copy of each key whose copy was refused. */
static size_t next_round(struct loader *loader, struct row_batch *batch)
{
    size_t count = 0;
    for (size_t i = 0; i < batch->key_count; i++) {
        if (loader->tries[i] == ROW_BATCH_NONE ||
            batch->items[loader->tries[i]].state != STATE_REFUSED)
            continue;
        loader->tries[i] = batch->items[loader->tries[i]].next;
        if (loader->tries[i] != ROW_BATCH_NONE)
            loader->order[count++] = loader->tries[i];
    }
    return count;
}

/*
 * Find the last record of each key that an upsert has applied. One before it that was refused must
 * not be applied on top of it.
 */
static void find_last(struct loader *loader, const struct row_batch *batch)
{
    struct upsert *upsert = &loader->upsert;
    memset(upsert->rest, 0, batch->count * sizeof *upsert->rest);
    for (size_t i = 0; i < batch->count; i++)
        if (batch->items[i].kind == ITEM_ROW && batch->items[i].state == STATE_PASSED)
            upsert->rest[upsert->first[i]] = (uint32_t)i;
}

static bool is_overtaken(const struct upsert *upsert, size_t item)
{
    return !upsert->form.has_newer && upsert->rest[upsert->first[item]] > item;
}

/* What is tried again in further rounds. */
struct later {
    bool own;     /* rows that lack one which this table can have */
    bool raised;  /* rows for which a trigger raised an error */
    size_t tries; /* so far */
};

/*
 * Return true when a refused row may pass once other rows of the batch have. A trigger may raise an
 * error because a row is not there yet. A foreign key may lead to this table. An upsert
 * can move a row that is in the way.
 */
static bool may_pass_later(const struct loader *loader, const struct row_batch *batch,
    size_t number, const struct later *round)
{
    const struct item *item = &batch->items[number];
    bool upsert = loader->options->upsert.count > 0;
    if (item->kind != ITEM_ROW || item->state != STATE_REFUSED)
        return false;
    if (upsert && is_overtaken(&loader->upsert, number))
        return false;
    const struct refusal *refusal = &batch->refusals[item->refusal];
    if (strcmp(refusal->sqlstate, "23503") == 0)
        return round->own;
    bool in_way =
        strcmp(refusal->sqlstate, "23505") == 0 || strcmp(refusal->sqlstate, "23P01") == 0;
    return (refusal->raised && round->raised) || (in_way && upsert);
}

/* List the rows that may pass because others have since. */
static size_t later_round(struct loader *loader, struct row_batch *batch, const struct later *round)
{
    size_t count = 0;
    if (loader->options->upsert.count > 0)
        find_last(loader, batch);
    for (size_t i = 0; i < batch->key_count; i++) {
        if (!loader->fresh[i] || loader->tries[i] != ROW_BATCH_NONE)
            continue; /* some copy passed */
        for (uint32_t at = batch->heads[i]; at != ROW_BATCH_NONE; at = batch->items[at].next) {
            if (!may_pass_later(loader, batch, at, round))
                continue;
            loader->tries[i] = at;
            loader->order[count++] = at;
            break;
        }
    }
    for (size_t i = 0; i < batch->count; i++) {
        const struct item *item = &batch->items[i];
        if (may_pass_later(loader, batch, i, round) &&
            (!loader->target->has_ledger || !item->has_key))
            loader->order[count++] = (uint32_t)i;
    }
    for (size_t i = 0; i < count; i++)
        batch->items[loader->order[i]].state = STATE_WAITS;
    return count;
}

static int compare_numbers(const void *a, const void *b)
{
    const uint32_t *left = a, *right = b;
    return *left < *right ? -1 : *left > *right;
}

/* Sort by the order of the records, or the reverse: parents may come behind their children. */
static void sort_by_number(uint32_t *order, size_t count, bool backwards)
{
    qsort(order, count, sizeof *order, compare_numbers);
    for (size_t i = 0; i < count / 2 && backwards; i++) {
        uint32_t other = order[i];
        order[i] = order[count - 1 - i];
        order[count - 1 - i] = other;
    }
}

/* Load the first ${count} of loader->order, and further copies of a key where one is refused. */
static int load_copies(struct loader *loader, struct row_batch *batch, size_t count)
{
    for (; count > 0; count = next_round(loader, batch))
        if (load_rows(loader, batch, count) != 0)
            return -1;
    return 0;
}

/* Count the rows that have passed after a trigger refused them. */
static size_t count_passed_later(const struct row_batch *batch)
{
    size_t count = 0;
    for (size_t i = 0; i < batch->count; i++)
        count += batch->items[i].state == STATE_PASSED &&
            batch->items[i].refusal != ROW_BATCH_NONE &&
            batch->refusals[batch->items[i].refusal].raised;
    return count;
}

/*
 * Try refused rows again, in rounds that end when none lets one more row pass. A long chain of rows
 * in mixed order takes many, in one transaction. What has not passed after a limit of tries stays
 * refused. Return 0, or -1 with the connection's error.
 */
static int load_later(struct loader *loader, struct row_batch *batch)
{
    struct later round = { .raised = true };
    size_t passed = row_batch_count(batch, STATE_PASSED);
    bool backwards = false;
    if (passed == 0 || row_batch_count(batch, STATE_REFUSED) == 0)
        return 0;
    if (pg_table_is_own_parent(loader->target->conn, batch->table, &round.own) != 0)
        return -1;
    for (size_t before = 0; passed > before && round.tries < MOST_LATER_TRIES;) {
        size_t count = later_round(loader, batch, &round);
        size_t passed_later = count_passed_later(batch);
        backwards = !backwards;
        sort_by_number(loader->order, count, backwards);
        if (load_copies(loader, batch, count) != 0)
            return -1;
        round.tries += count;
        round.raised = count_passed_later(batch) > passed_later;
        before = passed;
        passed = row_batch_count(batch, STATE_PASSED);
    }
    return 0;
}

/* Mark the copies behind one that passed as duplicates. */
static void mark_duplicates(const struct loader *loader, struct row_batch *batch)
{
    for (size_t i = 0; i < batch->key_count; i++) {
        bool passed = false;
        for (uint32_t at = batch->heads[i]; at != ROW_BATCH_NONE; at = batch->items[at].next) {
            struct item *item = &batch->items[at];
            if (item->state == STATE_WAITS || (passed && item->state == STATE_REFUSED))
                item->state = STATE_DUPLICATE;
            passed = passed || at == loader->tries[i];
        }
    }
}

/* Load all rows that can be loaded; each has then passed, is a duplicate, or is refused. */
static int load_rounds(struct loader *loader, struct row_batch *batch)
{
    if (load_copies(loader, batch, first_round(loader, batch)) != 0 ||
        load_later(loader, batch) != 0)
        return -1;
    mark_duplicates(loader, batch);
    return 0;
}

/* Return true when a value in COPY's binary format was too short for a column whose type has
 * changed; text then tells what is wrong. */
static bool was_misread(const struct loader *loader)
{
    const struct pg_conn *conn = loader->target->conn;
    return pg_conn_alive(conn) && strcmp(pg_conn_error(conn)->sqlstate, "08P01") == 0;
}

enum attempt table_rows_load(struct loader *loader, struct row_batch *batch,
    struct failure *failure)
{
    if (loader->options->upsert.count > 0) {
        enum attempt begun = upsert_load_begin(loader, batch, failure);
        if (begun != ATTEMPT_DONE)
            return begun;
    }
    if (load_rounds(loader, batch) == 0)
        return ATTEMPT_DONE;
    if (loader->isolate ||
        (!isolate_can(pg_conn_error(loader->target->conn)->kind) && !was_misread(loader)))
        return attempt_end_failed(loader, "cannot load the rows", failure);
    loader->isolate = true;
    return attempt_end_again(loader);
}
