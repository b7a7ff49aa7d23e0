#include "filter/rule/explain.h"

#include <stdlib.h>

#include "filter/base/err.h"
#include "filter/base/mem.h"
#include "filter/base/post.h"
#include "filter/base/yaml.h"
#include "filter/rule/atoms.h"
#include "filter/rule/engine.h"
#include "filter/rule/program.h"
#include "filter/rule/rule.h"

/* Atom i of the rule: a rule of its own, so that the engine that decides is the one in use. */
struct probe {
    struct rule rule;
    struct rule_node node;
    uint32_t atom; /* index into the program */
    struct rule_span *spans;
    size_t span_count, span_room;
    bool is_true;
};

struct rule_explain {
    struct probe *probes;
    size_t count, room;
    const struct rule **rules;
    struct rule_program program;
    struct rule_engine *engine;
    struct rule_matcher *matcher;
};

static struct probe *find(const struct rule_explain *explain, uint32_t atom)
{
    for (size_t i = 0; i < explain->count; i++) {
        if (explain->probes[i].atom == atom) {
            return &explain->probes[i];
        }
    }
    return NULL;
}

/* As deep as conditions nest. NOLINTNEXTLINE(misc-no-recursion) */
static void add_atoms(struct rule_explain *explain, const struct rule_node *node)
{
    for (size_t i = 0; i < node->child_count; i++) {
        add_atoms(explain, node->children[i]);
    }
    if (node->kind != RULE_NODE_ATOM || find(explain, node->atom) != NULL) {
        return;
    }
    mem_grow(&explain->probes, &explain->room, explain->count + 1, sizeof *explain->probes);
    explain->probes[explain->count++] = (struct probe){.atom = node->atom};
}

struct rule_explain *rule_explain_new(const struct rule_program *program, const struct rule *rule,
                                      struct err *err)
{
    struct rule_explain *explain = mem_zero(1, sizeof *explain);
    add_atoms(explain, rule->condition);
    explain->rules = mem_zero(explain->count, sizeof(struct rule *));
    for (size_t i = 0; i < explain->count; i++) {
        struct probe *probe = &explain->probes[i];
        probe->node = (struct rule_node){.kind = RULE_NODE_ATOM, .atom = probe->atom};
        probe->rule = *rule;
        probe->rule.condition = &probe->node;
        explain->rules[i] = &probe->rule;
    }
    explain->program = *program;
    explain->program.rules = explain->rules;
    explain->program.rule_count = explain->count;
    explain->engine = rule_engine_build(&explain->program, err);
    if (explain->engine == NULL) {
        rule_explain_free(explain);
        return NULL;
    }
    explain->matcher = rule_matcher_new();
    return explain;
}

void rule_explain_free(struct rule_explain *explain)
{
    if (explain == NULL) {
        return;
    }
    rule_matcher_free(explain->matcher);
    rule_engine_free(explain->engine);
    for (size_t i = 0; i < explain->count; i++) {
        free(explain->probes[i].spans);
    }
    free(explain->probes);
    free(explain->rules);
    free(explain);
}

static void keep_spans(struct probe *probe, const struct rule_hit *hit)
{
    probe->is_true = true;
    mem_grow(&probe->spans, &probe->span_room, hit->span_count, sizeof *probe->spans);
    for (size_t i = 0; i < hit->span_count; i++) {
        probe->spans[probe->span_count++] = hit->spans[i];
    }
}

bool rule_explain_post(struct rule_explain *explain, const struct post *post, struct err *err)
{
    struct rule_match match;
    for (size_t i = 0; i < explain->count; i++) {
        explain->probes[i].is_true = false;
        explain->probes[i].span_count = 0;
    }
    if (!rule_engine_match(explain->engine, explain->matcher, post, &match, err)) {
        return false;
    }
    for (size_t h = 0; h < match.hit_count; h++) {
        for (size_t i = 0; i < explain->count; i++) {
            if (match.hits[h].rule == &explain->probes[i].rule) {
                keep_spans(&explain->probes[i], &match.hits[h]);
            }
        }
    }
    return true;
}

static bool is_true(const void *context, uint32_t atom)
{
    const struct probe *probe = find(context, atom);
    return probe != NULL && probe->is_true;
}

bool rule_explain_node(const struct rule_explain *explain, const struct rule_node *node)
{
    return rule_node_true(node, is_true, explain);
}

size_t rule_explain_spans(const struct rule_explain *explain, uint32_t atom,
                          const struct rule_span **spans)
{
    const struct probe *probe = find(explain, atom);
    *spans = probe != NULL ? probe->spans : NULL;
    return probe != NULL ? probe->span_count : 0;
}
