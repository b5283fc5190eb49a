#ifndef BASE_START_H
#define BASE_START_H

/*
 * start_program(argv0):
 * First call of every main(): name the messages, make sure that descriptors 0 to 2 are open (a
 * closed one is opened on /dev/null in the unusable direction, so that its first use fails instead
 * of landing in another file), ignore SIGPIPE (a lost reader is seen as EPIPE) and SIGXFSZ (a limit
 * on the size of files, as EFBIG), keep group and others from writing to files made later (umask
 * 022 at least), and be scheduled as batch work (sched(7)) unless another policy was chosen. Return
 * 0, or -1 with errno.
 */
int start_program(const char *argv0);

/*
 * For a program that reads standard input to its end: if that is a terminal, and not with -q, tell
 * who sits there that it is waited for. Before the program is confined.
 */
void start_reading(void);

#endif
