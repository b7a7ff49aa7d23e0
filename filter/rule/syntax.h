/*
 * A closed subset of PCRE2's syntax as a tree, for finding out what any match must contain. What
 * the tree says is never narrower than what PCRE2 matches on the view; where it may be wider,
 * `exact` is false.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "filter/base/arena.h"
#include "filter/base/attr.h"
#include "filter/base/str.h"
#include "filter/text/view.h"

enum rule_syntax_kind {
    RULE_SYNTAX_SET,      /* one character out of a set */
    RULE_SYNTAX_ASSERT,   /* nothing, where some condition holds: ^ $ \A \z \B, look-around */
    RULE_SYNTAX_BOUNDARY, /* nothing, at \b */
    RULE_SYNTAX_SEQUENCE,
    RULE_SYNTAX_CHOICE,
    RULE_SYNTAX_REPEAT,
    RULE_SYNTAX_ANYTHING, /* any text, the empty one too: a back-reference, \X */
};

#define RULE_SYNTAX_ENDLESS SIZE_MAX

struct rule_syntax {
    enum rule_syntax_kind kind;
    /* SET: ASCII characters by bit, one other code point (0: none), or `wide`: any beyond ASCII */
    uint64_t ascii[2];
    uint32_t code;
    bool wide;
    /* REPEAT: one child, `least` to `most` times (RULE_SYNTAX_ENDLESS: no end) */
    size_t least, most;
    const struct rule_syntax **children;
    size_t child_count;
    size_t min_bytes, max_bytes; /* of what it matches; max may be RULE_SYNTAX_ENDLESS */
};

/*
 * Reads `pattern` as PCRE2 does with UTF, UCP and `flags` (enum rule_regex_flag), for matching on
 * views of the kind `view`: folded ones have no ASCII capitals, no white space but single blanks,
 * and neither U+017F nor U+212A. The tree lies in `arena`. NULL if the pattern has anything outside
 * the subset, or is too deep or too big.
 */
MUST_CHECK const struct rule_syntax *rule_syntax_parse(struct str pattern, unsigned flags,
                                                       enum text_view_kind view,
                                                       struct arena *arena, bool *exact);

/*
 * The repeat of one character that `pattern` begins with, if its fewest copies will do: where a
 * match has more of them, another one starts with the last of them. NULL: no such repeat.
 */
const struct rule_syntax *rule_syntax_lead(const struct rule_syntax *tree, struct str pattern);

/* How many ASCII characters the set has. */
unsigned rule_syntax_ascii_count(const struct rule_syntax *set);

/* Whether the set has this ASCII character. */
bool rule_syntax_has(const struct rule_syntax *set, unsigned char c);

/* Appends the UTF-8 form of `code` to `out`; returns its bytes (1 to 4). */
size_t rule_syntax_utf8(uint32_t code, char out[4]);
