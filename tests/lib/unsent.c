/*
 * Loaded into a program by LD_PRELOAD, a libpq that runs out of memory for the UNSENT-th piece of
 * COPY data. The connection stays open.
 *
 *     cc -shared -fPIC -o unsent.so tests/lib/unsent.c
 */
#include <dlfcn.h>
#include <stdlib.h>

int PQputCopyData(void *conn, const char *data, int length);

int PQputCopyData(void *conn, const char *data, int length)
{
    static int pieces;
    int (*next)(void *, const char *, int);
    *(void **)&next = dlsym(RTLD_NEXT, "PQputCopyData");
    return ++pieces == strtol(getenv("UNSENT"), NULL, 10) ? -1 : next(conn, data, length);
}
