#include <stdlib.h>
#include <string.h>

#include "row_batch.h"

enum {
    MAX_BYTES = 1 << 30,
    KEEP_BYTES = 16 << 20, /* memory kept between batches */
    POPULATE_ROWS = 20000,
    POPULATE_BYTES = 8 << 20,
    MAX_GROUPS = 1024 /* kept between batches */
};

void row_batch_init(struct row_batch *batch, const struct column_plan *plan,
    const struct pg_table *table)
{
    *batch = (struct row_batch){ .plan = plan, .table = table, .words = (plan->count + 63) / 64 };
    buf_init(&batch->lines, MAX_BYTES);
    buf_init(&batch->rows, MAX_BYTES);
}

static void clear_groups(struct row_batch *batch)
{
    for (size_t i = 0; i < batch->group_count; i++) {
        free(batch->groups[i].sources);
        free(batch->groups[i].sql);
        free(batch->groups[i].names);
        free(batch->groups[i].columns);
        free(batch->groups[i].kinds);
    }
    batch->group_count = 0;
}

void row_batch_adopt(struct row_batch *batch, const struct column_plan *plan,
    const struct pg_table *table)
{
    clear_groups(batch);
    buf_clear(&batch->rows);
    batch->unknown = (struct unknown){ .values = 0 };
    batch->last_group = 0;
    batch->text_only = false;
    batch->plan = plan;
    batch->table = table;
    batch->words = (plan->count + 63) / 64;
}

void row_batch_free(struct row_batch *batch)
{
    clear_groups(batch);
    free(batch->groups);
    free(batch->items);
    free(batch->refusals);
    free(batch->keys);
    free(batch->heads);
    free(batch->contents);
    buf_free(&batch->lines);
    buf_free(&batch->rows);
}

void row_batch_clear(struct row_batch *batch)
{
    if (batch->group_count > MAX_GROUPS)
        clear_groups(batch);
    batch->count = 0;
    batch->refusal_count = 0;
    batch->refused_early = 0;
    batch->key_count = 0;
    batch->unkeyed = 0;
    batch->without_verdict = 0;
    batch->kept_out = 0;
    batch->text_only = false;
    batch->unknown = (struct unknown){ .values = 0 };
    buf_shrink(&batch->lines, KEEP_BYTES);
    buf_shrink(&batch->rows, KEEP_BYTES);
}

/* Make room for one more in a growing array. Return NULL when memory runs out; the array stays. */
static void *grow(void *array, size_t count, size_t *capacity, size_t size)
{
    if (count < *capacity)
        return array;
    size_t wanted = *capacity == 0 ? 256 : *capacity * 2;
    void *larger = reallocarray(array, wanted, size);
    if (larger != NULL)
        *capacity = wanted;
    return larger;
}

/* Make the system provide the memory after the used part; its content does not matter. */
static void touch(struct buf *buf, size_t size)
{
    size_t unused = buf->length >= size ? 0 : size - buf->length;
    char *place = unused == 0 ? NULL : buf_reserve(buf, unused);
    if (place != NULL)
        memset(place, 0, unused);
}

/* Scale ${amount} of the sample to a batch of ${size} bytes, with an eighth for variance. */
static size_t expected(const struct row_batch *sample, size_t amount, size_t size)
{
    size_t length = sample->lines.length == 0 ? 1 : sample->lines.length;
    return (size_t)((double)amount / (double)length * (double)size * 9 / 8);
}

void row_batch_populate(struct row_batch *batch, const struct row_batch *sample, size_t rows,
    size_t bytes)
{
    size_t most = rows < POPULATE_ROWS ? rows : POPULATE_ROWS;
    size_t size = bytes < POPULATE_BYTES ? bytes : POPULATE_BYTES;
    size_t wanted = expected(sample, sample->count, size);
    size_t row_bytes = expected(sample, sample->rows.length, size);
    if (wanted > most)
        wanted = most;
    touch(&batch->lines, size);
    touch(&batch->rows, row_bytes < size ? row_bytes : size);
    struct item *items =
        wanted <= batch->capacity ? NULL : reallocarray(batch->items, wanted, sizeof *items);
    if (items == NULL)
        return;
    batch->items = items;
    batch->capacity = wanted;
    memset(items + batch->count, 0, (wanted - batch->count) * sizeof *items);
}

struct item *row_batch_add(struct row_batch *batch, uint64_t number, const char *text,
    size_t length)
{
    struct item *items = grow(batch->items, batch->count, &batch->capacity, sizeof *items);
    size_t at = batch->lines.length;
    if (items == NULL)
        return NULL;
    batch->items = items;
    if (length > 0 && buf_append(&batch->lines, text, length) != 0)
        return NULL;
    struct item *item = &batch->items[batch->count++];
    *item = (struct item){ .number = number,
        .line = row_batch_span(at, length),
        .refusal = ROW_BATCH_NONE,
        .next = ROW_BATCH_NONE };
    return item;
}

struct refusal *row_batch_refuse(struct row_batch *batch, struct item *item, const char *stage,
    const char *code)
{
    /* A row with a refusal has been tried again. */
    if (item->kind != ITEM_ROW || item->refusal == ROW_BATCH_NONE) {
        struct refusal *refusals =
            grow(batch->refusals, batch->refusal_count, &batch->refusal_capacity, sizeof *refusals);
        if (refusals == NULL)
            return NULL;
        batch->refusals = refusals;
        item->refusal = (uint32_t)batch->refusal_count++;
    }
    struct refusal *refusal = &batch->refusals[item->refusal];
    *refusal = (struct refusal){ .stage = "" };
    memccpy(refusal->stage, stage, '\0', sizeof refusal->stage - 1);
    memccpy(refusal->code, code, '\0', sizeof refusal->code - 1);
    return refusal;
}

/* ---- groups ---- */

static int fill_group(const struct row_batch *batch, struct group *group, const uint64_t *sources)
{
    struct buf sql;
    buf_init(&sql, 1 << 20);
    group->name_count = 0;
    group->sources = calloc(batch->words == 0 ? 1 : batch->words, sizeof *group->sources);
    group->names = calloc(batch->plan->count + 1, sizeof *group->names);
    group->columns = calloc(batch->plan->count + 1, sizeof *group->columns);
    group->kinds = calloc(batch->plan->count + 1, sizeof *group->kinds);
    group->binary = true;
    if (group->sources == NULL || group->names == NULL || group->columns == NULL ||
        group->kinds == NULL)
        return -1;
    memcpy(group->sources, sources, batch->words * sizeof *sources);
    buf_printf(&sql, "COPY %s (", batch->table->qualified);
    size_t target = sql.length;
    for (size_t i = 0; i < batch->plan->count; i++) {
        if ((sources[i / 64] >> i % 64 & 1) == 0)
            continue;
        group->columns[group->name_count] = batch->plan->sources[i].column;
        const struct pg_column *column = &batch->table->columns[batch->plan->sources[i].column];
        group->kinds[group->name_count] = (unsigned char)column->binary;
        group->binary = group->binary && column->binary != PG_COPY_BINARY_NONE;
        buf_printf(&sql, "%s%s", group->name_count == 0 ? "" : ",", column->quoted);
        group->names[group->name_count++] = column->name;
    }
    buf_puts(&sql, ") FROM STDIN");
    const char *text = buf_cstr(&sql);
    group->sql = text == NULL ? NULL : strdup(text);
    group->target = group->sql == NULL ? NULL : group->sql + target;
    buf_free(&sql);
    return group->sql == NULL ? -1 : 0;
}

uint32_t row_batch_group(struct row_batch *batch, const uint64_t *sources)
{
    size_t size = batch->words * sizeof *sources;
    /* Mostly it is the group of the record before. */
    for (size_t i = 0, at = batch->last_group; i < batch->group_count; i++, at++) {
        if (at >= batch->group_count)
            at = 0;
        if (memcmp(batch->groups[at].sources, sources, size) == 0) {
            batch->last_group = at;
            return (uint32_t)at;
        }
    }
    struct group *groups =
        grow(batch->groups, batch->group_count, &batch->group_capacity, sizeof *groups);
    if (groups == NULL)
        return ROW_BATCH_NONE;
    batch->groups = groups;
    struct group *group = &batch->groups[batch->group_count];
    *group = (struct group){ .sql = NULL };
    if (fill_group(batch, group, sources) != 0) {
        free(group->sources);
        free(group->names);
        free(group->columns);
        free(group->kinds);
        return ROW_BATCH_NONE;
    }
    batch->last_group = batch->group_count;
    return (uint32_t)batch->group_count++;
}

bool row_batch_is_binary(const struct row_batch *batch, const struct group *group)
{
    return group->binary && !batch->text_only;
}

/* ---- keys ---- */

/* For sorting: the first eight bytes of the key decide nearly always. */
struct entry {
    uint64_t prefix;
    uint32_t item;
};

static int compare_entries(const void *left, const void *right, void *context)
{
    const struct entry *a = left;
    const struct entry *b = right;
    const struct item *items = context;
    if (a->prefix != b->prefix)
        return a->prefix < b->prefix ? -1 : 1;
    int order = pg_key_compare(&items[a->item].ledger_key, &items[b->item].ledger_key);
    return order != 0 ? order : (a->item > b->item) - (a->item < b->item);
}

static uint64_t prefix_of(const struct pg_key *key)
{
    uint64_t prefix = 0;
    for (size_t i = 0; i < sizeof prefix; i++)
        prefix = prefix << 8 | key->bytes[i];
    return prefix;
}

static int reserve_keys(struct row_batch *batch)
{
    if (batch->count <= batch->key_capacity)
        return 0;
    struct pg_key *keys = reallocarray(batch->keys, batch->capacity, sizeof *keys);
    if (keys == NULL)
        return -1;
    batch->keys = keys;
    uint32_t *heads = reallocarray(batch->heads, batch->capacity, sizeof *heads);
    if (heads == NULL)
        return -1;
    batch->heads = heads;
    if (batch->plan->has_key) {
        struct pg_content *contents =
            reallocarray(batch->contents, batch->capacity, sizeof *contents);
        if (contents == NULL)
            return -1;
        batch->contents = contents;
    }
    batch->key_capacity = batch->capacity;
    return 0;
}

int row_batch_seal(struct row_batch *batch, bool use_ledger)
{
    struct entry *entries = malloc((batch->count + 1) * sizeof *entries);
    if (entries == NULL || reserve_keys(batch) != 0) {
        free(entries);
        return -1;
    }
    size_t count = 0;
    batch->refused_early = batch->refusal_count;
    batch->key_count = batch->unkeyed = 0;
    for (size_t i = 0; i < batch->count; i++) {
        const struct item *item = &batch->items[i];
        if (item->kind != ITEM_ROW)
            continue;
        if (use_ledger && item->has_key)
            entries[count++] = (struct entry){ prefix_of(&item->ledger_key), (uint32_t)i };
        else
            batch->unkeyed++;
    }
    qsort_r(entries, count, sizeof *entries, compare_entries, batch->items);
    struct item *last = NULL;
    for (size_t i = 0; i < count; i++) {
        struct item *item = &batch->items[entries[i].item];
        if (last != NULL && pg_key_compare(&last->ledger_key, &item->ledger_key) == 0) {
            last->next = entries[i].item;
        } else {
            item->head = true;
            batch->keys[batch->key_count] = item->ledger_key;
            if (batch->plan->has_key)
                batch->contents[batch->key_count] = item->content;
            batch->heads[batch->key_count++] = entries[i].item;
        }
        last = item;
    }
    free(entries);
    return 0;
}

size_t row_batch_count(const struct row_batch *batch, enum item_state state)
{
    size_t count = 0;
    for (size_t i = 0; i < batch->count; i++)
        count += batch->items[i].kind == ITEM_ROW && batch->items[i].state == state;
    return count;
}

void row_batch_rewind(struct row_batch *batch)
{
    batch->refusal_count = batch->refused_early;
    for (size_t i = 0; i < batch->count; i++) {
        struct item *item = &batch->items[i];
        item->state = STATE_WAITS;
        item->differs = item->conflict = false;
        item->effect = VERDICT_EFFECT_NONE;
        if (item->kind == ITEM_ROW)
            item->refusal = ROW_BATCH_NONE;
    }
}
