#include "base/meter.h"
#include "base/msg.h"
#include "base/stop.h"
#include "confine/confine.h"
#include "confine/confinement.h"

int confinement_enter(bool required, int keep, struct failure *failure)
{
    int kept[STOP_DESCRIPTORS + 2];
    stop_descriptors(kept);
    kept[STOP_DESCRIPTORS] = keep;
    kept[STOP_DESCRIPTORS + 1] = meter_descriptor();
    const struct confine_needs needs = { .keep = kept, .keep_count = STOP_DESCRIPTORS + 2 };
    switch (confine_enter(&needs)) {
    case CONFINE_ENTERED:
        return 0;
    case CONFINE_UNSUPPORTED:
        if (required)
            return failure_set(failure, STATUS_UNAVAILABLE,
                "this kernel cannot confine the process");
        msg_warn_always("this kernel cannot confine the process; continuing unconfined");
        return 0;
    case CONFINE_FAILED:
        break;
    }
    return failure_no_memory(failure);
}
