#ifndef JSON_CHILDREN_H
#define JSON_CHILDREN_H

#include <stdbool.h>
#include <stddef.h>

#include "json/scan.h"

/*
 * Iterate over the members of an object, or the elements of an array, in a text that json_scan()
 * has found valid. Nothing is stored: an array of a million elements takes no more memory than an
 * empty one, where matches of a path would.
 */
struct json_children {
    const char *text;
    size_t length;
    size_t at;                      /* private: past the last child */
    bool object;                    /* an object: children have keys */
    const struct json_match *noted; /* private, of json_children_noted(): the next match */
    const struct json_match *noted_end;
};

struct json_child {
    /* of an object: text[key, key_end) is the key with its quotes; else both are ${value} */
    size_t key;
    size_t key_end;
    size_t value; /* text[value, end) is the value */
    size_t end;
    enum json_kind kind;
};

/*
 * json_children_open(children, text, length):
 * Begin with text[0, length), one valid value, with or without whitespace around it. Return false
 * when it is neither an object nor an array.
 */
bool json_children_open(struct json_children *children, const char *text, size_t length);

/*
 * json_children_noted(children, text, matches, object, other):
 * Begin with the members of an object noted by a scan of text[0, …). The scan noted the object as
 * ${object}, and its members by node ${other} (that of json_paths_other() below its own), and
 * nothing inside them. Places refer to that text, and the matches must live as long as ${children}.
 * Nothing is read twice, unlike with json_children_open().
 */
void json_children_noted(struct json_children *children, const char *text,
    const struct json_matches *matches, const struct json_match *object, uint32_t other);

/* Return the next child, in the order of the text; false when there is none. */
bool json_children_next(struct json_children *children, struct json_child *child);

/* Return the kind of the valid value that begins with this byte. */
enum json_kind json_children_kind(char first);

#endif
