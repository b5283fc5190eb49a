#ifndef SQS_PULL_KNOWN_H
#define SQS_PULL_KNOWN_H

#include <stdbool.h>

#include "sqs/message.h"

/*
 * The ids of messages that may return in this run: those printed, and those that remain on the
 * queue, the last KNOWN_MOST of each. A known message does not prove that the queue has others.
 */
struct known;

enum { KNOWN_MOST = 100000 };

enum known_result { KNOWN_NEW, KNOWN_ALREADY, KNOWN_NO_MEMORY };

struct known *known_new(void);        /* NULL when memory runs out */
void known_free(struct known *known); /* NULL is fine */

/* Note a received message. */
enum known_result known_add(struct known *known, const struct message *message);

/* Warn of a broken message that stays on the queue, once for each id. Return 0, or -1 when memory
 * runs out. */
int known_warn(struct known *known, const struct message *message);

#endif
