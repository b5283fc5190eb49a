#include <string.h>

#include "detect/context.h"
#include "detect/joined.h"
#include "detect/number.h"
#include "detect/separator.h"
#include "detect/shape.h"

enum { CARD_LEAST = 13, CARD_MOST = 19, EAN_SIZE = 13, IBAN_MOST = 34 };

/*
 * Return true when the number at ${at} is the middle of something longer: a decimal, a chain of
 * groups. A capital behind a dot begins a sentence; small letters end the name of a file.
 */
static bool joined(const char *text, size_t length, size_t at, size_t end)
{
    return shape_is_word(shape_at(text, length, end)) || joined_by(text, at, '-') ||
        joined_by(text, at, '.') || shape_joined_after(text, length, end, '-') ||
        (shape_joined_after(text, length, end, '.') && !shape_is_capital(text[end + 1]));
}

/* Check the Luhn digit: ISO/IEC 7812-1, annex B. */
static bool luhn(const char *digits, size_t count)
{
    unsigned sum = 0;
    for (size_t i = 0; i < count; i++) {
        unsigned digit = (unsigned)(digits[count - 1 - i] - '0');
        if (i % 2 == 1)
            digit = digit > 4 ? 2 * digit - 9 : 2 * digit;
        sum += digit;
    }
    return sum % 10 == 0;
}

/* Check the digit of an article number: GS1 General Specifications, section 7.9. */
static bool article(const char *digits)
{
    unsigned sum = 0;
    for (unsigned i = 0; i < EAN_SIZE; i++)
        sum += (unsigned)(digits[i] - '0') * (i % 2 == 1 ? 3 : 1);
    return sum % 10 == 0;
}

/* Ranges of the first six digits, and the lengths that their issuers use. */
static const struct {
    unsigned from;
    unsigned to;
    size_t least;
    size_t most;
    size_t step;
} issuers[] = {
    /* clang-format off */
    { 220000, 220499, 16, 19, 1 }, /* Mir */
    { 222100, 272099, 16, 16, 1 }, /* Mastercard */
    { 300000, 305999, 14, 16, 2 }, /* Diners Club */
    { 340000, 349999, 15, 15, 1 }, /* American Express */
    { 352800, 358999, 16, 19, 1 }, /* JCB */
    { 360000, 369999, 14, 19, 1 }, /* Diners Club */
    { 370000, 379999, 15, 15, 1 },
    { 380000, 399999, 14, 16, 2 },
    { 400000, 499999, 13, 19, 3 }, /* Visa */
    { 500000, 509999, 16, 19, 3 }, /* Maestro */
    { 510000, 559999, 16, 16, 1 },
    { 560000, 589999, 16, 19, 3 },
    { 601100, 601199, 16, 19, 1 }, /* Discover */
    { 620000, 629999, 16, 19, 1 }, /* UnionPay */
    { 630400, 630499, 16, 19, 3 },
    { 644000, 659999, 16, 19, 1 },
    { 675900, 676399, 16, 19, 3 },
    /* clang-format on */
};

static bool issued(const char *digits, size_t count)
{
    unsigned first = 0;
    if (count < CARD_LEAST || count > CARD_MOST || !luhn(digits, count))
        return false;
    if (count == EAN_SIZE && article(digits))
        return false;
    for (size_t i = 0; i < 6; i++)
        first = first * 10 + (unsigned)(digits[i] - '0');
    for (size_t i = 0; i < sizeof issuers / sizeof *issuers; i++)
        if (first >= issuers[i].from && first <= issuers[i].to && count >= issuers[i].least &&
            count <= issuers[i].most && (count - issuers[i].least) % issuers[i].step == 0)
            return true;
    return false;
}

/* Return the length of a card in groups: 4-4-4-4(-3), 4-6-5, 4-6-4; or 0. */
static size_t grouped_card(const char *text, size_t length, size_t at, const unsigned char *sizes)
{
    char digits[CARD_MOST];
    size_t count = 0;
    size_t i = at;
    char join;
    char kind;
    (void)separator(text, length, at + 4, &join);
    for (; *sizes != 0; sizes++) {
        size_t width = count > 0 ? separator(text, length, i, &kind) : 0;
        if (count > 0 && (width == 0 || kind != join))
            return 0;
        i += width;
        if (shape_digits(text, length, i, *sizes) != *sizes)
            return 0;
        memcpy(digits + count, text + i, *sizes);
        count += *sizes;
        i += *sizes;
    }
    return !joined(text, length, at, i) && issued(digits, count) ? i - at : 0;
}

size_t number_card(const char *text, size_t length, size_t at)
{
    static const unsigned char shapes[][6] = { { 4, 4, 4, 4, 3 }, { 4, 4, 4, 4 }, { 4, 6, 5 },
        { 4, 6, 4 } };
    size_t count = shape_digits(text, length, at, CARD_MOST + 1);
    size_t size = 0;
    if (count >= CARD_LEAST)
        return count <= CARD_MOST && !joined(text, length, at, at + count) &&
                issued(text + at, count)
            ? count
            : 0;
    char join;
    if (count != 4 || separator(text, length, at + 4, &join) == 0 || (join != ' ' && join != '-'))
        return 0;
    for (size_t i = 0; size == 0 && i < sizeof shapes / sizeof *shapes; i++)
        size = grouped_card(text, length, at, shapes[i]);
    return size;
}

/* The registry of ISO 13616: length by country, in alphabetical order. */
static const struct {
    char country[3];
    unsigned char length;
} countries[] = {
    /* clang-format off */
    {"AD",24},{"AE",23},{"AL",28},{"AT",20},{"AZ",28},{"BA",20},{"BE",16},{"BG",22},{"BH",22},
    {"BI",27},{"BR",29},{"BY",28},{"CH",21},{"CR",22},{"CY",28},{"CZ",24},{"DE",22},{"DJ",27},
    {"DK",18},{"DO",28},{"EE",20},{"EG",29},{"ES",24},{"FI",18},{"FK",18},{"FO",18},{"FR",27},
    {"GB",22},{"GE",22},{"GI",23},{"GL",18},{"GR",27},{"GT",28},{"HN",28},{"HR",21},{"HU",28},
    {"IE",22},{"IL",23},{"IQ",23},{"IS",26},{"IT",27},{"JO",30},{"KW",30},{"KZ",20},{"LB",28},
    {"LC",32},{"LI",21},{"LT",20},{"LU",20},{"LV",21},{"LY",25},{"MC",27},{"MD",24},{"ME",22},
    {"MK",19},{"MN",20},{"MR",27},{"MT",31},{"MU",30},{"NI",28},{"NL",18},{"NO",15},{"OM",23},
    {"PK",24},{"PL",28},{"PS",29},{"PT",25},{"QA",29},{"RO",24},{"RS",22},{"RU",33},{"SA",24},
    {"SC",31},{"SD",18},{"SE",24},{"SI",19},{"SK",24},{"SM",27},{"SO",23},{"ST",25},{"SV",28},
    {"TL",23},{"TN",24},{"TR",26},{"UA",29},{"VA",22},{"VG",24},{"XK",20},{"YE",30},
    /* clang-format on */
};

static size_t iban_length(char first, char second)
{
    for (size_t i = 0; i < sizeof countries / sizeof *countries; i++)
        if (countries[i].country[0] == (first & ~0x20) &&
            countries[i].country[1] == (second & ~0x20))
            return countries[i].length;
    return 0;
}

/* Check ISO/IEC 7064, MOD 97-10, with the first four characters moved to the end. */
static bool mod97(const char *iban, size_t count)
{
    unsigned rest = 0;
    for (size_t i = 0; i < count; i++) {
        char c = iban[(i + 4) % count];
        if (shape_is_digit(c))
            rest = (rest * 10 + (unsigned)(c - '0')) % 97;
        else
            rest = (rest * 100 + (unsigned)((c | 0x20) - 'a') + 10) % 97;
    }
    return rest == 1;
}

size_t number_iban(const char *text, size_t length, size_t at)
{
    char iban[IBAN_MOST];
    size_t count = 0;
    size_t i = at;
    if (length - at < 15 || !shape_is_letter(text[at]) || !shape_is_letter(text[at + 1]) ||
        !shape_is_digit(text[at + 2]) || !shape_is_digit(text[at + 3]))
        return 0;
    size_t wanted = iban_length(text[at], text[at + 1]);
    if (wanted == 0)
        return 0;
    char join;
    char kind;
    if (separator(text, length, at + 4, &join) == 0 || (join != ' ' && join != '-'))
        join = '\0';
    while (count < wanted) {
        if (count > 0 && count % 4 == 0 && join != '\0') {
            size_t width = separator(text, length, i, &kind);
            i += kind == join ? width : 0;
        }
        if (!shape_is_alnum(shape_at(text, length, i)))
            return 0;
        iban[count++] = text[i++];
    }
    if (shape_is_word(shape_at(text, length, i)) || joined_by(text, at, '-') || !mod97(iban, count))
        return 0;
    return i - at;
}

size_t number_ssn(const char *text, size_t length, size_t at)
{
    enum { AREA = 3, GROUP = 2, SERIAL = 4, DIGITS = AREA + GROUP + SERIAL };
    static const size_t sizes[] = { AREA, GROUP, SERIAL };
    char ssn[DIGITS] = { 0 };
    size_t count = 0;
    size_t i = at;
    char join;
    char kind;
    if (length - at < AREA || separator(text, length, at + AREA, &join) == 0 ||
        (join != '-' && join != ' '))
        join = '\0';
    for (size_t part = 0; part < 3; part++) {
        if (count > 0 && join != '\0') {
            size_t width = separator(text, length, i, &kind);
            if (width == 0 || kind != join)
                return 0;
            i += width;
        }
        for (size_t k = 0; k < sizes[part]; k++) {
            char c = shape_at(text, length, i++);
            if (!shape_is_digit(c))
                return 0;
            ssn[count++] = c;
        }
    }
    /* 42 U.S.C. 405; ranges assigned by the Social Security Administration since 2011 */
    if (ssn[0] == '9' || memcmp(ssn, "000", AREA) == 0 || memcmp(ssn, "666", AREA) == 0 ||
        memcmp(ssn + AREA, "00", GROUP) == 0 || memcmp(ssn + AREA + GROUP, "0000", SERIAL) == 0)
        return 0;
    if (joined(text, length, at, i) || (at > 0 && text[at - 1] == '#'))
        return 0;
    enum context context = context_of(text, at);
    if (join == '-')
        return context != CONTEXT_NUMBER && context != CONTEXT_PHONE ? i - at : 0;
    return context == CONTEXT_SSN ? i - at : 0;
}
