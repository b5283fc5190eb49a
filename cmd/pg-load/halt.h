#ifndef PG_LOAD_HALT_H
#define PG_LOAD_HALT_H

#include <stdbool.h>
#include <stdint.h>

/*
 * The end of all patience, for every thread of the process: set by halt_now(), or by itself
 * HALT_RESERVE_MS after the grace time that a stop request leaves (base/stop.h). Whatever waits for
 * the server, for the reader of the verdicts or for a better time waits for it too. It stays set.
 */
enum { HALT_RESERVE_MS = 2000 }; /* for what is in hand when the grace time is over */

/* Start to watch for it. 0, or -1 with errno. What is set up lasts as long as the process. */
int halt_open(uint64_t grace_ms);

void halt_now(void);
bool halt_requested(void);
int halt_fd(void); /* readable once it is set; -1 before halt_open() */

#endif
