#ifndef JSON_WHOLE_H
#define JSON_WHOLE_H

#include <stdbool.h>
#include <stddef.h>

/*
 * json_whole(text, length):
 * Return true when the object at the beginning of the text, after whitespace, ends in it. Only the
 * ends of strings, objects and arrays are found, so it works on text that is not JSON too. A valid
 * object without its last brace is never whole.
 */
bool json_whole(const char *text, size_t length);

#endif
