#include "filter/pipeline/stdin.h"

#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#include "filter/base/err.h"
#include "filter/base/log.h"
#include "tests/filter/test.h"

enum { BIT = 1 << 20, DEADLINE_MS = 5000 };

struct pipe_end {
    char folder[64], path[96];
    int in; /* what the relay would hold */
    struct queue *queue;
    struct feeds_seen *seen;
    struct stdin_reader *reader;
};

static void on_through(void *context)
{
    (void)context;
}

static void set_up(struct pipe_end *end)
{
    static const struct hash_key secret = {.bytes = {5}};
    struct err err = ERR_NONE;
    int pair[2];
    *end = (struct pipe_end){.in = -1};
    log_set_level(LOG_ERROR);
    strcpy(end->folder, "/tmp/saring.XXXXXX");
    assert_non_null(mkdtemp(end->folder));
    snprintf(end->path, sizeof end->path, "%s/stdin.seen", end->folder);
    end->queue = queue_new(64);
    end->seen = feeds_seen_open(end->path, &secret, clock_system(), &err);
    assert_non_null(end->seen);
    assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair), 0);
    end->in = pair[1];
    const struct stdin_options options = {.socket = pair[0],
                                          .before = 100,
                                          .queue = end->queue,
                                          .seen = end->seen,
                                          .secret = &secret,
                                          .clock = clock_system(),
                                          .ticket_bit = BIT,
                                          .through = on_through};
    end->reader = stdin_new(&options);
    stdin_start(end->reader);
}

static void tear_down(struct pipe_end *end)
{
    queue_close(end->queue);
    stdin_stop(end->reader);
    stdin_free(end->reader);
    feeds_seen_close(end->seen);
    queue_free(end->queue);
    close(end->in);
    unlink(end->path);
    rmdir(end->folder);
}

static void say(const struct pipe_end *end, const char *text)
{
    size_t len = strlen(text);
    assert_int_equal(send(end->in, text, len, 0), (ssize_t)len);
}

/* The next post, which must have this id ("" for any) and come of this line. Its text stands. */
static struct post take(const struct pipe_end *end, const char *id, uint64_t line)
{
    const struct queue_item *item;
    assert_int_equal(queue_take(end->queue, &item, 1), 1);
    assert_int_equal(item->ticket, line | BIT);
    assert_true(id[0] == '\0' || str_is(item->post.id, id));
    return item->post; /* never given back: the queue has slots enough */
}

static void wait_through(const struct pipe_end *end, uint64_t lines)
{
    int64_t end_ms = clock_monotonic_ms() + DEADLINE_MS;
    while (stdin_through(end->reader) != lines) {
        assert_true(clock_monotonic_ms() < end_ms);
        poll(NULL, 0, 1);
    }
}

/* Lines end in any order; the front moves when the first of them does. */
static void lines_are_through_when_done(void **state)
{
    (void)state;
    struct pipe_end end;
    set_up(&end);
    say(&end, "{\"id\":\"a\",\"text\":\"x\"}\n{\"id\":\"b\",\"text\":\"x\"}\n{\"id\":\"c\",\"te");
    struct post a = take(&end, "a", 1), b = take(&end, "b", 2);
    assert_true(str_is(a.source, "stdin"));
    assert_true(a.fetched_ms != CLOCK_NEVER);
    say(&end, "xt\":\"x\"}\n\n  \nbukan JSON\n");
    struct post c = take(&end, "c", 3);
    stdin_clean(end.reader, &c, 3 | BIT);
    stdin_flagged(end.reader, &b, 2 | BIT);
    assert_int_equal(stdin_through(end.reader), 0);
    stdin_clean(end.reader, &a, 1 | BIT);
    wait_through(&end, 1);
    stdin_acknowledged(end.reader, 2 | BIT);
    wait_through(&end, 6);
    stdin_acknowledged(end.reader, 2 | BIT); /* twice does no harm */
    struct stdin_counts counts = stdin_counts(end.reader);
    assert_int_equal(counts.lines, 6);
    assert_int_equal(counts.bad, 1);
    assert_int_equal(feeds_seen_count(end.seen), 3);
    tear_down(&end);
}

/* What is flagged and not acknowledged is not done: it would come again. */
static void done_posts_are_passed_over(void **state)
{
    (void)state;
    struct pipe_end end;
    set_up(&end);
    say(&end, "{\"id\":\"a\",\"text\":\"x\"}\n{\"id\":\"b\",\"text\":\"x\"}\n");
    struct post a = take(&end, "a", 1), b = take(&end, "b", 2);
    stdin_clean(end.reader, &a, 1 | BIT);
    stdin_flagged(end.reader, &b, 2 | BIT);
    say(&end, "{\"id\":\"a\",\"text\":\"another text\"}\n{\"id\":\"b\",\"text\":\"x\"}\n");
    take(&end, "b", 4);
    assert_int_equal(stdin_counts(end.reader).seen, 1);
    tear_down(&end);
}

/* A post without an id is called by what it says; whoever copied it says the same. */
static void a_post_without_a_name(void **state)
{
    (void)state;
    struct pipe_end end;
    set_up(&end);
    say(&end, "{\"text\":\"satu\",\"author_name\":\"a\"}\n");
    struct post one = take(&end, "", 1);
    char name[64];
    assert_int_equal(one.id.len, 32);
    snprintf(name, sizeof name, "%.*s", STR_FORMAT(one.id));
    stdin_clean(end.reader, &one, 1 | BIT);
    say(&end, "{\"text\":\"satu\",\"author_name\":\"b\"}\n{\"text\":\"dua\"}\n");
    struct post two = take(&end, "", 3);
    assert_false(str_is(two.id, name));
    assert_int_equal(stdin_counts(end.reader).seen, 1);
    tear_down(&end);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(lines_are_through_when_done),
        cmocka_unit_test(done_posts_are_passed_over),
        cmocka_unit_test(a_post_without_a_name),
    };
    return cmocka_run_group_tests_name("stdin", tests, NULL, NULL);
}
