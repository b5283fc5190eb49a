#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/metrics_file.h"

enum { CHUNK = 4 << 10, LOCK_TRIES = 100 };

struct metrics_file {
    char *name;
    char *temporary;
    char *lock_name;
    int lock;
};

static int set_names(struct metrics_file *file, const char *name)
{
    if (asprintf(&file->name, "%s", name) < 0) {
        file->name = NULL;
        return -1;
    }
    if (asprintf(&file->temporary, "%s.%ld.tmp", name, (long)getpid()) < 0) {
        file->temporary = NULL;
        return -1;
    }
    if (asprintf(&file->lock_name, "%s.lock", name) < 0) {
        file->lock_name = NULL;
        return -1;
    }
    return 0;
}

/* A rename over a device or a link would replace it. Return 0, or -1 with errno. */
static int check_kind(const char *name)
{
    struct stat status;
    if (lstat(name, &status) != 0)
        return errno == ENOENT ? 0 : -1;
    if (S_ISREG(status.st_mode))
        return 0;
    errno = EINVAL;
    return -1;
}

enum name { NAME_OURS, NAME_ANOTHERS, NAME_UNKNOWN };

/*
 * Find what the name is now: the open file, nothing (its previous holder removed it), or another
 * file.
 */
static enum name look_up(int fd, const char *name)
{
    struct stat held, named;
    if (fstat(fd, &held) != 0 || lstat(name, &named) != 0)
        return NAME_UNKNOWN;
    bool same = held.st_dev == named.st_dev && held.st_ino == named.st_ino;
    return same ? NAME_OURS : NAME_ANOTHERS;
}

/* Return 0, or -1 with errno. */
static int take_lock(struct metrics_file *file)
{
    for (unsigned i = 0; i < LOCK_TRIES; i++) {
        file->lock =
            open(file->lock_name, O_RDONLY | O_CREAT | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC, 0600);
        if (file->lock < 0)
            return -1;
        if (flock(file->lock, LOCK_EX | LOCK_NB) != 0)
            return -1;
        if (look_up(file->lock, file->lock_name) == NAME_OURS)
            return 0;
        (void)close(file->lock);
        file->lock = -1;
    }
    errno = EWOULDBLOCK; /* others took it each time */
    return -1;
}

struct metrics_file *metrics_file_open(const char *name)
{
    struct metrics_file *file = calloc(1, sizeof *file);
    if (file == NULL)
        return NULL;
    file->lock = -1;
    if (set_names(file, name) == 0 && check_kind(name) == 0 && take_lock(file) == 0)
        return file;
    int error = errno;
    metrics_file_transfer(file);
    errno = error;
    return NULL;
}

void metrics_file_transfer(struct metrics_file *file)
{
    if (file == NULL)
        return;
    if (file->lock >= 0)
        (void)close(file->lock);
    free(file->name);
    free(file->temporary);
    free(file->lock_name);
    free(file);
}

void metrics_file_close(struct metrics_file *file)
{
    /* Remove it while holding it: a process that opened it meanwhile sees that its name is gone. */
    if (file != NULL && look_up(file->lock, file->lock_name) != NAME_ANOTHERS)
        (void)unlink(file->lock_name);
    metrics_file_transfer(file);
}

int metrics_file_descriptor(const struct metrics_file *file)
{
    return file->lock;
}

void metrics_file_read(const struct metrics_file *file, struct buf *text)
{
    int fd = open(file->name, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
    if (fd < 0)
        return; /* a file that may be replaced but not read */
    char *place;
    ssize_t got = 0;
    while ((place = buf_reserve(text, CHUNK)) != NULL && (got = read(fd, place, CHUNK)) > 0)
        text->length += (size_t)got;
    (void)close(fd);
}

static int write_all(int fd, const char *data, size_t length)
{
    while (length > 0) {
        ssize_t written = write(fd, data, length);
        if (written < 0 && errno == EINTR)
            continue;
        if (written <= 0)
            return -1;
        data += written;
        length -= (size_t)written;
    }
    return 0;
}

int metrics_file_replace(const struct metrics_file *file, const char *data, size_t length)
{
    int flags = O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC;
    int fd = open(file->temporary, flags, 0644);
    if (fd < 0 && errno == EEXIST) { /* left by a killed process with the same number */
        (void)unlink(file->temporary);
        fd = open(file->temporary, flags, 0644);
    }
    if (fd < 0)
        return -1;
    /*
     * A collector is another user, and the umask of a service leaves others no rights. The values
     * are counts. On a file system without modes nothing is lost.
     */
    (void)fchmod(fd, 0644);
    int result = write_all(fd, data, length);
    int error = errno;
    if (close(fd) != 0 && result == 0) {
        result = -1;
        error = errno;
    }
    if (result == 0 && rename(file->temporary, file->name) == 0)
        return 0;
    if (result == 0)
        error = errno;
    (void)unlink(file->temporary);
    errno = error;
    return -1;
}
