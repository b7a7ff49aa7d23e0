#include "filter/pipeline/workers.h"

#include <poll.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "filter/base/err.h"
#include "filter/base/log.h"
#include "filter/verdict/verdict.h"
#include "tests/filter/pipeline/rules.h"
#include "tests/filter/test.h"
#include "tests/filter/verdict/fake_redis.h"

enum { MOST = 4096, DEADLINE_MS = 10000 };

struct desk {
    struct queue *queue;
    struct ruleset_slot *rules;
    struct shadow *shadow;
    struct verdict_cache *cache;
    struct verdict_redis *redis;
    struct workers *workers;
    pthread_mutex_t lock;
    unsigned char clean[MOST], flagged[MOST]; /* by ticket: how often */
    size_t total;
    struct buf last; /* the last verdict */
    bool has_ended;
};

static void on_clean(void *context, const struct post *post, uint64_t ticket)
{
    struct desk *desk = context;
    (void)post;
    pthread_mutex_lock(&desk->lock);
    desk->clean[ticket]++;
    desk->total++;
    pthread_mutex_unlock(&desk->lock);
}

static void on_flagged(void *context, const struct post *post, uint64_t ticket, struct str verdict)
{
    struct desk *desk = context;
    (void)post;
    pthread_mutex_lock(&desk->lock);
    desk->flagged[ticket]++;
    desk->total++;
    buf_clear(&desk->last);
    buf_put_str(&desk->last, verdict);
    pthread_mutex_unlock(&desk->lock);
}

static void on_ended(void *context)
{
    struct desk *desk = context;
    desk->has_ended = true;
}

static size_t total(struct desk *desk)
{
    pthread_mutex_lock(&desk->lock);
    size_t now = desk->total;
    pthread_mutex_unlock(&desk->lock);
    return now;
}

static void start_with(struct desk *desk, struct ruleset *rules, struct verdict_redis *redis)
{
    *desk = (struct desk){.queue = queue_new(256),
                          .rules = ruleset_slot_new(),
                          .shadow = shadow_new(),
                          .cache = verdict_cache_new(4096, 1 << 20),
                          .redis = redis};
    pthread_mutex_init(&desk->lock, NULL);
    if (rules != NULL) {
        ruleset_swap(desk->rules, rules);
    }
    const struct workers_options options = {.queue = desk->queue,
                                            .rules = desk->rules,
                                            .shadow = desk->shadow,
                                            .cache = desk->cache,
                                            .redis = redis,
                                            .count = 2,
                                            .clean = on_clean,
                                            .flagged = on_flagged,
                                            .ended = on_ended,
                                            .context = desk};
    desk->workers = workers_start(&options);
}

static void start(struct desk *desk, struct rule_set *set, struct verdict_redis *redis)
{
    start_with(desk, set != NULL ? rules_use(set, RULES_NOW) : NULL, redis);
}

static void end(struct desk *desk)
{
    queue_close(desk->queue);
    workers_free(desk->workers);
    assert_true(desk->has_ended);
    queue_free(desk->queue);
    ruleset_slot_free(desk->rules);
    verdict_cache_free(desk->cache);
    shadow_free(desk->shadow);
    buf_fini(&desk->last);
    pthread_mutex_destroy(&desk->lock);
}

static void put(struct desk *desk, const char *text, const char *author, uint64_t ticket)
{
    struct post post = POST_EMPTY;
    char id[24];
    snprintf(id, sizeof id, "%llu", (unsigned long long)ticket);
    post.id = str_of(id);
    post.source = STR("uji");
    post.fields[POST_TEXT] = str_of(text);
    post.fields[POST_AUTHOR_NAME] = str_of(author);
    assert_true(queue_put(desk->queue, &post, ticket));
}

static void wait_total(struct desk *desk, size_t wanted)
{
    int64_t end_ms = clock_monotonic_ms() + DEADLINE_MS;
    while (total(desk) < wanted) {
        assert_true(clock_monotonic_ms() < end_ms);
        poll(NULL, 0, 1);
    }
}

/* Each post comes out exactly once, on the right side, with and without the cache's help. */
static void every_post_once(void **state)
{
    (void)state;
    struct desk desk;
    enum { POSTS = 3000 };
    start(&desk, rules_load(false), NULL);
    for (uint64_t i = 0; i < POSTS; i++) {
        char text[64];
        snprintf(text, sizeof text, "%s nomor %d", i % 5 == 0 ? "ada undian tinta" : "pasar pagi",
                 (int)(i % 50)); /* each text comes 60 times */
        put(&desk, text, "penulis", i);
    }
    wait_total(&desk, POSTS);
    for (uint64_t i = 0; i < POSTS; i++) {
        assert_int_equal(desk.flagged[i], i % 5 == 0);
        assert_int_equal(desk.clean[i], i % 5 != 0);
    }
    struct workers_counts counts = workers_counts(desk.workers);
    assert_int_equal(counts.posts, POSTS);
    assert_int_equal(counts.flagged, POSTS / 5);
    struct verdict_cache_counts cache = verdict_cache_counts(desk.cache);
    assert_true(cache.hits > POSTS / 2);
    end(&desk);
}

/* Sets are swapped as fast as can be: no post is lost, and each is matched by one whole set. */
static void swapped_under_load(void **state)
{
    (void)state;
    struct desk desk;
    enum { POSTS = 4000 };
    struct rule_set *sets[] = {rules_load(false), rules_load(true)};
    struct arena *arena = arena_new(1 << 20);
    size_t by_set[2] = {0};
    start(&desk, rule_set_ref(sets[0]), NULL);
    for (uint64_t i = 0; i < POSTS; i++) {
        char text[64];
        struct verdict verdict;
        struct err err = ERR_NONE;
        snprintf(text, sizeof text, "undian tinta, hadiah sepeda nomor %d", (int)i);
        put(&desk, text, "kpu palsu", i);
        if (i % 3 == 0) {
            ruleset_swap(desk.rules, rules_use(rule_set_ref(sets[i % 2]), RULES_NOW));
        }
        pthread_mutex_lock(&desk.lock);
        bool has_one = desk.last.len > 0;
        if (has_one) {
            arena_reset(arena);
            assert_true(verdict_read(arena, buf_str(&desk.last), &verdict, &err));
        }
        pthread_mutex_unlock(&desk.lock);
        if (has_one) {
            size_t which = str_is(verdict.ruleset, rule_set_id(sets[1])) ? 1 : 0;
            by_set[which]++;
            assert_true(str_is(verdict.ruleset, rule_set_id(sets[which])));
            assert_int_equal(verdict.rule_count, 2 + which);
        }
    }
    wait_total(&desk, POSTS);
    for (uint64_t i = 0; i < POSTS; i++) {
        assert_int_equal(desk.flagged[i], 1);
    }
    assert_true(by_set[0] > 0 && by_set[1] > 0);
    end(&desk);
    arena_free(arena);
    rule_set_unref(sets[0]);
    rule_set_unref(sets[1]);
}

/* A verdict out of the cache is about the post at hand, not the one it was made for. */
static void a_copy_keeps_its_own_name(void **state)
{
    (void)state;
    struct desk desk;
    struct arena *arena = arena_new(1 << 20);
    struct verdict verdict;
    struct err err = ERR_NONE;
    start(&desk, rules_load(false), NULL);
    put(&desk, "ada undian tinta", "satu", 1);
    wait_total(&desk, 1);
    put(&desk, "ada undian tinta", "dua", 2);
    wait_total(&desk, 2);
    assert_int_equal(verdict_cache_counts(desk.cache).hits, 1);
    assert_true(verdict_read(arena, buf_str(&desk.last), &verdict, &err));
    assert_true(str_is(verdict.post.id, "2"));
    assert_int_equal(verdict.rules[0].span_count, 1);
    end(&desk);
    arena_free(arena);
}

/* Without rules, as after a season, posts are let go of: neither clean nor flagged. */
static void no_rules_no_verdicts(void **state)
{
    (void)state;
    struct desk desk;
    start(&desk, NULL, NULL);
    for (uint64_t i = 0; i < 1000; i++) {
        put(&desk, "ada undian tinta", "", i);
    }
    queue_close(desk.queue);
    int64_t end_ms = clock_monotonic_ms() + DEADLINE_MS;
    while (workers_counts(desk.workers).posts < 1000) {
        assert_true(clock_monotonic_ms() < end_ms);
        poll(NULL, 0, 1);
    }
    assert_int_equal(total(&desk), 0);
    end(&desk);
}

struct shared {
    char folder[64], path[96], url[128];
    struct fake_redis *fake;
};

static void open_redis(struct shared *shared)
{
    strcpy(shared->folder, "/tmp/saring.XXXXXX");
    assert_non_null(mkdtemp(shared->folder));
    snprintf(shared->path, sizeof shared->path, "%s/redis", shared->folder);
    snprintf(shared->url, sizeof shared->url, "unix:%s", shared->path);
    shared->fake = fake_redis_start(shared->path);
    log_set_level(LOG_ERROR);
}

static void close_redis(struct shared *shared)
{
    fake_redis_stop(shared->fake);
    unlink(shared->path);
    rmdir(shared->folder);
}

static struct verdict_redis *connect_redis(const struct shared *shared)
{
    static const struct hash_key secret = {.bytes = {9}};
    const struct verdict_redis_options options = {.url = shared->url, .secret = &secret};
    struct err err = ERR_NONE;
    struct verdict_redis *redis = verdict_redis_start(&options, &err);
    assert_non_null(redis);
    int64_t end_ms = clock_monotonic_ms() + DEADLINE_MS;
    while (!verdict_redis_is_up(redis)) {
        assert_true(clock_monotonic_ms() < end_ms);
        poll(NULL, 0, 1);
    }
    return redis;
}

/* A shadow's posts are clean to all but its count, copies included; no cache and no Redis has them.
 */
static void shadows_are_only_counted(void **state)
{
    (void)state;
    struct shared shared;
    struct desk desk;
    struct hash release;
    uint64_t hits = 0;
    open_redis(&shared);
    struct verdict_redis *redis = connect_redis(&shared);
    start_with(&desk, ruleset_new(rules_load(false), RULES_NOW, STR("")), redis);
    for (uint64_t i = 0; i < 100; i++) {
        put(&desk, i % 4 == 0 ? "ada undian tinta" : "pasar pagi", "", i);
    }
    wait_total(&desk, 100);
    for (uint64_t i = 0; i < 100; i++) {
        assert_int_equal(desk.flagged[i], 0);
        assert_int_equal(desk.clean[i], 1);
    }
    assert_int_equal(workers_counts(desk.workers).shadows, 25);
    assert_true(shadow_pop(desk.shadow, &release, &hits));
    assert_int_equal(hits, 25);
    assert_true(shadow_is_empty(desk.shadow));
    assert_int_equal(desk.last.len, 0);
    assert_int_equal(verdict_cache_counts(desk.cache).entries, 1);
    end(&desk);
    verdict_redis_stop(redis);
    assert_int_equal(fake_redis_sets(shared.fake), 0);
    close_redis(&shared);
}

/* Another node has what this one found; clean verdicts never leave. */
static void flagged_verdicts_are_shared(void **state)
{
    (void)state;
    struct shared shared;
    struct desk desk;
    open_redis(&shared);
    struct verdict_redis *redis = connect_redis(&shared);
    start(&desk, rules_load(false), redis);
    put(&desk, "ada undian tinta rahasia", "penulis", 1);
    put(&desk, "pasar pagi rahasia", "penulis", 2);
    wait_total(&desk, 2);
    end(&desk);
    verdict_redis_stop(redis);
    assert_int_equal(fake_redis_sets(shared.fake), 1);
    assert_true(fake_redis_holds(shared.fake, "undian tinta"));
    assert_false(fake_redis_holds(shared.fake, "rahasia")); /* spans alone, not the text */
    assert_false(fake_redis_holds(shared.fake, "penulis"));

    redis = connect_redis(&shared);
    start(&desk, rules_load(false), redis);
    put(&desk, "ada undian tinta rahasia", "lain", 3);
    wait_total(&desk, 1);
    assert_int_equal(desk.flagged[3], 1);
    assert_int_equal(workers_counts(desk.workers).remote, 1);
    end(&desk);
    verdict_redis_stop(redis);
    close_redis(&shared);
}

/* Where a rule reads authors, what has one stays in memory (limit 5). */
static void authors_stay_in_memory(void **state)
{
    (void)state;
    struct shared shared;
    struct desk desk;
    open_redis(&shared);
    struct verdict_redis *redis = connect_redis(&shared);
    start(&desk, rules_load(true), redis);
    put(&desk, "halo semua", "kpu palsu", 1);
    put(&desk, "ada undian tinta", "siapa", 2);
    wait_total(&desk, 2);
    assert_int_equal(desk.flagged[1] + desk.flagged[2], 2);
    put(&desk, "ada hadiah sepeda", "", 3); /* nobody's */
    wait_total(&desk, 3);
    end(&desk);
    verdict_redis_stop(redis);
    assert_int_equal(fake_redis_sets(shared.fake), 1);
    assert_true(fake_redis_holds(shared.fake, "hadiah sepeda"));
    assert_false(fake_redis_holds(shared.fake, "undian tinta"));
    close_redis(&shared);
}

/* A Redis that takes questions and never answers holds nobody up. */
static void a_silent_redis_holds_nobody_up(void **state)
{
    (void)state;
    struct shared shared;
    struct desk desk;
    open_redis(&shared);
    struct verdict_redis *redis = connect_redis(&shared);
    fake_redis_behave(shared.fake, FAKE_SILENT);
    start(&desk, rules_load(false), redis);
    int64_t start_ms = clock_monotonic_ms();
    for (uint64_t i = 0; i < 2000; i++) {
        char text[64];
        snprintf(text, sizeof text, "pasar pagi nomor %d", (int)i);
        put(&desk, text, "", i);
    }
    wait_total(&desk, 2000);
    assert_true(clock_monotonic_ms() - start_ms < 3000);
    end(&desk);
    verdict_redis_stop(redis);
    close_redis(&shared);
}

static void too_large_a_post_is_refused(void **state)
{
    (void)state;
    struct desk desk;
    start(&desk, rules_load(false), NULL);
    log_set_level(LOG_ERROR);
    char *text = calloc(1, POST_MAX_BYTES + 2);
    assert_non_null(text);
    memset(text, 'a', POST_MAX_BYTES + 1);
    put(&desk, text, "", 1);
    wait_total(&desk, 1);
    assert_int_equal(desk.clean[1], 1); /* so that it does not come again */
    assert_int_equal(workers_counts(desk.workers).refused, 1);
    end(&desk);
    free(text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_post_once),
        cmocka_unit_test(swapped_under_load),
        cmocka_unit_test(a_copy_keeps_its_own_name),
        cmocka_unit_test(shadows_are_only_counted),
        cmocka_unit_test(no_rules_no_verdicts),
        cmocka_unit_test(flagged_verdicts_are_shared),
        cmocka_unit_test(authors_stay_in_memory),
        cmocka_unit_test(a_silent_redis_holds_nobody_up),
        cmocka_unit_test(too_large_a_post_is_refused),
    };
    return cmocka_run_group_tests_name("workers", tests, NULL, NULL);
}
