/* What detections mean: the text of a detection, and the condition it becomes. */
#include <stdlib.h>

#include "filter/base/buf.h"
#include "filter/base/err.h"
#include "filter/rule/language.h"
#include "filter/rule/program.h"
#include "filter/rule/rule.h"
#include "tests/filter/rule/render.h"
#include "tests/filter/test.h"

struct meaning {
    const char *name;
    const char *detection; /* flow YAML, so that it fits a line */
    const char *means;
};

static const struct meaning meanings[] = {
    /* values */
    {"a plain value is the whole field", "{a: {title: kpu}, condition: a}", "title:kpu"},
    {"contains, startswith, endswith",
     "{a: {text|contains: x, title|startswith: y, lang|endswith: z}, condition: a}",
     "(text:*x* and title:y* and lang:*z)"},
    {"wildcards that the writer put are not doubled", "{a: {text|contains: '*x*'}, condition: a}",
     "text:*x*"},
    {"runs of * are one", "{a: {text: 'a***b?'}, condition: a}", "text:a*b?"},
    {"escaped wildcards are text", "{a: {text: '\\*a\\?'}, condition: a}", "text:\\*a\\?"},
    {"a plain backslash", "{a: {link.path: 'a\\b'}, condition: a}", "link.path:a\\b"},
    {"two backslashes are one", "{a: {link.path: 'a\\\\b'}, condition: a}", "link.path:a\\b"},
    {"a backslash, then a wildcard", "{a: {link.path: 'a\\\\*'}, condition: a}", "link.path:a\\*"},
    {"a backslash, then a plain star", "{a: {link.path: 'a\\\\\\*'}, condition: a}",
     "link.path:a\\\\*"},
    {"three and four backslashes are two", "{a: {x: ['\\\\\\a', '\\\\\\\\a']}, condition: a}",
     "(x:\\\\a or x:\\\\a)"},
    {"numbers are as written", "{a: {x: 0x10, y: 5}, condition: a}", "(x:0x10 and y:5)"},
    {"null and '' are a field that is not there",
     "{a: {x: null}, b: {y: ''}, c: {z: 1}, condition: c and (a or b)}",
     "(z:1 and (x@raw?false or y@raw?false))"},
    {"exists", "{a: {link.host|exists: true, lang|exists: false}, condition: a}",
     "(link.host@raw?true and lang@raw?false)"},

    /* views */
    {"patterns are folded as text is", "{a: {text|contains: 'KPU  Ri'}, condition: a}",
     "text:*kpu ri*"},
    {"literals between wildcards are folded", "{a: {text: '*KPU*RI'}, condition: a}",
     "text:*kpu*ri"},
    {"cased reads what was written", "{a: {text|contains|cased: KPU}, condition: a}",
     "text@raw:*KPU*"},
    {"a regex with case reads what was written", "{a: {text|re: 'K[PU]+'}, condition: a}",
     "text@raw/K[PU]+/"},
    {"a regex without case reads the folded view", "{a: {text|re|i: 'K[PU]+'}, condition: a}",
     "text/K[PU]+/i"},
    {"other flags of a regex", "{a: {text|re|m|s: '^a.b$'}, condition: a}", "text@raw/^a.b$/ms"},
    {"skeleton", "{a: {text|skeleton|contains: Pilkada}, condition: a}", "text@skeleton:*pilkada*"},
    {"words", "{a: {text|words: [KPU RI, dpt]}, condition: a}", "(text~kpu ri or text~dpt)"},
    {"words are trimmed", "{a: {text|words: ' kpu '}, condition: a}", "text~kpu"},
    {"words as skeleton, all of them", "{a: {text|skeleton|words|all: [kpu, nik]}, condition: a}",
     "(text@skeleton~kpu and text@skeleton~nik)"},

    /* lists and maps */
    {"a list of values is OR", "{a: {x: [1, 2, 3]}, condition: a}", "(x:1 or x:2 or x:3)"},
    {"a list with all is AND", "{a: {x|contains|all: [1, 2]}, condition: a}", "(x:*1* and x:*2*)"},
    {"a map is AND", "{a: {x: 1, y: 2}, condition: a}", "(x:1 and y:2)"},
    {"a list of maps is OR", "{a: [{x: 1}, {y: 2, z: 3}], condition: a}", "(x:1 or (y:2 and z:3))"},
    {"keywords stand anywhere in the text", "{a: [satu, 'd*a'], condition: a}",
     "(text:*satu* or text:*d*a*)"},
    {"keywords and maps", "{a: [satu, {x: 1}], condition: a}", "(text:*satu* or x:1)"},
    {"one keyword", "{a: satu, condition: a}", "text:*satu*"},
    {"all keywords", "{a: {'|all': [satu, dua]}, condition: a}", "(text:*satu* and text:*dua*)"},
    {"keywords as words", "{a: {'|words': [satu]}, condition: a}", "text~satu"},
    {"neq is not any of them", "{a: {z: 1, x|neq: [1, 2]}, condition: a}",
     "(z:1 and not (x:1 or x:2))"},

    /* lists of words */
    {"expand", "{a: {x|expand: '%two%'}, condition: a}", "(x:dua or x:satu)"},
    {"expand with text around", "{a: {x|expand|contains: 'a %two%!'}, condition: a}",
     "(x:*a dua!* or x:*a satu!*)"},
    {"expand and all: one of each list", "{a: {x|expand|all: ['%two%', '%one%']}, condition: a}",
     "((x:dua or x:satu) and x:*.go.id)"},
    {"a percent sign without expand", "{a: {x: '%two%'}, condition: a}", "x:%two%"},
    {"an escaped percent sign", "{a: {x|expand: '\\%two%two%'}, condition: a}",
     "(x:%twodua or x:%twosatu)"},

    /* encodings */
    {"base64", "{a: {x|base64|contains: foo}, condition: a}", "x@raw:*Zm9v*"},
    {"base64offset: the three ways it can stand",
     "{a: {x|base64offset|contains: foobar}, condition: a}",
     "(x@raw:*Zm9vYmFy* or x@raw:*Zvb2Jhc* or x@raw:*mb29iYX*)"},
    {"wide and base64offset", "{a: {x|wide|base64offset|contains: ab}, condition: a}",
     "(x@raw:*YQBiA* or x@raw:*EAYg* or x@raw:*hAGIA*)"},
    {"utf16 has its mark", "{a: {x|utf16|base64: a}, condition: a}", "x@raw://5hAA=="},
    {"windash", "{a: {x|windash|cased: '-a b-c'}, condition: a}",
     "(x@raw:-a b-c or x@raw:/a b-c or x@raw:–a b-c or x@raw:—a b-c or x@raw:―a b-c)"},
    {"cidr", "{a: {x|cidr: 10.0.0.0/8}, condition: a}", "x@raw%10.0.0.0/8"},
    {"cidr with host bits", "{a: {x|cidr: 192.168.1.5/31}, condition: a}", "x@raw%192.168.1.5/31"},
    {"cidr of IPv6", "{a: {x|cidr: ['fe80::/10', '2001:0::/20']}, condition: a}",
     "(x@raw%fe80::/10 or x@raw%2001:0::/20)"},
    {"not in a range", "{a: {x|cidr|neq: '::1'}, condition: a}", "not x@raw%::1"},

    /* conditions */
    {"and binds closer than or", "{a: {x: 1}, b: {x: 2}, c: {x: 3}, condition: a or b and c}",
     "(x:1 or (x:2 and x:3))"},
    {"not binds closest", "{a: {x: 1}, b: {x: 2}, condition: a and not b}", "(x:1 and not x:2)"},
    {"not not", "{a: {x: 1}, condition: not not a}", "not not x:1"},
    {"brackets", "{a: {x: 1}, b: {x: 2}, c: {x: 3}, condition: (a or b) and c}",
     "((x:1 or x:2) and x:3)"},
    {"operators in capitals", "{a: {x: 1}, b: {x: 2}, condition: a AND NOT b}",
     "(x:1 and not x:2)"},
    {"1 of a pattern", "{sel_a: {x: 1}, sel_b: {x: 2}, c: {x: 3}, condition: 1 of sel_* and c}",
     "((x:1 or x:2) and x:3)"},
    {"all of a pattern with the star in the middle",
     "{a_1_x: {x: 1}, a_2_x: {x: 2}, a_3: {x: 3}, condition: all of a_*_x}", "(x:1 and x:2)"},
    {"so does a pattern", "{a: {x: 1}, b: {x: 2}, _c: {x: 3}, condition: 1 of *}", "(x:1 or x:2)"},
    {"but for one that asks for them",
     "{a: {x: 1}, _b: {x: 2}, _c: {x: 3}, condition: a and all of _*}", "(x:1 and (x:2 and x:3))"},
    {"any of them leaves out _hidden", "{a: {x: 1}, b: {x: 2}, _c: {x: 3}, condition: any of them}",
     "(x:1 or x:2)"},
    {"all of them", "{a: {x: 1}, b: {x: 2}, condition: all of them}", "(x:1 and x:2)"},
    {"not 1 of", "{a: {x: 1}, f_1: {x: 2}, f_2: {x: 3}, condition: a and not 1 of f_*}",
     "(x:1 and not (x:2 or x:3))"},
    {"of binds closer than and", "{a: {x: 1}, b: {x: 2}, condition: 1 of a and b}",
     "(x:1 and x:2)"},
    {"a search named like a quantifier", "{all: {x: 1}, '1': {x: 2}, condition: all and 1}",
     "(x:1 and x:2)"},
    {"a list of conditions is OR", "{a: {x: 1}, b: {x: 2}, condition: [a, b]}", "(x:1 or x:2)"},
    {"line ends in a condition", "{a: {x: 1}, b: {x: 2}, condition: \"a\\n and\\t b\"}",
     "(x:1 and x:2)"},
};

static void test_meaning(void **state)
{
    const struct meaning *test = *state;
    struct rule_language *language = rule_language_new();
    struct buf yaml = BUF_EMPTY, found = BUF_EMPTY;
    struct err err = ERR_NONE;
    assert_true(
        rule_language_list(language, "two", STR("# komentar\nsatu\n\n  dua\nsatu\n"), &err));
    assert_true(rule_language_list(language, "one", STR("*.go.id\n"), &err));
    buf_printf(&yaml, "title: t\ndetection: %s\n", test->detection);
    if (!rule_language_add(language, "t.yml", buf_str(&yaml), &err)) {
        fail_msg("%u:%u: %s", err.line, err.column, err.message);
    }
    const struct rule_program *program = rule_language_program(language);
    assert_non_null(program);
    render_node(program, program->rules[0]->condition, &found);
    assert_string_equal(found.bytes, test->means);
    buf_fini(&yaml);
    buf_fini(&found);
    rule_language_free(language);
}

static void test_interning(void **state)
{
    (void)state;
    struct rule_language *language = rule_language_new();
    struct err err = ERR_NONE;
    struct str yaml = STR("title: a\n"
                          "detection: {a: {text|contains: [KPU, kpu, Kpu]}, condition: a}\n"
                          "---\n"
                          "title: b\n"
                          "detection: {b: {text: '*kpu*', title|contains: kpu}, condition: b}\n");
    assert_true(rule_language_add(language, "two.yml", yaml, &err));
    const struct rule_program *program = rule_language_program(language);
    assert_non_null(program);
    assert_int_equal(program->rule_count, 2);
    assert_int_equal(program->atom_count, 2); /* of text, and of title */
    assert_int_equal(program->field_count, 2);
    rule_language_free(language);
}

/* Many atoms make the table grow more than once, and each is still found. */
static void test_many_atoms(void **state)
{
    (void)state;
    struct rule_language *language = rule_language_new();
    struct err err = ERR_NONE;
    struct buf yaml = BUF_EMPTY;
    for (int twice = 0; twice < 2; twice++) {
        buf_clear(&yaml);
        buf_put_string(&yaml, "title: t\ndetection:\n  condition: a\n  a:\n    text|contains:\n");
        for (int i = 0; i < 5000; i++) {
            buf_printf(&yaml, "      - kata%d\n", i);
        }
        assert_true(rule_language_add(language, "many.yml", buf_str(&yaml), &err));
    }
    const struct rule_program *program = rule_language_program(language);
    assert_non_null(program);
    assert_int_equal(program->atom_count, 5000);
    assert_int_equal(program->rules[1]->condition->child_count, 5000);
    buf_fini(&yaml);
    rule_language_free(language);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_interning),
        cmocka_unit_test(test_many_atoms),
    };
    return RUN_CASES("what a detection means", meanings, test_meaning) +
           cmocka_run_group_tests_name("atoms", tests, NULL, NULL);
}
