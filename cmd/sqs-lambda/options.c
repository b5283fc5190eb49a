#include <stddef.h>
#include <string.h>

#include "base/opt.h"
#include "options.h"

static const struct opt_command command = {
    .synopsis = "[-- COMMAND [ARGUMENT]...]",
    .summary =
        "Load the messages of an SQS queue that invokes an AWS Lambda function into PostgreSQL.",
    .options = NULL,
    .count = 0,
};

/* Called with each word after "--"; keeps the first one, to find its place. */
static int take(void *context, int id, const char *value)
{
    const char **first = context;
    (void)id;
    if (*first == NULL)
        *first = value;
    return 0;
}

int options_parse(struct lambda_options *options, int argc, char **argv)
{
    const char *first = NULL;
    *options = (struct lambda_options){ .command = NULL };
    int status = opt_each(&command, argc, argv, take, &first);
    if (status != OPT_RUN || first == NULL)
        return status;
    int at = 1;
    while (at < argc && argv[at] != first)
        at++;
    if (at >= argc || strcmp(argv[at - 1], "--") != 0)
        return opt_usage("give the command after --");
    options->command = &argv[at];
    return OPT_RUN;
}
