/* What rules for events match: a detection, an event, and whether they fit. */
#include <stdlib.h>

#include "filter/base/arena.h"
#include "filter/base/buf.h"
#include "filter/base/err.h"
#include "filter/rule/event.h"
#include "filter/rule/judge.h"
#include "filter/rule/language.h"
#include "tests/filter/test.h"

struct judging {
    const char *name;
    const char *detection; /* flow YAML */
    const char *event;
    bool matches;
};

static const struct judging judgings[] = {
    /* text */
    {"a value is the whole field", "{a: {x: cmd}, condition: a}", "{\"x\":\"cmd\"}", true},
    {"and not a part of it", "{a: {x: cmd}, condition: a}", "{\"x\":\"cmd.exe\"}", false},
    {"case does not count", "{a: {x: cMd.ÉXE}, condition: a}", "{\"x\":\"CmD.éxe\"}", true},
    {"the Kelvin sign is a k", "{a: {x: k}, condition: a}", "{\"x\":\"\\u212a\"}", true},
    {"a dotless i is not an i", "{a: {x: i}, condition: a}", "{\"x\":\"ı\"}", false},
    {"both sigmas are one", "{a: {x|endswith: ΟΣ}, condition: a}", "{\"x\":\"λόγος\"}", true},
    {"nothing is folded but case", "{a: {x|contains: a b}, condition: a}", "{\"x\":\"a  b\"}",
     false},
    {"an accent is not dropped", "{a: {x: e}, condition: a}", "{\"x\":\"é\"}", false},
    {"cased", "{a: {x|cased: Cmd}, condition: a}", "{\"x\":\"cmd\"}", false},
    {"cased and equal", "{a: {x|cased|contains: Cmd}, condition: a}", "{\"x\":\"aCmdb\"}", true},
    {"? is one character", "{a: {x: 'a?c'}, condition: a}", "{\"x\":\"aéc\"}", true},
    {"? is not none", "{a: {x: 'a?c'}, condition: a}", "{\"x\":\"ac\"}", false},
    {"* runs over lines", "{a: {x: 'a*c'}, condition: a}", "{\"x\":\"a\\nb\\nc\"}", true},
    {"an escaped star is a star", "{a: {x: 'a\\*c'}, condition: a}", "{\"x\":\"a*c\"}", true},
    {"and no wildcard", "{a: {x: 'a\\*c'}, condition: a}", "{\"x\":\"abc\"}", false},
    {"a backslash before a letter", "{a: {x: 'C:\\a'}, condition: a}", "{\"x\":\"c:\\\\A\"}", true},
    {"contains with a trailing backslash", "{a: {x|contains: '\\temp\\'}, condition: a}",
     "{\"x\":\"C:\\\\temp\\\\a\"}", true},
    {"a trailing backslash must be there", "{a: {x|contains: '\\temp\\'}, condition: a}",
     "{\"x\":\"C:\\\\temp*\"}", false},
    {"startswith with a trailing backslash", "{a: {x|startswith: 'C:\\'}, condition: a}",
     "{\"x\":\"C:\\\\a\"}", true},
    {"three backslashes are two", "{a: {x: '\\\\\\a'}, condition: a}", "{\"x\":\"\\\\\\\\a\"}",
     true},
    {"a NUL in the event", "{a: {x|contains: b}, condition: a}", "{\"x\":\"a\\u0000b\"}", true},
    {"a lone surrogate is a replacement character", "{a: {x|re: '^.+z$'}, condition: a}",
     "{\"x\":\"\\ud800z\"}", true},
    {"words", "{a: {x|words: kpu}, condition: a}", "{\"x\":\"ke KPU!\"}", true},
    {"words are whole", "{a: {x|words: kpu}, condition: a}", "{\"x\":\"kpud\"}", false},
    {"all of a list", "{a: {x|contains|all: [a, b]}, condition: a}", "{\"x\":\"bca\"}", true},
    {"all of a list, one missing", "{a: {x|contains|all: [a, b]}, condition: a}", "{\"x\":\"a\"}",
     false},

    /* placeholders */
    {"a value of a list", "{a: {x|expand: '%admins%'}, condition: a}", "{\"x\":\"ROOT\"}", true},
    {"its wildcards count", "{a: {x|expand: '%admins%'}, condition: a}", "{\"x\":\"adm_1\"}", true},
    {"a plain value beside a list", "{a: {x|expand: ['%admins%', SYSTEM]}, condition: a}",
     "{\"x\":\"system\"}", true},
    {"a lone percent sign beside a name", "{a: {x|expand: '5% of %hosts%'}, condition: a}",
     "{\"x\":\"5% of b\"}", true},
    {"two signs with nothing between them", "{a: {x|expand: '%%'}, condition: a}", "{\"x\":\"%%\"}",
     true},
    {"an escaped percent sign", "{a: {x|expand: '\\%hosts\\%%hosts%'}, condition: a}",
     "{\"x\":\"%hosts%a\"}", true},
    {"two lists in one value", "{a: {x|expand: '%hosts%-%admins%'}, condition: a}",
     "{\"x\":\"b-root\"}", true},
    {"each with each, and nothing else", "{a: {x|expand: '%hosts%-%hosts%'}, condition: a}",
     "{\"x\":\"a-c\"}", false},

    /* modifiers are applied in their order */
    {"UTF-16 in base64", "{a: {x|utf16le|base64: ab}, condition: a}", "{\"x\":\"YQBiAA==\"}", true},
    {"base64 in UTF-16", "{a: {x|base64|utf16le: abc}, condition: a}",
     "{\"x\":\"Y\\u0000W\\u0000J\\u0000j\\u0000\"}", true},
    {"and not UTF-16 in base64", "{a: {x|base64|utf16le: ab}, condition: a}",
     "{\"x\":\"YQBiAA==\"}", false},

    /* numbers */
    {"a number equals a number", "{a: {x: 1}, condition: a}", "{\"x\":1.0}", true},
    {"in any notation", "{a: {x: 0x10}, condition: a}", "{\"x\":16}", true},
    {"large ones keep all digits", "{a: {x: 9007199254740993}, condition: a}",
     "{\"x\":9007199254740992}", false},
    {"a number and a text compare as text", "{a: {x: 10}, condition: a}", "{\"x\":\"10\"}", true},
    {"as written", "{a: {x: 10}, condition: a}", "{\"x\":\"10.0\"}", false},
    {"a text and a number as well", "{a: {x: '1*'}, condition: a}", "{\"x\":1024}", true},
    {"a number has parts", "{a: {x|contains: 2}, condition: a}", "{\"x\":1024}", true},
    {"a quoted number is a text", "{a: {x: '1'}, condition: a}", "{\"x\":1.0}", false},
    {"true", "{a: {x: true}, condition: a}", "{\"x\":true}", true},
    {"True is what some write", "{a: {x: true}, condition: a}", "{\"x\":\"True\"}", true},
    {"gt", "{a: {x|gt: 5}, condition: a}", "{\"x\":5.5}", true},
    {"gt is not gte", "{a: {x|gt: 5}, condition: a}", "{\"x\":5}", false},
    {"gte", "{a: {x|gte: 5}, condition: a}", "{\"x\":5}", true},
    {"lt of a number in a text", "{a: {x|lt: 5}, condition: a}", "{\"x\":\"-3\"}", true},
    {"lte", "{a: {x|lte: -3}, condition: a}", "{\"x\":-3}", true},
    {"lt of no number", "{a: {x|lt: 5}, condition: a}", "{\"x\":\"satu\"}", false},
    {"lt of nothing", "{a: {x|lt: 5}, condition: a}", "{\"y\":1}", false},
    {"a list of bounds is OR", "{a: {x|gt: [9, 3]}, condition: a}", "{\"x\":5}", true},

    /* null, empty, exists, neq */
    {"null is an absent field", "{a: {x: null}, condition: a}", "{\"y\":1}", true},
    {"null is null", "{a: {x: null}, condition: a}", "{\"x\":null}", true},
    {"null is an empty list", "{a: {x: null}, condition: a}", "{\"x\":[]}", true},
    {"null is not an empty text", "{a: {x: null}, condition: a}", "{\"x\":\"\"}", false},
    {"null is not an empty map", "{a: {x: null}, condition: a}", "{\"x\":{}}", false},
    {"null is not the text null", "{a: {x: null}, condition: a}", "{\"x\":\"null\"}", false},
    {"'' is an empty text", "{a: {x: ''}, condition: a}", "{\"x\":\"\"}", true},
    {"'' is no absent field", "{a: {x: ''}, condition: a}", "{\"y\":1}", false},
    {"'' is not null", "{a: {x: ''}, condition: a}", "{\"x\":null}", false},
    {"* is any text, an empty one too", "{a: {x: '*'}, condition: a}", "{\"x\":\"\"}", true},
    {"* is no absent field", "{a: {x: '*'}, condition: a}", "{\"y\":1}", false},
    {"exists of a null", "{a: {x|exists: true}, condition: a}", "{\"x\":null}", true},
    {"exists of nothing", "{a: {x|exists: true}, condition: a}", "{\"y\":null}", false},
    {"must not exist", "{a: {x|exists: false}, condition: a}", "{\"y\":null}", true},
    {"neq", "{a: {x|neq: a}, condition: a}", "{\"x\":\"b\"}", true},
    {"neq and equal", "{a: {x|neq: a}, condition: a}", "{\"x\":\"A\"}", false},
    {"neq of several is none of them", "{a: {x|neq: [a, b]}, condition: a}", "{\"x\":\"b\"}",
     false},
    {"neq of a number", "{a: {x|neq: 1}, condition: a}", "{\"x\":1.0}", false},
    {"neq of a field that is not there", "{a: {x|neq: a}, condition: a}", "{\"y\":1}", true},

    /* regexes */
    {"a regex is found anywhere", "{a: {x|re: 'b+'}, condition: a}", "{\"x\":\"abbc\"}", true},
    {"a regex has case", "{a: {x|re: 'B+'}, condition: a}", "{\"x\":\"abbc\"}", false},
    {"re|i", "{a: {x|re|i: 'B+'}, condition: a}", "{\"x\":\"abbc\"}", true},
    {"re|m", "{a: {x|re|m: '^b$'}, condition: a}", "{\"x\":\"a\\nb\\nc\"}", true},
    {"without m", "{a: {x|re: '^b$'}, condition: a}", "{\"x\":\"a\\nb\\nc\"}", false},
    {"re|s", "{a: {x|re|s: 'a.b'}, condition: a}", "{\"x\":\"a\\nb\"}", true},
    {"without s", "{a: {x|re: 'a.b'}, condition: a}", "{\"x\":\"a\\nb\"}", false},
    {"a regex reads numbers", "{a: {x|re: '^4[67]'}, condition: a}", "{\"x\":4625}", true},

    /* addresses */
    {"cidr", "{a: {x|cidr: 10.0.0.0/8}, condition: a}", "{\"x\":\"10.255.0.1\"}", true},
    {"cidr, outside", "{a: {x|cidr: 10.0.0.0/8}, condition: a}", "{\"x\":\"11.0.0.0\"}", false},
    {"host bits may be set", "{a: {x|cidr: 192.168.1.77/23}, condition: a}",
     "{\"x\":\"192.168.0.1\"}", true},
    {"cidr of everything", "{a: {x|cidr: 0.0.0.0/0}, condition: a}", "{\"x\":\"1.2.3.4\"}", true},
    {"but of addresses", "{a: {x|cidr: 0.0.0.0/0}, condition: a}", "{\"x\":\"kpu.go.id\"}", false},
    {"and of its kind", "{a: {x|cidr: 0.0.0.0/0}, condition: a}", "{\"x\":\"::1\"}", false},
    {"one address", "{a: {x|cidr: 127.0.0.1}, condition: a}", "{\"x\":\"127.0.0.1\"}", true},
    {"IPv6", "{a: {x|cidr: 'fe80::/10'}, condition: a}", "{\"x\":\"FEBF:0::1\"}", true},
    {"IPv6, outside", "{a: {x|cidr: 'fe80::/10'}, condition: a}", "{\"x\":\"fec0::1\"}", false},
    {"IPv6 with zeros in front", "{a: {x|cidr: '::/127'}, condition: a}", "{\"x\":\"::1\"}", true},
    {"IPv6 written long", "{a: {x|cidr: '2001:db8::5/32'}, condition: a}",
     "{\"x\":\"2001:0db8:0000:0000:0000:0000:0000:0001\"}", true},
    {"IPv6 in brackets, IPv4 at its end", "{a: {x|cidr: '::ffff:0:0/96'}, condition: a}",
     "{\"x\":\"[::ffff:10.0.0.1]\"}", true},
    {"IPv6 with a zone", "{a: {x|cidr: 'fe80::/10'}, condition: a}", "{\"x\":\"fe80::1%eth0\"}",
     true},

    /* dates */
    {"hour", "{a: {t|hour: 21}, condition: a}", "{\"t\":\"2025-12-06T21:11:02.649150Z\"}", true},
    {"the hour is as written", "{a: {t|hour: 21}, condition: a}",
     "{\"t\":\"2025-12-06 21:11:02+07:00\"}", true},
    {"hour and gte", "{a: {t|hour|gte: 22}, condition: a}", "{\"t\":\"2025-12-06 21:11:02\"}",
     false},
    {"minute", "{a: {t|minute|lt: 12}, condition: a}", "{\"t\":\"2025-12-06 21:11\"}", true},
    {"a day has no hour", "{a: {t|hour: 0}, condition: a}", "{\"t\":\"2025-12-06\"}", false},
    {"day", "{a: {t|day: [5, 6]}, condition: a}", "{\"t\":\"2025/12/06\"}", true},
    {"month", "{a: {t|month: 12}, condition: a}", "{\"t\":\"2025-12-06\"}", true},
    {"year", "{a: {t|year|neq: 2025}, condition: a}", "{\"t\":\"2025-12-06\"}", false},
    {"week", "{a: {t|week: 49}, condition: a}", "{\"t\":\"2025-12-06\"}", true},
    {"the last days may be of week 1", "{a: {t|week: 1}, condition: a}", "{\"t\":\"2025-12-29\"}",
     true},
    {"the first of week 53", "{a: {t|week: 53}, condition: a}", "{\"t\":\"2021-01-03\"}", true},
    {"no such day", "{a: {t|day: 30}, condition: a}", "{\"t\":\"2025-02-30\"}", false},
    {"no date", "{a: {t|year: 2025}, condition: a}", "{\"t\":2025}", false},

    /* other fields */
    {"fieldref", "{a: {x|fieldref: y}, condition: a}", "{\"x\":\"A\",\"y\":\"a\"}", true},
    {"fieldref, cased", "{a: {x|fieldref|cased: y}, condition: a}", "{\"x\":\"A\",\"y\":\"a\"}",
     false},
    {"fieldref of numbers", "{a: {x|fieldref: y}, condition: a}", "{\"x\":1,\"y\":1.0}", true},
    {"fieldref and startswith", "{a: {x|fieldref|startswith: y}, condition: a}",
     "{\"x\":\"abc\",\"y\":\"ab\"}", true},
    {"fieldref reads no wildcards", "{a: {x|fieldref: y}, condition: a}",
     "{\"x\":\"abc\",\"y\":\"a*\"}", false},
    {"fieldref to nothing", "{a: {x|fieldref: y}, condition: a}", "{\"x\":\"a\"}", false},
    {"fieldref and neq", "{a: {x|fieldref|neq: y}, condition: a}", "{\"x\":\"a\",\"y\":\"b\"}",
     true},
    {"fieldref to a nested field", "{a: {x|fieldref: b.c}, condition: a}",
     "{\"x\":\"a\",\"b\":{\"c\":\"a\"}}", true},

    /* encodings */
    {"base64offset", "{a: {x|base64offset|contains: 'IEX (New'}, condition: a}",
     "{\"x\":\"-enc xxSUVYIChOZXcgT\"}", true},
    {"base64 has no case either", "{a: {x|base64|contains: foobar}, condition: a}",
     "{\"x\":\"ZM9VYMFY\"}", true},
    {"unless it is cased", "{a: {x|base64|contains|cased: foobar}, condition: a}",
     "{\"x\":\"ZM9VYMFY\"}", false},
    {"wide and base64offset", "{a: {x|wide|base64offset|contains: ping}, condition: a}",
     "{\"x\":\"cABpAG4AZw\"}", true},
    {"wide alone", "{a: {x|wide|contains: cmd}, condition: a}",
     "{\"x\":\"c\\u0000m\\u0000d\\u0000\"}", true},
    {"utf16be alone", "{a: {x|utf16be: cmd}, condition: a}", "{\"x\":\"\\u0000c\\u0000m\\u0000d\"}",
     true},
    {"windash", "{a: {x|windash|contains: ' -f '}, condition: a}", "{\"x\":\"del /F x\"}", true},
    {"windash of a slash", "{a: {x|windash|contains: ' /f '}, condition: a}",
     "{\"x\":\"del —f x\"}", true},
    {"windash of a horizontal bar", "{a: {x|windash|contains: ' ―f '}, condition: a}",
     "{\"x\":\"del -f x\"}", true},
    {"windash leaves a dash in a word", "{a: {x|windash|contains: a-b}, condition: a}",
     "{\"x\":\"a/b\"}", false},

    /* fields */
    {"nested", "{a: {a.b.c: 1}, condition: a}", "{\"a\":{\"b\":{\"c\":1}}}", true},
    {"nested, and with a dot in its name", "{a: {a.b.c: 1}, condition: a}", "{\"a\":{\"b.c\":1}}",
     true},
    {"a flat name with dots", "{a: {a.b.c: 1}, condition: a}", "{\"a.b.c\":1}", true},
    {"through lists", "{a: {a.b: 2}, condition: a}", "{\"a\":[{\"b\":1},{\"b\":2}]}", true},
    {"any value of a list", "{a: {x: 2}, condition: a}", "{\"x\":[1,2,3]}", true},
    {"spaces in names", "{a: {ProductName: x}, condition: a}", "{\"Product Name\":\"x\"}", true},
    {"names have case", "{a: {X: 1}, condition: a}", "{\"x\":1}", false},
    {"a map is no text", "{a: {x|contains: y}, condition: a}", "{\"x\":{\"y\":\"y\"}}", false},
    {"of keys that stand twice the last", "{a: {x: 2}, condition: a}", "{\"x\":1,\"x\":2}", true},

    /* keywords */
    {"a keyword is anywhere", "{a: [kpu], condition: a}", "{\"x\":{\"y\":[\"ke KPU\"]}}", true},
    {"in a number", "{a: [46], condition: a}", "{\"x\":{\"y\":4625}}", true},
    {"not in a name", "{a: [kpu], condition: a}", "{\"kpu\":1}", false},
    {"in a single value", "{a: ['a*b'], condition: a}", "{\"x\":\"a\",\"y\":\"b\"}", false},
    {"all keywords, of several values", "{a: {'|all': [a, b]}, condition: a}",
     "{\"x\":\"a\",\"y\":\"b\"}", true},
    {"a regex as keyword", "{a: {'|re': '^b$'}, condition: a}", "{\"x\":\"a\",\"y\":\"b\"}", true},
    {"a single keyword", "{a: kpu, condition: a}", "{\"x\":\"ke KPU\"}", true},

    /* conditions */
    {"1 of", "{s1: {x: 1}, s2: {x: 2}, condition: 1 of s*}", "{\"x\":2}", true},
    {"all of", "{s1: {x: 1}, s2: {y: 2}, condition: all of s*}", "{\"x\":1}", false},
    {"them leaves out names with _", "{s1: {x: 1}, _s2: {y: 2}, condition: all of them}",
     "{\"x\":1}", true},
    {"not binds before and", "{a: {x: 1}, b: {y: 1}, condition: not b and a}", "{\"x\":1}", true},
    {"and binds before or", "{a: {x: 1}, b: {y: 1}, c: {z: 1}, condition: a or b and c}",
     "{\"x\":1}", true},
    {"several conditions are OR", "{a: {x: 1}, b: {y: 1}, condition: [a, b]}", "{\"y\":1}", true},
    {"a list of maps is OR", "{a: [{x: 1}, {y: 1}], condition: a}", "{\"y\":1}", true},
};

static void test_judging(void **state)
{
    const struct judging *judging = *state;
    struct rule_language *language = rule_language_new_for_events();
    struct arena *arena = arena_new(1 << 20);
    struct buf yaml = BUF_EMPTY;
    struct err err = ERR_NONE;
    buf_printf(&yaml, "title: t\ndetection: %s\n", judging->detection);
    assert_true(rule_language_list(language, "admins", STR("adm_*\nroot\n"), &err) &&
                rule_language_list(language, "hosts", STR("a\nb\n"), &err));
    if (!rule_language_add(language, "judge.yml", buf_str(&yaml), &err)) {
        fail_msg("%s", err.message);
    }
    const struct rule_json *document = rule_json_parse(arena, str_of(judging->event), &err);
    if (document == NULL) {
        fail_msg("%s", err.message);
        abort(); /* not reached: cmocka's fail jumps, which analysers do not see */
    }
    struct rule_judge *judge = rule_judge_new(rule_language_program(language));
    struct rule_subject subject = {.look_up = rule_event_look_up, .context = document};
    struct rule_judged judged;
    rule_judge_run(judge, &subject, &judged);
    assert_int_equal(judged.count, judging->matches ? 1 : 0);
    rule_judge_run(judge, &subject, &judged);
    assert_int_equal(judged.count, judging->matches ? 1 : 0);
    rule_judge_free(judge);
    buf_fini(&yaml);
    arena_free(arena);
    rule_language_free(language);
}

/* Rules for events that say nothing sound. */
struct refusal {
    const char *name, *detection, *message;
};

static const struct refusal refusals[] = {
    {"a list that is not there", "{a: {x|expand: '%servers%'}, condition: a}",
     "there is no list 'servers'"},
    {"four lists in a value", "{a: {x|expand: '%a%%b%%c%%d%'}, condition: a}",
     "4 lists in one value"},
    {"a number that is none", "{a: {x|gt: satu}, condition: a}", "'satu': not a number"},
    {"an hour that is none", "{a: {x|hour: 24}, condition: a}", "is a number from 0 to 23"},
    {"two relations", "{a: {x|gt|lt: 1}, condition: a}", "'lt' and 'gt' are two ways"},
    {"two parts of a date", "{a: {x|hour|day: 1}, condition: a}", "'hour' and 'day' are two ways"},
    {"a number with contains", "{a: {x|contains|gt: 1}, condition: a}",
     "'contains' has no meaning beside 'gt'"},
    {"a range with expand and no list", "{a: {x|cidr|expand: '%n%'}, condition: a}",
     "there is no list 'n'"},
    {"a range that is none", "{a: {x|cidr: 10.0.0.0/33}, condition: a}",
     "not a range of addresses"},
    {"a range with spaces", "{a: {x|cidr: '10.0.0.0/ 8'}, condition: a}",
     "not a range of addresses"},
    {"null with contains", "{a: {x|contains: null}, condition: a}", "no modifier fits it"},
    {"a null keyword", "{a: [null], condition: a}", "an empty keyword"},
    {"utf16 has a mark that no text has", "{a: {x|utf16: a}, condition: a}",
     "put base64offset behind"},
    {"wide letters that no text has", "{a: {x|wide: é}, condition: a}", "put base64offset behind"},
    {"skeleton", "{a: {x|skeleton: a}, condition: a}", "'skeleton' is for posts"},
    {"a pattern that fits nothing", "{a: {x: 1}, condition: a and not 1 of f*}",
     "no search identifier fits 'f*'"},
};

static void test_refusal(void **state)
{
    const struct refusal *refusal = *state;
    struct rule_language *language = rule_language_new_for_events();
    struct buf yaml = BUF_EMPTY;
    struct err err = ERR_NONE;
    buf_printf(&yaml, "title: t\ndetection: %s\n", refusal->detection);
    assert_false(rule_language_add(language, "judge.yml", buf_str(&yaml), &err));
    if (strstr(err.message, refusal->message) == NULL) {
        fail_msg("%s", err.message);
    }
    buf_fini(&yaml);
    rule_language_free(language);
}

struct bad_event {
    const char *name, *json, *message;
};

static const struct bad_event bad_events[] = {
    {"nothing", "", "not JSON"},
    {"half of it", "{\"a\":", "not JSON"},
    {"two of them", "{} {}", "not JSON"},
    {"no JSON", "kpu", "not JSON"},
};

static void test_bad_event(void **state)
{
    const struct bad_event *bad = *state;
    struct arena *arena = arena_new(1 << 20);
    struct err err = ERR_NONE;
    assert_null(rule_json_parse(arena, str_of(bad->json), &err));
    if (strstr(err.message, bad->message) == NULL) {
        fail_msg("%s", err.message);
    }
    arena_free(arena);
}

static void test_deep_event(void **state)
{
    (void)state;
    struct arena *arena = arena_new(1 << 20);
    struct buf json = BUF_EMPTY;
    struct err err = ERR_NONE;
    for (int i = 0; i < 100000; i++) {
        buf_put_char(&json, '[');
    }
    assert_null(rule_json_parse(arena, buf_str(&json), &err));
    assert_non_null(strstr(err.message, "nested deeper than 128 levels"));
    err = ERR_NONE;
    buf_clear(&json);
    buf_put_char(&json, '[');
    for (int i = 0; i < 100000; i++) {
        buf_put_string(&json, "1,");
    }
    buf_put_string(&json, "1]");
    assert_null(rule_json_parse(arena, buf_str(&json), &err));
    assert_non_null(strstr(err.message, "too large"));
    buf_fini(&json);
    arena_free(arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_deep_event)};
    return RUN_CASES("what rules for events match", judgings, test_judging) +
           RUN_CASES("rules for events that are refused", refusals, test_refusal) +
           RUN_CASES("events that are none", bad_events, test_bad_event) +
           cmocka_run_group_tests_name("large events", tests, NULL, NULL);
}
