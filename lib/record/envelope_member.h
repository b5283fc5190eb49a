#ifndef RECORD_ENVELOPE_MEMBER_H
#define RECORD_ENVELOPE_MEMBER_H

#include <stdbool.h>
#include <stddef.h>
#include <string.h>

/* The members that envelopes have. Only lib/record includes this. */

/* A set of kinds, the bit of each that of enum envelope_kind. */
enum { SNS = 1 << 1, BUS = 1 << 2, CLOUD = 1 << 3, S3 = 1 << 4, ANY = SNS | BUS | CLOUD | S3 };

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

/* Whether the quoted key is spelt as the name is. */
static inline bool envelope_member_is(const struct envelope_member_form *member, const char *quoted,
    size_t length)
{
    return length == member->length + 2 && quoted[1] == member->name[0] &&
        memcmp(quoted + 1, member->name, member->length) == 0;
}

/* The number of the member that the quoted key names, or ENVELOPE_MEMBERS. */
unsigned envelope_member_search(const char *quoted, size_t length);

/*
 * envelope_member_find(quoted, length, before):
 * The same. Looked at first is the one behind the member ${before} (ENVELOPE_MEMBERS - 1: none):
 * those of an envelope mostly come in the order of the numbers.
 */
static inline unsigned envelope_member_find(const char *quoted, size_t length, unsigned before)
{
    unsigned next = before + 1;
    return next < ENVELOPE_MEMBERS &&
            envelope_member_is(&envelope_member_forms[next], quoted, length)
        ? next
        : envelope_member_search(quoted, length);
}

#endif
