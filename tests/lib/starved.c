/*
 * Loaded into a program by LD_PRELOAD, a machine that runs out of memory once a COPY is sent, for
 * good. Not for programs with a sanitizer, which has its own malloc().
 *
 *     cc -shared -fPIC -o starved.so tests/lib/starved.c
 */
#include <dlfcn.h>
#include <errno.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

void *__libc_malloc(size_t size);
void *__libc_calloc(size_t count, size_t size);
void *__libc_realloc(void *data, size_t size);
int PQsendQuery(void *conn, const char *query);

static int starved;

static void *refused(void)
{
    errno = ENOMEM;
    return NULL;
}

void *malloc(size_t size)
{
    return starved ? refused() : __libc_malloc(size);
}

void *calloc(size_t count, size_t size)
{
    return starved ? refused() : __libc_calloc(count, size);
}

void *realloc(void *data, size_t size)
{
    return starved ? refused() : __libc_realloc(data, size);
}

int PQsendQuery(void *conn, const char *query)
{
    int (*next)(void *, const char *);
    *(void **)&next = dlsym(RTLD_NEXT, "PQsendQuery");
    int sent = next(conn, query);
    starved = starved || strncmp(query, "COPY ", 5) == 0;
    return sent;
}
