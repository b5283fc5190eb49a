#ifndef PG_SUGGEST_PRINT_H
#define PG_SUGGEST_PRINT_H

#include "columns.h"

/* Print the proposal as text. Each function appends, and returns 0, or -1 when memory runs out. */

/* Append the statements for a table, its name quoted as in SQL. */
int print_sql(struct buf *out, const struct columns *columns, const char *table);

/* Append the map (pg-load(1), MAPS). ${has_others}: records have other members than it covers. */
int print_map(struct buf *out, const struct columns *columns, const char *table, bool has_others);

/* Append a text, each line as a comment of SQL. */
int print_commented(struct buf *out, const struct buf *text);

#endif
