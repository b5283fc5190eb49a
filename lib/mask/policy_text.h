#ifndef MASK_POLICY_TEXT_H
#define MASK_POLICY_TEXT_H

#include <stddef.h>

#include "base/buf.h"
#include "mask/policy.h"

/*
 * Policies as text (pii-policy(5)). Lines of words separated by blanks:
 *
 *     PATH METHOD [OPTION=VALUE ...] [as NAME] [in DOMAIN] [optional]
 *     attributes.NAME METHOD [OPTION=VALUE ...] [in DOMAIN] [optional]
 *     fifo.NAME, envelope.NAME or record.NAME in place of attributes.NAME
 *     require PATH
 *     other keep|drop|quarantine
 *     unmatched seal | unmatched keep [when PATH VALUE ...]
 *     near seal|keep
 *     detect KIND[,KIND ...] seal|redact
 *
 * "#" at the start of a word begins a comment. NAME and DOMAIN are plain words or JSON strings in
 * quotes. A line ends with LF or CRLF; the last may lack it. The text is UTF-8.
 */

/* Add all lines of text[0, length). Return 0, or -1 with ${error}. */
int policy_text_lines(struct policy *policy, const char *text, size_t length,
    struct policy_error *error);

/*
 * Add "PATH=METHOD[:NAME]", where PATH may be attributes.NAME, fifo.NAME, envelope.NAME or
 * record.NAME. Return 0, or -1 with ${error}, line 0.
 */
int policy_text_option(struct policy *policy, const char *text, struct policy_error *error);

/* Add the built-in policy: ip and device_id by siv, as masked_ip and masked_device_id. Return 0, or
 * -1 with ${error}. */
int policy_text_builtin(struct policy *policy, struct policy_error *error);

/* Append the policy as an equivalent text, including defaults. Return 0, or -1. */
int policy_text_print(const struct policy *policy, struct buf *out);

#endif
