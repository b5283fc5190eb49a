#ifndef PG_LOAD_PLAN_BUILD_H
#define PG_LOAD_PLAN_BUILD_H

#include "base/failure.h"
#include "column_plan.h"
#include "options.h"
#include "pg/table.h"

/*
 * plan_build(plan, options, table, ahead, failure):
 * ${ahead}: a plan of plan_build_ahead(), which filters are taken from, or NULL. ${plan} is to be
 * freed in any case. 0, or -1 with ${failure}.
 */
int plan_build(struct column_plan *plan, const struct load_options *options,
    const struct pg_table *table, struct column_plan *ahead, struct failure *failure);

/*
 * plan_build_ahead(plan, options, table):
 * Compile the filters of --key and of the map of a table of which no more is known than its name.
 * What cannot be read or compiled is left out: plan_build() meets it again, and tells. ${plan} is
 * to be freed, and good for nothing else.
 */
void plan_build_ahead(struct column_plan *plan, const struct load_options *options,
    const struct pg_table *table);

/* Whether --key is given and goes through a filter of jq. */
bool plan_build_filters_key(const struct load_options *options);

/* Let the plan, whose --key goes through a filter, have plan->rounded_key too. 0, or -1 with
 * ${failure}. */
int plan_build_round_key(struct column_plan *plan, struct failure *failure);

/*
 * plan_build_again(plan, origin, table, failure):
 * The plan for the same table with other columns: the same map and --key, and the very filters of
 * ${origin}, which outlives it. ${plan} is to be freed in any case. 0, or -1 with ${failure}.
 */
int plan_build_again(struct column_plan *plan, struct column_plan *origin,
    const struct pg_table *table, struct failure *failure);

#endif
