#ifndef MASK_LINES_H
#define MASK_LINES_H

/*
 * A record through the masker or back: a key ring with one fixed key, and pass(). For tests of
 * lib/mask that include cmocka.h first.
 */
#include "crypto/algorithms.h"
#include "mask/mask.h"
#include "mask/policy_finish.h"
#include "mask/policy_text.h"
#include "mask/unmask.h"

#define ID "624887dd"
#define KEYS "pii1 " ID " primary AQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQE=\n"
#define PII "\"pii\":{\"key\":\"" ID "\"}"
#define USUAL ".ip siv as masked_ip\n.device_id siv as masked_device_id\n"

static struct keyring *ring;

static int make_ring(void **state)
{
    (void)state;
    struct keyring_error error;
    return algorithms_init() != 0 ? -1 : keyring_parse(KEYS, strlen(KEYS), &ring, &error);
}

static int free_ring(void **state)
{
    (void)state;
    keyring_free(ring);
    return 0;
}

static struct policy *make_policy(const char *root, const char *text)
{
    struct policy_error error;
    struct policy *policy = policy_new(root, &error);
    assert_non_null(policy);
    assert_int_equal(policy_text_lines(policy, text, strlen(text), &error), 0);
    assert_int_equal(policy_finish(policy, &error), 0);
    return policy;
}

/* Rules without the checks of unmatched content. */
#define UNCHECKED(rules) rules "\nunmatched keep\nnear keep"

/* Pass one line in one direction; ${out} ends with a NUL instead of the newline. */
static enum filter_outcome pass(bool masking, const char *root, const char *rules, const char *line,
    struct buf *out)
{
    struct policy *policy = make_policy(root, rules);
    struct mask *mask = masking ? mask_new(policy, ring) : NULL;
    struct unmask *unmask = masking ? NULL : unmask_new(policy, ring);
    assert_true(mask != NULL || unmask != NULL);
    struct filter_work work = masking ? mask_work(mask) : unmask_work(unmask);
    buf_clear(out);
    enum filter_outcome outcome =
        work.line(work.state, &(struct line){ .text = line, .length = strlen(line) }, out);
    if (outcome != FILTER_FAILED) {
        assert_true(out->length > 0 && out->data[out->length - 1] == '\n');
        out->length--;
    }
    assert_non_null(buf_cstr(out));
    mask_free(mask);
    unmask_free(unmask);
    policy_free(policy);
    return outcome;
}

#endif
