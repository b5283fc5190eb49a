#ifndef PG_USER_TIMEOUT_H
#define PG_USER_TIMEOUT_H

#include <stdbool.h>
#include <stdint.h>

/*
 * Linux's TCP_USER_TIMEOUT ends a connection whose peer answers, but takes no data: a server at
 * work in a trigger reads no rows of a COPY. Looked at each second, the timeout is put off as long
 * as answers come, so that it runs from the last one on: a peer that has vanished is still noticed.
 */
struct pg_user_timeout {
    bool known;        /* what the timeout is: */
    uint64_t limit_ms; /* 0: none, and nothing to do */
    uint64_t taken;    /* bytes that the peer had at the last look */
    uint64_t since;    /* when it had taken the last of them; clock_monotonic_ms() */
};

/* Look at the socket ${fd}; ${watched} is all zero for a new one. A socket without TCP is left. */
void pg_user_timeout_look(struct pg_user_timeout *watched, int fd);

#endif
