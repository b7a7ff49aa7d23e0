/*
 * The list of now, made from the log and the clock (DESIGN, limit 7): whatever is in doubt leaves
 * it empty, and it says why.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "filter/base/attr.h"
#include "filter/base/buf.h"
#include "filter/blocklist/format.h"
#include "filter/blocklist/list.h"
#include "filter/blocklist/seal.h"
#include "filter/casebook/casebook.h"
#include "filter/cli/desk.h"

struct err;

struct export_list {
    struct cli_desk *desk; /* borrowed */
    struct casebook_season season;
    bool has_season, was_season; /* one runs; one ran here before */
    struct blocklist_list *list;
    const struct blocklist_item *items; /* sorted */
    size_t count;
    bool packs;         /* NAME.gz is wanted beside small files */
    size_t left_out;    /* entries in force that are not in the list, as stderr says */
    struct buf entries; /* those of the list with their signatures, a line each */
    struct buf empty;   /* why the list was emptied */
    struct buf appeal, fingerprint, zone;
    struct blocklist_seal seal;
    struct blocklist_opening opening; /* once it is sealed */
};

/*
 * Opens the casebook of the desk and selects the entries in force. A casebook that is damaged
 * gives an empty list; false if there is none, or no protected list.
 */
MUST_CHECK bool export_list_select(struct export_list *list, struct err *err);

/*
 * Takes the key and the serial and fills in the opening. `appeal`: where people object; NULL: at
 * the season's two organisations. export_list_fini gives all back.
 */
MUST_CHECK bool export_list_seal(struct export_list *list, const char *appeal, struct err *err);
void export_list_fini(struct export_list *list);
