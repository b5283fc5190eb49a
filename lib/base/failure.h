#ifndef BASE_FAILURE_H
#define BASE_FAILURE_H

#include "base/status.h"

/*
 * Why a program cannot go on, as a value that is returned upwards. main() prints it and exits with
 * its status. The text holds no value of a record, no key and no credential.
 */
struct failure {
    enum status status; /* STATUS_OK: nothing has failed */
    char text[512];
    char hint[160]; /* "": none */
};

/* Set the failure, without a hint. Return -1, for "return failure_set(…)". */
int failure_set(struct failure *failure, enum status status, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* Add what the user can do about it. Return -1. */
int failure_hint(struct failure *failure, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* Set STATUS_INTERNAL, "out of memory". Return -1. */
int failure_no_memory(struct failure *failure);

/* Print the failure and its hint, unless nothing has failed. Return its status. For main(). */
int failure_report(const struct failure *failure);

#endif
