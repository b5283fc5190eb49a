#ifndef MASK_METHOD_TABLE_H
#define MASK_METHOD_TABLE_H

#include "mask/method.h"
#include "mask/method_work.h"

/* The functions of a method; NULL for those that replace no value. */
const struct method_work *method_table_work(const struct method *method);

#endif
