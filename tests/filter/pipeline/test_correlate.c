#include "filter/pipeline/correlate.h"

#include <stdio.h>

#include "filter/base/err.h"
#include "filter/pipeline/second_look.h"
#include "filter/rule/correlation.h"
#include "filter/verdict/verdict.h"
#include "tests/filter/pipeline/rules.h"
#include "tests/filter/test.h"

#define RULE_1 "6d5ef4b6-0f0c-4f0a-9d0b-2f6f6f0f6a01" /* undian tinta */
#define RULE_2 "6d5ef4b6-0f0c-4f0a-9d0b-2f6f6f0f6a02" /* hadiah sepeda */
#define MINUTE INT64_C(60000)
#define LATENESS (60 * MINUTE)

/* A correlation called `number`. */
#define CORRELATION(number, body)                                                                  \
    "---\ntitle: Korelasi " #number "\nid: 00000000-0000-4000-8000-00000000000" #number            \
    "\nlevel: critical\ncorrelation: " body "\n"

#define SITES(number, more)                                                                        \
    CORRELATION(number, "{type: event_count, rules: [" RULE_1                                      \
                        "], group-by: [link.domain], timespan: 10m, condition: " more "}")

static int64_t now_ms; /* of the clock of these tests */

static int64_t tell_time(const struct clock *clock)
{
    (void)clock;
    return now_ms;
}

struct desk {
    struct ruleset_slot *slot;
    struct shadow *shadow;
    struct correlate *correlate;
    struct rule_matcher *matcher;
    struct buf found;   /* of windows that are over: "id rule words\n" */
    struct buf at_hand; /* the same of posts as they come */
    unsigned posts;
};

static void note(struct buf *out, struct str verdict)
{
    struct arena *arena = arena_new(1 << 20);
    struct verdict read;
    struct err err = ERR_NONE;
    if (!verdict_read(arena, verdict, &read, &err)) {
        fail_msg("%s", err.message);
    }
    for (size_t i = 0; i < read.rule_count; i++) {
        buf_printf(out, "%.*s %.*s %.*s\n", STR_FORMAT(read.post.id),
                   STR_FORMAT(read.rules[i].title), STR_FORMAT(read.rules[i].found));
    }
    arena_free(arena);
}

static void on_found(void *context, struct str verdict)
{
    struct desk *desk = context;
    note(&desk->found, verdict);
}

static bool is_organisation(void *context, struct str source)
{
    (void)context;
    return str_is(source, "kantor");
}

static struct desk set_up(struct rule_set *set)
{
    struct desk desk = {
        .slot = ruleset_slot_new(), .shadow = shadow_new(), .matcher = rule_matcher_new()};
    now_ms = RULES_NOW;
    ruleset_swap(desk.slot, rules_use(set, now_ms));
    return desk;
}

static void begin(struct desk *desk)
{
    const struct correlate_options options = {.clock = {.now_ms = tell_time},
                                              .lateness_ms = LATENESS,
                                              .rules = desk->slot,
                                              .shadow = desk->shadow,
                                              .is_organisation = is_organisation,
                                              .found = on_found,
                                              .context = desk};
    desk->correlate = correlate_new(&options);
}

static void tear_down(struct desk *desk)
{
    correlate_free(desk->correlate);
    ruleset_slot_free(desk->slot);
    shadow_free(desk->shadow);
    rule_matcher_free(desk->matcher);
    buf_fini(&desk->found);
    buf_fini(&desk->at_hand);
}

/* A post as a worker takes it in: `at` minutes after RULES_NOW, its id "1", "2", … if none is
 * given. */
static void post_at(struct desk *desk, const char *id, int at, const char *text, const char *source)
{
    char number[16];
    struct post post = POST_EMPTY;
    struct rule_match match, active, flagged;
    struct rule_hit kept[4], loud[4];
    struct err err = ERR_NONE;
    struct buf rules = BUF_EMPTY, findings = BUF_EMPTY, verdict = BUF_EMPTY;
    snprintf(number, sizeof number, "%u", ++desk->posts);
    post.id = str_of(id != NULL ? id : number);
    post.source = str_of(source);
    post.published_ms = RULES_NOW + at * MINUTE;
    post.fields[POST_TEXT] = str_of(text);
    now_ms = post.published_ms > now_ms ? post.published_ms : now_ms;
    struct ruleset *use = ruleset_take(desk->slot);
    assert_true(rule_match_post(desk->matcher, use->set, &post, &match, &err));
    ruleset_keep_active(use, &match, kept, &active, desk->shadow);
    flagged = active;
    bool is_found = false;
    if (ruleset_is_correlated(use, &active)) {
        ruleset_drop_silent(use, loud, &flagged);
        const struct correlate_post of = {.post = &post,
                                          .matcher = desk->matcher,
                                          .as_posted = desk->matcher,
                                          .match = &active,
                                          .loud = &flagged};
        is_found = correlate_put(desk->correlate, &of, &rules);
    }
    if (!is_found && flagged.hit_count > 0) {
        verdict_write_rules(&rules, VERDICT_CASE, use->set, &flagged);
    }
    if (rules.len > 0) {
        const struct text_link *links;
        size_t count = rule_matcher_links(desk->matcher, &links);
        struct hash key = {.bytes = {1}};
        verdict_write_findings(&findings, links, count, &key, buf_str(&rules));
        verdict_write_post(&verdict, &post, buf_str(&findings));
        note(&desk->at_hand, buf_str(&verdict));
    }
    ruleset_give_back(desk->slot, use);
    buf_fini(&rules);
    buf_fini(&findings);
    buf_fini(&verdict);
}

static void link_at(struct desk *desk, int at, const char *host)
{
    char text[100];
    snprintf(text, sizeof text, "undian tinta di https://%s/x", host);
    post_at(desk, NULL, at, text, "uji");
}

static void assert_found(struct buf *found, const char *wanted)
{
    assert_string_equal(found->len > 0 ? found->bytes : "", wanted);
    buf_clear(found);
}

static void the_post_that_makes_it_true(void **state)
{
    (void)state;
    struct desk desk = set_up(rules_load_with(false, SITES(1, "{gte: 3}")));
    begin(&desk);
    link_at(&desk, 0, "a.contoh-a.com");
    link_at(&desk, 1, "contoh-b.com");
    link_at(&desk, 2, "b.contoh-a.com");
    assert_found(&desk.at_hand, "");
    link_at(&desk, 9, "contoh-a.com");
    assert_found(&desk.at_hand, "4 Korelasi 1 event_count 3; link.domain: contoh-a.com; "
                                "2026-01-10T00:00:00Z – 2026-01-10T00:09:00Z\n");
    link_at(&desk, 10, "contoh-a.com");               /* the window is known */
    post_at(&desk, NULL, 10, "hadiah sepeda", "uji"); /* another rule */
    assert_found(&desk.at_hand, "6 Uji 2 \n");
    struct correlate_counts counts = correlate_counts(desk.correlate);
    assert_int_equal(counts.found, 1);
    assert_int_equal(counts.groups, 2);
    assert_int_equal(counts.events, 5);
    tear_down(&desk);
}

static void it_generates(void **state)
{
    (void)state;
    struct desk desk = set_up(rules_load_with(
        false, CORRELATION(1, "{type: event_count, rules: [" RULE_1
                              "], timespan: 10m, condition: {gte: 2}, generate: true}")));
    begin(&desk);
    link_at(&desk, 0, "contoh-a.com");
    assert_found(&desk.at_hand, "1 Uji 1 \n");
    link_at(&desk, 1, "contoh-a.com");
    assert_found(&desk.at_hand, "2 Uji 1 \n2 Korelasi 1 event_count 2; 2026-01-10T00:00:00Z – "
                                "2026-01-10T00:01:00Z\n");
    tear_down(&desk);
}

static void the_same_post_counts_once(void **state)
{
    (void)state;
    struct desk desk = set_up(rules_load_with(false, SITES(1, "{gte: 2}")));
    begin(&desk);
    for (int i = 0; i < 4; i++) {
        post_at(&desk, "sama", i, "undian tinta di https://contoh-a.com", "uji");
    }
    assert_found(&desk.at_hand, "");
    post_at(&desk, "sama", 5, "undian tinta di https://contoh-a.com",
            "lain"); /* of another source */
    assert_found(&desk.at_hand, "sama Korelasi 1 event_count 2; link.domain: contoh-a.com; "
                                "2026-01-10T00:00:00Z – 2026-01-10T00:05:00Z\n");
    tear_down(&desk);
}

/* Nobody has released the correlation: its rule flags as before, and it counts. */
static void a_shadow_counts(void **state)
{
    (void)state;
    struct rule_set *set = rules_load_with(false, SITES(1, "{gte: 2}"));
    const struct rule_program *program = rule_set_program(set);
    struct desk desk = set_up(rule_set_ref(set));
    struct hash release;
    uint64_t hits;
    ruleset_swap(desk.slot, ruleset_new(rule_set_ref(set), RULES_NOW,
                                        (struct str){(const char *)program->rules[0]->release.bytes,
                                                     HASH_BYTES}));
    begin(&desk);
    link_at(&desk, 0, "contoh-a.com");
    link_at(&desk, 1, "contoh-a.com");
    assert_found(&desk.at_hand, "1 Uji 1 \n2 Uji 1 \n");
    assert_true(shadow_pop(desk.shadow, &release, &hits));
    assert_memory_equal(&release, &program->correlations[0]->head->release, sizeof release);
    assert_int_equal(hits, 1);
    assert_true(shadow_is_empty(desk.shadow));
    rule_set_unref(set);
    tear_down(&desk);
}

/* What a shadow would find is no ground for a released correlation either. */
static void a_correlation_of_a_shadow_is_one(void **state)
{
    (void)state;
    struct rule_set *set =
        rules_load_with(false, SITES(1, "{gte: 1}") CORRELATION(
                                   2, "{type: event_count, rules: "
                                      "[00000000-0000-4000-8000-000000000001], timespan: 10m, "
                                      "condition: {gte: 1}}"));
    const struct rule_program *program = rule_set_program(set);
    const struct hash *one = &program->rules[0]->release,
                      *other = &program->correlations[1]->head->release;
    bool in_order = memcmp(one, other, sizeof *one) < 0;
    struct buf released = BUF_EMPTY;
    buf_put(&released, in_order ? one : other, sizeof *one);
    buf_put(&released, in_order ? other : one, sizeof *one);
    struct ruleset *rules = ruleset_new(rule_set_ref(set), RULES_NOW, buf_str(&released));
    assert_int_equal(rules->active, 4);
    assert_int_equal(rules->shadows, 3);
    assert_false(rules->is_silent[0]);
    ruleset_free(rules);
    buf_fini(&released);
    rule_set_unref(set);
}

static void an_end_that_has_to_be_waited_for(void **state)
{
    (void)state;
    struct desk desk = set_up(rules_load_with(false, SITES(1, "{gte: 2, lte: 3}")));
    begin(&desk);
    link_at(&desk, 0, "contoh-a.com");
    link_at(&desk, 4, "contoh-a.com");
    link_at(&desk, 5, "contoh-b.com");
    now_ms = RULES_NOW + 10 * MINUTE + LATENESS;
    correlate_tick(desk.correlate);
    assert_found(&desk.found, "");
    now_ms += MINUTE;
    correlate_tick(desk.correlate);
    assert_found(&desk.found, "2 Korelasi 1 event_count 2; link.domain: contoh-a.com; "
                              "2026-01-10T00:00:00Z – 2026-01-10T00:04:00Z\n");
    assert_found(&desk.at_hand, "");
    /* Posts are what ends a window as well, and too late is too late. */
    link_at(&desk, 71, "contoh-c.com");
    link_at(&desk, 72, "contoh-c.com");
    link_at(&desk, 73 + 72, "contoh-d.com");
    assert_found(&desk.found, "5 Korelasi 1 event_count 2; link.domain: contoh-c.com; "
                              "2026-01-10T01:11:00Z – 2026-01-10T01:12:00Z\n");
    link_at(&desk, 73, "contoh-c.com");
    assert_int_equal(correlate_counts(desk.correlate).late, 1);
    assert_int_equal(correlate_counts(desk.correlate).lost, 0);
    tear_down(&desk);
}

static void use(struct desk *desk, struct rule_set *set)
{
    ruleset_swap(desk->slot, rules_use(set, now_ms));
    correlate_follow(desk->correlate);
}

/* Counts stand where neither the correlation nor what it names was edited. */
static void rules_are_loaded_anew(void **state)
{
    (void)state;
    struct desk desk = set_up(rules_load_with(false, SITES(2, "{gte: 2}")));
    begin(&desk);
    link_at(&desk, 0, "contoh-a.com");
    use(&desk, rules_load_with(true, SITES(1, "{gte: 5}") SITES(2, "{gte: 2}")));
    link_at(&desk, 1, "contoh-a.com");
    assert_found(&desk.at_hand, "2 Korelasi 2 event_count 2; link.domain: contoh-a.com; "
                                "2026-01-10T00:00:00Z – 2026-01-10T00:01:00Z\n");
    link_at(&desk, 20, "contoh-b.com");
    use(&desk, rules_load_with(false, SITES(2, "{gt: 1}"))); /* says the same, and is another one */
    link_at(&desk, 21, "contoh-b.com");
    assert_found(&desk.at_hand, "");
    link_at(&desk, 22, "contoh-b.com");
    assert_found(&desk.at_hand, "5 Korelasi 2 event_count 2; link.domain: contoh-b.com; "
                                "2026-01-10T00:21:00Z – 2026-01-10T00:22:00Z\n");
    use(&desk, rules_load(false));
    link_at(&desk, 23, "contoh-b.com");
    assert_found(&desk.at_hand, "6 Uji 1 \n");
    assert_int_equal(correlate_counts(desk.correlate).groups, 0);
    tear_down(&desk);
}

/* A post that was matched by the rules before counts where its rules are the same now. */
static void a_post_of_the_rules_before(void **state)
{
    (void)state;
    struct desk desk = set_up(rules_load_with(false, SITES(1, "{gte: 2}")));
    begin(&desk);
    link_at(&desk, 0, "contoh-a.com");
    struct ruleset *before = ruleset_take(desk.slot);
    use(&desk, rules_load_with(true, SITES(1, "{gte: 2}")));
    struct ruleset *after = ruleset_take(desk.slot);
    ruleset_swap(desk.slot, before); /* as a worker in the middle of its batch has them */
    link_at(&desk, 1, "contoh-a.com");
    assert_found(&desk.at_hand, "2 Korelasi 1 event_count 2; link.domain: contoh-a.com; "
                                "2026-01-10T00:00:00Z – 2026-01-10T00:01:00Z\n");
    ruleset_give_back(desk.slot, after);
    tear_down(&desk);
}

/* A post whose short link was resolved counts for the site that it leads to, in both of its groups.
 */
static void where_short_links_lead(void **state)
{
    (void)state;
    struct desk desk = set_up(rules_load_with(
        false, CORRELATION(1, "{type: event_count, rules: [" RULE_1
                              "], group-by: [link.domain], timespan: 10m, condition: {gte: 2}, "
                              "generate: true}")));
    struct verdict_cache *cache = verdict_cache_new(64, 1 << 16);
    const struct hash_key key = {.bytes = {1}};
    const struct second_look_link link = {.original = STR("https://pendek.example/x"),
                                          .target = STR("https://contoh-a.com/")};
    struct str verdict;
    begin(&desk);
    struct second_look *look = second_look_new(cache, NULL, desk.correlate, &key);
    struct ruleset *rules = ruleset_take(desk.slot);
    for (int i = 0; i < 3; i++) {
        static const char *const ids[] = {"1", "2", "3"};
        struct post post = POST_EMPTY;
        post.id = str_of(ids[i]);
        post.published_ms = RULES_NOW;
        post.fields[POST_TEXT] = STR("undian tinta di https://pendek.example/x");
        assert_true(second_look(look, rules, &post, &link, 1, &verdict));
        note(&desk.at_hand, verdict);
    }
    assert_found(&desk.at_hand, "1 Uji 1 \n"
                                "2 Uji 1 \n"
                                "2 Korelasi 1 event_count 2; link.domain: pendek.example; "
                                "2026-01-10T00:00:00Z – 2026-01-10T00:00:00Z\n"
                                "2 Korelasi 1 event_count 2; link.domain: contoh-a.com; "
                                "2026-01-10T00:00:00Z – 2026-01-10T00:00:00Z\n"
                                "3 Uji 1 \n");
    assert_int_equal(verdict_cache_counts(cache).hits, 0);
    ruleset_give_back(desk.slot, rules);
    second_look_free(look);
    verdict_cache_free(cache);
    tear_down(&desk);
}

static void persons_are_not_counted(void **state)
{
    (void)state;
    static const char by_source[] =
        CORRELATION(1, "{type: event_count, rules: [" RULE_1
                       "], group-by: source, timespan: 10m, condition: {gte: 2}}");
    struct desk desk = set_up(rules_load_with(false, by_source));
    begin(&desk);
    for (int i = 0; i < 3; i++) {
        post_at(&desk, NULL, i, "undian tinta", "warga");
        post_at(&desk, NULL, i, "undian tinta", "");
    }
    assert_found(&desk.at_hand, "");
    assert_int_equal(correlate_counts(desk.correlate).events, 0);
    post_at(&desk, NULL, 3, "undian tinta", "kantor");
    post_at(&desk, NULL, 4, "undian tinta", "kantor");
    assert_found(&desk.at_hand,
                 "8 Korelasi 1 event_count 2; source: kantor; 2026-01-10T00:03:00Z – "
                 "2026-01-10T00:04:00Z\n");
    tear_down(&desk);
}

/* A correlation ends with the first of its rules, whatever the others find. */
static void it_ends_with_its_rules(void **state)
{
    (void)state;
    struct rule_set *set =
        rules_load_with(false, CORRELATION(1, "{type: event_count, rules: [" RULE_1 ", " RULE_2
                                              "], timespan: 10m, condition: {gte: 1}}"));
    const struct rule *head = rule_set_program(set)->correlations[0]->head;
    assert_true(head->expires_ms == RULES_END);
    assert_int_equal(head->class, RULE_FRAUD);
    assert_int_equal(head->evidence_count, 1); /* both name the same page */
    struct ruleset *after = rules_use(rule_set_ref(set), RULES_END);
    assert_int_equal(after->active, 1);
    assert_false(after->is_silent[1]);
    ruleset_free(after);
    rule_set_unref(set);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_post_that_makes_it_true),
        cmocka_unit_test(it_generates),
        cmocka_unit_test(the_same_post_counts_once),
        cmocka_unit_test(a_shadow_counts),
        cmocka_unit_test(a_correlation_of_a_shadow_is_one),
        cmocka_unit_test(an_end_that_has_to_be_waited_for),
        cmocka_unit_test(rules_are_loaded_anew),
        cmocka_unit_test(a_post_of_the_rules_before),
        cmocka_unit_test(where_short_links_lead),
        cmocka_unit_test(persons_are_not_counted),
        cmocka_unit_test(it_ends_with_its_rules),
    };
    return cmocka_run_group_tests_name("correlate", tests, NULL, NULL);
}
