#ifndef RECORD_VERDICT_H
#define RECORD_VERDICT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"

/*
 * Verdicts (sqs2pg-record(5)) on a record: {"sqs":{…},"status":"committed"}, or
 * {"line":7,"status":"committed"} for input without "sqs".
 */
enum verdict_status {
    VERDICT_COMMITTED,
    VERDICT_DUPLICATE,
    VERDICT_QUARANTINED,
    VERDICT_REJECTED,
    VERDICT_SENT,
    VERDICT_WOULD_COMMIT, /* of --dry-run; never acted on */
    VERDICT_WOULD_DUPLICATE,
    VERDICT_WOULD_QUARANTINE,
    VERDICT_WOULD_REJECT,
    VERDICT_UNKNOWN /* any other word */
};

const char *verdict_status_name(enum verdict_status status);

/* Return true when sqs-ack deletes the message: committed, duplicate, quarantined, sent. */
bool verdict_status_is_final(enum verdict_status status);

/*
 * verdict_write(out, sqs, sqs_length, line, status):
 * Append the verdict and a newline; ${sqs} is the value byte for byte, or NULL to write ${line}.
 * Return 0, or -1.
 */
int verdict_write(struct buf *out, const char *sqs, size_t sqs_length, uint64_t line,
    enum verdict_status status);

/* What pg-load --upsert adds to a verdict: the effect on the row. */
enum verdict_effect {
    VERDICT_EFFECT_NONE, /* no "effect" is written */
    VERDICT_EFFECT_INSERTED,
    VERDICT_EFFECT_UPDATED,
    VERDICT_EFFECT_STALE /* none: the row is as new, or newer */
};

/* As verdict_write(), with "effect":WORD after the status. */
int verdict_write_effect(struct buf *out, const char *sqs, size_t sqs_length, uint64_t line,
    enum verdict_status status, enum verdict_effect effect);

/* What sqs-ack adds to a verdict that it prints: the outcome for the message. */
enum verdict_ack {
    VERDICT_ACK_MISSING, /* no "ack", or another word */
    VERDICT_ACK_DELETED,
    VERDICT_ACK_LOST,
    VERDICT_ACK_FAILED,
    VERDICT_ACK_NONE,
    VERDICT_ACK_PART /* other verdicts on the message are missing */
};

/* A parsed verdict line. Strings are decoded; the verdict owns them until the next parse. */
struct verdict {
    enum verdict_status status;
    enum verdict_ack ack;
    struct buf queue_url; /* each empty when the line has none */
    struct buf message_id;
    struct buf receipt_handle;
    uint64_t sent_ms;  /* since 1970; 0: not in the line */
    uint32_t part;     /* counts from 0, below ${parts} */
    uint32_t parts;    /* of the message; 0: a message with one record */
    bool misaddressed; /* queue_url is there, but no queue's: not a string, or empty */
    bool misnumbered;  /* part and parts contradict each other; both are 0 then */
    const char *text;  /* the line itself, the caller's */
    size_t length;
};

enum { VERDICT_MOST_PARTS = 1000000 };

struct verdict_parser;
struct verdict_parser *verdict_parser_new(void); /* NULL: out of memory */
void verdict_parser_free(struct verdict_parser *parser);

enum verdict_result {
    VERDICT_OK,
    VERDICT_MALFORMED, /* not a JSON object */
    VERDICT_NO_STATUS, /* no "status", or an unknown word */
    VERDICT_NO_MEMORY
};

/*
 * Parse one line. A verdict with a known status but without a receipt handle is VERDICT_OK. With
 * VERDICT_NO_STATUS, everything but the status is set too.
 */
enum verdict_result verdict_parse(struct verdict_parser *parser, const char *text, size_t length,
    struct verdict *verdict);
void verdict_free(struct verdict *verdict); /* accepts a zeroed one */

/* Append the verdict line with "ack":WORD as its last member, and a newline. Return 0, or -1. */
int verdict_write_ack(struct buf *out, const struct verdict *verdict, const char *ack);

#endif
