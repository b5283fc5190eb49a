#ifndef MASK_POLICY_WORD_H
#define MASK_POLICY_WORD_H

#include <stdbool.h>

#include "base/buf.h"
#include "mask/policy_error.h"

/* The words in the lines of a policy (struct policy_word). */

bool policy_word_is(const struct policy_word *word, const char *text);

/*
 * policy_word_decode(word, memory):
 * Point ${word} at its meaning: itself, or the content of a JSON string, decoded into ${memory}.
 */
enum policy_cause policy_word_decode(struct policy_word *word, struct buf *memory);

/* Return the place behind the word, where another word is missing. */
struct policy_word policy_word_after(const struct policy_word *word);

/*
 * Append ${introduction} and the word, quoted as a JSON string if a plain word would be read
 * differently.
 */
void policy_word_print(struct buf *out, const char *introduction, const char *text, size_t length);

#endif
