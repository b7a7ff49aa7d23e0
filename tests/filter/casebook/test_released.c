/* Rules are shadows until a second person releases their very form. */
#include "filter/casebook/released.h"

#include <stdio.h>

#include "filter/casebook/internal.h"
#include "filter/rule/release.h"
#include "tests/filter/casebook/house.h"

/* By then everybody's account is. */
#define OLD_ENOUGH (HOUSE_START + 80 * HOUR)

static const struct rule_evidence evidence = {
    .url = STR("https://kpu-contoh.example/pengumuman"),
    .publisher = STR("KPU Contoh"),
    .published_ms = HOUSE_START - 30 * DAY,
    .valid_from_ms = CLOCK_NEVER,
    .valid_until_ms = CLOCK_NEVER,
    .rated_ms = CLOCK_NEVER,
};

/* The rule of house_verdict, as a loaded set would have it. */
static struct rule make_rule(void)
{
    struct rule rule = {
        .id = STR("aturan-uji"),
        .title = STR("Aturan uji"),
        .description = STR("Mengajak mengisi NIK di situs tiruan"),
        .level = STR("high"),
        .class = RULE_FRAUD,
        .evidence = &evidence,
        .evidence_count = 1,
    };
    rule.release = rule_release_hash(&(struct rule_release){.class = rule.class,
                                                            .id = rule.id,
                                                            .title = rule.title,
                                                            .description = rule.description,
                                                            .level = rule.level,
                                                            .evidence = rule.evidence,
                                                            .evidence_count = 1});
    return rule;
}

static enum casebook_outcome step(struct house *house, enum house_name who,
                                  enum casebook_rule_step step, const char *reason)
{
    struct rule rule = make_rule();
    house->err = ERR_NONE;
    house_factor(house, who);
    enum casebook_outcome outcome = casebook_rule_move(house->casebook, house->who[who], step,
                                                       &rule, str_of(reason), &house->err);
    assert_true((outcome == CASEBOOK_DONE) == (house->err.message[0] == '\0'));
    return outcome;
}

static void done(struct house *house, enum house_name who, enum casebook_rule_step what)
{
    assert_int_equal(step(house, who, what, "Sudah dilihat dan diuji."), CASEBOOK_DONE);
}

/* Refused with these words, logged, and with nothing changed. */
static void refused(struct house *house, enum house_name who, enum casebook_rule_step what,
                    const char *reason, const char *words)
{
    size_t rows = house_log_rows(house, "refused");
    struct buf before = BUF_EMPTY, after = BUF_EMPTY;
    struct casebook_rule_standing one, two;
    struct rule rule = make_rule();
    struct err err = ERR_NONE;
    assert_true(casebook_rules_released(house->casebook, &before, &err));
    assert_true(casebook_rule_standing(house->casebook, &rule.release, &one, &err));
    assert_int_equal(step(house, who, what, reason), CASEBOOK_REFUSED);
    assert_non_null(strstr(house->err.message, words));
    assert_int_equal(house_log_rows(house, "refused"), rows + 1);
    assert_true(casebook_rules_released(house->casebook, &after, &err));
    assert_true(str_equal(buf_str(&before), buf_str(&after)));
    assert_true(casebook_rule_standing(house->casebook, &rule.release, &two, &err));
    assert_int_equal(one.is_submitted, two.is_submitted);
    assert_int_equal(one.is_released, two.is_released);
    buf_fini(&before);
    buf_fini(&after);
}

static enum casebook_flagged flag(struct house *house)
{
    return house_flag_shadow(house, (struct house_post){.text = "verifikasi nik di situs tiruan"});
}

static bool is_released(struct house *house)
{
    struct casebook_rule_standing standing;
    struct rule rule = make_rule();
    struct err err = ERR_NONE;
    assert_true(casebook_rule_standing(house->casebook, &rule.release, &standing, &err));
    return standing.is_released;
}

static void takes_two_people(void **state)
{
    (void)state;
    struct house *house = house_build_with_people();
    const char *why = "Sudah dilihat.";
    house->clock = clock_fixed(OLD_ENOUGH);
    house_season(house, OLD_ENOUGH, OLD_ENOUGH + 60 * DAY);
    assert_int_equal(flag(house), CASEBOOK_SHADOW);
    refused(house, ADI, CASEBOOK_RULE_RELEASE, why, "was not submitted");
    refused(house, ADI, CASEBOOK_RULE_SUBMIT, why, "submitted by the team");
    refused(house, JOKO, CASEBOOK_RULE_SUBMIT, why, "submitted by the team");
    refused(house, AUDI, CASEBOOK_RULE_SUBMIT, why, "submitted by the team");
    refused(house, ADMIN, CASEBOOK_RULE_SUBMIT, why, "submitted by the team");
    refused(house, RANI, CASEBOOK_RULE_SUBMIT, "", "3");
    done(house, RANI, CASEBOOK_RULE_SUBMIT);
    assert_int_equal(flag(house), CASEBOOK_SHADOW);
    refused(house, RANI, CASEBOOK_RULE_RELEASE, why, "a second person");
    refused(house, RUDI, CASEBOOK_RULE_SUBMIT, why, "submitted already");
    refused(house, JOKO, CASEBOOK_RULE_RELEASE, why, "team or an independent");
    refused(house, AUDI, CASEBOOK_RULE_RELEASE, why, "team or an independent");
    refused(house, ADMIN, CASEBOOK_RULE_RELEASE, why, "team or an independent");
    refused(house, RUDI, CASEBOOK_RULE_RELEASE, "x", "3");
    done(house, RUDI, CASEBOOK_RULE_RELEASE);
    assert_true(is_released(house));
    refused(house, ADI, CASEBOOK_RULE_RELEASE, why, "released already");
    assert_int_equal(flag(house), CASEBOOK_OPENED);
    assert_int_equal(house_log_rows(house, "rule_submit"), 1);
    assert_int_equal(house_log_rows(house, "rule_release"), 1);

    /* One is enough to take it back; what it opened stands. */
    refused(house, AUDI, CASEBOOK_RULE_WITHDRAW, why, "appeal panel");
    done(house, JOKO, CASEBOOK_RULE_WITHDRAW);
    assert_false(is_released(house));
    assert_int_equal(house_flag_shadow(house, (struct house_post){.text = "nik lagi di tiruan"}),
                     CASEBOOK_SHADOW);
    assert_int_equal(house_state(house, 1), CASE_FLAGGED);
    refused(house, RANI, CASEBOOK_RULE_WITHDRAW, why, "neither submitted nor released");
    refused(house, RUDI, CASEBOOK_RULE_RELEASE, why, "was not submitted");
    struct casebook_report report;
    struct err err = ERR_NONE;
    assert_int_equal(casebook_audit_verify(house->casebook, NULL, &report, &err), AUDIT_INTACT);
    house_tear_down(house);
}

/* A release is of one season: the next one, and the demonstration, begin with shadows. */
static void holds_for_its_season(void **state)
{
    (void)state;
    struct house *house = house_build_with_people();
    done(house, RANI, CASEBOOK_RULE_SUBMIT);
    done(house, ADI, CASEBOOK_RULE_RELEASE);
    assert_int_equal(flag(house), CASEBOOK_OPENED);
    house->clock = clock_fixed(OLD_ENOUGH);
    house_season(house, OLD_ENOUGH, OLD_ENOUGH + 10 * DAY);
    assert_false(is_released(house));
    assert_int_equal(flag(house), CASEBOOK_SHADOW);
    done(house, RANI, CASEBOOK_RULE_SUBMIT);
    done(house, ADI, CASEBOOK_RULE_RELEASE);
    assert_true(is_released(house));
    house->clock = clock_fixed(OLD_ENOUGH + 11 * DAY);
    struct buf released = BUF_EMPTY;
    struct err err = ERR_NONE;
    assert_true(casebook_rules_released(house->casebook, &released, &err));
    assert_int_equal(released.len, 0);
    refused(house, RANI, CASEBOOK_RULE_SUBMIT, "Musim depan.", "the season is over");
    buf_fini(&released);
    house_tear_down(house);
}

/* Abuse 6: in a season no account of the day releases a rule. */
static void abuse_a_new_account_releases(void **state)
{
    (void)state;
    struct house *house = house_build_with_people();
    struct err err = ERR_NONE;
    house_season(house, HOUSE_START, HOUSE_START + 60 * DAY);
    const struct casebook_newcomer newcomer = {.name = STR("baru"),
                                               .organisation = STR("Tim Siber Contoh"),
                                               .role = ROLE_TEAM,
                                               .password = STR("sandi yang panjang")};
    assert_true(casebook_people_add(house->casebook, &newcomer, &err));
    struct casebook_session *rudi = house->who[RUDI];
    house->who[RUDI] =
        casebook_people_login(house->casebook, STR("baru"), STR("sandi yang panjang"), &err);
    assert_non_null(house->who[RUDI]);
    done(house, RANI, CASEBOOK_RULE_SUBMIT);
    refused(house, RUDI, CASEBOOK_RULE_RELEASE, "Sudah dilihat.", "younger than 72 hours");
    house->clock = clock_fixed(clock_now_ms(&house->clock) + 73 * HOUR);
    done(house, RUDI, CASEBOOK_RULE_RELEASE);
    casebook_session_free(house->who[RUDI]);
    house->who[RUDI] = rudi; /* every house's */
    house_tear_down(house);
}

/* A shown word of the rule that is another one, and it is not what was released. */
static void abuse_a_verdict_tells_of_another_form(void **state)
{
    (void)state;
    struct house *house = house_build_with_people();
    enum casebook_flagged outcome;
    struct err err = ERR_NONE;
    done(house, RANI, CASEBOOK_RULE_SUBMIT);
    done(house, ADI, CASEBOOK_RULE_RELEASE);
    const struct rule_evidence other = {.url = STR("https://lain.example/"),
                                        .publisher = STR("KPU Contoh"),
                                        .published_ms = HOUSE_START - 30 * DAY,
                                        .valid_from_ms = CLOCK_NEVER,
                                        .valid_until_ms = CLOCK_NEVER,
                                        .rated_ms = CLOCK_NEVER};
    for (int i = 0; i < 8; i++) {
        struct verdict *verdict =
            house_verdict(house, (struct house_post){.text = "verifikasi nik di situs tiruan"});
        struct verdict_rule rule = verdict->rules[0];
        verdict->rules = &rule;
        switch (i) {
        case 0:
            rule.id = STR("aturan-lain");
            break;
        case 1:
            rule.title = STR("Warga mengeluh");
            break;
        case 2:
            rule.description = STR("Semua kritik");
            break;
        case 3:
            rule.level = STR("low");
            break;
        case 4:
            rule.class = RULE_CLAIM;
            break;
        case 5:
            rule.revision.bytes[0]++;
            break;
        case 6:
            rule.document.bytes[0]++;
            break;
        default:
            rule.evidence = &other;
            break;
        }
        assert_true(casebook_flag(house->casebook, verdict, &outcome, &err));
        assert_int_equal(outcome, CASEBOOK_SHADOW);
    }
    assert_int_equal(house_log_rows(house, "flag"), 0);
    assert_int_equal(flag(house), CASEBOOK_OPENED);
    house_tear_down(house);
}

/* One released rule beside a shadow: the case names the one. */
static void a_shadow_beside_a_released_one(void **state)
{
    (void)state;
    struct house *house = house_build_with_people();
    enum casebook_flagged outcome;
    struct casebook_page page;
    struct err err = ERR_NONE;
    bool found;
    done(house, RANI, CASEBOOK_RULE_SUBMIT);
    done(house, ADI, CASEBOOK_RULE_RELEASE);
    struct verdict *verdict =
        house_verdict(house, (struct house_post){.text = "verifikasi nik di situs tiruan"});
    struct verdict_rule rules[] = {verdict->rules[0], verdict->rules[0]};
    rules[0].id = STR("bayangan");
    rules[0].level = STR("critical");
    verdict->rules = rules;
    verdict->rule_count = 2;
    assert_true(casebook_flag(house->casebook, verdict, &outcome, &err));
    assert_int_equal(outcome, CASEBOOK_OPENED);
    assert_true(casebook_show(house->casebook, 1, house->arena, &page, &found, &err) && found);
    assert_int_equal(page.rule_count, 1);
    assert_true(str_is(page.rules[0].id, "aturan-uji"));
    house_tear_down(house);
}

static void shadows_are_counted_by_day(void **state)
{
    (void)state;
    struct house *house = house_build();
    struct rule rule = make_rule();
    struct casebook_rule_standing standing;
    struct err err = ERR_NONE;
    assert_true(casebook_shadow_add(house->casebook, &rule, 3, &err));
    assert_true(casebook_shadow_add(house->casebook, &rule, 4, &err));
    house->clock = clock_fixed(HOUSE_START + DAY);
    assert_true(casebook_shadow_add(house->casebook, &rule, UINT64_MAX, &err));
    assert_true(casebook_shadow_add(house->casebook, &rule, 1, &err));
    assert_true(casebook_rule_standing(house->casebook, &rule.release, &standing, &err));
    assert_true(standing.shadow_hits == 7 + (uint64_t)INT32_MAX + 1);
    assert_false(standing.is_submitted || standing.is_released || standing.is_shipped);
    house_tear_down(house);
}

struct totals {
    size_t rows;
    struct casebook_rule_counts last;
    char reason[64];
    uint64_t dismissals;
};

static void take_counts(void *context, const struct casebook_rule_counts *counts)
{
    struct totals *totals = context;
    totals->rows++;
    totals->last = *counts;
    totals->last.rule_id = STR("");
}

static void take_reason(void *context, struct str reason, uint64_t count)
{
    struct totals *totals = context;
    if (totals->dismissals == 0) {
        snprintf(totals->reason, sizeof totals->reason, "%.*s", STR_FORMAT(reason));
    }
    totals->dismissals += count;
}

/* What came of a revision's cases is counted from the log, and is there after the purge. */
static void counts_outlive_the_posts(void **state)
{
    (void)state;
    struct house *house = house_build_with_people();
    struct totals totals = {.rows = 0};
    struct err err = ERR_NONE;
    int64_t upheld = house_listed(house, "palsu-satu.example");
    for (int i = 0; i < 3; i++) {
        int64_t id = house_case(house, RULE_FRAUD);
        house_done(house, RANI, ACTION_CLAIM, id, (struct casebook_request){0});
        house_done(house, RANI, ACTION_DISMISS, id,
                   (struct casebook_request){.lease = house->moved.lease,
                                             .reason = i == 0 ? STR("Pengumuman resmi.")
                                                              : STR("Satire, bukan penipuan.")});
    }
    (void)upheld;
    house->clock = clock_fixed(clock_now_ms(&house->clock) + 200 * DAY);
    house_tick(house);
    assert_true(casebook_rule_counts(house->casebook, take_counts, &totals, &err));
    assert_int_equal(totals.rows, 1);
    assert_int_equal(totals.last.flagged, 4);
    assert_int_equal(totals.last.cases, 4);
    assert_int_equal(totals.last.dismissed, 3);
    assert_int_equal(totals.last.upheld, 1);
    assert_int_equal(totals.last.rejected, 0);
    assert_true(casebook_rule_dismissals(house->casebook, STR("aturan-uji"), &totals.last.revision,
                                         take_reason, &totals, &err));
    assert_string_equal(totals.reason, "Satire, bukan penipuan.");
    assert_int_equal(totals.dismissals, 3);
    house_tear_down(house);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(takes_two_people),
        cmocka_unit_test(holds_for_its_season),
        cmocka_unit_test(abuse_a_new_account_releases),
        cmocka_unit_test(abuse_a_verdict_tells_of_another_form),
        cmocka_unit_test(a_shadow_beside_a_released_one),
        cmocka_unit_test(shadows_are_counted_by_day),
        cmocka_unit_test(counts_outlive_the_posts),
    };
    return cmocka_run_group_tests_name("released", tests, NULL, NULL);
}
