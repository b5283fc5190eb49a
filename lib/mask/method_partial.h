#ifndef MASK_METHOD_PARTIAL_H
#define MASK_METHOD_PARTIAL_H

#include "mask/method_work.h"

/*
 * partial: a string of as many characters, of which the last ones are kept and the others are "*".
 * Option keep is how many, 4 without it; never more than a third of them. A number is taken as it
 * is spelt. Of anything else nothing is kept, not even its length: "****".
 */
extern const struct method_work method_partial;

#endif
