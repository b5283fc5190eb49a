#ifndef RECORD_ENVELOPE_MEMBER_H
#define RECORD_ENVELOPE_MEMBER_H

#include <stdbool.h>
#include <stddef.h>
#include <string.h>

/* The members that envelopes have. Only lib/record includes this. */

/* A set of kinds: the lowest bit of the byte of each, which is that of enum envelope_kind. So the
 * sum of some sets tells how many of them each kind is in. */
enum { SNS = 1 << 0, BUS = 1 << 8, CLOUD = 1 << 16, S3 = 1 << 24, ANY = SNS | BUS | CLOUD | S3 };

/* Where a member goes, and what it must be. */
enum role {
    REST,
    NOTIFICATION, /* as REST, and this text */
    VERSION,      /* as REST, and a string */
    EVENT,
    ENCODED, /* as EVENT, and in base64 */
    ID,
    TIME,
    SOURCE,
    TYPE,
    ATTRIBUTES,
    SIGNATURE
};

struct envelope_member_form {
    const char *name;
    size_t length;  /* of the name */
    unsigned kinds; /* that have it, all in the same role */
    enum role role;
    unsigned needed; /* by these of them */
};

/* How many there are: each has a bit in a set of 64. */
enum { ENVELOPE_MEMBERS = 53 };

extern const struct envelope_member_form envelope_member_forms[ENVELOPE_MEMBERS];

/* Whether the quoted key is spelt as the name is. Most names are so short that their ends overlap.
 */
static inline bool envelope_member_is(const struct envelope_member_form *member, const char *quoted,
    size_t length)
{
    const char *name = member->name;
    size_t size = member->length;
    if (length != size + 2 || quoted[1] != name[0])
        return false;
    if (size < 8 || size > 16)
        return memcmp(quoted + 1, name, size) == 0;
    return memcmp(quoted + 1, name, 8) == 0 &&
        memcmp(quoted + 1 + size - 8, name + size - 8, 8) == 0;
}

/* The number of the member that the quoted key names, or ENVELOPE_MEMBERS. */
unsigned envelope_member_search(const char *quoted, size_t length);

/*
 * envelope_member_find(quoted, length, before):
 * The same. Looked at first are the two behind the member ${before} (ENVELOPE_MEMBERS - 1: none):
 * those of an envelope mostly come in the order of the numbers, and not all of them are there.
 */
static inline unsigned envelope_member_find(const char *quoted, size_t length, unsigned before)
{
    for (unsigned next = before + 1; next <= before + 2 && next < ENVELOPE_MEMBERS; next++)
        if (envelope_member_is(&envelope_member_forms[next], quoted, length))
            return next;
    return envelope_member_search(quoted, length);
}

#endif
