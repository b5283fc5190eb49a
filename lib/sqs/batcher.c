#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "base/backoff.h"
#include "base/clock.h"
#include "sqs/batcher.h"

enum { FIRST_PAUSE_MS = 100, LONGEST_PAUSE_MS = 5000 };

struct item_list {
    struct batcher_item *first;
    struct batcher_item **end;
    size_t count;
    size_t bytes;
};

struct open_batch {
    struct call call;
    struct batcher_item *items[CALL_BATCH];
    uint64_t began_ms;
    bool busy;
};

struct batcher {
    struct batcher_config config;
    struct open_batch *open_batches;
    struct item_list ready;  /* never sent, oldest first */
    struct item_list failed; /* to send again, in the order of adding */
    struct item_list back;
    uint64_t added;
    unsigned busy;
    unsigned latency_16ths; /* unit: 1/16 ms */
    bool flushing;
    struct backoff backoff;
    struct aws_error error;   /* the last error of a whole batch */
    struct aws_error refusal; /* the last error of a single item */
};

static size_t size_of(const struct batcher_item *item)
{
    const struct call_message *message = item->message;
    return item->length +
        (message != NULL ? attribute_bytes(message->attributes, message->attribute_count) : 0);
}

static void push(struct item_list *list, struct batcher_item *item)
{
    item->next = NULL;
    *list->end = item;
    list->end = &item->next;
    list->count++;
    list->bytes += size_of(item);
}

/* Insert at the place given by the order of adding. */
static void insert(struct item_list *list, struct batcher_item *item)
{
    struct batcher_item **link = &list->first;
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

/* Remove the item that *link points at from its list. */
static struct batcher_item *unlink_item(struct item_list *list, struct batcher_item **link)
{
    struct batcher_item *item = *link;
    *link = item->next;
    if (*link == NULL)
        list->end = link;
    list->count--;
    list->bytes -= size_of(item);
    return item;
}

struct batcher *batcher_open(const struct batcher_config *config)
{
    struct batcher *batcher = calloc(1, sizeof *batcher);
    if (batcher == NULL)
        return NULL;
    batcher->config = *config;
    if (batcher->config.maximum == 0)
        batcher->config.maximum = SIZE_MAX;
    if (config->ordered)
        batcher->config.parallel = 1;
    batcher->open_batches = calloc(batcher->config.parallel, sizeof *batcher->open_batches);
    if (batcher->open_batches == NULL) {
        free(batcher);
        return NULL;
    }
    batcher->ready.end = &batcher->ready.first;
    batcher->failed.end = &batcher->failed.first;
    batcher->back.end = &batcher->back.first;
    backoff_init(&batcher->backoff, FIRST_PAUSE_MS, LONGEST_PAUSE_MS);
    return batcher;
}

void batcher_free(struct batcher *batcher)
{
    if (batcher == NULL)
        return;
    free(batcher->open_batches);
    free(batcher);
}

void batcher_add(struct batcher *batcher, struct batcher_item *item)
{
    item->alone = false;
    item->attempts = 0;
    item->sequence = batcher->added++;
    item->since_ms = clock_monotonic_ms();
    item->not_before_ms = 0;
    push(&batcher->ready, item);
}

void batcher_flush(struct batcher *batcher)
{
    batcher->flushing = true;
}

static struct open_batch *unused_batch(struct batcher *batcher)
{
    for (unsigned i = 0; i < batcher->config.parallel; i++)
        if (!batcher->open_batches[i].busy)
            return &batcher->open_batches[i];
    return NULL;
}

/* Return true when retried items wait: they precede new ones, however long the wait. */
static bool held_up(const struct batcher *batcher)
{
    return batcher->config.ordered && batcher->failed.first != NULL;
}

/* Return true when new items justify a request now. */
static bool due(const struct batcher *batcher, uint64_t now)
{
    const struct item_list *ready = &batcher->ready;
    if (ready->first == NULL || held_up(batcher))
        return false;
    return batcher->flushing || ready->count >= CALL_BATCH ||
        ready->bytes >= batcher->config.maximum ||
        now - ready->first->since_ms >= batcher->config.linger_ms;
}

/* Move items from the list into the open_batch: those whose pause has ended and that fit, ${bytes}
 * in all so far. */
static void gather(struct batcher *batcher, struct open_batch *open_batch, struct item_list *list,
    size_t *bytes, uint64_t now)
{
    struct call *call = &open_batch->call;
    for (struct batcher_item **link = &list->first; *link != NULL && call->count < CALL_BATCH;) {
        struct batcher_item *item = *link;
        if (item->not_before_ms > now && batcher->config.ordered)
            break;
        if (item->not_before_ms > now) {
            link = &item->next;
            continue;
        }
        if (call->count > 0 &&
            (item->alone || open_batch->items[0]->alone ||
                *bytes + size_of(item) > batcher->config.maximum))
            break;
        *bytes += size_of(item);
        open_batch->items[call->count] = unlink_item(list, link);
        call->entries[call->count] = (struct call_entry){ .text = item->text,
            .length = item->length,
            .message = item->message };
        call->count++;
    }
}

/* Return an item with a cause, and with a code or the error behind it. */
static void give_back(struct batcher *batcher, struct batcher_item *item, enum aws_cause cause,
    const char *code, const struct aws_error *error)
{
    item->cause = cause;
    item->error = error;
    memcpy(item->code, code, sizeof item->code);
    push(&batcher->back, item);
}

static const char no_code[ERROR_NAME_SIZE] = "";

/* Return true when a failure of the whole call may be due to one of its items. */
static bool of_item(const struct call *call)
{
    return call->error.cause == AWS_REFUSED || call->error.cause == AWS_LOST;
}

static void fail_all(struct batcher *batcher, struct open_batch *open_batch)
{
    struct aws_error *error = of_item(&open_batch->call) ? &batcher->refusal : &batcher->error;
    *error = open_batch->call.error;
    for (size_t i = 0; i < open_batch->call.count; i++)
        give_back(batcher, open_batch->items[i], error->cause, no_code, error);
}

void batcher_work(struct batcher *batcher)
{
    uint64_t now = clock_monotonic_ms();
    struct open_batch *open_batch;
    while ((open_batch = unused_batch(batcher)) != NULL) {
        size_t bytes = 0;
        struct call *call = &open_batch->call;
        *call = (struct call){ .operation = batcher->config.operation,
            .visibility_timeout_s = batcher->config.visibility_timeout_s,
            .owner = batcher };
        gather(batcher, open_batch, &batcher->failed, &bytes, now);
        if ((call->count > 0 && !held_up(batcher)) || due(batcher, now))
            gather(batcher, open_batch, &batcher->ready, &bytes, now);
        if (call->count == 0)
            return;
        open_batch->busy = true;
        open_batch->began_ms = now;
        batcher->busy++;
        if (sqs_start(batcher->config.sqs, call) != 0) {
            error_no_memory(&call->error);
            batcher_take(batcher, call);
            return;
        }
    }
}

int batcher_timeout(const struct batcher *batcher)
{
    uint64_t now = clock_monotonic_ms(), next = UINT64_MAX;
    if (batcher->busy == batcher->config.parallel)
        return -1;
    if (due(batcher, now))
        return 0;
    if (batcher->ready.first != NULL && !held_up(batcher))
        next = batcher->ready.first->since_ms + batcher->config.linger_ms;
    for (const struct batcher_item *item = batcher->failed.first; item != NULL; item = item->next) {
        if (item->not_before_ms < next)
            next = item->not_before_ms;
        if (batcher->config.ordered)
            break;
    }
    if (next == UINT64_MAX)
        return -1;
    if (next <= now)
        return 0;
    return next - now < INT_MAX ? (int)(next - now) : INT_MAX;
}

bool batcher_owns(const struct batcher *batcher, const struct call *call)
{
    return call->owner == batcher;
}

/* Send an item again after a pause that grows with the attempts, or return it when its time has
 * passed. */
static void again(struct batcher *batcher, struct batcher_item *item, const char *code)
{
    uint64_t now = clock_monotonic_ms();
    if (item->attempts == 0)
        item->since_ms = now;
    if (now - item->since_ms >= batcher->config.retry_ms) {
        give_back(batcher, item, AWS_TEMPORARY, code, NULL);
        return;
    }
    batcher->backoff.attempts = item->attempts++;
    item->not_before_ms = now + backoff_next(&batcher->backoff);
    insert(&batcher->failed, item);
}

/* Move the average an eighth of the way to the latest latency. */
static void note_latency(struct batcher *batcher, const struct open_batch *open_batch)
{
    uint64_t took_ms = clock_monotonic_ms() - open_batch->began_ms;
    unsigned took = took_ms < UINT16_MAX ? (unsigned)took_ms * 16 : UINT16_MAX * 16;
    unsigned *mean = &batcher->latency_16ths;
    if (*mean == 0)
        *mean = took;
    else if (took > *mean)
        *mean += (took - *mean) / 8;
    else
        *mean -= (*mean - took) / 8;
    if (*mean == 0)
        *mean = 1;
}

unsigned batcher_latency_ms(const struct batcher *batcher)
{
    return (batcher->latency_16ths + 15) / 16;
}

void batcher_take(struct batcher *batcher, struct call *call)
{
    struct open_batch *open_batch = (struct open_batch *)call; /* its first member */
    open_batch->busy = false;
    batcher->busy--;
    if (of_item(call) && call->count > 1) {
        for (size_t i = 0; i < call->count; i++) {
            open_batch->items[i]->alone = true;
            insert(&batcher->failed, open_batch->items[i]);
        }
        return;
    }
    if (call->error.cause != AWS_OK) {
        fail_all(batcher, open_batch);
        return;
    }
    note_latency(batcher, open_batch);
    for (size_t i = 0; i < call->count; i++) {
        const struct call_entry *entry = &call->entries[i];
        if (entry->cause == AWS_TEMPORARY)
            again(batcher, open_batch->items[i], entry->code);
        else
            give_back(batcher, open_batch->items[i], entry->cause, entry->code, NULL);
    }
}

void batcher_abandon(struct batcher *batcher, enum aws_cause cause)
{
    while (batcher->failed.first != NULL)
        give_back(batcher, unlink_item(&batcher->failed, &batcher->failed.first), cause, no_code,
            &batcher->error);
    while (batcher->ready.first != NULL)
        give_back(batcher, unlink_item(&batcher->ready, &batcher->ready.first), cause, no_code,
            &batcher->error);
}

struct batcher_item *batcher_next(struct batcher *batcher)
{
    return batcher->back.first != NULL ? unlink_item(&batcher->back, &batcher->back.first) : NULL;
}

bool batcher_idle(const struct batcher *batcher)
{
    return batcher->busy == 0 && batcher->ready.first == NULL && batcher->failed.first == NULL;
}

const struct aws_error *batcher_error(const struct batcher *batcher)
{
    return &batcher->error;
}
