#ifndef RDS_TOKEN_AWS_SETTINGS_H
#define RDS_TOKEN_AWS_SETTINGS_H

#include "base/failure.h"
#include "base/settings.h"

/*
 * Put the settings of the file into the environment, as settings_adopt() does, without those of the
 * database and of the pipeline. When the file sets a part of a key or AWS_PROFILE, no part of a key
 * stays from the environment: it would be that of another identity. Return 0, or -1 with
 * ${failure}.
 */
int aws_settings_adopt(struct settings_file *settings, const char *file, struct failure *failure);

#endif
