/* Atoms without a regex, tested against one value: globs and words. */
#pragma once

#include <stdbool.h>

#include "filter/base/attr.h"
#include "filter/base/str.h"
#include "filter/rule/confirm.h"
#include "filter/text/view.h"

/*
 * Whether all of `value` (UTF-8) is as RULE_GLOB pattern `glob` says. `span` is then what its
 * letters stand for: from the leftmost place of the first on, as short as can be, wildcards at
 * the ends left out.
 */
MUST_CHECK bool rule_glob_find(struct str glob, struct str value, struct text_span *span);

/*
 * The first place at or behind `from` where RULE_WORDS pattern `words` stands in `value`: its
 * bytes, and no letter, digit or '_' beside a letter, digit or '_' at its ends.
 */
MUST_CHECK bool rule_words_find(struct rule_regex_runner *runner, struct str words,
                                struct str value, size_t from, struct text_span *span);
