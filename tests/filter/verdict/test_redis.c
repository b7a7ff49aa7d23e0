#include "filter/verdict/redis.h"

#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "filter/base/clock.h"
#include "filter/base/err.h"
#include "filter/base/log.h"
#include "tests/filter/test.h"
#include "tests/filter/verdict/fake_redis.h"

enum { ANSWER_MS = 150, DEADLINE_MS = 5000 };

static const struct hash_key secret = {.bytes = {7}};
static const struct hash a_set = {.bytes = {1}};
static const struct verdict_fields no_fields = {.source = false};

struct stage {
    char folder[64], path[96];
    struct fake_redis *fake;
    struct verdict_redis *redis;
    struct verdict_redis_batch *batch;
};

static struct verdict_redis *connect_with(const char *path, const struct hash_key *key)
{
    char url[128];
    struct err err = ERR_NONE;
    snprintf(url, sizeof url, "unix:%s", path);
    struct verdict_redis_options options = {.url = url,
                                            .secret = key,
                                            .answer_ms = ANSWER_MS,
                                            .first_wait_ms = 10,
                                            .longest_wait_ms = 40};
    struct verdict_redis *redis = verdict_redis_start(&options, &err);
    assert_non_null(redis);
    return redis;
}

/* Waits for a condition without sleeping it out. */
#define WAIT_UNTIL(condition)                                                                      \
    do {                                                                                           \
        int64_t end_ms = clock_monotonic_ms() + DEADLINE_MS;                                       \
        while (!(condition)) {                                                                     \
            assert_true(clock_monotonic_ms() < end_ms);                                            \
            poll(NULL, 0, 2);                                                                      \
        }                                                                                          \
    } while (0)

static void set_up(struct stage *stage)
{
    strcpy(stage->folder, "/tmp/saring.XXXXXX");
    assert_non_null(mkdtemp(stage->folder));
    snprintf(stage->path, sizeof stage->path, "%s/redis", stage->folder);
    log_set_level(LOG_ERROR);
    stage->fake = fake_redis_start(stage->path);
    stage->redis = connect_with(stage->path, &secret);
    stage->batch = verdict_redis_batch_new();
    WAIT_UNTIL(verdict_redis_is_up(stage->redis));
}

static void tear_down(struct stage *stage)
{
    verdict_redis_stop(stage->redis);
    verdict_redis_batch_free(stage->batch);
    fake_redis_stop(stage->fake);
    unlink(stage->path);
    rmdir(stage->folder);
}

static struct hash key_of(const struct verdict_redis *redis, const char *text)
{
    struct post post = POST_EMPTY;
    post.fields[POST_TEXT] = str_of(text);
    post.fields[POST_AUTHOR_NAME] = STR("penulis");
    return verdict_redis_key(redis, &a_set, &no_fields, &post);
}

static struct str ask_one(const struct stage *stage, const char *text)
{
    struct hash key = key_of(stage->redis, text);
    if (!verdict_redis_ask(stage->redis, stage->batch, &key, 1)) {
        return STR("");
    }
    verdict_redis_collect(stage->redis, stage->batch, DEADLINE_MS);
    return verdict_redis_found(stage->batch, 0);
}

static void store_one(const struct stage *stage, const char *text, struct str findings)
{
    struct hash key = key_of(stage->redis, text);
    size_t before = fake_redis_sets(stage->fake);
    verdict_redis_store(stage->redis, &key, findings);
    WAIT_UNTIL(fake_redis_sets(stage->fake) > before);
}

static void finds_what_was_stored(void **state)
{
    (void)state;
    struct stage stage;
    set_up(&stage);
    store_one(&stage, "satu", STR("\"links\":[satu]"));
    store_one(&stage, "dua", STR("\"links\":[dua]"));
    struct hash keys[] = {key_of(stage.redis, "dua"), key_of(stage.redis, "tiada"),
                          key_of(stage.redis, "satu")};
    assert_true(verdict_redis_ask(stage.redis, stage.batch, keys, COUNT(keys)));
    verdict_redis_collect(stage.redis, stage.batch, DEADLINE_MS);
    assert_true(str_is(verdict_redis_found(stage.batch, 0), "\"links\":[dua]"));
    assert_int_equal(verdict_redis_found(stage.batch, 1).len, 0);
    assert_true(str_is(verdict_redis_found(stage.batch, 2), "\"links\":[satu]"));
    struct verdict_redis_counts counts = verdict_redis_counts(stage.redis);
    assert_int_equal(counts.found, 2);
    assert_int_equal(counts.stored, 2);
    assert_int_equal(counts.forged + counts.dropped + counts.faults, 0);
    tear_down(&stage);
}

static void keys_tell_nothing(void **state)
{
    (void)state;
    struct stage stage;
    set_up(&stage);
    store_one(&stage, "isi yang rahasia", STR("temuan"));
    assert_true(fake_redis_holds(stage.fake, "saring:v1:"));
    assert_true(fake_redis_holds(stage.fake, "temuan"));
    assert_false(fake_redis_holds(stage.fake, "rahasia"));
    assert_false(fake_redis_holds(stage.fake, "penulis"));
    tear_down(&stage);
}

/* Another installation's key neither finds nor forges. */
static void a_key_of_ones_own(void **state)
{
    (void)state;
    const struct hash_key other_secret = {.bytes = {8}};
    struct stage stage;
    set_up(&stage);
    struct hash key = key_of(stage.redis, "satu");
    struct verdict_redis *other = connect_with(stage.path, &other_secret);
    struct hash other_key = key_of(other, "satu");
    assert_memory_not_equal(key.bytes, other_key.bytes, sizeof key.bytes);
    verdict_redis_stop(other);
    tear_down(&stage);
}

static void a_giant_is_dropped(void **state)
{
    (void)state;
    struct stage stage;
    set_up(&stage);
    size_t len = 256 << 10;
    char *giant = calloc(1, len);
    struct hash key = key_of(stage.redis, "satu");
    verdict_redis_store(stage.redis, &key, (struct str){.at = giant, .len = len});
    assert_int_equal(verdict_redis_counts(stage.redis).dropped, 1);
    free(giant);
    tear_down(&stage);
}

/* Values whose MAC does not fit are as good as none, and no fault of the connection. */
static void forgeries_are_counted(void **state)
{
    (void)state;
    struct stage stage;
    set_up(&stage);
    store_one(&stage, "satu", STR("temuan satu"));
    store_one(&stage, "dua", STR("temuan dua"));
    fake_redis_behave(stage.fake, FAKE_FORGED);
    assert_int_equal(ask_one(&stage, "satu").len, 0);
    fake_redis_behave(stage.fake, FAKE_SPOILED);
    assert_int_equal(ask_one(&stage, "satu").len, 0);
    assert_int_equal(verdict_redis_counts(stage.redis).forged, 2);
    fake_redis_behave(stage.fake, FAKE_GOOD);
    assert_true(str_is(ask_one(&stage, "satu"), "temuan satu"));
    assert_int_equal(verdict_redis_counts(stage.redis).faults, 0);
    tear_down(&stage);
}

static void a_full_server_is_no_fault(void **state)
{
    (void)state;
    struct stage stage;
    set_up(&stage);
    store_one(&stage, "satu", STR("temuan satu"));
    fake_redis_behave(stage.fake, FAKE_FULL);
    struct hash key = key_of(stage.redis, "dua");
    verdict_redis_store(stage.redis, &key, STR("temuan dua"));
    WAIT_UNTIL(verdict_redis_counts(stage.redis).refused == 1);
    assert_true(str_is(ask_one(&stage, "satu"), "temuan satu"));
    assert_int_equal(verdict_redis_counts(stage.redis).faults, 0);
    tear_down(&stage);
}

struct bad_case {
    const char *name;
    enum fake_manner manner;
};

static const struct bad_case bad_cases[] = {
    {"garbage", FAKE_GARBAGE},
    {"an array of a thousand million", FAKE_ARRAY},
    {"a value that never ends", FAKE_LONG},
    {"nested arrays", FAKE_NESTED},
    {"answers nobody asked for", FAKE_TWICE},
    {"an integer", FAKE_NUMBER},
    {"hangs up", FAKE_CLOSES},
    {"falls silent", FAKE_SILENT},
    {"denies", FAKE_DENIES},
};

/* A bad server opens the breaker soon, nobody waits, and a good one closes it again. */
static void a_bad_server_is_left(void **state)
{
    const struct bad_case *one = *state;
    struct stage stage;
    set_up(&stage);
    store_one(&stage, "satu", STR("temuan satu"));
    fake_redis_behave(stage.fake, one->manner);
    int64_t start_ms = clock_monotonic_ms();
    do { /* "twice" is found out only with the second question's answer, or later */
        assert_int_equal(ask_one(&stage, "satu").len, 0);
    } while (verdict_redis_counts(stage.redis).faults == 0 &&
             clock_monotonic_ms() - start_ms < DEADLINE_MS);
    assert_true(clock_monotonic_ms() - start_ms < 10 * ANSWER_MS);
    assert_true(verdict_redis_counts(stage.redis).faults > 0);
    fake_redis_behave(stage.fake, FAKE_DEAF);
    fake_redis_hang_up(stage.fake);
    WAIT_UNTIL(!verdict_redis_is_up(stage.redis));
    start_ms = clock_monotonic_ms();
    struct hash key = key_of(stage.redis, "satu");
    for (int i = 0; i < 1000; i++) {
        assert_int_equal(ask_one(&stage, "satu").len, 0);
        verdict_redis_store(stage.redis, &key, STR("temuan"));
    }
    assert_true(clock_monotonic_ms() - start_ms < ANSWER_MS);
    fake_redis_behave(stage.fake, FAKE_GOOD);
    fake_redis_hang_up(stage.fake);
    WAIT_UNTIL(verdict_redis_is_up(stage.redis));
    WAIT_UNTIL(str_is(ask_one(&stage, "satu"), "temuan satu"));
    tear_down(&stage);
}

/* A worker that waits 0 ms goes on at once; the answers that come later harm nobody. */
static void late_answers_are_dropped(void **state)
{
    (void)state;
    struct stage stage;
    set_up(&stage);
    store_one(&stage, "satu", STR("temuan satu"));
    struct hash keys[VERDICT_REDIS_BATCH];
    for (size_t i = 0; i < COUNT(keys); i++) {
        keys[i] = key_of(stage.redis, "satu");
    }
    for (int i = 0; i < 200; i++) {
        if (verdict_redis_ask(stage.redis, stage.batch, keys, COUNT(keys))) {
            verdict_redis_collect(stage.redis, stage.batch, 0);
        }
    }
    assert_int_equal(verdict_redis_counts(stage.redis).faults, 0);
    WAIT_UNTIL(str_is(ask_one(&stage, "satu"), "temuan satu"));
    tear_down(&stage);
}

static void stopping_sends_what_is_left(void **state)
{
    (void)state;
    struct stage stage;
    set_up(&stage);
    for (int i = 0; i < 40; i++) {
        char text[16];
        snprintf(text, sizeof text, "pos %d", i);
        struct hash key = key_of(stage.redis, text);
        verdict_redis_store(stage.redis, &key, STR("temuan"));
    }
    verdict_redis_stop(stage.redis);
    stage.redis = NULL;
    assert_int_equal(fake_redis_sets(stage.fake), 40);
    tear_down(&stage);
}

static void stops_at_once_without_a_server(void **state)
{
    (void)state;
    struct verdict_redis *redis = connect_with("/nonexistent/redis.sock", &secret);
    struct hash key = key_of(redis, "satu");
    verdict_redis_store(redis, &key, STR("temuan"));
    assert_false(verdict_redis_is_up(redis));
    int64_t start_ms = clock_monotonic_ms();
    verdict_redis_stop(redis);
    assert_true(clock_monotonic_ms() - start_ms < 1000);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(finds_what_was_stored),
        cmocka_unit_test(keys_tell_nothing),
        cmocka_unit_test(a_key_of_ones_own),
        cmocka_unit_test(a_giant_is_dropped),
        cmocka_unit_test(forgeries_are_counted),
        cmocka_unit_test(a_full_server_is_no_fault),
        cmocka_unit_test(late_answers_are_dropped),
        cmocka_unit_test(stopping_sends_what_is_left),
        cmocka_unit_test(stops_at_once_without_a_server),
    };
    return RUN_CASES("a bad server", bad_cases, a_bad_server_is_left) +
           cmocka_run_group_tests_name("redis", tests, NULL, NULL);
}
