#ifndef DETECT_CONTEXT_H
#define DETECT_CONTEXT_H

#include <stddef.h>

/* The meaning that a text gives to the number after it. Only lib/detect includes this. */
enum context {
    CONTEXT_NONE,
    CONTEXT_PHONE,   /* "tel", "phone", "mobil", "numer telefonu" */
    CONTEXT_NUMBER,  /* of an order, an invoice, a part: neither a phone nor a person's number */
    CONTEXT_VERSION, /* "version", "release", "firmware" */
    CONTEXT_SSN      /* "ssn", "social security" */
};

/*
 * Return the context of the nearest such word, in any case, in the 40 bytes before ${at}; it must
 * be near enough.
 */
enum context context_of(const char *text, size_t at);

#endif
