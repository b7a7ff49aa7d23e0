/* The 24-hour lane: what it takes, what it may not, and how it ends. */
#include <stdio.h>

#include "filter/casebook/case.h"
#include "tests/filter/casebook/house.h"

static const struct casebook_request reasoned = {.reason = STR("bukan penipuan")};

struct spoiled {
    const char *name;
    void (*spoil)(struct house *house, struct casebook_draft *draft,
                  struct casebook_urgent *urgent);
    const char *error;
};

static void old_first(struct house *house, struct casebook_draft *draft, struct casebook_urgent *u)
{
    (void)u;
    draft->observed_ms = house->clock.fixed_ms - 2 * HOUR - 1000;
}
static void old_second(struct house *house, struct casebook_draft *draft, struct casebook_urgent *u)
{
    (void)draft;
    u->second_ms = house->clock.fixed_ms - 2 * HOUR - 1000;
}
static void future_second(struct house *house, struct casebook_draft *draft,
                          struct casebook_urgent *u)
{
    (void)draft;
    u->second_ms = house->clock.fixed_ms + MINUTE;
}
static void not_told(struct house *house, struct casebook_draft *draft, struct casebook_urgent *u)
{
    (void)draft;
    u->told_ms = house->clock.fixed_ms - 3 * HOUR;
}
static void nobody_on_call(struct house *house, struct casebook_draft *draft,
                           struct casebook_urgent *u)
{
    (void)house;
    (void)draft;
    u->on_call = STR("rudi");
}
static void no_registrant(struct house *house, struct casebook_draft *draft,
                          struct casebook_urgent *u)
{
    (void)house;
    (void)draft;
    u->registrant = STR("");
}
static void one_capture(struct house *house, struct casebook_draft *draft,
                        struct casebook_urgent *u)
{
    (void)house;
    (void)u;
    draft->evidence_count = 1;
}
static void capture_of_nobody(struct house *house, struct casebook_draft *draft,
                              struct casebook_urgent *u)
{
    (void)house;
    (void)draft;
    u->second_sha256.bytes[0] ^= 1;
}
static void second_is_first(struct house *house, struct casebook_draft *draft,
                            struct casebook_urgent *u)
{
    (void)house;
    (void)draft;
    u->second = STR("rani");
}
static void second_is_approver(struct house *house, struct casebook_draft *draft,
                               struct casebook_urgent *u)
{
    (void)house;
    (void)draft;
    u->second = STR("adi");
}
static void second_key_on_server(struct house *house, struct casebook_draft *draft,
                                 struct casebook_urgent *u)
{
    (void)house;
    (void)draft;
    u->second = STR("rudi");
}
static void shorter_than_the_lane(struct house *house, struct casebook_draft *draft,
                                  struct casebook_urgent *u)
{
    (void)u;
    draft->end_ms = house->clock.fixed_ms + 12 * HOUR;
}
static void a_referral(struct house *house, struct casebook_draft *draft, struct casebook_urgent *u)
{
    (void)house;
    (void)u;
    draft->kind = KIND_REFERRAL;
}
static void nothing_said(struct house *house, struct casebook_draft *draft,
                         struct casebook_urgent *u)
{
    (void)house;
    (void)u;
    draft->urgent = NULL;
}

static const struct spoiled spoiled[] = {
    {"the first saw it more than 2 hours ago", old_first, "within the last 2 hours"},
    {"the second saw it more than 2 hours ago", old_second, "within the last 2 hours"},
    {"the second will see it", future_second, "within the last 2 hours"},
    {"the approver was told 3 hours ago", not_told, "was not told within the last 2 hours"},
    {"on call is one of the team", nobody_on_call, "is no independent approver here"},
    {"the registrant: not a word", no_registrant, "the registrant's notice"},
    {"one capture for both", one_capture, "the capture of each"},
    {"a capture that is not among the evidence", capture_of_nobody, "the capture of each"},
    {"abuse 1: the second is the first", second_is_first, "must be another person of the team"},
    {"the second is an approver", second_is_approver, "must be another person of the team"},
    {"the second's key lies on the server", second_key_on_server, "lies on this server"},
    {"the full proposal is shorter", shorter_than_the_lane, "ends before the 24 hours"},
    {"a referral", a_referral, "for entries only"},
    {"without what the lane asks for", nothing_said, "what the 24-hour lane asks for is missing"},
};

static void a_spoiled_offer_is_refused(void **state)
{
    const struct spoiled *one = *state;
    struct house *house = house_build_with_people();
    int64_t id = house_case(house, RULE_FRAUD);
    house_done(house, RANI, ACTION_CLAIM, id, (struct casebook_request){0});
    struct casebook_draft draft = house_urgent_draft(house, id, "tipu.example");
    struct casebook_urgent urgent = *draft.urgent;
    draft.urgent = &urgent;
    one->spoil(house, &draft, &urgent);
    house_refused(house, RANI, ACTION_URGENT, id,
                  (struct casebook_request){.draft = &draft, .lease = house->moved.lease},
                  CASEBOOK_REFUSED, one->error);
    assert_int_equal(house_entries(house), 0);
    house_tear_down(house);
}

struct found {
    size_t provisional, active;
    int64_t end_ms;
    bool by_two_of_the_team;
};

static void note(void *context, const struct casebook_entry *entry)
{
    struct found *found = context;
    *(entry->is_provisional ? &found->provisional : &found->active) += 1;
    found->end_ms = blocklist_entry_parts(entry->entry)->end_ms;
    found->by_two_of_the_team = str_equal(entry->reviewer_org, entry->approver_org);
}

static struct found look(struct house *house)
{
    struct found found = {.active = 0};
    struct err err = ERR_NONE;
    assert_true(casebook_entries(house->casebook, note, &found, &err));
    return found;
}

static int64_t urgent_case(struct house *house, const char *target)
{
    int64_t id = house_case(house, RULE_FRAUD);
    enum casebook_outcome outcome = house_urgent(house, id, target);
    assert_string_equal(house->err.message, "");
    assert_int_equal(outcome, CASEBOOK_DONE);
    assert_int_equal(house_state(house, id), CASE_URGENT);
    return id;
}

static void two_reviewers_list_for_24_hours(void **state)
{
    struct house *house = house_build_with_people();
    (void)state;
    int64_t id = urgent_case(house, "tipu.example");
    struct found found = look(house);
    assert_int_equal(found.provisional, 1);
    assert_int_equal(found.active, 0);
    assert_int_equal(found.end_ms, HOUSE_START + DAY);
    assert_true(found.by_two_of_the_team);
    assert_int_equal(house_look(house, id).deadline_ms, HOUSE_START + DAY);
    assert_string_equal(house_page(house, id).entry_state.at, "provisional");
    assert_true(house_page(house, id).is_lane);
    house_tear_down(house);
}

static void the_approver_makes_it_a_full_one(void **state)
{
    struct house *house = house_build_with_people();
    (void)state;
    int64_t id = urgent_case(house, "tipu.example");
    house->clock.fixed_ms += 3 * HOUR;
    assert_int_equal(house_approve(house, ADI, id), CASEBOOK_DONE);
    assert_int_equal(house_state(house, id), CASE_LISTED);
    struct found found = look(house);
    assert_int_equal(found.provisional, 0);
    assert_int_equal(found.active, 1);
    assert_int_equal(found.end_ms, HOUSE_START + 20 * DAY);
    assert_false(found.by_two_of_the_team);
    house->clock.fixed_ms += 2 * DAY;
    house_tick(house);
    assert_int_equal(look(house).active, 1);
    house_tear_down(house);
}

/* Nobody looked: it is gone at 24 hours, and so is its case. */
static void it_lapses_at_24_hours(void **state)
{
    struct house *house = house_build_with_people();
    (void)state;
    int64_t id = urgent_case(house, "tipu.example");
    house->clock.fixed_ms = HOUSE_START + DAY - 1;
    assert_int_equal(look(house).provisional, 1);
    house->clock.fixed_ms += 1;
    assert_int_equal(look(house).provisional, 0); /* before any tick */
    house_close(house);
    house_open(house);
    assert_int_equal(look(house).provisional, 0);
    house_tick(house);
    assert_int_equal(house_state(house, id), CASE_LAPSED);
    assert_string_equal(house_page(house, id).entry_state.at, "lapsed");
    house_tear_down(house);
}

/* Suspended by an appeal: the 24 hours run on, and upholding the appeal brings nothing back. */
static void suspended_it_lapses_too(void **state)
{
    struct house *house = house_build_with_people();
    (void)state;
    int64_t id = urgent_case(house, "tipu.example");
    int64_t appeal = house_appeal(house, id);
    assert_int_equal(look(house).provisional, 0);
    assert_int_equal(house_decide(house, ACTION_UPHOLD, id, appeal), CASEBOOK_DONE);
    assert_int_equal(look(house).provisional, 0); /* nobody independent ever signed it */
    assert_string_equal(house_page(house, id).entry_state.at, "suspended");
    house_refused(house, RANI, ACTION_RESTORE, id, reasoned, CASEBOOK_REFUSED,
                  "nobody independent signed this entry");
    house->clock.fixed_ms = HOUSE_START + DAY;
    house_tick(house);
    assert_int_equal(house_state(house, id), CASE_LAPSED);
    house_tear_down(house);
}

struct leaving {
    const char *name;
    enum house_name who;
    enum casebook_action action;
    enum casebook_state to;
};

static const struct leaving leavings[] = {
    {"the approver refuses", ADI, ACTION_REJECT, CASE_REJECTED},
    {"a reviewer removes it", RUDI, ACTION_REMOVE, CASE_CLOSED},
    {"the panel removes it", JOKO, ACTION_REMOVE, CASE_CLOSED},
    {"a reviewer withdraws it", RANI, ACTION_WITHDRAW, CASE_WITHDRAWN},
    {"another approver withdraws it", AYU, ACTION_WITHDRAW, CASE_WITHDRAWN},
};

static void one_is_enough_to_end_it(void **state)
{
    const struct leaving *one = *state;
    struct house *house = house_build_with_people();
    int64_t id = urgent_case(house, "tipu.example");
    house_done(house, one->who, one->action, id, reasoned);
    assert_int_equal(house_state(house, id), one->to);
    assert_int_equal(house_entries(house), 0);
    assert_string_equal(house_page(house, id).entry_state.at, "removed");
    /* Removed or lapsed, its domain is barred all the same. */
    int64_t again = house_case(house, RULE_FRAUD);
    assert_int_equal(house_urgent(house, again, "www.tipu.example"), CASEBOOK_REFUSED);
    assert_non_null(strstr(house->err.message, "within the last 30 days"));
    house_tear_down(house);
}

/* The offer is for whom it names, under the claim that it was made under, and for fraud. */
static void an_offer_is_for_one_person_and_one_claim(void **state)
{
    struct house *house = house_build_with_people();
    (void)state;
    int64_t id = house_case(house, RULE_FRAUD);
    assert_int_equal(house_sign_move(house, BUDI, ACTION_URGENT, id), CASEBOOK_REFUSED);
    house_done(house, RANI, ACTION_CLAIM, id, (struct casebook_request){0});
    int64_t lease = house->moved.lease;
    assert_int_equal(house_sign_move(house, BUDI, ACTION_URGENT, id), CASEBOOK_REFUSED);
    struct casebook_draft draft = house_urgent_draft(house, id, "tipu.example");
    house_done(house, RANI, ACTION_URGENT, id,
               (struct casebook_request){.draft = &draft, .lease = lease});
    assert_int_equal(house_state(house, id), CASE_CLAIMED);
    assert_int_equal(house_entries(house), 0); /* one is not two */
    assert_string_equal(house_page(house, id).offered_by.at, "rani");
    house_refused(house, RUDI, ACTION_URGENT, id,
                  (struct casebook_request){.signature = STR("x"), .conflict = STR("tidak ada")},
                  CASEBOOK_REFUSED, "is not offered to you");
    house_refused(house, ADI, ACTION_URGENT, id,
                  (struct casebook_request){.signature = STR("x"), .conflict = STR("tidak ada")},
                  CASEBOOK_REFUSED, "is not for adi");
    house_refused(house, BUDI, ACTION_URGENT, id,
                  (struct casebook_request){.signature = STR("x"), .conflict = STR("tidak ada")},
                  CASEBOOK_REFUSED, "the second reviewer's signature");
    /* The claim ran out: so did the offer, also when the case is claimed anew. */
    house->clock.fixed_ms += 20 * MINUTE;
    house_tick(house);
    assert_int_equal(house_sign_move(house, BUDI, ACTION_URGENT, id), CASEBOOK_REFUSED);
    house_done(house, RANI, ACTION_CLAIM, id, (struct casebook_request){0});
    assert_int_equal(house_sign_move(house, BUDI, ACTION_URGENT, id), CASEBOOK_REFUSED);
    assert_int_equal(house_page(house, id).offered_by.len, 0);
    assert_int_equal(house_entries(house), 0);
    house_tear_down(house);
}

/* Who opens the file as its owner writes a lane entry into the table: the log knows of none. */
static void a_lane_that_the_log_does_not_know_lists_nothing(void **state)
{
    struct house *house = house_build_with_people();
    (void)state;
    int64_t id = urgent_case(house, "tipu.example");
    house_done(house, RANI, ACTION_REMOVE, id, reasoned);
    house_close(house);
    house_sql(house, "UPDATE entries SET state = 'provisional'; UPDATE cases SET state = 'urgent';"
                     "DELETE FROM lane_evidence; DELETE FROM lanes");
    house_open(house);
    assert_int_equal(house_entries(house), 0);
    /* The bars are in the log too: past the tables' own the same domain is signed again. */
    int64_t again = house_case(house, RULE_FRAUD);
    house_sql(house, "DELETE FROM entries");
    assert_int_equal(house_urgent(house, again, "tipu.example"), CASEBOOK_DONE);
    assert_int_equal(house_entries(house), 0);
    house_tear_down(house);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(two_reviewers_list_for_24_hours),
        cmocka_unit_test(the_approver_makes_it_a_full_one),
        cmocka_unit_test(it_lapses_at_24_hours),
        cmocka_unit_test(suspended_it_lapses_too),
        cmocka_unit_test(an_offer_is_for_one_person_and_one_claim),
        cmocka_unit_test(a_lane_that_the_log_does_not_know_lists_nothing),
    };
    return RUN_CASES("offers", spoiled, a_spoiled_offer_is_refused) +
           RUN_CASES("endings", leavings, one_is_enough_to_end_it) +
           cmocka_run_group_tests_name("urgent", tests, NULL, NULL);
}
