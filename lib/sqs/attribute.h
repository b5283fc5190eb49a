#ifndef SQS_ATTRIBUTE_H
#define SQS_ATTRIBUTE_H

#include <stdbool.h>
#include <stddef.h>

/*
 * Message attributes: a name, a data type and a value. The type is "String", "Number" or "Binary",
 * optionally with a label of the user after a dot: "Number.int". The value is text; for Binary it
 * is base64, as SQS sends and receives it. Nothing is NUL-terminated.
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
    ATTRIBUTE_MAXIMUM = 10,      /* per message, by the rules of SQS */
    ATTRIBUTE_READ_MAXIMUM = 64, /* accepted from a server */
    ATTRIBUTE_MD5_SIZE = 16
};

/* Return true when the type is Binary. */
bool attribute_is_binary(const struct attribute *attribute);

/*
 * Return true when SQS can accept the attribute (SQS API MessageAttributeValue). Name and type have
 * the characters and length that it allows. The name is none of AWS, the type is one of the three.
 * The value is not empty; a Binary one is canonical base64. An invalid attribute would fail its
 * whole batch, or, with a control character, each answer that has the message.
 */
bool attribute_is_sound(const struct attribute *attribute);

/* Return the bytes of names, types and values, which count towards the maximum size of a
 * message. */
size_t attribute_bytes(const struct attribute *list, size_t count);

/*
 * attribute_md5(list, count, md5):
 * Compute the digest that SQS gives as MD5OfMessageAttributes (SQS Developer Guide, "Calculating
 * the MD5 message digest for message attributes"). The order of the list does not matter; it holds
 * at most ATTRIBUTE_READ_MAXIMUM. Return 0, or -1 with errno: EINVAL, too many or a Binary value
 * that is not base64; ENOMEM.
 */
int attribute_md5(const struct attribute *list, size_t count,
    unsigned char md5[ATTRIBUTE_MD5_SIZE]);

#endif
