#ifndef PG_LOAD_HALT_H
#define PG_LOAD_HALT_H

#include <stdbool.h>
#include <stdint.h>

/*
 * The end of all patience, for every thread of the process: set by halt_now(), or by itself when
 * the grace time that a stop request leaves (base/stop.h) is nearly over. Whatever waits for the
 * server, for the reader of the verdicts or for a better time waits for it too. It stays set.
 *
 * The grace time is for the whole of the end: input is read for halt_drain_ms() of it at most, the
 * halt comes one reserve later, after another the process leaves what is still at work, and a third
 * is left to close what it can.
 */
enum { HALT_RESERVE_MS = 2000 }; /* the longest reserve; of a short grace time, an eighth */

uint64_t halt_reserve_ms(uint64_t grace_ms);
uint64_t halt_drain_ms(uint64_t grace_ms);

/* Start to watch for it. 0, or -1 with errno. What is set up lasts as long as the process. */
int halt_open(uint64_t grace_ms);

/* Around whatever waits for the server, in any thread: a stop request that finds it waiting for a
 * while is answered with a warning that says for how long yet. */
void halt_work_begins(void);
void halt_work_ends(void);

void halt_now(void);
bool halt_requested(void);
int halt_fd(void); /* readable once it is set; -1 before halt_open() */

#endif
