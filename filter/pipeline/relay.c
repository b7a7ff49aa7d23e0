#include "filter/pipeline/relay.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "filter/base/buf.h"
#include "filter/base/log.h"
#include "filter/base/mem.h"

enum {
    CHUNK = 65536,
    MAX_LINE = 7 << 20,    /* a longer one holds no post that anybody would take */
    MAX_WINDOW = 16 << 20, /* kept bytes, from which on nothing more is read */
};

struct relay {
    int in, out;       /* -1: none, or at its end */
    struct buf window; /* from `first` on: the first line that is not through */
    size_t first;      /* bytes before it are dropped, now and then, all at once */
    size_t whole;      /* where the window's last line ends */
    size_t sent;       /* up to where this ingest has got it */
    uint64_t through;  /* lines of this ingest's socket that were dropped from the window */
    uint64_t dropped;  /* lines that all ingests are through with */
    uint64_t line;     /* lines read so far, for messages */
    bool is_skipping;  /* inside a line that is too long */
};

struct relay *relay_new(int in)
{
    struct relay *relay = mem_zero(1, sizeof *relay);
    relay->in = in;
    relay->out = -1;
    return relay;
}

void relay_disconnect(struct relay *relay)
{
    if (relay->out >= 0) {
        close(relay->out);
        relay->out = -1;
    }
}

void relay_free(struct relay *relay)
{
    if (relay == NULL) {
        return;
    }
    relay_disconnect(relay);
    buf_fini(&relay->window);
    free(relay);
}

bool relay_has_work(const struct relay *relay)
{
    return relay->in >= 0 || relay->window.len > relay->first;
}

void relay_connect(struct relay *relay, int out)
{
    relay_disconnect(relay);
    fcntl(out, F_SETFL, O_NONBLOCK);
    relay->out = out;
    relay->sent = relay->first;
    relay->through = 0;
}

uint64_t relay_lines(const struct relay *relay)
{
    return relay->dropped;
}

/* Gives back the bytes before the window once they are most of the buffer. */
static void compact(struct relay *relay)
{
    if (relay->first <= relay->window.len / 2) {
        return;
    }
    memmove(relay->window.bytes, relay->window.bytes + relay->first,
            relay->window.len - relay->first);
    relay->window.len -= relay->first;
    relay->whole -= relay->first;
    relay->sent = relay->sent > relay->first ? relay->sent - relay->first : 0;
    relay->first = 0;
}

void relay_through(struct relay *relay, uint64_t lines)
{
    for (; relay->through < lines && relay->first < relay->sent; relay->through++) {
        const char *from = relay->window.bytes + relay->first;
        const char *end = memchr(from, '\n', relay->sent - relay->first);
        if (end == NULL) {
            break; /* it counts more than it got: its affair */
        }
        relay->first += (size_t)(end - from) + 1;
        relay->dropped++;
    }
    compact(relay);
}

static void add(struct relay *relay, const char *bytes, size_t len)
{
    while (len > 0) {
        const char *end = memchr(bytes, '\n', len);
        size_t part = end != NULL ? (size_t)(end - bytes) + 1 : len;
        if (!relay->is_skipping) {
            buf_put(&relay->window, bytes, part);
        } else if (end != NULL) {
            buf_put(&relay->window, "\n", 1); /* an empty line in its place keeps the count */
        }
        if (end != NULL) {
            relay->line++;
            relay->whole = relay->window.len;
            relay->is_skipping = false;
        } else if (!relay->is_skipping && relay->window.len - relay->whole > MAX_LINE) {
            log_line(LOG_WARN, "line_too_long", LOG_TEXT("source", "stdin"),
                     LOG_NUMBER("line", relay->line + 1), LOG_NUMBER("max_bytes", MAX_LINE));
            relay->window.len = relay->whole;
            relay->is_skipping = true;
        }
        bytes += part;
        len -= part;
    }
}

static void read_more(struct relay *relay)
{
    if (relay->out < 0) {
        return; /* the reader went while we polled */
    }
    char chunk[CHUNK];
    ssize_t got = read(relay->in, chunk, sizeof chunk);
    if (got < 0 && (errno == EINTR || errno == EAGAIN)) {
        return;
    }
    if (got > 0) {
        add(relay, chunk, (size_t)got);
        return;
    }
    if (relay->window.len > relay->whole) {
        add(relay, "\n", 1); /* the last line may lack its end */
    }
    relay->in = -1;
}

static void send_more(struct relay *relay)
{
    ssize_t sent = send(relay->out, relay->window.bytes + relay->sent, relay->whole - relay->sent,
                        MSG_NOSIGNAL);
    if (sent > 0) {
        relay->sent += (size_t)sent;
    } else if (sent < 0 && errno != EINTR && errno != EAGAIN) {
        relay_disconnect(relay); /* that ingest is gone; the next one gets all lines */
    }
}

void relay_poll(struct relay *relay, struct pollfd fds[2])
{
    bool has_room = relay->out >= 0 && relay->window.len - relay->first < MAX_WINDOW;
    bool has_lines = relay->out >= 0 && relay->sent < relay->whole;
    fds[0] = (struct pollfd){.fd = has_room ? relay->in : -1, .events = POLLIN};
    fds[1] = (struct pollfd){.fd = relay->out, .events = (short)(has_lines ? POLLOUT : 0)};
}

void relay_act(struct relay *relay, const struct pollfd fds[2])
{
    if (fds[0].revents != 0 && relay->in >= 0) {
        read_more(relay);
    }
    if (fds[1].revents & POLLOUT && relay->out >= 0) {
        send_more(relay);
    } else if (fds[1].revents != 0 && relay->out >= 0) {
        relay_disconnect(relay);
    }
}
