#ifndef CONFINE_CALL_FILTER_H
#define CONFINE_CALL_FILTER_H

#include <stdbool.h>

/*
 * The filter of system calls: a program of the kernel's classic BPF (seccomp(2)), made in place.
 * Making it allocates nothing, so it is whole or not there at all.
 */

/*
 * Allow this thread, and what it starts, only the system calls that confine/confine.h promises; all
 * others fail with EPERM. ${limits} allows setrlimit(2) on itself and setitimer(2), too. Calls of
 * another architecture end the thread. The thread must have PR_SET_NO_NEW_PRIVS. Return 0, or -1
 * with errno: ENOMEM when the kernel is out of memory, else it cannot do it or forbids it.
 */
int call_filter_load(bool limits);

#endif
