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
    struct str lane, lane_signature; /* of the 24-hour lane; "" of others */
};

/* judge.c: REFUSED with the reason in words, FAILED if the casebook can't be read. */

/* Whether this person may judge that proposal: another one, of an organisation without ties. */
MUST_CHECK enum casebook_outcome casebook_judge_person(struct casebook_act *act,
                                                       const struct casebook_open *open);
/* Whether their key counts now: theirs, in the season's file, and not of a new account. */
MUST_CHECK enum casebook_outcome casebook_judge_key(struct casebook_act *act,
                                                    const struct casebook_member *member,
                                                    bool is_approver);
/*
 * The same for the second reviewer of the 24-hour lane, who is of the team: an account that is not
 * new, and if it is they who act, a fresh second factor.
 */
MUST_CHECK enum casebook_outcome casebook_judge_second(struct casebook_act *act,
                                                       const struct casebook_member *member);
/* Whether an entry may be listed now: the guard, its end, no other on its host, no long renewal. */
MUST_CHECK enum casebook_outcome casebook_judge_entry(struct casebook_act *act,
                                                      const struct blocklist_entry *entry,
                                                      struct str reviewer, bool is_approval);

/* move.c: finds the table's row for the request, and asks what must be attached to it. */
MUST_CHECK enum casebook_outcome casebook_act_find(struct casebook_act *act, enum casebook_thing of,
                                                   int from);
/* The two halves of it, for who asks something in between: the row; what must be attached. */
MUST_CHECK enum casebook_outcome casebook_act_row(struct casebook_act *act, enum casebook_thing of,
                                                  int from);
MUST_CHECK enum casebook_outcome casebook_act_attached(struct casebook_act *act);

/* panel.c, restore.c, gather_move.c: what the panel does; restoring an entry; merge and split. */
MUST_CHECK enum casebook_outcome casebook_act_panel(struct casebook_act *act);
MUST_CHECK enum casebook_outcome casebook_act_restore(struct casebook_act *act,
                                                      struct casebook_listing *listing);
MUST_CHECK enum casebook_outcome casebook_act_merge(struct casebook_act *act);
MUST_CHECK enum casebook_outcome casebook_act_split(struct casebook_act *act);

/* restore.c: the bytes that R1 and A sign so that a suspended entry is in force again. */
MUST_CHECK bool casebook_restore_bytes(const struct casebook_listing *listing, struct buf *out,
                                       struct err *err);
/* restore.c: what an approver was asked to restore of this suspension; `*found`: whether. */
MUST_CHECK bool casebook_restore_asked(struct casebook *casebook, struct arena *arena,
                                       const struct casebook_listing *listing, struct str *bytes,
                                       struct str *person, struct str *signature, bool *found,
                                       struct err *err);

/* urgent.c: the two steps of the 24-hour lane. */
MUST_CHECK enum casebook_outcome casebook_act_urgent(struct casebook_act *act);
/* urgent.c: what is offered for the lane by who holds the case; `*found`: whether anything is. */
MUST_CHECK bool casebook_urgent_offered(struct casebook_act *act, struct casebook_open *open,
                                        struct casebook_urgent *urgent, bool *found);

/* propose.c, approve.c: the actions that attach something. */
MUST_CHECK enum casebook_outcome casebook_act_propose(struct casebook_act *act);
MUST_CHECK enum casebook_outcome casebook_act_answer(struct casebook_act *act);
MUST_CHECK enum casebook_outcome casebook_act_approve(struct casebook_act *act);

/* What is proposed, as it will be kept. */
struct casebook_proposing {
    struct buf proposal, record, signature, lane, lane_signature;
    enum casebook_kind kind;
    struct blocklist_entry *entry;
};

/* propose.c: takes the request's proposal, checks it and its signature; _fini it in any case. */
MUST_CHECK enum casebook_outcome casebook_proposing_take(struct casebook_act *act,
                                                         struct casebook_proposing *proposing);
void casebook_proposing_fini(struct casebook_proposing *proposing);
/* propose.c: whether a referral's recipient is on the list of now, and its URL is the case's. */
MUST_CHECK enum casebook_outcome casebook_judge_referral(struct casebook_act *act,
                                                         struct str proposal);
/* propose.c: logs it and keeps it as the case's newest. */
MUST_CHECK bool casebook_proposing_keep(struct casebook_act *act,
                                        const struct casebook_proposing *proposing);
/* approve.c: the reviewer as of now: still there, and the signature is still good. */
MUST_CHECK enum casebook_outcome casebook_judge_reviewer(struct casebook_act *act,
                                                         const struct casebook_open *open,
                                                         struct casebook_member *reviewer);
/* approve.c: reads the proposal anew, as it was checked when it was made. */
MUST_CHECK enum casebook_outcome casebook_open_again(struct casebook_act *act,
                                                     const struct casebook_open *open,
                                                     struct blocklist_entry **entry);

/* propose.c: what the case's proposal rests on. */
struct casebook_basis casebook_act_basis(const struct casebook_act *act);
/* The newest proposal of the case; `*found` is false if there is none. */
MUST_CHECK bool casebook_open_load(struct casebook *casebook, struct arena *arena, int64_t case_id,
                                   struct casebook_open *open, bool *found, struct err *err);
/* approve.c: whether this person's blind answers on that proposal are in, and leave it allowed. */
MUST_CHECK bool casebook_answered(struct casebook_act *act, const struct casebook_open *open,
                                  bool *is_answered, bool *is_clear);

/* move.c: gathers the time, the season and who acts; the outcome if they may do nothing. */
MUST_CHECK enum casebook_outcome casebook_act_person(struct casebook_act *act);
/* move.c: gathers all of `act` but move; the outcome if that can't be. */
MUST_CHECK enum casebook_outcome casebook_act_load(struct casebook_act *act, int64_t case_id);
