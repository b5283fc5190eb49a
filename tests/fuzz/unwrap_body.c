/*
 * Read any value as a body in sqs-unwrap; the first byte chooses the options. Each event is a body
 * again: valid JSON without whitespace outside strings, within the maximum. Its envelope is an
 * object and its name a plain word. A second pass has the same results.
 */
#include "../../cmd/sqs-unwrap/events.h"
#include "base/buf.h"
#include "fuzz.h"
#include "json/scan.h"

enum { MAXIMUM = 65536 };

static struct events *events[4];

/* Totals of the events of one pass. */
struct look {
    uint64_t count;
    uint64_t digest;
    struct buf out;
};

static void mix(struct look *look, const char *text, size_t length)
{
    for (size_t i = 0; i < length; i++)
        look->digest = (look->digest ^ (unsigned char)text[i]) * UINT64_C(0x100000001B3);
}

static bool on_event(void *context, const struct event *event)
{
    struct look *look = context;
    struct json_result result;
    buf_clear(&look->out);
    fuzz_require(event->content.form != CONTENT_BYTES);
    fuzz_require(content_write(&event->content, &look->out) == 0);
    fuzz_require(json_scan(look->out.data, look->out.length, NULL, JSON_MAX_DEPTH, NULL, &result) ==
        JSON_OK);
    fuzz_require(
        result.kind == JSON_OBJECT || result.kind == JSON_ARRAY || result.kind == JSON_STRING);
    fuzz_require(result.start == 0 && result.end == look->out.length);
    mix(look, look->out.data, look->out.length);
    if (event->envelope != NULL) {
        fuzz_require(json_scan(event->envelope, event->envelope_length, NULL, JSON_MAX_DEPTH, NULL,
                         &result) == JSON_OK);
        fuzz_require(result.kind == JSON_OBJECT);
        mix(look, event->envelope, event->envelope_length);
    }
    fuzz_require(
        strspn(event->name, "abcdefghijklmnopqrstuvwxyz0123456789.") == strlen(event->name));
    mix(look, event->name, strlen(event->name));
    look->count++;
    return look->count < 1000;
}

static void set_up(void)
{
    static const struct events_options options[] = {
        { .kinds = KIND_ALL, .maximum = MAXIMUM },
        { .kinds = KIND_ALL, .each = ".", .maximum = MAXIMUM },
        { .kinds = KIND_ALL, .lines = true, .maximum = MAXIMUM },
        { .kinds = KIND_ALL, .json = ".a", .each = ".b", .maximum = MAXIMUM },
    };
    for (size_t i = 0; i < 4; i++) {
        events[i] = events_new(&options[i]);
        fuzz_require(events[i] != NULL);
    }
}

/* Note the members of a text that is an object, as its scan does. */
static bool note_members(const char *text, size_t length, struct json_children *members)
{
    static struct json_paths *paths;
    static struct json_matches matches;
    struct json_result result;
    if (paths == NULL) {
        paths = json_paths_new();
        fuzz_require(paths != NULL && json_paths_other(paths, JSON_ROOT) != JSON_NO_NODE);
    }
    fuzz_require(json_scan(text, length, paths, JSON_MAX_DEPTH, &matches, &result) == JSON_OK);
    if (result.kind != JSON_OBJECT)
        return false;
    json_children_noted(members, text, &matches, &matches.list[0],
        json_paths_other(paths, JSON_ROOT));
    return true;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct json_result result;
    if (events[0] == NULL)
        set_up();
    if (size < 2)
        return 0;
    /* As in a line, whitespace around the value does not belong to it. */
    const char *text = (const char *)data + 1;
    if (json_scan(text, size - 1, NULL, JSON_MAX_DEPTH - 1, NULL, &result) != JSON_OK)
        return 0;
    struct look first = { 0 }, second = { 0 };
    buf_init(&first.out, 1 << 24);
    buf_init(&second.out, 1 << 24);
    struct events *chosen = events[data[0] % 4];
    struct events_message message = { .body = text + result.start,
        .length = result.end - result.start };
    enum events_result got = events_each(chosen, &message, on_event, &first);
    /* Again with known members, as for most records. */
    struct json_children members;
    if (note_members(text, size - 1, &members))
        message.members = &members;
    fuzz_require(events_each(chosen, &message, on_event, &second) == got);
    fuzz_require(got != EVENTS_NO_MEMORY);
    fuzz_require(first.count == second.count && first.digest == second.digest);
    fuzz_require(got != EVENTS_OK || first.count > 0);
    buf_free(&first.out);
    buf_free(&second.out);
    return 0;
}
