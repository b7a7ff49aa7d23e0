#include "filter/rule/correlation.h"

#include <stdlib.h>

#include "filter/base/arena.h"
#include "filter/base/err.h"
#include "filter/base/mem.h"
#include "filter/base/yaml.h"
#include "filter/rule/findings.h"
#include "filter/rule/loader.h"
#include "filter/rule/nearest.h"
#include "filter/rule/number.h"
#include "filter/rule/program.h"

static const char *const types[] = {
#define X(constant, name) [constant] = (name),
    RULE_CORRELATIONS(X)
#undef X
        NULL};
static const char *const bound_names[] = {
#define X(constant, name) [constant] = (name),
    RULE_BOUNDS(X)
#undef X
        NULL};

/* What rules for posts may group and count: no person, and nothing that may hold a handle. */
static const char *const groups[] = {"link.domain", "link.host", "claim", "lang",
                                     "rule",        "source",    NULL};

enum {
    MOST_GROUPS = 8,
    DAY_S = 24 * 60 * 60,
    LONGEST_S = 366 * DAY_S,
    LONGEST_POSTS_S = 14 * DAY_S, /* nothing of a post that was seen is known for longer */
};

const char *rule_correlation_type_name(enum rule_correlation_type type)
{
    return types[type];
}

static bool holds(const struct rule_bound *bound, double number)
{
    switch (bound->kind) {
    case RULE_BOUND_GT:
        return number > bound->number;
    case RULE_BOUND_GTE:
        return number >= bound->number;
    case RULE_BOUND_LT:
        return number < bound->number;
    case RULE_BOUND_LTE:
        return number <= bound->number;
    case RULE_BOUND_EQ:
        return number == bound->number;
    case RULE_BOUND_NEQ:
        return number != bound->number;
    case RULE_BOUND_KINDS:
        break;
    }
    return false;
}

double rule_correlation_needs(const struct rule_correlation *correlation)
{
    double most = 0;
    bool counts = correlation->type == RULE_EVENT_COUNT || correlation->type == RULE_VALUE_COUNT;
    for (size_t i = 0; counts && i < correlation->bound_count; i++) {
        most = correlation->bounds[i].number > most ? correlation->bounds[i].number : most;
    }
    return most;
}

bool rule_bounds_hold(const struct rule_correlation *correlation, double number)
{
    for (size_t i = 0; i < correlation->bound_count; i++) {
        if (!holds(&correlation->bounds[i], number)) {
            return false;
        }
    }
    return true;
}

/* One document's correlation while it is read. */
struct correlating {
    struct rule_reading *in;
    const struct yaml_node *node;
    struct rule_correlation *out;
};

static bool fault(const struct correlating *c, const struct yaml_node *node, const char *message)
{
    return rule_fault(c->in->findings, node->line, node->column, "%s", message);
}

static bool read_type(struct correlating *c)
{
    const struct yaml_node *node = yaml_get(c->node, "type");
    if (node == NULL) {
        return fault(c, c->node,
                     "'correlation' has no type; write event_count, value_count, "
                     "temporal, temporal_ordered, value_sum, value_avg or "
                     "value_percentile");
    }
    for (size_t i = 0; node->kind == YAML_SCALAR && types[i] != NULL; i++) {
        if (str_is(node->text, types[i])) {
            c->out->type = (enum rule_correlation_type)i;
            return true;
        }
    }
    struct str text = node->kind == YAML_SCALAR ? node->text : STR("");
    const char *near = rule_nearest(text, types);
    return rule_fault(c->in->findings, node->line, node->column,
                      "there is no correlation type '%.*s'; %s%s%s", STR_FORMAT(rule_shown(text)),
                      near != NULL ? "did you mean '" : "there are event_count, value_count, ",
                      near != NULL ? near
                                   : "temporal, temporal_ordered, value_sum, value_avg and "
                                     "value_percentile",
                      near != NULL ? "'?" : "");
}

static bool read_rules(struct correlating *c)
{
    const struct yaml_node *node = yaml_get(c->node, "rules");
    struct str *names = NULL;
    size_t count = 0;
    if (node == NULL) {
        return fault(c, c->node, "'correlation' names no rules; write rules: [id or name of each]");
    }
    if (!rule_take_list(c->in, node, "'rules' of a correlation", &names, &count)) {
        return false;
    }
    c->out->rules = arena_array(c->in->loader->compiler.atoms->arena, count, sizeof *c->out->rules);
    if (c->out->rules == NULL) {
        return fault(c, node, "the rules are too large");
    }
    const struct yaml_node *item = node->kind == YAML_LIST ? node->first : node;
    for (size_t i = 0; i < count; i++, item = item->next) {
        c->out->rules[c->out->rule_count++] =
            (struct rule_correlated){.name = names[i], .line = item->line, .column = item->column};
    }
    return true;
}

/* `number + letter`, as 90m; false if it is none, or longer than a year. */
static bool parse_timespan(struct str text, int64_t *ms)
{
    static const struct {
        char letter;
        int64_t seconds;
    } units[] = {{'s', 1}, {'m', 60}, {'h', 3600}, {'d', DAY_S}};
    int64_t number = 0;
    for (size_t i = 0; i + 1 < text.len; i++) {
        if (text.at[i] < '0' || text.at[i] > '9' || number > LONGEST_S) {
            return false;
        }
        number = 10 * number + (text.at[i] - '0');
    }
    for (size_t i = 0; text.len > 1 && i < sizeof units / sizeof *units; i++) {
        if (text.at[text.len - 1] == units[i].letter) {
            *ms = number * units[i].seconds * 1000;
            return number > 0 && number <= LONGEST_S / units[i].seconds;
        }
    }
    return false;
}

static bool read_timespan(struct correlating *c)
{
    const struct yaml_node *node = yaml_get(c->node, "timespan");
    if (node == NULL) {
        return fault(c, c->node, "'correlation' has no timespan; write timespan: 10m");
    }
    if (node->kind != YAML_SCALAR || !parse_timespan(node->text, &c->out->timespan_ms)) {
        return fault(c, node, "a timespan is a number and s, m, h or d, at most 366d, as 90m");
    }
    if (c->in->is_strict && c->out->timespan_ms > LONGEST_POSTS_S * INT64_C(1000)) {
        return fault(c, node, "posts are correlated over at most 14d");
    }
    return true;
}

/* Limit 5: nobody is watched. What is counted or grouped is a site, a claim, never a person. */
static bool check_field(struct correlating *c, const struct yaml_node *node, struct str field,
                        const char *where)
{
    const char *why;
    if (!c->in->is_strict || rule_is_one_of(field, groups)) {
        return true;
    }
    if (str_is(field, "author_name")) {
        why = "is a person, and persons are not counted";
    } else if (str_is(field, "link.url") || str_is(field, "link.path") || str_is(field, "url")) {
        why = "may be a person's profile, and persons are not counted; use link.domain or "
              "link.host";
    } else if (str_is(field, "text") || str_is(field, "title")) {
        why = "is what somebody said, which is matched and not kept; use link.domain, link.host or "
              "claim";
    } else {
        why = "is not a field that posts are counted by; there are link.domain, link.host, claim, "
              "lang, rule, and source of an organisation";
    }
    return rule_fault(c->in->findings, node->line, node->column, "%s: '%.*s' %s", where,
                      STR_FORMAT(rule_shown(field)), why);
}

static bool is_alias(const struct rule_correlation *out, struct str field)
{
    for (size_t i = 0; i < out->alias_count; i++) {
        if (str_equal(out->aliases[i].alias, field)) {
            return true;
        }
    }
    return false;
}

static bool check_fields(struct correlating *c, const struct yaml_node *node,
                         const struct str *fields, size_t count, const char *where)
{
    const struct yaml_node *item = node->kind == YAML_LIST ? node->first : node;
    bool done = true;
    for (size_t i = 0; i < count; i++, item = item->next) {
        done = (is_alias(c->out, fields[i]) || check_field(c, item, fields[i], where)) && done;
    }
    return done;
}

static bool read_groups(struct correlating *c)
{
    const struct yaml_node *node = yaml_get(c->node, "group-by");
    struct str *names = NULL;
    size_t count = 0;
    if (node == NULL) {
        return true; /* one group of all */
    }
    if (node->kind == YAML_LIST && node->count > MOST_GROUPS) {
        return fault(c, node, "more than 8 fields to group by");
    }
    if (!rule_take_list(c->in, node, "'group-by'", &names, &count)) {
        return false;
    }
    c->out->group_by = names;
    c->out->group_count = count;
    return check_fields(c, node, names, count, "group-by");
}

static bool names_rule(const struct rule_correlation *out, struct str name)
{
    for (size_t i = 0; i < out->rule_count; i++) {
        if (str_equal(out->rules[i].name, name)) {
            return true;
        }
    }
    return false;
}

static bool read_alias(struct correlating *c, const struct yaml_node *node,
                       struct rule_alias *aliases)
{
    bool done = true;
    if (node->kind != YAML_MAP || node->count == 0) {
        return fault(c, node, "an alias is a map of rule names and fields, as failed_login: User");
    }
    for (const struct yaml_node *item = node->first; item != NULL; item = item->next) {
        struct rule_alias *alias = &aliases[c->out->alias_count++];
        if (!rule_copy(c->in, node, node->key, &alias->alias) ||
            !rule_copy(c->in, item, item->key, &alias->rule)) {
            return false;
        }
        if (!names_rule(c->out, item->key)) {
            done = rule_fault(c->in->findings, item->key_line, item->key_column,
                              "'%.*s' is not one of this correlation's rules",
                              STR_FORMAT(rule_shown(item->key)));
        } else if (item->kind != YAML_SCALAR || item->type == YAML_NULL || item->text.len == 0) {
            done = fault(c, item, "the name of a field belongs here");
        } else {
            done = rule_copy(c->in, item, item->text, &alias->field) &&
                   check_field(c, item, item->text, "aliases") && done;
        }
    }
    return done;
}

static bool read_aliases(struct correlating *c)
{
    const struct yaml_node *node = yaml_get(c->node, "aliases");
    size_t most = 0;
    bool done = true;
    if (node == NULL) {
        return true;
    }
    if (node->kind != YAML_MAP) {
        return fault(c, node, "'aliases' is a map of names, each with the field of every rule");
    }
    for (const struct yaml_node *item = node->first; item != NULL; item = item->next) {
        most += item->count;
    }
    struct rule_alias *aliases =
        arena_array(c->in->loader->compiler.atoms->arena, most, sizeof *aliases);
    if (aliases == NULL) {
        return fault(c, node, "the rules are too large");
    }
    c->out->aliases = aliases;
    for (const struct yaml_node *item = node->first; item != NULL; item = item->next) {
        done = read_alias(c, item, aliases) && done;
    }
    return done;
}

static bool read_number(struct correlating *c, const struct yaml_node *node, double *number)
{
    long double read = 0;
    if (node->kind != YAML_SCALAR || (node->type != YAML_INT && node->type != YAML_FLOAT) ||
        !rule_number_parse(node->text, &read)) {
        return rule_fault(c->in->findings, node->line, node->column,
                          "'%.*s' needs a number, as %.*s: 10", STR_FORMAT(rule_shown(node->key)),
                          STR_FORMAT(rule_shown(node->key)));
    }
    *number = (double)read;
    return true;
}

static bool read_criterion(struct correlating *c, const struct yaml_node *node)
{
    struct rule_correlation *out = c->out;
    if (str_is(node->key, "field")) {
        struct str *names = NULL;
        bool done = rule_take_list(c->in, node, "'field'", &names, &out->field_count);
        out->fields = names;
        return done && check_fields(c, node, names, out->field_count, "field");
    }
    if (str_is(node->key, "percentile")) {
        return read_number(c, node, &out->percentile) &&
               ((out->percentile >= 0 && out->percentile <= 100) ||
                fault(c, node, "a percentile is a number from 0 to 100"));
    }
    for (size_t i = 0; bound_names[i] != NULL; i++) {
        if (str_is(node->key, bound_names[i])) {
            struct rule_bound *bound = &out->bounds[out->bound_count++];
            bound->kind = (enum rule_bound_kind)i;
            return read_number(c, node, &bound->number);
        }
    }
    return rule_fault(
        c->in->findings, node->key_line, node->key_column,
        "'%.*s' is no condition of a correlation; there are gt, gte, lt, lte, eq, neq "
        "and field",
        STR_FORMAT(rule_shown(node->key)));
}

static bool is_temporal(const struct rule_correlation *out)
{
    return out->type == RULE_TEMPORAL || out->type == RULE_TEMPORAL_ORDERED;
}

static bool check_condition(struct correlating *c, const struct yaml_node *node)
{
    const struct rule_correlation *out = c->out;
    bool needs_field = out->type != RULE_EVENT_COUNT && !is_temporal(out);
    if (out->bound_count == 0 && !is_temporal(out)) {
        return fault(c, node, "no number to compare with; write condition: { gte: 10 }");
    }
    if (needs_field && out->field_count == 0) {
        return rule_fault(c->in->findings, node->line, node->column,
                          "%s needs the field whose values it reads; write field: its name",
                          types[out->type]);
    }
    if (!needs_field && out->field_count > 0) {
        return rule_fault(c->in->findings, node->line, node->column,
                          "%s counts events and reads no field; drop it, or use value_count",
                          types[out->type]);
    }
    if (out->field_count > 1 && out->type != RULE_VALUE_COUNT) {
        return rule_fault(c->in->findings, node->line, node->column,
                          "%s reads one field; only value_count takes several", types[out->type]);
    }
    if (out->percentile >= 0 && out->type != RULE_VALUE_PERCENTILE) {
        return fault(c, node, "'percentile' belongs to value_percentile");
    }
    if (c->in->is_strict && rule_correlation_needs(out) >= RULE_CORRELATED_MOST) {
        return rule_fault(c->in->findings, node->line, node->column,
                          "it counts to %.0f; of a group the last %d posts are held",
                          rule_correlation_needs(out), (int)RULE_CORRELATED_MOST);
    }
    if (c->in->is_strict &&
        (out->type == RULE_VALUE_SUM || out->type == RULE_VALUE_AVG || out->percentile >= 0)) {
        return rule_fault(c->in->findings, node->line, node->column,
                          "%s reads numbers, and no field of a post holds one", types[out->type]);
    }
    return true;
}

static bool read_condition(struct correlating *c)
{
    const struct yaml_node *node = yaml_get(c->node, "condition");
    bool done = true;
    c->out->percentile = -1;
    if (node == NULL) {
        return check_condition(c, c->node);
    }
    if (node->kind != YAML_MAP) {
        return fault(c, node, "the condition of a correlation is a map, as { gte: 10 }");
    }
    for (const struct yaml_node *item = node->first; item != NULL; item = item->next) {
        done = read_criterion(c, item) && done;
    }
    return done && check_condition(c, node);
}

static bool read_generate(struct correlating *c)
{
    const struct yaml_node *node = yaml_get(c->node, "generate");
    struct err err = ERR_NONE;
    return node == NULL || yaml_bool(node, &c->out->is_generating, &err) ||
           rule_fault_err(c->in->findings, &err);
}

bool rule_correlation_read(struct rule_reading *in, const struct yaml_node *node)
{
    static const char *const allowed[] = {"type",    "rules",     "group-by", "timespan",
                                          "aliases", "condition", "generate", NULL};
    struct rule_loader *loader = in->loader;
    struct err err = ERR_NONE;
    struct correlating c = {
        .in = in, .node = node, .out = arena_alloc(loader->compiler.atoms->arena, sizeof *c.out)};
    if (c.out == NULL) {
        return fault(&c, node, "the rules are too large");
    }
    if (node->kind != YAML_MAP) {
        return fault(&c, node, "'correlation' must be a map of type, rules, timespan and more");
    }
    c.out->head = in->rule;
    bool done = yaml_only(node, allowed, &err) || rule_fault_err(in->findings, &err);
    bool has_type = read_type(&c);
    done = read_rules(&c) && done;
    done = read_aliases(&c) && done;
    done = read_groups(&c) && done;
    done = read_timespan(&c) && done;
    done = read_generate(&c) && done;
    done = has_type && read_condition(&c) && done;
    if (!done) {
        return false;
    }
    mem_grow(&loader->correlations, &loader->correlation_room, loader->correlation_count + 1,
             sizeof(struct rule_correlation *));
    loader->correlations[loader->correlation_count++] = c.out;
    return true;
}
