#include <inttypes.h>

#include "base/msg.h"
#include "base/stop.h"
#include "pg/ledger.h"
#include "pg/transaction.h"
#include "prune.h"
#include "server_failure.h"
#include "target_open.h"

/* About how many rows a transaction deletes. It is short; the next one takes a shorter or longer
 * step of time. */
enum { FEW_ROWS = 10000, MANY_ROWS = 40000 };

static int server_failure(const struct target *target, struct failure *failure)
{
    const struct pg_error error = *pg_conn_error(target->conn);
    if (pg_side_table_check_raised(&error))
        return failure_set(failure, STATUS_UNAVAILABLE,
            "ledger %s has just changed its owner or its structure", target->ledger.qualified);
    (void)server_failure_table(failure, &error, "cannot prune the ledger", target->ledger.qualified,
        true);
    server_failure_rights(failure, &error, "SELECT, DELETE", target->ledger.qualified);
    return -1;
}

/* Delete the keys written before ${until_ms}, in a transaction. Return 0, or -1 with ${failure}. */
static int delete_before(const struct target *target, uint64_t until_ms, uint64_t *count,
    struct failure *failure)
{
    struct pg_conn *conn = target->conn;
    if (pg_transaction_begin(conn, target->guard.data) != 0 ||
        pg_ledger_prune(conn, &target->ledger, until_ms) != 0)
        return server_failure(target, failure);
    *count = pg_conn_affected(conn);
    return pg_transaction_commit(conn, NULL) == PG_COMMITTED ? 0 : server_failure(target, failure);
}

/*
 * Delete the oldest keys first, in steps of time. ${pruned}: the number deleted, even on failure.
 */
static int delete_old(const struct target *target, const struct pg_ledger_old *old,
    uint64_t *pruned, struct failure *failure)
{
    uint64_t from = old->first_ms < old->until_ms ? old->first_ms : old->until_ms;
    uint64_t step = (old->until_ms - from) / (old->count / FEW_ROWS + 1) + 1;
    while (from < old->until_ms) {
        uint64_t count = 0;
        from = old->until_ms - from > step ? from + step : old->until_ms;
        if (stop_requested())
            return failure_set(failure, STATUS_TEMPORARY, "stopped before all keys were deleted");
        if (delete_before(target, from, &count, failure) != 0)
            return -1;
        *pruned += count;
        if (count > MANY_ROWS && step > 1)
            step /= 2;
        else if (count < FEW_ROWS)
            step *= 2;
    }
    return 0;
}

int prune_ledger(const struct load_options *options, uint64_t age_ms, struct failure *failure)
{
    struct target target;
    struct pg_ledger_old old;
    struct load_options look = *options;
    uint64_t pruned = 0;
    look.no_quarantine = look.no_create = look.prune = true;
    int status = target_open(&target, &look, NULL, failure);
    if (status == 0) {
        bool looked = pg_transaction_begin(target.conn, target.guard.data) == 0 &&
            pg_ledger_old(target.conn, &target.ledger, age_ms, &old) == 0;
        if (!looked)
            status = server_failure(&target, failure);
        pg_transaction_rollback(target.conn);
        if (looked && old.count > 0)
            status = delete_old(&target, &old, &pruned, failure);
        if (looked)
            msg_summary(status == 0, "pruned=%" PRIu64, pruned);
    }
    target_close(&target);
    return status;
}
