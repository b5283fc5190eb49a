#include <string.h>

#include "mask/date.h"

static bool is_digit(char byte)
{
    return byte >= '0' && byte <= '9';
}

/* Read a number of ${count} digits at text[at]. Return false when there is none. */
static bool read_digits(const char *text, size_t length, size_t at, size_t count, unsigned *value)
{
    if (length < count || at > length - count)
        return false;
    *value = 0;
    for (size_t i = at; i < at + count; i++) {
        if (!is_digit(text[i]))
            return false;
        *value = *value * 10 + (unsigned)(text[i] - '0');
    }
    return true;
}

static void write_digits(char *text, size_t at, size_t count, unsigned value)
{
    for (size_t i = at + count; i-- > at; value /= 10)
        text[i] = (char)('0' + value % 10);
}

static bool is_leap(unsigned year)
{
    return year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
}

static unsigned days_of_month(unsigned year, unsigned month)
{
    static const unsigned char days[] = { 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31 };
    return month == 2 && is_leap(year) ? 29 : days[month - 1];
}

/* ---- reading --------------------------------------------------------------------------------- */

/* Read the day and set *end behind it. Return false when it is malformed. */
static bool read_day(const char *text, size_t length, struct date *date, size_t *end)
{
    if (!read_digits(text, length, 0, 4, &date->year) || date->year == 0)
        return false;
    *end = 4;
    if (length == 4)
        return true;
    size_t hyphen = text[4] == '-';
    date->month_at = 4 + hyphen;
    if (!read_digits(text, length, date->month_at, 2, &date->month) || date->month < 1 ||
        date->month > 12)
        return false;
    *end = date->month_at + 2;
    if (*end == length)
        return hyphen == 1; /* ISO 8601 has no YYYYMM */
    if (hyphen == 1 && text[*end] != '-')
        return false;
    date->day_at = *end + hyphen;
    *end = date->day_at + 2;
    return read_digits(text, length, date->day_at, 2, &date->day) && date->day >= 1 &&
        date->day <= days_of_month(date->year, date->month);
}

/* Read a fraction from its sign on and set *end behind it. Return false when it is malformed. */
static bool read_fraction(const char *text, size_t length, size_t *end)
{
    if (*end == length || (text[*end] != '.' && text[*end] != ','))
        return true;
    size_t start = ++*end;
    while (*end < length && is_digit(text[*end]))
        ++*end;
    return *end > start;
}

static bool read_zone(const char *text, size_t length, size_t at)
{
    unsigned hours, minutes;
    if (at == length)
        return true;
    if (text[at] == 'Z' || text[at] == 'z')
        return at + 1 == length;
    if ((text[at] != '+' && text[at] != '-') || !read_digits(text, length, at + 1, 2, &hours) ||
        hours > 23)
        return false;
    at += 3;
    if (at == length)
        return true;
    at += text[at] == ':';
    return read_digits(text, length, at, 2, &minutes) && minutes <= 59 && at + 2 == length;
}

static bool read_time(const char *text, size_t length, struct date *date)
{
    unsigned hours, minutes, seconds;
    size_t at = date->time_at;
    if (!read_digits(text, length, at, 2, &hours) || hours > 23)
        return false;
    size_t colon = at + 2 < length && text[at + 2] == ':';
    if (!read_digits(text, length, at + 2 + colon, 2, &minutes) || minutes > 59)
        return false;
    size_t end = at + 4 + colon;
    bool more = end < length && (colon ? text[end] == ':' : is_digit(text[end]));
    if (more) {
        if (!read_digits(text, length, end + colon, 2, &seconds) || seconds > 60)
            return false;
        end += 2 + colon;
        if (!read_fraction(text, length, &end))
            return false;
    }
    date->time_length = end - at;
    return read_zone(text, length, end);
}

bool date_read(const char *text, size_t length, struct date *date)
{
    size_t end;
    *date = (struct date){ 0 };
    if (!read_day(text, length, date, &end))
        return false;
    if (end == length)
        return true;
    if (date->day == 0 || memchr("Tt ", text[end], 3) == NULL)
        return false;
    date->time_at = end + 1;
    return read_time(text, length, date);
}

/* ---- moving ---------------------------------------------------------------------------------- */

/* Return the number of days since 1 March of year 0, in a calendar whose years begin in March. */
static long number_of_day(const struct date *date)
{
    long year = (long)date->year - (date->month <= 2);
    long month = (long)(date->month + 9) % 12;
    return year * 365 + year / 4 - year / 100 + year / 400 + (month * 306 + 5) / 10 +
        (long)date->day - 1;
}

/* Return the year, month and day of a number; the year may be 0 or above 9999. */
static struct date day_of_number(long number)
{
    struct date date = { 0 };
    long year = number / 366; /* at most a little too low */
    while ((year + 1) * 365 + (year + 1) / 4 - (year + 1) / 100 + (year + 1) / 400 <= number)
        year++;
    long rest = number - (year * 365 + year / 4 - year / 100 + year / 400);
    long month = (rest * 10 + 5) / 306;
    date.day = (unsigned)(rest - (month * 306 + 5) / 10 + 1);
    date.month = (unsigned)((month + 2) % 12 + 1);
    date.year = (unsigned)(year + (month >= 10));
    return date;
}

bool date_move(char *text, const struct date *date, long days)
{
    long number = number_of_day(date) + days;
    if (number < 306) /* 1 January of year 1 */
        return false;
    struct date moved = day_of_number(number);
    if (moved.year < 1 || moved.year > 9999)
        return false;
    write_digits(text, 0, 4, moved.year);
    write_digits(text, date->month_at, 2, moved.month);
    write_digits(text, date->day_at, 2, moved.day);
    return true;
}

/* ---- flooring -------------------------------------------------------------------------------- */

void date_floor_day(char *text, const struct date *date)
{
    for (size_t i = date->time_at; i < date->time_at + date->time_length; i++)
        if (is_digit(text[i]))
            text[i] = '0';
}

void date_floor_month(char *text, const struct date *date)
{
    if (date->day > 0)
        write_digits(text, date->day_at, 2, 1);
    date_floor_day(text, date);
}

void date_floor_year(char *text, const struct date *date)
{
    if (date->month > 0)
        write_digits(text, date->month_at, 2, 1);
    date_floor_month(text, date);
}
