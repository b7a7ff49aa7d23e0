#include "filter/base/flat.h"

#include <jansson.h>

#include "filter/base/canonical.h"
#include "filter/base/err.h"
#include "tests/filter/test.h"

struct flat_case {
    const char *name, *json;
    bool is_flat;
};

static const struct flat_case cases[] = {
    {"one member", "{\"a\":\"x\"}", true},
    {"more, in order", "{\"a\":\"x\",\"ab\":\"\",\"b\":\"z\"}", true},
    {"every short escape", "{\"a\":\"\\\"\\\\\\b\\f\\n\\r\\t\"}", true},
    {"letters past ASCII", "{\"a\":\"é€😀\"}", true},
    {"longer than eight bytes", "{\"a\":\"0123456789abcdef\\n0123456789abcdef\"}", true},
    {"nothing", "", false},
    {"no member", "{}", false},
    {"out of order", "{\"b\":\"x\",\"a\":\"y\"}", false},
    {"a name twice", "{\"a\":\"x\",\"a\":\"y\"}", false},
    {"a space", "{\"a\": \"x\"}", false},
    {"a number", "{\"a\":1}", false},
    {"an object", "{\"a\":{}}", false},
    {"something behind", "{\"a\":\"x\"} ", false},
    {"cut within a text", "{\"a\":\"x", false},
    {"cut within an escape", "{\"a\":\"x\\", false},
    {"cut behind a member", "{\"a\":\"x\"", false},
    {"a comma at the end", "{\"a\":\"x\",}", false},
    {"a name with an escape", "{\"a\\n\":\"x\"}", false},
    {"an escape that has a shorter form", "{\"a\":\"\\u000a\"}", false},
    {"an escaped slash", "{\"a\":\"\\/\"}", false},
    {"a control character", "{\"a\":\"x\ty\"}", false},
    {"no UTF-8", "{\"a\":\"\xff\"}", false},
    {"an overlong sequence", "{\"a\":\"\xc0\xaf\"}", false},
    {"a surrogate", "{\"a\":\"\xed\xa0\x80\"}", false},
    {"a cut sequence", "{\"a\":\"\xe2\x82\"}", false},
    {"seventeen members",
     "{\"a\":\"\",\"b\":\"\",\"c\":\"\",\"d\":\"\",\"e\":\"\",\"f\":\"\",\"g\":\"\",\"h\":\"\","
     "\"i\":\"\",\"j\":\"\",\"k\":\"\",\"l\":\"\",\"m\":\"\",\"n\":\"\",\"o\":\"\",\"p\":\"\","
     "\"q\":\"\"}",
     false},
};

/* What is flat is what a real parser says it is, and canonical. */
static void flat_as_a_tree(void **state)
{
    const struct flat_case *c = *state;
    struct flat flat;
    struct err err = ERR_NONE;
    assert_int_equal(flat_read(str_of(c->json), &flat), c->is_flat);
    if (!c->is_flat) {
        return;
    }
    json_t *tree = canonical_read(str_of(c->json), &err);
    assert_non_null(tree);
    assert_int_equal(json_object_size(tree), flat.count);
    for (size_t i = 0; i < flat.count; i++) {
        struct buf text = BUF_EMPTY;
        char name[16] = "";
        memcpy(name, flat.members[i].name.at, flat.members[i].name.len);
        flat_text(flat_raw(&flat, name), &text);
        assert_string_equal(text.bytes, json_string_value(json_object_get(tree, name)));
        buf_fini(&text);
    }
    assert_null(flat_raw(&flat, "none").at);
    json_decref(tree);
}

/* Whatever canonical JSON writes of a text gives that text again. */
static void every_byte_comes_back(void **state)
{
    struct buf raw = BUF_EMPTY, text = BUF_EMPTY;
    char all[128];
    (void)state;
    for (unsigned i = 0; i < sizeof all; i++) {
        all[i] = (char)i;
    }
    struct str bytes = {.at = all, .len = sizeof all};
    buf_put_json(&raw, bytes);
    flat_text(str_part(buf_str(&raw), 1, raw.len - 1), &text);
    assert_true(str_equal(buf_str(&text), bytes));
    buf_fini(&raw);
    buf_fini(&text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(every_byte_comes_back)};
    int failed = RUN_CASES("flat_read", cases, flat_as_a_tree);
    return failed + cmocka_run_group_tests_name("flat_text", tests, NULL, NULL);
}
