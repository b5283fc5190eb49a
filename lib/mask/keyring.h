#ifndef MASK_KEYRING_H
#define MASK_KEYRING_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/stat.h>

#include "record/claim.h"

/*
 * Key rings. A key file is lines of
 *
 *     pii1 KEYID primary|decrypt-only BASE64
 *
 * separated by blanks; empty lines and lines that begin with "#" are comments. LF or CRLF ends a
 * line, the last may lack it. BASE64 is the 32-byte master key, RFC 4648 with padding. KEYID is its
 * 8 lower-case hex digits: HKDF-SHA-256 of the master, empty salt, info "sqs2pg/v1/key-id", 4
 * bytes; so a damaged line is noticed. Exactly one key is primary and masks; every key unmasks.
 *
 * Masters are kept out of swap and core dumps and are wiped; no message or error holds a byte of
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
    /* the file's mode or owner */
    KEYRING_DENIED, /* we may not read it */
    KEYRING_OWNER,  /* it belongs neither to us nor to root */
    KEYRING_OTHERS, /* others have a right to it */
    KEYRING_GROUP_WRITE,
    KEYRING_GROUP_READ, /* and that was not allowed */
    /* the file or its content */
    KEYRING_OPEN,      /* errnum says */
    KEYRING_KIND,      /* no regular file and no FIFO */
    KEYRING_TOO_BIG,   /* over KEYRING_MAX_FILE */
    KEYRING_TOO_MANY,  /* over KEYRING_MAX_KEYS */
    KEYRING_FORMAT,    /* a line that is no key line */
    KEYRING_BAD_ID,    /* no 8 lower-case hex digits */
    KEYRING_BAD_STATE, /* a state that is neither primary nor decrypt-only */
    KEYRING_BAD_KEY,   /* no canonical base64 of 32 bytes */
    KEYRING_DAMAGED,   /* the id does not derive from the key */
    KEYRING_REPEATED,  /* an id that an earlier line has */
    KEYRING_TWO_PRIMARIES,
    KEYRING_NO_PRIMARY,
    KEYRING_EMPTY, /* no key line at all */
    /* the machine */
    KEYRING_READ, /* errnum says */
    KEYRING_MEMORY,
    KEYRING_CRYPTO /* OpenSSL failed */
};

struct keyring_error {
    enum keyring_cause cause;
    unsigned line; /* 1 for the first; 0: the file as a whole */
    int errnum;
};

/*
 * keyring_load(path, group_readable, ring, error):
 * Open and judge (base/trusted_file.h), check, read and parse. Refused are further files to which
 * others have any right, or which the group may read, unless ${group_readable} or it is 0440 and
 * root's, user and group. An inherited pipe is taken as it is. Return 0 with *ring set, to be freed
 * by the caller, or -1 with
 * ${error}.
 */
int keyring_load(const char *path, bool group_readable, struct keyring **ring,
    struct keyring_error *error);

/* The parts of keyring_load(). keyring_check() looks at type, owner and mode. */
enum keyring_cause keyring_check(const struct stat *status, bool group_readable);
int keyring_parse(const char *text, size_t length, struct keyring **ring,
    struct keyring_error *error);

void keyring_free(struct keyring *ring); /* wipes; NULL is fine */

/* Keys are numbered in the order of the file. */
size_t keyring_count(const struct keyring *ring);
size_t keyring_primary(const struct keyring *ring);
const char *keyring_id(const struct keyring *ring, size_t key); /* with a NUL */
unsigned keyring_line(const struct keyring *ring, size_t key);  /* of the file, 1 for the first */
bool keyring_locked(const struct keyring *ring); /* false: the masters may be swapped out */

/* The number of the key whose id these KEYRING_ID characters are, or KEYRING_NONE. */
size_t keyring_find(const struct keyring *ring, const char *id);

/*
 * keyring_derive(ring, key, method, domain, domain_length, out, out_length):
 * HKDF-SHA-256 of the master, empty salt, info "sqs2pg/v1/METHOD/DOMAIN". Return 0, or -1 with
 * ${out} wiped. The caller wipes what it got.
 */
int keyring_derive(const struct keyring *ring, size_t key, const char *method, const char *domain,
    size_t domain_length, unsigned char *out, size_t out_length);

/* Wipe the masters, when all that is wanted of them has been derived; the ids stay. */
void keyring_forget(struct keyring *ring);

/* Whether a cause is about the file's mode or owner. */
bool keyring_cause_is_permission(enum keyring_cause cause);

/* Writing. The id of a master with a NUL; 0, or -1 when OpenSSL failed. */
int keyring_make_id(const unsigned char master[KEYRING_MASTER], char id[KEYRING_ID + 1]);

/* Room for a key line with its newline and a NUL. */
enum { KEYRING_LINE_SIZE = 96 };

/* Write "pii1 ID STATE BASE64\n" and a NUL; return its length. The caller wipes it. */
size_t keyring_format(const unsigned char master[KEYRING_MASTER], const char *id, bool primary,
    char line[KEYRING_LINE_SIZE]);

/* What a cause means, in words for a message that names the file. */
const char *keyring_cause_text(enum keyring_cause cause);

/*
 * keyring_lock_heap(ring):
 * Keep out of swap all that malloc(3) has handed out in small pieces so far: this ring, and keys
 * and key schedules derived from it. Return 0, or -1 with errno: the limit of locked memory is too
 * low.
 */
int keyring_lock_heap(const struct keyring *ring);

#endif
