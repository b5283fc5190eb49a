#ifndef RECORD_VERDICT_H
#define RECORD_VERDICT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"

/*
 * Verdicts (sqs2pg-record(5)): what became of a record. {"sqs":{…},"status":"committed"}, or
 * {"line":7,"status":"committed"} for input without "sqs".
 */
enum verdict_status {
    VERDICT_COMMITTED,
    VERDICT_DUPLICATE,
    VERDICT_QUARANTINED,
    VERDICT_REJECTED,
    VERDICT_SENT,
    VERDICT_WOULD_COMMIT, /* the dry run's; never acted on */
    VERDICT_WOULD_DUPLICATE,
    VERDICT_WOULD_QUARANTINE,
    VERDICT_WOULD_REJECT,
    VERDICT_UNKNOWN /* any other word */
};

const char *verdict_status_name(enum verdict_status status);

/* Whether sqs-ack deletes the message: committed, duplicate, quarantined, sent. */
bool verdict_status_is_final(enum verdict_status status);

/*
 * verdict_write(out, sqs, sqs_length, line, status):
 * Append the verdict and a newline; ${sqs} is the value byte for byte, or NULL for ${line}. 0, or
 * -1.
 */
int verdict_write(struct buf *out, const char *sqs, size_t sqs_length, uint64_t line,
    enum verdict_status status);

/* What pg-load --upsert adds to a verdict: what the record has done to its row. */
enum verdict_effect {
    VERDICT_EFFECT_NONE, /* no "effect" is written */
    VERDICT_EFFECT_INSERTED,
    VERDICT_EFFECT_UPDATED,
    VERDICT_EFFECT_STALE /* nothing: the row is as new, or newer */
};

/* As verdict_write(), with "effect":WORD behind the status. */
int verdict_write_effect(struct buf *out, const char *sqs, size_t sqs_length, uint64_t line,
    enum verdict_status status, enum verdict_effect effect);

/* What sqs-ack adds to a verdict that it prints: what became of the message. */
enum verdict_ack {
    VERDICT_ACK_MISSING, /* no "ack", or another word */
    VERDICT_ACK_DELETED,
    VERDICT_ACK_LOST,
    VERDICT_ACK_FAILED,
    VERDICT_ACK_NONE,
    VERDICT_ACK_PART /* other verdicts on the message have to come first */
};

/* A parsed verdict line; the strings are decoded and owned by the verdict until the next parse. */
struct verdict {
    enum verdict_status status;
    enum verdict_ack ack;
    struct buf queue_url; /* each empty when the line has none */
    struct buf message_id;
    struct buf receipt_handle;
    uint64_t sent_ms; /* since 1970; 0: the line does not say */
    uint32_t part;    /* which of ${parts}, from 0 */
    uint32_t parts;   /* of the message; 0: it has not several records; else part < parts */
    bool misnumbered; /* the two make no sense; both are 0 then */
    const char *text; /* the line itself, the caller's */
    size_t length;
};

enum { VERDICT_MOST_PARTS = 1000000 };

struct verdict_parser;
struct verdict_parser *verdict_parser_new(void); /* NULL: out of memory */
void verdict_parser_free(struct verdict_parser *parser);

enum verdict_result {
    VERDICT_OK,
    VERDICT_MALFORMED, /* not a JSON object */
    VERDICT_NO_STATUS, /* no "status", or one that is no known word */
    VERDICT_NO_MEMORY
};

/*
 * Parse one line. A verdict with a known status but without a receipt handle is VERDICT_OK. All but
 * the status is set with VERDICT_NO_STATUS too.
 */
enum verdict_result verdict_parse(struct verdict_parser *parser, const char *text, size_t length,
    struct verdict *verdict);
void verdict_free(struct verdict *verdict); /* of a zeroed one too */

/* Append the verdict line with "ack":WORD added as the last member, and a newline. 0, or -1. */
int verdict_write_ack(struct buf *out, const struct verdict *verdict, const char *ack);

#endif
