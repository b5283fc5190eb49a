#include <stdlib.h>

#include "upsert_order.h"
#include "upsert_source.h"

/* Return true when the columns of group ${a} are all in group ${b}. */
static bool is_within(const struct row_batch *batch, uint32_t a, uint32_t b)
{
    for (size_t i = 0; i < batch->words; i++)
        if ((batch->groups[a].sources[i] & ~batch->groups[b].sources[i]) != 0)
            return false;
    return true;
}

static bool are_alike(const struct row_batch *batch, const uint32_t *items, size_t count)
{
    for (size_t i = 1; i < count; i++)
        if (batch->items[items[i]].group != batch->items[items[0]].group)
            return false;
    return true;
}

/* Send one of the items; if it is refused, the next one, forwards or backwards. */
static void choose_one(struct upsert *upsert, const uint32_t *items, size_t count, bool first)
{
    for (size_t i = 0; i < count; i++) {
        size_t at = first ? i : count - 1 - i;
        upsert->rounds[items[at]] = i == 0;
        upsert->next[items[at]] = i + 1 == count ? ROW_BATCH_NONE
            : first                              ? items[at + 1]
                                                 : items[at - 1];
    }
}

/* Send each item in its turn, except for those whose columns a later one has. */
static void choose_several(const struct loader *loader, struct upsert *upsert,
    const struct row_batch *batch, const uint32_t *items, size_t count)
{
    uint32_t *later = upsert->rest; /* the groups so far, from the end */
    size_t known = 0;
    uint32_t round = 0;
    for (size_t i = count; i-- > 0;) {
        uint32_t group = batch->items[items[i]].group;
        bool covered = false;
        for (size_t j = 0; j < known && !covered; j++)
            covered = is_within(batch, group, later[j]);
        upsert->rounds[items[i]] = loader->isolate || !covered;
        upsert->next[items[i]] = ROW_BATCH_NONE;
        if (!covered)
            later[known++] = group;
    }
    for (size_t i = 0; i < count; i++)
        if (upsert->rounds[items[i]] != 0)
            upsert->rounds[items[i]] = ++round;
}

static void choose(const struct loader *loader, struct upsert *upsert,
    const struct row_batch *batch, const uint32_t *items, size_t count)
{
    for (size_t i = 0; i < count; i++)
        upsert->first[items[i]] = upsert->first[items[0]];
    if (upsert->form.has_newer || are_alike(batch, items, count))
        choose_one(upsert, items, count, upsert->form.has_newer);
    else
        choose_several(loader, upsert, batch, items, count);
}

static uint64_t number(const struct pg_conn *conn, size_t row, int column)
{
    const char *value = pg_conn_value(conn, row, column);
    return value == NULL ? 0 : strtoull(value, NULL, 10);
}

int upsert_order_find(struct loader *loader, const struct row_batch *batch, const uint32_t *order,
    size_t count, bool staged)
{
    struct upsert *upsert = &loader->upsert;
    struct pg_conn *conn = loader->target->conn;
    if (!staged && upsert_source_json(loader, batch, order, count) != 0)
        return -1;
    if (pg_upsert_order_sql(&upsert->form, batch->table, staged ? NULL : &upsert->json,
            &upsert->sql) != 0)
        return pg_conn_no_memory(conn);
    if (pg_conn_exec_rows(conn, upsert->sql.data) != 0)
        return -1;
    if (pg_conn_rows(conn) != count)
        return pg_upsert_confused(conn);
    size_t start = 0;
    uint64_t last = 0;
    for (size_t i = 0; i < count; i++) {
        uint64_t at = number(conn, i, 0);
        uint64_t rank = number(conn, i, 1);
        if (staged ? at >= batch->count : at == 0 || at > count)
            return pg_upsert_confused(conn);
        upsert->sequence[i] = staged ? (uint32_t)at : order[at - 1];
        if (i > 0 && rank != last) {
            choose(loader, upsert, batch, upsert->sequence + start, i - start);
            start = i;
        }
        last = rank;
    }
    choose(loader, upsert, batch, upsert->sequence + start, count - start);
    return 0;
}

size_t upsert_order_round(struct loader *loader, size_t count, uint32_t round)
{
    struct upsert *upsert = &loader->upsert;
    size_t length = 0;
    for (size_t i = 0; i < count; i++)
        if (upsert->rounds[upsert->sequence[i]] == round)
            upsert->list[length++] = upsert->sequence[i];
    return length;
}

uint32_t upsert_order_next(const struct loader *loader, uint32_t item)
{
    return loader->upsert.next[item];
}
