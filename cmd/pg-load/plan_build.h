#ifndef PG_LOAD_PLAN_BUILD_H
#define PG_LOAD_PLAN_BUILD_H

#include "base/failure.h"
#include "column_plan.h"
#include "options.h"
#include "pg/table.h"

/*
 * plan_build(plan, options, table, ahead, failure):
 * Build the plan of a run. ${ahead}: a plan of plan_build_ahead() to take filters from, or NULL.
 * The caller must free ${plan} in any case. Return 0, or -1 with ${failure}.
 */
int plan_build(struct column_plan *plan, const struct load_options *options,
    const struct pg_table *table, struct column_plan *ahead, struct failure *failure);

/*
 * plan_build_ahead(plan, options, table):
 * Compile the filters of --key and of the map of a table that is known only by its name. Leave out
 * what cannot be read or compiled: plan_build() meets the same error and reports it. ${plan} serves
 * only as ${ahead} of plan_build(), and the caller frees it.
 */
void plan_build_ahead(struct column_plan *plan, const struct load_options *options,
    const struct pg_table *table);

/* Return true when --key is given and has a jq filter. */
bool plan_build_filters_key(const struct load_options *options);

/* Add plan->rounded_key to a plan whose --key has a filter. Return 0, or -1 with ${failure}. */
int plan_build_round_key(struct column_plan *plan, struct failure *failure);

/*
 * plan_build_again(plan, origin, table, failure):
 * Build the plan for the same table with other columns. It has the same map and --key, and uses the
 * filters of ${origin}, which outlives it. The caller must free ${plan} in any case. Return 0, or
 * -1 with ${failure}.
 */
int plan_build_again(struct column_plan *plan, struct column_plan *origin,
    const struct pg_table *table, struct failure *failure);

#endif
