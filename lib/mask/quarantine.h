#ifndef MASK_QUARANTINE_H
#define MASK_QUARANTINE_H

#include <stddef.h>

#include "base/buf.h"
#include "base/line.h"
#include "json/scan.h"
#include "mask/keyring.h"
#include "mask/policy.h"
#include "mask/token.h"

/*
 * Error records with sealed content (sqs2pg-record(5)), and their opening.
 *
 * "sealed" is "seal1.KEYID.BASE64URL": AES-SIV as in mask/method_siv.h, under the derivation method
 * "seal" and the empty domain (info "sqs2pg/v1/seal/", associated data "seal1.KEYID."). The
 * plaintext is a type byte and
 *
 *     j  a JSON object of the members taken out of the record, each byte for byte as it stood there
 *     s  the line itself, which was no record: not JSON, or no object; not always UTF-8
 *
 * Taken out are body, attributes and fifo, the member that the policy's root is in, and what
 * claimed that they were safe (pii, an older sealed). When the root is ".", or the record has no
 * value there, these are all members but sqs and error; an error only when it arrived and might
 * hold content.
 */
struct quarantine;

/* ${stage} is the one in the error records made. NULL: no memory, or OpenSSL failed. */
struct quarantine *quarantine_new(const struct policy *policy, const struct keyring *ring,
    const char *stage);
void quarantine_free(struct quarantine *quarantine); /* wipes; NULL is fine */

/*
 * Each of these appends one line to ${out} and returns 0, or -1 (no memory, OpenSSL failed, or the
 * buffer is full) with what it appended undefined. ${detail} is ours, never content of the record.
 */

/*
 * A line that is no record: sealed whole. Its sqs stays in clear where one can be found. ${error}
 * is what json_scan() said; JSON_OK: it is JSON, but no object. JSON_TOO_MANY, no memory, says
 * nothing of the line: -1.
 *
 * A last line that lacks its LF and its closing brace and has an sqs, or ends before that does, is
 * taken for a piece of a record, whose writer died: nothing but that sqs goes on ("cut"). Were the
 * piece stored, its message would be deleted, and the rest of it be lost.
 */
int quarantine_line(struct quarantine *quarantine, const struct line *line, enum json_error error,
    struct buf *out);

/* The beginning of a line over the maximum: nothing of it but its sqs goes on. */
int quarantine_long(struct quarantine *quarantine, const char *text, size_t length,
    struct buf *out);

/* A record (a valid JSON object) that carries no error yet. */
int quarantine_record(struct quarantine *quarantine, const char *text, size_t length,
    const char *code, const char *detail, struct buf *out);

/*
 * quarantine_arrived(quarantine, text, length, out, unchanged):
 * A record that carries an error: its clear content is sealed beside the error it has; the error
 * too, with its stage and code alone in its place, when more may travel in it
 * (mask/complaint.h). *unchanged says that there was nothing to seal.
 */
int quarantine_arrived(struct quarantine *quarantine, const char *text, size_t length,
    struct buf *out, bool *unchanged);

enum quarantine_result {
    QUARANTINE_OPENED,
    QUARANTINE_NONE,      /* nothing is sealed in it: appended as it is */
    QUARANTINE_BAD_TOKEN, /* changed, or none of ours */
    QUARANTINE_UNKNOWN_KEY,
    QUARANTINE_COLLISION, /* a member of the record has the name of a sealed one */
    QUARANTINE_FAILED
};

/*
 * quarantine_open(quarantine, text, length, out):
 * Append the record with its sealed members back in the place of "sealed"; a line that was no
 * record comes as "line", a string, or, when it is not UTF-8, as "line_base64" (RFC 4648 with
 * padding). Unless QUARANTINE_OPENED or QUARANTINE_NONE is returned, what was appended is
 * undefined.
 */
enum quarantine_result quarantine_open(struct quarantine *quarantine, const char *text,
    size_t length, struct buf *out);

/*
 * quarantine_reseal(quarantine, text, length, out):
 * Append the record with its sealed content sealed anew, under the primary key: to the byte the
 * same if it was under that already. Unless QUARANTINE_OPENED or QUARANTINE_NONE is returned, what
 * was appended is undefined.
 */
enum quarantine_result quarantine_reseal(struct quarantine *quarantine, const char *text,
    size_t length, struct buf *out);

/*
 * quarantine_explain(quarantine, text, length, code, detail, out):
 * Append the record with an error added, nothing taken away and nothing sealed: for what is still
 * masked. An error that it has becomes "cause" of the new one, unless this stage made it: then it
 * stays.
 */
int quarantine_explain(struct quarantine *quarantine, const char *text, size_t length,
    const char *code, const char *detail, struct buf *out);

#endif
