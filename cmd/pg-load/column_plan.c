#include <stdlib.h>

#include "column_plan.h"
#include "confine/confine.h"

void column_plan_free(struct column_plan *plan)
{
    bool owner = plan->origin == NULL;
    for (size_t i = 0; owner && i < plan->count; i++)
        json_jq_free(plan->sources[i].filter);
    free(plan->sources);
    if (owner) {
        json_jq_free(plan->key.filter);
        json_jq_free(plan->rounded_key.filter);
    }
    json_paths_free(plan->paths);
    pg_map_line_free(&plan->key_line);
    pg_map_free(&plan->map);
    buf_free(&plan->map_name);
    *plan = (struct column_plan){ .unknown = JSON_NO_NODE };
}

/* Confine the process that runs the filters of the map to answering requests. */
static bool confine_filters(void)
{
    const struct confine_needs needs = { .limits = true };
    return confine_enter(&needs) == CONFINE_ENTERED;
}

bool column_plan_start_filters(void)
{
    return json_jq_start(confine_filters);
}
