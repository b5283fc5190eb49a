#ifndef SQS_UNWRAP_EVENTS_H
#define SQS_UNWRAP_EVENTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "content.h"
#include "kind.h"

/*
 * The events of a message: recognition (layers.h), the text at the path of --json, the elements or
 * lines of --each, and recognition on each of these. They are handed on one after the other and
 * never held together; to count them first, make a second call.
 */
struct events_options {
    unsigned kinds;   /* a set of kind.h */
    const char *json; /* a path checked by events_path(); NULL without --json */
    const char *each; /* the same; NULL for none, or with ${lines} */
    bool lines;       /* --each lines */
    size_t maximum;   /* maximum bytes of one inflated layer */
};

/* Return true for a path to one place, with only keys and indexes (json/path.h). */
bool events_path(const char *text);

struct events;

struct events *events_new(const struct events_options *options); /* NULL when memory runs out */
void events_free(struct events *events);

struct event {
    struct content content;
    const char *envelope; /* as to write it; NULL: unchanged */
    size_t envelope_length;
    const char *name; /* names of the layers removed, joined by dots; "" for none */
    bool deep;        /* it has more layers than can be removed */
};

/* Called with each event; returns false to stop. The pointers of the event are valid during the
 * call. */
typedef bool events_on_event(void *context, const struct event *event);

enum events_result {
    EVENTS_OK,
    EVENTS_STOPPED, /* the callback returned false */
    EVENTS_EMPTY,   /* --each found nothing to make records of */
    EVENTS_DEEP,    /* more layers than can be removed */
    EVENTS_TOO_BIG, /* too big when inflated */
    EVENTS_NO_MEMORY
};

/* A message in its record. */
struct events_message {
    const char *body; /* the value of "body" */
    size_t length;
    const struct json_children *members; /* of a body that is an object, if known; or NULL */
    const char *envelope;                /* the value of an existing "envelope"; or NULL */
    size_t envelope_length;
};

/*
 * events_each(events, message, on_event, context):
 * Call ${on_event} with each event. Two calls with the same message give the same events.
 */
enum events_result events_each(struct events *events, const struct events_message *message,
    events_on_event *on_event, void *context);

/* Add the numbers of layers of each kind that the last call removed, except those of --json. */
void events_count(const struct events *events, uint64_t counts[KIND_COUNT]);

#endif
