#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/msg.h"
#include "base/opt.h"
#include "base/out.h"
#include "base/similar.h"
#include "base/status.h"

enum { ID_HELP = 59, ID_VERSION, ID_VERBOSE, ID_QUIET, ID_LOG };

/* Options of every program, handled by opt_next(). */
static const struct opt common[] = {
    { ID_VERBOSE, 'v', "verbose", NULL, "say more", NULL },
    { ID_QUIET, 'q', "quiet", NULL, "only errors", NULL },
    { ID_LOG, '\0', "log", "text|json", "format of messages; json is one object a line", "text" },
    { ID_HELP, 'h', "help", NULL, "print this help", NULL },
    { ID_VERSION, 'V', "version", NULL, "print the version", NULL },
};
enum { COMMON_COUNT = sizeof common / sizeof *common };

void opt_start(struct opt_parser *parser, const struct opt_command *command, int argc, char **argv)
{
    *parser = (struct opt_parser){ .command = command, .argc = argc, .argv = argv, .next = 1 };
}

int opt_usage(const char *format, ...)
{
    char text[512];
    va_list arguments;
    va_start(arguments, format);
    (void)vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    msg_error("%s", text);
    msg_hint("try '%s --help'", msg_program());
    return STATUS_USAGE;
}

static int usage(struct opt_parser *parser)
{
    parser->exit_status = STATUS_USAGE;
    return OPT_EXIT;
}

static void help_row(struct buf *text, const struct opt *option)
{
    size_t start = text->length;
    if (option->letter != '\0')
        buf_printf(text, "  -%c, --%s", option->letter, option->name);
    else
        buf_printf(text, "      --%s", option->name);
    if (option->argument != NULL)
        buf_printf(text, " %s", option->argument);
    size_t width = text->length - start;
    if (width > 30)
        buf_printf(text, "\n%32s%s", "", option->help);
    else
        buf_printf(text, "%*s%s", (int)(32 - width), "", option->help);
    if (option->preset != NULL)
        buf_printf(text, " [default %s]", option->preset);
    buf_putc(text, '\n');
}

/* Help and version are data that the user asked for: they go to stdout, checked. */
static int print(struct opt_parser *parser, bool help)
{
    const struct opt_command *command = parser->command;
    struct buf text;
    buf_init(&text, 65536);
    if (help) {
        buf_printf(&text, "usage: %s %s\n%s\n\n", msg_program(), command->synopsis,
            command->summary);
        for (size_t i = 0; i < command->count; i++)
            help_row(&text, &command->options[i]);
        for (size_t i = 0; i < COMMON_COUNT; i++)
            help_row(&text, &common[i]);
    } else {
        buf_printf(&text, "%s %s\n", msg_program(), SQS2PG_VERSION);
    }
    struct out *out = out_open(STDOUT_FILENO);
    parser->exit_status = STATUS_INTERNAL;
    if (out != NULL && !text.failed) {
        (void)out_write(out, text.data, text.length); /* out_close() reports it */
        parser->exit_status = out_close(out) == 0 ? STATUS_OK : STATUS_IO;
        if (parser->exit_status != STATUS_OK)
            msg_error("cannot write to standard output: %s", out_reason(errno));
    } else {
        msg_error("out of memory");
    }
    buf_free(&text);
    return OPT_EXIT;
}

static const struct opt *in_table(const struct opt *table, size_t count, char letter,
    const char *name, size_t length)
{
    for (size_t i = 0; i < count; i++) {
        if (name == NULL
                ? letter == table[i].letter
                : strlen(table[i].name) == length && memcmp(table[i].name, name, length) == 0)
            return &table[i];
    }
    return NULL;
}

static const struct opt *find(const struct opt_parser *parser, char letter, const char *name,
    size_t length)
{
    const struct opt *option =
        in_table(parser->command->options, parser->command->count, letter, name, length);
    return option != NULL ? option : in_table(common, COMMON_COUNT, letter, name, length);
}

static bool is_repeatable(const struct opt *option)
{
    size_t length = option->argument == NULL ? 0 : strlen(option->argument);
    return length == 0 || (length > 3 && strcmp(option->argument + length - 3, "...") == 0);
}

static const char *nearest(const struct opt_parser *parser, const char *text, size_t length)
{
    struct similar similar;
    similar_init(&similar, text, length);
    for (size_t i = 0; i < parser->command->count; i++)
        similar_offer(&similar, parser->command->options[i].name);
    for (size_t i = 0; i < COMMON_COUNT; i++)
        similar_offer(&similar, common[i].name);
    return similar.best;
}

/* Handle a common option, or return the id of another one. 0: continue. */
static int accept(struct opt_parser *parser, const struct opt *option, const char *value)
{
    uint64_t bit = (uint64_t)1 << option->id;
    if ((parser->seen & bit) != 0 && !is_repeatable(option)) {
        opt_usage("option --%s is given twice", option->name);
        return usage(parser);
    }
    parser->seen |= bit;
    switch (option->id) {
    case ID_HELP:
    case ID_VERSION:
        return print(parser, option->id == ID_HELP);
    case ID_VERBOSE:
        msg_set_level(msg_level() < MSG_NORMAL ? MSG_VERBOSE : msg_level() + 1);
        return 0;
    case ID_QUIET:
        msg_set_level(MSG_QUIET);
        return 0;
    case ID_LOG:
        if (value == NULL || (strcmp(value, "json") != 0 && strcmp(value, "text") != 0)) {
            opt_usage("option --log takes text or json");
            return usage(parser);
        }
        msg_set_json(*value == 'j');
        return 0;
    default:
        return option->id;
    }
}

static int next_long(struct opt_parser *parser, const char *text, const char **value)
{
    const char *equals = strchr(text, '=');
    size_t length = equals != NULL ? (size_t)(equals - text) : strlen(text);
    const struct opt *option = find(parser, '\0', text, length);
    if (option == NULL) {
        /* Print only the name: the text after '=' may be a secret. */
        const char *meant = nearest(parser, text, length);
        opt_usage("unknown option --%.*s%s%s", (int)(length < 64 ? length : 64), text,
            meant == NULL ? "" : ", did you mean --", meant == NULL ? "" : meant);
        return usage(parser);
    }
    *value = NULL;
    if (option->argument == NULL && equals != NULL) {
        opt_usage("option --%s takes no value", option->name);
        return usage(parser);
    }
    if (option->argument != NULL) {
        *value = equals != NULL ? equals + 1 : parser->argv[parser->next];
        if (*value == NULL) {
            opt_usage("option --%s needs a value", option->name);
            return usage(parser);
        }
        if (equals == NULL)
            parser->next++;
    }
    return accept(parser, option, *value);
}

static int next_short(struct opt_parser *parser, const char **value)
{
    char letter = *parser->cluster++;
    const struct opt *option = find(parser, letter, NULL, 0);
    if (option == NULL || letter == '\0') {
        opt_usage("unknown option -%c", letter);
        return usage(parser);
    }
    *value = NULL;
    if (option->argument != NULL) {
        *value = *parser->cluster != '\0' ? parser->cluster : parser->argv[parser->next];
        if (*value == NULL) {
            opt_usage("option -%c needs a value", letter);
            return usage(parser);
        }
        if (*parser->cluster == '\0')
            parser->next++;
        parser->cluster = NULL;
    }
    return accept(parser, option, *value);
}

int opt_next(struct opt_parser *parser, const char **value)
{
    for (;;) {
        int id;
        if (parser->cluster != NULL && *parser->cluster != '\0') {
            id = next_short(parser, value);
        } else {
            parser->cluster = NULL;
            if (parser->next >= parser->argc)
                return OPT_END;
            char *argument = parser->argv[parser->next++];
            if (parser->only_operands || argument[0] != '-' || argument[1] == '\0') {
                *value = argument;
                return OPT_OPERAND;
            }
            if (argument[1] != '-') {
                parser->cluster = argument + 1;
                continue;
            }
            if (argument[2] == '\0') {
                parser->only_operands = true;
                continue;
            }
            id = next_long(parser, argument + 2, value);
        }
        if (id != 0)
            return id;
    }
}

/* Read the leading digits of ${text}; ${rest} is what follows. False: none, or too large. */
static bool digits(const char *text, uint64_t *out, const char **rest)
{
    uint64_t number = 0;
    const char *at = text;
    for (; *at >= '0' && *at <= '9'; at++) {
        uint64_t digit = (uint64_t)(*at - '0');
        if (number > (UINT64_MAX - digit) / 10)
            return false;
        number = number * 10 + digit;
    }
    *rest = at;
    *out = number;
    return at != text;
}

struct unit {
    const char *name;
    uint64_t factor;
};

static bool with_unit(const char *text, const struct unit *units, size_t count, uint64_t minimum,
    uint64_t maximum, uint64_t *out)
{
    const char *rest;
    uint64_t number;
    if (!digits(text, &number, &rest))
        return false;
    for (size_t i = 0; i < count; i++) {
        if (strcmp(rest, units[i].name) != 0)
            continue;
        if (number > UINT64_MAX / units[i].factor)
            return false;
        number *= units[i].factor;
        if (number < minimum || number > maximum)
            return false;
        *out = number;
        return true;
    }
    return false;
}

int opt_each(const struct opt_command *command, int argc, char **argv,
    int (*take)(void *context, int id, const char *value), void *context)
{
    struct opt_parser parser;
    const char *value;
    int id, status = 0;
    opt_start(&parser, command, argc, argv);
    while (status == 0 && (id = opt_next(&parser, &value)) != OPT_END) {
        if (id == OPT_EXIT)
            return parser.exit_status;
        status = take(context, id, value);
    }
    return status == 0 ? OPT_RUN : status;
}

int opt_no_operand(const char *input)
{
    return opt_usage("no operand is taken: %s are read from standard input", input);
}

int opt_file(const char *option, const char *value, const char **out)
{
    *out = value;
    return *value != '\0' ? 0 : opt_usage("option --%s takes the name of a file", option);
}

bool opt_number(const char *text, uint64_t minimum, uint64_t maximum, uint64_t *out)
{
    static const struct unit units[] = { { "", 1 } };
    return with_unit(text, units, 1, minimum, maximum, out);
}

bool opt_size(const char *text, uint64_t minimum, uint64_t maximum, uint64_t *out)
{
    static const struct unit units[] = { { "", 1 }, { "k", 1 << 10 }, { "K", 1 << 10 },
        { "m", 1 << 20 }, { "M", 1 << 20 }, { "g", 1 << 30 }, { "G", 1 << 30 } };
    return with_unit(text, units, sizeof units / sizeof *units, minimum, maximum, out);
}

bool opt_duration(const char *text, uint64_t minimum_ms, uint64_t maximum_ms, uint64_t *out_ms)
{
    static const struct unit units[] = { { "", 1000 }, { "ms", 1 }, { "s", 1000 }, { "m", 60000 },
        { "h", 3600000 }, { "d", 86400000 } };
    return with_unit(text, units, sizeof units / sizeof *units, minimum_ms, maximum_ms, out_ms);
}
