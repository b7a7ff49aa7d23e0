/*
 * Sigma filters ("Filters Specification"): what a filter's condition describes is suppressed in the
 * rules that it names, as if their own condition ended in `and not (…)`. The specification says so
 * by its purpose and its example (`selection` names the accounts that are fine); pySigma reads the
 * condition the other way round, as something that must hold, so there one writes `not selection`.
 */
#include "filter/base/mem.h"
#include "filter/base/yaml.h"
#include "filter/rule/compiler.h"
#include "filter/rule/findings.h"
#include "filter/rule/loader.h"

static bool read_condition(struct rule_reading *in, const struct yaml_node *node,
                           struct rule_filter *filter)
{
    struct rule_compiler *compiler = &in->loader->compiler;
    struct rule_searches searches = {.items = NULL};
    compiler->may_read_author =
        !in->is_strict; /* whose rules it joins is not yet known (limit 5) */
    bool done = rule_detection_compile(compiler, node, "rules", &searches);
    done = rule_condition_compile(compiler, node, &searches, &filter->condition) && done;
    rule_searches_fini(&searches);
    return done;
}

bool rule_filter_read(struct rule_reading *in, const struct yaml_node *node)
{
    struct rule_loader *loader = in->loader;
    struct rule_filter filter = {.head = in->rule};
    if (node->kind != YAML_MAP) {
        return rule_fault(in->findings, node->line, node->column,
                          "'filter' must be a map of rules, search identifiers and a condition, "
                          "not %s",
                          yaml_describe(node));
    }
    const struct yaml_node *rules = yaml_get(node, "rules");
    bool done =
        rules != NULL || rule_fault(in->findings, node->key_line, node->key_column,
                                    "'filter' names no rules; write rules: [id or name of each]");
    if (rules != NULL) {
        filter.line = rules->line;
        filter.column = rules->column;
        done = rule_take_list(in, rules, "'rules' of a filter", &filter.rules, &filter.rule_count);
    }
    done = read_condition(in, node, &filter) && done;
    if (!done) {
        return false;
    }
    mem_grow(&loader->filters, &loader->filter_room, loader->filter_count + 1,
             sizeof *loader->filters);
    loader->filters[loader->filter_count++] = filter;
    return true;
}
