#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/msg.h"
#include "body.h"
#include "record/record.h"
#include "record/verdict.h"
#include "send.h"

enum { WAITING_PER_BATCH = 20, WAITING_BYTES = 4 << 20, LINGER_MS = 100, VERDICT_KEPT = 1 << 20 };

/* A message on its way. */
struct outgoing {
    struct batch_item item; /* its text is the body */
    uint64_t number;        /* of its line */
    size_t sqs_length;      /* 0: the line had none, or no verdict is wanted */
    char bytes[];           /* body, then the record's sqs */
};

struct sender {
    const struct send_options *options;
    struct send_result *result;
    struct body_reader *reader;
    struct outqueue *out; /* NULL: nothing is printed */
    struct buf line;
    size_t waiting;
    size_t bytes;
};

static void reject(struct sender *sender, uint64_t number, const char *why)
{
    sender->result->rejected++;
    msg_warn("line %llu is %s: not sent", (unsigned long long)number, why);
}

static void on_line(void *context, struct feed *feed, enum line_result kind,
    const struct line *line)
{
    struct sender *sender = context;
    const struct buf *body;
    const char *sqs;
    size_t sqs_length;
    if (kind == LINE_LONG) {
        reject(sender, line->number, "longer than --max-record");
        return;
    }
    enum body_result result =
        body_read(sender->reader, line->text, line->length, &body, &sqs, &sqs_length);
    if (result != BODY_OK) {
        sender->result->no_memory |= result == BODY_NO_MEMORY;
        reject(sender, line->number, body_result_text(result));
        return;
    }
    if (sender->out == NULL)
        sqs_length = 0;
    struct outgoing *outgoing = malloc(sizeof *outgoing + body->length + sqs_length);
    if (outgoing == NULL) {
        sender->result->no_memory = true;
        return;
    }
    memcpy(outgoing->bytes, body->data, body->length);
    if (sqs_length > 0)
        memcpy(outgoing->bytes + body->length, sqs, sqs_length);
    outgoing->item = (struct batch_item){ .text = outgoing->bytes, .length = body->length };
    outgoing->number = line->number;
    outgoing->sqs_length = sqs_length;
    sender->waiting++;
    sender->bytes += body->length;
    feed_add(feed, &outgoing->item);
}

static bool room(void *context)
{
    const struct sender *sender = context;
    return sender->waiting < (size_t)sender->options->parallel * WAITING_PER_BATCH &&
        sender->bytes < WAITING_BYTES;
}

static void print(struct sender *sender, const struct outgoing *outgoing)
{
    const char *sqs = outgoing->sqs_length > 0 ? outgoing->bytes + outgoing->item.length : NULL;
    if (sender->out == NULL || outqueue_error(sender->out) != 0)
        return;
    buf_shrink(&sender->line, VERDICT_KEPT);
    if (verdict_write(&sender->line, sqs, outgoing->sqs_length, outgoing->number, VERDICT_SENT) !=
            0 ||
        outqueue_add(sender->out, sender->line.data, sender->line.length) != 0)
        sender->result->no_memory = true;
}

static void on_item(void *context, struct batch_item *item)
{
    struct sender *sender = context;
    struct outgoing *outgoing = (struct outgoing *)item; /* its first member */
    sender->waiting--;
    sender->bytes -= item->length;
    if (item->cause == AWS_OK) {
        sender->result->sent++;
        print(sender, outgoing);
    } else if (item->cause == AWS_REFUSED || item->cause == AWS_LOST) {
        sender->result->rejected++;
        msg_warn("line %llu is refused by the queue (%s)", (unsigned long long)outgoing->number,
            item->error != NULL ? item->error->text : item->code);
    } else {
        sender->result->failed++;
    }
    free(outgoing);
}

void send_run(const struct connection *connection, const struct send_options *options,
    struct send_result *result)
{
    struct sender sender = { .options = options, .result = result };
    *result = (struct send_result){ .sent = 0 };
    sender.reader = body_reader_new();
    buf_init(&sender.line, RECORD_MAX);
    result->no_memory = sender.reader == NULL;
    if (options->verdicts && (sender.out = outqueue_open(STDOUT_FILENO)) == NULL)
        result->feed.output_error = errno;
    const struct feed_config config = {
        .batch = {
            .sqs = connection->sqs,
            .operation = CALL_SEND,
            .parallel = options->parallel,
            .linger_ms = LINGER_MS,
            .retry_ms = options->retry_ms,
            .maximum = BODY_MAXIMUM,
        },
        .input = STDIN_FILENO,
        .maximum = options->max_record,
        .grace_ms = options->grace_ms,
        .out = sender.out,
        .output_needed = true, /* what is sent without a verdict would be sent once more */
        .context = &sender,
        .room = room,
        .on_line = on_line,
        .on_item = on_item,
    };
    if (!result->no_memory && result->feed.output_error == 0)
        feed_run(&config, &result->feed);
    outqueue_free(sender.out);
    buf_free(&sender.line);
    body_reader_free(sender.reader);
}
