#include "filter/pipeline/ruleset.h"

#include <assert.h>
#include <pthread.h>
#include <stdatomic.h>

#include "filter/base/err.h"
#include "tests/filter/pipeline/rules.h"
#include "tests/filter/test.h"

/* A rule at its end is out, and the verdicts cached under the old identity with it. */
static void a_rule_ends(void **state)
{
    (void)state;
    struct rule_set *set = rules_load(false);
    struct ruleset *before = rules_use(rule_set_ref(set), RULES_END - 1);
    struct ruleset *after = rules_use(rule_set_ref(set), RULES_END);
    assert_int_equal(before->active, 2);
    assert_true(before->next_end_ms == RULES_END);
    assert_int_equal(after->active, 1);
    assert_true(after->next_end_ms > RULES_END && after->next_end_ms < INT64_MAX);
    assert_memory_not_equal(before->identity.bytes, after->identity.bytes, HASH_BYTES);

    struct rule_matcher *matcher = rule_matcher_new();
    struct post post = POST_EMPTY;
    struct rule_match match, active;
    struct rule_hit kept[2];
    struct err err = ERR_NONE;
    post.fields[POST_TEXT] = STR("undian tinta, hadiah sepeda");
    assert_true(rule_match_post(matcher, set, &post, &match, &err));
    assert_int_equal(match.hit_count, 2);
    struct shadow *shadow = shadow_new();
    assert_int_equal(ruleset_keep_active(before, &match, kept, &active, shadow), 0);
    assert_int_equal(active.hit_count, 2);
    assert_int_equal(ruleset_keep_active(after, &match, kept, &active, shadow), 0);
    assert_true(shadow_is_empty(shadow));
    shadow_free(shadow);
    assert_int_equal(active.hit_count, 1);
    assert_true(str_is(active.hits[0].rule->title, "Uji 2"));
    rule_matcher_free(matcher);
    ruleset_free(before);
    ruleset_free(after);
    rule_set_unref(set);
}

/* Of two rules one is released: the other one's hits are counted and left out. */
static void a_shadow_flags_nothing(void **state)
{
    (void)state;
    struct rule_set *set = rules_load(false);
    const struct rule *released = rule_set_program(set)->rules[1];
    struct str hashes = {(const char *)released->release.bytes, HASH_BYTES};
    struct ruleset *none = ruleset_new(rule_set_ref(set), RULES_NOW, STR(""));
    struct ruleset *one = ruleset_new(rule_set_ref(set), RULES_NOW, hashes);
    assert_int_equal(none->shadows, 2);
    assert_int_equal(one->shadows, 1);
    assert_int_equal(one->active, 2);
    assert_memory_not_equal(none->identity.bytes, one->identity.bytes, HASH_BYTES);

    struct rule_matcher *matcher = rule_matcher_new();
    struct shadow *shadow = shadow_new();
    struct post post = POST_EMPTY;
    struct rule_match match, active;
    struct rule_hit kept[2];
    struct err err = ERR_NONE;
    struct hash release;
    uint64_t hits;
    post.fields[POST_TEXT] = STR("undian tinta, hadiah sepeda");
    assert_true(rule_match_post(matcher, set, &post, &match, &err));
    assert_int_equal(ruleset_keep_active(one, &match, kept, &active, shadow), 1);
    assert_int_equal(active.hit_count, 1);
    assert_ptr_equal(active.hits[0].rule, released);
    assert_true(shadow_pop(shadow, &release, &hits));
    assert_int_equal(hits, 1);
    assert_memory_equal(&release, &rule_set_program(set)->rules[0]->release, sizeof release);
    assert_int_equal(ruleset_keep_active(none, &match, kept, &active, shadow), 2);
    assert_int_equal(active.hit_count, 0);
    shadow_free(shadow);
    rule_matcher_free(matcher);
    ruleset_free(none);
    ruleset_free(one);
    rule_set_unref(set);
}

static void identity_is_the_same_on_every_node(void **state)
{
    (void)state;
    struct ruleset *one = rules_use(rules_load(false), RULES_NOW);
    struct ruleset *two = rules_use(rules_load(false), RULES_NOW + 5);
    struct ruleset *other = rules_use(rules_load(true), RULES_NOW);
    assert_memory_equal(one->identity.bytes, two->identity.bytes, HASH_BYTES);
    assert_memory_not_equal(one->identity.bytes, other->identity.bytes, HASH_BYTES);
    assert_false(one->fields.author_name);
    assert_true(other->fields.author_name);
    ruleset_free(one);
    ruleset_free(two);
    ruleset_free(other);
}

struct race {
    struct ruleset_slot *slot;
    atomic_bool stops;
    atomic_size_t seen;
};

static void *use(void *context)
{
    struct race *race = context;
    while (!atomic_load(&race->stops)) {
        struct ruleset *rules = ruleset_take(race->slot);
        if (rules != NULL) {
            assert(rules->active == 2);
            atomic_fetch_add(&race->seen, 1);
        }
        ruleset_give_back(race->slot, rules);
    }
    return NULL;
}

/* Under ASan: nobody uses a set that was freed, none is left. */
static void swapped_under_use(void **state)
{
    (void)state;
    struct race race = {.slot = ruleset_slot_new()};
    struct rule_set *set = rules_load(false);
    pthread_t threads[3];
    for (size_t i = 0; i < COUNT(threads); i++) {
        assert_int_equal(pthread_create(&threads[i], NULL, use, &race), 0);
    }
    for (int i = 0; i < 2000 || atomic_load(&race.seen) < 100; i++) {
        ruleset_swap(race.slot, i % 7 == 0 ? NULL : rules_use(rule_set_ref(set), RULES_NOW));
    }
    atomic_store(&race.stops, true);
    for (size_t i = 0; i < COUNT(threads); i++) {
        pthread_join(threads[i], NULL);
    }
    ruleset_slot_free(race.slot);
    rule_set_unref(set);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_rule_ends),
        cmocka_unit_test(a_shadow_flags_nothing),
        cmocka_unit_test(identity_is_the_same_on_every_node),
        cmocka_unit_test(swapped_under_use),
    };
    return cmocka_run_group_tests_name("ruleset", tests, NULL, NULL);
}
