#ifndef PG_PASSWORD_H
#define PG_PASSWORD_H

#include <stdint.h>

#include "base/buf.h"
#include "pg/fault.h"

/*
 * pg_password_ask(command, within_ms, cancel_fd, password, error):
 * Run ${command}, words between blanks, without a shell, and put the first line of its output into
 * ${password}, a C string that the caller always wipes. The command has half a minute, at most
 * ${within_ms}, and does not see PGPASSWORD. Return 0, or -1 with ${error}. The error is a fault,
 * except when the command cannot be run, ends with 64, 77 or 78 (wrong usage or setting), or prints
 * something that is not a password. A message names the command and holds nothing else of it.
 */
int pg_password_ask(const char *command, uint64_t within_ms, int cancel_fd, struct buf *password,
    struct pg_error *error);

#endif
