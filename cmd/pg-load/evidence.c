#include <string.h>

#include "error_rows.h"
#include "evidence.h"
#include "isolate.h"

enum {
    ENOUGH_FAILED = 10 /* as many as one receive brings: refused with none passing, they end it */
};

/* Whether the table has taken rows before. 1, 0, or -1 with the connection's error. */
static int holds_rows(struct loader *loader)
{
    const struct target *target = loader->target;
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
    return pg_conn_rows(target->conn) > 0;
}

static struct refusal *refusal_by_server(struct row_batch *batch, const struct item *item)
{
    return item->kind == ITEM_ROW && item->state == STATE_REFUSED ? &batch->refusals[item->refusal]
                                                                  : NULL;
}

/*
 * What is not about values by its kind may yet be: of a refusal whose value raises the same by
 * itself that is known from then on. 0, or -1 with the connection's error.
 */
static int prove(struct loader *loader, struct row_batch *batch)
{
    for (size_t i = 0; i < batch->count; i++) {
        const struct item *item = &batch->items[i];
        struct refusal *refusal = refusal_by_server(batch, item);
        if (refusal == NULL || refusal->about_value)
            continue;
        int proven = isolate_probe(loader, batch, &batch->groups[item->group], item,
            refusal->sqlstate, SIZE_MAX);
        if (proven < 0)
            return -1;
        refusal->about_value = proven > 0;
    }
    return 0;
}

enum cause {
    ABOUT_VALUES, /* all that was refused is about values */
    WHAT_IT_WAS,  /* something that says nothing of a statement either */
    LACKS_OBJECT, /* something that a statement raises which lacks a table, a column, a function */
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
                                                                   : WHAT_IT_WAS;
        worst = cause > worst ? cause : worst;
    }
    return worst;
}

/*
 * One alone proves nothing, nor do a few once the table has taken others, a few that the map does
 * not fit, or those that are in the error table already, or fewer than are loaded already; more end
 * the run. So does a lack of rights or, before a row of this run is in the table, of what a
 * function under it looks for: a trigger's table.
 */
int evidence_weigh(struct loader *loader, struct row_batch *batch, struct suspects *found)
{
    *found = (struct suspects){ .refused = 0 };
    if (row_batch_count(batch, STATE_PASSED) > 0)
        return 1;
    if (error_rows_count_new(loader, batch, found) != 0)
        return -1;
    uint64_t all = found->refused + found->misfits;
    if (all == 0)
        return 1;
    bool proven;
    struct suspects before = tally_suspects(loader->tally, &proven);
    bool known = all <= row_batch_count(batch, STATE_DUPLICATE);
    if (!known && before.refused + before.misfits + all > ENOUGH_FAILED)
        return 0;
    if (prove(loader, batch) != 0)
        return -1;
    enum cause cause = worst_cause(batch);
    if (cause == LACKS_RIGHT || (cause == LACKS_OBJECT && !proven && !known))
        return 0;
    if (known)
        return 1;
    int holds = proven || found->refused == 0 ? 1 : holds_rows(loader);
    if (holds != 0)
        return holds;
    return before.refused + found->refused == 1 && cause == ABOUT_VALUES;
}

static bool is_suspect(const struct item *item)
{
    return item->misfit || (item->kind == ITEM_ROW && item->state == STATE_REFUSED);
}

void evidence_failure(const struct row_batch *batch, const struct suspects *found,
    struct failure *failure)
{
    size_t last = batch->count - 1;
    while (last > 0 && !is_suspect(&batch->items[last]))
        last--;
    const struct refusal *refusal = &batch->refusals[batch->items[last].refusal];
    bool by_server = refusal->sqlstate[0] != '\0';
    failure_set(failure, STATUS_UNAVAILABLE,
        "none of %llu records can be loaded, the last for %s%s%s%s%s%s",
        (unsigned long long)found->refused + found->misfits, by_server ? "SQLSTATE " : "",
        by_server ? refusal->sqlstate : refusal->code,
        refusal->column[0] == '\0' ? "" : ", column ", refusal->column,
        refusal->constraint[0] == '\0' ? "" : ", constraint ", refusal->constraint);
    if (strcmp(refusal->sqlstate, "42501") == 0)
        failure_hint(failure, "it takes rights on what its defaults and triggers use, too");
    else
        failure_hint(failure,
            "none of them was quarantined: do the table and the map fit the records");
}
