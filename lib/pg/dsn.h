#ifndef PG_DSN_H
#define PG_DSN_H

enum pg_dsn { PG_DSN_OK, PG_DSN_MALFORMED, PG_DSN_SECRET };

/*
 * Check a connection string (or bare database name) as libpq reads it. SECRET: it holds a password.
 */
enum pg_dsn pg_dsn_check(const char *dsn);

#endif
