#ifndef CONFINE_CONFINE_H
#define CONFINE_CONFINE_H

#include <stdbool.h>
#include <stddef.h>

/*
 * Confinement of a filter, once it has all it needs: the door to libseccomp.
 *
 * After confine_enter() the process may read and write descriptors it has, wait for them, close
 * them, get memory that is not executable, ask for the time, for random bytes and whether stderr is
 * a terminal, take signals, and end. Every other system call (open, socket, execve, fork, ptrace,
 * …) fails with EPERM rather than killing the process: a library that tries one for a nicety goes
 * on without it, and what is refused is refused all the same. It can gain no privileges, is not
 * dumpable and leaves no core. Descriptors that it does not need are closed first, those that it
 * was handed by its parent too.
 */
enum confine_result {
    CONFINE_ENTERED,
    CONFINE_UNSUPPORTED, /* the kernel cannot, or forbids it */
    CONFINE_FAILED       /* out of memory */
};

struct confine_needs {
    const int *keep; /* descriptors that stay open beside 0, 1 and 2; negative ones are none */
    size_t keep_count;
    bool limits; /* setrlimit(2) on itself and setitimer(2) stay allowed */
};

enum confine_result confine_enter(const struct confine_needs *needs);

#endif
