#include "feeds/intake.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#include "filter/base/buf.h"
#include "filter/base/err.h"
#include "filter/base/file.h"
#include "tests/filter/test.h"

enum { EXAMPLE_POSTS = 115, MAX_POSTS = 4096, DEADLINE_SECONDS = 20 };

/* What the intake's threads handed over. */
struct taken {
    pthread_mutex_t lock;
    pthread_cond_t changed;
    uint64_t tickets[MAX_POSTS];
    char ids[MAX_POSTS][64];
    size_t count;
    size_t refuse_after; /* 0: never */
};

static bool on_post(void *context, const struct post *post, uint64_t ticket)
{
    struct taken *taken = context;
    pthread_mutex_lock(&taken->lock);
    bool takes = taken->refuse_after == 0 || taken->count < taken->refuse_after;
    assert_true(ticket < FEEDS_TICKET_END);
    if (takes && taken->count < MAX_POSTS) {
        taken->tickets[taken->count] = ticket;
        snprintf(taken->ids[taken->count++], 64, "%.*s", STR_FORMAT(post->id));
        pthread_cond_broadcast(&taken->changed);
    }
    pthread_mutex_unlock(&taken->lock);
    return takes;
}

struct fixture {
    char folder[64];
    struct feeds_sources *sources;
    struct hash_key secret;
    struct taken taken;
    struct feeds_intake *intake;
};

static void set_up(struct fixture *f)
{
    struct err err = ERR_NONE;
    *f = (struct fixture){.folder = "/tmp/saring-intake.XXXXXX"};
    assert_true(hash_start(&err));
    assert_non_null(mkdtemp(f->folder));
    pthread_mutex_init(&f->taken.lock, NULL);
    pthread_cond_init(&f->taken.changed, NULL);
}

static void put_file(const struct fixture *f, const char *name, const char *text)
{
    char path[128];
    struct err err = ERR_NONE;
    snprintf(path, sizeof path, "%s/%s", f->folder, name);
    assert_true(file_write(path, str_of(text), 0600, &err));
}

static void start(struct fixture *f)
{
    struct err err = ERR_NONE;
    struct feeds_intake_options options = {
        .state = f->folder,
        .secret = &f->secret,
        .clock = clock_system(),
        .limits = {.every_ms = 20, .retry_ms = 20},
        .on_post = on_post,
        .context = &f->taken,
    };
    options.sources = feeds_sources_all(f->sources, &options.source_count);
    f->taken.count = 0;
    f->intake = feeds_intake_start(&options, &err);
    assert_string_equal(err.message, "");
    assert_non_null(f->intake);
}

static void wait_for_posts(struct fixture *f, size_t count)
{
    struct timespec until;
    clock_gettime(CLOCK_REALTIME, &until);
    until.tv_sec += DEADLINE_SECONDS;
    pthread_mutex_lock(&f->taken.lock);
    while (f->taken.count < count) {
        assert_int_equal(pthread_cond_timedwait(&f->taken.changed, &f->taken.lock, &until), 0);
    }
    pthread_mutex_unlock(&f->taken.lock);
}

/* Until the intake has looked at `documents` documents and left out `seen` posts. */
static void wait_for_counts(struct fixture *f, uint64_t documents, uint64_t seen)
{
    int64_t end_ms = clock_monotonic_ms() + DEADLINE_SECONDS * 1000;
    struct feeds_intake_counts counts;
    do {
        assert_true(clock_monotonic_ms() < end_ms);
        usleep(1000);
        counts = feeds_intake_counts(f->intake);
    } while (counts.documents < documents || counts.seen < seen);
}

static void finish(struct fixture *f)
{
    feeds_intake_free(f->intake);
    f->intake = NULL;
}

static void tear_down(struct fixture *f)
{
    struct buf command = BUF_EMPTY;
    finish(f);
    feeds_sources_free(f->sources);
    buf_printf(&command, "rm -rf '%s'", f->folder);
    assert_int_equal(system(command.bytes), 0); /* NOLINT(cert-env33-c) */
    buf_fini(&command);
    pthread_cond_destroy(&f->taken.changed);
    pthread_mutex_destroy(&f->taken.lock);
}

/* Waits for the example's posts and says that they are done; the number of documents is four. */
static void take_example(struct fixture *f)
{
    struct err err = ERR_NONE;
    set_up(f);
    f->sources = feeds_sources_example("feeds/example", &err);
    assert_string_equal(err.message, "");
    start(f);
    wait_for_posts(f, EXAMPLE_POSTS);
    wait_for_counts(f, 4, 0);
    assert_int_equal(feeds_intake_counts(f->intake).posts, EXAMPLE_POSTS);
}

static void done_posts_do_not_come_again(void **state)
{
    (void)state;
    struct fixture f;
    take_example(&f);
    for (size_t i = 0; i < EXAMPLE_POSTS; i++) {
        feeds_intake_done(f.intake, f.taken.tickets[i]);
    }
    finish(&f);
    /* Even if what is known of the documents is lost: all of them are read, none of them is new. */
    char path[128];
    snprintf(path, sizeof path, "%s/feeds.state", f.folder);
    assert_int_equal(unlink(path), 0);
    start(&f);
    wait_for_counts(&f, 4, EXAMPLE_POSTS);
    feeds_intake_stop(f.intake);
    assert_int_equal(f.taken.count, 0);
    tear_down(&f);
}

static const char two_posts[] =
    "{\"id\":\"a\",\"text\":\"satu\"}\n{\"id\":\"b\",\"text\":\"dua\"}\n";
static const char sources_text[] = "sources:\n  - {id: berkas, kind: ndjson, path: posts.ndjson}\n";

static void set_up_file(struct fixture *f)
{
    struct err err = ERR_NONE;
    char path[128];
    set_up(f);
    put_file(f, "posts.ndjson", two_posts);
    put_file(f, "sources.yml", sources_text);
    snprintf(path, sizeof path, "%s/sources.yml", f->folder);
    f->sources = feeds_sources_load(path, &err);
    assert_string_equal(err.message, "");
}

static void posts_in_flight_come_again(void **state)
{
    (void)state;
    struct fixture f;
    set_up_file(&f);
    start(&f);
    wait_for_posts(&f, 2);
    feeds_intake_done(f.intake, f.taken.tickets[0]);
    finish(&f); /* as if it had been killed: b is not done */
    start(&f);
    wait_for_posts(&f, 1);
    wait_for_counts(&f, 1, 1);
    assert_int_equal(f.taken.count, 1);
    assert_string_equal(f.taken.ids[0], "b");
    tear_down(&f);
}

static void a_document_waits_for_its_posts(void **state)
{
    (void)state;
    struct fixture f;
    set_up_file(&f);
    start(&f);
    wait_for_posts(&f, 2);
    put_file(&f, "posts.ndjson",
             "{\"id\":\"c\",\"text\":\"tiga\"}\n{\"id\":\"a\",\"text\":\"satu\"}\n");
    feeds_intake_done(f.intake, f.taken.tickets[0]);
    assert_int_equal(f.taken.count, 2);
    feeds_intake_done(f.intake, f.taken.tickets[1]);
    wait_for_posts(&f, 3);
    assert_string_equal(f.taken.ids[2], "c");
    feeds_intake_done(f.intake, f.taken.tickets[2]);
    wait_for_counts(&f, 2, 1);
    tear_down(&f);
}

static void one_id_twice_is_one_post(void **state)
{
    (void)state;
    struct fixture f;
    set_up_file(&f);
    put_file(&f, "posts.ndjson",
             "{\"id\":\"a\",\"text\":\"satu\"}\nnot json\n{\"id\":\"a\",\"text\":\"dua\"}\n"
             "{\"text\":\"x\"}\n{\"text\":\"x\"}\n{\"text\":\"y\"}\n"
             "{\"id\":\"a\",\"source\":\"lain\",\"text\":\"satu\"}\n");
    start(&f);
    wait_for_posts(&f, 4);
    wait_for_counts(&f, 1, 2);
    struct feeds_intake_counts counts = feeds_intake_counts(f.intake);
    assert_int_equal(counts.posts, 4);
    assert_int_equal(counts.seen, 2);
    tear_down(&f);
}

static void refusing_a_post_stops(void **state)
{
    (void)state;
    struct fixture f;
    set_up_file(&f);
    f.taken.refuse_after = 1;
    start(&f);
    wait_for_posts(&f, 1);
    feeds_intake_stop(f.intake);
    feeds_intake_done(f.intake, f.taken.tickets[0]); /* also after the stop */
    finish(&f);
    f.taken.refuse_after = 0;
    start(&f);
    wait_for_posts(&f, 1);
    assert_string_equal(f.taken.ids[0], "b");
    tear_down(&f);
}

static void a_folder_that_is_not_there(void **state)
{
    (void)state;
    struct fixture f;
    struct err err = ERR_NONE;
    set_up_file(&f);
    struct feeds_intake_options options = {.state = "/nowhere/at/all",
                                           .secret = &f.secret,
                                           .clock = clock_system(),
                                           .on_post = on_post};
    options.sources = feeds_sources_all(f.sources, &options.source_count);
    assert_null(feeds_intake_start(&options, &err));
    assert_string_equal(err.file, "/nowhere/at/all/feeds.seen");
    assert_string_equal(err.message, "cannot be written: No such file or directory");
    tear_down(&f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(done_posts_do_not_come_again),
        cmocka_unit_test(posts_in_flight_come_again),
        cmocka_unit_test(a_document_waits_for_its_posts),
        cmocka_unit_test(one_id_twice_is_one_post),
        cmocka_unit_test(refusing_a_post_stops),
        cmocka_unit_test(a_folder_that_is_not_there),
    };
    return cmocka_run_group_tests_name("feeds_intake", tests, NULL, NULL);
}
