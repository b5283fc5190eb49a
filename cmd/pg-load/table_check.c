#include <inttypes.h>
#include <string.h>

#include "base/msg.h"
#include "pg/fingerprint.h"
#include "server_failure.h"
#include "table_check.h"

enum { MAX_SQL = 16384 };

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
            "%s is unlogged or temporary, or has such a partition:"
            " a crash would empty it, but not the ledger",
            name);
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
    if (found->may_keep_out)
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
    if (pg_table_state_read(target->conn, &target->table, PG_TABLE_STATE_TARGET, NULL, NULL, NULL,
            &guard) != 0)
        return server_failure_set(failure, pg_conn_error(target->conn), "cannot read the table",
            true);
    return judge_target(&guard, options->table, failure);
}

int table_check_security(const struct target *target, const struct load_options *options,
    struct failure *failure)
{
    if (!target->table.secured || options->upsert.count > 0 || options->prune || options->look_only)
        return 0;
    (void)failure_set(failure, STATUS_UNAVAILABLE,
        "%s has row level security for this role, and COPY does not load such a table",
        options->table);
    return failure_hint(failure, "use --upsert, or a role with BYPASSRLS");
}

/* Which tables the statements at the beginning of a transaction check, or those after its rows. */
static struct pg_fingerprint_of tables_of(const struct target *target, bool after_rows)
{
    return (struct pg_fingerprint_of){ .target = &target->table,
        .with_target = after_rows,
        .ledger = target->has_ledger ? &target->ledger : NULL,
        .errors = target->has_errors && !after_rows ? &target->errors : NULL };
}

/* The tables that a dry run makes are gone with its transaction. */
static bool may_remember(const struct target *target)
{
    return target->prologue.length == 0;
}

/* Take the text of a fingerprint from the result. Return false when there is none. */
static bool take_fingerprint(const struct pg_conn *conn, int column, char text[PG_SHAPE_SIZE])
{
    const char *value = pg_conn_value(conn, 0, column);
    return value != NULL && memccpy(text, value, '\0', PG_SHAPE_SIZE) != NULL;
}

/* Append the two fingerprints: for the begin of a transaction, and for the check after its rows. */
static void ask_fingerprints(const struct target *target, struct buf *sql)
{
    const struct pg_fingerprint_of at_begin = tables_of(target, false);
    const struct pg_fingerprint_of after_rows = tables_of(target, true);
    pg_fingerprint_sql(&at_begin, sql);
    buf_puts(sql, ", ");
    pg_fingerprint_sql(&after_rows, sql);
}

/*
 * Remember a full check that passed, with the fingerprints that its statement has read, and make
 * the statements that spare the next batches such checks. What the begin of this transaction has
 * checked is locked since then. Return 0, or -1 when memory runs out.
 */
static int remember(struct loader *loader, const struct pg_table_state *state)
{
    const struct target *target = loader->target;
    const struct pg_fingerprint_of at_begin = tables_of(target, false);
    const struct pg_fingerprint_of after_rows = tables_of(target, true);
    struct passed_check *passed = &loader->passed;
    char begin[PG_SHAPE_SIZE];
    if (passed->asked || !may_remember(target))
        return 0;
    if (take_fingerprint(target->conn, state->more, begin))
        pg_fingerprint_lock_sql(&at_begin, begin, &passed->guard);
    if (take_fingerprint(target->conn, state->more + 1, passed->fingerprint)) {
        passed->state = *state;
        buf_puts(&passed->check, "SELECT ");
        pg_fingerprint_sql(&after_rows, &passed->check);
        if (target->has_errors) {
            buf_puts(&passed->check, ", ");
            (void)pg_side_table_unresolved_sql(&target->errors, &passed->check);
        }
    }
    passed->asked = true;
    if (buf_cstr(&passed->guard) != NULL && buf_cstr(&passed->check) != NULL)
        return 0;
    loader_forget_passed(loader);
    return pg_conn_no_memory(target->conn);
}

/* Find the state of the tables, in full only when their fingerprint has changed. Return 0 or -1. */
static int find_state(struct loader *loader, const struct row_batch *batch,
    struct pg_table_state *state)
{
    const struct target *target = loader->target;
    const struct passed_check *passed = &loader->passed;
    char found[PG_SHAPE_SIZE];
    if (passed->check.length > 0) {
        if (pg_conn_query(target->conn, passed->check.data, NULL, 0, false) != 0)
            return -1;
        if (take_fingerprint(target->conn, 0, found) && strcmp(found, passed->fingerprint) == 0) {
            const char *waiting = target->has_errors ? pg_conn_value(target->conn, 0, 1) : NULL;
            *state = passed->state;
            state->waiting = waiting != NULL && *waiting == 't';
            return 0;
        }
        loader_forget_passed(loader);
    }
    struct buf more;
    buf_init(&more, MAX_SQL);
    if (!passed->asked && may_remember(target))
        ask_fingerprints(target, &more);
    const char *fingerprints = buf_cstr(&more);
    int status = fingerprints == NULL
        ? pg_conn_no_memory(target->conn)
        : pg_table_state_read(target->conn, batch->table,
              target->has_ledger ? PG_TABLE_STATE_TARGET : PG_TABLE_STATE_SHAPE,
              target->has_ledger ? &target->ledger : NULL,
              target->has_errors ? &target->errors : NULL, more.length > 0 ? fingerprints : NULL,
              state);
    buf_free(&more);
    return status;
}

enum table_check table_check_batch(struct loader *loader, const struct row_batch *batch,
    struct failure *failure)
{
    const struct target *target = loader->target;
    struct pg_table_state state = { .more = 0 };
    if (find_state(loader, batch, &state) != 0)
        return TABLE_CHECK_ERROR;
    loader->waiting = state.waiting;
    if (target->has_ledger &&
        (judge_target(&state, target->table.qualified, failure) != 0 ||
            judge_side(&state.side, &target->ledger, "ledger", failure) != 0))
        return TABLE_CHECK_BROKEN;
    bool same = strcmp(state.shape, batch->table->shape) == 0;
    if (!same && loader->renewals < LOADER_RENEWALS)
        return TABLE_CHECK_CHANGED;
    /* After repeated changes, load the batch as it is: the server took the rows. */
    if (!same && loader->renewals++ == LOADER_RENEWALS)
        msg_warn("the columns of %s have changed %u times while one batch was loaded;"
                 " its rows may lack values for the newest columns",
            batch->table->qualified, loader->renewals);
    return remember(loader, &state) == 0 ? TABLE_CHECK_HOLDS : TABLE_CHECK_ERROR;
}

enum table_check table_check_errors(struct loader *loader, const struct row_batch *batch,
    struct failure *failure)
{
    const struct target *target = loader->target;
    struct pg_table_state guard;
    if (pg_table_state_read(target->conn, batch->table, PG_TABLE_STATE_TARGET, &target->errors,
            &target->errors, NULL, &guard) != 0)
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
