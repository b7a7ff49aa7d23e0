/* What people see of a match: the places of the atoms that made it. */
#include "filter/base/mem.h"
#include "filter/rule/sort.h"
#include "filter/rule/worker.h"

static void put_span(struct rule_matcher *matcher, const char *field, struct str original,
                     struct text_span span)
{
    if (span.start >= span.end) {
        return; /* a regex may match nothing, and there is nothing to show */
    }
    mem_grow(&matcher->spans, &matcher->span_room, matcher->span_count + 1, sizeof *matcher->spans);
    matcher->spans[matcher->span_count++] =
        (struct rule_span){.field = field, .span = span, .text = original};
}

/* The whole of the link, as its parts can't be told apart in the original. */
static void put_link(struct rule_matcher *matcher, const struct text_link *link)
{
    const struct post *post = matcher->values.post;
    if (link->in_mark_up) {
        put_span(matcher, "link", link->original, link->span);
    } else {
        put_span(matcher, post_field_name(link->field), post->fields[link->field], link->span);
    }
}

/* Where the atom stands in the value: as the scan has seen, or looked for now. */
static bool find(struct rule_matcher *matcher, uint32_t atom, const struct rule_value *value,
                 struct text_span *span)
{
    const struct rule_atom_state *state = &matcher->atoms[atom];
    const struct rule_value *own = matcher->values.own;
    if ((state->found_in == RULE_FOUND_IN_TITLE && value == &own[RULE_FIELD_TITLE]) ||
        (state->found_in == RULE_FOUND_IN_TEXT && value == &own[RULE_FIELD_TEXT])) {
        *span = (struct text_span){.start = state->start, .end = state->end};
        return true;
    }
    return rule_atom_find(matcher, atom, value, span) == RULE_YES;
}

static void put_atom(struct rule_matcher *matcher, uint32_t atom)
{
    const struct rule_engine_atom *compiled = &matcher->engine->atoms[atom];
    const struct rule_values *values = &matcher->values;
    enum rule_field field = compiled->field;
    bool is_link = field >= RULE_FIELD_URL && field < RULE_FIELD_UNKNOWN;
    bool exists = matcher->engine->program->atoms[atom].op == RULE_EXISTS;
    if (!is_link && (exists || (field != RULE_FIELD_TITLE && field != RULE_FIELD_TEXT))) {
        return; /* an author above all: matched, never shown (limit 5) */
    }
    size_t count = rule_values_count(values, field);
    for (size_t i = 0; i < count; i++) {
        const struct rule_value *value = rule_values_at(values, field, i);
        struct text_span span;
        if (value == NULL || !find(matcher, atom, value, &span)) {
            continue;
        }
        if (is_link) {
            put_link(matcher, &values->found[i]);
            continue;
        }
        enum post_field shown = value == &values->own[RULE_FIELD_TITLE] ? POST_TITLE : POST_TEXT;
        span = text_view_origin(&value->views[compiled->view], span.start, span.end);
        put_span(matcher, post_field_name(shown), value->raw, span);
    }
}

/*
 * The atoms that are true and count as such: not behind a `not`, or behind two. What is missing
 * has no place to show.
 */
static void collect(struct rule_matcher *matcher, rule_ref ref, bool negated)
{
    uint32_t index = RULE_REF_INDEX(ref);
    negated = negated != ((ref & RULE_REF_NOT) != 0);
    if (rule_evaluate(matcher, ref & ~RULE_REF_NOT) != (negated ? RULE_NO : RULE_YES)) {
        return;
    }
    if ((ref & RULE_REF_ATOM) != 0) {
        if (!negated) {
            put_atom(matcher, index);
        }
        return;
    }
    const struct rule_engine_node *node = &matcher->engine->nodes[index];
    for (uint32_t i = 0; i < node->count; i++) {
        collect(matcher, matcher->engine->children[node->first + i], negated);
    }
}

/* Title, text, then links in the order of the post. */
static int compare_places(const struct rule_span *a, const struct rule_span *b)
{
    const char *const order[] = {post_field_name(POST_TITLE), post_field_name(POST_TEXT)};
    int x = 2, y = 2;
    for (int i = 0; i < 2; i++) {
        x = a->field == order[i] ? i : x;
        y = b->field == order[i] ? i : y;
    }
    return x != y ? x - y : (a->text.at > b->text.at) - (a->text.at < b->text.at);
}

static int compare_spans(const void *a, const void *b)
{
    const struct rule_span *x = a, *y = b;
    int place = compare_places(x, y);
    return place != 0 ? place
           : x->span.start != y->span.start
               ? (x->span.start > y->span.start) - (x->span.start < y->span.start)
               : (x->span.end > y->span.end) - (x->span.end < y->span.end);
}

/* Spans that overlap or touch become one. Until then a span's text is all of its original. */
static size_t merge(struct rule_span *spans, size_t count)
{
    size_t kept = 0;
    for (size_t i = 0; i < count; i++) {
        struct rule_span *last = kept > 0 ? &spans[kept - 1] : NULL;
        if (last != NULL && compare_places(last, &spans[i]) == 0 &&
            spans[i].span.start <= last->span.end) {
            last->span.end =
                spans[i].span.end > last->span.end ? spans[i].span.end : last->span.end;
        } else {
            spans[kept++] = spans[i];
        }
    }
    for (size_t i = 0; i < kept; i++) {
        spans[i].text = str_part(spans[i].text, spans[i].span.start, spans[i].span.end);
    }
    return kept;
}

void rule_put_spans(struct rule_matcher *matcher, rule_ref ref, struct rule_matched *matched)
{
    size_t first = matcher->span_count;
    collect(matcher, ref, false);
    size_t count = matcher->span_count - first;
    if (count > 0) {
        rule_sort(&matcher->spans[first], count, sizeof *matcher->spans, compare_spans);
        count = merge(&matcher->spans[first], count);
    }
    matcher->span_count = first + count;
    matched->first_span = (uint32_t)first;
    matched->span_count = (uint32_t)count;
}
