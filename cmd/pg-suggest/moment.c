#include <stdbool.h>
#include <string.h>

#include "moment.h"

/* A text while it is read; ${wrong} is set when it does not match. */
struct cursor {
    const char *text;
    size_t length;
    size_t at;
    bool wrong;
};

static bool is_digit(char byte)
{
    return (unsigned char)(byte - '0') < 10;
}

static bool is_at_end(const struct cursor *cursor)
{
    return cursor->at == cursor->length;
}

static char peek(const struct cursor *cursor)
{
    return is_at_end(cursor) ? '\0' : cursor->text[cursor->at];
}

static bool take(struct cursor *cursor, char byte)
{
    if (is_at_end(cursor) || cursor->text[cursor->at] != byte)
        return false;
    cursor->at++;
    return true;
}

static void must_take(struct cursor *cursor, char byte)
{
    cursor->wrong |= !take(cursor, byte);
}

/* Read that many digits, a number within these bounds. */
static unsigned number(struct cursor *cursor, size_t digits, unsigned least, unsigned most)
{
    unsigned value = 0;
    for (size_t i = 0; i < digits; i++) {
        char byte = peek(cursor);
        if (!is_digit(byte)) {
            cursor->wrong = true;
            return least;
        }
        value = value * 10 + (unsigned)(byte - '0');
        cursor->at++;
    }
    cursor->wrong |= value < least || value > most;
    return value;
}

static unsigned days_of(unsigned year, unsigned month)
{
    static const unsigned char days[] = { 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31 };
    bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
    return month == 2 && leap ? 29 : days[month - 1];
}

/* Read YYYY-MM-DD, or with ${compact} YYYYMMDD. */
static void date(struct cursor *cursor, bool compact)
{
    unsigned year = number(cursor, 4, 1, 9999);
    if (!compact)
        must_take(cursor, '-');
    unsigned month = number(cursor, 2, 1, 12);
    if (!compact)
        must_take(cursor, '-');
    if (!cursor->wrong)
        (void)number(cursor, 2, 1, days_of(year, month));
}

/* Read HH:MM, HH:MM:SS, HH:MM:SS.ffffff; with ${compact} HHMMSS, HHMMSS.ffffff. */
static void time_of_day(struct cursor *cursor, bool compact)
{
    enum { FRACTION_MOST = 9 };
    (void)number(cursor, 2, 0, 23);
    if (!compact)
        must_take(cursor, ':');
    (void)number(cursor, 2, 0, 59);
    if (!compact && !take(cursor, ':'))
        return;
    (void)number(cursor, 2, 0, 59);
    if (!take(cursor, '.'))
        return;
    size_t digits = 0;
    for (; is_digit(peek(cursor)); digits++)
        cursor->at++;
    cursor->wrong |= digits == 0 || digits > FRACTION_MOST;
}

/* Read Z, +01, +0100, +01:00. */
static void zone(struct cursor *cursor)
{
    enum { HOURS_MOST = 15 };
    if (take(cursor, 'Z') || take(cursor, 'z'))
        return;
    cursor->wrong |= !take(cursor, '+') && !take(cursor, '-');
    (void)number(cursor, 2, 0, HOURS_MOST);
    if (!is_at_end(cursor)) {
        (void)take(cursor, ':');
        (void)number(cursor, 2, 0, 59);
    }
}

static enum moment iso(const char *text, size_t length)
{
    struct cursor cursor = { .text = text, .length = length };
    bool compact = length > 8 && text[8] == 'T';
    date(&cursor, compact);
    if (cursor.wrong || is_at_end(&cursor))
        return cursor.wrong ? MOMENT_NONE : MOMENT_DATE;
    cursor.wrong |= !take(&cursor, 'T') && !take(&cursor, 't') && !take(&cursor, ' ');
    time_of_day(&cursor, compact);
    if (is_at_end(&cursor))
        return cursor.wrong || compact ? MOMENT_NONE : MOMENT_LOCAL;
    (void)take(&cursor, ' ');
    zone(&cursor);
    return cursor.wrong || !is_at_end(&cursor) ? MOMENT_NONE : MOMENT_ZONED;
}

/* Read one of these words of three letters. Return its number, from 1, or 0. */
static unsigned word(struct cursor *cursor, const char *words)
{
    unsigned number = 1;
    for (const char *at = words; *at != '\0'; at += 3, number++)
        if (cursor->length - cursor->at >= 3 && memcmp(cursor->text + cursor->at, at, 3) == 0) {
            cursor->at += 3;
            return number;
        }
    return 0;
}

/*
 * Read a date of RFC 5322, section 3.3, and RFC 9110, section 5.6.7: Wed, 31 Jan 2024 08:00:00 GMT.
 */
static enum moment mail(const char *text, size_t length)
{
    struct cursor cursor = { .text = text, .length = length };
    if (word(&cursor, "MonTueWedThuFriSatSun") > 0) {
        must_take(&cursor, ',');
        must_take(&cursor, ' ');
    }
    size_t start = cursor.at;
    while (cursor.at < length && cursor.at < start + 2 && is_digit(text[cursor.at]))
        cursor.at++;
    size_t digits = cursor.at - start;
    must_take(&cursor, ' ');
    unsigned month = word(&cursor, "JanFebMarAprMayJunJulAugSepOctNovDec");
    must_take(&cursor, ' ');
    unsigned year = number(&cursor, 4, 1, 9999);
    if (cursor.wrong || month == 0 || digits == 0)
        return MOMENT_NONE;
    struct cursor day = { .text = text, .length = length, .at = start };
    (void)number(&day, digits, 1, days_of(year, month));
    must_take(&cursor, ' ');
    time_of_day(&cursor, false);
    must_take(&cursor, ' ');
    if (word(&cursor, "GMTUTC") == 0)
        zone(&cursor);
    return cursor.wrong || day.wrong || !is_at_end(&cursor) ? MOMENT_NONE : MOMENT_ZONED;
}

enum moment moment_of(const char *text, size_t length)
{
    enum { LEAST = 10, MOST = 40 };
    if (length < LEAST || length > MOST)
        return MOMENT_NONE;
    enum moment moment = is_digit(text[3]) ? iso(text, length) : MOMENT_NONE;
    return moment == MOMENT_NONE ? mail(text, length) : moment;
}

enum moment_unit moment_unit_of(double number)
{
    static const double from = 946684800; /* 2000-01-01 */
    static const double to = 4102444800;  /* 2100-01-01 */
    static const double units[MOMENT_UNITS] = { 1, 1e3, 1e6 };
    unsigned unit = MOMENT_SECONDS;
    while (unit < MOMENT_UNITS && !(number >= from * units[unit] && number < to * units[unit]))
        unit++;
    return (enum moment_unit)unit;
}
