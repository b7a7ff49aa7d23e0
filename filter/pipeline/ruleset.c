#include "filter/pipeline/ruleset.h"

#include <assert.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "filter/base/mem.h"

struct ruleset_slot {
    pthread_mutex_t lock;
    struct ruleset *rules;
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

struct ruleset *ruleset_new(struct rule_set *set, int64_t now_ms, struct str released)
{
    struct ruleset *rules = mem_zero(1, sizeof *rules);
    const struct rule_program *program = rule_set_program(set);
    struct buf names = BUF_EMPTY;
    rules->set = set;
    rules->references = 1;
    rules->as_of_ms = now_ms;
    rules->next_end_ms = INT64_MAX;
    rules->fields = verdict_fields_of(program);
    rules->is_shadow = mem_zero(program->rule_count, sizeof *rules->is_shadow);
    buf_put_string(&names, rule_set_id(set));
    for (size_t i = 0; i < program->rule_count; i++) {
        const struct rule *rule = program->rules[i];
        if (has_ended(rule, now_ms)) {
            continue;
        }
        rules->active++;
        rules->is_shadow[i] = !is_released(released, rule);
        rules->shadows += rules->is_shadow[i];
        buf_put(&names, rule->content.bytes, sizeof rule->content.bytes);
        buf_put_char(&names, rules->is_shadow[i] ? 's' : 'r');
        if (rule->expires_ms != CLOCK_NEVER && rule->expires_ms < rules->next_end_ms) {
            rules->next_end_ms = rule->expires_ms;
        }
    }
    rules->identity = hash_sha256(buf_str(&names));
    buf_fini(&names);
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
