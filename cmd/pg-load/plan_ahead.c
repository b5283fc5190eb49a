#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>

#include "plan_ahead.h"
#include "plan_build.h"

struct plan_ahead {
    pthread_t thread;
    bool running;
    const struct load_options *options;
    char name[PG_NAME_SIZE];
    struct column_plan plan;
};

/* Guess the bare name of the table, as SQL reads it, except for quoted names. */
static bool guess_name(const char *given, char name[PG_NAME_SIZE])
{
    const char *dot = strrchr(given, '.');
    const char *bare = dot == NULL ? given : dot + 1;
    size_t length = strlen(bare);
    if (strchr(given, '"') != NULL || length == 0 || length >= PG_NAME_SIZE)
        return false;
    for (size_t i = 0; i <= length; i++)
        name[i] = (char)(bare[i] >= 'A' && bare[i] <= 'Z' ? bare[i] - 'A' + 'a' : bare[i]);
    return true;
}

static void *compile(void *argument)
{
    struct plan_ahead *ahead = argument;
    const struct pg_table table = { .name = ahead->name, .current = true };
    plan_build_ahead(&ahead->plan, ahead->options, &table);
    return NULL;
}

struct plan_ahead *plan_ahead_start(const struct load_options *options)
{
    sigset_t all;
    sigset_t before;
    struct plan_ahead *ahead = calloc(1, sizeof *ahead);
    if (ahead == NULL || !guess_name(options->table, ahead->name)) {
        free(ahead);
        return NULL;
    }
    ahead->options = options;
    sigfillset(&all); /* signals are for the main thread */
    (void)pthread_sigmask(SIG_SETMASK, &all, &before);
    ahead->running = pthread_create(&ahead->thread, NULL, compile, ahead) == 0;
    (void)pthread_sigmask(SIG_SETMASK, &before, NULL);
    if (ahead->running)
        return ahead;
    free(ahead);
    return NULL;
}

struct column_plan *plan_ahead_wait(struct plan_ahead *ahead)
{
    if (ahead == NULL)
        return NULL;
    if (ahead->running)
        (void)pthread_join(ahead->thread, NULL);
    ahead->running = false;
    return &ahead->plan;
}

void plan_ahead_free(struct plan_ahead *ahead)
{
    struct column_plan *plan = plan_ahead_wait(ahead);
    if (plan != NULL)
        column_plan_free(plan);
    free(ahead);
}
