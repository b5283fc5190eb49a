#ifndef SQS_UNWRAP_KIND_H
#define SQS_UNWRAP_KIND_H

#include <stddef.h>

/* The kinds of layers: the envelopes of record/envelope.h, and the encodings of a text. */
enum kind {
    KIND_SNS,
    KIND_EVENTBRIDGE,
    KIND_CLOUDEVENTS,
    KIND_S3,
    KIND_JSON,   /* a JSON string that holds an object or array */
    KIND_BASE64, /* RFC 4648 */
    KIND_GZIP,
    KIND_ZLIB,
    KIND_COUNT
};

enum { KIND_ALL = (1 << KIND_COUNT) - 1 }; /* a set of kinds has a bit for each */

/* Return "sns", …: the word in --as and in "unwrap". */
const char *kind_name(enum kind kind);

/* Return the kind of that name, or KIND_COUNT. */
enum kind kind_find(const char *name, size_t length);

#endif
