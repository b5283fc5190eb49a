#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/trusted_file.h"
#include "crypto/secret.h"
#include "rotate.h"

#define PRIMARY "primary"
#define DECRYPT_ONLY "decrypt-only"
#define WAITING ".pii-keygen"

enum { OPEN_TRIES = 10, TEXT_SIZE = KEYRING_MAX_FILE + 1 };

/* The texts of a rotation, in memory for secrets. */
struct texts {
    char old[TEXT_SIZE];
    char made[TEXT_SIZE];
    char entry[KEYGEN_ENTRY_SIZE];
    size_t old_length;
    size_t made_length;
};

/*
 * Open and lock the file. Check that ${path} still names it, as another rotation may have replaced
 * it meanwhile. Return a descriptor, or -1.
 */
static int open_locked(const char *path, struct stat *status, struct keygen_error *error)
{
    for (int i = 0; i < OPEN_TRIES; i++) {
        struct stat named;
        /* Do not wait for the writer of a FIFO: it is refused here. */
        int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
        if (fd == -1 || fstat(fd, status) != 0) {
            int errnum = errno;
            if (fd != -1)
                close(fd);
            errno = errnum;
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

/* Return the offset of the word "primary" in line number ${line} of the parsed text. */
static size_t find_state(const struct texts *texts, unsigned line)
{
    const char *at = texts->old;
    const char *end = texts->old + texts->old_length;
    while (--line > 0)
        at = (const char *)memchr(at, '\n', (size_t)(end - at)) + 1;
    /* Neither "pii1" nor a key id contains this word. */
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

/* Make the new text from the old one. Return 0, or -1 with ${error}. */
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
    /* Check that the new text can be read before it replaces the old file. */
    if (keyring_parse(texts->made, texts->made_length, &check, &error->keys) != 0)
        return keygen_fail(error, KEYGEN_MACHINE, 0);
    keyring_free(check);
    return 0;
}

/*
 * Return the temporary name of the file that will replace ${path}. The name exists for a moment,
 * and only we use it. The caller frees it; NULL when memory runs out.
 */
static char *waiting_name(const char *path)
{
    const char *slash = strrchr(path, '/'); /* ${path} is absolute */
    size_t size = strlen(path) + sizeof "." WAITING;
    char *name = malloc(size);
    if (name != NULL)
        (void)snprintf(name, size, "%.*s.%s" WAITING, (int)(slash + 1 - path), path, slash + 1);
    return name;
}

/* Return true when a killed rotation left this file: only key files look like it. */
static bool is_left_over(const char *name, const struct stat *key_file)
{
    struct stat left;
    return lstat(name, &left) == 0 && S_ISREG(left.st_mode) && left.st_nlink == 1 &&
        (left.st_uid == geteuid() || left.st_uid == key_file->st_uid) &&
        (left.st_mode & S_IRWXO) == 0;
}

/*
 * Replace the file ${path}, which is no link and which we have locked, with the new text. Return 0,
 * or -1 with ${error}.
 */
static int replace(const char *path, const struct texts *texts, const struct stat *status,
    struct keygen_error *error)
{
    char *waiting = waiting_name(path);
    if (waiting == NULL)
        return keygen_fail(error, KEYGEN_MACHINE, 0);
    int result = keygen_place(waiting, texts->made, texts->made_length, status);
    /*
     * Another rotation of this file would wait for our lock, so no running one owns the left-over.
     */
    if (result != 0 && errno == EEXIST && is_left_over(waiting, status) && unlink(waiting) == 0)
        result = keygen_place(waiting, texts->made, texts->made_length, status);
    if (result != 0) {
        keygen_fail(error, errno == EEXIST ? KEYGEN_IN_WAY : KEYGEN_WRITE, errno);
    } else if (rename(waiting, path) != 0) {
        keygen_fail(error, KEYGEN_WRITE, errno);
        unlink(waiting);
    } else if (keygen_sync_directory(path) != 0) {
        keygen_fail(error, KEYGEN_DURABLE, errno);
    }
    free(waiting);
    return error->cause == KEYGEN_OK ? 0 : -1;
}

static int rotate_open(int fd, const char *path, const struct stat *status, struct texts *texts,
    char *id, struct keygen_error *error)
{
    struct keyring *ring = NULL;
    ssize_t length = trusted_file_read(fd, texts->old, TEXT_SIZE);
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
    if (trusted_file_descriptor(path) != -1)
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
