#include "create.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "crypto/secret.h"

static int write_new(const char *path, const char *text, size_t length, struct keygen_error *error)
{
    int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (fd == -1)
        return keygen_fail(error, errno == EEXIST ? KEYGEN_EXISTS : KEYGEN_WRITE, errno);
    /* The umask may have taken more than it should. */
    if (fchmod(fd, 0600) != 0 || keygen_write(fd, text, length) != 0) {
        keygen_fail(error, KEYGEN_WRITE, errno);
        close(fd);
        goto undo;
    }
    if (close(fd) != 0 && errno != EINTR) {
        keygen_fail(error, KEYGEN_WRITE, errno);
        goto undo;
    }
    if (keygen_sync_directory(path) != 0)
        return keygen_fail(error, KEYGEN_DURABLE, errno);
    return 0;
undo:
    unlink(path);
    return -1;
}

int create_key_file(const char *path, char id[KEYRING_ID + 1], struct keygen_error *error)
{
    void *entry;
    size_t length;
    if (secret_alloc(KEYGEN_ENTRY_SIZE, &entry) == SECRET_NO_MEMORY)
        return keygen_fail(error, KEYGEN_MACHINE, 0);
    int result = keygen_entry(entry, &length, id) == 0 ? write_new(path, entry, length, error)
                                                       : keygen_fail(error, KEYGEN_MACHINE, 0);
    secret_free(entry, KEYGEN_ENTRY_SIZE);
    return result;
}
