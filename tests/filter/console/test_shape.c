/* What a table of fields says is what is written, and what the schema says; and the routes' own. */
#include "filter/console/shape.h"

#include <stdlib.h>
#include <string.h>

#include "filter/base/clock.h"
#include "filter/console/asked.h"
#include "tests/filter/test.h"

struct inner {
    int64_t number;
};

struct outer {
    bool is_true;
    unsigned small;
    uint64_t large;
    struct str text, json;
    char chars[8];
    int64_t time_ms, never_ms;
    unsigned kind;
    struct hash hash;
    struct inner within;
    const struct inner *maybe;
    const struct inner *list;
    size_t list_count;
    const struct str *strings;
    size_t string_count;
    uint32_t numbers[3];
};

static const char *name_of(unsigned value)
{
    static const char *const names[] = {NULL, "satu", "dua"};
    return names[value];
}

static const struct shape_names kinds = {3, name_of};
static const struct shape_field inner_fields[] = {SHAPE(struct inner, number, "number"), SHAPE_END};
static const struct shape inner = {"inner", inner_fields};
static const struct shape_field outer_fields[] = {
    SHAPE(struct outer, is_true, "true"),
    SHAPE(struct outer, small, "small"),
    SHAPE(struct outer, large, "large"),
    SHAPE(struct outer, text, "text"),
    SHAPE_JSON(struct outer, json, "json"),
    SHAPE(struct outer, chars, "chars"),
    SHAPE_TIME(struct outer, time_ms, "time"),
    SHAPE_TIME(struct outer, never_ms, "never"),
    SHAPE_ENUM(struct outer, kind, "kind", &kinds),
    SHAPE(struct outer, hash, "hash"),
    SHAPE_RECORD(struct outer, within, "within", &inner),
    SHAPE_MAYBE(struct outer, maybe, "maybe", &inner),
    SHAPE_LIST(struct outer, list, list_count, "list", &inner),
    SHAPE_STRINGS(struct outer, strings, string_count, "strings"),
    SHAPE_NUMBERS(struct outer, numbers, "numbers"),
    SHAPE_END};
static const struct shape outer = {"outer", outer_fields};

#define ZEROS "0000000000000000000000000000000000000000000000000000000000000000"

static void check(const struct outer *record, const char *json)
{
    struct buf out = BUF_EMPTY;
    shape_put(&outer, record, &out);
    assert_true(str_is(buf_str(&out), json) || (print_error("%s\n", out.bytes), false));
    json_t *parsed = json_loadb(out.bytes, out.len, JSON_REJECT_DUPLICATES, NULL);
    json_t *schema = shape_schema(&outer), *required = json_object_get(schema, "required"), *one;
    const char *name;
    size_t at;
    json_array_foreach(required, at, one)
    {
        assert_non_null(json_object_get(parsed, json_string_value(one)));
    }
    json_object_foreach(parsed, name, one)
    {
        assert_non_null(json_object_get(json_object_get(schema, "properties"), name));
    }
    assert_true(json_is_false(json_object_get(schema, "additionalProperties")));
    json_decref(parsed);
    json_decref(schema);
    buf_fini(&out);
}

static void all_there_is(void **state)
{
    const struct inner parts[] = {{7}, {8}};
    const struct str words[] = {STR("a\"b"), STR("")};
    const struct outer record = {.is_true = true,
                                 .small = 4000000000u,
                                 .large = UINT64_C(1) << 53,
                                 .text = STR("baris\n<b>"),
                                 .json = STR("{\"x\":1}"),
                                 .chars = "pendek",
                                 .time_ms = 1795622400000,
                                 .never_ms = CLOCK_NEVER,
                                 .kind = 2,
                                 .within = {5},
                                 .maybe = &parts[1],
                                 .list = parts,
                                 .list_count = 2,
                                 .strings = words,
                                 .string_count = 2,
                                 .numbers = {1, 2, UINT32_MAX}};
    (void)state;
    check(&record, "{\"true\":true,\"small\":4000000000,\"large\":9007199254740992,"
                   "\"text\":\"baris\\n<b>\",\"json\":{\"x\":1},\"chars\":\"pendek\","
                   "\"time\":\"2026-11-25T16:00:00Z\",\"kind\":\"dua\",\"hash\":\"" ZEROS "\","
                   "\"within\":{\"number\":5},\"maybe\":{\"number\":8},"
                   "\"list\":[{\"number\":7},{\"number\":8}],\"strings\":[\"a\\\"b\",\"\"],"
                   "\"numbers\":[1,2,4294967295]}");
}

static void as_little_as_there_is(void **state)
{
    const struct outer record = {.time_ms = CLOCK_NEVER, .never_ms = INT64_MAX, .kind = 1};
    (void)state;
    check(&record, "{\"true\":false,\"small\":0,\"large\":0,\"kind\":\"satu\",\"hash\":\"" ZEROS
                   "\",\"within\":{\"number\":0},\"list\":[],\"strings\":[],\"numbers\":[0,0,0]}");
}

static void bad_text_is_mended(void **state)
{
    const struct outer record = {
        .text = STR("berkas\xff\xc3"), .time_ms = CLOCK_NEVER, .never_ms = CLOCK_NEVER, .kind = 1};
    (void)state;
    check(&record,
          "{\"true\":false,\"small\":0,\"large\":0,\"text\":\"berkas\xef\xbf\xbd\xef\xbf\xbd\","
          "\"kind\":\"satu\",\"hash\":\"" ZEROS
          "\",\"within\":{\"number\":0},\"list\":[],\"strings\":[],\"numbers\":[0,0,0]}");
}

static void schemas_are_added_once(void **state)
{
    json_t *schemas = json_object();
    (void)state;
    shape_add_schemas(&outer, schemas);
    shape_add_schemas(&outer, schemas);
    assert_int_equal(json_object_size(schemas), 2);
    assert_non_null(json_object_get(schemas, "inner"));
    json_t *kind = json_object_get(
        json_object_get(json_object_get(json_object_get(schemas, "outer"), "properties"), "kind"),
        "enum");
    assert_int_equal(json_array_size(kind), 2); /* what is never written has no name */
    json_decref(schemas);
}

/* A page without JSON, or JSON without a schema, is no route. */
static void every_route_has_its_shape(void **state)
{
    size_t count;
    const struct route *routes = route_all(&count);
    (void)state;
    for (size_t i = 0; i < count; i++) {
        bool gives_json = routes[i].gives == GIVES_PAGE || routes[i].gives == GIVES_JSON;
        const struct shapes_answer *json = routes[i].json;
        if (gives_json != (json != NULL)) {
            fail_msg("%s: what does it answer in JSON?", place_pattern(routes[i].place));
        }
        if (json == NULL) {
            continue;
        }
        assert_non_null(json->of);
        assert_true(json->head == NULL || json->is_list);
        /* Two answers of one name would be one schema. */
        for (size_t k = 0; k < i; k++) {
            assert_true(
                routes[k].json == NULL || routes[k].json == json ||
                strcmp(routes[k].json->name, json->name) != 0 ||
                (!json->is_list && !routes[k].json->is_list && json->of == routes[k].json->of));
        }
    }
}

/* A machine only flags (DESIGN: limit 3): no token moves, signs, approves or un-blinds anything. */
static void no_scope_writes(void **state)
{
    static const enum place_route for_people[] = {
        ROUTE_MOVE,  ROUTE_PROPOSE,  ROUTE_APPROVE,  ROUTE_ANSWER, ROUTE_APPROVAL,
        ROUTE_BYTES, ROUTE_APPEAL,   ROUTE_APPEALS,  ROUTE_PEOPLE, ROUTE_SIGN_IN,
        ROUTE_CODE,  ROUTE_SIGN_OUT, ROUTE_WELLBEING};
    size_t count;
    const struct route *routes = route_all(&count);
    (void)state;
    for (size_t i = 0; i < count; i++) {
        assert_true(routes[i].method == METHOD_GET || routes[i].scope == SCOPE_NONE ||
                    routes[i].place == ROUTE_TRY);
        for (size_t k = 0; k < COUNT(for_people); k++) {
            assert_true(routes[i].place != for_people[k] || routes[i].scope == SCOPE_NONE);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(all_there_is),
        cmocka_unit_test(as_little_as_there_is),
        cmocka_unit_test(bad_text_is_mended),
        cmocka_unit_test(schemas_are_added_once),
        cmocka_unit_test(every_route_has_its_shape),
        cmocka_unit_test(no_scope_writes),
    };
    return cmocka_run_group_tests_name("shapes", tests, NULL, NULL);
}
