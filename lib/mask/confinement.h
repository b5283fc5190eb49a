#ifndef MASK_CONFINEMENT_H
#define MASK_CONFINEMENT_H

#include <stdbool.h>

#include "mask/startup.h"

/*
 * confinement_enter(required, keep, confined, failure):
 * Confine the process (confine/confine.h) when all it needs is open: standard input, output and
 * error, the stop flag's pipe and the meter's socket stay, and ${keep}, unless it is -1. 0 with
 * *confined false where the kernel cannot do it, or -1 with ${failure}: no memory, or the kernel
 * cannot and it is ${required}.
 */
int confinement_enter(bool required, int keep, bool *confined, struct startup_failure *failure);

#endif
