#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/settings.h"
#include "base/trusted_file.h"

enum { MAX_FILE = 1 << 20, MAX_LINE = 64 << 10 };

static const char upper[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ";
static const char digits[] = "0123456789";

/* Return true when ${text} consists of characters of ${a} and ${b}. */
static bool consists(const char *text, const char *a, const char *b)
{
    while (*text != '\0' && (strchr(a, *text) != NULL || strchr(b, *text) != NULL))
        text++;
    return *text == '\0';
}

static bool is_name(const char *name)
{
    static const char *const proxies[] = { "http_proxy", "https_proxy", "no_proxy", "all_proxy" };
    for (size_t i = 0; i < sizeof proxies / sizeof *proxies; i++)
        if (strcmp(name, proxies[i]) == 0)
            return true;
    return *name != '\0' && strchr(upper, *name) != NULL &&
        consists(name, "ABCDEFGHIJKLMNOPQRSTUVWXYZ_", digits);
}

/* Return true for a variable that changes how this process or its children run. */
static bool is_foreign(const char *name)
{
    static const char *const whole[] = { "PATH", "IFS", "ENV", "SHELLOPTS", "GCONV_PATH",
        "GLIBC_TUNABLES" };
    static const char *const beginnings[] = { "LD_", "BASH", "MALLOC_", "OPENSSL_" };
    for (size_t i = 0; i < sizeof whole / sizeof *whole; i++)
        if (strcmp(name, whole[i]) == 0)
            return true;
    for (size_t i = 0; i < sizeof beginnings / sizeof *beginnings; i++)
        if (strncmp(name, beginnings[i], strlen(beginnings[i])) == 0)
            return true;
    return false;
}

static bool ends_in(const char *text, const char *end)
{
    size_t length = strlen(text), wanted = strlen(end);
    return length >= wanted && strcmp(text + length - wanted, end) == 0;
}

/* Judge by the name, or by a password in a URL. */
static bool is_secret(const char *name, const char *value)
{
    static const char *const ends[] = { "PASSWORD", "SECRET", "TOKEN", "SECRET_ACCESS_KEY" };
    for (size_t i = 0; i < sizeof ends / sizeof *ends; i++)
        if (ends_in(name, ends[i]))
            return true;
    const char *scheme = strstr(value, "://");
    const char *user = scheme == NULL ? value : scheme + 3;
    size_t length = strcspn(user, "/@");
    return user[length] == '@' && (scheme != NULL || ends_in(name, "_proxy")) &&
        memchr(user, ':', length) != NULL;
}

static void unquote(char *value)
{
    size_t length = strlen(value);
    if (length < 2 || (*value != '"' && *value != '\'') || value[length - 1] != *value)
        return;
    memmove(value, value + 1, length - 2);
    value[length - 2] = '\0';
}

struct reading {
    const char *file;
    size_t line;
    bool secret;
    bool (*wanted)(const char *name);
    struct failure *failure;
};

static int refuse_line(struct reading *reading, char *line)
{
    size_t name = strcspn(line, " \t=");
    const char *sign = line + name + strspn(line + name, " \t");
    (void)failure_set(reading->failure, STATUS_CONFIG, "%s:%zu: not a line of NAME=VALUE",
        reading->file, reading->line);
    return *sign == '=' && sign != line + name
        ? failure_hint(reading->failure, "no blank may stand before the sign =")
        : -1;
}

/* Take one line, ended by NUL. */
static int take_line(struct reading *reading, char *line)
{
    size_t length = strlen(line);
    if (length > 0 && line[length - 1] == '\r')
        line[length - 1] = '\0';
    line += strspn(line, " \t");
    if (*line == '\0' || *line == '#')
        return 0;
    char *sign = strchr(line, '=');
    if (sign == NULL)
        return refuse_line(reading, line);
    *sign = '\0';
    if (!is_name(line)) {
        *sign = '=';
        return refuse_line(reading, line);
    }
    if (is_foreign(line))
        return failure_set(reading->failure, STATUS_CONFIG, "%s:%zu: %s cannot be set here",
            reading->file, reading->line, line);
    unquote(sign + 1);
    reading->secret = reading->secret || is_secret(line, sign + 1);
    bool wanted = reading->wanted(line);
    *sign = '=';
    return !wanted || putenv(line) == 0 ? 0 : failure_no_memory(reading->failure);
}

static int take_text(struct reading *reading, char *text, size_t length)
{
    char *end = text + length;
    for (char *line = text; line < end;) {
        char *newline = memchr(line, '\n', (size_t)(end - line));
        char *next = newline != NULL ? newline + 1 : end;
        char *stop = newline != NULL ? newline : end;
        reading->line++;
        if (stop - line > MAX_LINE || memchr(line, '\0', (size_t)(stop - line)) != NULL)
            return failure_set(reading->failure, STATUS_CONFIG, "%s:%zu: %s", reading->file,
                reading->line,
                stop - line > MAX_LINE ? "a line longer than 64 KiB" : "a zero byte");
        *stop = '\0';
        if (take_line(reading, line) != 0)
            return -1;
        line = next;
    }
    return 0;
}

static int refuse_file(const char *file, enum trusted_cause cause, struct failure *failure)
{
    bool permission = cause == TRUSTED_OWNER || cause == TRUSTED_WRITABLE;
    const char *hint = trusted_file_hint(cause);
    int error = errno;
    if (cause == TRUSTED_OPEN && error == EACCES)
        hint = trusted_file_denied(file);
    if (cause == TRUSTED_OPEN)
        (void)failure_set(failure, STATUS_CONFIG, "cannot open %s: %s", file, strerror(error));
    else
        (void)failure_set(failure, permission ? STATUS_PERMISSION : STATUS_CONFIG, "%s: %s", file,
            trusted_file_cause_text(cause));
    return hint == NULL ? -1 : failure_hint(failure, "%s", hint);
}

int settings_adopt(struct settings_file *settings, const char *file,
    bool (*wanted)(const char *name), struct failure *failure)
{
    struct trusted_file opened;
    struct reading reading = { .file = file, .wanted = wanted, .failure = failure };
    *settings = (struct settings_file){ .text = NULL };
    enum trusted_cause cause = trusted_file_open(file, &opened);
    if (cause != TRUSTED_OK)
        return refuse_file(file, cause, failure);
    settings->size = MAX_FILE + 2;
    settings->text = calloc(1, settings->size);
    ssize_t length =
        settings->text == NULL ? 0 : trusted_file_read(opened.fd, settings->text, MAX_FILE + 1);
    int result;
    if (settings->text == NULL)
        result = failure_no_memory(failure);
    else if (length < 0)
        result = failure_set(failure, STATUS_IO, "cannot read %s: %s", file, strerror(errno));
    else if (length > MAX_FILE)
        result = failure_set(failure, STATUS_CONFIG, "%s: larger than 1 MiB", file);
    else
        result = take_text(&reading, settings->text, (size_t)length);
    if (result == 0 && reading.secret && !opened.is_inherited_pipe &&
        (opened.status.st_mode & S_IROTH) != 0) {
        (void)failure_set(failure, STATUS_PERMISSION,
            "%s holds a secret, and others may read it (mode %04o)", file,
            (unsigned)(opened.status.st_mode & 07777));
        result = failure_hint(failure, "chmod o-r the file");
    }
    trusted_file_close(&opened);
    if (result != 0)
        settings_drop(settings);
    return result;
}

static bool is_within(const struct settings_file *settings, const char *variable)
{
    return variable >= settings->text && variable < settings->text + settings->size;
}

void settings_drop(struct settings_file *settings)
{
    if (settings->text == NULL)
        return;
    char **kept = environ;
    for (char **at = environ; *at != NULL; at++)
        if (!is_within(settings, *at))
            *kept++ = *at;
    *kept = NULL;
    explicit_bzero(settings->text, settings->size);
    free(settings->text);
    *settings = (struct settings_file){ .text = NULL };
}
