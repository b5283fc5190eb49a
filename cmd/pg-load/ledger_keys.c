#include <stdlib.h>
#include <string.h>

#include "doubt.h"
#include "ledger_keys.h"
#include "pg/ledger.h"
#include "pg/transaction.h"
#include "side_tables.h"

/* Return the contents that go into the ledger beside the keys, or NULL when it keeps none. */
static const struct pg_content *contents_of(const struct loader *loader,
    const struct row_batch *batch)
{
    bool kept = batch->plan->has_key && loader->target->ledger_form.has_content;
    return kept ? batch->contents : NULL;
}

static const char *begin_sql(struct loader *loader, const struct row_batch *batch, bool copy_keys)
{
    const struct buf *prologue = &loader->target->prologue;
    const struct buf *again = &loader->passed.guard;
    const struct buf *guard = again->length > 0 ? again : &loader->target->guard;
    buf_clear(&loader->sql);
    if (prologue->length > 0)
        buf_append(&loader->sql, prologue->data, prologue->length);
    buf_append(&loader->sql, guard->data, guard->length);
    if (loader->immediate)
        buf_puts(&loader->sql, "SET CONSTRAINTS ALL IMMEDIATE;");
    if (copy_keys && batch->key_count > 0)
        pg_ledger_copy_sql(&loader->target->ledger, contents_of(loader, batch) != NULL,
            &loader->sql);
    return buf_cstr(&loader->sql);
}

/* End an attempt whose transaction could not begin, or could not write the keys. */
static enum attempt give_up_begin(struct loader *loader, bool copy, struct failure *failure)
{
    struct target *target = loader->target;
    const struct pg_error error = *pg_conn_error(target->conn);
    pg_transaction_rollback(target->conn);
    if (error.kind != PG_FAULT) {
        switch (side_tables_explain(target, loader->options, failure)) {
        case SIDE_TABLES_REFUSED:
            return ATTEMPT_FAILED;
        case SIDE_TABLES_FAULT:
            return ATTEMPT_FAULT;
        case SIDE_TABLES_AS_BEFORE:
            break;
        }
        if (pg_side_table_check_raised(&error)) {
            loader_forget_passed(loader);
            return ATTEMPT_AGAIN;
        }
    }
    return attempt_end_error(loader, error, copy ? &target->ledger : NULL,
        copy ? "cannot write the ledger" : "cannot begin the transaction", failure);
}

static int compare_keys(const void *a, const void *b)
{
    return pg_key_compare(a, b);
}

int ledger_keys_find_ids(struct loader *loader, const struct row_batch *batch,
    bool wanted(const struct item *item), bool *found)
{
    const struct target *target = loader->target;
    struct pg_key *ids = loader->scratch;
    size_t count = 0;
    for (size_t i = 0; i < batch->count; i++)
        if (batch->items[i].has_message && wanted(&batch->items[i]))
            ids[count++] = batch->items[i].id_key;
    if (count == 0)
        return 0;
    qsort(ids, count, sizeof *ids, compare_keys);
    bool *held = calloc(count, sizeof *held);
    if (held == NULL)
        return pg_conn_no_memory(target->conn);
    int status = pg_ledger_holds(target->conn, &target->ledger, ids, count, held);
    for (size_t i = 0; i < batch->count && status == 0; i++) {
        const struct item *item = &batch->items[i];
        const struct pg_key *id = item->has_message && wanted(item)
            ? bsearch(&item->id_key, ids, count, sizeof *ids, compare_keys)
            : NULL;
        found[i] = found[i] || (id != NULL && held[id - ids]);
    }
    free(held);
    return status;
}

static bool is_head(const struct item *item)
{
    return item->head;
}

/* Delete the new keys of messages whose id 0.1.0 wrote as their key. Return 0 or -1. */
static int leave_out_ids(struct loader *loader, const struct row_batch *batch)
{
    const struct target *target = loader->target;
    size_t count = 0;
    if (!target->ledger_form.has_ids || batch->plan->has_key || batch->key_count == 0)
        return 0;
    bool *found = calloc(batch->count, sizeof *found);
    if (found == NULL)
        return pg_conn_no_memory(target->conn);
    int status = ledger_keys_find_ids(loader, batch, is_head, found);
    for (size_t i = 0; i < batch->key_count && status == 0; i++) {
        if (!loader->fresh[i] || !found[batch->heads[i]])
            continue;
        loader->fresh[i] = false;
        loader->scratch[count++] = batch->keys[i];
    }
    free(found);
    return status != 0 || count == 0
        ? status
        : pg_ledger_delete(target->conn, &target->ledger, loader->scratch, count);
}

enum attempt ledger_keys_write(struct loader *loader, const struct row_batch *batch,
    struct failure *failure)
{
    struct pg_conn *conn = loader->target->conn;
    const struct pg_side_table *ledger = &loader->target->ledger;
    bool copy = !loader->insert;
    const char *sql = begin_sql(loader, batch, copy);
    if (sql == NULL || loader_reserve(loader, batch->count) != 0) {
        (void)pg_conn_no_memory(conn);
        return attempt_end_failed(loader, "cannot begin the transaction", failure);
    }
    if (pg_transaction_begin(conn, sql) != 0)
        return give_up_begin(loader, copy && batch->key_count > 0, failure);
    for (size_t i = 0; i < batch->key_count; i++)
        loader->fresh[i] = true;
    if (batch->key_count > 0 && copy) {
        if (pg_ledger_copy(conn, ledger, batch->keys, contents_of(loader, batch),
                batch->key_count) != 0) {
            if (strcmp(pg_conn_error(conn)->sqlstate, "23505") != 0)
                return attempt_end_side(loader, ledger, "cannot write the ledger", failure);
            loader->insert = true;
            return attempt_end_again(loader);
        }
        if (table_check_keys(loader, batch, failure) != TABLE_CHECK_HOLDS)
            return attempt_end_check(loader, TABLE_CHECK_BROKEN, failure);
    } else if (batch->key_count > 0 &&
        pg_ledger_insert(conn, ledger, batch->keys, contents_of(loader, batch), batch->key_count,
            loader->fresh) != 0) {
        return attempt_end_side(loader, ledger, "cannot write the ledger", failure);
    }
    if (leave_out_ids(loader, batch) != 0)
        return attempt_end_side(loader, ledger, "cannot read the ledger", failure);
    return doubt_begin(loader, batch) == 0
        ? ATTEMPT_DONE
        : attempt_end_failed(loader, "cannot begin the transaction", failure);
}

/* Where not the first copy of a key passed, replace the content by that of the copy that did. */
static int correct_contents(struct loader *loader, const struct row_batch *batch)
{
    const struct target *target = loader->target;
    for (size_t i = 0; i < batch->key_count && contents_of(loader, batch) != NULL; i++) {
        uint32_t passed = loader->fresh[i] ? loader->tries[i] : ROW_BATCH_NONE;
        bool fresh;
        if (passed == ROW_BATCH_NONE || passed == batch->heads[i])
            continue;
        if (pg_ledger_delete(target->conn, &target->ledger, &batch->keys[i], 1) != 0 ||
            pg_ledger_insert(target->conn, &target->ledger, &batch->keys[i],
                &batch->items[passed].content, 1, &fresh) != 0)
            return -1;
    }
    return 0;
}

int ledger_keys_take_back(struct loader *loader, const struct row_batch *batch)
{
    size_t count = 0;
    for (size_t i = 0; i < batch->key_count; i++)
        if (loader->fresh[i] && loader->tries[i] == ROW_BATCH_NONE)
            loader->scratch[count++] = batch->keys[i];
    if (correct_contents(loader, batch) != 0)
        return -1;
    return count == 0
        ? 0
        : pg_ledger_delete(loader->target->conn, &loader->target->ledger, loader->scratch, count);
}
