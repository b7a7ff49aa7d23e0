/* sources.yml and the fetcher's state as `saring sources` and a console page show and change them.
 */
#include "feeds/catalogue.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "filter/base/err.h"
#include "filter/base/file.h"
#include "tests/filter/test.h"

#define NOW INT64_C(1795225380000) /* 2026-11-21T01:43:00Z */

static struct {
    char folder[64], path[96], state[96];
} at;

static const char sources[] = "# tetap\n"
                              "sources:\n"
                              "  - id: satu # juga\n"
                              "    kind: rss\n"
                              "    url: https://a.example/rss\n"
                              "    organisation: Satu\n"
                              "    enabled: true\n"
                              "  - id: dua\n"
                              "    kind: ndjson\n"
                              "    path: dua.ndjson\n"
                              "    enabled: false\n";

static void write_text(const char *path, const char *text)
{
    struct err err = ERR_NONE;
    assert_true(file_write(path, str_of(text), 0600, &err));
}

static void text_is(const char *path, const char *wanted)
{
    struct buf text = BUF_EMPTY;
    struct err err = ERR_NONE;
    assert_true(file_read(path, 1 << 20, &text, &err));
    buf_put(&text, "", 0);
    assert_string_equal(text.bytes, wanted);
    buf_fini(&text);
}

static struct feeds_catalogue *open_it(void)
{
    struct err err = ERR_NONE;
    const struct feeds_catalogue_options options = {
        .path = at.path, .state_path = at.state, .clock = clock_fixed(NOW)};
    write_text(at.path, sources);
    struct feeds_catalogue *catalogue = feeds_catalogue_open(&options, &err);
    assert_non_null(catalogue);
    return catalogue;
}

static void tells_how_each_is(void **state)
{
    (void)state;
    struct err err = ERR_NONE;
    struct feeds_listed listed;
    struct buf words = BUF_EMPTY;
    write_text(at.path, sources);
    struct feeds_sources *list = feeds_sources_load(at.path, &err);
    assert_non_null(list);
    size_t count;
    const struct feeds_source *all = feeds_sources_all(list, &count);
    struct feeds_state states[2] = {
        {.failures = 3, .due_ms = NOW + 600000, .error = strdup("the server answers 404")}};
    assert_true(feeds_state_save(at.state, all, count, states, &err));
    free(states[0].error);
    feeds_sources_free(list);
    struct feeds_catalogue *catalogue = open_it();
    assert_int_equal(feeds_catalogue_count(catalogue), 2);
    assert_true(feeds_catalogue_find(catalogue, STR("https://a.example/rss"), &listed, &err));
    assert_true(str_is(listed.source->id, "satu"));
    assert_int_equal(listed.status, FEEDS_STATUS_FAILING);
    feeds_catalogue_explain(catalogue, &listed, &words);
    assert_non_null(strstr(words.bytes, "failed 3 times: the server answers 404"));
    assert_non_null(strstr(words.bytes, "the address is wrong or was removed"));
    assert_non_null(strstr(words.bytes, "next: 10 menit/min"));
    assert_int_equal(feeds_catalogue_at(catalogue, 1).status, FEEDS_STATUS_OFF);
    assert_false(feeds_catalogue_find(catalogue, STR("tiga"), &listed, &err));
    assert_non_null(strstr(err.message, "there is no such source"));
    feeds_catalogue_free(catalogue);
    buf_fini(&words);
    unlink(at.state);
}

static void changes_and_keeps_the_rest(void **state)
{
    (void)state;
    struct err err = ERR_NONE;
    struct feeds_listed listed;
    struct feeds_catalogue *catalogue = open_it();
    assert_true(feeds_catalogue_enable(catalogue, STR("dua"), true, &err));
    assert_true(feeds_catalogue_find(catalogue, STR("dua"), &listed, &err));
    assert_int_equal(listed.status, FEEDS_STATUS_NEW);
    assert_true(feeds_catalogue_enable(catalogue, STR("satu"), false, &err));
    assert_true(feeds_catalogue_remove(catalogue, STR("dua"), &err));
    assert_int_equal(feeds_catalogue_count(catalogue), 1);
    text_is(at.path,
            "# tetap\nsources:\n  - id: satu # juga\n    kind: rss\n"
            "    url: https://a.example/rss\n    organisation: Satu\n    enabled: false\n");
    assert_false(feeds_catalogue_remove(catalogue, STR("dua"), &err));
    feeds_catalogue_free(catalogue);
}

static void somebody_else_was_faster(void **state)
{
    (void)state;
    struct err err = ERR_NONE;
    struct feeds_catalogue *catalogue = open_it();
    write_text(at.path, "sources: []\n");
    assert_false(feeds_catalogue_enable(catalogue, STR("dua"), true, &err));
    assert_non_null(strstr(err.message, "was changed by somebody else"));
    text_is(at.path, "sources: []\n");
    assert_int_equal(feeds_catalogue_count(catalogue), 2); /* what it had stands */
    feeds_catalogue_free(catalogue);
}

static void on_skipped(void *context, struct str url, const struct err *why)
{
    struct buf *out = context;
    buf_put_str(out, url);
    buf_printf(out, ": %.12s\n", why->message);
}

static void imports_and_exports(void **state)
{
    (void)state;
    struct err err = ERR_NONE;
    struct buf skipped = BUF_EMPTY, opml = BUF_EMPTY;
    struct feeds_import import = {.on_skipped = on_skipped, .context = &skipped};
    struct feeds_catalogue *catalogue = open_it();
    assert_true(feeds_catalogue_import(
        catalogue,
        STR("<opml version=\"2.0\"><body><outline text=\"K\"><outline text=\"Kabar &amp; Berita\" "
            "xmlUrl=\"https://b.example/f\"/></outline><outline xmlUrl=\"https://a.example/rss\"/>"
            "<outline text=\"Orang\" xmlUrl=\"https://t.me/s/nama\"/></body></opml>"),
        &import, &err));
    assert_int_equal(import.added, 1);
    assert_int_equal(import.skipped, 2);
    assert_non_null(strstr(skipped.bytes, "https://a.example/rss: sudah ada"));
    assert_non_null(strstr(skipped.bytes, "https://t.me/s/nama: "));
    struct feeds_listed listed;
    assert_true(feeds_catalogue_find(catalogue, STR("kabar-berita"), &listed, &err));
    assert_false(listed.source->is_enabled);
    feeds_catalogue_export(catalogue, &opml);
    assert_non_null(strstr(opml.bytes, "xmlUrl=\"https://b.example/f\""));
    assert_false(feeds_catalogue_import(catalogue, STR("bukan opml"), &import, &err));
    feeds_catalogue_free(catalogue);
    buf_fini(&skipped);
    buf_fini(&opml);
}

static void imports_many_of_one_title(void **state)
{
    enum { MANY = 300 };
    (void)state;
    struct err err = ERR_NONE;
    struct buf skipped = BUF_EMPTY, opml = BUF_EMPTY;
    struct feeds_import import = {.on_skipped = on_skipped, .context = &skipped};
    struct feeds_catalogue *catalogue = open_it();
    struct feeds_listed listed;
    buf_put_string(&opml, "<opml>");
    for (unsigned i = 0; i < MANY; i++) {
        buf_printf(&opml, "<outline text='Kabar' xmlUrl='https://b.example/%u'/>", i);
    }
    assert_true(feeds_catalogue_import(catalogue, buf_str(&opml), &import, &err));
    assert_int_equal(import.added, MANY);
    assert_int_equal(import.skipped, 0);
    assert_true(feeds_catalogue_find(catalogue, STR("https://b.example/0"), &listed, &err));
    assert_true(str_is(listed.source->id, "kabar"));
    assert_true(feeds_catalogue_find(catalogue, STR("https://b.example/299"), &listed, &err));
    assert_true(str_is(listed.source->id, "kabar-300"));
    feeds_catalogue_free(catalogue);
    buf_fini(&skipped);
    buf_fini(&opml);
}

static void what_is_not_public_is_not_added(void **state)
{
    (void)state;
    struct err err = ERR_NONE;
    struct feeds_added added;
    struct feeds_catalogue *catalogue = open_it();
    const struct feeds_new_source private_one = {.url = STR("http://127.0.0.1:9/rss")};
    assert_false(feeds_catalogue_add(catalogue, &private_one, false, &added, &err));
    assert_non_null(strstr(err.message, "not public"));
    feeds_added_fini(&added);
    err = ERR_NONE;
    const struct feeds_new_source person = {.url = STR("https://www.youtube.com/@nama")};
    assert_false(feeds_catalogue_add(catalogue, &person, false, &added, &err));
    assert_non_null(strstr(err.message, "single author"));
    feeds_added_fini(&added);
    text_is(at.path, sources);
    feeds_catalogue_free(catalogue);
}

static void a_missing_file_is_an_empty_one_if_it_may_be(void **state)
{
    (void)state;
    struct err err = ERR_NONE;
    struct feeds_catalogue_options options = {.path = "/tidak/ada", .clock = clock_fixed(NOW)};
    assert_null(feeds_catalogue_open(&options, &err));
    assert_string_equal(err.file, "/tidak/ada");
    options.may_be_missing = true;
    err = ERR_NONE;
    struct feeds_catalogue *catalogue = feeds_catalogue_open(&options, &err);
    assert_non_null(catalogue);
    assert_int_equal(feeds_catalogue_count(catalogue), 0);
    feeds_catalogue_free(catalogue);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(tells_how_each_is),
        cmocka_unit_test(changes_and_keeps_the_rest),
        cmocka_unit_test(somebody_else_was_faster),
        cmocka_unit_test(imports_and_exports),
        cmocka_unit_test(imports_many_of_one_title),
        cmocka_unit_test(what_is_not_public_is_not_added),
        cmocka_unit_test(a_missing_file_is_an_empty_one_if_it_may_be),
    };
    strcpy(at.folder, "/tmp/saring.XXXXXX"); /* NOLINT */
    if (mkdtemp(at.folder) == NULL) {
        return 1;
    }
    snprintf(at.path, sizeof at.path, "%s/sources.yml", at.folder);
    snprintf(at.state, sizeof at.state, "%s/feeds.state", at.folder);
    int failed = cmocka_run_group_tests_name("feeds_catalogue", tests, NULL, NULL);
    unlink(at.path);
    unlink(at.state);
    rmdir(at.folder);
    return failed != 0;
}
