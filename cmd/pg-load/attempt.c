#include "attempt.h"
#include "doubt.h"
#include "error_rows.h"
#include "isolate.h"
#include "ledger_keys.h"
#include "outcome.h"
#include "pg/transaction.h"
#include "table_rows.h"

static enum attempt check_tables(struct loader *loader, const struct row_batch *batch,
    struct failure *failure)
{
    enum table_check check = table_check_batch(loader, batch, failure);
    return check == TABLE_CHECK_HOLDS ? ATTEMPT_DONE : attempt_end_check(loader, check, failure);
}

static enum attempt commit(struct loader *loader, const struct row_batch *batch,
    struct failure *failure)
{
    struct pg_conn *conn = loader->target->conn;
    enum pg_commit outcome = PG_NOT_COMMITTED;
    if (doubt_ready(loader, batch) == 0)
        outcome =
            loader->options->dry_run ? PG_COMMITTED : pg_transaction_commit(conn, &loader->notices);
    if (outcome == PG_COMMITTED) {
        pg_transaction_rollback(conn); /* ends the transaction of a dry run */
        return ATTEMPT_DONE;
    }
    if (outcome == PG_IN_DOUBT)
        return ATTEMPT_DOUBT;
    if (isolate_can(pg_sqlstate_row_kind(pg_conn_error(conn)->sqlstate)) &&
        !loader->again_immediate) {
        loader->again_immediate = loader->immediate;
        loader->isolate = loader->immediate = true; /* a deferred constraint: find the row */
        return attempt_end_again(loader);
    }
    return attempt_end_failed(loader, "cannot commit", failure);
}

/* Run the steps of the transaction in order, and stop at the first that is not done. */
enum attempt attempt_batch(struct loader *loader, struct row_batch *batch, struct failure *failure)
{
    row_batch_rewind(batch);
    loader_release(loader);
    loader->kept_out = 0;
    enum attempt step = ledger_keys_write(loader, batch, failure);
    if (step == ATTEMPT_DONE && loader->isolate) /* before many rows that do not fit are refused */
        step = check_tables(loader, batch, failure);
    if (step == ATTEMPT_DONE)
        step = table_rows_load(loader, batch, failure);
    if (step == ATTEMPT_DONE)
        step = check_tables(loader, batch, failure);
    if (step == ATTEMPT_DONE && ledger_keys_take_back(loader, batch) != 0)
        step =
            attempt_end_side(loader, &loader->target->ledger, "cannot write the ledger", failure);
    if (step == ATTEMPT_DONE)
        step = outcome_decide(loader, batch, failure);
    if (step == ATTEMPT_DONE)
        step = error_rows_write(loader, batch, failure);
    return step == ATTEMPT_DONE ? commit(loader, batch, failure) : step;
}
