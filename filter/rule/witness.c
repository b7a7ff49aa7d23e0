#include "filter/rule/witness.h"

#include "filter/rule/frequency.h"
#include "filter/rule/literals.h"

enum {
    MAX_LITERAL = 255,  /* bytes of one multiplied out */
    MAX_UNROLLED = 8,   /* copies of what is repeated */
    MAX_STEPS = 20000,  /* nodes walked: nested repeats multiply */
    FAR_LEAD = 1 << 16, /* a lead beyond is as good as none */
};

/* What a confirmation costs when the match's start is known, is within bounds, or is anywhere. */
static const double cost_fixed = 1, cost_bounded = 3, cost_far = 8, cost_complete = 0.1;

/* What a short literal adds, for which every place of a text is looked at. */
static const double cost_look = 2e-4;

/* Strings one of which a part of the pattern matches, in full. */
struct strings {
    struct str items[RULE_WITNESS_MAX];
    size_t count;
};

struct choice {
    struct rule_witness_literal literals[RULE_WITNESS_MAX];
    size_t count; /* 0: nothing found */
    double cost;
    struct str also;  /* the next best, if it is one literal: it must be there too */
    bool also_behind; /* it stands behind these, not before them */
};

/* Walks the tree from left to right. */
struct walk {
    struct arena *arena;
    bool folded;
    bool lower;                     /* make capitals small */
    size_t *steps;                  /* left */
    const struct rule_syntax *lead; /* rule_syntax_lead */
    bool unbroken;                  /* all so far is in `run` */
    struct strings run;
    size_t run_min, run_max; /* bytes before the run */
    size_t min, max;         /* bytes so far */
    struct choice best;
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

double rule_witness_confirm(uint32_t lead_min, uint32_t lead_max)
{
    return lead_max == RULE_WITNESS_FAR ? cost_far
           : lead_max != lead_min       ? cost_bounded
                                        : cost_fixed;
}

static double cost_of(const struct rule_witness_literal *literal)
{
    double confirm = rule_witness_confirm(literal->lead_min, literal->lead_max);
    double look = literal->bytes.len < RULE_LITERAL_EASY ? cost_look : 0;
    return confirm * rule_frequency(literal->bytes) + look;
}

static struct str only_literal(const struct choice *choice)
{
    return choice->count == 1 ? choice->literals[0].bytes : STR("");
}

/* Choices are offered in the order in which they stand in a match. */
static void offer(struct choice *best, struct choice *offered)
{
    offered->cost = 0;
    for (size_t i = 0; i < offered->count; i++) {
        if (offered->literals[i].bytes.len == 0) {
            return;
        }
        offered->cost += cost_of(&offered->literals[i]);
    }
    if (offered->count == 0) {
        return;
    }
    bool wins = best->count == 0 || offered->cost < best->cost;
    struct str loser = only_literal(wins ? best : offered);
    if (wins) {
        offered->also = best->also;
        *best = *offered;
    }
    if (loser.len > 0 &&
        (best->also.len == 0 || rule_frequency(loser) < rule_frequency(best->also))) {
        best->also = loser;
        best->also_behind = !wins;
    }
}

static void end_run(struct walk *w)
{
    struct choice offered = {.count = w->run.count};
    for (size_t i = 0; i < w->run.count; i++) {
        offered.literals[i] = (struct rule_witness_literal){
            .bytes = w->run.items[i],
            .lead_min = lead(w->run_min),
            .lead_max = lead(w->run_max),
        };
    }
    offer(&w->best, &offered);
    w->unbroken = false;
}

static void begin_run(struct walk *w)
{
    w->run = (struct strings){.items = {STR("")}, .count = 1};
    w->run_min = w->min;
    w->run_max = w->max;
}

/* The run, continued by each of `more`, if it stays small. */
static bool multiply(struct walk *w, const struct strings *more)
{
    struct strings product = {.count = 0};
    if (w->run.count * more->count > RULE_WITNESS_MAX) {
        return false;
    }
    for (size_t i = 0; i < w->run.count; i++) {
        for (size_t k = 0; k < more->count; k++) {
            struct str a = w->run.items[i], b = more->items[k];
            char *joined =
                a.len + b.len <= MAX_LITERAL ? arena_alloc(w->arena, a.len + b.len + 1) : NULL;
            if (joined == NULL) {
                return false;
            }
            memcpy(joined, a.at, a.len);
            memcpy(joined + a.len, b.at, b.len);
            product.items[product.count++] = (struct str){.at = joined, .len = a.len + b.len};
        }
    }
    w->run = product;
    return true;
}

static bool add_string(struct walk *w, struct strings *set, const char *bytes, size_t len)
{
    for (size_t i = 0; i < set->count; i++) {
        if (str_equal(set->items[i], (struct str){.at = bytes, .len = len})) {
            return true;
        }
    }
    char *copy = set->count < RULE_WITNESS_MAX ? arena_copy(w->arena, bytes, len) : NULL;
    if (copy == NULL) {
        return false;
    }
    set->items[set->count++] = (struct str){.at = copy, .len = len};
    return true;
}

/* All members of a set of characters, if they are few. */
static bool set_strings(struct walk *w, const struct rule_syntax *set, struct strings *out)
{
    if (set->wide || rule_syntax_ascii_count(set) > RULE_WITNESS_MAX) {
        return false;
    }
    for (unsigned c = 0; c < 0x80; c++) {
        char byte = (char)(w->lower && c >= 'A' && c <= 'Z' ? c | 0x20 : c);
        if (rule_syntax_has(set, (unsigned char)c) && !add_string(w, out, &byte, 1)) {
            return false;
        }
    }
    char utf8[4];
    return set->code == 0 || add_string(w, out, utf8, rule_syntax_utf8(set->code, utf8));
}

static void walk_tree(struct walk *w, const struct rule_syntax *node);

static struct walk inside(const struct walk *w)
{
    struct walk inner = *w;
    inner.unbroken = true;
    inner.best = (struct choice){.count = 0};
    inner.min = inner.max = 0;
    begin_run(&inner);
    return inner;
}

/* The strings that `node` is, if it is no more than a few. */
static bool node_strings(struct walk *w, const struct rule_syntax *node, struct strings *out)
{
    if (node->kind == RULE_SYNTAX_SET) {
        return set_strings(w, node, out);
    }
    struct walk inner = inside(w);
    walk_tree(&inner, node);
    *out = inner.run;
    return inner.unbroken;
}

static bool is_blank(const struct strings *set)
{
    return set->count == 1 && str_is(set->items[0], " ");
}

/* The strings that a repeat is: of "x?", x and nothing; in folded text, of "\s+" one blank. */
static bool repeat_strings(struct walk *w, const struct rule_syntax *repeat, struct strings *out)
{
    struct strings once = {.count = 0};
    if (!node_strings(w, repeat->children[0], &once)) {
        return false;
    }
    bool blank = w->folded && is_blank(&once);
    *out = (struct strings){.count = 0};
    if (repeat->least == 0 && !add_string(w, out, "", 0)) {
        return false;
    }
    if (!(blank && repeat->least <= 1 && repeat->most >= 1) &&
        !(repeat->least == 0 && repeat->most == 1)) {
        return false;
    }
    for (size_t i = 0; i < once.count; i++) {
        if (!add_string(w, out, once.items[i].at, once.items[i].len)) {
            return false;
        }
    }
    return true;
}

static void advance(struct walk *w, size_t min_bytes, size_t max_bytes)
{
    w->min = plus(w->min, min_bytes);
    w->max = plus(w->max, max_bytes);
}

/* A part that is one of `strings`: it makes the run longer, or begins a new one. */
static void walk_strings(struct walk *w, const struct strings *strings)
{
    size_t least = SIZE_MAX, most = 0;
    for (size_t i = 0; i < strings->count; i++) {
        size_t len = strings->items[i].len;
        least = len < least ? len : least;
        most = len > most ? len : most;
    }
    if (!multiply(w, strings)) {
        end_run(w);
        begin_run(w);
        w->run = *strings;
    }
    advance(w, strings->count > 0 ? least : 0, most);
}

/* A part that may be anything of these lengths. */
static void walk_gap(struct walk *w, size_t min_bytes, size_t max_bytes)
{
    end_run(w);
    advance(w, min_bytes, max_bytes);
    begin_run(w);
}

static void walk_repeat(struct walk *w, const struct rule_syntax *repeat)
{
    const struct rule_syntax *child = repeat->children[0];
    struct strings strings = {.count = 0};
    if (repeat_strings(w, repeat, &strings)) {
        walk_strings(w, &strings);
        return;
    }
    size_t unrolled = repeat->least < MAX_UNROLLED ? repeat->least : MAX_UNROLLED;
    size_t min = w->min, max = w->max;
    for (size_t i = 0; i < unrolled; i++) {
        walk_tree(w, child);
    }
    if (repeat->most > unrolled) {
        end_run(w);
        w->min = min;
        w->max = max;
        advance(w, repeat->min_bytes,
                repeat == w->lead ? repeat->least * child->max_bytes : repeat->max_bytes);
        begin_run(w);
    }
}

static void walk_choice(struct walk *w, const struct rule_syntax *choice)
{
    struct strings strings = {.count = 0};
    bool few = true;
    for (size_t i = 0; few && i < choice->child_count; i++) {
        struct strings one = {.count = 0};
        few = node_strings(w, choice->children[i], &one);
        for (size_t k = 0; few && k < one.count; k++) {
            few = add_string(w, &strings, one.items[k].at, one.items[k].len);
        }
    }
    if (few) {
        walk_strings(w, &strings);
        return;
    }
    struct choice offered = {.count = 0};
    end_run(w);
    begin_run(w);
    for (size_t i = 0; i < choice->child_count; i++) {
        struct walk inner = inside(w);
        inner.min = inner.run_min = w->min;
        inner.max = inner.run_max = w->max;
        walk_tree(&inner, choice->children[i]);
        end_run(&inner);
        if (inner.best.count == 0 || offered.count + inner.best.count > RULE_WITNESS_MAX) {
            offered.count = 0;
            break;
        }
        for (size_t k = 0; k < inner.best.count; k++) {
            offered.literals[offered.count++] = inner.best.literals[k];
        }
    }
    offer(&w->best, &offered);
    walk_gap(w, choice->min_bytes, choice->max_bytes);
}

static void walk_tree(struct walk *w, const struct rule_syntax *node)
{
    struct strings strings = {.count = 0};
    if (*w->steps == 0) {
        walk_gap(w, node->min_bytes, node->max_bytes);
        return;
    }
    --*w->steps;
    switch (node->kind) {
    case RULE_SYNTAX_SET:
        if (set_strings(w, node, &strings)) {
            walk_strings(w, &strings);
        } else {
            walk_gap(w, node->min_bytes, node->max_bytes);
        }
        break;
    case RULE_SYNTAX_ASSERT:
    case RULE_SYNTAX_BOUNDARY: /* nothing is matched, but the run alone is no longer all */
        w->unbroken = false;
        break;
    case RULE_SYNTAX_SEQUENCE:
        for (size_t i = 0; i < node->child_count; i++) {
            walk_tree(w, node->children[i]);
        }
        break;
    case RULE_SYNTAX_CHOICE:
        walk_choice(w, node);
        break;
    case RULE_SYNTAX_REPEAT:
        walk_repeat(w, node);
        break;
    case RULE_SYNTAX_ANYTHING:
        walk_gap(w, 0, RULE_SYNTAX_ENDLESS);
        break;
    }
}

/* Adds the strings that an alternative is in full, but for \b at its ends. False: it is not that.
 */
static bool add_complete(struct walk *w, const struct rule_syntax *node,
                         struct rule_witness *witness)
{
    bool sequence = node->kind == RULE_SYNTAX_SEQUENCE;
    const struct rule_syntax *const *parts = sequence ? node->children : &node;
    size_t count = sequence ? node->child_count : 1;
    bool before = count > 0 && parts[0]->kind == RULE_SYNTAX_BOUNDARY;
    bool after = count > 1 && parts[count - 1]->kind == RULE_SYNTAX_BOUNDARY;
    struct walk inner = inside(w);
    for (size_t i = before; i + after < count; i++) {
        walk_tree(&inner, parts[i]);
    }
    if (!inner.unbroken || witness->count + inner.run.count > RULE_WITNESS_MAX) {
        return false;
    }
    for (size_t i = 0; i < inner.run.count; i++) {
        if (inner.run.items[i].len == 0) {
            return false;
        }
        witness->literals[witness->count++] = (struct rule_witness_literal){
            .bytes = inner.run.items[i], .boundary_before = before, .boundary_after = after};
        witness->cost += cost_complete * rule_frequency(inner.run.items[i]);
    }
    return true;
}

static bool find_complete(struct walk *w, const struct rule_syntax *tree,
                          struct rule_witness *witness)
{
    bool choice = tree->kind == RULE_SYNTAX_CHOICE;
    const struct rule_syntax *const *parts = choice ? tree->children : &tree;
    size_t count = choice ? tree->child_count : 1;
    witness->complete = true;
    for (size_t i = 0; i < count && witness->complete; i++) {
        witness->complete = add_complete(w, parts[i], witness);
    }
    return witness->complete && witness->count > 0;
}

static bool find_in_regex(const struct rule_atom *atom, const struct rule_syntax *tree, bool exact,
                          struct arena *arena, struct rule_witness *witness)
{
    bool caseless = atom->view == TEXT_RAW && (atom->flags & RULE_REGEX_I) != 0;
    size_t steps = MAX_STEPS;
    struct walk outer = {.arena = arena,
                         .folded = atom->view != TEXT_RAW,
                         .lower = caseless,
                         .steps = &steps,
                         .lead = rule_syntax_lead(tree, atom->pattern)};
    if (exact && !caseless && find_complete(&outer, tree, witness)) {
        return true;
    }
    struct walk w = inside(&outer);
    walk_tree(&w, tree);
    end_run(&w);
    *witness = (struct rule_witness){.count = w.best.count,
                                     .also = w.best.also,
                                     .also_behind = w.best.also_behind,
                                     .caseless = caseless,
                                     .cost = w.best.cost};
    memcpy(witness->literals, w.best.literals, w.best.count * sizeof *w.best.literals);
    return witness->count > 0;
}

static bool find_in_glob(const struct rule_atom *atom, struct rule_witness *witness)
{
    struct str pattern = atom->pattern;
    struct str rarest = STR("");
    double least = 0;
    size_t pieces = 0, single = 0;
    for (size_t at = 0; at < pattern.len;) {
        size_t start = at;
        while (at < pattern.len && pattern.at[at] != RULE_ANY_RUN &&
               pattern.at[at] != RULE_ANY_ONE) {
            at++;
        }
        struct str piece = str_part(pattern, start, at);
        double frequency = rule_frequency(piece);
        pieces += piece.len > 0;
        if (piece.len > 0 && (rarest.len == 0 || frequency < least)) {
            rarest = piece;
            least = frequency;
        }
        for (;
             at < pattern.len && (pattern.at[at] == RULE_ANY_RUN || pattern.at[at] == RULE_ANY_ONE);
             at++) {
            single += pattern.at[at] == RULE_ANY_ONE;
        }
    }
    if (pieces == 0) {
        return false;
    }
    *witness = (struct rule_witness){
        .literals = {{.bytes = rarest, .lead_max = RULE_WITNESS_FAR}},
        .count = 1,
        .complete = pieces == 1 && single == 0 && pattern.at[0] == RULE_ANY_RUN &&
                    pattern.at[pattern.len - 1] == RULE_ANY_RUN,
    };
    witness->cost = least * (witness->complete ? cost_complete : cost_fixed);
    return true;
}

bool rule_witness_find(const struct rule_atom *atom, const struct rule_syntax *tree, bool exact,
                       struct arena *arena, struct rule_witness *witness)
{
    *witness = (struct rule_witness){.count = 0};
    switch (atom->op) {
    case RULE_GLOB:
        return find_in_glob(atom, witness);
    case RULE_WORDS:
        *witness = (struct rule_witness){
            .literals = {{.bytes = atom->pattern}},
            .count = 1,
            .complete = true,
            .cost = cost_complete * rule_frequency(atom->pattern),
        };
        return atom->pattern.len > 0;
    case RULE_REGEX:
        return tree != NULL && find_in_regex(atom, tree, exact, arena, witness);
    case RULE_EXISTS:
    case RULE_NULL:
    case RULE_COMPARE:
    case RULE_CIDR:
    case RULE_FIELDREF:
        return false;
    }
    return false;
}
