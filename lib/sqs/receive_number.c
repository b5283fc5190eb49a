#include "sqs/receive_number.h"

enum {
    FILLED = 5,    /* average messages per receive that double the number */
    THIN_PAIR = 3, /* messages of two receives; fewer halve the number */
    QUIET = 2,     /* empty rounds before a single long poll */
    FIRST_NEEDED = 4,
    MOST_NEEDED = 256
};

void receive_number_init(struct receive_number *number, unsigned fixed)
{
    *number = (struct receive_number){
        .number = fixed > 0 ? fixed : 1,
        .fixed = fixed > 0,
        .since = 1,
        .size = 1,
        .taken = true,
    };
}

/* Set the number and begin a round with it. Return true when it changed. */
static bool set(struct receive_number *number, unsigned to, uint64_t next)
{
    bool changed = number->number != to;
    number->number = number->size = to;
    number->since = next;
    number->receives = 0;
    number->messages = 0;
    number->taken = false;
    return changed;
}

static bool lower(struct receive_number *number, unsigned to, uint64_t next)
{
    if (number->fixed)
        return false;
    number->lowered = next;
    return set(number, to > 1 ? to : 1, next);
}

static bool lower_by_bound(struct receive_number *number, uint64_t next)
{
    number->bound = number->number;
    number->good = 0;
    number->needed = number->needed == 0 ? FIRST_NEEDED : number->needed * FIRST_NEEDED;
    if (number->needed > MOST_NEEDED)
        number->needed = MOST_NEEDED;
    return lower(number, number->number / 2, next);
}

bool receive_number_throttled(struct receive_number *number, uint64_t next)
{
    return lower_by_bound(number, next);
}

bool receive_number_unread(struct receive_number *number, uint64_t next)
{
    return lower_by_bound(number, next);
}

bool receive_number_single(struct receive_number *number, uint64_t next)
{
    return lower(number, 1, next);
}

void receive_number_taken(struct receive_number *number)
{
    number->taken = true;
}

static bool take_empty(struct receive_number *number, uint64_t next)
{
    if (number->quiet < QUIET)
        number->quiet++;
    number->bound = number->needed = 0;
    return lower(number, number->quiet == QUIET ? 1 : number->number / 2, next);
}

/* Take a round that justifies more receives. */
static bool raise(struct receive_number *number, uint64_t next)
{
    unsigned to = number->number * 2;
    if (to > RECEIVE_NUMBER_MOST)
        to = RECEIVE_NUMBER_MOST;
    if (number->bound > 0 && to > number->bound && ++number->good < number->needed)
        return set(number, number->number, next);
    if (to > number->bound)
        number->bound = 0;
    return set(number, to, next);
}

bool receive_number_back(struct receive_number *number, const struct receive_number_event *event,
    uint64_t next)
{
    if (event->messages > 0)
        number->quiet = 0;
    if (number->fixed || event->begun < number->lowered)
        return false;
    if (event->messages == 0)
        return take_empty(number, next);
    if (event->begun < number->since || event->begun >= number->since + number->size)
        return false;
    number->messages += event->messages;
    if (++number->receives < number->size)
        return false;
    if (number->messages >= (uint64_t)number->size * FILLED && number->taken)
        return raise(number, next);
    if (number->messages * 2 < (uint64_t)number->size * THIN_PAIR)
        return lower(number, number->number / 2, next);
    return set(number, number->number, next);
}
