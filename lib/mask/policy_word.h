#ifndef MASK_POLICY_WORD_H
#define MASK_POLICY_WORD_H

#include <stdbool.h>

#include "base/buf.h"
#include "mask/policy_error.h"

/* The words that lines of a policy are made of (struct policy_word). */

bool policy_word_is(const struct policy_word *word, const char *text);

/*
 * policy_word_decode(word, memory):
 * Point ${word} at what it means: itself, or the content of the JSON string it is, in ${memory}.
 */
enum policy_cause policy_word_decode(struct policy_word *word, struct buf *memory);

/* The place behind the word, where one is missing. */
struct policy_word policy_word_after(const struct policy_word *word);

/* Append ${introduction} and the word, as a JSON string if it would not be read as it stands. */
void policy_word_print(struct buf *out, const char *introduction, const char *text, size_t length);

#endif
