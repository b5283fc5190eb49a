#ifndef JSON_PATH_TEXT_H
#define JSON_PATH_TEXT_H

#include <stddef.h>
#include <stdint.h>

#include "json/path.h"

/*
 * Paths as users write them, a subset of jq: ".", ".a.b", `."odd key"`, `.a["odd key"]`, ".a[]",
 * ".a[0]", ".[0]", and jq 1.7's ".a.[0]". A bare key is [A-Za-z_][A-Za-z0-9_]*, a quoted one a JSON
 * string with its escapes, an index 0 to 2^31-1. Slices, negative indexes, "..", "?" and whitespace
 * are mistakes.
 */

/*
 * json_paths_add(paths, parent, text, length, error_at):
 * Parse text[0, length) as a path below ${parent}. Return the node of its last step, or
 * JSON_NO_NODE with *error_at set to the offset of the mistake (SIZE_MAX: out of memory). A mistake
 * adds nothing. Only "." is ${parent} itself.
 */
uint32_t json_paths_add(struct json_paths *paths, uint32_t parent, const char *text, size_t length,
    size_t *error_at);

#endif
