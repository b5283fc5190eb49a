/* The scanner, with and without paths, and the masker, with the two most used methods. */
#include <string.h>

#include "crypto/algorithms.h"
#include "guard.h"
#include "json/path_text.h"
#include "json/scan.h"
#include "mask/filter.h"
#include "mask/mask.h"
#include "mask/policy_finish.h"
#include "mask/policy_text.h"
#include "texts.h"

static struct json_paths *paths;
static struct json_matches matches;

static void open_scan(void)
{
    guard_records(texts_long_record);
}

static void open_find(void)
{
    static const char *const wanted[] = { ".sqs", ".sqs.queue_url", ".sqs.message_id",
        ".sqs.receipt_handle", ".sqs.sent_at", ".body", ".body.user_id", ".body.ip",
        ".body.device_id", ".body.locale", ".pii", ".error" };
    size_t at;
    open_scan();
    paths = json_paths_new();
    for (size_t i = 0; i < sizeof wanted / sizeof *wanted; i++)
        guard_require(paths != NULL &&
                json_paths_add(paths, JSON_ROOT, wanted[i], strlen(wanted[i]), &at) != JSON_NO_NODE,
            "out of memory");
}

static void work_scan(void)
{
    struct json_result result;
    for (size_t i = 0; i < guard_count(); i++) {
        const struct line line = guard_line(i);
        guard_require(json_scan(line.text, line.length, paths, JSON_MAX_DEPTH, &matches, &result) ==
                JSON_OK,
            "a record was refused");
    }
}

/* 32 times the byte 1. */
#define KEYS "pii1 624887dd primary AQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQE=\n"

static struct filter_work masking;
static struct buf out = { .maximum = GUARD_MOST };

static void open_mask_by(const char *rules, void (*put)(struct buf *out))
{
    struct policy_error policy_error;
    struct keyring_error keyring_error;
    struct keyring *ring;
    guard_records(put);
    guard_require(algorithms_init() == 0 &&
            keyring_parse(KEYS, strlen(KEYS), &ring, &keyring_error) == 0,
        "no keys");
    struct policy *policy = policy_new(".body", &policy_error);
    guard_require(policy != NULL &&
            (rules == NULL ? policy_text_builtin(policy, &policy_error)
                           : policy_text_lines(policy, rules, strlen(rules), &policy_error)) == 0 &&
            policy_finish(policy, &policy_error) == 0,
        "no policy");
    struct mask *mask = mask_new(policy, ring);
    guard_require(mask != NULL, "out of memory");
    masking = mask_work(mask);
}

static void open_mask(void)
{
    open_mask_by(NULL, texts_long_record);
}

static void open_hmac(void)
{
    open_mask_by(".ip hmac as masked_ip\n.device_id hmac as masked_device_id\n", texts_long_record);
}

static void open_uuid(void)
{
    open_mask_by(".user_id uuid\n", texts_mail_record);
}

static void open_email(void)
{
    open_mask_by(".email email as masked_email\n", texts_mail_record);
}

static void work_mask(void)
{
    for (size_t i = 0; i < guard_count(); i++) {
        const struct line line = guard_line(i);
        buf_clear(&out);
        guard_require(masking.line(masking.state, &line, &out) == FILTER_CHANGED,
            "a record was not masked");
    }
}

const struct guard_part guard_parts[] = {
    { "scan", open_scan, work_scan },
    { "find", open_find, work_scan },
    { "mask", open_mask, work_mask },
    { "mask-hmac", open_hmac, work_mask },
    { "mask-uuid", open_uuid, work_mask },
    { "mask-email", open_email, work_mask },
    { NULL, NULL, NULL },
};
