#ifndef SQS_UNWRAP_MESSAGE_H
#define SQS_UNWRAP_MESSAGE_H

#include <stddef.h>
#include <stdint.h>

#include "base/line.h"
#include "base/out.h"
#include "events.h"

/* A line in, the records of its events out. */
struct message_options {
    struct events_options events;
    size_t maximum; /* bytes of a record */
    uint64_t parts; /* records that a message may give */
};

struct message_counts {
    uint64_t records;   /* that came; */
    uint64_t unwrapped; /* of them something was taken off, */
    uint64_t left;      /* nothing was recognised, or decoded, */
    uint64_t passed;    /* they are not for this program: masked, with an error, no record, */
    uint64_t errors;    /* an error record was made, of all or of a part */
    uint64_t split;     /* of those unwrapped: into several, */
    uint64_t parts;     /* so many in all */
    uint64_t kinds[KIND_COUNT];
};

struct message;

/* A bound of the records of one message together, in units of the longest. */
enum { MESSAGE_MOST_TIMES = 64 };

struct message *message_new(const struct message_options *options); /* NULL: no memory */
void message_free(struct message *message);

enum message_result {
    MESSAGE_OK,
    MESSAGE_WRITE, /* out has failed */
    MESSAGE_NO_MEMORY
};

/*
 * message_line(message, line, out, counts):
 * Write what becomes of the line. Nothing of it has been written unless its bounds are kept: they
 * are known before its first record is.
 */
enum message_result message_line(struct message *message, const struct line *line, struct out *out,
    struct message_counts *counts);

/* The same of the first bytes of a line that is too long: an error record. */
enum message_result message_long_line(struct message *message, const struct line *line,
    struct out *out, struct message_counts *counts);

#endif
