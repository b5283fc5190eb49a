#include <string.h>

#include "pg/transaction.h"
#include "retry.h"
#include "server_failure.h"
#include "shutdown.h"
#include "side_tables.h"
#include "table_check.h"
#include "target_open.h"
#include "time_zone.h"
#include "upsert_index.h"

static const char quoting[] = "write schema.\"Odd Name\" for a name that SQL needs in quotes";

/* Return true when SQL reads the name unchanged, without folding or refusing a part of it. */
static bool is_plain_name(const char *name)
{
    return strchr(name, '"') != NULL ||
        name[strspn(name, "abcdefghijklmnopqrstuvwxyz0123456789_$.")] == '\0';
}

/* Return true for the states that servers of any version give for a text that is not a name. */
static bool is_name_error(const char *sqlstate)
{
    return strcmp(sqlstate, "42602") == 0 || strcmp(sqlstate, "42601") == 0 ||
        strcmp(sqlstate, "0A000") == 0;
}

static int find_table(struct target *target, const struct load_options *options,
    struct failure *failure)
{
    pg_table_free(&target->table);
    switch (pg_table_find(target->conn, options->table, &target->table)) {
    case PG_TABLE_OK:
        break;
    case PG_TABLE_MISSING:
        failure_set(failure, STATUS_UNAVAILABLE, "table %s does not exist in database %s",
            options->table, pg_conn_database(target->conn));
        return is_plain_name(options->table) ? -1 : failure_hint(failure, "%s", quoting);
    case PG_TABLE_KIND:
        return failure_set(failure, STATUS_UNAVAILABLE, "%s is not a table", options->table);
    case PG_TABLE_VIEW:
        return failure_set(failure, STATUS_UNAVAILABLE, "%s is a view, not a table",
            options->table);
    case PG_TABLE_FAILED:
        if (is_name_error(pg_conn_error(target->conn)->sqlstate)) {
            failure_set(failure, STATUS_UNAVAILABLE, "%s is not the name of a table",
                options->table);
            return failure_hint(failure, "%s", quoting);
        }
        return server_failure_set(failure, pg_conn_error(target->conn), "cannot look up the table",
            true);
    }
    return 0;
}

static int tell_zone(struct target *target, const struct load_options *options,
    struct failure *failure)
{
    if (options->prune || options->look_only)
        return 0;
    int told = pg_transaction_begin(target->conn, "") == 0 ? time_zone_warn(target) : -1;
    pg_transaction_rollback(target->conn);
    return told == 0
        ? 0
        : server_failure_set(failure, pg_conn_error(target->conn), "cannot read TimeZone", true);
}

static int look_at_index(struct target *target, const struct load_options *options,
    struct failure *failure)
{
    if (options->upsert.count == 0)
        return 0;
    switch (upsert_index_read(target->conn, &target->table, options->table, &options->upsert,
        &target->upsert, failure)) {
    case UPSERT_INDEX_READ:
        return 0;
    case UPSERT_INDEX_FAILED:
        return server_failure_set(failure, pg_conn_error(target->conn),
            "cannot read the indexes of the table", true);
    case UPSERT_INDEX_REFUSED:
        break;
    }
    return -1;
}

static int try_open(struct target *target, const struct load_options *options, struct retry *retry,
    struct failure *failure)
{
    if (retry_connect(retry, target->conn) != 0)
        return server_failure_set(failure, pg_conn_error(target->conn), "cannot connect", true);
    if (find_table(target, options, failure) != 0)
        return -1;
    if (pg_transaction_begin(target->conn, "") != 0)
        return server_failure_set(failure, pg_conn_error(target->conn),
            "cannot begin the transaction", true);
    if (table_check_target(target, options, failure) != 0 ||
        table_check_security(target, options, failure) != 0 ||
        look_at_index(target, options, failure) != 0 ||
        side_tables_open(target, options, failure) != 0) {
        pg_transaction_rollback(target->conn);
        return -1;
    }
    if (!target->created)
        pg_transaction_rollback(target->conn); /* nothing was changed */
    else if (pg_transaction_commit(target->conn, NULL) != PG_COMMITTED)
        return server_failure_set(failure, pg_conn_error(target->conn), "cannot create tables",
            true);
    return tell_zone(target, options, failure);
}

int target_open(struct target *target, const struct load_options *options, struct meter *meter,
    struct failure *failure)
{
    struct retry retry;
    *target = (struct target){ .conn = NULL };
    buf_init(&target->prologue, TARGET_MAX_PROLOGUE);
    buf_init(&target->guard, TARGET_MAX_PROLOGUE);
    target->conn = pg_conn_new(options->dsn, options->password_command);
    if (target->conn == NULL)
        return failure_no_memory(failure);
    pg_conn_set_cancel(target->conn, shutdown_fd());
    retry_init(&retry, options->retry_ms, options->grace_ms);
    retry.meter = meter;
    retry.by_default = options->dsn == NULL;
    while (try_open(target, options, &retry, failure) != 0) {
        if (failure->status != STATUS_TEMPORARY)
            return -1;
        if (!retry_wait(&retry, pg_conn_error(target->conn)))
            return -1;
        failure->status = STATUS_OK;
    }
    return 0;
}
