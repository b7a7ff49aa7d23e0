#include "filter/rule/rule.h"
#include "filter/rule/correlation.h"
#include "filter/rule/program.h"

static const char *const names[] = {
#define X(constant, name) [constant] = (name),
    RULE_CLASSES(X)
#undef X
};

const char *rule_class_name(enum rule_class class)
{
    return names[class];
}

bool rule_class_parse(struct str name, enum rule_class *class)
{
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        if (str_is(name, names[i])) {
            *class = (enum rule_class)i;
            return true;
        }
    }
    return false;
}

size_t rule_program_heads(const struct rule_program *program)
{
    return program->rule_count + program->correlation_count;
}

const struct rule *rule_program_head(const struct rule_program *program, size_t index)
{
    return index < program->rule_count ? program->rules[index]
                                       : program->correlations[index - program->rule_count]->head;
}

/* Its place among heads in order of their ids, from `first` to before `end`; `end` if it is not
 * there. */
static size_t find(const struct rule_program *program, size_t first, size_t end, struct str id)
{
    size_t low = first, high = end;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (str_compare(rule_program_head(program, middle)->id, id) < 0) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return low < end && str_equal(rule_program_head(program, low)->id, id) ? low : end;
}

size_t rule_program_place(const struct rule_program *program, struct str id)
{
    size_t place = find(program, 0, program->rule_count, id);
    return place < program->rule_count
               ? place
               : find(program, program->rule_count, rule_program_heads(program), id);
}

const struct rule *rule_program_find(const struct rule_program *program, struct str id)
{
    size_t place = rule_program_place(program, id);
    return place < rule_program_heads(program) ? rule_program_head(program, place) : NULL;
}
