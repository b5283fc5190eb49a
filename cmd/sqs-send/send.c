#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/msg.h"
#include "body.h"
#include "deduplication.h"
#include "record/record.h"
#include "record/verdict.h"
#include "send.h"

enum {
    WAITING_PER_BATCH = 20,
    WAITING_BYTES = 4 << 20,
    LINGER_MS = 100,
    NAMED = 50,
    VERDICT_KEPT = 1 << 20
};

/* An open message; its texts are in ${bytes}. */
struct outgoing {
    struct batcher_item item;
    struct call_message message;
    struct attribute attributes[ATTRIBUTE_MAXIMUM];
    char made_id[DEDUPLICATION_MADE]; /* where a digest is the deduplication id */
    uint64_t number;                  /* of its line */
    uint64_t since_ms;                /* monotonic */
    struct body_text sqs;             /* length 0 when the line had none or no verdict is printed */
    struct outgoing *older, *newer;
    char bytes[];
};

struct sender {
    const struct send_options *options;
    struct send_result *result;
    struct sqs *sqs;
    uint64_t last_success_ms; /* since 1970; 0 for none */
    bool fifo;
    struct body_reader *reader;
    struct deduplication *deduplication; /* on a FIFO queue */
    struct outgoing *oldest, *newest;    /* of the open messages */
    struct outqueue *out;                /* NULL when nothing is printed */
    struct buf line;
    size_t waiting;
    size_t bytes;
};

/* Report a line that is not sent. Only the first ones are warned of, so that a wrong file does not
 * flood the log. */
static void reject(struct sender *sender, uint64_t number, const char *why)
{
    uint64_t before = sender->result->rejected++;
    if (before < NAMED)
        msg_warn("line %" PRIu64 " is %s: not sent", number, why);
    else
        msg_info("line %" PRIu64 " is %s: not sent", number, why);
    if (before == 0 && strcmp(why, body_result_text(BODY_NOT_JSON)) == 0)
        msg_hint("give one record on each line: jq -cR '{body: .}' makes records of text lines");
    if (before + 1 == NAMED)
        msg_warn("further lines that are not sent are only counted");
}

static const char *copy(char **place, const char *text, size_t length)
{
    char *start = *place;
    if (length > 0)
        memcpy(start, text, length);
    *place += length;
    return start;
}

/* Set group and deduplication id. A queue that is not FIFO gets a group only on request. */
static int set_ids(const struct sender *sender, struct outgoing *outgoing,
    const struct body_message *from, char **place)
{
    struct call_message *message = &outgoing->message;
    const char *group = sender->options->group_id;
    struct body_text id;
    if (sender->fifo && from->group_id.text != NULL) {
        message->group_id = copy(place, from->group_id.text, from->group_id.length);
        message->group_id_length = from->group_id.length;
    } else if (sender->fifo || group != NULL) {
        message->group_id = group != NULL ? group : SEND_GROUP;
        message->group_id_length = strlen(message->group_id);
    }
    if (!sender->fifo)
        return 0;
    if (deduplication_choose(sender->deduplication, from, outgoing->number, outgoing->made_id,
            &id) != 0)
        return -1;
    message->deduplication_id = outgoing->made_id;
    if (id.text != outgoing->made_id)
        message->deduplication_id = copy(place, id.text, id.length);
    message->deduplication_id_length = id.length;
    return 0;
}

/* Return NULL when memory runs out. */
static struct outgoing *make(const struct sender *sender, const struct body_message *from,
    uint64_t number)
{
    size_t sqs_length = sender->out != NULL ? from->sqs.length : 0;
    size_t length = from->body->length + sqs_length + from->group_id.length +
        from->deduplication_id.length + from->message_id.length;
    for (size_t i = 0; i < from->attribute_count; i++)
        length += from->attributes[i].name_length + from->attributes[i].type_length +
            from->attributes[i].value_length;
    struct outgoing *outgoing = malloc(sizeof *outgoing + length);
    if (outgoing == NULL)
        return NULL;
    char *place = outgoing->bytes;
    outgoing->item =
        (struct batcher_item){ .text = copy(&place, from->body->data, from->body->length),
            .length = from->body->length,
            .message = &outgoing->message };
    outgoing->sqs = (struct body_text){ copy(&place, from->sqs.text, sqs_length), sqs_length };
    outgoing->number = number;
    outgoing->since_ms = clock_monotonic_ms();
    outgoing->message = (struct call_message){ .attributes = outgoing->attributes,
        .attribute_count = from->attribute_count };
    for (size_t i = 0; i < from->attribute_count; i++) {
        struct attribute *attribute = &outgoing->attributes[i];
        *attribute = from->attributes[i];
        attribute->name = copy(&place, attribute->name, attribute->name_length);
        attribute->type = copy(&place, attribute->type, attribute->type_length);
        attribute->value = copy(&place, attribute->value, attribute->value_length);
    }
    if (set_ids(sender, outgoing, from, &place) == 0)
        return outgoing;
    free(outgoing);
    return NULL;
}

/* Return true when SQS would refuse an id of the record for its length. */
static bool has_long_id(const struct sender *sender, const struct body_message *from)
{
    return sender->fifo &&
        (from->group_id.length > DEDUPLICATION_MAXIMUM ||
            (!sender->options->new_ids && from->deduplication_id.length > DEDUPLICATION_MAXIMUM));
}

static size_t size_of(const struct outgoing *outgoing)
{
    return outgoing->item.length + outgoing->sqs.length +
        attribute_bytes(outgoing->attributes, outgoing->message.attribute_count);
}

static void on_line(void *context, struct batch_loop *loop, enum line_result kind,
    const struct line *line)
{
    struct sender *sender = context;
    struct body_message message;
    if (kind == LINE_LONG) {
        reject(sender, line->number, "longer than --max-record");
        return;
    }
    enum body_result result = body_read(sender->reader, line->text, line->length, &message);
    if (result != BODY_OK) {
        sender->result->no_memory |= result == BODY_NO_MEMORY;
        reject(sender, line->number, body_result_text(result));
        return;
    }
    if (has_long_id(sender, &message)) {
        reject(sender, line->number,
            "a message whose group or deduplication id has more than 128 bytes");
        return;
    }
    struct outgoing *outgoing = make(sender, &message, line->number);
    if (outgoing == NULL) {
        sender->result->no_memory = true;
        return;
    }
    outgoing->newer = NULL;
    outgoing->older = sender->newest;
    *(sender->newest != NULL ? &sender->newest->newer : &sender->oldest) = outgoing;
    sender->newest = outgoing;
    sender->waiting++;
    sender->bytes += size_of(outgoing);
    batch_loop_add(loop, &outgoing->item);
}

static void unlink_outgoing(struct sender *sender, struct outgoing *outgoing)
{
    *(outgoing->older != NULL ? &outgoing->older->newer : &sender->oldest) = outgoing->newer;
    *(outgoing->newer != NULL ? &outgoing->newer->older : &sender->newest) = outgoing->older;
    sender->waiting--;
    sender->bytes -= size_of(outgoing);
}

static bool room(void *context)
{
    const struct sender *sender = context;
    return sender->waiting < (size_t)sender->options->batch.parallel * WAITING_PER_BATCH &&
        sender->bytes < WAITING_BYTES;
}

static void print(struct sender *sender, const struct outgoing *outgoing)
{
    const char *sqs = outgoing->sqs.length > 0 ? outgoing->sqs.text : NULL;
    if (sender->out == NULL || outqueue_error(sender->out) != 0)
        return;
    buf_shrink(&sender->line, VERDICT_KEPT);
    if (verdict_write(&sender->line, sqs, outgoing->sqs.length, outgoing->number, VERDICT_SENT) !=
            0 ||
        outqueue_add(sender->out, sender->line.data, sender->line.length) != 0)
        sender->result->no_memory = true;
}

static void on_item(void *context, struct batcher_item *item)
{
    struct sender *sender = context;
    struct outgoing *outgoing = (struct outgoing *)item; /* its first member */
    unlink_outgoing(sender, outgoing);
    if (item->cause == AWS_OK) {
        sender->result->sent++;
        sender->last_success_ms = clock_realtime_ms();
        print(sender, outgoing);
    } else if (item->cause == AWS_REFUSED || item->cause == AWS_LOST) {
        char why[sizeof item->error->text + 32];
        (void)snprintf(why, sizeof why, "refused by the queue (%s)",
            item->error != NULL ? item->error->text : item->code);
        reject(sender, outgoing->number, why);
    } else {
        sender->result->failed++;
    }
    free(outgoing);
}

/* In the order of read_meter(). */
static const struct metric metrics[] = {
    { "sqs2pg_messages_sent_total", "Messages sent.", METRIC_COUNTER },
    { "sqs2pg_records_refused_total",
        "Records not sent because they are invalid or the queue refused them.", METRIC_COUNTER },
    { "sqs2pg_messages_unsent_total", "Messages that could not be sent in time.", METRIC_COUNTER },
    { "sqs2pg_requests_total", "Requests sent to SQS, repeats included.", METRIC_COUNTER },
    METER_LAST_SUCCESS,
};

static void read_meter(void *context, uint64_t *values, uint64_t *oldest_ms)
{
    const struct sender *sender = context;
    const struct send_result *result = sender->result;
    const uint64_t now[] = { result->sent, result->rejected, result->failed,
        sqs_requests(sender->sqs), sender->last_success_ms };
    _Static_assert(sizeof now / sizeof *now == sizeof metrics / sizeof *metrics,
        "a value for each");
    for (size_t i = 0; i < sizeof now / sizeof *now; i++)
        values[i] = now[i];
    if (sender->oldest != NULL)
        *oldest_ms = sender->oldest->since_ms;
}

static struct meter_config config_of(const struct send_options *options, const char *queue)
{
    return (struct meter_config){ .options = options->meter,
        .metrics = metrics,
        .count = sizeof metrics / sizeof *metrics,
        .noun = "messages",
        .label = "queue",
        .value = queue };
}

int send_begin(const struct send_options *options, const char *queue)
{
    const struct meter_config config = config_of(options, queue);
    return meter_begin(&config);
}

static int open_meter(struct sender *sender, const char *queue, struct meter **meter)
{
    struct meter_config config = config_of(sender->options, queue);
    config.read = read_meter;
    config.context = sender;
    return meter_open(meter, &config);
}

void send_run(const struct connection *connection, const struct send_options *options,
    struct send_result *result)
{
    struct sender sender = { .options = options,
        .result = result,
        .sqs = connection->sqs,
        .fifo = queue_is_fifo(connection->identity.name) };
    *result = (struct send_result){ .sent = 0 };
    sender.reader = body_reader_new();
    buf_init(&sender.line, RECORD_MAX);
    if (sender.fifo)
        sender.deduplication = deduplication_new(options->new_ids);
    result->no_memory = sender.reader == NULL || (sender.fifo && sender.deduplication == NULL);
    if (options->verdicts && (sender.out = outqueue_open(STDOUT_FILENO)) == NULL)
        result->loop.output_error = errno;
    struct meter *meter = NULL;
    if (!result->no_memory && open_meter(&sender, connection->identity.name, &meter) != 0)
        result->metrics_error = errno;
    const struct batch_loop_config config = {
        .batcher = {
            .sqs = connection->sqs,
            .operation = CALL_SEND,
            .parallel = options->batch.parallel,
            .linger_ms = LINGER_MS,
            .retry_ms = batch_options_retry_ms(&options->batch),
            .ordered = sender.fifo,
            .maximum = BODY_MAXIMUM,
        },
        .input = STDIN_FILENO,
        .maximum = options->batch.max_record,
        .grace_ms = options->batch.grace_ms,
        .out = sender.out,
        .meter = meter,
        .output_needed = true, /* without its verdict, a sent record would be sent again */
        .context = &sender,
        .room = room,
        .on_line = on_line,
        .on_item = on_item,
    };
    if (!result->no_memory && result->loop.output_error == 0 && result->metrics_error == 0)
        batch_loop_run(&config, &result->loop);
    meter_close(meter);
    outqueue_free(sender.out);
    buf_free(&sender.line);
    deduplication_free(sender.deduplication);
    body_reader_free(sender.reader);
}
