#include <errno.h>
#include <string.h>

#include "base/meter.h"
#include "base/msg.h"
#include "base/start.h"
#include "base/stop.h"
#include "explain.h"
#include "load.h"
#include "options.h"
#include "prune.h"
#include "table_status.h"

int main(int argc, char **argv)
{
    struct failure failure = { .status = STATUS_OK };
    struct load_summary summary = { .text = "" };
    struct settings settings;
    int status;
    if (start_program(argv[0]) != 0 || stop_install() != 0) {
        msg_error("cannot start: %s", strerror(errno));
        return STATUS_INTERNAL;
    }
    if (!options_parse(argc, argv, &settings, &status))
        return status;
    if (settings.prune_ms != 0)
        status = prune_ledger(&settings.load, settings.prune_ms, &failure);
    else if (settings.print_status)
        status = table_status_print(&settings.load, &failure);
    else if (settings.explain)
        status = explain_print(&settings.load, &failure);
    else
        status = load_run(&settings.load, &summary, &failure);
    if (status < 0)
        status = failure_report(&failure);
    if (summary.text[0] != '\0')
        msg_summary(summary.plain, "%s", summary.text);
    return meter_exit(status);
}
