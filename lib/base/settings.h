#ifndef BASE_SETTINGS_H
#define BASE_SETTINGS_H

#include <stdbool.h>
#include <stddef.h>

#include "base/failure.h"

/*
 * A settings file, as sqs2pg(1) reads it: NAME=VALUE lines and comments (#). Names are in upper
 * case or those of the proxies; a pair of quotes around a value is removed; nothing is expanded.
 * The file is checked for its type, owner and mode (base/trusted_file.h). It has at most 1 MiB and
 * lines of 64 KiB; with a secret in it, others may not read it (77).
 */
struct settings_file {
    char *text; /* the environment points into it */
    size_t size;
};

/*
 * settings_adopt(settings, file, wanted, failure):
 * Put the settings that ${wanted} accepts into this process's environment, replacing variables of
 * the same name. Return 0, or -1 with ${failure}, which names file and line and no value.
 */
int settings_adopt(struct settings_file *settings, const char *file,
    bool (*wanted)(const char *name), struct failure *failure);

/* Remove them from the environment and wipe them. Accepts a zeroed one. */
void settings_drop(struct settings_file *settings);

#endif
