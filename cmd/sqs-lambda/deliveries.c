#include <stdint.h>
#include <stdlib.h>

#include "base/hash.h"
#include "deliveries.h"
#include "json/string.h"
#include "record/pending.h"

/* Far above the ten thousand messages and the six megabytes that an event may have. */
enum { BUCKETS = 1 << 12, TEXT_MOST = 256 << 20, NONE = -1 };

enum state { STATE_PENDING, STATE_SETTLED, STATE_FAILED };

/* A range of the text. */
struct piece {
    size_t at;
    size_t length;
};

struct delivery {
    struct piece id;
    struct piece handle;
    struct piece line;
    enum state state;
    long next; /* bucket chain: a number, or NONE */
};

struct deliveries {
    struct buf text;
    struct delivery *list;
    size_t count;
    size_t capacity;
    size_t pending;
    struct pending *parts; /* of the messages with several records */
    long buckets[BUCKETS];
};

struct deliveries *deliveries_new(void)
{
    struct deliveries *deliveries = calloc(1, sizeof *deliveries);
    if (deliveries == NULL)
        return NULL;
    buf_init(&deliveries->text, TEXT_MOST);
    deliveries_clear(deliveries);
    return deliveries;
}

void deliveries_free(struct deliveries *deliveries)
{
    if (deliveries == NULL)
        return;
    buf_free(&deliveries->text);
    pending_free(deliveries->parts);
    free(deliveries->list);
    free(deliveries);
}

void deliveries_clear(struct deliveries *deliveries)
{
    enum { KEPT = 16 << 20 };
    buf_shrink(&deliveries->text, KEPT);
    deliveries->count = deliveries->pending = 0;
    pending_free(deliveries->parts);
    deliveries->parts = NULL;
    for (size_t i = 0; i < BUCKETS; i++)
        deliveries->buckets[i] = NONE;
}

static struct piece keep(struct deliveries *deliveries, const struct buf *text)
{
    struct piece piece = { .at = deliveries->text.length, .length = text->length };
    (void)buf_append(&deliveries->text, text->data,
        text->length); /* the caller checks the buffer */
    return piece;
}

static bool is_piece(const struct deliveries *deliveries, const struct piece *piece,
    const struct buf *text)
{
    return piece->length == text->length &&
        (text->length == 0 ||
            memcmp(deliveries->text.data + piece->at, text->data, text->length) == 0);
}

static long *bucket_of(struct deliveries *deliveries, const struct buf *id)
{
    return &deliveries->buckets[hash_bytes(id->data, id->length) % BUCKETS];
}

int deliveries_add(struct deliveries *deliveries, const struct buf *id, const struct buf *handle,
    const struct buf *line)
{
    if (deliveries->count == deliveries->capacity) {
        size_t capacity = deliveries->capacity == 0 ? 64 : deliveries->capacity * 2;
        struct delivery *list = reallocarray(deliveries->list, capacity, sizeof *list);
        if (list == NULL)
            return -1;
        deliveries->list = list;
        deliveries->capacity = capacity;
    }
    struct delivery *delivery = &deliveries->list[deliveries->count];
    long *bucket = bucket_of(deliveries, id);
    *delivery = (struct delivery){ .id = keep(deliveries, id),
        .handle = keep(deliveries, handle),
        .line = keep(deliveries, line),
        .state = line->length > 0 ? STATE_PENDING : STATE_FAILED,
        .next = *bucket };
    if (deliveries->text.failed)
        return -1;
    *bucket = (long)deliveries->count++;
    deliveries->pending += delivery->state == STATE_PENDING;
    return 0;
}

/* ---- verdicts ---- */

static void set_state(struct deliveries *deliveries, struct delivery *delivery, enum state state)
{
    deliveries->pending -= delivery->state == STATE_PENDING;
    delivery->state = state;
}

/* Settle the message or mark it as failed: one delivery may be in the event twice. */
static void decide(struct deliveries *deliveries, const struct verdict *verdict, bool final)
{
    for (long at = *bucket_of(deliveries, &verdict->message_id); at != NONE;
         at = deliveries->list[at].next) {
        struct delivery *delivery = &deliveries->list[at];
        if (!is_piece(deliveries, &delivery->id, &verdict->message_id) ||
            !is_piece(deliveries, &delivery->handle, &verdict->receipt_handle))
            continue;
        if (!final) {
            set_state(deliveries, delivery, STATE_FAILED);
        } else if (delivery->state == STATE_PENDING) {
            set_state(deliveries, delivery, STATE_SETTLED);
            return;
        }
    }
}

static bool is_ours(struct deliveries *deliveries, const struct verdict *verdict)
{
    long at = *bucket_of(deliveries, &verdict->message_id);
    while (at != NONE &&
        !(is_piece(deliveries, &deliveries->list[at].id, &verdict->message_id) &&
            is_piece(deliveries, &deliveries->list[at].handle, &verdict->receipt_handle)))
        at = deliveries->list[at].next;
    return at != NONE;
}

int deliveries_take(struct deliveries *deliveries, const struct verdict *verdict)
{
    bool final = verdict_status_is_final(verdict->status) && !verdict->misnumbered;
    if (verdict->receipt_handle.length == 0 || !is_ours(deliveries, verdict))
        return 0;
    if (deliveries->parts == NULL && (deliveries->parts = pending_new(1)) == NULL)
        return -1;
    if (!pending_wants(deliveries->parts, verdict)) {
        decide(deliveries, verdict, final);
        return 0;
    }
    switch (pending_take(deliveries->parts, verdict, final)) {
    case PENDING_WAITS:
    case PENDING_REPEAT:
        break;
    case PENDING_DONE:
        decide(deliveries, verdict, true);
        break;
    case PENDING_AT_ODDS:
    case PENDING_NEVER:
        decide(deliveries, verdict, false);
        break;
    case PENDING_NO_MEMORY:
        return -1;
    }
    return 0;
}

size_t deliveries_count(const struct deliveries *deliveries)
{
    return deliveries->count;
}

size_t deliveries_pending(const struct deliveries *deliveries)
{
    return deliveries->pending;
}

int deliveries_records(const struct deliveries *deliveries, struct buf *out)
{
    for (size_t i = 0; i < deliveries->count; i++) {
        const struct delivery *delivery = &deliveries->list[i];
        if (delivery->state == STATE_PENDING)
            (void)buf_append(out, deliveries->text.data + delivery->line.at, delivery->line.length);
    }
    return out->failed ? -1 : 0;
}

size_t deliveries_answer(const struct deliveries *deliveries, bool in_order, struct buf *out)
{
    size_t failed = 0;
    (void)buf_puts(out, "{\"batchItemFailures\":[");
    for (size_t i = 0; i < deliveries->count; i++) {
        const struct delivery *delivery = &deliveries->list[i];
        if (delivery->state == STATE_SETTLED && !(in_order && failed > 0))
            continue;
        (void)buf_puts(out, failed++ > 0 ? ",{\"itemIdentifier\":" : "{\"itemIdentifier\":");
        (void)json_string_encode(out, deliveries->text.data + delivery->id.at, delivery->id.length);
        (void)buf_putc(out, '}');
    }
    (void)buf_puts(out, "]}");
    return out->failed ? SIZE_MAX : failed;
}
