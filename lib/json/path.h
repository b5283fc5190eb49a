#ifndef JSON_PATH_H
#define JSON_PATH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "json/node.h"

/*
 * Paths into a JSON text, as a tree of nodes that json_scan() follows along the text. A number
 * names a node. Node JSON_ROOT is ".", the text itself. For the spelling of paths see
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
 * Add a child; an existing one is returned again. Return the node, or JSON_NO_NODE: out of memory.
 * A parent of JSON_NO_NODE gives JSON_NO_NODE, too, so that a chain of calls needs one check. A key
 * is decoded and may hold any bytes. An element matched by an index and by "each" belongs to the
 * index. json_paths_other(): the members of ${parent}, when it is an object, that match no key
 * child (to count or refuse unknown ones).
 */
uint32_t json_paths_key(struct json_paths *paths, uint32_t parent, const char *key, size_t length);
uint32_t json_paths_index(struct json_paths *paths, uint32_t parent, uint32_t index);
uint32_t json_paths_each(struct json_paths *paths, uint32_t parent);
uint32_t json_paths_other(struct json_paths *paths, uint32_t parent);

/*
 * json_paths_watch(paths, key, length):
 * Match members outside all paths, at every depth, whose key equals this one. Keys are compared as
 * in json/watch.h: without case (simple case folding of Unicode), "_", "-", blanks, invisible
 * characters and full-width forms. Return the node of their matches, the same for keys that are
 * alike, or JSON_NO_NODE: out of memory.
 */
uint32_t json_paths_watch(struct json_paths *paths, const char *key, size_t length);

/* Return the node of the watched keys that are alike this one, or JSON_NO_NODE. */
uint32_t json_paths_watched(const struct json_paths *paths, const char *key, size_t length);

/* Read the tree. */
size_t json_paths_count(const struct json_paths *paths);
uint32_t json_paths_parent(const struct json_paths *paths, uint32_t node);
enum json_step json_paths_step(const struct json_paths *paths, uint32_t node);
const char *json_paths_name(const struct json_paths *paths, uint32_t node,
    size_t *length); /* KEY */
/* Return true when steps below the node need an object (a key), or an array (an index or each). */
bool json_paths_wants_object(const struct json_paths *paths, uint32_t node);
bool json_paths_wants_array(const struct json_paths *paths, uint32_t node);

#endif
