#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/opt.h"
#include "base/trusted_file.h"

int trusted_file_descriptor(const char *path)
{
    static const char *const folders[] = { "/dev/fd/", "/proc/self/fd/" };
    if (strcmp(path, "/dev/stdin") == 0)
        return STDIN_FILENO;
    for (size_t i = 0; i < sizeof folders / sizeof *folders; i++) {
        size_t length = strlen(folders[i]);
        uint64_t number;
        if (strncmp(path, folders[i], length) == 0 &&
            opt_number(path + length, 0, INT32_MAX, &number))
            return (int)number;
    }
    return -1;
}

enum trusted_cause trusted_file_check(const struct stat *status)
{
    if (!S_ISREG(status->st_mode) && !S_ISFIFO(status->st_mode))
        return TRUSTED_KIND;
    if (status->st_uid != geteuid() && status->st_uid != 0)
        return TRUSTED_OWNER;
    if ((status->st_mode & (S_IWGRP | S_IWOTH)) != 0)
        return TRUSTED_WRITABLE;
    return TRUSTED_OK;
}

enum trusted_cause trusted_file_open(const char *path, struct trusted_file *file)
{
    int given = trusted_file_descriptor(path);
    *file = (struct trusted_file){ .fd = given >= 0
            ? fcntl(given, F_DUPFD_CLOEXEC, STDERR_FILENO + 1)
            : open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK) };
    if (file->fd == -1)
        return TRUSTED_OPEN;
    enum trusted_cause cause = TRUSTED_OPEN;
    if (fstat(file->fd, &file->status) != 0)
        goto fail;
    file->is_inherited_pipe = given >= 0 && S_ISFIFO(file->status.st_mode);
    cause = file->is_inherited_pipe ? TRUSTED_OK : trusted_file_check(&file->status);
    if (cause == TRUSTED_OK)
        return TRUSTED_OK;
    int error;
fail:
    error = errno;
    close(file->fd);
    file->fd = -1;
    errno = error;
    return cause;
}

void trusted_file_close(struct trusted_file *file)
{
    if (file->fd != -1)
        close(file->fd);
    file->fd = -1;
}

/*
 * Wait until a pipe has data or its last writer has gone. A FIFO opened without waiting has not
 * ended before its first writer came. Return 0, or -1 with errno.
 */
static int await_input(int fd)
{
    struct pollfd input = { .fd = fd, .events = POLLIN };
    while (poll(&input, 1, -1) < 0)
        if (errno != EINTR)
            return -1;
    return 0;
}

ssize_t trusted_file_read(int fd, char *into, size_t size)
{
    struct stat status;
    if (fstat(fd, &status) != 0)
        return -1;
    bool whole = S_ISREG(status.st_mode);
    size_t length = 0;
    while (length < size) {
        if (!whole && await_input(fd) != 0)
            return -1;
        ssize_t got = whole ? pread(fd, into + length, size - length, (off_t)length)
                            : read(fd, into + length, size - length);
        if (got == 0)
            break;
        if (got > 0)
            length += (size_t)got;
        else if (errno != EINTR && errno != EAGAIN)
            return -1;
    }
    /*
     * Move the offset as any read does, so that a reader of records finds the rest on the same
     * descriptor.
     */
    if (whole)
        (void)lseek(fd, (off_t)length, SEEK_SET);
    return (ssize_t)length;
}

const char *trusted_file_cause_text(enum trusted_cause cause)
{
    switch (cause) {
    case TRUSTED_OK:
        return "ok";
    case TRUSTED_OPEN:
        return "cannot be opened";
    case TRUSTED_KIND:
        return "neither a regular file nor a pipe";
    case TRUSTED_OWNER:
        return "owned neither by this user nor by root";
    case TRUSTED_WRITABLE:
        return "others may write to it";
    }
    return "unknown";
}

const char *trusted_file_hint(enum trusted_cause cause)
{
    if (cause == TRUSTED_OWNER)
        return "chown the file";
    return cause == TRUSTED_WRITABLE ? "chmod go-w the file" : NULL;
}

const char *trusted_file_denied(const char *path)
{
    static char text[PATH_MAX + 128];
    char folder[PATH_MAX];
    struct stat status;
    unsigned user = (unsigned)geteuid();
    for (const char *at = strchr(path, '/'); at != NULL; at = strchr(at + 1, '/')) {
        size_t length = at == path ? 1 : (size_t)(at - path);
        if (length >= sizeof folder)
            return NULL;
        memcpy(folder, path, length);
        folder[length] = '\0';
        if (faccessat(AT_FDCWD, folder, X_OK, AT_EACCESS) == 0)
            continue;
        if (errno != EACCES)
            return NULL;
        (void)snprintf(text, sizeof text, "this user (uid %u) may not enter the folder %s", user,
            folder);
        return text;
    }
    if (stat(path, &status) != 0)
        return NULL;
    (void)snprintf(text, sizeof text,
        "it belongs to uid %u and has mode %04o: give it to this user (uid %u), or run as that one",
        (unsigned)status.st_uid, (unsigned)(status.st_mode & 07777), user);
    return text;
}
