#include "doubt.h"
#include "pg/ledger.h"
#include "pg/mark.h"
#include "pg/transaction.h"

int doubt_begin(struct loader *loader, const struct row_batch *batch)
{
    const struct target *target = loader->target;
    bool fresh;
    if (batch->unkeyed == 0 || !target->has_ledger)
        return 0;
    if (pg_mark_make(&loader->mark) != 0)
        return pg_conn_no_memory(target->conn);
    return pg_ledger_insert(target->conn, &target->ledger, &loader->mark, NULL, 1, &fresh);
}

/* Return true when this transaction wrote to the ledger, so that COMMIT waits for the standby. */
static bool has_written(const struct loader *loader, const struct row_batch *batch)
{
    if (batch->unkeyed > 0)
        return true;
    for (size_t i = 0; i < batch->key_count; i++)
        if (loader->fresh[i])
            return true;
    return false;
}

int doubt_ready(struct loader *loader, const struct row_batch *batch)
{
    const struct target *target = loader->target;
    bool standby;
    if (pg_transaction_ready(target->conn, &standby) != 0)
        return -1;
    if (loader->options->dry_run)
        return 0;
    if (!target->has_ledger)
        return batch->unkeyed > 0 ? pg_xact_status_note(target->conn, &loader->xact_status) : 0;
    /* A transaction that only reads does not wait: a key that it read may be on no standby yet. */
    if (!standby || has_written(loader, batch))
        return 0;
    return pg_mark_touch(target->conn, &target->ledger) == PG_TRY_FAILED ? -1 : 0;
}

/* Wait for the standby, if there is one, in the current transaction. */
static enum doubt_end confirm(struct loader *loader)
{
    const struct target *target = loader->target;
    bool standby;
    if (pg_transaction_ready(target->conn, &standby) != 0)
        return DOUBT_LATER;
    if (!standby)
        return DOUBT_COMMITTED;
    enum pg_try done = pg_mark_touch(target->conn, target->has_ledger ? &target->ledger : NULL);
    if (done != PG_TRY_DONE)
        return done == PG_TRY_REFUSED ? DOUBT_UNKNOWN : DOUBT_LATER;
    return pg_transaction_commit(target->conn, NULL) == PG_COMMITTED ? DOUBT_COMMITTED
                                                                     : DOUBT_LATER;
}

/* Ask the ledger for the mark. Writing it again waits for a transaction that still holds it. */
static enum doubt_end ask_ledger(struct loader *loader)
{
    const struct target *target = loader->target;
    bool fresh;
    if (pg_transaction_begin(target->conn, target->guard.data) != 0 ||
        pg_ledger_insert(target->conn, &target->ledger, &loader->mark, NULL, 1, &fresh) != 0)
        return DOUBT_LATER;
    return fresh ? DOUBT_NEVER : confirm(loader);
}

static enum doubt_end ask_server(struct loader *loader)
{
    struct pg_conn *conn = loader->target->conn;
    switch (pg_xact_status_ask(conn, &loader->xact_status)) {
    case PG_END_COMMITTED:
        return pg_transaction_begin(conn, "") == 0 ? confirm(loader) : DOUBT_LATER;
    case PG_END_ABORTED:
        return DOUBT_NEVER;
    case PG_END_UNKNOWN:
        return DOUBT_UNKNOWN;
    case PG_END_IN_PROGRESS:
    case PG_END_FAILED:
        break;
    }
    return DOUBT_LATER;
}

enum doubt_end doubt_resolve(struct loader *loader)
{
    struct pg_conn *conn = loader->target->conn;
    enum doubt_end end = loader->target->has_ledger ? ask_ledger(loader) : ask_server(loader);
    pg_transaction_rollback(conn);
    if (end == DOUBT_LATER && pg_conn_alive(conn) && pg_conn_error(conn)->kind != PG_FAULT)
        return DOUBT_UNKNOWN;
    return end;
}
