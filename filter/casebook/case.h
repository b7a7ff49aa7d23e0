/* A case and its entry as moves change them; within one transaction, the log's row first. */
#pragma once

#include "filter/casebook/internal.h"

#define CASEBOOK_MACHINE STR("machine")
#define CASEBOOK_CLOCK STR("clock")

/* The states in which a case waits for somebody or something; SQL's list of them. */
#define CASEBOOK_WAITING "('flagged', 'claimed', 'proposed', 'returned', 'approved')"

struct casebook_dossier {
    int64_t id, version, opened_ms, since_ms, due_ms, lease, returns;
    struct str season, rule_id, holder, proposer; /* in the arena */
    struct hash revision;
    enum rule_class class;
    enum casebook_state state;
};

struct casebook_listing {
    int64_t case_id, due_ms, end_ms;
    struct hash id;
    struct str json; /* in the arena */
    enum casebook_entry_state state;
};

/* Now, or the log's last time if the clock went back: time never does here. */
MUST_CHECK bool casebook_time(struct casebook *casebook, int64_t *now_ms, struct err *err);

struct str casebook_keep(struct arena *arena, struct str text);

MUST_CHECK bool casebook_case_load(struct casebook *casebook, struct arena *arena, int64_t id,
                                   struct casebook_dossier *dossier, bool *found, struct err *err);

/*
 * Makes a move of the table: logs it with `detail` (stolen; from, to and version are added) and
 * writes the dossier's state, holder, lease, returns and proposer. Keeps the decision about the
 * case's posts where people made one.
 */
MUST_CHECK bool casebook_case_enter(struct casebook *casebook, struct casebook_dossier *dossier,
                                    const struct casebook_move *move, struct str actor,
                                    json_t *detail, struct err *err);

MUST_CHECK bool casebook_entry_load(struct casebook *casebook, struct arena *arena, int64_t case_id,
                                    struct casebook_listing *listing, bool *found, struct err *err);

/* The same for its entry; the case is closed with it unless the machine removes it. */
MUST_CHECK bool casebook_entry_enter(struct casebook *casebook, struct casebook_dossier *dossier,
                                     struct casebook_listing *listing,
                                     const struct casebook_move *move, struct str actor,
                                     struct str reason, struct err *err);

/* Makes a case void, and removes its entry, if its state lets it. */
MUST_CHECK bool casebook_case_void(struct casebook *casebook, struct arena *arena, int64_t id,
                                   const char *reason, bool *voided, struct err *err);

/* The table's row for this, by any of `by`; NULL: there is no such move. */
const struct casebook_move *casebook_move_find(enum casebook_thing of, int from,
                                               enum casebook_action action, unsigned by);

/* The move that the clock makes a fixed time after a state was entered; NULL: none. */
const struct casebook_move *casebook_move_due(enum casebook_thing of, int from);

/* tick.c: the clock's moves of one case that are due; within a transaction. */
MUST_CHECK bool casebook_case_tick(struct casebook *casebook, struct arena *arena, int64_t id,
                                   size_t *moved, struct err *err);
