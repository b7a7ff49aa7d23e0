/*
 * Which short links of flagged posts are resolved, and what becomes of their verdicts. The
 * shortener is tests/feeds/shortener.py on loopback.
 */
#include "filter/pipeline/unshorten.h"

#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#include "filter/base/err.h"
#include "filter/base/file.h"
#include "filter/base/log.h"
#include "filter/pipeline/nominated.h"
#include "filter/pipeline/workers.h"
#include "filter/verdict/verdict.h"
#include "tests/feeds/shortener_server.h"
#include "tests/filter/pipeline/rules.h"
#include "tests/filter/test.h"
#include "tests/filter/verdict/fake_redis.h"

enum { DEADLINE_SECONDS = 30, MOST = 512 };

static struct shortener_server server;

struct desk {
    struct ruleset_slot *rules;
    struct shadow *shadow;
    struct queue *queue;
    struct verdict_cache *cache;
    struct verdict_redis *redis;
    struct feeds_shorteners *list;
    struct unshorten *unshorten;
    struct workers *workers;
    struct hash_key secret;
    struct feeds_short_limits limits;
    pthread_mutex_t lock;
    pthread_cond_t changed;
    unsigned clean[MOST], flagged[MOST];
    size_t total;
    struct buf last;
};

static void note(struct desk *desk, unsigned *counter, struct str verdict)
{
    pthread_mutex_lock(&desk->lock);
    ++*counter;
    desk->total++;
    buf_clear(&desk->last);
    buf_put_str(&desk->last, verdict);
    pthread_cond_broadcast(&desk->changed);
    pthread_mutex_unlock(&desk->lock);
}

static void on_clean(void *context, const struct post *post, uint64_t ticket)
{
    struct desk *desk = context;
    (void)post;
    note(desk, &desk->clean[ticket], STR(""));
}

static void on_flagged(void *context, const struct post *post, uint64_t ticket, struct str verdict)
{
    struct desk *desk = context;
    (void)post;
    note(desk, &desk->flagged[ticket], verdict);
}

static void on_ended(void *context)
{
    unshorten_stop(((struct desk *)context)->unshorten);
}

/*
 * 1: words and any link, 2: words alone, 3: a site that is only found behind short links, 4: words
 * and a link that is not official.
 */
static struct rule_set *load_rules(void)
{
    static const char form[] =
        "---\ntitle: Uji %u\nid: 6d5ef4b6-0f0c-4f0a-9d0b-2f6f6f0f6a0%u\nstatus: stable\n"
        "date: 2026-01-02\nlogsource: { category: post }\ndescription: Uji.\ndetection:\n%s"
        "level: high\nbasis:\n  class: fraud\n  evidence:\n    - { type: official, url: "
        "'https://kpu-contoh.example/1', publisher: KPU Contoh, published: 2026-01-02, "
        "impersonates: KPU Contoh }\n  expires: 2026-04-01\ntests:\n  match: [ { text: '%s' } ]\n"
        "  pass: [ { text: 'Kantor buka' } ]\n";
    static const struct {
        const char *detection, *example;
    } rules[] = {
        {"  isi: { 'text|words': ['undian tinta'] }\n  tautan: { 'link.host|exists': true }\n"
         "  condition: isi and tautan\n",
         "undian tinta https://a.example/"},
        {"  isi: { 'text|words': ['hadiah sepeda'] }\n  condition: isi\n", "hadiah sepeda"},
        {"  isi: { 'link.domain': [tujuan.example] }\n  condition: isi\n",
         "lihat https://tujuan.example/"},
        {"  isi: { 'text|words': ['bansos tinta'] }\n  tautan: { 'link.host|exists': true }\n"
         "  resmi: { 'link.domain': [tujuan.example] }\n  condition: isi and tautan and not "
         "resmi\n",
         "bansos tinta https://a.example/"},
    };
    char folder[] = "/tmp/saring.XXXXXX", path[64];
    struct buf text = BUF_EMPTY;
    struct err err = ERR_NONE;
    assert_non_null(mkdtemp(folder));
    snprintf(path, sizeof path, "%s/uji.yml", folder);
    for (unsigned i = 0; i < COUNT(rules); i++) {
        buf_printf(&text, form, i + 1, i + 1, rules[i].detection, rules[i].example);
    }
    assert_true(file_write(path, buf_str(&text), 0600, &err));
    const char *folders[] = {folder, NULL};
    const struct rule_set_options options = {.folders = folders, .clock = clock_fixed(RULES_NOW)};
    struct rule_set *set = rule_set_load(&options, &err);
    if (set == NULL) {
        char message[800];
        fail_msg("%s", err_format(&err, message, sizeof message));
    }
    unlink(path);
    rmdir(folder);
    buf_fini(&text);
    return set;
}

static void start(struct desk *desk, struct verdict_redis *redis)
{
    struct err err = ERR_NONE;
    char text[64];
    snprintf(text, sizeof text, "127.0.0.1:%d allow_private\n", server.port);
    shortener_server_forget(&server);
    desk->redis = redis;
    desk->list = feeds_shorteners_parse(str_of(text), &err);
    desk->rules = ruleset_slot_new();
    desk->shadow = shadow_new();
    desk->queue = queue_new(64);
    desk->cache = verdict_cache_new(1024, 1 << 20);
    pthread_mutex_init(&desk->lock, NULL);
    pthread_cond_init(&desk->changed, NULL);
    ruleset_swap(desk->rules, rules_use(load_rules(), RULES_NOW));
    const struct unshorten_options options = {.list = desk->list,
                                              .rules = desk->rules,
                                              .cache = desk->cache,
                                              .redis = redis,
                                              .secret = &desk->secret,
                                              .limits = desk->limits,
                                              .clean = on_clean,
                                              .flagged = on_flagged,
                                              .context = desk};
    desk->unshorten = unshorten_start(&options, &err);
    assert_non_null(desk->unshorten);
    const struct workers_options workers = {.queue = desk->queue,
                                            .rules = desk->rules,
                                            .shadow = desk->shadow,
                                            .cache = desk->cache,
                                            .redis = redis,
                                            .unshorten = desk->unshorten,
                                            .count = 2,
                                            .clean = on_clean,
                                            .flagged = on_flagged,
                                            .ended = on_ended,
                                            .context = desk};
    desk->workers = workers_start(&workers);
}

static void finish(struct desk *desk)
{
    queue_close(desk->queue);
    workers_free(desk->workers);
    unshorten_free(desk->unshorten);
    for (size_t i = 0; i < MOST; i++) {
        assert_true(desk->clean[i] + desk->flagged[i] <= 1);
    }
    feeds_shorteners_free(desk->list);
    ruleset_slot_free(desk->rules);
    shadow_free(desk->shadow);
    queue_free(desk->queue);
    verdict_cache_free(desk->cache);
    buf_fini(&desk->last);
    pthread_cond_destroy(&desk->changed);
    pthread_mutex_destroy(&desk->lock);
}

/* A post of these words, in which "%" stands for the shortener's host. */
static void put(struct desk *desk, const char *words, const char *mark_up, uint64_t ticket)
{
    struct buf text = BUF_EMPTY, link = BUF_EMPTY;
    struct post post = POST_EMPTY;
    for (const char *at = words; *at != '\0'; at++) {
        if (*at == '%') {
            buf_printf(&text, "http://127.0.0.1:%d", server.port);
        } else {
            buf_put_char(&text, *at);
        }
    }
    post.id = STR("1");
    post.source = STR("uji");
    post.fields[POST_TEXT] = buf_str(&text);
    struct str links[1];
    if (mark_up != NULL) {
        buf_printf(&link, "http://127.0.0.1:%d/%s", server.port, mark_up);
        links[0] = buf_str(&link);
        post.links = links;
        post.link_count = 1;
    }
    assert_true(queue_put(desk->queue, &post, ticket));
    buf_fini(&link);
    buf_fini(&text);
}

static void wait_total(struct desk *desk, size_t wanted)
{
    struct timespec until;
    clock_gettime(CLOCK_REALTIME, &until);
    until.tv_sec += DEADLINE_SECONDS;
    pthread_mutex_lock(&desk->lock);
    while (desk->total < wanted) {
        assert_int_equal(pthread_cond_timedwait(&desk->changed, &desk->lock, &until), 0);
    }
    pthread_mutex_unlock(&desk->lock);
}

static const struct outcome_case {
    const char *name, *words, *mark_up;
    bool is_flagged;
    const char *target;   /* in the verdict; NULL: nothing was resolved */
    const char *original; /* of the target: its last part */
    size_t rules, heads;
} outcomes[] = {
    {"a rule points at the link", "undian tinta %/ok", NULL, true,
     "https://tujuan.example/isi?no=1", "/ok", 2, 1},
    {"in mark-up", "undian tinta", "ok", true, "https://tujuan.example/isi?no=1", "/ok", 2, 1},
    {"what is found adds no rule", "undian tinta %/chain0", NULL, true, "https://ujung.example/",
     "/chain0", 1, 1},
    {"what is found takes no rule away", "bansos tinta %/ok", NULL, true,
     "https://tujuan.example/isi?no=1", "/ok", 2, 1},
    {"nothing is found", "undian tinta %/loop", NULL, true, NULL, NULL, 1, 6},
    {"no rule asks about links", "hadiah sepeda %/ok", NULL, true, NULL, NULL, 1, 0},
    {"a rule asks, of another link", "lihat https://tujuan.example/ dan %/ok", NULL, true, NULL,
     NULL, 1, 0},
    {"nothing matched", "selamat pagi %/ok", NULL, false, NULL, NULL, 0, 0},
    {"the words alone", "undian tinta", NULL, false, NULL, NULL, 0, 0},
    {"the shortener's front page", "undian tinta %/", NULL, true, NULL, NULL, 1, 0},
    {"another site", "undian tinta https://situs.example/ok", NULL, true, NULL, NULL, 1, 0},
};

static void comes_out(void **state)
{
    const struct outcome_case *c = *state;
    struct desk desk = {.limits = {.host_gap_ms = 1}};
    struct arena *arena = arena_new(1 << 20);
    struct verdict verdict;
    struct err err = ERR_NONE;
    start(&desk, NULL);
    put(&desk, c->words, c->mark_up, 1);
    wait_total(&desk, 1);
    assert_int_equal(desk.flagged[1], c->is_flagged);
    if (c->is_flagged) {
        if (!verdict_read(arena, buf_str(&desk.last), &verdict, &err)) {
            fail_msg("%s", err.message);
        }
        assert_int_equal(verdict.rule_count, c->rules);
        const struct verdict_link *last =
            verdict.link_count > 0 ? &verdict.links[verdict.link_count - 1] : NULL;
        bool is_resolved = last != NULL && !str_equal(last->original, last->url) &&
                           str_starts(last->original, STR("http://127.0.0.1"));
        assert_int_equal(is_resolved, c->target != NULL);
        if (c->target != NULL) {
            assert_true(str_is(last->url, c->target));
            assert_true(str_ends(last->original, str_of(c->original)));
            assert_true(verdict.link_count >= 2); /* the short link itself stays */
        }
    }
    finish(&desk);
    assert_int_equal(shortener_server_requests(&server, "HEAD "), c->heads);
    assert_int_equal(shortener_server_requests(&server, "rahasia"), 0);
    arena_free(arena);
}

/* A copy finds the verdict in memory; another post with the link asks nobody again. */
static void nobody_is_asked_twice(void **state)
{
    (void)state;
    struct desk desk = {.limits = {.host_gap_ms = 1}};
    start(&desk, NULL);
    put(&desk, "undian tinta %/ok", NULL, 1);
    wait_total(&desk, 1);
    put(&desk, "undian tinta %/ok", NULL, 2);
    wait_total(&desk, 2);
    assert_non_null(strstr(desk.last.bytes, "tujuan.example"));
    assert_int_equal(verdict_cache_counts(desk.cache).hits, 1);
    put(&desk, "ikut undian tinta lagi di %/ok", NULL, 3);
    wait_total(&desk, 3);
    assert_non_null(strstr(desk.last.bytes, "tujuan.example"));
    unshorten_stop(desk.unshorten); /* a post is counted when its verdict is through */
    assert_int_equal(unshorten_counts(desk.unshorten).resolved, 2);
    finish(&desk);
    assert_int_equal(shortener_server_requests(&server, "/ok"), 1);
}

/* The decision's key does not depend on whether the shortener answered. */
static void the_key_stays(void **state)
{
    (void)state;
    struct buf keys[2] = {BUF_EMPTY, BUF_EMPTY};
    for (int i = 0; i < 2; i++) {
        struct desk desk = {.limits = {.host_gap_ms = 1, .waiting = 1}};
        start(&desk, NULL);
        if (i == 1) {
            unshorten_stop(desk.unshorten);
        }
        put(&desk, "undian tinta %/ok", NULL, 1);
        wait_total(&desk, 1);
        assert_int_equal(strstr(desk.last.bytes, "tujuan.example") != NULL, i == 0);
        const char *key = strstr(desk.last.bytes, "\"key\":\"");
        assert_non_null(key);
        buf_put(&keys[i], key, 7 + 2 * HASH_BYTES);
        finish(&desk);
    }
    assert_true(str_equal(buf_str(&keys[0]), buf_str(&keys[1])));
    buf_fini(&keys[0]);
    buf_fini(&keys[1]);
}

/* A shortener that hangs holds up its own posts alone, and the end none. */
static void a_slow_shortener_holds_up_nothing(void **state)
{
    (void)state;
    struct desk desk = {.limits = {.host_gap_ms = 1}};
    start(&desk, NULL);
    for (uint64_t i = 0; i < 300; i++) { /* more than are held at once */
        char words[64];
        snprintf(words, sizeof words, "undian tinta %%/slow%d", (int)i);
        put(&desk, words, NULL, i);
    }
    for (uint64_t i = 300; i < 400; i++) {
        put(&desk, i % 2 == 0 ? "hadiah sepeda" : "selamat pagi", NULL, i);
    }
    wait_total(&desk, 100 + 300 - 256);
    assert_int_equal(unshorten_counts(desk.unshorten).refused, 300 - 256);
    finish(&desk);
    assert_int_equal(desk.total, 400);
    for (size_t i = 0; i < 400; i++) {
        assert_int_equal(desk.flagged[i], i < 300 || i % 2 == 0);
        assert_int_equal(desk.clean[i], i >= 300 && i % 2 != 0);
    }
}

/* Rules that are gone by the time of the answer flag nothing any more. */
static void rules_that_ended_meanwhile(void **state)
{
    (void)state;
    struct desk desk = {.limits = {.host_gap_ms = 1, .total_ms = 60000, .request_ms = 60000}};
    start(&desk, NULL);
    put(&desk, "undian tinta %/slow", NULL, 1);
    int64_t end_ms = clock_monotonic_ms() + DEADLINE_SECONDS * 1000;
    while (shortener_server_requests(&server, "/slow") == 0) {
        assert_true(clock_monotonic_ms() < end_ms);
        usleep(2000);
    }
    ruleset_swap(desk.rules, rules_use(rules_load(false), RULES_END + 1));
    finish(&desk);
    assert_int_equal(desk.clean[1], 1);
}

struct shared {
    char folder[64], path[96], url[128];
    struct fake_redis *fake;
};

/* What one node found another one need not ask for; Redis sees neither link nor address as a key.
 */
static void nodes_share_by_redis(void **state)
{
    (void)state;
    struct shared shared;
    struct err err = ERR_NONE;
    strcpy(shared.folder, "/tmp/saring.XXXXXX"); /* NOLINT */
    assert_non_null(mkdtemp(shared.folder));
    snprintf(shared.path, sizeof shared.path, "%s/redis", shared.folder);
    snprintf(shared.url, sizeof shared.url, "unix:%s", shared.path);
    shared.fake = fake_redis_start(shared.path);
    const struct hash_key secret = {.bytes = {7}};
    for (int node = 0; node < 2; node++) {
        struct desk desk = {.limits = {.host_gap_ms = 1}, .secret = secret};
        const struct verdict_redis_options options = {
            .url = shared.url, .secret = &secret, .answer_ms = 5000};
        struct verdict_redis *redis = verdict_redis_start(&options, &err);
        assert_non_null(redis);
        int64_t end_ms = clock_monotonic_ms() + DEADLINE_SECONDS * 1000;
        while (!verdict_redis_is_up(redis)) {
            assert_true(clock_monotonic_ms() < end_ms);
            usleep(1000);
        }
        start(&desk, redis);
        /* Other words at the second node: it is the link alone that is known. */
        put(&desk, node == 0 ? "undian tinta %/ok" : "ayo ikut undian tinta %/ok", NULL, 1);
        wait_total(&desk, 1);
        assert_non_null(strstr(desk.last.bytes, "tujuan.example"));
        assert_int_equal(shortener_server_requests(&server, "/ok"), node == 0);
        if (node == 1) {
            assert_int_equal(unshorten_counts(desk.unshorten).remote, 1);
        }
        finish(&desk);
        verdict_redis_stop(redis);
    }
    fake_redis_stop(shared.fake);
    unlink(shared.path);
    rmdir(shared.folder);
}

int main(void)
{
    const struct CMUnitTest others[] = {
        cmocka_unit_test(nobody_is_asked_twice),
        cmocka_unit_test(the_key_stays),
        cmocka_unit_test(a_slow_shortener_holds_up_nothing),
        cmocka_unit_test(rules_that_ended_meanwhile),
        cmocka_unit_test(nodes_share_by_redis),
    };
    struct err err = ERR_NONE;
    signal(SIGPIPE, SIG_IGN);
    log_set_level(LOG_ERROR);
    if (!hash_start(&err) || !shortener_server_start(&server)) {
        return 1;
    }
    int failed = RUN_CASES("unshorten", outcomes, comes_out) +
                 cmocka_run_group_tests_name("unshorten otherwise", others, NULL, NULL);
    shortener_server_stop(&server);
    return failed != 0;
}
