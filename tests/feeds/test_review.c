#include "feeds/review.h"

#include "filter/base/buf.h"
#include "filter/base/clock.h"
#include "filter/base/err.h"
#include "tests/filter/test.h"

struct heard {
    struct buf reviews, bad;
    unsigned stop_after;
};

static bool take(void *context, const struct feeds_review *review)
{
    struct heard *heard = context;
    buf_printf(&heard->reviews, "%.*s|%.*s|%.*s|%.*s|%.*s|%lld%s%s;", STR_FORMAT(review->url),
               STR_FORMAT(review->publisher), STR_FORMAT(review->claim), STR_FORMAT(review->title),
               STR_FORMAT(review->rating),
               review->rated_ms == CLOCK_NEVER ? -1 : (long long)(review->rated_ms / 86400000),
               review->is_lowest ? "|lowest" : "", review->is_withdrawn ? "|withdrawn" : "");
    return heard->stop_after == 0 || --heard->stop_after > 0;
}

static void bad(void *context, unsigned line, const char *why)
{
    struct heard *heard = context;
    buf_printf(&heard->bad, "%u: %s;", line, why);
}

#define REVIEW                                                                                     \
    "{\"@context\":\"https://schema.org\",\"@type\":\"ClaimReview\",\"url\":\"https://p.example/"  \
    "1\","                                                                                         \
    "\"claimReviewed\":\"TPS tutup\",\"author\":{\"@type\":\"Organization\",\"name\":\"P\"},"      \
    "\"headline\":\"H\",\"datePublished\":\"1970-01-03\",\"reviewRating\":{"

static const struct read_case {
    const char *name, *document, *reviews, *bad, *error;
} cases[] = {
    {"JSON-LD", REVIEW "\"alternateName\":\" Salah \"}}",
     "https://p.example/1|P|TPS tutup|H|Salah|2;", "", ""},
    {"a list, a graph, an item",
     "[{\"@graph\":[" REVIEW "\"alternateName\":\"A\"}}]},{\"itemListElement\":[{\"item\":" REVIEW
     "\"alternateName\":\"B\"}}}]}]",
     "https://p.example/1|P|TPS tutup|H|A|2;https://p.example/1|P|TPS tutup|H|B|2;", "", ""},
    {"several types", "{\"@type\":[\"Thing\",\"ClaimReview\"],\"claimReviewed\":\"k\"}",
     "||k|||-1;", "", ""},
    {"a number", REVIEW "\"ratingValue\":\"1\",\"bestRating\":5,\"worstRating\":1}}",
     "https://p.example/1|P|TPS tutup|H|1/5|2|lowest;", "", ""},
    {"a number that is not the lowest", REVIEW "\"ratingValue\":2}}",
     "https://p.example/1|P|TPS tutup|H|2/5|2;", "", ""},
    {"a scale upside down", REVIEW "\"ratingValue\":1,\"bestRating\":1,\"worstRating\":5}}",
     "https://p.example/1|P|TPS tutup|H|1/1|2;", "", ""},
    {"no number", REVIEW "\"ratingValue\":\"satu\"}}", "https://p.example/1|P|TPS tutup|H||2;", "",
     ""},
    {"withdrawn", "{\"@type\":\"ClaimReview\",\"creativeWorkStatus\":\"Withdrawn\"}",
     "|||||-1|withdrawn;", "", ""},
    {"an answer of claims:search",
     "{\"claims\":[{\"text\":\"k\",\"claimReview\":[{\"publisher\":{\"name\":\"P\"},\"url\":"
     "\"https://"
     "p.example/"
     "2\",\"title\":\"T\",\"reviewDate\":\"1970-01-02T00:00:00Z\",\"textualRating\":\"Hoaks\"}"
     "]}]}",
     "https://p.example/2|P|k|T|Hoaks|1;", "", ""},
    {"lines",
     "{\"url\":\"u\",\"claim\":\"k\",\"rating\":\"Salah\",\"rated\":\"1970-01-05\"}\n\n{\"a\":1}"
     "\nx\n"
     "{\"claim\":\"l\",\"withdrawn\":true}\n",
     "u||k||Salah|4;||l|||-1|withdrawn;",
     "3: holds no ClaimReview: it has no \"claimReviewed\";4: is not JSON;", ""},
    {"a line alone", "{\"claim\":\"k\"}", "||k|||-1;", "", ""},
    {"nothing", " \n", "", "", "is neither JSON-LD nor NDJSON: it starts with neither { nor ["},
    {"a page", "<html>", "", "", "is neither JSON-LD nor NDJSON: it starts with neither { nor ["},
    {"a broken list", "[{\"claim\":", "", "", "is not JSON"},
    {"something else", "{\"a\":{}}", "", "", "holds no ClaimReview: it has no \"claimReviewed\""},
    {"texts that are none", "{\"@type\":\"ClaimReview\",\"url\":7,\"claimReviewed\":[\"k\"]}",
     "|||||-1;", "", ""},
};

static void test_read(void **state)
{
    const struct read_case *one = *state;
    struct heard heard = {.stop_after = 0};
    struct err err = ERR_NONE;
    bool done = feeds_review_read(str_of(one->document), take, bad, &heard, &err);
    assert_string_equal(err.message, one->error);
    assert_int_equal(done, one->error[0] == '\0');
    assert_string_equal(heard.reviews.len > 0 ? heard.reviews.bytes : "", one->reviews);
    assert_string_equal(heard.bad.len > 0 ? heard.bad.bytes : "", one->bad);
    buf_fini(&heard.reviews);
    buf_fini(&heard.bad);
}

static void test_stops(void **state)
{
    (void)state;
    struct heard heard = {.stop_after = 1};
    struct err err = ERR_NONE;
    assert_true(
        feeds_review_read(STR("{\"claim\":\"k\"}\n{\"claim\":\"l\"}"), take, bad, &heard, &err));
    assert_string_equal(heard.reviews.bytes, "||k|||-1;");
    buf_fini(&heard.reviews);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_stops)};
    return RUN_CASES("feeds_review_read", cases, test_read) +
           cmocka_run_group_tests_name("feeds_review_read stops", tests, NULL, NULL);
}
