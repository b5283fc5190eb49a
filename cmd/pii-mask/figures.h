#ifndef PII_MASK_FIGURES_H
#define PII_MASK_FIGURES_H

#include "mask/mask.h"
#include "mask/program.h"

/* What a run tells of itself in its file of figures (mask/program.h), by the kind of work. */
extern const struct program_figures figures_of_mask;
extern const struct program_figures figures_of_rewrap;
extern const struct program_figures figures_of_lines;

/* The members of masking: the paths of the policy, as far as there is room, and the codes. */
size_t figures_members(const struct policy *policy, struct metric_member *members);

/* Their values; all 0 while ${mask} is NULL. */
void figures_read(const struct mask *mask, uint64_t *values);

#endif
