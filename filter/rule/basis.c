#include <ctype.h>
#include <stdlib.h>
#include <strings.h>

#include "filter/base/buf.h"
#include "filter/base/clock.h"
#include "filter/base/mem.h"
#include "filter/rule/internal.h"

static const int64_t day_ms = 86400000;

/* Election disinformation older than this is not what a rule of today rests on; a year with a
 * digit too few or too many is what the bounds are for. */
static const int64_t earliest_ms = 946684800000; /* 2000-01-01 */
static const int64_t longest_days = 2 * 366;

/* Ratings that say "false" and nothing less (DESIGN: limit 1). Compared without case and without
 * brackets around. "Misleading", "partly" or "missing context" leave room for opinion. */
static const char *const plainly_false[] = {"salah",       "hoaks", "hoax", "palsu",
                                            "tidak benar", "false", "fake", NULL};

/* Checkers of a state are not independent of it, whoever puts them on the list. */
static const char *const state_suffixes[] = {".go.id", ".mil.id", ".desa.id", NULL};

void rule_basis_fini(struct rule_basis *basis)
{
    free(basis->checkers);
    basis->checkers = NULL;
    basis->count = basis->room = 0;
}

static bool is_state(struct str domain)
{
    for (const char *const *suffix = state_suffixes; *suffix != NULL; suffix++) {
        if (str_ends(domain, str_of(*suffix)) || str_is(domain, *suffix + 1)) {
            return true;
        }
    }
    return false;
}

static bool is_host(struct str text)
{
    bool has_dot = false;
    for (size_t i = 0; i < text.len; i++) {
        char c = text.at[i];
        if (!islower((unsigned char)c) && !isdigit((unsigned char)c) && c != '-' && c != '.') {
            return false;
        }
        has_dot = has_dot || (c == '.' && i > 0 && i + 1 < text.len);
    }
    return has_dot;
}

static bool allow_line(struct rule_basis *basis, struct rule_findings *findings, struct str line,
                       unsigned number)
{
    const char *tab = memchr(line.at, '\t', line.len);
    size_t end = tab != NULL ? (size_t)(tab - line.at) : line.len;
    struct str domain = str_trim(str_part(line, 0, end));
    struct str name = tab != NULL ? str_trim(str_part(line, end + 1, line.len)) : STR("");
    if (!is_host(domain) || name.len == 0) {
        return rule_fault(findings, number, 1,
                          "a line is a domain in lower case, one tab and the publisher's name, as "
                          "in tempo.co<tab>Tempo");
    }
    if (is_state(domain)) {
        return rule_fault(
            findings, number, 1,
            "'%.*s' belongs to a state; only independent fact-checkers can stand here",
            STR_FORMAT(rule_shown(domain)));
    }
    const char *domain_copy = arena_copy(basis->arena, domain.at, domain.len);
    const char *name_copy = arena_copy(basis->arena, name.at, name.len);
    if (domain_copy == NULL || name_copy == NULL) {
        return rule_fault(findings, number, 1, "the allow lists are too large");
    }
    mem_grow(&basis->checkers, &basis->room, basis->count + 1, sizeof *basis->checkers);
    basis->checkers[basis->count++] =
        (struct rule_checker){.domain = {.at = domain_copy, .len = domain.len},
                              .name = {.at = name_copy, .len = name.len}};
    return true;
}

bool rule_basis_allow(struct rule_basis *basis, struct rule_findings *findings, struct str text)
{
    bool done = true;
    unsigned number = 0;
    for (size_t at = 0; at < text.len;) {
        const char *end = memchr(text.at + at, '\n', text.len - at);
        size_t stop = end != NULL ? (size_t)(end - text.at) : text.len;
        struct str line = str_trim(str_part(text, at, stop));
        number++;
        at = stop + 1;
        if (line.len > 0 && line.at[0] != '#') {
            done = allow_line(basis, findings, line, number) && done;
        }
    }
    return done;
}

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
    struct str text;
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

/* The host of "https://host/…" as browsers show it; "" if it is anything else. No port, no user:
 * evidence is a public page that people open. */
static struct str https_host(struct str url)
{
    static const size_t start = sizeof "https://" - 1;
    size_t end = start;
    if (!str_starts(url, STR("https://"))) {
        return STR("");
    }
    for (size_t i = start; i < url.len; i++) {
        if ((unsigned char)url.at[i] <= ' ' || url.at[i] == 0x7f) {
            return STR("");
        }
    }
    while (end < url.len && url.at[end] != '/' && url.at[end] != '?' && url.at[end] != '#') {
        end++;
    }
    struct str host = str_part(url, start, end);
    return is_host(host) ? host : STR("");
}

static bool take_url(struct reading *in, struct str *out, struct str *host)
{
    struct str text;
    if (!take(in, "url", "https://www.kpu.go.id/", &text)) {
        return false;
    }
    const struct yaml_node *node = yaml_get(in->node, "url");
    *host = https_host(text);
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

static bool is_plainly_false(struct str rating)
{
    if (rating.len > 2 && rating.at[0] == '[' && rating.at[rating.len - 1] == ']') {
        rating = str_trim(str_part(rating, 1, rating.len - 1));
    }
    for (const char *const *name = plainly_false; *name != NULL; name++) {
        if (rating.len == strlen(*name) && strncasecmp(rating.at, *name, rating.len) == 0) {
            return true;
        }
    }
    return false;
}

static bool is_within(struct str host, struct str domain)
{
    return str_equal(host, domain) ||
           (str_ends(host, domain) && host.at[host.len - domain.len - 1] == '.');
}

/* The publisher is on the allow list, and the review is on its own site. */
static bool check_publisher(struct reading *in, struct str publisher, struct str host)
{
    const struct yaml_node *node = yaml_get(in->node, "publisher");
    struct str domain = STR("");
    for (size_t i = 0; i < in->basis->count; i++) {
        if (str_equal(in->basis->checkers[i].name, publisher)) {
            domain = in->basis->checkers[i].domain;
            if (is_within(host, domain)) {
                return true;
            }
        }
    }
    if (domain.len == 0) {
        return rule_fault(in->findings, node->line, node->column,
                          "'%.*s' is not a listed fact-checker; claims rest on one of "
                          "allow/fact-checkers.txt, written as there",
                          STR_FORMAT(rule_shown(publisher)));
    }
    node = yaml_get(in->node, "url");
    return rule_fault(in->findings, node->line, node->column,
                      "the review is on %.*s, not on a site of %.*s, as %.*s",
                      STR_FORMAT(rule_shown(host)), STR_FORMAT(rule_shown(publisher)),
                      STR_FORMAT(rule_shown(domain)));
}

static bool read_review(struct reading *in, struct str host, struct rule_evidence *out)
{
    bool done = take(in, "claim", "the sentence that was checked", &out->claim);
    done = take_past(in, "rated", &out->rated_ms) && done;
    if (take(in, "rating", "Salah", &out->rating)) {
        const struct yaml_node *node = yaml_get(in->node, "rating");
        done = (is_plainly_false(out->rating) ||
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
    struct reading in = {.basis = basis, .node = node, .arena = arena, .findings = findings};
    const struct yaml_node *expires = yaml_get(node, "expires");
    if (expires == NULL) {
        return rule_fault(findings, node->line, node->column,
                          "basis without 'expires'; a rule ends, at the latest with its season");
    }
    if (!take_time(&in, "expires", &rule->expires_ms)) {
        return false;
    }
    if (rule->expires_ms > basis->now_ms + longest_days * day_ms) {
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
    const char *type = kinds[rule->class].type;
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
        struct reading in = {.basis = basis, .node = item, .arena = arena, .findings = findings};
        evidence[count] = (struct rule_evidence){.published_ms = CLOCK_NEVER,
                                                 .valid_from_ms = CLOCK_NEVER,
                                                 .valid_until_ms = CLOCK_NEVER,
                                                 .rated_ms = CLOCK_NEVER};
        done = read_evidence(&in, rule->class, &evidence[count++]) && done;
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

/* Changes with what a case rests on, and with nothing else. */
static struct hash hash_basis(const struct rule *rule)
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
        rule->revision = hash_basis(rule);
        check_time(basis, node, findings, rule, is_active);
    }
    return done;
}
