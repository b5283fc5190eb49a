/*
 * Read any bytes as a policy; the first chooses the root, and a file or an option. An accepted
 * policy is printed; the print is accepted, and prints the same. The policy masks and unmasks
 * records.
 */
#include "mask/policy_finish.h"
#include "mask_common.h"

static const char *const roots[] = { ".body", ".", ".a.b", ".\"odd key\"" };

static const char *const records[] = {
    "{\"body\":{\"ip\":\"203.0.113.7\",\"a\":{\"b\":[1,\"x\",{\"c\":null}]},\"d\":593475928}}",
    "{\"a\":{\"b\":{\"ip\":\"::1\",\"x\":true}},\"odd key\":{\"ip\":\"1.2.3.4\",\"\":\"\"}}",
    "{\"body\":{},\"attributes\":{\"ip\":{\"type\":\"String\",\"value\":\"203.0.113.7\"}}}",
};

/* Return the policy of a text, or NULL; an error has a place and a text. */
static struct policy *read_policy(const char *root, const char *text, size_t length, int option)
{
    struct policy_error error = { .cause = POLICY_OK };
    struct policy *policy = policy_new(root, &error);
    common_require(policy != NULL);
    int result;
    if (option) {
        char *copy = malloc(length + 1);
        common_require(copy != NULL);
        memcpy(copy, text, length);
        copy[length] = '\0';
        result = policy_text_option(policy, copy, &error);
        free(copy);
    } else {
        result = policy_text_lines(policy, text, length, &error);
    }
    if (result == 0 && policy_finish(policy, &error) == 0)
        return policy;
    common_require(error.cause != POLICY_OK && *policy_error_text(error.cause) != '\0');
    common_require(memchr(error.word, '\0', sizeof error.word) != NULL);
    policy_free(policy);
    return NULL;
}

static void use(const struct policy *policy)
{
    struct mask *mask = mask_new(policy, common_ring());
    struct unmask *unmask = unmask_new(policy, common_ring());
    struct buf masked = { .maximum = 1 << 20 };
    struct buf back = { .maximum = 1 << 20 };
    common_require(mask != NULL && unmask != NULL);
    for (size_t i = 0; i < sizeof records / sizeof *records; i++) {
        (void)common_pass(mask_work(mask), records[i], strlen(records[i]), &masked);
        (void)common_pass(unmask_work(unmask), masked.data, masked.length, &back);
    }
    buf_free(&masked);
    buf_free(&back);
    mask_free(mask);
    unmask_free(unmask);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct buf once = { .maximum = 1 << 24 };
    struct buf twice = { .maximum = 1 << 24 };
    (void)common_ring();
    if (size == 0)
        return 0;
    const char *root = roots[data[0] & 3];
    struct policy *policy = read_policy(root, (const char *)data + 1, size - 1, (data[0] & 4) != 0);
    if (policy == NULL)
        return 0;
    common_require(policy_text_print(policy, &once) == 0);
    struct policy *again = read_policy(root, once.data, once.length, 0);
    common_require(again != NULL && policy_text_print(again, &twice) == 0);
    common_require(once.length == twice.length && memcmp(once.data, twice.data, once.length) == 0);
    use(policy);
    policy_free(again);
    policy_free(policy);
    buf_free(&once);
    buf_free(&twice);
    return 0;
}
