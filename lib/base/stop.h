#ifndef BASE_STOP_H
#define BASE_STOP_H

#include <stdbool.h>

/*
 * The stop flag. The first SIGTERM or SIGINT sets it and makes stop_fd() readable. The second ends
 * the process with 128 + signal number, as a shell reports it.
 */
int stop_install(void); /* 0, or -1 with errno */
bool stop_requested(void);
int stop_fd(void); /* for poll(2); -1 before stop_install(). Never read from it. */

/* Both of its descriptors, for a program that closes all others; -1 before stop_install(). */
enum { STOP_DESCRIPTORS = 2 };
void stop_descriptors(int descriptors[STOP_DESCRIPTORS]);

#endif
