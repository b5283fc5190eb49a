#include <string.h>

#include "json/path_text.h"
#include "record/claim.h"
#include "record/record.h"
#include "root.h"

enum { KEEP_TEXT = 1 << 20 };

int root_set(struct column_plan *plan, const char *path, struct failure *failure)
{
    const struct record_nodes *nodes = &plan->nodes;
    const uint32_t reserved[] = { nodes->sqs, nodes->pii, nodes->error, nodes->sealed };
    size_t length = path == NULL ? 0 : strlen(path);
    size_t error_at;
    /* This node makes the scan see all members at the top of a line. */
    if (plan->require_masked &&
        (json_paths_other(plan->paths, JSON_ROOT) == JSON_NO_NODE ||
            json_paths_other(plan->paths, plan->nodes.pii) == JSON_NO_NODE))
        return failure_no_memory(failure);
    if (path == NULL)
        return 0;
    uint32_t node = memmem(path, length, "[]", 2) != NULL
        ? JSON_NO_NODE
        : json_paths_add(plan->paths, JSON_ROOT, path, length, &error_at);
    for (size_t i = 0; i < sizeof reserved / sizeof *reserved && node != JSON_NO_NODE; i++)
        for (uint32_t at = node; at != JSON_ROOT; at = json_paths_parent(plan->paths, at))
            if (at == reserved[i]) {
                node = JSON_NO_NODE;
                break;
            }
    if (node == JSON_NO_NODE)
        return failure_set(failure, STATUS_USAGE, "--root takes a path such as . or .detail");
    if (node == plan->nodes.body)
        return 0;
    plan->rooted = true;
    plan->nodes.body = node;
    /* This node makes the scan see all members at the top of a line. */
    if (node == JSON_ROOT && json_paths_other(plan->paths, JSON_ROOT) == JSON_NO_NODE)
        return failure_no_memory(failure);
    return 0;
}

int root_record(const struct column_plan *plan, const char *text,
    const struct json_matches *matches, struct buf *out)
{
    const struct json_match *whole = record_find(matches, JSON_ROOT);
    const struct json_match *body = record_find(matches, plan->nodes.body);
    size_t end = whole->end - 1; /* the end of the members, without the brace */
    while (end > whole->value + 1 && memchr(" \t\r\n", text[end - 1], 4) != NULL)
        end--;
    buf_shrink(out, KEEP_TEXT);
    buf_append(out, text + whole->value, end - whole->value);
    buf_puts(out, end > whole->value + 1 ? ",\"body\":" : "\"body\":");
    if (body == NULL)
        buf_puts(out, "null");
    else
        buf_append(out, text + body->value, body->end - body->value);
    return buf_putc(out, '}');
}

static bool has(const struct json_matches *matches, uint32_t node)
{
    const struct json_match *match = record_find(matches, node);
    return match != NULL && match->kind != JSON_NULL;
}

static bool is_string(const struct json_matches *matches, uint32_t node)
{
    const struct json_match *match = record_find(matches, node);
    return match != NULL && match->kind == JSON_STRING;
}

bool root_has_error(const struct column_plan *plan, const struct json_matches *matches)
{
    if (!plan->rooted)
        return has(matches, plan->nodes.error);
    return is_string(matches, plan->nodes.error_stage) &&
        is_string(matches, plan->nodes.error_code);
}

/* Return true when a line has a top-level member that is not reserved. */
static bool has_clear_member(const struct column_plan *plan, const struct json_matches *matches)
{
    const struct record_nodes *nodes = &plan->nodes;
    for (size_t i = 0; i < matches->count; i++) {
        uint32_t node = matches->list[i].node;
        if (node != JSON_ROOT && json_paths_parent(plan->paths, node) == JSON_ROOT &&
            node != nodes->sqs && node != nodes->pii && node != nodes->error &&
            node != nodes->sealed)
            return true;
    }
    return false;
}

bool root_has_content(const struct column_plan *plan, const struct json_matches *matches)
{
    const struct record_nodes *nodes = &plan->nodes;
    if (has(matches, nodes->sealed))
        return true;
    return nodes->body != JSON_ROOT ? has(matches, nodes->body) : has_clear_member(plan, matches);
}

/* Return true when a member "sealed" does not hold what pii-mask writes. */
static bool has_false_seal(const struct column_plan *plan, const char *text,
    const struct json_matches *matches)
{
    for (size_t i = 0; i < matches->count; i++) {
        const struct json_match *match = &matches->list[i];
        if (match->node == plan->nodes.sealed &&
            !claim_is_sealed(text + match->value, match->end - match->value))
            return true;
    }
    return false;
}

/*
 * Return true when the record carries "pii" as pii-mask writes it. Of repeated members the last
 * counts, and the others must be null. No member but the key is allowed, as it would be clear.
 */
static bool has_claim(const struct column_plan *plan, const char *text,
    const struct json_matches *matches)
{
    const struct record_nodes *nodes = &plan->nodes;
    bool claimed = false;
    for (size_t i = 0; i < matches->count; i++) {
        const struct json_match *match = &matches->list[i];
        bool is_claim = match->node == nodes->pii;
        bool is_key = match->node == nodes->pii_key;
        if (is_claim || (is_key && match->kind == JSON_NULL))
            claimed = false;
        else if (is_key)
            claimed = match->kind == JSON_STRING &&
                claim_is_key_id(text + match->value + 1, match->end - match->value - 2);
        bool other = match->node != JSON_ROOT && !is_key &&
            json_paths_parent(plan->paths, match->node) == nodes->pii;
        if (other || (is_key && match->kind != JSON_NULL && !claimed) ||
            (is_claim && match->kind != JSON_NULL && match->kind != JSON_OBJECT))
            return false;
    }
    return claimed;
}

bool root_is_masked(const struct column_plan *plan, const char *text,
    const struct json_matches *matches)
{
    return has_claim(plan, text, matches) ||
        (root_has_error(plan, matches) && !has_clear_member(plan, matches) &&
            !has_false_seal(plan, text, matches));
}
