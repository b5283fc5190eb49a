#ifndef PII_SCAN_LOOK_H
#define PII_SCAN_LOOK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "detect/key.h"
#include "json/scan.h"

/*
 * A look at one value: which kinds of personal value it has, by itself (detect/detect.h), by its
 * key (detect/key.h), and by what is packed into it: JSON in a string, and text in base64.
 */
enum look_kind {
    LOOK_JSON = KEY_KINDS, /* an object or array as the text of a string */
    LOOK_BASE64,           /* a text in base64 */
    LOOK_KINDS
};

const char *look_kind_name(unsigned kind);

/* What a key says, together with the keys around it. */
struct look_key {
    unsigned kinds;
    unsigned weak;
    unsigned traits; /* of enum key_trait; KEY_PERSON or KEY_THING may be those of a container */
};

/* The meaning of a key below ${above}, NULL: nothing above. */
void look_key_below(struct look_key *key, const struct key_meaning *meaning,
    const struct look_key *above);

struct look_finding {
    unsigned kinds;   /* a set, of enum look_kind too */
    bool masked;      /* a token of pii-mask: nothing to be found in it */
    bool role;        /* e-mail, but only of functions: info@ */
    bool loose_phone; /* the whole value is digits in groups, which may be another number's */
    bool opaque;      /* KEY_USER, but a number that names nobody by itself */
    bool name_like;   /* of a weak KEY_NAME: it is one if what stands beside it is a person's */
    bool long_number; /* as many digits as a card has */
    bool quad;        /* four numbers, an IPv4 address or a version: */
    bool quad_low;    /* each of two digits at most, all such; */
    bool quad_ten;    /* the first is 10, as in a private network; */
    bool quad_own;    /* all such are of a private network or of the machine itself */
};

struct look;

/* ${maximum} is the longest record there is. NULL: no memory. */
struct look *look_new(size_t maximum);
void look_free(struct look *look); /* NULL is fine */

/* Give back what a long record took. */
void look_shrink(struct look *look);

/* Decode a quoted string, valid until the next call. NULL: no memory. */
const char *look_decode(struct look *look, const char *quoted, size_t length, size_t *size);

/*
 * look_at(look, key, kind, text, length, finding):
 * Look at a scalar: a string, decoded (which may be what look_decode() returned), or another as it
 * is spelt. 0, or -1: no memory.
 */
int look_at(struct look *look, const struct look_key *key, enum json_kind kind, const char *text,
    size_t length, struct look_finding *finding);

/* Look at all that is in a valid JSON text, as one value. 0, or -1: no memory. */
int look_into(struct look *look, const struct look_key *key, const char *text, size_t length,
    struct look_finding *finding);

#endif
