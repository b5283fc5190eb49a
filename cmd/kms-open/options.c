#include <string.h>

#include "base/msg.h"
#include "base/opt.h"
#include "base/status.h"
#include "json/scan.h"
#include "json/string.h"
#include "kms_message.h"
#include "options.h"

enum { OPT_SEAL = 1, OPT_KEY_ID, OPT_CONTEXT, OPT_GROUP_READABLE };

static const struct opt table[] = {
    { OPT_SEAL, '\0', "seal", NULL, "seal the key file FILE instead", NULL },
    { OPT_KEY_ID, '\0', "key-id", "ID", "the KMS key: an id, an ARN, or alias/NAME",
        "the one that sealed it" },
    { OPT_CONTEXT, '\0', "context", "NAME=VALUE...",
        "a pair of the encryption context, equal for sealing and opening", NULL },
    { OPT_GROUP_READABLE, '\0', "key-group-readable", NULL,
        "with --seal, accept a FILE that its group may read", NULL },
    { CONNECT_ENDPOINT_URL, '\0', "endpoint-url", "URL", "the KMS endpoint, instead of AWS", NULL },
    { CONNECT_REGION, '\0', "region", "NAME", "the AWS region", NULL },
    { CONNECT_PROFILE, '\0', "profile", "NAME", "the profile of the AWS configuration to use",
        NULL },
    { CONNECT_NO_SIGN, '\0', "no-sign-request", NULL, "send requests without credentials", NULL },
    { CONNECT_RETRY, '\0', "retry-timeout", "TIME", "how long to retry failed requests", "30s" },
};

static const struct opt_command command = {
    .synopsis = "[--context NAME=VALUE]... [--seal --key-id ID] FILE",
    .summary = "Print the key file that AWS KMS sealed in FILE; or, with --seal, seal FILE.",
    .options = table,
    .count = sizeof table / sizeof *table,
};

static bool is_key_id(const char *text)
{
    size_t length = strlen(text);
    for (const char *at = text; *at != '\0'; at++)
        if (*at <= ' ' || *at > '~')
            return false;
    return length > 0 && length < KMS_MESSAGE_KEY_SIZE;
}

/* Return true when a pair begins there. Quotes within a string are escaped. */
static bool begins_pair(const char *context, const char *at)
{
    return at == context + 1 ||
        (at >= context + 3 && at[-1] == ',' && at[-2] == '"' && at[-3] != '\\');
}

/* Return true when the context has a name: ${quoted} with its colon. */
static bool is_named(const struct buf *context, const char *quoted, size_t length)
{
    const char *end = context->data + context->length;
    for (const char *at = context->data; context->length > 0; at++) {
        at = memmem(at, (size_t)(end - at), quoted, length);
        if (at == NULL || begins_pair(context->data, at))
            return at != NULL;
    }
    return false;
}

static int add_pair(struct buf *context, const char *name, size_t name_length, const char *value)
{
    struct buf quoted;
    int status = 0;
    buf_init(&quoted, KMS_MESSAGE_CONTEXT_MAXIMUM);
    (void)json_string_encode(&quoted, name, name_length); /* the buffer records a failure */
    buf_putc(&quoted, ':');
    if (!quoted.failed && is_named(context, quoted.data, quoted.length))
        status =
            opt_usage("option --context: the name %.*s is given twice", (int)name_length, name);
    buf_putc(context, context->length == 0 ? '{' : ',');
    (void)buf_append(context, quoted.data, quoted.length);
    (void)json_string_encode(context, value, strlen(value));
    if (status == 0 && (quoted.failed || context->failed))
        status = opt_usage("option --context: the pairs are too long");
    buf_free(&quoted);
    return status;
}

static int take_pair(struct buf *context, const char *text)
{
    const char *sign = strchr(text, '=');
    if (sign == NULL || sign == text)
        return opt_usage("option --context takes NAME=VALUE");
    if (!json_string_is_utf8(text, strlen(text)))
        return opt_usage("option --context takes a text in UTF-8");
    return add_pair(context, text, (size_t)(sign - text), sign + 1);
}

static int take(void *context, int id, const char *value)
{
    struct kms_options *options = context;
    switch (id) {
    case OPT_SEAL:
        options->seal = true;
        return 0;
    case OPT_KEY_ID:
        options->key_id = value;
        return is_key_id(value) ? 0 : opt_usage("option --key-id takes the name of a KMS key");
    case OPT_CONTEXT:
        return take_pair(&options->context, value);
    case OPT_GROUP_READABLE:
        options->group_readable = true;
        return 0;
    case OPT_OPERAND:
        if (options->file != NULL)
            return opt_usage("one FILE at a time");
        options->file = value;
        return 0;
    default:
        return connect_option(&options->connect, id, value) ? 0 : STATUS_USAGE;
    }
}

int options_parse(struct kms_options *options, int argc, char **argv)
{
    *options = (struct kms_options){ .file = NULL };
    buf_init(&options->context, KMS_MESSAGE_CONTEXT_MAXIMUM);
    int status = opt_each(&command, argc, argv, take, options);
    if (status != OPT_RUN)
        return status;
    if (options->file == NULL || *options->file == '\0')
        return opt_usage("operand FILE is missing");
    if (options->seal && options->key_id == NULL)
        return opt_usage("option --seal needs --key-id");
    if (options->group_readable && !options->seal)
        return opt_usage("option --key-group-readable needs --seal");
    return OPT_RUN;
}

const char *options_context(struct kms_options *options)
{
    if (options->context.length == 0)
        return NULL;
    buf_putc(&options->context, '}');
    return options->context.failed ? NULL : buf_cstr(&options->context);
}

void options_free(struct kms_options *options)
{
    buf_free(&options->context);
}
