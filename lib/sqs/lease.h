#ifndef SQS_LEASE_H
#define SQS_LEASE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * Leases: received messages that wait for their verdict, indexed by message id and ordered by due
 * time. Each step costs at most the logarithm of their number.
 */
struct lease {
    struct lease *next;         /* bucket chain */
    struct lease *added_before; /* in the order of adding, like added_after */
    struct lease *added_after;
    uint64_t due_ms;      /* monotonic */
    uint64_t received_ms; /* monotonic */
    uint64_t hidden_ms;   /* no other consumer can receive the message until then; monotonic, set by
                             the caller */
    uint32_t place;       /* in the heap; LEASE_UNSCHEDULED */
    uint32_t id_length;
    uint32_t handle_length;
    bool extending; /* its handle is in a batch */
    bool late;      /* its last extension came after the timeout; set by the caller */
    bool lost;      /* its handle is no longer valid; set by the caller */
    bool removed;   /* from the table; kept only until its extension returns */
    char text[];    /* message id, then the newest receipt handle */
};

#define LEASE_UNSCHEDULED UINT32_MAX

struct lease_table;

/* Return a table for about ${expected} leases, which may grow, or NULL when memory runs out. */
struct lease_table *lease_table_new(size_t expected);

/* Free the table with all leases; none may be in a batch. NULL is fine. */
void lease_table_free(struct lease_table *table);

size_t lease_count(const struct lease_table *table);
size_t lease_bytes(const struct lease_table *table); /* memory used, with overhead */
const char *lease_handle(const struct lease *lease);

/* Return the lease of this message id, or NULL. */
struct lease *lease_find(const struct lease_table *table, const char *id, size_t length);

/* Add an unscheduled lease for an id that has none; both texts are under 4 GiB. Return NULL when
 * memory runs out. */
struct lease *lease_add(struct lease_table *table, const char *id, size_t id_length,
    const char *handle, size_t handle_length);

/* Remove a lease and free it; lease_back() frees one that is being extended. */
void lease_remove(struct lease_table *table, struct lease *lease);

/* Take a lease back from its batch. Return false when it had been removed: it is freed. */
bool lease_back(struct lease *lease);

/* Set or change its due time. */
void lease_schedule(struct lease_table *table, struct lease *lease, uint64_t due_ms);
void lease_unschedule(struct lease_table *table, struct lease *lease);

/* Return the lease that is due first, or NULL when none is scheduled. */
struct lease *lease_first(const struct lease_table *table);

/* Return the lease that was added first, scheduled or not, or NULL when there is none. */
const struct lease *lease_oldest(const struct lease_table *table);

#endif
