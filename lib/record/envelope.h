#ifndef RECORD_ENVELOPE_H
#define RECORD_ENVELOPE_H

#include <stdbool.h>
#include <stddef.h>

#include "base/buf.h"
#include "json/children.h"

/*
 * What services put around the event of a message: recognised by its members, and written as the
 * member "envelope" of sqs2pg-record(5).
 *
 *   sns          Amazon SNS, delivery to SQS that is not raw: "Type":"Notification", "TopicArn" and
 *                a string "Message" (docs.aws.amazon.com, SNS: HTTP/HTTPS notification JSON format)
 *   eventbridge  Amazon EventBridge: "detail-type", "source" and an object "detail" (AWS events)
 *   cloudevents  CloudEvents 1.0, structured JSON: "specversion", "type", "source", then "data" or
 *                "data_base64"; further members are those of the specification and of the
 *                extensions that its authors document
 *   s3           Amazon S3: "Records" alone, objects with "eventSource":"aws:s3"
 *
 * An object is an envelope only if its format has each of its members, and each appears once. An
 * unknown member, or one of two, may hold a value that the user needs.
 */
enum envelope_kind {
    ENVELOPE_NONE,
    ENVELOPE_SNS,
    ENVELOPE_EVENTBRIDGE,
    ENVELOPE_CLOUDEVENTS,
    ENVELOPE_S3
};

/* "sns", "eventbridge", "cloudevents", "s3"; "none". */
const char *envelope_kind_name(enum envelope_kind kind);

/* text[start, end) is a value as it is spelt; both 0: there is none. */
struct envelope_span {
    size_t start;
    size_t end;
};

/* A member: text[key, key_end) is its key with the quotes, text[value, end) its value. */
struct envelope_member {
    size_t key;
    size_t key_end;
    size_t value;
    size_t end;
};

enum { ENVELOPE_REST_MOST = 64 };

struct envelope {
    enum envelope_kind kind;
    struct envelope_span event; /* the event, or all of them: a string for sns, for s3 an array */
    bool base64;                /* cloudevents: the event is a string of base64 ("data_base64") */
    struct envelope_span id;    /* this and the next three are strings if they exist */
    struct envelope_span time;
    struct envelope_span source;
    struct envelope_span type;
    struct envelope_span attributes; /* sns: the object of "MessageAttributes" */
    unsigned rest_count;             /* members that have no other place, but signatures */
    struct envelope_member rest[ENVELOPE_REST_MOST];
};

/*
 * envelope_recognise(text, length, envelope):
 * Return the kind of envelope that the valid JSON text[0, length) is; ENVELOPE_NONE for anything
 * but an object. ${envelope} may be NULL. With ENVELOPE_NONE only its kind is set. With ENVELOPE_S3
 * only its kind and event are set: each of the array's elements has its own envelope.
 */
enum envelope_kind envelope_recognise(const char *text, size_t length, struct envelope *envelope);

/* Do the same for an object whose members are ${children}. None of them may have been read yet;
 * afterwards all are. Places are those of children->text. */
enum envelope_kind envelope_recognise_members(struct json_children *children,
    struct envelope *envelope);

/* Set ${envelope} for an element of the array of an s3 envelope: its kind is ENVELOPE_S3, its event
 * the whole text. */
void envelope_s3_record(const char *text, size_t length, struct envelope *envelope);

/* The most bytes of one envelope, without its outer one. Parts of a longer one are left out. */
enum { ENVELOPE_MOST = 16384 };

/*
 * envelope_write(out, text, envelope, outer, outer_length):
 * Append the object {"kind":"sns","id":…,"time":…,"source":…,"type":…,"attributes":{…},"rest":{…},
 * "outer":…} of the envelope that was recognised at ${text}. Values are spelt as they were, without
 * whitespace; attributes are named as those of a record are ("type", "value"); rest holds the
 * members that have no other place, but signatures. Above ENVELOPE_MOST bytes rest is left out,
 * then attributes, then all but the kind, and "cut":true says so. ${outer} is the object of the
 * envelope around this one, or NULL. Return 0, or -1 when the buffer is full.
 */
int envelope_write(struct buf *out, const char *text, const struct envelope *envelope,
    const char *outer, size_t outer_length);

#endif
