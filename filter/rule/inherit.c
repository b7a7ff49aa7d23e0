/* What a correlation has from the rules that it names: class, evidence, an end; and its identity.
 */
#include <string.h>

#include "filter/base/arena.h"
#include "filter/base/buf.h"
#include "filter/base/clock.h"
#include "filter/base/hash.h"
#include "filter/rule/basis.h"
#include "filter/rule/correlation.h"
#include "filter/rule/findings.h"
#include "filter/rule/loader.h"
#include "filter/rule/rule.h"

static const struct rule *head_of(const struct rule_correlated *one)
{
    return one->rule != NULL ? one->rule : one->correlation->head;
}

static bool has_evidence(const struct rule_evidence *all, size_t count,
                         const struct rule_evidence *one)
{
    for (size_t i = 0; i < count; i++) {
        if (str_equal(all[i].url, one->url) && str_equal(all[i].publisher, one->publisher) &&
            str_equal(all[i].impersonates, one->impersonates) &&
            str_equal(all[i].sha256, one->sha256) && str_equal(all[i].claim, one->claim) &&
            str_equal(all[i].rating, one->rating) && all[i].published_ms == one->published_ms &&
            all[i].valid_from_ms == one->valid_from_ms &&
            all[i].valid_until_ms == one->valid_until_ms && all[i].rated_ms == one->rated_ms) {
            return true;
        }
    }
    return false;
}

/* All evidence of its rules, each once. */
static bool take_evidence(struct arena *arena, struct rule_correlation *correlation)
{
    struct rule *head = correlation->head;
    size_t most = 0;
    for (size_t i = 0; i < correlation->rule_count; i++) {
        most += head_of(&correlation->rules[i])->evidence_count;
    }
    struct rule_evidence *all = arena_array(arena, most, sizeof *all);
    if (all == NULL) {
        return false;
    }
    head->evidence = all;
    head->evidence_count = 0;
    for (size_t i = 0; i < correlation->rule_count; i++) {
        const struct rule *rule = head_of(&correlation->rules[i]);
        for (size_t e = 0; e < rule->evidence_count; e++) {
            if (!has_evidence(all, head->evidence_count, &rule->evidence[e])) {
                all[head->evidence_count++] = rule->evidence[e];
            }
        }
    }
    return true;
}

static bool fail(struct rule_findings *findings, const struct rule *head,
                 const struct rule_correlated *one, const char *message)
{
    findings->file = head->file.at;
    rule_fault(findings, one->line, one->column, "rule '%.*s' %s",
               STR_FORMAT(rule_shown(one->name)), message);
    findings->file = NULL;
    return false;
}

/*
 * What a correlation of posts rests on (limit 1): the class and the evidence of its rules, until
 * the first of them ends. Those below it have theirs already.
 */
static bool take_basis(struct arena *arena, struct rule_findings *findings,
                       struct rule_correlation *correlation)
{
    struct rule *head = correlation->head;
    head->expires_ms = CLOCK_NEVER;
    for (size_t i = 0; i < correlation->rule_count; i++) {
        const struct rule *rule = head_of(&correlation->rules[i]);
        if (i > 0 && rule->class != head->class) {
            return fail(findings, head, &correlation->rules[i],
                        "of this correlation is of another class than the one before it; each "
                        "class has evidence of its own");
        }
        head->class = rule->class;
        if (head->expires_ms == CLOCK_NEVER ||
            (rule->expires_ms != CLOCK_NEVER && rule->expires_ms < head->expires_ms)) {
            head->expires_ms = rule->expires_ms;
        }
    }
    if (!take_evidence(arena, correlation)) {
        return fail(findings, head, &correlation->rules[0],
                    "does not fit: the rules are too large for one set");
    }
    head->revision = rule_basis_hash(head);
    rule_seal(head);
    return true;
}

static void identify(struct rule_correlation *correlation)
{
    struct buf form = BUF_EMPTY;
    buf_put(&form, correlation->head->document.bytes, HASH_BYTES);
    for (size_t i = 0; i < correlation->rule_count; i++) {
        const struct rule_correlated *one = &correlation->rules[i];
        buf_put(&form,
                one->rule != NULL ? one->rule->document.bytes : one->correlation->identity.bytes,
                HASH_BYTES);
    }
    correlation->identity = hash_sha256(buf_str(&form));
    buf_fini(&form);
}

bool rule_correlation_inherit(struct rule_correlation *correlation, struct arena *arena,
                              struct rule_findings *findings)
{
    identify(correlation);
    return findings == NULL || take_basis(arena, findings, correlation);
}
