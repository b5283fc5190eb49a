#include <errno.h>
#include <string.h>

#include "mask/members.h"
#include "record/claim.h"
#include "record/reserved.h"
#include "record/salvage.h"

static const enum members_kind kinds[RESERVED_COUNT] = {
    [RESERVED_SQS] = MEMBERS_SQS,
    [RESERVED_ATTRIBUTES] = MEMBERS_ATTRIBUTES,
    [RESERVED_FIFO] = MEMBERS_FIFO,
    [RESERVED_ENVELOPE] = MEMBERS_ENVELOPE,
    [RESERVED_BODY] = MEMBERS_BODY,
    [RESERVED_PII] = MEMBERS_PII,
    [RESERVED_ERROR] = MEMBERS_ERROR,
    [RESERVED_SEALED] = MEMBERS_SEALED,
};

/* Add the paths inside error and pii. */
static bool add_inner(struct members *members)
{
    uint32_t error = members->nodes[MEMBERS_ERROR];
    uint32_t pii = members->nodes[MEMBERS_PII];
    members->error_stage = json_paths_key(members->paths, error, "stage", 5);
    members->error_code = json_paths_key(members->paths, error, "code", 4);
    members->error_detail = json_paths_key(members->paths, error, "detail", 6);
    members->error_member = json_paths_other(members->paths, error);
    members->pii_key = json_paths_key(members->paths, pii, "key", 3);
    members->pii_member = json_paths_other(members->paths, pii);
    return members->error_stage != JSON_NO_NODE && members->error_code != JSON_NO_NODE &&
        members->error_detail != JSON_NO_NODE && members->error_member != JSON_NO_NODE &&
        members->pii_key != JSON_NO_NODE && members->pii_member != JSON_NO_NODE;
}

int members_init(struct members *members, const struct policy *policy)
{
    uint32_t reserved[RESERVED_COUNT];
    *members = (struct members){ .paths = json_paths_new() };
    if (members->paths == NULL)
        return -1;
    for (size_t i = 0; i < MEMBERS_NONE; i++)
        members->nodes[i] = JSON_NO_NODE;
    if (reserved_add(members->paths, reserved) != 0)
        goto fail;
    for (enum reserved i = 0; i < RESERVED_COUNT; i++)
        members->nodes[kinds[i]] = reserved[i];
    members->nodes[MEMBERS_LINE] = json_paths_key(members->paths, JSON_ROOT, "line", 4);
    members->nodes[MEMBERS_LINE_BASE64] =
        json_paths_key(members->paths, JSON_ROOT, "line_base64", 11);
    if (members->nodes[MEMBERS_LINE] == JSON_NO_NODE ||
        members->nodes[MEMBERS_LINE_BASE64] == JSON_NO_NODE)
        goto fail;
    if (policy->top != JSON_ROOT) {
        size_t length;
        const char *name = json_paths_name(policy->paths, policy->top, &length);
        uint32_t top = json_paths_key(members->paths, JSON_ROOT, name, length);
        if (top == JSON_NO_NODE)
            goto fail;
        for (enum members_kind kind = MEMBERS_LINE; kind <= MEMBERS_LINE_BASE64; kind++)
            if (members->nodes[kind] == top)
                members->nodes[kind] = JSON_NO_NODE;
        if (top != members->nodes[MEMBERS_BODY])
            members->nodes[MEMBERS_TOP] = top;
    }
    members->sqs_member = json_paths_other(members->paths, members->nodes[MEMBERS_SQS]);
    members->nodes[MEMBERS_OTHER] = json_paths_other(members->paths, JSON_ROOT);
    if (members->sqs_member == JSON_NO_NODE || members->nodes[MEMBERS_OTHER] == JSON_NO_NODE ||
        !add_inner(members))
        goto fail;
    return 0;
fail:
    members_free(members);
    return -1;
}

void members_free(struct members *members)
{
    json_paths_free(members->paths);
    json_matches_free(&members->matches);
    members->paths = NULL;
}

enum members_kind members_kind(const struct members *members, const struct json_match *match)
{
    for (enum members_kind kind = 0; kind < MEMBERS_NONE; kind++)
        if (members->nodes[kind] == match->node)
            return kind;
    return MEMBERS_NONE;
}

int members_scan(struct members *members, const char *text, size_t length)
{
    struct json_result result;
    memset(members->count, 0, sizeof members->count);
    members->total = 0;
    if (json_scan(text, length, members->paths, JSON_MAX_DEPTH, &members->matches, &result) !=
        JSON_OK) {
        errno = result.error == JSON_TOO_MANY ? ENOMEM : EINVAL;
        return -1;
    }
    for (size_t i = 0; i < members->matches.count; i++) {
        enum members_kind kind = members_kind(members, &members->matches.list[i]);
        if (kind == MEMBERS_NONE)
            continue;
        members->count[kind]++;
        members->total++;
    }
    return 0;
}

bool members_is_address(const struct members *members, const struct json_match *sqs)
{
    return salvage_is_address(&members->matches, sqs, members->sqs_member);
}

bool members_is_claim(const struct members *members, const char *text, const struct json_match *pii)
{
    const struct json_match *last = members->matches.list + members->matches.count;
    size_t keys = 0;
    for (const struct json_match *match = pii + 1; match < last && match->value < pii->end;
         match++) {
        bool good = match->node == members->pii_key && match->kind == JSON_STRING &&
            claim_is_key_id(text + match->value + 1, match->end - match->value - 2);
        if (!good)
            return false;
        keys++;
    }
    return pii->kind == JSON_OBJECT && keys == 1;
}

const struct json_match *members_find(const struct members *members, enum members_kind kind)
{
    for (size_t i = members->matches.count; i-- > 0;)
        if (members->matches.list[i].node == members->nodes[kind])
            return &members->matches.list[i];
    return NULL;
}
