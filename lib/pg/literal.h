#ifndef PG_LITERAL_H
#define PG_LITERAL_H

#include "base/buf.h"

/* Append a blank and ${text} as an SQL literal that is independent of standard_conforming_strings
 * (PostgreSQL manual, "String Constants with C-Style Escapes"). An error shows in buf_cstr(). */
void pg_literal(struct buf *sql, const char *text);

#endif
