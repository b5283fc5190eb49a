#ifndef PII_UNMASK_UNDO_H
#define PII_UNMASK_UNDO_H

#include "mask/program.h"

/*
 * Restore records, or single values, from standard input to output. Return the status to exit with,
 * after its message.
 */
int undo_run(const struct program_settings *settings);

#endif
