#ifndef BASE_WORKER_H
#define BASE_WORKER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"

/*
 * A child process that answers requests, one at a time, under limits: for foreign code that may
 * loop, exhaust memory or crash. The child is a fork: it sees the caller's memory as of its start,
 * and addresses in it are valid in both. It has no descriptor and no environment of the caller. It
 * ignores signals that a terminal or a supervisor sends to a whole group (SIGHUP, SIGINT, SIGQUIT,
 * SIGTERM), and ends with the caller, however the caller ends.
 */
struct worker;

struct worker_limits {
    uint64_t cpu_ms;        /* processor time for one request; a busy machine uses none of it */
    uint64_t memory_bytes;  /* beyond what the child starts with */
    uint64_t memory_factor; /* additional bytes for each byte of the request */
};

/* In the child: append the answer to the request. */
typedef void worker_serve(const char *request, size_t length, struct buf *answer);

/*
 * In the child, before the first request and after its descriptors are closed: give up what
 * requests must not have. Requests come through standard input and answers leave through it, by
 * read(2) and write(2); setrlimit(2) and setitimer(2) set the limits. Return true on success, as
 * worker_is_confined() then does.
 */
typedef bool worker_confine(void);

enum worker_result {
    WORKER_ANSWERED,
    WORKER_ENDED, /* the request ended the child: it passed a limit, crashed or called exit() */
    WORKER_FAILED /* with errno: no child could be started, or out of memory */
};

/* Return a worker whose child is not started yet. NULL: out of memory. */
struct worker *worker_new(worker_serve *serve, const struct worker_limits *limits);
void worker_free(struct worker *worker);    /* end the child; NULL is fine */
void worker_restart(struct worker *worker); /* a new child answers the next request */

/* For the next child on; NULL, the initial value: none. */
void worker_set_confine(struct worker *worker, worker_confine *confine);

/* Return true when the running child is confined; false without a child. */
bool worker_is_confined(const struct worker *worker);

/*
 * Start the child now instead of at the first request: call it before there are threads, whose
 * locks a fork can find taken. Return 0, or -1 with errno; the request then tries again.
 */
int worker_start(struct worker *worker);

/*
 * worker_request(worker, request, length, answer):
 * Replace the content of ${answer} by the child's answer. A foreign signal may end the child:
 * somebody's, or the kernel's when memory is short. Then a new child is asked: first under the same
 * limits, then up to three times under a quarter of the previous ones. So WORKER_ENDED always means
 * that the request passed a limit or crashed the child. WORKER_FAILED with ECHILD means that all of
 * them were ended from outside.
 */
enum worker_result worker_request(struct worker *worker, const char *request, size_t length,
    struct buf *answer);

#endif
