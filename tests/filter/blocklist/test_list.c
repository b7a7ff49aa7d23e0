#include "filter/blocklist/list.h"

#include <stdlib.h>

#include "filter/base/buf.h"
#include "filter/base/err.h"
#include "filter/blocklist/name.h"
#include "tests/filter/blocklist/sample.h"
#include "tests/filter/test.h"

static struct blocklist_guard *guard;

static bool add(struct blocklist_list *list, const struct blocklist_draft *draft, struct err *err)
{
    struct blocklist_entry *entry = sample_entry(draft);
    bool added = blocklist_list_add(list, entry, err);
    blocklist_entry_free(entry);
    return added;
}

static const struct time_case {
    const char *name;
    int64_t now_ms; /* from the sample's start */
    const char *says;
} times[] = {
    {"a moment before its start", -1, "starts at"},
    {"at its start", 0, NULL},
    {"a moment before its end", 7 * 24 * 3600000 - 1, NULL},
    {"at its end", 7 * 24 * 3600000, "ended at"},
    {"a second past its end", 7 * 24 * 3600000 + 1000, "ended at"},
};

static void knows_the_time(void **state)
{
    const struct time_case *one = *state;
    struct blocklist_draft draft = sample_draft();
    struct err err = ERR_NONE;
    struct blocklist_list *list = blocklist_list_new(guard, NULL, SAMPLE_NOW_MS + one->now_ms);
    assert_int_equal(add(list, &draft, &err), one->says == NULL);
    if (one->says != NULL) {
        assert_non_null(strstr(err.message, one->says));
    }
    size_t count;
    (void)blocklist_list_sort(list, &count);
    assert_int_equal(count, one->says == NULL);
    blocklist_list_free(list);
}

static void keeps_seasons_apart(void **state)
{
    (void)state;
    struct hash one = {.bytes = {1}}, other = {.bytes = {2}};
    const struct hash *const seasons[] = {NULL, &one, &other};
    for (size_t i = 0; i < COUNT(seasons); i++) {
        for (size_t k = 0; k < COUNT(seasons); k++) {
            struct blocklist_draft draft = sample_draft();
            struct err err = ERR_NONE;
            struct blocklist_list *list = blocklist_list_new(guard, seasons[i], SAMPLE_NOW_MS);
            draft.season = seasons[k];
            assert_int_equal(add(list, &draft, &err), i == k);
            blocklist_list_free(list);
        }
    }
}

static void asks_the_guard(void **state)
{
    (void)state;
    struct blocklist_draft draft = sample_draft();
    struct err err = ERR_NONE;
    struct blocklist_list *list = blocklist_list_new(guard, NULL, SAMPLE_NOW_MS);
    draft.target = STR("kpu.go.id");
    assert_false(add(list, &draft, &err));
    assert_non_null(strstr(err.message, "protected"));
    blocklist_list_free(list);
}

static const struct sorted {
    enum blocklist_scope scope;
    const char *target;
    bool is_covered;
} sorted[] = {
    {BLOCKLIST_DOMAIN, "a.example", false},
    {BLOCKLIST_DOMAIN, "a.example", true}, /* of another case */
    {BLOCKLIST_HOST, "a.example", true},
    {BLOCKLIST_URL_PREFIX, "http://a.example/x/", false},
    {BLOCKLIST_URL, "http://a.example/", false},
    {BLOCKLIST_HOST, "x.a.example", true},
    {BLOCKLIST_DOMAIN, "y.x.a.example", true},
    {BLOCKLIST_HOST, "z.y.x.a.example", true},
    {BLOCKLIST_HOST, "a-a.example", false},
    {BLOCKLIST_HOST, "ba.example", false},
    {BLOCKLIST_DOMAIN, "x.ba.example", false},
    {BLOCKLIST_HOST, "a.test", false},
};

/* Whatever the order in which entries come. */
static void sorts_and_covers(void **state)
{
    (void)state;
    srand(1);
    for (unsigned round = 0; round < 20; round++) {
        size_t order[COUNT(sorted)], count;
        struct blocklist_list *list = blocklist_list_new(guard, NULL, SAMPLE_NOW_MS);
        for (size_t i = 0; i < COUNT(sorted); i++) {
            size_t k = (size_t)rand() % (i + 1);
            order[i] = order[k];
            order[k] = i;
        }
        for (size_t i = 0; i < COUNT(sorted); i++) {
            struct blocklist_draft draft = sample_draft();
            struct err err = ERR_NONE;
            draft.scope = sorted[order[i]].scope;
            draft.target = str_of(sorted[order[i]].target);
            draft.case_id = (int64_t)order[i] + 1;
            assert_true(add(list, &draft, &err));
        }
        const struct blocklist_item *items = blocklist_list_sort(list, &count);
        assert_int_equal(count, COUNT(sorted));
        for (size_t i = 0; i < count; i++) {
            assert_int_equal(items[i].scope, sorted[i].scope);
            assert_true(str_is(items[i].target, sorted[i].target));
            assert_int_equal(items[i].is_covered, sorted[i].is_covered);
        }
        blocklist_list_free(list);
    }
}

/* Names that are alike in their ends, hosts with many URLs, longer ones than any key holds. */
static void sorts_many(void **state)
{
    (void)state;
    enum { MANY = 4000 };
    struct blocklist_list *list = blocklist_list_new(guard, NULL, SAMPLE_NOW_MS);
    srand(2);
    for (unsigned i = 0; i < MANY; i++) {
        static const char *const ends[] = {"aa", "ba", "a-a", "a.a", "panjang-sekali-namanya"};
        struct blocklist_draft draft = sample_draft();
        struct err err = ERR_NONE;
        struct buf target = BUF_EMPTY;
        draft.scope = (enum blocklist_scope)(i % 4);
        buf_put_string(&target, i % 4 < 2 ? "http://" : "");
        for (int labels = rand() % 4; labels >= 0; labels--) {
            buf_printf(&target, "%s%d.", ends[rand() % 5], rand() % 3);
        }
        buf_put_string(&target, ends[rand() % 5]);
        buf_put_string(&target, ".example");
        if (i % 4 < 2) {
            buf_printf(&target, "/jalan/%d", rand() % 50);
        }
        draft.target = buf_str(&target);
        draft.case_id = i + 1;
        assert_true(add(list, &draft, &err));
        buf_fini(&target);
    }
    size_t count;
    const struct blocklist_item *items = blocklist_list_sort(list, &count);
    bool seen[MANY + 1] = {false};
    assert_int_equal(count, MANY);
    for (size_t i = 0; i < count; i++) {
        assert_false(seen[items[i].case_id]);
        seen[items[i].case_id] = true;
        if (i == 0) {
            continue;
        }
        int order = blocklist_name_compare(items[i - 1].host, items[i].host);
        assert_true(order <= 0);
        assert_true(order < 0 || items[i - 1].scope >= items[i].scope);
        if (order == 0 && items[i - 1].scope == items[i].scope) {
            order = str_compare(items[i - 1].target, items[i].target);
            assert_true(order < 0 || (order == 0 && memcmp(&items[i - 1].id, &items[i].id,
                                                           sizeof items[i].id) < 0));
        }
    }
    blocklist_list_free(list);
}

static void ends_with_its_first_entry(void **state)
{
    (void)state;
    struct blocklist_draft draft = sample_draft();
    struct err err = ERR_NONE;
    struct blocklist_list *list = blocklist_list_new(guard, NULL, SAMPLE_NOW_MS);
    int64_t day_ms = 24 * 3600000;
    assert_int_equal(blocklist_list_valid_until(list, SAMPLE_NOW_MS + day_ms),
                     SAMPLE_NOW_MS + day_ms);
    assert_true(add(list, &draft, &err));
    assert_int_equal(blocklist_list_valid_until(list, SAMPLE_NOW_MS + day_ms),
                     SAMPLE_NOW_MS + day_ms);
    draft.end_ms = SAMPLE_NOW_MS + 5000;
    assert_true(add(list, &draft, &err));
    assert_int_equal(blocklist_list_valid_until(list, SAMPLE_NOW_MS + day_ms),
                     SAMPLE_NOW_MS + 5000);
    blocklist_list_free(list);
}

int main(void)
{
    struct err err = ERR_NONE;
    guard = blocklist_guard_load((const char *const[]){"rules", NULL}, &err);
    assert_non_null(guard);
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(keeps_seasons_apart),       cmocka_unit_test(asks_the_guard),
        cmocka_unit_test(sorts_and_covers),          cmocka_unit_test(sorts_many),
        cmocka_unit_test(ends_with_its_first_entry),
    };
    int failed = RUN_CASES("list time", times, knows_the_time) +
                 cmocka_run_group_tests_name("list", tests, NULL, NULL);
    blocklist_guard_free(guard);
    return failed;
}
