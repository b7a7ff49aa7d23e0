#include "filter/console/message.h"

#include "filter/text/utf8.h"
#include "tests/filter/test.h"

/* {0} and {1}: which ones there are, as bits. */
static unsigned places(struct str text)
{
    unsigned found = 0;
    for (size_t i = 0; i + 2 < text.len; i++) {
        if (text.at[i] == '{' && text.at[i + 2] == '}') {
            assert_in_range(text.at[i + 1], '0', '1');
            found |= 1U << (text.at[i + 1] - '0');
        }
    }
    return found;
}

static void all_are_there_in_both_languages(void **state)
{
    (void)state;
    for (int i = 0; i < MESSAGE_COUNT; i++) {
        struct str id = message_text(LANGUAGE_ID, (enum message)i);
        struct str en = message_text(LANGUAGE_EN, (enum message)i);
        if (id.len == 0 || en.len == 0 || places(id) != places(en)) {
            fail_msg("message %d: [%s] is not [%s]", i, id.at, en.at);
        }
    }
}

static void all_are_plain_text(void **state)
{
    (void)state;
    for (int i = 0; i < MESSAGE_COUNT; i++) {
        for (int language = 0; language < LANGUAGE_COUNT; language++) {
            struct str text = message_text((enum language)language, (enum message)i);
            if (strpbrk(text.at, "<>&\"") != NULL || text.at[0] == ' ' ||
                text.at[text.len - 1] == ' ' || !utf8_is_valid(text)) {
                fail_msg("message %d: [%s]", i, text.at);
            }
        }
    }
}

static void values_are_escaped_in_their_place(void **state)
{
    (void)state;
    struct html *page = html_new();
    message_say_with(page, LANGUAGE_ID, MSG_PART_N, (const struct str[]){STR("<b>"), STR("{0}")},
                     2);
    struct str whole = html_str(page);
    assert_int_equal(whole.len, strlen("Bagian &lt;b&gt; dari {0}"));
    assert_memory_equal(whole.at, "Bagian &lt;b&gt; dari {0}", whole.len);
    html_free(page);
}

struct tag_case {
    const char *name;
    struct str tag;
    bool is_known;
    enum language language;
};

static const struct tag_case tags[] = {
    {"Indonesian", STR("id"), true, LANGUAGE_ID},
    {"English", STR("en"), true, LANGUAGE_EN},
    {"with a region", STR("en-GB"), true, LANGUAGE_EN},
    {"in capitals", STR("ID-ID"), true, LANGUAGE_ID},
    {"another language", STR("jv"), false, LANGUAGE_ID},
    {"only its start", STR("i"), false, LANGUAGE_ID},
    {"a longer word", STR("english"), false, LANGUAGE_ID},
    {"empty", STR(""), false, LANGUAGE_ID},
};

static void check_tag(void **state)
{
    const struct tag_case *one = *state;
    enum language language = LANGUAGE_ID;
    assert_int_equal(language_parse(one->tag, &language), one->is_known);
    if (one->is_known) {
        assert_int_equal(language, one->language);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(all_are_there_in_both_languages),
        cmocka_unit_test(all_are_plain_text),
        cmocka_unit_test(values_are_escaped_in_their_place),
    };
    return cmocka_run_group_tests_name("messages", tests, NULL, NULL) |
           RUN_CASES("language_parse", tags, check_tag);
}
