#include <errno.h>
#include <inttypes.h>
#include <string.h>
#include <unistd.h>

#include "base/msg.h"
#include "base/opt.h"
#include "base/out.h"
#include "base/start.h"
#include "base/status.h"
#include "confine/protect.h"
#include "key_input.h"
#include "kms_exchange.h"
#include "kms_message.h"
#include "kms_service.h"
#include "options.h"

static void on_failing(const struct aws_error *error)
{
    msg_warn("%s; trying again", error->text);
}

static int print(const struct buf *text)
{
    struct out *out = out_open(STDOUT_FILENO);
    if (out == NULL) {
        msg_error("out of memory");
        return STATUS_INTERNAL;
    }
    (void)out_write(out, text->data, text->length); /* out_close() reports a failure */
    if (out_close(out) == 0)
        return STATUS_OK;
    msg_error("cannot write to standard output: %s", out_reason(errno));
    return STATUS_IO;
}

/* Refuse to show a key on a terminal, or to send it bytes that could control it. */
static int refuse_terminal(bool seal)
{
    int status = opt_usage("standard output is a terminal, %s",
        seal ? "and a sealed file is not text" : "which would show and keep the key");
    msg_hint("send it to a file or a program: kms-open FILE | pii-mask --key-file /dev/stdin");
    return status;
}

/* Send the request to KMS and print the result. */
static int run(struct kms_options *options, const struct buf *input)
{
    struct aws_error error = { .cause = AWS_OK };
    struct kms_service service;
    struct buf output;
    const struct kms_message message = { .seal = options->seal,
        .key_id = options->key_id,
        .context = options_context(options),
        .data = input->data,
        .length = input->length };
    struct kms_exchange exchange = { .service = &service,
        .profile = options->connect.profile,
        .anonymous = options->connect.anonymous,
        .retry_ms = options->connect.has_retry ? options->connect.retry_ms : CONNECT_RETRY_MS,
        .file = options->file,
        .on_failing = on_failing };
    buf_init(&output, KMS_MESSAGE_ANSWER_MAXIMUM);
    enum aws_cause cause = kms_service_find(&service, &options->connect, options->key_id, &error);
    if (cause == AWS_OK &&
        (options->context.failed || buf_reserve(&output, KMS_MESSAGE_ANSWER_MAXIMUM) == NULL))
        cause = error_no_memory(&error);
    if (cause == AWS_OK)
        cause = kms_exchange_run(&exchange, &message, &output, &error);
    int status = cause == AWS_OK ? print(&output) : connect_report(&error);
    if (status == STATUS_OK)
        msg_summary(true, "%s=%zu requests=%" PRIu64 "%s%s", options->seal ? "sealed" : "opened",
            output.length, exchange.requests, exchange.key_id[0] != '\0' ? " key=" : "",
            exchange.key_id);
    buf_wipe(&output);
    kms_service_free(&service);
    return status;
}

static int work(struct kms_options *options)
{
    struct failure failure = { .status = STATUS_OK };
    struct buf input = { .data = NULL };
    if (isatty(STDOUT_FILENO))
        return refuse_terminal(options->seal);
    /* Libraries may hold copies of a key; only a core dump can be prevented. */
    if (protect_process() != 0) {
        msg_error("cannot keep the process from dumping core: %s", strerror(errno));
        return STATUS_INTERNAL;
    }
    int result = options->seal
        ? key_input_clear(&input, options->file, options->group_readable, &failure)
        : key_input_sealed(&input, options->file, &failure);
    int status = result == 0 ? run(options, &input) : failure_report(&failure);
    buf_wipe(&input);
    return status;
}

int main(int argc, char **argv)
{
    struct kms_options options;
    if (start_program(argv[0]) != 0) {
        msg_error("cannot start: %s", strerror(errno));
        return STATUS_INTERNAL;
    }
    int status = options_parse(&options, argc, argv);
    if (status == OPT_RUN)
        status = work(&options);
    options_free(&options);
    return status;
}
