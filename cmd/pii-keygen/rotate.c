#include "rotate.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "crypto/secret.h"
#include "mask/source.h"

#define PRIMARY "primary"
#define DECRYPT_ONLY "decrypt-only"

enum { OPEN_TRIES = 10, TEXT_SIZE = KEYRING_MAX_FILE + 1 };

/* What is in memory for secrets. */
struct texts {
    char old[TEXT_SIZE];
    char made[TEXT_SIZE];
    char entry[KEYGEN_ENTRY_SIZE];
    size_t old_length;
    size_t made_length;
};

/*
 * Open the file for good: locked, and still the one that ${path} names, not one that another
 * rotation has replaced in between. A descriptor, or -1.
 */
static int open_locked(const char *path, struct stat *status, struct keygen_error *error)
{
    for (int i = 0; i < OPEN_TRIES; i++) {
        struct stat named;
        int fd = source_open(path, status);
        if (fd == -1) {
            error->keys.cause = errno == EACCES || errno == EPERM ? KEYRING_DENIED : KEYRING_OPEN;
            error->keys.errnum = errno;
            return keygen_fail(error, KEYGEN_KEYS, 0);
        }
        if (!S_ISREG(status->st_mode)) {
            close(fd);
            return keygen_fail(error, KEYGEN_KIND, 0);
        }
        if (flock(fd, LOCK_EX | LOCK_NB) != 0) {
            int errnum = errno;
            close(fd);
            return keygen_fail(error, errnum == EWOULDBLOCK ? KEYGEN_BUSY : KEYGEN_WRITE, errnum);
        }
        if (stat(path, &named) == 0 && named.st_dev == status->st_dev &&
            named.st_ino == status->st_ino)
            return fd;
        close(fd);
    }
    return keygen_fail(error, KEYGEN_BUSY, 0);
}

/* Where the word "primary" begins in line number ${line} of the parsed text. */
static size_t find_state(const struct texts *texts, unsigned line)
{
    const char *at = texts->old;
    const char *end = texts->old + texts->old_length;
    while (--line > 0)
        at = (const char *)memchr(at, '\n', (size_t)(end - at)) + 1;
    /* "pii1" and a key id have no such letters in a row. */
    while (strncmp(at, PRIMARY, strlen(PRIMARY)) != 0)
        at++;
    return (size_t)(at - texts->old);
}

static bool put(struct texts *texts, const char *text, size_t length)
{
    if (length > KEYRING_MAX_FILE - texts->made_length)
        return false;
    memcpy(texts->made + texts->made_length, text, length);
    texts->made_length += length;
    return true;
}

/* The new text out of the old one. */
static int compose(struct texts *texts, const struct keyring *ring, char *id,
    struct keygen_error *error)
{
    size_t entry_length;
    struct keyring *check = NULL;
    if (keyring_count(ring) == KEYRING_MAX_KEYS)
        return keygen_fail(error, KEYGEN_FULL, 0);
    if (keygen_entry(texts->entry, &entry_length, id) != 0)
        return keygen_fail(error, KEYGEN_MACHINE, 0);
    size_t state = find_state(texts, keyring_line(ring, keyring_primary(ring)));
    size_t rest = state + strlen(PRIMARY);
    bool ended = texts->old[texts->old_length - 1] == '\n';
    if (!put(texts, texts->old, state) || !put(texts, DECRYPT_ONLY, strlen(DECRYPT_ONLY)) ||
        !put(texts, texts->old + rest, texts->old_length - rest) ||
        !put(texts, "\n", ended ? 0 : 1) || !put(texts, texts->entry, entry_length))
        return keygen_fail(error, KEYGEN_FULL, 0);
    /* Nothing replaces a key file that does not read back. */
    if (keyring_parse(texts->made, texts->made_length, &check, &error->keys) != 0)
        return keygen_fail(error, KEYGEN_MACHINE, 0);
    keyring_free(check);
    return 0;
}

/* Put the new text in the place of the file ${path}, which is no link. */
static int replace(const char *path, const struct texts *texts, const struct stat *status,
    struct keygen_error *error)
{
    size_t size = strlen(path) + sizeof ".XXXXXX";
    char *temporary = malloc(size);
    int fd = -1;
    if (temporary == NULL)
        return keygen_fail(error, KEYGEN_MACHINE, 0);
    (void)snprintf(temporary, size, "%s.XXXXXX", path);
    fd = mkostemp(temporary, O_CLOEXEC);
    if (fd == -1) {
        keygen_fail(error, KEYGEN_WRITE, errno);
        free(temporary);
        return -1;
    }
    bool mine = status->st_uid == geteuid() && status->st_gid == getegid();
    if ((!mine && fchown(fd, status->st_uid, status->st_gid) != 0) ||
        fchmod(fd, status->st_mode & 07777) != 0 ||
        keygen_write(fd, texts->made, texts->made_length) != 0 || rename(temporary, path) != 0) {
        keygen_fail(error, KEYGEN_WRITE, errno);
        unlink(temporary);
    } else if (keygen_sync_directory(path) != 0) {
        keygen_fail(error, KEYGEN_DURABLE, errno);
    }
    close(fd);
    free(temporary);
    return error->cause == KEYGEN_OK ? 0 : -1;
}

static int rotate_open(int fd, const char *path, const struct stat *status, struct texts *texts,
    char *id, struct keygen_error *error)
{
    struct keyring *ring = NULL;
    ssize_t length = source_read(fd, texts->old, TEXT_SIZE);
    if (length == -1) {
        error->keys = (struct keyring_error){ .cause = KEYRING_READ, .errnum = errno };
        return keygen_fail(error, KEYGEN_KEYS, 0);
    }
    texts->old_length = (size_t)length;
    if (length > KEYRING_MAX_FILE) {
        error->keys = (struct keyring_error){ .cause = KEYRING_TOO_BIG };
        return keygen_fail(error, KEYGEN_KEYS, 0);
    }
    if (keyring_parse(texts->old, texts->old_length, &ring, &error->keys) != 0)
        return keygen_fail(error, KEYGEN_KEYS, 0);
    int result = compose(texts, ring, id, error);
    keyring_free(ring);
    if (result != 0)
        return -1;
    char *target = realpath(path, NULL);
    if (target == NULL)
        return keygen_fail(error, KEYGEN_WRITE, errno);
    result = replace(target, texts, status, error);
    free(target);
    return result;
}

int rotate_key_file(const char *path, bool group_readable, char id[KEYRING_ID + 1],
    struct keygen_error *error)
{
    struct stat status;
    void *texts = NULL;
    int result = -1;
    if (source_descriptor(path) != -1)
        return keygen_fail(error, KEYGEN_KIND, 0);
    int fd = open_locked(path, &status, error);
    if (fd == -1)
        return -1;
    error->keys.cause = keyring_check(&status, group_readable);
    if (error->keys.cause != KEYRING_OK)
        keygen_fail(error, KEYGEN_KEYS, 0);
    else if (secret_alloc(sizeof(struct texts), &texts) == SECRET_NO_MEMORY)
        keygen_fail(error, KEYGEN_MACHINE, 0);
    else
        result = rotate_open(fd, path, &status, texts, id, error);
    secret_free(texts, sizeof(struct texts));
    close(fd);
    return result;
}
