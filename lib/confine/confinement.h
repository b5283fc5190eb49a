#ifndef CONFINE_CONFINEMENT_H
#define CONFINE_CONFINEMENT_H

#include <stdbool.h>

#include "base/failure.h"

/*
 * confinement_enter(required, keep, failure):
 * Confine a filter (confine/confine.h) that has opened all its resources. The descriptors of
 * base/stop.h and base/meter.h stay open, and ${keep} unless it is -1. If the kernel cannot do it,
 * warn, or fail when confinement is ${required}. Return 0, or -1 with ${failure}.
 */
int confinement_enter(bool required, int keep, struct failure *failure);

#endif
