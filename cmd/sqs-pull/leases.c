#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/msg.h"
#include "leases.h"
#include "sqs/batcher.h"
#include "sqs/lease.h"

enum {
    LINES_AT_ONCE = 1000, /* then the network is looked after again */
    EARLY_PARTS = 16, /* of a lease: so much before its time it goes along in a batch under way */
    SHORTEST_PAUSE_MS = 250
};

struct leases {
    struct leases_config config;
    struct lease_table *table;
    struct batcher *batcher;
    size_t inside;  /* leases in the batcher */
    size_t awaited; /* verdicts: one for each time that a message was received */
    uint64_t half_ms;
    uint64_t verdict_ms; /* as leases_verdict_ms() */
    bool hopeless;       /* nothing can be extended: why has been said */
    bool said_expired;
    bool said_refused;
    bool more; /* lines may be left unread */
    struct verdict verdict;
    struct release *release;
    struct leases_counts counts;
};

struct leases *leases_new(const struct leases_config *config)
{
    struct leases *leases = calloc(1, sizeof *leases);
    if (leases == NULL)
        return NULL;
    leases->config = *config;
    leases->half_ms = (uint64_t)config->visibility_timeout_s * 500;
    const struct batcher_config batcher = {
        .sqs = config->sqs,
        .operation = CALL_VISIBILITY,
        .visibility_timeout_s = config->visibility_timeout_s,
        .parallel = LEASES_REQUESTS,
        .retry_ms = config->retry_ms < leases->half_ms ? config->retry_ms : leases->half_ms,
    };
    leases->table = lease_table_new(config->maximum);
    leases->batcher = batcher_open(&batcher);
    if (leases->table == NULL || leases->batcher == NULL) {
        leases_free(leases);
        return NULL;
    }
    batcher_flush(leases->batcher);
    return leases;
}

void leases_free(struct leases *leases)
{
    if (leases == NULL)
        return;
    lease_table_free(leases->table);
    batcher_free(leases->batcher);
    verdict_free(&leases->verdict);
    free(leases);
}

size_t leases_count(const struct leases *leases)
{
    return lease_count(leases->table);
}

size_t leases_room(const struct leases *leases)
{
    size_t count = lease_count(leases->table);
    return count < leases->config.maximum ? leases->config.maximum - count : 0;
}

uint64_t leases_oldest_ms(const struct leases *leases)
{
    const struct lease *lease = lease_oldest(leases->table);
    return lease != NULL ? lease->received_ms : 0;
}

uint64_t leases_verdict_ms(const struct leases *leases)
{
    return leases->verdict_ms;
}

bool leases_done(const struct leases *leases)
{
    return lease_count(leases->table) == 0 && leases->awaited == 0;
}

const struct leases_counts *leases_counts(const struct leases *leases)
{
    return &leases->counts;
}

static void lapse(struct leases *leases, struct lease *lease)
{
    lease_remove(leases->table, lease);
    leases->counts.lapsed++;
}

/* Look at a lease again in ${ms}, or when its longest time is over. */
static void schedule(struct leases *leases, struct lease *lease, uint64_t ms)
{
    uint64_t due = clock_monotonic_ms() + ms, end = lease->received_ms + leases->config.longest_ms;
    lease_schedule(leases->table, lease, due < end ? due : end);
}

int leases_add(struct leases *leases, const struct buf *id, const struct buf *handle)
{
    struct lease *lease = lease_find(leases->table, id->data, id->length);
    if (lease != NULL)
        lease_remove(leases->table, lease);
    lease = lease_add(leases->table, id->data, id->length, handle->data, handle->length);
    if (lease == NULL)
        return -1;
    lease->received_ms = leases->verdict_ms = clock_monotonic_ms();
    schedule(leases, lease, leases->half_ms);
    leases->awaited++;
    return 0;
}

static bool has_handle(const struct lease *lease, const char *handle, size_t length)
{
    return lease->item.length == length && memcmp(lease->item.text, handle, length) == 0;
}

static void expect_one_less(struct leases *leases)
{
    if (leases->awaited > 0)
        leases->awaited--;
}

bool leases_withdraw(struct leases *leases, const char *id, size_t id_length, const char *handle,
    size_t handle_length)
{
    struct lease *lease = lease_find(leases->table, id, id_length);
    expect_one_less(leases);
    if (lease == NULL)
        return true;
    if (!has_handle(lease, handle, handle_length))
        return false;
    lease_remove(leases->table, lease);
    return true;
}

/* A verdict that names no handle is on the message as such. */
static void take_verdict(struct leases *leases)
{
    const struct buf *id = &leases->verdict.message_id;
    const struct buf *handle = &leases->verdict.receipt_handle;
    leases->verdict_ms = clock_monotonic_ms();
    if (leases->verdict.ack == VERDICT_ACK_PART)
        return; /* the message is kept until its last one comes */
    expect_one_less(leases);
    if (id->length == 0)
        return;
    struct lease *lease = lease_find(leases->table, id->data, id->length);
    if (lease == NULL || (handle->length > 0 && !has_handle(lease, handle->data, handle->length)))
        return;
    lease_remove(leases->table, lease);
    leases->counts.acked++;
}

int leases_read(struct leases *leases)
{
    leases->more = false;
    for (int i = 0; i < LINES_AT_ONCE; i++) {
        switch (acked_next(leases->config.acked, &leases->verdict)) {
        case ACKED_VERDICT:
            take_verdict(leases);
            break;
        case ACKED_NOTHING:
            return 0;
        case ACKED_NO_MEMORY:
            return -1;
        }
    }
    leases->more = true;
    return 0;
}

/* Whether the time is over that a lease may last, by our limit or the queue's. */
static bool over(const struct leases *leases, const struct lease *lease, uint64_t now)
{
    const uint64_t limit_ms = (uint64_t)LEASES_LONGEST_S * 1000;
    return now >= lease->received_ms + leases->config.longest_ms ||
        now + leases->half_ms * 2 > lease->received_ms + limit_ms;
}

static void expire(struct leases *leases, struct lease *lease)
{
    if (!leases->said_expired)
        msg_warn("a message has been without a verdict for %llu s: it is kept hidden no longer",
            (unsigned long long)(clock_monotonic_ms() - lease->received_ms) / 1000);
    leases->said_expired = true;
    lapse(leases, lease);
}

/* Fill the batch with what is due, but no more than is on its way at once: what comes after may be
 * ended meanwhile. */
static void fill(struct leases *leases)
{
    uint64_t now = clock_monotonic_ms();
    uint64_t early = leases->hopeless ? 0 : leases->half_ms * 2 / EARLY_PARTS;
    struct lease *lease = lease_first(leases->table);
    if (lease == NULL || lease->due_ms > now)
        return;
    while ((lease = lease_first(leases->table)) != NULL && lease->due_ms <= now + early &&
        leases->inside < (size_t)LEASES_REQUESTS * CALL_BATCH) {
        if (over(leases, lease, now)) {
            expire(leases, lease);
            continue;
        }
        if (leases->hopeless) {
            schedule(leases, lease, UINT32_MAX);
            continue;
        }
        lease_unschedule(leases->table, lease);
        lease->extending = true;
        leases->inside++;
        batcher_add(leases->batcher, &lease->item);
    }
}

/* Nothing will be extended any more, and why. */
static void give_up(struct leases *leases, const char *reason)
{
    if (!leases->hopeless)
        msg_warn("messages under way cannot be kept hidden: %s", reason);
    leases->hopeless = true;
}

static void put_back(struct leases *leases, struct lease *lease)
{
    const struct batcher_item *item = &lease->item;
    uint64_t half_ms = leases->half_ms;
    switch (item->cause) {
    case AWS_OK:
        leases->counts.extended++;
        schedule(leases, lease, half_ms);
        return;
    case AWS_LOST:
        lapse(leases, lease);
        return;
    case AWS_STOPPED:
        schedule(leases, lease, 0);
        return;
    case AWS_TEMPORARY:
        schedule(leases, lease, half_ms / 2 > SHORTEST_PAUSE_MS ? half_ms / 2 : SHORTEST_PAUSE_MS);
        return;
    case AWS_REFUSED:
        if (!leases->said_refused)
            msg_warn("the queue refuses to keep a message hidden: %s",
                item->error != NULL ? item->error->text : item->code);
        leases->said_refused = true;
        lapse(leases, lease);
        return;
    default:
        give_up(leases, item->error != NULL ? item->error->text : item->code);
        schedule(leases, lease, half_ms);
        return;
    }
}

/* Leases that are back from the batch. */
static void take_back(struct leases *leases)
{
    struct batcher_item *item;
    while ((item = batcher_next(leases->batcher)) != NULL) {
        struct lease *lease = (struct lease *)item; /* its first member */
        leases->inside--;
        if (!lease_back(lease))
            continue;
        if (leases->release == NULL) {
            put_back(leases, lease);
        } else {
            (void)release_add(leases->release, item->text, item->length);
            lease_remove(leases->table, lease);
        }
    }
}

void leases_work(struct leases *leases)
{
    if (leases->release == NULL)
        fill(leases);
    batcher_work(leases->batcher);
    take_back(leases);
}

int leases_timeout(const struct leases *leases)
{
    int timeout = batcher_timeout(leases->batcher);
    const struct lease *lease = lease_first(leases->table);
    if (leases->more)
        return 0;
    if (leases->release != NULL || lease == NULL ||
        leases->inside >= (size_t)LEASES_REQUESTS * CALL_BATCH)
        return timeout;
    uint64_t now = clock_monotonic_ms(), left = lease->due_ms > now ? lease->due_ms - now : 0;
    int due = left < INT_MAX ? (int)left : INT_MAX;
    return timeout >= 0 && timeout < due ? timeout : due;
}

bool leases_take(struct leases *leases, struct call *call)
{
    if (!batcher_owns(leases->batcher, call))
        return false;
    batcher_take(leases->batcher, call);
    take_back(leases);
    return true;
}

void leases_end(struct leases *leases, struct release *release)
{
    struct lease *lease;
    leases->release = release;
    while ((lease = lease_first(leases->table)) != NULL) {
        (void)release_add(release, lease->item.text, lease->item.length);
        lease_remove(leases->table, lease);
    }
    batcher_abandon(leases->batcher, AWS_STOPPED);
    take_back(leases);
}

bool leases_idle(const struct leases *leases)
{
    return batcher_idle(leases->batcher);
}
