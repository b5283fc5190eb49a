#ifndef MASK_MEMBERS_H
#define MASK_MEMBERS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "json/path.h"
#include "json/scan.h"
#include "mask/policy.h"

/*
 * The top-level members of a record, each of them, for the paths on which members are moved:
 * sealing and opening. (Masking needs but a few of them and has its own paths.)
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
    MEMBERS_LINE, /* these two in what pii-unmask opened */
    MEMBERS_LINE_BASE64,
    MEMBERS_TOP, /* the key that the policy's root is in, when that is not body */
    MEMBERS_OTHER,
    MEMBERS_NONE /* no member, and how many kinds there are */
};

struct members {
    struct json_paths *paths;
    uint32_t nodes[MEMBERS_NONE]; /* JSON_NO_NODE: no such member */
    uint32_t error_stage;         /* in error, as the next three */
    uint32_t error_code;
    uint32_t error_detail;
    uint32_t error_member; /* any other */
    uint32_t pii_key;      /* in pii, as the next */
    uint32_t pii_member;   /* any other */
    uint32_t sqs_member;   /* any member of sqs */
    struct json_matches matches;
    size_t count[MEMBERS_NONE]; /* of the members in the last text */
    size_t total;
};

int members_init(struct members *members,
    const struct policy *policy);           /* 0, or -1: out of memory */
void members_free(struct members *members); /* of a zeroed one too */

/* Scan an object. 0, or -1 with errno: EINVAL, it is no valid JSON, or ENOMEM. */
int members_scan(struct members *members, const char *text, size_t length);

/* Whether a match of "sqs" can be what sqs-pull writes (record/salvage.h). */
bool members_is_address(const struct members *members, const struct json_match *sqs);

/* Whether a match of "pii" is what pii-mask writes: one "key", an id of a key, and nothing else. */
bool members_is_claim(const struct members *members, const char *text,
    const struct json_match *pii);

/* The kind of a match of the scan, or MEMBERS_NONE when it is no member. */
enum members_kind members_kind(const struct members *members, const struct json_match *match);

/* The last member of a kind, or NULL. */
const struct json_match *members_find(const struct members *members, enum members_kind kind);

#endif
