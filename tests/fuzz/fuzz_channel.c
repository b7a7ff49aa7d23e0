/*
 * Frames are the same however the socket cuts them, and a whole frame read is, written again, the
 * bytes it was read from. The first byte says how the rest is cut.
 */
#include <assert.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "filter/base/buf.h"
#include "filter/base/err.h"
#include "filter/pipeline/channel.h"
#include "tests/fuzz/fuzz.h"

static void put_number(struct buf *out, uint64_t number, unsigned bytes)
{
    for (unsigned i = 0; i < bytes; i++) {
        buf_put_char(out, (char)(number >> (8 * i)));
    }
}

/* All frames as bytes again, then how it ended. */
static enum channel_answer read_all(const uint8_t *data, size_t size, size_t step, struct buf *out)
{
    int pair[2];
    int failed = socketpair(AF_UNIX, SOCK_STREAM, 0, pair);
    assert(!failed);
    struct channel *channel = channel_new(pair[0]);
    enum channel_answer answer = CHANNEL_NOTHING;
    struct err err = ERR_NONE;
    for (size_t at = 0; at < size && answer == CHANNEL_NOTHING; at += step) {
        size_t part = size - at < step ? size - at : step;
        ssize_t sent = send(pair[1], data + at, part, 0);
        assert(sent == (ssize_t)part);
        bool is_there = channel_fill(channel);
        assert(is_there);
        struct channel_frame frame;
        while ((answer = channel_next(channel, &frame, &err)) == CHANNEL_FRAME) {
            put_number(out, frame.kind, 4);
            put_number(out, frame.payload.len, 4);
            put_number(out, frame.number, 8);
            buf_put_str(out, frame.payload);
        }
    }
    assert((answer == CHANNEL_BROKEN) == (err.message[0] != '\0'));
    close(pair[1]);
    channel_free(channel);
    return answer;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct buf whole = BUF_EMPTY, parts = BUF_EMPTY;
    if (size < 1 || size > 100000) {
        return 0;
    }
    size_t step = (size_t)data[0] + 1;
    enum channel_answer once = read_all(data + 1, size - 1, size, &whole);
    enum channel_answer again = read_all(data + 1, size - 1, step, &parts);
    assert(once == again);
    assert(str_equal(buf_str(&whole), buf_str(&parts)));
    assert(whole.len <= size - 1 &&
           (whole.len == 0 || memcmp(whole.bytes, data + 1, whole.len) == 0));
    buf_fini(&whole);
    buf_fini(&parts);
    return 0;
}
