#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/recent.h"
#include "base/sha256.h"
#include "record/pending.h"

enum { BUCKETS = 1 << 15, LONGEST_MS = 12 * 3600 * 1000, DONE_MOST = 1 << 16 };

/* Half of a SHA-256: a message must not be deleted because of a collision. */
struct digest {
    unsigned char bytes[SHA256_SIZE / 2];
};

struct delivery {
    struct delivery *next; /* hash bucket */
    struct delivery *older;
    struct delivery *newer;
    struct digest message;
    struct digest handle;
    struct digest ended; /* the previous handle of the message */
    bool has_ended;
    bool forbidden; /* some verdict forbids the deletion */
    uint64_t since_ms;
    uint32_t parts;
    uint64_t wanted;       /* missing verdicts; 0 only where the deletion stays forbidden */
    unsigned char taken[]; /* a bit for each part; a byte where more than one verdict is needed */
};

struct pending {
    unsigned need;
    size_t count;
    size_t bytes;
    uint64_t incomplete;
    struct recent *done; /* handles of the last deliveries that were PENDING_DONE */
    struct delivery *oldest;
    struct delivery *newest;
    struct delivery *buckets[BUCKETS];
};

struct pending *pending_new(unsigned need)
{
    struct pending *pending = calloc(1, sizeof *pending);
    if (pending == NULL)
        return NULL;
    pending->need = need;
    pending->done = recent_new(DONE_MOST);
    if (pending->done == NULL) {
        free(pending);
        return NULL;
    }
    return pending;
}

static struct digest digest_of(const struct buf *text)
{
    struct sha256 sha;
    unsigned char whole[SHA256_SIZE];
    struct digest digest;
    sha256_init(&sha);
    sha256_update(&sha, text->data == NULL ? "" : text->data, text->length);
    sha256_final(&sha, whole);
    memcpy(digest.bytes, whole, sizeof digest.bytes);
    return digest;
}

static bool is_same(const struct digest *a, const struct digest *b)
{
    return memcmp(a->bytes, b->bytes, sizeof a->bytes) == 0;
}

static struct delivery **link_of(struct pending *pending, const struct digest *message)
{
    uint32_t number;
    memcpy(&number, message->bytes, sizeof number);
    struct delivery **link = &pending->buckets[number % BUCKETS];
    while (*link != NULL && !is_same(&(*link)->message, message))
        link = &(*link)->next;
    return link;
}

static size_t size_of(const struct pending *pending, uint32_t parts)
{
    return sizeof(struct delivery) + (pending->need > 1 ? parts : (parts + 7) / 8);
}

static void take_out(struct pending *pending, struct delivery *delivery)
{
    *link_of(pending, &delivery->message) = delivery->next;
    if (delivery == pending->oldest)
        pending->oldest = delivery->newer;
    else
        delivery->older->newer = delivery->newer;
    if (delivery->newer != NULL)
        delivery->newer->older = delivery->older;
    else
        pending->newest = delivery->older;
    pending->count--;
    pending->bytes -= size_of(pending, delivery->parts);
    free(delivery);
}

static void end_incomplete(struct pending *pending, struct delivery *delivery)
{
    pending->incomplete += delivery->wanted > 0;
    take_out(pending, delivery);
}

void pending_end(struct pending *pending)
{
    while (pending->oldest != NULL)
        end_incomplete(pending, pending->oldest);
}

void pending_free(struct pending *pending)
{
    if (pending == NULL)
        return;
    pending_end(pending);
    recent_free(pending->done);
    free(pending);
}

/* Make room for one of that size, and end those that waited too long. */
static void make_room(struct pending *pending, size_t size)
{
    uint64_t now = clock_monotonic_ms();
    while (pending->oldest != NULL &&
        (pending->count >= PENDING_MOST || pending->bytes + size > PENDING_BYTES ||
            now - pending->oldest->since_ms >= LONGEST_MS))
        end_incomplete(pending, pending->oldest);
}

static struct delivery *add(struct pending *pending, const struct digest *message, uint32_t parts)
{
    size_t size = size_of(pending, parts);
    make_room(pending, size);
    struct delivery *delivery = calloc(1, size);
    if (delivery == NULL)
        return NULL;
    struct delivery **link = link_of(pending, message);
    delivery->message = *message;
    delivery->since_ms = clock_monotonic_ms();
    delivery->parts = parts;
    delivery->wanted = (uint64_t)parts * pending->need;
    delivery->next = *link;
    *link = delivery;
    delivery->older = pending->newest;
    if (pending->newest != NULL)
        pending->newest->newer = delivery;
    else
        pending->oldest = delivery;
    pending->newest = delivery;
    pending->count++;
    pending->bytes += size;
    return delivery;
}

/* Note a verdict on a part; false: it already had all its verdicts. */
static bool note(const struct pending *pending, struct delivery *delivery, uint32_t part)
{
    unsigned char *taken = &delivery->taken[pending->need > 1 ? part : part / 8];
    unsigned char bit = (unsigned char)(1U << part % 8);
    if (pending->need > 1 ? *taken >= pending->need : (*taken & bit) != 0)
        return false;
    *taken = (unsigned char)(pending->need > 1 ? *taken + 1 : *taken | bit);
    delivery->wanted--;
    return true;
}

/* A message without an id is identified by its handle. */
static struct digest message_of(const struct verdict *verdict)
{
    return digest_of(
        verdict->message_id.length > 0 ? &verdict->message_id : &verdict->receipt_handle);
}

/* Return true when the delivery waits for other verdicts, or stays forbidden. */
static bool is_known(struct pending *pending, const struct verdict *verdict)
{
    if (pending->count == 0)
        return false;
    struct digest message = message_of(verdict);
    const struct delivery *delivery = *link_of(pending, &message);
    if (delivery == NULL)
        return false; /* mostly: one digest is enough */
    struct digest handle = digest_of(&verdict->receipt_handle);
    return is_same(&delivery->handle, &handle);
}

bool pending_wants(struct pending *pending, const struct verdict *verdict)
{
    return verdict->receipt_handle.length > 0 &&
        (pending->need > 1 || verdict->parts > 1 || is_known(pending, verdict));
}

enum pending_result pending_take(struct pending *pending, const struct verdict *verdict,
    bool deletes)
{
    struct digest message = message_of(verdict);
    struct digest handle = digest_of(&verdict->receipt_handle);
    uint32_t parts = verdict->parts == 0 ? 1 : verdict->parts;
    if (recent_has(pending->done, handle.bytes, sizeof handle.bytes))
        return PENDING_REPEAT;
    make_room(pending, 0);
    struct delivery *delivery = *link_of(pending, &message);
    struct digest ended = { { 0 } };
    bool has_ended = false;
    if (delivery != NULL && !is_same(&delivery->handle, &handle)) {
        /* A newer delivery exists; late verdicts on the older one do not end it. */
        if (delivery->has_ended && is_same(&delivery->ended, &handle))
            return PENDING_REPEAT;
        ended = delivery->handle;
        has_ended = true;
        end_incomplete(pending, delivery);
        delivery = NULL;
    }
    if (delivery == NULL) {
        delivery = add(pending, &message, parts);
        if (delivery == NULL)
            return PENDING_NO_MEMORY;
        delivery->handle = handle;
        delivery->ended = ended;
        delivery->has_ended = has_ended;
    }
    if (delivery->wanted == 0)
        return PENDING_NEVER;
    delivery->forbidden = delivery->forbidden || !deletes || delivery->parts != parts;
    if (delivery->parts != parts)
        return PENDING_AT_ODDS;
    if (!note(pending, delivery, verdict->part))
        return PENDING_REPEAT;
    if (delivery->wanted > 0)
        return PENDING_WAITS;
    if (delivery->forbidden)
        return PENDING_NEVER;
    take_out(pending, delivery);
    /* Without memory for it, verdicts that come again count as a delivery that is incomplete. */
    (void)recent_add(pending->done, handle.bytes, sizeof handle.bytes);
    return PENDING_DONE;
}

uint64_t pending_incomplete(const struct pending *pending)
{
    return pending->incomplete;
}
