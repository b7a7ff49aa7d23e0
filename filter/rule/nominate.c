/* Runs the scans over a post's values, and notes which atoms may be true of it. */
#include "filter/base/mem.h"
#include "filter/rule/find.h"
#include "filter/rule/worker.h"

/* One scan of one value. */
struct pass {
    struct rule_matcher *matcher;
    const struct rule_scan *scan;
    const struct rule_value *value;
    struct str text; /* the view */
    bool in_title;
};

/* The state of an atom that is nominated now, begun if that is the first time in this post. */
static struct rule_atom_state *nominate(struct rule_matcher *matcher, uint32_t atom)
{
    struct rule_atom_state *state = &matcher->atoms[atom];
    if (state->epoch != matcher->epoch) {
        const uint32_t *triggers = &matcher->engine->triggers.first[atom];
        *state = (struct rule_atom_state){.epoch = matcher->epoch,
                                          .answer = RULE_NO,
                                          .is_open = true,
                                          .first_place = RULE_NO_HIT};
        if (triggers[0] != triggers[1]) {
            matcher->nominated[matcher->nominated_count++] = atom;
        }
    }
    return state;
}

static void set_true(struct rule_matcher *matcher, uint32_t atom)
{
    struct rule_atom_state *state = nominate(matcher, atom);
    state->answer = RULE_YES;
    state->is_open = false;
}

/* As set_true; of the hits in a value the first is kept. */
static void set_found(const struct pass *pass, uint32_t atom, size_t start, size_t end)
{
    struct rule_atom_state *state = nominate(pass->matcher, atom);
    uint8_t found_in = pass->in_title                         ? RULE_FOUND_IN_TITLE
                       : pass->scan->field == RULE_FIELD_TEXT ? RULE_FOUND_IN_TEXT
                                                              : RULE_FOUND_NOWHERE;
    bool is_first = state->answer != RULE_YES;
    state->answer = RULE_YES;
    state->is_open = false;
    if (is_first || (state->found_in == found_in && start < state->start)) {
        state->found_in = found_in;
        state->start = (uint32_t)start;
        state->end = (uint32_t)end;
    }
}

/* Notes a place to confirm; beyond RULE_HITS_KEPT only that there are more. */
static void put_place(struct rule_matcher *matcher, uint32_t atom, const struct rule_place *place)
{
    struct rule_atom_state *state = nominate(matcher, atom);
    if (!state->is_open || state->place_count > RULE_HITS_KEPT) {
        return;
    }
    if (++state->place_count > RULE_HITS_KEPT) {
        return;
    }
    uint32_t number = (uint32_t)matcher->place_count;
    mem_grow(&matcher->places, &matcher->place_room, number + 1U, sizeof *matcher->places);
    matcher->places[matcher->place_count++] = *place;
    matcher->places[number].next = RULE_NO_HIT;
    if (state->first_place == RULE_NO_HIT) {
        state->first_place = number;
    } else {
        matcher->places[state->last_place].next = number;
    }
    state->last_place = number;
}

static bool stands(struct rule_matcher *matcher, struct str text, size_t start, size_t end,
                   unsigned beside)
{
    if ((beside & (RULE_BEFORE_NO_WORD | RULE_BEFORE_WORD)) != 0 &&
        rule_word_before(matcher->runner, text, start) != ((beside & RULE_BEFORE_WORD) != 0)) {
        return false;
    }
    return (beside & (RULE_AFTER_NO_WORD | RULE_AFTER_WORD)) == 0 ||
           rule_word_at(matcher->runner, text, end) == ((beside & RULE_AFTER_WORD) != 0);
}

/*
 * Whether what must stand in the value too is there. Looking is cheaper than PCRE2, whose code is
 * rarely near; but nobody looks for ever.
 */
static bool has_also(struct pass *pass, const struct rule_user *user, size_t at, size_t end)
{
    struct rule_atom_state *state = &pass->matcher->atoms[user->atom];
    struct str part =
        user->also_behind ? str_part(pass->text, end, pass->text.len) : str_part(pass->text, 0, at);
    if (state->looks_epoch != (uint16_t)pass->matcher->epoch) {
        state->looks_epoch = (uint16_t)pass->matcher->epoch;
        state->looks = 0;
    }
    return state->looks == RULE_LOOKS ||
           (state->looks++,
            rule_find(part, (struct str){.at = user->also, .len = user->also_len}) != NULL);
}

static void use_literal(struct pass *pass, const struct rule_user *user, size_t at, size_t end)
{
    struct rule_matcher *matcher = pass->matcher;
    if (user->title_only && !pass->in_title) {
        return;
    }
    if (!user->is_exact) {
        if (user->also != NULL && !has_also(pass, user, at, end)) {
            return;
        }
        put_place(matcher, user->atom,
                  &(struct rule_place){.value = pass->value,
                                       .at = (uint32_t)at,
                                       .lead_min = user->lead_min,
                                       .lead_max = user->lead_max});
    } else if (user->beside != 0 && !stands(matcher, pass->text, at, end, user->beside)) {
        return;
    } else if (user->is_span) {
        set_found(pass, user->atom, at, end);
    } else {
        set_true(matcher, user->atom);
    }
}

/* In steps over all hits, so that the memory of the next is on its way meanwhile. */
static void found_literals(void *context, const struct rule_literal_hit *hits, size_t count)
{
    struct pass *pass = context;
    const struct rule_scan *scan = pass->scan;
    for (size_t i = 0; i < count; i++) {
        __builtin_prefetch(&scan->literal_users[hits[i].literal]);
    }
    for (size_t i = 0; i < count; i++) {
        __builtin_prefetch(&scan->users[scan->literal_users[hits[i].literal].first]);
    }
    for (size_t i = 0; i < count; i++) {
        const struct rule_user *user = &scan->users[scan->literal_users[hits[i].literal].first];
        __builtin_prefetch(&pass->matcher->atoms[user->atom], 1);
        __builtin_prefetch(&pass->matcher->engine->triggers.first[user->atom]);
    }
    for (size_t i = 0; i < count; i++) {
        const struct rule_literal_users *users = &scan->literal_users[hits[i].literal];
        for (uint32_t k = 0; k < users->count; k++) {
            use_literal(pass, &scan->users[users->first + k], hits[i].at,
                        hits[i].at + users->literal_len);
        }
    }
}

static bool is_in_field(const struct pass *pass, uint32_t atom)
{
    return pass->in_title || pass->matcher->engine->atoms[atom].field != RULE_FIELD_TITLE;
}

static void found_key(void *context, uint32_t atom)
{
    const struct pass *pass = context;
    if (is_in_field(pass, atom)) {
        set_true(pass->matcher, atom);
    }
}

static void found_regex(void *context, uint32_t atom)
{
    const struct pass *pass = context;
    if (is_in_field(pass, atom)) {
        put_place(
            pass->matcher, atom,
            &(struct rule_place){.value = pass->value, .at = RULE_NO_HIT, .lead_max = RULE_NO_HIT});
    }
}

static void found_run(void *context, uint32_t run, size_t at)
{
    const struct pass *pass = context;
    const struct rule_run_user *user = &pass->scan->run_users[run];
    if (is_in_field(pass, user->atom)) {
        put_place(pass->matcher, user->atom,
                  &(struct rule_place){.value = pass->value,
                                       .at = (uint32_t)at,
                                       .lead_min = user->lead_min,
                                       .lead_max = user->lead_max});
    }
}

static struct str lower(struct rule_matcher *matcher, struct str text)
{
    mem_grow(&matcher->lowered, &matcher->lowered_room, text.len + 1, 1);
    for (size_t i = 0; i < text.len; i++) {
        char c = text.at[i];
        matcher->lowered[i] = (char)(c >= 'A' && c <= 'Z' ? c | 0x20 : c);
    }
    return (struct str){.at = matcher->lowered, .len = text.len};
}

static void scan_value(struct pass *pass)
{
    const struct rule_scan *scan = pass->scan;
    if ((pass->value->made >> scan->view & 1) == 0) {
        return; /* a text, of which rules read only the title so */
    }
    pass->text = pass->value->views[scan->view].text;
    if (scan->literals != NULL) {
        struct str text = scan->caseless ? lower(pass->matcher, pass->text) : pass->text;
        rule_literals_scan(scan->literals, text, found_literals, pass);
    }
    if (scan->table != NULL) {
        rule_table_look(scan->table, pass->text, found_key, pass);
    }
    if (scan->runs != NULL) {
        rule_runs_scan(scan->runs, pass->text, found_run, pass);
    }
    rule_automata_scan(scan->automata, scan->automaton_count, pass->text, found_regex, pass);
}

void rule_nominate(struct rule_matcher *matcher)
{
    const struct rule_engine *engine = matcher->engine;
    for (size_t i = 0; i < engine->scan_count; i++) {
        struct pass pass = {.matcher = matcher, .scan = &engine->scans[i]};
        size_t count = rule_values_count(&matcher->values, pass.scan->field);
        for (size_t v = 0; v < count; v++) {
            pass.value = rule_values_at(&matcher->values, pass.scan->field, v);
            pass.in_title = pass.scan->field == RULE_FIELD_TEXT && v == 0;
            if (pass.value != NULL) {
                scan_value(&pass);
            }
        }
    }
}
