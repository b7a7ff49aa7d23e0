#include "tests/filter/rule/naive.h"

#define PCRE2_CODE_UNIT_WIDTH 8
#include <arpa/inet.h>
#include <pcre2.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "filter/base/err.h"
#include "filter/base/mem.h"
#include "filter/rule/rule.h"
#include "filter/text/link.h"

enum answer { NO, YES, UNSURE };

struct value {
    struct str raw;
    struct text_view views[TEXT_VIEW_KINDS];
    struct text_fold *fold;
    const char *shown; /* the field of its spans, NULL: none */
    const struct text_link *link;
};

enum { STEPS = 1000000, MAX_VALUES = 5 + 4 * POST_MAX_LINKS };

struct naive {
    const struct rule_program *program;
    pcre2_code **codes; /* per atom; NULL: compared by bytes, or not yet compiled */
    enum answer *answers;
    pcre2_match_data *data;
    pcre2_match_context *context; /* with a limit: generated regexes may explode */
    struct text_links *links;
    struct value values[MAX_VALUES];
    const char *names[MAX_VALUES]; /* of their fields */
    size_t value_count;
    const struct post *post;
    bool *unsure;
    struct rule_hit *hits;
    struct rule_span *spans;
    size_t span_count, span_room;
};

struct naive *naive_new(const struct rule_program *program)
{
    struct naive *naive = mem_zero(1, sizeof *naive);
    naive->program = program;
    naive->codes = mem_zero(program->atom_count, sizeof(*naive->codes));
    naive->answers = mem_zero(program->atom_count, sizeof *naive->answers);
    naive->unsure = mem_zero(program->rule_count, sizeof *naive->unsure);
    naive->hits = mem_zero(program->rule_count, sizeof *naive->hits);
    naive->data = pcre2_match_data_create(1, NULL);
    naive->context = pcre2_match_context_create(NULL);
    pcre2_set_match_limit(naive->context, STEPS);
    naive->links = text_links_new();
    return naive;
}

void naive_free(struct naive *naive)
{
    for (size_t i = 0; i < naive->program->atom_count; i++) {
        pcre2_code_free(naive->codes[i]);
    }
    for (size_t i = 0; i < MAX_VALUES; i++) {
        text_fold_free(naive->values[i].fold);
    }
    pcre2_match_data_free(naive->data);
    pcre2_match_context_free(naive->context);
    text_links_free(naive->links);
    free((void *)naive->codes);
    free(naive->answers);
    free(naive->unsure);
    free(naive->hits);
    free(naive->spans);
    free(naive);
}

static void put_value(struct naive *naive, const char *name, struct str raw, const char *shown,
                      const struct text_link *link)
{
    struct err err = ERR_NONE;
    if (raw.len == 0) {
        return;
    }
    struct value *value = &naive->values[naive->value_count];
    naive->names[naive->value_count++] = name;
    if (value->fold == NULL) {
        value->fold = text_fold_new(POST_MAX_BYTES);
    }
    text_fold_start(value->fold);
    value->raw = raw;
    value->shown = shown;
    value->link = link;
    for (enum text_view_kind kind = 0; kind < TEXT_VIEW_KINDS; kind++) {
        if (!text_fold_view(value->fold, kind, raw, &value->views[kind], &err)) {
            abort();
        }
    }
}

static void read_post(struct naive *naive, const struct post *post)
{
    const struct text_link *links;
    size_t link_count = text_links_find(naive->links, post, &links);
    naive->post = post;
    naive->value_count = 0;
    put_value(naive, "title", post->fields[POST_TITLE], "title", NULL);
    put_value(naive, "text", post->fields[POST_TEXT], "text", NULL);
    put_value(naive, "author_name", post->fields[POST_AUTHOR_NAME], NULL, NULL);
    put_value(naive, "lang", post->lang, NULL, NULL);
    put_value(naive, "source", post->source, NULL, NULL);
    for (size_t i = 0; i < link_count; i++) {
        put_value(naive, "link.url", links[i].url, NULL, &links[i]);
        put_value(naive, "link.host", links[i].host, NULL, &links[i]);
        put_value(naive, "link.domain", links[i].domain, NULL, &links[i]);
        put_value(naive, "link.path", links[i].path, NULL, &links[i]);
    }
}

static bool is_of_field(const struct naive *naive, size_t value, struct str field)
{
    return str_is(field, naive->names[value]) ||
           (str_is(field, "text") && str_is(str_of(naive->names[value]), "title"));
}

static pcre2_code *compile(struct str pattern, uint32_t options)
{
    int error;
    PCRE2_SIZE at;
    /* PCRE2 10.42's idea of how a match starts is wrong for (?=a){0}\b, and then it finds none. */
    options |= PCRE2_UTF | PCRE2_UCP | PCRE2_NO_START_OPTIMIZE;
    pcre2_code *code =
        pcre2_compile((PCRE2_SPTR)pattern.at, pattern.len, options, &error, &at, NULL);
    if (code == NULL) {
        abort(); /* tests give patterns that compile */
    }
    /* Its JIT, as the engine's: it and the interpreter disagree on (?!a)? and the like. */
    (void)pcre2_jit_compile(code, PCRE2_JIT_COMPLETE);
    return code;
}

static void put_quoted(struct buf *out, struct str literal)
{
    for (size_t i = 0; i < literal.len; i++) {
        unsigned char c = (unsigned char)literal.at[i];
        if (c >= 0x80) {
            buf_put_char(out, (char)c);
        } else {
            buf_printf(out, "\\x%02x", c);
        }
    }
}

static bool is_word_char(const struct naive *naive, struct str text)
{
    pcre2_code *code = compile(STR("\\A\\w"), 0);
    bool is = pcre2_match(code, (PCRE2_SPTR)text.at, text.len, 0, 0, naive->data, NULL) > 0;
    pcre2_code_free(code);
    return is;
}

static struct str last_char(struct str text)
{
    size_t at = text.len;
    do {
        at--;
    } while (at > 0 && ((unsigned char)text.at[at] & 0xc0) == 0x80);
    return str_part(text, at, text.len);
}

static void put_words(const struct naive *naive, struct str words, struct buf *out)
{
    buf_put_string(out, is_word_char(naive, words) ? "(?<!\\w)" : "");
    put_quoted(out, words);
    buf_put_string(out, is_word_char(naive, last_char(words)) ? "(?!\\w)" : "");
}

/* Without the wildcards at its ends, so that what matches is what they leave over. */
static void put_glob(struct str glob, struct buf *out)
{
    size_t front = 0, back = glob.len;
    while (front < glob.len && glob.at[front] == RULE_ANY_RUN) {
        front++;
    }
    while (back > front && glob.at[back - 1] == RULE_ANY_RUN) {
        back--;
    }
    buf_put_string(out, front == 0 ? "\\A" : "");
    for (size_t i = front; i < back; i++) {
        if (glob.at[i] == RULE_ANY_RUN) {
            buf_put_string(out, ".*?");
        } else if (glob.at[i] == RULE_ANY_ONE) {
            buf_put_char(out, '.');
        } else {
            put_quoted(out, str_part(glob, i, i + 1));
        }
    }
    buf_put_string(out, back == glob.len ? "\\z" : "");
}

static pcre2_code *code_of(struct naive *naive, uint32_t number)
{
    const struct rule_atom *atom = &naive->program->atoms[number];
    struct buf pattern = BUF_EMPTY;
    uint32_t options = PCRE2_DOTALL;
    if (naive->codes[number] != NULL) {
        return naive->codes[number];
    }
    if (atom->op == RULE_REGEX) {
        options = ((atom->flags & RULE_REGEX_I) != 0 ? PCRE2_CASELESS : 0U) |
                  ((atom->flags & RULE_REGEX_M) != 0 ? PCRE2_MULTILINE : 0U) |
                  ((atom->flags & RULE_REGEX_S) != 0 ? PCRE2_DOTALL : 0U);
        buf_put_str(&pattern, atom->pattern);
    } else if (atom->op == RULE_WORDS) {
        put_words(naive, atom->pattern, &pattern);
    } else {
        put_glob(atom->pattern, &pattern);
    }
    buf_put_string(&pattern, "");
    naive->codes[number] = compile(buf_str(&pattern), options);
    buf_fini(&pattern);
    return naive->codes[number];
}

static bool is_plain(const struct rule_atom *atom)
{
    return atom->op == RULE_GLOB &&
           (atom->pattern.len == 0 ||
            (memchr(atom->pattern.at, RULE_ANY_RUN, atom->pattern.len) == NULL &&
             memchr(atom->pattern.at, RULE_ANY_ONE, atom->pattern.len) == NULL));
}

/* The bits of an address, as "0101…"; false if it is none. */
static bool spell_bits(const char *text, char bits[129])
{
    unsigned char octets[16];
    int family = strchr(text, ':') != NULL ? AF_INET6 : AF_INET;
    size_t count = family == AF_INET6 ? 128 : 32;
    if (inet_pton(family, text, octets) != 1) {
        return false;
    }
    for (size_t i = 0; i < count; i++) {
        bits[i] = (octets[i / 8] >> (7 - i % 8) & 1) != 0 ? '1' : '0';
    }
    bits[count] = '\0';
    return true;
}

static bool is_in_range(struct str pattern, struct str text)
{
    char range[64], address[64], range_bits[129], address_bits[129];
    bool has_brackets = text.len > 1 && text.at[0] == '[' && text.at[text.len - 1] == ']';
    text = has_brackets ? str_part(text, 1, text.len - 1) : text;
    if (text.len >= sizeof address || memchr(text.at, '\0', text.len) != NULL) {
        return false;
    }
    snprintf(range, sizeof range, "%.*s", STR_FORMAT(pattern));
    snprintf(address, sizeof address, "%.*s", STR_FORMAT(text));
    char *slash = strchr(range, '/');
    if (slash != NULL) {
        *slash++ = '\0';
    }
    if (!spell_bits(range, range_bits) || !spell_bits(address, address_bits) ||
        strlen(range_bits) != strlen(address_bits)) {
        return false;
    }
    size_t prefix = slash != NULL ? strtoul(slash, NULL, 10) : strlen(range_bits);
    return strncmp(range_bits, address_bits, prefix) == 0;
}

static enum answer find(struct naive *naive, uint32_t number, const struct value *value,
                        struct text_span *span)
{
    const struct rule_atom *atom = &naive->program->atoms[number];
    struct str text = value->views[atom->view].text;
    if (is_plain(atom)) {
        *span = (struct text_span){.start = 0, .end = text.len};
        return str_equal(text, atom->pattern) ? YES : NO;
    }
    if (atom->op == RULE_WORDS && atom->pattern.len == 0) {
        return NO;
    }
    if (atom->op == RULE_CIDR) {
        *span = (struct text_span){.start = 0, .end = text.len};
        return is_in_range(atom->pattern, text) ? YES : NO;
    }
    int result = pcre2_match(code_of(naive, number), (PCRE2_SPTR)(text.len > 0 ? text.at : ""),
                             text.len, 0, PCRE2_NO_UTF_CHECK, naive->data, naive->context);
    if (result < 0) {
        return result == PCRE2_ERROR_NOMATCH ? NO : UNSURE;
    }
    const PCRE2_SIZE *found = pcre2_get_ovector_pointer(naive->data);
    *span = (struct text_span){.start = found[0], .end = found[1]};
    return YES;
}

static enum answer find_any(struct naive *naive, uint32_t number)
{
    const struct rule_atom *atom = &naive->program->atoms[number];
    struct str field = naive->program->fields[atom->field];
    enum answer answer = NO;
    bool exists = false;
    for (size_t i = 0; i < naive->value_count; i++) {
        struct text_span span;
        if (!is_of_field(naive, i, field)) {
            continue;
        }
        exists = true;
        enum answer one =
            atom->op == RULE_EXISTS ? NO : find(naive, number, &naive->values[i], &span);
        answer = one == YES || answer == YES ? YES : one == UNSURE ? UNSURE : answer;
    }
    if (atom->op == RULE_EXISTS) {
        return exists == str_is(atom->pattern, "true") ? YES : NO;
    }
    return answer;
}

/* What a rule of this class sees of an atom: an author is read by fraud rules only. */
static enum answer atom_answer(const struct naive *naive, const struct rule *rule, uint32_t number)
{
    const struct rule_atom *atom = &naive->program->atoms[number];
    if (rule->class != RULE_FRAUD && str_is(naive->program->fields[atom->field], "author_name")) {
        return atom->op == RULE_EXISTS && str_is(atom->pattern, "false") ? YES : NO;
    }
    return naive->answers[number];
}

static enum answer evaluate(const struct naive *naive, const struct rule *rule,
                            const struct rule_node *node)
{
    bool all_yes = true, any_yes = false, any_no = false;
    if (node->kind == RULE_NODE_ATOM) {
        return atom_answer(naive, rule, node->atom);
    }
    for (size_t i = 0; i < node->child_count; i++) {
        enum answer one = evaluate(naive, rule, node->children[i]);
        all_yes = all_yes && one == YES;
        any_yes = any_yes || one == YES;
        any_no = any_no || one == NO;
        if (node->kind == RULE_NODE_NOT) {
            return one == UNSURE ? UNSURE : one == YES ? NO : YES;
        }
    }
    if (node->kind == RULE_NODE_AND) {
        return any_no ? NO : all_yes ? YES : UNSURE;
    }
    bool all_no = true;
    for (size_t i = 0; i < node->child_count; i++) {
        all_no = all_no && evaluate(naive, rule, node->children[i]) == NO;
    }
    return any_yes ? YES : all_no ? NO : UNSURE;
}

static bool has_unsure(const struct naive *naive, const struct rule_node *node)
{
    if (node->kind == RULE_NODE_ATOM) {
        return naive->answers[node->atom] == UNSURE;
    }
    for (size_t i = 0; i < node->child_count; i++) {
        if (has_unsure(naive, node->children[i])) {
            return true;
        }
    }
    return false;
}

static void put_span(struct naive *naive, size_t first, struct rule_span span)
{
    if (span.span.start >= span.span.end) {
        return;
    }
    /* Swallow what it overlaps or touches, then go where it belongs. */
    for (size_t i = first; i < naive->span_count;) {
        struct rule_span *other = &naive->spans[i];
        if (other->field == span.field && other->text.at == span.text.at &&
            other->span.start <= span.span.end && span.span.start <= other->span.end) {
            span.span.start =
                other->span.start < span.span.start ? other->span.start : span.span.start;
            span.span.end = other->span.end > span.span.end ? other->span.end : span.span.end;
            naive->span_count--;
            memmove(other, other + 1, (naive->span_count - i) * sizeof *other);
        } else {
            i++;
        }
    }
    mem_grow(&naive->spans, &naive->span_room, naive->span_count + 1, sizeof *naive->spans);
    naive->spans[naive->span_count++] = span;
}

static void put_atom_spans(struct naive *naive, size_t first, uint32_t number)
{
    const struct rule_atom *atom = &naive->program->atoms[number];
    for (size_t i = 0; i < naive->value_count; i++) {
        const struct value *value = &naive->values[i];
        struct text_span span = {.start = 0};
        if (!is_of_field(naive, i, naive->program->fields[atom->field]) ||
            (value->shown == NULL && value->link == NULL)) {
            continue;
        }
        bool found = atom->op == RULE_EXISTS ? value->link != NULL && str_is(atom->pattern, "true")
                                             : find(naive, number, value, &span) == YES;
        if (!found) {
            continue;
        }
        const struct text_link *link = value->link;
        if (link == NULL) {
            span = text_view_origin(&value->views[atom->view], span.start, span.end);
            put_span(naive, first,
                     (struct rule_span){.field = value->shown, .span = span, .text = value->raw});
        } else if (link->in_mark_up) {
            put_span(
                naive, first,
                (struct rule_span){.field = "link", .span = link->span, .text = link->original});
        } else {
            put_span(naive, first,
                     (struct rule_span){.field = link->field == POST_TITLE ? "title" : "text",
                                        .span = link->span,
                                        .text = naive->post->fields[link->field]});
        }
    }
}

static void put_spans(struct naive *naive, size_t first, const struct rule *rule,
                      const struct rule_node *node, bool negated)
{
    if (evaluate(naive, rule, node) != (negated ? NO : YES)) {
        return;
    }
    if (node->kind == RULE_NODE_ATOM) {
        if (!negated) {
            put_atom_spans(naive, first, node->atom);
        }
        return;
    }
    for (size_t i = 0; i < node->child_count; i++) {
        put_spans(naive, first, rule, node->children[i], negated != (node->kind == RULE_NODE_NOT));
    }
}

static int place_of(const struct rule_span *span)
{
    return strcmp(span->field, "title") == 0 ? 0 : strcmp(span->field, "text") == 0 ? 1 : 2;
}

static int compare_spans(const void *a, const void *b)
{
    const struct rule_span *x = a, *y = b;
    int place = place_of(x) - place_of(y);
    return place != 0 ? place
           : x->text.at != y->text.at
               ? (x->text.at > y->text.at) - (x->text.at < y->text.at)
               : (x->span.start > y->span.start) - (x->span.start < y->span.start);
}

void naive_match(struct naive *naive, const struct post *post, struct rule_match *match)
{
    const struct rule_program *program = naive->program;
    *match = (struct rule_match){.hits = naive->hits};
    read_post(naive, post);
    naive->span_count = 0;
    for (uint32_t i = 0; i < program->atom_count; i++) {
        naive->answers[i] = find_any(naive, i);
        match->faults += naive->answers[i] == UNSURE;
    }
    for (size_t i = 0; i < program->rule_count; i++) {
        const struct rule *rule = program->rules[i];
        naive->unsure[i] = has_unsure(naive, rule->condition);
        if (evaluate(naive, rule, rule->condition) == YES) {
            size_t first = naive->span_count;
            put_spans(naive, first, rule, rule->condition, false);
            naive->hits[match->hit_count++] =
                (struct rule_hit){.rule = rule, .span_count = naive->span_count - first};
        }
    }
    size_t first = 0;
    for (size_t i = 0; i < match->hit_count; i++) {
        struct rule_hit *hit = &naive->hits[i];
        struct rule_span *spans = hit->span_count > 0 ? &naive->spans[first] : NULL;
        if (spans != NULL) {
            qsort(spans, hit->span_count, sizeof *spans, compare_spans);
        }
        for (size_t k = 0; k < hit->span_count; k++) {
            spans[k].text = str_part(spans[k].text, spans[k].span.start, spans[k].span.end);
        }
        hit->spans = spans;
        first += hit->span_count;
    }
}

bool naive_is_unsure(const struct naive *naive, size_t rule)
{
    return naive->unsure[rule];
}

static const struct rule_hit *hit_of(const struct rule_match *match, const struct rule *rule)
{
    for (size_t i = 0; i < match->hit_count; i++) {
        if (match->hits[i].rule == rule) {
            return &match->hits[i];
        }
    }
    return NULL;
}

static bool same_spans(const struct rule_hit *a, const struct rule_hit *b)
{
    bool same = a->span_count == b->span_count;
    for (size_t i = 0; same && i < a->span_count; i++) {
        const struct rule_span *x = &a->spans[i], *y = &b->spans[i];
        same = strcmp(x->field, y->field) == 0 && x->span.start == y->span.start &&
               x->span.end == y->span.end && str_equal(x->text, y->text) &&
               x->text.at == y->text.at;
    }
    return same;
}

static void put_hit(struct buf *why, const char *who, const struct rule_hit *hit)
{
    buf_printf(why, " %s", who);
    if (hit == NULL) {
        buf_put_string(why, " no;");
        return;
    }
    for (size_t i = 0; i < hit->span_count; i++) {
        buf_printf(why, " %s[%zu,%zu)", hit->spans[i].field, hit->spans[i].span.start,
                   hit->spans[i].span.end);
    }
    buf_put_char(why, ';');
}

bool naive_agrees(struct naive *naive, const struct rule_engine *engine,
                  struct rule_matcher *matcher, const struct post *post, struct buf *why)
{
    const struct rule_program *program = naive->program;
    struct rule_match ours, theirs;
    struct err err = ERR_NONE;
    size_t *faults = mem_zero(program->rule_count, sizeof *faults);
    bool agrees = true;
    for (size_t i = 0; i < program->rule_count; i++) {
        faults[i] = rule_engine_faults(engine, i);
    }
    naive_match(naive, post, &theirs);
    if (!rule_engine_match(engine, matcher, post, &ours, &err)) {
        buf_put_string(why, err.message);
        free(faults);
        return false;
    }
    for (size_t i = 0; i < program->rule_count; i++) {
        const struct rule_hit *our = hit_of(&ours, program->rules[i]);
        const struct rule_hit *their = hit_of(&theirs, program->rules[i]);
        if (naive_is_unsure(naive, i) || rule_engine_faults(engine, i) != faults[i]) {
            continue;
        }
        if ((our == NULL) != (their == NULL) || (our != NULL && !same_spans(our, their))) {
            buf_printf(why, "rule %.*s:", STR_FORMAT(program->rules[i]->id));
            put_hit(why, "engine", our);
            put_hit(why, "naive", their);
            buf_put_char(why, '\n');
            agrees = false;
        }
    }
    free(faults);
    return agrees;
}
