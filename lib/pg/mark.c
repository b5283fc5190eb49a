#include <string.h>
#include <sys/random.h>
#include <time.h>

#include "pg/ledger.h"
#include "pg/mark.h"
#include "pg/transaction.h"

int pg_mark_make(struct pg_key *key)
{
    struct timespec now;
    if (getrandom(key->bytes, sizeof key->bytes, 0) != (ssize_t)sizeof key->bytes ||
        clock_gettime(CLOCK_REALTIME, &now) != 0)
        return -1;
    uint64_t ms = (uint64_t)now.tv_sec * 1000 + (uint64_t)now.tv_nsec / 1000000;
    for (int i = 0; i < 6; i++)
        key->bytes[i] = (unsigned char)(ms >> (40 - 8 * i));
    key->bytes[6] = (unsigned char)(0x70 | (key->bytes[6] & 0x0f));
    key->bytes[8] = (unsigned char)(0x80 | (key->bytes[8] & 0x3f));
    return 0;
}

enum pg_try pg_mark_touch(struct pg_conn *conn, const struct pg_side_table *ledger)
{
    enum pg_try done = pg_transaction_try(conn,
        "SELECT pg_catalog.pg_logical_emit_message(true, 'sqs2pg'::pg_catalog.text,"
        " ''::pg_catalog.text)");
    if (done != PG_TRY_REFUSED || ledger == NULL)
        return done;
    struct pg_key key;
    bool fresh;
    if (pg_mark_make(&key) != 0) {
        (void)pg_conn_no_memory(conn);
        return PG_TRY_FAILED;
    }
    if (pg_ledger_insert(conn, ledger, &key, NULL, 1, &fresh) != 0 ||
        pg_ledger_delete(conn, ledger, &key, 1) != 0)
        return PG_TRY_FAILED;
    return PG_TRY_DONE;
}
