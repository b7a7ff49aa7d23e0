#include "filter/console/page.h"

#include <stdio.h>
#include <stdlib.h>

#include "filter/base/buf.h"
#include "filter/console/gzip.h"
#include "filter/console/style.h"
#include "tests/filter/console/well_formed.h"
#include "tests/filter/test.h"

#define NOW_MS INT64_C(1795530000000) /* 2026-11-24T14:20:00Z */
#define HOUR_MS INT64_C(3600000)

enum { MOST_PAGE = 30 << 10, MOST_FIRST_LOAD = 14 << 10, MOST_STYLE = 8 << 10 };

#define HOSTILE                                                                                    \
    "\"'><script>alert(1)</script><img src=x onerror=alert(2)>\xe2\x80\xae</bdi></td></title>&lt;"

static struct page make_page(const struct place *place, enum language language)
{
    return (struct page){.html = html_new(),
                         .language = language,
                         .now_ms = NOW_MS,
                         .place = place,
                         .style = style_path(),
                         .knows_season = true};
}

static struct casebook_case make_case(struct str text)
{
    return (struct casebook_case){.id = 7,
                                  .class = RULE_FRAUD,
                                  .state = CASE_FLAGGED,
                                  .opened_ms = NOW_MS - 3 * HOUR_MS,
                                  .since_ms = NOW_MS - HOUR_MS / 2,
                                  .deadline_ms = NOW_MS + 165 * HOUR_MS,
                                  .rule_id = text,
                                  .rule_title = text,
                                  .level = STR("high"),
                                  .excerpt = text,
                                  .copies = 3,
                                  .claimed_by = text,
                                  .is_demo = true};
}

static void assert_small(struct str page)
{
    struct buf packed = BUF_EMPTY;
    if (page.len > MOST_PAGE) {
        fail_msg("the page has %zu bytes", page.len);
    }
    assert_true(gzip_put(page, &packed));
    assert_true(gzip_put(style_text(), &packed));
    assert_true(packed.len <= MOST_FIRST_LOAD);
    buf_fini(&packed);
}

static bool holds(struct str page, const char *text)
{
    return memmem(page.at, page.len, text, strlen(text)) != NULL;
}

static void the_style_is_small_and_loads_nothing(void **state)
{
    (void)state;
    struct str style = style_text();
    assert_true(style.len > 1000 && style.len <= MOST_STYLE);
    assert_false(holds(style, "url("));
    assert_false(holds(style, "@import"));
    assert_false(holds(style, "http"));
}

static void a_queue_says_what_it_must(void **state)
{
    (void)state;
    struct place place = place_of(ROUTE_QUEUE);
    struct page page = make_page(&place, LANGUAGE_ID);
    struct casebook_case one = make_case(STR("Kutipan"));
    one.rule_title = STR("Judul aturan");
    page_queue(&page, &one, 1, false);
    struct str whole = html_str(page.html);
    char *cells = texts_of(whole, "td");
    assert_string_equal(cells, "Penipuan|KutipanJudul aturan|3|3 jam|6 hari lagi|Ditandai|");
    assert_true(holds(whole, "href=\"/cases/7\""));
    assert_true(holds(whole, "Contoh: belum ada musim pemilihan"));
    assert_false(holds(whole, "rel=\"next\""));
    free(cells);
    html_free(page.html);
}

static void a_queue_in_english_stays_in_english(void **state)
{
    (void)state;
    struct place place;
    assert_int_equal(place_parse(STR("/?lang=en&class=fraud&page=2"), &place), PLACE_FOUND);
    struct page page = make_page(&place, LANGUAGE_EN);
    struct casebook_case one = make_case(STR("x"));
    page_queue(&page, &one, 1, true);
    struct str whole = html_str(page.html);
    assert_true(holds(whole, "href=\"/cases/7?lang=en\""));
    assert_true(holds(whole, "href=\"/?lang=en&amp;class=fraud\" rel=\"prev\""));
    assert_true(holds(whole, "href=\"/?lang=en&amp;class=fraud&amp;page=3\" rel=\"next\""));
    assert_true(holds(whole, "name=\"lang\" value=\"en\""));
    assert_true(holds(whole, "<html lang=\"en\">"));
    html_free(page.html);
}

static void an_empty_queue_says_so(void **state)
{
    (void)state;
    struct place place = place_of(ROUTE_QUEUE);
    struct page page = make_page(&place, LANGUAGE_ID);
    page_queue(&page, NULL, 0, false);
    assert_true(holds(html_str(page.html), "Tidak ada kasus di sini."));
    assert_int_equal(count_of(html_str(page.html), "table"), 0);
    assert_harmless(html_str(page.html));
    html_free(page.html);
}

static void a_season_is_named(void **state)
{
    (void)state;
    struct place place = place_of(ROUTE_QUEUE);
    struct page page = make_page(&place, LANGUAGE_ID);
    page.has_season = true;
    page.season = (struct casebook_season){.name = STR("Pilkada <Contoh>"), .end_ms = NOW_MS};
    page_queue(&page, NULL, 0, false);
    assert_true(holds(html_str(page.html), "Musim Pilkada &lt;Contoh&gt;, sampai 2026-11-24"));
    assert_false(holds(html_str(page.html), "Contoh: belum"));
    html_free(page.html);
}

/* Everything that comes from outside is as bad as it can be, and as long. */
struct worst_case {
    const char *name;
    struct str piece;
    size_t times;
};

static const struct worst_case worsts[] = {
    {"mark-up", STR(HOSTILE), 1},
    {"long mark-up", STR(HOSTILE), 9000},
    {"quotes", STR("\""), 900000},
    {"controls", STR("\x01"), 900000},
    {"overrides", STR("\xe2\x80\xae"), 300000},
    {"no UTF-8", STR("\xff\xc0\xbc<"), 200000},
    {"four bytes each", STR("\xf0\x9f\x91\xa9"), 200000},
    {"links", STR("http://a.example/<x> "), 40000},
    {"line ends", STR("\n"), 900000},
    {"nothing", STR(""), 1},
};

static struct buf repeat(const struct worst_case *one)
{
    struct buf text = BUF_EMPTY;
    for (size_t i = 0; i < one->times; i++) {
        buf_put_str(&text, one->piece);
    }
    return text;
}

static void check_queue(void **state)
{
    struct buf text = repeat(*state);
    struct place place = place_of(ROUTE_QUEUE);
    struct page page = make_page(&place, LANGUAGE_ID);
    struct casebook_case cases[PAGE_ROWS];
    for (size_t i = 0; i < PAGE_ROWS; i++) {
        cases[i] = make_case(buf_str(&text));
    }
    place.page = 1000000;
    page_queue(&page, cases, PAGE_ROWS, true);
    struct str whole = html_str(page.html);
    assert_harmless(whole);
    assert_small(whole);
    assert_int_equal(count_of(whole, "tr"), PAGE_ROWS + 1);
    html_free(page.html);
    buf_fini(&text);
}

struct worst_page {
    struct rule_evidence evidence[5];
    struct casebook_rule rules[10];
    struct casebook_span spans[100];
    struct str links[50];
    struct casebook_post posts[100];
    struct casebook_event events[50];
    struct casebook_page page;
};

static void fill_rules(struct worst_page *worst, struct str text)
{
    for (size_t i = 0; i < COUNT(worst->evidence); i++) {
        worst->evidence[i] = (struct rule_evidence){.url = text,
                                                    .publisher = text,
                                                    .published_ms = NOW_MS,
                                                    .impersonates = text,
                                                    .valid_from_ms = NOW_MS,
                                                    .valid_until_ms = NOW_MS,
                                                    .sha256 = text,
                                                    .claim = text,
                                                    .rating = text,
                                                    .rated_ms = NOW_MS};
    }
    for (size_t i = 0; i < COUNT(worst->rules); i++) {
        worst->rules[i] = (struct casebook_rule){.id = text,
                                                 .title = text,
                                                 .description = text,
                                                 .level = text,
                                                 .evidence = worst->evidence,
                                                 .evidence_count = COUNT(worst->evidence)};
    }
}

static void fill_posts(struct worst_page *worst, struct str text)
{
    for (size_t i = 0; i < COUNT(worst->spans); i++) {
        worst->spans[i] = (struct casebook_span){.field = i % 3 == 0   ? STR("title")
                                                          : i % 3 == 1 ? STR("text")
                                                                       : STR("link"),
                                                 .span = {2 * i, 2 * i + 1}};
    }
    for (size_t i = 0; i < COUNT(worst->links); i++) {
        worst->links[i] = text;
    }
    for (size_t i = 0; i < COUNT(worst->posts); i++) {
        worst->posts[i] = (struct casebook_post){.source = text,
                                                 .id = text,
                                                 .url = text,
                                                 .title = text,
                                                 .text = text,
                                                 .lang = text,
                                                 .published_ms = NOW_MS,
                                                 .flagged_ms = NOW_MS,
                                                 .ruleset = text,
                                                 .spans = worst->spans,
                                                 .span_count = COUNT(worst->spans),
                                                 .links = worst->links,
                                                 .link_count = COUNT(worst->links)};
    }
}

static struct str detail = STR("{\"reason\":\"<script>alert(1)</script>\",\"n\":3,\"list\":[1]}");

static void fill(struct worst_page *worst, struct str text)
{
    fill_rules(worst, text);
    fill_posts(worst, text);
    for (size_t i = 0; i < COUNT(worst->events); i++) {
        worst->events[i] = (struct casebook_event){.seq = (int64_t)i + 1,
                                                   .time_ms = NOW_MS,
                                                   .actor = text,
                                                   .action = text,
                                                   .detail = i % 2 == 0 ? detail : text};
    }
    worst->page = (struct casebook_page){.summary = make_case(text),
                                         .rules = worst->rules,
                                         .rule_count = COUNT(worst->rules),
                                         .posts = worst->posts,
                                         .post_count = COUNT(worst->posts),
                                         .events = worst->events,
                                         .event_count = COUNT(worst->events),
                                         .proposal = text,
                                         .proposal_kind = text,
                                         .entry_id = text,
                                         .entry_state = text};
    worst->page.summary.copies = 1000;
}

static void check_case(void **state)
{
    static const char *const targets[] = {
        "/cases/7", "/cases/7?lang=en&post=100&part=1000000&rules=2&copies=13&events=5",
        "/cases/7?part=2", "/cases/7?post=1000000&rules=1000000&copies=1000000&events=1000000"};
    struct buf text = repeat(*state);
    struct worst_page worst;
    fill(&worst, buf_str(&text));
    for (size_t i = 0; i < COUNT(targets); i++) {
        struct place place;
        assert_int_equal(place_parse(str_of(targets[i]), &place), PLACE_FOUND);
        for (int class = 0; class <= RULE_CLAIM; class ++) {
            struct page page = make_page(&place, LANGUAGE_EN);
            worst.page.summary.class = (enum rule_class) class;
            page_case(&page, &worst.page, NULL, NULL);
            assert_harmless(html_str(page.html));
            assert_small(html_str(page.html));
            html_free(page.html);
        }
    }
    buf_fini(&text);
}

static void check_errors(void **state)
{
    (void)state;
    for (int language = 0; language < LANGUAGE_COUNT; language++) {
        struct place place = place_of(ROUTE_QUEUE);
        struct page page = make_page(&place, (enum language)language);
        page.knows_season = false;
        page_error(&page, MSG_NOT_FOUND, MSG_NOT_FOUND_HINT);
        assert_harmless(html_str(page.html));
        assert_false(holds(html_str(page.html), "class=\"demo\""));
        html_free(page.html);
    }
}

static struct casebook_page make_plain(struct casebook_rule *rule, struct casebook_post *post)
{
    return (struct casebook_page){.summary = make_case(STR("x")),
                                  .rules = rule,
                                  .rule_count = 1,
                                  .posts = post,
                                  .post_count = 1};
}

struct class_case {
    const char *name;
    enum rule_class class;
    const char *terms, *link;
};

static const struct class_case classes[] = {
    {"fraud", RULE_FRAUD, "Meniru|Sumber resmi|Terbit|", "https://www.kpu.go.id/x"},
    {"procedure", RULE_PROCEDURE, "Fakta resmi|Terbit|Berlaku|SHA-256 dokumen|",
     "https://www.kpu.go.id/x"},
    {"claim", RULE_CLAIM, "Klaim|Penilaian|Pemeriksa fakta|Dinilai|", "https://www.kpu.go.id/x"},
};

/* The rule in words, with the evidence of its class and no other. */
static void check_class(void **state)
{
    const struct class_case *one = *state;
    struct rule_evidence evidence = {.url = STR("https://www.kpu.go.id/x"),
                                     .publisher = STR("KPU RI"),
                                     .published_ms = NOW_MS,
                                     .impersonates = STR("KPU RI"),
                                     .valid_from_ms = NOW_MS,
                                     .valid_until_ms = NOW_MS,
                                     .sha256 = STR("00"),
                                     .claim = STR("Klaim itu"),
                                     .rating = STR("Salah"),
                                     .rated_ms = NOW_MS};
    struct casebook_rule rule = {.title = STR("Judul"),
                                 .description = STR("Keterangan"),
                                 .evidence = &evidence,
                                 .evidence_count = 1};
    struct casebook_post post = {.text = STR("teks"), .published_ms = CLOCK_NEVER};
    struct casebook_page shown = make_plain(&rule, &post);
    struct place place = place_of(ROUTE_CASE);
    struct page page = make_page(&place, LANGUAGE_ID);
    shown.summary.class = one->class;
    page_case(&page, &shown, NULL, NULL);
    struct str whole = html_str(page.html);
    char *terms = texts_of(whole, "dt");
    assert_non_null(strstr(terms, one->terms));
    assert_true(holds(whole, one->link));
    assert_true(holds(whole, "Keterangan"));
    free(terms);
    html_free(page.html);
}

static void a_purged_case_has_no_post(void **state)
{
    (void)state;
    struct casebook_page shown = {.summary = make_case(STR(""))};
    struct place place = place_of(ROUTE_CASE);
    struct page page = make_page(&place, LANGUAGE_ID);
    shown.summary.state = CASE_PURGED;
    shown.summary.deadline_ms = CLOCK_NEVER;
    page_case(&page, &shown, NULL, NULL);
    assert_true(holds(html_str(page.html), "Isi kasus ini sudah dihapus."));
    assert_true(holds(html_str(page.html), "tanpa tenggat"));
    assert_harmless(html_str(page.html));
    html_free(page.html);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_style_is_small_and_loads_nothing),
        cmocka_unit_test(a_queue_says_what_it_must),
        cmocka_unit_test(a_queue_in_english_stays_in_english),
        cmocka_unit_test(an_empty_queue_says_so),
        cmocka_unit_test(a_season_is_named),
        cmocka_unit_test(check_errors),
        cmocka_unit_test(a_purged_case_has_no_post),
    };
    return cmocka_run_group_tests_name("pages", tests, NULL, NULL) |
           RUN_CASES("page_queue at its worst", worsts, check_queue) |
           RUN_CASES("page_case at its worst", worsts, check_case) |
           RUN_CASES("page_case by class", classes, check_class);
}
