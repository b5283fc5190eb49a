#ifndef SQS_UNWRAP_LAYERS_H
#define SQS_UNWRAP_LAYERS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "content.h"
#include "kind.h"

/* Removes envelopes and encodings, one after the other. */

enum {
    LAYERS_MOST = 4,      /* nested layers */
    LAYERS_NAME_MAX = 256 /* bytes of all their names: more than they can have */
};

/* The content after some layers; its texts belong to others. */
struct layers_state {
    struct content content;
    const char *envelope; /* of the innermost envelope, as to write it; NULL for none */
    size_t envelope_length;
    unsigned depth; /* number of layers */
    unsigned name_length;
    char name[LAYERS_NAME_MAX]; /* their names, joined by dots, with a NUL */
};

/* Set a state before the first layer, without a content. ${envelope}: that of the record, or
 * NULL. */
void layers_start(struct layers_state *state, const char *envelope, size_t envelope_length);

/* Copy the used part of a state. */
void layers_copy(struct layers_state *to, const struct layers_state *from);

/* Append to the name. */
void layers_name(struct layers_state *state, const char *name);

struct layers_options {
    unsigned kinds; /* to recognise, a set of kind.h */
    bool lines;     /* a decoded text may also be NDJSON */
    size_t maximum; /* maximum bytes of one inflated layer */
};

struct layers;

struct layers *layers_new(const struct layers_options *options); /* NULL when memory runs out */
void layers_free(struct layers *layers);

/* Begin a message: its layers together may inflate to 64 times the maximum. Free memory above a
 * limit. */
void layers_begin(struct layers *layers);

/* Add the layers of each kind removed since layers_begin(). */
void layers_count(const struct layers *layers, uint64_t counts[KIND_COUNT]);

enum layers_result {
    LAYERS_DONE,    /* no further layer */
    LAYERS_SPLIT,   /* an S3 envelope: the content is the array of its records */
    LAYERS_DEEP,    /* more than LAYERS_MOST */
    LAYERS_TOO_BIG, /* a layer inflates to more than the maximum, or a message to 64 times that */
    LAYERS_NO_MEMORY
};

/*
 * layers_take_off(layers, state):
 * Remove the layers recognised in state->content. Content that does not decode, or gives neither an
 * object nor an array, stays unchanged. The state is valid until the next call, and as long as the
 * input.
 */
enum layers_result layers_take_off(struct layers *layers, struct layers_state *state);

/* Make the state of one record of LAYERS_SPLIT, with its envelope within that of ${state}. Return
 * 0, or -1 when memory runs out. Valid until the next call. */
int layers_s3_record(struct layers *layers, const struct layers_state *state, const char *record,
    size_t length, struct layers_state *made);

#endif
