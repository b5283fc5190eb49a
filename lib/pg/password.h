#ifndef PG_PASSWORD_H
#define PG_PASSWORD_H

#include <stdint.h>

#include "base/buf.h"
#include "pg/fault.h"

/*
 * pg_password_ask(command, within_ms, cancel_fd, password, error):
 * Run ${command}, words between blanks, without a shell, and put the first line that it prints into
 * ${password}, a C string that the caller wipes in any case. It has half a minute, and at most
 * ${within_ms}; it does not see PGPASSWORD. 0, or -1 with ${error}: a fault, but where the command
 * cannot be run, ends as one does that is wrongly called or set (64, 77, 78), or prints what is no
 * password. No message holds more of it than its name.
 */
int pg_password_ask(const char *command, uint64_t within_ms, int cancel_fd, struct buf *password,
    struct pg_error *error);

#endif
