#include <stdlib.h>

#include "upsert_apply.h"
#include "upsert_keys.h"
#include "upsert_source.h"

enum { MOST_PROVEN = 16 }; /* groups; the rows of further groups are tried one by one */

/* Mark the columns of a group. */
static void columns_of(const struct group *group, bool *every)
{
    for (size_t i = 0; i < group->name_count; i++)
        every[group->columns[i]] = true;
}

/* Set the effect of the items whose rows came back. ${order} NULL: the rows have the numbers of
 * their items. */
static int mark(struct pg_conn *conn, struct row_batch *batch, const uint32_t *order, size_t count,
    enum verdict_effect effect)
{
    for (size_t i = 0; i < pg_conn_rows(conn); i++) {
        const char *value = pg_conn_value(conn, i, 0);
        uint64_t at = value == NULL ? UINT64_MAX : strtoull(value, NULL, 10);
        if (order == NULL ? at >= batch->count : at == 0 || at > count)
            return pg_upsert_confused(conn);
        batch->items[order == NULL ? at : order[at - 1]].effect = (unsigned char)effect;
    }
    return 0;
}

/* Copy those of the items order[0, count) that have no effect yet, of one group or, with NULL, of
 * any, into ${rest}. */
static size_t left(const struct row_batch *batch, const uint32_t *order, size_t count,
    const struct group *group, uint32_t *rest)
{
    size_t length = 0;
    for (size_t i = 0; i < count; i++) {
        const struct item *item = &batch->items[order[i]];
        if (item->effect == VERDICT_EFFECT_NONE &&
            (group == NULL || &batch->groups[item->group] == group))
            rest[length++] = order[i];
    }
    return length;
}

/* Mark the items neither inserted nor updated: they are stale, or a trigger changed them. */
static int mark_rest(struct loader *loader, struct row_batch *batch, const uint32_t *order,
    size_t count)
{
    struct upsert *upsert = &loader->upsert;
    struct pg_conn *conn = loader->target->conn;
    size_t length = left(batch, order, count, NULL, upsert->rest);
    if (length == 0)
        return 0;
    if (!upsert->asked &&
        pg_upsert_form_has_triggers(conn, batch->table, &upsert->has_triggers) != 0)
        return -1;
    upsert->asked = true;
    if (upsert->has_triggers) {
        if (upsert_source_json(loader, batch, upsert->rest, length) != 0)
            return -1;
        if (pg_upsert_missing_sql(&upsert->form, batch->table, &upsert->json, &upsert->sql) != 0)
            return pg_conn_no_memory(conn);
        if (pg_conn_exec_rows(conn, upsert->sql.data) != 0)
            return -1;
        if (pg_conn_rows(conn) > 0)
            return pg_upsert_missed(conn);
    }
    for (size_t i = 0; i < length; i++)
        batch->items[upsert->rest[i]].effect = VERDICT_EFFECT_STALE;
    if (!upsert->form.has_newer)
        loader->kept_out += length;
    return 0;
}

/* Update existing rows by the rows of one group, which are in the temporary table if ${staged}. */
static int update(struct loader *loader, struct row_batch *batch, size_t group, bool staged,
    const uint32_t *order, size_t count)
{
    struct upsert *upsert = &loader->upsert;
    struct pg_conn *conn = loader->target->conn;
    bool every[PG_UPSERT_COLUMNS] = { false };
    bool any;
    size_t length = left(batch, order, count, &batch->groups[group], upsert->rest);
    if (length == 0)
        return 0;
    columns_of(&batch->groups[group], every);
    if (!staged && upsert_source_json(loader, batch, upsert->rest, length) != 0)
        return -1;
    if (pg_upsert_update_sql(&upsert->form, batch->table, every, group,
            staged ? NULL : &upsert->json, &upsert->sql, &any) != 0)
        return pg_conn_no_memory(conn);
    for (size_t i = 0; i < length && !any; i++)
        batch->items[upsert->rest[i]].effect = VERDICT_EFFECT_UPDATED;
    if (!any)
        return 0;
    if (pg_conn_exec_rows(conn, upsert->sql.data) != 0)
        return -1;
    return mark(conn, batch, staged ? NULL : upsert->rest, length, VERDICT_EFFECT_UPDATED);
}

/* Set the effects of rows that came back with their effect. */
static int mark_both(struct pg_conn *conn, struct row_batch *batch, const uint32_t *order,
    size_t count)
{
    if (mark(conn, batch, order, count, VERDICT_EFFECT_UPDATED) != 0)
        return -1;
    for (size_t i = 0; i < pg_conn_rows(conn); i++) {
        const char *fresh = pg_conn_value(conn, i, 1);
        uint64_t at = strtoull(pg_conn_value(conn, i, 0), NULL, 10);
        if (fresh != NULL && *fresh == 't')
            batch->items[order == NULL ? at : order[at - 1]].effect = VERDICT_EFFECT_INSERTED;
    }
    return 0;
}

/* Set the effects of rows that came back with their keys. */
static int mark_keys(struct loader *loader, struct row_batch *batch, const uint32_t *order,
    size_t count)
{
    const struct pg_conn *conn = loader->target->conn;
    int column = (int)loader->upsert.form.count;
    size_t next = 0; /* they come back in the order of sending */
    for (size_t i = 0; i < pg_conn_rows(conn); i++) {
        const char *fresh = pg_conn_value(conn, i, column);
        size_t at = upsert_keys_place(loader, batch, order, count, next, i);
        if (at == count)
            continue; /* a trigger has changed its key */
        next = at + 1;
        batch->items[order[at]].effect =
            fresh != NULL && *fresh == 't' ? VERDICT_EFFECT_INSERTED : VERDICT_EFFECT_UPDATED;
    }
    return 0;
}

/* Apply rows that one statement can insert. */
static int apply(struct loader *loader, struct row_batch *batch, bool staged, const uint32_t *order,
    size_t count)
{
    struct upsert *upsert = &loader->upsert;
    struct pg_conn *conn = loader->target->conn;
    for (size_t i = 0; i < count; i++)
        batch->items[order[i]].effect = VERDICT_EFFECT_NONE;
    upsert_source_columns(loader, batch, order, count);
    if (!staged && upsert_source_json(loader, batch, order, count) != 0)
        return -1;
    bool any;
    if (pg_upsert_both_sql(&upsert->form, batch->table, &upsert->columns,
            staged ? NULL : &upsert->json, upsert->exact, &upsert->sql, &any) != 0)
        return pg_conn_no_memory(conn);
    if (any) {
        if (pg_conn_exec_rows(conn, upsert->sql.data) != 0)
            return -1;
        int marked = upsert->exact ? mark_keys(loader, batch, order, count)
                                   : mark_both(conn, batch, staged ? NULL : order, count);
        if (marked != 0)
            return -1;
        return mark_rest(loader, batch, order, count);
    }
    if (pg_upsert_insert_sql(&upsert->form, batch->table, &upsert->columns,
            staged ? NULL : &upsert->json, &upsert->sql) != 0)
        return pg_conn_no_memory(conn);
    if (pg_conn_exec_rows(conn, upsert->sql.data) != 0 ||
        mark(conn, batch, staged ? NULL : order, count, VERDICT_EFFECT_INSERTED) != 0)
        return -1;
    for (size_t i = 0; i < batch->group_count; i++)
        if (update(loader, batch, i, staged, order, count) != 0)
            return -1;
    return mark_rest(loader, batch, order, count);
}

int upsert_apply_staged(struct loader *loader, struct row_batch *batch, const uint32_t *order,
    size_t count)
{
    return apply(loader, batch, true, order, count);
}

int upsert_apply_list(struct loader *loader, struct row_batch *batch, const struct group *group,
    const char *prefix, const uint32_t *order, size_t count)
{
    const struct upsert *upsert = &loader->upsert;
    (void)group;
    if (*prefix != '\0' && pg_conn_exec(loader->target->conn, prefix) != 0)
        return -1;
    upsert_source_columns(loader, batch, order, count);
    if (pg_upsert_joins(&upsert->form, batch->table, &upsert->columns))
        return apply(loader, batch, false, order, count);
    /* The order is fixed, so send runs of adjacent rows that are alike. */
    for (size_t at = 0, end; at < count; at = end) {
        uint32_t alike = batch->items[order[at]].group;
        for (end = at + 1; end < count && batch->items[order[end]].group == alike;)
            end++;
        if (apply(loader, batch, false, order + at, end - at) != 0)
            return -1;
    }
    return 0;
}

static int prove(struct loader *loader, const struct row_batch *batch, size_t group)
{
    struct upsert *upsert = &loader->upsert;
    struct pg_conn *conn = loader->target->conn;
    bool any;
    upsert->columns = (struct pg_upsert_columns){ .some = { false } };
    columns_of(&batch->groups[group], upsert->columns.some);
    columns_of(&batch->groups[group], upsert->columns.every);
    if (upsert_source_json(loader, batch, NULL, 0) != 0)
        return -1;
    if (pg_upsert_insert_sql(&upsert->form, batch->table, &upsert->columns, &upsert->json,
            &upsert->sql) != 0)
        return pg_conn_no_memory(conn);
    if (pg_conn_exec_empty(conn, upsert->sql.data) != 0)
        return -1;
    if (pg_upsert_update_sql(&upsert->form, batch->table, upsert->columns.every, group,
            &upsert->json, &upsert->sql, &any) != 0)
        return pg_conn_no_memory(conn);
    return any ? pg_conn_exec_empty(conn, upsert->sql.data) : 0;
}

int upsert_apply_nothing(struct loader *loader, const struct row_batch *batch,
    const uint32_t *order, size_t count)
{
    size_t proven = 0;
    for (size_t i = 0; i < batch->group_count && proven < MOST_PROVEN; i++) {
        size_t at = 0;
        while (at < count && batch->items[order[at]].group != i)
            at++;
        if (at == count)
            continue;
        proven++;
        if (prove(loader, batch, i) != 0)
            return -1;
    }
    return 0;
}
