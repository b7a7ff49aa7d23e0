#include "filter/verdict/redis_link.h"

#include <errno.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "filter/base/clock.h"
#include "filter/base/err.h"

enum { CHUNK = 16384 };

/* Waits for `events`; false at the deadline or when told to stop. */
static bool wait_for(int fd, short events, int stop_fd, int64_t deadline_ms)
{
    for (;;) {
        int64_t left_ms = deadline_ms - clock_monotonic_ms();
        struct pollfd fds[2] = {{.fd = fd, .events = events}, {.fd = stop_fd, .events = POLLIN}};
        if (left_ms <= 0) {
            return false;
        }
        int ready = poll(fds, 2, (int)left_ms);
        if (ready > 0 || (ready < 0 && errno != EINTR)) {
            return ready > 0 && fds[1].revents == 0;
        }
    }
}

static int fail_connect(int fd, int why, struct err *err)
{
    if (fd >= 0) {
        close(fd);
    }
    err_set(err, "cannot connect: %s", strerror(why));
    return -1;
}

static int connect_to(const struct sockaddr *address, socklen_t len, int stop_fd,
                      int64_t deadline_ms, struct err *err)
{
    int fd = socket(address->sa_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (fd < 0) {
        return fail_connect(fd, errno, err);
    }
    if (connect(fd, address, len) != 0) {
        if (errno != EINPROGRESS) {
            return fail_connect(fd, errno, err);
        }
        int why = ETIMEDOUT;
        socklen_t why_len = sizeof why;
        if (!wait_for(fd, POLLOUT, stop_fd, deadline_ms) ||
            getsockopt(fd, SOL_SOCKET, SO_ERROR, &why, &why_len) != 0 || why != 0) {
            return fail_connect(fd, why, err);
        }
    }
    if (address->sa_family != AF_UNIX) {
        setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &(int){1}, sizeof(int));
    }
    return fd;
}

static int connect_unix(const struct verdict_redis_url *url, int stop_fd, int64_t deadline_ms,
                        struct err *err)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    memcpy(address.sun_path, url->path, sizeof address.sun_path);
    return connect_to((const struct sockaddr *)&address, sizeof address, stop_fd, deadline_ms, err);
}

static int connect_tcp(const struct verdict_redis_url *url, int stop_fd, int64_t deadline_ms,
                       struct err *err)
{
    const struct addrinfo hints = {.ai_socktype = SOCK_STREAM, .ai_flags = AI_NUMERICSERV};
    struct addrinfo *found = NULL;
    int why = getaddrinfo(url->host, url->port, &hints, &found);
    if (why != 0) {
        err_set(err, "cannot find the host: %s", gai_strerror(why));
        return -1;
    }
    int fd = -1;
    for (const struct addrinfo *one = found; one != NULL && fd < 0; one = one->ai_next) {
        fd = connect_to(one->ai_addr, one->ai_addrlen, stop_fd, deadline_ms, err);
    }
    freeaddrinfo(found);
    return fd;
}

/* The commands that come first; how many answers they get. */
static size_t greet(const struct verdict_redis_url *url, struct buf *out)
{
    size_t count = 1;
    char database[16];
    if (url->password[0] != '\0') {
        struct str words[] = {STR("AUTH"), str_of(url->user), str_of(url->password)};
        if (url->user[0] == '\0') {
            words[1] = words[2];
        }
        verdict_redis_wire_command(out, words, url->user[0] == '\0' ? 2 : 3);
        count++;
    }
    if (url->database > 0) {
        snprintf(database, sizeof database, "%u", url->database);
        verdict_redis_wire_command(out, (struct str[]){STR("SELECT"), str_of(database)}, 2);
        count++;
    }
    verdict_redis_wire_command(out, (struct str[]){STR("PING")}, 1);
    return count;
}

/* Every answer must be a status; the last one is PING's. */
static bool hear_greeting(int fd, struct verdict_redis_wire *wire, size_t answers, int stop_fd,
                          int64_t deadline_ms, struct err *err)
{
    struct str text = {.len = 0};
    while (answers > 0) {
        switch (verdict_redis_wire_next(wire, &text, err)) {
        case VERDICT_REDIS_STATUS:
            answers--;
            break;
        case VERDICT_REDIS_MORE:
            if (!wait_for(fd, POLLIN, stop_fd, deadline_ms)) {
                return err_set(err, "no answer to a PING in time");
            }
            if (!verdict_redis_read(fd, wire, err)) {
                return false;
            }
            break;
        case VERDICT_REDIS_ERROR:
            return err_set(err, "refuses us: %.*s", STR_FORMAT(text));
        case VERDICT_REDIS_VALUE:
        case VERDICT_REDIS_NIL:
            return err_set(err, "an answer that does not fit the question");
        case VERDICT_REDIS_BROKEN:
            return false;
        }
    }
    return str_is(text, "PONG") || err_set(err, "an answer to PING that is not PONG");
}

int verdict_redis_connect(const struct verdict_redis_url *url, unsigned connect_ms,
                          unsigned answer_ms, int stop_fd, struct verdict_redis_wire *wire,
                          struct err *err)
{
    int64_t deadline_ms = clock_monotonic_ms() + connect_ms;
    int fd = url->path[0] != '\0' ? connect_unix(url, stop_fd, deadline_ms, err)
                                  : connect_tcp(url, stop_fd, deadline_ms, err);
    if (fd < 0) {
        return -1;
    }
    struct buf out = BUF_EMPTY;
    size_t sent = 0;
    size_t answers = greet(url, &out);
    /* A greeting is short and the socket's buffer empty: it goes in one piece or not at all. */
    bool done = verdict_redis_write(fd, &out, &sent, err) &&
                hear_greeting(fd, wire, answers, stop_fd, clock_monotonic_ms() + answer_ms, err);
    buf_fini(&out);
    if (!done) {
        close(fd);
        return -1;
    }
    return fd;
}

bool verdict_redis_read(int fd, struct verdict_redis_wire *wire, struct err *err)
{
    char chunk[CHUNK];
    ssize_t got = recv(fd, chunk, sizeof chunk, 0);
    if (got < 0 && (errno == EINTR || errno == EAGAIN)) {
        return true;
    }
    if (got <= 0) {
        return err_set(err, "the connection ended: %s", got == 0 ? "closed" : strerror(errno));
    }
    return verdict_redis_wire_feed(wire, (struct str){.at = chunk, .len = (size_t)got}, err);
}

bool verdict_redis_write(int fd, struct buf *out, size_t *at, struct err *err)
{
    while (*at < out->len) {
        ssize_t sent = send(fd, out->bytes + *at, out->len - *at, MSG_NOSIGNAL);
        if (sent < 0 && errno == EINTR) {
            continue;
        }
        if (sent < 0) {
            return errno == EAGAIN || errno == EWOULDBLOCK ||
                   err_set(err, "the connection ended: %s", strerror(errno));
        }
        *at += (size_t)sent;
    }
    buf_clear(out);
    *at = 0;
    return true;
}
