/* Which regexes rules may have. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "filter/base/attr.h"
#include "filter/base/buf.h"
#include "filter/base/str.h"
#include "filter/text/view.h"

struct arena;
struct err;

/* Texts on which a regex could explode. */
enum { RULE_ATTACKS_MAX = 16 };

struct rule_attack {
    struct buf front, pump; /* the text is `front`, then `pump` many times */
    bool is_nested;         /* a repeat in a repeat; else only long */
};

struct rule_attacks {
    struct rule_attack items[RULE_ATTACKS_MAX];
    size_t count;
};

/* False if the regex has something that rules may not use: calls, verbs, \K. */
MUST_CHECK bool rule_attacks_find(struct str pattern, unsigned flags, struct rule_attacks *attacks,
                                  struct err *err);
void rule_attacks_fini(struct rule_attacks *attacks);

/* PCRE2's compile options for a RULE_REGEX with these flags: every compile uses them. */
uint32_t rule_regex_options(unsigned flags);

/*
 * Whether it compiles and is not too large; where it is tried, also that it cannot explode, which
 * is measured and takes a tenth of a second where it does. `*warning` is set if it can match no
 * letters and, where that is tried (some 15 ms if so), if it may be slow.
 */
enum rule_regex_trial { RULE_NOT_TRIED, RULE_TRIED_EXPLODING, RULE_TRIED_SLOW_TOO };
MUST_CHECK bool rule_regex_check(struct str pattern, unsigned flags, enum rule_regex_trial trial,
                                 struct err *warning, struct err *err);

/*
 * Sets `*warning` at a word of the pattern that folding for `view` changes, so that it can never be
 * there (a regex is matched as written). What is folded to find out lies in `arena`.
 */
void rule_regex_check_view(struct str pattern, enum text_view_kind view, struct arena *arena,
                           struct err *warning);
