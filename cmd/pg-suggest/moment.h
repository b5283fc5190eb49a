#ifndef PG_SUGGEST_MOMENT_H
#define PG_SUGGEST_MOMENT_H

#include <stddef.h>

/*
 * Find texts that PostgreSQL reads as a date or a moment, the same under any DateStyle (its manual,
 * appendix B.1). The calendar is checked: there is no February 30.
 */
enum moment {
    MOMENT_NONE,
    MOMENT_DATE,  /* 2024-01-31 */
    MOMENT_LOCAL, /* 2024-01-31T08:00:00, 2024-01-31 08:00: without a zone */
    MOMENT_ZONED  /* with Z or an offset; 20240131T080000Z; Wed, 31 Jan 2024 08:00:00 GMT */
};

/* Return the kind of text[0, length). */
enum moment moment_of(const char *text, size_t length);

/*
 * Find the unit of a number that may be a moment: seconds, milliseconds or microseconds since 1970.
 * MOMENT_UNITS: none of these, because it would be before the year 2000 or after 2099.
 */
enum moment_unit { MOMENT_SECONDS, MOMENT_MILLIS, MOMENT_MICROS, MOMENT_UNITS };

enum moment_unit moment_unit_of(double number);

#endif
