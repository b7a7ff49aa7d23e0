/*
 * The public pages on a listener of their own: the files that site.h wrote, the published lists
 * below /lists/ (shelf.h), and appeals, which anyone may send without an account. It knows no
 * session and shows nothing else.
 */
#pragma once

#include "filter/base/attr.h"

struct clock;
struct config;
struct err;
struct public_pages;

/*
 * Listens where `config` says (its public part) and opens the casebook at `casebook` when the first
 * appeal comes. All is borrowed until public_stop. NULL with the reason.
 */
MUST_CHECK struct public_pages *public_start(const struct config *config, const char *casebook,
                                             const struct clock *clock, struct err *err);
void public_stop(struct public_pages *pages); /* NULL is fine */
