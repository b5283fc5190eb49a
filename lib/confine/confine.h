#ifndef CONFINE_CONFINE_H
#define CONFINE_CONFINE_H

#include <stdbool.h>
#include <stddef.h>

/*
 * Confinement of a filter once all its resources are open: the wrapper of libseccomp.
 *
 * After confine_enter() the process may read, write, wait for and close its descriptors, and get
 * memory that is not executable. It may ask for the time, for random bytes and whether stderr is a
 * terminal, take signals, and end. Every other system call (open, socket, execve, fork, ptrace, …)
 * fails with EPERM and does not kill the process: a library that tries an optional call goes on
 * without it. The process can gain no privileges, is not dumpable and leaves no core. Unneeded
 * descriptors are closed first, including those from its parent.
 */
enum confine_result {
    CONFINE_ENTERED,
    CONFINE_UNSUPPORTED, /* the kernel cannot do it, or forbids it */
    CONFINE_FAILED       /* out of memory */
};

struct confine_needs {
    const int *keep; /* descriptors to keep beside 0, 1 and 2; negative ones are ignored */
    size_t keep_count;
    bool limits; /* keep setrlimit(2) on itself and setitimer(2) allowed */
};

/* Confine this process for the rest of its life. After another result than CONFINE_ENTERED it may
 * be confined in part. */
enum confine_result confine_enter(const struct confine_needs *needs);

#endif
