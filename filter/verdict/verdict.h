/* Verdicts as they are cached and as they travel from ingest to review: JSON, without authors. */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "filter/base/arena.h"
#include "filter/base/attr.h"
#include "filter/base/buf.h"
#include "filter/base/hash.h"
#include "filter/base/post.h"
#include "filter/rule/match.h"

struct err;

enum {
    VERDICT_MAX_BYTES = 8 << 20,       /* a frame that claims more is broken */
    VERDICT_MAX_RULES_BYTES = 1 << 20, /* of rules in VERDICT_CASE; what is past it is left out */
    VERDICT_MAX_LINKS_BYTES = 1 << 19, /* of links, likewise */
    VERDICT_MAX_ID = 4096,             /* bytes of a post's id, source and language, each */
    VERDICT_MAX_FOUND = 4096,          /* of what a correlation found, in words */
};

enum verdict_form {
    VERDICT_SCAN, /* what `saring scan` prints */
    VERDICT_CASE, /* also what the casebook keeps of a rule, and by what it is released */
};

/*
 * Appends the cacheable part of a flagged post's verdict, a JSON object without its braces:
 * `"ruleset":"…","rules":[{"id","title","class","level","spans":[{"field","start","end","text"}]}]`
 * and, in VERDICT_CASE, per rule also
 * `"revision","document","description","evidence":[{"url","publisher",…}],"found"` (times in RFC
 * 3339, empty fields left out). Spans of author_name are left out. In VERDICT_CASE the first rule
 * is always there; further spans and rules are left out where they would not fit.
 */
void verdict_write_rules(struct buf *out, enum verdict_form form, const struct rule_set *set,
                         const struct rule_match *match);

/*
 * Appends all of a verdict that follows from what rules read, which is what a cache keeps:
 * `"links":[{"original","url","host","domain"}],"key":"…",` and `rules` as written above.
 */
void verdict_write_findings(struct buf *out, const struct text_link *links, size_t link_count,
                            const struct hash *key, struct str rules);

/*
 * Appends the whole verdict, one JSON object on one line without its newline:
 * `{"post":{"id","source","url","title","text","lang","published","fetched"},` and `findings`, as
 * written by verdict_write_findings or verdict_write_rules. Empty fields of the post are left out,
 * as is a URL of more than URL_MAX_BYTES; its author is never in it. The result fits
 * VERDICT_MAX_BYTES if the post is within its limits and the findings are a VERDICT_CASE's.
 */
void verdict_write_post(struct buf *out, const struct post *post, struct str findings);

/*
 * Both at once. `key` may be NULL, as for `saring scan`: then links and key are left out.
 */
void verdict_write(struct buf *out, const struct post *post, const struct text_link *links,
                   size_t link_count, const struct hash *key, struct str rules);

struct verdict_span {
    struct str field;
    struct text_span span;
    struct str text;
};

struct verdict_rule {
    struct str id, title, description, level;
    enum rule_class class;
    struct hash revision;                 /* of the rule's class and evidence */
    struct hash document;                 /* of its document and lists (filter/rule/release.h) */
    const struct rule_evidence *evidence; /* as it stood when the rule matched; at least one */
    size_t evidence_count;
    const struct verdict_span *spans;
    size_t span_count;
    struct str found; /* of a correlation: what was counted, in words; else empty */
};

/* What a second person must have released for this rule to open a case. */
struct hash verdict_rule_release(const struct verdict_rule *rule);

/* `original`: as the post has it; of an address that a short link led to, the short link. */
struct verdict_link {
    struct str original, url, host, domain;
};

/* A verdict read back; everything lies in the arena. */
struct verdict {
    struct post post; /* fields[POST_AUTHOR_NAME] is always empty */
    const struct verdict_link *links;
    size_t link_count;
    struct hash key; /* the post's folded text and links, keyed: what decisions are found by */
    struct str ruleset;
    const struct verdict_rule *rules; /* at least one */
    size_t rule_count;
};

/*
 * Reads what verdict_write wrote in VERDICT_CASE, as from a stranger: every field is checked, spans
 * against the text they claim to mark. Unknown fields are an error.
 */
MUST_CHECK bool verdict_read(struct arena *arena, struct str json, struct verdict *verdict,
                             struct err *err);

/*
 * The key under which decisions about a post are kept: keyed BLAKE2b of its folded title and text
 * and its links' canonical URLs.
 */
struct hash verdict_key(const struct hash_key *secret, struct rule_matcher *matcher);
