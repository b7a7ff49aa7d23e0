#include "filter/cli/options.h"

#include "filter/base/err.h"
#include "tests/filter/test.h"

enum { MOST = 24 };

static const struct read_case {
    const char *name;
    const char *argv[MOST]; /* without the command's name; a NULL ends it */
    const char *says;       /* NULL: is fine */
    const char *text;
    int64_t number;
    bool flag;
    const char *words; /* joined by a space */
    const char *list;
} cases[] = {
    {"nothing", {NULL}, NULL, NULL, 7, false, "", ""},
    {"a word and a flag", {"list", "--flag"}, NULL, NULL, 7, true, "list", ""},
    {"a value behind", {"--text", "a b", "x"}, NULL, "a b", 7, false, "x", ""},
    {"a value behind '='", {"--text=a=b"}, NULL, "a=b", 7, false, "", ""},
    {"an empty value", {"--text="}, NULL, "", 7, false, "", ""},
    {"a value that looks like an option", {"--text", "--flag"}, NULL, "--flag", 7, false, "", ""},
    {"a number", {"--number", "12"}, NULL, NULL, 12, false, "", ""},
    {"a list", {"--list", "a", "--list=b"}, NULL, NULL, 7, false, "", "a b"},
    {"all words behind '--'", {"--", "--flag", "-"}, NULL, NULL, 7, false, "--flag -", ""},
    {"'-' is a word", {"-"}, NULL, NULL, 7, false, "-", ""},
    {"a near miss", {"--flga"}, "--flag?", NULL, 7, false, "", ""},
    {"a far miss", {"--colour"}, "no option --colour", NULL, 7, false, "", ""},
    {"a flag with a value", {"--flag=1"}, "takes no value", NULL, 7, false, "", ""},
    {"a value that is missing", {"--text"}, "takes a value", NULL, 7, false, "", ""},
    {"no number", {"--number", "1x"}, "whole number", NULL, 7, false, "", ""},
    {"an empty number", {"--number="}, "whole number", NULL, 7, false, "", ""},
    {"a negative number", {"--number=-1"}, "whole number", NULL, 7, false, "", ""},
    {"a number without end",
     {"--number=99999999999999999999999"},
     "whole number",
     NULL,
     7,
     false,
     "",
     ""},
    {"17 words",
     {"1", "2", "3", "4", "5", "6", "7", "8", "9", "10", "11", "12", "13", "14", "15", "16", "17"},
     "too many words",
     NULL,
     7,
     false,
     "",
     ""},
};

static void join(const struct cli_words *words, char *out)
{
    out[0] = '\0';
    for (size_t i = 0; i < words->count; i++) {
        strcat(strcat(out, i > 0 ? " " : ""), words->at[i]);
    }
}

static void reads(void **state)
{
    const struct read_case *one = *state;
    const char *text = NULL;
    int64_t number = 7;
    bool flag = false;
    struct cli_words list = {.count = 0}, words;
    const struct cli_option options[] = {{"text", CLI_TEXT, &text},
                                         {"number", CLI_NUMBER, &number},
                                         {"flag", CLI_FLAG, &flag},
                                         {"list", CLI_LIST, &list},
                                         {NULL, CLI_FLAG, NULL}};
    char *argv[MOST + 1] = {(char *)"test"};
    int argc = 1;
    while (one->argv[argc - 1] != NULL) {
        argv[argc] = (char *)one->argv[argc - 1];
        argc++;
    }
    struct err err = ERR_NONE;
    bool done = cli_options_read(options, argc, argv, &words, &err);
    assert_int_equal(done, one->says == NULL);
    if (!done) {
        assert_non_null(strstr(err.message, one->says));
        return;
    }
    char joined[64];
    join(&words, joined);
    assert_string_equal(joined, one->words);
    join(&list, joined);
    assert_string_equal(joined, one->list);
    assert_int_equal(number, one->number);
    assert_int_equal(flag, one->flag);
    if (one->text == NULL) {
        assert_null(text);
    } else {
        assert_string_equal(text, one->text);
    }
}

static void finds_help(void **state)
{
    (void)state;
    assert_true(cli_options_help(3, (char *[]){(char *)"x", (char *)"add", (char *)"--help"}));
    assert_false(cli_options_help(3, (char *[]){(char *)"x", (char *)"--", (char *)"--help"}));
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(finds_help)};
    return RUN_CASES("options", cases, reads) +
           cmocka_run_group_tests_name("options_help", tests, NULL, NULL);
}
