#include <linux/tcp.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include "base/clock.h"
#include "pg/user_timeout.h"

void pg_user_timeout_look(struct pg_user_timeout *watched, int fd)
{
    struct tcp_info info = { .tcpi_state = 0 };
    socklen_t length = sizeof info;
    unsigned timeout = 0;
    socklen_t timeout_length = sizeof timeout;
    if (!watched->known) {
        if (getsockopt(fd, IPPROTO_TCP, TCP_USER_TIMEOUT, &timeout, &timeout_length) == 0)
            watched->limit_ms = timeout;
        watched->known = true;
    }
    if (watched->limit_ms == 0 || getsockopt(fd, IPPROTO_TCP, TCP_INFO, &info, &length) != 0)
        return;
    uint64_t now = clock_monotonic_ms();
    if (info.tcpi_bytes_acked != watched->taken || watched->since == 0) {
        watched->taken = info.tcpi_bytes_acked;
        watched->since = now;
    }
    uint64_t stalled = now - watched->since;
    uint64_t silent = info.tcpi_last_ack_recv;
    bool full = info.tcpi_notsent_bytes > 0 && info.tcpi_unacked == 0; /* the peer's window */
    uint64_t answered = full && stalled > silent ? stalled - silent : 0;
    timeout = (unsigned)(watched->limit_ms + answered);
    (void)setsockopt(fd, IPPROTO_TCP, TCP_USER_TIMEOUT, &timeout, sizeof timeout);
}
