/* What the subcommands of `saring rules` share. */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "filter/base/attr.h"
#include "filter/base/buf.h"
#include "filter/cli/options.h"
#include "filter/rule/match.h"
#include "filter/rule/set.h"

struct err;

/* Each gets its own words: argv[0] is "check", "new", …; returns an enum cli_status. */
#define VERB(name, function, words, summary, example) int function(int argc, char **argv);
#include "filter/cli/rules_verbs.tbl"
#undef VERB

/* Says on stderr what went wrong; returns CLI_CANNOT. */
int rules_cannot(const struct err *err);

/* Where findings go, and how many there were. */
struct rules_report {
    bool is_json;
    size_t errors, warnings;
};

/*
 * Prints a finding on stdout, as "file:line:column: galat/error: …" or as a JSON object; `context`
 * is a struct rules_report.
 */
void rules_report(void *context, bool is_error, const struct err *err);

/* The same on stderr, warnings left out. */
void rules_report_errors(void *context, bool is_error, const struct err *err);

/*
 * The folders of --rules, or "rules" and "feeds/example" where they are. `words` holds them.
 */
const char *const *rules_folders(const struct cli_words *given, struct cli_words *words);

/* Appends the text on one line with the spans of `field` marked, in colour or as [[…]]. */
void rules_put_marked(struct buf *out, const char *field, struct str text,
                      const struct rule_span *spans, size_t count, bool has_colour);

/* Appends title and text so, indented, each on its line; an author is never shown (limit 5). */
void rules_put_post(struct buf *out, const struct post *post, const struct rule_span *spans,
                    size_t count, bool has_colour);

enum {
    RULES_DAYS = 240
}; /* that a new rule stands, unless its writer says less: a season's most */
