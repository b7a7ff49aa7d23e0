#include "filter/blocklist/name.h"

#include "filter/base/err.h"
#include "tests/filter/test.h"

#define L63 "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"

static const struct check_case {
    const char *name, *host;
    const char *says; /* NULL: is fine */
} checks[] = {
    {"a name", "kpu-daftar.example", NULL},
    {"digits and an underscore", "_dmarc.1a.example", NULL},
    {"an A-label", "xn--brita-bsa.example", NULL},
    {"a label of 63", L63 ".example", NULL},
    {"253 octets",
     L63 "." L63 "." L63 "."
         "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa.example",
     NULL},
    {"254 octets",
     L63 "." L63 "." L63 "."
         "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa.example",
     "254 octets"},
    {"a label of 64", L63 "a.example", "label of 64"},
    {"empty", "", "is empty"},
    {"a trailing dot", "a.example.", "empty label"},
    {"a leading dot", ".example", "empty label"},
    {"two dots", "a..example", "empty label"},
    {"a capital", "A.example", "no host name has"},
    {"a wildcard", "*.example", "wildcard"},
    {"a newline", "a.example\nb.example", "no host name has"},
    {"a semicolon", "a;b.example", "no host name has"},
    {"a space", "a b.example", "no host name has"},
    {"a quote", "a\"b.example", "no host name has"},
    {"a directive", "$INCLUDE /etc/passwd", "no host name has"},
    {"an at sign", "@", "no host name has"},
    {"a bracket", "a(b.example", "no host name has"},
    {"a backslash", "a\\046b.example", "no host name has"},
    {"a letter that is none of ASCII", "bérita.example", "no host name has"},
    {"a slash", "a/b.example", "no host name has"},
    {"a hyphen first", "-a.example", "'-'"},
    {"a hyphen last", "a-.example", "'-'"},
    {"an IPv4 address", "192.0.2.1", "address"},
    {"an IPv6 address", "[2001:db8::1]", "no host name has"},
    {"a number", "123", "address"},
};

static void check(void **state)
{
    const struct check_case *one = *state;
    struct err err = ERR_NONE;
    bool fine = blocklist_name_check(str_of(one->host), &err);
    assert_int_equal(fine, one->says == NULL);
    if (one->says != NULL) {
        assert_non_null(strstr(err.message, one->says));
    }
}

static void refuses_nul(void **state)
{
    (void)state;
    struct err err = ERR_NONE;
    assert_false(blocklist_name_check(STR("a\0b.example"), &err));
}

static const struct order_case {
    const char *name, *a, *b;
    int order;
    bool covers;
} orders[] = {
    {"the same", "a.example", "a.example", 0, true},
    {"below", "a.example", "x.a.example", -1, true},
    {"far below", "a.example", "z.y.x.a.example", -1, true},
    {"above", "x.a.example", "a.example", 1, false},
    {"ends alike, is not below", "a.example", "ba.example", -1, false},
    {"a hyphen sorts behind what is below", "a.example", "-a.example", -1, false},
    {"below comes before a longer label", "x.a.example", "ba.example", -1, false},
    {"another suffix", "z.example", "a.test", -1, false},
};

static int sign(int number)
{
    return (number > 0) - (number < 0);
}

static void order(void **state)
{
    const struct order_case *one = *state;
    struct str a = str_of(one->a), b = str_of(one->b);
    assert_int_equal(sign(blocklist_name_compare(a, b)), one->order);
    assert_int_equal(sign(blocklist_name_compare(b, a)), -one->order);
    assert_int_equal(blocklist_name_covers(a, b), one->covers);
}

static void cuts_labels(void **state)
{
    (void)state;
    struct str name = blocklist_name_above(STR("a.b.example"));
    assert_true(str_is(name, "b.example"));
    name = blocklist_name_above(blocklist_name_above(name));
    assert_int_equal(name.len, 0);
    assert_int_equal(blocklist_name_above(name).len, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(refuses_nul),
                                       cmocka_unit_test(cuts_labels)};
    return RUN_CASES("name_check", checks, check) + RUN_CASES("name_order", orders, order) +
           cmocka_run_group_tests_name("name", tests, NULL, NULL);
}
