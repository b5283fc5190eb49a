#ifndef SQS_CONNECT_H
#define SQS_CONNECT_H

#include <stdbool.h>
#include <stdint.h>

#include "aws/error.h"
#include "base/opt.h"
#include "sqs/protocol.h"
#include "sqs/queue.h"
#include "sqs/sqs.h"

/* What to do when the queue is said not to exist. */
enum connect_absence {
    CONNECT_DOUBT_LATER, /* ask again, once a request has succeeded: it has been there */
    CONNECT_DOUBT,       /* ask again */
    CONNECT_BELIEVE
};

/*
 * From options and environment to a client of the queue they mean.
 *
 * Queue: -Q, SQS_QUEUE_URL; a name is looked up. Endpoint: --endpoint-url, what is configured
 * (credentials/endpoint.h), the queue URL's own host, the region's. Region:
 * --region, the queue URL's host if it is one of AWS's, AWS_REGION, AWS_DEFAULT_REGION, the
 * profile's, the endpoint's host if it is one of AWS's; for any other endpoint us-east-1, which
 * stand-ins of SQS expect or pass over. Trusted certificates: AWS_CA_BUNDLE, the profile's
 * ca_bundle. Credentials: credentials/chain.h.
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

/* The rows that these options have in a program's table (base/opt.h); ${retry}: the default of
 * --retry-timeout in words. */
#define CONNECT_OPTIONS(retry)                                                                     \
    { CONNECT_QUEUE, 'Q', "queue", "URL|NAME", "the queue", "$SQS_QUEUE_URL" },                    \
        { CONNECT_ENDPOINT_URL, '\0', "endpoint-url", "URL", "where SQS is, instead of AWS",       \
            NULL },                                                                                \
        { CONNECT_REGION, '\0', "region", "NAME", "the AWS region", NULL },                        \
        { CONNECT_PROFILE, '\0', "profile", "NAME", "the profile of the AWS configuration to use", \
            NULL },                                                                                \
        { CONNECT_NO_SIGN, '\0', "no-sign-request", NULL, "send requests without credentials",     \
            NULL },                                                                                \
        { CONNECT_PROTOCOL, '\0', "protocol", "query|json", "how to speak to SQS", "query" },      \
    {                                                                                              \
        CONNECT_RETRY, '\0', "retry-timeout", "TIME", "how long to repeat what fails", retry       \
    }

/* Take one of these options. False, after a usage error was printed: its value is none. */
bool connect_option(struct connect_options *options, int id, const char *value);

struct connection {
    struct sqs *sqs;
    char queue_url[CALL_URL_SIZE]; /* as given, or as it was looked up */
    struct queue_identity identity;
    bool secure; /* by TLS */
};

enum { CONNECT_RETRY_MS = 30000, CONNECT_NO_QUEUE_MS = 60000 };

/*
 * connect_open(connection, options, parallel, stoppable, error):
 * Open the client, with ${parallel} requests at once. Credentials and a queue given by name may
 * need the network here; a stop request ends that with AWS_STOPPED if ${stoppable}. The retry time
 * is options->retry_ms, or CONNECT_RETRY_MS; a queue that is said not to exist is asked for again
 * for CONNECT_NO_QUEUE_MS, or the retry time if that is less.
 */
enum aws_cause connect_open(struct connection *connection, const struct connect_options *options,
    unsigned parallel, bool stoppable, struct aws_error *error);
void connect_close(struct connection *connection); /* of a zeroed one too */

/*
 * For main(): print the error with its hint; return the exit status that goes with its cause
 * (AWS_OK and AWS_STOPPED: nothing printed, STATUS_OK).
 */
int connect_report(const struct aws_error *error);

#endif
