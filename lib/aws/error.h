#ifndef AWS_ERROR_H
#define AWS_ERROR_H

#include <stdbool.h>

/* Why something with SQS did not succeed, by what is to be done about it. */
enum aws_cause {
    AWS_OK,
    AWS_TEMPORARY, /* try again: throttled, a server's fault, the network */
    AWS_EXPIRED,   /* fetch credentials again, then once more */
    AWS_SKEWED,    /* correct the clock, then once more */
    AWS_LOST, /* the receipt handle is stale: another receive has the message now, or it is gone */
    AWS_IDENTITY, /* the server does not believe who we are */
    AWS_DENIED,   /* we may not do this */
    AWS_NO_QUEUE,
    AWS_REFUSED, /* the request itself; the same again would be refused again */
    AWS_USAGE,   /* an option, or the variable in its place, is missing or wrong */
    AWS_SETTING, /* what is set cannot be used */
    AWS_CONFIG,  /* a configuration file is wrong */
    AWS_NO_MEMORY,
    AWS_STOPPED /* we gave it up */
};

/* The text is a message for people, without any content of records, handles or credentials. */
struct aws_error {
    enum aws_cause cause;
    char text[320];
    const char *hint; /* a static string; NULL: none */
};

/* What to do about EMFILE. */
#define ERROR_DESCRIPTORS_HINT "raise the limit of open files, as by ulimit -n"

/* Return the cause, for the caller's return statement. */
enum aws_cause error_set(struct aws_error *error, enum aws_cause cause, const char *hint,
    const char *format, ...) __attribute__((format(printf, 4, 5)));

/* AWS_NO_MEMORY, "out of memory"; returns the cause. */
enum aws_cause error_no_memory(struct aws_error *error);

/* For http_open() that failed with errno ${reason}. Returns the cause, AWS_NO_MEMORY. */
enum aws_cause error_no_http(struct aws_error *error, int reason);

/*
 * error_code_name(code, name, size):
 * The bare name of an error code of either protocol ("AWS.SimpleQueueService.NonExistentQueue",
 * "com.amazonaws.sqs#QueueDoesNotExist"); false, and "unknown", when it is no word of letters,
 * digits, dots, dashes and underscores: only such a word may appear in a message.
 */
enum { ERROR_NAME_SIZE = 64 };
bool error_code_name(const char *code, char name[ERROR_NAME_SIZE]);

/*
 * error_cause_of(name, status, handle, sender_fault):
 * The cause behind an error name (as error_code_name() gives it; "" for none) and a HTTP status (0
 * within a batch). ${handle}: the operation names a receipt handle. ${sender_fault}: whom the
 * server blames; it decides about names that are not known.
 */
enum aws_cause error_cause_of(const char *name, unsigned status, bool handle, bool sender_fault);

/* Whether such an answer asks for fewer requests; ${name} and ${status} as above. */
bool error_throttles(const char *name, unsigned status);

#endif
