#include <errno.h>
#include <string.h>

#include "base/msg.h"
#include "base/opt.h"
#include "base/start.h"
#include "read.h"

static const struct opt_command command = {
    "FILE",
    "Print the mode of a settings file and its content, if nobody else may write it.",
    NULL,
    0,
};

int main(int argc, char **argv)
{
    if (start_program(argv[0]) != 0) {
        msg_error("cannot start: %s", strerror(errno));
        return STATUS_INTERNAL;
    }
    struct opt_parser parser;
    const char *value;
    const char *file = NULL;
    int id;
    opt_start(&parser, &command, argc, argv);
    while ((id = opt_next(&parser, &value)) != OPT_END) {
        if (id == OPT_EXIT)
            return parser.exit_status;
        if (file != NULL)
            return opt_usage("one FILE at a time");
        file = value;
    }
    if (file == NULL || *file == '\0')
        return opt_usage("operand FILE is missing");
    return (int)read_file(file);
}
