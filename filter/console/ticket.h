/*
 * What forms carry: the token that a page of another site cannot know, and the name of this very
 * form, under which what came of it is kept, so that a form sent twice shows its outcome and does
 * nothing again. In memory: after a restart a form that was open is sent anew.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "filter/base/attr.h"
#include "filter/base/str.h"
#include "filter/console/message.h"

struct tickets; /* of a console; one thread */

enum { TICKET_TOKEN = 64 + 1, TICKET_NAME = 32 + 1 };

MUST_CHECK struct tickets *tickets_new(void); /* never NULL */
void tickets_free(struct tickets *tickets);   /* NULL is fine */

/*
 * The token for the forms of a session whose secret is `secret`, masked anew each time, so that
 * compression beside text from outside tells nothing of it (BREACH); returns `out`.
 */
char *ticket_token(const struct tickets *tickets, struct str secret, char out[TICKET_TOKEN]);
/* In constant time. */
bool ticket_token_fits(const struct tickets *tickets, struct str secret, struct str token);

/* A new name for the forms of a page; returns `out`. */
char *ticket_once(char out[TICKET_NAME]);

/* What a form led to. */
struct ticket_outcome {
    char said[TICKET_NAME]; /* its name, for an address */
    bool is_refused;
    enum message what;
    char *person; /* who sent it; owned */
    char *detail,
        *typed;     /* why it was refused, and the reason that was typed; owned, may be NULL */
    char *location; /* where the answer sent the browser; owned */
};

/* How the outcome of that form, sent there by that person for `action`, is named; returns `out`. */
char *ticket_said(const struct tickets *tickets, struct str person, struct str once,
                  struct str target, struct str action, char out[TICKET_NAME]);
/* NULL if there is none of that name and person, or it is too old: the last 1,024 are kept. */
const struct ticket_outcome *ticket_find(const struct tickets *tickets, struct str said,
                                         struct str person);
/* Copies all of it. */
void ticket_put(struct tickets *tickets, const struct ticket_outcome *outcome);
