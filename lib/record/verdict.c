#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "json/scan.h"
#include "json/string.h"
#include "record/record.h"
#include "record/verdict.h"

static const char *const names[VERDICT_UNKNOWN] = {
    [VERDICT_COMMITTED] = "committed",
    [VERDICT_DUPLICATE] = "duplicate",
    [VERDICT_QUARANTINED] = "quarantined",
    [VERDICT_REJECTED] = "rejected",
    [VERDICT_SENT] = "sent",
    [VERDICT_WOULD_COMMIT] = "would-commit",
    [VERDICT_WOULD_DUPLICATE] = "would-duplicate",
    [VERDICT_WOULD_QUARANTINE] = "would-quarantine",
    [VERDICT_WOULD_REJECT] = "would-reject",
};

const char *verdict_status_name(enum verdict_status status)
{
    return status < VERDICT_UNKNOWN ? names[status] : "unknown";
}

/* Return a status by its name; VERDICT_UNKNOWN: none. */
static enum verdict_status status_of(const char *word, size_t length)
{
    for (unsigned i = 0; i < VERDICT_UNKNOWN; i++)
        if (strlen(names[i]) == length && memcmp(names[i], word, length) == 0)
            return (enum verdict_status)i;
    return VERDICT_UNKNOWN;
}

bool verdict_status_is_final(enum verdict_status status)
{
    return status == VERDICT_COMMITTED || status == VERDICT_DUPLICATE ||
        status == VERDICT_QUARANTINED || status == VERDICT_SENT;
}

int verdict_write(struct buf *out, const char *sqs, size_t sqs_length, uint64_t line,
    enum verdict_status status)
{
    return verdict_write_effect(out, sqs, sqs_length, line, status, VERDICT_EFFECT_NONE);
}

int verdict_write_effect(struct buf *out, const char *sqs, size_t sqs_length, uint64_t line,
    enum verdict_status status, enum verdict_effect effect)
{
    static const char *const endings[] = {
        [VERDICT_EFFECT_NONE] = "\"}\n",
        [VERDICT_EFFECT_INSERTED] = "\",\"effect\":\"inserted\"}\n",
        [VERDICT_EFFECT_UPDATED] = "\",\"effect\":\"updated\"}\n",
        [VERDICT_EFFECT_STALE] = "\",\"effect\":\"stale\"}\n",
    };
    if (sqs != NULL) {
        buf_puts(out, "{\"sqs\":");
        buf_append(out, sqs, sqs_length);
    } else {
        buf_printf(out, "{\"line\":%" PRIu64, line);
    }
    buf_puts(out, ",\"status\":\"");
    buf_puts(out, verdict_status_name(status));
    buf_puts(out, endings[effect]);
    return out->failed ? -1 : 0;
}

struct verdict_parser {
    struct json_paths *paths;
    struct record_nodes nodes;
    uint32_t status;
    uint32_t ack;
    struct json_matches matches;
    struct buf word;
};

struct verdict_parser *verdict_parser_new(void)
{
    struct verdict_parser *parser = calloc(1, sizeof *parser);
    if (parser == NULL)
        goto err0;
    buf_init(&parser->word, RECORD_MAX);
    parser->paths = json_paths_new();
    if (parser->paths == NULL)
        goto err1;
    if (record_nodes_add(parser->paths, &parser->nodes) != 0)
        goto err2;
    parser->status = json_paths_key(parser->paths, JSON_ROOT, "status", strlen("status"));
    parser->ack = json_paths_key(parser->paths, JSON_ROOT, "ack", strlen("ack"));
    if (parser->status == JSON_NO_NODE || parser->ack == JSON_NO_NODE)
        goto err2;
    return parser;

err2:
    json_paths_free(parser->paths);
err1:
    free(parser);
err0:
    return NULL;
}

void verdict_parser_free(struct verdict_parser *parser)
{
    if (parser == NULL)
        return;
    buf_free(&parser->word);
    json_matches_free(&parser->matches);
    json_paths_free(parser->paths);
    free(parser);
}

/* Decode a string below sqs; empty when it is missing. Return -1: out of memory. */
static int take(const struct verdict_parser *parser, const char *text, uint32_t node,
    struct buf *out)
{
    if (out->maximum == 0)
        buf_init(out, RECORD_MAX);
    if (record_string(text, record_find(&parser->matches, node), out) != 0 && out->failed)
        return -1;
    return 0;
}

static enum verdict_ack ack_of(struct verdict_parser *parser, const char *text)
{
    static const char *const words[] = {
        [VERDICT_ACK_DELETED] = "deleted",
        [VERDICT_ACK_LOST] = "lost",
        [VERDICT_ACK_FAILED] = "failed",
        [VERDICT_ACK_NONE] = "none",
        [VERDICT_ACK_PART] = "part",
    };
    const struct buf *word = &parser->word;
    if (record_string(text, record_find(&parser->matches, parser->ack), &parser->word) != 0)
        return VERDICT_ACK_MISSING;
    for (unsigned i = VERDICT_ACK_DELETED; i <= VERDICT_ACK_PART; i++)
        if (strlen(words[i]) == word->length && memcmp(words[i], word->data, word->length) == 0)
            return (enum verdict_ack)i;
    return VERDICT_ACK_MISSING;
}

static void take_part(const struct verdict_parser *parser, const char *text,
    struct verdict *verdict)
{
    enum record_number part = record_number(text, record_find(&parser->matches, parser->nodes.part),
        VERDICT_MOST_PARTS, &verdict->part);
    enum record_number parts = record_number(text,
        record_find(&parser->matches, parser->nodes.parts), VERDICT_MOST_PARTS, &verdict->parts);
    verdict->misnumbered = part != parts || part == RECORD_NUMBER_OTHER ||
        (part == RECORD_NUMBER && verdict->part >= verdict->parts);
    if (verdict->misnumbered)
        verdict->part = verdict->parts = 0;
}

/* Read sent_at as sqs-pull writes it, without decoding. */
static uint64_t sent_of(const struct verdict_parser *parser, const char *text)
{
    const struct json_match *match = record_find(&parser->matches, parser->nodes.sent_at);
    if (match == NULL || match->kind != JSON_STRING)
        return 0;
    return clock_rfc3339_ms(text + match->value + 1, match->end - match->value - 2);
}

enum verdict_result verdict_parse(struct verdict_parser *parser, const char *text, size_t length,
    struct verdict *verdict)
{
    struct json_result result;
    verdict->text = text;
    verdict->length = length;
    verdict->status = VERDICT_UNKNOWN;
    verdict->ack = VERDICT_ACK_MISSING;
    verdict->part = verdict->parts = 0;
    verdict->misaddressed = false;
    verdict->misnumbered = false;
    verdict->sent_ms = 0;
    if (json_scan(text, length, parser->paths, JSON_MAX_DEPTH, &parser->matches, &result) !=
        JSON_OK)
        return result.error == JSON_TOO_MANY ? VERDICT_NO_MEMORY : VERDICT_MALFORMED;
    if (result.kind != JSON_OBJECT)
        return VERDICT_MALFORMED;
    if (take(parser, text, parser->nodes.queue_url, &verdict->queue_url) != 0 ||
        take(parser, text, parser->nodes.message_id, &verdict->message_id) != 0 ||
        take(parser, text, parser->nodes.receipt_handle, &verdict->receipt_handle) != 0)
        return VERDICT_NO_MEMORY;
    const struct json_match *url = record_find(&parser->matches, parser->nodes.queue_url);
    verdict->misaddressed = url != NULL && url->kind != JSON_NULL && verdict->queue_url.length == 0;
    verdict->sent_ms = sent_of(parser, text);
    verdict->ack = ack_of(parser, text);
    take_part(parser, text, verdict);
    if (record_string(text, record_find(&parser->matches, parser->status), &parser->word) != 0)
        return parser->word.failed ? VERDICT_NO_MEMORY : VERDICT_NO_STATUS;
    verdict->status = status_of(parser->word.data, parser->word.length);
    return verdict->status == VERDICT_UNKNOWN ? VERDICT_NO_STATUS : VERDICT_OK;
}

void verdict_free(struct verdict *verdict)
{
    buf_free(&verdict->queue_url);
    buf_free(&verdict->message_id);
    buf_free(&verdict->receipt_handle);
}

int verdict_write_ack(struct buf *out, const struct verdict *verdict, const char *ack)
{
    size_t length = verdict->length;
    while (length > 0 && verdict->text[length - 1] != '}')
        length--;
    length -= length > 0; /* without the brace */
    while (length > 0 && memchr(" \t\r", verdict->text[length - 1], 3) != NULL)
        length--;
    buf_append(out, verdict->text, length);
    bool first = length == 0 || verdict->text[length - 1] == '{';
    buf_printf(out, "%s\"ack\":\"%s\"}\n", first ? "" : ",", ack);
    return out->failed ? -1 : 0;
}
