/*
 * Rules as they would be if their post came from the source and the author, and in the language,
 * that suit them. What people say is speech wherever and whoever says it: a rule must not get round
 * the samples by asking for a source that no sample is from, or for a name that none has. One that
 * asks for a name alone would watch a person.
 */
#include <stdlib.h>

#include "filter/base/arena.h"
#include "filter/base/mem.h"
#include "filter/base/yaml.h"
#include "filter/rule/findings.h"
#include "filter/rule/program.h"
#include "filter/rule/rule.h"
#include "filter/rule/trial.h"

enum { ROOM = 256 << 20 };

struct rule_anywhere {
    struct arena *arena;
    const struct rule **rules; /* copies, in the program's order */
    const struct rule **of;    /* whose copies they are */
    struct rule_program program;
};

/* What is left of a condition: true or false whatever the post says, or a node. */
struct rest {
    bool is_fixed, value;
    const struct rule_node *node; /* NULL: no room */
};

struct widening {
    struct arena *arena;
    const struct rule_program *program;
};

static bool is_provenance(const struct rule_program *program, uint32_t atom)
{
    struct str field = program->fields[program->atoms[atom].field];
    return str_is(field, "source") || str_is(field, "lang") || str_is(field, "author_name");
}

/* As deep as conditions nest. NOLINTNEXTLINE(misc-no-recursion) */
static bool asks_whence(const struct rule_program *program, const struct rule_node *node)
{
    if (node->kind == RULE_NODE_ATOM) {
        return is_provenance(program, node->atom);
    }
    bool asks = false;
    for (size_t i = 0; !asks && i < node->child_count; i++) {
        asks = asks_whence(program, node->children[i]);
    }
    return asks;
}

static struct rest widen(const struct widening *in, const struct rule_node *node, bool is_negated);

static struct rest make_node(const struct widening *in, const struct rule_node *like,
                             const struct rule_node **children, size_t count)
{
    struct rule_node *node = arena_alloc(in->arena, sizeof *node);
    if (node != NULL) {
        *node = *like;
        node->children = children;
        node->child_count = count;
    }
    return (struct rest){.node = node};
}

/* NOLINTNEXTLINE(misc-no-recursion) */
static struct rest widen_list(const struct widening *in, const struct rule_node *node,
                              bool is_negated)
{
    bool decides = node->kind == RULE_NODE_OR;
    size_t count = 0;
    const struct rule_node **children =
        arena_array(in->arena, node->child_count, sizeof(struct rule_node *));
    for (size_t i = 0; children != NULL && i < node->child_count; i++) {
        struct rest one = widen(in, node->children[i], is_negated);
        if (!one.is_fixed && one.node == NULL) {
            return one;
        }
        if (one.is_fixed && one.value == decides) {
            return one;
        }
        if (!one.is_fixed) {
            children[count++] = one.node;
        }
    }
    if (children == NULL) {
        return (struct rest){.node = NULL};
    }
    return count > 0 ? make_node(in, node, children, count)
                     : (struct rest){.is_fixed = true, .value = !decides};
}

/* The widest reading: each question about whence is answered so that the rule matches. */
/* NOLINTNEXTLINE(misc-no-recursion) */
static struct rest widen(const struct widening *in, const struct rule_node *node, bool is_negated)
{
    switch (node->kind) {
    case RULE_NODE_ATOM:
        return is_provenance(in->program, node->atom)
                   ? (struct rest){.is_fixed = true, .value = !is_negated}
                   : (struct rest){.node = node};
    case RULE_NODE_NOT: {
        struct rest below = widen(in, node->children[0], !is_negated);
        if (below.is_fixed) {
            below.value = !below.value;
            return below;
        }
        const struct rule_node **child = arena_array(in->arena, 1, sizeof(struct rule_node *));
        if (below.node == NULL || child == NULL) {
            return (struct rest){.node = NULL};
        }
        child[0] = below.node;
        return make_node(in, node, child, 1);
    }
    case RULE_NODE_AND:
    case RULE_NODE_OR:
        break;
    }
    return widen_list(in, node, is_negated);
}

/* False with a finding if the rule would match every post of the right source. */
static bool add(struct rule_anywhere *all, const struct widening *in, const struct rule *rule,
                struct rule_findings *findings)
{
    struct rest rest = widen(in, rule->condition, false);
    if (rest.is_fixed && !rest.value) {
        return true; /* it matches nothing */
    }
    struct rule *copy = arena_alloc(in->arena, sizeof *copy);
    findings->file = rule->file.at;
    bool done = true;
    if (rest.is_fixed) {
        done = rule_fault(findings, rule->line, 1,
                          "asks for nothing but a source, a language or an author's name, and so "
                          "flags all that anybody says there: name what is said");
    } else if (rest.node == NULL || copy == NULL) {
        done = rule_fault(findings, rule->line, 1, "the rules are too large");
    } else {
        *copy = *rule;
        copy->condition = rest.node;
        all->rules[all->program.rule_count] = copy;
        all->of[all->program.rule_count++] = rule;
    }
    findings->file = NULL;
    return done;
}

bool rule_anywhere_make(const struct rule_program *program, struct rule_findings *findings,
                        struct rule_anywhere **out)
{
    struct rule_anywhere *all = mem_zero(1, sizeof *all);
    struct widening in = {.arena = arena_new(ROOM), .program = program};
    bool done = true;
    all->arena = in.arena;
    all->rules = mem_zero(program->rule_count, sizeof(struct rule *));
    all->of = mem_zero(program->rule_count, sizeof(struct rule *));
    all->program = *program;
    all->program.rules = all->rules;
    all->program.rule_count = 0;
    for (size_t i = 0; i < program->rule_count; i++) {
        if (asks_whence(program, program->rules[i]->condition)) {
            done = add(all, &in, program->rules[i], findings) && done;
        }
    }
    *out = all;
    return done;
}

const struct rule_program *rule_anywhere_program(const struct rule_anywhere *all)
{
    return &all->program;
}

const struct rule *rule_anywhere_original(const struct rule_anywhere *all, const struct rule *copy)
{
    for (size_t i = 0; i < all->program.rule_count; i++) {
        if (all->rules[i] == copy) {
            return all->of[i];
        }
    }
    return NULL;
}

void rule_anywhere_free(struct rule_anywhere *all)
{
    if (all != NULL) {
        arena_free(all->arena);
        free(all->rules);
        free(all->of);
        free(all);
    }
}
