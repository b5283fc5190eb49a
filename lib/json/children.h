#ifndef JSON_CHILDREN_H
#define JSON_CHILDREN_H

#include <stdbool.h>
#include <stddef.h>

#include "json/scan.h"

/*
 * The members of an object, or the elements of an array, one after the other, of a text that
 * json_scan() has found valid. Nothing is held or noted: an array of a million elements takes no
 * more memory than one of none, where matches of a path would.
 */
struct json_children {
    const char *text;
    size_t length;
    size_t at;                      /* its own: past the last child */
    bool object;                    /* of an object: children have keys */
    const struct json_match *noted; /* its own: of json_children_noted(), the next one */
    const struct json_match *noted_end;
};

struct json_child {
    size_t
        key; /* of an object: text[key, key_end) is the key with its quotes; else both are value */
    size_t key_end;
    size_t value; /* text[value, end) is the value */
    size_t end;
    enum json_kind kind;
};

/*
 * json_children_open(children, text, length):
 * text[0, length) is one valid value, with or without whitespace around it. False: it is neither
 * an object nor an array, and has no children.
 */
bool json_children_open(struct json_children *children, const char *text, size_t length);

/*
 * json_children_noted(children, text, matches, object):
 * The members of an object that were noted when text[0, …) was scanned, by node ${other} (that of
 * json_paths_other() below its own) when the object was, as ${object}. What they hold must not have
 * been noted. Places are those of that text, and the matches must live as long. Nothing is read
 * twice, as it is by json_children_open().
 */
void json_children_noted(struct json_children *children, const char *text,
    const struct json_matches *matches, const struct json_match *object, uint32_t other);

/* The next child, in the order of the text. False: there is none left. */
bool json_children_next(struct json_children *children, struct json_child *child);

/* The kind of the valid value that begins with this byte. */
enum json_kind json_children_kind(char first);

#endif
