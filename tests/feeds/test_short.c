/* Short links against tests/feeds/shortener.py on loopback: where they lead, and who is not asked.
 */
#include "feeds/short.h"

#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <time.h>

#include "feeds/pace.h"
#include "feeds/short_hop.h"
#include "filter/base/clock.h"
#include "filter/base/err.h"
#include "tests/feeds/shortener_server.h"
#include "tests/filter/test.h"

enum { DEADLINE_SECONDS = 30, MOST = 64 };

static struct shortener_server server;

/* A resolver under test, and what it answered by ticket. */
struct run {
    pthread_mutex_t lock;
    pthread_cond_t changed;
    struct feeds_shorteners *list;
    struct feeds_short_limits limits;
    struct hash_key secret;
    struct feeds_short *resolver;
    struct buf answers[MOST];
    unsigned answered[MOST];
    size_t total;
    uint64_t last; /* answered */
};

static void on_answer(void *context, uint64_t ticket, struct str target)
{
    struct run *run = context;
    pthread_mutex_lock(&run->lock);
    buf_put_str(&run->answers[ticket], target);
    run->answered[ticket]++;
    run->last = ticket;
    run->total++;
    pthread_cond_broadcast(&run->changed);
    pthread_mutex_unlock(&run->lock);
}

static void start(struct run *run)
{
    struct err err = ERR_NONE;
    char text[128];
    snprintf(text, sizeof text, "127.0.0.1:%d allow_private\nsingkat.example\n", server.port);
    run->list = feeds_shorteners_parse(str_of(text), &err);
    assert_non_null(run->list);
    pthread_mutex_init(&run->lock, NULL);
    pthread_cond_init(&run->changed, NULL);
    shortener_server_forget(&server);
    const struct feeds_short_options options = {.list = run->list,
                                                .secret = &run->secret,
                                                .limits = run->limits,
                                                .contact = "https://tim.example/",
                                                .on_answer = on_answer,
                                                .context = run};
    run->resolver = feeds_short_start(&options, &err);
    assert_non_null(run->resolver);
}

static void finish(struct run *run)
{
    feeds_short_free(run->resolver);
    feeds_shorteners_free(run->list);
    for (size_t i = 0; i < MOST; i++) {
        assert_true(run->answered[i] <= 1);
        buf_fini(&run->answers[i]);
    }
    pthread_cond_destroy(&run->changed);
    pthread_mutex_destroy(&run->lock);
}

static struct buf link_to(const char *path)
{
    struct buf link = BUF_EMPTY;
    buf_printf(&link, "http://127.0.0.1:%d/%s", server.port, path);
    return link;
}

static bool ask(struct run *run, const char *path, uint64_t ticket)
{
    struct buf link = link_to(path);
    bool is_taken = feeds_short_ask(run->resolver, buf_str(&link), ticket);
    buf_fini(&link);
    return is_taken;
}

static void wait_answers(struct run *run, size_t count)
{
    struct timespec until;
    clock_gettime(CLOCK_REALTIME, &until);
    until.tv_sec += DEADLINE_SECONDS;
    pthread_mutex_lock(&run->lock);
    while (run->total < count) {
        assert_int_equal(pthread_cond_timedwait(&run->changed, &run->lock, &until), 0);
    }
    pthread_mutex_unlock(&run->lock);
}

static size_t requests(const char *text)
{
    return shortener_server_requests(&server, text);
}

static const struct led_case {
    const char *name, *path, *target;
    size_t heads, gets;
} led[] = {
    {"HEAD says it", "ok", "https://tujuan.example/isi?no=1", 1, 0},
    {"over one more hop, relative", "relative", "https://tujuan.example/isi?no=1", 2, 0},
    {"by GET where HEAD is not known", "get", "https://tujuan.example/lewat-get", 1, 1},
    {"by GET where HEAD is hung up on", "no-head", "https://tujuan.example/tanpa-head", 1, 1},
    {"a page that sends on", "page", "https://halaman.example/a?b=1&c=2", 1, 1},
    {"five hops", "chain5", "https://ujung.example/", 6, 0},
    {"six hops", "chain6", "", 6, 0},
    {"to itself", "loop", "", 6, 0},
    {"to its front page", "front", "", 1, 0},
    {"to a private address", "beside", "", 1, 0},
    {"to a private name", "private-shortener", "", 1, 0},
    {"to a script", "script", "", 1, 0},
    {"to a file", "file", "", 1, 0},
    {"to a very long address", "long", "", 1, 0},
    {"nowhere", "nothing", "", 1, 1},
    {"not found", "unknown", "", 1, 1},
    {"a page without end", "endless", "", 1, 1},
};

static void leads(void **state)
{
    const struct led_case *c = *state;
    struct run run = {.limits = {.host_gap_ms = 1, .request_ms = 3000, .total_ms = 9000}};
    struct buf link = link_to(c->path), target = BUF_EMPTY;
    start(&run);
    assert_int_equal(feeds_short_find(run.resolver, buf_str(&link), &target), FEEDS_SHORT_UNKNOWN);
    assert_true(ask(&run, c->path, 1));
    wait_answers(&run, 1);
    assert_true(str_is(buf_str(&run.answers[1]), c->target));
    /* It is remembered, either way. */
    enum feeds_short_known known = feeds_short_find(run.resolver, buf_str(&link), &target);
    assert_int_equal(known, *c->target != '\0' ? FEEDS_SHORT_RESOLVED : FEEDS_SHORT_NOWHERE);
    assert_true(str_is(buf_str(&target), c->target));
    finish(&run);
    assert_int_equal(requests("HEAD "), c->heads);
    assert_int_equal(requests("GET "), c->gets);
    assert_int_equal(requests("rahasia"), 0); /* what is beside is never visited */
    buf_fini(&target);
    buf_fini(&link);
}

/* The address that is connected to must be public, but for hosts of which the list says otherwise.
 */
static void a_private_shortener_is_not_asked(void **state)
{
    (void)state;
    struct run run = {.limits = {.request_ms = 3000}};
    struct err err = ERR_NONE;
    char text[64], link[64];
    start(&run);
    feeds_short_free(run.resolver);
    feeds_shorteners_free(run.list);
    /* A list that calls this machine public, as a rebound name does. */
    snprintf(text, sizeof text, "localhost:%d allow_private\n", server.port);
    snprintf(link, sizeof link, "http://localhost:%d/ok", server.port);
    run.list = feeds_shorteners_parse(str_of(text), &err);
    assert_non_null(run.list);
    const struct feeds_shortener *entry = feeds_shorteners_find(run.list, str_of(link));
    ((struct feeds_shortener *)(uintptr_t)entry)->allow_private = false;
    const struct feeds_short_options options = {
        .list = run.list, .secret = &run.secret, .on_answer = on_answer, .context = &run};
    run.resolver = feeds_short_start(&options, &err);
    assert_true(feeds_short_ask(run.resolver, str_of(link), 2));
    wait_answers(&run, 1);
    assert_int_equal(run.answers[2].len, 0);
    finish(&run);
    assert_int_equal(requests("/"), 0);
}

static void only_shorteners_are_asked(void **state)
{
    (void)state;
    struct run run = {.limits = {.waiting = 1}};
    char link[96];
    start(&run);
    snprintf(link, sizeof link, "http://127.0.0.1:%d/ok", server.beside);
    assert_false(feeds_short_ask(run.resolver, str_of(link), 1));
    assert_false(feeds_short_ask(run.resolver, STR("https://tujuan.example/isi"), 1));
    assert_false(feeds_short_ask(run.resolver, STR("https://singkat.example/"), 1));
    finish(&run);
    assert_int_equal(run.total, 0);
    assert_int_equal(requests("/"), 0);
}

/* Whoever is slow holds up nobody else, and is given up in time. */
static void a_slow_one_is_given_up(void **state)
{
    (void)state;
    struct run run = {.limits = {.host_gap_ms = 1, .request_ms = 400, .total_ms = 800}};
    start(&run);
    int64_t start_ms = clock_monotonic_ms();
    assert_true(ask(&run, "slow", 1));
    wait_answers(&run, 1);
    assert_true(clock_monotonic_ms() - start_ms >= 400);
    assert_int_equal(run.answers[1].len, 0);
    assert_true(ask(&run, "ok", 2));
    wait_answers(&run, 2);
    assert_true(run.answers[2].len > 0);
    finish(&run);
}

static void many_who_ask_for_one_share_it(void **state)
{
    (void)state;
    struct run run = {.limits = {.host_gap_ms = 500, .total_ms = 20000}};
    start(&run);
    assert_true(ask(&run, "chain1", 0)); /* the second hop waits for half a second */
    for (uint64_t i = 1; i < 20; i++) {
        assert_true(ask(&run, "chain1", i));
    }
    wait_answers(&run, 20);
    for (size_t i = 0; i < 20; i++) {
        assert_true(str_is(buf_str(&run.answers[i]), "https://ujung.example/"));
    }
    struct feeds_short_counts counts = feeds_short_counts(run.resolver);
    assert_int_equal(counts.asked, 20);
    assert_int_equal(counts.resolved, 20);
    assert_true(counts.requests < 20);
    finish(&run);
}

/* A flood of new links must not starve one that has hops to go. */
static void who_came_first_goes_first(void **state)
{
    (void)state;
    struct run run = {.limits = {.host_gap_ms = 200, .total_ms = 20000}};
    start(&run);
    assert_true(ask(&run, "chain1", 0));
    while (feeds_short_counts(run.resolver).requests == 0) {
        sched_yield(); /* it is under way before the others come */
    }
    assert_true(ask(&run, "chain0", 1));
    assert_true(ask(&run, "ok", 2));
    wait_answers(&run, 3);
    assert_int_equal(run.last, 2);
    assert_true(run.answers[0].len > 0 && run.answers[1].len > 0 && run.answers[2].len > 0);
    finish(&run);
}

static void there_is_an_end_to_what_waits(void **state)
{
    (void)state;
    struct run run = {.limits = {.waiting = 2, .host_per_minute = 1, .total_ms = 500}};
    start(&run);
    assert_true(ask(&run, "slow1", 0));
    assert_true(ask(&run, "slow2", 1));
    assert_false(ask(&run, "slow3", 2));
    wait_answers(&run, 2);
    assert_int_equal(feeds_short_counts(run.resolver).refused, 1);
    assert_int_equal(feeds_short_counts(run.resolver).requests, 1); /* one a minute */
    finish(&run);
}

static void stopping_answers_all(void **state)
{
    (void)state;
    struct run run = {.limits = {.host_gap_ms = 1}};
    struct buf link = link_to("slow1"), target = BUF_EMPTY;
    start(&run);
    for (uint64_t i = 0; i < 5; i++) {
        char path[16];
        snprintf(path, sizeof path, "slow%d", (int)i);
        assert_true(ask(&run, path, i));
    }
    feeds_short_stop(run.resolver);
    assert_int_equal(run.total, 5);
    assert_false(ask(&run, "ok", 9));
    /* Nobody looked: it may lead somewhere. */
    assert_int_equal(feeds_short_find(run.resolver, buf_str(&link), &target), FEEDS_SHORT_UNKNOWN);
    finish(&run);
    buf_fini(&link);
}

static const struct learn_case {
    const char *name, *target;
    bool is_right;
} learned[] = {
    {"an address", "https://tujuan.example/isi", true},
    {"not canonical", "HTTPS://Tujuan.Example/isi", false},
    {"a script", "javascript:alert(1)", false},
    {"a private address", "http://192.168.1.1/", false},
    {"a mapped private address", "http://[::ffff:7f00:1]/", false},
    {"a public address", "http://93.184.216.34/", true},
    {"a name of one label", "http://server/", false},
    {"a shortener", "https://singkat.example/lagi", false},
    {"nothing", "", false},
};

static void learns(void **state)
{
    const struct learn_case *c = *state;
    struct run run = {.limits = {.waiting = 1}};
    struct buf target = BUF_EMPTY;
    struct str link = STR("https://singkat.example/a");
    start(&run);
    assert_int_equal(feeds_short_learn(run.resolver, link, str_of(c->target)), c->is_right);
    assert_int_equal(feeds_short_find(run.resolver, link, &target) == FEEDS_SHORT_RESOLVED,
                     c->is_right);
    assert_true(str_is(buf_str(&target), c->is_right ? c->target : ""));
    buf_fini(&target);
    finish(&run);
}

static const struct page_case {
    const char *name, *page, *next;
} pages[] = {
    {"usual", "<meta http-equiv=\"refresh\" content=\"0;url=https://a.example/\">",
     "https://a.example/"},
    {"relative", "<meta http-equiv=refresh content='5; url=b/c'>", "https://s.example/x/b/c"},
    {"quoted inside", "<META CONTENT=\"0; URL='d?e=1&amp;f'\" HTTP-EQUIV=Refresh>",
     "https://s.example/x/d?e=1&f"},
    {"reloads itself", "<meta http-equiv=refresh content=30>", NULL},
    {"no url", "<meta http-equiv=refresh content='0; https://a.example/'>", NULL},
    {"in a script", "<script><meta http-equiv=refresh content='0;url=a'></script>", NULL},
    {"in a comment", "<!-- <meta http-equiv=refresh content='0;url=a'> -->", NULL},
    {"another meta", "<meta http-equiv=x content='0;url=a'>", NULL},
    {"cut short", "<meta http-equiv=refresh content='0;url=", NULL},
    {"no page at all", "\xff\xfe\x00\x01", NULL},
};

static void refreshes(void **state)
{
    const struct page_case *c = *state;
    struct buf next = BUF_EMPTY;
    assert_int_equal(feeds_hop_refresh(str_of(c->page), STR("https://s.example/x/y"), &next),
                     c->next != NULL);
    assert_true(str_is(buf_str(&next), c->next != NULL ? c->next : ""));
    buf_fini(&next);
}

static void forgets_in_time_and_space(void **state)
{
    (void)state;
    struct hash_key key = {.bytes = {1}};
    struct feeds_short_cache *cache = feeds_short_cache_new(64, &key);
    struct buf target = BUF_EMPTY;
    feeds_short_cache_put(cache, STR("https://s.example/a"), STR("https://b.example/"), 100);
    assert_int_equal(feeds_short_cache_find(cache, STR("https://s.example/a"), 99, &target),
                     FEEDS_SHORT_RESOLVED);
    assert_int_equal(feeds_short_cache_find(cache, STR("https://s.example/a"), 100, &target),
                     FEEDS_SHORT_UNKNOWN);
    size_t known = 0;
    for (int i = 0; i < 1000; i++) {
        char link[64];
        snprintf(link, sizeof link, "https://s.example/%d", i);
        feeds_short_cache_put(cache, str_of(link), STR(""), 1000);
        assert_int_equal(feeds_short_cache_find(cache, str_of(link), 1, &target),
                         FEEDS_SHORT_NOWHERE);
    }
    for (int i = 0; i < 1000; i++) {
        char link[64];
        snprintf(link, sizeof link, "https://s.example/%d", i);
        known += feeds_short_cache_find(cache, str_of(link), 1, &target) != FEEDS_SHORT_UNKNOWN;
    }
    assert_true(known <= 64);
    feeds_short_cache_free(cache);
    buf_fini(&target);
}

static void paces(void **state)
{
    (void)state;
    struct feeds_pace pace = {.requests = 0};
    assert_int_equal(feeds_pace_wait(&pace, 2, 100, 1000000), 0);
    feeds_pace_begin(&pace, 1000000);
    assert_int_equal(feeds_pace_wait(&pace, 2, 100, 1000040), 60);
    assert_int_equal(feeds_pace_wait(&pace, 2, 100, 1000100), 0);
    feeds_pace_begin(&pace, 1000100);
    assert_int_equal(feeds_pace_wait(&pace, 2, 100, 1010000), 50000);
    assert_int_equal(feeds_pace_wait(&pace, 2, 100, 1060000), 0);
    feeds_pace_begin(&pace, 1060000);
    assert_int_equal(feeds_pace_wait(&pace, 2, 100, 1060000), 100);
}

int main(void)
{
    const struct CMUnitTest others[] = {
        cmocka_unit_test(a_private_shortener_is_not_asked),
        cmocka_unit_test(only_shorteners_are_asked),
        cmocka_unit_test(a_slow_one_is_given_up),
        cmocka_unit_test(many_who_ask_for_one_share_it),
        cmocka_unit_test(who_came_first_goes_first),
        cmocka_unit_test(there_is_an_end_to_what_waits),
        cmocka_unit_test(stopping_answers_all),
        cmocka_unit_test(forgets_in_time_and_space),
        cmocka_unit_test(paces),
    };
    struct err err = ERR_NONE;
    signal(SIGPIPE, SIG_IGN);
    if (!hash_start(&err) || !shortener_server_start(&server)) {
        return 1;
    }
    int failed = RUN_CASES("feeds_short", led, leads) +
                 RUN_CASES("feeds_short learns", learned, learns) +
                 RUN_CASES("feeds_hop_refresh", pages, refreshes) +
                 cmocka_run_group_tests_name("feeds_short otherwise", others, NULL, NULL);
    shortener_server_stop(&server);
    return failed != 0;
}
