/* Which rules flag nothing by themselves, because correlations speak for them (Sigma: generate). */
#include "filter/rule/correlation.h"
#include "filter/rule/program.h"

static size_t place_of(const struct rule_program *program, const struct rule_correlated *one)
{
    return rule_program_place(program,
                              one->rule != NULL ? one->rule->id : one->correlation->head->id);
}

void rule_correlation_mark(const struct rule_program *program, size_t index, bool *is_named)
{
    const struct rule_correlation *correlation = program->correlations[index];
    for (size_t r = 0; r < correlation->rule_count; r++) {
        is_named[place_of(program, &correlation->rules[r])] = true;
    }
}

void rule_program_hush(const struct rule_program *program, const bool *speaks, bool *is_silent)
{
    for (size_t i = 0; i < program->correlation_count; i++) {
        if (speaks[i] && !program->correlations[i]->is_generating) {
            rule_correlation_mark(program, i, is_silent);
        }
    }
    for (size_t i = 0; i < program->correlation_count; i++) {
        const struct rule_correlation *correlation = program->correlations[i];
        for (size_t r = 0; correlation->is_generating && r < correlation->rule_count; r++) {
            is_silent[place_of(program, &correlation->rules[r])] &= !speaks[i];
        }
    }
}

bool rule_correlation_reads(const struct rule_correlation *correlation, const char *field)
{
    for (size_t i = 0; i < correlation->group_count; i++) {
        if (str_is(correlation->group_by[i], field)) {
            return true;
        }
    }
    for (size_t i = 0; i < correlation->field_count; i++) {
        if (str_is(correlation->fields[i], field)) {
            return true;
        }
    }
    for (size_t i = 0; i < correlation->alias_count; i++) {
        if (str_is(correlation->aliases[i].field, field)) {
            return true;
        }
    }
    return false;
}
