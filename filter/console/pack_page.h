/*
 * What goes to the recipient of a referral (filter/casebook/pack.h), as one HTML file for print and
 * mail: on paper of A4, without scripts, nothing to load, and no address that opens by a slip.
 */
#pragma once

#include "filter/casebook/pack.h"
#include "filter/console/html.h"

/* `origin` is where the register is served, "https://…"; NULL: not said. */
void pack_page(struct html *html, const struct casebook_pack *pack, const char *origin);
