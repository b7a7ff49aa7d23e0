#include "filter/console/place.h"

#include "tests/filter/test.h"

struct place_case {
    const char *name;
    struct str target;
    enum place_answer answer;
    const char *written; /* what it becomes when written again; NULL: the target itself */
};

static const struct place_case cases[] = {
    {"the queue", STR("/"), PLACE_FOUND, NULL},
    {"a page of it", STR("/?page=2"), PLACE_FOUND, NULL},
    {"its first page", STR("/?page=1"), PLACE_FOUND, "/"},
    {"a class", STR("/?class=fraud"), PLACE_FOUND, NULL},
    {"what a form sends", STR("/?class=&state=live"), PLACE_FOUND, "/"},
    {"a state in English", STR("/?state=claimed&lang=en"), PLACE_FOUND, "/?lang=en&state=claimed"},
    {"all states", STR("/?state=all"), PLACE_FOUND, NULL},
    {"a case", STR("/cases/12"), PLACE_FOUND, NULL},
    {"parts of a case", STR("/cases/12?lang=id&post=3&part=2&rules=4&copies=5&events=6"),
     PLACE_FOUND, NULL},
    {"behind a case", STR("/?class=fraud&after=10000019a000000000000019a00000fff00000000000000c1"),
     PLACE_FOUND, NULL},
    {"health", STR("/healthz"), PLACE_FOUND, NULL},
    {"an empty query", STR("/?"), PLACE_FOUND, "/"},
    {"an empty pair", STR("/?page=2&&"), PLACE_BAD, NULL},
    {"nothing", STR(""), PLACE_NONE, NULL},
    {"another path", STR("/admin"), PLACE_NONE, NULL},
    {"two slashes", STR("//"), PLACE_NONE, NULL},
    {"absolute form", STR("http://contoh.example/"), PLACE_NONE, NULL},
    {"a way up", STR("/cases/../healthz"), PLACE_NONE, NULL},
    {"a case without number", STR("/cases/"), PLACE_NONE, NULL},
    {"a case that is a word", STR("/cases/x"), PLACE_NONE, NULL},
    {"a case 0", STR("/cases/0"), PLACE_NONE, NULL},
    {"a negative case", STR("/cases/-1"), PLACE_NONE, NULL},
    {"a case with a tail", STR("/cases/1/"), PLACE_NONE, NULL},
    {"a number too long", STR("/cases/9999999999999999999"), PLACE_NONE, NULL},
    {"an encoded path", STR("/%63ases/1"), PLACE_NONE, NULL},
    {"a fourth class", STR("/?class=opinion"), PLACE_BAD, NULL},
    {"no such state", STR("/?state=deleted"), PLACE_BAD, NULL},
    {"the state of none", STR("/?state=none"), PLACE_BAD, NULL},
    {"another language", STR("/?lang=jv"), PLACE_BAD, NULL},
    {"a language with a region", STR("/?lang=en-GB"), PLACE_BAD, NULL},
    {"page 0", STR("/?page=0"), PLACE_BAD, NULL},
    {"page -1", STR("/?page=-1"), PLACE_BAD, NULL},
    {"a page too far", STR("/?page=1000001"), PLACE_BAD, NULL},
    {"a page with a zero first", STR("/?page=02"), PLACE_BAD, NULL},
    {"an empty page", STR("/?page="), PLACE_BAD, NULL},
    {"a page without value", STR("/?page"), PLACE_BAD, NULL},
    {"given twice", STR("/?page=2&page=2"), PLACE_BAD, NULL},
    {"an unknown name", STR("/?nama=x"), PLACE_BAD, NULL},
    {"an author", STR("/?author=x"), PLACE_BAD, NULL},
    {"encoded", STR("/?page=%32"), PLACE_BAD, NULL},
    {"behind nothing", STR("/?after="), PLACE_BAD, NULL},
    {"behind case 0", STR("/?after=1000000000000000000000000000000000000000000000000"), PLACE_BAD,
     NULL},
    {"behind a case in capitals", STR("/?after=10000019A000000000000019a00000fff00000000000000c1"),
     PLACE_BAD, NULL},
    {"behind a third kind", STR("/?after=20000019a000000000000019a00000fff00000000000000c1"),
     PLACE_BAD, NULL},
    {"behind something short", STR("/?after=1000"), PLACE_BAD, NULL},
    {"mark-up", STR("/?lang=\"><script>"), PLACE_BAD, NULL},
};

static void check(void **state)
{
    const struct place_case *one = *state;
    struct place place;
    assert_int_equal(place_parse(one->target, &place), one->answer);
    if (one->answer != PLACE_FOUND) {
        return;
    }
    struct buf out = BUF_EMPTY;
    place_write(&place, &out);
    buf_put_char(&out, '\0');
    assert_string_equal(out.bytes, one->written != NULL ? one->written : one->target.at);
    buf_fini(&out);
}

static void style_sheets_are_known(void **state)
{
    (void)state;
    struct place place;
    assert_int_equal(place_parse(STR("/style-0123.css"), &place), PLACE_FOUND);
    assert_false(place.is_current);
    struct buf out = BUF_EMPTY;
    place_write(&place, &out);
    assert_int_equal(place_parse(buf_str(&out), &place), PLACE_FOUND);
    assert_true(place.is_current);
    buf_fini(&out);
}

int main(void)
{
    const struct CMUnitTest others[] = {cmocka_unit_test(style_sheets_are_known)};
    return cmocka_run_group_tests_name("place others", others, NULL, NULL) |
           RUN_CASES("place", cases, check);
}
