#ifndef JSON_JQ_STRDUP_H
#define JSON_JQ_STRDUP_H

/*
 * jq_strdup.c defines the strdup(3) of the whole program. libjq calls it, and does not check its
 * result. When out of memory it would go on without a name, to a failed assertion at best.
 */

/* Called with NULL in this thread where strdup(3) fails; NULL: nothing is called. */
extern _Thread_local void (*json_jq_strdup_failed)(void *context);

#endif
