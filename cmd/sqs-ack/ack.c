#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "ack.h"
#include "base/msg.h"
#include "figures.h"
#include "record/pending.h"
#include "record/record.h"
#include "record/verdict.h"
#include "unacknowledged.h"

enum {
    UNACKNOWLEDGED_PER_BATCH = 40,
    UNACKNOWLEDGED_BYTES = 8 << 20,
    LONGEST_HANDLE = 64 << 10, /* SQS has 1,024 bytes; ten of these still fit a request */
    REFUSALS = 8
};

struct acker {
    const struct connection *connection;
    const struct ack_options *options;
    struct ack_result *result;
    struct verdict_parser *parser;
    struct verdict verdict;
    struct unacknowledged unacknowledged;
    struct pending *pending;
    struct figures figures;
    struct outqueue *out; /* NULL when nothing is printed */
    struct buf line;
    struct buf our_url;    /* the last one found to be our queue */
    bool warned[REFUSALS]; /* by kind */
};

enum refusal {
    TOO_LONG,
    MALFORMED,
    NO_STATUS,
    DRY_RUN,
    OTHER_QUEUE,
    MISNUMBERED,
    AT_ODDS,
    LONG_HANDLE
};

static void refuse(struct acker *acker, enum refusal refusal, uint64_t number)
{
    static const char *const texts[REFUSALS] = {
        [TOO_LONG] = "longer than --max-record",
        [MALFORMED] = "not a JSON object",
        [NO_STATUS] = "without a known status",
        [DRY_RUN] = "of a dry run",
        [OTHER_QUEUE] = "of another queue",
        [MISNUMBERED] = "of a part with invalid numbers",
        [AT_ODDS] = "at odds with others of its message about the number of parts",
        [LONG_HANDLE] = "with a receipt handle of more than 64 KiB",
    };
    acker->result->refused++;
    if (acker->warned[refusal])
        msg_info("line %" PRIu64 " is %s: refused", number, texts[refusal]);
    else
        msg_warn("line %" PRIu64 " is %s: refused, as are further ones", number, texts[refusal]);
    if (refusal == NO_STATUS && !acker->warned[refusal])
        msg_hint("verdicts are what pg-load prints: sqs-pull | pii-mask | pg-load | sqs-ack");
    if (refusal == DRY_RUN && !acker->warned[refusal])
        msg_hint("a dry run stores nothing: run pg-load without --dry-run");
    if (refusal == OTHER_QUEUE && !acker->warned[refusal])
        msg_hint("set --queue or SQS_QUEUE_URL to the queue that the message was received from");
    acker->warned[refusal] = true;
}

/* Print a verdict with the outcome of its message. */
static void print(struct acker *acker, const char *text, size_t length, const char *ack)
{
    const struct verdict verdict = { .text = text, .length = length };
    if (acker->out == NULL || outqueue_error(acker->out) != 0)
        return;
    buf_shrink(&acker->line, RECORD_DEFAULT_MAX);
    if (verdict_write_ack(&acker->line, &verdict, ack) != 0 ||
        outqueue_add(acker->out, acker->line.data, acker->line.length) != 0)
        acker->result->no_memory = true;
}

static void acknowledge(struct acker *acker, struct batch_loop *loop)
{
    const struct verdict *verdict = &acker->verdict;
    const char *handle = verdict->receipt_handle.data;
    size_t length = verdict->receipt_handle.length;
    struct unacknowledged_message *message =
        unacknowledged_find(&acker->unacknowledged, handle, length);
    bool repeated = message != NULL;
    if (message == NULL)
        message = unacknowledged_add(&acker->unacknowledged, handle, length);
    if (message == NULL ||
        (acker->out != NULL &&
            unacknowledged_keep(&acker->unacknowledged, message, verdict->text, verdict->length) !=
                0))
        acker->result->no_memory = true;
    if (repeated)
        acker->result->repeated++;
    else if (message != NULL) {
        message->sent_ms = verdict->sent_ms;
        batch_loop_add(loop, &message->item);
    }
}

/* Count a verdict that is one of several on its message. */
static void count(struct acker *acker, struct batch_loop *loop, uint64_t number)
{
    const struct verdict *verdict = &acker->verdict;
    const struct buf *handle = &verdict->receipt_handle;
    bool rejected = !verdict_status_is_final(verdict->status);
    acker->result->rejected += rejected;
    if (unacknowledged_find(&acker->unacknowledged, handle->data, handle->length) != NULL) {
        acknowledge(acker, loop); /* all awaited verdicts have arrived */
        return;
    }
    switch (pending_take(acker->pending, verdict, !rejected)) {
    case PENDING_REPEAT:
        acker->result->repeated++;
        print(acker, verdict->text, verdict->length, "part");
        break;
    case PENDING_WAITS:
        print(acker, verdict->text, verdict->length, "part");
        break;
    case PENDING_AT_ODDS:
        refuse(acker, AT_ODDS, number);
        print(acker, verdict->text, verdict->length, "none");
        break;
    case PENDING_DONE:
        acknowledge(acker, loop);
        break;
    case PENDING_NEVER:
        print(acker, verdict->text, verdict->length, "none");
        break;
    case PENDING_NO_MEMORY:
        acker->result->no_memory = true;
        break;
    }
    acker->result->incomplete = pending_incomplete(acker->pending);
}

static bool is_dry_run(enum verdict_status status)
{
    return status == VERDICT_WOULD_COMMIT || status == VERDICT_WOULD_DUPLICATE ||
        status == VERDICT_WOULD_QUARANTINE || status == VERDICT_WOULD_REJECT;
}

/*
 * Return true when a line belongs to our queue. A line without a queue does: a handle works only
 * with its own queue. Each URL is checked once, since most lines share it.
 */
static bool of_our_queue(struct acker *acker)
{
    struct queue_identity identity;
    const struct buf *url = &acker->verdict.queue_url;
    struct buf *known = &acker->our_url;
    if (acker->verdict.misaddressed)
        return false;
    if (url->length == 0 ||
        (url->length == known->length && memcmp(url->data, known->data, url->length) == 0))
        return true;
    if (queue_identify(url->data, url->length, &identity) != 0) {
        acker->result->no_memory |= errno == ENOMEM;
        return false;
    }
    if (!queue_same(&identity, &acker->connection->identity))
        return false;
    buf_clear(known);
    (void)buf_append(known, url->data,
        url->length); /* when memory runs out, check the next line again */
    return true;
}

/* Releasing loses nothing, so it accepts any record; deleting needs a verdict that allows it. */
static void on_line(void *context, struct batch_loop *loop, enum line_result kind,
    const struct line *line)
{
    struct acker *acker = context;
    const struct verdict *verdict = &acker->verdict;
    bool release = acker->options->release;
    if (kind == LINE_LONG) {
        refuse(acker, TOO_LONG, line->number);
        return;
    }
    enum verdict_result result =
        verdict_parse(acker->parser, line->text, line->length, &acker->verdict);
    if (result == VERDICT_NO_MEMORY) {
        acker->result->no_memory = true;
    } else if (result == VERDICT_MALFORMED) {
        refuse(acker, MALFORMED, line->number);
    } else if (result == VERDICT_NO_STATUS && !release) {
        refuse(acker, NO_STATUS, line->number);
    } else if (!of_our_queue(acker)) {
        if (!acker->result->no_memory)
            refuse(acker, OTHER_QUEUE, line->number);
        print(acker, line->text, line->length, "none");
    } else if (is_dry_run(verdict->status) && !release) {
        refuse(acker, DRY_RUN, line->number);
        print(acker, line->text, line->length, "none");
    } else if (verdict->misnumbered && !release) {
        refuse(acker, MISNUMBERED, line->number);
        print(acker, line->text, line->length, "none");
    } else if (verdict->receipt_handle.length > LONGEST_HANDLE) {
        refuse(acker, LONG_HANDLE, line->number);
        print(acker, line->text, line->length, "none");
    } else if (pending_wants(acker->pending, verdict) && !release) {
        count(acker, loop, line->number);
    } else if (!verdict_status_is_final(verdict->status) && !release) {
        acker->result->rejected++;
        print(acker, line->text, line->length, "none");
    } else if (verdict->receipt_handle.length == 0) {
        acker->result->unaddressed++;
        print(acker, line->text, line->length, "none");
    } else {
        acknowledge(acker, loop);
    }
}

static bool room(void *context)
{
    const struct acker *acker = context;
    return acker->unacknowledged.count <
        (size_t)acker->options->batch.parallel * UNACKNOWLEDGED_PER_BATCH &&
        acker->unacknowledged.bytes < UNACKNOWLEDGED_BYTES;
}

static void on_item(void *context, struct batcher_item *item)
{
    struct acker *acker = context;
    struct unacknowledged_message *message =
        (struct unacknowledged_message *)item; /* its first member */
    const char *ack = acker->options->release ? "none" : "deleted";
    if (item->cause == AWS_OK) {
        acker->result->done++;
        figures_done(&acker->figures, acker->options->release ? 0 : message->sent_ms);
    } else if (item->cause == AWS_LOST) {
        acker->result->lost++;
        ack = "lost";
    } else {
        acker->result->failed++;
        ack = "failed";
        if (item->cause == AWS_REFUSED && item->error != NULL && acker->result->failed == 1)
            msg_warn("%s", item->error->text);
        else if (item->code[0] != '\0' && acker->result->failed == 1)
            msg_warn(item->cause == AWS_TEMPORARY
                    ? "the queue cannot take a receipt handle now (%s)"
                    : "the queue refuses a receipt handle (%s)",
                item->code);
    }
    for (const struct unacknowledged_line *line = message->lines; line != NULL; line = line->next)
        print(acker, line->text, line->length, ack);
    unacknowledged_remove(&acker->unacknowledged, message);
}

void ack_run(const struct connection *connection, const struct ack_options *options,
    struct ack_result *result)
{
    *result = (struct ack_result){ .done = 0 };
    struct acker *acker = calloc(1, sizeof *acker);
    if (acker == NULL) {
        result->no_memory = true;
        return;
    }
    acker->connection = connection;
    acker->options = options;
    acker->result = result;
    acker->parser = verdict_parser_new();
    buf_init(&acker->line, RECORD_MAX + 64);
    buf_init(&acker->our_url, RECORD_MAX);
    acker->pending = pending_new(options->need);
    result->no_memory = acker->parser == NULL || acker->pending == NULL;
    if (options->print && (acker->out = outqueue_open(STDOUT_FILENO)) == NULL)
        result->loop.output_error = errno;
    acker->figures = (struct figures){ .result = result,
        .unacknowledged = &acker->unacknowledged,
        .sqs = connection->sqs };
    struct meter *meter = NULL;
    if (figures_open(&acker->figures, &options->meter, connection->identity.name, &meter) != 0)
        result->metrics_error = errno;
    const struct batch_loop_config config = {
        .batcher = {
            .sqs = connection->sqs,
            .operation = options->release ? CALL_VISIBILITY : CALL_DELETE,
            .visibility_timeout_s = 0,
            .parallel = options->batch.parallel,
            .linger_ms = options->linger_ms,
            .retry_ms = batch_options_retry_ms(&options->batch),
        },
        .input = STDIN_FILENO,
        .maximum = options->batch.max_record,
        .grace_ms = options->batch.grace_ms,
        .out = acker->out,
        .meter = meter,
        .context = acker,
        .room = room,
        .on_line = on_line,
        .on_item = on_item,
    };
    if (!result->no_memory && result->loop.output_error == 0 && result->metrics_error == 0)
        batch_loop_run(&config, &result->loop);
    if (acker->pending != NULL) {
        pending_end(acker->pending);
        result->incomplete = pending_incomplete(acker->pending);
    }
    meter_close(meter);
    outqueue_free(acker->out);
    unacknowledged_free(&acker->unacknowledged);
    pending_free(acker->pending);
    buf_free(&acker->line);
    buf_free(&acker->our_url);
    verdict_free(&acker->verdict);
    verdict_parser_free(acker->parser);
    free(acker);
}
