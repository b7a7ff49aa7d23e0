#include "filter/pipeline/channel.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#include "filter/base/buf.h"
#include "filter/base/err.h"
#include "filter/base/mem.h"
#include "filter/verdict/verdict.h"

enum { HEAD = 16, CHUNK = 65536 };

struct channel {
    int fd;
    struct buf in, out;
    size_t in_at, out_at; /* what is before was used or sent */
};

struct channel *channel_new(int fd)
{
    struct channel *channel = mem_zero(1, sizeof *channel);
    channel->fd = fd;
    int flags = fcntl(fd, F_GETFL);
    assert(flags >= 0);
    fcntl(fd, F_SETFL, flags | O_NONBLOCK);
    return channel;
}

void channel_free(struct channel *channel)
{
    if (channel == NULL) {
        return;
    }
    close(channel->fd);
    buf_fini(&channel->in);
    buf_fini(&channel->out);
    free(channel);
}

int channel_fd(const struct channel *channel)
{
    return channel->fd;
}

/* Drops the used bytes at the front once they are most of the buffer. */
static void compact(struct buf *buf, size_t *at)
{
    if (*at > buf->len / 2) {
        memmove(buf->bytes, buf->bytes + *at, buf->len - *at);
        buf->len -= *at;
        *at = 0;
    }
}

static void put_number(unsigned char *at, uint64_t number, unsigned bytes)
{
    for (unsigned i = 0; i < bytes; i++) {
        at[i] = (unsigned char)(number >> (8 * i));
    }
}

static uint64_t get_number(const char *at, unsigned bytes)
{
    uint64_t number = 0;
    for (unsigned i = 0; i < bytes; i++) {
        number |= (uint64_t)(unsigned char)at[i] << (8 * i);
    }
    return number;
}

void channel_put(struct channel *channel, enum channel_kind kind, uint64_t number,
                 struct str payload)
{
    assert(payload.len <= VERDICT_MAX_BYTES);
    unsigned char head[HEAD];
    put_number(head, kind, 4);
    put_number(head + 4, payload.len, 4);
    put_number(head + 8, number, 8);
    compact(&channel->out, &channel->out_at);
    buf_put(&channel->out, head, sizeof head);
    buf_put_str(&channel->out, payload);
}

bool channel_flush(struct channel *channel)
{
    while (channel->out_at < channel->out.len) {
        ssize_t sent = send(channel->fd, channel->out.bytes + channel->out_at,
                            channel->out.len - channel->out_at, MSG_NOSIGNAL);
        if (sent < 0 && errno == EINTR) {
            continue;
        }
        if (sent < 0) {
            return errno == EAGAIN || errno == EWOULDBLOCK;
        }
        channel->out_at += (size_t)sent;
    }
    return true;
}

size_t channel_backlog(const struct channel *channel)
{
    return channel->out.len - channel->out_at;
}

bool channel_fill(struct channel *channel)
{
    char chunk[CHUNK];
    compact(&channel->in, &channel->in_at);
    /* Past one whole frame the ones that are here are read first. */
    while (channel->in.len - channel->in_at <= VERDICT_MAX_BYTES + HEAD) {
        ssize_t got = recv(channel->fd, chunk, sizeof chunk, 0);
        if (got < 0 && errno == EINTR) {
            continue;
        }
        if (got < 0) {
            return errno == EAGAIN || errno == EWOULDBLOCK;
        }
        if (got == 0) {
            return false;
        }
        buf_put(&channel->in, chunk, (size_t)got);
    }
    return true;
}

enum channel_answer channel_next(struct channel *channel, struct channel_frame *frame,
                                 struct err *err)
{
    size_t have = channel->in.len - channel->in_at;
    if (have < HEAD) {
        return CHANNEL_NOTHING;
    }
    const char *head = channel->in.bytes + channel->in_at;
    uint64_t kind = get_number(head, 4);
    uint64_t len = get_number(head + 4, 4);
    if (kind < CHANNEL_VERDICT || kind > CHANNEL_PAGES) {
        err_set(err, "a frame of unknown kind %llu", (unsigned long long)kind);
        return CHANNEL_BROKEN;
    }
    if (len > VERDICT_MAX_BYTES) {
        err_set(err, "a frame of %llu bytes; the most is %d", (unsigned long long)len,
                VERDICT_MAX_BYTES);
        return CHANNEL_BROKEN;
    }
    if (have - HEAD < len) {
        return CHANNEL_NOTHING;
    }
    frame->kind = (enum channel_kind)kind;
    frame->number = get_number(head + 8, 8);
    frame->payload = (struct str){.at = head + HEAD, .len = len};
    channel->in_at += HEAD + len;
    return CHANNEL_FRAME;
}
