#include <inttypes.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/msg.h"
#include "leases.h"
#include "sqs/batcher.h"
#include "sqs/lease.h"

enum {
    LINES_PER_ROUND = 1000, /* before the network is served again */
    EARLY_PARTS = 16,       /* of a lease: how early it may join a batch that is sent anyway */
    SHORTEST_PAUSE_MS = 250,
    FEWEST_REQUESTS = 4,
    USUAL_LATENCY_MS = 50, /* of a request, until the first one has returned */
    FIFO_CALLS = 300,      /* per second and operation on a FIFO queue: a quota of SQS */
    FIFO_BURST_MS = 100,
    MOST_BYTES = 12 << 20
};

/* A lease in a batch. */
struct extension {
    struct batcher_item item; /* its text is the receipt handle */
    struct lease *lease;
};

struct leases {
    struct leases_config config;
    struct lease_table *table;
    struct batcher *batcher;
    struct extension extensions[LEASES_REQUESTS * CALL_BATCH];
    struct extension *unused[LEASES_REQUESTS * CALL_BATCH];
    size_t inside;        /* leases in the batcher */
    uint64_t credit;      /* on a FIFO queue: leases that the quota allows, times 1000 */
    uint64_t credited_ms; /* monotonic: when ${credit} was computed */
    size_t awaited;       /* verdicts: one for each receipt of a message */
    uint64_t half_ms;
    uint64_t verdict_ms; /* as leases_verdict_ms() */
    bool hopeless;       /* nothing can be extended; a warning has said why */
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
    for (size_t i = 0; i < sizeof leases->unused / sizeof *leases->unused; i++)
        leases->unused[i] = &leases->extensions[i];
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

size_t leases_bytes(const struct leases *leases)
{
    return lease_bytes(leases->table);
}

/* Return the milliseconds that a request takes. */
static uint64_t latency_ms(const struct leases *leases)
{
    unsigned known = batcher_latency_ms(leases->batcher);
    return known > 0 ? known : USUAL_LATENCY_MS;
}

/* Return the number of leases that can be extended in a quarter of a visibility timeout. */
static uint64_t extensible(const struct leases *leases)
{
    uint64_t quarter_ms = leases->half_ms / 2;
    if (leases->config.fifo)
        return quarter_ms * FIFO_CALLS * CALL_BATCH / 1000;
    return quarter_ms * LEASES_REQUESTS * CALL_BATCH / latency_ms(leases);
}

size_t leases_room(const struct leases *leases)
{
    size_t count = lease_count(leases->table), bytes = lease_bytes(leases->table);
    size_t each = count > 0 ? bytes / count : 0;
    uint64_t most = leases->config.maximum, can = extensible(leases);
    if (can < most)
        most = can > CALL_BATCH ? can : CALL_BATCH;
    size_t room = count < most ? (size_t)(most - count) : 0;
    size_t fits = bytes < MOST_BYTES ? MOST_BYTES - bytes : 0;
    return each > 0 && fits / each < room ? fits / each : room;
}

/* Return the number of parallel requests needed now. */
static size_t requests(const struct leases *leases)
{
    uint64_t quarter_ms = leases->half_ms / 2;
    uint64_t all = lease_count(leases->table) * latency_ms(leases) / CALL_BATCH;
    uint64_t count = all / (quarter_ms > 0 ? quarter_ms : 1) + 1;
    if (count < FEWEST_REQUESTS)
        return FEWEST_REQUESTS;
    return count < LEASES_REQUESTS ? (size_t)count : LEASES_REQUESTS;
}

static size_t inside_most(const struct leases *leases)
{
    return requests(leases) * CALL_BATCH;
}

/* Return true when the quota allows another batch of leases, and count that batch. */
static bool quota(struct leases *leases, uint64_t now)
{
    enum { BATCH = CALL_BATCH * 1000 };
    const uint64_t a_ms = (uint64_t)FIFO_CALLS * CALL_BATCH;
    if (!leases->config.fifo)
        return true;
    leases->credit += (now - leases->credited_ms) * a_ms;
    leases->credited_ms = now;
    if (leases->credit > a_ms * FIFO_BURST_MS)
        leases->credit = a_ms * FIFO_BURST_MS;
    if (leases->credit < BATCH)
        return false;
    leases->credit -= BATCH;
    return true;
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

/* Look at a lease again in ${ms}, or when its longest time ends. */
static void schedule(struct leases *leases, struct lease *lease, uint64_t ms)
{
    uint64_t due = clock_monotonic_ms() + ms, end = lease->received_ms + leases->config.longest_ms;
    lease_schedule(leases->table, lease, due < end ? due : end);
}

int leases_add(struct leases *leases, const struct buf *id, const struct buf *handle)
{
    uint64_t now = clock_monotonic_ms();
    struct lease *lease = lease_find(leases->table, id->data, id->length);
    if (lease != NULL) {
        /* Before hidden_ms this is a second copy of a delivery, as a standard queue may deliver. */
        if (lease->lost || lease->late || now >= lease->hidden_ms)
            leases->counts.lapsed++;
        lease_remove(leases->table, lease);
    }
    lease = lease_add(leases->table, id->data, id->length, handle->data, handle->length);
    if (lease == NULL)
        return -1;
    lease->received_ms = leases->verdict_ms = now;
    lease->hidden_ms = now + leases->half_ms * 2;
    schedule(leases, lease, leases->half_ms);
    leases->awaited++;
    return 0;
}

static bool has_handle(const struct lease *lease, const char *handle, size_t length)
{
    return lease->handle_length == length && memcmp(lease_handle(lease), handle, length) == 0;
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

/* Apply a verdict; one without a handle applies to the message itself. */
static void take_verdict(struct leases *leases)
{
    const struct buf *id = &leases->verdict.message_id;
    const struct buf *handle = &leases->verdict.receipt_handle;
    leases->verdict_ms = clock_monotonic_ms();
    if (leases->verdict.ack == VERDICT_ACK_PART)
        return; /* keep the message until its last verdict */
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
    for (int i = 0; i < LINES_PER_ROUND; i++) {
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

/* Return true when a lease has lasted its longest time, by our limit or that of the queue. */
static bool over(const struct leases *leases, const struct lease *lease, uint64_t now)
{
    const uint64_t limit_ms = (uint64_t)LEASES_LONGEST_S * 1000;
    return now >= lease->received_ms + leases->config.longest_ms ||
        now + leases->half_ms * 2 > lease->received_ms + limit_ms;
}

static void expire(struct leases *leases, struct lease *lease)
{
    if (!leases->said_expired)
        msg_warn("a message has had no verdict for %" PRIu64 " s and is no longer extended",
            (clock_monotonic_ms() - lease->received_ms) / 1000);
    leases->said_expired = true;
    leases->counts.expired++;
    lapse(leases, lease);
}

static void extend(struct leases *leases, struct lease *lease)
{
    size_t last = sizeof leases->unused / sizeof *leases->unused - 1 - leases->inside++;
    struct extension *extension = leases->unused[last];
    extension->item =
        (struct batcher_item){ .text = lease_handle(lease), .length = lease->handle_length };
    extension->lease = lease;
    lease->late = clock_monotonic_ms() >= lease->hidden_ms;
    lease_unschedule(leases->table, lease);
    lease->extending = true;
    batcher_add(leases->batcher, &extension->item);
}

/* Fill the batches with due leases, but not beyond the parallel requests: a verdict may still end
 * the later ones. */
static void fill(struct leases *leases)
{
    uint64_t now = clock_monotonic_ms();
    uint64_t early = leases->hopeless ? 0 : leases->half_ms * 2 / EARLY_PARTS;
    struct lease *lease = lease_first(leases->table);
    size_t most = inside_most(leases), taken = 0;
    if (lease == NULL || lease->due_ms > now)
        return;
    while ((lease = lease_first(leases->table)) != NULL && lease->due_ms <= now + early &&
        leases->inside < most) {
        if (over(leases, lease, now)) {
            expire(leases, lease);
            continue;
        }
        if (lease->lost) {
            lapse(leases, lease);
            continue;
        }
        if (leases->hopeless) {
            schedule(leases, lease, UINT32_MAX);
            continue;
        }
        if (taken++ % CALL_BATCH == 0 && !quota(leases, now))
            return;
        extend(leases, lease);
    }
}

/* Extend nothing from now on; warn why. */
static void give_up(struct leases *leases, const char *reason)
{
    if (!leases->hopeless)
        msg_warn("cannot extend messages in flight: %s", reason);
    leases->hopeless = true;
}

static void put_back(struct leases *leases, struct lease *lease, const struct batcher_item *item)
{
    uint64_t half_ms = leases->half_ms;
    switch (item->cause) {
    case AWS_OK:
        leases->counts.extended++;
        lease->hidden_ms = clock_monotonic_ms() + half_ms * 2;
        schedule(leases, lease, half_ms);
        return;
    case AWS_LOST:
        /* Usually the message was just deleted and its verdict is coming; otherwise it has
         * lapsed. */
        lease->lost = true;
        schedule(leases, lease, half_ms);
        return;
    case AWS_STOPPED:
        schedule(leases, lease, 0);
        return;
    case AWS_TEMPORARY:
        schedule(leases, lease, half_ms / 2 > SHORTEST_PAUSE_MS ? half_ms / 2 : SHORTEST_PAUSE_MS);
        return;
    case AWS_REFUSED:
        if (!leases->said_refused)
            msg_warn("the queue refuses to extend a message: %s",
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

/* Take the leases that returned from the batcher. */
static void take_back(struct leases *leases)
{
    struct batcher_item *item;
    while ((item = batcher_next(leases->batcher)) != NULL) {
        struct extension *extension = (struct extension *)item; /* its first member */
        struct lease *lease = extension->lease;
        size_t last = sizeof leases->unused / sizeof *leases->unused - leases->inside--;
        leases->unused[last] = extension;
        if (!lease_back(lease))
            continue;
        if (leases->release == NULL) {
            put_back(leases, lease, item);
        } else {
            (void)release_add(leases->release, lease_handle(lease), lease->handle_length);
            lease_remove(leases->table, lease);
        }
    }
}

/* Hand over leases as far as there is room. */
static void release_leases(struct leases *leases)
{
    struct lease *lease;
    while (release_room(leases->release) > 0 && (lease = lease_first(leases->table)) != NULL) {
        if (lease->lost) {
            lapse(leases, lease);
            continue;
        }
        (void)release_add(leases->release, lease_handle(lease), lease->handle_length);
        lease_remove(leases->table, lease);
    }
}

void leases_release_all(struct leases *leases)
{
    struct lease *lease;
    while ((lease = lease_first(leases->table)) != NULL) {
        (void)release_add(leases->release, lease_handle(lease), lease->handle_length);
        lease_remove(leases->table, lease);
    }
}

void leases_work(struct leases *leases)
{
    if (leases->release == NULL)
        fill(leases);
    else
        release_leases(leases);
    batcher_work(leases->batcher);
    take_back(leases);
}

int leases_timeout(const struct leases *leases)
{
    int timeout = batcher_timeout(leases->batcher);
    const struct lease *lease = lease_first(leases->table);
    if (leases->more)
        return 0;
    if (leases->release != NULL || lease == NULL || leases->inside >= inside_most(leases))
        return timeout;
    uint64_t now = clock_monotonic_ms(), left = lease->due_ms > now ? lease->due_ms - now : 0;
    if (left == 0 && leases->config.fifo)
        left = 1000 / FIFO_CALLS + 1; /* the quota is used up */
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
    leases->release = release;
    batcher_abandon(leases->batcher, AWS_STOPPED);
    take_back(leases);
    release_leases(leases);
}

bool leases_idle(const struct leases *leases)
{
    return batcher_idle(leases->batcher) &&
        (leases->release == NULL || lease_count(leases->table) == 0);
}
