#include "filter/console/site_why.h"

#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "filter/base/err.h"
#include "filter/base/file.h"
#include "filter/console/html.h"
#include "tests/filter/console/well_formed.h"
#include "tests/filter/test.h"

#define NOW ((int64_t)1795622400000) /* 2026-11-25T16:00:00Z */

static const char lines[] =
    "{\"case\":1,\"scope\":\"DOMAIN\",\"state\":\"active\",\"target\":\"kpu-palsu.example\","
    "\"since\":\"2026-11-20T00:00:00Z\",\"end\":\"2026-12-01T00:00:00Z\",\"reason\":\"Meniru.\"}\n"
    "{\"case\":2,\"scope\":\"HOST\",\"state\":\"active\",\"target\":\"masuk.bansos.example\","
    "\"since\":\"2026-11-20T00:00:00Z\",\"end\":\"2026-12-01T00:00:00Z\",\"reason\":\"Meniru.\"}\n"
    "{\"case\":3,\"scope\":\"URL\",\"state\":\"active\",\"target\":\"https://toko.example/a?b=1\","
    "\"since\":\"2026-11-20T00:00:00Z\",\"end\":\"2026-12-01T00:00:00Z\",\"reason\":\"Meniru.\"}\n"
    "{\"case\":4,\"scope\":\"URL_PREFIX\",\"state\":\"active\",\"target\":"
    "\"https://sewa.example/masuk\",\"since\":\"2026-11-20T00:00:00Z\","
    "\"end\":\"2026-12-01T00:00:00Z\",\"reason\":\"Meniru.\"}\n"
    "{\"case\":5,\"scope\":\"DOMAIN\",\"state\":\"suspended\",\"target\":\"tunda.example\","
    "\"since\":\"2026-11-20T00:00:00Z\",\"end\":\"2026-12-01T00:00:00Z\",\"reason\":\"Meniru.\"}\n"
    "{\"case\":6,\"scope\":\"DOMAIN\",\"state\":\"removed\",\"target\":\"dulu.example\","
    "\"since\":\"2026-11-20T00:00:00Z\",\"end\":\"2026-12-01T00:00:00Z\",\"reason\":\"Meniru.\"}\n"
    "{\"case\":7,\"scope\":\"DOMAIN\",\"state\":\"active\",\"target\":\"lewat.example\","
    "\"since\":\"2026-11-20T00:00:00Z\",\"end\":\"2026-11-25T15:59:59Z\",\"reason\":\"Meniru.\"}\n"
    "{\"case\":8,\"scope\":\"DOMAIN\",\"state\":\"expired\",\"target\":\"kpu-palsu.example\","
    "\"since\":\"2026-10-20T00:00:00Z\",\"end\":\"2026-11-01T00:00:00Z\",\"reason\":\"Meniru.\"}\n"
    "{\"case\":9,\"scope\":\"DOMAIN\",\"state\":\"active\",\"target\":\"xn--kp-yka.example\","
    "\"since\":\"2026-11-20T00:00:00Z\",\"end\":\"2026-12-01T00:00:00Z\",\"reason\":\"Meniru.\"}\n"
    "this is no line of ours\n";

struct question {
    const char *name, *asked;
    int64_t case_id; /* of the first that is found; 0: none, -1: it is no name */
    enum site_why_how how;
};

static const struct question questions[] = {
    {"the name itself", "kpu-palsu.example", 1, WHY_IN_FORCE},
    {"a name below a domain", "a.b.kpu-palsu.example", 1, WHY_IN_FORCE},
    {"in capitals, with the root's dot", "KPU-Palsu.Example.", 1, WHY_IN_FORCE},
    {"a page of it", "https://www.kpu-palsu.example:8443/x?y#z", 1, WHY_IN_FORCE},
    {"as our pages write it", " hxxps://kpu-palsu[.]example/x ", 1, WHY_IN_FORCE},
    {"a name that ends alike", "bukankpu-palsu.example", 0, 0},
    {"the suffix above it", "example", 0, 0},
    {"a host", "masuk.bansos.example", 2, WHY_IN_FORCE},
    {"below a host", "a.masuk.bansos.example", 0, 0},
    {"above a host", "bansos.example", 0, 0},
    {"a listed address", "https://toko.example/a?b=1", 3, WHY_IN_FORCE},
    {"the same without TLS", "http://toko.example/a?b=1", 3, WHY_IN_FORCE},
    {"another address there", "https://toko.example/a?b=2", 3, WHY_PARTLY},
    {"the host of an address", "toko.example", 3, WHY_PARTLY},
    {"below a path", "https://sewa.example/masuk/nik", 4, WHY_IN_FORCE},
    {"a path with a query", "https://sewa.example/masuk?x=1", 4, WHY_IN_FORCE},
    {"a path that goes on", "https://sewa.example/masukan", 4, WHY_PARTLY},
    {"suspended", "tunda.example", 5, WHY_SUSPENDED},
    {"removed", "x.dulu.example", 6, WHY_OVER},
    {"past its end, whatever the file says", "lewat.example", 7, WHY_OVER},
    {"in other letters", "kp\xc3\xbc.example", 9, WHY_IN_FORCE},
    {"as an A-label", "xn--kp-yka.example", 9, WHY_IN_FORCE},
    {"an address", "192.0.2.1", 0, 0},
    {"nothing", "", -1, 0},
    {"white space", " \t ", -1, 0},
    {"words", "mengapa situs saya diblokir?", -1, 0},
    {"a script", "<script>alert(1)</script>", -1, 0},
    {"another scheme", "javascript:alert(1)", -1, 0},
    {"bytes that are no UTF-8", "\xff\xfe.example", -1, 0},
};

struct folder {
    char path[40];
    struct site_why *why;
};

static struct folder build(void)
{
    struct folder folder = {.path = "/tmp/saring.why.XXXXXX"};
    struct err err = ERR_NONE;
    struct buf path = BUF_EMPTY;
    assert_non_null(mkdtemp(folder.path));
    buf_printf(&path, "%s/entries.ndjson", folder.path);
    assert_true(file_write(path.bytes, str_of(lines), 0644, &err));
    buf_fini(&path);
    folder.why = site_why_new(folder.path);
    return folder;
}

static void tear_down(struct folder *folder)
{
    struct buf path = BUF_EMPTY;
    buf_printf(&path, "%s/entries.ndjson", folder->path);
    unlink(path.bytes);
    rmdir(folder->path);
    buf_fini(&path);
    site_why_free(folder->why);
}

static void answers(void **state)
{
    const struct question *question = *state;
    struct folder folder = build();
    struct site_why_answer answer;
    struct err err = ERR_NONE;
    assert_true(site_why_ask(folder.why, str_of(question->asked), NOW, &answer, &err));
    assert_int_equal(answer.is_name, question->case_id >= 0);
    assert_int_equal(answer.count > 0 ? answer.found[0].case_id : 0,
                     question->case_id > 0 ? question->case_id : 0);
    if (answer.count > 0) {
        assert_int_equal(answer.found[0].how, question->how);
    }
    struct html *html = html_new();
    site_why_page(html, str_of(question->asked), &answer);
    assert_harmless(html_str(html));
    assert_null(memmem(html_str(html).at, html_str(html).len, "<script", 7));
    html_free(html);
    site_why_answer_fini(&answer);
    tear_down(&folder);
}

/* The one in force comes first, whatever its number. */
static void the_newer_state_first(void **state)
{
    (void)state;
    struct folder folder = build();
    struct site_why_answer answer;
    struct err err = ERR_NONE;
    assert_true(site_why_ask(folder.why, STR("kpu-palsu.example"), NOW, &answer, &err));
    assert_int_equal(answer.count, 2);
    assert_int_equal(answer.found[0].case_id, 1);
    assert_int_equal(answer.found[1].case_id, 8);
    assert_int_equal(answer.found[1].how, WHY_OVER);
    site_why_answer_fini(&answer);
    tear_down(&folder);
}

/* Too many for a page: those in force stay, the others give way. */
static void more_than_fit(void **state)
{
    (void)state;
    struct folder folder = build();
    struct buf path = BUF_EMPTY, many = BUF_EMPTY;
    struct site_why_answer answer;
    struct err err = ERR_NONE;
    for (int i = 1; i <= 40; i++) {
        buf_printf(&many,
                   "{\"case\":%d,\"scope\":\"DOMAIN\",\"state\":\"%s\",\"target\":\"a.example\","
                   "\"since\":\"2026-11-20T00:00:00Z\",\"end\":\"2026-12-01T00:00:00Z\"}\n",
                   i, i == 7 ? "active" : "removed");
    }
    buf_printf(&path, "%s/entries.ndjson", folder.path);
    assert_true(file_write(path.bytes, buf_str(&many), 0644, &err));
    assert_true(site_why_ask(folder.why, STR("x.a.example"), NOW, &answer, &err));
    assert_int_equal(answer.count, SITE_WHY_MOST);
    assert_int_equal(answer.found[0].case_id, 7);
    site_why_answer_fini(&answer);
    /* The file changes: the next answer is of the new one. */
    assert_true(file_write(path.bytes, STR(""), 0644, &err));
    assert_true(site_why_ask(folder.why, STR("x.a.example"), NOW, &answer, &err));
    assert_int_equal(answer.count, 0);
    site_why_answer_fini(&answer);
    unlink(path.bytes);
    assert_false(site_why_ask(folder.why, STR("x.a.example"), NOW, &answer, &err));
    site_why_answer_fini(&answer);
    buf_fini(&path);
    buf_fini(&many);
    tear_down(&folder);
}

/* As long as nothing is listed. */
static void a_register_without_entries(void **state)
{
    (void)state;
    struct folder folder = build();
    struct buf path = BUF_EMPTY;
    struct site_why_answer answer;
    struct err err = ERR_NONE;
    buf_printf(&path, "%s/entries.ndjson", folder.path);
    assert_true(file_write(path.bytes, STR(""), 0644, &err));
    assert_true(site_why_ask(folder.why, STR("kpu-palsu.example"), NOW, &answer, &err));
    assert_true(answer.is_name && answer.count == 0);
    site_why_answer_fini(&answer);
    buf_fini(&path);
    tear_down(&folder);
}

int main(void)
{
    const struct CMUnitTest others[] = {
        cmocka_unit_test(a_register_without_entries),
        cmocka_unit_test(the_newer_state_first),
        cmocka_unit_test(more_than_fit),
    };
    return RUN_CASES("site_why", questions, answers) +
           cmocka_run_group_tests_name("site_why others", others, NULL, NULL);
}
