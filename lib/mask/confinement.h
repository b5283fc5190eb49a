#ifndef MASK_CONFINEMENT_H
#define MASK_CONFINEMENT_H

#include <stdbool.h>

#include "mask/startup.h"

/*
 * confinement_enter(required, confined, failure):
 * Confine the process (confine/confine.h) when all it needs is open: standard input, output and
 * error, and the stop flag's pipe stay. 0 with *confined false where the kernel cannot do it, or -1
 * with ${failure}: no memory, or the kernel cannot and it is ${required}.
 */
int confinement_enter(bool required, bool *confined, struct startup_failure *failure);

#endif
