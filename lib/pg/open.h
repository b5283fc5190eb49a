#ifndef PG_OPEN_H
#define PG_OPEN_H

#include <stdint.h>

#include "pg/fault.h"

/*
 * pg_open_connect(dsn, password_command, within_ms, cancel_fd, error):
 * A connection of libpq by ${dsn} (NULL: by the environment alone), non-blocking, with notices
 * ignored and a peer that vanishes noticed within 40 s; the caller's, for PQfinish(). No wait goes
 * on once ${cancel_fd} (-1: none) is readable.
 *
 * Of several hosts, and of several addresses of a name, one after the other is tried, in libpq's
 * order (target_session_attrs, load_balance_hosts), until one takes us and answers, or refuses for
 * good. Each gets connect_timeout, or ten seconds, and at most its share of ${within_ms}, but half
 * a second.
 *
 * What ${password_command} prints (pg/password.h; NULL: there is none) is the password; a login
 * that is refused is a fault then, as the next password may be a newer one.
 *
 * NULL: ${error} says why: that of the host which refused for good, else of every host.
 */
void *pg_open_connect(const char *dsn, const char *password_command, uint64_t within_ms,
    int cancel_fd, struct pg_error *error);

#endif
