#ifndef MASK_METHOD_SIV_H
#define MASK_METHOD_SIV_H

#include "mask/method_work.h"

/*
 * siv: AES-SIV (RFC 5297), reversible and authenticated. The result is "siv1.KEYID.BASE64URL", with
 * the bytes V || C of RFC 5297. The key is 64 bytes of keyring_derive() for method "siv" and the
 * domain: AES-256 twice. The plaintext is the type byte and the value of mask/token.h. The one
 * string of associated data is the text "siv1.KEYID.DOMAIN", so that a token pasted to another
 * domain does not open. Options: canonical (mask/canonical.h), and pad.
 */
extern const struct method_work method_siv;

/*
 * Do the same for sealed content (mask/sealing.h), which only differs in names. ${method} is that
 * of the derivation, ${tag} that of the token.
 */
struct method_siv_state;
struct method_siv_state *method_siv_open(const struct keyring *ring, const char *method,
    const char *tag, const char *domain, size_t domain_length);
void method_siv_close(struct method_siv_state *state);

/*
 * Append a quoted token of the key with this number. scratch[0, SIV_TAG) is free space, the rest
 * the plaintext, which the ciphertext replaces. Return 0, or -1 when OpenSSL failed or ${out} is
 * full.
 */
int method_siv_seal(struct method_siv_state *state, size_t key, struct buf *scratch,
    struct buf *out);

/* Put the plaintext of the token into ${scratch}, after SIV_TAG bytes without meaning. */
enum token_result method_siv_unseal(struct method_siv_state *state, const struct token_value *value,
    struct buf *scratch);

#endif
