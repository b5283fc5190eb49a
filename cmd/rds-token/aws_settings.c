#include <stdlib.h>
#include <string.h>

#include "aws_settings.h"

/* The parts of a key, and then what selects one of another kind. */
static const char *const names[] = { "AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY",
    "AWS_SESSION_TOKEN", "AWS_PROFILE" };
enum { NAMES = sizeof names / sizeof *names, KEY_PARTS = 3 };

static bool is_wanted(const char *name)
{
    return strncmp(name, "PG", 2) != 0 && strncmp(name, "KRB5", 4) != 0 &&
        strncmp(name, "SQS2PG_", 7) != 0;
}

int aws_settings_adopt(struct settings_file *settings, const char *file, struct failure *failure)
{
    const char *before[NAMES];
    bool from_file[NAMES], some = false;
    for (size_t i = 0; i < NAMES; i++)
        before[i] = getenv(names[i]);
    if (settings_adopt(settings, file, is_wanted, failure) != 0)
        return -1;
    for (size_t i = 0; i < NAMES; i++) {
        const char *now = getenv(names[i]);
        from_file[i] = now != before[i]; /* a setting replaces the text, too */
        some = some || from_file[i];
    }
    for (size_t i = 0; some && i < KEY_PARTS; i++)
        if (!from_file[i])
            (void)unsetenv(names[i]); /* fails only for invalid names */
    return 0;
}
