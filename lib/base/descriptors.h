#ifndef BASE_DESCRIPTORS_H
#define BASE_DESCRIPTORS_H

#include <spawn.h>

/*
 * Closing what a process does not need, whatever C library and kernel it has: close_range(2) came
 * with Linux 5.9, and, like posix_spawn_file_actions_addclosefrom_np(3), with glibc 2.34; musl has
 * neither, and some containers refuse the first. Where they are not to be had, the descriptors that
 * /proc/self/fd names are closed one by one.
 */

/* Close the descriptors from ${first} to ${last}, both of them too; ~0U: to the highest. 0, or -1
 * with errno. */
int descriptors_close(unsigned first, unsigned last);

/* Let the program that is started with ${actions} have none from ${first} on. Without the call,
 * those that are open now: what another thread opens meanwhile is to be O_CLOEXEC. 0, or an error
 * number. */
int descriptors_spawn_close(posix_spawn_file_actions_t *actions, int first);

/* The same two as they are without those calls, for the tests. */
int descriptors_close_each(unsigned first, unsigned last);
int descriptors_spawn_close_each(posix_spawn_file_actions_t *actions, int first);

#endif
