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
#include "filter/casebook/proposal.h"
#include "filter/console/message.h"
#include "filter/rule/rule.h"

/*
 * Every path there is, once. X(constant, pattern): {id} is a number from 1 on, {name} 1 to
 * PLACE_NAME_MOST of a-z 0-9 . _ -, {tag} of a file the hash of what is in it.
 */
#define PLACES(X)                                                                                  \
    X(ROUTE_QUEUE, "/")                                                                            \
    X(ROUTE_COUNT, "/count")                                                                       \
    X(ROUTE_CASE, "/cases/{id}")                                                                   \
    X(ROUTE_MOVE, "/cases/{id}/move")                                                              \
    X(ROUTE_PROPOSE, "/cases/{id}/propose")                                                        \
    X(ROUTE_APPROVE, "/cases/{id}/approve")                                                        \
    X(ROUTE_ANSWER, "/cases/{id}/answer")                                                          \
    X(ROUTE_APPROVAL, "/cases/{id}/approval.json")                                                 \
    X(ROUTE_BYTES, "/cases/{id}/entry.json")                                                       \
    X(ROUTE_PACK, "/cases/{id}/pack.html")                                                         \
    X(ROUTE_PACK_JSON, "/cases/{id}/pack.json")                                                    \
    X(ROUTE_COPIES, "/cases/{id}/copies")                                                          \
    X(ROUTE_MERGE, "/cases/{id}/merge")                                                            \
    X(ROUTE_NOTES, "/cases/{id}/notes")                                                            \
    X(ROUTE_EVIDENCE, "/cases/{id}/evidence")                                                      \
    X(ROUTE_CAPTURE, "/captures/{name}")                                                           \
    X(ROUTE_CAPTURE_LOOK, "/captures/{name}/look")                                                 \
    X(ROUTE_CAPTURE_IMAGE, "/captures/{name}/image")                                               \
    X(ROUTE_CAPTURE_FILE, "/captures/{name}/file.warc")                                            \
    X(ROUTE_ALIKE, "/alike")                                                                       \
    X(ROUTE_ALIKE_RULE, "/alike/{name}")                                                           \
    X(ROUTE_URGENT, "/urgent")                                                                     \
    X(ROUTE_ENTRIES, "/entries")                                                                   \
    X(ROUTE_APPEALS, "/appeals")                                                                   \
    X(ROUTE_APPEAL, "/appeals/{id}")                                                               \
    X(ROUTE_RULES, "/rules")                                                                       \
    X(ROUTE_TRY, "/rules/try")                                                                     \
    X(ROUTE_RULE, "/rules/{name}")                                                                 \
    X(ROUTE_SOURCES, "/sources")                                                                   \
    X(ROUTE_PEOPLE, "/people")                                                                     \
    X(ROUTE_LOG, "/log")                                                                           \
    X(ROUTE_MEASURES, "/measures")                                                                 \
    X(ROUTE_WELLBEING, "/wellbeing")                                                               \
    X(ROUTE_KEYS, "/keys")                                                                         \
    X(ROUTE_ACCOUNT, "/account")                                                                   \
    X(ROUTE_SIGN_IN, "/sign-in")                                                                   \
    X(ROUTE_CODE, "/sign-in/code")                                                                 \
    X(ROUTE_SIGN_OUT, "/sign-out")                                                                 \
    X(ROUTE_STYLE, "/style-{tag}.css")                                                             \
    X(ROUTE_SCRIPT, "/app-{tag}.js")                                                               \
    X(ROUTE_OPENAPI, "/api/openapi.json")                                                          \
    X(ROUTE_HEALTH, "/healthz")                                                                    \
    X(ROUTE_READY, "/readyz")                                                                      \
    X(ROUTE_METRICS, "/metrics")

enum place_route {
#define X(constant, pattern) constant,
    PLACES(X)
#undef X
};

enum {
    PLACE_ROUTES = ROUTE_METRICS + 1,
    PLACE_NAME_MOST = 64,
    PLACE_SAID = 32,
    PLACE_AFTER = 49, /* digits of "after": one, and three times sixteen */
    PLACE_WORDS_MOST = 120
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
    int64_t case_id;                /* {id}, whatever it is of */
    char name[PLACE_NAME_MOST + 1]; /* {name} */
    bool has_kind, is_urgent;       /* which proposal form; urgent: the 24-hour lane's */
    enum casebook_kind kind;
    char rule[PLACE_NAME_MOST + 1];   /* "rule": of which rule the queue is; "" for all */
    char words[PLACE_WORDS_MOST + 1]; /* "q": what the queue is searched for; "" for all */
    struct casebook_after after;      /* "after": the queue goes on behind it; id 0 for all of it */
    char said[PLACE_SAID + 1];        /* which outcome of a form to show (visit.h); "" for none */
    bool is_current;                  /* of a file with a tag: it names the one that we have */
    bool has_language;                /* asked for in the address: links keep it */
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

/* Its path as in PLACES. */
const char *place_pattern(enum place_route route);

enum place_answer {
    PLACE_FOUND,
    PLACE_NONE, /* no such path */
    PLACE_BAD,  /* an unknown choice, a number that is none, anything given twice */
};

/* Reads a request target in origin form (RFC 9112, section 3.2.1); only the words of "q" are
 * decoded. */
MUST_CHECK enum place_answer place_parse(struct str target, struct place *place);

/* Appends a place in the queue as "after" has it: opaque to clients. */
void place_put_after(const struct casebook_after *after, struct buf *out);

/* Whether a text can stand in an address as {name}. */
bool place_is_name(struct str text);

/* Appends the shortest target that place_parse reads as `place`. */
void place_write(const struct place *place, struct buf *out);

/* ` href="…"` to it, within a tag of `page`. */
void place_link(struct html *page, const struct place *place);

/* The picture at it, of our own, with `words` in its stead. */
void place_picture(struct html *page, const struct place *place, struct str words);

/* ` action="…"` of a form, within its tag. */
void place_action(struct html *page, const struct place *place);
