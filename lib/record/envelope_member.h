#ifndef RECORD_ENVELOPE_MEMBER_H
#define RECORD_ENVELOPE_MEMBER_H

#include <stdbool.h>
#include <stddef.h>
#include <string.h>

/* The members of envelopes. Only lib/record includes this. */

/*
 * A set of kinds: the lowest bit of one byte for each, numbered as in enum envelope_kind. So the
 * sum of several sets counts for each kind how many contain it.
 */
enum { SNS = 1 << 0, BUS = 1 << 8, CLOUD = 1 << 16, S3 = 1 << 24, ANY = SNS | BUS | CLOUD | S3 };

/* What a member is for, and what it must be. */
enum role {
    REST,
    NOTIFICATION, /* like REST, with this text */
    VERSION,      /* like REST, and a string */
    EVENT,
    ENCODED, /* like EVENT, and in base64 */
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

/* Their number: each has a bit in a set of 64. */
enum { ENVELOPE_MEMBERS = 53 };

extern const struct envelope_member_form envelope_member_forms[ENVELOPE_MEMBERS];

/*
 * Return true when the quoted key is this name. Most names are so short that the two halves
 * overlap.
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

/* Return the number of the member with the quoted key, or ENVELOPE_MEMBERS. */
unsigned envelope_member_search(const char *quoted, size_t length);

/*
 * envelope_member_find(quoted, length, before):
 * Return as envelope_member_search() does, but first look at the two behind the member ${before}
 * (ENVELOPE_MEMBERS - 1: none). The members of an envelope usually come in the order of their
 * numbers, with some missing.
 */
static inline unsigned envelope_member_find(const char *quoted, size_t length, unsigned before)
{
    for (unsigned next = before + 1; next <= before + 2 && next < ENVELOPE_MEMBERS; next++)
        if (envelope_member_is(&envelope_member_forms[next], quoted, length))
            return next;
    return envelope_member_search(quoted, length);
}

#endif
