#include <inttypes.h>

#include "base/msg.h"
#include "pg/ledger.h"
#include "pg/transaction.h"
#include "prune.h"
#include "server_failure.h"
#include "target_open.h"

int prune_ledger(const struct load_options *options, uint64_t age_ms, struct failure *failure)
{
    struct target target;
    struct load_options look = *options;
    look.no_quarantine = look.no_create = look.prune = true;
    int status = target_open(&target, &look, NULL, failure);
    if (status == 0) {
        struct pg_conn *conn = target.conn;
        uint64_t count = 0;
        bool begun = pg_transaction_begin(conn, target.guard.data) == 0;
        bool done = begun && pg_ledger_prune(conn, &target.ledger, age_ms) == 0;
        count = pg_conn_affected(conn);
        if (!begun && pg_side_table_check_raised(pg_conn_error(conn)))
            status = failure_set(failure, STATUS_UNAVAILABLE,
                "ledger %s has just become another's, or been changed", target.ledger.qualified);
        else if (!done || pg_transaction_commit(conn, NULL) != PG_COMMITTED) {
            const struct pg_error error = *pg_conn_error(conn);
            status = server_failure_table(failure, &error, "pruning the ledger",
                target.ledger.qualified, true);
            server_failure_rights(failure, &error, "SELECT, DELETE", target.ledger.qualified);
        } else
            msg_summary(true, "pruned=%" PRIu64, count);
    }
    target_close(&target);
    return status;
}
