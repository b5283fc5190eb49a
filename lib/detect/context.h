#ifndef DETECT_CONTEXT_H
#define DETECT_CONTEXT_H

#include <stddef.h>

/* What a text says of the number that follows. Only lib/detect includes this. */
enum context {
    CONTEXT_NONE,
    CONTEXT_PHONE,   /* "tel", "phone", "mobil", "numer telefonu" */
    CONTEXT_NUMBER,  /* of an order, an invoice, a part: no phone and no person's number */
    CONTEXT_VERSION, /* "version", "release", "firmware" */
    CONTEXT_SSN      /* "ssn", "social security" */
};

/* The nearest such word of the 40 bytes before ${at}, in any case, near enough for its context. */
enum context context_of(const char *text, size_t at);

#endif
