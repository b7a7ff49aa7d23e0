#include <stdlib.h>

#include "filter/base/mem.h"
#include "filter/base/yaml.h"
#include "filter/rule/atoms.h"
#include "filter/rule/compiler.h"
#include "filter/rule/findings.h"
#include "filter/rule/key.h"
#include "filter/rule/limits.h"

bool rule_fault_full(const struct rule_compiler *compiler, const struct yaml_node *node)
{
    return rule_fault(compiler->findings, node->line, node->column,
                      "the rule is too large: more than %d conditions when written out, or the set "
                      "has no room left",
                      (int)RULE_NODES_MAX);
}

static bool compile_map(struct rule_compiler *compiler, const struct yaml_node *map,
                        struct rule_part *out)
{
    struct rule_parts parts = {.items = NULL};
    bool done = true;
    if (map->count == 0) {
        return rule_fault(compiler->findings, map->line, map->column,
                          "an empty map matches nothing; write field: value");
    }
    for (const struct yaml_node *item = map->first; item != NULL; item = item->next) {
        struct rule_key key;
        struct rule_part part = {.node = NULL};
        if (rule_key_parse(item, compiler->reads_events, compiler->findings, &key) &&
            rule_item_compile(compiler, &key, item, &part)) {
            rule_parts_put(&parts, part);
        } else {
            done = false;
        }
    }
    if (done && !rule_node_join(compiler->atoms->arena, RULE_NODE_AND, &parts, out)) {
        done = rule_fault_full(compiler, map);
    }
    rule_parts_fini(&parts);
    return done;
}

static bool compile_keyword(struct rule_compiler *compiler, const struct yaml_node *node,
                            struct rule_part *out)
{
    struct rule_key key = {.line = node->line, .column = node->column};
    if (node->type == YAML_NULL || node->text.len == 0) {
        return rule_fault(compiler->findings, node->line, node->column,
                          "an empty keyword; write a text, or field: value");
    }
    return rule_item_compile(compiler, &key, node, out);
}

static bool compile_list(struct rule_compiler *compiler, const struct yaml_node *list,
                         struct rule_part *out)
{
    struct rule_parts parts = {.items = NULL};
    bool done = true;
    if (list->count == 0) {
        return rule_fault(compiler->findings, list->line, list->column,
                          "an empty list matches nothing; write keywords, or maps of field: value");
    }
    for (const struct yaml_node *item = list->first; item != NULL; item = item->next) {
        struct rule_part part = {.node = NULL};
        bool fine;
        switch (item->kind) {
        case YAML_MAP:
            fine = compile_map(compiler, item, &part);
            break;
        case YAML_SCALAR:
            fine = compile_keyword(compiler, item, &part);
            break;
        default:
            fine = rule_fault(compiler->findings, item->line, item->column,
                              "a list in a list; write one list of keywords or of maps");
        }
        if (fine) {
            rule_parts_put(&parts, part);
        }
        done = done && fine;
    }
    if (done && !rule_node_join(compiler->atoms->arena, RULE_NODE_OR, &parts, out)) {
        done = rule_fault_full(compiler, list);
    }
    rule_parts_fini(&parts);
    return done;
}

static bool compile_search(struct rule_compiler *compiler, const struct yaml_node *node,
                           struct rule_part *out)
{
    switch (node->kind) {
    case YAML_MAP:
        return compile_map(compiler, node, out);
    case YAML_LIST:
        return compile_list(compiler, node, out);
    case YAML_SCALAR:
        break;
    }
    return compile_keyword(compiler, node, out);
}

void rule_searches_fini(struct rule_searches *searches)
{
    free(searches->items);
    *searches = (struct rule_searches){.items = NULL};
}

/*
 * Sigma 1's frame of an aggregation, which condition.c refuses with its modern form. Alone it says
 * that a rule is about several events, so that one event cannot match it.
 */
static bool check_timeframe(struct rule_compiler *compiler, const struct yaml_node *node,
                            const struct yaml_node *detection, struct rule_searches *out)
{
    const struct yaml_node *condition = yaml_get(detection, "condition");
    bool is_aggregated = condition != NULL && condition->kind == YAML_SCALAR &&
                         condition->text.len > 0 &&
                         memchr(condition->text.at, '|', condition->text.len) != NULL;
    out->timeframe = node->kind == YAML_SCALAR ? node->text : STR("");
    if (is_aggregated) {
        return true;
    }
    if (!compiler->reads_events) {
        rule_warn(compiler->findings, node->key_line, node->key_column,
                  "'timeframe' does nothing: a post is matched alone");
        return true;
    }
    return rule_fault(compiler->findings, node->key_line, node->key_column,
                      "'timeframe' is not part of Sigma 2; write the searches as rules with names, "
                      "and a document with correlation: { type: temporal, rules: [those names], "
                      "timespan: %.*s }",
                      STR_FORMAT(rule_shown(out->timeframe)));
}

bool rule_detection_compile(struct rule_compiler *compiler, const struct yaml_node *detection,
                            const char *besides, struct rule_searches *out)
{
    bool done = true;
    if (detection->kind != YAML_MAP) {
        return rule_fault(compiler->findings, detection->line, detection->column,
                          "'detection' must be a map of search identifiers and a condition, not %s",
                          yaml_describe(detection));
    }
    for (const struct yaml_node *node = detection->first; node != NULL; node = node->next) {
        if (str_is(node->key, "condition") || (besides != NULL && str_is(node->key, besides))) {
            continue;
        }
        if (str_is(node->key, "timeframe")) {
            done = check_timeframe(compiler, node, detection, out) && done;
            continue;
        }
        if (out->count == RULE_SEARCHES_MAX) {
            return rule_fault(compiler->findings, node->key_line, node->key_column,
                              "more than %d search identifiers; split the rule",
                              (int)RULE_SEARCHES_MAX);
        }
        struct rule_search search = {
            .name = node->key, .line = node->key_line, .column = node->key_column};
        if (!compile_search(compiler, node, &search.part)) {
            search.part = (struct rule_part){.node = NULL};
            done = false;
        }
        mem_grow(&out->items, &out->room, out->count + 1, sizeof *out->items);
        out->items[out->count++] = search;
    }
    return done;
}
