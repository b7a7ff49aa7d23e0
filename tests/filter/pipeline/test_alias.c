#include "filter/pipeline/alias.h"

#include "filter/base/err.h"
#include "tests/filter/test.h"

/* A name's labels are written out; a record: owner as a pointer to the question's name. */
#define HEAD(answers) "\0\1\x81\x80\0\1\0" answers "\0\0\0\0"
#define QUESTION "\1a\7example\0\0\1\0\1"
#define OWNER "\xc0\x0c"
#define CNAME(size) OWNER "\0\5\0\1\0\0\0\x3c\0" size
#define BYTES(text) text, sizeof(text) - 1

static const struct answer_case {
    const char *name, *bytes;
    size_t len;
    bool is_read;
    const char *chain;
} answers[] = {
    {"an address", BYTES(HEAD("\1") QUESTION OWNER "\0\1\0\1\0\0\0\x3c\0\4\x7f\0\0\1"), true, ""},
    {"no answer", BYTES(HEAD("\0") QUESTION), true, ""},
    {"an alias", BYTES(HEAD("\1") QUESTION CNAME("\x0f") "\3www\3KPU\2go\2id\0"), true,
     "www.kpu.go.id"},
    {"a chain", BYTES(HEAD("\2") QUESTION CNAME("\4") "\1b\xc0\x0e" CNAME("\4") "\1c\xc0\x0e"),
     true, "b.example c.example"},
    {"a name with a space in it, beside one",
     BYTES(HEAD("\2") QUESTION CNAME("\6") "\3a b\xc0\x0e" CNAME("\4") "\1c\xc0\x0e"), true,
     "c.example"},
    {"a wildcard", BYTES(HEAD("\1") QUESTION CNAME("\4") "\1*\xc0\x0e"), true, ""},
    {"the root", BYTES(HEAD("\1") QUESTION CNAME("\1") "\0"), true, ""},
    {"a pointer to itself", BYTES(HEAD("\1") QUESTION "\xc0\x1b\0\5\0\1\0\0\0\x3c\0\2\xc0\x1b"),
     false, ""},
    {"nothing", "", 0, false, ""},
    {"half a head", BYTES("\0\1\x81\x80"), false, ""},
    {"a question that is not there", BYTES(HEAD("\0")), false, ""},
    {"fewer records than it says", BYTES(HEAD("\2") QUESTION CNAME("\4") "\1b\xc0\x0e"), false,
     "b.example"},
    {"a record that runs out", BYTES(HEAD("\1") QUESTION CNAME("\x40") "\1b\xc0\x0e"), false, ""},
};

static void reads(void **state)
{
    const struct answer_case *one = *state;
    struct buf chain = BUF_EMPTY;
    assert_int_equal(alias_read((const unsigned char *)one->bytes, one->len, &chain), one->is_read);
    assert_true(str_is(buf_str(&chain), one->chain));
    buf_fini(&chain);
}

/* Nobody listens there: nothing is known, and it does not take for ever. */
static void a_resolver_that_is_not_there(void **state)
{
    (void)state;
    const struct str names[] = {STR("satu.example"), STR("dua.example")};
    struct alias_lookup lookup;
    struct err err = ERR_NONE;
    assert_true(alias_ask(&lookup, "127.0.0.1:1", names, 2, 8000, &err));
    assert_int_equal(lookup.answers[0].state, ALIAS_UNKNOWN);
    assert_int_equal(lookup.answers[1].state, ALIAS_UNKNOWN);
    alias_lookup_fini(&lookup);
    assert_true(alias_ask(&lookup, "bukan alamat", names, 2, 8000, &err));
    assert_int_equal(lookup.answers[1].state, ALIAS_UNKNOWN);
    alias_lookup_fini(&lookup);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(a_resolver_that_is_not_there)};
    return RUN_CASES("answers", answers, reads) +
           cmocka_run_group_tests_name("asking", tests, NULL, NULL);
}
