#ifndef MASK_SEALING_H
#define MASK_SEALING_H

#include <stddef.h>

#include "base/buf.h"
#include "base/line.h"
#include "json/scan.h"
#include "mask/keyring.h"
#include "mask/policy.h"
#include "mask/refusal.h"
#include "mask/token.h"

/*
 * Error records with sealed content (sqs2pg-record(5)); mask/opening.h opens them.
 *
 * "sealed" is "seal1.KEYID.BASE64URL": AES-SIV as in mask/method_siv.h, under the derivation method
 * "seal" and the empty domain (info "sqs2pg/v1/seal/", associated data "seal1.KEYID."). The
 * plaintext is a type byte and, padded as mask/token.h says (the byte is J or S then) to a multiple
 * of METHOD_PAD_DEFAULT bytes, which 0.1.0 did not,
 *
 *     j  a JSON object of the members taken out of the record, each byte for byte as it stood there
 *     s  the line itself, which was no record: not JSON, or no object; not always UTF-8
 *
 * Taken out are all members but sqs and error, whatever the policy says of them: of a record that
 * failed it is not known where its personal values are. An error is taken out only when it arrived
 * and might hold content.
 */
struct sealing;

/* ${stage} is the one in the error records made. NULL: out of memory, or OpenSSL failed. */
struct sealing *sealing_new(const struct policy *policy, const struct keyring *ring,
    const char *stage);
void sealing_free(struct sealing *sealing); /* wipes; NULL is fine */

/*
 * Each of these appends one line to ${out} and returns 0, or -1 (out of memory, OpenSSL failed, or
 * the buffer is full) with what it appended undefined. ${detail} is ours, never content of the
 * record.
 */

/*
 * A line that is no record: sealed whole. Its sqs stays in clear where one can be found. ${error}
 * is what json_scan() said; JSON_OK: it is JSON, but no object. JSON_TOO_MANY, out of memory, says
 * nothing of the line: -1.
 *
 * Of a piece of a record (record/salvage.h) nothing but its sqs goes on ("cut"). *refusal, unless
 * ${refusal} is NULL, is what the error record says.
 */
int sealing_line(struct sealing *sealing, const struct line *line, enum json_error error,
    enum refusal *refusal, struct buf *out);

/* The beginning of a line over the maximum: nothing of it but its sqs goes on. */
int sealing_long(struct sealing *sealing, const char *text, size_t length, struct buf *out);

/* A record (a valid JSON object) that carries no error yet. */
int sealing_record(struct sealing *sealing, const char *text, size_t length, const char *code,
    const char *detail, struct buf *out);

/*
 * sealing_arrived(sealing, text, length, out, unchanged):
 * A record that carries an error: its clear content is sealed beside the error it has; the error
 * too, with its stage and code alone in its place, when more may travel in it
 * (mask/refusal.h). *unchanged says that there was nothing to seal.
 */
int sealing_arrived(struct sealing *sealing, const char *text, size_t length, struct buf *out,
    bool *unchanged);

/*
 * sealing_explain(sealing, text, length, code, detail, out):
 * Append the record with an error added, nothing taken away and nothing sealed: for what is still
 * masked. An error that it has becomes "cause" of the new one, unless this stage made it: then it
 * stays.
 */
int sealing_explain(struct sealing *sealing, const char *text, size_t length, const char *code,
    const char *detail, struct buf *out);

#endif
