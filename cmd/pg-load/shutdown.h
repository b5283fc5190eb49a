#ifndef PG_LOAD_SHUTDOWN_H
#define PG_LOAD_SHUTDOWN_H

#include <stdbool.h>
#include <stdint.h>

/*
 * The end of all retry, for every thread of the process: set by shutdown_now(), or by itself when
 * the grace time that a stop request leaves (base/stop.h) is nearly over. Whatever waits for the
 * server, for the reader of the verdicts or for a better time waits for it too. It stays set.
 *
 * The grace time is for the whole of the end: input is read for shutdown_drain_ms() of it at most,
 * the shutdown comes one reserve later, after another the process leaves what is still at work, and
 * a third is left to close what it can.
 */
enum { SHUTDOWN_RESERVE_MS = 2000 }; /* the longest reserve; of a short grace time, an eighth */

uint64_t shutdown_reserve_ms(uint64_t grace_ms);
uint64_t shutdown_drain_ms(uint64_t grace_ms);

/* Start to watch for it. 0, or -1 with errno. What is set up lasts as long as the process. */
int shutdown_open(uint64_t grace_ms);

/* Around whatever waits for the server, in any thread: a stop request that finds it waiting for a
 * while is answered with a warning that says for how long yet. */
void shutdown_work_begins(void);
void shutdown_work_ends(void);

void shutdown_now(void);
bool shutdown_requested(void);
int shutdown_fd(void); /* readable once it is set; -1 before shutdown_open() */

#endif
