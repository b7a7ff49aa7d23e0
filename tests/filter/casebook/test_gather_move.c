/* Merging and splitting by hand, and what a new case is said to be like. */
#include <stdio.h>

#include "filter/casebook/case.h"
#include "filter/casebook/sql.h"
#include "tests/filter/casebook/house.h"

static const struct casebook_request nothing;

#define TEXT "Klik link ini untuk verifikasi NIK pemilih, hadiah pulsa menanti warga desa"

static int64_t last_case(struct house *house)
{
    int64_t id;
    struct err err = ERR_NONE;
    assert_true(
        casebook_sql_number(house->casebook, 0, &id, &err, "SELECT max(id) FROM cases", ""));
    return id;
}

static struct casebook_request merging(struct house *house, int64_t into, int64_t lease)
{
    return (struct casebook_request){.reason = STR("satu penipuan yang sama"),
                                     .into = into,
                                     .into_version = house_look(house, into).version,
                                     .lease = lease};
}

static void two_cases_become_one(void **state)
{
    struct house *house = house_build_with_people();
    (void)state;
    int64_t one = house_case(house, RULE_FRAUD);
    house->clock.fixed_ms += 2 * DAY;
    house_tick(house);
    assert_int_equal(house_flag(house, (struct house_post){.text = TEXT, .class = RULE_FRAUD}),
                     CASEBOOK_OPENED);
    int64_t other = last_case(house);
    house_done(house, RANI, ACTION_CLAIM, one, nothing);
    house_done(house, RANI, ACTION_MERGE, one, merging(house, other, house->moved.lease));
    assert_int_equal(house_state(house, one), CASE_MERGED);
    assert_int_equal(house_page(house, one).merged_into, other);
    assert_int_equal(house_look(house, other).copies, 2);
    assert_int_equal(house_page(house, other).post_count, 2);
    /* It is as old as the older of the two: merging moves no deadline away. */
    assert_int_equal(house_look(house, other).opened_ms, HOUSE_START);
    assert_int_equal(house_look(house, other).deadline_ms, HOUSE_START + 7 * DAY);
    /* A copy of what came along finds it there. */
    assert_int_equal(house_flag(house, (struct house_post){.text = TEXT, .class = RULE_FRAUD}),
                     CASEBOOK_JOINED);
    assert_int_equal(house_look(house, other).copies, 3);
    house->clock.fixed_ms = HOUSE_START + 7 * DAY;
    house_tick(house);
    assert_int_equal(house_state(house, other), CASE_DISMISSED);
    house_tear_down(house);
}

static void what_merging_may_not_do(void **state)
{
    struct house *house = house_build_with_people();
    (void)state;
    int64_t id = house_case(house, RULE_FRAUD), claim = house_case(house, RULE_CLAIM);
    int64_t proposed = house_case(house, RULE_FRAUD), decided = house_case(house, RULE_FRAUD);
    int64_t theirs = house_case(house, RULE_FRAUD), mine = house_case(house, RULE_FRAUD);
    house_propose(house, RUDI, proposed, KIND_ENTRY, "tipu.example");
    house_done(house, RUDI, ACTION_CLAIM, decided, nothing);
    house_done(house, RUDI, ACTION_DISMISS, decided,
               (struct casebook_request){.reason = STR("satire"), .lease = house->moved.lease});
    house_done(house, RUDI, ACTION_CLAIM, theirs, nothing);
    house_done(house, RANI, ACTION_CLAIM, id, nothing);
    int64_t lease = house->moved.lease;
    house_refused(house, RANI, ACTION_MERGE, id, merging(house, claim, lease), CASEBOOK_REFUSED,
                  "only cases of one class");
    house_refused(house, RANI, ACTION_MERGE, id, merging(house, proposed, lease), CASEBOOK_REFUSED,
                  "was decided or proposed");
    house_refused(house, RANI, ACTION_MERGE, id, merging(house, decided, lease), CASEBOOK_REFUSED,
                  "was decided or proposed");
    house_refused(house, RANI, ACTION_MERGE, id, merging(house, theirs, lease), CASEBOOK_REFUSED,
                  "somebody else holds it");
    house_refused(house, RANI, ACTION_MERGE, id, merging(house, id, lease), CASEBOOK_REFUSED,
                  "into which other case");
    struct casebook_request stale = merging(house, mine, lease);
    stale.into_version++;
    house_refused(house, RANI, ACTION_MERGE, id, stale, CASEBOOK_REFUSED, "moved on");
    house_refused(house, RUDI, ACTION_MERGE, id, merging(house, mine, lease), CASEBOOK_REFUSED,
                  "is not for rudi");
    /* A case that was offered for the lane, and whose offer is void by now, rests on its posts. */
    struct casebook_draft draft = house_urgent_draft(house, id, "tipu-lain.example");
    house_done(house, RANI, ACTION_URGENT, id,
               (struct casebook_request){.draft = &draft, .lease = lease});
    house_refused(house, RANI, ACTION_MERGE, id, merging(house, mine, lease), CASEBOOK_REFUSED,
                  "a case with a proposal");
    /* And what was decided is not claimed, so that it can't be merged either. */
    house_refused(house, RANI, ACTION_MERGE, decided, merging(house, mine, lease), CASEBOOK_REFUSED,
                  "there is no move");
    house_tear_down(house);
}

static void a_case_is_split(void **state)
{
    struct house *house = house_build_with_people();
    struct house_post first = {.text = TEXT, .link = "https://tipu.example/a", .class = RULE_FRAUD};
    struct house_post second = {.text = "Undian motor bagi pemilih pemula, isi rekening di sini",
                                .link = "https://tipu.example/b",
                                .class = RULE_FRAUD};
    (void)state;
    assert_int_equal(house_flag(house, first), CASEBOOK_OPENED);
    assert_int_equal(house_flag(house, second), CASEBOOK_JOINED); /* of the same site */
    int64_t id = last_case(house);
    house->clock.fixed_ms += DAY;
    house_tick(house);
    struct casebook_page page = house_page(house, id);
    house_done(house, RANI, ACTION_CLAIM, id, nothing);
    struct casebook_request request = {.reason = STR("dua penipuan yang berbeda"),
                                       .posts = &page.posts[1].number,
                                       .post_count = 1,
                                       .lease = house->moved.lease};
    const int64_t all[] = {page.posts[0].number, page.posts[1].number};
    struct casebook_request both = request;
    both.posts = all;
    both.post_count = 2;
    house_refused(house, RANI, ACTION_SPLIT, id, both, CASEBOOK_REFUSED, "one post has to stay");
    const int64_t foreign = 4711;
    both.posts = &foreign;
    both.post_count = 1;
    house_refused(house, RANI, ACTION_SPLIT, id, both, CASEBOOK_REFUSED, "is no post of this case");
    house_done(house, RANI, ACTION_SPLIT, id, request);
    int64_t part = house->moved.other;
    assert_int_equal(part, last_case(house));
    assert_int_equal(house_state(house, id), CASE_CLAIMED);
    assert_int_equal(house_state(house, part), CASE_FLAGGED);
    assert_int_equal(house_look(house, id).copies, 1);
    assert_int_equal(house_look(house, part).copies, 1);
    assert_int_equal(house_look(house, part).deadline_ms, HOUSE_START + 7 * DAY);
    assert_true(str_equal(house_page(house, part).posts[0].text, page.posts[1].text));
    /* A copy of each finds its own. */
    second.link = NULL;
    assert_int_equal(house_flag(house, second), CASEBOOK_JOINED);
    assert_int_equal(house_look(house, part).copies, 2);
    assert_int_equal(house_flag(house, first), CASEBOOK_JOINED);
    assert_int_equal(house_look(house, id).copies, 2);
    house_tear_down(house);
}

struct like {
    const char *name, *text, *link;
    enum casebook_likeness how;
};

static const struct like likes[] = {
    {"the same page", "Sama sekali lain isinya, tentang undian berhadiah", "https://tipu.example/a",
     LIKE_URL},
    {"the same site", "Sama sekali lain isinya, tentang undian berhadiah", "https://tipu.example/z",
     LIKE_DOMAIN},
    {"the same words but for one", TEXT " semua", NULL, LIKE_WORDING},
    {"nothing in common", "Jalan rusak di kecamatan belum juga diperbaiki tahun ini", NULL,
     LIKE_NONE},
};

/* What was dismissed comes back in other words: the new case says of which, and why that ended. */
static void a_case_like_a_dismissed_one_says_so(void **state)
{
    const struct like *like = *state;
    struct house *house = house_build_with_people();
    assert_int_equal(house_flag(house, (struct house_post){.text = TEXT,
                                                           .link = "https://tipu.example/a",
                                                           .class = RULE_FRAUD}),
                     CASEBOOK_OPENED);
    int64_t before = last_case(house);
    house_done(house, RANI, ACTION_CLAIM, before, nothing);
    house_done(house, RANI, ACTION_DISMISS, before,
               (struct casebook_request){.reason = STR("satire yang mengutip penipuan"),
                                         .lease = house->moved.lease});
    house->clock.fixed_ms += 5 * DAY; /* its content is purged by now */
    house_tick(house);
    assert_int_equal(house_state(house, before), CASE_PURGED);
    assert_int_equal(house_flag(house, (struct house_post){.text = like->text,
                                                           .link = like->link,
                                                           .class = RULE_FRAUD}),
                     CASEBOOK_OPENED);
    struct casebook_page page = house_page(house, last_case(house));
    assert_int_equal(page.before.how, like->how);
    assert_int_equal(page.before.case_id, like->how == LIKE_NONE ? 0 : before);
    assert_int_equal(page.summary.like_case, page.before.case_id);
    if (like->how != LIKE_NONE) {
        assert_int_equal(page.before.state, CASE_DISMISSED);
        assert_true(str_is(page.before.reason, "satire yang mengutip penipuan"));
        assert_true(str_is(page.before.actor, "rani"));
        assert_int_equal(page.before.ended_ms, HOUSE_START);
    }
    house_tear_down(house);
}

/* A wave of copies: the first and the newest are kept, all are counted. */
static void a_hundred_posts_are_kept(void **state)
{
    struct house *house = house_build_with_people();
    (void)state;
    for (int i = 0; i < 130; i++) {
        char id[16];
        snprintf(id, sizeof id, "w-%d", i);
        house_flag(house, (struct house_post){.id = id, .text = TEXT, .class = RULE_FRAUD});
    }
    struct casebook_page page = house_page(house, last_case(house));
    int64_t kept;
    struct err err = ERR_NONE;
    assert_true(
        casebook_sql_number(house->casebook, 0, &kept, &err, "SELECT count(*) FROM content", ""));
    assert_int_equal(page.summary.copies, 130);
    assert_int_equal(kept, CASEBOOK_POSTS_KEPT);
    assert_int_equal(page.post_count, CASEBOOK_POSTS_KEPT);
    assert_true(str_is(page.posts[0].id, "w-0"));
    assert_true(str_is(page.posts[49].id, "w-49"));
    assert_true(str_is(page.posts[50].id, "w-80"));
    assert_true(str_is(page.posts[99].id, "w-129"));
    house_tear_down(house);
}

static void held_and_back(void **state)
{
    struct house *house = house_build_with_people();
    (void)state;
    int64_t id = house_case(house, RULE_FRAUD);
    house_done(house, RANI, ACTION_CLAIM, id, nothing);
    int64_t lease = house->moved.lease;
    house_refused(house, RANI, ACTION_HOLD, id, (struct casebook_request){.lease = lease},
                  CASEBOOK_REFUSED, "the reason");
    house_done(house, RANI, ACTION_HOLD, id,
               (struct casebook_request){.lease = lease, .reason = STR("apakah domainnya KPU?")});
    assert_int_equal(house_look(house, id).deadline_ms, HOUSE_START + 48 * HOUR);
    house->clock.fixed_ms += 48 * HOUR - 1;
    house_tick(house);
    assert_int_equal(house_state(house, id), CASE_HELD);
    house->clock.fixed_ms += 1;
    house_tick(house);
    assert_int_equal(house_state(house, id), CASE_FLAGGED);
    house_done(house, RUDI, ACTION_CLAIM, id, nothing);
    house_done(house, RUDI, ACTION_HOLD, id,
               (struct casebook_request){.lease = house->moved.lease,
                                         .reason = STR("siapa yang mengelola?")});
    house_done(house, RANI, ACTION_RELEASE, id,
               (struct casebook_request){.reason = STR("bukan milik KPU")});
    assert_int_equal(house_state(house, id), CASE_FLAGGED);
    house_tear_down(house);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(two_cases_become_one), cmocka_unit_test(what_merging_may_not_do),
        cmocka_unit_test(a_case_is_split),      cmocka_unit_test(a_hundred_posts_are_kept),
        cmocka_unit_test(held_and_back),
    };
    return RUN_CASES("likeness", likes, a_case_like_a_dismissed_one_says_so) +
           cmocka_run_group_tests_name("merge and split", tests, NULL, NULL);
}
