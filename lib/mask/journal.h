#ifndef MASK_JOURNAL_H
#define MASK_JOURNAL_H

#include <stddef.h>

/*
 * A file to append whole lines to. Each line is on disk before the call returns, also in a confined
 * process, by the descriptor's O_APPEND and O_DSYNC. Lines of several processes do not mix. A last
 * line that a crash truncated is ended first.
 */
struct journal;

/*
 * Open the regular file ${path}. Make it when it is missing, for the owner alone, and sync its
 * name. Return 0 with *journal, or -1 with errno; EINVAL means no regular file.
 */
int journal_open(const char *path, struct journal **journal);
void journal_close(struct journal *journal); /* NULL is fine */

/* Return the descriptor, which must stay open in a confined process; -1 for NULL. */
int journal_descriptor(const struct journal *journal);

/* Append lines[0, length), which ends with a newline. Return 0, or -1 with errno. */
int journal_append(struct journal *journal, const char *lines, size_t length);

#endif
