#ifndef PG_LOAD_PLAN_BUILD_H
#define PG_LOAD_PLAN_BUILD_H

#include "base/failure.h"
#include "column_plan.h"
#include "options.h"
#include "pg/table.h"

/* ${plan} is to be freed in any case. 0, or -1 with ${failure}. */
int plan_build(struct column_plan *plan, const struct load_options *options,
    const struct pg_table *table, struct failure *failure);

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
