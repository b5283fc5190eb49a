#include <string.h>
#include <time.h>

#include "base/clock.h"

enum {
    DAY_MS = 86400000,
    ERA_DAYS = 146097,
    DAYS_TO_1970 = 719468,
    FIRST_YEAR = 1900, /* an earlier time cannot reach 1970, whatever the month */
    LEAPS_BEFORE_1970 = 1969 / 4 - 1969 / 100 + 1969 / 400
};

static uint64_t read_ms(clockid_t id)
{
    struct timespec now;
    if (clock_gettime(id, &now) != 0)
        return 0;
    return (uint64_t)now.tv_sec * 1000 + (uint64_t)now.tv_nsec / 1000000;
}

uint64_t clock_monotonic_ms(void)
{
    return read_ms(CLOCK_MONOTONIC);
}

uint64_t clock_realtime_ms(void)
{
    return read_ms(CLOCK_REALTIME);
}

struct clock_moment clock_moment_now(void)
{
    return (struct clock_moment){ .running_ms = read_ms(CLOCK_BOOTTIME),
        .wall_ms = clock_realtime_ms() };
}

static uint64_t passed(uint64_t from_ms, uint64_t to_ms)
{
    return to_ms > from_ms ? to_ms - from_ms : 0;
}

uint64_t clock_moment_age_ms(const struct clock_moment *moment)
{
    struct clock_moment now = clock_moment_now();
    uint64_t running_ms = passed(moment->running_ms, now.running_ms);
    uint64_t wall_ms = passed(moment->wall_ms, now.wall_ms);
    return running_ms > wall_ms ? running_ms : wall_ms;
}

/* Write ${value} with ${digits} digits. */
static void put(char *to, unsigned value, int digits)
{
    while (digits-- > 0) {
        to[digits] = (char)('0' + value % 10);
        value /= 10;
    }
}

/*
 * Convert days since 1 January 1970 to a date of the Gregorian calendar. Years begin in March, so
 * that a leap day is the last of its year; four centuries have 146,097 days.
 */
static void date_of(uint64_t days, unsigned *year, unsigned *month, unsigned *day)
{
    unsigned since = (unsigned)days + DAYS_TO_1970; /* since 1 March of the year 0 */
    unsigned era = since / ERA_DAYS, in_era = since % ERA_DAYS;
    unsigned leaps = in_era / 1460 - in_era / 36524 + in_era / (ERA_DAYS - 1);
    unsigned in_era_year = (in_era - leaps) / 365;
    unsigned in_year = in_era - (in_era_year * 365 + in_era_year / 4 - in_era_year / 100);
    unsigned from_march = (5 * in_year + 2) / 153; /* months of 31, 30, 31, 30, 31 days in turn */
    *day = in_year - (153 * from_march + 2) / 5 + 1;
    *month = from_march < 10 ? from_march + 3 : from_march - 9;
    *year = era * 400 + in_era_year + (*month < 3);
}

/*
 * Without gmtime_r(): this runs several times for each message, and gmtime_r() alone takes longer.
 */
void clock_rfc3339(uint64_t ms, char text[CLOCK_RFC3339_SIZE])
{
    static const uint64_t last_ms = 253402300799999; /* 9999-12-31T23:59:59.999Z */
    if (ms > last_ms)
        ms = last_ms;
    uint64_t days = ms / DAY_MS;
    unsigned second = (unsigned)(ms % DAY_MS / 1000);
    unsigned year, month, day;
    date_of(days, &year, &month, &day);
    memcpy(text, "0000-00-00T00:00:00.000Z", CLOCK_RFC3339_SIZE);
    put(text, year, 4);
    put(text + 5, month, 2);
    put(text + 8, day, 2);
    put(text + 11, second / 3600, 2);
    put(text + 14, second / 60 % 60, 2);
    put(text + 17, second % 60, 2);
    put(text + 20, (unsigned)(ms % 1000), 3);
}

/* Return the number in ${count} digits. */
static int number(const char *text, int count)
{
    int value = 0;
    for (int i = 0; i < count; i++)
        value = value * 10 + (text[i] - '0');
    return value;
}

/*
 * Return the days from 1970 to the first of a month of the Gregorian calendar; ${month} counts from
 * 0 and may be any number.
 */
static int64_t days_before(int year, int month)
{
    static const int before[12] = { 0, 31, 59, 90, 120, 151, 181, 212, 243, 273, 304, 334 };
    int last =
        year + month / 12 - (month % 12 < 2); /* the last year whose leap day, if any, has passed */
    int leaps = last / 4 - last / 100 + last / 400 - LEAPS_BEFORE_1970;
    return (int64_t)(year + month / 12 - 1970) * 365 + leaps + before[month % 12];
}

uint64_t clock_rfc3339_ms(const char *text, size_t length)
{
    static const char form[] = "0000-00-00T00:00:00.000Z";
    if (length != sizeof form - 1)
        return 0;
    for (size_t i = 0; i < length; i++)
        if (form[i] != '0' ? text[i] != form[i] : text[i] < '0' || text[i] > '9')
            return 0;
    int year = number(text, 4), month = number(text + 5, 2), day = number(text + 8, 2);
    if (year < FIRST_YEAR)
        return 0;
    /* Like timegm(): surplus days, hours, … carry over, and so do surplus months. */
    int64_t seconds =
        ((days_before(year - 1, 11 + month) + day - 1) * 24 + number(text + 11, 2)) * 3600 +
        (int64_t)number(text + 14, 2) * 60 + number(text + 17, 2);
    return seconds < 0 ? 0 : (uint64_t)seconds * 1000 + (uint64_t)number(text + 20, 3);
}
