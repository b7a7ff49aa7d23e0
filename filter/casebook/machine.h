/*
 * Tokens of machines: what a dashboard or a monitor shows to read the console. A token has a name,
 * a few of the scopes below, and an end, and belongs to the season (or the demonstration) in which
 * it was made. There is no scope to move a case with, to sign, to approve or to propose, nor one
 * that reads what an approver must not see first: a machine only flags (limit 3).
 *
 * The casebook keeps a keyed hash of a token's 256 random bits, never the token. Making and ending
 * one are rows of the log.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "filter/base/attr.h"
#include "filter/base/str.h"
#include "filter/casebook/casebook.h"

struct err;

/* What a token may read. X(constant, name) */
#define CASEBOOK_SCOPES(X)                                                                         \
    X(SCOPE_CASES, "cases:read")     /* the queue, cases without their posts' URLs, near-copies */ \
    X(SCOPE_ENTRIES, "entries:read") /* entries, the 24-hour lane */                               \
    X(SCOPE_LOG, "log:read")                                                                       \
    X(SCOPE_FIGURES, "figures:read") /* measures, how many wait */                                 \
    X(SCOPE_RULES, "rules:read") /* rules, and trying a text on them, of which nothing stays */    \
    X(SCOPE_SOURCES, "sources:read")                                                               \
    X(SCOPE_METRICS, "metrics") /* /metrics, also from other machines */

enum casebook_scope {
    SCOPE_NONE, /* of a route: no token ever */
#define X(constant, name) constant,
    CASEBOOK_SCOPES(X)
#undef X
};

enum {
    CASEBOOK_SCOPE_COUNT = SCOPE_METRICS + 1, /* SCOPE_NONE included */
    CASEBOOK_MACHINES_MOST = 64,              /* tokens that may be in use at once */
    CASEBOOK_MACHINE_DAYS_MOST = 90,
    CASEBOOK_MACHINE_TOKEN = 7 + 43 + 1, /* "saring_", base64url of 256 bits, NUL */
};

/* "cases:read"; NULL for SCOPE_NONE. */
const char *casebook_scope_name(enum casebook_scope scope);
MUST_CHECK bool casebook_scope_parse(struct str name, enum casebook_scope *scope);

/* Whether a set of them, bits 1 << enum casebook_scope, has this one; it never has SCOPE_NONE. */
bool casebook_scope_has(unsigned scopes, enum casebook_scope scope);

/* A token as people may see it. Text stands during the call. */
struct casebook_machine {
    struct str name;   /* a short word, as people's names */
    struct str reason; /* what it is for */
    unsigned scopes;
    int64_t made_ms, end_ms;
    int64_t used_ms;  /* the day it was last used on, at its start; CLOCK_NEVER: never */
    int64_t ended_ms; /* when it was ended before its time; CLOCK_NEVER */
    bool is_live;
};

/*
 * Makes a token that lasts `days` (1 to 90, and not beyond the season's end), and writes it to
 * `token`, once and for good. Refused, with the reason: a name that was used before, no scope, no
 * reason (3 to 1,500 characters), as many live ones as may be.
 */
MUST_CHECK bool casebook_machine_add(struct casebook *casebook, struct str name, unsigned scopes,
                                     int64_t days, struct str reason,
                                     char token[CASEBOOK_MACHINE_TOKEN], int64_t *end_ms,
                                     struct err *err);

/* Ends it at once; its name is never used again. */
MUST_CHECK bool casebook_machine_end(struct casebook *casebook, struct str name, struct str reason,
                                     struct err *err);

/* Calls `each` for all there ever were in this casebook, by name. */
MUST_CHECK bool casebook_machines(struct casebook *casebook,
                                  void (*each)(void *context, const struct casebook_machine *one),
                                  void *context, struct err *err);

/* Who a token is, for one request. */
struct casebook_machine_visit {
    char name[64 + 1];
    unsigned scopes;
};

/*
 * Looks a token up, and notes the day. `*found` is false for one that is unknown, ended, too old,
 * of another season or of the demonstration; nothing tells which. Open for writing.
 */
MUST_CHECK bool casebook_machine_find(struct casebook *casebook, struct str token,
                                      struct casebook_machine_visit *visit, bool *found,
                                      struct err *err);
