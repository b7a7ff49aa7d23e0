/* What is found in a stream of events: correlations, events as they come, and the hits. */
#include <stdlib.h>

#include "filter/base/arena.h"
#include "filter/base/buf.h"
#include "filter/base/err.h"
#include "filter/rule/correlate.h"
#include "filter/rule/correlation.h"
#include "filter/rule/event.h"
#include "filter/rule/judge.h"
#include "filter/rule/language.h"
#include "filter/rule/lists.h"
#include "filter/rule/number.h"
#include "filter/rule/program.h"
#include "tests/filter/test.h"

enum { SECOND = 1000 };

/* Rules that an event matches by its "r". */
#define RULES                                                                                      \
    "title: a\nid: ida\nname: a\ndetection: {s: {r: a}, condition: s}\n---\n"                      \
    "title: b\nid: idb\nname: b\ndetection: {s: {r: b}, condition: s}\n---\n"                      \
    "title: c\nid: idc\nname: c\ndetection: {s: {r: c}, condition: s}\n"

struct stream {
    const char *name;
    const char *correlation; /* flow YAML; several by '|', named k0, k1, … */
    const char *events;      /* JSON objects, one a line, with "t" in seconds and "r" */
    const char *hits;        /* "k0[group]=number@first-last ", and "|" where the stream ends */
};

static const struct stream streams[] = {
    /* counts */
    {"as many as it takes",
     "{type: event_count, rules: [a], group-by: [h], timespan: 10s, condition: {gte: 3}}",
     "{\"t\":1,\"r\":\"a\",\"h\":\"x\"}\n{\"t\":5,\"r\":\"a\",\"h\":\"x\"}\n"
     "{\"t\":9,\"r\":\"a\",\"h\":\"x\"}",
     "k0[x]=3@1-9 |"},
    {"ends of a window are in it",
     "{type: event_count, rules: [a], timespan: 10s, condition: {gt: 1}}",
     "{\"t\":1,\"r\":\"a\"}\n{\"t\":11,\"r\":\"a\"}", "k0[]=2@1-11 |"},
    {"a moment later is not", "{type: event_count, rules: [a], timespan: 10s, condition: {gt: 1}}",
     "{\"t\":1,\"r\":\"a\"}\n{\"t\":11.001,\"r\":\"a\"}", "|"},
    {"windows slide over full minutes",
     "{type: event_count, rules: [a], timespan: 1m, condition: {gte: 2}}",
     "{\"t\":50,\"r\":\"a\"}\n{\"t\":70,\"r\":\"a\"}", "k0[]=2@50-70 |"},
    {"groups are apart",
     "{type: event_count, rules: [a], group-by: [h], timespan: 10s, condition: {gte: 2}}",
     "{\"t\":1,\"r\":\"a\",\"h\":\"x\"}\n{\"t\":2,\"r\":\"a\",\"h\":\"y\"}\n"
     "{\"t\":3,\"r\":\"a\",\"h\":\"y\"}",
     "k0[y]=2@2-3 |"},
    {"groups of two fields",
     "{type: event_count, rules: [a], group-by: [h, g], timespan: 10s, condition: {gte: 2}}",
     "{\"t\":1,\"r\":\"a\",\"h\":\"x\",\"g\":\"yz\"}\n"
     "{\"t\":2,\"r\":\"a\",\"h\":\"xy\",\"g\":\"z\"}\n"
     "{\"t\":3,\"r\":\"a\",\"h\":\"x\",\"g\":\"yz\"}",
     "k0[x,yz]=2@1-3 |"},
    {"an event with two values is in two groups",
     "{type: event_count, rules: [a], group-by: [h], timespan: 10s, condition: {gte: 2}}",
     "{\"t\":1,\"r\":\"a\",\"h\":[\"x\",\"y\",\"x\"]}\n{\"t\":2,\"r\":\"a\",\"h\":\"y\"}",
     "k0[y]=2@1-2 |"},
    {"an event without the field is in none",
     "{type: event_count, rules: [a], group-by: [h], timespan: 10s, condition: {gte: 2}}",
     "{\"t\":1,\"r\":\"a\"}\n{\"t\":2,\"r\":\"a\"}", "|"},
    {"other rules do not count",
     "{type: event_count, rules: [a], timespan: 10s, condition: {gte: 2}}",
     "{\"t\":1,\"r\":\"a\"}\n{\"t\":2,\"r\":\"b\"}", "|"},
    {"an event that two rules match is one",
     "{type: event_count, rules: [a, b], timespan: 10s, condition: {gte: 2}}",
     "{\"t\":1,\"r\":[\"a\",\"b\"]}\n{\"t\":2,\"r\":\"b\"}", "k0[]=2@1-2 |"},
    {"found once in a window, and again behind it",
     "{type: event_count, rules: [a], timespan: 10s, condition: {gte: 2}}",
     "{\"t\":1,\"r\":\"a\"}\n{\"t\":2,\"r\":\"a\"}\n{\"t\":3,\"r\":\"a\"}\n{\"t\":11,\"r\":\"a\"}\n"
     "{\"t\":12,\"r\":\"a\"}\n{\"t\":13,\"r\":\"a\"}",
     "k0[]=2@1-2 k0[]=2@12-13 |"},
    {"out of order", "{type: event_count, rules: [a], timespan: 10s, condition: {gte: 3}}",
     "{\"t\":20,\"r\":\"a\"}\n{\"t\":24,\"r\":\"a\"}\n{\"t\":18,\"r\":\"a\"}", "k0[]=3@18-24 |"},
    {"out of order, in a window of the past",
     "{type: event_count, rules: [a], timespan: 3s, condition: {gte: 3}}",
     "{\"t\":20,\"r\":\"a\"}\n{\"t\":22,\"r\":\"a\"}\n{\"t\":29,\"r\":\"a\"}\n{\"t\":21,\"r\":"
     "\"a\"}",
     "k0[]=3@20-22 |"},
    {"too late", "{type: event_count, rules: [a], timespan: 20s, condition: {gte: 2}}",
     "{\"t\":30,\"r\":\"a\"}\n{\"t\":19,\"r\":\"a\"}", "|"},
    {"fewer than: decided when the time is over",
     "{type: event_count, rules: [a], group-by: [h], timespan: 10s, condition: {lt: 2}}",
     "{\"t\":1,\"r\":\"a\",\"h\":\"x\"}\n{\"t\":2,\"r\":\"a\",\"h\":\"y\"}\n"
     "{\"t\":3,\"r\":\"a\",\"h\":\"y\"}\n{\"t\":22,\"r\":\"b\"}\n{\"t\":23,\"r\":\"b\"}",
     "k0[x]=1@1-1 |"},
    {"fewer than: one that comes late undoes it",
     "{type: event_count, rules: [a], timespan: 10s, condition: {lt: 2}}",
     "{\"t\":1,\"r\":\"a\"}\n{\"t\":15,\"r\":\"b\"}\n{\"t\":8,\"r\":\"a\"}\n{\"t\":40,\"r\":\"b\"}",
     "|"},
    {"between", "{type: event_count, rules: [a], timespan: 10s, condition: {gt: 1, lte: 3}}",
     "{\"t\":1,\"r\":\"a\"}\n{\"t\":2,\"r\":\"a\"}\n{\"t\":40,\"r\":\"b\"}", "k0[]=2@1-2 |"},
    {"exactly", "{type: event_count, rules: [a], timespan: 10s, condition: {eq: 2}}",
     "{\"t\":1,\"r\":\"a\"}\n{\"t\":2,\"r\":\"a\"}\n{\"t\":3,\"r\":\"a\"}\n{\"t\":14,\"r\":\"a\"}\n"
     "{\"t\":15,\"r\":\"a\"}",
     "|k0[]=2@14-15 "},
    {"anything but", "{type: event_count, rules: [a], timespan: 10s, condition: {neq: 1}}",
     "{\"t\":1,\"r\":\"a\"}\n{\"t\":20,\"r\":\"a\"}\n{\"t\":21,\"r\":\"a\"}", "|k0[]=2@20-21 "},

    /* values */
    {"distinct values",
     "{type: value_count, rules: [a], timespan: 10s, condition: {field: v, gte: 2}}",
     "{\"t\":1,\"r\":\"a\",\"v\":\"x\"}\n{\"t\":2,\"r\":\"a\",\"v\":\"x\"}\n"
     "{\"t\":3,\"r\":\"a\",\"v\":\"y\"}",
     "k0[]=2@1-3 |"},
    {"values of two fields together",
     "{type: value_count, rules: [a], timespan: 10s, condition: {field: [v, w], gte: 3}}",
     "{\"t\":1,\"r\":\"a\",\"v\":1,\"w\":1}\n{\"t\":2,\"r\":\"a\",\"v\":1,\"w\":2}\n"
     "{\"t\":3,\"r\":\"a\",\"v\":1,\"w\":1}\n{\"t\":4,\"r\":\"a\",\"v\":2,\"w\":1}",
     "k0[]=3@1-4 |"},
    {"an event without the value does not count",
     "{type: value_count, rules: [a], timespan: 10s, condition: {field: v, gte: 1}}",
     "{\"t\":1,\"r\":\"a\"}", "|"},
    {"values leave with their events",
     "{type: value_count, rules: [a], timespan: 10s, condition: {field: v, gte: 3}}",
     "{\"t\":1,\"r\":\"a\",\"v\":1}\n{\"t\":9,\"r\":\"a\",\"v\":2}\n{\"t\":12,\"r\":\"a\",\"v\":3}"
     "\n"
     "{\"t\":13,\"r\":\"a\",\"v\":2}\n{\"t\":14,\"r\":\"a\",\"v\":1}",
     "k0[]=3@9-14 |"},
    {"rules as values",
     "{type: value_count, rules: [a, b], timespan: 10s, condition: {field: rule, gte: 2}}",
     "{\"t\":1,\"r\":\"a\"}\n{\"t\":2,\"r\":\"a\"}\n{\"t\":3,\"r\":\"b\"}", "k0[]=2@1-3 |"},
    {"a sum", "{type: value_sum, rules: [a], timespan: 10s, condition: {field: n, gt: 100}}",
     "{\"t\":1,\"r\":\"a\",\"n\":60}\n{\"t\":2,\"r\":\"a\",\"n\":\"40\"}\n"
     "{\"t\":3,\"r\":\"a\",\"n\":\"banyak\"}\n{\"t\":4,\"r\":\"a\",\"n\":0.5}",
     "k0[]=100.5@1-4 |"},
    {"a sum of what is in the window",
     "{type: value_sum, rules: [a], timespan: 10s, condition: {field: n, gt: 100}}",
     "{\"t\":1,\"r\":\"a\",\"n\":60}\n{\"t\":12,\"r\":\"a\",\"n\":60}", "|"},
    {"an average is known when the time is over",
     "{type: value_avg, rules: [a], timespan: 10s, condition: {field: n, gt: 5}}",
     "{\"t\":1,\"r\":\"a\",\"n\":9}\n{\"t\":2,\"r\":\"a\",\"n\":3}\n{\"t\":30,\"r\":\"b\"}",
     "k0[]=6@1-2 |"},
    {"an average that came down",
     "{type: value_avg, rules: [a], timespan: 10s, condition: {field: n, gt: 5}}",
     "{\"t\":1,\"r\":\"a\",\"n\":9}\n{\"t\":2,\"r\":\"a\",\"n\":0}\n{\"t\":30,\"r\":\"b\"}", "|"},
    {"the share of a value, in percent",
     "{type: value_percentile, rules: [a], timespan: 10s, condition: {field: v, lte: 25}}",
     "{\"t\":1,\"r\":\"a\",\"v\":\"x\"}\n{\"t\":2,\"r\":\"a\",\"v\":\"x\"}\n"
     "{\"t\":3,\"r\":\"a\",\"v\":\"y\"}\n{\"t\":4,\"r\":\"a\",\"v\":\"x\"}",
     "|k0[]=25@1-4 "},
    {"the median",
     "{type: value_percentile, rules: [a], timespan: 10s, condition: {field: n, percentile: 50, "
     "gte: 5}}",
     "{\"t\":1,\"r\":\"a\",\"n\":1}\n{\"t\":2,\"r\":\"a\",\"n\":5}\n{\"t\":3,\"r\":\"a\",\"n\":"
     "900}",
     "|k0[]=5@1-3 "},

    /* temporal */
    {"all of them, in any order", "{type: temporal, rules: [a, b], timespan: 10s}",
     "{\"t\":1,\"r\":\"b\"}\n{\"t\":2,\"r\":\"b\"}\n{\"t\":3,\"r\":\"a\"}", "k0[]=2@1-3 |"},
    {"too far apart", "{type: temporal, rules: [a, b], timespan: 10s}",
     "{\"t\":1,\"r\":\"b\"}\n{\"t\":12,\"r\":\"a\"}", "|"},
    {"two of three", "{type: temporal, rules: [a, b, c], timespan: 10s, condition: {gte: 2}}",
     "{\"t\":1,\"r\":\"c\"}\n{\"t\":3,\"r\":\"a\"}", "k0[]=2@1-3 |"},
    {"in order", "{type: temporal_ordered, rules: [a, b, c], timespan: 10s}",
     "{\"t\":1,\"r\":\"a\"}\n{\"t\":2,\"r\":\"c\"}\n{\"t\":3,\"r\":\"b\"}\n{\"t\":4,\"r\":\"c\"}",
     "k0[]=3@1-4 |"},
    {"not in order", "{type: temporal_ordered, rules: [a, b], timespan: 10s}",
     "{\"t\":1,\"r\":\"b\"}\n{\"t\":2,\"r\":\"a\"}", "|"},
    {"in order, and told in the other one", "{type: temporal_ordered, rules: [a, b], timespan: 9s}",
     "{\"t\":12,\"r\":\"b\"}\n{\"t\":11,\"r\":\"a\"}", "k0[]=2@11-12 |"},
    {"one event is not one behind the other",
     "{type: temporal_ordered, rules: [a, b], timespan: 10s}", "{\"t\":1,\"r\":[\"a\",\"b\"]}",
     "|"},
    {"in order, the first of them too early",
     "{type: temporal_ordered, rules: [a, b], timespan: 5s}",
     "{\"t\":1,\"r\":\"a\"}\n{\"t\":4,\"r\":\"a\"}\n{\"t\":8,\"r\":\"b\"}", "k0[]=2@4-8 |"},

    /* aliases and chains */
    {"aliases",
     "{type: temporal, rules: [a, b], group-by: [ip], timespan: 10s, aliases: {ip: {a: src, b: "
     "dst}}}",
     "{\"t\":1,\"r\":\"a\",\"src\":\"x\",\"dst\":\"y\"}\n"
     "{\"t\":2,\"r\":\"b\",\"src\":\"x\",\"dst\":\"y\"}\n"
     "{\"t\":3,\"r\":\"b\",\"src\":\"y\",\"dst\":\"x\"}",
     "k0[x]=2@1-3 |"},
    {"many of one, then another",
     "{type: temporal_ordered, rules: [k1, b], group-by: [u], timespan: 10s}|"
     "{type: event_count, rules: [a], group-by: [u, h], timespan: 10s, condition: {gte: 2}}",
     "{\"t\":1,\"r\":\"a\",\"u\":\"x\",\"h\":\"z\"}\n"
     "{\"t\":2,\"r\":\"b\",\"u\":\"x\"}\n{\"t\":3,\"r\":\"a\",\"u\":\"x\",\"h\":\"z\"}\n"
     "{\"t\":4,\"r\":\"b\",\"u\":\"x\"}",
     "k1[x,z]=2@1-3 k0[x]=2@3-4 |"},
};

static void put_hits(const struct rule_correlator_hits *hits, struct buf *out)
{
    for (size_t i = 0; i < hits->count; i++) {
        const struct rule_correlator_hit *hit = &hits->items[i];
        buf_printf(out, "%.*s[", STR_FORMAT(hit->correlation->head->name));
        for (size_t g = 0; g < hit->correlation->group_count; g++) {
            buf_printf(out, "%s%.*s", g > 0 ? "," : "", STR_FORMAT(hit->group[g]));
        }
        buf_printf(out, "]=%g@%d-%d ", hit->number, (int)(hit->first_ms / SECOND),
                   (int)(hit->last_ms / SECOND));
    }
}

struct bench {
    struct rule_language *language;
    struct rule_judge *judge;
    struct rule_correlator *correlator;
    struct arena *arena;
};

static void set_up(struct bench *bench, const char *correlations,
                   const struct rule_correlator_limits *limits)
{
    struct buf yaml = BUF_EMPTY;
    struct err err = ERR_NONE;
    int number = 0;
    buf_put_string(&yaml, RULES);
    for (const char *at = correlations; at != NULL; number++) {
        const char *end = strchr(at, '|');
        buf_printf(&yaml, "---\ntitle: k\nid: idk%d\nname: k%d\ncorrelation: %.*s\n", number,
                   number, (int)(end != NULL ? (size_t)(end - at) : strlen(at)), at);
        at = end != NULL ? end + 1 : NULL;
    }
    bench->language = rule_language_new_for_events();
    if (!rule_language_add(bench->language, "stream.yml", buf_str(&yaml), &err)) {
        fail_msg("%s", err.message);
    }
    const struct rule_program *program = rule_language_program(bench->language);
    assert_non_null(program);
    assert_int_equal(program->correlation_count, number);
    bench->judge = rule_judge_new(program);
    bench->correlator = rule_correlator_new(program, limits, &err);
    if (bench->correlator == NULL) {
        fail_msg("%s", err.message);
    }
    bench->arena = arena_new(1 << 20);
    buf_fini(&yaml);
}

static void tear_down(struct bench *bench)
{
    rule_correlator_free(bench->correlator);
    rule_judge_free(bench->judge);
    rule_language_free(bench->language);
    arena_free(bench->arena);
}

static void put_event(struct bench *bench, struct str json, struct buf *out)
{
    struct err err = ERR_NONE;
    struct rule_judged judged;
    struct rule_correlator_hits hits;
    long double seconds = 0;
    const struct rule_json *event = rule_json_parse(bench->arena, json, &err);
    assert_non_null(event);
    assert_true(rule_number_parse(rule_json_get(event, "t")->text, &seconds));
    struct rule_subject subject = {.look_up = rule_event_look_up, .context = event};
    rule_judge_run(bench->judge, &subject, &judged);
    struct rule_correlator_event matched = {.time_ms = (int64_t)(seconds * SECOND),
                                            .rules = judged.rules,
                                            .rule_count = judged.count,
                                            .subject = &subject};
    rule_correlator_put(bench->correlator, &matched, &hits);
    put_hits(&hits, out);
}

static void test_stream(void **state)
{
    static const struct rule_correlator_limits limits = {
        .lateness_ms = 10 * SECOND, .max_groups = 100, .max_events = 100, .max_total = 10000};
    const struct stream *stream = *state;
    struct bench bench;
    struct buf found = BUF_EMPTY;
    struct rule_correlator_hits hits;
    set_up(&bench, stream->correlation, &limits);
    struct rule_lines lines = {.text = str_of(stream->events)};
    struct str line;
    while (rule_next_line(&lines, &line)) {
        put_event(&bench, line, &found);
    }
    buf_put_char(&found, '|');
    rule_correlator_advance(bench.correlator, INT64_MAX, &hits);
    put_hits(&hits, &found);
    assert_string_equal(found.bytes, stream->hits);
    buf_fini(&found);
    tear_down(&bench);
}

/* Bursts are found whatever the order in which their events come, within the lateness. */
static void test_any_order(void **state)
{
    (void)state;
    static const struct rule_correlator_limits limits = {
        .lateness_ms = 100 * SECOND, .max_groups = 100, .max_events = 100, .max_total = 10000};
    static const char *const correlations =
        "{type: event_count, rules: [a], timespan: 5s, condition: {gte: 3}}|"
        "{type: value_count, rules: [a, b], timespan: 5s, condition: {field: v, gte: 3}}|"
        "{type: temporal, rules: [a, b], timespan: 2s}|"
        "{type: temporal_ordered, rules: [b, a], timespan: 3s}";
    enum { EVENTS = 9 };
    static const int times[EVENTS] = {1, 3, 4, 6, 20, 22, 40, 43, 60};
    static const char rules[] = "aabaaabab";
    unsigned random = 1;
    for (int round = 0; round < 300; round++) {
        int order[EVENTS];
        bool seen[4] = {false};
        struct bench bench;
        struct buf found = BUF_EMPTY;
        for (int i = 0; i < EVENTS; i++) {
            order[i] = i;
        }
        for (int i = EVENTS - 1; i > 0; i--) {
            random = random * 1103515245U + 12345U;
            int other = (int)(random >> 16) % (i + 1), kept = order[i];
            order[i] = order[other];
            order[other] = kept;
        }
        set_up(&bench, correlations, &limits);
        for (int i = 0; i < EVENTS; i++) {
            struct buf json = BUF_EMPTY;
            buf_printf(&json, "{\"t\":%d,\"r\":\"%c\",\"v\":%d}", times[order[i]], rules[order[i]],
                       order[i] % 3);
            put_event(&bench, buf_str(&json), &found);
            buf_fini(&json);
        }
        for (int k = 0; k < 4; k++) {
            char name[] = {'k', (char)('0' + k), '[', '\0'};
            seen[k] = found.bytes != NULL && strstr(found.bytes, name) != NULL;
        }
        assert_true(seen[0] && seen[1] && seen[2] && seen[3]);
        buf_fini(&found);
        tear_down(&bench);
    }
}

/* Memory is bounded, and what is lost is counted. */
static void test_bounds(void **state)
{
    (void)state;
    static const struct rule_correlator_limits limits = {
        .lateness_ms = 0, .max_groups = 50, .max_events = 20, .max_total = 1000};
    struct bench bench;
    struct buf found = BUF_EMPTY;
    struct rule_correlator_stats stats;
    set_up(&bench,
           "{type: event_count, rules: [a], group-by: [h], timespan: 1d, condition: {gte: 19}}",
           &limits);
    for (int i = 0; i < 3000; i++) {
        struct buf json = BUF_EMPTY;
        buf_printf(&json, "{\"t\":%d,\"r\":\"a\",\"h\":%d}", i, i);
        put_event(&bench, buf_str(&json), &found);
        arena_reset(bench.arena);
        buf_fini(&json);
    }
    rule_correlator_stats(bench.correlator, &stats);
    assert_int_equal(stats.groups, 50);
    assert_int_equal(stats.events, 50);
    assert_int_equal(stats.lost_groups, 2950);
    for (int i = 0; i < 100; i++) {
        put_event(&bench, STR("{\"t\":3000,\"r\":\"a\",\"h\":\"x\"}"), &found);
        arena_reset(bench.arena);
    }
    rule_correlator_stats(bench.correlator, &stats);
    assert_string_equal(found.bytes, "k0[x]=19@3000-3000 ");
    assert_int_equal(stats.groups, 50);
    assert_int_equal(stats.lost_events, 80);
    put_event(&bench, STR("{\"t\":2999,\"r\":\"a\",\"h\":\"x\"}"), &found);
    put_event(&bench, STR("{\"t\":-1,\"r\":\"a\",\"h\":\"x\"}"), &found);
    put_event(&bench, STR("{\"t\":1e16,\"r\":\"a\",\"h\":\"x\"}"), &found);
    rule_correlator_stats(bench.correlator, &stats);
    assert_int_equal(stats.late, 3);
    /* A day later nothing of it matters any more, and making room loses nothing. */
    for (int i = 0; i < 50; i++) {
        struct buf json = BUF_EMPTY;
        buf_printf(&json, "{\"t\":200000,\"r\":\"a\",\"h\":%d}", 10000 + i);
        put_event(&bench, buf_str(&json), &found);
        buf_fini(&json);
    }
    rule_correlator_stats(bench.correlator, &stats);
    assert_int_equal(stats.lost_groups, 2951); /* the one that x pushed out */
    assert_int_equal(stats.events, 50);
    buf_fini(&found);
    tear_down(&bench);
}

/* Room for entries is bounded over all groups; the one that was quiet for longest goes. */
static void test_total(void **state)
{
    (void)state;
    static const struct rule_correlator_limits limits = {
        .lateness_ms = 0, .max_groups = 1000, .max_events = 20, .max_total = 200};
    struct bench bench;
    struct buf found = BUF_EMPTY;
    struct rule_correlator_stats stats;
    set_up(&bench,
           "{type: event_count, rules: [a], group-by: [h], timespan: 1d, condition: {gte: 19}}",
           &limits);
    for (int i = 0; i < 2000; i++) {
        struct buf json = BUF_EMPTY;
        buf_printf(&json, "{\"t\":%d,\"r\":\"a\",\"h\":%d}", i, i % 100);
        put_event(&bench, buf_str(&json), &found);
        arena_reset(bench.arena);
        buf_fini(&json);
    }
    rule_correlator_stats(bench.correlator, &stats);
    assert_true(stats.events <= 200 && stats.events > 0);
    assert_true(stats.lost_groups > 0);
    assert_int_equal(found.len, 0);
    tear_down(&bench);
}

static void test_counts_too_far(void **state)
{
    (void)state;
    static const struct rule_correlator_limits limits = {
        .max_groups = 2, .max_events = 20, .max_total = 1000};
    struct rule_language *language = rule_language_new_for_events();
    struct err err = ERR_NONE;
    assert_true(rule_language_add(
        language, "far.yml",
        STR(RULES
            "---\ntitle: k\nid: k\ncorrelation: {type: event_count, rules: [a], timespan: 1s, "
            "condition: {gte: 20}}\n"),
        &err));
    assert_null(rule_correlator_new(rule_language_program(language), &limits, &err));
    assert_string_equal(err.file, "far.yml");
    assert_int_equal(err.line, 16);
    assert_non_null(strstr(err.message, "at most 20 events are held"));
    rule_language_free(language);
}

/* A correlation whose rules are not there, or that goes in circles, is left out. */
static void test_left_out(void **state)
{
    (void)state;
    struct rule_language *language = rule_language_new_for_events();
    struct err err = ERR_NONE;
    assert_true(rule_language_add(
        language, "out.yml",
        STR(RULES
            "---\ntitle: 1\nid: 1\ncorrelation: {type: temporal, rules: [a, x], timespan: 1s}\n"
            "---\ntitle: 2\nid: 2\nname: n2\ncorrelation: {type: temporal, rules: [n3], "
            "timespan: 1s}\n"
            "---\ntitle: 3\nid: 3\nname: n3\ncorrelation: {type: temporal, rules: [n2], "
            "timespan: 1s}\n"
            "---\ntitle: 4\nid: 4\ncorrelation: {type: temporal, rules: [b, '1'], timespan: "
            "1s}\n"
            "---\ntitle: 5\nid: 5\ncorrelation: {type: temporal, rules: [b, c], timespan: "
            "1s}\n"),
        &err));
    const struct rule_program *program = rule_language_program(language);
    assert_int_equal(program->correlation_count, 1);
    assert_true(str_is(program->correlations[0]->head->id, "5"));
    /* What was missing may come with a later file. */
    assert_true(rule_language_add(language, "more.yml",
                                  STR("title: x\nid: x\ndetection: {s: {r: x}, condition: s}\n"),
                                  &err));
    assert_int_equal(rule_language_program(language)->correlation_count, 3);
    rule_language_free(language);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_any_order), cmocka_unit_test(test_bounds),
        cmocka_unit_test(test_total),     cmocka_unit_test(test_counts_too_far),
        cmocka_unit_test(test_left_out),
    };
    return RUN_CASES("what is found in a stream", streams, test_stream) +
           cmocka_run_group_tests_name("streams", tests, NULL, NULL);
}
