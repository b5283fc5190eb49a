#include "keygen.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "crypto/random.h"
#include "crypto/secret.h"

int keygen_fail(struct keygen_error *error, enum keygen_cause cause, int errnum)
{
    error->cause = cause;
    error->errnum = errnum;
    return -1;
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

int keygen_write(int fd, const char *text, size_t length)
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

int keygen_sync_directory(const char *path)
{
    const char *slash = strrchr(path, '/');
    size_t length = slash == NULL ? 0 : slash == path ? 1 : (size_t)(slash - path);
    char *directory = slash == NULL ? strdup(".") : strndup(path, length);
    if (directory == NULL)
        return -1;
    int fd = open(directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    free(directory);
    if (fd == -1)
        return -1;
    int result = fsync(fd);
    int error = errno;
    close(fd);
    /* Some file systems cannot, and need not. */
    if (result != 0 && (error == EINVAL || error == ENOSYS))
        result = 0;
    errno = error;
    return result;
}
