#ifndef CONFINE_CALL_FILTER_H
#define CONFINE_CALL_FILTER_H

#include <stdbool.h>

/* The filter of system calls (seccomp(2)), made by libseccomp in a child process. */

/*
 * Allow this thread, and what it starts, only the system calls that confine/confine.h promises; all
 * others fail with EPERM. ${limits} allows setrlimit(2) on itself and setitimer(2), too. Calls of
 * another architecture end the process. The process must have one thread, and PR_SET_NO_NEW_PRIVS.
 * Return 0, or -1 with errno: ENOMEM when it lacks memory or cannot start a process, else the
 * kernel cannot do it or forbids it.
 */
int call_filter_load(bool limits);

#endif
