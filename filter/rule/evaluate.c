/*
 * Conditions in three values (Kleene): an atom whose regex ran into a limit is neither true nor
 * false, and a rule that hangs on it does not match.
 */
#include "filter/base/err.h"
#include "filter/rule/cidr.h"
#include "filter/rule/glob.h"
#include "filter/rule/worker.h"

static bool is_boundary(struct str text, size_t at)
{
    return at >= text.len || ((unsigned char)text.at[at] & 0xc0) != 0x80;
}

/* Runs the atom's regex; a limit reached is counted, here and on the rules that use it. */
static enum rule_answer run_regex(struct rule_matcher *matcher, uint32_t atom, struct str text,
                                  size_t from, size_t to, struct text_span *span)
{
    uint32_t regex = matcher->engine->atoms[atom].regex;
    enum rule_answer answer =
        rule_regex_find(&matcher->engine->regexes[regex], matcher->runner, text, from, to, span);
    if (answer == RULE_UNKNOWN) {
        atomic_fetch_add(&matcher->engine->faults[regex], 1);
        atomic_fetch_add(&matcher->engine->faults[matcher->engine->regex_count], 1);
        matcher->faults++;
    }
    return answer;
}

/* Few rules ask about addresses, and few posts hold one, so the range is read each time. */
static bool is_in_range(struct str pattern, struct str text)
{
    struct rule_cidr range;
    struct err err = ERR_NONE;
    return rule_cidr_parse(pattern, &range, &err) && rule_cidr_contains(&range, text);
}

enum rule_answer rule_atom_find(struct rule_matcher *matcher, uint32_t atom,
                                const struct rule_value *value, struct text_span *span)
{
    const struct rule_atom *source = &matcher->engine->program->atoms[atom];
    struct str text = value->views[source->view].text;
    bool found = false;
    switch (source->op) {
    case RULE_GLOB:
        found = rule_glob_find(source->pattern, text, span);
        break;
    case RULE_WORDS:
        found = rule_words_find(matcher->runner, source->pattern, text, 0, span);
        break;
    case RULE_REGEX:
        return run_regex(matcher, atom, text, 0, text.len, span);
    case RULE_EXISTS:
        *span = (struct text_span){.start = 0};
        found = str_is(source->pattern, "true");
        break;
    case RULE_CIDR:
        *span = (struct text_span){.start = 0, .end = text.len};
        found = is_in_range(source->pattern, text);
        break;
    case RULE_NULL: /* of events: rule_engine_build refuses them */
    case RULE_COMPARE:
    case RULE_FIELDREF:
        break;
    }
    return found ? RULE_YES : RULE_NO;
}

/* Whether the atom is true of any value of its field. */
static enum rule_answer find_in_field(struct rule_matcher *matcher, uint32_t atom)
{
    enum rule_field field = matcher->engine->atoms[atom].field;
    size_t count = rule_values_count(&matcher->values, field);
    enum rule_answer answer = RULE_NO;
    for (size_t i = 0; i < count; i++) {
        const struct rule_value *value = rule_values_at(&matcher->values, field, i);
        struct text_span span;
        enum rule_answer one =
            value != NULL ? rule_atom_find(matcher, atom, value, &span) : RULE_NO;
        if (one == RULE_YES) {
            return RULE_YES;
        }
        answer = one == RULE_UNKNOWN ? RULE_UNKNOWN : answer;
    }
    return answer;
}

static bool has_value(struct rule_matcher *matcher, enum rule_field field)
{
    size_t count = rule_values_count(&matcher->values, field);
    for (size_t i = 0; i < count; i++) {
        if (rule_values_at(&matcher->values, field, i) != NULL) {
            return true;
        }
    }
    return false;
}

static enum rule_answer on_demand(struct rule_matcher *matcher, uint32_t atom)
{
    const struct rule_atom *source = &matcher->engine->program->atoms[atom];
    if (source->op != RULE_EXISTS) {
        return find_in_field(matcher, atom);
    }
    bool exists = has_value(matcher, matcher->engine->atoms[atom].field);
    return exists == str_is(source->pattern, "true") ? RULE_YES : RULE_NO;
}

/* Starts of a match, both ends included. */
struct starts {
    const struct rule_value *value;
    size_t from, to;
};

/* Where the regex may start, as its witness says; false if that is nowhere. */
static bool starts_of(const struct rule_place *place, struct str text, struct starts *starts)
{
    *starts = (struct starts){.value = place->value, .to = text.len};
    if (place->at == RULE_NO_HIT || place->lead_max == RULE_NO_HIT) {
        return true;
    }
    if (place->at < place->lead_min) {
        return false;
    }
    starts->to = place->at - place->lead_min;
    starts->from = place->at > place->lead_max ? place->at - place->lead_max : 0;
    return true;
}

/* Only those where a character starts; false if there is none. */
static bool keep_boundaries(struct starts *starts, struct str text)
{
    while (!is_boundary(text, starts->from)) {
        starts->from++;
    }
    while (starts->to > 0 && !is_boundary(text, starts->to)) {
        starts->to--;
    }
    return starts->from <= starts->to;
}

/*
 * Leaves of `starts` what has not been tried, as far as that is one piece; false if that is
 * nothing. Then all of it has been tried.
 */
static bool take_untried(struct starts *starts, struct starts *tried)
{
    if (tried->value != starts->value || starts->from > tried->to || starts->to < tried->from) {
        *tried = *starts;
        return true;
    }
    if (starts->from >= tried->from) {
        starts->from = tried->to + 1;
        tried->to = starts->to > tried->to ? starts->to : tried->to;
        return starts->from <= starts->to;
    }
    if (starts->to <= tried->to) {
        starts->to = tried->from - 1;
        tried->from = starts->from;
        return true;
    }
    *tried = *starts;
    return true;
}

/* Confirms a nominated atom at its places, or in all values if there are too many. */
static enum rule_answer confirm(struct rule_matcher *matcher, uint32_t atom,
                                const struct rule_atom_state *state)
{
    const struct rule_engine_atom *compiled = &matcher->engine->atoms[atom];
    enum rule_answer answer = RULE_NO;
    struct starts starts, tried = {.value = NULL};
    struct text_span span;
    if (compiled->regex == RULE_NO_REGEX || state->place_count > RULE_HITS_KEPT) {
        return find_in_field(matcher, atom);
    }
    for (uint32_t i = state->first_place; i != RULE_NO_HIT; i = matcher->places[i].next) {
        const struct rule_place *place = &matcher->places[i];
        struct str text = place->value->views[compiled->view].text;
        if (!starts_of(place, text, &starts) || !take_untried(&starts, &tried) ||
            !keep_boundaries(&starts, text)) {
            continue;
        }
        enum rule_answer one = run_regex(matcher, atom, text, starts.from, starts.to, &span);
        if (one == RULE_YES) {
            return RULE_YES;
        }
        answer = one == RULE_UNKNOWN ? RULE_UNKNOWN : answer;
    }
    return answer;
}

static enum rule_answer atom_answer(struct rule_matcher *matcher, uint32_t atom)
{
    const struct rule_engine_atom *compiled = &matcher->engine->atoms[atom];
    struct rule_atom_state *state = &matcher->atoms[atom];
    bool known = state->epoch == matcher->epoch;
    if (known && !state->is_open) {
        return state->answer;
    }
    enum rule_answer answer = RULE_NO;
    switch ((enum rule_way)compiled->way) {
    case RULE_WAY_TABLE:
        return RULE_NO;
    case RULE_WAY_LITERAL:
    case RULE_WAY_RUN:
    case RULE_WAY_AUTOMATON:
        if (!known) {
            return RULE_NO; /* its witness is not there */
        }
        answer = confirm(matcher, atom, state);
        break;
    case RULE_WAY_PCRE2:
        answer = find_in_field(matcher, atom);
        break;
    case RULE_WAY_DEMAND:
    case RULE_WAYS:
        answer = on_demand(matcher, atom);
        break;
    }
    state->epoch = matcher->epoch;
    state->answer = (uint8_t)answer;
    state->is_open = false;
    state->found_in = RULE_FOUND_NOWHERE; /* it may be of another post, or engine */
    return answer;
}

static enum rule_answer negated(enum rule_answer answer)
{
    return answer == RULE_UNKNOWN ? answer : answer == RULE_YES ? RULE_NO : RULE_YES;
}

static enum rule_answer node_answer(struct rule_matcher *matcher, uint32_t index)
{
    struct rule_node_state *state = &matcher->nodes[index];
    if (state->epoch == matcher->epoch) {
        return state->answer;
    }
    const struct rule_engine_node *node = &matcher->engine->nodes[index];
    const rule_ref *children = &matcher->engine->children[node->first];
    enum rule_answer decides = node->is_or ? RULE_YES : RULE_NO;
    enum rule_answer answer = negated(decides);
    for (uint32_t i = 0; i < node->count; i++) {
        enum rule_answer one = rule_evaluate(matcher, children[i]);
        if (one == decides) {
            answer = decides;
            break;
        }
        answer = one == RULE_UNKNOWN ? RULE_UNKNOWN : answer;
    }
    state->epoch = matcher->epoch;
    state->answer = (uint8_t)answer;
    return answer;
}

enum rule_answer rule_evaluate(struct rule_matcher *matcher, rule_ref ref)
{
    uint32_t index = RULE_REF_INDEX(ref);
    enum rule_answer answer =
        (ref & RULE_REF_ATOM) != 0 ? atom_answer(matcher, index) : node_answer(matcher, index);
    return (ref & RULE_REF_NOT) != 0 ? negated(answer) : answer;
}
