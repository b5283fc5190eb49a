#ifndef PG_DSN_H
#define PG_DSN_H

#include <stdint.h>

enum pg_dsn { PG_DSN_OK, PG_DSN_MALFORMED, PG_DSN_SECRET };

/* Look at a connection string (or bare database name) as libpq reads it; SECRET: holds a password.
 */
enum pg_dsn pg_dsn_check(const char *dsn);

/*
 * Milliseconds to connect in, for all of the ${hosts} (a list with commas; NULL: one) together:
 * connect_timeout, in seconds as text, is meant for each; NULL, or none above 0: ten.
 */
uint64_t pg_dsn_patience(const char *hosts, const char *timeout);

#endif
