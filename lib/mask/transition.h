#ifndef MASK_TRANSITION_H
#define MASK_TRANSITION_H

#include <stdbool.h>
#include <stddef.h>

#include "mask/address.h"

/*
 * IPv6 addresses that hold an IPv4 address. The transition mechanisms make them, with a prefix or
 * an interface identifier:
 *
 *     6to4 (RFC 3056 section 2: 2002::/16)
 *     Teredo (RFC 4380 section 4: 2001::/32, the server's address and the client's)
 *     NAT64 (RFC 6052 section 2.1: 64:ff9b::/96; RFC 8215: 64:ff9b:1::/48)
 *     IPv4-compatible (RFC 4291 section 2.5.5.1: ::/96)
 *     IPv4-translated (RFC 2765 section 2.1: ::ffff:0:0:0/96)
 *     ISATAP (RFC 5214 section 6.1)
 */
struct transition {
    unsigned from;  /* first bit of the part with the IPv4 address, 0 to 127 */
    unsigned to;    /* past the last bit */
    bool scattered; /* its place in these bits depends on the network */
};

enum { TRANSITION_MOST = 2 };

/* Fill ${found} with the IPv4 parts of ${address}. Return their number, 0 without a mechanism. */
size_t transition_find(const unsigned char address[ADDRESS_SIZE],
    struct transition found[TRANSITION_MOST]);

#endif
