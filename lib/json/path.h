#ifndef JSON_PATH_H
#define JSON_PATH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "json/node.h"

/*
 * Paths into a JSON text, kept as a tree of nodes that json_scan() walks along with the text; a
 * node is named by its number. Node JSON_ROOT is ".", the text itself. How paths are spelt:
 * json/path_text.h.
 */
struct json_paths;

enum { JSON_ROOT = 0 };

enum json_step {
    JSON_STEP_ROOT,
    JSON_STEP_KEY,
    JSON_STEP_INDEX,
    JSON_STEP_EACH,
    JSON_STEP_OTHER,
    JSON_STEP_WATCHED
};

struct json_paths *json_paths_new(void); /* NULL: out of memory */
void json_paths_free(struct json_paths *paths);

/*
 * Children; an existing one is returned again. Return the node, or JSON_NO_NODE when memory is
 * short. A key is given decoded and may hold any bytes. An element matched by both an index and
 * "each" goes to the index. json_paths_other(): members of ${parent}, when it is an object, that
 * no key child names (to count or to refuse the unknown).
 */
uint32_t json_paths_key(struct json_paths *paths, uint32_t parent, const char *key, size_t length);
uint32_t json_paths_index(struct json_paths *paths, uint32_t parent, uint32_t index);
uint32_t json_paths_each(struct json_paths *paths, uint32_t parent);
uint32_t json_paths_other(struct json_paths *paths, uint32_t parent);

/*
 * json_paths_watch(paths, key, length):
 * Have members matched that no path names, at every depth, whose key is this one but for case, "_",
 * "-" and blanks. Return the node of their matches, the same for keys that are alike, or
 * JSON_NO_NODE: out of memory. Letters of Latin, Greek and Cyrillic have case.
 */
uint32_t json_paths_watch(struct json_paths *paths, const char *key, size_t length);

/* The node of those that are watched like this key, or JSON_NO_NODE. */
uint32_t json_paths_watched(const struct json_paths *paths, const char *key, size_t length);

/* Reading back. */
size_t json_paths_count(const struct json_paths *paths);
uint32_t json_paths_parent(const struct json_paths *paths, uint32_t node);
enum json_step json_paths_step(const struct json_paths *paths, uint32_t node);
const char *json_paths_name(const struct json_paths *paths, uint32_t node,
    size_t *length); /* KEY */
/* Whether steps go on below the node: by a key (needs an object) and by index or each (an array).
 */
bool json_paths_wants_object(const struct json_paths *paths, uint32_t node);
bool json_paths_wants_array(const struct json_paths *paths, uint32_t node);

#endif
