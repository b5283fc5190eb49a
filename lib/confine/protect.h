#ifndef CONFINE_PROTECT_H
#define CONFINE_PROTECT_H

/*
 * Keep the process from dumping core, and keep the user's other processes from tracing or reading
 * it. Return 0, or -1 with errno.
 */
int protect_process(void);

#endif
