#include <errno.h>
#include <string.h>

#include "base/msg.h"
#include "base/opt.h"
#include "base/start.h"
#include "read.h"

static const struct opt_command command = {
    "FILE",
    "Print the mode and the content of a settings file, if no other user may write it.",
    NULL,
    0,
};

static int take(void *context, int id, const char *value)
{
    const char **file = context;
    (void)id; /* there are only operands */
    if (*file != NULL)
        return opt_usage("one FILE at a time");
    *file = value;
    return 0;
}

int main(int argc, char **argv)
{
    const char *file = NULL;
    if (start_program(argv[0]) != 0) {
        msg_error("cannot start: %s", strerror(errno));
        return STATUS_INTERNAL;
    }
    int status = opt_each(&command, argc, argv, take, &file);
    if (status != OPT_RUN)
        return status;
    if (file == NULL || *file == '\0')
        return opt_usage("operand FILE is missing");
    return (int)read_file(file);
}
