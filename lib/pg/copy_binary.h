#ifndef PG_COPY_BINARY_H
#define PG_COPY_BINARY_H

#include <stdbool.h>
#include <stddef.h>

/*
 * Rows in COPY's binary format (PostgreSQL manual, "COPY", "Binary Format"), which the server reads
 * faster than text. They are made from rows in text format, and only of values whose text means the
 * same under all server settings. All other values are sent as text, so that only the server judges
 * them.
 */

enum pg_copy_binary {
    PG_COPY_BINARY_NONE,  /* text only */
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

/*
 * Return the kind of the type with that oid in decimal. A domain, which may check its values, has
 * none.
 */
enum pg_copy_binary pg_copy_binary_kind(const char *oid);

/*
 * Return true when a value in COPY's text format, not NULL, has the form that its kind needs. A
 * boolean is true or false; an integer has its shortest digits, within its range; a uuid has five
 * groups of digits. Times are ISO 8601 with a year of four digits. A timestamptz has an offset; a
 * timestamp has none, or Z.
 */
bool pg_copy_binary_fits(enum pg_copy_binary kind, const char *text, size_t length);

/* Return the largest binary size of a row with ${count} fields and ${length} bytes of text. */
size_t pg_copy_binary_bound(size_t count, size_t length);

/*
 * pg_copy_binary_row(to, kinds, count, row, length):
 * Write the row, given in text with its line feed; all its values must fit. Return the end of the
 * written row; NULL: another number of fields, or a value that does not fit.
 */
char *pg_copy_binary_row(char *to, const unsigned char *kinds, size_t count, const char *row,
    size_t length);

/* What precedes and follows the rows. */
enum { PG_COPY_BINARY_HEADER = 19, PG_COPY_BINARY_TRAILER = 2 };
extern const char pg_copy_binary_header[PG_COPY_BINARY_HEADER];
extern const char pg_copy_binary_trailer[PG_COPY_BINARY_TRAILER];

#endif
