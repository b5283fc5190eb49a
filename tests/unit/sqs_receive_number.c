/* lib/sqs/receive_number: the number of parallel receives, step by step. It settles when messages
 * arrive, or are read, at a steady rate. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sqs/receive_number.h"

/*
 * A step is a digit or "a" for ten, the messages of a returned receive (0 for none). An upper case
 * letter of the same meaning (A for ten, Z for none) is a receive begun before the number last
 * fell. t is throttled, u unread, s single. "." means that all output is written. All output is
 * written before each round unless the row says no.
 */
struct row {
    const char *what;
    unsigned begin; /* initial number */
    const char *steps;
    unsigned end;
    bool lags;
};

static const struct row rows[] = {
    { "starts at one", 1, "", 1, false },
    { "a full receive doubles", 1, "a", 2, false },
    { "five per receive double", 1, "5", 2, false },
    { "four do not", 1, "4", 1, false },
    { "a round has as many receives as run", 2, "a", 2, false },
    { "the second receive ends it", 2, "aa", 4, false },
    { "five on average", 2, "a1", 4, false },
    { "ten in two receives", 2, "91", 4, false },
    { "nine in two receives", 2, "81", 2, false },
    { "from one to 64", 1, "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", 64,
        false },
    { "no more than 64", 64, "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", 64,
        false },
    { "an empty one halves immediately", 8, "0", 4, false },
    { "also in a round with messages", 8, "aaaaaa0", 4, false },
    { "two empty ones: one", 64, "00", 1, false },
    { "messages between: half of half", 64, "010", 16, false },

    { "earlier receives do not count", 64, "0ZZZZ", 32, false },
    { "nor do full ones", 2, "0AAAA", 1, false },
    { "but their messages do", 64, "0A0", 16, false },
    { "never below one", 1, "000tus", 1, false },
    { "throttled: half", 64, "t", 32, false },
    { "each time", 64, "ttt", 8, false },
    { "unread: half", 64, "u", 32, false },
    { "paced: one", 64, "s", 1, false },
    { "thin: half", 4, "1112", 2, false },
    { "one and a half per receive are not thin", 4, "1113", 4, false },
    { "full, but the reader lags", 2, "aaaaaa", 2, true },
    { "until the reader has taken all", 2, "aaa.a", 4, true },
    { "back to the throttled number", 4, "taa", 4, false },
    { "not beyond it immediately", 4, "taaaaaa", 4, false },
    { "but after four rounds", 4, "taaaaaaaaaaaaaaaaaa", 8, false },
    { "after the next one, not before sixteen", 1, "tataaaaaaaaaaaaaaa", 1, false },
    { "but after sixteen", 1, "tataaaaaaaaaaaaaaaa", 2, false },
    { "an empty queue resets the bound", 1, "t0aaa", 4, false },
};

static unsigned messages_of(char step)
{
    if (step == 'a' || step == 'A')
        return 10;
    return step == 'Z' ? 0 : (unsigned)(step - '0');
}

static void step_by_step(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct receive_number number;
        uint64_t next = 100;
        receive_number_init(&number, 0);
        number.number = rows[i].begin;
        number.size = rows[i].begin;
        number.since = next;
        number.taken = !rows[i].lags;
        for (const char *step = rows[i].steps; *step != '\0'; step++) {
            uint64_t old = number.lowered > 1 ? number.lowered - 1 : 0;
            struct receive_number_event event = { .begun = next, .messages = messages_of(*step) };
            if (*step == 'A' || *step == 'Z')
                event.begun = old;
            else if (strchr(".tus", *step) == NULL)
                next++;
            if (!rows[i].lags || *step == '.')
                receive_number_taken(&number);
            unsigned before = number.number;
            bool changed = false;
            if (*step == 't')
                changed = receive_number_throttled(&number, next);
            else if (*step == 'u')
                changed = receive_number_unread(&number, next);
            else if (*step == 's')
                changed = receive_number_single(&number, next);
            else if (*step != '.')
                changed = receive_number_back(&number, &event, next);
            assert_int_equal(changed, before != number.number);
        }
        if (number.number != rows[i].end)
            fail_msg("%s: %u, not %u", rows[i].what, number.number, rows[i].end);
    }
}

/* A hanging receive prevents the end of its round; one begun after the round does not end it. */
static void a_round_is_over_when_its_last_is_back(void **state)
{
    (void)state;
    struct receive_number number;
    const struct receive_number_event events[] = { { 1, 10 }, { 2, 10 }, { 4, 10 }, { 5, 10 },
        { 6, 10 }, { 3, 10 } };
    const unsigned after[] = { 2, 2, 2, 2, 2, 4 };
    receive_number_init(&number, 0);
    for (size_t i = 0; i < sizeof after / sizeof *after; i++) {
        receive_number_taken(&number);
        (void)receive_number_back(&number, &events[i], i == 0 ? 2 : 7);
        assert_int_equal(number.number, after[i]);
    }
}

static void a_given_number_stays(void **state)
{
    (void)state;
    struct receive_number number;
    const struct receive_number_event full = { .begun = 1, .messages = 10 }, empty = { .begun = 1 };
    receive_number_init(&number, 7);
    for (int i = 0; i < 100; i++) {
        receive_number_taken(&number);
        assert_false(receive_number_back(&number, &full, 2));
        assert_false(receive_number_back(&number, &empty, 2));
        assert_false(receive_number_throttled(&number, 2));
        assert_false(receive_number_unread(&number, 2));
        assert_false(receive_number_single(&number, 2));
    }
    assert_int_equal(number.number, 7);
}

/*
 * A queue, its receives and a reader, in steps of a millisecond. A receive takes ${delay_ms} and
 * then waits for a message; the output holds ten messages for each receive, as in sqs-pull, and a
 * pipe 100 more.
 */
struct world {
    double arrive;  /* messages a second */
    unsigned there; /* at the start */
    unsigned delay_ms;
    double take;       /* messages a second that the reader takes; 0 for all immediately */
    unsigned stall_ms; /* of each second, the time that the reader takes nothing */
};

struct outcome {
    unsigned last;      /* the number at the end */
    unsigned changes;   /* changes of it in the last minute */
    unsigned low, high; /* range of it there */
    unsigned requests;  /* in total */
    uint64_t got;
};

enum { WAIT_MS = 20000, SIMULATED_MS = 180000 };
static const double PIPE = 100, SIMULATED_S = (double)SIMULATED_MS / 1000;

struct flight {
    bool busy;
    uint64_t begun, begun_ms;
};

/* Let the reader take output; ${moved}: when it last took any. */
static void read_output(const struct world *world, struct receive_number *number, double *waiting,
    uint64_t ms, uint64_t next)
{
    static uint64_t moved;
    static bool said;
    bool reads = ms % 1000 >= world->stall_ms;
    double take = world->take == 0 ? *waiting : world->take / 1000;
    if (ms == 0)
        moved = 0;
    if (reads || *waiting <= PIPE) {
        *waiting = reads ? (*waiting > take ? *waiting - take : 0) : *waiting;
        moved = ms;
        said = false;
    }
    if (*waiting <= PIPE)
        receive_number_taken(number);
    else if (!said && ms - moved >= 100)
        said = (receive_number_unread(number, next), true);
}

static struct outcome simulate(const struct world *world, const char *curve)
{
    struct flight flights[RECEIVE_NUMBER_MOST] = { { .busy = false } };
    struct receive_number number;
    struct outcome outcome = { .low = RECEIVE_NUMBER_MOST };
    double queue = world->there, waiting = 0;
    uint64_t next = 1, seed = 1;
    unsigned busy = 0;
    receive_number_init(&number, 0);
    for (uint64_t ms = 0; ms < SIMULATED_MS; ms++) {
        unsigned before = number.number;
        queue += world->arrive / 1000;
        /* The server chooses the receive that gets a message; here it is random. */
        seed = seed * 6364136223846793005u + 1442695040888963407u;
        for (unsigned i = 0; i < RECEIVE_NUMBER_MOST; i++) {
            struct flight *flight = &flights[(i + (seed >> 33)) % RECEIVE_NUMBER_MOST];
            uint64_t age = ms - flight->begun_ms;
            if (!flight->busy || age < world->delay_ms || (queue < 1 && age < WAIT_MS))
                continue;
            unsigned got = queue >= 10 ? 10 : (unsigned)queue;
            const struct receive_number_event event = { .begun = flight->begun, .messages = got };
            queue -= got;
            waiting += got;
            outcome.got += got;
            flight->busy = false;
            busy--;
            (void)receive_number_back(&number, &event, next);
        }
        read_output(world, &number, &waiting, ms, next);
        for (unsigned i = 0; busy < number.number && i < RECEIVE_NUMBER_MOST; i++) {
            double unprinted = waiting > PIPE ? waiting - PIPE : 0;
            if (flights[i].busy || unprinted + (busy + 1) * 10 > number.number * 10)
                continue;
            flights[i] = (struct flight){ .busy = true, .begun = next++, .begun_ms = ms };
            outcome.requests++;
            busy++;
        }
        if (ms < SIMULATED_MS - 60000)
            continue;
        outcome.changes += number.number != before;
        outcome.low = number.number < outcome.low ? number.number : outcome.low;
        outcome.high = number.number > outcome.high ? number.number : outcome.high;
    }
    outcome.last = number.number;
    if (getenv("CURVES") != NULL)
        print_message("%s: %u requests, %u, then %u to %u with %u changes\n", curve,
            outcome.requests, number.number, outcome.low, outcome.high, outcome.changes);
    return outcome;
}

/* Messages at a steady rate, slow or fast, near or far: the number settles. */
static void rests_where_messages_come_steadily(void **state)
{
    (void)state;
    static const unsigned delays[] = { 1, 5, 20, 80 };
    static const double rates[] = { 0.05, 1, 50, 110, 333, 500, 1000, 2500, 7000, 20000 };
    for (size_t i = 0; i < sizeof delays / sizeof *delays; i++)
        for (size_t j = 0; j < sizeof rates / sizeof *rates; j++) {
            const struct world world = { .arrive = rates[j], .delay_ms = delays[i] };
            char name[64];
            (void)snprintf(name, sizeof name, "%g a second, %u ms", rates[j], delays[i]);
            struct outcome outcome = simulate(&world, name);
            double most = 64.0 * 10 * 1000 / delays[i];
            if (outcome.changes > 0)
                fail_msg("%s: %u changes", name, outcome.changes);
            if (rates[j] < most * 0.9 && (double)outcome.got < rates[j] * SIMULATED_S * 0.98 - 1)
                fail_msg("%s: only %llu received", name, (unsigned long long)outcome.got);
        }
}

/* A queue that never runs empty, with readers of any speed. */
static void rests_before_a_steady_reader(void **state)
{
    (void)state;
    static const double takes[] = { 5, 50, 300, 1000, 3000, 10000, 30000 };
    for (size_t i = 0; i < sizeof takes / sizeof *takes; i++) {
        const struct world world = { .there = 1000000000, .delay_ms = 20, .take = takes[i] };
        char name[64];
        (void)snprintf(name, sizeof name, "a reader of %g a second", takes[i]);
        struct outcome outcome = simulate(&world, name);
        if (outcome.changes > 0)
            fail_msg("%s: %u changes", name, outcome.changes);
        if ((double)outcome.got < takes[i] * SIMULATED_S * 0.9)
            fail_msg("%s: only %llu received", name, (unsigned long long)outcome.got);
    }
}

/* A reader that stalls in each second changes the number, but only by a factor of two. */
static void a_reader_that_stalls_moves_it_by_one_step(void **state)
{
    (void)state;
    const struct world world = { .there = 1000000000,
        .delay_ms = 20,
        .take = 3000,
        .stall_ms = 300 };
    struct outcome outcome = simulate(&world, "a reader of 3000 a second with a pause of 300 ms");
    assert_true(outcome.high <= outcome.low * 2);
    assert_true((double)outcome.got > 3000 * 0.7 * 0.7 * SIMULATED_S);
}

static void an_idle_queue_is_one_long_poll(void **state)
{
    (void)state;
    const struct world world = { .delay_ms = 20 };
    struct outcome outcome = simulate(&world, "idle");
    assert_int_equal(outcome.high, 1);
    assert_int_equal(outcome.requests, SIMULATED_MS / WAIT_MS);
    const struct world drained = { .there = 100000, .delay_ms = 20 };
    outcome = simulate(&drained, "a burst of 100,000, then nothing");
    assert_int_equal(outcome.high, 1);
    assert_int_equal(outcome.got, 100000);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(step_by_step),
        cmocka_unit_test(a_round_is_over_when_its_last_is_back),
        cmocka_unit_test(a_given_number_stays),
        cmocka_unit_test(rests_where_messages_come_steadily),
        cmocka_unit_test(rests_before_a_steady_reader),
        cmocka_unit_test(a_reader_that_stalls_moves_it_by_one_step),
        cmocka_unit_test(an_idle_queue_is_one_long_poll),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
