#include <string.h>

#include "attempt_end.h"
#include "pg/transaction.h"
#include "server_failure.h"

enum attempt attempt_end_error(struct loader *loader, struct pg_error error,
    const struct pg_side_table *side, const char *doing, struct failure *failure)
{
    const struct target *target = loader->target;
    pg_transaction_rollback(loader->target->conn);
    if (error.kind == PG_FAULT)
        return ATTEMPT_FAULT;
    /* Leave the names out when the server cannot be asked for them; still report the error. */
    if (!pg_conn_alive(target->conn))
        pg_error_names_forget(&error);
    else
        (void)pg_error_names_check(&loader->known, target->conn, target->table.qualified, &error);
    (void)server_failure_table(failure, &error, doing, side == NULL ? "" : side->qualified,
        loader->options->show_values);
    if (side == NULL)
        server_failure_rights(failure, &error,
            loader->options->upsert.count > 0 ? "SELECT, INSERT and UPDATE" : "INSERT",
            target->table.qualified);
    else
        server_failure_rights(failure, &error, pg_side_table_rights(side), side->qualified);
    return ATTEMPT_FAILED;
}

enum attempt attempt_end_side(struct loader *loader, const struct pg_side_table *side,
    const char *doing, struct failure *failure)
{
    return attempt_end_error(loader, *pg_conn_error(loader->target->conn), side, doing, failure);
}

enum attempt attempt_end_failed(struct loader *loader, const char *doing, struct failure *failure)
{
    return attempt_end_side(loader, NULL, doing, failure);
}

/* End the attempt as the table check demands when it does not hold. */
enum attempt attempt_end_check(struct loader *loader, enum table_check check,
    struct failure *failure)
{
    bool side = loader->target->has_errors &&
        strncmp(pg_conn_error(loader->target->conn)->sqlstate, "42", 2) == 0;
    if (check == TABLE_CHECK_ERROR)
        return attempt_end_side(loader, side ? &loader->target->errors : NULL,
            "cannot read the tables", failure);
    pg_transaction_rollback(loader->target->conn);
    return check == TABLE_CHECK_CHANGED ? ATTEMPT_STALE : ATTEMPT_FAILED;
}

enum attempt attempt_end_refused(struct loader *loader)
{
    pg_transaction_rollback(loader->target->conn);
    return ATTEMPT_FAILED;
}

enum attempt attempt_end_again(struct loader *loader)
{
    pg_transaction_rollback(loader->target->conn);
    return ATTEMPT_AGAIN;
}
