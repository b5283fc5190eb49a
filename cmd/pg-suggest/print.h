#ifndef PG_SUGGEST_PRINT_H
#define PG_SUGGEST_PRINT_H

#include "columns.h"

/* What is proposed, as text. Each appends, and returns 0, or -1: out of memory. */

/* The statements for a table, its name as it is quoted in SQL. */
int print_sql(struct buf *out, const struct columns *columns, const char *table);

/* The map (pg-load(1), MAPS). ${aside}: records have members beside those that it knows of. */
int print_map(struct buf *out, const struct columns *columns, const char *table, bool aside);

/* A text, each line of it as a comment of SQL. */
int print_commented(struct buf *out, const struct buf *text);

#endif
