#ifndef BASE_TRUSTED_FILE_H
#define BASE_TRUSTED_FILE_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/stat.h>
#include <sys/types.h>

/*
 * Small files that decide what a program does: keys, policies, maps, settings. The judgement uses
 * the open descriptor, never the name, so that the judged file is the one that is read. A trusted
 * file is a regular file or a FIFO, belongs to the process's user or to root, and nobody else may
 * write it. An inherited pipe is always trusted: whoever started the process chose it.
 */
enum trusted_cause {
    TRUSTED_OK,
    TRUSTED_OPEN,    /* it cannot be opened; errno */
    TRUSTED_KIND,    /* neither a regular file nor a pipe */
    TRUSTED_OWNER,   /* it belongs neither to this user nor to root */
    TRUSTED_WRITABLE /* its group or others may write it */
};

struct trusted_file {
    int fd;
    struct stat status;
    bool is_inherited_pipe;
};

/*
 * trusted_file_open(path, file):
 * Open ${path} for reading, follow symbolic links, and judge it. The names /dev/fd/N,
 * /proc/self/fd/N and /dev/stdin mean a descriptor of this process. It is duplicated, not reopened,
 * so that it is read with the rights of the parent that opened it. A FIFO is opened without waiting
 * for its writer; trusted_file_read() waits. Return TRUSTED_OK with *file open, for
 * trusted_file_close(); or a cause with nothing open.
 */
enum trusted_cause trusted_file_open(const char *path, struct trusted_file *file);
void trusted_file_close(struct trusted_file *file);

/* Judge the result of fstat(2) of a descriptor that is not an inherited pipe. */
enum trusted_cause trusted_file_check(const struct stat *status);

/* Return the descriptor that ${path} names, as for trusted_file_open(); -1 when it names a file. */
int trusted_file_descriptor(const char *path);

/*
 * trusted_file_read(fd, into, size):
 * Read to the end of the file, or until ${size} bytes are read. Return their number, or -1 with
 * errno. Ask for one byte more than allowed to learn that a file is too large. A regular file is
 * read from its beginning, whatever its offset: several programs may share one descriptor and its
 * offset. Afterwards the offset is behind the bytes read.
 */
ssize_t trusted_file_read(int fd, char *into, size_t size);

/* Return words for a cause, for a message that names the file; and a hint, or NULL. */
const char *trusted_file_cause_text(enum trusted_cause cause);
const char *trusted_file_hint(enum trusted_cause cause);

/*
 * trusted_file_denied(path):
 * Return what keeps this user from opening ${path} after EACCES: a folder of the path, or the
 * file's own mode; in words, valid until the next call. NULL: neither.
 */
const char *trusted_file_denied(const char *path);

#endif
