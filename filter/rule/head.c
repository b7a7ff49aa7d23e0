/* What a document says of itself: title, id, dates, what it is about. */
#include <ctype.h>

#include "filter/base/arena.h"
#include "filter/base/buf.h"
#include "filter/base/yaml.h"
#include "filter/rule/findings.h"
#include "filter/rule/loader.h"
#include "filter/rule/nearest.h"
#include "filter/rule/rule.h"

static const char *const top_keys[] = {
    "title",       "id",     "related",    "name",  "taxonomy", "status",         "description",
    "license",     "author", "references", "date",  "modified", "logsource",      "detection",
    "fields",      "level",  "tags",       "scope", "basis",    "falsepositives", "tests",
    "correlation", "filter", NULL};
static const char *const levels[] = {"informational", "low", "medium", "high", "critical", NULL};
static const char *const statuses[] = {"stable",     "test",        "experimental",
                                       "deprecated", "unsupported", NULL};

/* RFC 9562: 8-4-4-4-12 hexadecimal digits, in lower case so that equal ids look equal. */
static bool is_uuid(struct str text)
{
    for (size_t i = 0; i < text.len; i++) {
        bool is_dash = i == 8 || i == 13 || i == 18 || i == 23;
        char c = text.at[i];
        if (is_dash ? c != '-' : !isdigit((unsigned char)c) && !(c >= 'a' && c <= 'f')) {
            return false;
        }
    }
    return text.len == 36;
}

static bool take_id(struct rule_reading *in)
{
    static const char must[] = "give it a UUID, as `saring rules new` does";
    if (!rule_take(in, "id", must, &in->rule->id)) {
        return false;
    }
    if (in->is_strict && !is_uuid(in->rule->id)) {
        const struct yaml_node *node = yaml_get(in->root, "id");
        return rule_fault(in->findings, node->line, node->column,
                          "id '%.*s' is not a UUID in lower case, as "
                          "0f15a5b4-cdfb-4152-b795-684d4238a74f",
                          STR_FORMAT(rule_shown(in->rule->id)));
    }
    if (in->rule->id.len == 0) { /* plain Sigma may have none */
        struct buf id = BUF_EMPTY;
        buf_printf(&id, "%.*s:%u", STR_FORMAT(in->rule->file), in->root->line);
        in->rule->id.at = arena_copy(in->loader->compiler.atoms->arena, id.bytes, id.len);
        in->rule->id.len = id.len;
        buf_fini(&id);
    }
    return in->rule->id.at != NULL;
}

static bool check_date(struct rule_reading *in, const char *name)
{
    struct str text = STR("");
    int64_t time_ms;
    if (!in->is_strict || !rule_take(in, name, NULL, &text)) {
        return !in->is_strict;
    }
    const struct yaml_node *node = yaml_get(in->root, name);
    return text.len == 0 || clock_parse(text, &time_ms) ||
           rule_fault(in->findings, node->line, node->column,
                      "%s '%.*s' is not a date; write it as 2026-11-24", name,
                      STR_FORMAT(rule_shown(text)));
}

static bool take_logsource(struct rule_reading *in)
{
    static const char *const names[] = {"category", "product", "service"};
    const struct yaml_node *node = yaml_get(in->root, "logsource");
    struct rule_logsource *logsource = &in->rule->logsource;
    struct str *parts[] = {&logsource->category, &logsource->product, &logsource->service};
    for (size_t i = 0; node != NULL && i < sizeof parts / sizeof *parts; i++) {
        const struct yaml_node *part = yaml_get(node, names[i]);
        if (part != NULL && part->kind == YAML_SCALAR && part->type != YAML_NULL &&
            !rule_copy(in, part, part->text, parts[i])) {
            return false;
        }
    }
    const struct yaml_node *category = yaml_get(node, "category");
    if (!in->is_strict || yaml_get(in->root, "correlation") != NULL) {
        return true; /* a correlation is about what its rules are about */
    }
    if (node == NULL) {
        rule_warn(in->findings, in->root->line, in->root->column,
                  "no logsource; write logsource: { category: post }");
        return true;
    }
    if (category == NULL || category->kind != YAML_SCALAR || !str_is(category->text, "post")) {
        return rule_fault(in->findings, node->line, node->column,
                          "this rule is not about posts; write logsource: { category: post }");
    }
    return true;
}

static void check_keys(struct rule_reading *in)
{
    for (const struct yaml_node *node = in->root->first; node != NULL; node = node->next) {
        const char *near =
            rule_is_one_of(node->key, top_keys) ? NULL : rule_nearest(node->key, top_keys);
        if (in->is_strict && near != NULL && rule_distance(node->key, str_of(near)) <= 2) {
            rule_warn(in->findings, node->key_line, node->key_column,
                      "unknown key '%.*s' is ignored; did you mean '%s'?",
                      STR_FORMAT(rule_shown(node->key)), near);
        }
    }
}

static const char must_level[] = "write low, medium, high or critical";

bool rule_head_read(struct rule_reading *in)
{
    struct rule *rule = in->rule;
    bool done = rule_take(in, "title", "say in one line what it flags", &rule->title);
    done = take_id(in) && done;
    done = rule_take(in, "name", NULL, &rule->name) && done;
    const char *level = yaml_get(in->root, "filter") != NULL ? NULL : must_level;
    done = rule_take_name(in, "level", level, levels, &rule->level) && done;
    done = rule_take_name(in, "status", NULL, statuses, &rule->status) && done;
    done = rule_take(in, "description", NULL, &rule->description) && done;
    done = check_date(in, "date") && done;
    done = check_date(in, "modified") && done;
    done = take_logsource(in) && done;
    check_keys(in);
    return done;
}
