#ifndef MASK_METHOD_TRUNCATE_H
#define MASK_METHOD_TRUNCATE_H

#include "mask/method_work.h"

/*
 * truncate: the network that an IP address (mask/address.h) is in, as its first address. Options
 * v4 and v6 are how many leading bits are kept; without them 24 and 48.
 */
extern const struct method_work method_truncate;

#endif
