/* Which run of byte sets a regex is looked for by. */
#include <float.h>
#include <string.h>

#include "filter/rule/frequency.h"
#include "filter/rule/runs.h"
#include "filter/rule/witness.h"

enum {
    MAX_STRETCH = 64,   /* sets in a row */
    MAX_COPIES = 8,     /* of what is repeated */
    MAX_STEPS = 2000,   /* nodes walked: nested repeats multiply */
    FAR_LEAD = 1 << 16, /* a lead beyond is as good as none */
};

/* Of bytes more frequent than this, in a byte of text, none is the anchor of a run: all are tried
 * wherever one stands. */
static const double max_anchor = 0.06;

/* Walks the tree from left to right. */
struct walk {
    struct rule_byte_set sets[MAX_STRETCH]; /* side by side, up to here */
    size_t count;
    size_t min, max;                /* bytes before them */
    size_t steps;                   /* left */
    const struct rule_syntax *lead; /* rule_syntax_lead */
    struct rule_run best;
};

static size_t plus(size_t a, size_t b)
{
    size_t sum;
    return __builtin_add_overflow(a, b, &sum) ? RULE_SYNTAX_ENDLESS : sum;
}

static uint32_t lead(size_t bytes)
{
    return bytes > FAR_LEAD ? RULE_WITNESS_FAR : (uint32_t)bytes;
}

static double anchor_frequency(const struct rule_run *run)
{
    double least = 1;
    for (size_t i = 0; i < run->count; i++) {
        double frequency = rule_frequency_run(&run->sets[i], 1);
        least = frequency < least ? frequency : least;
    }
    return least;
}

/* The cheapest part of the sets, longer ones before shorter ones that are no cheaper. */
static void offer(struct walk *w)
{
    for (size_t at = 0; at < w->count; at++) {
        struct rule_run run = {.lead_min = lead(plus(w->min, at)),
                               .lead_max = lead(plus(w->max, at))};
        double confirm = rule_witness_confirm(run.lead_min, run.lead_max);
        while (run.count < RULE_RUN_MAX && at + run.count < w->count) {
            run.sets[run.count] = w->sets[at + run.count];
            run.count++;
        }
        run.cost = confirm * rule_frequency_run(run.sets, run.count);
        if (anchor_frequency(&run) > max_anchor) {
            continue;
        }
        if (w->best.count == 0 || run.cost < w->best.cost) {
            w->best = run;
        }
    }
}

/* What stands behind has `min` to `max` more bytes before it. */
static void gap(struct walk *w, size_t min, size_t max)
{
    offer(w);
    w->min = plus(plus(w->min, w->count), min);
    w->max = plus(plus(w->max, w->count), max);
    w->count = 0;
}

static void put(struct walk *w, struct rule_byte_set set)
{
    if (w->count == MAX_STRETCH) {
        gap(w, 0, 0);
    }
    w->sets[w->count++] = set;
}

/* The bytes of the set's characters: one of ASCII, or several that are not. */
static struct rule_byte_set bytes_of(const struct rule_syntax *set)
{
    bool is_ascii = !set->wide && set->code == 0;
    uint64_t beyond = is_ascii ? 0 : UINT64_MAX;
    return (struct rule_byte_set){.bits = {set->ascii[0], set->ascii[1], beyond, beyond}};
}

static struct rule_byte_set join(struct rule_byte_set a, struct rule_byte_set b)
{
    for (size_t i = 0; i < sizeof a.bits / sizeof *a.bits; i++) {
        a.bits[i] |= b.bits[i];
    }
    return a;
}

/*
 * Behind any number of bytes of a set the fewest of them stand; before those, either more or what
 * stands before all of them, which is `before`.
 */
static void begin_behind(struct walk *w, struct rule_byte_set set, size_t fewest,
                         const struct walk *before)
{
    struct rule_byte_set front[MAX_COPIES], any = set;
    size_t depth = 0, copies = fewest < MAX_COPIES ? fewest : MAX_COPIES;
    while (depth < MAX_COPIES && depth < before->count && copies == fewest) {
        any = join(any, before->sets[before->count - 1 - depth]);
        front[depth++] = any;
    }
    w->min -= depth + copies;
    w->max -= w->max == RULE_SYNTAX_ENDLESS ? 0 : depth + copies;
    while (depth > 0) {
        put(w, front[--depth]);
    }
    for (size_t i = 0; i < copies; i++) {
        put(w, set);
    }
}

/* Bytes of a set, `min` to `max` of them; what follows may count on so many before the match. */
static void walk_bytes(struct walk *w, struct rule_byte_set set, size_t min, size_t max,
                       size_t lead_max)
{
    const struct walk before = *w;
    for (size_t i = 0; i < min && i < MAX_COPIES; i++) {
        put(w, set);
    }
    if (min == max && min <= MAX_COPIES) {
        return;
    }
    gap(w, 0, 0);
    w->min = plus(plus(before.min, before.count), min);
    w->max = plus(plus(before.max, before.count), lead_max);
    begin_behind(w, set, min, &before);
}

static void walk_tree(struct walk *w, const struct rule_syntax *node);

static void walk_repeat(struct walk *w, const struct rule_syntax *repeat)
{
    const struct rule_syntax *child = repeat->children[0];
    size_t lead_max = repeat == w->lead ? repeat->least * child->max_bytes : repeat->max_bytes;
    if (child->kind == RULE_SYNTAX_SET) {
        walk_bytes(w, bytes_of(child), repeat->min_bytes, repeat->max_bytes, lead_max);
        return;
    }
    size_t copies = repeat->least < MAX_COPIES ? repeat->least : MAX_COPIES;
    size_t min = plus(w->min, w->count), max = plus(w->max, w->count);
    for (size_t i = 0; i < copies; i++) {
        walk_tree(w, child);
    }
    if (repeat->most > copies) {
        gap(w, 0, 0);
        w->min = plus(min, repeat->min_bytes);
        w->max = plus(max, lead_max);
    }
}

static void walk_tree(struct walk *w, const struct rule_syntax *node)
{
    if (w->steps == 0) {
        gap(w, node->min_bytes, node->max_bytes);
        return;
    }
    w->steps--;
    switch (node->kind) {
    case RULE_SYNTAX_SET:
        walk_bytes(w, bytes_of(node), node->min_bytes, node->max_bytes, node->max_bytes);
        break;
    case RULE_SYNTAX_ASSERT:
    case RULE_SYNTAX_BOUNDARY: /* nothing stands there */
        break;
    case RULE_SYNTAX_SEQUENCE:
        for (size_t i = 0; i < node->child_count; i++) {
            walk_tree(w, node->children[i]);
        }
        break;
    case RULE_SYNTAX_REPEAT:
        walk_repeat(w, node);
        break;
    case RULE_SYNTAX_CHOICE:
    case RULE_SYNTAX_ANYTHING:
        gap(w, node->min_bytes, node->max_bytes);
        break;
    }
}

bool rule_run_find(const struct rule_syntax *tree, struct str pattern, struct rule_run *run)
{
    struct walk w = {.steps = MAX_STEPS, .lead = rule_syntax_lead(tree, pattern)};
    walk_tree(&w, tree);
    offer(&w);
    *run = w.best;
    return run->count > 0;
}
