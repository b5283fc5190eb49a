#ifndef BASE_TRUSTED_FILE_H
#define BASE_TRUSTED_FILE_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/stat.h>
#include <sys/types.h>

/*
 * Small files that decide what a program does: keys, policies, maps, settings. They are judged by
 * the open descriptor, never by their name, so that what is judged is what is read. One is trusted
 * that is a regular file or a FIFO, belongs to the process's user or to root, and that nobody else
 * may write. A pipe that was inherited was chosen by whoever started the process, and is taken as
 * it is.
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
 * Open ${path} for reading, symbolic links followed, and judge it. The names /dev/fd/N,
 * /proc/self/fd/N and /dev/stdin stand for a descriptor of this process: that one is duplicated,
 * not opened anew, so that what a parent handed over is read with the parent's rights. A FIFO is
 * opened without waiting for its writer; trusted_file_read() waits. Return TRUSTED_OK with *file
 * open, to be closed by trusted_file_close(); or a cause with nothing open.
 */
enum trusted_cause trusted_file_open(const char *path, struct trusted_file *file);
void trusted_file_close(struct trusted_file *file);

/* The judgement alone, of what fstat(2) says of a descriptor that is no inherited pipe. */
enum trusted_cause trusted_file_check(const struct stat *status);

/* The descriptor that ${path} names as above, or -1 when it names a file. */
int trusted_file_descriptor(const char *path);

/*
 * trusted_file_read(fd, into, size):
 * Read to the end of the file, or until ${size} bytes are there; return how many, or -1 with errno.
 * Who asks for one byte more than allowed learns whether the file is too large. A regular file is
 * read from its beginning wherever its offset stands: several programs may have been handed one
 * descriptor, and share the offset.
 */
ssize_t trusted_file_read(int fd, char *into, size_t size);

/* What a cause means, in words for a message that names the file; and what to do about it, or NULL.
 */
const char *trusted_file_cause_text(enum trusted_cause cause);
const char *trusted_file_hint(enum trusted_cause cause);

/*
 * trusted_file_denied(path):
 * Who or what keeps this user from opening ${path}, where that failed with EACCES: a folder on the
 * way, or the file's own mode; in words, good until the next call. NULL: nothing of that kind.
 */
const char *trusted_file_denied(const char *path);

#endif
