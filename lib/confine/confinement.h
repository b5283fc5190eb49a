#ifndef CONFINE_CONFINEMENT_H
#define CONFINE_CONFINEMENT_H

#include <stdbool.h>

#include "base/failure.h"

/*
 * confinement_enter(required, keep, failure):
 * Confine a filter (confine/confine.h) that has all it needs. What base/stop.h and base/meter.h
 * need stays open, and the descriptor ${keep}; -1: none. A kernel that cannot do it is warned of,
 * and is a failure only if confinement is ${required}. 0, or -1 with ${failure}.
 */
int confinement_enter(bool required, int keep, struct failure *failure);

#endif
