#include "filter/console/site_page.h"

#include <stdlib.h>

#include "filter/base/buf.h"
#include "filter/console/site_part.h"
#include "tests/filter/console/well_formed.h"
#include "tests/filter/test.h"

enum { PAGE_MOST = 30 * 1024 };

#define HOSTILE "<script>alert(1)</script>\"'><img src=x onerror=x>\u202e javascript:x"

/* `len` characters that begin with something hostile. */
static json_t *text_of(size_t len)
{
    struct buf text = BUF_EMPTY;
    buf_put_string(&text, HOSTILE);
    while (text.len < len) {
        buf_put_string(&text, "&kata ");
    }
    json_t *json = json_stringn(text.bytes, len);
    buf_fini(&text);
    return json != NULL ? json : json_string(HOSTILE);
}

static json_t *fill(json_t *list, json_t *one, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        json_array_append(list, one);
    }
    json_decref(one);
    return list;
}

/* Everything as long and as often as the casebook lets it be, and hostile. */
static json_t *worst(const char *state)
{
    json_t *basis = json_pack("{so ss so so so ss sI sI}", "publisher", text_of(200), "url",
                              "javascript:alert(1)", "claim", text_of(600), "rating", text_of(200),
                              "impersonates", text_of(200), "sha256", HOSTILE, "published_ms",
                              (json_int_t)1795622400000, "rated_ms", (json_int_t)1795622400000);
    json_t *rule =
        json_pack("{so so so so so}", "id", text_of(80), "title", text_of(200), "revision",
                  text_of(64), "release", text_of(64), "evidence", fill(json_array(), basis, 16));
    json_t *person =
        json_pack("{so ss so ss so}", "pseudonym", text_of(8), "role", "approver", "organisation",
                  text_of(64), "sector", "press", "ties", fill(json_array(), text_of(64), 40));
    json_t *appeal = json_pack("{si ss ss so}", "number", 1, "state", "declined", "lodged",
                               "2026-11-25T16:00:00Z", "reason", text_of(1500));
    json_t *hash = json_pack("{so ss ss}", "sha256", text_of(64), "tool", HOSTILE, "captured",
                             "2026-11-25T16:00:00Z");
    json_t *signature = json_pack("{ss ss so}", "role", "approver", "time", "2026-11-25T16:00:00Z",
                                  "fingerprint", text_of(50));
    json_t *decision = json_pack(
        "{so ss so so ss ss s[ssss] s{so}}", "target", text_of(2000), "scope", "URL", "reason",
        text_of(1500), "text", text_of(4000), "start", "2026-11-25T16:00:00Z", "observed", HOSTILE,
        "harvest", "money", "malware", "credentials", HOSTILE, "recipient", "name", text_of(200));
    json_t *because =
        json_pack("{so so so so so s{ss}}", "reason_en", text_of(1500), "milder", text_of(1500),
                  "conflict", text_of(1500), "conflict_approver", text_of(1500), "registrant",
                  text_of(1500), "answers", "opinion", "no");
    json_t *ended = json_pack("{ss so ss s{ss so so}}", "how", "remove", "reason", text_of(1500),
                              "time", "2026-11-25T16:00:00Z", "by", "role", "team", "pseudonym",
                              text_of(8), "organisation", text_of(64));
    return json_pack(
        "{sI ss ss ss ss so so so so so so so so so s[sss] s{ss} s{so}}", "case", (json_int_t)7,
        "class", "fraud", "state", state, "measure", "entry", "since", HOSTILE, "decision",
        decision, "because", because, "ended", ended, "rules", fill(json_array(), rule, 40),
        "evidence", fill(json_array(), hash, 16), "people", fill(json_array(), person, 3),
        "signatures", fill(json_array(), signature, 2), "appeals", fill(json_array(), appeal, 60),
        "elements", json_pack("{so}", "impersonates", fill(json_array(), text_of(200), 640)),
        "consumers", HOSTILE, "rpz", "hosts", "entry", "state", "active", "outcome", "decision",
        text_of(1500));
}

static void the_worst_is_harmless_and_small(void **state)
{
    (void)state;
    json_t *row = worst("listed");
    assert_non_null(row);
    struct html *html = html_new();
    site_page_record(html, row, STR(HOSTILE));
    assert_harmless(html_str(html));
    if (html_str(html).len > PAGE_MOST) {
        fail_msg("a page of %zu bytes", html_str(html).len);
    }
    assert_int_equal(count_of(html_str(html), "form"), 1);
    html_free(html);
    json_decref(row);
}

static void what_is_over_has_no_form(void **state)
{
    (void)state;
    json_t *row = worst("closed");
    struct html *html = html_new();
    site_page_record(html, row, STR("ab"));
    assert_harmless(html_str(html));
    assert_int_equal(count_of(html_str(html), "form"), 0);
    html_free(html);
    json_decref(row);
}

/* Rows of schema 1, and what a later schema may bring: shown as far as they are known. */
static void a_row_with_little_is_a_page(void **state)
{
    (void)state;
    static const char *const rows[] = {
        "{}",
        "{\"case\":1,\"class\":\"claim\",\"state\":\"corrected\",\"measure\":\"correction\","
        "\"decision\":{\"evidence\":[\"ab\"]},\"people\":[{\"role\":\"reviewer\"}]}",
        "{\"case\":\"x\",\"decision\":[],\"rules\":{},\"people\":\"x\",\"appeals\":[1],"
        "\"elements\":{\"repeats\":[1,null]},\"consumers\":[1],\"evidence\":[1],"
        "\"signatures\":[null],\"legal_ground\":[1],\"ended\":[]}",
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        json_t *row = json_loads(rows[i], 0, NULL);
        struct html *html = html_new();
        assert_non_null(row);
        site_page_record(html, row, STR(""));
        assert_harmless(html_str(html));
        html_free(html);
        json_decref(row);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_worst_is_harmless_and_small),
        cmocka_unit_test(what_is_over_has_no_form),
        cmocka_unit_test(a_row_with_little_is_a_page),
    };
    return cmocka_run_group_tests_name("site_record", tests, NULL, NULL);
}
