#include <string.h>

#include "base/msg.h"
#include "guard.h"
#include "pg/transaction.h"
#include "patience.h"
#include "halt.h"
#include "target.h"
#include "zone.h"

#define DEFINITIONS SQS2PG_DATADIR "/sql/pg-load.sql"

enum { MAX_PROLOGUE = 16384 };

/* ---- the tables beside the target ---- */

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
    buf_init(&sql, MAX_PROLOGUE);
    int status = -1;
    if (pg_own_create_sql(own, &sql) == 0 && buf_cstr(&sql) != NULL)
        status = pg_conn_exec(target->conn, buf_cstr(&sql));
    else
        (void)pg_conn_no_memory(target->conn);
    buf_free(&sql);
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

/* Both, in the transaction begun. */
static int open_owns(struct target *target, const struct load_options *options,
    struct failure *failure)
{
    bool locked = false;
    pg_own_free(&target->ledger);
    pg_own_free(&target->errors);
    buf_clear(&target->prologue);
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
    return 0;
}

/* ---- opening ---- */

static const char quoting[] = "write schema.\"Odd Name\" for a name that SQL needs in quotes";

/* Whether SQL reads the name as it stands, without folding or refusing a part of it. */
static bool is_plain_name(const char *name)
{
    return strchr(name, '"') != NULL ||
        name[strspn(name, "abcdefghijklmnopqrstuvwxyz0123456789_$.")] == '\0';
}

/* What servers of different versions say of a text that is no name. */
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
        failure_set(failure, STATUS_UNAVAILABLE, "there is no table %s in database %s",
            options->table, pg_conn_database(target->conn));
        return is_plain_name(options->table) ? -1 : failure_hint(failure, "%s", quoting);
    case PG_TABLE_KIND:
        return failure_set(failure, STATUS_UNAVAILABLE, "%s is no table", options->table);
    case PG_TABLE_VIEW:
        return failure_set(failure, STATUS_UNAVAILABLE, "%s is a view: name a table",
            options->table);
    case PG_TABLE_FAILED:
        if (is_name_error(pg_conn_error(target->conn)->sqlstate)) {
            failure_set(failure, STATUS_UNAVAILABLE, "%s is no name of a table", options->table);
            return failure_hint(failure, "%s", quoting);
        }
        return failure_from_server(failure, pg_conn_error(target->conn), "looking up the table",
            true);
    }
    return 0;
}

static int tell_zone(struct target *target, const struct load_options *options,
    struct failure *failure)
{
    if (options->prune || options->look_only)
        return 0;
    int told = pg_transaction_begin(target->conn, "") == 0 ? zone_tell(target) : -1;
    pg_transaction_rollback(target->conn);
    return told == 0
        ? 0
        : failure_from_server(failure, pg_conn_error(target->conn), "reading TimeZone", true);
}

static int try_open(struct target *target, const struct load_options *options,
    struct patience *patience, struct failure *failure)
{
    if (patience_connect(patience, target->conn) != 0)
        return failure_from_server(failure, pg_conn_error(target->conn), "cannot connect", true);
    if (find_table(target, options, failure) != 0)
        return -1;
    if (pg_transaction_begin(target->conn, "") != 0)
        return failure_from_server(failure, pg_conn_error(target->conn), "beginning", true);
    if (guard_target(target, options, failure) != 0 || open_owns(target, options, failure) != 0) {
        pg_transaction_rollback(target->conn);
        return -1;
    }
    if (!target->created)
        pg_transaction_rollback(target->conn); /* only looked */
    else if (pg_transaction_commit(target->conn, NULL) != PG_COMMITTED)
        return failure_from_server(failure, pg_conn_error(target->conn), "creating tables", true);
    return tell_zone(target, options, failure);
}

int target_open(struct target *target, const struct load_options *options, struct meter *meter,
    struct failure *failure)
{
    struct patience patience;
    *target = (struct target){ .conn = NULL };
    buf_init(&target->prologue, MAX_PROLOGUE);
    target->conn = pg_conn_new(options->dsn);
    if (target->conn == NULL)
        return failure_set(failure, STATUS_INTERNAL, "not enough memory");
    pg_conn_set_halt(target->conn, halt_fd());
    patience_init(&patience, options->retry_ms, options->grace_ms);
    patience.meter = meter;
    while (try_open(target, options, &patience, failure) != 0) {
        if (failure->status != STATUS_TEMPORARY)
            return -1;
        if (!patience_wait(&patience, pg_conn_error(target->conn)))
            return -1;
        failure->status = STATUS_OK;
    }
    return 0;
}

void target_close(struct target *target)
{
    pg_own_free(&target->ledger);
    pg_own_free(&target->errors);
    pg_table_free(&target->table);
    pg_conn_free(target->conn);
    buf_free(&target->prologue);
    *target = (struct target){ .conn = NULL };
}
