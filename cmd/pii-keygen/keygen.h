#ifndef PII_KEYGEN_KEYGEN_H
#define PII_KEYGEN_KEYGEN_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/stat.h>

#include "mask/keyring.h"

/* How the verbs of this program fail. */
enum keygen_cause {
    KEYGEN_OK,
    KEYGEN_EXISTS,  /* there is something of that name */
    KEYGEN_WRITE,   /* errnum says; nothing is left behind */
    KEYGEN_DURABLE, /* errnum says: the file is there, but it is not known to outlast a power cut */
    KEYGEN_KEYS,    /* the key file, keys says */
    KEYGEN_KIND,    /* no regular file of a name */
    KEYGEN_IN_WAY, /* a file of the name that the new one has for a moment, and not our left-over */
    KEYGEN_BUSY,   /* another program is changing the key file */
    KEYGEN_FULL,   /* no room in a key file for one key more */
    KEYGEN_MACHINE /* out of memory or random bytes, or OpenSSL failed */
};

struct keygen_error {
    enum keygen_cause cause;
    int errnum;
    struct keyring_error keys;
};

/* Set ${error}; return -1. */
int keygen_fail(struct keygen_error *error, enum keygen_cause cause, int errnum);

/* Until the file is whole, nothing but kill -9 ends the process. */
void keygen_hold_signals(void);

/* Room for a comment with the time and a key line. */
enum { KEYGEN_ENTRY_SIZE = KEYRING_LINE_SIZE + 48 };

/*
 * keygen_entry(entry, length, id):
 * Make a new primary key: its lines in a key file to ${entry}, which is to be in memory for
 * secrets, and its id. 0, or -1 with ${entry} wiped.
 */
int keygen_entry(char entry[KEYGEN_ENTRY_SIZE], size_t *length, char id[KEYRING_ID + 1]);

/*
 * keygen_place(path, text, length, like):
 * Make the file ${path}, which must not exist, and have its content on the disk: owner and mode of
 * ${like}, or ours and 0600 when that is NULL. The name appears when the file is whole, so that a
 * kill leaves nothing; only where the file system knows no files without a name (O_TMPFILE) may it
 * leave a part. 0, or -1 with errno.
 */
int keygen_place(const char *path, const char *text, size_t length, const struct stat *like);

/* Have the directory that ${path} is in on the disk. 0, or -1 with errno. */
int keygen_sync_directory(const char *path);

#endif
