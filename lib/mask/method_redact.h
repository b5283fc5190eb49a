#ifndef MASK_METHOD_REDACT_H
#define MASK_METHOD_REDACT_H

#include "mask/method_work.h"

/* redact: the string "[redacted]" instead of any value. */
extern const struct method_work method_redact;

#endif
