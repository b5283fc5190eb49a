#ifndef BASE_METRICS_FILE_H
#define BASE_METRICS_FILE_H

#include <stddef.h>

#include "base/buf.h"

/*
 * A file that one process at a time replaces as a whole. The new content is written to
 * NAME.PID.tmp, which no collector of *.prom reads, and renamed: a reader finds the old or the new
 * file, never a part. It is not synced: after a power cut it may be the old one. NAME.lock is held
 * (flock(2)) from open to close, and then removed.
 */
struct metrics_file;

/*
 * metrics_file_open(name):
 * Take the lock; write nothing. NULL with errno: EINVAL, not a regular file; EWOULDBLOCK, another
 * process holds the lock; or the system's errno.
 */
struct metrics_file *metrics_file_open(const char *name);

/* Append the file's content to ${text}, as far as it fits and can be read. */
void metrics_file_read(const struct metrics_file *file, struct buf *text);

/* Everybody can read the new file, whatever the umask. Return 0, or -1 with errno. */
int metrics_file_replace(const struct metrics_file *file, const char *data, size_t length);

/* Return the descriptor that holds the lock. A forked process holds it too. */
int metrics_file_descriptor(const struct metrics_file *file);

void metrics_file_close(struct metrics_file *file); /* NULL is fine */

/* metrics_file_close(), but leave the lock to a forked process. */
void metrics_file_transfer(struct metrics_file *file);

#endif
