#ifndef BASE_DESCRIPTORS_H
#define BASE_DESCRIPTORS_H

#include <spawn.h>

/*
 * Close unneeded descriptors on any C library and kernel. Linux has close_range(2) since 5.9. glibc
 * has it, and posix_spawn_file_actions_addclosefrom_np(3), since 2.34; musl has neither, and some
 * containers refuse the first. The fallback closes the descriptors named in /proc/self/fd one by
 * one.
 */

/*
 * Close the descriptors ${first} to ${last}, both included; ~0U: to the highest. Return 0, or -1
 * with errno.
 */
int descriptors_close(unsigned first, unsigned last);

/*
 * Start the program of ${actions} without descriptors from ${first} on. The fallback closes those
 * that are open now, so another thread must open its own with O_CLOEXEC. Return 0, or an error
 * number.
 */
int descriptors_spawn_close(posix_spawn_file_actions_t *actions, int first);

/* The two fallbacks, for the tests. */
int descriptors_close_each(unsigned first, unsigned last);
int descriptors_spawn_close_each(posix_spawn_file_actions_t *actions, int first);

#endif
