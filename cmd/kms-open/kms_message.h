#ifndef KMS_OPEN_KMS_MESSAGE_H
#define KMS_OPEN_KMS_MESSAGE_H

#include <stdbool.h>
#include <stddef.h>

#include "aws/error.h"
#include "base/buf.h"

/*
 * Requests to AWS KMS and its answers, in AWS JSON 1.1 (AWS Key Management Service API Reference,
 * Encrypt and Decrypt).
 */
enum {
    KMS_MESSAGE_PLAIN_MAXIMUM = 4096,  /* bytes that Encrypt accepts */
    KMS_MESSAGE_SEALED_MAXIMUM = 6144, /* bytes that Decrypt accepts */
    KMS_MESSAGE_CONTEXT_MAXIMUM = 64 << 10,
    KMS_MESSAGE_ANSWER_MAXIMUM = 64 << 10,
    KMS_MESSAGE_KEY_SIZE = 512 /* a key id, alias or ARN with its NUL, with a margin */
};

struct kms_message {
    bool seal;           /* Encrypt, else Decrypt */
    const char *key_id;  /* NULL: the key that sealed the data */
    const char *context; /* the encryption context, a JSON object; NULL for none */
    const void *data;    /* to seal or open */
    size_t length;       /* within the maximum */
};

/* Return "Encrypt" or "Decrypt". */
const char *kms_message_action(const struct kms_message *message);

/* Write the body of the request, reserved in full, so that growing leaves no copy in memory. Return
 * 0, or -1 when memory runs out. */
int kms_message_write(struct buf *out, const struct kms_message *message);

enum kms_message_result { KMS_MESSAGE_OK, KMS_MESSAGE_MALFORMED, KMS_MESSAGE_NO_MEMORY };

/*
 * kms_message_read(out, key_id, message, text, length):
 * Read an answer of status 200. Append the opened or sealed data, at least one byte, to ${out},
 * which the caller wipes. Copy the ARN of the key to ${key_id}; "" unless it is a word fit for a
 * message. Return KMS_MESSAGE_MALFORMED for an answer that is not of KMS.
 */
enum kms_message_result kms_message_read(struct buf *out, char key_id[KMS_MESSAGE_KEY_SIZE],
    const struct kms_message *message, const char *text, size_t length);

/* Copy the error name of an answer with a status other than 200 to ${name}, as error_code_name()
 * does; "" for none. ${name} is set with each result. */
enum kms_message_result kms_message_error(char name[ERROR_NAME_SIZE], const char *text,
    size_t length);

#endif
