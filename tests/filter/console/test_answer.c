/* Answers from a casebook on disk, whole: request in, response out. */
#include "filter/console/answer.h"

#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>
#include <zlib.h>

#include "filter/base/clock.h"
#include "filter/base/err.h"
#include "filter/base/post.h"
#include "filter/casebook/casebook.h"
#include "filter/console/metrics.h"
#include "filter/console/style.h"
#include "filter/verdict/verdict.h"
#include "tests/filter/casebook/release.h"
#include "tests/filter/console/well_formed.h"
#include "tests/filter/test.h"

#define NOW_MS INT64_C(1795530000000)

struct site {
    char folder[64], path[96];
    struct clock clock;
    struct answers *answers;
};

/* A flagged post that is like no other. */
static void flag(struct casebook *casebook, int number, struct str text)
{
    struct err err = ERR_NONE;
    enum casebook_flagged outcome;
    char id[16];
    snprintf(id, sizeof id, "p%d", number);
    struct str id_text = str_of(id);
    struct hash hash = hash_sha256(id_text);
    struct rule_evidence evidence = {.url = STR("https://lembaga-contoh.example/x"),
                                     .publisher = STR("Lembaga Contoh"),
                                     .published_ms = NOW_MS,
                                     .impersonates = STR("Lembaga Contoh"),
                                     .valid_from_ms = CLOCK_NEVER,
                                     .valid_until_ms = CLOCK_NEVER,
                                     .rated_ms = CLOCK_NEVER};
    struct verdict_span span = {.field = STR("text"), .span = {0, 4}, .text = str_part(text, 0, 4)};
    struct verdict_rule rule = {.id = id_text,
                                .title = STR("Judul <aturan>"),
                                .description = STR("Keterangan"),
                                .level = STR("high"),
                                .class = RULE_FRAUD,
                                .revision = hash,
                                .evidence = &evidence,
                                .evidence_count = 1,
                                .spans = &span,
                                .span_count = 1};
    struct verdict verdict = {
        .post = POST_EMPTY, .key = hash, .ruleset = STR("uji"), .rules = &rule, .rule_count = 1};
    verdict.post.id = id_text;
    verdict.post.source = STR("uji");
    verdict.post.fields[POST_TEXT] = text;
    release_rules(casebook, &verdict);
    if (!casebook_flag(casebook, &verdict, &outcome, &err)) {
        fail_msg("%s", err.message);
    }
    assert_int_equal(outcome, CASEBOOK_OPENED);
}

static int set_up(void **state)
{
    struct err err = ERR_NONE;
    struct site *site = calloc(1, sizeof *site);
    assert_true(hash_start(&err));
    snprintf(site->folder, sizeof site->folder, "/tmp/saring-answer-XXXXXX");
    assert_non_null(mkdtemp(site->folder));
    snprintf(site->path, sizeof site->path, "%s/casebook.db", site->folder);
    site->clock = clock_fixed(NOW_MS);
    struct casebook *casebook = casebook_open(site->path, &site->clock, &err);
    if (casebook == NULL) {
        fail_msg("%s", err.message);
    }
    for (int i = 1; i <= 30; i++) {
        flag(casebook, i, i == 1 ? STR("awas <script>alert(1)</script>") : STR("awas biasa"));
    }
    casebook_close(casebook);
    const struct answers_options options = {.casebook = site->path, .clock = &site->clock};
    site->answers = answers_new(&options);
    *state = site;
    return 0;
}

static int tear_down(void **state)
{
    struct site *site = *state;
    char command[128];
    answers_free(site->answers);
    snprintf(command, sizeof command, "rm -rf %s", site->folder);
    assert_int_equal(system(command), 0);
    free(site);
    return 0;
}

static struct response ask(struct site *site, const char *method, const char *target,
                           const char *accept, const char *encoding)
{
    struct request_names names = {.address = STR("127.0.0.1")};
    struct request_head head = {.method = str_of(method),
                                .target = str_of(target),
                                .host = STR("localhost:8420"),
                                .hosts = 1,
                                .peer = STR("127.0.0.1"),
                                .accept = str_of(accept),
                                .accept_encoding = str_of(encoding)};
    struct request request = request_read(&head, &names);
    struct response response;
    answers_give(site->answers, &request, &response);
    return response;
}

struct answer_case {
    const char *name, *method, *target, *accept;
    unsigned status;
    const char *type;
    const char *holds;
};

#define PROBLEM_TYPE "application/problem+json"
#define HTML_TYPE "text/html; charset=utf-8"

static const struct answer_case cases[] = {
    {"the queue", "GET", "/", "", 200, HTML_TYPE, "rel=\"next\""},
    {"its second page", "GET", "/?page=2", "", 200, HTML_TYPE, "rel=\"prev\""},
    {"in English", "GET", "/?lang=en", "", 200, HTML_TYPE, "Case queue"},
    {"of a class without cases", "GET", "/?class=claim", "", 200, HTML_TYPE, "Tidak ada kasus"},
    {"HEAD", "HEAD", "/", "", 200, HTML_TYPE, "Antrean kasus"},
    {"a case", "GET", "/cases/1", "", 200, HTML_TYPE, "<mark>awas</mark> &lt;script&gt;"},
    {"no such case", "GET", "/cases/99", "", 404, HTML_TYPE, "Tidak ada di sini"},
    {"no such page", "GET", "/x", "", 404, HTML_TYPE, "Tidak ada di sini"},
    {"a bad choice", "GET", "/?class=x", "", 400, HTML_TYPE, "tidak bisa dibaca"},
    {"a POST where nothing takes one", "POST", "/", "", 405, HTML_TYPE, "Cara ini tidak dilayani"},
    {"a PUT", "PUT", "/", "", 405, HTML_TYPE, "Cara ini tidak dilayani"},
    {"the queue as JSON", "GET", "/", "application/json", 200, "application/json",
     "\"has_more\":true"},
    {"a case as JSON", "GET", "/cases/1", "application/json", 200, "application/json",
     "\"text\":\"awas <script>alert(1)</script>\""},
    {"an error as JSON", "GET", "/cases/99", "application/json", 404, PROBLEM_TYPE,
     "\"error\":\"not_found\""},
    {"its title is the status'", "GET", "/cases/99", "application/json", 404, PROBLEM_TYPE,
     "{\"type\":\"about:blank\",\"title\":\"Not Found\",\"status\":404,\"detail\":\"Kasus"},
    {"its detail in English", "GET", "/cases/99?lang=en", "application/json", 404, PROBLEM_TYPE,
     "\"detail\":\"There is no such case or page.\""},
    {"a bad choice as JSON", "GET", "/?class=x", "application/json", 400, PROBLEM_TYPE,
     "\"error\":\"bad_request\""},
    {"a method as JSON", "POST", "/", "application/json", 405, PROBLEM_TYPE,
     "\"title\":\"Method Not Allowed\""},
    {"not signed in, as JSON", "GET", "/log", "application/json", 401, PROBLEM_TYPE,
     "\"error\":\"not_signed_in\""},
    {"health", "GET", "/healthz", "", 200, "text/plain; charset=utf-8", "ok\n"},
    {"the document of the routes", "GET", "/api/openapi.json", "", 200, "application/json",
     "\"openapi\":\"3.1.0\""},
    {"readiness", "GET", "/readyz", "", 200, "text/plain; charset=utf-8", "ok\n"},
    {"cases that wait", "GET", "/metrics", "", 200, METRICS_TYPE,
     "\nsaring_cases{class=\"fraud\",state=\"flagged\"} 30\n"},
    {"cases of another class", "GET", "/metrics", "", 200, METRICS_TYPE,
     "\nsaring_cases{class=\"claim\",state=\"listed\"} 0\n"},
    {"no season", "GET", "/metrics", "", 200, METRICS_TYPE, "\nsaring_season_running 0\n"},
    {"an old style sheet", "GET", "/style-00000000.css", "", 200, "text/css; charset=utf-8",
     ":root"},
};

static struct site *the_site; /* a case's state is its row of the table */

static void check(void **state)
{
    const struct answer_case *now = *state;
    struct response response = ask(the_site, now->method, now->target, now->accept, "");
    struct str body = buf_str(&response.body);
    assert_int_equal(response.status, now->status);
    assert_string_equal(response.type, now->type);
    if (memmem(body.at, body.len, now->holds, strlen(now->holds)) == NULL) {
        fail_msg("[%s] is not in %.*s", now->holds, (int)body.len, body.at);
    }
    if (strcmp(now->type, HTML_TYPE) == 0) {
        assert_harmless(body);
    } else if (strcmp(now->type, "application/json") == 0 || strcmp(now->type, PROBLEM_TYPE) == 0) {
        json_t *json = json_loadb(body.at, body.len, JSON_REJECT_DUPLICATES, NULL);
        assert_non_null(json);
        json_decref(json);
    }
    buf_fini(&response.body);
}

static void another_host_gets_nothing(void **state)
{
    struct site *site = *state;
    struct request_names names = {.address = STR("127.0.0.1")};
    struct request_head head = {
        .method = STR("GET"), .target = STR("/cases/1"), .host = STR("rebind.example"), .hosts = 1};
    struct request request = request_read(&head, &names);
    struct response response;
    answers_give(site->answers, &request, &response);
    assert_int_equal(response.status, 421);
    assert_null(memmem(response.body.bytes, response.body.len, "awas", 4));
    buf_fini(&response.body);
}

static void only_the_style_lasts(void **state)
{
    struct response style = ask(*state, "GET", style_path().at, "", "");
    struct response old = ask(*state, "GET", "/style-00000000.css", "", "");
    struct response page = ask(*state, "GET", "/", "", "");
    assert_true(style.is_lasting);
    assert_false(old.is_lasting); /* its address does not name what it holds */
    assert_false(page.is_lasting);
    buf_fini(&style.body);
    buf_fini(&old.body);
    buf_fini(&page.body);
}

static void gzip_holds_the_same(void **state)
{
    struct response plain = ask(*state, "GET", "/", "", "");
    struct response packed = ask(*state, "GET", "/", "", "gzip");
    unsigned char bytes[64 << 10];
    z_stream stream = {.next_in = (unsigned char *)packed.body.bytes,
                       .avail_in = (unsigned)packed.body.len,
                       .next_out = bytes,
                       .avail_out = sizeof bytes};
    assert_true(packed.is_gzip && !plain.is_gzip);
    assert_true(packed.body.len < plain.body.len / 2);
    assert_int_equal(inflateInit2(&stream, 15 + 16), Z_OK);
    assert_int_equal(inflate(&stream, Z_FINISH), Z_STREAM_END);
    assert_int_equal(stream.total_out, plain.body.len);
    assert_memory_equal(bytes, plain.body.bytes, plain.body.len);
    inflateEnd(&stream);
    buf_fini(&plain.body);
    buf_fini(&packed.body);
}

static void a_casebook_that_goes_and_comes(void **state)
{
    struct site *site = *state;
    char aside[112];
    snprintf(aside, sizeof aside, "%s.aside", site->path);
    const struct answers_options options = {.casebook = site->path, .clock = &site->clock};
    struct answers *answers = answers_new(&options);
    struct answers *kept = site->answers;
    site->answers = answers;
    assert_int_equal(rename(site->path, aside), 0);
    static const char *const targets[] = {"/", "/cases/1", "/healthz", "/readyz", "/metrics"};
    for (size_t i = 0; i < COUNT(targets); i++) {
        struct response response = ask(site, "GET", targets[i], "", "");
        assert_int_equal(response.status, 503);
        assert_harmless(buf_str(&response.body));
        buf_fini(&response.body);
    }
    assert_int_equal(rename(aside, site->path), 0);
    struct response response = ask(site, "GET", "/cases/1", "", "");
    assert_int_equal(response.status, 200);
    buf_fini(&response.body);
    site->answers = kept;
    answers_free(answers);
}

/* Whoever asks from elsewhere, or through a proxy of this machine, learns no figure. */
static void figures_are_for_this_machine(void **state)
{
    static const struct {
        const char *peer, *host;
        bool is_forwarded;
        unsigned status;
    } rows[] = {
        {"127.0.0.1", "localhost:8420", false, 200},
        {"::1", "[::1]:8420", false, 200},
        {"192.0.2.7", "localhost:8420", false, 403},
        {"192.0.2.7", "127.0.0.1", false, 403},
        {"127.0.0.1", "192.0.2.1", false, 403},
        {"127.0.0.1", "localhost", true, 403},
        {"", "localhost", false, 403},
    };
    struct request_names names = {.address = STR("0.0.0.0"), .is_wildcard = true};
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct site *site = *state;
        struct request_head head = {.method = STR("GET"),
                                    .target = STR("/metrics"),
                                    .host = str_of(rows[i].host),
                                    .hosts = 1,
                                    .peer = str_of(rows[i].peer),
                                    .is_forwarded = rows[i].is_forwarded};
        struct request request = request_read(&head, &names);
        struct response response;
        answers_give(site->answers, &request, &response);
        assert_int_equal(response.status, rows[i].status);
        bool holds = memmem(response.body.bytes, response.body.len, "saring_cases", 12) != NULL;
        assert_int_equal(holds, rows[i].status == 200);
        buf_fini(&response.body);
    }
}

/* Each looks the token up and writes to the log: as many as pages may be asked for, and no more. */
static void tokens_that_are_none_are_counted(void **state)
{
    struct site *site = *state;
    struct request_names names = {.address = STR("127.0.0.1")};
    struct request_head head = {.method = STR("GET"),
                                .target = STR("/metrics"),
                                .host = STR("localhost:8420"),
                                .hosts = 1,
                                .peer = STR("127.0.9.1"),
                                .authorization = STR("Bearer saring_0000000000000000000")};
    unsigned status = 401;
    for (int i = 0; i < 20000 && status == 401; i++) {
        struct request request = request_read(&head, &names);
        struct response response;
        answers_give(site->answers, &request, &response);
        status = response.status;
        buf_fini(&response.body);
    }
    assert_int_equal(status, 429);
}

static void a_clock_that_went_back_is_not_ready(void **state)
{
    struct site *site = *state;
    static const struct {
        int64_t back_ms;
        unsigned status;
    } rows[] = {{240000, 200}, {360000, 503}, {0, 200}};
    for (size_t i = 0; i < COUNT(rows); i++) {
        site->clock.fixed_ms = NOW_MS - rows[i].back_ms;
        struct response response = ask(site, "GET", "/readyz", "", "");
        assert_int_equal(response.status, rows[i].status);
        buf_fini(&response.body);
    }
}

static void what_a_client_has_is_not_sent_again(void **state)
{
    struct request_names names = {.address = STR("127.0.0.1")};
    struct site *site = *state;
    struct response first = ask(site, "GET", "/", "application/json", "gzip");
    assert_int_equal(first.status, 200);
    char tag[sizeof first.tag], weak[sizeof tag + 4], many[sizeof tag + 16];
    snprintf(tag, sizeof tag, "%s", first.tag);
    snprintf(weak, sizeof weak, "W/%s", tag);
    snprintf(many, sizeof many, "\"x\", W/%s ,\"y\"", tag);
    buf_fini(&first.body);
    const struct {
        const char *target, *field;
        unsigned status;
    } rows[] = {
        {"/", tag, 304},        {"/", weak, 304},        {"/", many, 304}, {"/", "*", 304},
        {"/", "", 200},         {"/", "\"x\"", 200},     {"/", "W/", 200}, {"/", ",,", 200},
        {"/?page=2", tag, 200}, {"/cases/99", "*", 404},
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct request_head head = {.method = STR("GET"),
                                    .target = str_of(rows[i].target),
                                    .host = STR("localhost"),
                                    .hosts = 1,
                                    .accept = STR("application/json"),
                                    .if_none_match = str_of(rows[i].field)};
        struct request request = request_read(&head, &names);
        struct response response;
        answers_give(site->answers, &request, &response);
        assert_int_equal(response.status, rows[i].status);
        assert_int_equal(response.body.len == 0, rows[i].status == 304);
        assert_int_equal(response.tag[0] == '\0', rows[i].status == 404);
        buf_fini(&response.body);
    }
    struct response page = ask(site, "GET", "/", "", "");
    assert_string_equal(page.tag, ""); /* its token is another one each time */
    buf_fini(&page.body);
}

static void reading_writes_nothing(void **state)
{
    struct site *site = *state;
    struct err err = ERR_NONE;
    int64_t before, after;
    struct hash head, same;
    struct casebook *casebook = casebook_open_read(site->path, &site->clock, &err);
    assert_non_null(casebook);
    assert_true(casebook_head(casebook, &before, &head, &err));
    struct response response = ask(site, "GET", "/cases/1", "", "");
    buf_fini(&response.body);
    assert_true(casebook_head(casebook, &after, &same, &err));
    assert_int_equal(before, after);
    assert_memory_equal(&head, &same, sizeof head);
    casebook_close(casebook);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(another_host_gets_nothing),
                                       cmocka_unit_test(only_the_style_lasts),
                                       cmocka_unit_test(gzip_holds_the_same),
                                       cmocka_unit_test(a_casebook_that_goes_and_comes),
                                       cmocka_unit_test(figures_are_for_this_machine),
                                       cmocka_unit_test(tokens_that_are_none_are_counted),
                                       cmocka_unit_test(a_clock_that_went_back_is_not_ready),
                                       cmocka_unit_test(what_a_client_has_is_not_sent_again),
                                       cmocka_unit_test(reading_writes_nothing)};
    int failed = cmocka_run_group_tests_name("answers_give", tests, set_up, tear_down);
    void *site = NULL;
    set_up(&site);
    the_site = site;
    failed |= RUN_CASES("answers", cases, check);
    return failed | tear_down(&site);
}
