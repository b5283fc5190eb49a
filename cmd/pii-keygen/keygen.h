#ifndef PII_KEYGEN_KEYGEN_H
#define PII_KEYGEN_KEYGEN_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/stat.h>

#include "mask/keyring.h"

/* Causes of failure. */
enum keygen_cause {
    KEYGEN_OK,
    KEYGEN_EXISTS,  /* a file of that name exists */
    KEYGEN_WRITE,   /* errnum has the cause; no file is left */
    KEYGEN_DURABLE, /* errnum has the cause: the file exists, but a power failure may lose it */
    KEYGEN_KEYS,    /* the key file is wrong; keys has the cause */
    KEYGEN_KIND,    /* not a regular file with a name */
    KEYGEN_IN_WAY,  /* the temporary name of the new file is taken, not by a left-over of ours */
    KEYGEN_BUSY,    /* another program is changing the key file */
    KEYGEN_FULL,    /* the key file has no space for another key */
    KEYGEN_MACHINE  /* out of memory, no random bytes, or OpenSSL failed */
};

struct keygen_error {
    enum keygen_cause cause;
    int errnum;
    struct keyring_error keys;
};

/* Set ${error} and return -1. */
int keygen_fail(struct keygen_error *error, enum keygen_cause cause, int errnum);

/* Block all signals for the rest of the process, so that only SIGKILL can end it before the file is
 * complete. A write over the size limit fails instead of raising SIGXFSZ. */
void keygen_hold_signals(void);

/* Bytes for a comment with the time, and a key line. */
enum { KEYGEN_ENTRY_SIZE = KEYRING_LINE_SIZE + 48 };

/*
 * keygen_entry(entry, length, id):
 * Make a new primary key. Write its lines of a key file to ${entry}, which must be memory for
 * secrets, and its id to ${id}. Return 0, or -1 with ${entry} unchanged.
 */
int keygen_entry(char entry[KEYGEN_ENTRY_SIZE], size_t *length, char id[KEYRING_ID + 1]);

/*
 * keygen_place(path, text, length, like):
 * Make the file ${path}, which must not exist, and sync its content to disk. Take owner and mode
 * from ${like}; NULL means ours and 0600. The name appears when the file is complete, so a kill
 * leaves nothing. Only a file system without unnamed files (O_TMPFILE) may keep a partial file.
 * Return 0, or -1 with errno.
 */
int keygen_place(const char *path, const char *text, size_t length, const struct stat *like);

/* Sync the directory that holds ${path} to disk. Return 0, or -1 with errno. */
int keygen_sync_directory(const char *path);

#endif
