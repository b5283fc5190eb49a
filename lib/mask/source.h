#ifndef MASK_SOURCE_H
#define MASK_SOURCE_H

#include <stddef.h>
#include <sys/stat.h>
#include <sys/types.h>

/*
 * Small files that are read whole at start-up: key files and policies. They are judged by the open
 * descriptor, never by their name, so that what is checked is what is read.
 */

/*
 * source_open(path, status):
 * Open ${path} for reading, symbolic links followed, and fill ${status} from the descriptor. The
 * names /dev/fd/N, /proc/self/fd/N and /dev/stdin stand for a descriptor of this process: that one
 * is duplicated, not opened anew, so that what a parent handed over is read with the parent's
 * rights. Opening a FIFO waits for its writer. Return a descriptor, the caller's to close, or -1
 * with errno.
 */
int source_open(const char *path, struct stat *status);

/* The descriptor that ${path} names as above, or -1 when it names a file. */
int source_descriptor(const char *path);

/*
 * source_read(fd, into, size):
 * Read to the end of the file, or until ${size} bytes are there; return how many, or -1 with errno.
 * Who asks for one byte more than allowed learns whether the file is too large. A regular file is
 * read from its beginning wherever its offset stands: several programs may have been handed one
 * descriptor, and share the offset.
 */
ssize_t source_read(int fd, char *into, size_t size);

#endif
