#ifndef MASK_VERSION_H
#define MASK_VERSION_H

#include <stdbool.h>
#include <stddef.h>

/*
 * Versions of four numbers, which nothing but their key tells from IPv4 addresses: "version",
 * "app_version", "osVersion", "firmware".
 */

/* Whether the JSON string text[start, end), of a valid text, is digits and dots alone and the value
 * of a member whose key says that it is a version. */
bool version_is(const char *text, size_t start, size_t end);

#endif
