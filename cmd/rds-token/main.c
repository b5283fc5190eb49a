#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "auth_token.h"
#include "aws_settings.h"
#include "base/msg.h"
#include "base/opt.h"
#include "base/out.h"
#include "base/settings.h"
#include "base/start.h"
#include "options.h"
#include "sqs/connect.h"

enum { TOKEN_MAXIMUM = 64 << 10 };

static int print(const struct buf *token)
{
    struct out *out = out_open(STDOUT_FILENO);
    if (out == NULL) {
        msg_error("out of memory");
        return STATUS_INTERNAL;
    }
    (void)out_write(out, token->data, token->length); /* out_close() reports a failure */
    (void)out_write(out, "\n", 1);
    if (out_close(out) == 0)
        return STATUS_OK;
    msg_error("cannot write to standard output: %s", out_reason(errno));
    return STATUS_IO;
}

int main(int argc, char **argv)
{
    struct rds_options options;
    struct settings_file settings = { .text = NULL };
    struct failure failure = { .status = STATUS_OK };
    struct aws_error error = { .cause = AWS_OK };
    struct buf token;
    if (start_program(argv[0]) != 0) {
        msg_error("cannot start: %s", strerror(errno));
        return STATUS_INTERNAL;
    }
    int status = options_parse(&options, argc, argv);
    if (status != OPT_RUN)
        return status;
    if (options.settings != NULL && aws_settings_adopt(&settings, options.settings, &failure) != 0)
        return failure_report(&failure);
    buf_init(&token, TOKEN_MAXIMUM);
    /* Reserve the maximum, so that growing leaves no copy in memory. */
    if (buf_reserve(&token, TOKEN_MAXIMUM) == NULL)
        (void)error_no_memory(&error);
    else
        (void)auth_token_make(&token, &options.token, &error);
    status = error.cause == AWS_OK ? print(&token) : connect_report(&error);
    buf_wipe(&token);
    settings_drop(&settings);
    return status;
}
