#include <stdlib.h>
#include <string.h>

#include "upsert_keys.h"

/* For sorting: the first eight bytes of the first key decide mostly. */
struct entry {
    uint64_t prefix;
    uint32_t item;
};

struct text {
    const char *data;
    size_t length;
};

static struct text key_of(const struct upsert *upsert, const struct row_batch *batch, uint32_t item,
    size_t key)
{
    struct span span = upsert->keys[item * upsert->form.count + key];
    return (struct text){ batch->rows.data + span.at, span.length };
}

static int compare_bytes(struct text a, struct text b)
{
    size_t length = a.length < b.length ? a.length : b.length;
    int order = length == 0 ? 0 : memcmp(a.data, b.data, length);
    return order != 0 ? order : (a.length > b.length) - (a.length < b.length);
}

/* Compare two integers in their shortest digits: more digits are further from zero. */
static int compare_integers(struct text a, struct text b)
{
    bool below = *a.data == '-';
    if (below != (*b.data == '-'))
        return below ? -1 : 1;
    int order = a.length != b.length ? (a.length > b.length) - (a.length < b.length)
                                     : memcmp(a.data, b.data, a.length);
    return below ? -order : order;
}

static int compare_texts(enum pg_upsert_exact exact, struct text a, struct text b)
{
    return exact == PG_UPSERT_EXACT_INTEGER ? compare_integers(a, b) : compare_bytes(a, b);
}

/* ---- finding the keys ---- */

static bool is_plain(struct text text)
{
    for (size_t i = 0; i < text.length; i++)
        if ((unsigned char)text.data[i] >= 0x80 || text.data[i] == '\\')
            return false;
    return true;
}

static bool has_capital(struct text text)
{
    for (size_t i = 0; i < text.length; i++)
        if (text.data[i] >= 'A' && text.data[i] <= 'F')
            return true;
    return false;
}

/* Return true when the server would write this value in the same text. */
static bool is_written_so(const struct pg_upsert_key *key, const struct pg_column *column,
    struct text text)
{
    switch (key->exact) {
    case PG_UPSERT_EXACT_TEXT:
        return is_plain(text) && (key->width == 0 || text.length <= key->width);
    case PG_UPSERT_EXACT_INTEGER:
        return pg_copy_binary_fits(column->binary, text.data, text.length);
    case PG_UPSERT_EXACT_UUID:
        return pg_copy_binary_fits(column->binary, text.data, text.length) && !has_capital(text);
    case PG_UPSERT_EXACT_NOT:
        break;
    }
    return false;
}

/* Return the place of a column in the rows of a group; SIZE_MAX: none. */
static size_t place_of(const struct group *group, size_t column)
{
    for (size_t i = 0; i < group->name_count; i++)
        if (group->columns[i] == column)
            return i;
    return SIZE_MAX;
}

/* Find the field at that place of a row, one field after the other. */
static struct span find_field(const struct row_batch *batch, struct span row, size_t place)
{
    const char *start = batch->rows.data + row.at;
    const char *end = start + row.length - 1; /* the line feed */
    const char *at = start;
    for (size_t i = 0; i < place; i++) {
        const char *tab = memchr(at, '\t', (size_t)(end - at));
        if (tab == NULL)
            break;
        at = tab + 1;
    }
    const char *behind = memchr(at, '\t', (size_t)(end - at));
    return row_batch_span(row.at + (size_t)(at - start),
        (size_t)((behind == NULL ? end : behind) - at));
}

/* Find the places of the keys in the rows of a group. Return false when it lacks one. */
static bool find_places(const struct upsert *upsert, const struct group *group, size_t *places)
{
    for (size_t i = 0; i < upsert->form.count; i++)
        if ((places[i] = place_of(group, upsert->form.keys[i].column)) == SIZE_MAX)
            return false;
    return true;
}

static bool find_keys(struct upsert *upsert, const struct row_batch *batch, const uint32_t *order,
    size_t count)
{
    size_t places[PG_UPSERT_KEYS] = { 0 };
    uint32_t group = ROW_BATCH_NONE;
    for (size_t i = 0; i < count; i++) {
        const struct item *item = &batch->items[order[i]];
        if (item->group != group && !find_places(upsert, &batch->groups[item->group], places))
            return false;
        group = item->group;
        for (size_t k = 0; k < upsert->form.count; k++) {
            const struct pg_upsert_key *key = &upsert->form.keys[k];
            upsert->keys[order[i] * upsert->form.count + k] =
                find_field(batch, item->row, places[k]);
            if (!is_written_so(key, &batch->table->columns[key->column],
                    key_of(upsert, batch, order[i], k)))
                return false;
        }
    }
    return true;
}

/* ---- the order ---- */

static uint64_t prefix_of(enum pg_upsert_exact exact, struct text text)
{
    uint64_t prefix = 0;
    if (exact == PG_UPSERT_EXACT_INTEGER)
        return 0;
    for (size_t i = 0; i < sizeof prefix; i++)
        prefix = prefix << 8 | (i < text.length ? (unsigned char)text.data[i] : 0);
    return prefix;
}

struct context {
    const struct upsert *upsert;
    const struct row_batch *batch;
};

static int compare_items(const struct context *context, uint32_t a, uint32_t b)
{
    const struct upsert *upsert = context->upsert;
    int order = 0;
    for (size_t k = 0; k < upsert->form.count && order == 0; k++)
        order = compare_texts(upsert->form.keys[k].exact, key_of(upsert, context->batch, a, k),
            key_of(upsert, context->batch, b, k));
    return order;
}

static int compare_entries(const void *left, const void *right, void *context)
{
    const struct entry *a = left;
    const struct entry *b = right;
    if (a->prefix != b->prefix)
        return a->prefix < b->prefix ? -1 : 1;
    return compare_items(context, a->item, b->item);
}

static bool are_exact(const struct pg_upsert_form *form)
{
    for (size_t i = 0; i < form->count; i++)
        if (form->keys[i].exact == PG_UPSERT_EXACT_NOT)
            return false;
    return true;
}

enum upsert_keys upsert_keys_find(struct loader *loader, const struct row_batch *batch,
    const uint32_t *order, size_t count)
{
    struct upsert *upsert = &loader->upsert;
    struct context context = { upsert, batch };
    upsert->exact = false;
    if (loader->isolate || !are_exact(&upsert->form))
        return UPSERT_KEYS_UNSURE;
    free(upsert->keys);
    upsert->keys = calloc(batch->count * upsert->form.count + 1, sizeof *upsert->keys);
    struct entry *entries = calloc(count + 1, sizeof *entries);
    enum upsert_keys result = UPSERT_KEYS_ORDERED;
    if (upsert->keys == NULL || entries == NULL)
        result = UPSERT_KEYS_NO_MEMORY;
    else if (!find_keys(upsert, batch, order, count))
        result = UPSERT_KEYS_UNSURE;
    for (size_t i = 0; i < count && result == UPSERT_KEYS_ORDERED; i++)
        entries[i] = (struct entry){
            prefix_of(upsert->form.keys[0].exact, key_of(upsert, batch, order[i], 0)), order[i]
        };
    if (result == UPSERT_KEYS_ORDERED)
        qsort_r(entries, count, sizeof *entries, compare_entries, &context);
    for (size_t i = 1; i < count && result == UPSERT_KEYS_ORDERED; i++)
        if (compare_items(&context, entries[i - 1].item, entries[i].item) == 0)
            result = UPSERT_KEYS_UNSURE; /* equal: --newer or their groups decide between them */
    for (size_t i = 0; i < count && result == UPSERT_KEYS_ORDERED; i++) {
        upsert->sequence[i] = entries[i].item;
        upsert->rounds[entries[i].item] = 1;
        upsert->next[entries[i].item] = ROW_BATCH_NONE;
    }
    free(entries);
    upsert->exact = result == UPSERT_KEYS_ORDERED;
    return result;
}

/* ---- returned rows --------------------------------------------------------------------------- */

/* Compare the key of an item with the key of a row. */
static int compare_row(const struct loader *loader, const struct row_batch *batch, uint32_t item,
    size_t row)
{
    const struct upsert *upsert = &loader->upsert;
    const struct pg_conn *conn = loader->target->conn;
    int order = 0;
    for (size_t k = 0; k < upsert->form.count && order == 0; k++) {
        const char *value = pg_conn_value(conn, row, (int)k);
        struct text text = { value == NULL ? "" : value,
            value == NULL ? 0 : pg_conn_length(conn, row, (int)k) };
        struct text key = key_of(upsert, batch, item, k);
        /* An integer has a digit; a text without one is not such a key. */
        order = text.length == 0 || key.length == 0
            ? compare_bytes(key, text)
            : compare_texts(upsert->form.keys[k].exact, key, text);
    }
    return order;
}

size_t upsert_keys_place(const struct loader *loader, const struct row_batch *batch,
    const uint32_t *order, size_t count, size_t at, size_t row)
{
    size_t low = 0;
    size_t high = count;
    if (at < count && compare_row(loader, batch, order[at], row) == 0)
        return at;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        int compared = compare_row(loader, batch, order[middle], row);
        if (compared == 0)
            return middle;
        if (compared < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return count;
}
