#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "base/out.h"
#include "explain.h"
#include "plan.h"
#include "target.h"

int explain_print(const struct load_options *options, struct failure *failure)
{
    struct target target;
    struct plan plan = { .unknown = JSON_NO_NODE };
    struct buf text;
    struct load_options look = *options;
    look.dry_run = look.look_only = true;
    buf_init(&text, 16 << 20);
    int status = target_open(&target, &look, NULL, failure);
    if (status == 0)
        status = plan_build(&plan, options, &target.table, failure);
    if (status == 0 && plan_explain(&plan, &target.table, &text) != 0)
        status = failure_set(failure, STATUS_INTERNAL, "not enough memory");
    if (status == 0) {
        struct out *out = out_open(STDOUT_FILENO);
        if (out == NULL)
            status = failure_set(failure, STATUS_INTERNAL, "not enough memory");
        else if (out_write(out, text.data, text.length) != 0 || out_close(out) != 0)
            status = failure_set(failure, STATUS_IO, "standard output: %s", strerror(errno));
    }
    buf_free(&text);
    plan_free(&plan);
    target_close(&target);
    return status;
}
