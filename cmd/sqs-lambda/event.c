#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "aws/partition.h"
#include "base/opt.h"
#include "event.h"
#include "json/path.h"
#include "json/scan.h"
#include "record/member.h"
#include "record/record.h"

enum { FIELD_MOST = 64 << 10, LINE_KEPT = 1 << 20 };

/* Fields of each message, in the order of ${names}. */
enum field {
    FIELD_ID,
    FIELD_HANDLE,
    FIELD_BODY,
    FIELD_SOURCE,
    FIELD_ARN,
    FIELD_REGION,
    FIELD_SENT, /* these are below "attributes" */
    FIELD_FIRST_RECEIVED,
    FIELD_COUNT,
    FIELD_SEQUENCE,
    FIELDS
};

static const char *const names[FIELDS] = { "messageId", "receiptHandle", "body", "eventSource",
    "eventSourceARN", "awsRegion", "SentTimestamp", "ApproximateFirstReceiveTimestamp",
    "ApproximateReceiveCount", "SequenceNumber" };

struct event {
    struct json_paths *paths;
    uint32_t records; /* node of the list of records */
    uint32_t record;  /* node of one element of that list */
    uint32_t nodes[FIELDS];
    struct json_matches matches;
    struct json_matches scratch;
    struct buf fields[FIELDS]; /* of the current message, decoded */
    bool found[FIELDS];
    struct buf arn; /* the source of ${url} */
    struct buf url; /* "" when that is no ARN of a queue */
    bool is_fifo;
    struct buf line;
};

static int add_paths(struct event *event)
{
    struct json_paths *paths = event->paths;
    event->records = json_paths_key(paths, JSON_ROOT, "Records", strlen("Records"));
    event->record = json_paths_each(paths, event->records);
    uint32_t attributes = json_paths_key(paths, event->record, "attributes", strlen("attributes"));
    bool all = event->records != JSON_NO_NODE && event->record != JSON_NO_NODE &&
        attributes != JSON_NO_NODE;
    for (size_t i = 0; all && i < FIELDS; i++) {
        uint32_t parent = i >= FIELD_SENT ? attributes : event->record;
        event->nodes[i] = json_paths_key(paths, parent, names[i], strlen(names[i]));
        all = event->nodes[i] != JSON_NO_NODE;
    }
    return all ? 0 : -1;
}

struct event *event_new(void)
{
    struct event *event = calloc(1, sizeof *event);
    if (event == NULL)
        return NULL;
    for (size_t i = 0; i < FIELDS; i++)
        buf_init(&event->fields[i], i == FIELD_BODY ? RECORD_MAX : FIELD_MOST);
    buf_init(&event->arn, FIELD_MOST);
    buf_init(&event->url, FIELD_MOST);
    buf_init(&event->line, RECORD_MAX);
    event->paths = json_paths_new();
    if (event->paths == NULL || add_paths(event) != 0) {
        event_free(event);
        return NULL;
    }
    return event;
}

void event_free(struct event *event)
{
    if (event == NULL)
        return;
    for (size_t i = 0; i < FIELDS; i++)
        buf_free(&event->fields[i]);
    buf_free(&event->arn);
    buf_free(&event->url);
    buf_free(&event->line);
    json_matches_free(&event->matches);
    json_matches_free(&event->scratch);
    json_paths_free(event->paths);
    free(event);
}

/* ---- the queue ---- */

static bool is_name(const char *text, size_t length)
{
    static const char allowed[] =
        "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_.";
    for (size_t i = 0; i < length; i++)
        if (text[i] == '\0' || strchr(allowed, text[i]) == NULL)
            return false;
    return length > 0;
}

/* Make the URL of "arn:aws:sqs:eu-west-1:123456789012:logins". */
static void make_url(struct event *event)
{
    enum { ARN, PARTITION, SERVICE, REGION, ACCOUNT, NAME, PIECES };
    char host[PARTITION_HOST_SIZE], region[PARTITION_REGION_SIZE];
    const char *pieces[PIECES] = { event->arn.data };
    size_t lengths[PIECES] = { 0 };
    const char *end = event->arn.data + event->arn.length;
    for (size_t i = 0; i < PIECES; i++) {
        const char *colon = memchr(pieces[i], ':', (size_t)(end - pieces[i]));
        lengths[i] = (size_t)((colon == NULL ? end : colon) - pieces[i]);
        if ((colon == NULL) != (i == NAME) || !is_name(pieces[i], lengths[i]))
            return;
        if (i < NAME)
            pieces[i + 1] = colon + 1;
    }
    if (lengths[SERVICE] != 3 || memcmp(pieces[SERVICE], "sqs", 3) != 0 ||
        lengths[REGION] >= sizeof region)
        return;
    memcpy(region, pieces[REGION], lengths[REGION]);
    region[lengths[REGION]] = '\0';
    if (partition_host(PARTITION_SQS, region, (struct partition_variant){ 0 }, host) != 0)
        return;
    size_t length = lengths[NAME];
    event->is_fifo = length > 5 && memcmp(pieces[NAME] + length - 5, ".fifo", 5) == 0;
    buf_printf(&event->url, "https://%s/%.*s/%.*s", host, (int)lengths[ACCOUNT], pieces[ACCOUNT],
        (int)length, pieces[NAME]);
}

/* Usually all messages have the same queue. */
static int know_queue(struct event *event)
{
    const struct buf *arn = &event->fields[FIELD_ARN];
    if (event->arn.length == arn->length && arn->length > 0 &&
        memcmp(event->arn.data, arn->data, arn->length) == 0)
        return 0;
    buf_clear(&event->url);
    buf_clear(&event->arn);
    event->is_fifo = false;
    if (buf_append(&event->arn, arn->data, arn->length) != 0)
        return -1;
    if (arn->length > 0)
        make_url(event);
    return event->url.failed ? -1 : 0;
}

/* ---- messages ---- */

static uint64_t number_of(struct event *event, enum field field)
{
    uint64_t number = 0;
    const char *text = event->found[field] ? buf_cstr(&event->fields[field]) : NULL;
    return text != NULL && opt_number(text, 0, UINT64_MAX, &number) ? number : 0;
}

static void put(struct event *event, const char *key, enum field field)
{
    if (event->found[field])
        member_string(&event->line, key, event->fields[field].data, event->fields[field].length);
}

static void write_record(struct event *event)
{
    struct buf *line = &event->line;
    const struct buf *body = &event->fields[FIELD_BODY];
    uint64_t count = number_of(event, FIELD_COUNT);
    member_string(line, "{\"sqs\":{\"queue_url\":", event->url.data, event->url.length);
    put(event, ",\"message_id\":", FIELD_ID);
    put(event, ",\"receipt_handle\":", FIELD_HANDLE);
    member_time(line, ",\"sent_at\":", number_of(event, FIELD_SENT));
    member_time(line, ",\"first_received_at\":", number_of(event, FIELD_FIRST_RECEIVED));
    if (count > 0)
        member_number(line, ",\"receive_count\":", count);
    put(event, ",\"sequence_number\":", FIELD_SEQUENCE);
    (void)buf_puts(line, "},\"body\":");
    member_body(line, &event->scratch, body->length > 0 ? body->data : "", body->length);
    (void)buf_puts(line, "}\n");
}

static bool is_of_sqs(const struct event *event)
{
    const struct buf *source = &event->fields[FIELD_SOURCE];
    return event->found[FIELD_SOURCE] && source->length == strlen("aws:sqs") &&
        memcmp(source->data, "aws:sqs", source->length) == 0;
}

/* Add the message in the fields. */
static enum event_result add(struct event *event, struct deliveries *deliveries)
{
    if (!is_of_sqs(event) || !event->found[FIELD_ID] || event->fields[FIELD_ID].length == 0)
        return EVENT_NOT_SQS;
    if (know_queue(event) != 0)
        return EVENT_NO_MEMORY;
    buf_shrink(&event->line, LINE_KEPT);
    if (event->found[FIELD_BODY] && event->found[FIELD_HANDLE] &&
        event->fields[FIELD_HANDLE].length > 0 && event->url.length > 0)
        write_record(event);
    if (event->line.failed)
        return EVENT_NO_MEMORY;
    return deliveries_add(deliveries, &event->fields[FIELD_ID], &event->fields[FIELD_HANDLE],
               &event->line) == 0
        ? EVENT_OK
        : EVENT_NO_MEMORY;
}

static void forget_fields(struct event *event)
{
    for (size_t i = 0; i < FIELDS; i++) {
        buf_shrink(&event->fields[i], LINE_KEPT);
        event->found[i] = false;
    }
}

/* Of a repeated member, the last one counts, as in all JSON readers. */
static void take_field(struct event *event, const char *text, const struct json_match *match)
{
    for (size_t i = 0; i < FIELDS; i++)
        if (event->nodes[i] == match->node)
            event->found[i] = record_string(text, match, &event->fields[i]) == 0;
}

enum event_result event_read(struct event *event, const char *text, size_t length,
    struct deliveries *deliveries, bool *fifo)
{
    struct json_result result;
    struct json_matches *matches = &event->matches;
    enum event_result outcome = EVENT_OK;
    bool listed = false, begun = false;
    *fifo = false;
    enum json_error error = json_scan(text, length, event->paths, JSON_MAX_DEPTH, matches, &result);
    if (error != JSON_OK)
        return error == JSON_TOO_MANY ? EVENT_NO_MEMORY : EVENT_NOT_JSON;
    for (size_t i = 0; i <= matches->count && outcome == EVENT_OK; i++) {
        const struct json_match *match = i < matches->count ? &matches->list[i] : NULL;
        if ((match == NULL || match->node == event->record) && begun) {
            outcome = add(event, deliveries);
            *fifo = *fifo || event->is_fifo;
        }
        if (match != NULL && match->node == event->record) {
            begun = true;
            forget_fields(event);
        } else if (match != NULL && match->node == event->records) {
            listed = match->kind == JSON_ARRAY;
        } else if (match != NULL) {
            take_field(event, text, match);
        }
    }
    forget_fields(event);
    return outcome == EVENT_OK && !listed ? EVENT_NOT_SQS : outcome;
}
