#ifndef SQS_ATTRIBUTE_H
#define SQS_ATTRIBUTE_H

#include <stdbool.h>
#include <stddef.h>

/*
 * Message attributes: a name, a data type ("String", "Number", "Binary", each perhaps with a label
 * of the user's behind a dot: "Number.int") and a value, which is text; of a Binary type it is
 * base64, as SQS gives and takes it. Nothing is NUL-terminated.
 */
struct attribute {
    const char *name;
    const char *type;
    const char *value;
    size_t name_length;
    size_t type_length;
    size_t value_length;
};

enum {
    ATTRIBUTE_MAXIMUM = 10,      /* of one message, by the rules of SQS */
    ATTRIBUTE_READ_MAXIMUM = 64, /* that we take from a server */
    ATTRIBUTE_MD5_SIZE = 16
};

/* Whether its type is Binary. */
bool attribute_is_binary(const struct attribute *attribute);

/*
 * Whether it can be sent at all: it has a name and a value, its type is one of the three, and a
 * Binary value is canonical base64. One that is not would cost its whole batch.
 */
bool attribute_is_sound(const struct attribute *attribute);

/* What the attributes count against the maximum size of a message: names, types and values. */
size_t attribute_bytes(const struct attribute *list, size_t count);

/*
 * attribute_md5(list, count, md5):
 * The digest that SQS gives as MD5OfMessageAttributes (SQS Developer Guide, "Calculating the MD5
 * message digest for message attributes"), whatever the order of the list, which holds at most
 * ATTRIBUTE_READ_MAXIMUM. 0, or -1: too many, a Binary value that is not base64, or out of memory.
 */
int attribute_md5(const struct attribute *list, size_t count,
    unsigned char md5[ATTRIBUTE_MD5_SIZE]);

#endif
