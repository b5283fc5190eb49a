#include "detect/prefilter.h"
#include "detect/value_kind.h"

/* The smallest number of bytes of each sort that a kind needs, over all spellings. */
enum {
    LEAST_TEXT = 3, /* ::1 */
    LEAST_IPV4_DIGITS = 4,
    LEAST_IPV4_DOTS = 3,
    LEAST_IPV6_COLONS = 2,
    LEAST_MAC_TEXT = 14, /* 001b.4411.3ab7 */
    LEAST_MAC_JOINS = 5,
    LEAST_MAC_DOTS = 2,
    LEAST_PHONE_DIGITS = 7,
    LEAST_CARD_DIGITS = 13,
    LEAST_IBAN_TEXT = 15, /* Norway's */
    LEAST_IBAN_DIGITS = 2,
    LEAST_SSN_DIGITS = 9,
    LEAST_JWT_TEXT = 16,
    LEAST_JWT_DOTS = 2
};

unsigned prefilter_kinds(const struct census *census, unsigned kinds)
{
    unsigned possible = DETECT_NONE;
    if (census->length < LEAST_TEXT)
        return DETECT_NONE;
    /* most texts: a word or two */
    if (census->digits + census->dots + census->colons + census->hyphens == 0)
        return DETECT_NONE;
    if (census->ats > 0 && census->dots > 0)
        possible |= DETECT_BIT(DETECT_EMAIL);
    if (census->colons >= LEAST_IPV6_COLONS)
        possible |= DETECT_BIT(DETECT_IPV6);
    if (census->dots >= LEAST_JWT_DOTS && census->length >= LEAST_JWT_TEXT)
        possible |= DETECT_BIT(DETECT_JWT);
    if (census->length >= LEAST_MAC_TEXT &&
        (census->colons >= LEAST_MAC_JOINS || census->hyphens >= LEAST_MAC_JOINS ||
            census->dots >= LEAST_MAC_DOTS))
        possible |= DETECT_BIT(DETECT_MAC);
    if (census->digits >= LEAST_IBAN_DIGITS && census->length >= LEAST_IBAN_TEXT)
        possible |= DETECT_BIT(DETECT_IBAN);
    if (census->digits >= LEAST_IPV4_DIGITS && census->dots >= LEAST_IPV4_DOTS)
        possible |= DETECT_BIT(DETECT_IPV4);
    if (census->digits >= LEAST_PHONE_DIGITS)
        possible |= DETECT_BIT(DETECT_PHONE);
    if (census->digits >= LEAST_SSN_DIGITS)
        possible |= DETECT_BIT(DETECT_SSN);
    if (census->digits >= LEAST_CARD_DIGITS)
        possible |= DETECT_BIT(DETECT_CARD);
    return possible & kinds;
}
