#include "mask/confinement.h"

#include <stdio.h>

#include "base/meter.h"
#include "base/stop.h"
#include "confine/confine.h"

static int fail(struct startup_failure *failure, enum status status, const char *text)
{
    failure->status = status;
    failure->hint = NULL;
    (void)snprintf(failure->text, sizeof failure->text, "%s", text);
    return -1;
}

int confinement_enter(bool required, int keep, bool *confined, struct startup_failure *failure)
{
    int kept[STOP_DESCRIPTORS + 2];
    stop_descriptors(kept);
    kept[STOP_DESCRIPTORS] = keep;
    kept[STOP_DESCRIPTORS + 1] = meter_descriptor();
    const struct confine_needs needs = { .keep = kept, .keep_count = STOP_DESCRIPTORS + 2 };
    enum confine_result result = confine_enter(&needs);
    *confined = result == CONFINE_ENTERED;
    if (result == CONFINE_FAILED)
        return fail(failure, STATUS_INTERNAL, "out of memory");
    if (result == CONFINE_UNSUPPORTED && required)
        return fail(failure, STATUS_UNAVAILABLE,
            "this kernel does not let the process be confined");
    return 0;
}
