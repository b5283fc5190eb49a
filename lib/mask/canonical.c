#include <string.h>

#include "mask/address.h"
#include "mask/canonical.h"
#include "mask/mail.h"
#include "mask/method.h"

static bool is_blank(char byte)
{
    return byte == ' ' || (byte >= '\t' && byte <= '\r');
}

static void trim(struct buf *plain, size_t at)
{
    size_t start = at + 1;
    while (plain->length > start && is_blank(plain->data[plain->length - 1]))
        plain->length--;
    while (start < plain->length && is_blank(plain->data[start]))
        start++;
    memmove(plain->data + at + 1, plain->data + start, plain->length - start);
    plain->length -= start - at - 1;
}

static enum token_result make_address(struct buf *plain, size_t at)
{
    unsigned char address[ADDRESS_SIZE];
    if (plain->data[at] != 's' ||
        !address_parse(plain->data + at + 1, plain->length - at - 1, address))
        return TOKEN_MALFORMED;
    plain->length = at + 1;
    char *place = buf_reserve(plain, ADDRESS_TEXT_MAX);
    if (place == NULL)
        return TOKEN_FAILED;
    plain->length += address_text(address, place);
    return TOKEN_OK;
}

enum token_result canonical_make(struct buf *plain, size_t at, unsigned how)
{
    if (how == METHOD_IP)
        return make_address(plain, at);
    if (plain->data[at] != 's')
        return TOKEN_OK;
    if (how == METHOD_LOWER)
        mail_lower(plain->data + at + 1, plain->length - at - 1);
    else
        trim(plain, at);
    return TOKEN_OK;
}
