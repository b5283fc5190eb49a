#ifndef AWS_ERROR_H
#define AWS_ERROR_H

#include <stdbool.h>

/* Why a request to AWS failed, grouped by the reaction to it. */
enum aws_cause {
    AWS_OK,
    AWS_TEMPORARY, /* retry: throttling, a server or network fault */
    AWS_EXPIRED,   /* renew the credentials, then retry once */
    AWS_SKEWED,    /* correct the clock, then retry once */
    AWS_LOST, /* the receipt handle is stale: another receive has the message, or it was deleted */
    AWS_IDENTITY, /* the server does not accept our identity */
    AWS_DENIED,   /* we lack the permission */
    AWS_NO_QUEUE,
    AWS_REFUSED, /* an invalid request; a retry would be refused too */
    AWS_USAGE,   /* an option or its variable is missing or wrong */
    AWS_SETTING, /* a setting cannot be used */
    AWS_CONFIG,  /* a configuration file is wrong */
    AWS_NO_MEMORY,
    AWS_STOPPED /* a stop request ended it */
};

/* The text is a message for people, without content of records, handles or credentials. */
struct aws_error {
    enum aws_cause cause;
    char text[320];
    const char *hint; /* a static string; NULL for none */
};

/* The hint for EMFILE. */
#define ERROR_DESCRIPTORS_HINT "raise the limit of open files, for example with ulimit -n"

/* Return the cause, for the return statement of the caller. */
enum aws_cause error_set(struct aws_error *error, enum aws_cause cause, const char *hint,
    const char *format, ...) __attribute__((format(printf, 4, 5)));

/* Set and return AWS_NO_MEMORY, "out of memory". */
enum aws_cause error_no_memory(struct aws_error *error);

/* Set the error of a failed http_open() with errno ${reason}. Return AWS_NO_MEMORY. */
enum aws_cause error_no_http(struct aws_error *error, int reason);

/*
 * error_code_name(code, name):
 * Copy the bare name of an error code of either protocol
 * ("AWS.SimpleQueueService.NonExistentQueue", "com.amazonaws.sqs#QueueDoesNotExist"). Return false,
 * with "unknown", unless it is a word of letters, digits, dots, dashes and underscores: only such
 * words may appear in messages.
 */
enum { ERROR_NAME_SIZE = 64 };
bool error_code_name(const char *code, char name[ERROR_NAME_SIZE]);

/*
 * error_cause_of(name, status, handle, sender_fault):
 * Return the cause behind an error name (from error_code_name(); "" for none) and an HTTP status (0
 * within a batch). ${handle}: the operation names a receipt handle. ${sender_fault}: the server
 * blames the sender; this decides for unknown names.
 */
enum aws_cause error_cause_of(const char *name, unsigned status, bool handle, bool sender_fault);

/* Return true when an answer with this error name and status asks for fewer requests. */
bool error_throttles(const char *name, unsigned status);

#endif
