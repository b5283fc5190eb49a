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
 * "sealed" is "seal1.KEYID.BASE64URL": AES-SIV as in mask/method_siv.h, with derivation method
 * "seal" and the empty domain (info "sqs2pg/v1/seal/", associated data "seal1.KEYID."). The
 * plaintext is a type byte and content. It is padded as in mask/token.h (the byte is then J or S)
 * to a multiple of METHOD_PAD_DEFAULT bytes; 0.1.0 did not pad.
 *
 *     j  a JSON object of the members taken from the record, byte for byte
 *     s  the line itself, which was not a record: not JSON, or not an object; not always UTF-8
 *
 * All members but sqs and error are taken, whatever the policy says about them: where the personal
 * values of a failed record are is unknown. An error is taken only when it arrived and may hold
 * content.
 */
struct sealing;

/*
 * Make a sealer. ${stage} is the stage of its error records. Return NULL when memory runs out or
 * OpenSSL failed.
 */
struct sealing *sealing_new(const struct policy *policy, const struct keyring *ring,
    const char *stage);
void sealing_free(struct sealing *sealing); /* wipes; NULL is fine */

/*
 * Each of these appends one line to ${out} and returns 0, or -1 when memory runs out, OpenSSL
 * failed, or the buffer is full; then the appended bytes are undefined. ${detail} is ours, never
 * content of the record.
 */

/*
 * Seal a whole line that is not a record. Its sqs stays in clear where it can be found. ${error} is
 * the result of json_scan(); JSON_OK means JSON that is not an object. JSON_TOO_MANY, out of
 * memory, says nothing about the line: return -1.
 *
 * Of a piece of a record (record/salvage.h) only its sqs goes on ("cut"). *refusal, unless
 * ${refusal} is NULL, is the refusal of the error record.
 */
int sealing_line(struct sealing *sealing, const struct line *line, enum json_error error,
    enum refusal *refusal, struct buf *out);

/* Process the beginning of a line over the maximum: only its sqs goes on. */
int sealing_long(struct sealing *sealing, const char *text, size_t length, struct buf *out);

/* Seal a record (a valid JSON object) that carries no error yet. */
int sealing_record(struct sealing *sealing, const char *text, size_t length, const char *code,
    const char *detail, struct buf *out);

/*
 * sealing_arrived(sealing, text, length, out, unchanged):
 * Seal the clear content of a record that carries an error. The error stays, unless it may hold
 * content (mask/refusal.h). Then it is sealed, too, except its stage and code. *unchanged is true
 * when there was nothing to seal.
 */
int sealing_arrived(struct sealing *sealing, const char *text, size_t length, struct buf *out,
    bool *unchanged);

/*
 * sealing_explain(sealing, text, length, code, detail, out):
 * Append the record with an error added, nothing removed and nothing sealed: for content that is
 * still masked. An earlier error becomes "cause" of the new one, unless this stage made it: then it
 * stays.
 */
int sealing_explain(struct sealing *sealing, const char *text, size_t length, const char *code,
    const char *detail, struct buf *out);

#endif
