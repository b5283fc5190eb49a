#include <stdlib.h>
#include <string.h>

#include "base/hash.h"
#include "split.h"

/* Few of the buckets are used, so that a new delivery mostly ends at one: each step misses the
 * cache of the processor. */
enum { BUCKETS = 1 << 18, NO_SLOT = (1 << 20) - 1 };

/*
 * A delivery that the window has a record of, in the slot of its last one. 24 bytes, because a long
 * run uses all of them.
 */
struct slot {
    uint64_t delivery;  /* 0: no delivery, or one with a newer slot */
    uint64_t content;   /* of its first record */
    uint32_t first;     /* the line number of that record, without its high bits */
    uint32_t next : 20; /* the next slot of its bucket */
    bool split : 1;     /* records with other content have come */
    bool given : 1;     /* and the first was submitted before */
    bool held : 1;      /* an earlier run had loaded the message */
    bool lacking : 1;   /* some record has no content to store */
};

_Static_assert((int)SPLIT_WINDOW < (int)NO_SLOT, "slots are numbered in 20 bits");

struct split {
    uint32_t buckets[BUCKETS];
    struct slot slots[SPLIT_WINDOW]; /* a ring */
    uint32_t at;                     /* the slot of the next record */
};

struct split *split_new(void)
{
    struct split *split = calloc(1, sizeof *split); /* slots take memory only once used */
    if (split == NULL)
        return NULL;
    for (size_t i = 0; i < BUCKETS; i++)
        split->buckets[i] = NO_SLOT;
    return split;
}

void split_free(struct split *split)
{
    free(split);
}

/* ---- digests ---- */

static const struct json_match *match_of(const struct json_matches *matches, const uint32_t *last,
    uint32_t node)
{
    if (last == NULL)
        return record_find(matches, node);
    return last[node] == 0 ? NULL : &matches->list[last[node] - 1];
}

int split_delivery(const struct json_matches *matches, const uint32_t *last,
    const struct record_nodes *nodes, const char *text, uint64_t *delivery)
{
    const uint32_t both[] = { nodes->message_id, nodes->receipt_handle };
    const struct json_match *sqs = match_of(matches, last, nodes->sqs);
    uint64_t digests[2];
    *delivery = 0;
    if (sqs == NULL || sqs->kind != JSON_OBJECT || match_of(matches, last, nodes->part) != NULL)
        return 0;
    for (size_t i = 0; i < 2; i++) {
        const struct json_match *match = match_of(matches, last, both[i]);
        if (match == NULL || match->kind != JSON_STRING || match->end - match->value == 2)
            return 0;
        if (match->plain) {
            digests[i] = hash_bytes(text + match->value + 1, match->end - match->value - 2);
            continue;
        }
        struct buf decoded;
        buf_init(&decoded, RECORD_MAX);
        int status = record_string(text, match, &decoded);
        digests[i] = hash_bytes(decoded.data == NULL ? "" : decoded.data, decoded.length);
        buf_free(&decoded);
        if (status != 0)
            return -1;
    }
    *delivery = hash_bytes(digests, sizeof digests);
    *delivery += *delivery == 0;
    return 0;
}

/* Return the digest of a record without its "sqs"; for a cut line, its number instead. */
static uint64_t content_of(const struct row_batch *batch, const struct item *item)
{
    if (item->is_long)
        return item->number;
    const char *line = batch->lines.data + item->line.at;
    size_t from = item->sqs.at - item->line.at;
    size_t to = from + item->sqs.length;
    const uint64_t digests[] = { hash_bytes(line, from),
        hash_bytes(line + to, item->line.length - to) };
    return hash_bytes(digests, sizeof digests);
}

/* ---- the index ---- */

static uint32_t find(const struct split *split, uint64_t delivery)
{
    uint32_t at = split->buckets[delivery % BUCKETS];
    while (at != NO_SLOT && split->slots[at].delivery != delivery)
        at = split->slots[at].next;
    return at;
}

static void take_out(struct split *split, uint32_t at)
{
    struct slot *slot = &split->slots[at];
    uint32_t *bucket = &split->buckets[slot->delivery % BUCKETS];
    if (*bucket == at) {
        *bucket = slot->next;
    } else {
        uint32_t before = *bucket;
        while (split->slots[before].next != at)
            before = split->slots[before].next;
        split->slots[before].next = slot->next;
    }
    slot->delivery = 0;
}

/* Return the slot of the next record, with the state ${known} of its delivery. */
static struct slot *put_in(struct split *split, const struct slot *known)
{
    uint32_t at = split->at;
    struct slot *slot = &split->slots[at];
    if (slot->delivery != 0)
        take_out(split, at);
    uint32_t *bucket = &split->buckets[known->delivery % BUCKETS];
    *slot = *known;
    slot->next = *bucket & NO_SLOT;
    *bucket = at;
    split->at = (at + 1) % SPLIT_WINDOW;
    return slot;
}

/* Return true when the batch holds the first record of the slot. Lines are numbered in ascending
 * order, and a batch being filled has all lines from its first one on. */
static bool is_in(const struct slot *slot, const struct row_batch *batch)
{
    return batch->count > 0 && slot->first - (uint32_t)batch->items[0].number < UINT32_MAX / 2;
}

bool split_is_in(const struct split *split, const struct row_batch *batch, uint64_t delivery)
{
    uint32_t at = delivery == 0 ? NO_SLOT : find(split, delivery);
    return at != NO_SLOT && is_in(&split->slots[at], batch);
}

void split_prefetch(const struct split *split, uint64_t delivery)
{
    if (split != NULL)
        __builtin_prefetch(&split->buckets[delivery % BUCKETS]);
}

/* ---- refusing ---- */

/*
 * Refuse a record of a split message. If the others were stored, their verdicts would delete the
 * message, and with it the record that cannot be stored. So none of them is stored.
 */
static int refuse(struct row_batch *batch, struct item *item, const struct slot *slot)
{
    if (item->kind != ITEM_EMPTY && row_batch_refuse(batch, item, "load", "split") == NULL)
        return -1;
    item->split = true;
    item->misfit = false;
    item->kind = slot->lacking ? ITEM_EMPTY : ITEM_REFUSED;
    return 0;
}

/* Refuse the records of a delivery in the batch, except for the newest item. */
static int refuse_earlier(struct row_batch *batch, const struct slot *slot)
{
    for (size_t i = batch->count - 1;
         i-- > 0 && (uint32_t)batch->items[i].number - slot->first < UINT32_MAX / 2;) {
        struct item *item = &batch->items[i];
        if (item->delivery == slot->delivery && refuse(batch, item, slot) != 0)
            return -1;
    }
    return 0;
}

/* Compare another record of the delivery. Return 0 or -1. */
static int compare(struct slot *slot, struct row_batch *batch, struct item *item, bool same)
{
    bool news = !slot->split || (item->kind == ITEM_EMPTY && !slot->lacking);
    if (same && (!slot->split || slot->given))
        return 0;
    if (!slot->split)
        slot->given = !is_in(slot, batch);
    slot->split = true;
    slot->lacking = slot->lacking || item->kind == ITEM_EMPTY;
    item->late = slot->given && !slot->held;
    if (news && !slot->given && refuse_earlier(batch, slot) != 0)
        return -1;
    return refuse(batch, item, slot);
}

int split_note(struct split *split, struct row_batch *batch)
{
    struct item *item = &batch->items[batch->count - 1];
    if (item->delivery == 0)
        return 0;
    uint64_t content = content_of(batch, item);
    uint32_t at = find(split, item->delivery);
    struct slot known = { .delivery = item->delivery,
        .content = content,
        .first = (uint32_t)item->number,
        .lacking = item->kind == ITEM_EMPTY };
    if (at == NO_SLOT) {
        (void)put_in(split, &known);
        return 0;
    }
    known = split->slots[at];
    take_out(split, at);
    return compare(put_in(split, &known), batch, item, content == known.content);
}

void split_learn(struct split *split, const struct row_batch *batch)
{
    for (size_t i = 0; i < batch->count; i++) {
        const struct item *item = &batch->items[i];
        if (item->delivery == 0 ||
            (item->verdict != VERDICT_DUPLICATE && item->verdict != VERDICT_WOULD_DUPLICATE))
            continue;
        uint32_t at = find(split, item->delivery);
        if (at != NO_SLOT && split->slots[at].first == (uint32_t)item->number)
            split->slots[at].held = true;
    }
}
