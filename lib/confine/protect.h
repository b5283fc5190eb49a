#ifndef CONFINE_PROTECT_H
#define CONFINE_PROTECT_H

/*
 * Keep the process from dumping core and from being traced or read by its user's other processes.
 * 0, or -1 with errno.
 */
int protect_process(void);

#endif
