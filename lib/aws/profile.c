#include <errno.h>
#include <fcntl.h>
#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "aws/credentials.h"
#include "aws/profile.h"
#include "base/buf.h"
#include "crypto/secret.h"

enum { FILE_MAXIMUM = 1 << 20 };

struct profile_setting {
    char *name;
    char *value;
    enum profile_kind kind; /* where it stands … */
    size_t line;
};

/* A stretch of text. */
struct span {
    const char *text;
    size_t length;
};

int profile_init(struct profile *profile, const char *name)
{
    *profile = (struct profile){ .name = strdup(name) };
    return profile->name != NULL ? 0 : -1;
}

void profile_free(struct profile *profile)
{
    for (size_t i = 0; i < profile->count; i++) {
        free(profile->settings[i].name);
        secret_free_text(profile->settings[i].value);
    }
    free(profile->settings);
    for (int kind = 0; kind < PROFILE_KINDS; kind++)
        free(profile->files[kind]);
    free(profile->name);
    *profile = (struct profile){ 0 };
}

static bool blank(char byte)
{
    return byte == ' ' || byte == '\t' || byte == '\r';
}

static struct span trim(struct span span)
{
    while (span.length > 0 && blank(span.text[0])) {
        span.text++;
        span.length--;
    }
    while (span.length > 0 && blank(span.text[span.length - 1]))
        span.length--;
    return span;
}

static bool equals(struct span span, const char *text)
{
    return strlen(text) == span.length && memcmp(text, span.text, span.length) == 0;
}

/* A comment may follow a value, after a blank. */
static struct span without_comment(struct span value)
{
    for (size_t i = 1; i < value.length; i++)
        if ((value.text[i] == '#' || value.text[i] == ';') && blank(value.text[i - 1]))
            return trim((struct span){ value.text, i });
    return value;
}

/* Set name to value, over an earlier one. 0, or -1: no memory. */
static int set(struct profile *profile, struct span name, struct span value, enum profile_kind kind,
    size_t line)
{
    char *copy = strndup(value.text, value.length);
    if (copy == NULL)
        return -1;
    for (size_t i = 0; i < profile->count; i++) {
        struct profile_setting *setting = &profile->settings[i];
        if (equals(name, setting->name)) {
            secret_free_text(setting->value);
            setting->value = copy;
            setting->kind = kind;
            setting->line = line;
            return 0;
        }
    }
    struct profile_setting *longer =
        realloc(profile->settings, (profile->count + 1) * sizeof *profile->settings);
    if (longer == NULL)
        goto err;
    profile->settings = longer;
    longer[profile->count].name = strndup(name.text, name.length);
    if (longer[profile->count].name == NULL)
        goto err;
    longer[profile->count].kind = kind;
    longer[profile->count].line = line;
    longer[profile->count++].value = copy;
    return 0;

err:
    secret_free_text(copy);
    return -1;
}

/* A section's header: whether it is the profile's own. False with *bad set: no header at all. */
static bool is_own_section(const struct profile *profile, enum profile_kind kind, struct span line,
    bool *bad)
{
    const char *close = memchr(line.text, ']', line.length);
    if (close == NULL) {
        *bad = true;
        return false;
    }
    size_t used = (size_t)(close - line.text) + 1;
    struct span rest = trim((struct span){ line.text + used, line.length - used });
    *bad = rest.length > 0 && rest.text[0] != '#' && rest.text[0] != ';';
    struct span name = trim((struct span){ line.text + 1, used - 2 });
    if (kind == PROFILE_CREDENTIALS || equals(name, "default"))
        return equals(name, profile->name);
    static const char word[] = "profile";
    size_t length = sizeof word - 1;
    if (name.length <= length || memcmp(name.text, word, length) != 0 || !blank(name.text[length]))
        return false;
    return equals(trim((struct span){ name.text + length, name.length - length }), profile->name);
}

enum profile_result profile_parse(struct profile *profile, enum profile_kind kind, const char *text,
    size_t length, size_t *line_number)
{
    bool in_section = false, own = false;
    *line_number = 0;
    for (size_t at = 0; at < length;) {
        const char *newline = memchr(text + at, '\n', length - at);
        size_t size = newline != NULL ? (size_t)(newline - text) - at : length - at;
        struct span raw = { text + at, size };
        struct span line = trim(raw);
        at += size + 1;
        ++*line_number;
        if (line.length == 0 || line.text[0] == '#' || line.text[0] == ';')
            continue;
        if (memchr(line.text, '\0', line.length) != NULL)
            return PROFILE_MALFORMED;
        if (line.text != raw.text && in_section)
            continue; /* indented */
        if (line.text[0] == '[') {
            bool bad = false;
            own = is_own_section(profile, kind, line, &bad);
            if (bad)
                return PROFILE_MALFORMED;
            in_section = true;
            profile->found |= own;
            continue;
        }
        const char *sign = memchr(line.text, '=', line.length);
        if (!in_section || sign == NULL || sign == line.text)
            return PROFILE_MALFORMED;
        size_t before = (size_t)(sign - line.text);
        struct span name = trim((struct span){ line.text, before });
        struct span value = trim((struct span){ sign + 1, line.length - before - 1 });
        if (own && set(profile, name, without_comment(value), kind, *line_number) != 0)
            return PROFILE_NO_MEMORY;
    }
    return PROFILE_OK;
}

/* The file that the variable names, or the usual one in the home folder. NULL: no memory, no home.
 */
static char *file_name(const char *variable, const char *usual)
{
    const char *given = credentials_variable(variable);
    const char *home = credentials_variable("HOME");
    char *name = NULL;
    if (given != NULL && strncmp(given, "~/", 2) != 0)
        return strdup(given);
    if (home == NULL) {
        const struct passwd *user = getpwuid(getuid());
        home = user != NULL ? user->pw_dir : "/";
    }
    if (asprintf(&name, "%s/%s", home, given != NULL ? given + 2 : usual) < 0)
        return NULL;
    return name;
}

/* Read a whole file, of at most FILE_MAXIMUM. 0, or -1 with errno. */
static int read_file(const char *name, struct buf *out)
{
    int fd = open(name, O_RDONLY | O_CLOEXEC);
    if (fd == -1)
        return -1;
    for (;;) {
        char *room = buf_reserve(out, 4096);
        if (room == NULL) {
            close(fd);
            errno = EFBIG;
            return -1;
        }
        ssize_t got = read(fd, room, 4096);
        if (got > 0) {
            out->length += (size_t)got;
        } else if (got == 0) {
            close(fd);
            return 0;
        } else if (errno != EINTR) {
            int saved = errno;
            close(fd);
            errno = saved;
            return -1;
        }
    }
}

static enum aws_cause load_file(struct profile *profile, enum profile_kind kind, const char *name,
    struct aws_error *error)
{
    struct buf text;
    size_t line;
    enum aws_cause cause = AWS_OK;
    if (name == NULL)
        return error_set(error, AWS_NO_MEMORY, NULL, "no memory");
    buf_init(&text, FILE_MAXIMUM);
    (void)buf_reserve(&text, 65536); /* growing would leave copies of secrets behind */
    if (read_file(name, &text) != 0) {
        if (errno != ENOENT && errno != ENOTDIR)
            cause = error_set(error, AWS_CONFIG, NULL, "cannot read %s: %s", name, strerror(errno));
        goto done;
    }
    switch (profile_parse(profile, kind, text.length > 0 ? text.data : "", text.length, &line)) {
    case PROFILE_OK:
        break;
    case PROFILE_MALFORMED:
        cause = error_set(error, AWS_CONFIG, "settings are lines of name = value below a [section]",
            "%s:%zu: neither a section nor a setting", name, line);
        break;
    case PROFILE_NO_MEMORY:
        cause = error_set(error, AWS_NO_MEMORY, NULL, "no memory");
        break;
    }
done:
    buf_wipe(&text);
    return cause;
}

enum aws_cause profile_load_named(struct profile *profile, const char *name,
    struct aws_error *error)
{
    if (profile_init(profile, name) != 0)
        return error_set(error, AWS_NO_MEMORY, NULL, "no memory");
    profile->files[PROFILE_CONFIG] = file_name("AWS_CONFIG_FILE", ".aws/config");
    profile->files[PROFILE_CREDENTIALS] =
        file_name("AWS_SHARED_CREDENTIALS_FILE", ".aws/credentials");
    enum aws_cause cause =
        load_file(profile, PROFILE_CONFIG, profile->files[PROFILE_CONFIG], error);
    if (cause == AWS_OK)
        cause = load_file(profile, PROFILE_CREDENTIALS, profile->files[PROFILE_CREDENTIALS], error);
    if (cause != AWS_OK)
        profile_free(profile);
    return cause;
}

enum aws_cause profile_load(struct profile *profile, const char *asked, struct aws_error *error)
{
    const char *wanted = asked != NULL ? asked : getenv("AWS_PROFILE");
    bool must_exist = wanted != NULL && *wanted != '\0';
    enum aws_cause cause = profile_load_named(profile, must_exist ? wanted : "default", error);
    if (cause == AWS_OK && must_exist && !profile->found) {
        cause = error_set(error, AWS_CONFIG, NULL, "profile %s is neither in %s nor in %s",
            profile->name, profile->files[PROFILE_CONFIG], profile->files[PROFILE_CREDENTIALS]);
        profile_free(profile);
    }
    return cause;
}

static const struct profile_setting *find(const struct profile *profile, const char *name)
{
    for (size_t i = 0; i < profile->count; i++)
        if (strcmp(profile->settings[i].name, name) == 0)
            return &profile->settings[i];
    return NULL;
}

const char *profile_get(const struct profile *profile, const char *setting)
{
    const struct profile_setting *found = find(profile, setting);
    return found != NULL && *found->value != '\0' ? found->value : NULL;
}

const char *profile_place(const struct profile *profile, const char *setting,
    char place[PROFILE_PLACE_SIZE])
{
    const struct profile_setting *found = find(profile, setting);
    if (found != NULL && profile->files[found->kind] != NULL)
        (void)snprintf(place, PROFILE_PLACE_SIZE, "%s:%zu", profile->files[found->kind],
            found->line);
    else
        (void)snprintf(place, PROFILE_PLACE_SIZE, "profile %s", profile->name);
    return place;
}
