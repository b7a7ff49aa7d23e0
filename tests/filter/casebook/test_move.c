#include "filter/casebook/move.h"

#include <stdio.h>
#include <stdlib.h>

#include "filter/casebook/audit.h"
#include "filter/casebook/case.h"
#include "filter/rule/program.h"
#include "tests/filter/casebook/house.h"

/* Refused or stale: with these words, logged, and with nothing changed. */
static void refused(struct house *house, enum house_name who, enum casebook_action action,
                    int64_t id, struct casebook_request request, enum casebook_outcome expected,
                    const char *words)
{
    struct casebook_case before = house_look(house, id);
    size_t rows = house_log_rows(house, "refused");
    assert_int_equal(house_move(house, who, action, id, request), expected);
    if (strstr(house->err.message, words) == NULL) {
        assert_string_equal(house->err.message, words);
    }
    struct casebook_case after = house_look(house, id);
    assert_int_equal(after.state, before.state);
    assert_int_equal(after.version, before.version);
    assert_int_equal(house_log_rows(house, "refused"), rows + 1);
}

static const struct casebook_request nothing;
static const struct casebook_request reasoned = {.reason = STR("bukan penipuan")};

static void an_entry_takes_two_and_leaves_by_one(void **state)
{
    struct house *house = house_build_with_people();
    (void)state;
    int64_t id = house_listed(house, "tipu.example");
    assert_int_equal(house_entries(house), 1);
    refused(house, AUDI, ACTION_REMOVE, id, reasoned, CASEBOOK_REFUSED, "is not for audi");
    house_done(house, JOKO, ACTION_REMOVE, id, reasoned);
    assert_int_equal(house_state(house, id), CASE_CLOSED);
    assert_int_equal(house_entries(house), 0);
    refused(house, RANI, ACTION_REMOVE, id, reasoned, CASEBOOK_REFUSED,
            "there is no move \"remove\" for an entry that is removed");
    house_tear_down(house);
}

static void suspended_is_out_of_force_and_released(void **state)
{
    struct house *house = house_build_with_people();
    (void)state;
    int64_t id = house_listed(house, "tipu.example");
    house_done(house, AYU, ACTION_SUSPEND, id, reasoned);
    assert_int_equal(house_state(house, id), CASE_LISTED);
    assert_int_equal(house_entries(house), 0);
    house->clock.fixed_ms += 72 * HOUR - 1;
    house_tick(house);
    assert_int_equal(house_state(house, id), CASE_LISTED);
    house->clock.fixed_ms += 1;
    house_tick(house);
    assert_int_equal(house_state(house, id), CASE_CLOSED);
    assert_int_equal(house_entries(house), 0);
    house_tear_down(house);
}

struct other_kind {
    const char *name;
    enum rule_class class;
    enum casebook_kind kind;
    enum casebook_action action;
    enum casebook_state to;
};

static const struct other_kind other_kinds[] = {
    {"a correction of a procedure", RULE_PROCEDURE, KIND_CORRECTION, ACTION_CORRECT,
     CASE_CORRECTED},
    {"a correction of a claim", RULE_CLAIM, KIND_CORRECTION, ACTION_CORRECT, CASE_CORRECTED},
    {"a referral of a claim", RULE_CLAIM, KIND_REFERRAL, ACTION_REFER, CASE_REFERRED},
    {"a referral of a fraud", RULE_FRAUD, KIND_REFERRAL, ACTION_REFER, CASE_REFERRED},
};

static void other_kinds_take_two_and_list_nothing(void **state)
{
    const struct other_kind *one = *state;
    struct house *house = house_build_with_people();
    int64_t id = house_case(house, one->class);
    house_propose(house, RANI, id, one->kind, "tipu.example");
    assert_int_equal(house_approve(house, ADI, id), CASEBOOK_DONE);
    assert_int_equal(house_state(house, id), CASE_APPROVED);
    enum casebook_action wrong = one->action == ACTION_CORRECT ? ACTION_REFER : ACTION_CORRECT;
    refused(house, RANI, wrong, id, nothing, CASEBOOK_REFUSED, "what was approved is no");
    refused(house, ADI, one->action, id, nothing, CASEBOOK_REFUSED, "is not for adi");
    house_done(house, RUDI, one->action, id, nothing);
    assert_int_equal(house_state(house, id), one->to);
    assert_int_equal(house_entries(house), 0);
    house_done(house, ADI, ACTION_WITHDRAW, id, reasoned);
    assert_int_equal(house_state(house, id), CASE_WITHDRAWN);
    house_tear_down(house);
}

/* What a draft can be spoiled with, and what is said of it. */
struct spoiled {
    const char *name;
    enum rule_class class;
    enum casebook_kind kind;
    void (*spoil)(struct house *house, struct casebook_draft *draft);
    const char *error;
};

static void no_harvest(struct house *house, struct casebook_draft *draft)
{
    (void)house;
    draft->harvest = 0;
}
static void old_evidence(struct house *house, struct casebook_draft *draft)
{
    draft->observed_ms = house->clock.fixed_ms - 24 * HOUR - 1000;
}
static void future_evidence(struct house *house, struct casebook_draft *draft)
{
    draft->observed_ms = house->clock.fixed_ms + MINUTE;
}
static void no_evidence(struct house *house, struct casebook_draft *draft)
{
    (void)house;
    draft->evidence_count = 0;
}
static void too_long(struct house *house, struct casebook_draft *draft)
{
    draft->end_ms = house->clock.fixed_ms + 30 * DAY + 1000;
}
static void one_yes(struct house *house, struct casebook_draft *draft)
{
    (void)house;
    draft->answers.of[TEST_SATIRE] = ANSWER_YES;
}
static void one_unanswered(struct house *house, struct casebook_draft *draft)
{
    (void)house;
    draft->answers.of[TEST_PRESS] = ANSWER_NONE;
}
static void no_conflict(struct house *house, struct casebook_draft *draft)
{
    (void)house;
    draft->conflict = STR("");
}
static void short_reason(struct house *house, struct casebook_draft *draft)
{
    (void)house;
    draft->reason = STR("tipu");
}
static void protected_target(struct house *house, struct casebook_draft *draft)
{
    (void)house;
    draft->target = STR("info.kpu-contoh.example");
}
static void shared_target(struct house *house, struct casebook_draft *draft)
{
    (void)house;
    draft->target = STR("bersama.example");
}
static void other_case(struct house *house, struct casebook_draft *draft)
{
    (void)house;
    draft->case_id++;
}
static void bidi_text(struct house *house, struct casebook_draft *draft)
{
    (void)house;
    draft->text = STR("tidak benar \xe2\x80\xae");
}
static void script_url(struct house *house, struct casebook_draft *draft)
{
    (void)house;
    draft->url = STR("javascript:alert(1)");
}

static const struct spoiled spoiled[] = {
    {"limit 2, abuse 18: an entry of class procedure", RULE_PROCEDURE, KIND_ENTRY, NULL,
     "is of class procedure"},
    {"limit 2, abuse 18: an entry of class claim", RULE_CLAIM, KIND_ENTRY, NULL,
     "is of class claim"},
    {"limit 2: likeness without harvest", RULE_FRAUD, KIND_ENTRY, no_harvest,
     "names no observed harvest"},
    {"evidence older than 24 hours", RULE_FRAUD, KIND_ENTRY, old_evidence, "older than 24 hours"},
    {"evidence from the future", RULE_FRAUD, KIND_ENTRY, future_evidence, "from the future"},
    {"no evidence", RULE_CLAIM, KIND_CORRECTION, no_evidence, "0 pieces of evidence"},
    {"longer than 30 days", RULE_FRAUD, KIND_ENTRY, too_long, "lasts longer than 30 days"},
    {"a test answered with yes", RULE_FRAUD, KIND_ENTRY, one_yes,
     "it is not listable: \"satire\" is answered with yes"},
    {"a test not answered", RULE_CLAIM, KIND_REFERRAL, one_unanswered,
     "the question \"press\" is not answered"},
    {"abuse 8: conflict undeclared", RULE_FRAUD, KIND_ENTRY, no_conflict,
     "conflicts of interest has 0 characters"},
    {"a reason that says nothing", RULE_FRAUD, KIND_ENTRY, short_reason, "4 characters"},
    {"limit 6: a protected target", RULE_FRAUD, KIND_ENTRY, protected_target, "kpu-contoh.example"},
    {"limit 6: a shared platform as a host", RULE_FRAUD, KIND_ENTRY, shared_target,
     "bersama.example"},
    {"a draft of another case", RULE_FRAUD, KIND_ENTRY, other_case, "of another case"},
    {"a correction of a fraud", RULE_FRAUD, KIND_CORRECTION, NULL,
     "a correction is for procedure and claim"},
    {"a correction with a bidi control", RULE_CLAIM, KIND_CORRECTION, bidi_text, "U+202E"},
    {"a referral of a script", RULE_CLAIM, KIND_REFERRAL, script_url, "the referral's URL"},
};

static void a_spoiled_draft_is_refused(void **state)
{
    const struct spoiled *one = *state;
    struct house *house = house_build_with_people();
    int64_t id = house_case(house, one->class);
    house_done(house, RANI, ACTION_CLAIM, id, nothing);
    struct casebook_draft draft = house_draft(house, id, one->kind, "tipu.example");
    if (one->spoil != NULL) {
        one->spoil(house, &draft);
    }
    refused(house, RANI, ACTION_PROPOSE, id,
            (struct casebook_request){.draft = &draft, .lease = house->moved.lease},
            CASEBOOK_REFUSED, one->error);
    house_tear_down(house);
}

/* A proposed entry, and the approver's signature over it. */
struct ready {
    struct house *house;
    int64_t id;
    struct buf proposal, record;
};

static struct ready get_ready(enum house_name approver)
{
    struct ready ready = {.house = house_build_with_people()};
    struct casebook_answers answers = house_all(ANSWER_NO);
    ready.id = house_case(ready.house, RULE_FRAUD);
    house_propose(ready.house, RANI, ready.id, KIND_ENTRY, "tipu.example");
    house_done(ready.house, approver, ACTION_ANSWER, ready.id,
               (struct casebook_request){.answers = &answers});
    assert_int_equal(casebook_to_sign(ready.house->casebook, ready.house->who[approver], ready.id,
                                      &ready.proposal, &ready.record, &ready.house->err),
                     CASEBOOK_DONE);
    return ready;
}

static void put_away(struct ready *ready)
{
    buf_fini(&ready->proposal);
    buf_fini(&ready->record);
    house_tear_down(ready->house);
}

static void refused_approval(struct ready *ready, enum house_name who, enum house_name signer,
                             struct str bytes, const char *words)
{
    struct buf signature = house_sign(ready->house, signer, bytes);
    refused(
        ready->house, who, ACTION_APPROVE, ready->id,
        (struct casebook_request){.signature = buf_str(&signature), .conflict = STR("tidak ada")},
        CASEBOOK_REFUSED, words);
    assert_int_equal(house_entries(ready->house), 0);
    buf_fini(&signature);
}

static void abuse_2_approver_of_a_tied_organisation(void **state)
{
    struct ready ready = get_ready(ADI);
    struct err err = ERR_NONE;
    (void)state;
    /* Over two steps: both answer to one governor. */
    assert_true(casebook_people_tie(ready.house->casebook, STR("Tim Siber Contoh"),
                                    STR("Gubernur Contoh"), STR("satu atasan"), &err));
    assert_true(casebook_people_tie(ready.house->casebook, STR("gubernur contoh"),
                                    STR("Lembaga Pantau Contoh"), STR("satu atasan"), &err));
    refused_approval(&ready, ADI, ADI, buf_str(&ready.proposal),
                     "the approver's organisation is the reviewer's, or tied to it");
    assert_int_equal(house_approve(ready.house, AYU, ready.id), CASEBOOK_DONE);
    put_away(&ready);
}

/* A tie that comes to light later takes what was listed before out of force. */
static void abuse_2_tied_after_listing(void **state)
{
    struct house *house = house_build_with_people();
    struct err err = ERR_NONE;
    (void)state;
    house_listed(house, "tipu.example");
    assert_int_equal(house_entries(house), 1);
    assert_true(casebook_people_tie(house->casebook, STR("Tim Siber Contoh"),
                                    STR("Lembaga Pantau Contoh"), STR("satu yayasan"), &err));
    assert_int_equal(house_entries(house), 0);
    house_tear_down(house);
}

static void abuse_6_others_approve(void **state)
{
    struct ready ready = get_ready(ADI);
    (void)state;
    refused_approval(&ready, ADMIN, ADI, buf_str(&ready.proposal), "is not for admin");
    refused_approval(&ready, RANI, ADI, buf_str(&ready.proposal), "is not for rani");
    refused_approval(&ready, RUDI, ADI, buf_str(&ready.proposal), "is not for rudi");
    refused_approval(&ready, JOKO, JOKO, buf_str(&ready.proposal), "is not for joko");
    refused_approval(&ready, AUDI, ADI, buf_str(&ready.proposal), "is not for audi");
    put_away(&ready);
}

static void abuse_7_rights_taken_in_mid_session(void **state)
{
    struct ready ready = get_ready(ADI);
    struct err err = ERR_NONE;
    (void)state;
    assert_true(
        casebook_people_disable(ready.house->casebook, STR("adi"), STR("pindah kerja"), &err));
    refused_approval(&ready, ADI, ADI, buf_str(&ready.proposal), "adi has no rights here any more");
    put_away(&ready);
}

static void abuse_7_reviewer_left_before_approval(void **state)
{
    struct ready ready = get_ready(ADI);
    struct err err = ERR_NONE;
    (void)state;
    assert_true(
        casebook_people_disable(ready.house->casebook, STR("rani"), STR("pindah kerja"), &err));
    refused_approval(&ready, ADI, ADI, buf_str(&ready.proposal),
                     "the reviewer has no rights here any more");
    put_away(&ready);
}

static void abuse_30_signatures(void **state)
{
    struct ready ready = get_ready(ADI);
    (void)state;
    refused_approval(&ready, ADI, AYU, buf_str(&ready.proposal), "is by another key than");
    refused_approval(&ready, ADI, ADI, STR("{}"), "does not fit the signed bytes");
    /* The reviewer's own signature given twice. */
    refused(ready.house, ADI, ACTION_APPROVE, ready.id,
            (struct casebook_request){.conflict = STR("tidak ada")}, CASEBOOK_REFUSED,
            "the signature is missing");
    refused(ready.house, ADI, ACTION_APPROVE, ready.id,
            (struct casebook_request){.conflict = STR("tidak ada"),
                                      .signature = STR("-----BEGIN SSH SIGNATURE-----\n")},
            CASEBOOK_REFUSED, "no armored SSH signature");
    put_away(&ready);
}

/* The signature over the first proposal is worth nothing for the second. */
static void abuse_30_replay_after_a_return(void **state)
{
    struct ready ready = get_ready(ADI);
    struct house *house = ready.house;
    (void)state;
    house_done(house, ADI, ACTION_RETURN, ready.id, reasoned);
    house->clock.fixed_ms += HOUR;
    struct casebook_draft draft = house_draft(house, ready.id, KIND_ENTRY, "tipu.example");
    refused(house, RUDI, ACTION_PROPOSE, ready.id, (struct casebook_request){.draft = &draft},
            CASEBOOK_REFUSED, "is not for rudi");
    house_done(house, RANI, ACTION_PROPOSE, ready.id, (struct casebook_request){.draft = &draft});
    refused_approval(&ready, ADI, ADI, buf_str(&ready.proposal), "answer the blind form first");
    struct casebook_answers answers = house_all(ANSWER_NO);
    house_done(house, ADI, ACTION_ANSWER, ready.id, (struct casebook_request){.answers = &answers});
    refused_approval(&ready, ADI, ADI, buf_str(&ready.proposal), "does not fit the signed bytes");
    refused(house, ADI, ACTION_RETURN, ready.id, reasoned, CASEBOOK_REFUSED,
            "a case is returned once");
    house_done(house, ADI, ACTION_REJECT, ready.id, reasoned);
    assert_int_equal(house_state(house, ready.id), CASE_REJECTED);
    put_away(&ready);
}

static void the_second_look_is_blind(void **state)
{
    struct house *house = house_build_with_people();
    struct buf proposal = BUF_EMPTY, record = BUF_EMPTY;
    struct casebook_answers yes = house_all(ANSWER_NO);
    (void)state;
    int64_t id = house_case(house, RULE_FRAUD);
    house_propose(house, RANI, id, KIND_ENTRY, "tipu.example");
    house->err = ERR_NONE;
    assert_int_equal(
        casebook_to_sign(house->casebook, house->who[ADI], id, &proposal, &record, &house->err),
        CASEBOOK_REFUSED);
    assert_int_equal(proposal.len + record.len, 0);
    /* What everyone may see of a proposal holds none of the reviewer's answers. */
    struct casebook_page page;
    bool found;
    struct err err = ERR_NONE;
    assert_true(casebook_show(house->casebook, id, house->arena, &page, &found, &err));
    assert_null(memmem(page.proposal.at, page.proposal.len, "satire", 6));
    for (size_t i = 0; i < page.event_count; i++) {
        assert_null(memmem(page.events[i].detail.at, page.events[i].detail.len, "satire", 6));
    }
    yes.of[TEST_TESTIMONY] = ANSWER_YES;
    house_done(house, ADI, ACTION_ANSWER, id, (struct casebook_request){.answers = &yes});
    struct casebook_answers no = house_all(ANSWER_NO);
    refused(house, ADI, ACTION_ANSWER, id, (struct casebook_request){.answers = &no},
            CASEBOOK_REFUSED, "your answers on this proposal are in already");
    house->err = ERR_NONE;
    assert_int_equal(
        casebook_to_sign(house->casebook, house->who[ADI], id, &proposal, &record, &house->err),
        CASEBOOK_DONE);
    struct buf signature = house_sign(house, ADI, buf_str(&proposal));
    refused(
        house, ADI, ACTION_APPROVE, id,
        (struct casebook_request){.signature = buf_str(&signature), .conflict = STR("tidak ada")},
        CASEBOOK_REFUSED, "your own answers say that it is not listable");
    /* Somebody else's answers do not stand for theirs. */
    refused(
        house, AYU, ACTION_APPROVE, id,
        (struct casebook_request){.signature = buf_str(&signature), .conflict = STR("tidak ada")},
        CASEBOOK_REFUSED, "answer the blind form first");
    buf_fini(&signature);
    buf_fini(&proposal);
    buf_fini(&record);
    house_tear_down(house);
}

static void abuse_26_a_late_lease_token(void **state)
{
    struct house *house = house_build_with_people();
    (void)state;
    int64_t id = house_case(house, RULE_FRAUD);
    house_done(house, RANI, ACTION_CLAIM, id, nothing);
    struct casebook_moved first = house->moved;
    house->clock.fixed_ms += 20 * MINUTE;
    /* No tick came by, and the lease is over all the same. */
    assert_int_equal(house_move(house, RANI, ACTION_DISMISS, id,
                                (struct casebook_request){.lease = first.lease,
                                                          .version = first.version,
                                                          .reason = STR("bukan penipuan")}),
                     CASEBOOK_STALE);
    assert_non_null(strstr(house->err.message, "moved on since"));
    assert_int_equal(house_state(house, id), CASE_FLAGGED);
    house_done(house, RUDI, ACTION_CLAIM, id, nothing);
    int64_t lease = house->moved.lease;
    refused(house, RANI, ACTION_DISMISS, id,
            (struct casebook_request){.lease = first.lease, .reason = STR("bukan penipuan")},
            CASEBOOK_REFUSED, "is not for rani");
    house_done(house, RUDI, ACTION_RELEASE, id, (struct casebook_request){.lease = lease});
    house_done(house, RANI, ACTION_CLAIM, id, nothing);
    refused(house, RANI, ACTION_DISMISS, id,
            (struct casebook_request){.lease = first.lease, .reason = STR("bukan penipuan")},
            CASEBOOK_STALE, "is not the one that you hold");
    house_tear_down(house);
}

static void a_stale_version_changes_nothing(void **state)
{
    struct house *house = house_build_with_people();
    (void)state;
    int64_t id = house_case(house, RULE_FRAUD);
    int64_t version = house_look(house, id).version;
    house_done(house, RANI, ACTION_CLAIM, id, nothing);
    refused(house, RUDI, ACTION_CLAIM, id, (struct casebook_request){.version = version},
            CASEBOOK_STALE, "moved on since");
    house_tear_down(house);
}

static void a_clock_gone_back_moves_nothing(void **state)
{
    struct house *house = house_build_with_people();
    (void)state;
    int64_t id = house_case(house, RULE_FRAUD);
    house->clock.fixed_ms -= 6 * MINUTE;
    refused(house, RANI, ACTION_CLAIM, id, nothing, CASEBOOK_REFUSED, "went back behind the log");
    house->clock.fixed_ms += 2 * MINUTE;
    house_done(house, RANI, ACTION_CLAIM, id, nothing);
    house_tear_down(house);
}

struct deadline {
    const char *name;
    enum casebook_state from, to;
    int64_t after_ms;
};

static const struct deadline deadlines[] = {
    {"a claim is given back after 20 minutes", CASE_CLAIMED, CASE_FLAGGED, 20 * MINUTE},
    {"what nobody looked at is dismissed after 7 days", CASE_FLAGGED, CASE_DISMISSED, 7 * DAY},
    {"a proposal lapses after 72 hours", CASE_PROPOSED, CASE_LAPSED, 72 * HOUR},
    {"a returned proposal lapses after 48 hours", CASE_RETURNED, CASE_LAPSED, 48 * HOUR},
    {"an entry expires at its end", CASE_LISTED, CASE_CLOSED, 20 * DAY},
};

static void every_deadline_ends_in_release(void **state)
{
    const struct deadline *one = *state;
    struct house *house = house_build_with_people();
    int64_t id = house_case(house, RULE_FRAUD);
    if (one->from == CASE_CLAIMED) {
        house_done(house, RANI, ACTION_CLAIM, id, nothing);
    } else if (one->from != CASE_FLAGGED) {
        house_propose(house, RANI, id, KIND_ENTRY, "tipu.example");
    }
    if (one->from == CASE_RETURNED) {
        house_done(house, ADI, ACTION_RETURN, id, reasoned);
    } else if (one->from == CASE_LISTED) {
        assert_int_equal(house_approve(house, ADI, id), CASEBOOK_DONE);
    }
    assert_int_equal(house_look(house, id).deadline_ms, HOUSE_START + one->after_ms);
    house->clock.fixed_ms += one->after_ms - 1;
    house_tick(house);
    assert_int_equal(house_state(house, id), one->from);
    house->clock.fixed_ms += 1;
    if (one->from == CASE_LISTED) {
        assert_int_equal(house_entries(house), 0); /* 20: before any tick */
    }
    house_tick(house);
    assert_int_equal(house_state(house, id), one->to);
    house_tear_down(house);
}

/* Giving a case back again and again does not keep it from being dismissed. */
static void seven_days_count_from_the_opening(void **state)
{
    struct house *house = house_build_with_people();
    (void)state;
    int64_t id = house_case(house, RULE_FRAUD);
    for (int day = 0; day < 7; day++) {
        house_done(house, RANI, ACTION_CLAIM, id, nothing);
        house->clock.fixed_ms += DAY;
        house_tick(house);
    }
    assert_int_equal(house_state(house, id), CASE_DISMISSED);
    house_tear_down(house);
}

/* The signed bytes and the record, made elsewhere and changed by somebody. */
static void a_proposal_from_elsewhere_is_read_as_a_stranger_s(void **state)
{
    struct house *house = house_build_with_people();
    struct buf proposal = BUF_EMPTY, record = BUF_EMPTY, other = BUF_EMPTY;
    (void)state;
    int64_t id = house_case(house, RULE_FRAUD);
    house_done(house, RANI, ACTION_CLAIM, id, nothing);
    int64_t lease = house->moved.lease;
    struct casebook_draft draft = house_draft(house, id, KIND_ENTRY, "tipu.example");
    house->err = ERR_NONE;
    assert_int_equal(
        casebook_draft(house->casebook, house->who[RANI], &draft, &proposal, &record, &house->err),
        CASEBOOK_DONE);
    buf_printf(&other, "%.*s ", STR_FORMAT(buf_str(&proposal)));
    refused(house, RANI, ACTION_PROPOSE, id,
            (struct casebook_request){
                .proposal = buf_str(&other), .record = buf_str(&record), .lease = lease},
            CASEBOOK_REFUSED, "canonical");
    buf_clear(&other);
    buf_put_str(&other, buf_str(&record));
    memcpy(strstr(other.bytes, "\"no\""), "\"ya\"", 4);
    refused(house, RANI, ACTION_PROPOSE, id,
            (struct casebook_request){
                .proposal = buf_str(&proposal), .record = buf_str(&other), .lease = lease},
            CASEBOOK_REFUSED, "is not answered");
    buf_clear(&other);
    buf_put_str(&other, buf_str(&record));
    memcpy(strstr(other.bytes, "\"rani\""), "\"rudi\"", 6);
    refused(house, RANI, ACTION_PROPOSE, id,
            (struct casebook_request){
                .proposal = buf_str(&proposal), .record = buf_str(&other), .lease = lease},
            CASEBOOK_REFUSED, "has other members or values");
    house_done(house, RANI, ACTION_PROPOSE, id,
               (struct casebook_request){
                   .proposal = buf_str(&proposal), .record = buf_str(&record), .lease = lease});
    buf_fini(&proposal);
    buf_fini(&record);
    buf_fini(&other);
    house_tear_down(house);
}

static void a_renewal_takes_fresh_evidence_and_one_new_person(void **state)
{
    struct house *house = house_build_with_people();
    (void)state;
    int64_t first = house_listed(house, "tipu.example");
    int64_t id = house_case(house, RULE_FRAUD);
    house_done(house, RANI, ACTION_CLAIM, id, nothing);
    struct casebook_draft draft = house_draft(house, id, KIND_ENTRY, "tipu.example");
    int64_t lease = house->moved.lease;
    refused(house, RANI, ACTION_PROPOSE, id,
            (struct casebook_request){.draft = &draft, .lease = lease}, CASEBOOK_REFUSED,
            "this target is listed");
    house_done(house, ADI, ACTION_REMOVE, first, reasoned);
    house_done(house, RANI, ACTION_PROPOSE, id,
               (struct casebook_request){.draft = &draft, .lease = lease});
    assert_int_equal(house_approve(house, ADI, id), CASEBOOK_REFUSED);
    assert_non_null(strstr(house->err.message, "a renewal takes one new person"));
    assert_int_equal(house_approve(house, AYU, id), CASEBOOK_DONE);
    house_tear_down(house);
}

static void nothing_is_listed_without_a_protected_list(void **state)
{
    struct house *house = house_build_with_people();
    struct err err = ERR_NONE;
    size_t voided;
    (void)state;
    int64_t id = house_case(house, RULE_FRAUD);
    house_propose(house, RANI, id, KIND_ENTRY, "tipu.example");
    assert_true(casebook_protect(house->casebook, NULL, &voided, &err));
    assert_int_equal(house_approve(house, ADI, id), CASEBOOK_REFUSED);
    assert_non_null(strstr(house->err.message, "no protected list is loaded"));
    house_tear_down(house);
}

static void abuse_19_protected_later(void **state)
{
    struct house *house = house_build_with_people();
    struct buf folder = BUF_EMPTY;
    struct err err = ERR_NONE;
    size_t voided;
    (void)state;
    int64_t id = house_listed(house, "tipu.example");
    int64_t other = house_listed(house, "tipu-lain.example");
    house_write(house, "rules/protected/bank.txt", STR("tipu.example\n"));
    buf_printf(&folder, "%s/rules", house->folder);
    struct blocklist_guard *guard =
        blocklist_guard_load((const char *[]){folder.bytes, NULL}, &err);
    assert_non_null(guard);
    assert_true(casebook_protect(house->casebook, guard, &voided, &err));
    assert_int_equal(voided, 1);
    assert_int_equal(house_state(house, id), CASE_VOID);
    assert_int_equal(house_state(house, other), CASE_LISTED);
    assert_int_equal(house_entries(house), 1);
    blocklist_guard_free(house->guard);
    house->guard = guard;
    buf_fini(&folder);
    house_tear_down(house);
}

/* A program as a set would hold it, of one rule. */
static size_t check_rules(struct house *house, const struct rule *rule)
{
    const struct rule *rules[] = {rule};
    struct rule_program program = {.rules = rules, .rule_count = rule != NULL ? 1 : 0};
    size_t voided;
    struct err err = ERR_NONE;
    assert_true(casebook_check_program(house->casebook, &program, &voided, &err));
    return voided;
}

static void abuse_10_class_or_evidence_changed(void **state)
{
    struct house *house = house_build_with_people();
    (void)state;
    int64_t id = house_listed(house, "tipu.example");
    int64_t open = house_case(house, RULE_FRAUD);
    struct rule rule = {.id = STR("aturan-uji"), .class = RULE_FRAUD, .content = {{1}}};
    assert_int_equal(check_rules(house, &rule), 0); /* an edit of the detection is no reason */
    rule.revision.bytes[0] = 9;
    assert_int_equal(check_rules(house, &rule), 2);
    assert_int_equal(house_state(house, id), CASE_VOID);
    assert_int_equal(house_state(house, open), CASE_VOID);
    assert_int_equal(house_entries(house), 0);
    house_tear_down(house);
}

static void abuse_12_the_rule_is_gone_or_expired(void **state)
{
    struct house *house = house_build_with_people();
    (void)state;
    int64_t id = house_listed(house, "tipu.example");
    int64_t done = house_case(house, RULE_PROCEDURE);
    house_propose(house, RANI, done, KIND_CORRECTION, "");
    assert_int_equal(house_approve(house, ADI, done), CASEBOOK_DONE);
    house_done(house, RANI, ACTION_CORRECT, done, nothing);
    assert_int_equal(check_rules(house, NULL), 1);
    assert_int_equal(house_state(house, id), CASE_VOID);
    assert_int_equal(house_state(house, done), CASE_CORRECTED); /* it rests on its own day */
    assert_int_equal(house_entries(house), 0);
    house_tear_down(house);
}

/* Abuse 4: the approver changes what they approve. */
static void abuse_4_edit_then_approve(void **state)
{
    struct ready ready = get_ready(ADI);
    struct house *house = ready.house;
    struct buf edited = BUF_EMPTY;
    (void)state;
    buf_put_str(&edited, buf_str(&ready.proposal));
    memcpy(strstr(edited.bytes, "tipu.example"), "beda.example", 12);
    refused_approval(&ready, ADI, ADI, buf_str(&edited), "does not fit the signed bytes");
    struct casebook_draft draft = house_draft(house, ready.id, KIND_ENTRY, "beda.example");
    refused(house, ADI, ACTION_PROPOSE, ready.id, (struct casebook_request){.draft = &draft},
            CASEBOOK_REFUSED, "there is no move \"propose\" for a case that is proposed");
    house_done(house, ADI, ACTION_RETURN, ready.id, reasoned);
    refused(house, ADI, ACTION_PROPOSE, ready.id, (struct casebook_request){.draft = &draft},
            CASEBOOK_REFUSED, "is not for adi");
    buf_fini(&edited);
    put_away(&ready);
}

/* Abuse 9: no fourth class, in signed bytes or in the file. */
static void abuse_9_a_fourth_class(void **state)
{
    struct house *house = house_build_with_people();
    struct buf proposal = BUF_EMPTY, record = BUF_EMPTY;
    struct casebook_page page;
    struct err err = ERR_NONE;
    bool found;
    (void)state;
    int64_t id = house_case(house, RULE_CLAIM);
    house_done(house, RANI, ACTION_CLAIM, id, nothing);
    struct casebook_draft draft = house_draft(house, id, KIND_CORRECTION, "");
    assert_int_equal(
        casebook_draft(house->casebook, house->who[RANI], &draft, &proposal, &record, &err),
        CASEBOOK_DONE);
    memcpy(strstr(proposal.bytes, "\"claim\""), "\"kabar\"", 7);
    refused(house, RANI, ACTION_PROPOSE, id,
            (struct casebook_request){
                .proposal = buf_str(&proposal), .record = buf_str(&record), .lease = 1},
            CASEBOOK_REFUSED, "has other members or values");
    house_close(house);
    house_sql(house, "UPDATE cases SET class = 'opinion'");
    house_open(house);
    assert_false(casebook_show(house->casebook, id, house->arena, &page, &found, &err));
    assert_non_null(strstr(err.message, "it is damaged"));
    buf_fini(&proposal);
    buf_fini(&record);
    house_tear_down(house);
}

/* Abuse 11: the ClaimReview was withdrawn or rated anew, which makes another revision. */
static void abuse_11_the_review_changed(void **state)
{
    struct house *house = house_build_with_people();
    (void)state;
    int64_t id = house_case(house, RULE_CLAIM);
    house_propose(house, RANI, id, KIND_CORRECTION, "");
    assert_int_equal(house_approve(house, ADI, id), CASEBOOK_DONE);
    house_done(house, RANI, ACTION_CORRECT, id, nothing);
    struct rule rule = {.id = STR("aturan-uji"), .class = RULE_CLAIM, .revision = {{1}}};
    assert_int_equal(check_rules(house, &rule), 1);
    assert_int_equal(house_state(house, id), CASE_VOID);
    house_tear_down(house);
}

/* Abuse 25, without appeals yet: of two at once, the one that releases wins. */
static void abuse_25_release_wins_a_race(void **state)
{
    struct ready ready = get_ready(ADI);
    struct house *house = ready.house;
    (void)state;
    int64_t version = house_look(house, ready.id).version;
    struct buf signature = house_sign(house, ADI, buf_str(&ready.proposal));
    house_done(house, JOKO, ACTION_WITHDRAW, ready.id, reasoned);
    refused(house, ADI, ACTION_APPROVE, ready.id,
            (struct casebook_request){
                .version = version, .signature = buf_str(&signature), .conflict = STR("tidak ada")},
            CASEBOOK_STALE, "moved on since");
    assert_int_equal(house_entries(house), 0);
    /* And once suspended, an entry leaves by removal alone. */
    int64_t id = house_listed(house, "tipu-lain.example");
    house_done(house, JOKO, ACTION_SUSPEND, id, reasoned);
    refused(
        house, ADI, ACTION_APPROVE, id,
        (struct casebook_request){.signature = buf_str(&signature), .conflict = STR("tidak ada")},
        CASEBOOK_REFUSED, "there is no move");
    refused(house, RANI, ACTION_SUSPEND, id, reasoned, CASEBOOK_REFUSED, "there is no move");
    assert_int_equal(house_entries(house), 0);
    house_done(house, RANI, ACTION_REMOVE, id, reasoned);
    buf_fini(&signature);
    put_away(&ready);
}

struct words {
    const char *name;
    struct str reason;
    const char *error; /* NULL: it is fine */
};

static const struct words words[] = {
    {"abuse 37: a line break that would start a row", STR("ya\n{\"action\":\"list\",\"seq\":9}"),
     NULL},
    {"abuse 37: quotes and backslashes", STR("\",\"prev\":\"\\"), NULL},
    {"abuse 37: NUL", STR("ya\0tidak"), "U+0000"},
    {"abuse 37: escape", STR("\x1b[2J bersih"), "U+001B"},
    {"abuse 37: bad UTF-8", STR("ya \xff\xfe"), "the reason is no UTF-8"},
    {"abuse 37: line separator", STR("ya \xe2\x80\xa8 tidak"), "U+2028"},
    {"blank", STR(" \n \n "), "the reason is blank"},
    {"nothing", STR(""), "the reason has 0 characters"},
};

static bool is_one_line(void *context, const struct casebook_row *row)
{
    struct buf line = BUF_EMPTY;
    (void)context;
    casebook_audit_format(row, &line);
    assert_null(memchr(line.bytes, '\n', line.len));
    assert_null(memchr(line.bytes, '\0', line.len));
    buf_fini(&line);
    return true;
}

static void words_in_the_log(void **state)
{
    const struct words *one = *state;
    struct house *house = house_build_with_people();
    struct casebook_report report;
    struct err err = ERR_NONE;
    int64_t id = house_case(house, RULE_FRAUD);
    house_done(house, RANI, ACTION_CLAIM, id, nothing);
    struct casebook_request request = {.reason = one->reason, .lease = 1};
    if (one->error != NULL) {
        refused(house, RANI, ACTION_DISMISS, id, request, CASEBOOK_REFUSED, one->error);
    } else {
        house_done(house, RANI, ACTION_DISMISS, id, request);
    }
    assert_true(casebook_audit_read(house->casebook, 1, is_one_line, NULL, &err));
    assert_int_equal(casebook_audit_verify(house->casebook, NULL, &report, &err), AUDIT_INTACT);
    house_tear_down(house);
}

/* A case in each state that one can get into, by number. */
static void fill(struct house *house, int64_t ids[CASEBOOK_STATE_COUNT])
{
    for (int state = CASE_FLAGGED; state < CASEBOOK_STATE_COUNT; state++) {
        bool is_correction = state == CASE_CORRECTED || state == CASE_APPROVED;
        char target[32];
        snprintf(target, sizeof target, "tipu-%d.example", state);
        ids[state] = house_case(house, is_correction ? RULE_CLAIM : RULE_FRAUD);
        enum casebook_kind kind = is_correction            ? KIND_CORRECTION
                                  : state == CASE_REFERRED ? KIND_REFERRAL
                                                           : KIND_ENTRY;
        if (state == CASE_CLAIMED || state == CASE_DISMISSED) {
            house_done(house, RUDI, ACTION_CLAIM, ids[state], nothing);
        } else if (state != CASE_FLAGGED && state != CASE_PURGED && state != CASE_VOID) {
            house_propose(house, RANI, ids[state], kind, target);
        }
    }
    house_done(house, RUDI, ACTION_DISMISS, ids[CASE_DISMISSED],
               (struct casebook_request){.reason = reasoned.reason, .lease = 1});
    house_done(house, ADI, ACTION_RETURN, ids[CASE_RETURNED], reasoned);
    house_done(house, ADI, ACTION_REJECT, ids[CASE_REJECTED], reasoned);
    house_done(house, ADI, ACTION_WITHDRAW, ids[CASE_WITHDRAWN], reasoned);
    static const enum casebook_state approved[] = {CASE_APPROVED, CASE_CORRECTED, CASE_REFERRED,
                                                   CASE_LISTED, CASE_CLOSED};
    for (size_t i = 0; i < COUNT(approved); i++) {
        assert_int_equal(house_approve(house, ADI, ids[approved[i]]), CASEBOOK_DONE);
    }
    house_done(house, RANI, ACTION_CORRECT, ids[CASE_CORRECTED], nothing);
    house_done(house, RANI, ACTION_REFER, ids[CASE_REFERRED], nothing);
    house_done(house, RANI, ACTION_REMOVE, ids[CASE_CLOSED], reasoned);
    /* The three that only the clock and the machine make. */
    house_close(house);
    static const enum casebook_state others[] = {CASE_LAPSED, CASE_VOID, CASE_PURGED};
    for (size_t i = 0; i < COUNT(others); i++) {
        char sql[128];
        snprintf(sql, sizeof sql, "UPDATE cases SET state = '%s', due_ms = 9e15 WHERE id = %d",
                 casebook_state_name(others[i]), (int)ids[others[i]]);
        house_sql(house, sql);
    }
    house_open(house);
    for (int state = CASE_FLAGGED; state < CASEBOOK_STATE_COUNT; state++) {
        assert_string_equal(casebook_state_name(house_state(house, ids[state])),
                            casebook_state_name((enum casebook_state)state));
    }
}

/* REVIEW: "unlisted moves are refused": every action of everyone from every state. */
static void what_is_not_in_the_table_is_refused(void **state)
{
    static const struct {
        enum house_name who;
        unsigned by;
    } people[] = {{RANI, BY_TEAM | BY_PROPOSER | BY_HOLDER},
                  {AYU, BY_INDEPENDENT},
                  {JOKO, BY_APPEALS},
                  {ADMIN, 0}};
    struct house *house = house_build_with_people();
    int64_t ids[CASEBOOK_STATE_COUNT] = {0};
    size_t tried = 0;
    (void)state;
    fill(house, ids);
    for (int from = CASE_FLAGGED; from < CASEBOOK_STATE_COUNT; from++) {
        for (int action = ACTION_CLAIM; action <= ACTION_PURGE; action++) {
            bool is_of_entry = action == ACTION_SUSPEND || action == ACTION_REMOVE;
            for (size_t i = 0; i < COUNT(people); i++) {
                bool listed = is_of_entry
                                  ? from == CASE_LISTED && people[i].by != 0
                                  : casebook_move_find(false, from, action, people[i].by) != NULL;
                if (!listed) {
                    refused(house, people[i].who, (enum casebook_action)action, ids[from], reasoned,
                            CASEBOOK_REFUSED, "");
                    tried++;
                }
            }
        }
    }
    assert_true(tried > 900);
    house_tear_down(house);
}

static void the_table_prints(void **state)
{
    struct buf out = BUF_EMPTY;
    size_t count, lines = 0;
    (void)state;
    casebook_moves(&count);
    casebook_moves_print(&out);
    for (size_t i = 0; i < out.len; i++) {
        lines += out.bytes[i] == '\n' ? 1 : 0;
    }
    assert_int_equal(lines, count);
    assert_non_null(strstr(out.bytes, "case   proposed   approve   approved"));
    buf_fini(&out);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_entry_takes_two_and_leaves_by_one),
        cmocka_unit_test(suspended_is_out_of_force_and_released),
        cmocka_unit_test(abuse_2_approver_of_a_tied_organisation),
        cmocka_unit_test(abuse_2_tied_after_listing),
        cmocka_unit_test(abuse_4_edit_then_approve),
        cmocka_unit_test(abuse_6_others_approve),
        cmocka_unit_test(abuse_7_rights_taken_in_mid_session),
        cmocka_unit_test(abuse_7_reviewer_left_before_approval),
        cmocka_unit_test(abuse_9_a_fourth_class),
        cmocka_unit_test(abuse_10_class_or_evidence_changed),
        cmocka_unit_test(abuse_11_the_review_changed),
        cmocka_unit_test(abuse_12_the_rule_is_gone_or_expired),
        cmocka_unit_test(abuse_19_protected_later),
        cmocka_unit_test(abuse_25_release_wins_a_race),
        cmocka_unit_test(abuse_26_a_late_lease_token),
        cmocka_unit_test(abuse_30_signatures),
        cmocka_unit_test(abuse_30_replay_after_a_return),
        cmocka_unit_test(the_second_look_is_blind),
        cmocka_unit_test(a_stale_version_changes_nothing),
        cmocka_unit_test(a_clock_gone_back_moves_nothing),
        cmocka_unit_test(seven_days_count_from_the_opening),
        cmocka_unit_test(a_proposal_from_elsewhere_is_read_as_a_stranger_s),
        cmocka_unit_test(a_renewal_takes_fresh_evidence_and_one_new_person),
        cmocka_unit_test(nothing_is_listed_without_a_protected_list),
        cmocka_unit_test(what_is_not_in_the_table_is_refused),
        cmocka_unit_test(the_table_prints),
    };
    return RUN_CASES("kinds", other_kinds, other_kinds_take_two_and_list_nothing) +
           RUN_CASES("casebook_draft", spoiled, a_spoiled_draft_is_refused) +
           RUN_CASES("words", words, words_in_the_log) +
           RUN_CASES("deadlines", deadlines, every_deadline_ends_in_release) +
           cmocka_run_group_tests_name("casebook_move", tests, NULL, NULL);
}
