#ifndef PG_COPY_BINARY_H
#define PG_COPY_BINARY_H

#include <stdbool.h>
#include <stddef.h>

/*
 * Rows in COPY's binary format (PostgreSQL manual, "COPY", "Binary Format"), which costs the server
 * less to read than its text format. They are made of rows in that one, and only of values whose
 * text means the same under all settings of the server: whatever else there is goes as text, so
 * that nobody but the server judges it.
 */

enum pg_copy_binary {
    PG_COPY_BINARY_NONE,  /* text alone */
    PG_COPY_BINARY_BYTES, /* the text itself: text, varchar, char(n), json */
    PG_COPY_BINARY_JSONB,
    PG_COPY_BINARY_BOOL,
    PG_COPY_BINARY_INT2,
    PG_COPY_BINARY_INT4,
    PG_COPY_BINARY_INT8,
    PG_COPY_BINARY_UUID,
    PG_COPY_BINARY_DATE,
    PG_COPY_BINARY_TIMESTAMP,
    PG_COPY_BINARY_TIMESTAMPTZ
};

/* The kind of the type with that oid in decimal; of a domain, which may check its values: none. */
enum pg_copy_binary pg_copy_binary_kind(const char *oid);

/*
 * Whether a value, as it stands in COPY's text format, not NULL, has the form that is taken for its
 * kind: of a boolean true or false; of an integer its shortest digits, within its range; of a uuid
 * five groups of digits; of times those of ISO 8601 with four digits for the year, an offset for a
 * timestamptz, and for a timestamp none, or Z.
 */
bool pg_copy_binary_fits(enum pg_copy_binary kind, const char *text, size_t length);

/* How many bytes a row of so many fields and of that length in text may become. */
size_t pg_copy_binary_bound(size_t count, size_t length);

/*
 * pg_copy_binary_row(to, kinds, count, row, length):
 * Write the row, one in text whose values all fit, with its line feed. Returns what is behind it;
 * NULL: it has another number of fields, or one that does not fit.
 */
char *pg_copy_binary_row(char *to, const unsigned char *kinds, size_t count, const char *row,
    size_t length);

/* What stands before and behind the rows. */
enum { PG_COPY_BINARY_HEADER = 19, PG_COPY_BINARY_TRAILER = 2 };
extern const char pg_copy_binary_header[PG_COPY_BINARY_HEADER];
extern const char pg_copy_binary_trailer[PG_COPY_BINARY_TRAILER];

#endif
