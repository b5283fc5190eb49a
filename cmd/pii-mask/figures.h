#ifndef PII_MASK_FIGURES_H
#define PII_MASK_FIGURES_H

#include "mask/mask.h"
#include "mask/program.h"

/* The metrics of a run (mask/program.h), by kind of work. */
extern const struct program_figures figures_of_mask;
extern const struct program_figures figures_of_rewrap;
extern const struct program_figures figures_of_lines;

/*
 * List the metrics of masking: the paths of the policy, up to the limit, and the codes. Return
 * their number.
 */
size_t figures_members(const struct policy *policy, struct metric_member *members);

/* Fill in their values. While ${mask} is NULL, leave ${values} unchanged: the meter has set them to
 * 0. */
void figures_read(const struct mask *mask, uint64_t *values);

#endif
