/*
 * Read any line as a verdict and as a record, as sqs-ack and sqs-pull --acked do, and as pg-load
 * copies its "sqs", whole or cut. The written line reads as the same: the deleted message is the
 * loaded one.
 */
#include "base/buf.h"
#include "fuzz.h"
#include "json/scan.h"
#include "json/string.h"
#include "record/record.h"
#include "record/salvage.h"
#include "record/verdict.h"

enum { MOST = 1 << 20 };

static struct verdict_parser *parser;
static struct json_paths *paths;
static struct salvage *salvage;
static struct record_nodes nodes;
static struct buf out = { .maximum = MOST };

static void set_up(void)
{
    if (parser != NULL)
        return;
    parser = verdict_parser_new();
    paths = json_paths_new();
    salvage = salvage_new();
    fuzz_require(
        salvage != NULL && parser != NULL && paths != NULL && record_nodes_add(paths, &nodes) == 0);
}

static int is_object(const char *text, size_t length)
{
    struct json_result result;
    return json_scan(text, length, NULL, JSON_MAX_DEPTH, NULL, &result) == JSON_OK &&
        result.kind == JSON_OBJECT;
}

static int same(const struct buf *a, const struct buf *b)
{
    return a->length == b->length && (a->length == 0 || memcmp(a->data, b->data, a->length) == 0);
}

/* Check that ${out} has one whole line. */
static void require_line(void)
{
    fuzz_require(!out.failed && out.length > 0 &&
        memchr(out.data, '\n', out.length) == out.data + out.length - 1);
    fuzz_require(is_object(out.data, out.length - 1));
}

static void check_verdict(const char *text, size_t length)
{
    static struct verdict verdict, again;
    enum verdict_result result = verdict_parse(parser, text, length, &verdict);
    fuzz_require(result != VERDICT_NO_MEMORY);
    fuzz_require((result != VERDICT_MALFORMED) == is_object(text, length));
    fuzz_require((result == VERDICT_OK) == (verdict.status != VERDICT_UNKNOWN));
    if (result == VERDICT_MALFORMED)
        return;
    fuzz_require(json_string_is_utf8(verdict.queue_url.data, verdict.queue_url.length) &&
        json_string_is_utf8(verdict.message_id.data, verdict.message_id.length) &&
        json_string_is_utf8(verdict.receipt_handle.data, verdict.receipt_handle.length));
    /* As sqs-ack --print writes it and sqs-pull --acked reads it. */
    buf_clear(&out);
    fuzz_require(verdict_write_ack(&out, &verdict, "lost") == 0);
    require_line();
    fuzz_require(verdict_parse(parser, out.data, out.length - 1, &again) == result);
    fuzz_require(again.ack == VERDICT_ACK_LOST && again.status == verdict.status);
    fuzz_require(same(&again.queue_url, &verdict.queue_url) &&
        same(&again.message_id, &verdict.message_id) &&
        same(&again.receipt_handle, &verdict.receipt_handle));
}

/* Check that a string below "sqs" is the same in the record and in its verdict. */
static void require_same(const char *text, const struct json_matches *matches, uint32_t node,
    const struct buf *there)
{
    static struct buf here = { .maximum = MOST };
    (void)record_string(text, record_find(matches, node), &here);
    fuzz_require(same(&here, there));
}

static void check_record(const char *text, size_t length)
{
    static struct json_matches parts;
    static struct verdict verdict;
    static const struct record_error error = { "load", "syntax", NULL };
    struct json_result result;
    struct salvage_result found;
    salvage_text(salvage, text, length, &found);
    const char *sqs = found.sqs;
    size_t sqs_length = found.sqs_length;
    buf_clear(&out);
    fuzz_require(record_write_error(&out, sqs, sqs_length, &error, NULL, 0) == 0);
    require_line();
    if (sqs == NULL)
        return;
    fuzz_require(
        sqs >= text && sqs_length <= length - (size_t)(sqs - text) && is_object(sqs, sqs_length));
    buf_clear(&out);
    fuzz_require(verdict_write(&out, sqs, sqs_length, 0, VERDICT_COMMITTED) == 0);
    require_line();
    fuzz_require(verdict_parse(parser, out.data, out.length - 1, &verdict) == VERDICT_OK);
    fuzz_require(verdict.status == VERDICT_COMMITTED && verdict.ack == VERDICT_ACK_MISSING);
    fuzz_require(
        json_scan(out.data, out.length - 1, paths, JSON_MAX_DEPTH, &parts, &result) == JSON_OK);
    require_same(out.data, &parts, nodes.queue_url, &verdict.queue_url);
    require_same(out.data, &parts, nodes.message_id, &verdict.message_id);
    require_same(out.data, &parts, nodes.receipt_handle, &verdict.receipt_handle);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const char *text = (const char *)data;
    set_up();
    if (size == 0 || memchr(text, '\n', size) != NULL)
        return 0; /* lines contain none */
    check_verdict(text, size);
    check_record(text, size);
    return 0;
}
