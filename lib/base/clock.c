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

/* ${value} in so many digits. */
static void put(char *to, unsigned value, int digits)
{
    while (digits-- > 0) {
        to[digits] = (char)('0' + value % 10);
        value /= 10;
    }
}

/* By hand: it is done several times for each message, and strftime() takes a microsecond. */
void clock_rfc3339(uint64_t ms, char text[CLOCK_RFC3339_SIZE])
{
    static const uint64_t last_ms = 253402300799999; /* 9999-12-31T23:59:59.999Z */
    if (ms > last_ms)
        ms = last_ms;
    time_t seconds = (time_t)(ms / 1000);
    struct tm utc;
    memset(&utc, 0, sizeof utc);
    gmtime_r(&seconds, &utc);
    memcpy(text, "0000-00-00T00:00:00.000Z", CLOCK_RFC3339_SIZE);
    put(text, (unsigned)utc.tm_year + 1900, 4);
    put(text + 5, (unsigned)utc.tm_mon + 1, 2);
    put(text + 8, (unsigned)utc.tm_mday, 2);
    put(text + 11, (unsigned)utc.tm_hour, 2);
    put(text + 14, (unsigned)utc.tm_min, 2);
    put(text + 17, (unsigned)utc.tm_sec, 2);
    put(text + 20, (unsigned)(ms % 1000), 3);
}
