#ifndef CREDENTIALS_DOCUMENT_H
#define CREDENTIALS_DOCUMENT_H

#include "aws/credentials.h"
#include "credentials/ask.h"

/* The JSON object that holds credentials, on one line or several. */

enum credentials_document_kind {
    CREDENTIALS_DOCUMENT_ENDPOINT, /* AccessKeyId, SecretAccessKey, Token, Expiration */
    CREDENTIALS_DOCUMENT_PROCESS   /* Version (1), and SessionToken instead of Token */
};

/*
 * credentials_document_read(credentials, kind, text, length, who, error):
 * Read text[0, length). The keys are required; token and expiration may be absent or null. In the
 * answer of an endpoint, "Code" must be "Success" when present. ${who} is the subject of the
 * message. An invalid document is AWS_SETTING.
 */
enum aws_cause credentials_document_read(struct credentials *credentials,
    enum credentials_document_kind kind, const char *text, size_t length, const char *who,
    struct aws_error *error);

/* Read the credentials in the answer of an endpoint; a status other than 200 is AWS_SETTING, with
 * ${hint} (or NULL). */
enum aws_cause credentials_document_answer(struct credentials *credentials,
    const struct credentials_ask *ask, const char *hint, struct aws_error *error);

#endif
