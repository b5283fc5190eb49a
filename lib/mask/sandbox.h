#ifndef MASK_SANDBOX_H
#define MASK_SANDBOX_H

/*
 * Confinement of a filter, once it has all it needs: the door to libseccomp.
 *
 * After sandbox_enter() the process may read and write descriptors it has, wait for them, close
 * them, get memory that is not executable, ask for the time, for random bytes and whether stderr is
 * a terminal, take signals, and end. Every other system call (open, socket, execve, fork, ptrace,
 * …) fails with EPERM rather than killing the process: a library that tries one for a nicety goes
 * on without it, and what is refused is refused all the same. It can gain no privileges, is not
 * dumpable and leaves no core.
 */
enum sandbox_result {
    SANDBOX_ENTERED,
    SANDBOX_UNSUPPORTED, /* the kernel cannot, or forbids it */
    SANDBOX_FAILED       /* no memory */
};

enum sandbox_result sandbox_enter(void);

#endif
