/*
 * Read any bytes as an event of Lambda. The result is lines of JSON, at most one for each message,
 * with a newline only at the end. The answer before any verdict is JSON that names each message,
 * and a refused event has no messages to answer for.
 */
#include "../../cmd/sqs-lambda/event.h"
#include "fuzz.h"
#include "json/scan.h"

static size_t check_records(const struct buf *records)
{
    const char *at = records->data;
    const char *end = records->length == 0 ? at : at + records->length;
    size_t lines = 0;
    for (; at < end; lines++) {
        const char *line_end = memchr(at, '\n', (size_t)(end - at));
        struct json_result result;
        fuzz_require(line_end != NULL);
        fuzz_require(
            json_scan(at, (size_t)(line_end - at), NULL, JSON_MAX_DEPTH, NULL, &result) == JSON_OK);
        at = line_end + 1;
    }
    return lines;
}

static void check_answer(const struct deliveries *deliveries, bool fifo)
{
    struct json_result result;
    struct buf answer;
    buf_init(&answer, 64 << 20);
    size_t failed = deliveries_answer(deliveries, fifo, &answer);
    fuzz_require(failed == deliveries_count(deliveries));
    fuzz_require(
        json_scan(answer.data, answer.length, NULL, JSON_MAX_DEPTH, NULL, &result) == JSON_OK);
    buf_free(&answer);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct event *event = event_new();
    struct deliveries *deliveries = deliveries_new();
    struct buf records;
    bool fifo;
    fuzz_require(event != NULL && deliveries != NULL);
    /* Again with the state of the first reading. */
    for (int round = 0; round < 2; round++) {
        deliveries_clear(deliveries);
        enum event_result result =
            event_read(event, size > 0 ? (const char *)data : "", size, deliveries, &fifo);
        fuzz_require(result != EVENT_NO_MEMORY);
        buf_init(&records, 64 << 20);
        fuzz_require(deliveries_records(deliveries, &records) == 0);
        size_t lines = check_records(&records);
        fuzz_require(lines <= deliveries_pending(deliveries));
        fuzz_require(lines == 0 || deliveries_count(deliveries) > 0);
        if (result == EVENT_OK)
            check_answer(deliveries, fifo);
        buf_free(&records);
    }
    deliveries_free(deliveries);
    event_free(event);
    return 0;
}
