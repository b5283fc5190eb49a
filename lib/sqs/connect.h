#ifndef SQS_CONNECT_H
#define SQS_CONNECT_H

#include <stdbool.h>
#include <stdint.h>

#include "aws/error.h"
#include "base/opt.h"
#include "sqs/protocol.h"
#include "sqs/queue.h"
#include "sqs/sqs.h"

/* Reaction to an answer that the queue does not exist. */
enum connect_absence {
    CONNECT_DOUBT_LATER, /* retry only after an earlier success, which shows that it existed */
    CONNECT_DOUBT,       /* retry */
    CONNECT_BELIEVE
};

/*
 * Opens a client of the queue that options and environment select.
 *
 * Queue: -Q, SQS_QUEUE_URL; a name is looked up. Endpoint: --endpoint-url, the configured one
 * (credentials/endpoint.h), the host of the queue URL, that of the region. Region: --region, that
 * of an AWS host in the queue URL, AWS_REGION, AWS_DEFAULT_REGION, the profile, that of an AWS host
 * in the endpoint. For any other endpoint it is us-east-1, which emulators of SQS expect or ignore.
 * Trusted certificates: AWS_CA_BUNDLE, ca_bundle of the profile. Credentials: credentials/chain.h.
 */
struct connect_options {
    const char *queue;
    const char *endpoint_url;
    const char *region;
    const char *profile;
    bool anonymous;
    enum protocol protocol;
    bool has_retry;
    uint64_t retry_ms; /* if has_retry */
    enum connect_absence absence;
};

enum connect_id {
    CONNECT_QUEUE = 40,
    CONNECT_ENDPOINT_URL,
    CONNECT_REGION,
    CONNECT_PROFILE,
    CONNECT_NO_SIGN,
    CONNECT_PROTOCOL,
    CONNECT_RETRY
};

/* Rows of these options for the table of a program (base/opt.h); ${retry}: the default of
 * --retry-timeout in words. */
#define CONNECT_OPTIONS(retry)                                                                     \
    { CONNECT_QUEUE, 'Q', "queue", "URL|NAME", "the queue", "$SQS_QUEUE_URL" },                    \
        { CONNECT_ENDPOINT_URL, '\0', "endpoint-url", "URL", "the SQS endpoint, instead of AWS",   \
            NULL },                                                                                \
        { CONNECT_REGION, '\0', "region", "NAME", "the AWS region", NULL },                        \
        { CONNECT_PROFILE, '\0', "profile", "NAME", "the profile of the AWS configuration to use", \
            NULL },                                                                                \
        { CONNECT_NO_SIGN, '\0', "no-sign-request", NULL, "send requests without credentials",     \
            NULL },                                                                                \
        { CONNECT_PROTOCOL, '\0', "protocol", "query|json", "the protocol of SQS", "query" },      \
    {                                                                                              \
        CONNECT_RETRY, '\0', "retry-timeout", "TIME", "how long to retry failed requests", retry   \
    }

/* Take one of these options. Return false after printing a usage error for its value. */
bool connect_option(struct connect_options *options, int id, const char *value);

/*
 * connect_queue_name(options, name):
 * Find the name of the queue without the network. Return false when none is given, or it is neither
 * a name nor a queue URL.
 */
bool connect_queue_name(const struct connect_options *options, char name[QUEUE_PART_SIZE]);

struct connection {
    struct sqs *sqs;
    char queue_url[CALL_URL_SIZE]; /* as given, or as looked up */
    struct queue_identity identity;
    bool secure; /* with TLS */
};

enum { CONNECT_RETRY_MS = 30000, CONNECT_NO_QUEUE_MS = 60000 };

/*
 * connect_open(connection, options, parallel, stoppable, error):
 * Open the client with ${parallel} parallel requests. Credentials and the look-up of a queue name
 * may need the network; if ${stoppable}, a stop request ends that with AWS_STOPPED. The retry time
 * is options->retry_ms, or CONNECT_RETRY_MS. A queue that does not exist is retried for
 * CONNECT_NO_QUEUE_MS, or for the retry time if that is less.
 */
enum aws_cause connect_open(struct connection *connection, const struct connect_options *options,
    unsigned parallel, bool stoppable, struct aws_error *error);
void connect_close(struct connection *connection); /* a zeroed one is fine */

/*
 * Print the error for main() with its hint. Return the exit status of its cause; for AWS_OK and
 * AWS_STOPPED print nothing and return STATUS_OK.
 */
int connect_report(const struct aws_error *error);

#endif
