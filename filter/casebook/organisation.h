/*
 * The organisations that people act for: in which role, of which sector, tied to whom. Whoever
 * answers to the executive, the police, the military or a party approves nothing.
 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "filter/base/attr.h"
#include "filter/base/str.h"
#include "filter/casebook/people.h"

struct err;

/* What an organisation is. X(constant, name, whether it, or who is tied to it, may approve) */
#define CASEBOOK_SECTORS(X)                                                                        \
    X(SECTOR_UNSTATED, "unstated", true)                                                           \
    X(SECTOR_CIVIL, "civil", true)           /* masyarakat sipil, also religious ones */           \
    X(SECTOR_UNIVERSITY, "university", true) /* kampus */                                          \
    X(SECTOR_PRESS, "press", true)           /* press councils, fact-checkers */                   \
    X(SECTOR_ELECTION, "election", true)     /* KPU, Bawaslu, DKPP: independent by law */          \
    X(SECTOR_EXECUTIVE, "executive", false)                                                        \
    X(SECTOR_POLICE, "police", false)                                                              \
    X(SECTOR_MILITARY, "military", false)                                                          \
    X(SECTOR_PARTY, "party", false) /* parties and campaign teams */

enum casebook_sector {
#define X(constant, name, may_approve) constant,
    CASEBOOK_SECTORS(X)
#undef X
};

const char *casebook_sector_name(enum casebook_sector sector);
MUST_CHECK bool casebook_sector_parse(struct str name, enum casebook_sector *sector);
bool casebook_sector_may_approve(enum casebook_sector sector);

/*
 * Says of which sector an organisation is; makes it where there is none of the name. Refused for
 * one of independent approvers or of the appeal panel if the sector may not approve. A sector
 * that bars is never taken back; any other one may be corrected.
 */
MUST_CHECK bool casebook_organisation_sector(struct casebook *casebook, struct str name,
                                             enum casebook_sector sector, struct str reason,
                                             struct err *err);

/* As anyone may see it. Text stands during the call. */
struct casebook_organisation {
    struct str name;
    bool has_role; /* false: nobody acts for it, it is there for its ties */
    enum casebook_role role;
    enum casebook_sector sector;
    size_t people;          /* who may sign in now */
    const struct str *ties; /* names of those it is tied to, directly */
    const struct str *tie_reasons;
    size_t tie_count;
    bool is_barred; /* by its sector, or by that of one it is tied to over any number of steps */
};

/* Calls `each` for all, in order of name. */
MUST_CHECK bool casebook_organisations(
    struct casebook *casebook,
    void (*each)(void *context, const struct casebook_organisation *organisation), void *context,
    struct err *err);
