#ifndef MASK_DATE_H
#define MASK_DATE_H

#include <stdbool.h>
#include <stddef.h>

/*
 * Dates and times as texts of ISO 8601, changed in place so that the spelling stays. The date is
 * YYYY-MM-DD or YYYYMMDD. After it may come "T" (or "t", or one blank) and a time: HH:MM or
 * HH:MM:SS, or both without colons. A fraction of the second may follow "." or ",". Then comes "Z",
 * "+HH", "+HH:MM", "+HHMM" or nothing. YYYY-MM and YYYY are also dates. Years are 0001 to 9999 of
 * the Gregorian calendar. 24:00 is no time, 23:59:60 is one.
 */
struct date {
    unsigned year, month, day;   /* month and day 0: absent */
    size_t month_at, day_at;     /* their offsets */
    size_t time_at, time_length; /* of the time without its zone; length 0: none */
};

/* Read a date. Return true when the text is one. */
bool date_read(const char *text, size_t length, struct date *date);

/*
 * Move a date that has a day by a number of days. Return false, with the text unchanged, when the
 * year leaves 1 to 9999.
 */
bool date_move(char *text, const struct date *date, long days);

/* Set all parts below a day, a month or a year to their first value. */
void date_floor_day(char *text, const struct date *date);
void date_floor_month(char *text, const struct date *date);
void date_floor_year(char *text, const struct date *date);

#endif
