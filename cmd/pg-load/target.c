#include "target.h"

void target_close(struct target *target)
{
    pg_side_table_free(&target->ledger);
    pg_side_table_free(&target->errors);
    pg_table_free(&target->table);
    pg_conn_free(target->conn);
    buf_free(&target->prologue);
    buf_free(&target->guard);
    *target = (struct target){ .conn = NULL };
}
