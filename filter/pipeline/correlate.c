#include "filter/pipeline/correlate.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "filter/base/err.h"
#include "filter/base/log.h"
#include "filter/base/mem.h"
#include "filter/pipeline/kept.h"
#include "filter/pipeline/shadow.h"
#include "filter/rule/correlate.h"
#include "filter/rule/correlation.h"
#include "filter/rule/sighting.h"
#include "filter/rule/window.h"
#include "filter/text/utf8.h"
#include "filter/verdict/verdict.h"

enum {
    MOST_GROUPS = 10000,
    MOST_EVENTS = 400000, /* of all groups: some 20 MB */
    MOST_SHOWN = 200,     /* bytes of a value, for people */
};

struct correlate {
    struct correlate_options options;
    pthread_mutex_t lock; /* of all below */
    struct ruleset *rules;
    struct rule_correlator *correlator; /* NULL: there are no correlations */
    struct kept *kept;                  /* NULL: nothing has to wait for the end of a window */
    struct rule_sightings sightings;
    const struct rule **named; /* the rules of the event at hand, in our set */
    size_t named_room;
    struct rule_hit *hits; /* of the verdict at hand */
    size_t hit_room;
    struct rule_span *spans; /* of one of them */
    size_t span_room;
    struct buf *texts; /* what each of them has found */
    size_t text_count, text_room;
    struct buf bytes, prefix, verdict;
    uint64_t nameless; /* posts without an id */
    uint64_t found, lost;
};

struct correlate *correlate_new(const struct correlate_options *options)
{
    struct correlate *correlate = mem_zero(1, sizeof *correlate);
    correlate->options = *options;
    pthread_mutex_init(&correlate->lock, NULL);
    correlate_follow(correlate);
    return correlate;
}

void correlate_free(struct correlate *correlate)
{
    if (correlate == NULL) {
        return;
    }
    rule_correlator_free(correlate->correlator);
    ruleset_give_back(correlate->options.rules, correlate->rules);
    kept_free(correlate->kept);
    rule_sightings_fini(&correlate->sightings);
    for (size_t i = 0; i < correlate->text_room; i++) {
        buf_fini(&correlate->texts[i]);
    }
    free(correlate->texts);
    free(correlate->named);
    free(correlate->hits);
    free(correlate->spans);
    buf_fini(&correlate->bytes);
    buf_fini(&correlate->prefix);
    buf_fini(&correlate->verdict);
    pthread_mutex_destroy(&correlate->lock);
    free(correlate);
}

/* Whether some correlation is known only when its window is over. */
static bool has_waiting(const struct rule_program *program)
{
    for (size_t i = 0; i < program->correlation_count; i++) {
        if (!rule_correlation_is_rising(program->correlations[i])) {
            return true;
        }
    }
    return false;
}

static void follow(struct correlate *correlate, struct ruleset *rules)
{
    const struct rule_correlator_limits limits = {.lateness_ms = correlate->options.lateness_ms,
                                                  .max_groups = MOST_GROUPS,
                                                  .max_events = RULE_CORRELATED_MOST,
                                                  .max_total = MOST_EVENTS};
    const struct rule_program *program = rules != NULL ? rule_set_program(rules->set) : NULL;
    struct err err = ERR_NONE;
    bool has_any = program != NULL && program->correlation_count > 0;
    if (!has_any) {
        rule_correlator_free(correlate->correlator);
        correlate->correlator = NULL;
    } else if (correlate->correlator == NULL) {
        correlate->correlator = rule_correlator_new(program, &limits, &err);
    } else if (!rule_correlator_move(correlate->correlator, program, &err)) {
        rule_correlator_free(correlate->correlator);
        correlate->correlator = NULL;
    }
    if (err_is_set(&err)) { /* loading has checked it, so that never happens */
        log_line(LOG_ERROR, "not_correlated", LOG_TEXT("why", err.message));
    }
    if (correlate->correlator == NULL || !has_waiting(program)) {
        kept_free(correlate->kept);
        correlate->kept = NULL;
    } else if (correlate->kept == NULL) {
        correlate->kept = kept_new();
    }
}

void correlate_follow(struct correlate *correlate)
{
    struct ruleset *rules = ruleset_take(correlate->options.rules);
    pthread_mutex_lock(&correlate->lock);
    struct ruleset *before = correlate->rules;
    follow(correlate, rules);
    correlate->rules = rules;
    pthread_mutex_unlock(&correlate->lock);
    ruleset_give_back(correlate->options.rules, before);
}

/* --- what was found --- */

static void put_value(struct buf *out, struct str value)
{
    size_t len = value.len < MOST_SHOWN ? value.len : MOST_SHOWN;
    while (!utf8_is_boundary(value, len)) {
        len--;
    }
    buf_put_str(out, str_part(value, 0, len));
    buf_put_string(out, len < value.len ? "…" : "");
}

/* "event_count 3; link.domain: contoh.com; 2026-11-20T09:00:00Z – 2026-11-20T10:50:00Z" */
static void put_found(struct buf *out, const struct rule_correlator_hit *hit)
{
    const struct rule_correlation *correlation = hit->correlation;
    char first[CLOCK_TEXT], last[CLOCK_TEXT];
    buf_printf(out, "%s %.15g; ", rule_correlation_type_name(correlation->type), hit->number);
    for (size_t i = 0; i < correlation->group_count; i++) {
        put_value(out, correlation->group_by[i]);
        buf_put_string(out, ": ");
        put_value(out, hit->group[i]);
        buf_put_string(out, "; ");
    }
    buf_printf(out, "%s – %s", clock_format(hit->first_ms, first),
               clock_format(hit->last_ms, last));
}

/* Room for the words of one more hit. */
static struct buf *next_text(struct correlate *correlate)
{
    size_t room = correlate->text_room;
    mem_grow(&correlate->texts, &correlate->text_room, correlate->text_count + 1,
             sizeof *correlate->texts);
    for (; room < correlate->text_room; room++) {
        correlate->texts[room] = BUF_EMPTY;
    }
    struct buf *text = &correlate->texts[correlate->text_count++];
    buf_clear(text);
    return text;
}

/* Whether it may flag: counted as a shadow's hit if not. */
static bool may_flag(struct correlate *correlate, const struct rule_correlation *correlation)
{
    const struct ruleset *rules = correlate->rules;
    const struct rule *head = correlation->head;
    size_t place = rule_program_place(rule_set_program(rules->set), head->id);
    if (head->expires_ms != CLOCK_NEVER && head->expires_ms <= rules->as_of_ms) {
        return false;
    }
    if (rules->is_shadow[place]) {
        shadow_count(correlate->options.shadow, &head->release, 1);
        return false;
    }
    return !rules->is_silent[place];
}

/* What the post shows of a correlation: the first of its rules that matched it. */
static void show_spans(const struct rule_correlation *correlation, const struct rule_match *match,
                       struct rule_hit *out)
{
    for (size_t r = 0; r < correlation->rule_count; r++) {
        const struct rule *rule = correlation->rules[r].rule;
        for (size_t i = 0; rule != NULL && i < match->hit_count; i++) {
            if (str_equal(match->hits[i].rule->id, rule->id)) {
                out->spans = match->hits[i].spans;
                out->span_count = match->hits[i].span_count;
                return;
            }
        }
    }
}

/* A verdict of its own, about a post that is through already. */
static void tell_apart(struct correlate *correlate, const struct rule_correlator_hit *hit)
{
    struct str prefix =
        correlate->kept != NULL ? kept_find(correlate->kept, hit->identity) : STR("");
    if (prefix.len == 0) {
        correlate->lost++;
        return;
    }
    struct buf *text = next_text(correlate);
    put_found(text, hit);
    const struct rule_hit one = {.rule = hit->correlation->head, .found = buf_str(text)};
    const struct rule_match match = {.hits = &one, .hit_count = 1};
    buf_clear(&correlate->verdict);
    buf_put_str(&correlate->verdict, prefix);
    verdict_write_rules(&correlate->verdict, VERDICT_CASE, correlate->rules->set, &match);
    buf_put_char(&correlate->verdict, '}');
    correlate->found++;
    correlate->options.found(correlate->options.context, buf_str(&correlate->verdict));
}

/* Of the hits, those that the post at hand (0: none) made true become hits on it: how many. */
static size_t sort_out(struct correlate *correlate, const struct rule_correlator_hits *hits,
                       uint64_t at_hand, const struct rule_match *match, size_t count)
{
    for (size_t i = 0; i < hits->count; i++) {
        const struct rule_correlator_hit *hit = &hits->items[i];
        if (!may_flag(correlate, hit->correlation)) {
            continue;
        }
        if (at_hand == 0 || hit->identity != at_hand) {
            tell_apart(correlate, hit);
            continue;
        }
        struct buf *text = next_text(correlate);
        put_found(text, hit);
        mem_grow(&correlate->hits, &correlate->hit_room, count + 1, sizeof *correlate->hits);
        struct rule_hit *out = &correlate->hits[count++];
        *out = (struct rule_hit){.rule = hit->correlation->head, .found = buf_str(text)};
        show_spans(hit->correlation, match, out);
        correlate->found++;
    }
    return count;
}

/* --- posts --- */

/* The event's rules as our set has them: the post may have been matched by the set before. */
static void translate(struct correlate *correlate, struct rule_correlator_event *event)
{
    const struct rule_program *program = rule_set_program(correlate->rules->set);
    size_t count = 0;
    mem_grow(&correlate->named, &correlate->named_room, event->rule_count, sizeof(struct rule *));
    for (size_t i = 0; i < event->rule_count; i++) {
        const struct rule *rule = rule_program_find(program, event->rules[i]->id);
        if (rule != NULL &&
            memcmp(&rule->release, &event->rules[i]->release, sizeof rule->release) == 0) {
            correlate->named[count++] = rule;
        }
    }
    event->rules = correlate->named;
    event->rule_count = count;
}

/* What a window that is not over yet may have to tell of the post. */
static void keep(struct correlate *correlate, const struct correlate_post *of, uint64_t identity)
{
    const struct text_link *links;
    size_t count = rule_matcher_links(of->as_posted, &links);
    struct hash key = verdict_key(&correlate->options.decision_key, of->as_posted);
    buf_clear(&correlate->bytes);
    buf_clear(&correlate->prefix);
    verdict_write_findings(&correlate->bytes, links, count, &key, STR(""));
    verdict_write_post(&correlate->prefix, of->post, buf_str(&correlate->bytes));
    struct str all = buf_str(&correlate->prefix);
    kept_put(correlate->kept, identity, str_part(all, 0, all.len - 1)); /* without its brace */
}

/* The post as an event for our rules; false if there are none to count it by. */
static bool sight(struct correlate *correlate, const struct correlate_post *of,
                  struct rule_correlator_event *event)
{
    const struct correlate_options *with = &correlate->options;
    bool is_organisation =
        with->is_organisation != NULL && with->is_organisation(with->context, of->post->source);
    buf_clear(&correlate->bytes);
    rule_sighting_put(of->matcher, of->match, of->post, is_organisation, clock_now_ms(&with->clock),
                      &correlate->bytes);
    correlate->sightings.bytes = buf_str(&correlate->bytes);
    if (!rule_sighting_next(&correlate->sightings, event)) {
        return false;
    }
    if (event->identity == 0) {
        event->identity = ++correlate->nameless;
    }
    translate(correlate, event);
    return true;
}

static bool put(struct correlate *correlate, const struct correlate_post *of, struct buf *rules)
{
    const struct rule_match *loud = of->loud;
    struct rule_correlator_event event;
    struct rule_correlator_hits hits;
    if (correlate->correlator == NULL || !sight(correlate, of, &event)) {
        return false;
    }
    correlate->text_count = 0;
    rule_correlator_put(correlate->correlator, &event, &hits);
    mem_grow(&correlate->hits, &correlate->hit_room, loud->hit_count, sizeof *correlate->hits);
    if (loud->hit_count > 0) {
        memcpy(correlate->hits, loud->hits, loud->hit_count * sizeof *loud->hits);
    }
    size_t count = sort_out(correlate, &hits, event.identity, of->match, loud->hit_count);
    if (correlate->kept != NULL) {
        keep(correlate, of, event.identity);
    }
    if (count == loud->hit_count) {
        return false;
    }
    const struct rule_match all = {.hits = correlate->hits, .hit_count = count};
    verdict_write_rules(rules, VERDICT_CASE, correlate->rules->set, &all);
    return true;
}

bool correlate_put(struct correlate *correlate, const struct correlate_post *post,
                   struct buf *rules)
{
    pthread_mutex_lock(&correlate->lock);
    bool found = put(correlate, post, rules);
    pthread_mutex_unlock(&correlate->lock);
    return found;
}

void correlate_tick(struct correlate *correlate)
{
    struct rule_correlator_hits hits;
    pthread_mutex_lock(&correlate->lock);
    if (correlate->correlator != NULL) {
        correlate->text_count = 0;
        rule_correlator_advance(
            correlate->correlator,
            clock_now_ms(&correlate->options.clock) - correlate->options.lateness_ms, &hits);
        sort_out(correlate, &hits, 0, NULL, 0);
    }
    pthread_mutex_unlock(&correlate->lock);
}

struct correlate_counts correlate_counts(struct correlate *correlate)
{
    struct rule_correlator_stats stats = {.groups = 0};
    pthread_mutex_lock(&correlate->lock);
    if (correlate->correlator != NULL) {
        rule_correlator_stats(correlate->correlator, &stats);
    }
    const struct correlate_counts counts = {
        .groups = stats.groups,
        .events = stats.events,
        .found = correlate->found,
        .late = stats.late,
        .lost = stats.lost_groups + stats.lost_events + correlate->lost,
    };
    pthread_mutex_unlock(&correlate->lock);
    return counts;
}
