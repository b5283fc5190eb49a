#ifndef DETECT_NETWORK_H
#define DETECT_NETWORK_H

#include <stddef.h>

/*
 * Addresses of networks (detect/detect.h). Each function returns the length of the one that begins
 * at text[at], or 0. There must be no letter, digit or "_" before it. Only lib/detect includes
 * this.
 */
size_t network_ipv4(const char *text, size_t length, size_t at);
size_t network_ipv6(const char *text, size_t length, size_t at);
size_t network_mac(const char *text, size_t length, size_t at);

#endif
