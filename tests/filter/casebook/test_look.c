/* Lists by cursors: each item once and in order, whatever comes in between. */
#include "filter/casebook/look.h"

#include <stdio.h>

#include "tests/filter/casebook/house.h"

enum { MOST = 32 };

/* What was seen so far, and where the walk goes on. */
struct walk {
    int64_t seen[MOST];
    size_t count;
    struct casebook_after after;
};

static bool take_entry(void *context, const struct casebook_look_entry *entry)
{
    struct walk *walk = context;
    walk->seen[walk->count++] = entry->case_id;
    walk->after = casebook_look_entry_place(entry);
    return true;
}

static bool next_entry(struct house *house, struct walk *walk)
{
    size_t before = walk->count;
    assert_true(casebook_look_entries(house->casebook, false, &walk->after, 0, 1, take_entry, walk,
                                      &house->err));
    return walk->count > before;
}

static int64_t listed(struct house *house, int number)
{
    char target[32];
    snprintf(target, sizeof target, "tipu%d.example", number);
    house->clock.fixed_ms += MINUTE;
    return house_listed(house, target);
}

static void entries_one_by_one(void **state)
{
    struct house *house = house_build_with_people();
    struct walk whole = {.count = 0}, walk = {.count = 0};
    int64_t ids[6];
    (void)state;
    for (int i = 0; i < 6; i++) {
        ids[i] = listed(house, i);
    }
    house_done(house, RANI, ACTION_REMOVE, ids[2],
               (struct casebook_request){.reason = STR("tutup")});
    house_done(house, RANI, ACTION_REMOVE, ids[4],
               (struct casebook_request){.reason = STR("tutup")});
    assert_true(casebook_look_entries(house->casebook, false, NULL, 0, MOST, take_entry, &whole,
                                      &house->err));
    assert_int_equal(whole.count, 6);
    for (int i = 6; next_entry(house, &walk); i++) {
        listed(house, i); /* newer than all: none of the walk's business */
    }
    assert_int_equal(walk.count, 6);
    for (size_t i = 0; i < 6; i++) {
        assert_int_equal(walk.seen[i], whole.seen[i]);
    }
    /* Those in force first, the newest first. */
    const int64_t order[] = {ids[5], ids[3], ids[1], ids[0]};
    for (size_t i = 0; i < 4; i++) {
        assert_int_equal(walk.seen[i], order[i]);
    }
    house_tear_down(house);
}

static bool take_appeal(void *context, const struct casebook_appeal *appeal)
{
    struct walk *walk = context;
    walk->seen[walk->count++] = appeal->objection.id;
    walk->after = casebook_appeal_place(appeal);
    return true;
}

static bool next_appeal(struct house *house, struct walk *walk)
{
    const struct casebook_appeal_filter filter = {.after = walk->after, .limit = 1};
    size_t before = walk->count;
    assert_true(casebook_appeals(house->casebook, &filter, take_appeal, walk, &house->err));
    return walk->count > before;
}

/* Those that wait come first, by their deadline: what is lodged meanwhile is behind them. */
static void appeals_one_by_one(void **state)
{
    struct house *house = house_build_with_people();
    struct walk walk = {.count = 0};
    int64_t ids[6], appeals[6];
    (void)state;
    for (int i = 0; i < 6; i++) {
        ids[i] = listed(house, i);
    }
    for (int i = 0; i < 4; i++) {
        house->clock.fixed_ms += MINUTE;
        appeals[i] = house_appeal(house, ids[i]);
    }
    assert_int_equal(house_decide(house, ACTION_OVERTURN, ids[1], appeals[1]), CASEBOOK_DONE);
    assert_true(next_appeal(house, &walk));
    house->clock.fixed_ms += MINUTE;
    appeals[4] = house_appeal(house, ids[4]);
    while (next_appeal(house, &walk)) {
    }
    const int64_t order[] = {appeals[0], appeals[2], appeals[3], appeals[4], appeals[1]};
    assert_int_equal(walk.count, 5);
    for (size_t i = 0; i < 5; i++) {
        assert_int_equal(walk.seen[i], order[i]);
    }
    house_tear_down(house);
}

static bool take_alike(void *context, const struct casebook_look_alike *one)
{
    struct walk *walk = context;
    walk->seen[walk->count++] = one->id;
    walk->after = casebook_look_alike_place(one);
    return true;
}

static void alike_cases_one_by_one(void **state)
{
    static const char *const texts[] = {"bantuan tunai menunggu nomor rekening warga",
                                        "lowongan petugas palsu meminta uang jaminan",
                                        "undian mobil dari panitia yang tidak ada",
                                        "pendaftaran pemilih lewat tautan asing"};
    struct house *house = house_build_with_people();
    struct walk walk = {.count = 0};
    int64_t before = -1;
    (void)state;
    for (size_t i = 0; i < COUNT(texts); i++) {
        char id[8];
        snprintf(id, sizeof id, "a%zu", i);
        house->clock.fixed_ms += MINUTE;
        house_flag(house, (struct house_post){.id = id, .text = texts[i], .rule = "aturan-sama"});
    }
    for (size_t count = 0; count < 10; count++) {
        size_t seen = walk.count;
        assert_true(casebook_look_alike(house->casebook, STR("aturan-sama"), &walk.after, 0, 1,
                                        take_alike, &walk, &house->err));
        if (walk.count == seen) {
            break;
        }
        assert_true(walk.seen[seen] > before);
        before = walk.seen[seen];
    }
    assert_int_equal(walk.count, COUNT(texts));
    house_tear_down(house);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(entries_one_by_one),
        cmocka_unit_test(appeals_one_by_one),
        cmocka_unit_test(alike_cases_one_by_one),
    };
    return cmocka_run_group_tests_name("lists by cursors", tests, NULL, NULL);
}
