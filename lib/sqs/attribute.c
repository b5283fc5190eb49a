#include <ctype.h>
#include <errno.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "crypto/base64.h"
#include "crypto/digest.h"
#include "sqs/attribute.h"

/* The transport type of the value, as in the digest. */
enum carried { CARRIED_STRING = 1, CARRIED_BINARY = 2 };

static bool is_of_type(const struct attribute *attribute, const char *type)
{
    size_t length = strlen(type);
    return attribute->type_length >= length && memcmp(attribute->type, type, length) == 0 &&
        (attribute->type_length == length || attribute->type[length] == '.');
}

bool attribute_is_binary(const struct attribute *attribute)
{
    return is_of_type(attribute, "Binary");
}

/* Return the bytes of a Binary value, or NULL with errno: EINVAL, not base64; ENOMEM. */
static unsigned char *decode(const struct attribute *attribute, size_t *length)
{
    unsigned char *bytes = malloc(base64_decoded_max(attribute->value_length));
    if (bytes == NULL ||
        base64_decode(attribute->value, attribute->value_length, bytes, length) == 0)
        return bytes;
    free(bytes);
    errno = EINVAL;
    return NULL;
}

/* Return true for letters, digits, "_", "-" and single dots within, 256 at most. */
static bool is_word(const char *text, size_t length)
{
    enum { LONGEST = 256 };
    if (length == 0 || length > LONGEST || text[0] == '.' || text[length - 1] == '.')
        return false;
    for (size_t i = 0; i < length; i++) {
        unsigned char byte = (unsigned char)text[i];
        if (byte == '.' ? text[i - 1] == '.'
                        : byte >= 0x80 || (!isalnum(byte) && byte != '_' && byte != '-'))
            return false;
    }
    return true;
}

/* Return true for a name that starts with a word that AWS keeps for itself. */
static bool is_reserved(const char *name, size_t length)
{
    return (length >= 4 && strncasecmp(name, "aws.", 4) == 0) ||
        (length >= 7 && strncasecmp(name, "amazon.", 7) == 0);
}

bool attribute_is_sound(const struct attribute *attribute)
{
    size_t length;
    if (!is_word(attribute->name, attribute->name_length) ||
        is_reserved(attribute->name, attribute->name_length) ||
        !is_word(attribute->type, attribute->type_length) || attribute->value_length == 0)
        return false;
    if (!attribute_is_binary(attribute))
        return is_of_type(attribute, "String") || is_of_type(attribute, "Number");
    unsigned char *bytes = decode(attribute, &length);
    free(bytes);
    return bytes != NULL;
}

size_t attribute_bytes(const struct attribute *list, size_t count)
{
    size_t bytes = 0;
    for (size_t i = 0; i < count; i++)
        bytes += list[i].name_length + list[i].type_length +
            (attribute_is_binary(&list[i]) ? list[i].value_length / 4 * 3 : list[i].value_length);
    return bytes;
}

static int by_name(const void *left, const void *right)
{
    const struct attribute *a = *(const struct attribute *const *)left;
    const struct attribute *b = *(const struct attribute *const *)right;
    size_t shorter = a->name_length < b->name_length ? a->name_length : b->name_length;
    int order = shorter > 0 ? memcmp(a->name, b->name, shorter) : 0;
    return order != 0 ? order
                      : (a->name_length > b->name_length) - (a->name_length < b->name_length);
}

/* Add the length in four bytes, big-endian, and the bytes. */
static int add(struct digest *digest, const void *data, size_t length)
{
    if (length > UINT32_MAX)
        return -1;
    const unsigned char prefix[] = { (unsigned char)(length >> 24), (unsigned char)(length >> 16),
        (unsigned char)(length >> 8), (unsigned char)length };
    return digest_update(digest, prefix, sizeof prefix) == 0 &&
            (length == 0 || digest_update(digest, data, length) == 0)
        ? 0
        : -1;
}

static int add_value(struct digest *digest, const struct attribute *attribute)
{
    bool binary = attribute_is_binary(attribute);
    const unsigned char carried = binary ? CARRIED_BINARY : CARRIED_STRING;
    if (digest_update(digest, &carried, 1) != 0)
        return -1;
    if (!binary)
        return add(digest, attribute->value, attribute->value_length);
    size_t length;
    unsigned char *bytes = decode(attribute, &length);
    int result = bytes != NULL ? add(digest, bytes, length) : -1;
    free(bytes);
    return result;
}

int attribute_md5(const struct attribute *list, size_t count, unsigned char md5[ATTRIBUTE_MD5_SIZE])
{
    const struct attribute *sorted[ATTRIBUTE_READ_MAXIMUM];
    errno = EINVAL;
    if (count > ATTRIBUTE_READ_MAXIMUM)
        return -1;
    errno = ENOMEM; /* of OpenSSL */
    for (size_t i = 0; i < count; i++)
        sorted[i] = &list[i];
    qsort(sorted, count, sizeof *sorted, by_name);
    struct digest *digest = digest_new(DIGEST_MD5);
    int result = digest != NULL ? 0 : -1;
    for (size_t i = 0; i < count && result == 0; i++)
        if (add(digest, sorted[i]->name, sorted[i]->name_length) != 0 ||
            add(digest, sorted[i]->type, sorted[i]->type_length) != 0 ||
            add_value(digest, sorted[i]) != 0)
            result = -1;
    if (result == 0)
        result = digest_final(digest, md5);
    digest_free(digest);
    return result;
}
