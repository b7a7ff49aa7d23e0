#include "filter/pipeline/ruleset.h"

#include <sched.h>
#include <stdlib.h>
#include <string.h>

#include "filter/base/mem.h"
#include "filter/rule/correlation.h"

/*
 * Readers must not wait for one another, nor for who swaps: a lock's holder may lose its processor
 * for milliseconds. So a reader says that it is between looking up the rules and counting itself
 * among their users, and who swaps waits until nobody is.
 */
struct ruleset_slot {
    _Atomic(struct ruleset *) rules;
    _Atomic(struct ruleset *) dead; /* given back for the last time: to be freed by a sweep */
    atomic_uint readers;
};

static bool has_ended(const struct rule *rule, int64_t now_ms)
{
    return rule->expires_ms != CLOCK_NEVER && rule->expires_ms <= now_ms;
}

static int compare_hashes(const void *left, const void *right)
{
    return memcmp(left, right, HASH_BYTES);
}

static bool is_released(struct str released, const struct rule *rule)
{
    return released.len > 0 && bsearch(rule->release.bytes, released.at, released.len / HASH_BYTES,
                                       HASH_BYTES, compare_hashes) != NULL;
}

/* Which correlations are shadows, from those that name rules alone to those that name them. */
static void judge_correlations(struct ruleset *rules)
{
    const struct rule_program *program = rule_set_program(rules->set);
    size_t left = program->correlation_count;
    for (unsigned depth = 0; left > 0; depth++) {
        for (size_t i = 0; i < program->correlation_count; i++) {
            const struct rule_correlation *correlation = program->correlations[i];
            if (correlation->depth != depth) {
                continue;
            }
            left--;
            for (size_t r = 0; r < correlation->rule_count; r++) {
                const struct rule_correlation *inner = correlation->rules[r].correlation;
                if (inner != NULL) {
                    rules->is_shadow[program->rule_count + i] |=
                        rules->is_shadow[rule_program_place(program, inner->head->id)];
                }
            }
        }
    }
}

/* A correlation that is a shadow must not hush anything. */
static void hush(struct ruleset *rules)
{
    const struct rule_program *program = rule_set_program(rules->set);
    bool *speaks = mem_zero(program->correlation_count, sizeof *speaks);
    for (size_t i = 0; i < program->correlation_count; i++) {
        bool ended = has_ended(program->correlations[i]->head, rules->as_of_ms);
        speaks[i] = !ended && !rules->is_shadow[program->rule_count + i];
        if (!ended) {
            rule_correlation_mark(program, i, rules->is_correlated);
        }
    }
    rule_program_hush(program, speaks, rules->is_silent);
    free(speaks);
}

/* Counts and names what is in force. */
static void name_rules(struct ruleset *rules)
{
    const struct rule_program *program = rule_set_program(rules->set);
    struct buf names = BUF_EMPTY;
    buf_put_string(&names, rule_set_id(rules->set));
    for (size_t i = 0; i < rule_program_heads(program); i++) {
        const struct rule *rule = rule_program_head(program, i);
        if (has_ended(rule, rules->as_of_ms)) {
            continue;
        }
        rules->active++;
        rules->shadows += rules->is_shadow[i];
        buf_put(&names, rule->content.bytes, sizeof rule->content.bytes);
        buf_put_char(&names, rules->is_shadow[i] ? 's' : 'r');
        if (rule->expires_ms != CLOCK_NEVER && rule->expires_ms < rules->next_end_ms) {
            rules->next_end_ms = rule->expires_ms;
        }
    }
    rules->identity = hash_sha256(buf_str(&names));
    buf_fini(&names);
}

struct ruleset *ruleset_new(struct rule_set *set, int64_t now_ms, struct str released)
{
    struct ruleset *rules = mem_zero(1, sizeof *rules);
    const struct rule_program *program = rule_set_program(set);
    size_t count = rule_program_heads(program);
    rules->set = set;
    atomic_init(&rules->references, 1);
    rules->as_of_ms = now_ms;
    rules->next_end_ms = INT64_MAX;
    rules->fields = verdict_fields_of(program);
    rules->is_shadow = mem_zero(3 * count, sizeof *rules->is_shadow);
    rules->is_correlated = rules->is_shadow + count;
    rules->is_silent = rules->is_correlated + count;
    for (size_t i = 0; i < count; i++) {
        rules->is_shadow[i] = !is_released(released, rule_program_head(program, i));
    }
    judge_correlations(rules);
    hush(rules);
    name_rules(rules);
    return rules;
}

size_t ruleset_keep_active(const struct ruleset *rules, const struct rule_match *match,
                           struct rule_hit *kept, struct rule_match *active, struct shadow *shadow)
{
    const struct rule_program *program = rule_set_program(rules->set);
    size_t place = 0, shadows = 0;
    *active = (struct rule_match){.hits = kept, .faults = match->faults};
    for (size_t i = 0; i < match->hit_count; i++) {
        const struct rule *rule = match->hits[i].rule;
        if (has_ended(rule, rules->as_of_ms)) {
            continue;
        }
        while (program->rules[place] != rule) { /* hits are in the program's order */
            place++;
        }
        if (rules->is_shadow[place]) {
            shadow_count(shadow, &rule->release, 1);
            shadows++;
        } else {
            kept[active->hit_count++] = match->hits[i];
        }
    }
    return shadows;
}

bool ruleset_is_correlated(const struct ruleset *rules, const struct rule_match *match)
{
    const struct rule_program *program = rule_set_program(rules->set);
    for (size_t i = 0; program->correlation_count > 0 && i < match->hit_count; i++) {
        if (rules->is_correlated[rule_program_place(program, match->hits[i].rule->id)]) {
            return true;
        }
    }
    return false;
}

void ruleset_drop_silent(const struct ruleset *rules, struct rule_hit *hits,
                         struct rule_match *match)
{
    const struct rule_program *program = rule_set_program(rules->set);
    size_t kept = 0;
    for (size_t i = 0; i < match->hit_count; i++) {
        if (!rules->is_silent[rule_program_place(program, match->hits[i].rule->id)]) {
            hits[kept++] = match->hits[i];
        }
    }
    match->hits = hits;
    match->hit_count = kept;
}

struct ruleset_slot *ruleset_slot_new(void)
{
    struct ruleset_slot *slot = mem_alloc(sizeof *slot);
    atomic_init(&slot->rules, NULL);
    atomic_init(&slot->dead, NULL);
    atomic_init(&slot->readers, 0);
    return slot;
}

void ruleset_free(struct ruleset *rules)
{
    if (rules != NULL) {
        rule_set_unref(rules->set);
        free(rules->is_shadow);
        free(rules);
    }
}

void ruleset_slot_free(struct ruleset_slot *slot)
{
    if (slot == NULL) {
        return;
    }
    ruleset_swap(slot, NULL);
    free(slot);
}

void ruleset_sweep(struct ruleset_slot *slot)
{
    struct ruleset *dead = atomic_exchange(&slot->dead, NULL);
    while (dead != NULL) {
        struct ruleset *next = dead->next;
        ruleset_free(dead);
        dead = next;
    }
}

void ruleset_swap(struct ruleset_slot *slot, struct ruleset *rules)
{
    struct ruleset *before = atomic_exchange(&slot->rules, rules);
    while (atomic_load(&slot->readers) > 0) {
        sched_yield(); /* a reader may have seen `before` and not counted itself yet */
    }
    ruleset_give_back(slot, before);
    ruleset_sweep(slot);
}

struct ruleset *ruleset_take(struct ruleset_slot *slot)
{
    atomic_fetch_add(&slot->readers, 1);
    struct ruleset *rules = atomic_load(&slot->rules);
    if (rules != NULL) {
        atomic_fetch_add(&rules->references, 1);
    }
    atomic_fetch_sub(&slot->readers, 1);
    return rules;
}

/* Freeing a large set takes longer than a worker may be held up, so the last one only puts it by.
 */
void ruleset_give_back(struct ruleset_slot *slot, struct ruleset *rules)
{
    if (rules == NULL || atomic_fetch_sub(&rules->references, 1) != 1) {
        return;
    }
    rules->next = atomic_load(&slot->dead);
    while (!atomic_compare_exchange_weak(&slot->dead, &rules->next, rules)) {
    }
}
