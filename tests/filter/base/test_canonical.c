#include "filter/base/canonical.h"

#include "filter/base/err.h"
#include "tests/filter/test.h"

struct canonical_case {
    const char *name;
    const char *json, *canonical; /* NULL: refused with `message` */
    const char *message;
};

static const struct canonical_case cases[] = {
    {"keys in order, no white space", "{ \"b\": 1, \"a\": [true, null] }",
     "{\"a\":[true,null],\"b\":1}", NULL},
    {"escapes are the short ones", "\"\\u0008\\u001F\\/\\u00e9\"", "\"\\b\\u001f/é\"", NULL},
    {"keys sort as UTF-16", "{\"\\ufb33\":1,\"\\ud83d\\ude00\":2,\"\\u20ac\":3}",
     "{\"€\":3,\"😀\":2,\"\xef\xac\xb3\":1}", NULL},
    {"the largest number", "9007199254740991", "9007199254740991", NULL},
    {"a number beyond 2^53", "9007199254740992", NULL, "beyond 2^53"},
    {"a fraction", "[1.5]", NULL, "not whole"},
    {"33 levels", "[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[1]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]", NULL,
     "nested"},
};

static void write_canonical(void **state)
{
    const struct canonical_case *c = *state;
    struct buf out = BUF_EMPTY;
    struct err err = ERR_NONE;
    json_t *value = json_loads(c->json, JSON_DECODE_ANY, NULL);
    assert_non_null(value);
    buf_put_char(&out, '|');
    assert_int_equal(canonical_json(value, &out, &err), c->canonical != NULL);
    if (c->canonical != NULL) {
        assert_string_equal(out.bytes + 1, c->canonical);
    } else {
        assert_non_null(strstr(err.message, c->message));
        assert_int_equal(out.len, 1);
    }
    json_decref(value);
    buf_fini(&out);
}

static const struct canonical_case read_cases[] = {
    {"canonical", "{\"a\":1,\"b\":\"x\"}", "", NULL},
    {"a space", "{\"a\": 1}", NULL, "no canonical"},
    {"a final newline", "{\"a\":1}\n", NULL, "no canonical"},
    {"keys out of order", "{\"b\":1,\"a\":1}", NULL, "no canonical"},
    {"a key twice", "{\"a\":1,\"a\":1}", NULL, "no JSON"},
    {"an array", "[1]", NULL, "no canonical"},
    {"nothing", "", NULL, "no JSON"},
};

static void read_canonical(void **state)
{
    const struct canonical_case *c = *state;
    struct err err = ERR_NONE;
    json_t *value = canonical_read(str_of(c->json), &err);
    assert_int_equal(value != NULL, c->canonical != NULL);
    if (c->message != NULL) {
        assert_non_null(strstr(err.message, c->message));
    }
    json_decref(value);
}

int main(void)
{
    return RUN_CASES("canonical_json", cases, write_canonical) +
           RUN_CASES("canonical_read", read_cases, read_canonical);
}
