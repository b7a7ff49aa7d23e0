#include "filter/pipeline/shadow.h"

#include <pthread.h>

#include "tests/filter/test.h"

static struct hash number(unsigned char first)
{
    return (struct hash){.bytes = {first}};
}

static void counts_by_rule(void **state)
{
    (void)state;
    struct shadow *shadow = shadow_new(), *other = shadow_new();
    struct hash one = number(1), two = number(2), release;
    struct buf wire = BUF_EMPTY;
    uint64_t hits;
    assert_true(shadow_is_empty(shadow));
    shadow_count(shadow, &two, 3);
    shadow_count(shadow, &one, 1);
    shadow_count(shadow, &two, 4);
    shadow_take(shadow, &wire);
    assert_true(shadow_is_empty(shadow));
    assert_int_equal(wire.len, 2 * (HASH_BYTES + 8));
    shadow_count(other, &one, 10);
    assert_true(shadow_put(other, buf_str(&wire)));
    assert_true(shadow_pop(other, &release, &hits));
    assert_memory_equal(&release, &two, sizeof release);
    assert_int_equal(hits, 7);
    assert_true(shadow_pop(other, &release, &hits));
    assert_int_equal(hits, 11);
    assert_false(shadow_pop(other, &release, &hits));
    buf_fini(&wire);
    shadow_free(shadow);
    shadow_free(other);
    shadow_free(NULL);
}

static void broken_counts_change_nothing(void **state)
{
    (void)state;
    struct shadow *shadow = shadow_new();
    struct buf wire = BUF_EMPTY;
    struct hash one = number(1);
    shadow_count(shadow, &one, UINT64_MAX);
    shadow_count(shadow, &one, 5); /* does not run over */
    shadow_take(shadow, &wire);
    for (size_t cut = 1; cut < wire.len; cut++) {
        assert_false(shadow_put(shadow, str_part(buf_str(&wire), 0, cut)));
        assert_true(shadow_is_empty(shadow));
    }
    assert_true(shadow_put(shadow, STR("")));
    assert_true(shadow_put(shadow, buf_str(&wire)));
    uint64_t hits;
    assert_true(shadow_pop(shadow, &one, &hits));
    assert_true(hits == UINT64_MAX);
    buf_fini(&wire);
    shadow_free(shadow);
}

static void is_bounded(void **state)
{
    (void)state;
    struct shadow *shadow = shadow_new();
    struct buf wire = BUF_EMPTY;
    for (unsigned i = 0; i < SHADOW_MOST + 10; i++) {
        struct hash one = {
            .bytes = {(unsigned char)(i >> 16), (unsigned char)(i >> 8), (unsigned char)i}};
        shadow_count(shadow, &one, 1);
    }
    shadow_take(shadow, &wire);
    assert_int_equal(wire.len, (size_t)SHADOW_MOST * (HASH_BYTES + 8));
    buf_fini(&wire);
    shadow_free(shadow);
}

static void *count_many(void *context)
{
    for (int i = 0; i < 10000; i++) {
        struct hash one = number((unsigned char)(i % 7));
        shadow_count(context, &one, 1);
    }
    return NULL;
}

static void from_many_threads(void **state)
{
    (void)state;
    struct shadow *shadow = shadow_new();
    pthread_t threads[3];
    for (size_t i = 0; i < COUNT(threads); i++) {
        assert_int_equal(pthread_create(&threads[i], NULL, count_many, shadow), 0);
    }
    for (size_t i = 0; i < COUNT(threads); i++) {
        pthread_join(threads[i], NULL);
    }
    struct hash release;
    uint64_t hits, total = 0;
    while (shadow_pop(shadow, &release, &hits)) {
        total += hits;
    }
    assert_int_equal(total, 30000);
    shadow_free(shadow);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(counts_by_rule),
        cmocka_unit_test(broken_counts_change_nothing),
        cmocka_unit_test(is_bounded),
        cmocka_unit_test(from_many_threads),
    };
    return cmocka_run_group_tests_name("shadow", tests, NULL, NULL);
}
