#include <stdint.h>

#include "pg/fault.h"
#include "pg/words.h"

void pg_fault_lost(struct pg_error *error, const char *text)
{
    *error = (struct pg_error){ .fate = PG_FAULT, .hint = { 0, SIZE_MAX } };
    pg_words_line(error->text, sizeof error->text, text);
}
