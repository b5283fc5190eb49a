#include <string.h>

#include "mask/mail.h"
#include "mask/symbol.h"

static bool is_alnum(char byte)
{
    return (byte >= '0' && byte <= '9') || (byte >= 'A' && byte <= 'Z') ||
        (byte >= 'a' && byte <= 'z') || (unsigned char)byte >= 0x80;
}

/*
 * Return true when the characters beyond ASCII may be letters. Refuse full-width forms, which look
 * like ASCII: a second "@", or an address in the domain, which stays.
 */
static bool has_no_sign(const char *text, size_t length)
{
    for (size_t i = 0; i < length;) {
        uint32_t character;
        if ((unsigned char)text[i] < 0x80) {
            i++;
            continue;
        }
        i += symbol_read(text + i, &character);
        if (symbol_is(character) || (character >= 0xff00 && character <= 0xffef))
            return false;
    }
    return true;
}

static bool is_digit(char byte)
{
    return byte >= '0' && byte <= '9';
}

static bool is_local(const char *text, size_t length)
{
    if (length == 0 || length > MAIL_LOCAL_MAX)
        return false;
    for (size_t i = 0; i < length; i++)
        if (!is_alnum(text[i]) &&
            (text[i] == '\0' || strchr("!#$%&'*+-/=?^_`{|}~.", text[i]) == NULL))
            return false;
    return true;
}

static bool is_label(const char *text, size_t length)
{
    if (length == 0 || length > 63 || text[0] == '-' || text[length - 1] == '-')
        return false;
    for (size_t i = 0; i < length; i++)
        if (!is_alnum(text[i]) && text[i] != '-' && text[i] != '_')
            return false;
    return true;
}

static bool is_domain(const char *text, size_t length)
{
    size_t labels = 0;
    if (length > MAIL_DOMAIN_MAX)
        return false;
    for (size_t start = 0;; labels++) {
        const char *dot = memchr(text + start, '.', length - start);
        size_t end = dot != NULL ? (size_t)(dot - text) : length;
        if (!is_label(text + start, end - start))
            return false;
        if (dot == NULL)
            return labels >= 1 && !is_digit(text[start]);
        start = end + 1;
    }
}

bool mail_read(const char *text, size_t length, size_t *at)
{
    const char *found = memchr(text, '@', length);
    if (found == NULL)
        return false;
    *at = (size_t)(found - text);
    return is_local(text, *at) && is_domain(found + 1, length - *at - 1) &&
        has_no_sign(text, length);
}

bool mail_domains_are(const char *text, size_t length)
{
    for (size_t i = 0; i < length; i++)
        if (text[i] >= 'A' && text[i] <= 'Z')
            return false;
    for (size_t start = 0;;) {
        const char *comma = memchr(text + start, ',', length - start);
        size_t end = comma != NULL ? (size_t)(comma - text) : length;
        if (!is_domain(text + start, end - start))
            return false;
        if (comma == NULL)
            return true;
        start = end + 1;
    }
}

bool mail_domains_have(const char *list, const char *domain, size_t length)
{
    for (const char *start = list; start != NULL;) {
        const char *comma = strchr(start, ',');
        size_t size = comma != NULL ? (size_t)(comma - start) : strlen(start);
        if (size == length && memcmp(start, domain, length) == 0)
            return true;
        start = comma != NULL ? comma + 1 : NULL;
    }
    return false;
}

void mail_lower(char *text, size_t length)
{
    for (size_t i = 0; i < length; i++)
        if (text[i] >= 'A' && text[i] <= 'Z')
            text[i] = (char)(text[i] - 'A' + 'a');
}
