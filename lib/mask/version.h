#ifndef MASK_VERSION_H
#define MASK_VERSION_H

#include <stdbool.h>
#include <stddef.h>

/*
 * Versions of four numbers, which look like IPv4 addresses and differ only by their key: "version",
 * "app_version", "osVersion", "firmware".
 */

/*
 * Return true when the JSON string text[start, end), of a valid text, is only digits and dots and
 * the key of its member means a version.
 */
bool version_is(const char *text, size_t start, size_t end);

#endif
