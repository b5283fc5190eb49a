#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "attempt.h"
#include "doubt.h"
#include "error_rows.h"
#include "evidence.h"
#include "isolate.h"
#include "pg/ledger.h"
#include "pg/transaction.h"
#include "side_tables.h"
#include "table_check.h"

enum { FOREIGN_KEY_ROUNDS = 16 };

/* What an error that is about no row in particular means for the batch; ${side}: met in that table.
 */
static enum attempt give_up_with(struct loader *loader, struct pg_error error,
    const struct pg_side_table *side, const char *doing, struct failure *failure)
{
    const struct target *target = loader->target;
    pg_transaction_rollback(loader->target->conn);
    if (error.fate == PG_FAULT)
        return ATTEMPT_FAULT;
    /* Where it cannot be asked, the names are left out, and the error is told all the same. */
    if (!pg_conn_alive(target->conn))
        pg_error_names_forget(&error);
    else
        (void)pg_error_names_check(&loader->known, target->conn, target->table.qualified, &error);
    (void)failure_from_table(failure, &error, doing, side == NULL ? "" : side->qualified,
        loader->options->show_values);
    if (side == NULL)
        failure_rights(failure, &error, "INSERT", target->table.qualified);
    else
        failure_rights(failure, &error, pg_side_table_rights(side), side->qualified);
    return ATTEMPT_FAILED;
}

static enum attempt give_up_on(struct loader *loader, const struct pg_side_table *side,
    const char *doing, struct failure *failure)
{
    return give_up_with(loader, *pg_conn_error(loader->target->conn), side, doing, failure);
}

static enum attempt give_up(struct loader *loader, const char *doing, struct failure *failure)
{
    return give_up_on(loader, NULL, doing, failure);
}

/* What the guard found, where it does not lookahead. */
static enum attempt give_up_by(struct loader *loader, enum table_check guard,
    struct failure *failure)
{
    bool side = loader->target->has_errors &&
        strncmp(pg_conn_error(loader->target->conn)->sqlstate, "42", 2) == 0;
    if (guard == TABLE_CHECK_ERROR)
        return give_up_on(loader, side ? &loader->target->errors : NULL, "looking at the tables",
            failure);
    pg_transaction_rollback(loader->target->conn);
    return guard == TABLE_CHECK_CHANGED ? ATTEMPT_STALE : ATTEMPT_FAILED;
}

static enum attempt again(struct loader *loader)
{
    pg_transaction_rollback(loader->target->conn);
    return ATTEMPT_AGAIN;
}

/* ---- the beginning: the ledger ---- */

static const char *begin_sql(struct loader *loader, const struct row_batch *batch, bool copy_keys)
{
    const struct buf *prologue = &loader->target->prologue;
    buf_clear(&loader->sql);
    if (prologue->length > 0)
        buf_append(&loader->sql, prologue->data, prologue->length);
    buf_append(&loader->sql, loader->target->guard.data, loader->target->guard.length);
    if (loader->immediate)
        buf_puts(&loader->sql, "SET CONSTRAINTS ALL IMMEDIATE;");
    if (copy_keys && batch->key_count > 0)
        pg_ledger_copy_sql(&loader->target->ledger, &loader->sql);
    return buf_cstr(&loader->sql);
}

/* No transaction could be begun: for what is wrong with the tables beside the target, or else. */
static enum attempt give_up_begin(struct loader *loader, bool copy, struct failure *failure)
{
    struct target *target = loader->target;
    const struct pg_error error = *pg_conn_error(target->conn);
    pg_transaction_rollback(target->conn);
    if (error.fate != PG_FAULT) {
        switch (side_tables_explain(target, loader->options, failure)) {
        case SIDE_TABLES_REFUSED:
            return ATTEMPT_FAILED;
        case SIDE_TABLES_FAULT:
            return ATTEMPT_FAULT;
        case SIDE_TABLES_AS_BEFORE:
            break;
        }
        if (pg_side_table_check_raised(&error))
            return ATTEMPT_AGAIN;
    }
    return give_up_with(loader, error, copy ? &target->ledger : NULL,
        copy ? "writing the ledger" : "beginning", failure);
}

static enum attempt begin(struct loader *loader, const struct row_batch *batch,
    struct failure *failure)
{
    struct pg_conn *conn = loader->target->conn;
    const struct pg_side_table *ledger = &loader->target->ledger;
    bool copy = !loader->insert;
    const char *sql = begin_sql(loader, batch, copy);
    if (sql == NULL || loader_reserve(loader, batch->count) != 0) {
        (void)pg_conn_no_memory(conn);
        return give_up(loader, "beginning", failure);
    }
    if (pg_transaction_begin(conn, sql) != 0)
        return give_up_begin(loader, copy && batch->key_count > 0, failure);
    for (size_t i = 0; i < batch->key_count; i++)
        loader->fresh[i] = true;
    if (batch->key_count > 0 && copy) {
        if (pg_ledger_copy(conn, ledger, batch->keys, batch->key_count) != 0) {
            if (strcmp(pg_conn_error(conn)->sqlstate, "23505") != 0)
                return give_up_on(loader, ledger, "writing the ledger", failure);
            loader->insert = true;
            return again(loader);
        }
        if (table_check_keys(loader, batch, failure) != TABLE_CHECK_HOLDS)
            return give_up_by(loader, TABLE_CHECK_BROKEN, failure);
    } else if (batch->key_count > 0 &&
        pg_ledger_insert(conn, ledger, batch->keys, batch->key_count, loader->fresh) != 0) {
        return give_up_on(loader, ledger, "writing the ledger", failure);
    }
    return doubt_begin(loader, batch) == 0 ? ATTEMPT_DONE : give_up(loader, "beginning", failure);
}

/* ---- the rows ---- */

/* Put the first ${count} of loader->order in the order of their groups; ends[g] is past group g. */
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
         g++) { /* to the starts, which the loop below moves on */
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

/* Load the first ${count} items of loader->order. 0, or -1 with the connection's error. */
static int load_rows(struct loader *loader, struct row_batch *batch, size_t count)
{
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

/* The first to be tried: what has no key, and the first copy of each key that is new. */
static size_t first_round(struct loader *loader, struct row_batch *batch)
{
    bool use_ledger = loader->target->has_ledger;
    size_t count = 0;
    for (size_t i = 0; i < batch->key_count; i++)
        loader->tries[i] = loader->fresh[i] ? batch->heads[i] : ROW_BATCH_NONE;
    /* A key that is there already: none of its copies is tried. */
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

/* Where a copy was refused, the next one of the same key. */
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

static bool lacked_parent(const struct row_batch *batch, const struct item *item)
{
    return item->kind == ITEM_ROW && item->state == STATE_REFUSED &&
        strcmp(batch->refusals[item->refusal].sqlstate, "23503") == 0;
}

/* Rows that lacked what another row of the batch may since have brought. */
static size_t parent_round(struct loader *loader, struct row_batch *batch)
{
    size_t count = 0;
    for (size_t i = 0; i < batch->key_count; i++) {
        if (!loader->fresh[i] || loader->tries[i] != ROW_BATCH_NONE)
            continue; /* some copy passed */
        for (uint32_t at = batch->heads[i]; at != ROW_BATCH_NONE; at = batch->items[at].next) {
            if (!lacked_parent(batch, &batch->items[at]))
                continue;
            loader->tries[i] = at;
            loader->order[count++] = at;
            break;
        }
    }
    for (size_t i = 0; i < batch->count; i++) {
        const struct item *item = &batch->items[i];
        if (lacked_parent(batch, item) && (!loader->target->has_ledger || !item->has_key))
            loader->order[count++] = (uint32_t)i;
    }
    for (size_t i = 0; i < count; i++)
        batch->items[loader->order[i]].state = STATE_WAITS;
    return count;
}

/* Everything that can be loaded, loaded; every row passed, duplicate or refused. */
static int load_all(struct loader *loader, struct row_batch *batch)
{
    size_t count = first_round(loader, batch);
    size_t passed = SIZE_MAX;
    for (int round = 0; round < FOREIGN_KEY_ROUNDS; round++) {
        while (count > 0) {
            if (load_rows(loader, batch, count) != 0)
                return -1;
            count = next_round(loader, batch);
        }
        size_t now = row_batch_count(batch, STATE_PASSED);
        if (now == passed || (count = parent_round(loader, batch)) == 0)
            break;
        passed = now;
    }
    /* Copies behind the one that passed. */
    for (size_t i = 0; i < batch->key_count; i++)
        for (uint32_t at = batch->heads[i]; at != ROW_BATCH_NONE; at = batch->items[at].next)
            if (batch->items[at].state == STATE_WAITS)
                batch->items[at].state = STATE_DUPLICATE;
    return 0;
}

/* ---- what was refused ---- */

/* Keys of which no copy passed leave the ledger again. */
static int take_back_keys(struct loader *loader, const struct row_batch *batch)
{
    size_t count = 0;
    for (size_t i = 0; i < batch->key_count; i++)
        if (loader->fresh[i] && loader->tries[i] == ROW_BATCH_NONE)
            loader->scratch[count++] = batch->keys[i];
    return count == 0
        ? 0
        : pg_ledger_delete(loader->target->conn, &loader->target->ledger, loader->scratch, count);
}

/* ---- verdicts ---- */

static enum verdict_status verdict_of(const struct loader *loader, const struct item *item)
{
    bool dry = loader->options->dry_run;
    if (item->state == STATE_DUPLICATE)
        return dry ? VERDICT_WOULD_DUPLICATE : VERDICT_DUPLICATE;
    if (item->kind == ITEM_ROW && item->state == STATE_PASSED)
        return dry ? VERDICT_WOULD_COMMIT : VERDICT_COMMITTED;
    if (item->split && !loader->target->has_errors)
        return VERDICT_UNKNOWN;
    if (loader->target->has_errors && item->kind != ITEM_EMPTY)
        return dry ? VERDICT_WOULD_QUARANTINE : VERDICT_QUARANTINED;
    return dry ? VERDICT_WOULD_REJECT : VERDICT_REJECTED;
}

static void set_verdicts(const struct loader *loader, struct row_batch *batch)
{
    batch->untold = 0;
    for (size_t i = 0; i < batch->count; i++) {
        batch->items[i].verdict = verdict_of(loader, &batch->items[i]);
        batch->untold += batch->items[i].verdict == VERDICT_UNKNOWN;
    }
}

/* Whether the batch takes the run past --max-rejects; if not, it counts from now on. */
static bool is_past_limit(struct loader *loader, const struct row_batch *batch,
    struct failure *failure)
{
    const struct load_options *options = loader->options;
    uint64_t refused = 0;
    for (size_t i = 0; i < batch->count; i++) {
        enum verdict_status verdict = batch->items[i].verdict;
        refused += verdict != VERDICT_COMMITTED && verdict != VERDICT_DUPLICATE &&
            verdict != VERDICT_WOULD_COMMIT && verdict != VERDICT_WOULD_DUPLICATE;
    }
    uint64_t all = batch->count;
    uint64_t all_refused = refused;
    if (tally_claim(loader->tally, &all, &all_refused,
            options->limited ? options->limit : UINT64_MAX, options->limit_percent)) {
        loader->claimed = batch->count;
        loader->claimed_refused = refused;
        return false;
    }
    failure_set(failure, STATUS_DATA, "more than --max-rejects: %llu of %llu records refused",
        (unsigned long long)all_refused, (unsigned long long)all);
    return true;
}

/* ---- the end ---- */

static enum attempt commit(struct loader *loader, const struct row_batch *batch,
    struct failure *failure)
{
    struct pg_conn *conn = loader->target->conn;
    enum pg_commit outcome = PG_NOT_COMMITTED;
    if (doubt_ready(loader, batch) == 0)
        outcome =
            loader->options->dry_run ? PG_COMMITTED : pg_transaction_commit(conn, &loader->notices);
    if (outcome == PG_COMMITTED) {
        pg_transaction_rollback(conn); /* the dry run's */
        return ATTEMPT_DONE;
    }
    if (outcome == PG_IN_DOUBT)
        return ATTEMPT_DOUBT;
    if (isolate_can(pg_sqlstate_row_fate(pg_conn_error(conn)->sqlstate)) && !loader->immediate) {
        loader->isolate = loader->immediate = true; /* a deferred constraint: find the row */
        return again(loader);
    }
    return give_up(loader, "committing", failure);
}

static enum attempt finish(struct loader *loader, struct row_batch *batch, struct failure *failure)
{
    const struct pg_side_table *ledger = &loader->target->ledger;
    const struct pg_side_table *errors = &loader->target->errors;
    struct suspects found;
    enum table_check guard = table_check_batch(loader, batch, failure);
    if (guard != TABLE_CHECK_HOLDS)
        return give_up_by(loader, guard, failure);
    if (take_back_keys(loader, batch) != 0)
        return give_up_on(loader, ledger, "writing the ledger", failure);
    if (error_rows_known(loader, batch) != 0)
        return give_up_on(loader, ledger, "reading the ledger", failure);
    int plausible = evidence_weigh(loader, batch, &found);
    if (plausible < 0)
        return give_up(loader, "looking for rows", failure);
    loader->suspects = found;
    set_verdicts(loader, batch);
    bool past = is_past_limit(loader, batch, failure);
    if (plausible == 0)
        evidence_failure(batch, &found, failure);
    if (past || plausible == 0) {
        pg_transaction_rollback(loader->target->conn);
        return ATTEMPT_FAILED;
    }
    if (error_rows_store(loader, batch) != 0)
        return give_up_on(loader, errors, "writing the error table", failure);
    if (loader->stored && (guard = table_check_errors(loader, batch, failure)) != TABLE_CHECK_HOLDS)
        return give_up_by(loader, guard, failure);
    if (error_rows_resolve(loader, batch) != 0)
        return give_up_on(loader, errors, "resolving in the error table", failure);
    return commit(loader, batch, failure);
}

enum attempt attempt_batch(struct loader *loader, struct row_batch *batch, struct failure *failure)
{
    row_batch_rewind(batch);
    loader_give_back(loader);
    loader->kept_out = 0;
    enum attempt begun = begin(loader, batch, failure);
    if (begun != ATTEMPT_DONE)
        return begun;
    if (loader->isolate) { /* before many rows are refused that only the plan does not fit */
        enum table_check guard = table_check_batch(loader, batch, failure);
        if (guard != TABLE_CHECK_HOLDS)
            return give_up_by(loader, guard, failure);
    }
    if (load_all(loader, batch) != 0) {
        if (!isolate_can(pg_conn_error(loader->target->conn)->fate) || loader->isolate)
            return give_up(loader, "loading", failure);
        loader->isolate = true;
        return again(loader);
    }
    return finish(loader, batch, failure);
}
