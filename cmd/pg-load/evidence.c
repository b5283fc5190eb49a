#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "error_key.h"
#include "evidence.h"
#include "isolate.h"
#include "pg/errors.h"
#include "pg/sqlstate.h"
#include "record/code.h"

enum {
    ENOUGH_FAILED = 10 /* one receive; more refused with none passing end the run */
};

static int compare_keys(const void *a, const void *b)
{
    return pg_key_compare(a, b);
}

/* Sort ${keys} and remove repeats. Return the number of those left. */
static size_t sort_unique(struct pg_key *keys, size_t count)
{
    size_t left = 0;
    qsort(keys, count, sizeof *keys, compare_keys);
    for (size_t i = 0; i < count; i++)
        if (left == 0 || pg_key_compare(&keys[left - 1], &keys[i]) != 0)
            keys[left++] = keys[i];
    return left;
}

/* Sort these keys and count those that the error table does not have. Return 0 or -1. */
static int count_unheld(struct loader *loader, struct pg_key *keys, size_t count, uint64_t *unheld)
{
    const struct target *target = loader->target;
    size_t different = sort_unique(keys, count);
    *unheld = different;
    if (different == 0 || !target->has_errors)
        return 0;
    bool *held = calloc(different, sizeof *held);
    if (held == NULL)
        return pg_conn_no_memory(target->conn);
    int status = pg_errors_holds(target->conn, &target->errors, keys, different, held);
    for (size_t i = 0; i < different && status == 0; i++)
        *unheld -= held[i];
    free(held);
    return status;
}

/* Count the refused records that are not in the error table yet. Return 0 or -1. */
static int count_new(struct loader *loader, const struct row_batch *batch,
    struct suspects *suspects)
{
    struct pg_key *keys = loader->scratch;
    size_t count = 0;
    for (size_t i = 0; i < batch->count; i++) {
        const struct item *item = &batch->items[i];
        bool keyed = loader->target->has_ledger && item->has_key;
        if (item->kind == ITEM_ROW && item->state == STATE_REFUSED && (item->head || !keyed))
            keys[count++] = error_key_of(batch, item);
    }
    if (count_unheld(loader, keys, count, &suspects->refused) != 0)
        return -1;
    count = 0;
    for (size_t i = 0; i < batch->count; i++)
        if (batch->items[i].misfit && batch->items[i].state != STATE_DUPLICATE)
            keys[count++] = error_key_of(batch, &batch->items[i]);
    return count_unheld(loader, keys, count, &suspects->misfits);
}

/*
 * Set ${holds} when the table has taken rows before. Return 0, or -1 with the connection's error.
 */
static int holds_rows(struct loader *loader, bool *holds)
{
    const struct target *target = loader->target;
    *holds = false;
    if (!target->has_ledger && !target->table.readable)
        return 0;
    buf_clear(&loader->sql);
    buf_printf(&loader->sql, "SELECT FROM %s LIMIT 1",
        target->has_ledger ? target->ledger.qualified : target->table.qualified);
    const char *sql = buf_cstr(&loader->sql);
    if (sql == NULL)
        return pg_conn_no_memory(target->conn);
    if (pg_conn_exec(target->conn, sql) != 0)
        return -1;
    *holds = pg_conn_rows(target->conn) > 0;
    return 0;
}

static struct refusal *refusal_by_server(struct row_batch *batch, const struct item *item)
{
    return item->kind == ITEM_ROW && item->state == STATE_REFUSED ? &batch->refusals[item->refusal]
                                                                  : NULL;
}

/*
 * Probe the refusals whose SQLSTATE does not point to a value. A value counts as the cause
 * when it alone raises the same error. Return 0, or -1 with the connection's error.
 */
static int prove(struct loader *loader, struct row_batch *batch)
{
    for (size_t i = 0; i < batch->count; i++) {
        const struct item *item = &batch->items[i];
        struct refusal *refusal = refusal_by_server(batch, item);
        if (refusal == NULL || refusal->about_value)
            continue;
        bool raises;
        if (isolate_probe(loader, batch, item, refusal->sqlstate, SIZE_MAX, &raises) != 0)
            return -1;
        refusal->about_value = raises;
    }
    return 0;
}

enum cause {
    ABOUT_VALUES,  /* a value caused every refusal */
    ABOUT_NEITHER, /* an error about neither a value nor a statement */
    LACKS_OBJECT,  /* a missing table, column or function */
    LACKS_RIGHT
};

static enum cause worst_cause(struct row_batch *batch)
{
    enum cause worst = ABOUT_VALUES;
    for (size_t i = 0; i < batch->count; i++) {
        const struct refusal *refusal = refusal_by_server(batch, &batch->items[i]);
        if (refusal == NULL || refusal->about_value)
            continue;
        enum cause cause = strcmp(refusal->sqlstate, "42501") == 0 ? LACKS_RIGHT
            : pg_sqlstate_is_statement(refusal->sqlstate)          ? LACKS_OBJECT
                                                                   : ABOUT_NEITHER;
        worst = cause > worst ? cause : worst;
    }
    return worst;
}

/*
 * Weigh the refusals of a batch in which no row passed. One refusal alone proves nothing, nor do a
 * few once the table has taken others. Nor do a few records that the map does not fit, records in
 * the error table, or no more records than the batch has duplicates. More refusals end the run. So
 * does a missing right. So does, before a row of this run is in the table, a missing object that a
 * function under it needs, such as the table of a trigger.
 */
enum evidence evidence_evaluate(struct loader *loader, struct row_batch *batch,
    struct suspects *found)
{
    *found = (struct suspects){ .refused = 0 };
    if (row_batch_count(batch, STATE_PASSED) > 0)
        return EVIDENCE_RECORDS;
    if (count_new(loader, batch, found) != 0)
        return EVIDENCE_ERROR;
    uint64_t all = found->refused + found->misfits;
    if (all == 0)
        return EVIDENCE_RECORDS;
    bool proven;
    struct suspects before = tally_suspects(loader->tally, &proven);
    bool known = all <= row_batch_count(batch, STATE_DUPLICATE);
    if (!known && before.refused + before.misfits + all > ENOUGH_FAILED)
        return EVIDENCE_SETUP;
    if (prove(loader, batch) != 0)
        return EVIDENCE_ERROR;
    enum cause cause = worst_cause(batch);
    if (cause == LACKS_RIGHT || (cause == LACKS_OBJECT && !proven && !known))
        return EVIDENCE_SETUP;
    if (known)
        return EVIDENCE_RECORDS;
    if (proven || found->refused == 0)
        return EVIDENCE_RECORDS;
    bool holds;
    if (holds_rows(loader, &holds) != 0)
        return EVIDENCE_ERROR;
    bool alone = before.refused + found->refused == 1 && cause == ABOUT_VALUES;
    return holds || alone ? EVIDENCE_RECORDS : EVIDENCE_SETUP;
}

static bool is_suspect(const struct item *item)
{
    return item->misfit || (item->kind == ITEM_ROW && item->state == STATE_REFUSED);
}

/* Append ${prefix} and ${name}; nothing when there is no name. */
static void add(char *text, size_t size, const char *prefix, const char *name)
{
    size_t length = strlen(text);
    if (name != NULL && name[0] != '\0')
        (void)snprintf(text + length, size - length, "%s%s", prefix, name);
}

/* Write the cause of the first refusal: "SQLSTATE 23502 …, column tenant". */
static void put_cause(char *text, size_t size, const struct refusal *refusal)
{
    bool by_server = refusal->sqlstate[0] != '\0';
    text[0] = '\0';
    add(text, size, by_server ? "SQLSTATE " : "", by_server ? refusal->sqlstate : refusal->code);
    add(text, size, " ", pg_sqlstate_name(refusal->sqlstate));
    add(text, size, ", column ", refusal->column);
    add(text, size, ", constraint ", refusal->constraint);
    if (!by_server)
        add(text, size, ": ", code_text(refusal->stage, refusal->code));
}

/* Set a hint to the remedy. */
static void put_hint(const struct row_batch *batch, const struct refusal *refusal,
    struct failure *failure)
{
    static const char none[] = "none of them was quarantined";
    const char *column = refusal->column;
    if (strcmp(refusal->sqlstate, "42501") == 0)
        failure_hint(failure,
            "grant rights on the objects that its defaults and triggers use, too");
    else if (strcmp(refusal->sqlstate, "23502") == 0 && *column != '\0')
        failure_hint(failure, "%s; map a value to column %s, or give it a DEFAULT", none, column);
    else if (strcmp(refusal->sqlstate, "22001") == 0 && *column != '\0')
        failure_hint(failure, "%s; widen column %s, or cut its values in a map", none, column);
    else if (refusal->unpartitioned)
        failure_hint(failure, "%s; no partition takes it: create one for its values", none);
    else if (refusal->sqlstate[0] == '\0' && strcmp(refusal->code, "key") == 0)
        failure_hint(failure, "%s; check that --key %.64s fits the records", none,
            batch->plan->key_line.expression);
    else
        failure_hint(failure, "%s; check that the table and the map fit the records", none);
}

void evidence_failure(const struct row_batch *batch, const struct suspects *found,
    struct failure *failure)
{
    size_t first = 0;
    char cause[384];
    while (first + 1 < batch->count && !is_suspect(&batch->items[first]))
        first++;
    const struct item *item = &batch->items[first];
    const struct refusal *refusal = &batch->refusals[item->refusal];
    put_cause(cause, sizeof cause, refusal);
    failure_set(failure, STATUS_UNAVAILABLE,
        "none of %" PRIu64 " records can be loaded, the first, line %" PRIu64 ", for %s",
        found->refused + found->misfits, item->number, cause);
    put_hint(batch, refusal, failure);
}
