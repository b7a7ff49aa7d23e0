#include "filter/rule/match.h"

#include <stdlib.h>
#include <string.h>

#include "filter/base/mem.h"
#include "filter/rule/sort.h"
#include "filter/rule/worker.h"

struct rule_matcher *rule_matcher_new(void)
{
    struct rule_matcher *matcher = mem_zero(1, sizeof *matcher);
    rule_values_init(&matcher->values);
    matcher->runner = rule_regex_runner_new();
    return matcher;
}

void rule_matcher_free(struct rule_matcher *matcher)
{
    if (matcher == NULL) {
        return;
    }
    rule_values_fini(&matcher->values);
    rule_regex_runner_free(matcher->runner);
    free(matcher->atoms);
    free(matcher->nodes);
    free(matcher->rules);
    free(matcher->nominated);
    free(matcher->places);
    free(matcher->lowered);
    free(matcher->matched);
    free(matcher->spans);
    free(matcher->hits);
    free(matcher);
}

/* An array of at least `need` elements, all of no epoch. */
static void *renew(void *old, size_t *room, size_t need, size_t size)
{
    if (need <= *room) {
        return old;
    }
    free(old);
    *room = need;
    return mem_zero(need, size);
}

/* Makes the matcher fit an engine that it has not just used. */
static void fit(struct rule_matcher *matcher, const struct rule_engine *engine)
{
    size_t atoms = engine->program->atom_count;
    if (atoms > matcher->atom_room || matcher->nominated == NULL) {
        free(matcher->nominated);
        matcher->nominated = mem_zero(atoms, sizeof *matcher->nominated);
    }
    matcher->atoms = renew(matcher->atoms, &matcher->atom_room, atoms, sizeof *matcher->atoms);
    matcher->nodes =
        renew(matcher->nodes, &matcher->node_room, engine->node_count, sizeof *matcher->nodes);
    matcher->rules = renew(matcher->rules, &matcher->rule_room, engine->program->rule_count,
                           sizeof *matcher->rules);
    matcher->engine_id = engine->id;
}

static void next_epoch(struct rule_matcher *matcher)
{
    if (++matcher->epoch == 0) { /* once in four thousand million posts */
        memset(matcher->atoms, 0, matcher->atom_room * sizeof *matcher->atoms);
        memset(matcher->nodes, 0, matcher->node_room * sizeof *matcher->nodes);
        memset(matcher->rules, 0, matcher->rule_room * sizeof *matcher->rules);
        matcher->epoch = 1;
    }
    matcher->nominated_count = 0;
    matcher->place_count = 0;
    matcher->matched_count = 0;
    matcher->span_count = 0;
    matcher->faults = 0;
}

static void look_at(struct rule_matcher *matcher, uint32_t rule)
{
    if (matcher->rules[rule] == matcher->epoch) {
        return;
    }
    matcher->rules[rule] = matcher->epoch;
    if (rule_evaluate(matcher, matcher->engine->roots[rule]) == RULE_YES) {
        mem_grow(&matcher->matched, &matcher->matched_room, matcher->matched_count + 1,
                 sizeof *matcher->matched);
        matcher->matched[matcher->matched_count++] = (struct rule_matched){.rule = rule};
    }
}

static int compare_matched(const void *a, const void *b)
{
    const struct rule_matched *x = a, *y = b;
    return (x->rule > y->rule) - (x->rule < y->rule);
}

/* The hits with their spans, which may move until the last is there. */
static void put_hits(struct rule_matcher *matcher, struct rule_match *match)
{
    const struct rule_engine *engine = matcher->engine;
    size_t count = matcher->matched_count;
    if (count == 0) {
        return;
    }
    rule_sort(matcher->matched, count, sizeof *matcher->matched, compare_matched);
    for (size_t i = 0; i < count; i++) {
        rule_put_spans(matcher, engine->roots[matcher->matched[i].rule], &matcher->matched[i]);
    }
    mem_grow(&matcher->hits, &matcher->hit_room, count, sizeof *matcher->hits);
    for (size_t i = 0; i < count; i++) {
        const struct rule_matched *matched = &matcher->matched[i];
        matcher->hits[i] = (struct rule_hit){
            .rule = engine->program->rules[matched->rule],
            .spans = matched->span_count > 0 ? &matcher->spans[matched->first_span] : NULL,
            .span_count = matched->span_count,
        };
    }
    match->hits = matcher->hits;
    match->hit_count = count;
}

bool rule_engine_prepare(const struct rule_engine *engine, struct rule_matcher *matcher,
                         const struct post *post, struct err *err)
{
    if (matcher->engine_id != engine->id) {
        fit(matcher, engine);
    }
    matcher->engine = engine;
    return rule_values_read(&matcher->values, post, engine->needs, err);
}

static int compare_numbers(const void *a, const void *b)
{
    uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;
    return (x > y) - (x < y);
}

/*
 * In the order in which atoms, their regexes and rules lie in memory; all of that is asked for
 * before the first is needed. Mostly there are one or two.
 */
static void sort_nominated(struct rule_matcher *matcher)
{
    const struct rule_engine *engine = matcher->engine;
    const struct rule_triggers *triggers = &engine->triggers;
    rule_sort(matcher->nominated, matcher->nominated_count, sizeof *matcher->nominated,
              compare_numbers);
    for (size_t i = 0; i < matcher->nominated_count; i++) {
        uint32_t atom = matcher->nominated[i];
        uint32_t regex = engine->atoms[atom].regex;
        uint32_t rule = triggers->rules[triggers->first[atom]];
        __builtin_prefetch(&engine->roots[rule]);
        __builtin_prefetch(&matcher->rules[rule], 1);
        if (regex != RULE_NO_REGEX) {
            __builtin_prefetch(&engine->regexes[regex]);
        }
    }
}

void rule_engine_run(struct rule_matcher *matcher, struct rule_match *match)
{
    const struct rule_triggers *triggers = &matcher->engine->triggers;
    *match = (struct rule_match){.hits = NULL};
    next_epoch(matcher);
    rule_nominate(matcher);
    sort_nominated(matcher);
    for (size_t i = 0; i < matcher->nominated_count; i++) {
        uint32_t atom = matcher->nominated[i];
        for (uint32_t k = triggers->first[atom]; k < triggers->first[atom + 1]; k++) {
            look_at(matcher, triggers->rules[k]);
        }
    }
    for (size_t i = 0; i < triggers->always_count; i++) {
        look_at(matcher, triggers->always[i]);
    }
    put_hits(matcher, match);
    match->faults = matcher->faults;
}

bool rule_engine_match(const struct rule_engine *engine, struct rule_matcher *matcher,
                       const struct post *post, struct rule_match *match, struct err *err)
{
    *match = (struct rule_match){.hits = NULL};
    if (!rule_engine_prepare(engine, matcher, post, err)) {
        return false;
    }
    rule_engine_run(matcher, match);
    return true;
}

struct str rule_matcher_folded(struct rule_matcher *matcher, enum post_field field)
{
    return rule_values_folded(&matcher->values, field);
}

size_t rule_matcher_links(struct rule_matcher *matcher, const struct text_link **links)
{
    rule_values_find_links(&matcher->values);
    *links = matcher->values.found;
    return matcher->values.link_count;
}
