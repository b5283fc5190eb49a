#ifndef MASK_MEMBERS_H
#define MASK_MEMBERS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "json/path.h"
#include "json/scan.h"
#include "mask/policy.h"

/*
 * All top-level members of a record, for sealing and opening, which move members. Masking needs
 * only a few of them and has its own paths.
 */
enum members_kind {
    MEMBERS_SQS,
    MEMBERS_ERROR,
    MEMBERS_SEALED,
    MEMBERS_PII,
    MEMBERS_ATTRIBUTES,
    MEMBERS_FIFO,
    MEMBERS_ENVELOPE,
    MEMBERS_BODY,
    MEMBERS_LINE, /* these two appear in what pii-unmask opened */
    MEMBERS_LINE_BASE64,
    MEMBERS_TOP, /* the key on the way to the policy's root, when that is not body */
    MEMBERS_OTHER,
    MEMBERS_NONE /* not a member, and the number of kinds */
};

struct members {
    struct json_paths *paths;
    uint32_t nodes[MEMBERS_NONE]; /* JSON_NO_NODE: no such member */
    uint32_t error_stage;         /* in error, like the next three */
    uint32_t error_code;
    uint32_t error_detail;
    uint32_t error_member; /* any other */
    uint32_t pii_key;      /* in pii, like the next */
    uint32_t pii_member;   /* any other */
    uint32_t sqs_member;   /* any member of sqs */
    struct json_matches matches;
    size_t count[MEMBERS_NONE]; /* of the members in the last text */
    size_t total;
};

/* Return 0, or -1 when memory runs out. */
int members_init(struct members *members, const struct policy *policy);
void members_free(struct members *members); /* a zeroed one is fine, too */

/* Scan an object. Return 0, or -1 with errno: EINVAL when it is not valid JSON, or ENOMEM. */
int members_scan(struct members *members, const char *text, size_t length);

/* Return true when a match of "sqs" may come from sqs-pull (record/salvage.h). */
bool members_is_address(const struct members *members, const struct json_match *sqs);

/*
 * Return true when a match of "pii" may come from pii-mask: one "key", a key id, and nothing else.
 */
bool members_is_claim(const struct members *members, const char *text,
    const struct json_match *pii);

/* Return the kind of a match of the scan, or MEMBERS_NONE when it is not a member. */
enum members_kind members_kind(const struct members *members, const struct json_match *match);

/* Return the last member of a kind, or NULL. */
const struct json_match *members_find(const struct members *members, enum members_kind kind);

#endif
