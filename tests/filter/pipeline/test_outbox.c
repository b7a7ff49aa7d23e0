#include "filter/pipeline/outbox.h"

#include <sys/socket.h>

#include "filter/base/err.h"
#include "tests/filter/test.h"

/* Sends what is unsent to a fresh peer and returns the numbers it got, ended by 0. */
static void deliver(struct outbox *outbox, uint64_t numbers[8])
{
    int pair[2];
    assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, pair), 0);
    struct channel *from = channel_new(pair[0]), *to = channel_new(pair[1]);
    outbox_send(outbox, from, 1 << 20);
    assert_true(channel_flush(from));
    assert_true(channel_fill(to));
    struct channel_frame frame;
    struct err err = ERR_NONE;
    size_t count = 0;
    while (channel_next(to, &frame, &err) == CHANNEL_FRAME) {
        assert_int_equal(frame.kind, CHANNEL_VERDICT);
        numbers[count++] = frame.number;
    }
    numbers[count] = 0;
    channel_free(from);
    channel_free(to);
}

static void unacknowledged_goes_to_the_next_peer(void **state)
{
    (void)state;
    struct outbox *outbox = outbox_new(1 << 20);
    uint64_t got[8], ticket;
    outbox_put(outbox, STR("{\"a\":1}"), 11);
    outbox_put(outbox, STR("{\"b\":2}"), 22);
    deliver(outbox, got);
    assert_int_equal(got[1], 2);
    assert_int_equal(got[2], 0);
    deliver(outbox, got); /* nothing is sent twice to the same peer */
    assert_int_equal(got[0], 0);
    assert_true(outbox_acknowledged(outbox, 1, &ticket));
    assert_int_equal(ticket, 11);
    assert_false(outbox_acknowledged(outbox, 1, &ticket));
    outbox_rewind(outbox);
    deliver(outbox, got);
    assert_int_equal(got[0], 2);
    assert_int_equal(got[1], 0);
    assert_true(outbox_acknowledged(outbox, 2, &ticket));
    assert_int_equal(ticket, 22);
    assert_int_equal(outbox_count(outbox), 0);
    outbox_free(outbox);
}

static void one_that_kills_its_peers_comes_last(void **state)
{
    (void)state;
    struct outbox *outbox = outbox_new(1 << 20);
    uint64_t got[8], ticket;
    outbox_put(outbox, STR("{\"deadly\":1}"), 1);
    outbox_put(outbox, STR("{\"b\":2}"), 2);
    outbox_put(outbox, STR("{\"c\":3}"), 3);
    for (int i = 0; i < 3; i++) {
        outbox_rewind(outbox);
        deliver(outbox, got);
        assert_int_equal(got[0], 1);
    }
    outbox_rewind(outbox);
    deliver(outbox, got);
    assert_int_equal(got[0], 2);
    assert_int_equal(got[1], 3);
    assert_int_equal(got[2], 1);
    assert_true(outbox_acknowledged(outbox, 2, &ticket));
    outbox_rewind(outbox);
    outbox_put(outbox, STR("{\"d\":4}"), 4);
    deliver(outbox, got);
    assert_int_equal(got[0], 3);
    assert_int_equal(got[1], 1);
    assert_int_equal(got[2], 4);
    assert_true(outbox_acknowledged(outbox, 4, &ticket));
    assert_true(outbox_acknowledged(outbox, 1, &ticket));
    assert_true(outbox_acknowledged(outbox, 3, &ticket));
    for (int i = 0; i < 5; i++) {
        outbox_rewind(outbox); /* of nothing */
    }
    outbox_put(outbox, STR("{\"e\":5}"), 5);
    for (int i = 0; i < 9; i++) {
        outbox_rewind(outbox); /* alone it holds up nobody */
        deliver(outbox, got);
        assert_int_equal(got[0], 5);
    }
    outbox_free(outbox);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(unacknowledged_goes_to_the_next_peer),
                                       cmocka_unit_test(one_that_kills_its_peers_comes_last)};
    return cmocka_run_group_tests_name("outbox", tests, NULL, NULL);
}
