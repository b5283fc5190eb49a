#ifndef PG_COPY_H
#define PG_COPY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"

/*
 * The text format of COPY (PostgreSQL manual, COPY, "Text Format"): a tab between fields, a newline
 * after each row, \N for NULL. The output never holds a line of only "\.".
 */

/*
 * Append a field's bytes (UTF-8, no NUL), with backslash, tab, LF and CR escaped. Return 0, or -1.
 */
int pg_copy_escape(struct buf *out, const char *text, size_t length);

/*
 * pg_copy_field(field, at, end, null):
 * Read the field at *${at} of a row that ends at ${end}, newline included, as written by
 * pg_copy_escape() or as \N. Replace ${field}, and move *${at} behind the field. Return 0, or -1:
 * out of memory.
 */
int pg_copy_field(struct buf *field, const char **at, const char *end, bool *null);

/*
 * Where a COPY failed, from the CONTEXT of the error. The server translates it, and it quotes
 * values of the row, which may imitate it. So it is a hint; sending the row alone is the proof.
 */
struct pg_copy_hint {
    uint64_t line; /* 1 for the first row sent; 0: unknown */
    size_t column; /* index into the names; SIZE_MAX: unknown */
};

/*
 * pg_copy_hint(context, relation, names, count, hint):
 * Read the CONTEXT of an error (NULL: none) of a COPY into ${relation} (its bare name) with the
 * columns ${names}. Only these names and the digits are used.
 */
void pg_copy_hint(const char *context, const char *relation, const char *const *names, size_t count,
    struct pg_copy_hint *hint);

#endif
