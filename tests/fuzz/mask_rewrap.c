/*
 * Rewrap records from one key to another. The first byte chooses a policy and whether the rest is
 * masked first. A rewrapped record equals, byte for byte, the same record masked under the new key.
 * A line that is no masked record still gives one JSON object, without the clear value that it
 * held.
 */
#include "mask/rewrap.h"
#include "mask_common.h"

/* The keys of COMMON_KEYS after a rotation. */
#define ROTATED_KEYS                                                            \
    "pii1 614e0133 primary AgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgI=\n"      \
    "pii1 624887dd decrypt-only AQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQE=\n" \
    "pii1 8cd54df1 decrypt-only AwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwM=\n"

static const struct {
    const char *root;
    const char *rules;
} policies[] = {
    { ".body", "" },
    { ".body", ".ip ipcrypt as masked_ip\n.id ff1\n.net ipcrypt-pfx\n.a[].b siv in ip\n" },
    { ".body", ".ip siv\n.a.b siv as c\nattributes.x siv\nrequire .ip\n" },
    { ".", ".ip siv as masked_ip\n.n ff1 alphabet=alnum36\nother quarantine\n.k keep\n" },
};
enum { POLICIES = sizeof policies / sizeof *policies };

struct uses {
    struct mask *before;
    struct mask *after;
    struct unmask *unmask;
    struct rewrap *rewrap;
    struct rewrap *assuming; /* rows of a database, with a given key */
};

static struct uses all[POLICIES];
static struct buf masked = { .maximum = 1 << 24 };
static struct buf moved = { .maximum = 1 << 24 };
static struct buf wanted = { .maximum = 1 << 24 };
static struct buf back = { .maximum = 1 << 24 };

static struct uses *use_of(size_t number)
{
    static struct keyring *rotated;
    struct uses *uses = &all[number];
    struct keyring_error error;
    if (uses->before != NULL)
        return uses;
    struct keyring *ring = common_ring();
    if (rotated == NULL)
        common_require(keyring_parse(ROTATED_KEYS, strlen(ROTATED_KEYS), &rotated, &error) == 0);
    struct policy *policy = common_policy(policies[number].root, policies[number].rules);
    uses->before = mask_new(policy, ring);
    uses->after = mask_new(policy, rotated);
    uses->unmask = unmask_new(policy, rotated);
    uses->rewrap = rewrap_new(policy, rotated);
    uses->assuming = rewrap_new(policy, rotated);
    common_require(uses->before != NULL && uses->after != NULL && uses->unmask != NULL &&
        uses->rewrap != NULL && uses->assuming != NULL);
    rewrap_assume_key(uses->assuming, keyring_find(rotated, "624887dd"));
    return uses;
}

static void try_masked(const struct uses *uses, const char *text, size_t length)
{
    enum filter_outcome was = common_pass(mask_work(uses->before), text, length, &masked);
    enum filter_outcome outcome =
        common_pass(rewrap_work(uses->rewrap), masked.data, masked.length, &moved);
    if (was != FILTER_CHANGED)
        return;
    common_require(outcome == FILTER_CHANGED);
    common_require(common_pass(mask_work(uses->after), text, length, &wanted) == FILTER_CHANGED);
    common_require(
        moved.length == wanted.length && memcmp(moved.data, wanted.data, moved.length) == 0);
    /* A second rewrap is unnecessary, but harmless. */
    common_require(
        common_pass(rewrap_work(uses->rewrap), moved.data, moved.length, &back) == FILTER_PASSED);
    common_require(moved.length == back.length && memcmp(moved.data, back.data, moved.length) == 0);
}

/* Rewrap a line in clear: under the new key, none of it shows. */
static void try_line(const struct uses *uses, const char *text, size_t length)
{
    struct rewrap *const both[] = { uses->rewrap, uses->assuming };
    for (size_t i = 0; i < 2; i++) {
        enum filter_outcome outcome = common_pass(rewrap_work(both[i]), text, length, &moved);
        if (outcome == FILTER_ERROR || outcome == FILTER_OPENED)
            (void)common_pass(unmask_work(uses->unmask), moved.data, moved.length, &back);
        if (outcome == FILTER_PASSED)
            common_require(moved.length == length && memcmp(moved.data, text, length) == 0);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size == 0 || memchr(data + 1, '\n', size - 1) != NULL)
        return 0;
    const struct uses *uses = use_of(data[0] / 2 % POLICIES);
    if (data[0] % 2 == 0)
        try_masked(uses, (const char *)data + 1, size - 1);
    else
        try_line(uses, (const char *)data + 1, size - 1);
    return 0;
}
