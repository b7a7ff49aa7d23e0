/* The list of shorteners: what stands in it, what may not. */
#include "feeds/shortener.h"

#include "filter/base/err.h"
#include "tests/filter/test.h"

static const char list_text[] = "# pemendek\n"
                                "Bit.LY   # yang umum\n"
                                "\n"
                                "  s.id\t\n"
                                "127.0.0.1:8080 allow_private\n"
                                "t.co\r\n"
                                "s.id\n"
                                "dalam.example allow_private\n"
                                "dalam.example\n";

static const struct find_case {
    const char *name, *url;
    const char *host; /* NULL: none */
    bool allow_private;
} finds[] = {
    {"a link", "https://bit.ly/abc", "bit.ly", false},
    {"with www", "http://www.bit.ly/abc", "bit.ly", false},
    {"a query", "http://s.id/?a", "s.id", false},
    {"the front page", "https://bit.ly/", NULL, false},
    {"no path", "https://bit.ly", NULL, false},
    {"below it", "https://a.bit.ly/abc", NULL, false},
    {"a name that ends so", "https://habit.ly/abc", NULL, false},
    {"another port", "https://bit.ly:8443/abc", NULL, false},
    {"its own port", "http://127.0.0.1:8080/a", "127.0.0.1:8080", true},
    {"without its port", "http://127.0.0.1/a", NULL, false},
    {"the name in the path", "https://kpu.example/bit.ly/abc", NULL, false},
    {"private on one line alone is not private", "http://dalam.example/a", "dalam.example", false},
    {"a line end of Windows", "https://t.co/a", "t.co", false},
};

static void find(void **state)
{
    const struct find_case *c = *state;
    struct err err = ERR_NONE;
    struct feeds_shorteners *list = feeds_shorteners_parse(STR(list_text), &err);
    assert_non_null(list);
    assert_int_equal(feeds_shorteners_count(list), 5);
    const struct feeds_shortener *found = feeds_shorteners_find(list, str_of(c->url));
    assert_int_equal(found != NULL, c->host != NULL);
    if (found != NULL) {
        assert_true(str_is(found->host, c->host));
        assert_int_equal(found->allow_private, c->allow_private);
        assert_true(feeds_shorteners_place(list, found) < 5);
        assert_true(feeds_shorteners_has(list, str_of(c->url)));
    }
    feeds_shorteners_free(list);
}

static const struct bad_case {
    const char *name, *text;
    unsigned line;
    const char *message;
} bad[] = {
    {"a URL", "s.id\nhttps://bit.ly/\n", 2, "is no host name; write it as bit.ly"},
    {"a path", "bit.ly/abc\n", 1, "is no host name"},
    {"a user", "a@bit.ly\n", 1, "is no host name"},
    {"a public suffix", "co.id\n", 1, "is not one site"},
    {"a name of one label", "localhost:80\n", 1, "is not one site"},
    {"an address", "# x\n\n203.0.113.9\n", 3, "is not one site"},
    {"a wildcard", "*.ly\n", 1, "is no host name"},
    {"two names", "bit.ly s.id\n", 1, "only allow_private may stand there"},
    {"a word that is nearly right", "bit.ly allow-private\n", 1, "only allow_private"},
};

static void refuse(void **state)
{
    const struct bad_case *c = *state;
    struct err err = ERR_NONE;
    assert_null(feeds_shorteners_parse(str_of(c->text), &err));
    assert_int_equal(err.line, c->line);
    assert_non_null(strstr(err.message, c->message));
}

static void the_shipped_list_loads(void **state)
{
    (void)state;
    struct err err = ERR_NONE;
    struct feeds_shorteners *list = feeds_shorteners_load("feeds/shorteners.txt", &err);
    assert_non_null(list);
    assert_true(feeds_shorteners_count(list) > 20);
    const struct feeds_shortener *bitly = feeds_shorteners_find(list, STR("https://bit.ly/a"));
    assert_non_null(bitly);
    assert_false(bitly->allow_private);
    feeds_shorteners_free(list);
    list = feeds_shorteners_parse(STR(""), &err);
    assert_non_null(list);
    assert_null(feeds_shorteners_find(list, STR("https://bit.ly/a")));
    feeds_shorteners_free(list);
    assert_null(feeds_shorteners_load("feeds/none.txt", &err));
    assert_string_equal(err.file, "feeds/none.txt");
}

int main(void)
{
    const struct CMUnitTest others[] = {cmocka_unit_test(the_shipped_list_loads)};
    return RUN_CASES("feeds_shorteners", finds, find) +
           RUN_CASES("feeds_shorteners refuses", bad, refuse) +
           cmocka_run_group_tests_name("feeds_shorteners shipped", others, NULL, NULL);
}
