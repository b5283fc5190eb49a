#include <string.h>

#include "upsert_names.h"

/* Read one name at *${at}, and move past it and the blanks after it. Return false when there is no
 * name. */
static bool take_name(const char **at, char name[PG_NAME_SIZE])
{
    const char *text = *at + strspn(*at, " \t");
    bool quoted = *text == '"';
    size_t length = 0;
    for (text += quoted; *text != '\0' && (quoted || strchr(", \t\"", *text) == NULL); text++) {
        if (*text == '"' && *++text != '"')
            break;
        if (length == PG_NAME_SIZE - 1)
            return false;
        name[length++] = *text;
    }
    if (quoted && text[-1] != '"')
        return false;
    name[length] = '\0';
    *at = text + strspn(text, " \t");
    return length > 0;
}

static bool is_known(const struct upsert_names *names, const char *name)
{
    for (size_t i = 0; i < names->count; i++)
        if (strcmp(names->keys[i], name) == 0)
            return true;
    return false;
}

const char *upsert_names_parse(struct upsert_names *names, const char *keys, const char *newer)
{
    char name[PG_NAME_SIZE];
    *names = (struct upsert_names){ .count = 0 };
    do {
        if (!take_name(&keys, name) || (*keys != '\0' && *keys != ','))
            return "--upsert takes names of columns, separated by commas";
        if (is_known(names, name))
            return "--upsert names a column twice";
        if (names->count == PG_UPSERT_KEYS)
            return "--upsert names more columns than an index can have";
        memcpy(names->keys[names->count++], name, sizeof name);
    } while (*keys++ == ',');
    if (newer == NULL)
        return NULL;
    if (!take_name(&newer, names->newer) || *newer != '\0')
        return "--newer takes the name of a column";
    names->has_newer = true;
    return is_known(names, names->newer) ? "--newer takes a column that --upsert does not name"
                                         : NULL;
}
