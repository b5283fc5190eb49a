#ifndef MASK_KEYRING_H
#define MASK_KEYRING_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/stat.h>

#include "record/claim.h"

/*
 * Key rings. A key file has lines
 *
 *     pii1 KEYID primary|decrypt-only BASE64
 *
 * of words separated by blanks. Empty lines and lines that begin with "#" are comments. A line ends
 * with LF or CRLF; the last may lack it. BASE64 is the 32-byte master key, RFC 4648 with padding.
 * KEYID is its 8 lower-case hex digits: HKDF-SHA-256 of the master, empty salt, info
 * "sqs2pg/v1/key-id", 4 bytes. It reveals a damaged line. Exactly one key is primary and masks;
 * every key unmasks.
 *
 * Masters are kept out of swap and core dumps and are wiped. No message or error holds a byte of
 * one.
 */
struct keyring;

enum {
    KEYRING_ID = CLAIM_KEY_ID, /* characters of a key id */
    KEYRING_MASTER = 32,       /* bytes of a master key */
    KEYRING_MAX_KEYS = 256,
    KEYRING_MAX_FILE = 32 * 1024 /* bytes of a key file */
};
#define KEYRING_NONE SIZE_MAX

enum keyring_cause {
    KEYRING_OK,
    /* mode or owner of the file */
    KEYRING_DENIED, /* we may not read it */
    KEYRING_OWNER,  /* neither we nor root own it */
    KEYRING_OTHERS, /* others may access it */
    KEYRING_GROUP_WRITE,
    KEYRING_GROUP_READ, /* without permission for that */
    /* the file or its content */
    KEYRING_OPEN,      /* errnum has the cause */
    KEYRING_KIND,      /* neither a regular file nor a FIFO */
    KEYRING_TOO_BIG,   /* over KEYRING_MAX_FILE */
    KEYRING_TOO_MANY,  /* over KEYRING_MAX_KEYS */
    KEYRING_FORMAT,    /* not a key line */
    KEYRING_BAD_ID,    /* not 8 lower-case hex digits */
    KEYRING_BAD_STATE, /* neither primary nor decrypt-only */
    KEYRING_BAD_KEY,   /* not canonical base64 of 32 bytes */
    KEYRING_DAMAGED,   /* the id does not derive from the key */
    KEYRING_REPEATED,  /* the id of an earlier line */
    KEYRING_TWO_PRIMARIES,
    KEYRING_NO_PRIMARY,
    KEYRING_EMPTY, /* no key line at all */
    /* the machine */
    KEYRING_READ, /* errnum has the cause */
    KEYRING_MEMORY,
    KEYRING_CRYPTO /* OpenSSL failed */
};

struct keyring_error {
    enum keyring_cause cause;
    unsigned line; /* from 1; 0: the file as a whole */
    int errnum;
};

/*
 * keyring_load(path, group_readable, ring, error):
 * Open and check (base/trusted_file.h), read and parse a key file. Also refuse a file that others
 * may access. Refuse one that the group may read, unless ${group_readable}, or it is 0440 and both
 * user and group are root. Take an inherited pipe as it is. Return 0 with *ring, which the caller
 * frees, or -1 with ${error}.
 */
int keyring_load(const char *path, bool group_readable, struct keyring **ring,
    struct keyring_error *error);

/* The steps of keyring_load(). keyring_check() returns KEYRING_OK, or the cause for which type,
 * owner or mode is refused. keyring_parse() returns 0 with *ring, which the caller frees, or -1
 * with ${error}. */
enum keyring_cause keyring_check(const struct stat *status, bool group_readable);
int keyring_parse(const char *text, size_t length, struct keyring **ring,
    struct keyring_error *error);

void keyring_free(struct keyring *ring); /* wipes; NULL is fine */

/* Keys are numbered in the order of the file. */
size_t keyring_count(const struct keyring *ring);
size_t keyring_primary(const struct keyring *ring);
const char *keyring_id(const struct keyring *ring, size_t key); /* with a NUL */
unsigned keyring_line(const struct keyring *ring, size_t key);  /* in the file, from 1 */
bool keyring_locked(const struct keyring *ring); /* false: the masters may be swapped out */

/* Return the number of the key with this id of KEYRING_ID characters, or KEYRING_NONE. */
size_t keyring_find(const struct keyring *ring, const char *id);

/*
 * keyring_derive(ring, key, method, domain, domain_length, out, out_length):
 * Derive a key: HKDF-SHA-256 of the master, empty salt, info "sqs2pg/v1/METHOD/DOMAIN". Return 0,
 * or -1 with ${out} wiped. The caller wipes the result.
 */
int keyring_derive(const struct keyring *ring, size_t key, const char *method, const char *domain,
    size_t domain_length, unsigned char *out, size_t out_length);

/* Wipe the masters once all keys are derived; the ids stay. keyring_derive() must not be called
 * afterwards. */
void keyring_forget(struct keyring *ring);

/* Return true for causes that concern the file's mode or owner. */
bool keyring_cause_is_permission(enum keyring_cause cause);

/* Make the id of a master, with a NUL, to write it. Return 0, or -1 when OpenSSL failed. */
int keyring_make_id(const unsigned char master[KEYRING_MASTER], char id[KEYRING_ID + 1]);

/* Bytes of a key line with its newline and a NUL. */
enum { KEYRING_LINE_SIZE = 96 };

/* Write "pii1 ID STATE BASE64\n" and a NUL. Return its length. The caller wipes it. */
size_t keyring_format(const unsigned char master[KEYRING_MASTER], const char *id, bool primary,
    char line[KEYRING_LINE_SIZE]);

/* Return the text of a cause, for a message that names the file. */
const char *keyring_cause_text(enum keyring_cause cause);

/* Return what to do about a cause, for a hint; or NULL. */
const char *keyring_cause_remedy(enum keyring_cause cause);

/*
 * keyring_lock_heap(ring):
 * Keep out of swap all small pieces that malloc(3) has allocated so far: this ring, derived keys
 * and their key schedules. Return 0, or -1 with errno when the limit of locked memory is too low.
 */
int keyring_lock_heap(const struct keyring *ring);

#endif
