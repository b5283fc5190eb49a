#include "json/splice.h"

static int is_space(char byte)
{
    return byte == ' ' || byte == '\t' || byte == '\n' || byte == '\r';
}

void json_splice_copy(struct json_splice *splice, size_t offset)
{
    buf_append(splice->out, splice->text + splice->cursor, offset - splice->cursor);
    splice->cursor = offset;
}

void json_splice_skip(struct json_splice *splice, size_t offset)
{
    splice->cursor = offset;
}

/* Return the length of the output without the whitespace at its end. */
static size_t out_length(const struct buf *out)
{
    size_t length = out->length;
    while (length > 0 && is_space(out->data[length - 1]))
        length--;
    return length;
}

void json_splice_remove(struct json_splice *splice, size_t start, size_t end)
{
    json_splice_copy(splice, start);
    while (end < splice->length && is_space(splice->text[end]))
        end++;
    if (end < splice->length && splice->text[end] == ',') {
        end++;
        while (end < splice->length && is_space(splice->text[end]))
            end++;
    } else {
        /*
         * For the last member, the comma before it has been copied already, if another one is left.
         */
        size_t length = out_length(splice->out);
        if (length > 0 && splice->out->data[length - 1] == ',')
            splice->out->length = length - 1;
    }
    splice->cursor = end;
}

void json_splice_open_end(struct json_splice *splice, size_t end)
{
    json_splice_copy(splice, end - 1);
    size_t length = out_length(splice->out);
    if (length > 0 && splice->out->data[length - 1] != '{')
        buf_putc(splice->out, ',');
}

int json_splice_finish(struct json_splice *splice)
{
    json_splice_copy(splice, splice->length);
    buf_putc(splice->out, '\n');
    return splice->out->failed ? -1 : 0;
}
