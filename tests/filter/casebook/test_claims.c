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

#define REPORT(at, own, page, status)                                                              \
    "{\"source\":\"cek\",\"at\":\"" at "\",\"page\":\"" page "\",\"status\":" status               \
    ",\"own\":" own ",\"part\":false}\n"
#define AT_LIST "https://periksa.example/daftar"
#define OTHERWISE REVIEW(HOUSE_REVIEW, HOUSE_CLAIM, "Sebagian benar")
#define ANOTHER REVIEW(HOUSE_REVIEW, "Tinta pemilu tidak kering", "Salah")
#define BY_LIST REPORT(AT_LIST, "false", "", "0")
#define BY_OTHER REPORT("https://lain.example/daftar", "false", "", "0")
#define BY_NOBODY REPORT("https://asing.example/daftar", "false", "", "0")
#define BY_TEAM REPORT("http://127.0.0.1/", "true", "", "0")
#define LOOKED(status) REPORT(HOUSE_REVIEW, "false", HOUSE_REVIEW, status)

/* What ingest reports, and whether a case that rests on HOUSE_REVIEW is void then. */
static const struct report_case {
    const char *name, *report;
    bool falls;
    size_t added, changed, gone, refused;
} report_cases[] = {
    {"its site's list: rated otherwise", BY_LIST OTHERWISE, true, 0, 1, 0, 0},
    {"its site's list: another claim of the page", BY_LIST ANOTHER, false, 1, 0, 0, 0},
    {"its site's list, without it",
     BY_LIST REVIEW("https://periksa.example/9", "Lain sekali", "Salah"), false, 1, 0, 0, 0},
    {"its page as a source: another claim", REPORT(HOUSE_REVIEW "/#atas", "false", "", "0") ANOTHER,
     true, 1, 0, 1, 0},
    {"another checker: rated otherwise", BY_OTHER OTHERWISE, false, 0, 0, 0, 1},
    {"another checker: withdrawn",
     BY_OTHER "{\"@type\":\"ClaimReview\",\"url\":\"" HOUSE_REVIEW "\",\"withdrawn\":true}", false,
     0, 0, 0, 1},
    {"nobody on the list", BY_NOBODY OTHERWISE, false, 0, 0, 0, 1},
    {"nobody on the list, of its own page",
     BY_NOBODY REVIEW("https://asing.example/1", "Lain sekali", "Salah"), false, 0, 0, 0, 1},
    {"the team's own server: rated otherwise", BY_TEAM OTHERWISE, true, 0, 1, 0, 0},
    {"the team's own server: another claim", BY_TEAM ANOTHER, true, 1, 0, 1, 0},
    {"looked at again: there", LOOKED("200"), false, 0, 0, 0, 0},
    {"looked at again: rated otherwise", LOOKED("200") OTHERWISE, true, 0, 1, 0, 0},
    {"looked at again: another claim", LOOKED("200") ANOTHER, true, 1, 0, 1, 0},
    {"looked at again: led to another site",
     REPORT("https://asing.example/", "false", HOUSE_REVIEW, "200") OTHERWISE, false, 0, 0, 0, 1},
    {"looked at again: missing for the first time", LOOKED("404"), false, 0, 0, 0, 0},
    {"looked at again: gone", LOOKED("410"), true, 0, 0, 1, 0},
    {"looked at again: no answer", LOOKED("0"), false, 0, 0, 0, 0},
    {"looked at again: its server fails", LOOKED("503"), false, 0, 0, 0, 0},
    {"gone, of a page that nobody asked about",
     REPORT("https://periksa.example/9", "false", "https://periksa.example/9", "410"), false, 0, 0,
     0, 0},
    {"no report", "{\"a\":1}\n", false, 0, 0, 0, 1},
    {"a report of no reviews", BY_LIST "halo\n", false, 0, 0, 0, 1},
};

static void ignore(void *context, struct str url)
{
    buf_printf(context, "%.*s\n", STR_FORMAT(url));
}

static struct casebook_claims_report report_of(struct house *house, const char *bytes)
{
    struct casebook_claims_report report;
    struct buf bad = BUF_EMPTY;
    struct err err = ERR_NONE;
    struct rule_checkers *checkers = checkers_of(house);
    assert_true(casebook_claims_report(house->casebook, checkers, str_of(bytes), hear, &bad,
                                       &report, &err));
    rule_checkers_free(checkers);
    buf_fini(&bad);
    return report;
}

static void assert_due(struct house *house, const char *want)
{
    struct buf pages = BUF_EMPTY;
    struct err err = ERR_NONE;
    assert_true(casebook_claims_due(house->casebook, 10, ignore, &pages, &err));
    assert_string_equal(pages.len > 0 ? pages.bytes : "", want);
    buf_fini(&pages);
}

static void report_falls(void **state)
{
    const struct report_case *one = *state;
    struct house *house = house_build();
    import(house, REVIEW(HOUSE_REVIEW, HOUSE_CLAIM, "Salah"));
    int64_t id = house_case(house, RULE_CLAIM);
    assert_due(house, HOUSE_REVIEW "\n");
    struct casebook_claims_report report = report_of(house, one->report);
    assert_int_equal(report.added, one->added);
    assert_int_equal(report.changed, one->changed);
    assert_int_equal(report.gone, one->gone);
    assert_int_equal(report.refused, one->refused);
    assert_int_equal(report.voided, one->falls ? 1 : 0);
    assert_int_equal(house_state(house, id), one->falls ? CASE_VOID : CASE_FLAGGED);
    /* The same again changes nothing. */
    report = report_of(house, one->report);
    assert_int_equal(report.added + report.changed + report.gone + report.voided, 0);
    house_tear_down(house);
}

/* Missing twice, an hour apart; what answers in between, or merely fails, is not missing. */
static void missing_for_good(void **state)
{
    (void)state;
    struct house *house = house_build();
    int64_t id = house_case(house, RULE_CLAIM); /* nothing of its review was ever taken in */
    assert_due(house, HOUSE_REVIEW "\n");
    assert_due(house, "");
    assert_int_equal(report_of(house, LOOKED("404")).gone, 0);
    house->clock.fixed_ms += HOUR / 2;
    assert_due(house, "");
    assert_int_equal(report_of(house, LOOKED("404")).gone, 0);
    house->clock.fixed_ms += HOUR / 2;
    assert_int_equal(report_of(house, LOOKED("200")).gone, 0);
    assert_int_equal(report_of(house, LOOKED("404")).gone, 0);
    house->clock.fixed_ms += HOUR;
    assert_due(house, HOUSE_REVIEW "\n");
    assert_int_equal(report_of(house, LOOKED("503")).gone, 0);
    assert_int_equal(house_state(house, id), CASE_FLAGGED);
    struct casebook_claims_report report = report_of(house, LOOKED("404"));
    assert_int_equal(report.gone, 1);
    assert_int_equal(report.voided, 1);
    assert_int_equal(house_state(house, id), CASE_VOID);
    /* No case rests on it any more: nobody looks. */
    house->clock.fixed_ms += 48 * HOUR;
    assert_due(house, "");
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
        cmocka_unit_test(missing_for_good),
    };
    return RUN_CASES("refused", refused_cases, refused) + RUN_CASES("fall", fall_cases, fall) +
           RUN_CASES("report", report_cases, report_falls) +
           cmocka_run_group_tests_name("claims", tests, NULL, NULL);
}
