/*
 * The abuse checks of REVIEW, section 5, about targets, the 24-hour lane, appeals and the log, by
 * their numbers: each is refused and logged, and changes nothing. Those about people and rules are
 * in test_abuse.c.
 */
#include <stdio.h>

#include "filter/base/file.h"
#include "filter/casebook/appeal.h"
#include "filter/casebook/case.h"
#include "tests/filter/casebook/house.h"

static const struct casebook_request nothing;
static const struct casebook_request reasoned = {.reason = STR("bukan penipuan")};

/* 15 to 17: what may not be a target, however it is spelled. */
struct target {
    const char *name, *target, *error;
    enum blocklist_scope scope;
};

static const struct target targets[] = {
    {"abuse_15_a_protected_name", "kpu-contoh.example", "kpu-contoh.example", BLOCKLIST_HOST},
    {"abuse_15_below_a_protected_name", "info.kpu-contoh.example", "kpu-contoh.example",
     BLOCKLIST_HOST},
    {"abuse_15_above_a_protected_name", "go.id", "", BLOCKLIST_DOMAIN},
    {"abuse_15_a_trailing_dot", "kpu-contoh.example.", "", BLOCKLIST_HOST},
    {"abuse_15_capital_letters", "KPU-Contoh.EXAMPLE", "kpu-contoh.example", BLOCKLIST_HOST},
    {"abuse_15_full_width_letters", "\xef\xbd\x8bpu-contoh.example", "kpu-contoh.example",
     BLOCKLIST_HOST},
    {"abuse_15_a_homograph", "kpu-c\xd0\xbentoh.example", "", BLOCKLIST_HOST},
    {"abuse_15_as_a_url", "https://kpu-contoh.example/daftar", "kpu-contoh.example", BLOCKLIST_URL},
    {"abuse_15_government", "dinas.kotacontoh.go.id", "", BLOCKLIST_HOST},
    {"abuse_16_the_press", "www.kompas.com", "kompas.com", BLOCKLIST_HOST},
    {"abuse_16_one_page_of_the_press", "https://www.tempo.co/politik/1", "tempo.co", BLOCKLIST_URL},
    {"abuse_17_a_public_suffix", "web.id", "", BLOCKLIST_DOMAIN},
    {"abuse_17_a_private_suffix", "blogspot.com", "", BLOCKLIST_DOMAIN},
    {"abuse_17_a_shared_host", "bersama.example", "bersama.example", BLOCKLIST_HOST},
    {"abuse_17_an_address", "192.0.2.7", "", BLOCKLIST_HOST},
    {"abuse_17_an_address_of_version_6", "[2001:db8::7]", "", BLOCKLIST_HOST},
    {"abuse_17_a_wildcard", "*.tipu.example", "", BLOCKLIST_HOST},
    {"abuse_17_one_label", "example", "", BLOCKLIST_DOMAIN},
};

static void what_may_not_be_a_target(void **state)
{
    const struct target *one = *state;
    struct house *house = house_build_with_people();
    int64_t id = house_case(house, RULE_FRAUD);
    house_done(house, RANI, ACTION_CLAIM, id, nothing);
    int64_t lease = house->moved.lease;
    struct casebook_draft draft = house_draft(house, id, KIND_ENTRY, one->target);
    draft.scope = one->scope;
    house_refused(house, RANI, ACTION_PROPOSE, id,
                  (struct casebook_request){.draft = &draft, .lease = lease}, CASEBOOK_REFUSED,
                  one->error);
    struct casebook_draft urgent = house_urgent_draft(house, id, one->target);
    urgent.scope = one->scope;
    house_refused(house, RANI, ACTION_URGENT, id,
                  (struct casebook_request){.draft = &urgent, .lease = lease}, CASEBOOK_REFUSED,
                  one->error);
    assert_int_equal(house_entries(house), 0);
    house_tear_down(house);
}

/* Procedure and claim: no way to an entry, by propose, by the lane, or past the moves. */
static void abuse_18_procedure_and_claim_have_no_entry(void **state)
{
    static const enum rule_class classes[] = {RULE_PROCEDURE, RULE_CLAIM};
    (void)state;
    for (size_t i = 0; i < COUNT(classes); i++) {
        struct house *house = house_build_with_people();
        int64_t id = house_case(house, classes[i]), listed = house_listed(house, "tipu.example");
        house_done(house, RANI, ACTION_CLAIM, id, nothing);
        int64_t lease = house->moved.lease;
        struct casebook_draft draft = house_draft(house, id, KIND_ENTRY, "kabar.example");
        struct casebook_draft urgent = house_urgent_draft(house, id, "kabar.example");
        house_refused(house, RANI, ACTION_PROPOSE, id,
                      (struct casebook_request){.draft = &draft, .lease = lease}, CASEBOOK_REFUSED,
                      "is of class");
        house_refused(house, RANI, ACTION_URGENT, id,
                      (struct casebook_request){.draft = &urgent, .lease = lease}, CASEBOOK_REFUSED,
                      "this is for fraud only");
        /* Its owner writes it into the file: the export reads the log alone. */
        char sql[128];
        snprintf(sql, sizeof sql, "UPDATE entries SET case_id = %d", (int)id);
        house_close(house);
        house_sql(house, sql);
        house_open(house);
        assert_int_equal(house_entries(house), 1);
        house_tear_down(house);
        (void)listed;
    }
}

static void urgent_done(struct house *house, int64_t id, const char *target)
{
    enum casebook_outcome outcome = house_urgent(house, id, target);
    assert_string_equal(house->err.message, "");
    assert_int_equal(outcome, CASEBOOK_DONE);
}

/* 24:00:01, after a restart, and with the file of before put back. */
static void abuse_21_provisional_after_24_hours(void **state)
{
    struct house *house = house_build_with_people();
    struct buf old = BUF_EMPTY;
    struct err err = ERR_NONE;
    (void)state;
    int64_t id = house_case(house, RULE_FRAUD);
    urgent_done(house, id, "tipu.example");
    house_tick(house); /* publishes the head */
    assert_int_equal(house_entries(house), 1);
    house_close(house);
    assert_true(file_read(house->path.bytes, 64 << 20, &old, &err));
    house->clock.fixed_ms = HOUSE_START + DAY + 1000;
    house_open(house);
    assert_int_equal(house_entries(house), 0);
    assert_int_equal(
        house_move(house, ADI, ACTION_APPROVE, id,
                   (struct casebook_request){.signature = STR("x"), .conflict = STR("tidak ada")}),
        CASEBOOK_STALE);
    assert_int_equal(house_state(house, id), CASE_LAPSED);
    house_tick(house); /* publishes the head */
    house_close(house);
    house_write(house, "casebook.db", buf_str(&old));
    house_open(house);
    assert_int_equal(house_entries(house), (size_t)-1); /* the log does not hold the head */
    buf_fini(&old);
    house_tear_down(house);
}

static void abuse_21_the_clock_is_put_back(void **state)
{
    struct house *house = house_build_with_people();
    (void)state;
    int64_t id = house_case(house, RULE_FRAUD);
    urgent_done(house, id, "tipu.example");
    house->clock.fixed_ms = HOUSE_START + DAY;
    house_tick(house);
    house->clock.fixed_ms = HOUSE_START + HOUR;
    assert_int_equal(house_entries(house), (size_t)-1);
    house->clock.fixed_ms = HOUSE_START + DAY - 4 * MINUTE;
    assert_int_equal(house_entries(house), 0);
    house_tear_down(house);
}

static void abuse_22_a_sibling_host_within_30_days(void **state)
{
    struct house *house = house_build_with_people();
    (void)state;
    int64_t id = house_case(house, RULE_FRAUD), next = house_case(house, RULE_FRAUD);
    urgent_done(house, id, "daftar.tipu-pemilih.web.id");
    house->clock.fixed_ms = HOUSE_START + DAY;
    house_tick(house);
    assert_int_equal(house_state(house, id), CASE_LAPSED);
    house_done(house, RANI, ACTION_CLAIM, next, nothing);
    int64_t lease = house->moved.lease;
    struct casebook_draft draft = house_urgent_draft(house, next, "hadiah.tipu-pemilih.web.id");
    house_refused(house, RANI, ACTION_URGENT, next,
                  (struct casebook_request){.draft = &draft, .lease = lease}, CASEBOOK_REFUSED,
                  "this domain was in the 24-hour lane within the last 30 days");
    /* The same evidence for another domain. */
    house_tick(house);
    int64_t last = house_case(house, RULE_FRAUD), again = house_case(house, RULE_FRAUD);
    house_done(house, RANI, ACTION_CLAIM, last, nothing);
    lease = house->moved.lease;
    draft = house_urgent_draft(house, last, "satu.example");
    house_done(house, RANI, ACTION_URGENT, last,
               (struct casebook_request){.draft = &draft, .lease = lease});
    assert_int_equal(house_sign_move(house, BUDI, ACTION_URGENT, last), CASEBOOK_DONE);
    house_done(house, RANI, ACTION_CLAIM, again, nothing);
    draft.target = STR("dua.example");
    draft.case_id = again;
    house_refused(house, RANI, ACTION_URGENT, again,
                  (struct casebook_request){.draft = &draft, .lease = house->moved.lease},
                  CASEBOOK_REFUSED, "this evidence was used in the 24-hour lane");
    assert_int_equal(house_entries(house), 1);
    /* 30 days after the end it is free. */
    house->clock.fixed_ms = HOUSE_START + DAY + 30 * DAY;
    house_tick(house);
    int64_t later = house_case(house, RULE_FRAUD);
    urgent_done(house, later, "hadiah.tipu-pemilih.web.id");
    assert_int_equal(house_entries(house), 1);
    house_tear_down(house);
}

static void abuse_23_an_eleventh(void **state)
{
    struct house *house = house_build_with_people();
    int64_t first = 0;
    (void)state;
    for (int i = 0; i < CASEBOOK_LANE_MOST; i++) {
        char target[32];
        snprintf(target, sizeof target, "tipu-%d.example", i);
        int64_t id = house_case(house, RULE_FRAUD);
        first = first == 0 ? id : first;
        urgent_done(house, id, target);
    }
    assert_int_equal(house_entries(house), CASEBOOK_LANE_MOST);
    int64_t id = house_case(house, RULE_FRAUD);
    house_done(house, RANI, ACTION_CLAIM, id, nothing);
    struct casebook_draft draft = house_urgent_draft(house, id, "kesebelas.example");
    struct casebook_request request = {.draft = &draft, .lease = house->moved.lease};
    house_refused(house, RANI, ACTION_URGENT, id, request, CASEBOOK_REFUSED,
                  "ten entries of the 24-hour lane are live already");
    /* A suspended one is live still; a removed one makes room. */
    house_done(house, RUDI, ACTION_SUSPEND, first, reasoned);
    house_refused(house, RANI, ACTION_URGENT, id, request, CASEBOOK_REFUSED, "ten entries");
    house_done(house, RUDI, ACTION_REMOVE, first, reasoned);
    house_done(house, RANI, ACTION_URGENT, id, request);
    assert_int_equal(house_sign_move(house, BUDI, ACTION_URGENT, id), CASEBOOK_DONE);
    assert_int_equal(house_entries(house), CASEBOOK_LANE_MOST);
    house_tear_down(house);
}

/* An appeal comes between the approver's look and the signature: the suspension wins. */
static void abuse_25_an_appeal_beats_an_approval(void **state)
{
    struct house *house = house_build_with_people();
    struct buf bytes = BUF_EMPTY, record = BUF_EMPTY;
    struct casebook_answers answers = house_all(ANSWER_NO);
    (void)state;
    int64_t id = house_case(house, RULE_FRAUD);
    urgent_done(house, id, "tipu.example");
    house_done(house, ADI, ACTION_ANSWER, id, (struct casebook_request){.answers = &answers});
    assert_int_equal(
        casebook_to_sign(house->casebook, house->who[ADI], id, &bytes, &record, &house->err),
        CASEBOOK_DONE);
    struct buf signature = house_sign(house, ADI, buf_str(&bytes));
    int64_t version = house_look(house, id).version;
    int64_t appeal = house_appeal(house, id);
    struct casebook_request request = {
        .version = version, .signature = buf_str(&signature), .conflict = STR("tidak ada")};
    house_refused(house, ADI, ACTION_APPROVE, id, request, CASEBOOK_STALE, "moved on since");
    request.version = 0;
    house_refused(house, ADI, ACTION_APPROVE, id, request, CASEBOOK_REFUSED,
                  "and a suspension wins");
    assert_int_equal(house_entries(house), 0);
    /* Once the panel upheld it, it is still suspended, for it was never approved. */
    assert_int_equal(house_decide(house, ACTION_UPHOLD, id, appeal), CASEBOOK_DONE);
    house_refused(house, ADI, ACTION_APPROVE, id, request, CASEBOOK_REFUSED,
                  "and a suspension wins");
    buf_fini(&signature);
    buf_fini(&bytes);
    buf_fini(&record);
    house_tear_down(house);
}

/* R1 and A restore it anew; what they signed is good for that suspension alone. */
static void abuse_30_a_restoration_is_signed_each_time(void **state)
{
    struct house *house = house_build_with_people();
    struct buf bytes = BUF_EMPTY, record = BUF_EMPTY;
    (void)state;
    int64_t id = house_listed(house, "tipu.example");
    house_done(house, AYU, ACTION_SUSPEND, id, reasoned);
    house_refused(house, RUDI, ACTION_RESTORE, id, reasoned, CASEBOOK_REFUSED, "is not for rudi");
    house_refused(house, JOKO, ACTION_RESTORE, id, reasoned, CASEBOOK_REFUSED,
                  "the panel restores by upholding the appeal");
    house_refused(house, ADI, ACTION_RESTORE, id,
                  (struct casebook_request){.signature = STR("x"), .conflict = STR("tidak ada")},
                  CASEBOOK_REFUSED, "has not asked for this entry to be restored");
    house_done(house, RANI, ACTION_RESTORE, id, reasoned);
    assert_int_equal(house_entries(house), 0); /* asking is not restoring */
    assert_int_equal(
        casebook_to_sign(house->casebook, house->who[ADI], id, &bytes, &record, &house->err),
        CASEBOOK_DONE);
    struct buf signature = house_sign(house, ADI, buf_str(&bytes));
    struct casebook_request request = {.signature = buf_str(&signature),
                                       .conflict = STR("tidak ada")};
    house_done(house, ADI, ACTION_RESTORE, id, request);
    assert_int_equal(house_entries(house), 1);
    house_done(house, AYU, ACTION_SUSPEND, id, reasoned);
    house_refused(house, ADI, ACTION_RESTORE, id, request, CASEBOOK_REFUSED, "has not asked");
    house_done(house, RANI, ACTION_RESTORE, id, reasoned);
    house_refused(house, ADI, ACTION_RESTORE, id, request, CASEBOOK_REFUSED, "the signature");
    house_refused(house, AYU, ACTION_RESTORE, id, request, CASEBOOK_REFUSED, "the signature");
    assert_int_equal(house_entries(house), 0);
    /* While an appeal waits it is the panel's. */
    house_appeal(house, id);
    house_refused(house, RANI, ACTION_RESTORE, id, reasoned, CASEBOOK_REFUSED,
                  "an appeal waits for the panel");
    buf_fini(&signature);
    buf_fini(&bytes);
    buf_fini(&record);
    house_tear_down(house);
}

/* An entry in the file of which no row of the log tells. */
static void abuse_31_no_register_row(void **state)
{
    struct house *house = house_build_with_people();
    struct buf proposal = BUF_EMPTY, record = BUF_EMPTY, sql = BUF_EMPTY;
    struct casebook_answers answers = house_all(ANSWER_NO);
    (void)state;
    int64_t id = house_case(house, RULE_FRAUD);
    house_propose(house, RANI, id, KIND_ENTRY, "tipu.example");
    house_done(house, ADI, ACTION_ANSWER, id, (struct casebook_request){.answers = &answers});
    assert_int_equal(
        casebook_to_sign(house->casebook, house->who[ADI], id, &proposal, &record, &house->err),
        CASEBOOK_DONE);
    buf_printf(&sql,
               "INSERT INTO entries (id, case_id, state, since_ms, due_ms, end_ms, entry, host,"
               " reviewer, approver) VALUES (randomblob(32), %d, 'active', 0, 9e15, 9e15, '%s',"
               " 'tipu.example', 'rani', 'adi'); UPDATE cases SET state = 'listed'",
               (int)id, proposal.bytes);
    house_close(house);
    house_sql(house, sql.bytes);
    house_open(house);
    assert_int_equal(house_entries(house), 0);
    buf_fini(&proposal);
    buf_fini(&record);
    buf_fini(&sql);
    house_tear_down(house);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(abuse_18_procedure_and_claim_have_no_entry),
        cmocka_unit_test(abuse_21_provisional_after_24_hours),
        cmocka_unit_test(abuse_21_the_clock_is_put_back),
        cmocka_unit_test(abuse_22_a_sibling_host_within_30_days),
        cmocka_unit_test(abuse_23_an_eleventh),
        cmocka_unit_test(abuse_25_an_appeal_beats_an_approval),
        cmocka_unit_test(abuse_30_a_restoration_is_signed_each_time),
        cmocka_unit_test(abuse_31_no_register_row),
    };
    return RUN_CASES("targets", targets, what_may_not_be_a_target) +
           cmocka_run_group_tests_name("abuse of entries", tests, NULL, NULL);
}
