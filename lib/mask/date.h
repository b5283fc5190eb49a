#ifndef MASK_DATE_H
#define MASK_DATE_H

#include <stdbool.h>
#include <stddef.h>

/*
 * Dates and times as texts of ISO 8601, changed in place so that the spelling stays: YYYY-MM-DD or
 * YYYYMMDD, alone or with "T" (or "t", or one blank) and a time of the day, HH:MM, HH:MM:SS or
 * without the colons, a fraction of the second behind "." or ",", then "Z", "+HH", "+HH:MM" or
 * "+HHMM" or nothing. Also YYYY-MM and YYYY. Years are 0001 to 9999 of the Gregorian calendar,
 * 24:00 is none, 23:59:60 is.
 */
struct date {
    unsigned year, month, day;   /* month and day 0: not given */
    size_t month_at, day_at;     /* where they stand */
    size_t time_at, time_length; /* of the time without its zone; length 0: none */
};

/* Whether the text is one. */
bool date_read(const char *text, size_t length, struct date *date);

/*
 * Move by so many days, for a date that has a day. Whether the year stays within 1 to 9999; if not
 * the text is as it was.
 */
bool date_move(char *text, const struct date *date, long days);

/* Set what is smaller than a day, a month, a year to its first value. */
void date_floor_day(char *text, const struct date *date);
void date_floor_month(char *text, const struct date *date);
void date_floor_year(char *text, const struct date *date);

#endif
