/*
 * To whom a case may be referred: the bodies that the team lists in allow/recipients.txt of the
 * rules' folders, each with its kind. There is no kind for the police, the military, prosecutors or
 * intelligence, and a line that names one as something else does not load either.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "filter/base/attr.h"
#include "filter/base/str.h"
#include "filter/casebook/proposal.h"

struct casebook;
struct err;
struct casebook_addressees; /* immutable; any thread */

/* A line of the list: "kind<TAB>name<TAB>address". It stands as long as the list. */
struct casebook_addressee {
    enum casebook_recipient kind;
    struct str name;
    struct str address; /* where a pack is handed in: an https URL or an e-mail address */
};

enum { CASEBOOK_RECIPIENT_MOST = 200 }; /* characters of a recipient's name */

/*
 * Reads the list of each folder (a NULL at the end); a folder without one has none. NULL with file
 * and line at a kind that there is none of, a name twice, or an address that is none.
 */
MUST_CHECK struct casebook_addressees *casebook_addressees_load(const char *const *folders,
                                                                struct err *err);
/* The same of one file's text; `file` is for messages. */
MUST_CHECK struct casebook_addressees *casebook_addressees_read(struct str text, const char *file,
                                                                struct err *err);
void casebook_addressees_free(struct casebook_addressees *list); /* NULL is fine */

/* All of them, by kind and in the order of the files. */
const struct casebook_addressee *casebook_addressees_all(const struct casebook_addressees *list,
                                                         size_t *count);

/* The one of that kind and name; NULL: it is not on the list. `list` NULL: nobody is. */
const struct casebook_addressee *casebook_addressees_find(const struct casebook_addressees *list,
                                                          enum casebook_recipient kind,
                                                          struct str name);

/*
 * Whether a recipient's name or address is one of those that nothing is ever referred to. True: it
 * is none of them.
 */
MUST_CHECK bool casebook_addressee_check(struct str name, struct err *err);

/*
 * The list of now, borrowed until the next call or the close: without it nothing can be proposed
 * as a referral, or sent as one.
 */
void casebook_address(struct casebook *casebook, const struct casebook_addressees *list);
