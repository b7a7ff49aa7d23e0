#include "filter/rule/judge.h"

#include <stdlib.h>

#include "filter/base/arena.h"
#include "filter/base/buf.h"
#include "filter/base/err.h"
#include "filter/base/mem.h"
#include "filter/rule/cidr.h"
#include "filter/rule/confirm.h"
#include "filter/rule/glob.h"
#include "filter/rule/number.h"
#include "filter/rule/rule.h"
#include "filter/text/caseless.h"

/* What an atom's pattern says, read once. */
struct prepared {
    struct rule_regex regex; /* RULE_REGEX */
    struct rule_cidr cidr;   /* RULE_CIDR */
    long double number;      /* RULE_COMPARE, RULE_IS_NUMBER */
    uint32_t other;          /* RULE_FIELDREF: index of its field */
};

/* A field of the subject at hand. */
struct field {
    size_t turn; /* of the subject it was looked up in */
    struct rule_facts facts;
    bool is_caseless;     /* `caseless` is made */
    struct buf lowered;   /* the texts of all facts, without case, one behind the other */
    struct str *caseless; /* of each fact, in `lowered` */
    size_t room;
};

struct answer {
    size_t turn;
    enum rule_answer answer;
};

struct rule_judge {
    const struct rule_program *program;
    struct rule_regex_runner *runner;
    const struct rule_subject *subject;
    size_t turn;
    struct prepared *prepared; /* per atom */
    struct answer *answers;    /* per atom */
    struct field *fields;
    const struct rule **matched;
    size_t faults;
};

void rule_facts_put(struct rule_facts *facts, struct rule_fact fact)
{
    mem_grow(&facts->items, &facts->room, facts->count + 1, sizeof *facts->items);
    facts->items[facts->count++] = fact;
}

static uint32_t find_field(const struct rule_program *program, struct str name)
{
    uint32_t i = 0;
    while (!str_equal(program->fields[i], name)) {
        i++; /* the language has put it there */
    }
    return i;
}

static void prepare(const struct rule_program *program, const struct rule_atom *atom,
                    struct prepared *out)
{
    struct err ignored = ERR_NONE; /* the language has checked all of these */
    switch (atom->op) {
    case RULE_REGEX:
        rule_regex_init(&out->regex, atom->pattern, atom->flags);
        break;
    case RULE_CIDR:
        (void)!rule_cidr_parse(atom->pattern, &out->cidr, &ignored);
        break;
    case RULE_GLOB:
    case RULE_COMPARE:
        (void)!rule_number_parse(atom->pattern, &out->number);
        break;
    case RULE_FIELDREF:
        out->other = find_field(program, atom->pattern);
        break;
    case RULE_WORDS:
    case RULE_EXISTS:
    case RULE_NULL:
        break;
    }
}

struct rule_judge *rule_judge_new(const struct rule_program *program)
{
    struct rule_judge *judge = mem_zero(1, sizeof *judge);
    judge->program = program;
    judge->runner = rule_regex_runner_new();
    judge->prepared = mem_zero(program->atom_count, sizeof *judge->prepared);
    judge->answers = mem_zero(program->atom_count, sizeof *judge->answers);
    judge->fields = mem_zero(program->field_count, sizeof *judge->fields);
    judge->matched = mem_zero(program->rule_count, sizeof *judge->matched);
    for (size_t i = 0; i < program->atom_count; i++) {
        prepare(program, &program->atoms[i], &judge->prepared[i]);
    }
    return judge;
}

void rule_judge_free(struct rule_judge *judge)
{
    if (judge == NULL) {
        return;
    }
    for (size_t i = 0; i < judge->program->atom_count; i++) {
        if (judge->program->atoms[i].op == RULE_REGEX) {
            rule_regex_fini(&judge->prepared[i].regex);
        }
    }
    for (size_t i = 0; i < judge->program->field_count; i++) {
        free(judge->fields[i].facts.items);
        free(judge->fields[i].caseless);
        buf_fini(&judge->fields[i].lowered);
    }
    rule_regex_runner_free(judge->runner);
    free(judge->prepared);
    free(judge->answers);
    free(judge->fields);
    free(judge->matched);
    free(judge);
}

static struct field *look_up(struct rule_judge *judge, uint32_t index)
{
    struct field *field = &judge->fields[index];
    if (field->turn != judge->turn) {
        field->turn = judge->turn;
        field->is_caseless = false;
        field->facts.count = 0;
        field->facts.is_present = field->facts.is_full = false;
        judge->subject->look_up(judge->subject->context, judge->program->fields[index],
                                &field->facts);
    }
    return field;
}

/* The texts of a field's facts without case. */
static const struct str *caseless(struct field *field)
{
    if (field->is_caseless) {
        return field->caseless;
    }
    mem_grow(&field->caseless, &field->room, field->facts.count, sizeof *field->caseless);
    buf_clear(&field->lowered);
    for (size_t i = 0; i < field->facts.count; i++) {
        size_t start = field->lowered.len;
        text_caseless(field->facts.items[i].text, &field->lowered);
        field->caseless[i].len = field->lowered.len - start;
    }
    const char *at = buf_str(&field->lowered).at; /* it stays where it is from here on */
    for (size_t i = 0; i < field->facts.count; i++) {
        field->caseless[i].at = field->caseless[i].len > 0 ? at : "";
        at += field->caseless[i].len;
    }
    field->is_caseless = true;
    return field->caseless;
}

/* Text `i` of the field, as an atom with these flags reads it. */
static struct str text_of(struct field *field, unsigned flags, size_t i)
{
    return (flags & RULE_CASELESS) != 0 ? caseless(field)[i] : field->facts.items[i].text;
}

static enum rule_answer yes_or_no(bool holds)
{
    return holds ? RULE_YES : RULE_NO;
}

static bool is_as(struct str text, enum rule_fieldref how, struct str other)
{
    if ((how & RULE_REF_CONTAINS) != 0) {
        return other.len == 0 || memmem(text.at, text.len, other.at, other.len) != NULL;
    }
    return (how & RULE_REF_STARTS) != 0 ? str_starts(text, other)
           : (how & RULE_REF_ENDS) != 0 ? str_ends(text, other)
                                        : str_equal(text, other);
}

/* Whether value `i` of the field is as any value of the other one. */
static bool is_as_other(struct rule_judge *judge, const struct rule_atom *atom, uint32_t other,
                        struct field *field, size_t i)
{
    struct field *against = look_up(judge, other);
    const struct rule_fact *fact = &field->facts.items[i];
    bool is_equal = (atom->flags & (RULE_REF_CONTAINS | RULE_REF_STARTS | RULE_REF_ENDS)) == 0;
    for (size_t n = 0; n < against->facts.count; n++) {
        long double left, right;
        bool is_found;
        if (is_equal && fact->is_number && against->facts.items[n].is_number &&
            rule_number_parse(fact->text, &left) &&
            rule_number_parse(against->facts.items[n].text, &right)) {
            is_found = rule_number_is(left, RULE_EQUAL, right);
        } else {
            is_found = is_as(text_of(field, atom->flags, i), (enum rule_fieldref)atom->flags,
                             text_of(against, atom->flags, n));
        }
        if (is_found) {
            return true;
        }
    }
    return false;
}

static bool compares(const struct rule_atom *atom, struct str text, long double with)
{
    long double number;
    enum rule_date_part part = RULE_DATE_PART(atom->flags);
    bool has_number =
        part == RULE_WHOLE ? rule_number_parse(text, &number) : rule_date_part(text, part, &number);
    return has_number && rule_number_is(number, RULE_RELATION(atom->flags), with);
}

static enum rule_answer find_regex(struct rule_judge *judge, struct rule_regex *regex,
                                   struct str text)
{
    struct text_span span;
    enum rule_answer answer = rule_regex_find(regex, judge->runner, text, 0, text.len, &span);
    judge->faults += answer == RULE_UNKNOWN;
    return answer;
}

/* Whether the atom is true of value `i` of its field. */
static enum rule_answer test_fact(struct rule_judge *judge, uint32_t number, struct field *field,
                                  size_t i)
{
    const struct rule_atom *atom = &judge->program->atoms[number];
    struct prepared *prepared = &judge->prepared[number];
    const struct rule_fact *fact = &field->facts.items[i];
    long double value;
    struct text_span span;
    switch (atom->op) {
    case RULE_GLOB:
        if ((atom->flags & RULE_IS_NUMBER) != 0 && fact->is_number &&
            rule_number_parse(fact->text, &value)) {
            return yes_or_no(rule_number_is(value, RULE_EQUAL, prepared->number));
        }
        return yes_or_no(rule_glob_find(atom->pattern, text_of(field, atom->flags, i), &span));
    case RULE_WORDS:
        return yes_or_no(rule_words_find(judge->runner, atom->pattern,
                                         text_of(field, atom->flags, i), 0, &span));
    case RULE_REGEX:
        return find_regex(judge, &prepared->regex, fact->text);
    case RULE_COMPARE:
        return yes_or_no(compares(atom, fact->text, prepared->number));
    case RULE_CIDR:
        return yes_or_no(rule_cidr_contains(&prepared->cidr, fact->text));
    case RULE_FIELDREF:
        return yes_or_no(is_as_other(judge, atom, prepared->other, field, i));
    case RULE_EXISTS:
    case RULE_NULL:
        break; /* of the field, not of a value */
    }
    return RULE_NO;
}

static enum rule_answer test_atom(struct rule_judge *judge, uint32_t number)
{
    const struct rule_atom *atom = &judge->program->atoms[number];
    struct field *field = look_up(judge, atom->field);
    if (atom->op == RULE_EXISTS) {
        return yes_or_no(field->facts.is_present == str_is(atom->pattern, "true"));
    }
    if (atom->op == RULE_NULL) {
        return yes_or_no(!field->facts.is_full);
    }
    enum rule_answer answer = RULE_NO;
    for (size_t i = 0; i < field->facts.count; i++) {
        enum rule_answer one = test_fact(judge, number, field, i);
        if (one == RULE_YES) {
            return RULE_YES;
        }
        answer = one == RULE_UNKNOWN ? RULE_UNKNOWN : answer;
    }
    return answer;
}

static enum rule_answer atom_answer(struct rule_judge *judge, uint32_t number)
{
    struct answer *answer = &judge->answers[number];
    if (answer->turn != judge->turn) {
        answer->answer = test_atom(judge, number);
        answer->turn = judge->turn;
    }
    return answer->answer;
}

/* In three values, as the engine (evaluate.c); conditions nest no deeper than the language lets
 * them. NOLINTNEXTLINE(misc-no-recursion) */
static enum rule_answer node_answer(struct rule_judge *judge, const struct rule_node *node)
{
    enum rule_answer decides = node->kind == RULE_NODE_OR ? RULE_YES : RULE_NO;
    enum rule_answer answer = decides == RULE_YES ? RULE_NO : RULE_YES;
    if (node->kind == RULE_NODE_ATOM) {
        return atom_answer(judge, node->atom);
    }
    if (node->kind == RULE_NODE_NOT) {
        answer = node_answer(judge, node->children[0]);
        return answer == RULE_UNKNOWN ? RULE_UNKNOWN : answer == RULE_YES ? RULE_NO : RULE_YES;
    }
    for (size_t i = 0; i < node->child_count; i++) {
        enum rule_answer one = node_answer(judge, node->children[i]);
        if (one == decides) {
            return decides;
        }
        answer = one == RULE_UNKNOWN ? RULE_UNKNOWN : answer;
    }
    return answer;
}

void rule_judge_run(struct rule_judge *judge, const struct rule_subject *subject,
                    struct rule_judged *judged)
{
    const struct rule_program *program = judge->program;
    judge->subject = subject;
    judge->turn++;
    judge->faults = 0;
    *judged = (struct rule_judged){.rules = judge->matched};
    for (size_t i = 0; i < program->rule_count; i++) {
        if (node_answer(judge, program->rules[i]->condition) == RULE_YES) {
            judge->matched[judged->count++] = program->rules[i];
        }
    }
    judged->faults = judge->faults;
    judge->subject = NULL;
}
