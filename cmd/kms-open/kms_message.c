#include <string.h>

#include "crypto/base64.h"
#include "json/scan.h"
#include "json/string.h"
#include "kms_message.h"

enum { DEEPEST = 16, NAMES = 256 };

const char *kms_message_action(const struct kms_message *message)
{
    return message->seal ? "Encrypt" : "Decrypt";
}

/* Append a text member; ${key} includes the punctuation around it. */
static void put_text(struct buf *out, const char *key, const char *text)
{
    buf_puts(out, key);
    (void)json_string_encode(out, text, strlen(text)); /* the buffer records a failure */
}

int kms_message_write(struct buf *out, const struct kms_message *message)
{
    size_t key_length = message->key_id != NULL ? strlen(message->key_id) : 0;
    size_t context_length = message->context != NULL ? strlen(message->context) : 0;
    size_t encoded = base64_length(message->length);
    /* An escaped character has at most six. */
    if (buf_reserve(out, encoded + 6 * key_length + context_length + NAMES) == NULL)
        return -1;
    buf_puts(out, message->seal ? "{\"Plaintext\":\"" : "{\"CiphertextBlob\":\"");
    out->length += base64_encode(message->data, message->length, out->data + out->length);
    buf_putc(out, '"');
    if (message->key_id != NULL)
        put_text(out, ",\"KeyId\":", message->key_id);
    if (message->context != NULL)
        buf_printf(out, ",\"EncryptionContext\":%s", message->context);
    buf_putc(out, '}');
    return out->failed ? -1 : 0;
}

/* Two members of an answer. */
struct reading {
    const char *text;
    struct json_match places[2];
    bool given[2];
};

static enum kms_message_result read_members(struct reading *reading, size_t length,
    const char *const names[2])
{
    struct json_matches matches = { 0 };
    struct json_result result;
    enum kms_message_result found = KMS_MESSAGE_NO_MEMORY;
    uint32_t nodes[2] = { JSON_NO_NODE, JSON_NO_NODE };
    struct json_paths *paths = json_paths_new();
    for (int i = 0; paths != NULL && i < 2; i++)
        nodes[i] = json_paths_key(paths, JSON_ROOT, names[i], strlen(names[i]));
    if (nodes[0] == JSON_NO_NODE || nodes[1] == JSON_NO_NODE)
        goto done;
    enum json_error error = json_scan(reading->text, length, paths, DEEPEST, &matches, &result);
    if (error == JSON_TOO_MANY)
        goto done;
    found = error == JSON_OK && result.kind == JSON_OBJECT ? KMS_MESSAGE_OK : KMS_MESSAGE_MALFORMED;
    /* Of a repeated key, the last one counts. */
    for (size_t at = 0; found == KMS_MESSAGE_OK && at < matches.count; at++)
        for (int i = 0; i < 2; i++)
            if (matches.list[at].node == nodes[i]) {
                reading->places[i] = matches.list[at];
                reading->given[i] = matches.list[at].kind == JSON_STRING;
            }
done:
    json_matches_free(&matches);
    json_paths_free(paths);
    return found;
}

/* Append the content of a member that is a string. */
static enum kms_message_result decode(struct buf *out, const struct reading *reading, int member)
{
    const struct json_match *place = &reading->places[member];
    if (!reading->given[member])
        return KMS_MESSAGE_MALFORMED;
    size_t length = place->end - place->value;
    /* The content is never longer than its form in JSON; base64 is decoded in place. */
    if (buf_reserve(out, length + base64_decoded_max(0)) == NULL ||
        json_string_decode(out, reading->text + place->value, length) != 0)
        return KMS_MESSAGE_NO_MEMORY;
    return KMS_MESSAGE_OK;
}

/* Accept the name of a key in ASCII without blanks. */
static bool is_name(const char *text, size_t length)
{
    for (size_t i = 0; i < length; i++)
        if (text[i] <= ' ' || text[i] > '~')
            return false;
    return length > 0;
}

static enum kms_message_result read_key_id(char key_id[KMS_MESSAGE_KEY_SIZE],
    const struct reading *reading)
{
    struct buf name;
    buf_init(&name, KMS_MESSAGE_ANSWER_MAXIMUM);
    enum kms_message_result result = decode(&name, reading, 1);
    if (result == KMS_MESSAGE_OK && name.length < KMS_MESSAGE_KEY_SIZE &&
        is_name(name.data, name.length)) {
        memcpy(key_id, name.data, name.length);
        key_id[name.length] = '\0';
    }
    buf_free(&name);
    return result == KMS_MESSAGE_NO_MEMORY ? result : KMS_MESSAGE_OK;
}

enum kms_message_result kms_message_read(struct buf *out, char key_id[KMS_MESSAGE_KEY_SIZE],
    const struct kms_message *message, const char *text, size_t length)
{
    const char *const names[2] = { message->seal ? "CiphertextBlob" : "Plaintext", "KeyId" };
    struct reading reading = { .text = text };
    struct buf content;
    size_t decoded = 0;
    key_id[0] = '\0';
    buf_init(&content, KMS_MESSAGE_ANSWER_MAXIMUM + base64_decoded_max(0));
    enum kms_message_result result = read_members(&reading, length, names);
    if (result == KMS_MESSAGE_OK)
        result = decode(&content, &reading, 0);
    if (result == KMS_MESSAGE_OK &&
        (base64_decode(content.data, content.length, (unsigned char *)content.data, &decoded) !=
                0 ||
            decoded == 0))
        result = KMS_MESSAGE_MALFORMED;
    if (result == KMS_MESSAGE_OK)
        result = read_key_id(key_id, &reading);
    if (result == KMS_MESSAGE_OK && buf_append(out, content.data, decoded) != 0)
        result = KMS_MESSAGE_NO_MEMORY;
    buf_wipe(&content);
    return result;
}

enum kms_message_result kms_message_error(char name[ERROR_NAME_SIZE], const char *text,
    size_t length)
{
    static const char *const names[2] = { "__type", "code" };
    struct reading reading = { .text = text };
    struct buf code;
    name[0] = '\0';
    enum kms_message_result result = read_members(&reading, length, names);
    if (result != KMS_MESSAGE_OK)
        return result;
    buf_init(&code, KMS_MESSAGE_ANSWER_MAXIMUM);
    result = decode(&code, &reading, reading.given[0] ? 0 : 1);
    if (result == KMS_MESSAGE_OK && code.length > 0 && buf_cstr(&code) == NULL)
        result = KMS_MESSAGE_NO_MEMORY;
    if (result == KMS_MESSAGE_OK && code.length > 0)
        (void)error_code_name(code.data, name);
    buf_free(&code);
    return result;
}
