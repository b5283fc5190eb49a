#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "base/backoff.h"
#include "base/clock.h"
#include "sqs/batch.h"

enum { FIRST_PAUSE_MS = 100, LONGEST_PAUSE_MS = 5000 };

struct item_list {
    struct batch_item *first;
    struct batch_item **end;
    size_t count;
    size_t bytes;
};

struct flight {
    struct call call;
    struct batch_item *items[CALL_BATCH];
    bool busy;
};

struct batch {
    struct batch_config config;
    struct flight *flights;
    struct item_list ready;  /* never sent, oldest first */
    struct item_list failed; /* to be sent again, in the order of adding */
    struct item_list back;
    uint64_t added;
    unsigned busy;
    bool flushing;
    struct backoff backoff;
    struct aws_error error;   /* the last of all items */
    struct aws_error refusal; /* the last of one item */
};

static size_t size_of(const struct batch_item *item)
{
    const struct call_message *message = item->message;
    return item->length +
        (message != NULL ? attribute_bytes(message->attributes, message->attribute_count) : 0);
}

static void push(struct item_list *list, struct batch_item *item)
{
    item->next = NULL;
    *list->end = item;
    list->end = &item->next;
    list->count++;
    list->bytes += size_of(item);
}

/* Into the list at its place in the order of adding. */
static void insert(struct item_list *list, struct batch_item *item)
{
    struct batch_item **link = &list->first;
    while (*link != NULL && (*link)->sequence < item->sequence)
        link = &(*link)->next;
    if (*link == NULL) {
        push(list, item);
        return;
    }
    item->next = *link;
    *link = item;
    list->count++;
    list->bytes += size_of(item);
}

/* Take the item that *link points at off its list. */
static struct batch_item *unlink_item(struct item_list *list, struct batch_item **link)
{
    struct batch_item *item = *link;
    *link = item->next;
    if (*link == NULL)
        list->end = link;
    list->count--;
    list->bytes -= size_of(item);
    return item;
}

struct batch *batch_open(const struct batch_config *config)
{
    struct batch *batch = calloc(1, sizeof *batch);
    if (batch == NULL)
        return NULL;
    batch->config = *config;
    if (batch->config.maximum == 0)
        batch->config.maximum = SIZE_MAX;
    if (config->ordered)
        batch->config.parallel = 1;
    batch->flights = calloc(batch->config.parallel, sizeof *batch->flights);
    if (batch->flights == NULL) {
        free(batch);
        return NULL;
    }
    batch->ready.end = &batch->ready.first;
    batch->failed.end = &batch->failed.first;
    batch->back.end = &batch->back.first;
    backoff_init(&batch->backoff, FIRST_PAUSE_MS, LONGEST_PAUSE_MS);
    return batch;
}

void batch_free(struct batch *batch)
{
    if (batch == NULL)
        return;
    free(batch->flights);
    free(batch);
}

void batch_add(struct batch *batch, struct batch_item *item)
{
    item->alone = false;
    item->attempts = 0;
    item->sequence = batch->added++;
    item->since_ms = clock_monotonic_ms();
    item->not_before_ms = 0;
    push(&batch->ready, item);
}

void batch_flush(struct batch *batch)
{
    batch->flushing = true;
}

static struct flight *free_flight(struct batch *batch)
{
    for (unsigned i = 0; i < batch->config.parallel; i++)
        if (!batch->flights[i].busy)
            return &batch->flights[i];
    return NULL;
}

/* What is to be sent again goes before what is new, however long it has to wait. */
static bool held_up(const struct batch *batch)
{
    return batch->config.ordered && batch->failed.first != NULL;
}

/* Whether new items are worth a request now. */
static bool due(const struct batch *batch, uint64_t now)
{
    const struct item_list *ready = &batch->ready;
    if (ready->first == NULL || held_up(batch))
        return false;
    return batch->flushing || ready->count >= CALL_BATCH || ready->bytes >= batch->config.maximum ||
        now - ready->first->since_ms >= batch->config.linger_ms;
}

/* Move what fits from the list into the flight: items whose pause is over, ${bytes} in all so far.
 */
static void gather(struct batch *batch, struct flight *flight, struct item_list *list,
    size_t *bytes, uint64_t now)
{
    struct call *call = &flight->call;
    for (struct batch_item **link = &list->first; *link != NULL && call->count < CALL_BATCH;) {
        struct batch_item *item = *link;
        if (item->not_before_ms > now && batch->config.ordered)
            break;
        if (item->not_before_ms > now) {
            link = &item->next;
            continue;
        }
        if (call->count > 0 &&
            (item->alone || flight->items[0]->alone ||
                *bytes + size_of(item) > batch->config.maximum))
            break;
        *bytes += size_of(item);
        flight->items[call->count] = unlink_item(list, link);
        call->entries[call->count] = (struct call_entry){ .text = item->text,
            .length = item->length,
            .message = item->message };
        call->count++;
    }
}

/* An item goes back with a cause, and with a code or the error behind it. */
static void give_back(struct batch *batch, struct batch_item *item, enum aws_cause cause,
    const char *code, const struct aws_error *error)
{
    item->cause = cause;
    item->error = error;
    memcpy(item->code, code, sizeof item->code);
    push(&batch->back, item);
}

static const char no_code[ERROR_NAME_SIZE] = "";

/* Whether a call that failed as a whole may have failed by one of its items. */
static bool of_item(const struct call *call)
{
    return call->error.cause == AWS_REFUSED || call->error.cause == AWS_LOST;
}

static void fail_all(struct batch *batch, struct flight *flight)
{
    struct aws_error *error = of_item(&flight->call) ? &batch->refusal : &batch->error;
    *error = flight->call.error;
    for (size_t i = 0; i < flight->call.count; i++)
        give_back(batch, flight->items[i], error->cause, no_code, error);
}

void batch_work(struct batch *batch)
{
    uint64_t now = clock_monotonic_ms();
    struct flight *flight;
    while ((flight = free_flight(batch)) != NULL) {
        size_t bytes = 0;
        struct call *call = &flight->call;
        *call = (struct call){ .operation = batch->config.operation,
            .visibility_timeout_s = batch->config.visibility_timeout_s,
            .owner = batch };
        gather(batch, flight, &batch->failed, &bytes, now);
        if ((call->count > 0 && !held_up(batch)) || due(batch, now))
            gather(batch, flight, &batch->ready, &bytes, now);
        if (call->count == 0)
            return;
        flight->busy = true;
        batch->busy++;
        if (sqs_start(batch->config.sqs, call) != 0) {
            error_set(&call->error, AWS_NO_MEMORY, NULL, "no memory");
            batch_take(batch, call);
            return;
        }
    }
}

int batch_timeout(const struct batch *batch)
{
    uint64_t now = clock_monotonic_ms(), next = UINT64_MAX;
    if (batch->busy == batch->config.parallel)
        return -1;
    if (due(batch, now))
        return 0;
    if (batch->ready.first != NULL && !held_up(batch))
        next = batch->ready.first->since_ms + batch->config.linger_ms;
    for (const struct batch_item *item = batch->failed.first; item != NULL; item = item->next) {
        if (item->not_before_ms < next)
            next = item->not_before_ms;
        if (batch->config.ordered)
            break;
    }
    if (next == UINT64_MAX)
        return -1;
    if (next <= now)
        return 0;
    return next - now < INT_MAX ? (int)(next - now) : INT_MAX;
}

bool batch_owns(const struct batch *batch, const struct call *call)
{
    return call->owner == batch;
}

/* Once more, after a pause that grows with the attempts; or back, when its time is over. */
static void again(struct batch *batch, struct batch_item *item, const char *code)
{
    uint64_t now = clock_monotonic_ms();
    if (item->attempts == 0)
        item->since_ms = now;
    if (now - item->since_ms >= batch->config.retry_ms) {
        give_back(batch, item, AWS_TEMPORARY, code, NULL);
        return;
    }
    batch->backoff.attempts = item->attempts++;
    item->not_before_ms = now + backoff_next(&batch->backoff);
    insert(&batch->failed, item);
}

void batch_take(struct batch *batch, struct call *call)
{
    struct flight *flight = (struct flight *)call; /* its first member */
    flight->busy = false;
    batch->busy--;
    if (of_item(call) && call->count > 1) {
        for (size_t i = 0; i < call->count; i++) {
            flight->items[i]->alone = true;
            insert(&batch->failed, flight->items[i]);
        }
        return;
    }
    if (call->error.cause != AWS_OK) {
        fail_all(batch, flight);
        return;
    }
    for (size_t i = 0; i < call->count; i++) {
        const struct call_entry *entry = &call->entries[i];
        if (entry->cause == AWS_TEMPORARY)
            again(batch, flight->items[i], entry->code);
        else
            give_back(batch, flight->items[i], entry->cause, entry->code, NULL);
    }
}

void batch_abandon(struct batch *batch, enum aws_cause cause)
{
    while (batch->failed.first != NULL)
        give_back(batch, unlink_item(&batch->failed, &batch->failed.first), cause, no_code,
            &batch->error);
    while (batch->ready.first != NULL)
        give_back(batch, unlink_item(&batch->ready, &batch->ready.first), cause, no_code,
            &batch->error);
}

struct batch_item *batch_next(struct batch *batch)
{
    return batch->back.first != NULL ? unlink_item(&batch->back, &batch->back.first) : NULL;
}

bool batch_idle(const struct batch *batch)
{
    return batch->busy == 0 && batch->ready.first == NULL && batch->failed.first == NULL;
}

const struct aws_error *batch_error(const struct batch *batch)
{
    return &batch->error;
}
