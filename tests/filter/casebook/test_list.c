/*
 * The list under every filter, from every place on, against all cases sifted one by one; and the
 * figures against counting.
 */
#include <stdio.h>

#include "filter/casebook/measures.h"
#include "filter/casebook/sql.h"
#include "tests/filter/casebook/house.h"

enum { CASES = 48 };

struct all {
    struct casebook_case of[CASES + 1];
    char rules[CASES + 1][64];
    size_t count;
};

static bool take(void *context, const struct casebook_case *one)
{
    struct all *all = context;
    snprintf(all->rules[all->count], sizeof all->rules[0], "%.*s", STR_FORMAT(one->rule_id));
    all->of[all->count] = *one;
    all->of[all->count].rule_id = str_of(all->rules[all->count]);
    return ++all->count < CASES + 1;
}

static void list(struct house *house, const struct casebook_filter *filter, struct all *all)
{
    struct err err = ERR_NONE;
    all->count = 0;
    assert_true(casebook_list(house->casebook, filter, take, all, &err));
}

static bool waits(enum casebook_state state)
{
    return state == CASE_FLAGGED || state == CASE_CLAIMED || state == CASE_HELD ||
           state == CASE_PROPOSED || state == CASE_URGENT || state == CASE_RETURNED ||
           state == CASE_APPROVED;
}

static bool fits(const struct casebook_case *one, const struct casebook_filter *filter)
{
    return (!filter->only_class || one->class == filter->class) &&
           (!filter->only_state || one->state == filter->state) &&
           (!filter->live || waits(one->state)) && (filter->hidden & 1U << one->class) == 0 &&
           (filter->rule_id.len == 0 || str_equal(filter->rule_id, one->rule_id));
}

/* Cases of all classes, of a few states and rules, some opened at the same moment. */
static struct house *build(struct all *all)
{
    static const char *const states[] = {"flagged", "dismissed", "held", "returned", "void"};
    struct house *house = house_build();
    for (int i = 0; i < CASES; i++) {
        house_case(house, (enum rule_class)(i % 3));
    }
    for (int i = 0; i < CASES; i++) {
        struct buf sql = BUF_EMPTY;
        buf_printf(&sql,
                   "UPDATE cases SET state = '%s', rule_id = 'aturan-%d', opened_ms = opened_ms -"
                   " %d, due_ms = due_ms + %d WHERE id = %d",
                   states[i * 7 % 5], i % 4, i * 13 % 7 * 3600000, i % 2, i + 1);
        house_sql(house, sql.bytes);
        buf_fini(&sql);
    }
    list(house, &(struct casebook_filter){.limit = 0}, all);
    assert_int_equal(all->count, CASES);
    return house;
}

static void assert_fits(struct house *house, const struct all *all, struct casebook_filter filter)
{
    struct all got;
    size_t at = 0, skipped = 0;
    list(house, &filter, &got);
    bool is_behind = filter.after.id == 0;
    for (size_t i = 0; i < all->count; i++) {
        const struct casebook_case *one = &all->of[i];
        if (is_behind && fits(one, &filter) && skipped++ >= filter.offset &&
            (filter.limit == 0 || at < filter.limit)) {
            assert_true(at < got.count);
            assert_int_equal(got.of[at].id, one->id);
            at++;
        }
        is_behind = is_behind || one->id == filter.after.id;
    }
    assert_int_equal(got.count, at);
}

static void every_filter_from_every_place(void **state)
{
    static const enum casebook_state asked[] = {CASE_FLAGGED, CASE_DISMISSED, CASE_RETURNED,
                                                CASE_LISTED};
    static const unsigned hidden[] = {0, 1, 2, 4, 5, 6};
    struct all all;
    struct house *house = build(&all);
    (void)state;
    for (int scope = 0; scope < 2 + (int)COUNT(asked); scope++) {
        for (int class = -1; class < 3; class ++) {
            for (int rule = -1; rule < 2; rule++) {
                for (size_t i = 0; i < COUNT(hidden) * 4; i++) {
                    const struct casebook_case *behind = &all.of[(i * 11 + 3) % all.count];
                    char name[16];
                    snprintf(name, sizeof name, rule < 0 ? "" : "aturan-%d", rule);
                    struct casebook_filter filter = {
                        .live = scope == 0,
                        .only_state = scope > 1,
                        .state = scope > 1 ? asked[scope - 2] : CASE_NONE,
                        .only_class = class >= 0,
                        .class = class >= 0 ? (enum rule_class) class : RULE_FRAUD,
                        .rule_id = str_of(name),
                        .hidden = hidden[i % COUNT(hidden)],
                        .offset = i % 3,
                        .limit = i % 2 * 5,
                    };
                    if (i >= COUNT(hidden)) {
                        filter.after = (struct casebook_after){
                            .is_fraud = behind->class == RULE_FRAUD,
                            .opened_ms = behind->opened_ms,
                            .order_ms = behind->order_ms,
                            .id = behind->id,
                        };
                    }
                    assert_fits(house, &all, filter);
                }
            }
        }
    }
    house_tear_down(house);
}

static void figures_are_counts(void **state)
{
    struct all all;
    struct house *house = build(&all);
    struct casebook_measures measures;
    struct err err = ERR_NONE;
    uint32_t waiting = 0, flagged = 0, want = 0;
    (void)state;
    assert_true(casebook_measure(house->casebook, &measures, &err));
    for (size_t i = 0; i < all.count; i++) {
        want += waits(all.of[i].state);
    }
    for (int i = 0; i < MEASURES_AGES; i++) {
        waiting += measures.waiting[i];
    }
    for (int class = 0; class < MEASURES_CLASSES; class ++) {
        for (int hour = 0; hour < MEASURES_HOURS; hour++) {
            flagged += measures.flagged[class][hour];
        }
    }
    assert_int_equal(waiting, want);
    assert_int_equal(flagged, CASES);
    assert_int_equal(measures.flagged[RULE_FRAUD][MEASURES_HOURS - 1], CASES / 3);
    /* Each under an hour, under six, under a day, by when it was opened. */
    uint32_t young = 0;
    for (size_t i = 0; i < all.count; i++) {
        young += waits(all.of[i].state) && house->clock.fixed_ms - all.of[i].opened_ms < 3600000;
    }
    assert_int_equal(measures.waiting[0], young);
    house_tear_down(house);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_filter_from_every_place),
        cmocka_unit_test(figures_are_counts),
    };
    return cmocka_run_group_tests_name("list", tests, NULL, NULL);
}
