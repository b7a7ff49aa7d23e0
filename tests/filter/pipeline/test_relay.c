#include "filter/pipeline/relay.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#include "tests/filter/test.h"

/* Lets the relay act until it has nothing to do for now. */
static void settle(struct relay *relay)
{
    struct pollfd fds[2];
    do {
        relay_poll(relay, fds);
    } while (poll(fds, 2, 0) > 0 && (relay_act(relay, fds), true));
}

static void read_text(int fd, char *text, size_t size)
{
    ssize_t got = recv(fd, text, size - 1, MSG_DONTWAIT);
    text[got > 0 ? got : 0] = '\0';
}

static int connect_ingest(struct relay *relay)
{
    int pair[2];
    assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, pair), 0);
    relay_connect(relay, pair[1]);
    return pair[0];
}

static void lines_that_are_not_through_come_again(void **state)
{
    (void)state;
    int in[2];
    char text[64];
    assert_int_equal(pipe(in), 0);
    struct relay *relay = relay_new(in[0]);
    assert_int_equal(write(in[1], "one\ntwo\nthr", 11), 11);
    int ingest = connect_ingest(relay);
    settle(relay);
    read_text(ingest, text, sizeof text);
    assert_string_equal(text, "one\ntwo\n"); /* whole lines only */
    relay_through(relay, 1);
    close(ingest); /* it dies */
    settle(relay);
    assert_int_equal(write(in[1], "ee\nlast", 7), 7);
    close(in[1]);
    ingest = connect_ingest(relay);
    settle(relay);
    read_text(ingest, text, sizeof text);
    assert_string_equal(text, "two\nthree\nlast\n");
    assert_true(relay_has_work(relay));
    relay_through(relay, 3);
    assert_false(relay_has_work(relay));
    close(ingest);
    relay_free(relay);
    close(in[0]);
}

/* Without a season nobody asks for posts, and none is read. */
static void nothing_is_read_for_nobody(void **state)
{
    (void)state;
    int in[2];
    char text[64];
    assert_int_equal(pipe(in), 0);
    struct relay *relay = relay_new(in[0]);
    assert_int_equal(write(in[1], "one\n", 4), 4);
    settle(relay);
    assert_int_equal(read(in[0], text, 2), 2); /* still there */
    int ingest = connect_ingest(relay);
    settle(relay);
    read_text(ingest, text, sizeof text);
    assert_string_equal(text, "e\n");
    relay_disconnect(relay);
    assert_int_equal(write(in[1], "two\n", 4), 4);
    settle(relay);
    assert_int_equal(read(in[0], text, 4), 4);
    close(ingest);
    relay_free(relay);
    close(in[0]);
    close(in[1]);
}

/* The window moves in its buffer; what is sent again must be right all the same. */
static void counts_lines_over_many_ingests(void **state)
{
    (void)state;
    int in[2];
    char text[4096];
    assert_int_equal(pipe(in), 0);
    struct relay *relay = relay_new(in[0]);
    unsigned next = 1, through = 0;
    for (unsigned round = 0; round < 50; round++) {
        for (unsigned i = 0; i < 20; i++) {
            assert_true(dprintf(in[1], "%u\n", next++) > 0);
        }
        int ingest = connect_ingest(relay);
        settle(relay);
        read_text(ingest, text, sizeof text);
        assert_int_equal(strtoul(text, NULL, 10), through + 1);
        assert_int_equal(relay_lines(relay), through);
        relay_through(relay, round % 25);
        through += round % 25;
        close(ingest);
        settle(relay);
    }
    relay_free(relay);
    close(in[0]);
    close(in[1]);
}

static void line_without_end_is_dropped(void **state)
{
    (void)state;
    int in[2];
    char text[64];
    assert_int_equal(pipe(in), 0);
    struct relay *relay = relay_new(in[0]);
    int ingest = connect_ingest(relay);
    static char much[65536];
    memset(much, 'x', sizeof much);
    for (size_t sent = 0; sent < (9U << 20); sent += sizeof much) {
        assert_int_equal(write(in[1], much, sizeof much), sizeof much);
        settle(relay);
    }
    assert_int_equal(write(in[1], "\nnext\n", 6), 6);
    settle(relay);
    read_text(ingest, text, sizeof text);
    assert_string_equal(text, "\nnext\n"); /* the empty line keeps the count */
    close(ingest);
    relay_free(relay);
    close(in[0]);
    close(in[1]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(lines_that_are_not_through_come_again),
        cmocka_unit_test(line_without_end_is_dropped),
        cmocka_unit_test(nothing_is_read_for_nobody),
        cmocka_unit_test(counts_lines_over_many_ingests),
    };
    return cmocka_run_group_tests_name("relay", tests, NULL, NULL);
}
