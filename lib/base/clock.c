#include <stdio.h>
#include <string.h>
#include <time.h>

#include "base/clock.h"

static uint64_t read_ms(clockid_t id)
{
    struct timespec now;
    if (clock_gettime(id, &now) != 0)
        return 0;
    return (uint64_t)now.tv_sec * 1000 + (uint64_t)now.tv_nsec / 1000000;
}

uint64_t clock_monotonic_ms(void)
{
    return read_ms(CLOCK_MONOTONIC);
}

uint64_t clock_realtime_ms(void)
{
    return read_ms(CLOCK_REALTIME);
}

void clock_rfc3339(uint64_t ms, char text[CLOCK_RFC3339_SIZE])
{
    static const uint64_t last_ms = 253402300799999; /* 9999-12-31T23:59:59.999Z */
    if (ms > last_ms)
        ms = last_ms;
    time_t seconds = (time_t)(ms / 1000);
    struct tm utc;
    memset(&utc, 0, sizeof utc);
    gmtime_r(&seconds, &utc);
    char date[sizeof "9999-12-31T23:59:59"];
    strftime(date, sizeof date, "%Y-%m-%dT%H:%M:%S", &utc);
    (void)snprintf(text, CLOCK_RFC3339_SIZE, "%s.%03uZ", date, (unsigned)(ms % 1000));
}
