#include <limits.h>
#include <stdlib.h>

#include "base/clock.h"
#include "base/msg.h"
#include "order.h"
#include "receive.h"

enum {
    MEMORY = 14 << 20,            /* for messages not printed yet or without a verdict */
    CONNECTIONS = 10 << 20,       /* of MEMORY, for the buffers of connections */
    A_RECEIVE = 40 << 10,         /* bytes of one connection */
    A_SECURE_RECEIVE = 112 << 10, /* bytes of one connection with TLS */
    LARGEST_RECORD = 640 << 10,   /* until one has been seen */
    FLOWS = 1 << 20, /* below this, open answers may continue, or none would ever end */
    UNREAD_MS = 100, /* a reader that takes nothing for this time lags */
    FIRST_PAUSE_MS = 250,
    SHORT_POLL_MS = 100, /* an empty answer this fast did not wait for messages */
    SHORT_POLL_PAUSE_MS = 1000,
    LOCKED_MS =
        10000 /* this long without a verdict, the next ones may wait for the end of our output */
};

struct receive {
    struct call call;
    struct puller *puller;
    uint64_t begun;  /* as puller.events */
    uint64_t number; /* its number among those begun */
    uint64_t begun_ms;
    size_t news;    /* messages in it that are new to the run */
    size_t printed; /* messages of it to print */
    struct order order;
    bool locked; /* groups of a FIFO queue waited for verdicts when it began */
    bool busy;
};

unsigned receive_most(const struct pull_options *options)
{
    return options->parallel > 0 ? options->parallel : RECEIVE_NUMBER_MOST;
}

int receive_init(struct puller *puller)
{
    unsigned most = receive_most(puller->options);
    puller->largest = LARGEST_RECORD;
    receive_number_init(&puller->number, puller->options->parallel);
    puller->receives = calloc(most, sizeof *puller->receives);
    if (puller->receives == NULL)
        return -1;
    for (unsigned i = 0; i < most; i++)
        puller->receives[i].puller = puller;
    return 0;
}

void receive_free(struct puller *puller)
{
    free(puller->receives);
}

/* Note a message new to the run: the queue may have more. */
static void note_arrival(struct puller *puller, struct receive *receive,
    const struct message *message)
{
    switch (known_add(puller->known, message)) {
    case KNOWN_NEW:
        receive->news++;
        puller->last_arrival = ++puller->events;
        puller->empties = 0;
        puller->seems_empty = false;
        puller->paused_until = 0;
        break;
    case KNOWN_ALREADY:
        break;
    case KNOWN_NO_MEMORY:
        puller->result->no_memory = true;
        break;
    }
}

/* Handle one message of an answer that is still arriving. */
static void on_message(void *context, const struct message *message)
{
    struct receive *receive = context;
    struct puller *puller = receive->puller;
    struct pull_result *result = puller->result;
    const struct buf *line;
    uint64_t lease_until =
        clock_realtime_ms() + (uint64_t)puller->options->visibility_timeout_s * 1000;
    result->received++;
    oldest_note(&puller->oldest, message->sent_ms);
    note_arrival(puller, receive, message);
    if (receive->call.fifo && order_held(&receive->order, &message->group_id)) {
        result->held++;
        return;
    }
    switch (format_record(puller->format, message, lease_until, &line)) {
    case FORMAT_OK:
        break;
    case FORMAT_CORRUPT:
        result->corrupt++;
        order_hold(&receive->order, &message->group_id);
        if (known_warn(puller->known, message) != 0)
            result->no_memory = true;
        return;
    case FORMAT_NO_MEMORY:
        result->no_memory = true;
        return;
    }
    uint64_t end = outqueue_written(puller->out) + outqueue_waiting(puller->out) + line->length;
    if ((puller->leases != NULL &&
            leases_add(puller->leases, &message->message_id, &message->receipt_handle) != 0) ||
        unprinted_add(&puller->unprinted, end, &message->message_id, &message->receipt_handle) !=
            0) {
        result->no_memory = true;
        return;
    }
    if (outqueue_add(puller->out, line->data, line->length) != 0)
        result->no_memory = true; /* its end is never written, so the message will be released */
    receive->printed++;
    if (line->length > puller->largest || !puller->seen)
        puller->largest = line->length;
    puller->seen = true;
}

/* Return true when receiving must end: by a stop request, the output, the queue or memory. */
static bool ending(const struct puller *puller)
{
    const struct pull_result *result = puller->result;
    return puller->stopping || puller->fifo_ended || result->no_memory ||
        result->output_error != 0 || result->error.cause != AWS_OK;
}

static bool drained(const struct puller *puller)
{
    return !puller->options->follow && puller->empties >= puller->options->empties;
}

/*
 * Return true when the open receives may prove the queue drained. Once it seems empty, further
 * receives would only cost waiting time.
 */
static bool nearly_drained(const struct puller *puller)
{
    unsigned counting = puller->empties;
    for (unsigned i = 0; i < receive_most(puller->options); i++)
        counting += puller->receives[i].busy && puller->receives[i].begun > puller->last_arrival;
    return !puller->options->follow && puller->seems_empty && counting >= puller->options->empties;
}

/* Return the messages that the open receives may still bring. */
static size_t coming(const struct puller *puller)
{
    size_t count = 0;
    for (unsigned i = 0; i < receive_most(puller->options); i++)
        if (puller->receives[i].busy)
            count += puller->receives[i].call.maximum;
    return count;
}

/* Return the number of messages wanted, with open requests counted as if all return full. */
static uint64_t wanted(const struct puller *puller)
{
    uint64_t had = puller->result->printed + puller->unprinted.count + coming(puller);
    if (puller->options->number == 0)
        return UINT64_MAX;
    return had < puller->options->number ? puller->options->number - had : 0;
}

bool receive_over(const struct puller *puller)
{
    return ending(puller) || drained(puller) || wanted(puller) == 0;
}

/* Return the memory that ${count} connections take. They stay open. */
static size_t connections(const struct puller *puller, unsigned count)
{
    return (size_t)count * (puller->connection->secure ? A_SECURE_RECEIVE : A_RECEIVE);
}

/*
 * Return the memory of unfinished messages: to print (the output queue keeps a fourth spare),
 * arriving (its buffers double), and that of leases and connections.
 */
static size_t memory_used(const struct puller *puller)
{
    size_t leases = puller->leases != NULL ? leases_bytes(puller->leases) : 0;
    size_t printing = outqueue_waiting(puller->out);
    size_t arriving = sqs_arriving(puller->connection->sqs);
    return printing + printing / 4 + arriving * 2 + leases + connections(puller, puller->opened);
}

/* Return true when ${receive} began before all other open ones. */
static bool is_oldest(const struct puller *puller, const struct receive *receive)
{
    for (unsigned i = 0; i < receive_most(puller->options); i++)
        if (puller->receives[i].busy && puller->receives[i].begun < receive->begun)
            return false;
    return true;
}

/*
 * Return true when more of an answer must wait: parallel receives may bring much more than expected
 * at their start. One of them may always finish, so that all do.
 */
static bool on_held(void *context)
{
    const struct receive *receive = context;
    const struct puller *puller = receive->puller;
    if (ending(puller) || memory_used(puller) < MEMORY)
        return false;
    return outqueue_waiting(puller->out) >= FLOWS || !is_oldest(puller, receive);
}

/* Return true when only large records can keep a receive from beginning. */
static bool alone(const struct puller *puller)
{
    size_t leases = puller->leases != NULL ? leases_bytes(puller->leases) : 0;
    return puller->busy == 0 && puller->unprinted.count == 0 &&
        leases + connections(puller, puller->opened) + FLOWS <= MEMORY;
}

/*
 * Return how many messages the next receive may request; 0 when none may begin. Unfinished messages
 * are limited to what the parallel receives can bring and to the free leases. Ten of the largest
 * must fit into memory; with none of them, one receive always may begin.
 */
static unsigned room(const struct puller *puller)
{
    size_t on_way = coming(puller);
    if (puller->busy >= puller->number.number ||
        puller->unprinted.count + on_way + CALL_BATCH > (size_t)puller->number.number * CALL_BATCH)
        return 0;
    uint64_t count = wanted(puller);
    if (count > CALL_BATCH)
        count = CALL_BATCH;
    if (puller->leases != NULL) {
        size_t leases = leases_room(puller->leases);
        leases = leases > on_way ? leases - on_way : 0;
        count = leases < count ? leases : count;
    }
    if (puller->busy == puller->opened && connections(puller, puller->opened + 1) > CONNECTIONS)
        return 0;
    if (memory_used(puller) + puller->largest * CALL_BATCH > MEMORY && !alone(puller))
        return 0;
    return (unsigned)count;
}

static void begin(struct puller *puller, struct receive *receive, unsigned maximum)
{
    receive->call = (struct call){
        .operation = CALL_RECEIVE,
        .maximum = maximum,
        .wait_s = puller->options->wait_s,
        .visibility_timeout_s = puller->options->visibility_timeout_s,
        .attribute_names = puller->options->attributes.names,
        .attribute_name_count = puller->options->attributes.count,
        .fifo = queue_is_fifo(puller->connection->identity.name),
        .fifo_ids = puller->options->fifo_ids,
        .on_message = on_message,
        .held = on_held,
        .context = receive,
    };
    if (sqs_start(puller->connection->sqs, &receive->call) != 0) {
        puller->result->no_memory = true;
        return;
    }
    receive->begun = ++puller->events;
    receive->number = ++puller->beginnings;
    receive->begun_ms = clock_monotonic_ms();
    receive->news = receive->printed = 0;
    receive->locked =
        receive->call.fifo && puller->leases != NULL && leases_count(puller->leases) > 0;
    order_begin(&receive->order);
    receive->busy = true;
    if (++puller->busy > puller->opened)
        puller->opened = puller->busy;
}

void receive_begin(struct puller *puller)
{
    for (unsigned i = 0; i < receive_most(puller->options); i++) {
        uint64_t now = clock_monotonic_ms();
        if (ending(puller) || nearly_drained(puller) || now < puller->paused_until ||
            now < puller->paced_until)
            return;
        if (puller->receives[i].busy)
            continue;
        unsigned maximum = room(puller);
        if (maximum == 0)
            return;
        begin(puller, &puller->receives[i], maximum);
    }
}

/*
 * Return true when the locked groups of a FIFO queue may stay locked forever: a consumer may hold
 * back its last records until its input ends.
 */
static bool stalled(const struct puller *puller)
{
    return clock_monotonic_ms() - leases_verdict_ms(puller->leases) >= LOCKED_MS;
}

/* Pause until verdicts may unlock more messages; a server without long polls would otherwise be
 * asked constantly. */
static void pause_while_locked(struct puller *puller, const struct receive *receive)
{
    uint64_t now = clock_monotonic_ms();
    if (now - receive->begun_ms < SHORT_POLL_MS)
        puller->paused_until = now + FIRST_PAUSE_MS;
}

/* Pause, twice as long after each further empty receive. */
static void pause_after_empty(struct puller *puller, const struct receive *receive)
{
    uint64_t now = clock_monotonic_ms(), longest = puller->options->idle_backoff_ms;
    if (now - receive->begun_ms < SHORT_POLL_MS && longest < SHORT_POLL_PAUSE_MS)
        longest = SHORT_POLL_PAUSE_MS;
    uint64_t pause = FIRST_PAUSE_MS;
    for (unsigned i = 2; i < puller->empties && pause < longest; i++)
        pause *= 2;
    if (puller->empties > 1 && longest > 0)
        puller->paused_until = now + (pause < longest ? pause : longest);
}

int receive_timeout(const struct puller *puller)
{
    uint64_t now = clock_monotonic_ms();
    uint64_t until =
        puller->paused_until > puller->paced_until ? puller->paused_until : puller->paced_until;
    int timeout = until > now ? (int)(until - now) : -1;
    if (outqueue_waiting(puller->out) == 0 || puller->said_unread)
        return timeout;
    int unread = puller->moved_ms + UNREAD_MS > now ? (int)(puller->moved_ms + UNREAD_MS - now) : 0;
    return timeout < 0 || unread < timeout ? unread : timeout;
}

static void say_number(const struct puller *puller, bool changed, const char *why)
{
    if (changed)
        msg_info("parallel receives: %u (%s)", puller->number.number, why);
}

void receive_look(struct puller *puller)
{
    uint64_t now = clock_monotonic_ms(), written = outqueue_written(puller->out);
    uint64_t throttles = sqs_throttles(puller->connection->sqs);
    if (throttles != puller->throttles)
        say_number(puller, receive_number_throttled(&puller->number, puller->beginnings + 1),
            "the server throttles");
    puller->throttles = throttles;
    bool waits = outqueue_waiting(puller->out) > 0;
    if (!waits)
        receive_number_taken(&puller->number);
    if (!waits || written != puller->seen_written) {
        puller->seen_written = written;
        puller->moved_ms = now;
        puller->said_unread = false;
    } else if (!puller->said_unread && now - puller->moved_ms >= UNREAD_MS) {
        puller->said_unread = true;
        say_number(puller, receive_number_unread(&puller->number, puller->beginnings + 1),
            "the output is not read");
    }
}

/* Adjust the number of receives, and the time until the next, to a finished receive. */
static void judge(struct puller *puller, const struct receive *receive)
{
    const struct receive_number_event event = { .begun = receive->number,
        .messages = (unsigned)receive->news };
    bool changed = receive_number_back(&puller->number, &event, puller->beginnings + 1);
    say_number(puller, changed, receive->news > 0 ? "messages arrive" : "no messages");
    if (puller->options->pace_ms == 0 || receive->call.messages >= receive->call.maximum)
        return;
    puller->paced_until = clock_monotonic_ms() + puller->options->pace_ms;
    say_number(puller, receive_number_single(&puller->number, puller->beginnings + 1), "paced");
}

static bool has_finished_all(const struct puller *puller)
{
    return puller->unprinted.count == 0 &&
        (puller->leases == NULL || leases_count(puller->leases) == 0);
}

bool receive_done(const struct puller *puller)
{
    return drained(puller) && !ending(puller) && has_finished_all(puller);
}

void receive_take(struct puller *puller, struct call *call)
{
    struct receive *receive = call->context;
    receive->busy = false;
    puller->busy--;
    if (call->error.cause == AWS_OK) {
        puller->last_success_ms = clock_realtime_ms();
        if (call->messages == 0 && has_finished_all(puller))
            puller->last_idle_ms = puller->last_success_ms;
        judge(puller, receive);
    }
    if (call->error.cause == AWS_OK && receive->news == 0 && receive->locked && !stalled(puller)) {
        pause_while_locked(puller, receive);
        return;
    }
    if (call->error.cause == AWS_OK) {
        if (receive->news == 0)
            puller->seems_empty = true;
        if (receive->news == 0 && receive->begun > puller->last_arrival) {
            if (puller->empties < UINT_MAX)
                puller->empties++;
            if (receive->printed == 0)
                pause_after_empty(puller, receive);
        }
        return;
    }
    if (call->error.cause != AWS_STOPPED && puller->result->error.cause == AWS_OK &&
        !puller->stopping) {
        puller->result->error = call->error;
        sqs_abandon(puller->connection->sqs);
    }
}
