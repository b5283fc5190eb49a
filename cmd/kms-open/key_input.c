#include <errno.h>
#include <string.h>

#include "base/trusted_file.h"
#include "crypto/base64.h"
#include "key_input.h"
#include "kms_message.h"
#include "mask/keyring.h"

/* Base64 of the largest input of KMS, in lines. */
enum { SEALED_FILE_MAXIMUM = 3 * KMS_MESSAGE_SEALED_MAXIMUM };

static int read_whole(struct buf *text, const struct trusted_file *file, const char *name,
    size_t maximum, struct failure *failure)
{
    /* Reserve the maximum, so that growing leaves no copy in memory. */
    buf_init(text, maximum + 1);
    char *room = buf_reserve(text, maximum + 1);
    if (room == NULL)
        return failure_no_memory(failure);
    ssize_t length = trusted_file_read(file->fd, room, maximum + 1);
    if (length == -1)
        return failure_set(failure, STATUS_IO, "cannot read %s: %s", name, strerror(errno));
    text->length = (size_t)length;
    return length > 0 ? 0 : failure_set(failure, STATUS_CONFIG, "%s is empty", name);
}

static int refuse(const char *name, enum trusted_cause cause, struct failure *failure)
{
    int reason = errno;
    const char *hint = trusted_file_hint(cause);
    if (cause == TRUSTED_OPEN) {
        (void)failure_set(failure, STATUS_CONFIG, "cannot open %s: %s", name, strerror(reason));
        hint = reason == EACCES ? trusted_file_denied(name) : NULL;
    } else {
        (void)failure_set(failure, cause == TRUSTED_KIND ? STATUS_CONFIG : STATUS_PERMISSION,
            "%s: %s", name, trusted_file_cause_text(cause));
    }
    return hint != NULL ? failure_hint(failure, "%s", hint) : -1;
}

/* Return true when a line of the text is that of a key file: such a file is only sealed, never sent
 * to be opened. */
static bool is_clear(const struct buf *text)
{
    static const char word[] = "pii1"; /* begins a line, after blanks and comments */
    size_t length = sizeof word - 1;
    for (size_t i = 0; i + length < text->length; i++)
        if (memcmp(text->data + i, word, length) == 0 &&
            memchr(" \t", text->data[i + length], 2) != NULL &&
            (i == 0 || memchr(" \t\r\n", text->data[i - 1], 4) != NULL))
            return true;
    return false;
}

/* Decode base64 in place; KMS output in binary never looks like base64. */
static void decode(struct buf *text)
{
    char letters[SEALED_FILE_MAXIMUM + 1];
    unsigned char bytes[SEALED_FILE_MAXIMUM + 3];
    size_t count = 0, decoded;
    for (size_t i = 0; i < text->length; i++)
        if (memchr(" \t\r\n", text->data[i], 4) == NULL)
            letters[count++] = text->data[i];
    if (count == 0)
        text->length = 0;
    else if (base64_decode(letters, count, bytes, &decoded) == 0) {
        memcpy(text->data, bytes, decoded);
        text->length = decoded;
    }
    explicit_bzero(letters, sizeof letters);
    explicit_bzero(bytes, sizeof bytes);
}

int key_input_sealed(struct buf *text, const char *file, struct failure *failure)
{
    struct trusted_file opened;
    enum trusted_cause cause = trusted_file_open(file, &opened);
    if (cause != TRUSTED_OK)
        return refuse(file, cause, failure);
    int result = read_whole(text, &opened, file, SEALED_FILE_MAXIMUM, failure);
    trusted_file_close(&opened);
    if (result != 0)
        return -1;
    bool clear = is_clear(text);
    if (!clear && text->length <= SEALED_FILE_MAXIMUM) {
        decode(text);
        clear = is_clear(text);
    }
    if (text->length == 0)
        return failure_set(failure, STATUS_CONFIG, "%s is empty", file);
    if (clear) {
        (void)failure_set(failure, STATUS_CONFIG, "%s is a key file that is not sealed", file);
        return failure_hint(failure, "use --seal to seal it");
    }
    if (text->length <= KMS_MESSAGE_SEALED_MAXIMUM)
        return 0;
    (void)failure_set(failure, STATUS_CONFIG, "%s is larger than any file sealed with KMS", file);
    return failure_hint(failure, "give the output of kms-open --seal, or of Encrypt of KMS");
}

static int refuse_key(const char *name, enum keyring_cause cause, struct failure *failure)
{
    const char *hint = keyring_cause_remedy(cause);
    (void)failure_set(failure,
        keyring_cause_is_permission(cause) ? STATUS_PERMISSION : STATUS_CONFIG, "key file %s: %s",
        name, keyring_cause_text(cause));
    return hint != NULL ? failure_hint(failure, "%s", hint) : -1;
}

int key_input_clear(struct buf *text, const char *file, bool group_readable,
    struct failure *failure)
{
    struct trusted_file opened;
    enum trusted_cause cause = trusted_file_open(file, &opened);
    enum keyring_cause judged = KEYRING_OK;
    /* For a file that others may write, the rules for keys name the offender. */
    if (cause == TRUSTED_WRITABLE || (cause == TRUSTED_OK && !opened.is_inherited_pipe))
        judged = keyring_check(&opened.status, group_readable);
    if (cause != TRUSTED_OK && judged == KEYRING_OK)
        return refuse(file, cause, failure);
    int result = judged != KEYRING_OK
        ? refuse_key(file, judged, failure)
        : read_whole(text, &opened, file, KMS_MESSAGE_PLAIN_MAXIMUM, failure);
    if (cause == TRUSTED_OK)
        trusted_file_close(&opened);
    if (result != 0)
        return -1;
    if (!is_clear(text)) {
        (void)failure_set(failure, STATUS_CONFIG, "%s is not a key file", file);
        return failure_hint(failure, "make one with pii-keygen; a sealed file is not sealed again");
    }
    if (text->length <= KMS_MESSAGE_PLAIN_MAXIMUM)
        return 0;
    (void)failure_set(failure, STATUS_CONFIG,
        "key file %s is too large: KMS seals %d bytes at most", file, KMS_MESSAGE_PLAIN_MAXIMUM);
    return failure_hint(failure, "remove decrypt-only keys that no masked value needs any more");
}
