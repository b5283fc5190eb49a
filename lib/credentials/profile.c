#include <errno.h>
#include <fcntl.h>
#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "aws/credentials.h"
#include "base/buf.h"
#include "credentials/ini.h"
#include "credentials/profile.h"
#include "credentials/shell_words.h"
#include "crypto/secret.h"

enum { FILE_MAXIMUM = 1 << 20 };

/* The owner of a setting. */
enum owner {
    PROFILE,
    INHERITED, /* all profiles: the setting is in [DEFAULT] */
    SERVICES   /* a services section; the value is the endpoint_url of the service */
};

struct profile_setting {
    enum owner owner;
    char *section; /* name of the services section; else NULL */
    char *name;
    char *value;
    enum profile_kind kind; /* the file it is in */
    size_t line;
};

int profile_init(struct profile *profile, const char *name)
{
    *profile = (struct profile){ .name = strdup(name) };
    return profile->name != NULL ? 0 : -1;
}

static void setting_free(struct profile_setting *setting)
{
    free(setting->section);
    free(setting->name);
    secret_free_text(setting->value);
}

void profile_free(struct profile *profile)
{
    for (size_t i = 0; i < profile->count; i++) {
        setting_free(&profile->settings[i]);
    }
    free(profile->settings);
    for (int kind = 0; kind < PROFILE_KINDS; kind++)
        free(profile->files[kind]);
    free(profile->name);
    *profile = (struct profile){ 0 };
}

/* ---- reading a file ---- */

struct reading {
    struct profile *profile;
    enum profile_kind kind;
    enum owner owner; /* of the settings of the current section */
    bool wanted;      /* its settings are kept */
    char *section;    /* its name if it is a services section, else NULL */
};

/* A section of the profile in another spelling replaces the earlier one. */
static void forget_own(struct profile *profile, enum profile_kind kind)
{
    size_t kept = 0;
    for (size_t i = 0; i < profile->count; i++) {
        struct profile_setting *setting = &profile->settings[i];
        if (setting->kind == kind && setting->owner == PROFILE)
            setting_free(setting);
        else
            profile->settings[kept++] = *setting;
    }
    profile->count = kept;
}

static const char *take_own(struct reading *reading)
{
    reading->owner = PROFILE;
    reading->wanted = true;
    forget_own(reading->profile, reading->kind);
    reading->profile->found = reading->profile->found_in[reading->kind] = true;
    return NULL;
}

/* Take a section of "config" whose name has two words, if it is one. */
static const char *take_words(struct reading *reading, const char *header)
{
    struct shell_words words;
    bool profile = strncmp(header, "profile", strlen("profile")) == 0;
    const char *problem = NULL;
    errno = 0;
    int result = shell_words_split(&words, header);
    bool ours = result == 0 && strcmp(words.list[0], profile ? "profile" : "services") == 0;
    if (result != 0 && errno == ENOMEM)
        problem = ini_no_memory;
    else if (result != 0)
        problem = "a section name has a quote that is not closed";
    else if (ours && (words.list[1] == NULL || words.list[2] != NULL))
        problem = "a section name is not one word; a name with blanks needs quotes";
    else if (ours && profile && strcmp(words.list[1], reading->profile->name) == 0)
        problem = take_own(reading);
    else if (ours && !profile) {
        reading->owner = SERVICES;
        reading->wanted = true;
        if ((reading->section = strdup(words.list[1])) == NULL)
            problem = ini_no_memory;
    }
    shell_words_free(&words);
    return problem;
}

static const char *on_section(void *context, const char *name, size_t length, size_t line)
{
    struct reading *reading = context;
    const char *problem = NULL;
    (void)line;
    free(reading->section);
    reading->section = NULL;
    reading->wanted = false;
    char *header = strndup(name, length);
    if (header == NULL)
        return ini_no_memory;
    if (strcmp(header, "DEFAULT") == 0) {
        reading->owner = INHERITED;
        reading->wanted = true;
    } else if (reading->kind == PROFILE_CREDENTIALS || strcmp(header, "default") == 0) {
        if (strcmp(header, reading->profile->name) == 0)
            problem = take_own(reading);
    } else if (strncmp(header, "profile", strlen("profile")) == 0 ||
        strncmp(header, "services", strlen("services")) == 0) {
        problem = take_words(reading, header);
    }
    free(header);
    return problem;
}

/* Return the part of a value to keep, or NULL when memory runs out. */
static char *kept_of(const struct reading *reading, const char *value)
{
    size_t length = 0;
    if (reading->owner != SERVICES)
        return strdup(value);
    const char *url = ini_nested(value, "endpoint_url", &length);
    return strndup(url != NULL ? url : "", length);
}

static const char *on_setting(void *context, const char *name, const char *value, size_t line)
{
    struct reading *reading = context;
    struct profile *profile = reading->profile;
    if (!reading->wanted)
        return NULL;
    struct profile_setting *longer =
        realloc(profile->settings, (profile->count + 1) * sizeof *profile->settings);
    if (longer == NULL)
        return ini_no_memory;
    profile->settings = longer;
    struct profile_setting *setting = &longer[profile->count++];
    *setting = (struct profile_setting){ .owner = reading->owner,
        .section = reading->section != NULL ? strdup(reading->section) : NULL,
        .name = strdup(name),
        .value = kept_of(reading, value),
        .kind = reading->kind,
        .line = line };
    bool whole = setting->name != NULL && setting->value != NULL &&
        (reading->section == NULL || setting->section != NULL);
    return whole ? NULL : ini_no_memory;
}

enum profile_result profile_parse(struct profile *profile, enum profile_kind kind, const char *text,
    size_t length, size_t *line)
{
    struct reading reading = { .profile = profile, .kind = kind };
    const struct ini_handler handler = { on_section, on_setting, &reading };
    profile->problem = ini_parse(text, length, &handler, line);
    free(reading.section);
    if (profile->problem == NULL)
        return PROFILE_OK;
    return profile->problem == ini_no_memory ? PROFILE_NO_MEMORY : PROFILE_MALFORMED;
}

/* ---- the files ---- */

/* Return the file that the variable names, or the default one in the home folder. Without a home
 * folder "/" takes its place. The caller frees the name. Return NULL when memory runs out. */
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

/* Read a whole file of at most FILE_MAXIMUM. Return 0, or -1 with errno. */
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
        return error_no_memory(error);
    buf_init(&text, FILE_MAXIMUM);
    (void)buf_reserve(&text, 65536); /* growing would leave copies of secrets in memory */
    if (read_file(name, &text) != 0) {
        if (errno == EMFILE || errno == ENFILE)
            cause = error_set(error, AWS_NO_MEMORY, ERROR_DESCRIPTORS_HINT, "cannot read %s: %s",
                name, strerror(errno));
        else if (errno != ENOENT && errno != ENOTDIR)
            cause = error_set(error, AWS_CONFIG, NULL, "cannot read %s: %s", name, strerror(errno));
        goto done;
    }
    switch (profile_parse(profile, kind, text.length > 0 ? text.data : "", text.length, &line)) {
    case PROFILE_OK:
        break;
    case PROFILE_MALFORMED:
        cause = error_set(error, AWS_CONFIG, "settings are lines of name = value below a [section]",
            "%s:%zu: %s", name, line, profile->problem);
        break;
    case PROFILE_NO_MEMORY:
        cause = error_no_memory(error);
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
        return error_no_memory(error);
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
    const char *wanted = asked;
    if (wanted == NULL && (wanted = credentials_variable("AWS_DEFAULT_PROFILE")) == NULL)
        wanted = credentials_variable("AWS_PROFILE");
    bool must_exist = wanted != NULL && *wanted != '\0';
    enum aws_cause cause = profile_load_named(profile, must_exist ? wanted : "default", error);
    if (cause == AWS_OK && must_exist && !profile->found) {
        cause = error_set(error, AWS_CONFIG, NULL, "profile %s is neither in %s nor in %s",
            profile->name, profile->files[PROFILE_CONFIG], profile->files[PROFILE_CREDENTIALS]);
        profile_free(profile);
    }
    return cause;
}

/* ---- access to the settings ---- */

/* Return NULL when this file has none. */
static const struct profile_setting *find_in(const struct profile *profile, const char *name,
    enum profile_kind kind)
{
    const struct profile_setting *found = NULL;
    for (size_t i = 0; i < profile->count && profile->found_in[kind]; i++) {
        const struct profile_setting *setting = &profile->settings[i];
        if (setting->kind != kind || setting->owner == SERVICES || strcmp(setting->name, name) != 0)
            continue;
        if (found == NULL || setting->owner == PROFILE || found->owner == INHERITED)
            found = setting;
    }
    return found;
}

static const struct profile_setting *find(const struct profile *profile, const char *name)
{
    const struct profile_setting *found = find_in(profile, name, PROFILE_CREDENTIALS);
    return found != NULL ? found : find_in(profile, name, PROFILE_CONFIG);
}

const char *profile_get(const struct profile *profile, const char *setting)
{
    const struct profile_setting *found = find(profile, setting);
    return found != NULL && *found->value != '\0' && *found->value != '\n' ? found->value : NULL;
}

enum aws_cause profile_service_endpoint(const struct profile *profile, const char *service,
    const char **url, struct aws_error *error)
{
    static const char services[] = "services";
    const char *section = profile_get(profile, services);
    bool found = false;
    *url = NULL;
    for (size_t i = 0; section != NULL && i < profile->count; i++) {
        const struct profile_setting *setting = &profile->settings[i];
        if (setting->section == NULL || strcmp(setting->section, section) != 0)
            continue;
        found = true;
        if (strcmp(setting->name, service) == 0 && *setting->value != '\0')
            *url = setting->value;
    }
    char place[PROFILE_PLACE_SIZE];
    return section == NULL || found
        ? AWS_OK
        : error_set(error, AWS_CONFIG, NULL, "%s: services names no section with settings",
              profile_place(profile, services, place));
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
