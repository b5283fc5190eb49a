#ifndef JSON_WHOLE_H
#define JSON_WHOLE_H

#include <stdbool.h>
#include <stddef.h>

/*
 * json_whole(text, length):
 * Whether the object that the text begins with, after whitespace, ends in it. Only where strings,
 * objects and arrays begin and end is looked at, so that it can be told of a text that is not JSON,
 * too: the beginning of a valid object, short of its last brace, never is whole.
 */
bool json_whole(const char *text, size_t length);

#endif
