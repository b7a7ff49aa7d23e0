/* Rules: the files, what the lint and people say of them, and a box to try a post. */
#pragma once

#include "filter/casebook/released.h"
#include "filter/console/page.h"
#include "filter/console/rulebook.h"
#include "filter/rule/match.h"

/* What became of the cases of a revision. */
struct page_rule_counts {
    struct hash revision;
    uint64_t flagged, cases, dismissed, upheld, rejected, lapsed;
};

/* A rule as the list shows it. */
struct page_rule {
    const struct rule *rule;
    struct casebook_rule_standing standing;
    struct page_rule_counts counts; /* of all its revisions */
    size_t findings;                /* of the lint in its file */
    size_t fast, slow; /* patterns that the literal scan finds, and those it does not */
};

/* `reading` NULL: still being loaded. */
void page_rules_open(const struct page *page, const struct rulebook_reading *reading);
void page_rules_row(const struct page *page, const struct page_rule *rule);
void page_rules_findings(const struct page *page, const struct rulebook_reading *reading,
                         struct str file);
/* A draft of a rule from a review that none rests on; with what drafts are, if it is the first. */
void page_rules_draft(const struct page *page, const struct casebook_claim *claim, struct str text,
                      bool is_first);
/* The box; with what matched, once something was tried. */
void page_rules_try(const struct page *page, struct str text, bool was_tried,
                    const struct rule_match *match);

struct page_rule_reason {
    struct hash revision;
    struct str reason;
    uint64_t count;
};

/* All of one rule. */
struct page_rule_whole {
    struct page_rule row;
    const struct rulebook_reading *reading;
    struct str source; /* the file's text */
    const struct page_rule_counts *revisions;
    size_t revision_count;
    const struct page_rule_reason *reasons;
    size_t reason_count;
};
void page_rule(const struct page *page, const struct page_rule_whole *whole);
