#ifndef CREDENTIALS_DOCUMENT_H
#define CREDENTIALS_DOCUMENT_H

#include "aws/credentials.h"
#include "credentials/ask.h"

/* The JSON object in which credentials are handed over, on one line or many. */

enum credentials_document_kind {
    CREDENTIALS_DOCUMENT_ENDPOINT, /* AccessKeyId, SecretAccessKey, Token, Expiration */
    CREDENTIALS_DOCUMENT_PROCESS   /* Version (1), and SessionToken instead of Token */
};

/*
 * credentials_document_read(credentials, kind, text, length, who, error):
 * Read text[0, length). The keys must be there; token and expiration may be absent or null. An
 * endpoint's "Code" must be "Success" if it is there. ${who} is for the message: "what WHO gives".
 * What is not as it should be is AWS_SETTING.
 */
enum aws_cause credentials_document_read(struct credentials *credentials,
    enum credentials_document_kind kind, const char *text, size_t length, const char *who,
    struct aws_error *error);

/* Those in an endpoint's answer; a status but 200 is AWS_SETTING, with ${hint} (or NULL). */
enum aws_cause credentials_document_answer(struct credentials *credentials,
    const struct credentials_ask *exchange, const char *hint, struct aws_error *error);

#endif
