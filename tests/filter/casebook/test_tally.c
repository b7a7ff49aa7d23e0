#include "filter/casebook/tally.h"

#include <stdio.h>

#include "filter/base/arena.h"
#include "filter/casebook/mentions.h"
#include "tests/filter/casebook/house.h"

static struct casebook_tally tally_of(struct house *house)
{
    struct casebook_tally tally;
    struct err err = ERR_NONE;
    assert_true(casebook_tally(house->casebook, &tally, &err));
    return tally;
}

static void dismiss(struct house *house, int64_t id)
{
    house_done(house, RANI, ACTION_CLAIM, id, (struct casebook_request){0});
    house_done(
        house, RANI, ACTION_DISMISS, id,
        (struct casebook_request){.reason = STR("bukan klaim"), .lease = house->moved.lease});
}

static void an_empty_casebook_has_zeros(void **state)
{
    (void)state;
    struct house *house = house_build_with_people();
    struct casebook_tally tally = tally_of(house);
    for (size_t i = 0; i < TALLY_CLASSES; i++) {
        assert_int_equal(tally.classes[i].flagged, 0);
        assert_int_equal(tally.classes[i].decided, 0);
        assert_int_equal(tally.classes[i].median_ms, 0);
    }
    house_tear_down(house);
}

static void each_end_is_counted_in_its_class(void **state)
{
    (void)state;
    struct house *house = house_build_with_people();
    int64_t listed = house_listed(house, "situs-tiruan.example");
    (void)house_case(house, RULE_FRAUD);
    int64_t corrected = house_case(house, RULE_CLAIM);
    house_propose(house, RANI, corrected, KIND_CORRECTION, NULL);
    assert_int_equal(house_approve(house, ADI, corrected), CASEBOOK_DONE);
    house_done(house, RANI, ACTION_CORRECT, corrected,
               (struct casebook_request){.reason = STR("terbit")});
    int64_t appeal = house_appeal(house, listed);
    assert_int_equal(house_decide(house, ACTION_OVERTURN, listed, appeal), CASEBOOK_DONE);
    struct casebook_tally tally = tally_of(house);
    const struct casebook_tally_class *fraud = &tally.classes[RULE_FRAUD],
                                      *claim = &tally.classes[RULE_CLAIM];
    assert_int_equal(fraud->flagged, 2);
    assert_int_equal(fraud->approved, 1);
    assert_int_equal(fraud->listed, 1);
    assert_int_equal(fraud->appealed, 1);
    assert_int_equal(fraud->overturned, 1);
    assert_int_equal(fraud->overturned_undecided, 0);
    assert_int_equal(fraud->corrected, 0);
    assert_int_equal(claim->corrected, 1);
    assert_int_equal(claim->flagged, 1);
    assert_int_equal(tally.classes[RULE_PROCEDURE].flagged, 0);
    /* 7 days without anybody: the clock's, not a person's. */
    house->clock.fixed_ms += 8 * DAY;
    (void)house_tick(house);
    tally = tally_of(house);
    assert_int_equal(tally.classes[RULE_FRAUD].unread, 1);
    assert_int_equal(tally.classes[RULE_FRAUD].dismissed, 0);
    house_tear_down(house);
}

static void times_of_few_are_nobodys_business(void **state)
{
    (void)state;
    struct house *house = house_build_with_people();
    for (int i = 1; i <= TALLY_FEW; i++) {
        int64_t id = house_case(house, RULE_CLAIM);
        house->clock.fixed_ms += i * 10 * MINUTE;
        dismiss(house, id);
        struct casebook_tally tally = tally_of(house);
        assert_int_equal(tally.classes[RULE_CLAIM].decided, i);
        assert_int_equal(tally.classes[RULE_CLAIM].dismissed, i);
        assert_int_equal(tally.classes[RULE_CLAIM].median_ms, i < TALLY_FEW ? 0 : 30 * MINUTE);
        assert_int_equal(tally.classes[RULE_CLAIM].p90_ms, i < TALLY_FEW ? 0 : 40 * MINUTE);
    }
    house_tear_down(house);
}

/* What was purged stays counted. */
static void a_purge_changes_nothing(void **state)
{
    (void)state;
    struct house *house = house_build_with_people();
    for (int i = 0; i < TALLY_FEW; i++) {
        dismiss(house, house_case(house, RULE_CLAIM));
    }
    struct casebook_tally before = tally_of(house);
    house->clock.fixed_ms += 5 * DAY;
    (void)house_tick(house);
    (void)house_tick(house);
    struct casebook_tally after = tally_of(house);
    assert_int_equal(after.classes[RULE_CLAIM].dismissed, before.classes[RULE_CLAIM].dismissed);
    assert_int_equal(after.classes[RULE_CLAIM].median_ms, before.classes[RULE_CLAIM].median_ms);
    house_tear_down(house);
}

static void weeks_begin_on_monday(void **state)
{
    (void)state;
    static const struct {
        const char *time, *monday;
    } cases[] = {{"2026-11-25T16:00:00Z", "2026-11-23T00:00:00Z"},
                 {"2026-11-23T00:00:00Z", "2026-11-23T00:00:00Z"},
                 {"2026-11-22T23:59:59Z", "2026-11-16T00:00:00Z"},
                 {"1970-01-01T00:00:00Z", "1969-12-29T00:00:00Z"}};
    for (size_t i = 0; i < COUNT(cases); i++) {
        int64_t time_ms, monday_ms;
        assert_true(clock_parse(str_of(cases[i].time), &time_ms));
        assert_true(clock_parse(str_of(cases[i].monday), &monday_ms));
        assert_int_equal(casebook_tally_week(time_ms), monday_ms);
    }
}

static const struct str satu_words[] = {{"tinta pemilu", 12}, {"paslon satu", 11}};
static const struct str dua_words[] = {{"paslon dua", 10}};
static const struct casebook_pair pairs[] = {
    {.number = 1, .name = {"Pasangan Contoh Satu", 20}, .words = satu_words, .word_count = 2},
    {.number = 2, .name = {"Pasangan Contoh Dua", 19}, .words = dua_words, .word_count = 1},
};

static struct casebook_mentions mentions_of(struct house *house, struct arena *arena)
{
    struct casebook_mentions mentions;
    struct err err = ERR_NONE;
    assert_true(casebook_mentions(house->casebook, pairs, COUNT(pairs), arena, &mentions, &err));
    return mentions;
}

/* HOUSE_CLAIM names the first pair's word; the posts, which name the second, do not count. */
static void pairs_are_counted_by_claim_alone(void **state)
{
    (void)state;
    struct house *house = house_build_with_people();
    struct arena *arena = arena_new(1 << 20);
    for (int i = 0; i < 6; i++) {
        char text[80];
        snprintf(text, sizeof text, "paslon dua begini begitu, kiriman nomor %d %d %d", i, i * 7919,
                 i * 104729);
        (void)house_flag(house, (struct house_post){.text = text, .class = RULE_CLAIM});
    }
    /* This week's are not counted yet. */
    struct casebook_mentions now = mentions_of(house, arena);
    assert_int_equal(now.cases, 0);
    assert_int_equal(now.pairs[0].cases, 0);
    house->clock.fixed_ms += 7 * DAY;
    struct casebook_mentions later = mentions_of(house, arena);
    assert_true(later.cases >= 1);
    assert_int_equal(later.pairs[0].cases, later.cases);
    assert_int_equal(later.pairs[0].by_claim, later.cases);
    assert_int_equal(later.pairs[0].by_rule, 0);
    assert_int_equal(later.pairs[1].cases, 0);
    assert_int_equal(later.none, 0);
    assert_int_equal(later.claim_count, 1);
    assert_int_equal(later.claims[0].pairs, 1);
    assert_true(str_is(later.claims[0].claim, HOUSE_CLAIM));
    arena_free(arena);
    house_tear_down(house);
}

/* Cases of one rule: fewer than five are few, of five the number is told. */
static void few_are_not_told(void **state)
{
    (void)state;
    struct house *house = house_build_with_people();
    struct arena *arena = arena_new(1 << 20);
    for (int i = 1; i <= MENTIONS_FEW + 1; i++) {
        char link[64];
        snprintf(link, sizeof link, "https://situs-%d-tiruan.example/", i);
        (void)house_flag(house, (struct house_post){.text = "", .link = link, .class = RULE_FRAUD});
        house->clock.fixed_ms += 7 * DAY;
        struct casebook_mentions mentions = mentions_of(house, arena);
        int64_t told = 0;
        for (size_t k = 0; k < mentions.rule_count; k++) {
            told += mentions.rules[k].cases;
        }
        assert_int_equal(told, mentions.cases < MENTIONS_FEW ? 0 : mentions.cases);
        assert_int_equal(mentions.none, mentions.cases);
    }
    arena_free(arena);
    house_tear_down(house);
}

struct word_case {
    const char *name, *text, *word;
    bool is_there;
};

static const struct word_case word_cases[] = {
    {"the text itself", "paslon satu", "paslon satu", true},
    {"at the start", "paslon satu menang", "paslon satu", true},
    {"at the end, behind a comma", "kata orang,paslon satu", "paslon satu", true},
    {"a longer word", "paslon satunya", "paslon satu", false},
    {"within a word", "apaslon satu", "paslon satu", false},
    {"first within a word, then alone", "xsatu satu", "satu", true},
    {"an empty word", "satu", "", false},
    {"an empty text", "", "satu", false},
    {"before a letter that is no ASCII", "satu\xc3\xa9", "satu", false},
};

static void words_are_whole(void **state)
{
    const struct word_case *one = *state;
    assert_int_equal(casebook_mentions_word(str_of(one->text), str_of(one->word)), one->is_there);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_empty_casebook_has_zeros),
        cmocka_unit_test(each_end_is_counted_in_its_class),
        cmocka_unit_test(times_of_few_are_nobodys_business),
        cmocka_unit_test(a_purge_changes_nothing),
        cmocka_unit_test(weeks_begin_on_monday),
        cmocka_unit_test(pairs_are_counted_by_claim_alone),
        cmocka_unit_test(few_are_not_told),
    };
    return cmocka_run_group_tests_name("tally", tests, NULL, NULL) +
           RUN_CASES("mentions", word_cases, words_are_whole);
}
