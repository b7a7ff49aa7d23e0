/* Posts of a rule writer's own, for trying rules on: read from a file, shown, kept nowhere. */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "filter/base/attr.h"
#include "filter/base/post.h"
#include "filter/cli/options.h"
#include "filter/rule/set.h"

struct err;

struct rules_posts {
    size_t posts, bad; /* lines that held one; lines that did not, each told on stderr */
};

/*
 * Calls `each` for every post of an NDJSON file; what it points to stands for the call. False if
 * the file cannot be read, or `each` returned false with `err`.
 */
MUST_CHECK bool rules_posts_read(const char *path,
                                 bool (*each)(void *context, const struct post *post, unsigned line,
                                              struct err *err),
                                 void *context, struct rules_posts *counts, struct err *err);

/*
 * Nanoseconds that the rules of one file take per post when they are alone, once the post is
 * folded. -1 if they do not load so.
 */
double rules_posts_cost(const char *const *folders, const char *file, const char *path);

/* Whether a rule's id or file is among the words; of no words every rule is. */
bool rules_is_named(const struct cli_words *names, const struct rule *rule);
