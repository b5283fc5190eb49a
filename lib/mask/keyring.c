#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/trusted_file.h"
#include "crypto/base64.h"
#include "crypto/digest.h"
#include "crypto/hkdf.h"
#include "crypto/secret.h"
#include "mask/keyring.h"
#include "record/claim.h"

#define INFO "sqs2pg/v1/"

enum { CODED_MASTER = 44, HEAP_MAX = 64 << 20 };

struct key {
    char id[KEYRING_ID + 1];
    unsigned line;
};

struct keyring {
    struct key *keys;
    unsigned char *masters; /* count times KEYRING_MASTER, in locked pages */
    size_t count;
    size_t primary; /* KEYRING_NONE: not found yet */
    size_t room;    /* capacity in keys */
    bool locked;
};

int keyring_lock_heap(const struct keyring *ring)
{
#ifdef __SANITIZE_ADDRESS__
    (void)ring;
    return 0; /* another allocator spreads over the address space */
#else
    uintptr_t page = (uintptr_t)sysconf(_SC_PAGESIZE);
    uintptr_t start = (uintptr_t)ring / page * page;
    uintptr_t end = (uintptr_t)sbrk(0);
    unsigned char resident;
    if (start >= end) {
        errno = ENOMEM;
        return -1;
    }
    /* Go down to the first unmapped page, which ends the heap or the program's data before it. */
    while (end - start < HEAP_MAX && mincore((char *)start - page, page, &resident) == 0)
        start -= page;
    return mlock((char *)start, end - start);
#endif
}

/* ---- deriving -------------------------------------------------------------------------------- */

int keyring_make_id(const unsigned char master[KEYRING_MASTER], char id[KEYRING_ID + 1])
{
    static const char info[] = INFO "key-id";
    unsigned char bytes[KEYRING_ID / 2];
    if (hkdf_derive(master, info, sizeof info - 1, bytes, sizeof bytes) != 0)
        return -1;
    digest_hex(bytes, sizeof bytes, id);
    id[KEYRING_ID] = '\0';
    return 0;
}

int keyring_derive(const struct keyring *ring, size_t key, const char *method, const char *domain,
    size_t domain_length, unsigned char *out, size_t out_length)
{
    struct buf info;
    buf_init(&info, SIZE_MAX);
    buf_printf(&info, INFO "%s/", method);
    buf_append(&info, domain, domain_length);
    int result = info.failed ? -1
                             : hkdf_derive(ring->masters + key * KEYRING_MASTER, info.data,
                                   info.length, out, out_length);
    buf_free(&info);
    return result;
}

/* ---- parsing --------------------------------------------------------------------------------- */

static struct keyring *new_ring(size_t room)
{
    struct keyring *ring = calloc(1, sizeof *ring);
    if (ring == NULL)
        return NULL;
    ring->primary = KEYRING_NONE;
    ring->room = room;
    ring->keys = calloc(room, sizeof *ring->keys);
    void *masters = NULL;
    enum secret_result got = secret_alloc(room * KEYRING_MASTER, &masters);
    ring->masters = masters;
    ring->locked = got == SECRET_LOCKED;
    if (ring->keys == NULL || got == SECRET_NO_MEMORY) {
        keyring_free(ring);
        return NULL;
    }
    return ring;
}

void keyring_forget(struct keyring *ring)
{
    secret_free(ring->masters, ring->room * KEYRING_MASTER);
    ring->masters = NULL;
}

void keyring_free(struct keyring *ring)
{
    if (ring == NULL)
        return;
    keyring_forget(ring);
    free(ring->keys);
    free(ring);
}

struct word {
    const char *text;
    size_t length;
};

static bool is_blank(char byte)
{
    return byte == ' ' || byte == '\t';
}

/* Cut text[0, length) at its blanks into at most ${most} words. Return the number of words. */
static size_t cut_words(const char *text, size_t length, struct word *words, size_t most)
{
    size_t count = 0;
    for (size_t i = 0; i < length;) {
        if (is_blank(text[i])) {
            i++;
            continue;
        }
        size_t start = i;
        while (i < length && !is_blank(text[i]))
            i++;
        if (count < most)
            words[count] = (struct word){ text + start, i - start };
        count++;
    }
    return count;
}

static bool is_word(const struct word *word, const char *text)
{
    return word->length == strlen(text) && memcmp(word->text, text, word->length) == 0;
}

/* Decode a master and compare its id with the one on the line. Return the cause of a failure. */
static enum keyring_cause take_master(struct keyring *ring, const struct word *id,
    const struct word *coded)
{
    unsigned char decoded[CODED_MASTER / 4 * 3 + 3];
    char made[KEYRING_ID + 1];
    size_t length = 0;
    enum keyring_cause cause = KEYRING_OK;
    if (coded->length != CODED_MASTER ||
        base64_decode(coded->text, coded->length, decoded, &length) != 0 ||
        length != KEYRING_MASTER)
        cause = KEYRING_BAD_KEY;
    else if (keyring_make_id(decoded, made) != 0)
        cause = KEYRING_CRYPTO;
    else if (memcmp(made, id->text, KEYRING_ID) != 0)
        cause = KEYRING_DAMAGED;
    else if (keyring_find(ring, made) != KEYRING_NONE)
        cause = KEYRING_REPEATED;
    if (cause == KEYRING_OK) {
        memcpy(ring->masters + ring->count * KEYRING_MASTER, decoded, KEYRING_MASTER);
        memcpy(ring->keys[ring->count].id, made, sizeof made);
    }
    secret_wipe(decoded, sizeof decoded);
    return cause;
}

static enum keyring_cause take_line(struct keyring *ring, const char *text, size_t length,
    unsigned line)
{
    struct word words[4];
    size_t count = cut_words(text, length, words, 4);
    if (count == 0 || words[0].text[0] == '#')
        return KEYRING_OK;
    if (count != 4 || !is_word(&words[0], "pii1"))
        return KEYRING_FORMAT;
    if (!claim_is_key_id(words[1].text, words[1].length))
        return KEYRING_BAD_ID;
    bool primary = is_word(&words[2], "primary");
    if (!primary && !is_word(&words[2], "decrypt-only"))
        return KEYRING_BAD_STATE;
    if (ring->count == ring->room)
        return KEYRING_TOO_MANY;
    enum keyring_cause cause = take_master(ring, &words[1], &words[3]);
    if (cause != KEYRING_OK)
        return cause;
    if (primary && ring->primary != KEYRING_NONE)
        return KEYRING_TWO_PRIMARIES;
    if (primary)
        ring->primary = ring->count;
    ring->keys[ring->count++].line = line;
    return KEYRING_OK;
}

int keyring_parse(const char *text, size_t length, struct keyring **result,
    struct keyring_error *error)
{
    *error = (struct keyring_error){ .cause = KEYRING_OK };
    struct keyring *ring = new_ring(KEYRING_MAX_KEYS);
    if (ring == NULL)
        error->cause = KEYRING_MEMORY;
    unsigned line = 0;
    for (size_t start = 0; start < length && error->cause == KEYRING_OK;) {
        const char *found = memchr(text + start, '\n', length - start);
        size_t end = found != NULL ? (size_t)(found - text) : length;
        size_t stop = end > start && text[end - 1] == '\r' ? end - 1 : end;
        error->cause = take_line(ring, text + start, stop - start, ++line);
        if (error->cause != KEYRING_OK)
            error->line = line;
        start = end + 1;
    }
    if (error->cause == KEYRING_OK && ring->count == 0)
        error->cause = KEYRING_EMPTY;
    else if (error->cause == KEYRING_OK && ring->primary == KEYRING_NONE)
        error->cause = KEYRING_NO_PRIMARY;
    if (error->cause != KEYRING_OK) {
        keyring_free(ring);
        return -1;
    }
    *result = ring;
    return 0;
}

/* ---- the file -------------------------------------------------------------------------------- */

enum keyring_cause keyring_check(const struct stat *status, bool group_readable)
{
    /* The way systemd passes credentials: owner root, and a group that only root is in. */
    bool is_credential =
        status->st_uid == 0 && status->st_gid == 0 && (status->st_mode & 07777) == 0440;
    enum trusted_cause cause = trusted_file_check(status);
    if (cause == TRUSTED_KIND)
        return KEYRING_KIND;
    if (cause == TRUSTED_OWNER)
        return KEYRING_OWNER;
    if ((status->st_mode & S_IRWXO) != 0)
        return KEYRING_OTHERS;
    if ((status->st_mode & S_IWGRP) != 0)
        return KEYRING_GROUP_WRITE;
    if ((status->st_mode & S_IRGRP) != 0 && !group_readable && !is_credential)
        return KEYRING_GROUP_READ;
    return KEYRING_OK;
}

/* Open and check the file. An inherited pipe has no meaningful mode. */
static enum keyring_cause open_file(const char *path, bool group_readable,
    struct trusted_file *file)
{
    switch (trusted_file_open(path, file)) {
    case TRUSTED_OPEN:
        return errno == EACCES || errno == EPERM ? KEYRING_DENIED : KEYRING_OPEN;
    case TRUSTED_KIND:
        return KEYRING_KIND;
    case TRUSTED_OWNER:
        return KEYRING_OWNER;
    case TRUSTED_WRITABLE: /* keyring_check() names the cause; the file is no longer open */
        return keyring_check(&file->status, group_readable);
    case TRUSTED_OK:
        break;
    }
    enum keyring_cause cause =
        file->is_inherited_pipe ? KEYRING_OK : keyring_check(&file->status, group_readable);
    if (cause != KEYRING_OK)
        trusted_file_close(file);
    return cause;
}

int keyring_load(const char *path, bool group_readable, struct keyring **ring,
    struct keyring_error *error)
{
    struct trusted_file file;
    *error = (struct keyring_error){ .cause = open_file(path, group_readable, &file) };
    if (error->cause != KEYRING_OK) {
        bool has_reason = error->cause == KEYRING_DENIED || error->cause == KEYRING_OPEN;
        error->errnum = has_reason ? errno : 0;
        return -1;
    }
    void *text = NULL;
    ssize_t length = 0;
    if (secret_alloc(KEYRING_MAX_FILE + 1, &text) == SECRET_NO_MEMORY)
        error->cause = KEYRING_MEMORY;
    else if ((length = trusted_file_read(file.fd, text, KEYRING_MAX_FILE + 1)) == -1)
        *error = (struct keyring_error){ .cause = KEYRING_READ, .errnum = errno };
    else if (length > KEYRING_MAX_FILE)
        error->cause = KEYRING_TOO_BIG;
    if (error->cause == KEYRING_OK)
        keyring_parse(text, (size_t)length, ring, error);
    secret_free(text, KEYRING_MAX_FILE + 1);
    trusted_file_close(&file);
    return error->cause == KEYRING_OK ? 0 : -1;
}

/* ---- reading back, writing ------------------------------------------------------------------- */

size_t keyring_count(const struct keyring *ring)
{
    return ring->count;
}

size_t keyring_primary(const struct keyring *ring)
{
    return ring->primary;
}

const char *keyring_id(const struct keyring *ring, size_t key)
{
    return ring->keys[key].id;
}

unsigned keyring_line(const struct keyring *ring, size_t key)
{
    return ring->keys[key].line;
}

size_t keyring_find(const struct keyring *ring, const char *id)
{
    for (size_t i = 0; i < ring->count; i++)
        if (memcmp(ring->keys[i].id, id, KEYRING_ID) == 0)
            return i;
    return KEYRING_NONE;
}

bool keyring_locked(const struct keyring *ring)
{
    return ring->locked;
}

size_t keyring_format(const unsigned char master[KEYRING_MASTER], const char *id, bool primary,
    char line[KEYRING_LINE_SIZE])
{
    int head = snprintf(line, KEYRING_LINE_SIZE, "pii1 %.8s %s ", id,
        primary ? "primary" : "decrypt-only");
    size_t length = (size_t)head + base64_encode(master, KEYRING_MASTER, line + head);
    line[length++] = '\n';
    line[length] = '\0';
    return length;
}

bool keyring_cause_is_permission(enum keyring_cause cause)
{
    return cause >= KEYRING_DENIED && cause <= KEYRING_GROUP_READ;
}

const char *keyring_cause_text(enum keyring_cause cause)
{
    switch (cause) {
    case KEYRING_OK:
        return "ok";
    case KEYRING_DENIED:
        return "this user may not read it";
    case KEYRING_OWNER:
        return "owned neither by this user nor by root";
    case KEYRING_OTHERS:
        return "users other than its owner may access it";
    case KEYRING_GROUP_WRITE:
        return "its group may write it";
    case KEYRING_GROUP_READ:
        return "its group may read it";
    case KEYRING_OPEN:
        return "cannot be opened";
    case KEYRING_KIND:
        return "neither a regular file nor a pipe";
    case KEYRING_TOO_BIG:
        return "larger than a key file can be (32 KiB)";
    case KEYRING_TOO_MANY:
        return "more than 256 keys";
    case KEYRING_FORMAT:
        return "not a key line (pii1 KEYID primary|decrypt-only BASE64)";
    case KEYRING_BAD_ID:
        return "the key id is not 8 lower-case hex digits";
    case KEYRING_BAD_STATE:
        return "the state is neither primary nor decrypt-only";
    case KEYRING_BAD_KEY:
        return "the key is not 32 bytes in base64";
    case KEYRING_DAMAGED:
        return "the key id does not belong to the key: the line is damaged";
    case KEYRING_REPEATED:
        return "the key repeats an earlier one";
    case KEYRING_TWO_PRIMARIES:
        return "a second primary key";
    case KEYRING_NO_PRIMARY:
        return "no key is primary";
    case KEYRING_EMPTY:
        return "the file holds no key";
    case KEYRING_READ:
        return "cannot be read";
    case KEYRING_MEMORY:
        return "out of memory";
    case KEYRING_CRYPTO:
        return "a cryptographic operation failed";
    }
    return "unknown";
}

const char *keyring_cause_remedy(enum keyring_cause cause)
{
    if (cause == KEYRING_OTHERS || cause == KEYRING_GROUP_WRITE)
        return "make it readable by its owner only: chmod 600";
    return cause == KEYRING_GROUP_READ ? "chmod 600 it, or allow it with --key-group-readable"
                                       : NULL;
}
