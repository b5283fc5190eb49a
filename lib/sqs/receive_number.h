#ifndef SQS_RECEIVE_NUMBER_H
#define SQS_RECEIVE_NUMBER_H

#include <stdbool.h>
#include <stdint.h>

/*
 * The number of parallel receives: fixed, or adapted. It begins at one and doubles while receives
 * return filled. It halves when they do not, when the server throttles, and when the reader of the
 * output lags. Neither clock nor queue is used here, only events.
 *
 * A round has as many receives as run in parallel, and ends when the last of them returns. Receives
 * begun before the number last fell say nothing about the present: one cause halves once, however
 * many receives report it.
 *
 * The number converges. At a steady rate, to double needs five messages per receive and leaves two
 * and a half. To halve needs a round below one and a half, and leaves fewer than three. A bound set
 * by the reader or the server is exceeded only after many rounds without that cause.
 */
enum { RECEIVE_NUMBER_MOST = 64 };

struct receive_number {
    unsigned number; /* parallel receives */
    bool fixed;
    /* Private. Starts are numbered. */
    uint64_t lowered;  /* the first start after the number last fell */
    uint64_t since;    /* the first start of this round */
    unsigned size;     /* receives of this round */
    unsigned receives; /* receives of this round that have returned */
    uint64_t messages; /* messages that they brought */
    unsigned quiet;    /* empty receives in a row */
    unsigned bound;    /* number at which the reader lagged or the server throttled; 0 for none */
    unsigned good;     /* rounds at the bound that justified more receives */
    unsigned needed;   /* rounds to exceed the bound: more each time, until the queue is quiet */
    bool taken;        /* in this round all output was written at some moment */
};

/* Result of a receive. */
struct receive_number_event {
    uint64_t begun;    /* starts are numbered upwards from 1 */
    unsigned messages; /* new to the run */
};

void receive_number_init(struct receive_number *number, unsigned fixed); /* 0 to adapt the number */

/*
 * receive_number_back(number, event, next):
 * Take a returned receive; ${next} is the number of the next start. These functions return true
 * when the number of receives changed.
 */
bool receive_number_back(struct receive_number *number, const struct receive_number_event *event,
    uint64_t next);

/* Note that the server throttled a request sent after the last throttled one. */
bool receive_number_throttled(struct receive_number *number, uint64_t next);

/* Note that the reader has taken nothing for too long; once, until it takes something. */
bool receive_number_unread(struct receive_number *number, uint64_t next);

/* Note that all output is written. */
void receive_number_taken(struct receive_number *number);

/* Reduce to one: with pauses between receives, a second one gains nothing. Return true when the
 * number of receives changed. */
bool receive_number_single(struct receive_number *number, uint64_t next);

#endif
