#include <string.h>

#include "attempt.h"
#include "catalogue.h"
#include "commit.h"
#include "doubt.h"
#include "retry.h"
#include "shutdown.h"

/* Attempts in another way follow from facts found out, each of which is found out once. */
enum { MAX_WAYS = 8 };

/* Reconnect if need be. 0; 1: a fault; -1: refused for good. */
static int connect_again(struct loader *loader, struct retry *retry, struct failure *failure)
{
    struct pg_conn *conn = loader->target->conn;
    if (pg_conn_alive(conn) || retry_connect(retry, conn) == 0)
        return 0;
    if (pg_conn_error(conn)->fate == PG_FAULT)
        return 1;
    return failure_from_server(failure, pg_conn_error(conn), "cannot connect", true);
}

static bool outlast(struct loader *loader, struct retry *retry, struct failure *failure)
{
    struct pg_error error = *pg_conn_error(loader->target->conn);
    if (retry_wait(retry, &error))
        return true;
    if (shutdown_requested()) {
        failure_set(failure, STATUS_TEMPORARY, "stopped before the last batch was committed");
        failure_hint(failure, "its records got no verdict");
        return false;
    }
    (void)failure_from_server(failure, &error, "gave up retrying", error.sqlstate[0] == '\0');
    failure->status = STATUS_TEMPORARY;
    return false;
}

/* How the transaction ended: 1 committed, 0 rolled back, -1 not known (${failure}). */
static int ask_for_end(struct loader *loader, struct retry *retry, struct failure *failure)
{
    enum doubt_end end = DOUBT_LATER;
    while (end == DOUBT_LATER) {
        int connected = connect_again(loader, retry, failure);
        if (connected < 0)
            return -1;
        end = connected > 0 ? DOUBT_LATER : doubt_ask(loader);
        if (end == DOUBT_LATER && !outlast(loader, retry, failure))
            return -1;
    }
    if (end != DOUBT_UNKNOWN)
        return end == DOUBT_COMMITTED;
    failure_set(failure, STATUS_TEMPORARY, "cannot tell whether the last batch was committed");
    return failure_hint(failure, "its records got no verdict%s",
        loader->target->has_ledger ? "" : "; a ledger would have told");
}

static void adapt_modes(struct loader *loader, const struct row_batch *batch)
{
    bool repeats = false;
    bool refused = false;
    bool passed = false;
    for (size_t i = 0; i < batch->key_count; i++)
        repeats = repeats || !loader->fresh[i];
    for (size_t i = 0; i < batch->count; i++) {
        const struct item *item = &batch->items[i];
        refused = refused || (item->kind == ITEM_ROW && item->state == STATE_REFUSED);
        passed = passed || (item->kind == ITEM_ROW && item->state == STATE_PASSED);
    }
    loader->insert = loader->insert && repeats;
    loader->isolate = loader->isolate && refused;
    loader->immediate = loader->immediate && refused;
    loader->claimed = loader->claimed_refused = 0; /* for good */
    tally_learn(loader->tally, &loader->suspects, passed);
}

/*
 * The batch did not fit the target's columns (${stale}), or failed for good, which may be because
 * of that. 0: it is made to fit, to be tried again; 1: a fault; -1: nothing can be done,
 * ${failure}.
 */
static int renew(struct loader *loader, struct row_batch *batch, bool stale,
    struct failure *failure)
{
    struct target *target = loader->target;
    struct failure why = { .status = STATUS_OK };
    if (!stale &&
        (failure->status != STATUS_UNAVAILABLE || loader->renewals >= LOADER_RENEWALS ||
            !pg_conn_alive(target->conn)))
        return -1;
    loader->renewals++;
    switch (catalogue_renew(target->catalogue, target->conn, batch, target->has_ledger, &why)) {
    case RENEWAL_SAME:
        return stale ? 0 : -1;
    case RENEWAL_DONE:
        failure->status = STATUS_OK;
        return 0;
    case RENEWAL_FAULT:
        return stale ? 1 : -1;
    case RENEWAL_REFUSED:
        break;
    }
    *failure = why;
    return -1;
}

static int try_until_done(struct loader *loader, struct row_batch *batch, struct retry *retry,
    struct failure *failure)
{
    unsigned doubts = 0;
    for (int ways = 0; ways < MAX_WAYS;) {
        int connected = connect_again(loader, retry, failure);
        if (connected < 0)
            return -1;
        enum attempt attempt =
            connected > 0 ? ATTEMPT_FAULT : attempt_batch(loader, batch, failure);
        int end = 0;
        switch (attempt) {
        case ATTEMPT_DONE:
            return 0;
        case ATTEMPT_FAILED:
            if (renew(loader, batch, false, failure) != 0)
                return -1;
            break;
        case ATTEMPT_STALE:
            end = renew(loader, batch, true, failure);
            if (end < 0 || (end > 0 && !outlast(loader, retry, failure)))
                return -1;
            break;
        case ATTEMPT_AGAIN:
            ways++;
            break;
        case ATTEMPT_DOUBT:
            tally_fault(loader->tally);
            /* With every row in the ledger a second try tells: it waits for the first one's end. */
            if (batch->unkeyed > 0)
                end = ask_for_end(loader, retry, failure);
            if (end != 0)
                return end > 0 ? 0 : -1;
            loader->insert = true;
            /* What cuts off every COMMIT would else be tried for ever, without a pause. */
            if (doubts++ > 0 && !outlast(loader, retry, failure))
                return -1;
            break;
        case ATTEMPT_FAULT:
            tally_fault(loader->tally);
            if (!outlast(loader, retry, failure))
                return -1;
            break;
        }
    }
    return failure_set(failure, STATUS_INTERNAL, "a batch could not be loaded in any way");
}

int commit_batch(struct loader *loader, struct row_batch *batch, struct failure *failure)
{
    struct retry retry;
    retry_init(&retry, loader->options->retry_ms, loader->options->grace_ms);
    loader->renewals = 0;
    shutdown_work_begins();
    int status = try_until_done(loader, batch, &retry, failure);
    shutdown_work_ends();
    if (status == 0)
        adapt_modes(loader, batch);
    batch->kept_out = loader->kept_out;
    batch->notices = loader->notices;
    return status;
}
