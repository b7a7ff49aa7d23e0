/*
 * The list of now, made from the log and the clock (DESIGN, limit 7): whatever is in doubt leaves
 * it empty, and it says why.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>

#include "filter/base/attr.h"
#include "filter/base/buf.h"
#include "filter/base/hash.h"
#include "filter/blocklist/aliases.h"
#include "filter/blocklist/format.h"
#include "filter/blocklist/list.h"
#include "filter/blocklist/seal.h"
#include "filter/casebook/casebook.h"
#include "filter/cli/desk.h"

struct err;

/* An entry in force that is not in the list. */
struct export_left {
    struct hash id;
    int64_t case_id;
    enum blocklist_scope scope;
    struct str target;
    unsigned by;     /* bits of enum blocklist_guard_bit; 0: its time, its season, or held */
    const char *why; /* all text is the desk's arena's */
};

/* Why an entry that the public register does not know is not in the list. */
#define EXPORT_UNREGISTERED "tidak ada di register publik / has no row in the public register"

/* Why an entry that export_list_hold left out is not in the list. */
#define EXPORT_HELD "ditahan sampai dikukuhkan / held back until it is confirmed"

/* An entry that is left out for what its name is an alias of. */
struct export_doubt {
    struct hash id;
    const char *why; /* the desk's arena's */
};

struct export_list {
    struct cli_desk *desk;   /* borrowed */
    bool falls_back;         /* without a readable protected list: with the one built in */
    bool was_said;           /* on stderr, what is left out and why */
    bool is_guard_weak;      /* that is so: nothing new may be listed */
    const struct hash *held; /* sorted: entries that export_list_hold was told to leave out */
    size_t held_count;
    struct export_doubt *doubts; /* sorted by their ids: export_list_doubt */
    size_t doubt_count, doubt_room;
    struct blocklist_aliases *aliases; /* what protected names lead to */
    struct export_left *left;          /* the first of them, `left_kept` */
    size_t left_kept, left_room;
    struct casebook_season season;
    bool has_season, was_season; /* one runs; one ran here before */
    struct blocklist_list *list;
    const struct blocklist_item *items; /* sorted */
    size_t count;
    const char *before;        /* where the lists before are, if they are; borrowed */
    bool packs;                /* NAME.gz is wanted beside small files */
    size_t left_out;           /* entries in force that are not in the list, as stderr says */
    struct casebook_ref *refs; /* those in the list, in the log's order */
    size_t ref_count, ref_room;
    struct buf keys;     /* certificates of keys that came after the season's file, a line each */
    struct buf empty;    /* why the list was emptied */
    struct buf unsynced; /* paths, a NUL behind each: see export_files_sync */
    struct buf appeal, fingerprint, zone;
    struct blocklist_seal seal;
    struct blocklist_opening opening; /* once it is sealed */
};

/*
 * Opens the casebook of the desk and selects the entries in force. A casebook that is damaged
 * gives an empty list; false if there is none, or no protected list (but see falls_back).
 */
MUST_CHECK bool export_list_select(struct export_list *list, struct err *err);

/*
 * Selects anew, without the entries of `held` (sorted, borrowed). What was said of the others on
 * stderr is not said again.
 */
void export_list_hold(struct export_list *list, const struct hash *held, size_t count);

/* Notes that an entry is to be left out, and why; export_list_hold selects without it. */
void export_list_doubt(struct export_list *list, const struct hash *id, const char *why);

/*
 * Takes the key and the serial and fills in the opening. `appeal`: where people object; NULL: at
 * the season's two organisations. export_list_fini gives all back. Sealed anew, after
 * export_list_hold, a list has a serial of its own.
 */
MUST_CHECK bool export_list_seal(struct export_list *list, const char *appeal, struct err *err);
void export_list_fini(struct export_list *list);
