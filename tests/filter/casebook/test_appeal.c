#include "filter/casebook/appeal.h"

#include <stdio.h>

#include "filter/casebook/case.h"
#include "filter/casebook/sql.h"
#include "tests/filter/casebook/house.h"

static const struct casebook_request reasoned = {.reason = STR("bukan penipuan")};
#define GROUND STR("Situs ini milik koperasi kami, bukan tiruan siapa pun.")

static const char *entry_state(struct house *house, int64_t id)
{
    return house_page(house, id).entry_state.at;
}

static const char *appeal_state(struct house *house, int64_t id, size_t number)
{
    struct casebook_page page = house_page(house, id);
    assert_true(number <= page.objection_count);
    return casebook_appeal_state_name(page.objections[number - 1].state);
}

static int64_t corrected(struct house *house, enum casebook_kind kind)
{
    int64_t id = house_case(house, RULE_CLAIM);
    house_propose(house, RANI, id, kind, "");
    assert_int_equal(house_approve(house, ADI, id), CASEBOOK_DONE);
    house_done(house, RANI, kind == KIND_REFERRAL ? ACTION_REFER : ACTION_CORRECT, id,
               (struct casebook_request){0});
    return id;
}

static void anyone_suspends_an_entry_once(void **state)
{
    struct house *house = house_build_with_people();
    (void)state;
    int64_t id = house_listed(house, "tipu.example");
    int64_t appeal = house_appeal(house, id);
    assert_int_equal(house_entries(house), 0);
    assert_string_equal(entry_state(house, id), "suspended");
    assert_true(house_look(house, id).is_disputed);
    assert_int_equal(house_decide(house, ACTION_UPHOLD, id, appeal), CASEBOOK_DONE);
    assert_int_equal(house_entries(house), 1);
    assert_false(house_look(house, id).is_disputed);
    /* A further one waits for the panel, and suspends nothing until it says so. */
    int64_t further = house_appeal(house, id);
    assert_string_equal(appeal_state(house, id, 2), "asked");
    assert_int_equal(house_entries(house), 1);
    assert_int_equal(house_decide(house, ACTION_UPHOLD, id, further), CASEBOOK_REFUSED);
    assert_int_equal(house_decide(house, ACTION_ADMIT, id, further), CASEBOOK_DONE);
    assert_int_equal(house_entries(house), 0);
    assert_int_equal(house_decide(house, ACTION_OVERTURN, id, further), CASEBOOK_DONE);
    assert_int_equal(house_state(house, id), CASE_CLOSED);
    assert_string_equal(entry_state(house, id), "removed");
    house_tear_down(house);
}

static void what_the_panel_leaves_is_overturned_at_72_hours(void **state)
{
    struct house *house = house_build_with_people();
    (void)state;
    int64_t id = house_listed(house, "tipu.example"), other = corrected(house, KIND_CORRECTION);
    house_appeal(house, id);
    house_appeal(house, other);
    assert_true(house_look(house, other).is_disputed);
    house->clock.fixed_ms += 72 * HOUR - 1;
    house_tick(house);
    assert_string_equal(appeal_state(house, id, 1), "lodged");
    house->clock.fixed_ms += 1;
    house_tick(house);
    assert_string_equal(appeal_state(house, id, 1), "overturned");
    assert_string_equal(entry_state(house, id), "removed");
    assert_int_equal(house_state(house, id), CASE_CLOSED);
    assert_int_equal(house_state(house, other), CASE_WITHDRAWN);
    assert_int_equal(house_entries(house), 0);
    struct casebook_appeal_figures figures;
    assert_true(casebook_appeal_count(house->casebook, &figures, &house->err));
    assert_int_equal(figures.of[APPEAL_OVERTURNED], 2);
    assert_int_equal(figures.by_clock, 2);
    assert_int_equal(figures.median_ms, 72 * HOUR);
    house_tear_down(house);
}

static void a_further_one_lapses_at_24_hours(void **state)
{
    struct house *house = house_build_with_people();
    (void)state;
    int64_t id = house_listed(house, "tipu.example");
    assert_int_equal(house_decide(house, ACTION_UPHOLD, id, house_appeal(house, id)),
                     CASEBOOK_DONE);
    house_appeal(house, id);
    house->clock.fixed_ms += 24 * HOUR;
    house_tick(house);
    assert_string_equal(appeal_state(house, id, 2), "declined");
    assert_int_equal(house_entries(house), 1);
    int64_t third = house_appeal(house, id);
    assert_int_equal(house_decide(house, ACTION_DECLINE, id, third), CASEBOOK_DONE);
    assert_string_equal(appeal_state(house, id, 3), "declined");
    house_tear_down(house);
}

static void abusive_within_an_hour_alone(void **state)
{
    struct house *house = house_build_with_people();
    (void)state;
    int64_t id = house_listed(house, "tipu.example"), late = house_listed(house, "lain.example");
    int64_t one = house_appeal(house, id), other = house_appeal(house, late);
    house->clock.fixed_ms += HOUR;
    house_refused(house, JOKO, ACTION_ABUSIVE, id, (struct casebook_request){.appeal = one},
                  CASEBOOK_REFUSED, "the reason");
    assert_int_equal(house_decide(house, ACTION_ABUSIVE, id, one), CASEBOOK_DONE);
    assert_int_equal(house_entries(house), 1);
    house->clock.fixed_ms += 1;
    house_refused(house, JOKO, ACTION_ABUSIVE, late,
                  (struct casebook_request){.appeal = other, .reason = STR("berulang")},
                  CASEBOOK_REFUSED, "within an hour");
    house_tear_down(house);
}

/* What one of the two suspended is not the panel's to bring back by upholding an appeal. */
static void upholding_restores_what_the_appeal_suspended_alone(void **state)
{
    struct house *house = house_build_with_people();
    (void)state;
    int64_t id = house_listed(house, "tipu.example");
    house_done(house, AYU, ACTION_SUSPEND, id, reasoned);
    int64_t appeal = house_appeal(house, id);
    assert_int_equal(house_decide(house, ACTION_UPHOLD, id, appeal), CASEBOOK_DONE);
    assert_string_equal(entry_state(house, id), "suspended");
    assert_int_equal(house_entries(house), 0);
    house_tear_down(house);
}

/* What is signed is this decision and no other, by the panel's key; overturning takes none. */
static void upholding_is_signed(void **state)
{
    struct house *house = house_build_with_people();
    struct buf bytes = BUF_EMPTY, other_bytes = BUF_EMPTY, abusive = BUF_EMPTY;
    struct err err = ERR_NONE;
    (void)state;
    int64_t id = house_listed(house, "tipu.example"), other = house_listed(house, "lain.example");
    struct casebook_request request = {.action = ACTION_UPHOLD,
                                       .case_id = id,
                                       .appeal = house_appeal(house, id),
                                       .reason = STR("panennya terbukti")};
    struct casebook_request of_other = request;
    of_other.case_id = other;
    of_other.appeal = house_appeal(house, other);
    struct casebook_request of_abuse = request;
    of_abuse.action = ACTION_ABUSIVE;
    const struct casebook_session *joko = house->who[JOKO];
    assert_int_equal(casebook_decision_draft(house->casebook, joko, &request, &bytes, &err),
                     CASEBOOK_DONE);
    assert_int_equal(casebook_decision_draft(house->casebook, joko, &of_other, &other_bytes, &err),
                     CASEBOOK_DONE);
    assert_int_equal(casebook_decision_draft(house->casebook, joko, &of_abuse, &abusive, &err),
                     CASEBOOK_DONE);
    struct buf good = house_sign(house, JOKO, buf_str(&bytes)),
               of_ayu = house_sign(house, AYU, buf_str(&bytes)),
               elsewhere = house_sign(house, JOKO, buf_str(&other_bytes)),
               is_abuse = house_sign(house, JOKO, buf_str(&abusive));
    const struct {
        struct str bytes, signature;
        const char *words;
    } wrong[] = {
        {buf_str(&bytes), STR(""), "the signature is missing"},
        {STR(""), buf_str(&good), "no decision of the panel"},
        {STR("{}"), buf_str(&good), "no decision of the panel"},
        {buf_str(&bytes), buf_str(&of_ayu), "the signature"},
        {buf_str(&bytes), buf_str(&elsewhere), "the signature"},
        {buf_str(&other_bytes), buf_str(&elsewhere), "another appeal, entry or result"},
        {buf_str(&abusive), buf_str(&is_abuse), "another appeal, entry or result"},
    };
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        request.proposal = wrong[i].bytes;
        request.signature = wrong[i].signature;
        house_refused(house, JOKO, ACTION_UPHOLD, id, request, CASEBOOK_REFUSED, wrong[i].words);
    }
    assert_int_equal(house_entries(house), 0);
    /* The reason that counts is the one that is signed. */
    request.reason = STR("lain sekali");
    request.proposal = buf_str(&bytes);
    request.signature = buf_str(&good);
    house_done(house, JOKO, ACTION_UPHOLD, id, request);
    assert_int_equal(house_entries(house), 1);
    struct casebook_page page = house_page(house, id);
    assert_true(str_is(page.objections[0].reason, "panennya terbukti"));
    house_refused(house, JOKO, ACTION_UPHOLD, id, request, CASEBOOK_REFUSED, "there is no move");
    house_done(house, JOKO, ACTION_OVERTURN, other,
               (struct casebook_request){.appeal = of_other.appeal, .reason = STR("bukan tiruan")});
    assert_int_equal(house_entries(house), 1);
    buf_fini(&bytes);
    buf_fini(&other_bytes);
    buf_fini(&abusive);
    buf_fini(&good);
    buf_fini(&of_ayu);
    buf_fini(&elsewhere);
    buf_fini(&is_abuse);
    house_tear_down(house);
}

static void log_row(struct house *house, const char *action, int64_t id, json_t *detail)
{
    struct err err = ERR_NONE;
    assert_true(casebook_sql_enter(house->casebook, &err));
    assert_true(casebook_log(house->casebook, STR("joko"), action, id, detail, &err));
    assert_true(casebook_sql_leave(house->casebook, true, &err));
}

/*
 * Whoever writes the log writes no signature: rows of an upheld appeal without one, with one over
 * other bytes, or of before decisions were signed, put nothing back in a list.
 */
static void a_log_without_the_panels_signature_restores_nothing(void **state)
{
    struct house *house = house_build_with_people();
    struct buf bytes = BUF_EMPTY;
    struct err err = ERR_NONE;
    (void)state;
    int64_t id = house_listed(house, "tipu.example");
    struct casebook_request request = {.action = ACTION_UPHOLD,
                                       .case_id = id,
                                       .appeal = house_appeal(house, id),
                                       .reason = STR("panennya terbukti")};
    long long appeal = (long long)request.appeal;
    assert_int_equal(
        casebook_decision_draft(house->casebook, house->who[JOKO], &request, &bytes, &err),
        CASEBOOK_DONE);
    struct buf of_adi = house_sign(house, ADI, buf_str(&bytes)),
               good = house_sign(house, JOKO, buf_str(&bytes));
    const struct {
        const char *action, *signature;
        size_t in_force;
    } rows[] = {{"uphold", "", 0},
                {"uphold", of_adi.bytes, 0},
                {"abusive", good.bytes, 0},
                {"uphold", good.bytes, 1}};
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        log_row(house, rows[i].action, id,
                json_pack("{sI ss ss ss}", "appeal", (json_int_t)appeal, "to", "upheld", "bytes",
                          bytes.bytes, "signature", rows[i].signature));
        log_row(house, "restore", id,
                json_pack("{sI ss ss}", "appeal", (json_int_t)appeal, "from", "suspended", "to",
                          "active"));
        assert_int_equal(house_entries(house), rows[i].in_force);
    }
    buf_fini(&bytes);
    buf_fini(&of_adi);
    buf_fini(&good);
    house_tear_down(house);
}

struct unfit {
    const char *name;
    struct str ground;
    const char *error;
};

static const struct unfit unfits[] = {
    {"a ground of one word", STR("salah"), "alasan banding"},
    {"no ground", STR(""), "alasan banding"},
    {"a control character", STR("Situs ini milik koperasi kami\x1b[2J."), "U+001B"},
    {"no UTF-8", STR("Situs ini milik koperasi kami \xff\xfe."), "no UTF-8"},
};

static void an_unfit_ground_is_refused(void **state)
{
    const struct unfit *one = *state;
    struct house *house = house_build_with_people();
    struct casebook_lodged lodged;
    int64_t id = house_listed(house, "tipu.example");
    size_t rows = house_log_rows(house, "refused");
    house->err = ERR_NONE;
    assert_int_equal(casebook_appeal_lodge(house->casebook, id, one->ground, &lodged, &house->err),
                     CASEBOOK_REFUSED);
    assert_non_null(strstr(house->err.message, one->error));
    assert_int_equal(house_log_rows(house, "refused"), rows + 1);
    assert_int_equal(house_entries(house), 1);
    house_tear_down(house);
}

static void what_is_not_in_force_cannot_be_appealed(void **state)
{
    struct house *house = house_build_with_people();
    struct casebook_lodged lodged;
    (void)state;
    int64_t open = house_case(house, RULE_FRAUD), over = house_listed(house, "tipu.example");
    house_done(house, RANI, ACTION_REMOVE, over, reasoned);
    int64_t ids[] = {open, over, 4711};
    for (size_t i = 0; i < COUNT(ids); i++) {
        house->err = ERR_NONE;
        assert_int_equal(
            casebook_appeal_lodge(house->casebook, ids[i], GROUND, &lodged, &house->err),
            CASEBOOK_REFUSED);
        assert_non_null(strstr(house->err.message, "nothing in force that could be appealed"));
    }
    house_tear_down(house);
}

struct seen {
    size_t count;
    int64_t id, case_id;
};

static void see(void *context, const struct casebook_appeal *one)
{
    struct seen *seen = context;
    seen->count++;
    seen->id = one->objection.id;
    seen->case_id = one->case_id;
}

static bool see_row(void *context, const struct casebook_appeal *one)
{
    see(context, one);
    return true;
}

static void its_sender_finds_it_by_the_receipt(void **state)
{
    struct house *house = house_build_with_people();
    struct casebook_lodged lodged;
    struct seen seen = {.count = 0};
    bool found;
    (void)state;
    int64_t id = house_listed(house, "tipu.example");
    house->err = ERR_NONE;
    assert_int_equal(casebook_appeal_lodge(house->casebook, id, GROUND, &lodged, &house->err),
                     CASEBOOK_DONE);
    assert_int_equal(strlen(lodged.receipt), APPEAL_RECEIPT_CHARS);
    assert_true(lodged.suspended);
    assert_true(casebook_appeal_find(house->casebook, str_of(lodged.receipt), see, &seen, &found,
                                     &house->err));
    assert_true(found);
    assert_int_equal(seen.case_id, id);
    assert_int_equal(seen.id, lodged.appeal);
    lodged.receipt[0] = lodged.receipt[0] == 'a' ? 'b' : 'a';
    assert_true(casebook_appeal_find(house->casebook, str_of(lodged.receipt), see, &seen, &found,
                                     &house->err));
    assert_false(found);
    struct casebook_appeal_filter waiting = {.waiting = true};
    seen.count = 0;
    assert_true(casebook_appeals(house->casebook, &waiting, see_row, &seen, &house->err));
    assert_int_equal(seen.count, 1);
    assert_int_equal(house_decide(house, ACTION_UPHOLD, id, lodged.appeal), CASEBOOK_DONE);
    seen.count = 0;
    assert_true(casebook_appeals(house->casebook, &waiting, see_row, &seen, &house->err));
    assert_int_equal(seen.count, 0);
    house_tear_down(house);
}

/* Everybody's appeals about one case; the first about another is taken all the same. */
static void abuse_49_a_flood_drops_no_first_appeal(void **state)
{
    struct house *house = house_build_with_people();
    struct casebook_lodged lodged;
    (void)state;
    int64_t id = house_listed(house, "tipu.example"), other = house_listed(house, "lain.example");
    size_t taken = 0;
    for (int i = 0; i < 40; i++) {
        house->err = ERR_NONE;
        enum casebook_outcome outcome =
            casebook_appeal_lodge(house->casebook, id, GROUND, &lodged, &house->err);
        taken += outcome == CASEBOOK_DONE ? 1 : 0;
    }
    assert_int_equal(taken, 1 + APPEAL_WAITING_MOST);
    assert_non_null(strstr(house->err.message, "wait for the panel already"));
    house->err = ERR_NONE;
    assert_int_equal(casebook_appeal_lodge(house->casebook, other, GROUND, &lodged, &house->err),
                     CASEBOOK_DONE);
    assert_int_equal(lodged.state, APPEAL_LODGED);
    assert_string_equal(appeal_state(house, id, 1), "lodged");
    house_tear_down(house);
}

/* The content of what was appealed stays 90 days from the decision, not from its end. */
static void purged_later_if_appealed(void **state)
{
    struct house *house = house_build_with_people();
    (void)state;
    int64_t id = house_listed(house, "tipu.example");
    house->clock.fixed_ms = HOUSE_START + 20 * DAY - 10 * HOUR;
    int64_t appeal = house_appeal(house, id);
    house->clock.fixed_ms = HOUSE_START + 20 * DAY;
    house_tick(house);
    assert_int_equal(house_state(house, id), CASE_CLOSED); /* it expired while it was suspended */
    house->clock.fixed_ms += DAY;
    assert_int_equal(house_decide(house, ACTION_UPHOLD, id, appeal), CASEBOOK_DONE);
    int64_t decided = house->clock.fixed_ms;
    house->clock.fixed_ms = decided + 90 * DAY - 1;
    house_tick(house);
    assert_int_equal(house_state(house, id), CASE_CLOSED);
    assert_true(house_page(house, id).objections[0].ground.len > 0);
    house->clock.fixed_ms += 1;
    house_tick(house);
    assert_int_equal(house_state(house, id), CASE_PURGED);
    assert_int_equal(house_page(house, id).objections[0].ground.len, 0);
    assert_true(house_page(house, id).objections[0].reason.len > 0);
    house_tear_down(house);
}

static void a_referral_that_was_not_answered_can_be_appealed(void **state)
{
    struct house *house = house_build_with_people();
    (void)state;
    int64_t id = corrected(house, KIND_REFERRAL), answered = corrected(house, KIND_REFERRAL);
    house_done(house, RUDI, ACTION_REPLY, answered,
               (struct casebook_request){.reason = STR("platform menghapus kirimannya")});
    assert_int_equal(house_state(house, answered), CASE_ANSWERED);
    house->clock.fixed_ms += 14 * DAY;
    house_tick(house);
    assert_int_equal(house_state(house, id), CASE_UNANSWERED);
    assert_int_equal(house_decide(house, ACTION_OVERTURN, id, house_appeal(house, id)),
                     CASEBOOK_DONE);
    assert_int_equal(house_state(house, id), CASE_WITHDRAWN);
    assert_int_equal(house_decide(house, ACTION_OVERTURN, answered, house_appeal(house, answered)),
                     CASEBOOK_DONE);
    assert_int_equal(house_state(house, answered), CASE_WITHDRAWN);
    assert_int_equal(house_log_rows(house, "dispute"), 4);
    house_tear_down(house);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(anyone_suspends_an_entry_once),
        cmocka_unit_test(what_the_panel_leaves_is_overturned_at_72_hours),
        cmocka_unit_test(a_further_one_lapses_at_24_hours),
        cmocka_unit_test(abusive_within_an_hour_alone),
        cmocka_unit_test(upholding_restores_what_the_appeal_suspended_alone),
        cmocka_unit_test(upholding_is_signed),
        cmocka_unit_test(a_log_without_the_panels_signature_restores_nothing),
        cmocka_unit_test(what_is_not_in_force_cannot_be_appealed),
        cmocka_unit_test(its_sender_finds_it_by_the_receipt),
        cmocka_unit_test(abuse_49_a_flood_drops_no_first_appeal),
        cmocka_unit_test(purged_later_if_appealed),
        cmocka_unit_test(a_referral_that_was_not_answered_can_be_appealed),
    };
    return RUN_CASES("grounds", unfits, an_unfit_ground_is_refused) +
           cmocka_run_group_tests_name("appeal", tests, NULL, NULL);
}
