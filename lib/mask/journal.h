#ifndef MASK_JOURNAL_H
#define MASK_JOURNAL_H

#include <stddef.h>

/*
 * A file that whole lines are appended to, each of them on the disk before the call returns, also
 * in a process that is confined: by the descriptor's O_APPEND and O_DSYNC. Lines of several
 * processes do not mix. A last line that a crash cut short is ended first.
 */
struct journal;

/*
 * Open ${path}, a regular file, for the owner alone if it is made, which is on the disk then. 0
 * with *journal, or -1 with errno; EINVAL: no regular file.
 */
int journal_open(const char *path, struct journal **journal);
void journal_close(struct journal *journal); /* NULL is fine */

/* To be kept when the process is confined. -1 for NULL. */
int journal_descriptor(const struct journal *journal);

/* Append lines[0, length), which ends with a newline. 0, or -1 with errno. */
int journal_append(struct journal *journal, const char *lines, size_t length);

#endif
