/* Who is told about which case, when, and how often it is tried. */
#include "filter/casebook/notices.h"
#include "tests/filter/casebook/house.h"

struct seen {
    size_t count, to_adi, to_webhook, soon;
    int64_t last, due_ms;
};

static void see(void *context, const struct casebook_notice *notice)
{
    struct seen *seen = context;
    seen->count++;
    seen->to_adi += str_is(notice->address, "adi@lembaga.example") ? 1 : 0;
    seen->to_webhook += notice->address.len == 0 ? 1 : 0;
    seen->soon += notice->kind == NOTICE_SOON ? 1 : 0;
    seen->last = notice->id;
    seen->due_ms = notice->due_ms;
}

static size_t look(struct house *house, unsigned to)
{
    struct err err = ERR_NONE;
    size_t added;
    assert_true(casebook_notices_look(house->casebook, to, &added, &err));
    assert_string_equal(err.message, "");
    return added;
}

static struct seen due(struct house *house)
{
    struct seen seen = {.count = 0};
    struct err err = ERR_NONE;
    assert_true(casebook_notices_due(house->casebook, 32, see, &seen, &err));
    return seen;
}

static struct house *with_a_proposal(void)
{
    struct house *house = house_build_with_people();
    struct err err = ERR_NONE;
    assert_true(
        casebook_people_contact(house->casebook, STR("adi"), STR("adi@lembaga.example"), &err));
    int64_t id = house_case(house, RULE_FRAUD);
    house_propose(house, RANI, id, KIND_ENTRY, "tipu.example");
    return house;
}

static void each_is_told_once_and_again_before_the_deadline(void **state)
{
    struct house *house = with_a_proposal();
    struct err err = ERR_NONE;
    (void)state;
    assert_int_equal(look(house, NOTICE_TO_PEOPLE | NOTICE_TO_WEBHOOK), 2); /* AYU has no address */
    assert_int_equal(look(house, NOTICE_TO_PEOPLE | NOTICE_TO_WEBHOOK), 0);
    struct seen seen = due(house);
    assert_int_equal(seen.count, 2);
    assert_int_equal(seen.to_adi, 1);
    assert_int_equal(seen.to_webhook, 1);
    assert_int_equal(seen.soon, 0);
    assert_int_equal(seen.due_ms - clock_now_ms(&house->clock), 72 * HOUR);
    assert_int_equal(due(house).count, 0); /* handed out: for five minutes nobody else's */
    house->clock.fixed_ms += 61 * HOUR;
    assert_int_equal(look(house, NOTICE_TO_PEOPLE), 1);
    seen = due(house);
    assert_int_equal(seen.soon, 1);
    assert_true(casebook_notice_done(house->casebook, seen.last, true, &err));
    house->clock.fixed_ms += 12 * HOUR; /* past it: whatever was not sent is no news any more */
    house_tick(house);
    assert_int_equal(look(house, NOTICE_TO_PEOPLE | NOTICE_TO_WEBHOOK), 0);
    assert_int_equal(due(house).count, 0);
    house_tear_down(house);
}

static void a_failure_waits_longer_each_time(void **state)
{
    struct house *house = with_a_proposal();
    struct err err = ERR_NONE;
    (void)state;
    assert_int_equal(look(house, NOTICE_TO_PEOPLE), 1);
    int64_t wait = MINUTE;
    for (int i = 0; i < 10; i++) {
        struct seen seen = due(house);
        assert_int_equal(seen.count, 1);
        assert_true(casebook_notice_done(house->casebook, seen.last, false, &err));
        house->clock.fixed_ms += wait - 1;
        assert_int_equal(due(house).count, 0);
        house->clock.fixed_ms += 1;
        wait = wait * 2 < 2 * HOUR ? wait * 2 : 2 * HOUR;
    }
    struct seen seen = due(house);
    assert_true(casebook_notice_done(house->casebook, seen.last, true, &err));
    house->clock.fixed_ms += 5 * HOUR;
    assert_int_equal(due(house).count, 0);
    house_tear_down(house);
}

/* Nobody who left is written to; what was kept is durable. */
static void whoever_left_is_told_nothing(void **state)
{
    struct house *house = with_a_proposal();
    struct err err = ERR_NONE;
    (void)state;
    assert_int_equal(look(house, NOTICE_TO_PEOPLE), 1);
    house_close(house);
    house_open(house);
    assert_true(casebook_people_disable(house->casebook, STR("adi"), STR("mundur"), &err));
    assert_int_equal(due(house).count, 0);
    house_tear_down(house);
}

/*
 * A referral: its proposer hears of the deadline for an answer two days before it, and at once that
 * it is disputed, as the panel does, so that the recipient is told.
 */
static void of_referrals(void **state)
{
    struct house *house = house_build_with_people();
    struct err err = ERR_NONE;
    (void)state;
    assert_true(
        casebook_people_contact(house->casebook, STR("rani"), STR("rani@tim.example"), &err));
    assert_true(
        casebook_people_contact(house->casebook, STR("joko"), STR("joko@panel.example"), &err));
    int64_t id = house_case(house, RULE_CLAIM);
    house_propose(house, RANI, id, KIND_REFERRAL, "");
    assert_int_equal(house_approve(house, ADI, id), CASEBOOK_DONE);
    house_done(house, RANI, ACTION_REFER, id, (struct casebook_request){.case_id = id});
    assert_int_equal(look(house, NOTICE_TO_PEOPLE), 0);
    int64_t appeal = house_appeal(house, id);
    assert_int_equal(look(house, NOTICE_TO_PEOPLE), 2);
    assert_int_equal(look(house, NOTICE_TO_PEOPLE), 0);
    assert_int_equal(due(house).due_ms - clock_now_ms(&house->clock), 72 * HOUR);
    house->clock.fixed_ms += 61 * HOUR;
    assert_int_equal(look(house, NOTICE_TO_PEOPLE), 1); /* the panel, again */
    assert_int_equal(house_decide(house, ACTION_UPHOLD, id, appeal), CASEBOOK_DONE);
    house->clock.fixed_ms += 12 * DAY - 61 * HOUR + HOUR;
    assert_int_equal(look(house, NOTICE_TO_PEOPLE), 1);
    struct seen seen = due(house);
    assert_int_equal(seen.count, 1);
    assert_int_equal(seen.soon, 1);
    assert_int_equal(seen.due_ms - clock_now_ms(&house->clock), 47 * HOUR);
    house_tear_down(house);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_is_told_once_and_again_before_the_deadline),
        cmocka_unit_test(a_failure_waits_longer_each_time),
        cmocka_unit_test(whoever_left_is_told_nothing),
        cmocka_unit_test(of_referrals),
    };
    return cmocka_run_group_tests_name("notices", tests, NULL, NULL);
}
