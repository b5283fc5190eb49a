/*
 * Read any bytes as an answer of KMS, to either operation, good or bad. The data of a good answer
 * has the same base64 as the answer. Names of keys and errors are fit for a message, and nothing of
 * a refused answer is kept. A request with any bytes is JSON, and fits into its first reservation.
 */
#include <stdio.h>

#include "crypto/base64.h"
#include "fuzz.h"
#include "json/scan.h"
#include "../../cmd/kms-open/kms_failure.h"
#include "../../cmd/kms-open/kms_message.h"

static void check_word(const char *text, size_t size)
{
    size_t length = strnlen(text, size);
    fuzz_require(length < size);
    for (size_t i = 0; i < length; i++)
        fuzz_require(text[i] > ' ' && text[i] <= '~');
}

static void check_answer(bool seal, const char *text, size_t length)
{
    const struct kms_message message = { .seal = seal, .data = "x", .length = 1 };
    char key_id[KMS_MESSAGE_KEY_SIZE];
    struct buf out;
    buf_init(&out, KMS_MESSAGE_ANSWER_MAXIMUM);
    enum kms_message_result result = kms_message_read(&out, key_id, &message, text, length);
    fuzz_require(result != KMS_MESSAGE_NO_MEMORY);
    fuzz_require((result == KMS_MESSAGE_OK) == (out.length > 0));
    check_word(key_id, sizeof key_id);
    fuzz_require(result == KMS_MESSAGE_OK || key_id[0] == '\0');
    /* Plain or escaped, it is no longer than its base64. */
    fuzz_require(base64_length(out.length) <= length);
    buf_wipe(&out);
}

static void check_error(unsigned status, const char *text, size_t length)
{
    const struct kms_failure_place place = { .host = "h", .file = "f" };
    const struct kms_message message = { .data = "x", .length = 1 };
    struct aws_error error = { .cause = AWS_OK };
    char name[ERROR_NAME_SIZE];
    fuzz_require(kms_message_error(name, text, length) != KMS_MESSAGE_NO_MEMORY);
    check_word(name, sizeof name);
    enum aws_cause cause = kms_failure_answer(&error, &place, &message, status, name);
    fuzz_require(cause == error.cause && cause != AWS_OK && error.text[0] != '\0');
    fuzz_require(fuzz_is_line(error.text, sizeof error.text));
}

static void check_request(const char *data, size_t length)
{
    const struct kms_message message = { .key_id = "alias/\"a\"",
        .context = "{\"a\":\"b\"}",
        .data = data,
        .length = length };
    struct json_result result;
    struct buf out;
    buf_init(&out, 64 << 10);
    fuzz_require(kms_message_write(&out, &message) == 0);
    fuzz_require(json_scan(out.data, out.length, NULL, 4, NULL, &result) == JSON_OK);
    buf_wipe(&out);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct fuzz_bytes bytes = { data, size };
    static const unsigned statuses[] = { 400, 403, 500, 503 };
    uint8_t kind = fuzz_byte(&bytes);
    size_t length = bytes.size;
    const char *text = length > 0 ? (const char *)bytes.data : "";
    if (length > KMS_MESSAGE_ANSWER_MAXIMUM)
        return 0;
    check_answer((kind & 1) != 0, text, length);
    check_error(statuses[(kind >> 1) % 4], text, length);
    if (length <= KMS_MESSAGE_SEALED_MAXIMUM)
        check_request(text, length);
    return 0;
}
