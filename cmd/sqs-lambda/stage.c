#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/descriptors.h"
#include "base/msg.h"
#include "key_source.h"
#include "part.h"
#include "sibling.h"
#include "stage.h"

/* ---- command lines of the programs ---- */

static void add_common_options(struct stage *stage)
{
    if (msg_level() < MSG_NORMAL)
        string_list_add(&stage->arguments, "-q");
    for (int level = MSG_NORMAL; level < msg_level(); level++)
        string_list_add(&stage->arguments, "-v");
    if (msg_json())
        string_list_add_words(&stage->arguments, "--log json");
}

static struct stage *begin(struct stage *stage, const char *name, enum part part)
{
    *stage = (struct stage){ .name = name };
    string_list_init(&stage->arguments);
    string_list_init(&stage->environment);
    part_add(part, &stage->environment);
    return stage;
}

/* Begin one of our programs; tell it ${reader}, for the message when that one has ended. */
static struct stage *begin_program(struct stage *stage, const char *name, enum part part,
    const char *reader)
{
    char path[SIBLING_SIZE];
    begin(stage, name, part);
    string_list_add(&stage->environment, reader);
    string_list_add(&stage->arguments, sibling_program(name, path));
    add_common_options(stage);
    return stage;
}

/* Add the option with its value, unless the setting has it. */
static void add_unless(struct stage *stage, const char *set, const char *name, const char *value)
{
    if (string_list_has_option(set, name))
        return;
    string_list_add(&stage->arguments, name);
    string_list_add(&stage->arguments, value);
}

static const char *setting(const char *name)
{
    const char *value = getenv(name);
    return value == NULL || *value == '\0' ? NULL : value;
}

static bool is_off(const char *set)
{
    struct string_list list;
    string_list_init(&list);
    string_list_add_words(&list, set);
    bool off = list.count == 1 && strcmp(list.text.data, "off") == 0;
    string_list_free(&list);
    return off;
}

static void add_mask(struct stage *stage)
{
    begin_program(stage, "pii-mask", PART_COMMON, "PIPELINE_READER=pg-load");
    stage->wants_key = key_source_is_command();
    string_list_add_words(&stage->arguments, "--require-sandbox --key-file");
    string_list_add(&stage->arguments, stage->wants_key ? "/dev/fd/3" : setting("SQS2PG_KEY_FILE"));
    string_list_add_words(&stage->arguments, setting("SQS2PG_MASK_OPTIONS"));
}

/*
 * Load each batch immediately. The short grace period is for the end before the deadline, when the
 * loader cancels on the server. As in a run of sqs2pg with --follow, more messages in a row may be
 * impossible to mask.
 */
static void add_load(struct stage *stage)
{
    const char *set = setting("SQS2PG_LOAD_OPTIONS");
    begin_program(stage, "pg-load", PART_DATABASE, "PIPELINE_READER=sqs-lambda");
    string_list_add(&stage->arguments, "--table");
    string_list_add(&stage->arguments, setting("SQS2PG_TABLE"));
    string_list_add(&stage->arguments, "--require-masked");
    add_unless(stage, set, "--linger", "0");
    add_unless(stage, set, "--grace", "100ms");
    add_unless(stage, set, "--sealed-limit", "1000");
    if (setting("SQS2PG_PASSWORD_COMMAND") != NULL) {
        string_list_add(&stage->arguments, "--password-command");
        string_list_add(&stage->arguments, setting("SQS2PG_PASSWORD_COMMAND"));
    }
    string_list_add_words(&stage->arguments, set);
}

static void add_command(struct stage *stage, char *const *words)
{
    bool wants_key = key_source_is_command();
    begin(stage, "the command", wants_key ? PART_COMMAND_WITH_KEY : PART_COMMAND);
    stage->wants_key = wants_key;
    /* Not a /dev/fd path: at AWS, /dev has numbers up to 2 only. */
    if (wants_key)
        string_list_add(&stage->environment, "SQS2PG_KEY_FILE=/proc/self/fd/3");
    for (size_t i = 0; words[i] != NULL; i++)
        string_list_add(&stage->arguments, words[i]);
}

int stage_list(struct stage stages[STAGES_MOST], const struct lambda_options *options,
    struct failure *failure)
{
    int count = 0;
    if (setting("SQS2PG_KEY_FILE") != NULL && key_source_is_command()) {
        return failure_set(failure, STATUS_CONFIG,
            "SQS2PG_KEY_FILE and SQS2PG_KEY_COMMAND exclude each other: set one of them");
    } else if (options->command != NULL) {
        add_command(&stages[count++], options->command);
    } else if (setting("SQS2PG_TABLE") == NULL) {
        return failure_set(failure, STATUS_CONFIG, "SQS2PG_TABLE is not set");
    } else if (setting("SQS2PG_KEY_FILE") == NULL && !key_source_is_command()) {
        return failure_set(failure, STATUS_CONFIG,
            "neither SQS2PG_KEY_COMMAND nor SQS2PG_KEY_FILE is set");
    } else {
        const char *unwrap = setting("SQS2PG_UNWRAP_OPTIONS");
        if (!is_off(unwrap)) {
            begin_program(&stages[count], "sqs-unwrap", PART_COMMON, "PIPELINE_READER=pii-mask");
            string_list_add_words(&stages[count].arguments, "--require-sandbox");
            string_list_add_words(&stages[count++].arguments, unwrap);
        }
        add_mask(&stages[count++]);
        add_load(&stages[count++]);
    }
    for (int i = 0; i < count; i++)
        if (string_list_get(&stages[i].arguments) == NULL ||
            string_list_get(&stages[i].environment) == NULL)
            failure_no_memory(failure);
    if (failure->status == STATUS_OK)
        return count;
    while (count > 0)
        stage_free(&stages[--count]);
    return -1;
}

void stage_free(struct stage *stage)
{
    string_list_free(&stage->arguments);
    string_list_free(&stage->environment);
}

/* ---- running ---- */

int stage_start(struct stage *stage, int input, int output, int key, struct failure *failure)
{
    posix_spawn_file_actions_t files;
    posix_spawnattr_t attributes;
    sigset_t none, usual;
    bool keyed = stage->wants_key && key >= 0;
    stage->status = 0;
    stage->ended_by_us = false;
    int error = posix_spawn_file_actions_init(&files);
    if (error == 0 && (error = posix_spawnattr_init(&attributes)) != 0)
        (void)posix_spawn_file_actions_destroy(&files);
    if (error != 0)
        return failure_no_memory(failure);
    sigemptyset(&none);
    sigemptyset(&usual);
    sigaddset(&usual, SIGPIPE); /* SIGPIPE is ignored here, and the program would inherit that */
    sigaddset(&usual, SIGXFSZ);
    sigaddset(&usual, SIGCHLD);
    if ((error = posix_spawn_file_actions_adddup2(&files, input, STDIN_FILENO)) == 0 &&
        (error = posix_spawn_file_actions_adddup2(&files, output, STDOUT_FILENO)) == 0 &&
        (!keyed || (error = posix_spawn_file_actions_adddup2(&files, key, STAGE_KEY)) == 0) &&
        (error = descriptors_spawn_close(&files, STAGE_KEY + keyed)) == 0 &&
        (error = posix_spawnattr_setpgroup(&attributes, 0)) == 0 &&
        (error = posix_spawnattr_setsigmask(&attributes, &none)) == 0 &&
        (error = posix_spawnattr_setsigdefault(&attributes, &usual)) == 0 &&
        (error = posix_spawnattr_setflags(&attributes,
             POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF)) == 0)
        error = posix_spawnp(&stage->process, stage->arguments.strings[0], &files, &attributes,
            stage->arguments.strings, stage->environment.strings);
    (void)posix_spawnattr_destroy(&attributes);
    (void)posix_spawn_file_actions_destroy(&files);
    if (error == 0)
        return 0;
    stage->process = 0;
    return failure_set(failure, STATUS_UNAVAILABLE, "cannot start %s: %s",
        stage->arguments.strings[0], strerror(error));
}

bool stage_has_ended(struct stage *stage, bool wait)
{
    siginfo_t news = { .si_pid = 0 };
    int status = 0;
    int found;
    if (stage->process == 0)
        return true;
    while ((found = waitid(P_PID, (id_t)stage->process, &news,
                WEXITED | WNOWAIT | (wait ? 0 : WNOHANG))) == -1 &&
        errno == EINTR)
        ;
    if (found == 0 && news.si_pid == 0)
        return false;
    /* Kill its children too, while the process group cannot be reused. */
    (void)kill(-stage->process, SIGKILL);
    while (waitpid(stage->process, &status, 0) == -1 && errno == EINTR)
        ;
    stage->process = 0;
    stage->status = WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
    return true;
}

void stage_signal(struct stage *stage, int number)
{
    if (stage->process == 0)
        return;
    stage->ended_by_us = true;
    (void)kill(-stage->process, number);
}
