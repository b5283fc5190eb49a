#include "pg/literal.h"

void pg_literal(struct buf *sql, const char *text)
{
    buf_puts(sql, " E'");
    for (; *text != '\0'; text++) {
        if (*text == '\'' || *text == '\\')
            buf_putc(sql, *text);
        buf_putc(sql, *text);
    }
    buf_puts(sql, "'");
}
