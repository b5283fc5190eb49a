#ifndef BASE_WORKER_H
#define BASE_WORKER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"

/*
 * A child process that answers requests, one at a time, under limits: for code of others that may
 * not come to an end, eat all memory or crash. The child is a fork: it sees the caller's memory as
 * it was when it was started, and addresses in it hold on both sides. It has no descriptor and no
 * environment of the caller's, outlives what a terminal or a supervisor sends to all of a group
 * (SIGHUP, SIGINT, SIGQUIT, SIGTERM), and ends with the caller, whatever ends that.
 */
struct worker;

struct worker_limits {
    uint64_t cpu_ms;       /* for one request, of processor time: a busy machine takes none of it */
    uint64_t memory_bytes; /* beyond what the child began with */
    uint64_t memory_factor; /* and so many bytes more for each byte of the request */
};

/* In the child: append the answer to the request. */
typedef void worker_serve(const char *request, size_t length, struct buf *answer);

/*
 * In the child, before the first request and after its descriptors are closed: give up what the
 * requests must not have. The requests come and the answers go by standard input, read(2) and
 * write(2); limits are set by setrlimit(2) and setitimer(2). Whether it could is what
 * worker_is_confined() then says.
 */
typedef bool worker_confine(void);

enum worker_result {
    WORKER_ANSWERED,
    WORKER_ENDED, /* the request ended the child, which passed a limit, crashed or called exit() */
    WORKER_FAILED /* there is no child to be had, or out of memory here: errno */
};

/* NULL: out of memory. The child is not started yet. */
struct worker *worker_new(worker_serve *serve, const struct worker_limits *limits);
void worker_free(struct worker *worker);    /* ends the child; NULL is fine */
void worker_restart(struct worker *worker); /* the next request is answered by a new child */

/* From the next child on; NULL, as at first: none. */
void worker_set_confine(struct worker *worker, worker_confine *confine);

/* Whether the child that runs was confined; false where there is none. */
bool worker_is_confined(const struct worker *worker);

/*
 * Start the child now, if there is none, and not at the first request: before there are threads,
 * whose locks a fork can find taken. 0, or -1 with errno; the request then tries again.
 */
int worker_start(struct worker *worker);

/*
 * worker_request(worker, request, length, answer):
 * Replace the content of ${answer} by what the child answers. Where a signal that the child did not
 * bring on itself ended it (somebody's, or the kernel's when memory is short), a new child is
 * asked, at first under the same limits, then, three times at most, under a quarter of the last
 * ones: WORKER_ENDED is only ever said of a child that passed a limit or crashed, WORKER_FAILED
 * with ECHILD when all of them were ended from outside.
 */
enum worker_result worker_request(struct worker *worker, const char *request, size_t length,
    struct buf *answer);

#endif
