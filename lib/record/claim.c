#include <string.h>

#include "record/claim.h"

static bool is_within(const char *alphabet, const char *text, size_t length)
{
    for (size_t i = 0; i < length; i++)
        if (text[i] == '\0' || strchr(alphabet, text[i]) == NULL)
            return false;
    return true;
}

bool claim_is_key_id(const char *text, size_t length)
{
    return length == CLAIM_KEY_ID && is_within("0123456789abcdef", text, length);
}

bool claim_is_sealed(const char *value, size_t length)
{
    static const char tag[] = "\"seal1.";
    const size_t begin = sizeof tag - 1;          /* of the id */
    const size_t rest = begin + CLAIM_KEY_ID + 1; /* behind its dot */
    return length > rest + 1 && memcmp(value, tag, begin) == 0 &&
        claim_is_key_id(value + begin, CLAIM_KEY_ID) && value[rest - 1] == '.' &&
        value[length - 1] == '"' &&
        is_within("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_", value + rest,
            length - rest - 1);
}
