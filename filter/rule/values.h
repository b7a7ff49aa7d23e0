/* The values of a post's fields and their views, each made once for a post. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "filter/base/arena.h"
#include "filter/base/attr.h"
#include "filter/base/post.h"
#include "filter/base/str.h"
#include "filter/text/link.h"
#include "filter/text/view.h"

struct err;

/* The fields that rules can name. X(constant, name in rule files) */
#define RULE_FIELDS(X)                                                                             \
    X(RULE_FIELD_TITLE, "title")                                                                   \
    X(RULE_FIELD_TEXT, "text")                                                                     \
    X(RULE_FIELD_AUTHOR, "author_name")                                                            \
    X(RULE_FIELD_LANG, "lang")                                                                     \
    X(RULE_FIELD_SOURCE, "source")                                                                 \
    X(RULE_FIELD_URL, "link.url")                                                                  \
    X(RULE_FIELD_HOST, "link.host")                                                                \
    X(RULE_FIELD_DOMAIN, "link.domain")                                                            \
    X(RULE_FIELD_PATH, "link.path")

enum rule_field {
#define X(constant, name) constant,
    RULE_FIELDS(X)
#undef X
        RULE_FIELD_UNKNOWN, /* it has no value */
    RULE_FIELD_KINDS
};

enum { RULE_LINK_PARTS = RULE_FIELD_UNKNOWN - RULE_FIELD_URL };

enum rule_field rule_field_of(struct str name);

struct rule_value {
    struct str raw; /* of length 0: there is no such value */
    unsigned made;  /* bit of each view that is made */
    struct text_view views[TEXT_VIEW_KINDS];
};

struct rule_values {
    const struct post *post;
    struct text_fold *folds[POST_FIELDS], *fold;
    struct text_links *finder;
    struct arena *arena; /* views of links, language and source */
    struct rule_value own[RULE_FIELD_URL];
    struct rule_value (*links)[RULE_LINK_PARTS]; /* POST_MAX_LINKS */
    const struct text_link *found;
    size_t link_count;
    bool links_found;
};

void rule_values_init(struct rule_values *values);
void rule_values_fini(struct rule_values *values);

/*
 * Reads a post, which must stand as long as the values are used. `needs` has, for each field, the
 * bits of the views that will be asked for; no others are made. False if the post is too long.
 */
MUST_CHECK bool rule_values_read(struct rule_values *values, const struct post *post,
                                 const unsigned needs[RULE_FIELD_KINDS], struct err *err);

/* How many values `field` may have; some of them may be absent. `text` has two: title and text. */
size_t rule_values_count(const struct rule_values *values, enum rule_field field);

/* The `i`th of them; NULL if it is absent. */
const struct rule_value *rule_values_at(const struct rule_values *values, enum rule_field field,
                                        size_t i);

/* Finds the links if that was not yet needed. */
void rule_values_find_links(struct rule_values *values);

/* Makes a view of a field that people wrote, if it is not yet made; empty if that fails. */
struct str rule_values_folded(struct rule_values *values, enum post_field field);
