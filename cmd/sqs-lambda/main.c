#include <errno.h>
#include <signal.h>
#include <string.h>

#include "base/msg.h"
#include "base/opt.h"
#include "base/start.h"
#include "base/stop.h"
#include "confine/protect.h"
#include "serve.h"

int main(int argc, char **argv)
{
    struct lambda_options options;
    struct failure failure = { .status = STATUS_OK };
    /* If SIGCHLD were ignored, the exit statuses of the children would be lost. */
    if (start_program(argv[0]) != 0 || signal(SIGCHLD, SIG_DFL) == SIG_ERR || stop_install() != 0 ||
        protect_process() != 0) {
        msg_error("cannot start: %s", strerror(errno));
        return STATUS_INTERNAL;
    }
    int status = options_parse(&options, argc, argv);
    if (status != OPT_RUN)
        return status;
    (void)serve_run(&options, &failure);
    return failure_report(&failure);
}
