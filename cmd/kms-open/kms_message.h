#ifndef KMS_OPEN_KMS_MESSAGE_H
#define KMS_OPEN_KMS_MESSAGE_H

#include <stdbool.h>
#include <stddef.h>

#include "aws/error.h"
#include "base/buf.h"

/*
 * What is said to AWS KMS and what it answers, in AWS JSON 1.1 (AWS Key Management Service API
 * Reference, Encrypt and Decrypt).
 */
enum {
    KMS_MESSAGE_PLAIN_MAXIMUM = 4096,  /* bytes that Encrypt takes */
    KMS_MESSAGE_SEALED_MAXIMUM = 6144, /* bytes that Decrypt takes */
    KMS_MESSAGE_CONTEXT_MAXIMUM = 64 << 10,
    KMS_MESSAGE_ANSWER_MAXIMUM = 64 << 10,
    KMS_MESSAGE_KEY_SIZE = 512 /* of a key's id, alias or ARN with its NUL, with room */
};

struct kms_message {
    bool seal;           /* Encrypt, else Decrypt */
    const char *key_id;  /* NULL: the one that it was sealed by */
    const char *context; /* the encryption context, a JSON object; NULL: none */
    const void *data;    /* to be sealed, or opened */
    size_t length;       /* within the maximum */
};

/* "Encrypt" or "Decrypt". */
const char *kms_message_action(const struct kms_message *message);

/* Write the request's body. All its room is taken at once, so that no copy of a part is left
 * behind. 0, or -1: out of memory. */
int kms_message_write(struct buf *out, const struct kms_message *message);

enum kms_message_result { KMS_MESSAGE_OK, KMS_MESSAGE_MALFORMED, KMS_MESSAGE_NO_MEMORY };

/*
 * kms_message_read(out, key_id, message, text, length):
 * Take an answer of status 200: append what was opened or sealed, one byte at least, to ${out},
 * which is wiped by the caller; and the key's ARN to ${key_id}, "" when it is no word fit for a
 * message.
 */
enum kms_message_result kms_message_read(struct buf *out, char key_id[KMS_MESSAGE_KEY_SIZE],
    const struct kms_message *message, const char *text, size_t length);

/* The error that an answer of another status names, as error_code_name() has it; "": none. */
enum kms_message_result kms_message_error(char name[ERROR_NAME_SIZE], const char *text,
    size_t length);

#endif
