#include "filter/base/buf.h"

#include "tests/filter/test.h"

struct json_case {
    const char *name;
    struct str text;
    const char *json;
};

static const struct json_case json_cases[] = {
    {"plain text", STR("pilkada"), "\"pilkada\""},
    {"quotes and backslashes", STR("a\"b\\c"), "\"a\\\"b\\\\c\""},
    {"controls with a letter", STR("\b\t\n\f\r"), "\"\\b\\t\\n\\f\\r\""},
    {"other controls, NUL included", STR("\0\v\x1f"), "\"\\u0000\\u000b\\u001f\""},
    {"beyond ASCII stays", STR("é"), "\"é\""},
};

static void put_json(void **state)
{
    const struct json_case *c = *state;
    struct buf out = BUF_EMPTY;
    buf_put_json(&out, c->text);
    assert_string_equal(out.bytes, c->json);
    buf_fini(&out);
}

int main(void)
{
    return RUN_CASES("buf_put_json", json_cases, put_json);
}
