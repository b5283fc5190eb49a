#include <stdint.h>

#include "pg/fault.h"
#include "pg/server_text.h"

void pg_fault_lost(struct pg_error *error, const char *text)
{
    *error = (struct pg_error){ .kind = PG_FAULT, .hint = { 0, SIZE_MAX } };
    pg_server_text_line(error->text, sizeof error->text, text);
    pg_server_text_complete(error->text, sizeof error->text);
}
