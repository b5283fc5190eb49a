#include <inttypes.h>
#include <stdlib.h>

#include "evidence.h"
#include "ledger_keys.h"
#include "outcome.h"
#include "pg/ledger.h"
#include "pg/transaction.h"

/* ---- known duplicates ---- */

/* Return true when an item was refused early. A late one does not count: the first record of its
 * message may just have written its key. */
static bool refused_early(const struct item *item)
{
    return item->kind != ITEM_ROW && !item->late;
}

static int compare_keys(const void *a, const void *b)
{
    return pg_key_compare(a, b);
}

/* Return true when this transaction wrote the key. */
static bool is_fresh(const struct loader *loader, const struct row_batch *batch,
    const struct pg_key *key)
{
    const struct pg_key *found = batch->key_count == 0
        ? NULL
        : bsearch(key, batch->keys, batch->key_count, sizeof *key, compare_keys);
    return found != NULL && loader->fresh[found - batch->keys];
}

static bool is_keyed(const struct item *item)
{
    return refused_early(item) && item->has_key;
}

/* Set held[i] for each such item whose key a committed row holds. Return 0 or -1. */
static int find_held(struct loader *loader, const struct row_batch *batch, bool *held)
{
    const struct target *target = loader->target;
    struct pg_key *keys = loader->scratch;
    size_t count = 0;
    for (size_t i = 0; i < batch->count; i++) {
        const struct item *item = &batch->items[i];
        if (is_keyed(item) && !is_fresh(loader, batch, &item->ledger_key))
            keys[count++] = item->ledger_key;
    }
    if (count == 0)
        return 0;
    qsort(keys, count, sizeof *keys, compare_keys);
    bool *marks = calloc(count, sizeof *marks);
    if (marks == NULL)
        return pg_conn_no_memory(target->conn);
    int status = pg_ledger_holds(target->conn, &target->ledger, keys, count, marks);
    for (size_t i = 0; i < batch->count && status == 0; i++) {
        const struct item *item = &batch->items[i];
        const struct pg_key *found = is_keyed(item)
            ? bsearch(&item->ledger_key, keys, count, sizeof *keys, compare_keys)
            : NULL;
        held[i] = found != NULL && marks[found - keys];
    }
    free(marks);
    return status;
}

/* Mark as duplicates the refused records whose key a committed row holds. Return 0 or -1. */
static int find_duplicates(struct loader *loader, struct row_batch *batch)
{
    const struct target *target = loader->target;
    if (!target->has_ledger)
        return 0;
    bool *held = calloc(batch->count, sizeof *held);
    if (held == NULL)
        return pg_conn_no_memory(target->conn);
    int status = find_held(loader, batch, held);
    if (status == 0 && target->ledger_form.has_ids && !batch->plan->has_key)
        status = ledger_keys_find_ids(loader, batch, is_keyed, held);
    for (size_t i = 0; i < batch->count && status == 0; i++)
        if (held[i])
            batch->items[i].state = STATE_DUPLICATE;
    free(held);
    return status;
}

/* ---- differing content ---- */

/* Compare the duplicates of one key with its ${content}. Return 0, or -1 when memory runs out. */
static int compare_copies(const struct loader *loader, struct row_batch *batch, uint32_t first,
    const struct pg_content *content)
{
    for (uint32_t at = first; at != ROW_BATCH_NONE; at = batch->items[at].next) {
        struct item *item = &batch->items[at];
        if (item->state != STATE_DUPLICATE || !pg_key_content_differs(&item->content, content))
            continue;
        item->differs = !loader->options->strict_key;
        if (item->differs)
            continue;
        if (row_batch_refuse(batch, item, "load", "conflict") == NULL)
            return -1;
        item->conflict = true;
        item->state = STATE_REFUSED;
    }
    return 0;
}

/* With --key, find the duplicates whose values differ from those of the row with their key. Return
 * 0, or -1 with the connection's error. */
static int compare_contents(struct loader *loader, struct row_batch *batch)
{
    const struct target *target = loader->target;
    size_t count = 0;
    int status;
    if (!batch->plan->has_key || !target->has_ledger || !target->ledger_form.has_content ||
        row_batch_count(batch, STATE_DUPLICATE) == 0)
        return 0;
    for (size_t i = 0; i < batch->key_count; i++)
        if (!loader->fresh[i])
            loader->scratch[count++] = batch->keys[i];
    struct pg_content *contents = calloc(count + 1, sizeof *contents);
    bool *known = calloc(count + 1, sizeof *known);
    if (contents == NULL || known == NULL) {
        status = pg_conn_no_memory(target->conn);
        goto release;
    }
    status =
        pg_ledger_contents(target->conn, &target->ledger, loader->scratch, count, contents, known);
    size_t at = 0;
    for (size_t i = 0; i < batch->key_count && status == 0; i++) {
        bool fresh = loader->fresh[i];
        const struct pg_content *content = fresh && loader->tries[i] != ROW_BATCH_NONE
            ? &batch->items[loader->tries[i]].content
            : !fresh && known[at] ? &contents[at]
                                  : NULL;
        at += !fresh;
        if (content != NULL && compare_copies(loader, batch, batch->heads[i], content) != 0)
            status = pg_conn_no_memory(target->conn);
    }
release:
    free(contents);
    free(known);
    return status;
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
    batch->without_verdict = 0;
    for (size_t i = 0; i < batch->count; i++) {
        batch->items[i].verdict = verdict_of(loader, &batch->items[i]);
        batch->without_verdict += batch->items[i].verdict == VERDICT_UNKNOWN;
    }
}

/* Return true when the batch takes the run past --max-rejects. If not, count it from now on. */
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
    failure_set(failure, STATUS_DATA,
        "more than --max-rejects: %" PRIu64 " of %" PRIu64 " records refused", all_refused, all);
    return true;
}

enum attempt outcome_decide(struct loader *loader, struct row_batch *batch, struct failure *failure)
{
    struct suspects found;
    if (find_duplicates(loader, batch) != 0)
        return attempt_end_side(loader, &loader->target->ledger, "cannot read the ledger", failure);
    enum evidence evidence = evidence_evaluate(loader, batch, &found);
    if (evidence == EVIDENCE_ERROR)
        return attempt_end_failed(loader, "cannot look for rows", failure);
    loader->suspects = found;
    if (compare_contents(loader, batch) != 0)
        return attempt_end_side(loader, &loader->target->ledger, "cannot read the ledger", failure);
    set_verdicts(loader, batch);
    bool past = is_past_limit(loader, batch, failure);
    if (evidence == EVIDENCE_SETUP)
        evidence_failure(batch, &found, failure);
    if (!past && evidence == EVIDENCE_RECORDS)
        return ATTEMPT_DONE;
    pg_transaction_rollback(loader->target->conn);
    return ATTEMPT_FAILED;
}
