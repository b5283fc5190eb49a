#ifndef DETECT_NETWORK_H
#define DETECT_NETWORK_H

#include <stddef.h>

/*
 * Network addresses (detect/detect.h). Each function returns the length of the address that begins
 * at text[at], or 0. No letter, digit or "_" may be before it. Only lib/detect includes this.
 */
size_t network_ipv4(const char *text, size_t length, size_t at);
size_t network_ipv6(const char *text, size_t length, size_t at);
size_t network_mac(const char *text, size_t length, size_t at);

#endif
