/*
 * Which atoms a rule waits for. Of an AND the part whose atoms are rarest, of an OR those of all
 * parts: if none of them is nominated, the rule cannot match.
 */
#include <float.h>
#include <stdlib.h>

#include "filter/base/mem.h"
#include "filter/rule/compiled.h"

/* No set of atoms must be nominated for it to be true. */
#define NONE FLT_MAX

struct pair {
    uint32_t atom, rule;
};

struct finder {
    const struct rule_engine *engine;
    float *costs[2]; /* of each node, plain and negated; < 0: not yet known */
    struct pair *pairs;
    size_t count, room;
};

static float cost_of(struct finder *in, rule_ref ref, bool negated)
{
    const struct rule_engine *engine = in->engine;
    uint32_t index = RULE_REF_INDEX(ref);
    negated = negated != ((ref & RULE_REF_NOT) != 0);
    if ((ref & RULE_REF_ATOM) != 0) {
        enum rule_way way = engine->atoms[index].way;
        bool nominated = way == RULE_WAY_TABLE || way == RULE_WAY_LITERAL || way == RULE_WAY_RUN ||
                         way == RULE_WAY_AUTOMATON;
        return nominated && !negated ? engine->atoms[index].cost : NONE;
    }
    float *known = &in->costs[negated][index];
    if (*known >= 0) {
        return *known;
    }
    const struct rule_engine_node *node = &engine->nodes[index];
    bool any = node->is_or != negated;
    float cost = any ? 0 : NONE;
    for (uint32_t i = 0; i < node->count; i++) {
        float one = cost_of(in, engine->children[node->first + i], negated);
        cost = !any ? (one < cost ? one : cost) : (one == NONE || cost == NONE) ? NONE : cost + one;
    }
    return *known = cost;
}

static void collect(struct finder *in, rule_ref ref, bool negated, uint32_t rule)
{
    const struct rule_engine *engine = in->engine;
    uint32_t index = RULE_REF_INDEX(ref);
    negated = negated != ((ref & RULE_REF_NOT) != 0);
    if ((ref & RULE_REF_ATOM) != 0) {
        mem_grow(&in->pairs, &in->room, in->count + 1, sizeof *in->pairs);
        in->pairs[in->count++] = (struct pair){.atom = index, .rule = rule};
        return;
    }
    const struct rule_engine_node *node = &engine->nodes[index];
    const rule_ref *children = &engine->children[node->first];
    if (node->is_or != negated) {
        for (uint32_t i = 0; i < node->count; i++) {
            collect(in, children[i], negated, rule);
        }
        return;
    }
    uint32_t best = 0;
    for (uint32_t i = 1; i < node->count; i++) {
        if (cost_of(in, children[i], negated) < cost_of(in, children[best], negated)) {
            best = i;
        }
    }
    collect(in, children[best], negated, rule);
}

static int compare_pairs(const void *a, const void *b)
{
    const struct pair *x = a, *y = b;
    return x->atom != y->atom ? (x->atom > y->atom) - (x->atom < y->atom)
                              : (x->rule > y->rule) - (x->rule < y->rule);
}

void rule_triggers_build(struct rule_engine *engine)
{
    struct rule_triggers *triggers = &engine->triggers;
    size_t rules = engine->program->rule_count, atoms = engine->program->atom_count;
    struct finder in = {.engine = engine};
    for (int negated = 0; negated < 2; negated++) {
        in.costs[negated] = mem_alloc(engine->node_count * sizeof(float));
        for (size_t i = 0; i < engine->node_count; i++) {
            in.costs[negated][i] = -1;
        }
    }
    triggers->always = mem_zero(rules, sizeof *triggers->always);
    for (size_t i = 0; i < rules; i++) {
        if (cost_of(&in, engine->roots[i], false) == NONE) {
            triggers->always[triggers->always_count++] = (uint32_t)i;
        } else {
            collect(&in, engine->roots[i], false, (uint32_t)i);
        }
    }
    if (in.count > 0) {
        qsort(in.pairs, in.count, sizeof *in.pairs, compare_pairs);
    }
    triggers->first = mem_zero(atoms + 1, sizeof *triggers->first);
    triggers->rules = mem_zero(in.count, sizeof *triggers->rules);
    size_t kept = 0;
    for (size_t i = 0; i < in.count; i++) {
        if (i == 0 || compare_pairs(&in.pairs[i], &in.pairs[i - 1]) != 0) {
            triggers->rules[kept++] = in.pairs[i].rule;
            triggers->first[in.pairs[i].atom + 1] = (uint32_t)kept;
        }
    }
    for (size_t i = 1; i <= atoms; i++) {
        if (triggers->first[i] < triggers->first[i - 1]) {
            triggers->first[i] = triggers->first[i - 1];
        }
    }
    free(in.pairs);
    free(in.costs[0]);
    free(in.costs[1]);
}
