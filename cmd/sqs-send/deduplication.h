#ifndef SQS_SEND_DEDUPLICATION_H
#define SQS_SEND_DEDUPLICATION_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "body.h"
#include "crypto/digest.h"

/*
 * The deduplication ids of messages on a FIFO queue. Within five minutes SQS accepts a second
 * message of one id and drops it (SQS API, SendMessage), so each record gets an id of its own:
 *
 * - that of its fifo, unless ${new_ids}, or a record of another message had this id in this run;
 * - else its message id;
 * - without either, a digest of its line number and text: the same input sent again makes no second
 *   messages, while equal lines of one input remain separate messages.
 *
 * For a part of a message, or a message id that is too long, a digest of id and part takes its
 * place. A record that comes again gets the same id again, unless its line is the only source.
 */
struct deduplication;

enum {
    DEDUPLICATION_MAXIMUM =
        128, /* characters of such an id, or of a group id, by the rules of SQS */
    DEDUPLICATION_MADE = 2 * DIGEST_SHA256_SIZE
};

/* Return NULL when memory runs out. */
struct deduplication *deduplication_new(bool new_ids);
void deduplication_free(struct deduplication *deduplication); /* NULL is fine */

/*
 * deduplication_choose(deduplication, message, line, made, id):
 * Set ${id} to the id of the message in line number ${line}: a text of ${message}, or the digest in
 * ${made}. Return 0, or -1 when memory runs out.
 */
int deduplication_choose(struct deduplication *deduplication, const struct body_message *message,
    uint64_t line, char made[DEDUPLICATION_MADE], struct body_text *id);

#endif
