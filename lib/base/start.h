#ifndef BASE_START_H
#define BASE_START_H

/*
 * start_program(argv0):
 * First call of every main(). It names the messages and makes sure that descriptors 0 to 2 are
 * open. A closed one is opened on /dev/null in the unusable direction, so that its first use fails
 * instead of reaching another file. It ignores SIGPIPE (a lost reader is EPIPE) and SIGXFSZ (a file
 * size limit is EFBIG), and keeps group and others from writing to new files (umask 022 at least).
 * It asks to be scheduled as batch work (sched(7)) unless another policy was chosen, and makes
 * malloc() return large blocks to the system. Return 0, or -1 with errno.
 */
int start_program(const char *argv0);

/*
 * For a program that reads standard input to its end: when that is a terminal, and without -q, tell
 * the user that input is expected. Call it before the program is confined.
 */
void start_reading(void);

#endif
