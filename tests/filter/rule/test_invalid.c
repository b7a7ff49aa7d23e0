/*
 * Every folder of tests/filter/rule/invalid is a rules folder that must not load; its `error` has
 * all that is said about it, as "file:line:column: error: message" a line.
 */
#include <dirent.h>
#include <stdlib.h>

#include "filter/base/err.h"
#include "filter/base/file.h"
#include "filter/base/mem.h"
#include "filter/rule/set.h"
#include "tests/filter/test.h"

#define CASES "tests/filter/rule/invalid"

struct invalid {
    const char *name;
};

struct found {
    struct buf text;
    struct err first;
};

static void take(void *context, bool is_error, const struct err *err)
{
    struct found *found = context;
    struct err place = *err;
    char text[800], kind[sizeof err->message];
    if (is_error && !err_is_set(&found->first)) {
        found->first = *err;
    }
    memcpy(kind, is_error ? "error" : "warning", is_error ? 6 : 8);
    memcpy(place.message, kind, 8);
    buf_printf(&found->text, "%s: %s\n", err_format(&place, text, sizeof text), err->message);
}

/* Without the folder's path, which says nothing. */
static void strip(struct buf *text, const char *folder)
{
    struct buf stripped = BUF_EMPTY;
    const char *at = text->bytes;
    for (const char *next; (next = strstr(at, folder)) != NULL; at = next + strlen(folder)) {
        buf_put(&stripped, at, (size_t)(next - at));
    }
    buf_put_string(&stripped, at);
    buf_fini(text);
    *text = stripped;
}

static void test_case(void **state)
{
    const struct invalid *test = *state;
    struct found found = {.first = ERR_NONE};
    struct buf path = BUF_EMPTY, expected = BUF_EMPTY;
    struct err err = ERR_NONE;
    buf_printf(&path, CASES "/%s", test->name);
    const char *const folders[] = {path.bytes, NULL};
    struct rule_set_options options = {.folders = folders,
                                       .clock = clock_fixed(1795478400000), /* 2026-11-24 */
                                       .report = take,
                                       .context = &found};
    struct rule_set *set = rule_set_load(&options, &err);
    assert_null(set);
    assert_string_equal(err.message, found.first.message);
    buf_put_char(&path, '/');
    strip(&found.text, path.bytes);
    buf_put_string(&path, "error");
    err = ERR_NONE;
    if (!file_read(path.bytes, 1 << 20, &expected, &err)) {
        fail_msg("no %s; it would be:\n%s", path.bytes, found.text.bytes);
    }
    assert_string_equal(found.text.bytes, expected.bytes);
    buf_fini(&found.text);
    buf_fini(&expected);
    buf_fini(&path);
}

static int is_case(const struct dirent *entry)
{
    return entry->d_name[0] != '.';
}

int main(void)
{
    struct dirent **entries = NULL;
    int count = scandir(CASES, &entries, is_case, alphasort);
    if (count <= 0) {
        return 1;
    }
    struct invalid *cases = mem_zero((size_t)count, sizeof *cases);
    for (int i = 0; i < count; i++) {
        cases[i].name = entries[i]->d_name;
    }
    int failed =
        run_cases("rules that must not load", cases, (size_t)count, sizeof *cases, test_case);
    for (int i = 0; i < count; i++) {
        free(entries[i]);
    }
    free(entries);
    free(cases);
    return failed;
}
