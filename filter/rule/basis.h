/* Limit 1: what a rule rests on. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "filter/base/hash.h"
#include "filter/base/str.h"
#include "filter/rule/findings.h"
#include "filter/rule/rule.h"

struct arena;
struct yaml_node;

struct rule_checker {
    struct str domain, name;
};

struct rule_basis {
    int64_t now_ms;
    struct arena *arena;           /* owns the checkers' text */
    struct rule_checker *checkers; /* owned: the fact-checkers whose ratings count */
    size_t count, room;
};

void rule_basis_fini(struct rule_basis *basis);

/* Adds the lines of an allow/fact-checkers.txt: domain, tab, name. False with findings. */
bool rule_basis_allow(struct rule_basis *basis, struct rule_findings *findings, struct str text);

/*
 * Whether `host` is a site of the checker `publisher`; else `*site` is one of its sites, "" if it
 * is not on the list at all.
 */
bool rule_basis_allows(const struct rule_basis *basis, struct str publisher, struct str host,
                       struct str *site);

/* Whether the text is a host name in lower case with a dot in it. */
bool rule_is_host(struct str text);

/*
 * The host of "https://host/…" as browsers show it; "" if it is anything else. No port, no user:
 * evidence is a public page that people open.
 */
struct str rule_https_host(struct str url);

/* What evidence of a class is called: "official", "fact", "claimreview". */
const char *rule_evidence_type(enum rule_class class);

/* Reads one piece of evidence, texts into `arena`; false with findings. */
bool rule_evidence_read(const struct rule_basis *basis, const struct yaml_node *node,
                        enum rule_class class, struct arena *arena, struct rule_findings *findings,
                        struct rule_evidence *out);

/* The time under `name`, which must be there. */
bool rule_evidence_time(const struct yaml_node *map, const char *name, struct arena *arena,
                        struct rule_findings *findings, int64_t *out);

/* Reads `basis:` into `rule`, texts into `arena`; `*is_active` turns false if it has run out. */
bool rule_basis_read(const struct rule_basis *basis, const struct yaml_node *node,
                     struct arena *arena, struct rule_findings *findings, struct rule *rule,
                     bool *is_active);

/* A hash that changes with what a case rests on, and with nothing else. */
struct hash rule_basis_hash(const struct rule *rule);
