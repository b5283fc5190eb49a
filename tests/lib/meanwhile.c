/*
 * Loaded into a program by LD_PRELOAD, this runs the SQL of MEANWHILE by psql, as another session.
 * It does so before the first statement with parameters that holds the words MEANWHILE_BEFORE.
 *
 *     cc -shared -fPIC -o meanwhile.so tests/lib/meanwhile.c
 */
#include <dlfcn.h>
#include <spawn.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

typedef int send_function(void *conn, const char *sql, int count, const unsigned *types,
    const char *const *values, const int *lengths, const int *formats, int result);

int PQsendQueryParams(void *conn, const char *sql, int count, const unsigned *types,
    const char *const *values, const int *lengths, const int *formats, int result);

static void run(char *sql)
{
    char name[] = "psql", options[] = "-qXc";
    char *arguments[] = { name, options, sql, NULL };
    pid_t pid;
    (void)unsetenv("LD_PRELOAD");
    if (posix_spawnp(&pid, "psql", NULL, NULL, arguments, environ) != 0 ||
        waitpid(pid, NULL, 0) != pid)
        _exit(99);
}

int PQsendQueryParams(void *conn, const char *sql, int count, const unsigned *types,
    const char *const *values, const int *lengths, const int *formats, int result)
{
    static int done;
    send_function *next;
    *(void **)&next = dlsym(RTLD_NEXT, "PQsendQueryParams");
    if (!done && strstr(sql, getenv("MEANWHILE_BEFORE")) != NULL) {
        done = 1;
        run(getenv("MEANWHILE"));
    }
    return next(conn, sql, count, types, values, lengths, formats, result);
}
