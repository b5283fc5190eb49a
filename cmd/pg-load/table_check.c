#include <inttypes.h>
#include <string.h>

#include "server_failure.h"
#include "table_check.h"

static const char without_ledger[] = "use --no-ledger if that does not matter";

/* Refuse a target that a crash could empty; ${name}: as the user wrote it. */
static int judge_target(const struct pg_table_state *guard, const char *name,
    struct failure *failure)
{
    if (guard->foreign) {
        failure_set(failure, STATUS_UNAVAILABLE,
            "%s is a foreign table, or has a foreign partition;"
            " its server may keep a row that this one rolls back",
            name);
        return failure_hint(failure, "%s", without_ledger);
    }
    if (guard->forgets) {
        failure_set(failure, STATUS_UNAVAILABLE,
            "%s is unlogged or temporary: a crash would empty it, but not the ledger", name);
        return failure_hint(failure, "%s", without_ledger);
    }
    return 0;
}

static int judge_side(const struct pg_side_state *found, const struct pg_side_table *side,
    const char *word, struct failure *failure)
{
    if (found->forgets)
        return failure_set(failure, STATUS_UNAVAILABLE,
            "%s %s is unlogged or foreign: a crash would empty it after messages were deleted",
            word, side->qualified);
    if (found->keyless)
        return failure_set(failure, STATUS_UNAVAILABLE,
            "%s %s has lost its unique index on its column key alone", word, side->qualified);
    if (found->meddled)
        return failure_set(failure, STATUS_UNAVAILABLE,
            "%s %s has a trigger, a rule or row security: it may keep out rows of deleted messages",
            word, side->qualified);
    return 0;
}

int table_check_target(const struct target *target, const struct load_options *options,
    struct failure *failure)
{
    struct pg_table_state guard;
    if (options->no_ledger || options->prune)
        return 0;
    if (pg_table_state_read(target->conn, &target->table, PG_TABLE_STATE_TARGET, NULL, NULL,
            &guard) != 0)
        return server_failure_set(failure, pg_conn_error(target->conn), "cannot read the table",
            true);
    return judge_target(&guard, options->table, failure);
}

enum table_check table_check_batch(struct loader *loader, const struct row_batch *batch,
    struct failure *failure)
{
    const struct target *target = loader->target;
    struct pg_table_state guard;
    if (pg_table_state_read(target->conn, batch->table,
            target->has_ledger ? PG_TABLE_STATE_TARGET : PG_TABLE_STATE_SHAPE,
            target->has_ledger ? &target->ledger : NULL,
            target->has_errors ? &target->errors : NULL, &guard) != 0)
        return TABLE_CHECK_ERROR;
    loader->waiting = guard.waiting;
    if (target->has_ledger &&
        (judge_target(&guard, target->table.qualified, failure) != 0 ||
            judge_side(&guard.side, &target->ledger, "ledger", failure) != 0))
        return TABLE_CHECK_BROKEN;
    /* After repeated changes, load the batch as it is: the server took the rows. */
    bool same = strcmp(guard.shape, batch->table->shape) == 0;
    return same || loader->renewals >= LOADER_RENEWALS ? TABLE_CHECK_HOLDS : TABLE_CHECK_CHANGED;
}

enum table_check table_check_errors(struct loader *loader, const struct row_batch *batch,
    struct failure *failure)
{
    const struct target *target = loader->target;
    struct pg_table_state guard;
    if (pg_table_state_read(target->conn, batch->table, PG_TABLE_STATE_TARGET, &target->errors,
            &target->errors, &guard) != 0)
        return TABLE_CHECK_ERROR;
    return judge_side(&guard.side, &target->errors, "error table", failure) == 0
        ? TABLE_CHECK_HOLDS
        : TABLE_CHECK_BROKEN;
}

enum table_check table_check_keys(const struct loader *loader, const struct row_batch *batch,
    struct failure *failure)
{
    const struct target *target = loader->target;
    uint64_t taken = pg_conn_affected(target->conn);
    if (taken == batch->key_count)
        return TABLE_CHECK_HOLDS;
    (void)failure_set(failure, STATUS_UNAVAILABLE,
        "ledger %s took %" PRIu64 " of %zu keys; a trigger may keep the others out",
        target->ledger.qualified, taken, batch->key_count);
    return TABLE_CHECK_BROKEN;
}
