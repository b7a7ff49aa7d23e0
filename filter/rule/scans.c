/* Decides how each atom is found out, and builds the scans that nominate atoms. */
#include <assert.h>
#include <stdlib.h>
#include <string.h>
#include <xxhash.h>

#include "filter/base/err.h"
#include "filter/base/mem.h"
#include "filter/rule/compiled.h"
#include "filter/rule/frequency.h"
#include "filter/rule/syntax.h"
#include "filter/rule/witness.h"

enum {
    MAX_SCRATCH = 16 << 20,
    MAX_TREES = 256 << 20,
};

/*
 * A regex whose witness costs more than this, in confirmations for a byte of text, goes to an
 * automaton: it would be confirmed with every other post. A run must be far rarer, for many runs
 * are tried where one may stand.
 */
static const double max_witness_cost = 0.01, max_run_cost = 0.001;

/* Below that nothing else is tried. */
static const double cheap_witness = 0.001;

/* What atoms that are not nominated by literals are taken to cost a byte. */
static const float cost_table = 1e-5F, cost_automaton = 1e-3F;

/* What a scan will look for, while it is collected. */
struct draft {
    struct str *texts; /* of literals, each once; in the engine's arena */
    size_t text_count, text_room;
    uint32_t *slots; /* open addressing, index + 1 */
    size_t mask;
    struct drafted {
        uint32_t literal;
        struct rule_user user;
    } * users;
    size_t user_count, user_room;
    struct rule_table_key *keys;
    size_t key_count, key_room;
    struct rule_run *runs;
    struct rule_run_user *run_users; /* one for each */
    size_t run_count, run_room, run_user_room;
    struct rule_automaton_regex *regexes;
    size_t regex_count, regex_room;
};

struct builder {
    struct rule_engine *engine;
    struct rule_regex_runner *runner;
    struct arena *scratch, *trees; /* for one atom; until all is built */
    struct draft *drafts;          /* one a scan */
    size_t draft_room;
};

void rule_scan_fini(struct rule_scan *scan)
{
    rule_literals_free(scan->literals);
    rule_runs_free(scan->runs);
    free(scan->run_users);
    rule_table_free(scan->table);
    for (size_t i = 0; i < scan->automaton_count; i++) {
        rule_automaton_free(scan->automata[i]);
    }
    free((void *)scan->automata);
    free(scan->literal_users);
    free(scan->users);
}

static void fini_draft(struct draft *draft)
{
    free(draft->texts);
    free(draft->slots);
    free(draft->users);
    free(draft->keys);
    free(draft->runs);
    free(draft->run_users);
    free(draft->regexes);
}

/* The draft of the scan for this field, view and case; a new one if there is none. */
static struct draft *draft_of(struct builder *b, enum rule_field field, enum text_view_kind view,
                              bool caseless)
{
    struct rule_engine *engine = b->engine;
    enum rule_field shared = field == RULE_FIELD_TITLE ? RULE_FIELD_TEXT : field;
    for (size_t i = 0; i < engine->scan_count; i++) {
        const struct rule_scan *scan = &engine->scans[i];
        if (scan->field == shared && scan->view == view && scan->caseless == caseless) {
            return &b->drafts[i];
        }
    }
    size_t n = engine->scan_count++;
    mem_grow(&engine->scans, &engine->scan_room, n + 1, sizeof *engine->scans);
    mem_grow(&b->drafts, &b->draft_room, n + 1, sizeof *b->drafts);
    engine->scans[n] = (struct rule_scan){.field = shared, .view = view, .caseless = caseless};
    b->drafts[n] = (struct draft){.mask = 0};
    return &b->drafts[n];
}

static void grow_slots(struct draft *draft)
{
    size_t size = draft->slots != NULL ? 2 * (draft->mask + 1) : 256;
    free(draft->slots);
    draft->slots = mem_zero(size, sizeof *draft->slots);
    draft->mask = size - 1;
    for (size_t i = 0; i < draft->text_count; i++) {
        size_t at = XXH3_64bits(draft->texts[i].at, draft->texts[i].len) & draft->mask;
        while (draft->slots[at] != 0) {
            at = (at + 1) & draft->mask;
        }
        draft->slots[at] = (uint32_t)i + 1;
    }
}

/* The number of the literal `text` in the draft. False if the arena is full. */
static bool put_text(struct builder *b, struct draft *draft, struct str text, uint32_t *number)
{
    if (draft->slots == NULL || 2 * draft->text_count > draft->mask) {
        grow_slots(draft);
    }
    size_t at = XXH3_64bits(text.at, text.len) & draft->mask;
    for (; draft->slots[at] != 0; at = (at + 1) & draft->mask) {
        *number = draft->slots[at] - 1;
        if (str_equal(draft->texts[*number], text)) {
            return true;
        }
    }
    const char *copy = arena_copy(b->engine->arena, text.at, text.len);
    if (copy == NULL) {
        return false;
    }
    *number = (uint32_t)draft->text_count;
    mem_grow(&draft->texts, &draft->text_room, draft->text_count + 1, sizeof *draft->texts);
    draft->texts[draft->text_count++] = (struct str){.at = copy, .len = text.len};
    draft->slots[at] = *number + 1;
    return true;
}

/* What must stand beside the literal so that it is an occurrence of the atom. */
static uint8_t beside(const struct builder *b, const struct rule_atom *atom,
                      const struct rule_witness_literal *literal)
{
    bool starts = rule_word_at(b->runner, literal->bytes, 0);
    bool ends = rule_word_before(b->runner, literal->bytes, literal->bytes.len);
    if (atom->op == RULE_WORDS) {
        return (uint8_t)((starts ? RULE_BEFORE_NO_WORD : 0) | (ends ? RULE_AFTER_NO_WORD : 0));
    }
    unsigned bits = 0;
    if (literal->boundary_before) {
        bits |= starts ? RULE_BEFORE_NO_WORD : RULE_BEFORE_WORD;
    }
    if (literal->boundary_after) {
        bits |= ends ? RULE_AFTER_NO_WORD : RULE_AFTER_WORD;
    }
    return (uint8_t)bits;
}

static bool put_witness(struct builder *b, uint32_t number, const struct rule_witness *witness)
{
    struct rule_engine *engine = b->engine;
    const struct rule_atom *atom = &engine->program->atoms[number];
    struct rule_engine_atom *compiled = &engine->atoms[number];
    struct draft *draft = draft_of(b, compiled->field, atom->view, witness->caseless);
    const char *also = NULL;
    if (witness->also.len > 0 && !witness->caseless && !witness->complete) {
        also = arena_copy(engine->arena, witness->also.at, witness->also.len);
    }
    compiled->way = RULE_WAY_LITERAL;
    compiled->is_exact = witness->complete;
    compiled->cost = 0;
    for (size_t i = 0; i < witness->count; i++) {
        const struct rule_witness_literal *literal = &witness->literals[i];
        struct drafted user = {.user = {.atom = number,
                                        .lead_min = literal->lead_min,
                                        .lead_max = literal->lead_max,
                                        .also = also,
                                        .also_len = (uint32_t)witness->also.len,
                                        .also_behind = witness->also_behind,
                                        .title_only = compiled->field == RULE_FIELD_TITLE,
                                        .is_exact = witness->complete,
                                        .is_span = atom->op != RULE_REGEX}};
        if (witness->complete) {
            user.user.beside = beside(b, atom, literal);
        }
        if (!put_text(b, draft, literal->bytes, &user.literal)) {
            return false;
        }
        mem_grow(&draft->users, &draft->user_room, draft->user_count + 1, sizeof *draft->users);
        draft->users[draft->user_count++] = user;
        compiled->cost += (float)rule_frequency(literal->bytes);
    }
    return true;
}

/* The regex will be looked for by an automaton. False if the arena is full. */
static bool put_automaton(struct builder *b, uint32_t number)
{
    const struct rule_atom *atom = &b->engine->program->atoms[number];
    struct rule_engine_atom *compiled = &b->engine->atoms[number];
    bool exact;
    const struct rule_syntax *tree =
        rule_syntax_parse(atom->pattern, atom->flags, atom->view, b->trees, &exact);
    if (tree == NULL) {
        return false;
    }
    struct draft *draft = draft_of(b, compiled->field, atom->view, false);
    mem_grow(&draft->regexes, &draft->regex_room, draft->regex_count + 1, sizeof *draft->regexes);
    draft->regexes[draft->regex_count++] =
        (struct rule_automaton_regex){.tree = tree, .atom = number};
    compiled->way = RULE_WAY_AUTOMATON;
    compiled->cost = cost_automaton;
    return true;
}

/* The regex will be looked for by a run. */
static void put_run(struct builder *b, uint32_t number, const struct rule_run *run)
{
    struct rule_engine_atom *compiled = &b->engine->atoms[number];
    struct draft *draft =
        draft_of(b, compiled->field, b->engine->program->atoms[number].view, false);
    mem_grow(&draft->runs, &draft->run_room, draft->run_count + 1, sizeof *draft->runs);
    mem_grow(&draft->run_users, &draft->run_user_room, draft->run_count + 1,
             sizeof *draft->run_users);
    draft->runs[draft->run_count] = *run;
    draft->run_users[draft->run_count++] =
        (struct rule_run_user){number, run->lead_min, run->lead_max};
    compiled->way = RULE_WAY_RUN;
    compiled->cost = (float)rule_frequency_run(run->sets, run->count);
}

static bool put_regex(struct builder *b, uint32_t number)
{
    struct rule_engine *engine = b->engine;
    const struct rule_atom *atom = &engine->program->atoms[number];
    struct rule_witness witness;
    bool exact;
    arena_reset(b->scratch);
    const struct rule_syntax *tree =
        rule_syntax_parse(atom->pattern, atom->flags, atom->view, b->scratch, &exact);
    bool found = tree != NULL && rule_witness_find(atom, tree, exact, b->scratch, &witness);
    engine->atoms[number].regex = (uint32_t)engine->regex_count++;
    rule_regex_init(&engine->regexes[engine->atoms[number].regex], atom->pattern, atom->flags);
    engine->atoms[number].way = RULE_WAY_PCRE2;
    double cost = found ? witness.cost : 1;
    struct rule_run run;
    if (tree != NULL && cost > cheap_witness && rule_run_find(tree, atom->pattern, &run) &&
        run.cost < cost && run.cost <= max_run_cost) {
        put_run(b, number, &run);
        return true;
    }
    if (found && cost <= max_witness_cost) {
        return put_witness(b, number, &witness);
    }
    /* What matches an empty text matches every value: PCRE2 sees that at once. */
    return tree == NULL || tree->min_bytes == 0 || put_automaton(b, number);
}

static bool put_glob(struct builder *b, uint32_t number)
{
    const struct rule_atom *atom = &b->engine->program->atoms[number];
    struct rule_engine_atom *compiled = &b->engine->atoms[number];
    struct rule_table_key key = {.atom = number};
    struct rule_witness witness;
    if (rule_table_fits(atom->pattern, &key)) {
        struct draft *draft = draft_of(b, compiled->field, atom->view, false);
        mem_grow(&draft->keys, &draft->key_room, draft->key_count + 1, sizeof *draft->keys);
        draft->keys[draft->key_count++] = key;
        compiled->way = RULE_WAY_TABLE;
        compiled->is_exact = true;
        compiled->cost = cost_table;
        return true;
    }
    return !rule_witness_find(atom, NULL, false, b->scratch, &witness) ||
           put_witness(b, number, &witness);
}

static bool put_atom(struct builder *b, uint32_t number)
{
    struct rule_engine *engine = b->engine;
    const struct rule_atom *atom = &engine->program->atoms[number];
    struct rule_engine_atom *compiled = &engine->atoms[number];
    struct rule_witness witness;
    *compiled = (struct rule_engine_atom){
        .way = RULE_WAY_DEMAND,
        .field = (uint8_t)rule_field_of(engine->program->fields[atom->field]),
        .view = (uint8_t)atom->view,
        .regex = RULE_NO_REGEX,
    };
    if (compiled->field == RULE_FIELD_UNKNOWN) {
        return true; /* it has no value */
    }
    engine->needs[compiled->field] |= 1U << atom->view;
    switch (atom->op) {
    case RULE_GLOB:
        return put_glob(b, number);
    case RULE_WORDS:
        return !rule_witness_find(atom, NULL, false, b->scratch, &witness) ||
               put_witness(b, number, &witness);
    case RULE_REGEX:
        return put_regex(b, number);
    case RULE_EXISTS:
    case RULE_NULL:
    case RULE_COMPARE:
    case RULE_CIDR:
    case RULE_FIELDREF:
        break;
    }
    return true;
}

/* Of a literal that all its users ask for as a word, only such places count. */
static void build_literals(struct rule_scan *scan, const struct draft *draft)
{
    struct rule_literal *literals = mem_zero(draft->text_count, sizeof *literals);
    for (size_t i = 0; i < draft->text_count; i++) {
        literals[i] = (struct rule_literal){draft->texts[i], true, true};
    }
    for (size_t i = 0; i < draft->user_count; i++) {
        struct rule_literal *literal = &literals[draft->users[i].literal];
        unsigned beside = draft->users[i].user.beside;
        literal->starts_word &= (beside & RULE_BEFORE_NO_WORD) != 0;
        literal->ends_word &= (beside & RULE_AFTER_NO_WORD) != 0;
    }
    scan->literals = rule_literals_build(literals, draft->text_count);
    free(literals);
}

static void finish_literals(struct rule_scan *scan, const struct draft *draft)
{
    scan->literal_count = draft->text_count;
    scan->user_count = draft->user_count;
    scan->literal_users = mem_zero(scan->literal_count, sizeof *scan->literal_users);
    scan->users = mem_zero(scan->user_count, sizeof *scan->users);
    for (size_t i = 0; i < draft->user_count; i++) {
        scan->literal_users[draft->users[i].literal].count++;
    }
    for (size_t i = 0, first = 0; i < scan->literal_count; i++) {
        struct rule_literal_users *users = &scan->literal_users[i];
        users->first = (uint32_t)first;
        users->literal_len = (uint32_t)draft->texts[i].len;
        first += users->count;
        users->count = 0;
    }
    for (size_t i = 0; i < draft->user_count; i++) {
        struct rule_literal_users *users = &scan->literal_users[draft->users[i].literal];
        scan->users[users->first + users->count++] = draft->users[i].user;
    }
    build_literals(scan, draft);
}

/*
 * Automata for the regexes: half of them each time there are too many states, a single one ever
 * rougher. What is still too much goes to PCRE2.
 */
static void build_automata(struct rule_engine *engine, struct rule_scan *scan, size_t *room,
                           const struct rule_automaton_regex *regexes, size_t count)
{
    struct rule_automaton *automaton = NULL;
    int roughest = count == 1 ? RULE_AUTOMATON_ROUGHEST : 0;
    for (int rough = 0; automaton == NULL && rough <= roughest; rough++) {
        automaton = rule_automaton_build(regexes, count, rough);
    }
    if (automaton != NULL) {
        mem_grow(&scan->automata, room, scan->automaton_count + 1, sizeof(*scan->automata));
        scan->automata[scan->automaton_count++] = automaton;
    } else if (count == 1) {
        engine->atoms[regexes->atom].way = RULE_WAY_PCRE2;
    } else {
        build_automata(engine, scan, room, regexes, count / 2);
        build_automata(engine, scan, room, regexes + count / 2, count - count / 2);
    }
}

static void finish_automata(struct rule_engine *engine, struct rule_scan *scan,
                            const struct draft *draft)
{
    size_t room = 0;
    for (size_t i = 0; i < draft->regex_count; i += RULE_AUTOMATON_REGEXES) {
        size_t left = draft->regex_count - i;
        build_automata(engine, scan, &room, &draft->regexes[i],
                       left < RULE_AUTOMATON_REGEXES ? left : RULE_AUTOMATON_REGEXES);
    }
}

static void finish(struct builder *b)
{
    struct rule_engine *engine = b->engine;
    for (size_t i = 0; i < engine->scan_count; i++) {
        struct rule_scan *scan = &engine->scans[i];
        struct draft *draft = &b->drafts[i];
        assert(b->drafts != NULL);
        if (draft->text_count > 0) {
            finish_literals(scan, draft);
        }
        if (draft->key_count > 0) {
            scan->table = rule_table_build(draft->keys, draft->key_count);
        }
        if (draft->run_count > 0) {
            scan->runs = rule_runs_build(draft->runs, draft->run_count);
            scan->run_users = draft->run_users;
            scan->run_count = draft->run_count;
            draft->run_users = NULL;
        }
        finish_automata(engine, scan, draft);
    }
}

static size_t count_regexes(const struct rule_program *program)
{
    size_t count = 0;
    for (size_t i = 0; i < program->atom_count; i++) {
        count += program->atoms[i].op == RULE_REGEX;
    }
    return count;
}

bool rule_scans_build(struct rule_engine *engine, struct err *err)
{
    const struct rule_program *program = engine->program;
    struct builder b = {.engine = engine,
                        .runner = rule_regex_runner_new(),
                        .scratch = arena_new(MAX_SCRATCH),
                        .trees = arena_new(MAX_TREES)};
    size_t regexes = count_regexes(program);
    engine->atoms = mem_zero(program->atom_count, sizeof *engine->atoms);
    engine->regexes = mem_zero(regexes, sizeof *engine->regexes);
    engine->faults = mem_zero(regexes + 1, sizeof *engine->faults);
    bool done = true;
    for (size_t i = 0; done && i < program->atom_count; i++) {
        done = put_atom(&b, (uint32_t)i) || err_set(err, "the rules are too large");
    }
    if (done) {
        finish(&b);
    }
    for (size_t i = 0; i < engine->scan_count; i++) {
        fini_draft(&b.drafts[i]);
    }
    free(b.drafts);
    arena_free(b.scratch);
    arena_free(b.trees);
    rule_regex_runner_free(b.runner);
    return done;
}
