#ifndef MASK_METHOD_TABLE_H
#define MASK_METHOD_TABLE_H

#include "mask/method.h"
#include "mask/method_work.h"

/* Return the functions of a method, or NULL for one that replaces no value. */
const struct method_work *method_table_work(const struct method *method);

#endif
