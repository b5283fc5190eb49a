#include <string.h>

#include "pg/array.h"

enum {
    HEADER_SIZE = 20,
    FLAGS_AT = 4,
    COUNT_AT = 12,
    MAX_BYTES = 512 << 20 /* the protocol's limit is twice that */
};

static void put32(unsigned char *to, uint32_t value)
{
    to[0] = (unsigned char)(value >> 24);
    to[1] = (unsigned char)(value >> 16);
    to[2] = (unsigned char)(value >> 8);
    to[3] = (unsigned char)value;
}

void pg_array_init(struct pg_array *array)
{
    *array = (struct pg_array){ .count = 0 };
    buf_init(&array->bytes, MAX_BYTES);
}

void pg_array_free(struct pg_array *array)
{
    buf_free(&array->bytes);
    array->count = 0;
}

void pg_array_start(struct pg_array *array, enum pg_array_type type)
{
    unsigned char header[HEADER_SIZE] = { 0 };
    put32(header, 1); /* dimension */
    put32(header + 8, type);
    put32(header + 16, 1); /* lower bound */
    array->count = 0;
    buf_clear(&array->bytes);
    buf_append(&array->bytes, header, sizeof header);
}

static void element(struct pg_array *array, const void *data, size_t length)
{
    unsigned char size[4];
    put32(size, (uint32_t)length);
    buf_append(&array->bytes, size, sizeof size);
    buf_append(&array->bytes, data, length);
    array->count++;
}

void pg_array_null(struct pg_array *array)
{
    buf_append(&array->bytes, "\377\377\377\377", 4);
    array->count++;
    if (array->bytes.data != NULL)
        array->bytes.data[FLAGS_AT + 3] = 1;
}

void pg_array_text(struct pg_array *array, const char *text, size_t length)
{
    element(array, text, length);
}

void pg_array_key(struct pg_array *array, const struct pg_key *key)
{
    element(array, key->bytes, sizeof key->bytes);
}

void pg_array_int8(struct pg_array *array, int64_t value)
{
    unsigned char bytes[8];
    put32(bytes, (uint32_t)((uint64_t)value >> 32));
    put32(bytes + 4, (uint32_t)(uint64_t)value);
    element(array, bytes, sizeof bytes);
}

int pg_array_param(struct pg_array *array, struct pg_param *param)
{
    if (array->bytes.failed)
        return -1;
    unsigned char count[4];
    put32(count, array->count);
    memcpy(array->bytes.data + COUNT_AT, count, sizeof count);
    *param = (struct pg_param){ .data = array->bytes.data,
        .length = array->bytes.length,
        .binary = true };
    return 0;
}
