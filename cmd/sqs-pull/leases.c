#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/msg.h"
#include "keeper.h"
#include "sqs/batch.h"
#include "sqs/lease.h"

enum {
    LINES_AT_ONCE = 1000, /* then it is the network's turn again */
    EARLY_PARTS = 16, /* of a lease: so much before its time it goes along in a batch under way */
    SHORTEST_PAUSE_MS = 250
};

struct keeper {
    struct keeper_config config;
    struct lease_table *leases;
    struct batch *batch;
    size_t inside;  /* leases in the batch */
    size_t awaited; /* verdicts: one for each time that a message was received */
    uint64_t half_ms;
    uint64_t heard_ms; /* as keeper_heard_ms() */
    bool hopeless;     /* nothing can be extended: why has been said */
    bool said_expired;
    bool said_refused;
    bool more; /* lines may be left unread */
    struct verdict verdict;
    struct release *release;
    struct keeper_counts counts;
};

struct keeper *keeper_new(const struct keeper_config *config)
{
    struct keeper *keeper = calloc(1, sizeof *keeper);
    if (keeper == NULL)
        return NULL;
    keeper->config = *config;
    keeper->half_ms = (uint64_t)config->visibility_timeout_s * 500;
    const struct batch_config batch = {
        .sqs = config->sqs,
        .operation = CALL_VISIBILITY,
        .visibility_timeout_s = config->visibility_timeout_s,
        .parallel = KEEPER_REQUESTS,
        .retry_ms = config->retry_ms < keeper->half_ms ? config->retry_ms : keeper->half_ms,
    };
    keeper->leases = lease_table_new(config->maximum);
    keeper->batch = batch_open(&batch);
    if (keeper->leases == NULL || keeper->batch == NULL) {
        keeper_free(keeper);
        return NULL;
    }
    batch_flush(keeper->batch);
    return keeper;
}

void keeper_free(struct keeper *keeper)
{
    if (keeper == NULL)
        return;
    lease_table_free(keeper->leases);
    batch_free(keeper->batch);
    verdict_free(&keeper->verdict);
    free(keeper);
}

size_t keeper_count(const struct keeper *keeper)
{
    return lease_count(keeper->leases);
}

size_t keeper_room(const struct keeper *keeper)
{
    size_t count = lease_count(keeper->leases);
    return count < keeper->config.maximum ? keeper->config.maximum - count : 0;
}

uint64_t keeper_oldest_ms(const struct keeper *keeper)
{
    const struct lease *lease = lease_eldest(keeper->leases);
    return lease != NULL ? lease->received_ms : 0;
}

uint64_t keeper_heard_ms(const struct keeper *keeper)
{
    return keeper->heard_ms;
}

bool keeper_done(const struct keeper *keeper)
{
    return lease_count(keeper->leases) == 0 && keeper->awaited == 0;
}

const struct keeper_counts *keeper_counts(const struct keeper *keeper)
{
    return &keeper->counts;
}

static void lapse(struct keeper *keeper, struct lease *lease)
{
    lease_remove(keeper->leases, lease);
    keeper->counts.lapsed++;
}

/* Look at a lease again in ${ms}, or when its longest time is over. */
static void schedule(struct keeper *keeper, struct lease *lease, uint64_t ms)
{
    uint64_t due = clock_monotonic_ms() + ms, end = lease->received_ms + keeper->config.longest_ms;
    lease_schedule(keeper->leases, lease, due < end ? due : end);
}

int keeper_add(struct keeper *keeper, const struct buf *id, const struct buf *handle)
{
    struct lease *lease = lease_find(keeper->leases, id->data, id->length);
    if (lease != NULL)
        lease_remove(keeper->leases, lease);
    lease = lease_add(keeper->leases, id->data, id->length, handle->data, handle->length);
    if (lease == NULL)
        return -1;
    lease->received_ms = keeper->heard_ms = clock_monotonic_ms();
    schedule(keeper, lease, keeper->half_ms);
    keeper->awaited++;
    return 0;
}

static bool has_handle(const struct lease *lease, const char *handle, size_t length)
{
    return lease->item.length == length && memcmp(lease->item.text, handle, length) == 0;
}

static void expect_one_less(struct keeper *keeper)
{
    if (keeper->awaited > 0)
        keeper->awaited--;
}

bool keeper_withdraw(struct keeper *keeper, const char *id, size_t id_length, const char *handle,
    size_t handle_length)
{
    struct lease *lease = lease_find(keeper->leases, id, id_length);
    expect_one_less(keeper);
    if (lease == NULL)
        return true;
    if (!has_handle(lease, handle, handle_length))
        return false;
    lease_remove(keeper->leases, lease);
    return true;
}

/* A verdict that names no handle is on the message as such. */
static void take_verdict(struct keeper *keeper)
{
    const struct buf *id = &keeper->verdict.message_id;
    const struct buf *handle = &keeper->verdict.receipt_handle;
    keeper->heard_ms = clock_monotonic_ms();
    if (keeper->verdict.ack == VERDICT_ACK_PART)
        return; /* the message is kept until its last one comes */
    expect_one_less(keeper);
    if (id->length == 0)
        return;
    struct lease *lease = lease_find(keeper->leases, id->data, id->length);
    if (lease == NULL || (handle->length > 0 && !has_handle(lease, handle->data, handle->length)))
        return;
    lease_remove(keeper->leases, lease);
    keeper->counts.acked++;
}

int keeper_read(struct keeper *keeper)
{
    keeper->more = false;
    for (int i = 0; i < LINES_AT_ONCE; i++) {
        switch (acked_next(keeper->config.acked, &keeper->verdict)) {
        case ACKED_VERDICT:
            take_verdict(keeper);
            break;
        case ACKED_NOTHING:
            return 0;
        case ACKED_NO_MEMORY:
            return -1;
        }
    }
    keeper->more = true;
    return 0;
}

/* Whether the time is over that a lease may last, by our limit or the queue's. */
static bool over(const struct keeper *keeper, const struct lease *lease, uint64_t now)
{
    const uint64_t limit_ms = (uint64_t)KEEPER_LONGEST_S * 1000;
    return now >= lease->received_ms + keeper->config.longest_ms ||
        now + keeper->half_ms * 2 > lease->received_ms + limit_ms;
}

static void expire(struct keeper *keeper, struct lease *lease)
{
    if (!keeper->said_expired)
        msg_warn("a message has been without a verdict for %llu s: it is kept hidden no longer",
            (unsigned long long)(clock_monotonic_ms() - lease->received_ms) / 1000);
    keeper->said_expired = true;
    lapse(keeper, lease);
}

/* Fill the batch with what is due, but no more than is on its way at once: what comes after may be
 * settled meanwhile. */
static void fill(struct keeper *keeper)
{
    uint64_t now = clock_monotonic_ms();
    uint64_t early = keeper->hopeless ? 0 : keeper->half_ms * 2 / EARLY_PARTS;
    struct lease *lease = lease_first(keeper->leases);
    if (lease == NULL || lease->due_ms > now)
        return;
    while ((lease = lease_first(keeper->leases)) != NULL && lease->due_ms <= now + early &&
        keeper->inside < (size_t)KEEPER_REQUESTS * CALL_BATCH) {
        if (over(keeper, lease, now)) {
            expire(keeper, lease);
            continue;
        }
        if (keeper->hopeless) {
            schedule(keeper, lease, UINT32_MAX);
            continue;
        }
        lease_unschedule(keeper->leases, lease);
        lease->extending = true;
        keeper->inside++;
        batch_add(keeper->batch, &lease->item);
    }
}

/* Nothing will be extended any more, and why. */
static void give_up(struct keeper *keeper, const char *reason)
{
    if (!keeper->hopeless)
        msg_warn("messages under way cannot be kept hidden: %s", reason);
    keeper->hopeless = true;
}

static void put_back(struct keeper *keeper, struct lease *lease)
{
    const struct batch_item *item = &lease->item;
    uint64_t half_ms = keeper->half_ms;
    switch (item->cause) {
    case AWS_OK:
        keeper->counts.extended++;
        schedule(keeper, lease, half_ms);
        return;
    case AWS_LOST:
        lapse(keeper, lease);
        return;
    case AWS_STOPPED:
        schedule(keeper, lease, 0);
        return;
    case AWS_TEMPORARY:
        schedule(keeper, lease, half_ms / 2 > SHORTEST_PAUSE_MS ? half_ms / 2 : SHORTEST_PAUSE_MS);
        return;
    case AWS_REFUSED:
        if (!keeper->said_refused)
            msg_warn("the queue refuses to keep a message hidden: %s",
                item->error != NULL ? item->error->text : item->code);
        keeper->said_refused = true;
        lapse(keeper, lease);
        return;
    default:
        give_up(keeper, item->error != NULL ? item->error->text : item->code);
        schedule(keeper, lease, half_ms);
        return;
    }
}

/* Leases that are back from the batch. */
static void take_back(struct keeper *keeper)
{
    struct batch_item *item;
    while ((item = batch_next(keeper->batch)) != NULL) {
        struct lease *lease = (struct lease *)item; /* its first member */
        keeper->inside--;
        if (!lease_back(lease))
            continue;
        if (keeper->release == NULL) {
            put_back(keeper, lease);
        } else {
            (void)release_add(keeper->release, item->text, item->length);
            lease_remove(keeper->leases, lease);
        }
    }
}

void keeper_work(struct keeper *keeper)
{
    if (keeper->release == NULL)
        fill(keeper);
    batch_work(keeper->batch);
    take_back(keeper);
}

int keeper_timeout(const struct keeper *keeper)
{
    int timeout = batch_timeout(keeper->batch);
    const struct lease *lease = lease_first(keeper->leases);
    if (keeper->more)
        return 0;
    if (keeper->release != NULL || lease == NULL ||
        keeper->inside >= (size_t)KEEPER_REQUESTS * CALL_BATCH)
        return timeout;
    uint64_t now = clock_monotonic_ms(), left = lease->due_ms > now ? lease->due_ms - now : 0;
    int due = left < INT_MAX ? (int)left : INT_MAX;
    return timeout >= 0 && timeout < due ? timeout : due;
}

bool keeper_take(struct keeper *keeper, struct call *call)
{
    if (!batch_owns(keeper->batch, call))
        return false;
    batch_take(keeper->batch, call);
    take_back(keeper);
    return true;
}

void keeper_end(struct keeper *keeper, struct release *release)
{
    struct lease *lease;
    keeper->release = release;
    while ((lease = lease_first(keeper->leases)) != NULL) {
        (void)release_add(release, lease->item.text, lease->item.length);
        lease_remove(keeper->leases, lease);
    }
    batch_abandon(keeper->batch, AWS_STOPPED);
    take_back(keeper);
}

bool keeper_idle(const struct keeper *keeper)
{
    return batch_idle(keeper->batch);
}
