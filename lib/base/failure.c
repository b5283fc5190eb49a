#include <stdarg.h>
#include <stdio.h>

#include "base/failure.h"
#include "base/msg.h"

int failure_set(struct failure *failure, enum status status, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    failure->status = status;
    failure->hint[0] = '\0';
    (void)vsnprintf(failure->text, sizeof failure->text, format, arguments);
    va_end(arguments);
    return -1;
}

int failure_hint(struct failure *failure, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    (void)vsnprintf(failure->hint, sizeof failure->hint, format, arguments);
    va_end(arguments);
    return -1;
}

int failure_no_memory(struct failure *failure)
{
    return failure_set(failure, STATUS_INTERNAL, "out of memory");
}

int failure_report(const struct failure *failure)
{
    if (failure->status == STATUS_OK)
        return STATUS_OK;
    msg_error("%s", failure->text);
    if (failure->hint[0] != '\0')
        msg_hint("%s", failure->hint);
    return (int)failure->status;
}
