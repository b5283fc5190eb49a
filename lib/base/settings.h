#ifndef BASE_SETTINGS_H
#define BASE_SETTINGS_H

#include <stdbool.h>
#include <stddef.h>

#include "base/failure.h"

/*
 * A settings file, as sqs2pg(1) reads it: lines of NAME=VALUE and of comments (#), names in upper
 * case and those of the proxies, a pair of quotes around a value taken away, nothing expanded. It
 * is judged as every file that decides (base/trusted_file.h), has at most 1 MiB and lines of 64
 * KiB; and one with a secret in it may not be readable for others (77).
 */
struct settings_file {
    char *text; /* what the environment points into from then on */
    size_t size;
};

/*
 * settings_adopt(settings, file, wanted, failure):
 * Put the settings that ${wanted} asks for into this process's environment, in the place of what
 * has their names there. 0, or -1 with ${failure}, which names file and line and no value.
 */
int settings_adopt(struct settings_file *settings, const char *file,
    bool (*wanted)(const char *name), struct failure *failure);

/* Take them out of the environment and wipe them; of a zeroed one too. */
void settings_drop(struct settings_file *settings);

#endif
