/* Which regexes a rule may have: what explodes is found by trying. */
#include "filter/base/err.h"
#include "filter/rule/program.h"
#include "filter/rule/regex.h"
#include "tests/filter/test.h"

struct regex_case {
    const char *name;
    const char *pattern;
    unsigned flags;
    const char *error, *warning; /* how they begin; NULL: none */
};

static const struct regex_case cases[] = {
    {"a plain one", "\\bkpu\\b", 0, NULL, NULL},
    {"bounded repeats", "(klik|buka)[\\w .()-]{0,40}\\.apk\\b", RULE_REGEX_I, NULL, NULL},
    {"letters that are not ASCII", "\\p{L}+é{2}[ñ-ö]", 0, NULL, NULL},
    {"a look-behind", "(?<=no\\. )\\d+", 0, NULL, NULL},
    {"named groups, comments, classes in classes", "(?<a>x)(?P<b>y)(?#z)[[:alpha:]\\]]", 0, NULL,
     NULL},
    {"a setting", "(?i)kpu(?-i:RI)", 0, NULL, NULL},
    {"braces that are text", "a{x}{,3}", 0, NULL, NULL},
    {"a domain: repeat in a repeat, but its dot decides", "(\\w+\\.)+xyz", 0, NULL, NULL},
    {"one that always matches never explodes", "(a+)+", 0, NULL, NULL},
    {"possessive", "(a+)++b", 0, NULL, NULL},
    {"atomic", "(?>a+)+b", 0, NULL, NULL},
    {"alternatives that begin unlike", "(?:ab|cd|ef)+!", 0, NULL, NULL},

    {"a repeat of a repeat", "(a+)+$", 0, "explodes", NULL},
    {"stars", "(a*)*b", 0, "explodes", NULL},
    {"a lazy one", "(.+?)+x", 0, "explodes", NULL},
    {"alternatives that overlap", "(a|aa)+$", 0, "explodes", NULL},
    {"what is optional", "(a|a?)+b", 0, "explodes", NULL},
    {"words and blanks", "(\\w+\\s?)*!", 0, "explodes", NULL},
    {"blanks on both sides", "(?:\\s*klik\\s*)+di", 0, "explodes", NULL},
    {"deep inside", "^x((([a-z])+.)+[A-Z]([a-z])+)$", 0, "explodes", NULL},
    {"behind something that must match first", "https?://kpu\\.(\\w+-?)+/$", 0, "explodes", NULL},
    {"in the second alternative", "klik|(?:(?:x|y)*z?)*!", 0, "explodes", NULL},
    {"letters of two bytes", "(é+)+z", 0, "explodes", NULL},
    {"without case", "(?:KLIK|[k-l]+)+ sini", RULE_REGEX_I, "explodes", NULL},
    {"bounded, but often", "(a{1,20}){1,20}b", 0, "explodes", NULL},
    {"so often exactly, of what is optional", "(a?){30}a{30}", 0, "explodes", NULL},
    {"so often exactly, of what reaches over the next", "(.*?,){11}P", 0, "explodes", NULL},
    {"so often exactly, and each ends alike", "(?:\\w+ ){12}klik", 0, NULL, NULL},

    {"cubes are slow", ".*.*.*x", 0, NULL, "slow on long posts"},
    {"so are letters between them", ".*x.*y.*z.*w$", 0, NULL, "slow on long posts"},
    {"and digits", "\\d+\\d+\\d+$", 0, NULL, "slow on long posts"},
    {"a date is not", "\\d+/\\d+/\\d+$", 0, NULL, NULL},

    {"not a regex", "(kpu", 0, "at byte 5: missing closing parenthesis", NULL},
    {"an unknown property", "\\p{Huruf}", 0, "at byte", NULL},
    {"too large", "(((a{99}){99}){9}){9}", 0, "at byte", NULL},
    {"too deep", "((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((x", 0,
     "at byte", NULL},
    {"one code unit", "\\C", 0, "at byte", NULL},
    {"recursion", "a(?R)?b", 0, "(?R at byte 2", NULL},
    {"a call by number", "(a)(?1)", 0, "a call of a group", NULL},
    {"a call backwards", "(a)(?-1)", 0, "a call of a group", NULL},
    {"a call by name", "(?<n>a)(?&n)", 0, "(?& at byte", NULL},
    {"a condition", "(a)?(?(1)b|c)", 0, "(?( at byte", NULL},
    {"a callout", "a(?C)b", 0, "(?C at byte", NULL},
    {"a verb", "(*SKIP)a", 0, "(* at byte 1", NULL},
    {"a limit of its own", "(*LIMIT_MATCH=9)a", 0, "(* at byte 1", NULL},
    {"a start that moves", "a\\Kb", 0, "\\K at byte 2", NULL},
    {"quoting", "\\Q(a+)+\\E", 0, "\\Q at byte 1", NULL},
    {"blanks that do not count", "(?x) a b", 0, "(?x) at byte 1", NULL},
    {"letters that are named alone", "([ж]+)+z", 0, "explodes", NULL},
};

static void test_regex(void **state)
{
    const struct regex_case *test = *state;
    struct err err = ERR_NONE, warning = ERR_NONE;
    bool fine =
        rule_regex_check(str_of(test->pattern), test->flags, RULE_TRIED_SLOW_TOO, &warning, &err);
    if (fine != (test->error == NULL) ||
        (!fine && strncmp(err.message, test->error, strlen(test->error)) != 0)) {
        fail_msg("error: '%s'", err.message);
    }
    if (fine && (err_is_set(&warning) != (test->warning != NULL) ||
                 (test->warning != NULL &&
                  strncmp(warning.message, test->warning, strlen(test->warning)) != 0))) {
        fail_msg("warning: '%s'", warning.message);
    }
}

int main(void)
{
    return RUN_CASES("regexes of rules", cases, test_regex);
}
