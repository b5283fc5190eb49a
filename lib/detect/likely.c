#include <string.h>

#include "detect/given.h"
#include "detect/likely.h"
#include "detect/shape.h"
#include "detect/text.h"

enum { NAME_MOST = 80, WORDS_MOST = 6, SHORT_MOST = 40, GENERATED_LEAST = 12 };

/*
 * Return true when the value has one of these bytes, which are not digits, letters, blanks, dots,
 * colons or hyphens.
 */
static bool has_any(const struct likely *value, const char *bytes)
{
    const struct census *census = value->census;
    if (census->digits + census->letters + census->blanks + census->dots + census->colons +
            census->hyphens ==
        value->length)
        return false;
    for (; *bytes != '\0'; bytes++)
        if (memchr(value->text, *bytes, value->length) != NULL)
            return true;
    return false;
}

/* Return true for a fraction: a JSON number has letters only in its exponent. */
static bool is_broken(const struct likely *value)
{
    return value->number && (value->census->dots > 0 || value->census->letters > 0);
}

/* Return the number of bytes that are not digits, letters or blanks. */
static size_t others(const struct census *census)
{
    return census->length - census->digits - census->letters - census->blanks;
}

static bool is_address_of_network(const struct likely *value, const struct census *census)
{
    if (value->number)
        return census->digits > 7; /* an IPv4 address as one number */
    return census->digits > 0 && value->length >= 3 && value->length < 64 &&
        census->dots + census->colons > 0 && census->blanks == 0;
}

static bool is_phone(const struct likely *value, const struct census *census)
{
    size_t rest = value->length - census->digits - census->blanks;
    if (census->digits < 7 || census->digits > 15 || rest > 6 || is_broken(value))
        return false;
    return value->number || (census->colons == 0 && !has_any(value, "_@#"));
}

/* Return true for letters and the separators in a name. */
static bool is_name(const struct likely *value, const struct census *census)
{
    return !value->number && census->letters >= 2 && census->digits == 0 &&
        value->length <= NAME_MOST && census->blanks < WORDS_MOST && others(census) <= 4 &&
        census->colons == 0 && !has_any(value, "_/\\@<>{}[]=;#&|");
}

/* Return true when ${is} accepts one of its words. */
static bool has_word(const struct likely *value, bool (*is)(const char *word, size_t length))
{
    size_t start = 0;
    for (size_t i = 0; i <= value->length; i++) {
        if (i < value->length &&
            (shape_is_letter(value->text[i]) || (unsigned char)value->text[i] >= 0x80))
            continue;
        if (is(value->text + start, i - start))
            return true;
        start = i + 1;
    }
    return false;
}

static bool has_given_name(const struct likely *value)
{
    return has_word(value, given_is_name) && !has_word(value, given_is_thing);
}

bool likely_formed(const struct likely *value)
{
    enum { LEAST = 5, WORDS_OF_NAME = 5 };
    const struct census *census = value->census;
    if (value->length < LEAST || value->length > NAME_MOST || census->blanks == 0)
        return false;
    unsigned char first = (unsigned char)value->text[0];
    if ((unsigned char)(first - 'A') >= 26 && first < 0x80)
        return false;
    return is_name(value, census) && census->blanks < WORDS_OF_NAME &&
        census->capitals + (first >= 0x80) >= 2 && census->letters > census->capitals &&
        !has_word(value, given_is_thing);
}

bool likely_given(const struct likely *value)
{
    const char *blank = memchr(value->text, ' ', value->length);
    return blank != NULL && given_is_name(value->text, (size_t)(blank - value->text));
}

bool likely_person(const char *text, size_t length)
{
    struct census census;
    const struct likely value = { text, length, false, &census };
    census_take(text, length, &census);
    return likely_formed(&value) && likely_given(&value);
}

bool likely_person_key(const char *key, size_t length)
{
    static const char labels[] =
        "|Max|Mark|Bill|Will|Grant|Grace|Frank|Rose|Iris|Victoria|Jordan|Jack|"
        "Ray|Rich|Chase|Dean|Guy|Leo|Sam|Tim|Chip|Art|Pat|April|";
    const char *blank = memchr(key, ' ', length);
    char word[12] = "|";
    if (blank == NULL || !likely_person(key, length))
        return false;
    size_t size = (size_t)(blank - key);
    if (size > sizeof word - 3)
        return true;
    memcpy(word + 1, key, size);
    memcpy(word + 1 + size, "|", 2);
    return strstr(labels, word) == NULL;
}

static bool is_birth(const struct likely *value, const struct census *census)
{
    if (value->number)
        return census->digits > 0;
    if (census->digits > 0)
        return census->digits <= 17 && value->length <= SHORT_MOST;
    return is_name(value, census); /* a place */
}

static bool is_address(const struct likely *value, const struct census *census, bool weak)
{
    if (value->number)
        return census->digits >= 4 && census->digits <= 6 && others(census) == 0;
    if (value->length > 200 || value->length == 0 || has_any(value, "@{}<>=_") ||
        (census->colons > 0 && memmem(value->text, value->length, "://", 3) != NULL))
        return false;
    if (value->length > 2 && memcmp(value->text, "0x", 2) == 0)
        return false;
    if (weak && census->digits == 0)
        return is_name(value, census); /* a town */
    if (weak && census->letters == 0)
        return census->digits == 5;                                /* its postal code */
    if (census->letters == 0 && census->dots + census->colons > 0) /* 0.0.0.0 */
        return false;
    if (census->digits > 0)
        return census->letters > 0 ? census->blanks > 0 || value->length <= 10
                                   : value->length <= 12;
    return census->letters > 3;
}

/*
 * Return true for a coordinate: a number within range, with a fraction when the key is weak, or a
 * pair of them.
 */
static bool is_geo(const struct likely *value, const struct census *census, bool weak)
{
    const char *point = census->dots == 0 ? NULL : memchr(value->text, '.', value->length);
    size_t whole = 0;
    size_t fraction = 0;
    if (census->digits == 0 || census->digits > 40)
        return false;
    if (census->letters > 2) /* a geohash */
        return !weak && census->blanks == 0 && others(census) == 0 && value->length >= 5 &&
            value->length <= 12;
    if (point != NULL) {
        size_t at = (size_t)(point - value->text);
        while (whole < at && shape_is_digit(value->text[at - whole - 1]))
            whole++;
        fraction = shape_digits(value->text, value->length, at + 1, 20);
    }
    if (point == NULL)
        return value->number && !weak && census->digits <= 3;
    /* a position in a film, or on a page, is also a number */
    if (weak && value->number && (fraction < 4 || value->text[value->text[0] == '-'] == '0'))
        return false;
    return whole >= 1 && whole <= 3 && fraction >= (weak ? 3 : 1);
}

static bool is_number_of_holder(const struct likely *value, const struct census *census)
{
    return census->digits + census->letters >= 6 && census->digits >= 1 && census->blanks <= 2 &&
        value->length <= 256 && !is_broken(value) && !has_any(value, "@/");
}

/* Return true for the number of a passport, an account or an insurance. */
static bool is_official(const struct likely *value, const struct census *census)
{
    return census->digits >= 4 && census->digits + census->letters <= 34 &&
        value->length <= SHORT_MOST && census->letters <= 18 && census->colons == 0 &&
        !is_broken(value) && !has_any(value, "@_");
}

/*
 * Return true for generated ids, not names of models: a UUID, long hexadecimal digits, mostly
 * digits.
 */
static bool is_generated(const struct likely *value, const struct census *census)
{
    size_t hex = census->digits + census->hex + census->hyphens + census->colons;
    if (value->length < 10 || value->length > 64 || census->digits < 2 ||
        census->blanks + census->dots > 0 || has_any(value, "_/@"))
        return false;
    return (hex == value->length && value->length >= 12) || census->digits > census->letters;
}

/* Return true for "@alice". */
static bool is_mention(const struct likely *value)
{
    size_t i = 1;
    if (value->length < 3 || value->length > SHORT_MOST || value->text[0] != '@')
        return false;
    while (i < value->length &&
        (shape_is_word(value->text[i]) || value->text[i] == '.' || value->text[i] == '-'))
        i++;
    return i == value->length;
}

/* Return true for a word in lower case, or with more than letters: "jdoe", "Anna_K". */
static bool is_handle(const struct likely *value, const struct census *census)
{
    if (value->number || census->blanks > 0 || value->length < 3 || value->length > SHORT_MOST ||
        census->letters == 0)
        return false;
    for (size_t i = 0; i < value->length; i++)
        if (!shape_is_word(value->text[i]) && value->text[i] != '.' && value->text[i] != '-' &&
            (unsigned char)value->text[i] < 0x80)
            return false;
    return census->capitals == 0 || census->digits > 0 || census->dots > 0 || has_any(value, "_");
}

static bool is_user(const struct likely *value, const struct census *census)
{
    return census->letters + census->digits >= 1 && value->length <= NAME_MOST &&
        census->blanks <= 2 && !is_broken(value) && !has_any(value, "{}<>");
}

static bool is_kind(const struct likely *value, const struct census *census, unsigned kind,
    bool weak)
{
    switch (kind) {
    case KEY_IP:
        return is_address_of_network(value, census);
    case DETECT_EMAIL:
        return !value->number && census->ats > 0 && memchr(value->text, '@', value->length) != NULL;
    case DETECT_PHONE:
        return is_phone(value, census);
    case DETECT_CARD:
        return census->digits >= 13 && census->digits <= 19 && census->letters == 0;
    case DETECT_IBAN:
        return is_official(value, census) && census->digits >= 6;
    case DETECT_SSN:
        return is_official(value, census);
    case KEY_NAME:
        return is_name(value, census);
    case KEY_BIRTH:
        return is_birth(value, census);
    case KEY_ADDRESS:
        return is_address(value, census, weak);
    case KEY_GEO:
        return is_geo(value, census, weak);
    case KEY_DEVICE:
        return weak ? is_generated(value, census) : is_number_of_holder(value, census);
    case KEY_USER:
        return is_user(value, census);
    default:
        return false;
    }
}

unsigned likely_kinds(const struct likely *value, unsigned kinds, unsigned weak, unsigned traits)
{
    unsigned likely = 0;
    if (value->length == 0 || kinds == 0)
        return 0;
    bool sure =
        (weak & DETECT_BIT(KEY_NAME)) == 0 || (traits & (KEY_PERSON | KEY_NOUN)) == KEY_PERSON;
    const unsigned aside = KEY_TIME | KEY_VERSION | KEY_OPAQUE | KEY_NUMBER;
    bool person = (traits & KEY_PERSON) != 0;
    for (unsigned left = kinds; left != 0; left &= left - 1) {
        unsigned kind = (unsigned)__builtin_ctz(left);
        bool is_weak = (weak & DETECT_BIT(kind)) != 0;
        if (is_kind(value, value->census, kind, is_weak) &&
            (kind != KEY_NAME || sure || has_given_name(value)) &&
            (kind != KEY_DEVICE || !is_weak || (traits & aside) == 0) &&
            (kind != KEY_USER || !is_weak || is_mention(value) ||
                (person && is_handle(value, value->census))) &&
            (kind != DETECT_PHONE || (traits & KEY_TIME) == 0))
            likely |= DETECT_BIT(kind);
    }
    return likely;
}

bool likely_opaque(const struct likely *value, unsigned traits)
{
    const struct census *census = value->census;
    if (value->number || census->letters == 0 || text_is_uuid(value->text, census))
        return true;
    if (census->ats > 0 && memchr(value->text, '@', value->length) != NULL)
        return false;
    if ((traits & KEY_SURROGATE) != 0)
        return census->digits > 0 && census->blanks == 0;
    return census->digits > census->letters ||
        (census->digits == census->letters && value->length >= GENERATED_LEAST);
}
