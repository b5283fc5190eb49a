#include <stdlib.h>

#include "base/buf.h"
#include "base/recent.h"
#include "deduplication.h"

enum { KNOWN = 1 << 16, PAIR_MAXIMUM = 64 << 10 };

struct deduplication {
    bool new_ids;
    struct recent *ids;   /* of fifo, that some record has got */
    struct recent *pairs; /* those ids with the message id of the record that got them */
    struct buf pair;
};

struct deduplication *deduplication_new(bool new_ids)
{
    struct deduplication *deduplication = calloc(1, sizeof *deduplication);
    if (deduplication == NULL)
        return NULL;
    deduplication->new_ids = new_ids;
    deduplication->ids = recent_new(KNOWN);
    deduplication->pairs = recent_new(KNOWN);
    buf_init(&deduplication->pair, PAIR_MAXIMUM);
    if (deduplication->ids != NULL && deduplication->pairs != NULL)
        return deduplication;
    deduplication_free(deduplication);
    return NULL;
}

void deduplication_free(struct deduplication *deduplication)
{
    if (deduplication == NULL)
        return;
    recent_free(deduplication->ids);
    recent_free(deduplication->pairs);
    buf_free(&deduplication->pair);
    free(deduplication);
}

/* Write the digest of a text and a number to ${made} in hex. Return 0, or -1: out of memory. */
static int make(const char *text, size_t length, uint64_t number, char made[DEDUPLICATION_MADE],
    struct body_text *id)
{
    unsigned char sha256[DIGEST_SHA256_SIZE];
    struct digest *digest = digest_new(DIGEST_SHA256);
    bool done = digest != NULL && digest_update(digest, &number, sizeof number) == 0 &&
        digest_update(digest, text, length) == 0 && digest_final(digest, sha256) == 0;
    digest_free(digest);
    if (!done)
        return -1;
    digest_hex(sha256, sizeof sha256, made);
    *id = (struct body_text){ made, DEDUPLICATION_MADE };
    return 0;
}

/* Set *taken to whether a record of another message has got the id. Return 0, or -1: out of memory.
 */
static int is_taken(struct deduplication *deduplication, const struct body_message *message,
    bool *taken)
{
    const struct body_text *id = &message->deduplication_id;
    const struct body_text *of = &message->message_id;
    struct buf *pair = &deduplication->pair;
    *taken = false;
    if (of->text == NULL || of->length > DEDUPLICATION_MAXIMUM)
        return 0; /* records of no message, or not of SQS: the id is all there is */
    buf_clear(pair);
    if (buf_append(pair, id->text, id->length) != 0 || buf_putc(pair, '\0') != 0 ||
        buf_append(pair, of->text, of->length) != 0)
        return -1;
    if (recent_has(deduplication->pairs, pair->data, pair->length))
        return 0;
    enum recent_result result = recent_add(deduplication->ids, id->text, id->length);
    *taken = result == RECENT_KNOWN;
    if (result == RECENT_NEW)
        result = recent_add(deduplication->pairs, pair->data, pair->length);
    return result == RECENT_NO_MEMORY ? -1 : 0;
}

int deduplication_choose(struct deduplication *deduplication, const struct body_message *message,
    uint64_t line, char made[DEDUPLICATION_MADE], struct body_text *id)
{
    bool taken = false;
    *id = message->message_id;
    if (message->deduplication_id.text != NULL && !deduplication->new_ids) {
        if (is_taken(deduplication, message, &taken) != 0)
            return -1;
        if (!taken)
            *id = message->deduplication_id;
    }
    if (id->text == NULL)
        return make(message->body->data, message->body->length, line, made, id);
    if (message->is_part || id->length > DEDUPLICATION_MAXIMUM)
        return make(id->text, id->length, message->part, made, id);
    return 0;
}
