#include "filter/pipeline/ruleset.h"

#include <assert.h>
#include <pthread.h>
#include <stdlib.h>

#include "filter/base/mem.h"

struct ruleset_slot {
    pthread_mutex_t lock;
    struct ruleset *rules;
};

static bool has_ended(const struct rule *rule, int64_t now_ms)
{
    return rule->expires_ms != CLOCK_NEVER && rule->expires_ms <= now_ms;
}

struct ruleset *ruleset_new(struct rule_set *set, int64_t now_ms)
{
    struct ruleset *rules = mem_zero(1, sizeof *rules);
    const struct rule_program *program = rule_set_program(set);
    struct buf names = BUF_EMPTY;
    rules->set = set;
    rules->references = 1;
    rules->as_of_ms = now_ms;
    rules->next_end_ms = INT64_MAX;
    rules->fields = verdict_fields_of(program);
    buf_put_string(&names, rule_set_id(set));
    for (size_t i = 0; i < program->rule_count; i++) {
        const struct rule *rule = program->rules[i];
        if (has_ended(rule, now_ms)) {
            continue;
        }
        rules->active++;
        buf_put(&names, rule->content.bytes, sizeof rule->content.bytes);
        if (rule->expires_ms != CLOCK_NEVER && rule->expires_ms < rules->next_end_ms) {
            rules->next_end_ms = rule->expires_ms;
        }
    }
    rules->identity = hash_sha256(buf_str(&names));
    buf_fini(&names);
    return rules;
}

void ruleset_keep_active(const struct ruleset *rules, const struct rule_match *match,
                         struct rule_hit *kept, struct rule_match *active)
{
    *active = (struct rule_match){.hits = kept, .faults = match->faults};
    for (size_t i = 0; i < match->hit_count; i++) {
        if (!has_ended(match->hits[i].rule, rules->as_of_ms)) {
            kept[active->hit_count++] = match->hits[i];
        }
    }
}

struct ruleset_slot *ruleset_slot_new(void)
{
    struct ruleset_slot *slot = mem_zero(1, sizeof *slot);
    pthread_mutex_init(&slot->lock, NULL);
    return slot;
}

/* Counts one reference less; what nobody holds is the caller's to free. Under the lock. */
static struct ruleset *let_go(struct ruleset *rules)
{
    if (rules == NULL) {
        return NULL;
    }
    assert(rules->references > 0);
    return --rules->references == 0 ? rules : NULL;
}

void ruleset_free(struct ruleset *rules)
{
    if (rules != NULL) {
        rule_set_unref(rules->set);
        free(rules);
    }
}

void ruleset_slot_free(struct ruleset_slot *slot)
{
    if (slot == NULL) {
        return;
    }
    ruleset_swap(slot, NULL);
    pthread_mutex_destroy(&slot->lock);
    free(slot);
}

void ruleset_swap(struct ruleset_slot *slot, struct ruleset *rules)
{
    pthread_mutex_lock(&slot->lock);
    struct ruleset *dead = let_go(slot->rules);
    slot->rules = rules;
    pthread_mutex_unlock(&slot->lock);
    ruleset_free(dead);
}

struct ruleset *ruleset_take(struct ruleset_slot *slot)
{
    pthread_mutex_lock(&slot->lock);
    struct ruleset *rules = slot->rules;
    if (rules != NULL) {
        rules->references++;
    }
    pthread_mutex_unlock(&slot->lock);
    return rules;
}

void ruleset_give_back(struct ruleset_slot *slot, struct ruleset *rules)
{
    pthread_mutex_lock(&slot->lock);
    struct ruleset *dead = let_go(rules);
    pthread_mutex_unlock(&slot->lock);
    ruleset_free(dead);
}
