#include <string.h>

#include "attempt.h"
#include "base/msg.h"
#include "catalogue.h"
#include "commit.h"
#include "doubt.h"
#include "pg/stopped_client.h"
#include "retry.h"
#include "server_failure.h"
#include "shutdown.h"

/* A batch is repeated in another way after each of these, and each occurs once: it has repeats
 * (insert), refused rows (isolate, immediate, again_immediate), or needs a full check. */
enum { MAX_WAYS = 8 };

/*
 * A connection unused for longer than this is replaced. A server, a pooler or a gateway may have
 * forgotten it silently, above all while this process was frozen. The first statement would then
 * wait until the timeouts of TCP.
 */
enum { UNUSED_MOST_MS = 60000 };

enum connected { CONNECTED, CONNECTED_FAULT, CONNECTED_REFUSED };

/* Reconnect if need be; ${failure} is set when the server refuses for good. */
static enum connected connect_again(struct loader *loader, struct retry *retry,
    struct failure *failure)
{
    struct pg_conn *conn = loader->target->conn;
    if (pg_conn_alive(conn) || retry_connect(retry, conn) == 0)
        return CONNECTED;
    if (pg_conn_error(conn)->kind == PG_FAULT)
        return CONNECTED_FAULT;
    (void)server_failure_set(failure, pg_conn_error(conn), "cannot connect", true);
    return CONNECTED_REFUSED;
}

/* End the sessions of stopped loaders, whose open transactions would block other loaders. */
static void end_stopped(struct loader *loader)
{
    const struct target *target = loader->target;
    if (!target->has_ledger || strcmp(pg_conn_error(target->conn)->sqlstate, "55P03") != 0)
        return;
    int ended = pg_stopped_client_end(&loader->stopped, target->conn, &target->ledger);
    if (ended > 0)
        msg_warn("ended %d sessions of stopped loaders that had %s locked", ended,
            target->ledger.qualified);
}

static bool outlast(struct loader *loader, struct retry *retry, struct failure *failure)
{
    end_stopped(loader);
    struct pg_error error = *pg_conn_error(loader->target->conn);
    if (retry_wait(retry, &error))
        return true;
    if (shutdown_requested()) {
        failure_set(failure, STATUS_TEMPORARY, "stopped before the last batch was committed");
        failure_hint(failure, "its records got no verdict");
        return false;
    }
    (void)server_failure_set(failure, &error, "gave up retrying", error.sqlstate[0] == '\0');
    failure->status = STATUS_TEMPORARY;
    return false;
}

enum end { END_COMMITTED, END_ROLLED_BACK, END_UNKNOWN };

/* Find out how the transaction ended. ${failure} is set when that cannot be found out. */
static enum end ask_for_end(struct loader *loader, struct retry *retry, struct failure *failure)
{
    enum doubt_end end = DOUBT_LATER;
    while (end == DOUBT_LATER) {
        enum connected connected = connect_again(loader, retry, failure);
        if (connected == CONNECTED_REFUSED)
            return END_UNKNOWN;
        end = connected == CONNECTED ? doubt_resolve(loader) : DOUBT_LATER;
        if (end == DOUBT_LATER && !outlast(loader, retry, failure))
            return END_UNKNOWN;
    }
    if (end != DOUBT_UNKNOWN)
        return end == DOUBT_COMMITTED ? END_COMMITTED : END_ROLLED_BACK;
    failure_set(failure, STATUS_TEMPORARY, "cannot tell whether the last batch was committed");
    (void)failure_hint(failure, "its records got no verdict%s",
        loader->target->has_ledger ? "" : "; with a ledger they would have one");
    return END_UNKNOWN;
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
    loader->again_immediate = loader->again_immediate && refused;
    loader->claimed = loader->claimed_refused = 0; /* not returned to the tally */
    tally_learn(loader->tally, &loader->suspects, passed);
}

enum renewed { RENEWED, RENEWED_FAULT, RENEWED_FAILED };

/*
 * Make the batch fit the columns of the target, so that it can be repeated. It did not fit them
 * (${stale}), or it failed for good, perhaps for that reason. ${failure}: repeating is no use.
 */
static enum renewed renew(struct loader *loader, struct row_batch *batch, bool stale,
    struct failure *failure)
{
    struct target *target = loader->target;
    struct failure why = { .status = STATUS_OK };
    if (!stale &&
        (failure->status != STATUS_UNAVAILABLE || loader->renewals >= LOADER_RENEWALS ||
            !pg_conn_alive(target->conn)))
        return RENEWED_FAILED;
    loader->renewals++;
    switch (catalogue_renew(target->catalogue, target->conn, batch, target->has_ledger, &why)) {
    case RENEWAL_SAME:
        return stale ? RENEWED : RENEWED_FAILED;
    case RENEWAL_DONE:
        failure->status = STATUS_OK;
        return RENEWED;
    case RENEWAL_FAULT:
        return stale ? RENEWED_FAULT : RENEWED_FAILED;
    case RENEWAL_REFUSED:
        break;
    }
    *failure = why;
    return RENEWED_FAILED;
}

/* Resolve a lost answer to COMMIT. */
static enum end resolve_doubt(struct loader *loader, const struct row_batch *batch,
    struct retry *retry, unsigned *doubts, struct failure *failure)
{
    enum end end = END_ROLLED_BACK;
    tally_fault(loader->tally);
    /* With every row in the ledger, the next attempt tells: it waits for the end of the first. */
    if (batch->unkeyed > 0)
        end = ask_for_end(loader, retry, failure);
    if (end != END_ROLLED_BACK)
        return end;
    loader->insert = true;
    /* A cause that cuts off every COMMIT would otherwise be retried without limit or pause. */
    return (*doubts)++ > 0 && !outlast(loader, retry, failure) ? END_UNKNOWN : end;
}

static int try_until_done(struct loader *loader, struct row_batch *batch, struct retry *retry,
    struct failure *failure)
{
    unsigned doubts = 0;
    for (int ways = 0; ways < MAX_WAYS;) {
        enum connected connected = connect_again(loader, retry, failure);
        if (connected == CONNECTED_REFUSED)
            return -1;
        enum attempt attempt =
            connected == CONNECTED ? attempt_batch(loader, batch, failure) : ATTEMPT_FAULT;
        enum renewed renewed;
        enum end end;
        switch (attempt) {
        case ATTEMPT_DONE:
            return 0;
        case ATTEMPT_FAILED:
            if (renew(loader, batch, false, failure) != RENEWED)
                return -1;
            break;
        case ATTEMPT_STALE:
            renewed = renew(loader, batch, true, failure);
            if (renewed == RENEWED_FAILED ||
                (renewed == RENEWED_FAULT && !outlast(loader, retry, failure)))
                return -1;
            break;
        case ATTEMPT_AGAIN:
            ways++;
            break;
        case ATTEMPT_DOUBT:
            end = resolve_doubt(loader, batch, retry, &doubts, failure);
            if (end != END_ROLLED_BACK)
                return end == END_COMMITTED ? 0 : -1;
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
    if (pg_conn_unused_ms(loader->target->conn) > UNUSED_MOST_MS)
        pg_conn_close(loader->target->conn);
    int status = try_until_done(loader, batch, &retry, failure);
    shutdown_work_ends();
    if (status == 0)
        adapt_modes(loader, batch);
    batch->kept_out = loader->kept_out;
    batch->notices = loader->notices;
    return status;
}
