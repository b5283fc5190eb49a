#ifndef SQS_LEASE_H
#define SQS_LEASE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * Leases: messages that were received and whose verdict has not come back, found by message id and
 * ordered by when something is due. Each step costs the logarithm of their number at most.
 */
struct lease {
    struct lease *next;  /* of its bucket */
    struct lease *elder; /* in the order of adding, as is the next */
    struct lease *younger;
    uint64_t due_ms;      /* monotonic */
    uint64_t received_ms; /* monotonic */
    uint64_t hidden_ms; /* until then nobody else is to get the message; monotonic, the caller's */
    uint32_t place;     /* in the order; LEASE_UNSCHEDULED */
    uint32_t id_length;
    uint32_t handle_length;
    bool extending; /* its handle is inside a batch */
    bool late;      /* it was last extended when it was hidden no longer; the caller's */
    bool lost;      /* its handle holds the message no longer; the caller's */
    bool removed;   /* from the table; kept only because it is being extended */
    char text[];    /* message id, receipt handle: the newest that the message has */
};

#define LEASE_UNSCHEDULED UINT32_MAX

struct lease_table;

/* A table for about ${expected} leases; it takes more. NULL: out of memory. */
struct lease_table *lease_table_new(size_t expected);

/* With all leases inside; no batch may have one. NULL is fine. */
void lease_table_free(struct lease_table *table);

size_t lease_count(const struct lease_table *table);
size_t lease_bytes(
    const struct lease_table *table); /* of memory that they take, with all about them */
const char *lease_handle(const struct lease *lease);

struct lease *lease_find(const struct lease_table *table, const char *id, size_t length);

/* Add one, not scheduled, for an id that has none, both under 4 GiB. NULL: out of memory. */
struct lease *lease_add(struct lease_table *table, const char *id, size_t id_length,
    const char *handle, size_t handle_length);

/* Take one out and free it; one that is being extended is freed by lease_back(). */
void lease_remove(struct lease_table *table, struct lease *lease);

/* The lease is back from its batch. False: it had been removed, and is freed. */
bool lease_back(struct lease *lease);

/* Set when it is due, or a new time for that. */
void lease_schedule(struct lease_table *table, struct lease *lease, uint64_t due_ms);
void lease_unschedule(struct lease_table *table, struct lease *lease);

/* The one due first, or NULL: none is scheduled. */
struct lease *lease_first(const struct lease_table *table);

/* The one that was added first, scheduled or not, or NULL: there is none. */
const struct lease *lease_oldest(const struct lease_table *table);

#endif
