#ifndef DETECT_DETECT_H
#define DETECT_DETECT_H

#include <stdbool.h>
#include <stddef.h>

#include "detect/census.h"
#include "detect/value_kind.h"

/*
 * Personal values, found in text by their shape and, where they have them, their check digits.
 *
 *   ipv4   four numbers up to 255 (RFC 3986, section 3.2.2), no part of a longer version number
 *   ipv6   RFC 4291, section 2.2; with "::" only in address space that is in use
 *   mac    six or eight bytes, 00:1b:44:11:3a:b7, 00-1b-…, or 001b.4411.3ab7
 *   email  a dot-atom and a domain with a top level of letters (RFC 5322, section 3.4.1; RFC 6531)
 *   phone  E.164 with its "+", or national with separators; bare digits behind a word such as "tel"
 *   card   13 to 19 digits, an issuer's prefix and length, Luhn (ISO/IEC 7812-1)
 *   iban   ISO 13616: length of the country, mod 97
 *   ssn    a US number NNN-NN-NNNN of the ranges that are given out
 *   jwt    RFC 7519, in compact serialization
 *
 * What only looks alike is passed over: versions, dates, times, UUIDs, hashes, decimal numbers, and
 * numbers behind a word such as "order" or "invoice".
 */

/* "ipv4", "ipv6", …, as policies and reports have them. */
const char *detect_name(enum detect_kind kind);

/* The kind of a name, or DETECT_KINDS: there is none. */
enum detect_kind detect_of_name(const char *name, size_t length);

struct detect_piece {
    enum detect_kind kind;
    size_t offset; /* text[offset, offset + length) */
    size_t length;
};

/* A search under way. The members are its own. */
struct detect {
    const char *text;
    size_t length;
    unsigned kinds;
    size_t at;       /* text[0, at) is dealt with */
    size_t mail;     /* where the next e-mail address begins, and ends; ${length}: there is none */
    size_t mail_end; /* 0: not looked for */
};

/*
 * detect_start(detect, text, length, kinds):
 * Begin to search text[0, length), decoded, best valid UTF-8 (other bytes do no harm, and may hold
 * NULs), for the set ${kinds}. The text must outlive the search. Nothing is allocated; most texts
 * are dealt with here, in a few instructions for each sixteen bytes.
 */
void detect_start(struct detect *detect, const char *text, size_t length, unsigned kinds);

/* The same for a text that was counted by census_take(). false: there is no piece in it. */
bool detect_start_counted(struct detect *detect, const char *text, const struct census *census,
    unsigned kinds);

/*
 * detect_next(detect, piece):
 * The next piece, or false: no more. Pieces come in the order of the text, never empty, never
 * overlapping; the whole search takes time linear in the length.
 */
bool detect_next(struct detect *detect, struct detect_piece *piece);

/* The set of all kinds of which text[0, length) holds a piece. */
unsigned detect_kinds(const char *text, size_t length, unsigned kinds);

#endif
