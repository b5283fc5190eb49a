#include <string.h>

#include "base/msg.h"
#include "key_digits.h"
#include "pg/error_names.h"
#include "pg/transaction.h"
#include "server_failure.h"
#include "side_tables.h"

#define DEFINITIONS SQS2PG_DATADIR "/sql/pg-load.sql"

static const char *const side_words[] = {
    [PG_SIDE_LEDGER] = "ledger", [PG_SIDE_ERRORS] = "error table"
};
static const char *const side_options[] = {
    [PG_SIDE_LEDGER] = "--ledger-table", [PG_SIDE_ERRORS] = "--error-table"
};
static const char *const side_without[] = {
    [PG_SIDE_LEDGER] = "--no-ledger", [PG_SIDE_ERRORS] = "--no-quarantine"
};

/* Set the failure when a table beside the target cannot be used; ${owner}: its owner. */
static int side_failure(const struct target *target, const struct load_options *options,
    const struct pg_side_table *side, enum pg_side_table_result result, const char *owner,
    struct failure *failure)
{
    const char *word = side_words[side->kind];
    switch (result) {
    case PG_SIDE_LONG:
        failure_set(failure, STATUS_USAGE, "the name of the %s would be longer than 63 bytes",
            word);
        return failure_hint(failure, "name one with %s", side_options[side->kind]);
    case PG_SIDE_OWNER:
        failure_set(failure, STATUS_UNAVAILABLE,
            "%s %s belongs to %s, who is neither the loader, nor the table's owner, nor a superuser",
            word, side->qualified, owner);
        return failure_hint(failure,
            "its owner decides the fate of messages: use ALTER TABLE ... "
            "OWNER TO, or name another with %s",
            side_options[side->kind]);
    case PG_SIDE_ACTIVE:
        return failure_set(failure, STATUS_UNAVAILABLE,
            "%s %s, of %s, has triggers, rules or row security", word, side->qualified, owner);
    case PG_SIDE_SHAPE:
        failure_set(failure, STATUS_UNAVAILABLE,
            "%s %s, of %s, lacks a column or a unique index on its column key alone, or has a column "
            "that must be given",
            word, side->qualified, owner);
        return failure_hint(failure, "see " DEFINITIONS " for its definition");
    case PG_SIDE_VOLATILE:
        return failure_set(failure, STATUS_UNAVAILABLE,
            "%s %s is unlogged: a crash would empty it after messages were deleted", word,
            side->qualified);
    case PG_SIDE_MISSING:
        failure_set(failure, STATUS_UNAVAILABLE, "the %s %s does not exist", word, side->qualified);
        if (options->prune)
            return failure_hint(failure,
                "name it with --ledger-table, unless nothing was loaded yet");
        return failure_hint(failure, "create it with " DEFINITIONS ", or give %s",
            side_without[side->kind]);
    case PG_SIDE_FAILED:
    case PG_SIDE_OK:
        break;
    }
    return server_failure_set(failure, pg_conn_error(target->conn), word, true);
}

/* Create a missing table. A dry run repeats that in each transaction; this one only shows that it
 * can be done. */
static int side_create(struct target *target, const struct load_options *options,
    struct pg_side_table *side, struct failure *failure)
{
    struct buf sql;
    buf_init(&sql, TARGET_MAX_PROLOGUE);
    int status = -1;
    if (pg_side_table_create_sql(side, &sql) == 0 && buf_cstr(&sql) != NULL)
        status = pg_conn_exec(target->conn, buf_cstr(&sql));
    else
        (void)pg_conn_no_memory(target->conn);
    buf_free(&sql);
    if (status == 0) { /* another role may have created it first and own it */
        char owner[PG_NAME_SIZE];
        enum pg_side_table_result made =
            pg_side_table_check(target->conn, &target->table, side, owner);
        if (made != PG_SIDE_OK)
            return side_failure(target, options, side, made, owner, failure);
    }
    if (status == 0 && options->dry_run) {
        if (target->prologue.length == 0)
            buf_puts(&target->prologue, pg_side_table_lock_sql);
        if (pg_side_table_create_sql(side, &target->prologue) == 0)
            return 0;
        return failure_no_memory(failure);
    }
    if (status == 0) {
        target->created = true;
        msg_info("created the %s %s", side_words[side->kind], side->qualified);
        return 0;
    }
    struct pg_error error = *pg_conn_error(target->conn);
    (void)server_failure_table(failure, &error,
        side->kind == PG_SIDE_LEDGER ? "cannot create the ledger" : "cannot create the error table",
        side->qualified, true);
    return failure_hint(failure, "ask an administrator to create it with " DEFINITIONS);
}

static int side_open(struct target *target, const struct load_options *options,
    struct pg_side_table *side, bool *locked, struct failure *failure)
{
    char owner[PG_NAME_SIZE];
    enum pg_side_table_result result =
        pg_side_table_check(target->conn, &target->table, side, owner);
    if (result == PG_SIDE_MISSING && options->look_only && !options->no_create)
        return 0;
    if (result == PG_SIDE_MISSING && !options->no_create && !*locked) {
        /* Another loader may be creating it too: look again afterwards. */
        if (pg_conn_exec(target->conn, pg_side_table_lock_sql) != 0)
            return side_failure(target, options, side, PG_SIDE_FAILED, "", failure);
        *locked = true;
        result = pg_side_table_check(target->conn, &target->table, side, owner);
    }
    if (result == PG_SIDE_MISSING && !options->no_create)
        return side_create(target, options, side, failure);
    return result == PG_SIDE_OK ? 0 : side_failure(target, options, side, result, owner, failure);
}

/* Read the form of the ledger, and bring one of 0.1.0 up to date where that is allowed. */
static int read_ledger_form(struct target *target, const struct load_options *options,
    struct failure *failure)
{
    struct pg_conn *conn = target->conn;
    struct pg_ledger_form *form = &target->ledger_form;
    enum pg_ledger_upgrade upgrade = PG_LEDGER_NOT_OURS;
    if (options->prune || options->look_only)
        return 0;
    if (pg_ledger_form_read(conn, &target->ledger, form) != 0)
        return server_failure_set(failure, pg_conn_error(conn), "cannot read the ledger", true);
    if (form->has_content || options->dry_run || options->no_create)
        return 0;
    /* Another loader may be upgrading it too. */
    if (pg_conn_exec(conn, pg_side_table_lock_sql) != 0 ||
        pg_ledger_form_read(conn, &target->ledger, form) != 0)
        return server_failure_set(failure, pg_conn_error(conn), "cannot read the ledger", true);
    if (!form->has_content)
        upgrade = pg_ledger_form_upgrade(conn, &target->ledger);
    if (upgrade == PG_LEDGER_FAILED ||
        (upgrade == PG_LEDGER_UPGRADED && pg_ledger_form_read(conn, &target->ledger, form) != 0))
        return server_failure_set(failure, pg_conn_error(conn), "cannot alter the ledger", true);
    if (upgrade == PG_LEDGER_UPGRADED) {
        target->created = true;
        msg_info("brought the ledger %s up to date", target->ledger.qualified);
    }
    return 0;
}

static int look_at_ledger(struct target *target, const struct load_options *options,
    struct failure *failure)
{
    if (read_ledger_form(target, options, failure) != 0)
        return -1;
    if (options->key == NULL || options->prune || options->look_only || target->told ||
        target->ledger_form.has_content)
        return 0;
    target->told = true;
    msg_warn("ledger %s has no column content: differing values under a known key go unnoticed",
        target->ledger.qualified);
    msg_hint("add it as " DEFINITIONS " says");
    return 0;
}

/* Build the statements at the start of each transaction, for both tables. */
static int make_guard(struct target *target, struct failure *failure)
{
    if (target->has_ledger)
        (void)pg_side_table_lock_checked_sql(&target->table, &target->ledger, &target->guard);
    if (target->has_errors)
        (void)pg_side_table_lock_checked_sql(&target->table, &target->errors, &target->guard);
    return buf_cstr(&target->guard) != NULL && buf_cstr(&target->prologue) != NULL
        ? 0
        : failure_no_memory(failure);
}

int side_tables_open(struct target *target, const struct load_options *options,
    struct failure *failure)
{
    bool locked = false;
    pg_side_table_free(&target->ledger);
    pg_side_table_free(&target->errors);
    buf_clear(&target->prologue);
    buf_clear(&target->guard);
    target->created = false;
    target->has_ledger = !options->no_ledger;
    target->has_errors = !options->no_quarantine;
    if (target->has_ledger) {
        enum pg_side_table_result named = pg_side_table_name(target->conn, &target->table,
            PG_SIDE_LEDGER, options->ledger_table, &target->ledger);
        if (named != PG_SIDE_OK)
            return side_failure(target, options, &target->ledger, named, "", failure);
        if (side_open(target, options, &target->ledger, &locked, failure) != 0 ||
            look_at_ledger(target, options, failure) != 0 ||
            key_digits_look(target, options, failure) != 0)
            return -1;
    }
    if (target->has_errors) {
        enum pg_side_table_result named = pg_side_table_name(target->conn, &target->table,
            PG_SIDE_ERRORS, options->error_table, &target->errors);
        if (named != PG_SIDE_OK)
            return side_failure(target, options, &target->errors, named, "", failure);
        if (side_open(target, options, &target->errors, &locked, failure) != 0)
            return -1;
    }
    return make_guard(target, failure);
}

/* Check a table again, in a transaction of its own. */
static enum side_tables_fault look_again(struct target *target, const struct load_options *options,
    struct pg_side_table *side, struct failure *failure)
{
    struct pg_conn *conn = target->conn;
    char owner[PG_NAME_SIZE];
    enum pg_side_table_result result = PG_SIDE_FAILED;
    if (pg_transaction_begin(conn, "") == 0)
        result = pg_side_table_check(conn, &target->table, side, owner);
    if (result == PG_SIDE_OK || (result == PG_SIDE_MISSING && target->prologue.length > 0))
        return SIDE_TABLES_AS_BEFORE;
    if (result == PG_SIDE_FAILED && pg_conn_error(conn)->kind == PG_FAULT)
        return SIDE_TABLES_FAULT;
    (void)side_failure(target, options, side, result, owner, failure);
    return SIDE_TABLES_REFUSED;
}

/* Check that the table can be locked, in a transaction of its own. */
static enum side_tables_fault lock_again(struct target *target, const struct load_options *options,
    struct pg_side_table *side, struct failure *failure)
{
    struct pg_conn *conn = target->conn;
    struct buf sql;
    buf_init(&sql, TARGET_MAX_PROLOGUE);
    (void)pg_side_table_lock_checked_sql(&target->table, side, &sql);
    int begun = buf_cstr(&sql) == NULL ? pg_conn_no_memory(conn)
                                       : pg_transaction_begin(conn, buf_cstr(&sql));
    buf_free(&sql);
    struct pg_error error = *pg_conn_error(conn);
    if (begun == 0 || pg_side_table_check_raised(&error))
        return SIDE_TABLES_AS_BEFORE;
    if (error.kind == PG_FAULT)
        return SIDE_TABLES_FAULT;
    pg_error_names_forget(&error);
    (void)server_failure_table(failure, &error,
        side->kind == PG_SIDE_LEDGER ? "cannot write the ledger" : "cannot write the error table",
        side->qualified, options->show_values);
    server_failure_rights(failure, &error, pg_side_table_rights(side), side->qualified);
    return SIDE_TABLES_REFUSED;
}

enum side_tables_fault side_tables_explain(struct target *target,
    const struct load_options *options, struct failure *failure)
{
    struct pg_side_table *sides[] = { target->has_ledger ? &target->ledger : NULL,
        target->has_errors ? &target->errors : NULL };
    enum side_tables_fault fault = SIDE_TABLES_AS_BEFORE;
    for (int i = 0; i < 2 && fault == SIDE_TABLES_AS_BEFORE; i++) {
        if (sides[i] == NULL)
            continue;
        fault = look_again(target, options, sides[i], failure);
        pg_transaction_rollback(target->conn);
        if (fault == SIDE_TABLES_AS_BEFORE && target->prologue.length == 0)
            fault = lock_again(target, options, sides[i], failure);
        pg_transaction_rollback(target->conn);
    }
    return fault;
}
