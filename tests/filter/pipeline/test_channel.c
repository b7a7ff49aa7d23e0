#include "filter/pipeline/channel.h"

#include <sys/socket.h>
#include <unistd.h>

#include "filter/base/err.h"
#include "filter/verdict/verdict.h"
#include "tests/filter/test.h"

static void make_pair(struct channel **a, int *b)
{
    int pair[2];
    assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, pair), 0);
    *a = channel_new(pair[0]);
    *b = pair[1];
}

static void frames_arrive_whole_and_in_order(void **state)
{
    (void)state;
    struct channel *from, *to;
    int fd;
    make_pair(&from, &fd);
    to = channel_new(fd);
    static char large[3 << 20];
    memset(large, 'x', sizeof large);
    channel_put(from, CHANNEL_VERDICT, 1, STR("{}"));
    channel_put(from, CHANNEL_VERDICT, 2, (struct str){large, sizeof large});
    channel_put(from, CHANNEL_ACK, UINT64_MAX, STR(""));
    struct channel_frame frame;
    struct err err = ERR_NONE;
    size_t seen = 0;
    while (seen < 3) { /* the socket takes a part at a time */
        assert_true(channel_flush(from));
        assert_true(channel_fill(to));
        while (channel_next(to, &frame, &err) == CHANNEL_FRAME) {
            seen++;
            assert_int_equal(frame.number, seen < 3 ? seen : UINT64_MAX);
            assert_int_equal(frame.payload.len, seen == 1 ? 2 : seen == 2 ? sizeof large : 0);
        }
    }
    assert_int_equal(channel_backlog(from), 0);
    assert_memory_equal(large, large + 1, 1);
    channel_free(from);
    assert_false(channel_fill(to));
    channel_free(to);
}

struct broken_case {
    const char *name;
    unsigned char head[16];
    const char *message;
};

static const struct broken_case broken_cases[] = {
    {"kind 0", {0}, "a frame of unknown kind 0"},
    {"kind 9", {9}, "a frame of unknown kind 9"},
    {"length over the cap", {1, 0, 0, 0, 0xff, 0xff, 0xff, 0xff}, "a frame of 4294967295 bytes"},
};

static void broken_frame_is_refused(void **state)
{
    const struct broken_case *c = *state;
    struct channel *channel;
    int fd;
    make_pair(&channel, &fd);
    assert_int_equal(write(fd, c->head, sizeof c->head), sizeof c->head);
    assert_true(channel_fill(channel));
    struct channel_frame frame;
    struct err err = ERR_NONE;
    assert_int_equal(channel_next(channel, &frame, &err), CHANNEL_BROKEN);
    assert_memory_equal(err.message, c->message, strlen(c->message));
    close(fd);
    channel_free(channel);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(frames_arrive_whole_and_in_order)};
    return cmocka_run_group_tests_name("channel", tests, NULL, NULL) +
           RUN_CASES("channel_next", broken_cases, broken_frame_is_refused);
}
