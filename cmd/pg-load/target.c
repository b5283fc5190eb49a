#include "target.h"

void target_forget_passed(struct target *target)
{
    target->passed.asked = false;
    buf_clear(&target->passed.guard);
    buf_clear(&target->passed.check);
}

void target_close(struct target *target)
{
    pg_side_table_free(&target->ledger);
    pg_side_table_free(&target->errors);
    pg_table_free(&target->table);
    pg_conn_free(target->conn);
    buf_free(&target->prologue);
    buf_free(&target->guard);
    buf_free(&target->passed.guard);
    buf_free(&target->passed.check);
    *target = (struct target){ .conn = NULL };
}
