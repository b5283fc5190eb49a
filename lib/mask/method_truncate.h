#ifndef MASK_METHOD_TRUNCATE_H
#define MASK_METHOD_TRUNCATE_H

#include "mask/method_work.h"

/*
 * truncate: the network of an IP address (mask/address.h), as its first address. Options v4 and v6
 * are the number of leading bits to keep, default 24 and 48.
 */
extern const struct method_work method_truncate;

#endif
