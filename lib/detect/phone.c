#include <string.h>

#include "detect/context.h"
#include "detect/escaped.h"
#include "detect/joined.h"
#include "detect/phone.h"
#include "detect/separator.h"
#include "detect/shape.h"

/* ITU-T E.164 has up to fifteen digits; the other limits cover common separators. */
enum { DIGITS_MOST = 15, GROUPS_MOST = 8, NAMED_LEAST = 7, WHOLE_LEAST = 10, NEAR = 32 };

struct groups {
    char digits[DIGITS_MOST];
    size_t count; /* of the digits */
    size_t sizes[GROUPS_MOST];
    size_t ends[GROUPS_MOST]; /* end of each in the text, with a bracket behind it */
    char joins[GROUPS_MOST];  /* the byte before each: ' ', '-', '.', '/', or NUL */
    size_t groups;
    bool slash; /* between two groups */
    bool more;  /* another group follows, which is too many */
    bool plus;
    bool bracket; /* the first group is in brackets */
};

/* Read one group, in brackets or not. Return its length, or 0 when there is none. */
static size_t one_group(const char *text, size_t length, size_t at, struct groups *groups,
    char join)
{
    bool open = shape_at(text, length, at) == '(';
    size_t start = at + open;
    size_t most = DIGITS_MOST - groups->count;
    size_t size = shape_digits(text, length, start, most + 1);
    size_t end = start + size;
    groups->more = size > most;
    if (size == 0 || size > most || (open && (size > 5 || shape_at(text, length, end) != ')')))
        return 0;
    end += open;
    memcpy(groups->digits + groups->count, text + start, size);
    groups->count += size;
    groups->sizes[groups->groups] = size;
    groups->ends[groups->groups] = end;
    groups->joins[groups->groups] = join;
    groups->slash |= join == '/';
    if (groups->groups++ == 0)
        groups->bracket = open;
    return end - at;
}

/*
 * Return true when the groups are a number without what a "/" joins to them: one with "+", or one
 * of ten digits in groups that other signs join.
 */
static bool is_whole(const struct groups *groups)
{
    return groups->plus || (groups->count >= WHOLE_LEAST && groups->groups > 1 && !groups->slash);
}

static void read_groups(const char *text, size_t length, size_t at, struct groups *groups)
{
    size_t i = at;
    char join = '\0';
    memset(groups, 0, sizeof *groups);
    groups->plus = escaped_is_plus(text, at);
    if (shape_at(text, length, i) == '+') {
        groups->plus = true;
        i++;
    }
    while (groups->groups < GROUPS_MOST) {
        size_t before = groups->count;
        size_t size = one_group(text, length, i, groups, join);
        if (size == 0 || groups->count == before)
            break;
        i += size;
        size_t width = separator(text, length, i, &join);
        /* ") ", ")-", " (" and the bracket alone */
        if (width > 0 && join != ' ' && shape_at(text, length, i + width) == ' ')
            break;
        if (width == 0) {
            join = '\0';
            if (shape_at(text, length, i) != '(' && shape_at(text, length, i - 1) != ')')
                break;
        }
        if (join == '/' && groups->count >= WHOLE_LEAST && is_whole(groups))
            break; /* another number, or the rest of a path */
        i += width;
    }
}

/*
 * Return true when the text before the number makes it part of something else. A "/" is left to
 * is_whole().
 */
static bool joined_before(const char *text, size_t at)
{
    if (at == 0)
        return false;
    switch (text[at - 1]) {
    case '#':
    case '$':
        return text[at] != '+';
    case '+':
        return true;
    case '-':
    case '.':
        return joined_by(text, at, text[at - 1]);
    default:
        return false;
    }
}

/* Return true when the text after the number does not. */
static bool loose(const char *text, size_t length, size_t end, const struct groups *groups)
{
    char next = shape_at(text, length, end);
    char after = shape_at(text, length, end + 1);
    if (shape_is_word(next) && !(next == 'x' && shape_is_digit(after)))
        return false;
    if (next == ':')
        return !shape_is_digit(after); /* a time */
    if (next == '/')
        return !shape_is_word(after) || is_whole(groups);
    if (next == '.' && shape_is_capital(after))
        return groups->plus; /* a sentence begins */
    return !((next == '-' || next == '.') && shape_is_word(after));
}

/*
 * Return true for country codes of two digits. Those of one digit are 1 and 7; those of three begin
 * with the other pairs.
 */
static bool is_country(const char *digits)
{
    static const char two[] =
        "20 27 30 31 32 33 34 36 39 40 41 43 44 45 46 47 48 49 51 52 53 54 55 "
        "56 57 58 60 61 62 63 64 65 66 81 82 84 86 90 91 92 93 94 95 98 "
        "21 22 23 24 25 26 29 35 37 38 42 50 59 67 68 69 80 85 87 88 96 97 99";
    char wanted[4] = { digits[0], digits[1], '\0', '\0' };
    return digits[0] == '1' || digits[0] == '7' || strstr(two, wanted) != NULL;
}

/*
 * Return true for the North American plan: area and exchange begin with 2 to 9, and their last two
 * digits are not "11".
 */
static bool is_american(const char *digits)
{
    return digits[0] >= '2' && digits[3] >= '2' && memcmp(digits + 1, "11", 2) != 0 &&
        memcmp(digits + 4, "11", 2) != 0;
}

/*
 * Return true when the first groups have these sizes, with one kind of separator, or any after
 * brackets.
 */
static bool sized(const struct groups *groups, const char *sizes)
{
    size_t count = strlen(sizes);
    if (groups->groups < count)
        return false;
    for (size_t i = 0; i < count; i++)
        if (groups->sizes[i] != (size_t)(sizes[i] - '0') ||
            (i > 1 && !groups->bracket && groups->joins[i] != groups->joins[1]))
            return false;
    return true;
}

/* Return true for a day in any order. */
static bool is_date(const struct groups *groups)
{
    if (groups->groups < 3 || groups->plus || groups->bracket)
        return false;
    return (sized(groups, "422") && (groups->digits[0] == '1' || groups->digits[0] == '2')) ||
        sized(groups, "224") || sized(groups, "124") || sized(groups, "214") ||
        sized(groups, "114");
}

/* Return the number of groups of a number with "+", or 0. */
static size_t international(const struct groups *groups)
{
    size_t dots = 0;
    for (size_t i = 1; i < groups->groups; i++)
        dots += groups->joins[i] == '.';
    if (dots == 1 && groups->groups == 2)
        return 0; /* a decimal number */
    if (groups->count < (groups->groups > 1 ? 8u : 9u) || !is_country(groups->digits))
        return 0;
    if (groups->digits[0] != '1')
        return groups->groups;
    size_t digits = 0;
    for (size_t i = 0; i < groups->groups; i++) {
        digits += groups->sizes[i];
        if (digits == 11)
            return groups->digits[1] >= '2' ? i + 1 : 0; /* the area code */
    }
    return 0;
}

/*
 * Return the number of groups after a trunk prefix, "0": 0151 2345678, 06 12 34 56 78, (030)
 * 123-456, 090-1234-5678.
 */
static size_t trunk(const struct groups *groups)
{
    size_t digits = groups->sizes[0];
    size_t used = 1;
    if (sized(groups, "324") && groups->joins[1] == '-')
        return 0; /* the form of a US social security number */
    if (groups->digits[0] != '0' || groups->digits[1] == '0' || groups->sizes[0] > 6)
        return 0;
    if (sized(groups, "22222") && groups->joins[1] != '/')
        return sized(groups, "222222") ? 0 : 5; /* France; six pairs are lottery numbers */
    if (groups->sizes[0] < 2)
        return 0;
    for (; used < groups->groups; used++) {
        if (groups->joins[used] == '.' || groups->sizes[used] < 2 || digits >= 10)
            break;
        digits += groups->sizes[used];
    }
    return used > 1 && used < 5 && digits >= 9 && digits <= 12 ? used : 0;
}

/* Return the number of groups without a prefix, by the group sizes of countries. */
static size_t national(const struct groups *groups)
{
    const char *digits = groups->digits;
    if (sized(groups, "334") && is_american(digits))
        return 3;
    if (sized(groups, "1334") && digits[0] == '1' && is_american(digits + 1))
        return 4;
    if (sized(groups, "3222") && digits[0] >= '6' && groups->joins[1] == ' ')
        return 4; /* Spain */
    if (sized(groups, "344") && digits[0] == '1' && digits[1] >= '3')
        return 3; /* China */
    if (groups->bracket && (sized(groups, "244") || sized(groups, "254")))
        return 3; /* Brazil */
    /* years are also written in brackets */
    if (groups->bracket && groups->groups > 1 && groups->sizes[0] > 1 &&
        (digits[0] == '0' || groups->sizes[0] < 4) && groups->count >= 9 && groups->count <= 12)
        return groups->groups;
    /* "00" instead of "+" */
    if (digits[0] == '0' && digits[1] == '0' && groups->groups > 1 && groups->count >= 12 &&
        is_country(digits + 2) && digits[2] != '0')
        return digits[2] != '1' || (groups->count == 13 && is_american(digits + 3)) ? groups->groups
                                                                                    : 0;
    return 0;
}

/* Return false for most other numbers: too few digits are near, or other signs join them. */
static bool can_be(const char *text, size_t length, size_t at)
{
    size_t digits = 0;
    size_t most = length - at < NEAR ? length - at : NEAR;
    if (joined_before(text, at))
        return false;
    for (size_t i = 0; i < most && digits < NAMED_LEAST; i++) {
        char c = text[at + i];
        if (shape_is_digit(c))
            digits++;
        else if (shape_is_alnum(c) || c == ':')
            break;
    }
    return digits == NAMED_LEAST;
}

size_t phone_number(const char *text, size_t length, size_t at)
{
    struct groups groups;
    size_t used = 0;
    if (!can_be(text, length, at))
        return 0;
    read_groups(text, length, at, &groups);
    if (groups.count < NAMED_LEAST || is_date(&groups))
        return 0;
    if (at > 0 && joined_by(text, at, '/') && !is_whole(&groups))
        return 0;
    if (groups.plus) {
        used = international(&groups);
    } else {
        used = trunk(&groups);
        if (used == 0)
            used = national(&groups);
    }
    size_t end = used > 0 ? groups.ends[used - 1] : groups.ends[groups.groups - 1];
    if (groups.plus)
        return used > 0 && loose(text, length, end, &groups) ? end - at : 0;
    /* groups continue to the left, as in amounts and lottery numbers */
    bool chained =
        groups.joins[1] == ' ' && at > 1 && text[at - 1] == ' ' && shape_is_digit(text[at - 2]);
    if (used > 0 && (chained || groups.more || !loose(text, length, end, &groups)))
        used = 0;
    enum context context = context_of(text, at);
    if (used > 0)
        return context != CONTEXT_NUMBER && context != CONTEXT_SSN ? end - at : 0;
    end = groups.ends[groups.groups - 1];
    return context == CONTEXT_PHONE && loose(text, length, end, &groups) ? end - at : 0;
}
