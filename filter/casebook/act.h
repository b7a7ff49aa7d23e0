/* One move of a person in the making: what casebook_move gathers and the actions read. */
#pragma once

#include "filter/casebook/case.h"

struct casebook_act {
    struct casebook *casebook;
    const struct casebook_session *session;
    const struct casebook_request *request;
    struct casebook_moved *moved;
    struct arena *arena;
    int64_t now_ms;
    struct casebook_now season;
    struct casebook_member member; /* who acts, as the casebook knows them now */
    struct casebook_dossier dossier;
    const struct casebook_move *move;
    struct err *err;
};

/* The open proposal of a case; text in the arena. */
struct casebook_open {
    int64_t number;
    enum casebook_kind kind;
    struct str proposal, record, signature, proposer, organisation, rule_id;
    struct hash revision;
    int64_t made_ms;
};

/* judge.c: REFUSED with the reason in words, FAILED if the casebook can't be read. */

/* Whether this person may judge that proposal: another one, of an organisation without ties. */
MUST_CHECK enum casebook_outcome casebook_judge_person(struct casebook_act *act,
                                                       const struct casebook_open *open);
/* Whether their key counts now: theirs, in the season's file, and not of a new account. */
MUST_CHECK enum casebook_outcome casebook_judge_key(struct casebook_act *act,
                                                    const struct casebook_member *member,
                                                    bool is_approver);
/* Whether an entry may be listed now: the guard, its end, no other on its host, no long renewal. */
MUST_CHECK enum casebook_outcome casebook_judge_entry(struct casebook_act *act,
                                                      const struct blocklist_entry *entry,
                                                      struct str reviewer, bool is_approval);

/* propose.c, approve.c: the actions that attach something. */
MUST_CHECK enum casebook_outcome casebook_act_propose(struct casebook_act *act);
MUST_CHECK enum casebook_outcome casebook_act_answer(struct casebook_act *act);
MUST_CHECK enum casebook_outcome casebook_act_approve(struct casebook_act *act);

/* propose.c: what the case's proposal rests on. */
struct casebook_basis casebook_act_basis(const struct casebook_act *act);
/* The newest proposal of the case; `*found` is false if there is none. */
MUST_CHECK bool casebook_open_load(struct casebook *casebook, struct arena *arena, int64_t case_id,
                                   struct casebook_open *open, bool *found, struct err *err);
/* approve.c: whether this person's blind answers on that proposal are in, and say no to all. */
MUST_CHECK bool casebook_answered(struct casebook_act *act, const struct casebook_open *open,
                                  bool *is_answered, bool *is_clear);

/* move.c: gathers the time, the season and who acts; the outcome if they may do nothing. */
MUST_CHECK enum casebook_outcome casebook_act_person(struct casebook_act *act);
/* move.c: gathers all of `act` but move; the outcome if that can't be. */
MUST_CHECK enum casebook_outcome casebook_act_load(struct casebook_act *act, int64_t case_id);
