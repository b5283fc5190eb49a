#ifndef PII_SCAN_INSPECT_H
#define PII_SCAN_INSPECT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "detect/key_meaning.h"
#include "json/scan.h"

/*
 * A look at one value: which kinds of personal value it has, by itself (detect/detect.h), by its
 * key (detect/key_meaning.h), and by what is packed into it: JSON in a string, and text in base64.
 */
enum inspect_kind {
    INSPECT_JSON = KEY_KINDS, /* an object or array as the text of a string */
    INSPECT_BASE64,           /* a text in base64 */
    INSPECT_KINDS
};

const char *inspect_kind_name(unsigned kind);

/* What a key says, together with the keys around it. */
struct inspect_key {
    unsigned kinds;
    unsigned weak;
    unsigned traits; /* of enum key_trait; KEY_PERSON or KEY_THING may be those of a container */
};

/* The meaning of a key below ${above}, NULL: nothing above. */
void inspect_key_below(struct inspect_key *key, const struct key_meaning *meaning,
    const struct inspect_key *above);

struct inspect_finding {
    unsigned kinds;   /* a set, of enum inspect_kind too */
    bool masked;      /* a token of pii-mask: nothing to be found in it */
    bool role;        /* e-mail, but only of functions: info@ */
    bool loose_phone; /* the whole value is digits in groups, which may be another number's */
    bool opaque;      /* KEY_USER, but a number that names nobody by itself */
    bool formed;      /* words as those of a person's name */
    bool name_like;   /* of a weak KEY_NAME: it is one if what stands beside it is a person's */
    bool long_number; /* as many digits as a card has */
    bool quad;        /* four numbers, an IPv4 address or a version: */
    bool quad_low;    /* each of two digits at most, all such; */
    bool quad_ten;    /* the first is 10, as in a private network; */
    bool quad_own;    /* all such are of a private network or of the machine itself */
};

struct inspect;

/* ${maximum} is the longest record there is. NULL: out of memory. */
struct inspect *inspect_new(size_t maximum);
void inspect_free(struct inspect *inspect); /* NULL is fine */

/* Give back what a long record took. */
void inspect_shrink(struct inspect *inspect);

/* Decode a quoted string, valid until the next call. NULL: out of memory. */
const char *inspect_decode(struct inspect *inspect, const char *quoted, size_t length,
    size_t *size);

/*
 * inspect_scalar(inspect, key, kind, text, length, finding):
 * Look at a scalar: a string, decoded (which may be what inspect_decode() returned), or another as
 * it is spelt. 0, or -1: out of memory.
 */
int inspect_scalar(struct inspect *inspect, const struct inspect_key *key, enum json_kind kind,
    const char *text, size_t length, struct inspect_finding *finding);

/* Look at all that is in a valid JSON text, as one value. 0, or -1: out of memory. */
int inspect_json(struct inspect *inspect, const struct inspect_key *key, const char *text,
    size_t length, struct inspect_finding *finding);

#endif
