#ifndef SQS_RECEIVE_NUMBER_H
#define SQS_RECEIVE_NUMBER_H

#include <stdbool.h>
#include <stdint.h>

/*
 * How many receives there are at once: a number that is given, or one that finds itself. It begins
 * with one, doubles while receives come back filled, and halves when they do not, when the server
 * throttles, and when the reader of the output lags. No clock and no queue here, only what came.
 *
 * A round is as many receives as there are at once, and over when the last of them is back. What
 * began before the last halving says nothing about what is left: one cause halves once, however
 * many receives tell of it.
 *
 * It comes to rest. Where messages come at a steady rate: a doubling asks for five messages a
 * receive, and leaves two and a half; the halving of a thin round asks for fewer than one and a
 * half, and leaves fewer than three. Where the reader or the server has set a bound, it is passed
 * only after many rounds that found none.
 */
enum { RECEIVE_NUMBER_MOST = 64 };

struct receive_number {
    unsigned number; /* receives at once */
    bool fixed;
    /* Its own. Beginnings are numbered. */
    uint64_t lowered;  /* the first after the last halving */
    uint64_t since;    /* the first of this round */
    unsigned size;     /* receives of this round … */
    unsigned receives; /* … that are back */
    uint64_t messages; /* that they brought */
    unsigned quiet;    /* receives that brought nothing, in a row */
    unsigned bound;    /* where the reader lagged or the server throttled; 0: nowhere */
    unsigned good;     /* rounds at the bound that asked for more … */
    unsigned
        patience; /* … and how many there must be to pass it: more each time, until all is quiet */
    bool taken;   /* in this round nothing waited for the reader for a moment */
};

/* What a receive came back with. */
struct receive_number_event {
    uint64_t begun;    /* beginnings are numbered upwards from 1 */
    unsigned messages; /* that the run did not know */
};

void receive_number_init(struct receive_number *number, unsigned fixed); /* 0: find it */

/*
 * receive_number_back(number, event, next):
 * A receive is back; ${next} is the number that the next beginning will have. These three return
 * whether the number has changed.
 */
bool receive_number_back(struct receive_number *number, const struct receive_number_event *event,
    uint64_t next);

/* The server has throttled a request that was sent after the last one that it throttled. */
bool receive_number_throttled(struct receive_number *number, uint64_t next);

/* The reader has taken nothing for too long; once, until it takes something. */
bool receive_number_unread(struct receive_number *number, uint64_t next);

/* All output is written. */
void receive_number_taken(struct receive_number *number);

/* To one: with pauses between the receives there is no second one to gain by. As above. */
bool receive_number_single(struct receive_number *number, uint64_t next);

#endif
