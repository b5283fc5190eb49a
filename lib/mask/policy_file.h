#ifndef MASK_POLICY_FILE_H
#define MASK_POLICY_FILE_H

#include "mask/policy.h"

/*
 * policy_file_read(policy, path, error):
 * Add all lines of the file ${path}, after the checks of base/trusted_file.h. Return 0, or -1 with
 * ${error}.
 */
int policy_file_read(struct policy *policy, const char *path, struct policy_error *error);

#endif
