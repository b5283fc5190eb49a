#ifndef SQS_PULL_KNOWN_H
#define SQS_PULL_KNOWN_H

#include <stdbool.h>

#include "sqs/message.h"

/*
 * The messages of the run that may come again, by their ids: those printed, and those that stay on
 * the queue, the last KNOWN_MOST of each. A message that is known proves nothing about what else is
 * on the queue.
 */
struct known;

enum { KNOWN_MOST = 100000 };

enum known_result { KNOWN_NEW, KNOWN_ALREADY, KNOWN_NO_MEMORY };

struct known *known_new(void);        /* NULL: out of memory */
void known_free(struct known *known); /* NULL is fine */

/* A message has come. */
enum known_result known_add(struct known *known, const struct message *message);

/* It stays on the queue because it is broken: warn of it, once for each id. 0, or -1: out of
 * memory. */
int known_warn(struct known *known, const struct message *message);

#endif
