#include <string.h>

#include "base/opt.h"
#include "options.h"

enum { OPT_HOSTNAME = 1, OPT_PORT, OPT_USERNAME, OPT_REGION, OPT_PROFILE, OPT_SETTINGS };

enum { HOST_MAXIMUM = 253, USER_MAXIMUM = 255 };

static const struct opt table[] = {
    { OPT_HOSTNAME, '\0', "hostname", "NAME", "the host name of the database at AWS", NULL },
    { OPT_PORT, '\0', "port", "N", "the port of the database", "5432" },
    { OPT_USERNAME, '\0', "username", "NAME", "the database user", NULL },
    { OPT_REGION, '\0', "region", "NAME", "the AWS region", "that in the host name" },
    { OPT_PROFILE, '\0', "profile", "NAME", "the profile of the AWS configuration to use", NULL },
    { OPT_SETTINGS, '\0', "settings", "FILE", "read the AWS settings of this settings file", NULL },
};

static const struct opt_command command = {
    .synopsis = "--hostname NAME --username NAME [--port N] [--region NAME] [--settings FILE]",
    .summary = "Print a password for an Amazon RDS database, valid for 15 minutes.",
    .options = table,
    .count = sizeof table / sizeof *table,
};

static bool is_host(const char *text)
{
    static const char allowed[] =
        "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.-_";
    size_t length = strlen(text);
    return length > 0 && length <= HOST_MAXIMUM && strspn(text, allowed) == length;
}

static bool is_user(const char *text)
{
    size_t length = strlen(text);
    for (const char *at = text; *at != '\0'; at++)
        if ((unsigned char)*at < ' ' || *at == 0x7f)
            return false;
    return length > 0 && length <= USER_MAXIMUM;
}

static int take(void *context, int id, const char *value)
{
    struct rds_options *options = context;
    struct auth_token_wanted *token = &options->token;
    switch (id) {
    case OPT_HOSTNAME:
        token->host = value;
        return is_host(value) ? 0 : opt_usage("option --hostname takes the name of a host");
    case OPT_PORT:
        return opt_number(value, 1, 65535, &token->port)
            ? 0
            : opt_usage("option --port takes a number from 1 to 65535");
    case OPT_USERNAME:
        token->user = value;
        return is_user(value) ? 0 : opt_usage("option --username takes the name of a user");
    case OPT_REGION:
        token->region = value;
        return 0;
    case OPT_PROFILE:
        token->profile = value;
        return 0;
    case OPT_SETTINGS:
        return opt_file("settings", value, &options->settings);
    default:
        return opt_usage("no operand is taken");
    }
}

int options_parse(struct rds_options *options, int argc, char **argv)
{
    *options = (struct rds_options){ .token = { .port = 5432 } };
    int status = opt_each(&command, argc, argv, take, options);
    if (status == OPT_RUN && options->token.host == NULL)
        status = opt_usage("no host given (--hostname)");
    if (status == OPT_RUN && options->token.user == NULL)
        status = opt_usage("no user given (--username)");
    return status;
}
