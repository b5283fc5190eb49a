#ifndef MASK_MAPPING_H
#define MASK_MAPPING_H

#include <stddef.h>

#include "mask/journal.h"
#include "mask/keyring.h"
#include "mask/policy.h"
#include "mask/token.h"

/*
 * The reference mapping (pii-mask(1)). Each value replaced by an irreversible method that keeps
 * values apart (hmac, email, sha256) gives one line
 *
 *     {"domain":"DOMAIN","masked":"MASKED","value":"siv1.KEYID.BASE64URL"}
 *
 * where "value" is a padded token of mask/method_siv.h in the domain "mapping/DOMAIN". Repeats
 * among the last MAPPING_KNOWN are left out. Lines wait in memory for mapping_commit().
 */
struct mapping;

enum { MAPPING_KNOWN = 1 << 17 };

#define MAPPING_PREFIX "mapping/"

/*
 * Make a mapping. Policy, ring and ${journal} must outlive it. Return NULL when memory runs out or
 * OpenSSL failed.
 */
struct mapping *mapping_new(const struct policy *policy, const struct keyring *ring,
    struct journal *journal);
void mapping_free(struct mapping *mapping); /* wipes; NULL is fine */

/*
 * mapping_note(mapping, rule, value, masked, length):
 * Note a value of the rule with this number, and its masked form, JSON text. Return TOKEN_OK or
 * TOKEN_FAILED.
 */
enum token_result mapping_note(struct mapping *mapping, size_t rule,
    const struct token_value *value, const char *masked, size_t length);

/* Write the waiting lines to disk. Return 0, or -1 with errno. */
int mapping_commit(struct mapping *mapping);

#endif
