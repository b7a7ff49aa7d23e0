/* What unit tests share: cmocka with its includes in the order it wants, and tables as tests. */
#pragma once

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <string.h>

#define COUNT(array) (sizeof(array) / sizeof *(array))

/* The table `cases` (each with a `name`) as tests that call `function` with the case in *state. */
#define RUN_CASES(group, cases, function)                                                          \
    run_cases((group), (cases), COUNT(cases), sizeof *(cases), (function))

static inline int run_cases(const char *group, const void *cases, size_t count, size_t size,
                            void (*function)(void **state))
{
    struct CMUnitTest tests[512];
    assert_true(count <= COUNT(tests));
    for (size_t i = 0; i < count; i++) {
        const char *at = (const char *)cases + i * size;
        const char *name;
        __builtin_memcpy(&name, at, sizeof name); /* the first member is the name */
        tests[i] =
            (struct CMUnitTest){.name = name, .test_func = function, .initial_state = (void *)at};
    }
    return _cmocka_run_group_tests(group, tests, count, NULL, NULL);
}
