#ifndef MASK_METHOD_PARTIAL_H
#define MASK_METHOD_PARTIAL_H

#include "mask/method_work.h"

/*
 * partial: a string of the same number of characters. The last ones are kept and the others are
 * "*". Option keep is the number of kept characters, default 4, but never more than a third of
 * them. A number is taken as spelt. Of other values nothing is kept, not even the length: "****".
 */
extern const struct method_work method_partial;

#endif
