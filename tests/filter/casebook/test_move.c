#include "filter/casebook/move.h"

#include <stdio.h>
#include <stdlib.h>

#include "filter/casebook/audit.h"
#include "filter/casebook/case.h"
#include "filter/rule/program.h"
#include "tests/filter/casebook/house.h"

static const struct casebook_request nothing;
static const struct casebook_request reasoned = {.reason = STR("bukan penipuan")};

static void an_entry_takes_two_and_leaves_by_one(void **state)
{
    struct house *house = house_build_with_people();
    (void)state;
    int64_t id = house_listed(house, "tipu.example");
    assert_int_equal(house_entries(house), 1);
    house_refused(house, AUDI, ACTION_REMOVE, id, reasoned, CASEBOOK_REFUSED, "is not for audi");
    house_done(house, JOKO, ACTION_REMOVE, id, reasoned);
    assert_int_equal(house_state(house, id), CASE_CLOSED);
    assert_int_equal(house_entries(house), 0);
    house_refused(house, RANI, ACTION_REMOVE, id, reasoned, CASEBOOK_REFUSED,
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
    house_refused(house, RANI, wrong, id, nothing, CASEBOOK_REFUSED, "what was approved is no");
    house_refused(house, ADI, one->action, id, nothing, CASEBOOK_REFUSED, "is not for adi");
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
    house_refused(house, RANI, ACTION_PROPOSE, id,
                  (struct casebook_request){.draft = &draft, .lease = house->moved.lease},
                  CASEBOOK_REFUSED, one->error);
    house_tear_down(house);
}

static void a_stale_version_changes_nothing(void **state)
{
    struct house *house = house_build_with_people();
    (void)state;
    int64_t id = house_case(house, RULE_FRAUD);
    int64_t version = house_look(house, id).version;
    house_done(house, RANI, ACTION_CLAIM, id, nothing);
    house_refused(house, RUDI, ACTION_CLAIM, id, (struct casebook_request){.version = version},
                  CASEBOOK_STALE, "moved on since");
    house_tear_down(house);
}

static void a_clock_gone_back_moves_nothing(void **state)
{
    struct house *house = house_build_with_people();
    (void)state;
    int64_t id = house_case(house, RULE_FRAUD);
    house->clock.fixed_ms -= 6 * MINUTE;
    house_refused(house, RANI, ACTION_CLAIM, id, nothing, CASEBOOK_REFUSED,
                  "went back behind the log");
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
    house_refused(house, RANI, ACTION_PROPOSE, id,
                  (struct casebook_request){
                      .proposal = buf_str(&other), .record = buf_str(&record), .lease = lease},
                  CASEBOOK_REFUSED, "canonical");
    buf_clear(&other);
    buf_put_str(&other, buf_str(&record));
    memcpy(strstr(other.bytes, "\"no\""), "\"ya\"", 4);
    house_refused(house, RANI, ACTION_PROPOSE, id,
                  (struct casebook_request){
                      .proposal = buf_str(&proposal), .record = buf_str(&other), .lease = lease},
                  CASEBOOK_REFUSED, "is not answered");
    buf_clear(&other);
    buf_put_str(&other, buf_str(&record));
    memcpy(strstr(other.bytes, "\"rani\""), "\"rudi\"", 6);
    house_refused(house, RANI, ACTION_PROPOSE, id,
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

static void a_renewal_takes_one_new_person(void **state)
{
    struct house *house = house_build_with_people();
    (void)state;
    int64_t first = house_listed(house, "tipu.example");
    int64_t id = house_case(house, RULE_FRAUD);
    house_done(house, RANI, ACTION_CLAIM, id, nothing);
    struct casebook_draft draft = house_draft(house, id, KIND_ENTRY, "tipu.example");
    int64_t lease = house->moved.lease;
    house_refused(house, RANI, ACTION_PROPOSE, id,
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

/* Limit 6 at the proposal: what is protected, whoever made the bytes and whatever it was called. */
static void nothing_protected_is_proposed(void **state)
{
    struct house *house = house_build_with_people();
    struct buf proposal = BUF_EMPTY, record = BUF_EMPTY;
    struct err err = ERR_NONE;
    (void)state;
    int64_t id = house_case(house, RULE_FRAUD);
    house_done(house, RANI, ACTION_CLAIM, id, nothing);
    int64_t lease = house->moved.lease;
    struct casebook_draft draft = house_draft(house, id, KIND_ENTRY, "kpu.go.id");
    house_refused(house, RANI, ACTION_PROPOSE, id,
                  (struct casebook_request){.draft = &draft, .lease = lease}, CASEBOOK_REFUSED,
                  "is protected");
    draft = house_draft(house, id, KIND_ENTRY, "tipuu.example");
    assert_int_equal(
        casebook_draft(house->casebook, house->who[RANI], &draft, &proposal, &record, &err),
        CASEBOOK_DONE);
    memcpy(strstr(proposal.bytes, "tipuu.example"), "bawaslu.go.id", 13);
    house_refused(house, RANI, ACTION_PROPOSE, id,
                  (struct casebook_request){
                      .proposal = buf_str(&proposal), .record = buf_str(&record), .lease = lease},
                  CASEBOOK_REFUSED, "is protected");
    buf_fini(&proposal);
    buf_fini(&record);
    house_tear_down(house);
}

/* The page that was captured for an entry that ended is no evidence for the next one. */
static void a_renewal_takes_fresh_evidence(void **state)
{
    struct house *house = house_build_with_people();
    (void)state;
    int64_t first = house_case(house, RULE_FRAUD), id = house_case(house, RULE_FRAUD);
    struct casebook_draft draft = house_draft(house, first, KIND_ENTRY, "tipu.example");
    house_done(house, RANI, ACTION_CLAIM, first, nothing);
    house_done(house, RANI, ACTION_PROPOSE, first,
               (struct casebook_request){.draft = &draft, .lease = house->moved.lease});
    assert_int_equal(house_approve(house, ADI, first), CASEBOOK_DONE);
    house_done(house, ADI, ACTION_REMOVE, first, reasoned);
    draft.case_id = id;
    house_done(house, RUDI, ACTION_CLAIM, id, nothing);
    house_refused(house, RUDI, ACTION_PROPOSE, id,
                  (struct casebook_request){.draft = &draft, .lease = house->moved.lease},
                  CASEBOOK_REFUSED, "rests on the same evidence: a renewal takes fresh evidence");
    house_tear_down(house);
}

/* Four times 20 days, each by another two people; a fifth time would be 100. */
static void no_host_is_listed_for_more_than_90_days(void **state)
{
    static const enum house_name reviewers[] = {RANI, RANI, RUDI, RUDI};
    static const enum house_name approvers[] = {ADI, AYU, ADI, AYU};
    struct house *house = house_build_with_people();
    (void)state;
    for (size_t i = 0; i < COUNT(reviewers); i++) {
        int64_t id = house_case(house, RULE_FRAUD);
        house_propose(house, reviewers[i], id, KIND_ENTRY, "tipu.example");
        assert_int_equal(house_approve(house, approvers[i], id), CASEBOOK_DONE);
        house->clock.fixed_ms += 20 * CASEBOOK_DAY;
        house_tick(house);
        assert_int_equal(house_entries(house), 0);
    }
    int64_t id = house_case(house, RULE_FRAUD);
    house_done(house, RANI, ACTION_CLAIM, id, nothing);
    struct casebook_draft draft = house_draft(house, id, KIND_ENTRY, "tipu.example");
    int64_t lease = house->moved.lease;
    house_refused(house, RANI, ACTION_PROPOSE, id,
                  (struct casebook_request){.draft = &draft, .lease = lease}, CASEBOOK_REFUSED,
                  "listed for more than 90 days in all");
    draft.end_ms = house->clock.fixed_ms + 10 * CASEBOOK_DAY;
    house_done(house, RANI, ACTION_PROPOSE, id,
               (struct casebook_request){.draft = &draft, .lease = lease});
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

/* The states that cases of this test are put into past the moves. */
static const enum casebook_state made[] = {CASE_HELD,   CASE_URGENT, CASE_ANSWERED, CASE_UNANSWERED,
                                           CASE_LAPSED, CASE_VOID,   CASE_MERGED,   CASE_PURGED};

static bool is_made(int state)
{
    for (size_t i = 0; i < COUNT(made); i++) {
        if ((int)made[i] == state) {
            return true;
        }
    }
    return false;
}

/* A case in each state, by number. */
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
        } else if (state != CASE_FLAGGED && !is_made(state)) {
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
    house_close(house);
    for (size_t i = 0; i < COUNT(made); i++) {
        char sql[128];
        snprintf(sql, sizeof sql, "UPDATE cases SET state = '%s', due_ms = 9e15 WHERE id = %d",
                 casebook_state_name(made[i]), (int)ids[made[i]]);
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
                                  : casebook_move_find(OF_CASE, from, action, people[i].by) != NULL;
                if (!listed) {
                    house_refused(house, people[i].who, (enum casebook_action)action, ids[from],
                                  reasoned, CASEBOOK_REFUSED, "");
                    tried++;
                }
            }
        }
    }
    assert_true(tried > 900);
    house_tear_down(house);
}

/* Limit 2 in the table itself, beside the entry that cannot be made of anything else. */
static void only_fraud_is_listed(void **state)
{
    size_t count, lists = 0;
    const struct casebook_move *moves = casebook_moves(&count);
    (void)state;
    for (size_t i = 0; i < count; i++) {
        if (moves[i].action == ACTION_LIST) {
            assert_true(moves[i].fraud_only);
            assert_int_equal(moves[i].by, BY_MACHINE); /* behind an approval, by nobody's hand */
            lists++;
        }
    }
    assert_int_equal(lists, 2);
}

static void the_table_prints(void **state)
{
    struct buf out = BUF_EMPTY;
    size_t count, lines = 0;
    (void)state;
    casebook_moves(&count);
    casebook_moves_print(CASEBOOK_PRINT_TEXT, &out);
    for (size_t i = 0; i < out.len; i++) {
        lines += out.bytes[i] == '\n' ? 1 : 0;
    }
    assert_int_equal(lines, count + 1); /* and the names of the columns */
    assert_non_null(strstr(out.bytes, "case    proposed     approve   approved"));
    buf_fini(&out);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_entry_takes_two_and_leaves_by_one),
        cmocka_unit_test(suspended_is_out_of_force_and_released),
        cmocka_unit_test(a_stale_version_changes_nothing),
        cmocka_unit_test(a_clock_gone_back_moves_nothing),
        cmocka_unit_test(seven_days_count_from_the_opening),
        cmocka_unit_test(a_proposal_from_elsewhere_is_read_as_a_stranger_s),
        cmocka_unit_test(a_renewal_takes_one_new_person),
        cmocka_unit_test(nothing_protected_is_proposed),
        cmocka_unit_test(a_renewal_takes_fresh_evidence),
        cmocka_unit_test(no_host_is_listed_for_more_than_90_days),
        cmocka_unit_test(nothing_is_listed_without_a_protected_list),
        cmocka_unit_test(what_is_not_in_the_table_is_refused),
        cmocka_unit_test(only_fraud_is_listed),
        cmocka_unit_test(the_table_prints),
    };
    return RUN_CASES("kinds", other_kinds, other_kinds_take_two_and_list_nothing) +
           RUN_CASES("casebook_draft", spoiled, a_spoiled_draft_is_refused) +
           RUN_CASES("deadlines", deadlines, every_deadline_ends_in_release) +
           cmocka_run_group_tests_name("casebook_move", tests, NULL, NULL);
}
