#ifndef SQS_UNWRAP_EVENTS_H
#define SQS_UNWRAP_EVENTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "content.h"
#include "kind.h"

/*
 * The events of a message: recognition (layers.h), the text at --json's path, the elements or lines
 * of --each, and recognition on each of these. They are handed on one after the other and never
 * held together; who wants to know their number first goes through them twice.
 */
struct events_options {
    unsigned kinds;   /* a set of kind.h */
    const char *json; /* a path that events_path() took; NULL: no --json */
    const char *each; /* the same; NULL: none, or ${lines} */
    bool lines;       /* --each lines */
    size_t maximum;   /* bytes one layer may inflate to */
};

/* Whether it is a path of one place: keys and indexes alone (json/path.h). */
bool events_path(const char *text);

struct events;

struct events *events_new(const struct events_options *options); /* NULL: out of memory */
void events_free(struct events *events);

struct event {
    struct content content;
    const char *envelope; /* as it is to be written; NULL: as in the record */
    size_t envelope_length;
    const char *name; /* what was taken off, joined by dots; "": nothing */
    bool deep;        /* there are more layers in it than can be taken off */
};

/* Called with each; false ends it. What the event points at is valid during the call. */
typedef bool events_on_event(void *context, const struct event *event);

enum events_result {
    EVENTS_OK,
    EVENTS_STOPPED, /* by the function called */
    EVENTS_EMPTY,   /* --each met nothing to make records of */
    EVENTS_DEEP,    /* more layers than can be taken off */
    EVENTS_TOO_BIG, /* inflated, it is too big */
    EVENTS_NO_MEMORY
};

/* A message, as it lies in its record. */
struct events_message {
    const char *body; /* the value of "body" */
    size_t length;
    const struct json_children *members; /* of a body that is an object, if known; or NULL */
    const char *envelope; /* the value of an "envelope" that it has already; or NULL */
    size_t envelope_length;
};

/*
 * events_each(events, message, on_event, context):
 * Two calls with the same message give the same events.
 */
enum events_result events_each(struct events *events, const struct events_message *message,
    events_on_event *on_event, void *context);

/* Add how many layers of each kind the last call took off, those of --json apart. */
void events_count(const struct events *events, uint64_t counts[KIND_COUNT]);

#endif
