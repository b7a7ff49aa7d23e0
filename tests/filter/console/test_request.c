#include "filter/console/request.h"

#include "tests/filter/test.h"

struct host_case {
    const char *name;
    struct str host;
    const char *address; /* as configured */
    bool is_wildcard, is_ours;
};

static const struct host_case hosts[] = {
    {"loopback with port", STR("127.0.0.1:8420"), "127.0.0.1", false, true},
    {"loopback without port", STR("127.0.0.1"), "127.0.0.1", false, true},
    {"another loopback address", STR("127.0.0.2"), "127.0.0.1", false, true},
    {"localhost", STR("localhost:8420"), "127.0.0.1", false, true},
    {"localhost in capitals", STR("LOCALHOST"), "127.0.0.1", false, true},
    {"localhost through a tunnel on another port", STR("localhost:9"), "127.0.0.1", false, true},
    {"IPv6 loopback", STR("[::1]:8420"), "::1", false, true},
    {"IPv6 loopback written out", STR("[0:0:0:0:0:0:0:1]"), "::1", false, true},
    {"the configured address", STR("192.0.2.7:8420"), "192.0.2.7", false, true},
    {"the configured IPv6 address", STR("[2001:db8::7]:8420"), "2001:db8:0::7", false, true},
    {"any address when listening on all", STR("192.0.2.9"), "0.0.0.0", true, true},
    {"a name when listening on all", STR("saring.example"), "0.0.0.0", true, false},
    {"a name that was bound anew", STR("rebind.example:8420"), "127.0.0.1", false, false},
    {"another address", STR("192.0.2.8"), "192.0.2.7", false, false},
    {"loopback as a part of a name", STR("127.0.0.1.rebind.example"), "127.0.0.1", false, false},
    {"localhost as a part of a name", STR("localhost.rebind.example"), "127.0.0.1", false, false},
    {"a short form of loopback", STR("127.1"), "127.0.0.1", false, false},
    {"a number", STR("2130706433"), "127.0.0.1", false, false},
    {"a user before it", STR("x@127.0.0.1"), "127.0.0.1", false, false},
    {"two hosts", STR("127.0.0.1,rebind.example"), "127.0.0.1", false, false},
    {"white space", STR("localhost "), "127.0.0.1", false, false},
    {"a port that is none", STR("localhost:x"), "127.0.0.1", false, false},
    {"a port too long", STR("localhost:123456"), "127.0.0.1", false, false},
    {"a port alone", STR(":8420"), "127.0.0.1", false, false},
    {"an open bracket", STR("[::1"), "::1", false, false},
    {"something behind the bracket", STR("[::1]x"), "::1", false, false},
    {"empty", STR(""), "127.0.0.1", false, false},
    {"endless", STR("1111111111111111111111111111111111111111111111111111111111111111111"),
     "127.0.0.1", false, false},
};

static void check_host(void **state)
{
    const struct host_case *one = *state;
    struct request_names names = {.address = str_of(one->address), .is_wildcard = one->is_wildcard};
    assert_int_equal(request_host_is_ours(one->host, &names), one->is_ours);
}

struct weight_case {
    const char *name;
    struct str field, item;
    int weight;
};

static const struct weight_case weights[] = {
    {"named", STR("application/json"), STR("application/json"), 1000},
    {"not named", STR("text/html"), STR("application/json"), -1},
    {"with a weight", STR("text/html, application/json;q=0.5"), STR("application/json"), 500},
    {"white space", STR("gzip ; q = 0.25 , br"), STR("gzip"), 250},
    {"refused", STR("gzip;q=0"), STR("gzip"), 0},
    {"refused with digits", STR("gzip;q=0.000"), STR("gzip"), 0},
    {"anything", STR("*/*;q=0.1"), STR("application/json"), 100},
    {"the type with any subtype", STR("text/*;q=0.3, */*;q=0.1"), STR("text/html"), 300},
    {"the most specific counts", STR("*;q=0.9, gzip;q=0.2"), STR("gzip"), 200},
    {"any coding", STR("*"), STR("gzip"), 1000},
    {"capitals", STR("GZIP"), STR("gzip"), 1000},
    {"other parameters", STR("application/json;charset=utf-8;q=0.7"), STR("application/json"), 700},
    {"a weight above one", STR("gzip;q=1.5"), STR("gzip"), 1000},
    {"a weight that is none", STR("gzip;q=viel"), STR("gzip"), 1000},
    {"a longer word", STR("gzipped"), STR("gzip"), -1},
    {"empty", STR(""), STR("gzip"), -1},
    {"commas alone", STR(",,,;;="), STR("gzip"), -1},
};

static void check_weight(void **state)
{
    const struct weight_case *one = *state;
    assert_int_equal(request_weight(one->field, one->item), one->weight);
}

struct read_case {
    const char *name;
    struct request_head head;
    enum request_method method;
    bool wants_json, takes_gzip;
    enum language language;
};

#define FIREFOX "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"

static const struct read_case reads[] = {
    {"a browser set to Indonesian",
     {.method = STR("GET"),
      .target = STR("/"),
      .accept = STR(FIREFOX),
      .accept_language = STR("id-ID,id;q=0.9,en-US;q=0.8,en;q=0.7"),
      .accept_encoding = STR("gzip, deflate, br")},
     METHOD_GET,
     false,
     true,
     LANGUAGE_ID},
    {"a browser set to English",
     {.method = STR("GET"), .target = STR("/"), .accept_language = STR("en-US,en;q=0.5")},
     METHOD_GET,
     false,
     false,
     LANGUAGE_EN},
    {"a browser set to Javanese, then English",
     {.method = STR("GET"), .target = STR("/"), .accept_language = STR("jv,en;q=0.5")},
     METHOD_GET,
     false,
     false,
     LANGUAGE_EN},
    {"the address says it",
     {.method = STR("GET"), .target = STR("/?lang=id"), .accept_language = STR("en")},
     METHOD_GET,
     false,
     false,
     LANGUAGE_ID},
    {"no language",
     {.method = STR("GET"), .target = STR("/")},
     METHOD_GET,
     false,
     false,
     LANGUAGE_ID},
    {"a language refused",
     {.method = STR("GET"), .target = STR("/"), .accept_language = STR("en;q=0")},
     METHOD_GET,
     false,
     false,
     LANGUAGE_ID},
    {"JSON asked for",
     {.method = STR("HEAD"), .target = STR("/"), .accept = STR("application/json")},
     METHOD_HEAD,
     true,
     false,
     LANGUAGE_ID},
    {"curl takes anything",
     {.method = STR("GET"), .target = STR("/"), .accept = STR("*/*")},
     METHOD_GET,
     false,
     false,
     LANGUAGE_ID},
    {"JSON rather than HTML",
     {.method = STR("GET"), .target = STR("/"), .accept = STR("text/html;q=0.5,application/json")},
     METHOD_GET,
     true,
     false,
     LANGUAGE_ID},
    {"POST", {.method = STR("POST"), .target = STR("/")}, METHOD_POST, false, false, LANGUAGE_ID},
    {"a method in small letters",
     {.method = STR("get"), .target = STR("/")},
     METHOD_OTHER,
     false,
     false,
     LANGUAGE_ID},
    {"no method", {.target = STR("/")}, METHOD_OTHER, false, false, LANGUAGE_ID},
};

static void check_read(void **state)
{
    const struct read_case *one = *state;
    struct request_names names = {.address = STR("127.0.0.1")};
    struct request request = request_read(&one->head, &names);
    assert_int_equal(request.method, one->method);
    assert_int_equal(request.wants_json, one->wants_json);
    assert_int_equal(request.takes_gzip, one->takes_gzip);
    assert_int_equal(request.language, one->language);
    assert_false(request.is_ours); /* none of them names a host */
}

static void hosts_count(void **state)
{
    (void)state;
    struct request_names names = {.address = STR("127.0.0.1")};
    struct request_head head = {
        .method = STR("GET"), .target = STR("/"), .host = STR("localhost"), .hosts = 1};
    assert_true(request_read(&head, &names).is_ours);
    head.hosts = 2;
    assert_false(request_read(&head, &names).is_ours);
}

static void long_targets_are_told(void **state)
{
    (void)state;
    char target[REQUEST_MAX_TARGET + 1] = "/?page=";
    memset(target + 7, '1', sizeof target - 7);
    struct request_names names = {.address = STR("127.0.0.1")};
    struct request_head head = {.method = STR("GET"),
                                .target = {.at = target, .len = REQUEST_MAX_TARGET}};
    assert_false(request_read(&head, &names).is_too_long);
    head.target.len++;
    assert_true(request_read(&head, &names).is_too_long);
}

int main(void)
{
    const struct CMUnitTest others[] = {cmocka_unit_test(hosts_count),
                                        cmocka_unit_test(long_targets_are_told)};
    return RUN_CASES("request_host_is_ours", hosts, check_host) |
           RUN_CASES("request_weight", weights, check_weight) |
           RUN_CASES("request_read", reads, check_read) |
           cmocka_run_group_tests_name("request", others, NULL, NULL);
}
