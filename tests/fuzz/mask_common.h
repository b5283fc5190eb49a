#ifndef MASK_COMMON_H
#define MASK_COMMON_H

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "crypto/algorithms.h"
#include "json/scan.h"
#include "mask/filter.h"
#include "mask/mask.h"
#include "mask/policy_finish.h"
#include "mask/policy_text.h"
#include "mask/unmask.h"

/*
 * Shared by the entries for masking and unmasking. A failed check ends the process, which reports
 * it to libFuzzer.
 */

/* 32 times the byte 1, 2 and 3; the ids were computed with another implementation. */
#define COMMON_KEYS                                                             \
    "pii1 614e0133 decrypt-only AgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgI=\n" \
    "pii1 624887dd primary AQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQE=\n"      \
    "pii1 8cd54df1 decrypt-only AwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwM=\n"
#define COMMON_CLAIM "\"pii\":{\"key\":\"624887dd\"}"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static inline void common_require(int good)
{
    if (!good)
        abort();
}

static inline struct keyring *common_ring(void)
{
    static struct keyring *ring;
    struct keyring_error error;
    if (ring == NULL)
        common_require(algorithms_init() == 0 &&
            keyring_parse(COMMON_KEYS, strlen(COMMON_KEYS), &ring, &error) == 0);
    return ring;
}

/* Return a policy without mistakes; NULL or "" gives the built-in one. */
static inline struct policy *common_policy(const char *root, const char *text)
{
    struct policy_error error;
    struct policy *policy = policy_new(root, &error);
    common_require(policy != NULL);
    if (text == NULL || *text == '\0')
        common_require(policy_text_builtin(policy, &error) == 0);
    else
        common_require(policy_text_lines(policy, text, strlen(text), &error) == 0);
    common_require(policy_finish(policy, &error) == 0);
    return policy;
}

/* Pass one line in one direction: exactly one line comes out, and it is a JSON object. */
static inline enum filter_outcome common_pass(struct filter_work work, const char *text,
    size_t length, struct buf *out)
{
    struct json_result result;
    buf_clear(out);
    const struct line line = { .text = text, .length = length, .number = 1 };
    enum filter_outcome outcome = work.line(work.state, &line, out);
    common_require(outcome != FILTER_FAILED && !out->failed && out->length > 0);
    common_require(memchr(out->data, '\n', out->length) == out->data + out->length - 1);
    out->length--;
    common_require(
        json_scan(out->data, out->length, NULL, JSON_MAX_DEPTH, NULL, &result) == JSON_OK &&
        result.kind == JSON_OBJECT);
    return outcome;
}

#endif
