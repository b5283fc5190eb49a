#include <string.h>

#include "base/msg.h"
#include "owns.h"
#include "pg/known.h"
#include "pg/transaction.h"

#define DEFINITIONS SQS2PG_DATADIR "/sql/pg-load.sql"

static const char *const own_words[] = {
    [PG_OWN_LEDGER] = "ledger", [PG_OWN_ERRORS] = "error table"
};
static const char *const own_options[] = {
    [PG_OWN_LEDGER] = "--ledger-table", [PG_OWN_ERRORS] = "--error-table"
};
static const char *const own_without[] = {
    [PG_OWN_LEDGER] = "--no-ledger", [PG_OWN_ERRORS] = "--no-quarantine"
};

/* Words for what keeps one of them from being used; ${owner}: whose it is. */
static int own_failure(const struct target *target, const struct load_options *options,
    const struct pg_own *own, enum pg_own_result result, const char *owner, struct failure *failure)
{
    const char *word = own_words[own->kind];
    switch (result) {
    case PG_OWN_LONG:
        failure_set(failure, STATUS_USAGE, "the %s's name would be longer than 63 bytes", word);
        return failure_hint(failure, "name one with %s", own_options[own->kind]);
    case PG_OWN_STRANGER:
        failure_set(failure, STATUS_UNAVAILABLE,
            "%s %s belongs to %s, who is neither the loader, nor the table's owner, nor a superuser",
            word, own->qualified, owner);
        return failure_hint(failure,
            "who owns it decides what becomes of messages: ALTER TABLE ... "
            "OWNER TO, or name another with %s",
            own_options[own->kind]);
    case PG_OWN_MEDDLED:
        return failure_set(failure, STATUS_UNAVAILABLE,
            "%s %s, of %s, has triggers, rules or row security", word, own->qualified, owner);
    case PG_OWN_SHAPE:
        failure_set(failure, STATUS_UNAVAILABLE,
            "%s %s, of %s, lacks a column or a unique index on its column key alone, or has a column "
            "that must be given",
            word, own->qualified, owner);
        return failure_hint(failure, DEFINITIONS " has its definition");
    case PG_OWN_VOLATILE:
        return failure_set(failure, STATUS_UNAVAILABLE,
            "%s %s is unlogged: it would forget after a crash what was acknowledged", word,
            own->qualified);
    case PG_OWN_MISSING:
        failure_set(failure, STATUS_UNAVAILABLE, "there is no %s %s", word, own->qualified);
        if (options->prune)
            return failure_hint(failure, "nothing was loaded with it, or --ledger-table names it");
        return failure_hint(failure, "create it with " DEFINITIONS ", or give %s",
            own_without[own->kind]);
    case PG_OWN_FAILED:
    case PG_OWN_OK:
        break;
    }
    return failure_from_server(failure, pg_conn_error(target->conn), word, true);
}

/* Create one that is missing; in a dry run in every transaction anew, of which this one, that only
 * looks, shows that it can be done. */
static int own_create(struct target *target, const struct load_options *options, struct pg_own *own,
    struct failure *failure)
{
    struct buf sql;
    buf_init(&sql, TARGET_MAX_PROLOGUE);
    int status = -1;
    if (pg_own_create_sql(own, &sql) == 0 && buf_cstr(&sql) != NULL)
        status = pg_conn_exec(target->conn, buf_cstr(&sql));
    else
        (void)pg_conn_no_memory(target->conn);
    buf_free(&sql);
    if (status == 0) { /* another role may have been first: then that table is not ours */
        char owner[PG_NAME_SIZE];
        enum pg_own_result made = pg_own_check(target->conn, &target->table, own, owner);
        if (made != PG_OWN_OK)
            return own_failure(target, options, own, made, owner, failure);
    }
    if (status == 0 && options->dry_run) {
        if (target->prologue.length == 0)
            buf_puts(&target->prologue, pg_own_lock_sql);
        if (pg_own_create_sql(own, &target->prologue) == 0)
            return 0;
        return failure_set(failure, STATUS_INTERNAL, "not enough memory");
    }
    if (status == 0) {
        target->created = true;
        msg_info("created the %s %s", own_words[own->kind], own->qualified);
        return 0;
    }
    struct pg_error error = *pg_conn_error(target->conn);
    (void)failure_from_table(failure, &error,
        own->kind == PG_OWN_LEDGER ? "creating the ledger" : "creating the error table",
        own->qualified, true);
    return failure_hint(failure, "an administrator may create it with " DEFINITIONS);
}

static int own_open(struct target *target, const struct load_options *options, struct pg_own *own,
    bool *locked, struct failure *failure)
{
    char owner[PG_NAME_SIZE];
    enum pg_own_result result = pg_own_check(target->conn, &target->table, own, owner);
    if (result == PG_OWN_MISSING && options->look_only && !options->no_create)
        return 0;
    if (result == PG_OWN_MISSING && !options->no_create && !*locked) {
        /* Another loader may be creating it just now: look again once it is done. */
        if (pg_conn_exec(target->conn, pg_own_lock_sql) != 0)
            return own_failure(target, options, own, PG_OWN_FAILED, "", failure);
        *locked = true;
        result = pg_own_check(target->conn, &target->table, own, owner);
    }
    if (result == PG_OWN_MISSING && !options->no_create)
        return own_create(target, options, own, failure);
    return result == PG_OWN_OK ? 0 : own_failure(target, options, own, result, owner, failure);
}

/* The statements that a transaction begins with, for both. */
static int make_guard(struct target *target, struct failure *failure)
{
    if (target->has_ledger)
        (void)pg_own_lock_checked_sql(&target->table, &target->ledger, &target->guard);
    if (target->has_errors)
        (void)pg_own_lock_checked_sql(&target->table, &target->errors, &target->guard);
    return buf_cstr(&target->guard) != NULL && buf_cstr(&target->prologue) != NULL
        ? 0
        : failure_set(failure, STATUS_INTERNAL, "not enough memory");
}

int owns_open(struct target *target, const struct load_options *options, struct failure *failure)
{
    bool locked = false;
    pg_own_free(&target->ledger);
    pg_own_free(&target->errors);
    buf_clear(&target->prologue);
    buf_clear(&target->guard);
    target->created = false;
    target->has_ledger = !options->no_ledger;
    target->has_errors = !options->no_quarantine;
    if (target->has_ledger) {
        enum pg_own_result named = pg_own_name(target->conn, &target->table, PG_OWN_LEDGER,
            options->ledger_table, &target->ledger);
        if (named != PG_OWN_OK)
            return own_failure(target, options, &target->ledger, named, "", failure);
        if (own_open(target, options, &target->ledger, &locked, failure) != 0)
            return -1;
    }
    if (target->has_errors) {
        enum pg_own_result named = pg_own_name(target->conn, &target->table, PG_OWN_ERRORS,
            options->error_table, &target->errors);
        if (named != PG_OWN_OK)
            return own_failure(target, options, &target->errors, named, "", failure);
        if (own_open(target, options, &target->errors, &locked, failure) != 0)
            return -1;
    }
    return make_guard(target, failure);
}

/* Whether it is what it should be, in a transaction of its own. */
static enum owns_fault look_again(struct target *target, const struct load_options *options,
    struct pg_own *own, struct failure *failure)
{
    struct pg_conn *conn = target->conn;
    char owner[PG_NAME_SIZE];
    enum pg_own_result result = PG_OWN_FAILED;
    if (pg_transaction_begin(conn, "") == 0)
        result = pg_own_check(conn, &target->table, own, owner);
    if (result == PG_OWN_OK || (result == PG_OWN_MISSING && target->prologue.length > 0))
        return OWNS_AS_BEFORE;
    if (result == PG_OWN_FAILED && pg_conn_error(conn)->fate == PG_FAULT)
        return OWNS_FAULT;
    (void)own_failure(target, options, own, result, owner, failure);
    return OWNS_REFUSED;
}

/* Whether it can be locked, in a transaction of its own. */
static enum owns_fault lock_again(struct target *target, const struct load_options *options,
    struct pg_own *own, struct failure *failure)
{
    struct pg_conn *conn = target->conn;
    struct buf sql;
    buf_init(&sql, TARGET_MAX_PROLOGUE);
    (void)pg_own_lock_checked_sql(&target->table, own, &sql);
    int begun = buf_cstr(&sql) == NULL ? pg_conn_no_memory(conn)
                                       : pg_transaction_begin(conn, buf_cstr(&sql));
    buf_free(&sql);
    struct pg_error error = *pg_conn_error(conn);
    if (begun == 0 || pg_own_check_raised(&error))
        return OWNS_AS_BEFORE;
    if (error.fate == PG_FAULT)
        return OWNS_FAULT;
    pg_known_forget(&error);
    (void)failure_from_table(failure, &error,
        own->kind == PG_OWN_LEDGER ? "writing the ledger" : "writing the error table",
        own->qualified, options->show_values);
    failure_rights(failure, &error, pg_own_rights(own), own->qualified);
    return OWNS_REFUSED;
}

enum owns_fault owns_explain(struct target *target, const struct load_options *options,
    struct failure *failure)
{
    struct pg_own *owns[] = { target->has_ledger ? &target->ledger : NULL,
        target->has_errors ? &target->errors : NULL };
    enum owns_fault fault = OWNS_AS_BEFORE;
    for (int i = 0; i < 2 && fault == OWNS_AS_BEFORE; i++) {
        if (owns[i] == NULL)
            continue;
        fault = look_again(target, options, owns[i], failure);
        pg_transaction_rollback(target->conn);
        if (fault == OWNS_AS_BEFORE && target->prologue.length == 0)
            fault = lock_again(target, options, owns[i], failure);
        pg_transaction_rollback(target->conn);
    }
    return fault;
}
