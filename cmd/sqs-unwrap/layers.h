#ifndef SQS_UNWRAP_LAYERS_H
#define SQS_UNWRAP_LAYERS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "content.h"
#include "kind.h"

/* Envelopes and encodings, taken off one after the other. */

enum {
    LAYERS_MOST = 4,      /* one within the other */
    LAYERS_NAME_MAX = 256 /* bytes of all their names: more than any of them can be */
};

/* What is in hand after some layers; all of it is somebody else's. */
struct layers_state {
    struct content content;
    const char *envelope; /* of the innermost envelope, as it is written; NULL: there was none */
    size_t envelope_length;
    unsigned depth; /* how many layers */
    unsigned name_length;
    char name[LAYERS_NAME_MAX]; /* theirs, joined by dots; ends in NUL, and so much of it counts */
};

/* A state before the first layer, without a content. ${envelope}: that of the record, or NULL. */
void layers_start(struct layers_state *state, const char *envelope, size_t envelope_length);

/* All that counts of a state. */
void layers_copy(struct layers_state *to, const struct layers_state *from);

/* Append to the name. */
void layers_name(struct layers_state *state, const char *name);

struct layers_options {
    unsigned kinds; /* that are recognised, a set of kind.h */
    bool lines;     /* a decoded text may be NDJSON as well as an object or array */
    size_t maximum; /* bytes that one of them may inflate to */
};

struct layers;

struct layers *layers_new(const struct layers_options *options); /* NULL: out of memory */
void layers_free(struct layers *layers);

/* A new message: of its layers together may be inflated 64 times the maximum. Memory above some is
 * given back. */
void layers_begin(struct layers *layers);

/* Add how many of each kind were taken off since layers_begin(). */
void layers_count(const struct layers *layers, uint64_t counts[KIND_COUNT]);

enum layers_result {
    LAYERS_DONE,    /* nothing more is recognised */
    LAYERS_SPLIT,   /* an S3 envelope: the content is the array of its records */
    LAYERS_DEEP,    /* there are more than LAYERS_MOST */
    LAYERS_TOO_BIG, /* one inflates to more than the maximum, or all of the message to too much */
    LAYERS_NO_MEMORY
};

/*
 * layers_take_off(layers, state):
 * Take off what is recognised in state->content. What does not decode, or gives neither an object
 * nor an array, stays as it was. The state is valid until the next call, and as long as what was
 * handed in is.
 */
enum layers_result layers_take_off(struct layers *layers, struct layers_state *state);

/* For each record of LAYERS_SPLIT: its envelope around it, within that of ${state}. 0, or -1: no
 * memory. Valid until the next call. */
int layers_s3_record(struct layers *layers, const struct layers_state *state, const char *record,
    size_t length, struct layers_state *made);

#endif
