/* Limit 1: every rule names its class and what it rests on (DESIGN: purpose and limits). */
#include "filter/rule/basis.h"
#include "filter/base/arena.h"
#include "filter/base/buf.h"
#include "filter/base/clock.h"
#include "filter/base/err.h"
#include "filter/base/hash.h"
#include "filter/base/yaml.h"
#include "filter/rule/findings.h"
#include "filter/rule/rule.h"

static const int64_t longest_ms = INT64_C(86400000) * 2 * 366;

static bool read_class(const struct yaml_node *node, struct rule_findings *findings,
                       enum rule_class *class)
{
    const struct yaml_node *name = yaml_get(node, "class");
    if (name == NULL) {
        return rule_fault(findings, node->line, node->column,
                          "basis without a class; it is fraud, procedure or claim");
    }
    if (name->kind == YAML_SCALAR && rule_class_parse(name->text, class)) {
        return true;
    }
    return rule_fault(findings, name->line, name->column,
                      "class '%.*s' does not exist; a rule is about fraud, procedure or claim, and "
                      "what is none of them is not flagged",
                      STR_FORMAT(rule_shown(name->kind == YAML_SCALAR ? name->text : STR(""))));
}

static bool read_expiry(const struct rule_basis *basis, const struct yaml_node *node,
                        struct rule_findings *findings, struct arena *arena, struct rule *rule)
{
    const struct yaml_node *expires = yaml_get(node, "expires");
    if (expires == NULL) {
        return rule_fault(findings, node->line, node->column,
                          "basis without 'expires'; a rule ends, at the latest with its season");
    }
    if (!rule_evidence_time(node, "expires", arena, findings, &rule->expires_ms)) {
        return false;
    }
    if (rule->expires_ms > basis->now_ms + longest_ms) {
        rule_warn(findings, expires->line, expires->column,
                  "expires in more than two years; a season has at most 240 days");
    }
    return true;
}

static bool read_all_evidence(const struct rule_basis *basis, const struct yaml_node *node,
                              struct arena *arena, struct rule_findings *findings,
                              struct rule *rule)
{
    const struct yaml_node *list = yaml_get(node, "evidence");
    const char *type = rule_evidence_type(rule->class);
    if (list == NULL || list->kind != YAML_LIST || list->count == 0) {
        const struct yaml_node *place = list != NULL ? list : node;
        return rule_fault(
            findings, place->line, place->column,
            "no evidence; class %s needs a list of at least one { type: %s, url: ... }",
            rule_class_name(rule->class), type);
    }
    struct rule_evidence *evidence = arena_array(arena, list->count, sizeof *evidence);
    if (evidence == NULL) {
        return rule_fault(findings, list->line, list->column, "the rules are too large");
    }
    bool done = true;
    size_t count = 0;
    for (const struct yaml_node *item = list->first; item != NULL; item = item->next) {
        done = rule_evidence_read(basis, item, rule->class, arena, findings, &evidence[count++]) &&
               done;
    }
    rule->evidence = evidence;
    rule->evidence_count = count;
    return done;
}

static void put_part(struct buf *out, struct str text)
{
    buf_printf(out, "%zu:", text.len);
    buf_put_str(out, text);
}

struct hash rule_basis_hash(const struct rule *rule)
{
    struct buf form = BUF_EMPTY;
    put_part(&form, str_of(rule_class_name(rule->class)));
    for (size_t i = 0; i < rule->evidence_count; i++) {
        const struct rule_evidence *one = &rule->evidence[i];
        const struct str texts[] = {one->url,    one->publisher, one->impersonates,
                                    one->sha256, one->claim,     one->rating};
        const int64_t times[] = {one->published_ms, one->valid_from_ms, one->valid_until_ms,
                                 one->rated_ms};
        for (size_t t = 0; t < sizeof texts / sizeof *texts; t++) {
            put_part(&form, texts[t]);
        }
        for (size_t t = 0; t < sizeof times / sizeof *times; t++) {
            buf_printf(&form, "%lld:", (long long)times[t]);
        }
    }
    struct hash hash = hash_sha256(buf_str(&form));
    buf_fini(&form);
    return hash;
}

/*
 * A rule whose time is over is inactive, not an error: a set must go on loading on the day after.
 * A fact that no longer holds, or not yet, takes its rule with it.
 */
static void check_time(const struct rule_basis *basis, const struct yaml_node *node,
                       struct rule_findings *findings, struct rule *rule, bool *is_active)
{
    for (size_t i = 0; i < rule->evidence_count; i++) {
        const struct rule_evidence *one = &rule->evidence[i];
        if (one->valid_until_ms != CLOCK_NEVER && one->valid_until_ms < rule->expires_ms) {
            rule->expires_ms = one->valid_until_ms;
        }
        if (one->valid_from_ms != CLOCK_NEVER && one->valid_from_ms > basis->now_ms) {
            *is_active = false;
            rule_warn(findings, node->line, node->column,
                      "inactive: a fact of its evidence is not valid yet");
        }
    }
    if (rule->expires_ms <= basis->now_ms) {
        char date[CLOCK_TEXT];
        *is_active = false;
        rule_warn(findings, node->line, node->column,
                  "inactive: it, or a fact it rests on, expired on %s; renew the evidence or take "
                  "the rule out",
                  clock_format_date(rule->expires_ms, date));
    }
}

bool rule_basis_read(const struct rule_basis *basis, const struct yaml_node *node,
                     struct arena *arena, struct rule_findings *findings, struct rule *rule,
                     bool *is_active)
{
    static const char *const allowed[] = {"class", "evidence", "expires", NULL};
    struct err err = ERR_NONE;
    if (node->kind != YAML_MAP) {
        return rule_fault(findings, node->line, node->column,
                          "'basis' must be a map of class, evidence and expires, not %s",
                          yaml_describe(node));
    }
    if (!yaml_only(node, allowed, &err)) {
        return rule_fault_err(findings, &err);
    }
    bool done = read_expiry(basis, node, findings, arena, rule);
    if (!read_class(node, findings, &rule->class)) {
        return false;
    }
    done = read_all_evidence(basis, node, arena, findings, rule) && done;
    if (done) {
        rule->revision = rule_basis_hash(rule);
        check_time(basis, node, findings, rule, is_active);
    }
    return done;
}
