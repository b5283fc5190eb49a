#ifndef PG_COPY_H
#define PG_COPY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"

/*
 * The text format of COPY (PostgreSQL manual, COPY, "Text Format"): fields parted by a tab, rows
 * ended by a newline, NULL is \N. What is written here never holds a line of just "\.".
 */

/* Append a field's bytes (UTF-8, no NUL), with backslash, tab, LF and CR escaped. 0, or -1. */
int pg_copy_escape(struct buf *out, const char *text, size_t length);

/*
 * pg_copy_field(field, at, end, null):
 * Read the field at *${at} of a row that ends at ${end}, newline included, as pg_copy_escape() and
 * \N wrote it, and move on behind it. ${field} is replaced. 0, or -1: out of memory.
 */
int pg_copy_field(struct buf *field, const char **at, const char *end, bool *null);

/*
 * Where a COPY failed, as far as the server's CONTEXT tells. It is translated, and it quotes values
 * of the row, which may imitate it: a hint, to be proved by sending the row alone.
 */
struct pg_copy_hint {
    uint64_t line; /* 1 for the first row sent; 0: not told */
    size_t column; /* index into the names; SIZE_MAX: not told */
};

/*
 * pg_copy_hint(context, relation, names, count, hint):
 * Read the CONTEXT of an error (NULL: none) raised by a COPY into ${relation} (its bare name) of
 * the columns ${names}. Only the relation's and the columns' names and the digits are looked at.
 */
void pg_copy_hint(const char *context, const char *relation, const char *const *names, size_t count,
    struct pg_copy_hint *hint);

#endif
