#include "feeds/warc_read.h"

#include "feeds/warc.h"
#include "tests/filter/test.h"

#define HEAD "HTTP/1.1 200 OK\r\nContent-Type: text/html; charset=utf-8\r\n\r\n"

static struct buf make_file(void)
{
    struct buf file = BUF_EMPTY;
    const struct feeds_warc_exchange first = {
        .url = STR("http://satu.example/"),
        .address = STR("192.0.2.1"),
        .request = STR("GET / HTTP/1.1\r\n\r\n"),
        .response_head = STR("HTTP/1.1 302 Found\r\nLOCATION: /dua\r\n\r\n")};
    const struct feeds_warc_exchange last = {.url = STR("http://satu.example/dua"),
                                             .request = STR("GET /dua HTTP/1.1\r\n\r\n"),
                                             .response_head = STR(HEAD),
                                             .body = STR("<p>isi\r\n\r\nWARC/1.1\r\n"),
                                             .is_cut = true};
    feeds_warc_put_info(0, "saring", &file);
    feeds_warc_put_exchange(&first, &file);
    feeds_warc_put_exchange(&last, &file);
    feeds_warc_put_text(last.url, 0, STR("<urn:uuid:x>"), STR("isi"), &file);
    return file;
}

static void what_is_written_is_read(void **state)
{
    static const char *const types[] = {"warcinfo", "response", "request",
                                        "response", "request",  "conversion"};
    struct buf file = make_file(), scratch = BUF_EMPTY;
    struct str rest = buf_str(&file);
    struct feeds_warc_record record;
    struct feeds_warc_answer answer;
    (void)state;
    for (size_t i = 0; i < COUNT(types); i++) {
        assert_true(feeds_warc_next(&rest, &record));
        assert_true(str_is(record.type, types[i]));
        if (i == 1) {
            assert_true(str_is(record.address, "192.0.2.1"));
            assert_true(feeds_warc_answer_read(record.block, &answer));
            assert_int_equal(answer.status, 302);
            assert_true(str_is(answer.location, "/dua"));
        }
        if (i == 3) {
            assert_true(record.is_cut);
            assert_true(str_is(record.url, "http://satu.example/dua"));
            assert_true(feeds_warc_answer_read(record.block, &answer));
            assert_true(str_is(answer.content_type, "text/html; charset=utf-8"));
            assert_true(
                str_is(feeds_warc_answer_body(&answer, &scratch), "<p>isi\r\n\r\nWARC/1.1\r\n"));
        }
    }
    assert_true(str_is(record.block, "isi"));
    assert_false(feeds_warc_next(&rest, &record));
    assert_int_equal(rest.len, 0);
    buf_fini(&file);
    buf_fini(&scratch);
}

static void a_file_that_is_cut_ends_before(void **state)
{
    struct buf file = make_file();
    (void)state;
    for (size_t len = 1; len < file.len; len++) {
        struct str rest = str_part(buf_str(&file), 0, len);
        struct feeds_warc_record record;
        size_t records = 0;
        while (feeds_warc_next(&rest, &record)) {
            records++;
        }
        assert_true(records < 6);
    }
    buf_fini(&file);
}

struct body_case {
    const char *name;
    struct str answer, body;
};

static const struct body_case bodies[] = {
    {"plain", STR("HTTP/1.1 200 OK\r\n\r\nisi"), STR("isi")},
    {"in chunks",
     STR("HTTP/1.1 200 OK\r\nTransfer-Encoding: Chunked\r\n\r\n3\r\nisi\r\n2;x=y\r\n "
         "!\r\n0\r\n\r\n"),
     STR("isi !")},
    {"a chunk cut off", STR("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n9\r\nisi"),
     STR("isi")},
    {"a length that is none", STR("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\nisi"),
     STR("")},
    {"a length too long",
     STR("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nfffffffff\r\nisi"), STR("")},
    {"packed", STR("HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\n\r\nisi"), STR("")},
    {"hints before", STR("HTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\nHTTP/1.1 200 OK\r\n\r\nisi"),
     STR("isi")},
};

static void check_body(void **state)
{
    const struct body_case *one = *state;
    struct feeds_warc_answer answer;
    struct buf scratch = BUF_EMPTY;
    assert_true(feeds_warc_answer_read(one->answer, &answer));
    assert_int_equal(answer.status, 200);
    assert_true(str_equal(feeds_warc_answer_body(&answer, &scratch), one->body));
    buf_fini(&scratch);
}

struct bad_case {
    const char *name;
    struct str bytes;
};

static const struct bad_case bad[] = {
    {"nothing", STR("")},
    {"another version", STR("WARC/1.0\r\nContent-Length: 0\r\n\r\n\r\n\r\n")},
    {"no length", STR("WARC/1.1\r\nWARC-Type: x\r\n\r\n\r\n\r\n")},
    {"a negative length", STR("WARC/1.1\r\nContent-Length: -1\r\n\r\n\r\n\r\n")},
    {"a length past the end", STR("WARC/1.1\r\nContent-Length: 9\r\n\r\nx\r\n\r\n")},
    {"a huge length", STR("WARC/1.1\r\nContent-Length: 99999999999999999999\r\n\r\nx\r\n\r\n")},
    {"no end of the block", STR("WARC/1.1\r\nContent-Length: 1\r\n\r\nxyyyy")},
};

static void check_bad(void **state)
{
    const struct bad_case *one = *state;
    struct str rest = one->bytes;
    struct feeds_warc_record record;
    struct feeds_warc_answer answer;
    assert_false(feeds_warc_next(&rest, &record));
    assert_false(feeds_warc_answer_read(one->bytes, &answer));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_written_is_read),
        cmocka_unit_test(a_file_that_is_cut_ends_before),
    };
    return cmocka_run_group_tests(tests, NULL, NULL) + RUN_CASES("bodies", bodies, check_body) +
           RUN_CASES("no records", bad, check_bad);
}
