#ifndef PII_SCAN_INSPECT_H
#define PII_SCAN_INSPECT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "detect/key_meaning.h"
#include "json/scan.h"

/*
 * Inspection of one value. It finds kinds of personal value by the value itself (detect/detect.h)
 * and by the key (detect/key_meaning.h). It also looks into packed content: JSON in a string, and
 * text in base64.
 */
enum inspect_kind {
    INSPECT_JSON = KEY_KINDS, /* an object or array as the text of a string */
    INSPECT_BASE64,           /* a text in base64 */
    INSPECT_KINDS
};

const char *inspect_kind_name(unsigned kind);

/* The meaning of a key, together with the keys around it. */
struct inspect_key {
    unsigned kinds;
    unsigned weak;
    unsigned traits; /* of enum key_trait; KEY_PERSON or KEY_THING may come from a container */
};

/* Set the meaning of a key below ${above}, which is NULL at the top. */
void inspect_key_below(struct inspect_key *key, const struct key_meaning *meaning,
    const struct inspect_key *above);

struct inspect_finding {
    unsigned kinds;    /* a set, including bits of enum inspect_kind */
    unsigned shaped;   /* kinds that "detect" finds in the string, or in the digits of a number */
    unsigned detected; /* kinds that "detect" of a policy finds in the string as it is */
    unsigned hidden;  /* those of ${kinds} that it would miss: in a number, in base64, by the key */
    bool masked;      /* a token of pii-mask, with nothing to find */
    bool role;        /* only e-mail addresses of functions: info@ */
    bool loose_phone; /* only groups of digits, which may be another kind of number */
    bool opaque;      /* KEY_USER, but a number that identifies nobody by itself */
    bool formed;      /* words shaped like a person's name */
    bool name_like;   /* a weak KEY_NAME: a name if its neighbours are a person's */
    bool long_number; /* as many digits as a card number */
    bool quad;        /* four numbers: an IPv4 address or a version */
    bool quad_low;    /* all such have at most two digits per number */
    bool quad_ten;    /* the first number is 10, as in a private network */
    bool quad_local;  /* all such are of a private network or of the machine itself */
};

struct inspect;

/* Return a new inspector for records of up to ${maximum} bytes, or NULL when memory runs out. */
struct inspect *inspect_new(size_t maximum);
void inspect_free(struct inspect *inspect); /* NULL is fine */

/* Free the memory that a long record took. */
void inspect_shrink(struct inspect *inspect);

/* Decode a quoted string. The result stays valid until the next call; NULL when memory runs out. */
const char *inspect_decode(struct inspect *inspect, const char *quoted, size_t length,
    size_t *size);

/*
 * inspect_scalar(inspect, key, kind, text, length, finding):
 * Inspect a scalar: a decoded string, which may be the result of inspect_decode(), or the text of
 * another type. Return 0, or -1 when memory runs out.
 */
int inspect_scalar(struct inspect *inspect, const struct inspect_key *key, enum json_kind kind,
    const char *text, size_t length, struct inspect_finding *finding);

/* Inspect a whole valid JSON text as one value. Return 0, or -1 when memory runs out. */
int inspect_json(struct inspect *inspect, const struct inspect_key *key, const char *text,
    size_t length, struct inspect_finding *finding);

#endif
