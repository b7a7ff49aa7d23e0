/* What a set says twice: patterns that another one makes needless, rules that are nearly one. */
#include <stdlib.h>

#include "filter/base/mem.h"
#include "filter/base/yaml.h"
#include "filter/rule/compiler.h"
#include "filter/rule/findings.h"
#include "filter/rule/program.h"
#include "filter/rule/rule.h"

enum {
    BANDS = 16,     /* of minhashes: two rules that share most atoms agree in one of them */
    ROWS = 2,       /* minhashes of a band */
    NEIGHBOURS = 32 /* rules of one band that each is compared with */
};

/* How alike two searches must be to count as one, on average over a rule's, in hundredths. */
enum { ALIKE_EACH = 60, ALIKE_ALL = 85 };

/* The literal between an atom's first and last wildcard; false if there is another one inside. */
static bool literal_of(const struct rule_atom *atom, struct str *literal, bool *is_contains)
{
    struct str text = atom->pattern;
    bool opens = text.len > 0 && text.at[0] == RULE_ANY_RUN;
    bool closes = text.len > 1 && text.at[text.len - 1] == RULE_ANY_RUN;
    *literal = str_part(text, opens ? 1 : 0, text.len - (closes ? 1 : 0));
    *is_contains = opens && closes;
    for (size_t i = 0; i < literal->len; i++) {
        if (literal->at[i] == RULE_ANY_RUN || literal->at[i] == RULE_ANY_ONE) {
            return false;
        }
    }
    return literal->len > 0;
}

static bool is_part(struct str part, struct str whole, bool is_words)
{
    for (size_t at = 0; at + part.len <= whole.len; at++) {
        bool starts = !is_words || at == 0 || whole.at[at - 1] == ' ';
        bool ends = !is_words || at + part.len == whole.len || whole.at[at + part.len] == ' ';
        if (starts && ends && memcmp(whole.at + at, part.at, part.len) == 0) {
            return true;
        }
    }
    return false;
}

bool rule_atom_is_needless(const struct rule_atom *narrow, const struct rule_atom *wide)
{
    struct str one, other;
    bool is_contains, ignored;
    if (narrow->field != wide->field || narrow->view != wide->view) {
        return false;
    }
    if (narrow->op == RULE_WORDS && wide->op == RULE_WORDS) {
        return narrow->pattern.len > wide->pattern.len &&
               is_part(wide->pattern, narrow->pattern, true);
    }
    return wide->op == RULE_GLOB && literal_of(wide, &other, &is_contains) && is_contains &&
           ((narrow->op == RULE_GLOB && literal_of(narrow, &one, &ignored) &&
             (one.len > other.len || !ignored) && is_part(other, one, false)) ||
            (narrow->op == RULE_WORDS && is_part(other, narrow->pattern, false)));
}

/* The atoms of a search, each once, in order. */
struct bag {
    uint32_t *atoms; /* owned */
    size_t count, room;
};

/* NOLINTNEXTLINE(misc-no-recursion) */
static void gather(const struct rule_node *node, struct bag *bag)
{
    if (node->kind == RULE_NODE_ATOM) {
        mem_grow(&bag->atoms, &bag->room, bag->count + 1, sizeof *bag->atoms);
        bag->atoms[bag->count++] = node->atom;
    }
    for (size_t i = 0; i < node->child_count; i++) {
        gather(node->children[i], bag);
    }
}

static int compare_numbers(const void *left, const void *right)
{
    uint32_t a = *(const uint32_t *)left, b = *(const uint32_t *)right;
    return (a > b) - (a < b);
}

static struct bag bag_of(const struct rule_node *node)
{
    struct bag bag = {.atoms = NULL};
    gather(node, &bag);
    if (bag.count > 1) {
        qsort(bag.atoms, bag.count, sizeof *bag.atoms, compare_numbers);
    }
    size_t kept = bag.count > 0 ? 1 : 0;
    for (size_t i = 1; i < bag.count; i++) {
        if (bag.atoms[i] != bag.atoms[kept - 1]) {
            bag.atoms[kept++] = bag.atoms[i];
        }
    }
    bag.count = kept;
    return bag;
}

/* What two bags share of what they hold, in hundredths. */
static unsigned alike(const struct bag *a, const struct bag *b)
{
    size_t shared = 0, i = 0, j = 0;
    while (i < a->count && j < b->count) {
        shared += a->atoms[i] == b->atoms[j];
        bool is_first = a->atoms[i] <= b->atoms[j], is_second = b->atoms[j] <= a->atoms[i];
        i += is_first;
        j += is_second;
    }
    size_t all = a->count + b->count - shared;
    return all > 0 ? (unsigned)(100 * shared / all) : 100;
}

/* One rule's searches as bags, and the minhashes of all its atoms. */
struct sketch {
    const struct rule *rule;
    struct bag *bags; /* owned */
    uint32_t least[BANDS * ROWS];
};

static uint32_t mix(uint32_t atom, uint32_t seed)
{
    uint64_t x = (uint64_t)atom * 0x9E3779B97F4A7C15u + (uint64_t)seed * 0xD1B54A32D192ED03u;
    x ^= x >> 29;
    x *= 0xBF58476D1CE4E5B9u;
    return (uint32_t)(x >> 32);
}

static struct sketch sketch_of(const struct rule *rule)
{
    struct sketch sketch = {.rule = rule};
    memset(sketch.least, 0xff, sizeof sketch.least);
    sketch.bags = mem_zero(rule->search_count, sizeof *sketch.bags);
    for (size_t s = 0; s < rule->search_count; s++) {
        sketch.bags[s] = bag_of(rule->searches[s].node);
        for (size_t i = 0; i < sketch.bags[s].count; i++) {
            for (uint32_t h = 0; h < BANDS * ROWS; h++) {
                uint32_t hash = mix(sketch.bags[s].atoms[i], h);
                sketch.least[h] = hash < sketch.least[h] ? hash : sketch.least[h];
            }
        }
    }
    return sketch;
}

/* Every search of the one has its like in the other, and on average they are nearly the same. */
static bool covers(const struct sketch *one, const struct sketch *other)
{
    unsigned total = 0;
    for (size_t s = 0; s < one->rule->search_count; s++) {
        unsigned best = 0;
        for (size_t o = 0; o < other->rule->search_count; o++) {
            unsigned now = alike(&one->bags[s], &other->bags[o]);
            best = now > best ? now : best;
        }
        if (best < ALIKE_EACH) {
            return false;
        }
        total += best;
    }
    return one->rule->search_count > 0 && total >= ALIKE_ALL * one->rule->search_count;
}

static bool is_twin(const struct sketch *one, const struct sketch *other)
{
    return one->rule->class == other->rule->class && covers(one, other) && covers(other, one);
}

struct band {
    uint64_t key;
    uint32_t rule;
};

static int compare_bands(const void *left, const void *right)
{
    const struct band *a = left, *b = right;
    if (a->key != b->key) {
        return a->key < b->key ? -1 : 1;
    }
    return (a->rule > b->rule) - (a->rule < b->rule);
}

struct twins {
    struct rule_findings *findings;
    const struct sketch *sketches;
    uint32_t *told; /* by rule: the first rule that it is like, plus one */
};

static void compare_pair(struct twins *twins, uint32_t first, uint32_t second)
{
    const struct rule *one = twins->sketches[first].rule, *other = twins->sketches[second].rule;
    if (twins->told[second] != 0 || !is_twin(&twins->sketches[first], &twins->sketches[second])) {
        return;
    }
    twins->told[second] = first + 1;
    twins->findings->file = other->file.at;
    rule_warn(twins->findings, other->line, 1,
              "nearly all that it looks for is in %s:%u too; make one rule of the two, or say what "
              "sets them apart",
              one->file.at, one->line);
    twins->findings->file = NULL;
}

void rule_lint_twins(const struct rule_program *program, struct rule_findings *findings)
{
    size_t count = program->rule_count;
    struct sketch *sketches = mem_zero(count, sizeof *sketches);
    struct band *bands = mem_zero(count, sizeof *bands);
    struct twins twins = {
        .findings = findings, .sketches = sketches, .told = mem_zero(count, sizeof *twins.told)};
    for (size_t i = 0; i < count; i++) {
        sketches[i] = sketch_of(program->rules[i]);
    }
    for (size_t band = 0; band < BANDS; band++) {
        for (size_t i = 0; i < count; i++) {
            const uint32_t *least = sketches[i].least + band * ROWS;
            bands[i] =
                (struct band){.key = (uint64_t)least[0] << 32 | least[1], .rule = (uint32_t)i};
        }
        if (count > 1) {
            qsort(bands, count, sizeof *bands, compare_bands);
        }
        for (size_t i = 0; i < count; i++) {
            for (size_t j = i + 1; j < count && j <= i + NEIGHBOURS && bands[j].key == bands[i].key;
                 j++) {
                compare_pair(&twins, bands[i].rule, bands[j].rule);
            }
        }
    }
    for (size_t i = 0; i < count; i++) {
        for (size_t s = 0; s < sketches[i].rule->search_count; s++) {
            free(sketches[i].bags[s].atoms);
        }
        free(sketches[i].bags);
    }
    free(twins.told);
    free(bands);
    free(sketches);
}
