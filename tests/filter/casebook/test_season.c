#include "filter/casebook/season.h"

#include <stdlib.h>

#include "tests/filter/casebook/house.h"

static const struct casebook_request nothing;

static struct buf draft_season(struct house *house, int64_t start_ms, int64_t end_ms)
{
    struct buf file = BUF_EMPTY;
    struct err err = ERR_NONE;
    bool done = casebook_season_draft(house->casebook, STR("Pilkada Contoh 2026"), start_ms, end_ms,
                                      &file, &err);
    assert_string_equal(err.message, "");
    assert_true(done);
    return file;
}

/* Starts it with these signatures; refused, with the words, when `error` is not NULL. */
static void start(struct house *house, struct str file, struct str team, struct str independent,
                  const char *error)
{
    struct err err = ERR_NONE;
    size_t rows = house_log_rows(house, "refused");
    enum casebook_outcome outcome =
        casebook_season_start(house->casebook, file, team, independent, &err);
    assert_int_equal(outcome, error != NULL ? CASEBOOK_REFUSED : CASEBOOK_DONE);
    if (error != NULL && strstr(err.message, error) == NULL) {
        assert_string_equal(err.message, error);
    }
    assert_int_equal(house_log_rows(house, "refused"), rows + (error != NULL ? 1 : 0));
}

static void takes_two_organisations(void **state)
{
    struct house *house = house_build_with_people();
    struct buf team = BUF_EMPTY, own = BUF_EMPTY;
    struct err err = ERR_NONE;
    struct casebook_season season;
    bool found;
    (void)state;
    struct buf file = draft_season(house, HOUSE_START, HOUSE_START + 100 * DAY);
    struct buf other = house_sign(house, ADI, buf_str(&file));
    struct buf appeals = house_sign(house, JOKO, buf_str(&file));
    assert_true(casebook_season_sign(house->who[RANI], buf_str(&file), &team, &err));
    assert_true(casebook_season_sign(house->who[RUDI], buf_str(&file), &own, &err));
    assert_false(casebook_season_sign(house->who[RANI], STR("{\"x\":1}"), &own, &err));
    assert_false(casebook_season_sign(house->who[ADI], buf_str(&file), &own, &err));
    start(house, buf_str(&file), buf_str(&team), buf_str(&own), "the independent signature");
    start(house, buf_str(&file), buf_str(&team), buf_str(&appeals), "the independent signature");
    start(house, buf_str(&file), buf_str(&other), buf_str(&other), "the team signature");
    start(house, buf_str(&file), buf_str(&team), STR(""), "the independent signature");
    file.bytes[file.len - 3]++; /* another type */
    start(house, buf_str(&file), buf_str(&team), buf_str(&other), "the season's file: ");
    file.bytes[file.len - 3]--;
    err = ERR_NONE;
    assert_true(casebook_season(house->casebook, house->arena, &season, &found, &err));
    assert_false(found);
    start(house, buf_str(&file), buf_str(&team), buf_str(&other), NULL);
    assert_true(casebook_season(house->casebook, house->arena, &season, &found, &err));
    assert_true(found);
    assert_true(str_is(season.name, "Pilkada Contoh 2026"));
    assert_true(str_is(season.team, "Tim Siber Contoh"));
    assert_true(str_is(season.independent, "Lembaga Pantau Contoh"));
    assert_int_equal(season.end_ms, HOUSE_START + 100 * DAY);
    start(house, buf_str(&file), buf_str(&team), buf_str(&other), "another season runs");
    buf_fini(&file);
    buf_fini(&team);
    buf_fini(&own);
    buf_fini(&other);
    buf_fini(&appeals);
    house_tear_down(house);
}

static void of_tied_organisations(void **state)
{
    struct house *house = house_build_with_people();
    struct buf team = BUF_EMPTY;
    struct err err = ERR_NONE;
    (void)state;
    struct buf file = draft_season(house, HOUSE_START, HOUSE_START + 100 * DAY);
    struct buf other = house_sign(house, ADI, buf_str(&file));
    assert_true(casebook_season_sign(house->who[RANI], buf_str(&file), &team, &err));
    assert_true(casebook_people_tie(house->casebook, STR("Lembaga Pantau Contoh"),
                                    STR("Tim Siber Contoh"), STR("satu kantor"), &err));
    start(house, buf_str(&file), buf_str(&team), buf_str(&other), "are tied to one another");
    buf_fini(&file);
    buf_fini(&team);
    buf_fini(&other);
    house_tear_down(house);
}

static void longer_than_240_days(void **state)
{
    struct house *house = house_build_with_people();
    struct buf file = BUF_EMPTY;
    struct err err = ERR_NONE;
    (void)state;
    assert_false(casebook_season_draft(house->casebook, STR("Pilkada Contoh"), HOUSE_START,
                                       HOUSE_START + 240 * DAY + 1, &file, &err));
    assert_string_equal(err.message, "the season is longer than 240 days");
    house_tear_down(house);
}

/* Limit 8: nothing of the demonstration enters a season. */
static void the_demonstration_is_void(void **state)
{
    struct house *house = house_build_with_people();
    (void)state;
    int64_t listed = house_listed(house, "tipu.example");
    int64_t open = house_case(house, RULE_CLAIM);
    assert_int_equal(house_entries(house), 1);
    house_season(house, HOUSE_START + HOUR, HOUSE_START + 100 * DAY);
    assert_int_equal(house_entries(house), 1); /* it has not begun */
    house->clock.fixed_ms += HOUR;
    assert_int_equal(house_entries(house), 0); /* before any tick */
    assert_int_equal(house_move(house, RANI, ACTION_CLAIM, open, nothing), CASEBOOK_REFUSED);
    assert_non_null(strstr(house->err.message, "is not of the season of now"));
    assert_int_equal(house_tick(house), 2);
    assert_int_equal(house_state(house, listed), CASE_VOID);
    assert_int_equal(house_state(house, open), CASE_VOID);
    assert_int_equal(house_log_rows(house, "remove"), 1);
    house_tear_down(house);
}

static void abuse_06_an_account_younger_than_72_hours(void **state)
{
    struct house *house = house_build_with_people();
    (void)state;
    house_season(house, HOUSE_START, HOUSE_START + 100 * DAY);
    house->clock.fixed_ms += 71 * HOUR;
    int64_t id = house_case(house, RULE_FRAUD);
    house_propose(house, RANI, id, KIND_ENTRY, "tipu.example");
    assert_int_equal(house_approve(house, ADI, id), CASEBOOK_REFUSED);
    assert_non_null(strstr(house->err.message, "the account of adi is younger than 72 hours"));
    house->clock.fixed_ms += HOUR;
    struct buf proposal = BUF_EMPTY, record = BUF_EMPTY;
    assert_int_equal(
        casebook_to_sign(house->casebook, house->who[ADI], id, &proposal, &record, &house->err),
        CASEBOOK_DONE);
    struct buf signature = house_sign(house, ADI, buf_str(&proposal));
    house_done(
        house, ADI, ACTION_APPROVE, id,
        (struct casebook_request){.signature = buf_str(&signature), .conflict = STR("tidak ada")});
    assert_int_equal(house_entries(house), 1);
    assert_false(house_look(house, id).is_demo);
    buf_fini(&proposal);
    buf_fini(&record);
    buf_fini(&signature);
    house_tear_down(house);
}

/* Setting the clock back for the moment in which an account is made does not age it. */
static void abuse_06_an_account_made_in_the_past(void **state)
{
    struct house *house = house_build_with_people();
    struct err err = ERR_NONE;
    struct buf key = BUF_EMPTY;
    (void)state;
    house_key(house->secret[AYU], &key);
    struct casebook_newcomer late = {.name = STR("telat"),
                                     .organisation = STR("Kampus Contoh"),
                                     .role = ROLE_INDEPENDENT,
                                     .key = buf_str(&key),
                                     .password = STR("sandi yang panjang")};
    house->clock.fixed_ms -= 100 * HOUR;
    assert_true(casebook_people_add(house->casebook, &late, &err));
    house->clock.fixed_ms += 100 * HOUR;
    struct casebook_session *ayu = house->who[AYU];
    house->who[AYU] = casebook_people_login(house->casebook, late.name, late.password, &err);
    house_season(house, HOUSE_START, HOUSE_START + 100 * DAY);
    int64_t id = house_case(house, RULE_FRAUD);
    house_propose(house, RANI, id, KIND_ENTRY, "tipu.example");
    assert_int_equal(house_approve(house, AYU, id), CASEBOOK_REFUSED);
    assert_non_null(strstr(house->err.message, "the account of telat is younger than 72 hours"));
    casebook_session_free(house->who[AYU]);
    house->who[AYU] = ayu;
    buf_fini(&key);
    house_tear_down(house);
}

/* Keys that the two organisations did not sign for count for nothing. */
static void a_key_that_is_not_in_the_file(void **state)
{
    struct house *house = house_build_with_people();
    struct err err = ERR_NONE;
    struct buf key = BUF_EMPTY;
    unsigned char secret[64];
    (void)state;
    house_season(house, HOUSE_START, HOUSE_START + 100 * DAY);
    house_key(secret, &key);
    struct casebook_newcomer late = {.name = STR("telat"),
                                     .organisation = STR("Kampus Contoh"),
                                     .role = ROLE_INDEPENDENT,
                                     .key = buf_str(&key),
                                     .password = STR("sandi yang panjang")};
    assert_true(casebook_people_add(house->casebook, &late, &err));
    struct casebook_session *session =
        casebook_people_login(house->casebook, late.name, late.password, &err);
    house->clock.fixed_ms += 80 * HOUR;
    int64_t id = house_case(house, RULE_FRAUD);
    house_propose(house, RANI, id, KIND_ENTRY, "tipu.example");
    struct casebook_session *ayu = house->who[AYU];
    unsigned char ayu_secret[64];
    memcpy(ayu_secret, house->secret[AYU], 64);
    house->who[AYU] = session;
    memcpy(house->secret[AYU], secret, 64);
    assert_int_equal(house_approve(house, AYU, id), CASEBOOK_REFUSED);
    assert_non_null(strstr(house->err.message, "not among those of the season's file"));
    house->who[AYU] = ayu;
    memcpy(house->secret[AYU], ayu_secret, 64);
    assert_int_equal(house_approve(house, AYU, id), CASEBOOK_DONE);
    casebook_session_free(session);
    buf_fini(&key);
    house_tear_down(house);
}

/* Abuse 27: the day after sunset nothing is in force, flagged or kept; figures and log stay. */
static void abuse_27_after_sunset(void **state)
{
    struct house *house = house_build_with_people();
    struct err err = ERR_NONE;
    bool is_over;
    (void)state;
    house_season(house, HOUSE_START, HOUSE_START + 90 * DAY);
    house->clock.fixed_ms += 85 * DAY;
    int64_t open = house_case(house, RULE_CLAIM);
    int64_t id = house_case(house, RULE_FRAUD);
    house_done(house, RANI, ACTION_CLAIM, id, nothing);
    struct casebook_draft draft = house_draft(house, id, KIND_ENTRY, "tipu.example");
    assert_int_equal(house_move(house, RANI, ACTION_PROPOSE, id,
                                (struct casebook_request){.draft = &draft, .lease = 1}),
                     CASEBOOK_REFUSED);
    assert_non_null(strstr(house->err.message, "the entry ends after the season"));
    draft.end_ms = HOUSE_START + 90 * DAY;
    house_done(house, RANI, ACTION_PROPOSE, id,
               (struct casebook_request){.draft = &draft, .lease = 1});
    assert_int_equal(house_approve(house, ADI, id), CASEBOOK_DONE);
    assert_int_equal(house_entries(house), 1);
    house->clock.fixed_ms = HOUSE_START + 90 * DAY;
    assert_int_equal(house_entries(house), 0);
    assert_true(casebook_season_is_over(house->casebook, &is_over, &err));
    assert_true(is_over);
    assert_int_equal(house_flag(house, (struct house_post){.text = "kuota gratis"}), CASEBOOK_OVER);
    house_tick(house);
    assert_int_equal(house_state(house, open), CASE_VOID);
    assert_int_equal(house_state(house, id), CASE_VOID);
    assert_int_equal(house_move(house, RANI, ACTION_CLAIM, open, nothing), CASEBOOK_REFUSED);
    house->clock.fixed_ms += 30 * DAY;
    house_tick(house);
    assert_int_equal(house_state(house, open), CASE_PURGED);
    assert_int_equal(house_state(house, id), CASE_PURGED);
    struct casebook_report report;
    assert_int_equal(casebook_audit_verify(house->casebook, NULL, &report, &err), AUDIT_INTACT);
    /* Another season may come, and starts clean. */
    house_season(house, house->clock.fixed_ms, house->clock.fixed_ms + 50 * DAY);
    assert_true(casebook_season_is_over(house->casebook, &is_over, &err));
    assert_false(is_over);
    house_case(house, RULE_FRAUD);
    assert_int_equal(house_entries(house), 0);
    house_tear_down(house);
}

/* One person is enough, nobody else may, and it is over in the tables and in the log alone. */
static void one_person_ends_it(void **state)
{
    struct house *house = house_build_with_people();
    struct err err = ERR_NONE;
    bool is_over;
    (void)state;
    house_season(house, HOUSE_START, HOUSE_START + 90 * DAY);
    house->clock.fixed_ms += 80 * HOUR;
    house_listed(house, "tipu.example");
    assert_int_equal(house_entries(house), 1);
    const enum house_name nobody[] = {ADMIN, AUDI};
    for (size_t i = 0; i < 2; i++) {
        assert_int_equal(
            casebook_season_end(house->casebook, house->who[nobody[i]], STR("selesai saja"), &err),
            CASEBOOK_REFUSED);
        err = ERR_NONE;
    }
    assert_int_equal(house_log_rows(house, "refused"), 2);
    assert_int_equal(casebook_season_end(house->casebook, house->who[RANI], STR(""), &err),
                     CASEBOOK_REFUSED);
    assert_int_equal(house_entries(house), 1);
    err = ERR_NONE;
    assert_int_equal(
        casebook_season_end(house->casebook, house->who[RANI], STR("pemilihan batal"), &err),
        CASEBOOK_DONE);
    assert_true(casebook_season_is_over(house->casebook, &is_over, &err));
    assert_true(is_over);
    assert_int_equal(house_entries(house), 0);
    house_sql(house, "UPDATE seasons SET end_ms = 9000000000000");
    assert_int_equal(house_entries(house), 0);
    house_tear_down(house);
}

/* A clock that goes back must not bring the demonstration back to life, or a season. */
static void a_clock_gone_back_ends_nothing_and_brings_nothing_back(void **state)
{
    struct house *house = house_build_with_people();
    (void)state;
    house_season(house, HOUSE_START + HOUR, HOUSE_START + 90 * DAY);
    house->clock.fixed_ms += 80 * HOUR;
    int64_t id = house_case(house, RULE_FRAUD);
    house->clock.fixed_ms = HOUSE_START;
    house_tick(house);
    assert_int_equal(house_state(house, id), CASE_FLAGGED);
    int64_t other = house_case(house, RULE_FRAUD);
    assert_false(house_look(house, other).is_demo);
    assert_int_equal(house_entries(house), (size_t)-1);
    assert_non_null(strstr(house->err.message, "went back"));
    house_tear_down(house);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(takes_two_organisations),
        cmocka_unit_test(of_tied_organisations),
        cmocka_unit_test(longer_than_240_days),
        cmocka_unit_test(the_demonstration_is_void),
        cmocka_unit_test(abuse_06_an_account_younger_than_72_hours),
        cmocka_unit_test(abuse_06_an_account_made_in_the_past),
        cmocka_unit_test(a_key_that_is_not_in_the_file),
        cmocka_unit_test(abuse_27_after_sunset),
        cmocka_unit_test(one_person_ends_it),
        cmocka_unit_test(a_clock_gone_back_ends_nothing_and_brings_nothing_back),
    };
    return cmocka_run_group_tests_name("casebook_season", tests, NULL, NULL);
}
