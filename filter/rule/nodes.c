/* Conditions as the engine evaluates them: every equal part once, cheap parts first. */
#include <assert.h>
#include <stdlib.h>
#include <string.h>
#include <xxhash.h>

#include "filter/base/mem.h"
#include "filter/rule/compiled.h"
#include "filter/rule/rule.h"

/* Nodes by their contents: open addressing, index + 1. */
struct interner {
    struct rule_engine *engine;
    uint32_t *slots;
    size_t mask;
    bool reads_author; /* the rule at hand may */
};

static uint64_t hash_node(const struct rule_engine *engine, const struct rule_engine_node *node)
{
    return XXH3_64bits_withSeed(&engine->children[node->first],
                                node->count * sizeof *engine->children, node->is_or);
}

static bool same_node(const struct rule_engine *engine, const struct rule_engine_node *a,
                      const struct rule_engine_node *b)
{
    return a->is_or == b->is_or && a->count == b->count &&
           memcmp(&engine->children[a->first], &engine->children[b->first],
                  a->count * sizeof *engine->children) == 0;
}

static void grow_slots(struct interner *in)
{
    size_t size = in->slots != NULL ? 2 * (in->mask + 1) : 1024;
    free(in->slots);
    in->slots = mem_zero(size, sizeof *in->slots);
    in->mask = size - 1;
    for (size_t i = 0; i < in->engine->node_count; i++) {
        size_t at = hash_node(in->engine, &in->engine->nodes[i]) & in->mask;
        while (in->slots[at] != 0) {
            at = (at + 1) & in->mask;
        }
        in->slots[at] = (uint32_t)i + 1;
    }
}

/* The node whose children are the last `count` of engine->children, or the equal one before it. */
static rule_ref intern(struct interner *in, size_t count, bool is_or)
{
    struct rule_engine *engine = in->engine;
    struct rule_engine_node node = {
        .first = (uint32_t)(engine->child_count - count), .count = (uint32_t)count, .is_or = is_or};
    if (in->slots == NULL || 2 * engine->node_count > in->mask) {
        grow_slots(in);
    }
    size_t at = hash_node(engine, &node) & in->mask;
    for (; in->slots[at] != 0; at = (at + 1) & in->mask) {
        if (same_node(engine, &engine->nodes[in->slots[at] - 1], &node)) {
            engine->child_count -= count;
            return in->slots[at] - 1;
        }
    }
    mem_grow(&engine->nodes, &engine->node_room, engine->node_count + 1, sizeof *engine->nodes);
    assert(engine->node_count < RULE_REF_NOT - 1);
    engine->nodes[engine->node_count++] = node;
    in->slots[at] = (uint32_t)engine->node_count;
    return (rule_ref)(engine->node_count - 1);
}

/* How dear it is to find out: what scans have found first, regexes last. */
static int rank(const struct rule_engine *engine, rule_ref ref)
{
    if ((ref & RULE_REF_ATOM) == 0) {
        return 2;
    }
    const struct rule_engine_atom *atom = &engine->atoms[RULE_REF_INDEX(ref)];
    switch ((enum rule_way)atom->way) {
    case RULE_WAY_TABLE:
        return 0;
    case RULE_WAY_LITERAL:
        return atom->is_exact ? 0 : 3;
    case RULE_WAY_DEMAND:
        return 1;
    case RULE_WAY_RUN:
    case RULE_WAY_AUTOMATON:
        return 4;
    case RULE_WAY_PCRE2:
    case RULE_WAYS:
        break;
    }
    return 5;
}

struct ranked {
    int rank;
    rule_ref ref;
};

static int compare_ranked(const void *a, const void *b)
{
    const struct ranked *x = a, *y = b;
    return x->rank != y->rank ? x->rank - y->rank : (x->ref > y->ref) - (x->ref < y->ref);
}

/* AND or OR of the refs, in one order and each once; of one, that itself. */
static rule_ref join(struct interner *in, struct ranked *refs, size_t count, bool is_or)
{
    struct rule_engine *engine = in->engine;
    size_t kept = 0;
    if (count > 0) {
        qsort(refs, count, sizeof *refs, compare_ranked);
    }
    mem_grow(&engine->children, &engine->child_room, engine->child_count + count + 1,
             sizeof *engine->children);
    for (size_t i = 0; i < count; i++) {
        if (i == 0 || refs[i].ref != refs[i - 1].ref) {
            engine->children[engine->child_count++] = refs[i].ref;
            kept++;
        }
    }
    if (kept == 1) {
        return engine->children[--engine->child_count];
    }
    return intern(in, kept, is_or);
}

static rule_ref constant(struct interner *in, bool truth)
{
    return join(in, NULL, 0, !truth);
}

/* Limit 5: a rule that is not about fraud does not read an author, whoever wrote its program. */
static rule_ref put_atom(struct interner *in, uint32_t atom)
{
    const struct rule_engine *engine = in->engine;
    if (engine->atoms[atom].field == RULE_FIELD_AUTHOR && !in->reads_author) {
        const struct rule_atom *source = &engine->program->atoms[atom];
        return constant(in, source->op == RULE_EXISTS && str_is(source->pattern, "false"));
    }
    return RULE_REF_ATOM | atom;
}

static rule_ref put(struct interner *in, const struct rule_node *node)
{
    switch (node->kind) {
    case RULE_NODE_ATOM:
        return put_atom(in, node->atom);
    case RULE_NODE_NOT:
        return put(in, node->children[0]) ^ RULE_REF_NOT;
    case RULE_NODE_AND:
    case RULE_NODE_OR:
        break;
    }
    if (node->child_count == 1) {
        return put(in, node->children[0]);
    }
    struct ranked *refs = mem_alloc(node->child_count * sizeof *refs);
    for (size_t i = 0; i < node->child_count; i++) {
        refs[i].ref = put(in, node->children[i]);
        refs[i].rank = rank(in->engine, refs[i].ref);
    }
    rule_ref joined = join(in, refs, node->child_count, node->kind == RULE_NODE_OR);
    free(refs);
    return joined;
}

void rule_nodes_build(struct rule_engine *engine)
{
    const struct rule_program *program = engine->program;
    struct interner in = {.engine = engine};
    engine->roots = mem_zero(program->rule_count, sizeof *engine->roots);
    for (size_t i = 0; i < program->rule_count; i++) {
        in.reads_author = program->rules[i]->class == RULE_FRAUD;
        engine->roots[i] = put(&in, program->rules[i]->condition);
    }
    free(in.slots);
}
