#ifndef RECORD_RECORD_H
#define RECORD_RECORD_H

#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "json/path.h"
#include "json/scan.h"

/*
 * Records: one JSON object a line, with the reserved top-level keys of sqs2pg-record(5). A program
 * adds these paths to its own, scans the line once with json_scan(), and reads the matches.
 */

enum {
    RECORD_DEFAULT_MAX = 4 << 20, /* --max-record */
    RECORD_MAX = 64 << 20,
    RECORD_BODY_DEPTH = 250 /* a deeper body stays a string, so that the record fits */
};

/* Nodes of the reserved keys in a set of paths. */
struct record_nodes {
    uint32_t sqs;
    uint32_t queue_url; /* these seven are below sqs */
    uint32_t message_id;
    uint32_t receipt_handle;
    uint32_t sent_at;
    uint32_t part; /* of a message with several records; counts from 0, below ${parts} */
    uint32_t parts;
    uint32_t unwrap; /* the layers that were unwrapped */
    uint32_t attributes;
    uint32_t body;
    uint32_t pii;
    uint32_t pii_key; /* pii.key */
    uint32_t error;
    uint32_t error_stage; /* these two are below error */
    uint32_t error_code;
    uint32_t sealed;
};

/* Add the reserved keys to ${paths}. Return 0, or -1: out of memory. */
int record_nodes_add(struct json_paths *paths, struct record_nodes *nodes);

/* Return the last complete match of ${node}, or NULL. */
const struct json_match *record_find(const struct json_matches *matches, uint32_t node);

/*
 * Decode the value, a string, into ${out} (cleared first). Return 0; or -1 when it is missing or
 * not a string; or -1 with out->failed set when it is too long or memory runs out.
 */
int record_string(const char *text, const struct json_match *match, struct buf *out);

enum record_number {
    RECORD_NUMBER,
    RECORD_NUMBER_NONE, /* the member is missing */
    RECORD_NUMBER_OTHER /* it is something else, or too large */
};

/* Read a whole number from 0 to ${most}, written in digits only; else set ${number} to 0. */
enum record_number record_number(const char *text, const struct json_match *match, uint32_t most,
    uint32_t *number);

/*
 * An error record. Each string is a short stable word or a sentence of ours, never content of the
 * record: {"sqs":{…},"error":{"stage":"mask","code":"syntax","detail":"…"},"sealed":"…"}
 */
struct record_error {
    const char *stage; /* "pull", "mask", "unmask", "load" */
    const char *code;
    const char *detail; /* NULL: none */
};

/*
 * record_write_error(out, sqs, sqs_length, error, sealed, sealed_length):
 * Append an error record and a newline. ${sqs} (its value, byte for byte) and ${sealed} (base64url
 * text that needs no escaping) may be NULL, and are then left out.
 */
int record_write_error(struct buf *out, const char *sqs, size_t sqs_length,
    const struct record_error *error, const char *sealed, size_t sealed_length);

#endif
