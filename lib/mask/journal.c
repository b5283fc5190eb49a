#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "mask/journal.h"

struct journal {
    int fd;
};

/* Sync the name of a new file to disk. Return 0, or -1 with errno. */
static int sync_folder(const char *path)
{
    char *copy = strdup(path);
    int fd = copy != NULL ? open(dirname(copy), O_RDONLY | O_DIRECTORY | O_CLOEXEC) : -1;
    int result = fd != -1 ? fsync(fd) : -1;
    int error = errno;
    if (fd != -1)
        (void)close(fd);
    free(copy);
    errno = error;
    return result;
}

/* End a truncated last line. Return 0, or -1 with errno. */
static int end_line(struct journal *journal, off_t size)
{
    char last;
    ssize_t got = size > 0 ? pread(journal->fd, &last, 1, size - 1) : 0;
    if (got != 1)
        return (int)got;
    return last == '\n' ? 0 : journal_append(journal, "\n", 1);
}

int journal_open(const char *path, struct journal **result)
{
    struct stat status;
    struct journal *journal = calloc(1, sizeof *journal);
    if (journal == NULL)
        return -1;
    const int flags = O_RDWR | O_APPEND | O_DSYNC | O_CLOEXEC | O_NOCTTY | O_NONBLOCK;
    journal->fd = open(path, flags);
    bool made = journal->fd == -1 && errno == ENOENT;
    if (made)
        journal->fd = open(path, flags | O_CREAT, 0600);
    if (journal->fd == -1 || fstat(journal->fd, &status) != 0 || (made && sync_folder(path) != 0))
        goto fail;
    if (!S_ISREG(status.st_mode)) {
        errno = EINVAL;
        goto fail;
    }
    if (end_line(journal, status.st_size) != 0)
        goto fail;
    *result = journal;
    return 0;
fail:
    journal_close(journal);
    return -1;
}

void journal_close(struct journal *journal)
{
    int error = errno;
    if (journal == NULL)
        return;
    if (journal->fd != -1)
        (void)close(journal->fd); /* all data is on disk */
    free(journal);
    errno = error;
}

int journal_descriptor(const struct journal *journal)
{
    return journal != NULL ? journal->fd : -1;
}

int journal_append(struct journal *journal, const char *lines, size_t length)
{
    while (length > 0) {
        ssize_t written = write(journal->fd, lines, length);
        if (written == -1 && errno == EINTR)
            continue;
        if (written == -1)
            return -1;
        lines += written;
        length -= (size_t)written;
    }
    return 0;
}
