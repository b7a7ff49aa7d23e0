/* The language library alone, for tests and benches: no basis, no samples. */
#pragma once

#include <stdbool.h>

#include "filter/base/attr.h"
#include "filter/base/str.h"
#include "filter/rule/program.h"

struct err;

struct rule_language;

MUST_CHECK struct rule_language *rule_language_new(void);

/* The same for rules that read events (judge.h): plain Sigma, as other evaluators have it. */
MUST_CHECK struct rule_language *rule_language_new_for_events(void);

void rule_language_free(struct rule_language *language); /* NULL is fine */

/* Adds values of %name%, one a line; the text is copied. */
MUST_CHECK bool rule_language_list(struct rule_language *language, const char *name,
                                   struct str text, struct err *err);

/* Adds the rules of a YAML text; `file` is for messages and must stand as long as the language. */
MUST_CHECK bool rule_language_add(struct rule_language *language, const char *file, struct str yaml,
                                  struct err *err);

/* All that was added; stands until the next call or the language is freed. NULL: too large. */
MUST_CHECK const struct rule_program *rule_language_program(struct rule_language *language);
