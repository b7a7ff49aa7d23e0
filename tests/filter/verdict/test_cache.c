#include "filter/verdict/cache.h"

#include <math.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>

#include "filter/base/mem.h"
#include "filter/rule/program.h"
#include "tests/filter/test.h"

static const struct hash a_set = {.bytes = {1}};
static const struct verdict_fields all_fields = {.author_name = true, .lang = true, .source = true};

static struct post some_post(void)
{
    struct post post = POST_EMPTY;
    post.fields[POST_TITLE] = STR("judul");
    post.fields[POST_TEXT] = STR("isi pos");
    post.fields[POST_AUTHOR_NAME] = STR("penulis");
    post.lang = STR("id");
    post.source = STR("sumber");
    post.id = STR("1");
    return post;
}

static bool same_key(struct verdict_cache_key a, struct verdict_cache_key b)
{
    return a.low == b.low && a.high == b.high;
}

struct key_case {
    const char *name;
    void (*change)(struct post *post);
    bool is_other; /* must the key differ? */
};

static const struct str one_link[] = {{.at = "http://a.example/", .len = 17}};

static void change_nothing(struct post *post)
{
    (void)post;
}
static void change_id(struct post *post)
{
    post->id = STR("2");
}
static void change_url(struct post *post)
{
    post->url = STR("https://x.example/");
}
static void change_title(struct post *post)
{
    post->fields[POST_TITLE] = STR("juduL");
}
static void change_text(struct post *post)
{
    post->fields[POST_TEXT] = STR("isi pos ");
}
static void change_author(struct post *post)
{
    post->fields[POST_AUTHOR_NAME] = STR("lain");
}
static void change_lang(struct post *post)
{
    post->lang = STR("en");
}
static void change_source(struct post *post)
{
    post->source = STR("lain");
}
static void change_links(struct post *post)
{
    post->links = one_link;
    post->link_count = 1;
}
static void move_bytes(struct post *post)
{
    post->fields[POST_TITLE] = STR("juduli");
    post->fields[POST_TEXT] = STR("si pos");
}

static const struct key_case key_cases[] = {
    {"the same post", change_nothing, false},
    {"another id: no rule reads it", change_id, false},
    {"another URL: no rule reads it", change_url, false},
    {"another title", change_title, true},
    {"another text", change_text, true},
    {"another author", change_author, true},
    {"another language", change_lang, true},
    {"another source", change_source, true},
    {"a link in mark-up", change_links, true},
    {"the same bytes, the title one longer", move_bytes, true},
};

static void key_covers(void **state)
{
    const struct key_case *one = *state;
    struct verdict_cache *cache = verdict_cache_new(64, 1 << 20);
    struct post post = some_post(), other = some_post();
    one->change(&other);
    struct verdict_cache_key first = verdict_cache_key(cache, &a_set, &all_fields, &post);
    struct verdict_cache_key second = verdict_cache_key(cache, &a_set, &all_fields, &other);
    assert_int_equal(!same_key(first, second), one->is_other);
    verdict_cache_free(cache);
}

static void key_leaves_out_what_no_rule_reads(void **state)
{
    (void)state;
    const struct str names[] = {STR("text"), STR("link.domain")};
    const struct str more[] = {STR("text"), STR("author_name"), STR("source")};
    const struct rule_program plain = {.fields = names, .field_count = COUNT(names)};
    const struct rule_program reads = {.fields = more, .field_count = COUNT(more)};
    struct verdict_fields fields = verdict_fields_of(&plain);
    assert_false(fields.author_name || fields.lang || fields.source);
    struct verdict_cache *cache = verdict_cache_new(64, 1 << 20);
    struct post post = some_post(), other = some_post();
    other.fields[POST_AUTHOR_NAME] = STR("lain");
    other.source = STR("lain");
    assert_true(same_key(verdict_cache_key(cache, &a_set, &fields, &post),
                         verdict_cache_key(cache, &a_set, &fields, &other)));
    fields = verdict_fields_of(&reads);
    assert_true(fields.author_name && fields.source && !fields.lang);
    assert_false(same_key(verdict_cache_key(cache, &a_set, &fields, &post),
                          verdict_cache_key(cache, &a_set, &fields, &other)));
    verdict_cache_free(cache);
}

static void key_depends_on_set_and_process(void **state)
{
    (void)state;
    const struct hash another_set = {.bytes = {2}};
    struct verdict_cache *cache = verdict_cache_new(64, 1 << 20);
    struct verdict_cache *another = verdict_cache_new(64, 1 << 20);
    struct post post = some_post();
    struct verdict_cache_key key = verdict_cache_key(cache, &a_set, &all_fields, &post);
    assert_false(same_key(key, verdict_cache_key(cache, &another_set, &all_fields, &post)));
    assert_false(same_key(key, verdict_cache_key(another, &a_set, &all_fields, &post)));
    verdict_cache_free(another);
    verdict_cache_free(cache);
}

/* Spread as a hash would be. */
static struct verdict_cache_key key_of(uint64_t number)
{
    uint64_t mixed = (number + 1) * UINT64_C(0x9e3779b97f4a7c15);
    mixed ^= mixed >> 29;
    mixed *= UINT64_C(0xbf58476d1ce4e5b9);
    mixed ^= mixed >> 32;
    return (struct verdict_cache_key){.low = mixed,
                                      .high = mixed * UINT64_C(0x94d049bb133111eb) + number};
}

static void finds_what_was_put(void **state)
{
    (void)state;
    struct verdict_cache *cache = verdict_cache_new(1000, 1 << 20);
    struct buf findings = BUF_EMPTY;
    buf_put_string(&findings, "before");
    assert_int_equal(verdict_cache_find(cache, key_of(1), &findings), VERDICT_CACHE_NONE);
    verdict_cache_put(cache, key_of(1), (struct str){.len = 0});
    verdict_cache_put(cache, key_of(2), STR("\"links\":[]"));
    assert_int_equal(verdict_cache_find(cache, key_of(1), &findings), VERDICT_CACHE_CLEAN);
    assert_true(str_is(buf_str(&findings), "before"));
    assert_int_equal(verdict_cache_find(cache, key_of(2), &findings), VERDICT_CACHE_FLAGGED);
    assert_true(str_is(buf_str(&findings), "\"links\":[]"));
    verdict_cache_put(cache, key_of(2), STR("later"));
    verdict_cache_find(cache, key_of(2), &findings);
    assert_true(str_is(buf_str(&findings), "\"links\":[]"));
    struct verdict_cache_counts counts = verdict_cache_counts(cache);
    assert_int_equal(counts.hits, 3);
    assert_int_equal(counts.misses, 1);
    assert_int_equal(counts.entries, 2);
    assert_int_equal(counts.bytes, 10);
    buf_fini(&findings);
    verdict_cache_free(cache);
}

/* Every entry found must be the right one, whatever was evicted in between. */
static void stays_bounded_and_right(void **state)
{
    (void)state;
    enum { ENTRIES = 1600, BYTES = 64 << 10, ROUNDS = 200000, KEYS = 6000 };
    struct verdict_cache *cache = verdict_cache_new(ENTRIES, BYTES);
    struct buf findings = BUF_EMPTY;
    unsigned seed = 7;
    size_t found = 0;
    for (size_t i = 0; i < ROUNDS; i++) {
        char text[64];
        uint64_t number = (uint64_t)rand_r(&seed) % KEYS;
        int len = number % 3 == 0 ? snprintf(text, sizeof text, "pos nomor %llu dan seterusnya",
                                             (unsigned long long)number)
                                  : 0;
        switch (verdict_cache_find(cache, key_of(number), &findings)) {
        case VERDICT_CACHE_NONE:
            verdict_cache_put(cache, key_of(number), (struct str){.at = text, .len = (size_t)len});
            break;
        case VERDICT_CACHE_CLEAN:
            assert_int_equal(len, 0);
            break;
        case VERDICT_CACHE_FLAGGED:
            assert_true(str_equal(buf_str(&findings), (struct str){text, (size_t)len}));
            found++;
            break;
        }
    }
    struct verdict_cache_counts counts = verdict_cache_counts(cache);
    assert_true(counts.entries <= ENTRIES + 16 && counts.entries > ENTRIES / 2);
    assert_true(counts.bytes <= BYTES);
    assert_true(found > 1000);
    buf_fini(&findings);
    verdict_cache_free(cache);
}

static void a_giant_is_not_kept(void **state)
{
    (void)state;
    struct verdict_cache *cache = verdict_cache_new(1000, 16 << 10);
    char giant[1024] = "";
    struct buf findings = BUF_EMPTY;
    verdict_cache_put(cache, key_of(1), (struct str){.at = giant, .len = sizeof giant});
    assert_int_equal(verdict_cache_find(cache, key_of(1), &findings), VERDICT_CACHE_NONE);
    assert_int_equal(verdict_cache_counts(cache).bytes, 0);
    verdict_cache_free(cache);
}

static void a_hit_allocates_nothing(void **state)
{
    (void)state;
    struct verdict_cache *cache = verdict_cache_new(1000, 1 << 20);
    struct post post = some_post();
    struct buf findings = BUF_EMPTY;
    struct verdict_cache_key key = verdict_cache_key(cache, &a_set, &all_fields, &post);
    verdict_cache_put(cache, key, STR("\"links\":[]"));
    verdict_cache_find(cache, key, &findings);
    const char *memory = findings.bytes;
    size_t room = findings.room;
    for (int i = 0; i < 1000; i++) {
        key = verdict_cache_key(cache, &a_set, &all_fields, &post);
        assert_int_equal(verdict_cache_find(cache, key, &findings), VERDICT_CACHE_FLAGGED);
    }
    assert_ptr_equal(findings.bytes, memory);
    assert_int_equal(findings.room, room);
    buf_fini(&findings);
    verdict_cache_free(cache);
}

/* Plain LRU over keys 0 … KEYS - 1, to compare with. */
struct lru {
    uint32_t *before, *behind;
    bool *is_in;
    uint32_t head, room, count;
};

static void unlink_key(struct lru *lru, uint32_t key)
{
    lru->behind[lru->before[key]] = lru->behind[key];
    lru->before[lru->behind[key]] = lru->before[key];
}

static void to_front(struct lru *lru, uint32_t key)
{
    lru->before[key] = lru->head;
    lru->behind[key] = lru->behind[lru->head];
    lru->before[lru->behind[key]] = key;
    lru->behind[lru->head] = key;
}

static bool lru_ask(struct lru *lru, uint32_t key)
{
    bool is_hit = lru->is_in[key];
    if (is_hit) {
        unlink_key(lru, key);
    } else if (lru->count == lru->room) {
        uint32_t last = lru->before[lru->head];
        unlink_key(lru, last);
        lru->is_in[last] = false;
    } else {
        lru->count++;
    }
    lru->is_in[key] = true;
    to_front(lru, key);
    return is_hit;
}

/*
 * What a day brings: a few posts copied very often (Zipf), most posts once, and now and then a
 * feed whose old posts all come again.
 */
enum { TRACE = 600000, POPULAR = 40000, KEYS = POPULAR + TRACE, CACHE = 4000 };

static void make_trace(uint32_t *trace)
{
    double *sums = mem_zero(POPULAR, sizeof *sums);
    double total = 0;
    for (size_t i = 0; i < POPULAR; i++) {
        total += 1 / pow((double)i + 1, 0.9);
        sums[i] = total;
    }
    unsigned seed = 42;
    uint32_t fresh = POPULAR;
    for (size_t i = 0; i < TRACE; i++) {
        if (rand_r(&seed) % 100 < 30) {
            trace[i] = fresh++; /* never again */
            continue;
        }
        double at = (double)rand_r(&seed) / RAND_MAX * total;
        size_t low = 0, high = POPULAR - 1;
        while (low < high) {
            size_t middle = (low + high) / 2;
            if (sums[middle] < at) {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        trace[i] = (uint32_t)low;
    }
    free(sums);
}

static void beats_lru_on_a_trace(void **state)
{
    (void)state;
    uint32_t *trace = mem_zero(TRACE, sizeof *trace);
    make_trace(trace);
    struct lru lru = {.before = mem_zero(KEYS + 1, sizeof *lru.before),
                      .behind = mem_zero(KEYS + 1, sizeof *lru.behind),
                      .is_in = mem_zero(KEYS + 1, sizeof *lru.is_in),
                      .head = KEYS,
                      .room = CACHE};
    lru.before[KEYS] = lru.behind[KEYS] = KEYS;
    struct verdict_cache *cache = verdict_cache_new(CACHE, 1 << 20);
    struct buf findings = BUF_EMPTY;
    size_t lru_hits = 0, hits = 0;
    for (size_t i = 0; i < TRACE; i++) {
        lru_hits += lru_ask(&lru, trace[i]);
        struct verdict_cache_key key = key_of(trace[i]);
        if (verdict_cache_find(cache, key, &findings) == VERDICT_CACHE_NONE) {
            verdict_cache_put(cache, key, (struct str){.len = 0});
        } else {
            hits++;
        }
    }
    double ours = (double)hits / TRACE, theirs = (double)lru_hits / TRACE;
    print_message("hit ratio: S3-FIFO %.4f, LRU %.4f\n", ours, theirs);
    assert_true(ours > theirs + 0.03);
    verdict_cache_free(cache);
    free(lru.before);
    free(lru.behind);
    free(lru.is_in);
    free(trace);
}

static void *hammer(void *context)
{
    struct verdict_cache *cache = context;
    struct buf findings = BUF_EMPTY;
    unsigned seed = (unsigned)(uintptr_t)&findings;
    for (size_t i = 0; i < 40000; i++) {
        uint64_t number = (uint64_t)rand_r(&seed) % 500;
        struct str put = number % 2 == 0 ? STR("\"links\":[]") : STR("");
        enum verdict_cache_answer answer = verdict_cache_find(cache, key_of(number), &findings);
        if (answer == VERDICT_CACHE_NONE) {
            verdict_cache_put(cache, key_of(number), put);
        } else {
            assert_int_equal(answer == VERDICT_CACHE_FLAGGED, put.len > 0);
        }
    }
    buf_fini(&findings);
    return NULL;
}

static void threads_share_it(void **state)
{
    (void)state;
    struct verdict_cache *cache = verdict_cache_new(256, 4096);
    pthread_t threads[4];
    for (size_t i = 0; i < COUNT(threads); i++) {
        assert_int_equal(pthread_create(&threads[i], NULL, hammer, cache), 0);
    }
    for (size_t i = 0; i < COUNT(threads); i++) {
        pthread_join(threads[i], NULL);
    }
    verdict_cache_free(cache);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(key_leaves_out_what_no_rule_reads),
        cmocka_unit_test(key_depends_on_set_and_process),
        cmocka_unit_test(finds_what_was_put),
        cmocka_unit_test(stays_bounded_and_right),
        cmocka_unit_test(a_giant_is_not_kept),
        cmocka_unit_test(a_hit_allocates_nothing),
        cmocka_unit_test(beats_lru_on_a_trace),
        cmocka_unit_test(threads_share_it),
    };
    int failed = RUN_CASES("cache_key", key_cases, key_covers);
    return failed + cmocka_run_group_tests_name("cache", tests, NULL, NULL);
}
