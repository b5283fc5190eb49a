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
    RECORD_BODY_DEPTH = 250 /* a body nested deeper stays a string, so that wrapping fits */
};

/* Nodes of the reserved keys in a set of paths. */
struct record_nodes {
    uint32_t sqs;
    uint32_t queue_url; /* these seven below sqs */
    uint32_t message_id;
    uint32_t receipt_handle;
    uint32_t sent_at;
    uint32_t part; /* of a message with several records, from 0: of so many ${parts} */
    uint32_t parts;
    uint32_t unwrap; /* what was taken off to come to them */
    uint32_t attributes;
    uint32_t body;
    uint32_t pii;
    uint32_t pii_key; /* pii.key */
    uint32_t error;
    uint32_t error_stage; /* these two below error */
    uint32_t error_code;
    uint32_t sealed;
};

/* Add the reserved keys to ${paths}. 0, or -1 when memory is short. */
int record_nodes_add(struct json_paths *paths, struct record_nodes *nodes);

/* The last whole match of ${node}, or NULL. */
const struct json_match *record_find(const struct json_matches *matches, uint32_t node);

/* The value as the string it is, decoded into ${out} (cleared first); -1: none, no string, full. */
int record_string(const char *text, const struct json_match *match, struct buf *out);

enum record_number {
    RECORD_NUMBER,
    RECORD_NUMBER_NONE, /* there is no such member */
    RECORD_NUMBER_OTHER /* it is something else, or greater */
};

/* A whole number from 0 to ${most}, written in digits alone; else ${number} is 0. */
enum record_number record_number(const char *text, const struct json_match *match, uint32_t most,
    uint32_t *number);

/*
 * An error record. Every string is a short stable word or a sentence of ours, never content of the
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
 * text that needs no escaping) may be NULL: left out.
 */
int record_write_error(struct buf *out, const char *sqs, size_t sqs_length,
    const struct record_error *error, const char *sealed, size_t sealed_length);

#endif
