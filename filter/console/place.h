/*
 * A place of the console: what a path and query name, read and written by the same table, so that
 * every link on a page is one that we also understand.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "filter/base/attr.h"
#include "filter/base/buf.h"
#include "filter/base/str.h"
#include "filter/casebook/casebook.h"
#include "filter/console/message.h"
#include "filter/rule/rule.h"

enum place_route {
    ROUTE_QUEUE,  /* "/" */
    ROUTE_CASE,   /* "/cases/ID" */
    ROUTE_STYLE,  /* "/style-TAG.css": the tag changes when the style does */
    ROUTE_HEALTH, /* "/healthz" */
};

/* Which states the queue shows. */
enum place_states { STATES_LIVE, STATES_ALL, STATES_ONE };

/* Page numbers, from 1. X(member, name in the query) */
#define PLACE_PAGES(X)                                                                             \
    X(page, "page")                                                                                \
    X(post, "post")                                                                                \
    X(part, "part")                                                                                \
    X(rules, "rules")                                                                              \
    X(copies, "copies")                                                                            \
    X(events, "events")

struct place {
    enum place_route route;
    int64_t case_id;
    bool is_current;   /* of a style sheet: it names the one that we have */
    bool has_language; /* asked for in the address: links keep it */
    enum language language;
    bool only_class;
    enum rule_class class;
    enum place_states states;
    enum casebook_state state;
#define X(member, name) unsigned member;
    PLACE_PAGES(X)
#undef X
};

/* `route` as it is without a query. */
struct place place_of(enum place_route route);

enum place_answer {
    PLACE_FOUND,
    PLACE_NONE, /* no such path */
    PLACE_BAD,  /* an unknown choice, a number that is none, anything given twice */
};

/* Reads a request target in origin form (RFC 9112, section 3.2.1), without decoding anything. */
MUST_CHECK enum place_answer place_parse(struct str target, struct place *place);

/* Appends the shortest target that place_parse reads as `place`. */
void place_write(const struct place *place, struct buf *out);

/* ` href="…"` to it, within a tag of `page`. */
void place_link(struct html *page, const struct place *place);
