#include <errno.h>
#include <inttypes.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/msg.h"
#include "base/out.h"
#include "depth.h"
#include "json/children.h"

enum { QUEUE_EVERY_MS = 60000, DEAD_EVERY_MS = 300000, POLICY_DEPTH = 4 };
#define NEVER UINT64_MAX

void depth_init(struct depth *depth, const struct connection *connection)
{
    *depth = (struct depth){ .connection = connection,
        .dead_due_ms = NEVER,
        .messages = METRICS_UNKNOWN,
        .in_flight = METRICS_UNKNOWN,
        .delayed = METRICS_UNKNOWN,
        .dead = METRICS_UNKNOWN,
        .dead_before = METRICS_UNKNOWN };
}

/* Copy the queue name after the last colon of an ARN, given as a JSON string. */
static bool name_of(const char *string, size_t length, char name[QUEUE_PART_SIZE])
{
    if (length < 2 || string[0] != '"')
        return false;
    const char *end = string + length - 1, *colon = memrchr(string, ':', length);
    if (colon == NULL || (size_t)(end - colon) > QUEUE_PART_SIZE)
        return false;
    memcpy(name, colon + 1, (size_t)(end - colon - 1));
    name[end - colon - 1] = '\0';
    return queue_is_name(name);
}

static bool find_name(const char *policy, char name[QUEUE_PART_SIZE])
{
    static const char key[] = "\"deadLetterTargetArn\"";
    struct json_matches matches = { 0 };
    struct json_result result;
    struct json_children children;
    struct json_child child;
    size_t length = strlen(policy);
    bool found = false;
    if (json_scan(policy, length, NULL, POLICY_DEPTH, &matches, &result) == JSON_OK &&
        result.kind == JSON_OBJECT && json_children_open(&children, policy, length))
        while (!found && json_children_next(&children, &child))
            found = child.key_end - child.key == sizeof key - 1 &&
                memcmp(policy + child.key, key, sizeof key - 1) == 0 &&
                name_of(policy + child.value, child.end - child.value, name);
    json_matches_free(&matches);
    return found;
}

/* Write the URL of the dead-letter queue that the policy names. Return false when there is none. */
static bool make_dead_url(const char *queue_url, const char *policy, char url[CALL_URL_SIZE])
{
    char name[QUEUE_PART_SIZE];
    const char *slash = strrchr(queue_url, '/');
    if (slash == NULL || !find_name(policy, name))
        return false;
    int length = snprintf(url, CALL_URL_SIZE, "%.*s/%s", (int)(slash - queue_url), queue_url, name);
    return length > 0 && length < CALL_URL_SIZE;
}

/* ---- while messages are received ------------------------------------------------------------- */

static struct call call_for(const char *other)
{
    return (struct call){ .operation = CALL_QUEUE_ATTRIBUTES,
        .attributes = CALL_DEPTH,
        .other_queue_url = other,
        .optional = true };
}

int depth_work(struct depth *depth)
{
    uint64_t now = clock_monotonic_ms();
    if (depth->connection == NULL)
        return 0;
    struct sqs *sqs = depth->connection->sqs;
    if (!depth->queue_busy && now >= depth->queue_due_ms) {
        depth->queue_call = call_for(NULL);
        if (sqs_start(sqs, &depth->queue_call) != 0)
            return -1;
        depth->queue_busy = true;
        depth->queue_due_ms = now + QUEUE_EVERY_MS;
    }
    if (!depth->dead_busy && now >= depth->dead_due_ms) {
        depth->dead_call = call_for(depth->dead_url);
        if (sqs_start(sqs, &depth->dead_call) != 0)
            return -1;
        depth->dead_busy = true;
        depth->dead_due_ms = now + DEAD_EVERY_MS;
    }
    return 0;
}

int depth_timeout(const struct depth *depth)
{
    uint64_t due = NEVER, now = clock_monotonic_ms();
    if (depth->connection == NULL)
        return -1;
    if (!depth->queue_busy)
        due = depth->queue_due_ms;
    if (!depth->dead_busy && depth->dead_due_ms < due)
        due = depth->dead_due_ms;
    if (due == NEVER)
        return -1;
    return due <= now ? 0 : due - now < INT_MAX ? (int)(due - now) : INT_MAX;
}

/* Return true when the next request would get the same answer. */
static bool is_lasting(enum aws_cause cause)
{
    return cause == AWS_DENIED || cause == AWS_REFUSED || cause == AWS_NO_QUEUE;
}

static void take_queue(struct depth *depth)
{
    const struct call *call = &depth->queue_call;
    depth->queue_busy = false;
    if (is_lasting(call->error.cause)) {
        depth->queue_due_ms = NEVER;
        msg_info("cannot read the depth of the queue: %s", call->error.text);
    }
    if (call->error.cause != AWS_OK)
        return;
    if (call->has_depth) {
        depth->messages = call->depth.messages;
        depth->in_flight = call->depth.in_flight;
        depth->delayed = call->depth.delayed;
    }
    char url[CALL_URL_SIZE] = "";
    (void)make_dead_url(depth->connection->queue_url, call->redrive_policy, url);
    if (depth->dead_busy || strcmp(url, depth->dead_url) == 0)
        return;
    if (depth->dead_url[0] != '\0') /* do not compare counts of two queues */
        depth->dead = depth->dead_before = METRICS_UNKNOWN;
    memcpy(depth->dead_url, url, sizeof url);
    depth->dead_due_ms = url[0] == '\0' ? NEVER : 0;
}

/* Count messages in flight too: they are still on the queue. */
static uint64_t all_of(const struct found_depth *depth)
{
    return depth->messages + depth->in_flight + depth->delayed;
}

static void take_dead(struct depth *depth)
{
    const struct call *call = &depth->dead_call;
    depth->dead_busy = false;
    if (is_lasting(call->error.cause)) {
        depth->dead_due_ms = NEVER;
        msg_info("cannot read the depth of the dead-letter queue: %s", call->error.text);
    }
    if (call->error.cause != AWS_OK || !call->has_depth)
        return;
    uint64_t before = depth->dead != METRICS_UNKNOWN ? depth->dead : depth->dead_before;
    depth->dead = all_of(&call->depth);
    if (before != METRICS_UNKNOWN && depth->dead > before)
        depth->grown_ms = clock_realtime_ms();
}

bool depth_take(struct depth *depth, struct call *call)
{
    if (call == &depth->queue_call)
        take_queue(depth);
    else if (call == &depth->dead_call)
        take_dead(depth);
    else
        return false;
    return true;
}

/* ---- --print-depth --------------------------------------------------------------------------- */

int depth_print(const struct connection *connection, struct aws_error *error)
{
    struct call call = { .operation = CALL_QUEUE_ATTRIBUTES, .attributes = CALL_DEPTH };
    struct call dead = { .operation = CALL_QUEUE_ATTRIBUTES, .attributes = CALL_DEPTH };
    char url[CALL_URL_SIZE], text[512], name[QUEUE_PART_SIZE + 64] = "null", count[24] = "null";
    if (sqs_run(connection->sqs, &call, true) != AWS_OK) {
        *error = call.error;
        return -1;
    }
    if (make_dead_url(connection->queue_url, call.redrive_policy, url)) {
        dead.other_queue_url = url;
        dead.optional = true;
        if (sqs_run(connection->sqs, &dead, true) != AWS_OK)
            msg_warn("cannot read the depth of the dead-letter queue: %s", dead.error.text);
        else if (dead.has_depth)
            (void)snprintf(count, sizeof count, "%" PRIu64, all_of(&dead.depth));
        (void)snprintf(name, sizeof name, "{\"name\":\"%s\",\"messages\":%s}",
            strrchr(url, '/') + 1, count);
    }
    int length = snprintf(text, sizeof text,
        "{\"messages\":%" PRIu64 ",\"in_flight\":%" PRIu64 ",\"delayed\":%" PRIu64
        ",\"dead_letter\":%s}\n",
        call.depth.messages, call.depth.in_flight, call.depth.delayed, name);
    struct out *out = out_open(STDOUT_FILENO);
    if (out == NULL)
        return -1;
    (void)out_write(out, text, (size_t)length); /* out_close() reports it */
    return out_close(out);
}
