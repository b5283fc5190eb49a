#ifndef BASE_METRICS_FILE_H
#define BASE_METRICS_FILE_H

#include <stddef.h>

#include "base/buf.h"

/*
 * A file that one process at a time replaces as a whole. It is written beside itself under a name
 * of its own (NAME.PID.tmp, which no collector of *.prom takes) and renamed, so that a reader finds
 * the old or the new one, never a part. It is not synced: after a loss of power it may be the old
 * one. NAME.lock is held (flock(2)) from open to close, and removed then.
 */
struct metrics_file;

/*
 * metrics_file_open(name):
 * Nothing is written. NULL with errno: EINVAL, there is something else than a regular file;
 * EWOULDBLOCK, another process holds the lock; or what the system says.
 */
struct metrics_file *metrics_file_open(const char *name);

/* Append to ${text} what is there, as far as it fits and can be read. */
void metrics_file_read(const struct metrics_file *file, struct buf *text);

/* The file can be read by everybody, whatever the umask says. 0, or -1 with errno. */
int metrics_file_replace(const struct metrics_file *file, const char *data, size_t length);

/* The descriptor that holds the lock. A process that fork(2) made holds it too. */
int metrics_file_descriptor(const struct metrics_file *file);

void metrics_file_close(struct metrics_file *file); /* NULL is fine */

/* As close, but the lock is a forked process's from now on. */
void metrics_file_transfer(struct metrics_file *file);

#endif
