#ifndef DETECT_DETECT_H
#define DETECT_DETECT_H

#include <stdbool.h>
#include <stddef.h>

#include "detect/census.h"
#include "detect/value_kind.h"

/*
 * Personal values, found in text by their shape and, if they have them, their check digits.
 *
 *     ipv4   four numbers up to 255 (RFC 3986, section 3.2.2), not part of a longer version number
 *     ipv6   RFC 4291, section 2.2; with "::" only in allocated address space
 *     mac    six or eight bytes, 00:1b:44:11:3a:b7, 00-1b-…, or 001b.4411.3ab7
 *     email  a dot-atom and a domain with a top level of letters (RFC 5322, section 3.4.1; RFC
 *            6531)
 *     phone  E.164 with its "+", or national with separators; bare digits after a word such as
 *            "tel"
 *     card   13 to 19 digits, an issuer's prefix and length, Luhn (ISO/IEC 7812-1)
 *     iban   ISO 13616: length of the country, mod 97
 *     ssn    a US number NNN-NN-NNNN of the assigned ranges
 *     jwt    RFC 7519, in compact serialization
 *
 * Similar texts are ignored: versions, dates, times, UUIDs, hashes, decimal numbers, and numbers
 * after a word such as "order" or "invoice".
 */

/* Return "ipv4", "ipv6", …, the name of a kind in policies and reports. */
const char *detect_name(enum detect_kind kind);

/* Return the kind of a name, or DETECT_KINDS when there is none. */
enum detect_kind detect_of_name(const char *name, size_t length);

struct detect_piece {
    enum detect_kind kind;
    size_t offset; /* text[offset, offset + length) */
    size_t length;
};

/* A search in progress. The members are private. */
struct detect {
    const char *text;
    size_t length;
    unsigned kinds;
    size_t at;       /* text[0, at) is finished */
    size_t escaped;  /* the last escape ends there */
    size_t mail;     /* start of the next e-mail address; ${length}: there is none */
    size_t mail_end; /* its end; 0: not searched yet */
};

/*
 * detect_start(detect, text, length, kinds):
 * Begin to search decoded text[0, length) for the set ${kinds}. It should be valid UTF-8, but other
 * bytes and NULs do no harm. The text must outlive the search. Nothing is allocated. Most texts are
 * finished here, in a few instructions per sixteen bytes.
 */
void detect_start(struct detect *detect, const char *text, size_t length, unsigned kinds);

/* Do the same for a text counted by census_take(). Return false when it holds no piece. */
bool detect_start_counted(struct detect *detect, const char *text, const struct census *census,
    unsigned kinds);

/*
 * detect_next(detect, piece):
 * Find the next piece, or return false when there are no more. Pieces come in the order of the
 * text, never empty, never overlapping. The whole search takes time linear in the length.
 */
bool detect_next(struct detect *detect, struct detect_piece *piece);

/* Return the set of kinds with a piece in text[0, length). */
unsigned detect_kinds(const char *text, size_t length, unsigned kinds);

#endif
