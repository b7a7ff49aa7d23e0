/* One piece of what a rule rests on (DESIGN: the rule language). */
#include <ctype.h>
#include <strings.h>

#include "filter/base/arena.h"
#include "filter/base/clock.h"
#include "filter/base/err.h"
#include "filter/base/yaml.h"
#include "filter/rule/basis.h"
#include "filter/rule/checkers.h"
#include "filter/rule/findings.h"
#include "filter/rule/rule.h"

static const int64_t day_ms = 86400000;

/* Election disinformation older than this is not what a rule of today rests on; a year with a
 * digit too few or too many is what the bounds are for. */
static const int64_t earliest_ms = 946684800000; /* 2000-01-01 */

/* One piece of evidence being read. */
struct reading {
    const struct rule_basis *basis;
    const struct yaml_node *node;
    struct arena *arena;
    struct rule_findings *findings;
};

static bool take(struct reading *in, const char *name, const char *example, struct str *out)
{
    const struct yaml_node *node = yaml_get(in->node, name);
    struct err err = ERR_NONE;
    if (node == NULL) {
        return rule_fault(in->findings, in->node->line, in->node->column,
                          "evidence without '%s'; add it, as %s", name, example);
    }
    if (node->kind == YAML_SCALAR && node->text.len == 0) {
        return rule_fault(in->findings, node->line, node->column,
                          "'%s' is empty; fill it in, as %s", name, example);
    }
    if (!yaml_text(node, out, &err)) {
        return rule_fault_err(in->findings, &err);
    }
    out->at = arena_copy(in->arena, out->at, out->len);
    return out->at != NULL ||
           rule_fault(in->findings, node->line, node->column, "the rules are too large");
}

static bool take_time(struct reading *in, const char *name, int64_t *out)
{
    struct str text = STR("");
    if (!take(in, name, "2026-11-24", &text)) {
        return false;
    }
    const struct yaml_node *node = yaml_get(in->node, name);
    if (!clock_parse(text, out)) {
        return rule_fault(in->findings, node->line, node->column,
                          "%s '%.*s' is not a date; write it as 2026-11-24", name,
                          STR_FORMAT(rule_shown(text)));
    }
    return *out >= earliest_ms ||
           rule_fault(in->findings, node->line, node->column,
                      "%s '%.*s' is before the year 2000; is the year right?", name,
                      STR_FORMAT(rule_shown(text)));
}

/* A time that lies in the past: what is not out yet cannot be evidence. */
static bool take_past(struct reading *in, const char *name, int64_t *out)
{
    if (!take_time(in, name, out)) {
        return false;
    }
    const struct yaml_node *node = yaml_get(in->node, name);
    /* A day of grace: a bare date is midnight UTC, and dates are set east of there. */
    return *out <= in->basis->now_ms + day_ms ||
           rule_fault(in->findings, node->line, node->column,
                      "%s '%.*s' is in the future; evidence must be out already", name,
                      STR_FORMAT(rule_shown(node->text)));
}

static bool take_url(struct reading *in, struct str *out, struct str *host)
{
    struct str text = STR("");
    if (!take(in, "url", "https://www.kpu.go.id/", &text)) {
        return false;
    }
    const struct yaml_node *node = yaml_get(in->node, "url");
    *host = rule_https_host(text);
    if (host->len == 0) {
        return rule_fault(in->findings, node->line, node->column,
                          "url '%.*s' is not an https:// address; open the page and copy it",
                          STR_FORMAT(rule_shown(text)));
    }
    *out = text;
    return true;
}

static bool read_official(struct reading *in, struct rule_evidence *out)
{
    bool done = take_past(in, "published", &out->published_ms);
    return take(in, "impersonates", "KPU RI", &out->impersonates) && done;
}

static bool is_sha256(struct str text)
{
    for (size_t i = 0; i < text.len; i++) {
        if (!isxdigit((unsigned char)text.at[i]) || isupper((unsigned char)text.at[i])) {
            return false;
        }
    }
    return text.len == (size_t)HASH_BYTES * 2;
}

static bool read_fact(struct reading *in, struct rule_evidence *out)
{
    bool done = take_past(in, "published", &out->published_ms);
    bool has_from = take_time(in, "valid_from", &out->valid_from_ms);
    bool has_until = take_time(in, "valid_until", &out->valid_until_ms);
    bool has_hash = take(in, "sha256", "`sha256sum FILE` prints it", &out->sha256);
    if (has_from && has_until && out->valid_until_ms < out->valid_from_ms) {
        const struct yaml_node *node = yaml_get(in->node, "valid_until");
        done = rule_fault(in->findings, node->line, node->column,
                          "valid_until is before valid_from; swap or correct them");
    }
    if (has_hash && !is_sha256(out->sha256)) {
        const struct yaml_node *node = yaml_get(in->node, "sha256");
        done = rule_fault(in->findings, node->line, node->column,
                          "sha256 '%.*s' is not 64 hexadecimal digits in lower case; `sha256sum "
                          "FILE` prints them",
                          STR_FORMAT(rule_shown(out->sha256)));
    }
    return done && has_from && has_until && has_hash;
}

/* The publisher is on the allow list, and the review is on its own site. */
static bool check_publisher(struct reading *in, struct str publisher, struct str host)
{
    struct str site;
    if (rule_basis_allows(in->basis, publisher, host, &site)) {
        return true;
    }
    const struct yaml_node *node = yaml_get(in->node, site.len == 0 ? "publisher" : "url");
    if (site.len == 0) {
        return rule_fault(in->findings, node->line, node->column,
                          "'%.*s' is not a listed fact-checker; claims rest on one of "
                          "allow/fact-checkers.txt, written as there",
                          STR_FORMAT(rule_shown(publisher)));
    }
    return rule_fault(in->findings, node->line, node->column,
                      "the review is on %.*s, not on a site of %.*s, as %.*s",
                      STR_FORMAT(rule_shown(host)), STR_FORMAT(rule_shown(publisher)),
                      STR_FORMAT(rule_shown(site)));
}

static bool read_review(struct reading *in, struct str host, struct rule_evidence *out)
{
    bool done = take(in, "claim", "the sentence that was checked", &out->claim);
    done = take_past(in, "rated", &out->rated_ms) && done;
    if (take(in, "rating", "Salah", &out->rating)) {
        const struct yaml_node *node = yaml_get(in->node, "rating");
        done = (rule_rating_is_false(out->rating) ||
                rule_fault(in->findings, node->line, node->column,
                           "rating '%.*s' is not plainly false; only Salah, Hoaks, Palsu, Tidak "
                           "benar, False or Fake can carry a rule",
                           STR_FORMAT(rule_shown(out->rating)))) &&
               done;
    } else {
        done = false;
    }
    if (out->publisher.len > 0 && host.len > 0) {
        done = check_publisher(in, out->publisher, host) && done;
    }
    return done;
}

/* By class: the type of its evidence and the keys of that type (DESIGN: the rule language). */
static const struct kind {
    const char *type;
    const char *keys[9];
} kinds[] = {
    [RULE_FRAUD] = {"official", {"type", "url", "publisher", "published", "impersonates", NULL}},
    [RULE_PROCEDURE] = {"fact",
                        {"type", "url", "publisher", "published", "valid_from", "valid_until",
                         "sha256", NULL}},
    [RULE_CLAIM] = {"claimreview", {"type", "url", "publisher", "claim", "rating", "rated", NULL}},
};

static bool read_evidence(struct reading *in, enum rule_class class, struct rule_evidence *out)
{
    const struct kind *kind = &kinds[class];
    struct err err = ERR_NONE;
    struct str type = STR("");
    if (in->node->kind != YAML_MAP) {
        return rule_fault(in->findings, in->node->line, in->node->column,
                          "evidence is a map of type, url, publisher and more, not %s",
                          yaml_describe(in->node));
    }
    if (!take(in, "type", kind->type, &type)) {
        return false;
    }
    if (!str_is(type, kind->type)) {
        const struct yaml_node *node = yaml_get(in->node, "type");
        return rule_fault(in->findings, node->line, node->column,
                          "evidence of type '%.*s'; class %s rests on type %s",
                          STR_FORMAT(rule_shown(type)), rule_class_name(class), kind->type);
    }
    if (!yaml_only(in->node, kind->keys, &err)) {
        return rule_fault_err(in->findings, &err);
    }
    struct str host = STR("");
    bool done = take_url(in, &out->url, &host);
    done = take(in, "publisher", "KPU RI", &out->publisher) && done;
    switch (class) {
    case RULE_FRAUD:
        done = read_official(in, out) && done;
        break;
    case RULE_PROCEDURE:
        done = read_fact(in, out) && done;
        break;
    case RULE_CLAIM:
        done = read_review(in, host, out) && done;
        break;
    }
    return done;
}

const char *rule_evidence_type(enum rule_class class)
{
    return kinds[class].type;
}

bool rule_evidence_read(const struct rule_basis *basis, const struct yaml_node *node,
                        enum rule_class class, struct arena *arena, struct rule_findings *findings,
                        struct rule_evidence *out)
{
    struct reading in = {.basis = basis, .node = node, .arena = arena, .findings = findings};
    *out = (struct rule_evidence){.published_ms = CLOCK_NEVER,
                                  .valid_from_ms = CLOCK_NEVER,
                                  .valid_until_ms = CLOCK_NEVER,
                                  .rated_ms = CLOCK_NEVER};
    return read_evidence(&in, class, out);
}

bool rule_evidence_time(const struct yaml_node *map, const char *name, struct arena *arena,
                        struct rule_findings *findings, int64_t *out)
{
    struct reading in = {.node = map, .arena = arena, .findings = findings};
    return take_time(&in, name, out);
}
