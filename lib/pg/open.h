#ifndef PG_OPEN_H
#define PG_OPEN_H

#include "pg/fault.h"

/*
 * pg_open_connect(dsn, halt_fd, error):
 * A connection of libpq by ${dsn} (NULL: by the environment alone), non-blocking, with notices
 * ignored; the caller's, for PQfinish(). No wait goes on once ${halt_fd} (-1: none) is readable.
 * NULL: ${error} says why.
 */
void *pg_open_connect(const char *dsn, int halt_fd, struct pg_error *error);

#endif
