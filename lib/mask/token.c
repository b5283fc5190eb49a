#include <stdio.h>
#include <string.h>

#include "crypto/base64.h"
#include "json/string.h"
#include "mask/token.h"
#include "record/claim.h"

void token_head_set(struct token_head *head, const char *tag, const char *id)
{
    int length =
        snprintf(head->text, sizeof head->text, "%.*s.%.*s.", TOKEN_TAG_MAX, tag, KEYRING_ID, id);
    head->length = (size_t)length;
}

int token_plain(const struct token_value *value, size_t room, struct buf *scratch)
{
    buf_clear(scratch);
    if (buf_reserve(scratch, room + 1 + value->length) == NULL)
        return -1;
    scratch->length = room;
    if (value->kind != JSON_STRING) {
        buf_putc(scratch, 'j');
        return buf_append(scratch, value->text, value->length);
    }
    buf_putc(scratch, 's');
    if (value->plain)
        return buf_append(scratch, value->text + 1, value->length - 2);
    return json_string_decode(scratch, value->text, value->length);
}

int token_pad(struct buf *plain, size_t at, size_t multiple)
{
    size_t rest = (plain->length - at - 1) % multiple;
    char *place = buf_reserve(plain, multiple - rest);
    if (place == NULL)
        return -1;
    place[0] = (char)0x80;
    memset(place + 1, 0, multiple - rest - 1);
    plain->length += multiple - rest;
    plain->data[at] = plain->data[at] == 's' ? 'S' : 'J';
    return 0;
}

bool token_unpad(struct buf *plain, size_t at)
{
    if (plain->length <= at)
        return false;
    char *type = plain->data + at;
    if (*type != 'S' && *type != 'J')
        return true;
    size_t end = plain->length;
    while (end > at + 1 && plain->data[end - 1] == 0)
        end--;
    if (end == at + 1 || (unsigned char)plain->data[end - 1] != 0x80)
        return false;
    plain->length = end - 1;
    *type = *type == 'S' ? 's' : 'j';
    return true;
}

int token_write(struct buf *out, const struct token_head *head, const void *bytes, size_t length)
{
    char *place = buf_reserve(out, head->length + base64_url_length(length) + 2);
    if (place == NULL)
        return -1;
    char *end = place;
    *end++ = '"';
    memcpy(end, head->text, head->length);
    end += head->length;
    end += base64_encode_url(bytes, length, end);
    *end++ = '"';
    out->length += (size_t)(end - place);
    return 0;
}

/* Return the length of "TAG.KEYID." at the start of the text, or 0. */
static size_t head_length(const char *text, size_t length, const char *tag)
{
    size_t tag_length = strlen(tag);
    size_t head = tag_length + 1 + KEYRING_ID + 1;
    bool fits = length >= head && memcmp(text, tag, tag_length) == 0 && text[tag_length] == '.' &&
        text[head - 1] == '.' && claim_is_key_id(text + tag_length + 1, KEYRING_ID);
    return fits ? head : 0;
}

bool token_is_alike(const char *text, size_t length)
{
    static const char *const tags[] = { "siv1", "hmac1", "seal1" };
    for (size_t i = 0; i < sizeof tags / sizeof *tags; i++) {
        size_t head = head_length(text, length, tags[i]);
        if (head > 0 && length > head)
            return true;
    }
    return false;
}

enum token_result token_read(const struct token_value *value, const char *tag,
    const struct keyring *ring, struct buf *bytes, size_t *key)
{
    buf_clear(bytes);
    if (value->kind != JSON_STRING)
        return TOKEN_MALFORMED;
    if (buf_reserve(bytes, value->length) == NULL)
        return TOKEN_FAILED;
    const char *text = value->text + 1;
    size_t length = value->length - 2;
    if (!value->plain) { /* escapes of plain characters: the same string in another spelling */
        if (json_string_decode(bytes, value->text, value->length) != 0)
            return TOKEN_FAILED;
        text = bytes->data;
        length = bytes->length;
    }
    size_t head = head_length(text, length, tag);
    if (head == 0)
        return TOKEN_MALFORMED;
    *key = keyring_find(ring, text + head - 1 - KEYRING_ID);
    memmove(bytes->data, text + head, length - head);
    if (base64_decode_url(bytes->data, length - head, (unsigned char *)bytes->data,
            &bytes->length) != 0)
        return TOKEN_MALFORMED;
    return *key == KEYRING_NONE ? TOKEN_UNKNOWN_KEY : TOKEN_OK;
}

size_t token_key_named(const struct keyring *ring, const char *text, const struct json_match *match)
{
    return match->kind == JSON_STRING && match->plain && match->end - match->value == KEYRING_ID + 2
        ? keyring_find(ring, text + match->value + 1)
        : KEYRING_NONE;
}

/*
 * Return true when content can stand in a line of JSON. All content of pii-mask can, but a holder
 * of the key can make a token of anything.
 */
static bool is_restorable(char type, const char *content, size_t length)
{
    struct json_result result;
    if (type == 's')
        return json_string_is_utf8(content, length);
    return type == 'j' && memchr(content, '\n', length) == NULL &&
        json_scan(content, length, NULL, JSON_MAX_DEPTH, NULL, &result) == JSON_OK;
}

enum token_result token_restore(struct buf *out, struct buf *plain, size_t at)
{
    if (!token_unpad(plain, at))
        return TOKEN_MALFORMED;
    const char *content = plain->data + at + 1;
    size_t length = plain->length - at - 1;
    if (!is_restorable(content[-1], content, length))
        return TOKEN_MALFORMED;
    int result = content[-1] == 's' ? json_string_encode(out, content, length)
                                    : buf_append(out, content, length);
    return result == 0 ? TOKEN_OK : TOKEN_FAILED;
}
