#ifndef PG_OPEN_H
#define PG_OPEN_H

#include <stdint.h>

#include "pg/fault.h"

/*
 * pg_open_connect(dsn, password_command, within_ms, cancel_fd, error):
 * Open a libpq connection by ${dsn} (NULL: by the environment alone). It is non-blocking, ignores
 * notices, and notices within 40 s that its peer has vanished. The caller closes it by PQfinish().
 * No wait continues once ${cancel_fd} (-1: none) is readable.
 *
 * Several hosts, and several addresses of a name, are tried one after the other, in libpq's order
 * (target_session_attrs, load_balance_hosts), until one accepts or refuses permanently. Each gets
 * connect_timeout, or ten seconds: at most its share of ${within_ms}, at least half a second.
 *
 * The output of ${password_command} (pg/password.h; NULL: none) is the password. A refused login is
 * then a fault, as the next password may be newer.
 *
 * NULL with ${error}: the reason of the host that refused permanently, else of every host.
 */
void *pg_open_connect(const char *dsn, const char *password_command, uint64_t within_ms,
    int cancel_fd, struct pg_error *error);

#endif
