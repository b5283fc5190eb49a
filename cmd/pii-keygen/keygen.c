#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "crypto/random.h"
#include "crypto/secret.h"
#include "keygen.h"

int keygen_fail(struct keygen_error *error, enum keygen_cause cause, int errnum)
{
    error->cause = cause;
    error->errnum = errnum;
    return -1;
}

void keygen_hold_signals(void)
{
    sigset_t all;
    sigfillset(&all);
    (void)sigprocmask(SIG_BLOCK, &all, NULL);
    (void)signal(SIGXFSZ, SIG_IGN); /* makes a write over the size limit fail */
}

int keygen_entry(char entry[KEYGEN_ENTRY_SIZE], size_t *length, char id[KEYRING_ID + 1])
{
    unsigned char master[KEYRING_MASTER];
    char now[CLOCK_RFC3339_SIZE];
    int result = -1;
    clock_rfc3339(clock_realtime_ms(), now);
    if (random_bytes(master, sizeof master) == 0 && keyring_make_id(master, id) == 0) {
        int comment =
            snprintf(entry, KEYGEN_ENTRY_SIZE - KEYRING_LINE_SIZE, "# created: %s\n", now);
        *length = (size_t)comment + keyring_format(master, id, true, entry + comment);
        result = 0;
    }
    secret_wipe(master, sizeof master);
    return result;
}

/* Return the directory that holds ${path}, which the caller frees, or NULL when memory runs out. */
static char *directory_of(const char *path)
{
    const char *slash = strrchr(path, '/');
    size_t length = slash == NULL ? 0 : slash == path ? 1 : (size_t)(slash - path);
    return slash == NULL ? strdup(".") : strndup(path, length);
}

/*
 * Open a file without a name in the directory of ${path}. Return the descriptor, or -1, with errno
 * EOPNOTSUPP where such files do not exist.
 */
static int open_unnamed(const char *path)
{
    char *directory = directory_of(path);
    if (directory == NULL)
        return -1;
    int fd = -1;
    if (access("/proc/self/fd", X_OK) == 0) /* the file gets its name through it */
        fd = open(directory, O_TMPFILE | O_WRONLY | O_CLOEXEC, 0600);
    else
        errno = EOPNOTSUPP;
    /* Old kernels and some file systems lack O_TMPFILE and report that in different ways. */
    if (fd == -1 && (errno == EISDIR || errno == EINVAL || errno == ENOSYS))
        errno = EOPNOTSUPP;
    free(directory);
    return fd;
}

static int write_whole(int fd, const char *text, size_t length)
{
    while (length > 0) {
        ssize_t written = write(fd, text, length);
        if (written > 0) {
            text += written;
            length -= (size_t)written;
        } else if (written == 0) {
            errno = EIO;
            return -1;
        } else if (errno != EINTR) {
            return -1;
        }
    }
    return fsync(fd);
}

static int set_rights(int fd, const struct stat *like)
{
    /* The umask may have removed more than it should. */
    if (like == NULL)
        return fchmod(fd, 0600);
    bool mine = like->st_uid == geteuid() && like->st_gid == getegid();
    if (!mine && fchown(fd, like->st_uid, like->st_gid) != 0)
        return -1;
    return fchmod(fd, like->st_mode & 07777);
}

static int give_name(int fd, const char *path)
{
    char link[32];
    (void)snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
    return linkat(AT_FDCWD, link, AT_FDCWD, path, AT_SYMLINK_FOLLOW);
}

int keygen_place(const char *path, const char *text, size_t length, const struct stat *like)
{
    int fd = open_unnamed(path);
    bool named = fd == -1 && errno == EOPNOTSUPP;
    if (named)
        fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (fd == -1)
        return -1;
    int result = set_rights(fd, like) == 0 && write_whole(fd, text, length) == 0 &&
            (named || give_name(fd, path) == 0)
        ? 0
        : -1;
    int error = errno;
    /* fsync(2) has reported all that close(2) could report. */
    close(fd);
    if (result != 0 && named)
        unlink(path);
    errno = error;
    return result;
}

int keygen_sync_directory(const char *path)
{
    char *directory = directory_of(path);
    if (directory == NULL)
        return -1;
    int fd = open(directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    free(directory);
    if (fd == -1)
        return -1;
    int result = fsync(fd);
    int error = errno;
    close(fd);
    /* Some file systems cannot sync a directory and need not. */
    if (result != 0 && (error == EINVAL || error == ENOSYS))
        result = 0;
    errno = error;
    return result;
}
