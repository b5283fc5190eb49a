#ifndef DETECT_VALUE_KIND_H
#define DETECT_VALUE_KIND_H

/* The kinds of personal value that a text shows by itself; detect/detect.h describes them. */
enum detect_kind {
    DETECT_IPV4,
    DETECT_IPV6,
    DETECT_MAC,
    DETECT_EMAIL,
    DETECT_PHONE,
    DETECT_CARD,
    DETECT_IBAN,
    DETECT_SSN,
    DETECT_JWT,
    DETECT_KINDS
};

/* Sets of kinds. */
#define DETECT_BIT(kind) (1u << (kind))
#define DETECT_NONE 0u
#define DETECT_ALL ((1u << DETECT_KINDS) - 1)

#endif
