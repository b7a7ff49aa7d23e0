#include "filter/rule/automaton.h"

#include <assert.h>
#include <stdlib.h>
#include <xxhash.h>

#include "filter/base/mem.h"

enum {
    MAX_PARTS = 4000,      /* of the non-deterministic automaton */
    MAX_STATES = 1500,     /* of the deterministic one */
    MAX_MEMBERS = 1 << 20, /* of all states together, while they are built */
    START = 0,
    ENDS = 1 << 15, /* beside a state's number */
};

/* The least that is kept of a repeat's count, and the most beyond which it has no end. */
static const size_t kept_repeats[RULE_AUTOMATON_ROUGHEST + 1] = {12, 4, 1};

struct byte_set {
    uint64_t bits[4];
};

/* A part of the non-deterministic automaton: a byte of a set, a fork, or the end of a regex. */
struct part {
    enum { PART_BYTE, PART_FORK, PART_END } kind;
    struct byte_set bytes;
    uint32_t next, other; /* PART_FORK has two; PART_END: `next` is the regex's number */
};

struct nfa {
    struct part *parts;
    size_t count, room;
    size_t repeats; /* kept */
    bool is_full;
};

struct rule_automaton {
    uint8_t classes[256]; /* bytes that no regex tells apart have one number */
    unsigned class_count, shift;
    uint16_t *next;       /* state << shift | class; with ENDS if a regex ends in that state */
    uint32_t *first_ends; /* per state, and one more for the end: which regexes end there */
    uint32_t *ends;       /* atoms */
    size_t state_count;
};

static uint32_t add(struct nfa *nfa, struct part part)
{
    if (nfa->count >= MAX_PARTS) {
        nfa->is_full = true;
        return 0;
    }
    mem_grow(&nfa->parts, &nfa->room, nfa->count + 1, sizeof *nfa->parts);
    nfa->parts[nfa->count] = part;
    return (uint32_t)nfa->count++;
}

static void put_range(struct byte_set *set, unsigned from, unsigned to)
{
    for (unsigned c = from; c <= to; c++) {
        set->bits[c >> 6] |= UINT64_C(1) << (c & 63);
    }
}

static uint32_t add_fork(struct nfa *nfa, uint32_t one, uint32_t other)
{
    return add(nfa, (struct part){.kind = PART_FORK, .next = one, .other = other});
}

static uint32_t add_range(struct nfa *nfa, unsigned from, unsigned to, uint32_t next)
{
    struct part part = {.kind = PART_BYTE, .next = next};
    put_range(&part.bytes, from, to);
    return add(nfa, part);
}

/* Any number of bytes of the range, then `next`. */
static uint32_t add_run(struct nfa *nfa, unsigned from, unsigned to, uint32_t next)
{
    uint32_t fork = add_fork(nfa, 0, next);
    uint32_t byte = add_range(nfa, from, to, fork);
    if (!nfa->is_full) {
        nfa->parts[fork].next = byte;
    }
    return fork;
}

/* One character of the set: an ASCII byte, or the bytes of a longer one. */
static uint32_t add_set(struct nfa *nfa, const struct rule_syntax *set, uint32_t next)
{
    struct part ascii = {
        .kind = PART_BYTE, .bytes = {.bits = {set->ascii[0], set->ascii[1]}}, .next = next};
    uint32_t start = add(nfa, ascii);
    if (set->wide) {
        return add_fork(nfa, start, add_range(nfa, 0xc2, 0xf4, add_run(nfa, 0x80, 0xbf, next)));
    }
    if (set->code != 0) {
        char utf8[4];
        size_t len = rule_syntax_utf8(set->code, utf8);
        for (uint32_t at = next; len > 0; len--) {
            unsigned char byte = (unsigned char)utf8[len - 1];
            at = add_range(nfa, byte, byte, at);
            start = len == 1 ? add_fork(nfa, start, at) : start;
        }
    }
    return start;
}

static uint32_t add_tree(struct nfa *nfa, const struct rule_syntax *node, uint32_t next);

static uint32_t add_repeat(struct nfa *nfa, const struct rule_syntax *repeat, uint32_t next)
{
    const struct rule_syntax *child = repeat->children[0];
    size_t least = repeat->least < nfa->repeats ? repeat->least : nfa->repeats;
    bool endless = repeat->most > nfa->repeats;
    uint32_t start = next;
    if (repeat->most == 0 || child->max_bytes == 0) {
        return next;
    }
    if (endless) {
        start = add_fork(nfa, 0, next);
        uint32_t body = add_tree(nfa, child, start);
        if (!nfa->is_full) {
            nfa->parts[start].next = body;
        }
    }
    for (size_t i = least; !endless && i < repeat->most && !nfa->is_full; i++) {
        start = add_fork(nfa, add_tree(nfa, child, start), next);
    }
    for (size_t i = 0; i < least && !nfa->is_full; i++) {
        start = add_tree(nfa, child, start);
    }
    return start;
}

/* What matches the tree and then goes on at `next`. */
static uint32_t add_tree(struct nfa *nfa, const struct rule_syntax *node, uint32_t next)
{
    if (nfa->is_full) {
        return 0;
    }
    uint32_t start = next;
    switch (node->kind) {
    case RULE_SYNTAX_SET:
        return add_set(nfa, node, next);
    case RULE_SYNTAX_ASSERT:
    case RULE_SYNTAX_BOUNDARY:
        return next;
    case RULE_SYNTAX_SEQUENCE:
        for (size_t i = node->child_count; i > 0; i--) {
            start = add_tree(nfa, node->children[i - 1], start);
        }
        return start;
    case RULE_SYNTAX_CHOICE:
        start = add_tree(nfa, node->children[0], next);
        for (size_t i = 1; i < node->child_count; i++) {
            start = add_fork(nfa, start, add_tree(nfa, node->children[i], next));
        }
        return start;
    case RULE_SYNTAX_REPEAT:
        return add_repeat(nfa, node, next);
    case RULE_SYNTAX_ANYTHING:
        return add_run(nfa, 0, 0xff, next);
    }
    return start;
}

/* A state while it is built: the parts it stands before, sorted. */
struct state {
    uint32_t first, count; /* of `members` */
};

struct builder {
    struct nfa nfa;
    struct rule_automaton *out;
    unsigned char samples[256]; /* a byte of each class */
    struct state *states;
    size_t state_room, next_room;
    uint32_t *members;
    size_t member_count, member_room;
    uint32_t *slots; /* open addressing, state + 1 */
    size_t mask;
    uint32_t *mark; /* per part: the step in which it was reached */
    uint32_t step;
    uint32_t *stack;
    uint64_t *reached_bits;
    uint32_t *reached;
    size_t reached_count;
};

static bool has(const struct byte_set *set, unsigned char byte)
{
    return (set->bits[byte >> 6] >> (byte & 63) & 1) != 0;
}

/* Bytes are of one class if all parts treat them alike. */
static void find_classes(struct builder *b)
{
    uint64_t signatures[256] = {0};
    struct rule_automaton *out = b->out;
    for (size_t i = 0; i < b->nfa.count; i++) {
        const struct part *part = &b->nfa.parts[i];
        for (unsigned c = 0; part->kind == PART_BYTE && c < 256; c++) {
            bool member = has(&part->bytes, (unsigned char)c);
            signatures[c] = (signatures[c] ^ member) * UINT64_C(0x9e3779b97f4a7c15) + 1;
            signatures[c] ^= signatures[c] >> 29;
        }
    }
    for (unsigned c = 0; c < 256; c++) {
        unsigned class = 0;
        while (class < out->class_count && signatures[b->samples[class]] != signatures[c]) {
            class ++;
        }
        if (class == out->class_count) {
            b->samples[out->class_count++] = (unsigned char)c;
        }
        out->classes[c] = (uint8_t) class;
    }
}

/* All parts that `part` leads to without a byte go to `reached`. */
static void reach(struct builder *b, uint32_t part)
{
    size_t depth = 0;
    b->stack[depth++] = part;
    while (depth > 0) {
        uint32_t at = b->stack[--depth];
        if (b->mark[at] == b->step) {
            continue;
        }
        b->mark[at] = b->step;
        const struct part *here = &b->nfa.parts[at];
        if (here->kind == PART_FORK) {
            b->stack[depth++] = here->next;
            b->stack[depth++] = here->other;
        } else {
            b->reached_bits[at / 64] |= UINT64_C(1) << at % 64;
        }
    }
}

/* `reached` in order, out of the bits that `reach` has set; those are cleared. */
static void sort_reached(struct builder *b)
{
    b->reached_count = 0;
    for (size_t word = 0; word < (b->nfa.count + 63) / 64; word++) {
        for (uint64_t bits = b->reached_bits[word]; bits != 0; bits &= bits - 1) {
            b->reached[b->reached_count++] =
                (uint32_t)(64 * word) + (uint32_t)__builtin_ctzll(bits);
        }
        b->reached_bits[word] = 0;
    }
}

/* The number of the state that stands before what was reached; UINT32_MAX: too many. */
static uint32_t state_of(struct builder *b)
{
    struct rule_automaton *out = b->out;
    sort_reached(b);
    size_t bytes = b->reached_count * sizeof *b->reached;
    size_t at = XXH3_64bits(b->reached, bytes) & b->mask;
    for (; b->slots[at] != 0; at = (at + 1) & b->mask) {
        const struct state *known = &b->states[b->slots[at] - 1];
        if (known->count == b->reached_count &&
            memcmp(&b->members[known->first], b->reached, bytes) == 0) {
            return b->slots[at] - 1;
        }
    }
    if (out->state_count >= MAX_STATES || b->member_count + b->reached_count > MAX_MEMBERS) {
        return UINT32_MAX;
    }
    mem_grow(&b->states, &b->state_room, out->state_count + 1, sizeof *b->states);
    mem_grow(&b->members, &b->member_room, b->member_count + b->reached_count + 1,
             sizeof *b->members);
    memcpy(&b->members[b->member_count], b->reached, bytes);
    b->states[out->state_count] =
        (struct state){.first = (uint32_t)b->member_count, .count = (uint32_t)b->reached_count};
    b->member_count += b->reached_count;
    b->slots[at] = (uint32_t)++out->state_count;
    return (uint32_t)out->state_count - 1;
}

/* Where `state` goes with a byte of `class`: a match may also begin there. */
static uint32_t follow(struct builder *b, uint32_t state, unsigned class, const uint32_t *starts,
                       size_t start_count)
{
    struct state from = b->states[state];
    b->step++;
    for (uint32_t i = 0; i < from.count; i++) {
        const struct part *part = &b->nfa.parts[b->members[from.first + i]];
        if (part->kind == PART_BYTE && has(&part->bytes, b->samples[class])) {
            reach(b, part->next);
        }
    }
    for (size_t i = 0; i < start_count; i++) {
        reach(b, starts[i]);
    }
    return state_of(b);
}

static bool determine(struct builder *b, const uint32_t *starts, size_t start_count)
{
    struct rule_automaton *out = b->out;
    b->step++;
    for (size_t i = 0; i < start_count; i++) {
        reach(b, starts[i]);
    }
    uint32_t first = state_of(b);
    assert(first == START);
    for (uint32_t state = 0; state < out->state_count; state++) {
        mem_grow(&out->next, &b->next_room, (size_t)(state + 1) << out->shift, sizeof *out->next);
        for (unsigned class = 0; class < out->class_count; class ++) {
            uint32_t next = follow(b, state, class, starts, start_count);
            if (next == UINT32_MAX) {
                return false;
            }
            out->next[state << out->shift | class] = (uint16_t)next;
        }
    }
    return true;
}

static void put_ends(struct builder *b, const struct rule_automaton_regex *regexes)
{
    struct rule_automaton *out = b->out;
    size_t room = 0, count = 0;
    out->first_ends = mem_zero(out->state_count + 1, sizeof *out->first_ends);
    for (size_t state = 0; state < out->state_count; state++) {
        for (uint32_t i = 0; i < b->states[state].count; i++) {
            const struct part *part = &b->nfa.parts[b->members[b->states[state].first + i]];
            if (part->kind == PART_END) {
                mem_grow(&out->ends, &room, count + 1, sizeof *out->ends);
                out->ends[count++] = regexes[part->next].atom;
            }
        }
        out->first_ends[state + 1] = (uint32_t)count;
    }
    for (size_t state = 0; state < out->state_count; state++) {
        for (unsigned class = 0; class < out->class_count; class ++) {
            uint16_t *next = &out->next[state << out->shift | class];
            bool ends = out->first_ends[*next] < out->first_ends[*next + 1];
            *next = (uint16_t)(*next | (ends ? ENDS : 0));
        }
    }
}

struct rule_automaton *rule_automaton_build(const struct rule_automaton_regex *regexes,
                                            size_t count, int roughness)
{
    uint32_t starts[RULE_AUTOMATON_REGEXES];
    struct builder b = {.nfa = {.repeats = kept_repeats[roughness]}};
    assert(count > 0 && count <= RULE_AUTOMATON_REGEXES);
    for (size_t i = 0; i < count; i++) {
        uint32_t end = add(&b.nfa, (struct part){.kind = PART_END, .next = (uint32_t)i});
        starts[i] = add_tree(&b.nfa, regexes[i].tree, end);
    }
    bool done = !b.nfa.is_full;
    b.out = mem_zero(1, sizeof *b.out);
    if (done) {
        b.mask = 4 * 1024 - 1;
        b.slots = mem_zero(b.mask + 1, sizeof *b.slots);
        b.mark = mem_zero(b.nfa.count, sizeof *b.mark);
        b.stack = mem_zero(2 * b.nfa.count + 2, sizeof *b.stack);
        b.reached = mem_zero(b.nfa.count, sizeof *b.reached);
        b.reached_bits = mem_zero((b.nfa.count + 63) / 64, sizeof *b.reached_bits);
        find_classes(&b);
        while (b.out->class_count > 1U << b.out->shift) {
            b.out->shift++;
        }
        done = determine(&b, starts, count);
    }
    if (done) {
        put_ends(&b, regexes);
    } else {
        rule_automaton_free(b.out);
        b.out = NULL;
    }
    free(b.nfa.parts);
    free(b.states);
    free(b.members);
    free(b.slots);
    free(b.mark);
    free(b.stack);
    free(b.reached_bits);
    free(b.reached);
    return b.out;
}

void rule_automaton_free(struct rule_automaton *automaton)
{
    if (automaton == NULL) {
        return;
    }
    free(automaton->next);
    free(automaton->first_ends);
    free(automaton->ends);
    free(automaton);
}

size_t rule_automaton_bytes(const struct rule_automaton *automaton)
{
    return sizeof *automaton +
           automaton->state_count *
               (automaton->class_count * sizeof *automaton->next + sizeof *automaton->first_ends) +
           automaton->first_ends[automaton->state_count] * sizeof *automaton->ends;
}

static void tell(const struct rule_automaton *automaton, uint32_t state,
                 void (*found)(void *context, uint32_t atom), void *context)
{
    for (uint32_t i = automaton->first_ends[state]; i < automaton->first_ends[state + 1]; i++) {
        found(context, automaton->ends[i]);
    }
}

/* Some of them side by side: each waits for its memory, so four take hardly longer than one. */
enum { ABREAST = 4 };

static inline __attribute__((always_inline)) void
scan_abreast(struct rule_automaton *const *automata, size_t count, struct str text,
             void (*found)(void *context, uint32_t atom), void *context)
{
    uint32_t states[ABREAST] = {START}, told[ABREAST] = {START};
    for (size_t i = 0; i < text.len; i++) {
        unsigned char byte = (unsigned char)text.at[i];
        uint32_t any = 0;
        for (size_t k = 0; k < count; k++) {
            const struct rule_automaton *automaton = automata[k];
            uint32_t row = (states[k] & (ENDS - 1)) << automaton->shift;
            states[k] = automaton->next[row | automaton->classes[byte]];
            any |= states[k];
        }
        for (size_t k = 0; (any & ENDS) != 0 && k < count; k++) {
            if ((states[k] & ENDS) != 0 && states[k] != told[k]) {
                told[k] = states[k];
                tell(automata[k], states[k] & (ENDS - 1), found, context);
            }
        }
    }
}

void rule_automata_scan(struct rule_automaton *const *automata, size_t count, struct str text,
                        void (*found)(void *context, uint32_t atom), void *context)
{
    for (; count >= ABREAST; count -= ABREAST, automata += ABREAST) {
        scan_abreast(automata, ABREAST, text, found, context);
    }
    for (; count > 0; count--, automata++) {
        scan_abreast(automata, 1, text, found, context);
    }
}
