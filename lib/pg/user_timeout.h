#ifndef PG_USER_TIMEOUT_H
#define PG_USER_TIMEOUT_H

#include <stdbool.h>
#include <stdint.h>

/*
 * Linux's TCP_USER_TIMEOUT ends a connection whose peer answers but takes no data: a server inside
 * a trigger reads no rows of a COPY. Called each second, this postpones the timeout as long as
 * answers come, so that it runs from the last answer on. A vanished peer is still noticed.
 */
struct pg_user_timeout {
    bool known;        /* the timeout was read: */
    uint64_t limit_ms; /* 0: none, and nothing to do */
    uint64_t taken;    /* bytes that the peer had taken at the last look */
    uint64_t since;    /* when it took the last of them; clock_monotonic_ms() */
};

/* Look at the socket ${fd}; ${watched} is zeroed for a new one. A socket without TCP is ignored. */
void pg_user_timeout_look(struct pg_user_timeout *watched, int fd);

#endif
