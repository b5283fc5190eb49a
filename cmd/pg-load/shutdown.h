#ifndef PG_LOAD_SHUTDOWN_H
#define PG_LOAD_SHUTDOWN_H

#include <stdbool.h>
#include <stdint.h>

/*
 * The end of all retries, for every thread of the process. shutdown_now() sets it. It also sets
 * itself when the grace period after a stop request (base/stop.h) is nearly over. Any wait for the
 * server, for the reader of the verdicts or between retries also waits for it. It stays set.
 *
 * The grace period covers the whole end. Input is read for at most shutdown_drain_ms() of it. The
 * shutdown comes one reserve later. After another reserve the process leaves all work still in
 * progress. A third reserve remains for closing what can be closed.
 */
/* The longest reserve. That of a grace period under 16 s is an eighth of it. */
enum { SHUTDOWN_RESERVE_MS = 2000 };

/* Return the reserve: an eighth of the grace period, at most SHUTDOWN_RESERVE_MS. */
uint64_t shutdown_reserve_ms(uint64_t grace_ms);

/* Return how long input is read after a stop request: the grace period less three reserves. */
uint64_t shutdown_drain_ms(uint64_t grace_ms);

/* Start to watch for it. Return 0, or -1 with errno. The set-up lasts as long as the process. */
int shutdown_open(uint64_t grace_ms);

/* Call these before and after a wait for the server, in any thread. A stop request that finds a
 * longer wait makes a warning that says how long it may still take. */
void shutdown_work_begins(void);
void shutdown_work_ends(void);

void shutdown_now(void);
bool shutdown_requested(void);
int shutdown_fd(void); /* readable once it is set; -1 before shutdown_open() */

#endif
