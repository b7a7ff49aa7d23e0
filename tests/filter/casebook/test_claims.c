#include "filter/casebook/claims.h"

#include <stdlib.h>
#include <sys/stat.h>

#include "filter/base/file.h"
#include "filter/rule/checkers.h"
#include "tests/filter/casebook/house.h"

#define REVIEW(url, claim, rating)                                                                 \
    "{\"@type\":\"ClaimReview\",\"url\":\"" url "\",\"claimReviewed\":\"" claim                    \
    "\",\"reviewRating\":{\"alternateName\":\"" rating "\"},\"datePublished\":\"2026-11-01\"}\n"

static struct rule_checkers *checkers_of(struct house *house)
{
    struct buf path = BUF_EMPTY;
    struct err err = ERR_NONE;
    buf_printf(&path, "%s/allow", house->folder);
    if (mkdir(path.bytes, 0700) == 0) {
        house_write(house, "allow/fact-checkers.txt",
                    STR("periksa.example\tPeriksa Contoh\nlain.example\tPeriksa Lain\n"));
    }
    buf_fini(&path);
    struct rule_checkers *checkers =
        rule_checkers_load((const char *const[]){house->folder, NULL}, &err);
    assert_non_null(checkers);
    return checkers;
}

static void hear(void *context, unsigned line, const char *why)
{
    buf_printf(context, "%u: %s\n", line, why);
}

static struct casebook_claims_report import(struct house *house, const char *document)
{
    struct casebook_claims_report report;
    struct buf bad = BUF_EMPTY;
    struct err err = ERR_NONE;
    struct rule_checkers *checkers = checkers_of(house);
    assert_true(casebook_claims_import(house->casebook, checkers, str_of(document), hear, &bad,
                                       &report, &err));
    assert_true((report.refused > 0) == (bad.len > 0));
    rule_checkers_free(checkers);
    buf_fini(&bad);
    return report;
}

/* The best review of a text: its claim; "" if none has a word of it. */
static struct str best(struct house *house, const char *text)
{
    struct casebook_claim claims[CASEBOOK_CLAIMS_MOST];
    size_t count;
    struct err err = ERR_NONE;
    assert_true(
        casebook_claims_like(house->casebook, str_of(text), house->arena, claims, &count, &err));
    return count > 0 ? claims[0].claim : STR("");
}

static void reviews_are_found_by_what_they_say(void **state)
{
    (void)state;
    struct house *house = house_build();
    struct casebook_claims_report report = import(
        house, REVIEW("https://periksa.example/1", "Pemilih wajib membawa ijazah", "Salah")
                   REVIEW("https://periksa.example/2", "Surat suara dicetak 11.000 lembar", "Hoaks")
                       REVIEW("https://lain.example/3", "TPS tutup pukul sepuluh", "Sebagian"));
    assert_int_equal(report.added, 3);
    assert_true(str_is(best(house, "Katanya memilih harus bawa IJAZAH ya @seseorang"),
                       "Pemilih wajib membawa ijazah"));
    assert_true(str_is(best(house, "dicetak 11000 lembar!"), "Surat suara dicetak 11.000 lembar"));
    assert_true(str_is(best(house, "@ijazah https://ijazah.example/ijazah"), ""));
    assert_true(str_is(best(house, "\" OR * NEAR( -"), ""));
    assert_true(str_is(best(house, ""), ""));
    house_tear_down(house);
}

static void a_case_shows_its_reviews(void **state)
{
    (void)state;
    struct house *house = house_build();
    struct casebook_claim claims[CASEBOOK_CLAIMS_MOST];
    size_t count;
    struct err err = ERR_NONE;
    import(house, REVIEW("https://periksa.example/1", "Pemilih wajib membawa ijazah", "Salah"));
    house_flag(house, (struct house_post){.text = "kata panitia wajib bawa ijazah lho"});
    assert_true(casebook_claims_of(house->casebook, 1, house->arena, claims, &count, &err));
    assert_int_equal(count, 1);
    assert_true(str_is(claims[0].publisher, "Periksa Contoh"));
    assert_true(claims[0].is_false);
    assert_true(casebook_claims_of(house->casebook, 2, house->arena, claims, &count, &err));
    assert_int_equal(count, 0);
    house_tear_down(house);
}

static const struct refused_case {
    const char *name, *document;
} refused_cases[] = {
    {"by nobody on the list", REVIEW("https://bukan.example/1", "k", "Salah")},
    {"on no https page", REVIEW("http://periksa.example/1", "k", "Salah")},
    {"of a name that ends alike", REVIEW("https://bukanperiksa.example/1", "k", "Salah")},
    {"without a rating", REVIEW("https://periksa.example/1", "k", "")},
    {"without a claim", REVIEW("https://periksa.example/1", "", "Salah")},
    {"of a claim without a word", REVIEW("https://periksa.example/1", "... !", "Salah")},
    {"no JSON", "{\"claim\":1}\n{"},
};

static void refused(void **state)
{
    const struct refused_case *one = *state;
    struct house *house = house_build();
    struct casebook_claims_report report = import(house, one->document);
    assert_true(report.refused > 0);
    assert_int_equal(report.added, 0);
    house_tear_down(house);
}

/* What is imported second, and whether a case that rests on HOUSE_REVIEW is void then. */
static const struct fall_case {
    const char *name, *document;
    bool falls;
    size_t added, changed, same, gone;
} fall_cases[] = {
    {"the same again", REVIEW(HOUSE_REVIEW, HOUSE_CLAIM, "Salah"), false, 0, 0, 1, 0},
    {"other marks of writing", REVIEW(HOUSE_REVIEW, "TINTA pemilu  mengandung racun!", "Salah"),
     false, 0, 0, 1, 0},
    {"another word for false", REVIEW(HOUSE_REVIEW, HOUSE_CLAIM, "Hoaks"), false, 0, 1, 0, 0},
    {"rated otherwise", REVIEW(HOUSE_REVIEW, HOUSE_CLAIM, "Sebagian benar"), true, 0, 1, 0, 0},
    {"another claim on its page", REVIEW(HOUSE_REVIEW, "Tinta pemilu tidak kering", "Salah"), true,
     1, 0, 0, 1},
    {"one more on its page",
     REVIEW(HOUSE_REVIEW, HOUSE_CLAIM, "Salah")
         REVIEW(HOUSE_REVIEW, "Tinta pemilu tidak kering", "Salah"),
     false, 1, 0, 1, 0},
    {"withdrawn",
     "{\"@type\":\"ClaimReview\",\"url\":\"" HOUSE_REVIEW
     "\",\"creativeWorkStatus\":\"Withdrawn\"}",
     true, 0, 0, 0, 1},
    {"another page", REVIEW("https://periksa.example/2", "Lain sekali", "Benar"), false, 1, 0, 0,
     0},
    {"a search that found another claim of the page",
     "{\"claims\":[{\"text\":\"Tinta pemilu tidak "
     "kering\",\"claimReview\":[{\"url\":\"" HOUSE_REVIEW "\",\"textualRating\":\"Salah\"}]}]}",
     false, 1, 0, 0, 0},
};

static void fall(void **state)
{
    const struct fall_case *one = *state;
    struct house *house = house_build();
    import(house, REVIEW(HOUSE_REVIEW, HOUSE_CLAIM, "Salah"));
    int64_t id = house_case(house, RULE_CLAIM), other = house_case(house, RULE_FRAUD);
    struct casebook_claims_report report = import(house, one->document);
    assert_int_equal(report.added, one->added);
    assert_int_equal(report.changed, one->changed);
    assert_int_equal(report.same, one->same);
    assert_int_equal(report.gone, one->gone);
    assert_int_equal(report.voided, one->falls ? 1 : 0);
    assert_int_equal(house_state(house, id), one->falls ? CASE_VOID : CASE_FLAGGED);
    assert_int_equal(house_state(house, other), CASE_FLAGGED);
    /* And nothing is opened on it any more. */
    assert_int_equal(house_flag(house, (struct house_post){.text = "ada racun dalam tinta, awas ya",
                                                           .class = RULE_CLAIM}),
                     one->falls ? CASEBOOK_SHADOW : CASEBOOK_OPENED);
    house_tear_down(house);
}

static void withdrawn_by_hand(void **state)
{
    (void)state;
    struct house *house = house_build();
    struct casebook_claims_report report;
    struct err err = ERR_NONE;
    import(house, REVIEW(HOUSE_REVIEW, HOUSE_CLAIM, "Salah"));
    int64_t id = house_case(house, RULE_CLAIM);
    assert_false(
        casebook_claims_withdraw(house->casebook, STR(HOUSE_REVIEW), STR(""), &report, &err));
    assert_int_equal(house_state(house, id), CASE_FLAGGED);
    err = ERR_NONE;
    assert_true(casebook_claims_withdraw(house->casebook, STR(HOUSE_REVIEW),
                                         STR("Halamannya ditarik penerbitnya."), &report, &err));
    assert_int_equal(report.gone, 1);
    assert_int_equal(report.voided, 1);
    assert_int_equal(house_state(house, id), CASE_VOID);
    assert_true(str_is(best(house, HOUSE_CLAIM), ""));
    /* Its publisher brings it back: it is found again, and the case stays void. */
    assert_int_equal(import(house, REVIEW(HOUSE_REVIEW, HOUSE_CLAIM, "Salah")).changed, 1);
    assert_true(str_is(best(house, HOUSE_CLAIM), HOUSE_CLAIM));
    assert_int_equal(house_state(house, id), CASE_VOID);
    house_tear_down(house);
}

/* A document that is none changes nothing. */
static void all_or_nothing(void **state)
{
    (void)state;
    struct house *house = house_build();
    struct casebook_claims_report report;
    struct buf bad = BUF_EMPTY;
    struct err err = ERR_NONE;
    struct rule_checkers *checkers = checkers_of(house);
    assert_false(casebook_claims_import(house->casebook, checkers, STR("<html>"), hear, &bad,
                                        &report, &err));
    assert_true(err_is_set(&err));
    rule_checkers_free(checkers);
    house_tear_down(house);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reviews_are_found_by_what_they_say),
        cmocka_unit_test(a_case_shows_its_reviews),
        cmocka_unit_test(withdrawn_by_hand),
        cmocka_unit_test(all_or_nothing),
    };
    return RUN_CASES("refused", refused_cases, refused) + RUN_CASES("fall", fall_cases, fall) +
           cmocka_run_group_tests_name("claims", tests, NULL, NULL);
}
