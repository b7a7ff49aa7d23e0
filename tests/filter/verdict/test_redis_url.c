#include "filter/verdict/redis_url.h"

#include "filter/base/err.h"
#include "tests/filter/test.h"

struct good_case {
    const char *name, *url;
    struct verdict_redis_url want;
};

static const struct good_case good_cases[] = {
    {"host alone", "redis://127.0.0.1", {.host = "127.0.0.1", .port = "6379"}},
    {"host and port", "redis://cache.example:6380", {.host = "cache.example", .port = "6380"}},
    {"a slash and nothing", "redis://h/", {.host = "h", .port = "6379"}},
    {"database", "redis://h:1/15", {.host = "h", .port = "1", .database = 15}},
    {"IPv6", "redis://[::1]:6379", {.host = "::1", .port = "6379"}},
    {"IPv6 without a port", "redis://[::1]", {.host = "::1", .port = "6379"}},
    {"password", "redis://:rahasia@h", {.host = "h", .port = "6379", .password = "rahasia"}},
    {"user and password",
     "redis://saring:ra%40%3ahasia@h:7",
     {.host = "h", .port = "7", .user = "saring", .password = "ra@:hasia"}},
    {"a bare @ in the password",
     "redis://:a@b@h",
     {.host = "h", .port = "6379", .password = "a@b"}},
    {"unix socket", "unix:/run/redis.sock", {.path = "/run/redis.sock"}},
};

static void reads(void **state)
{
    const struct good_case *one = *state;
    struct verdict_redis_url url;
    struct err err = ERR_NONE;
    assert_true(verdict_redis_url_parse(one->url, &url, &err));
    assert_string_equal(url.path, one->want.path);
    assert_string_equal(url.host, one->want.host);
    assert_string_equal(url.port, one->want.port);
    assert_string_equal(url.user, one->want.user);
    assert_string_equal(url.password, one->want.password);
    assert_int_equal(url.database, one->want.database);
}

struct bad_case {
    const char *name, *url, *message;
};

static const struct bad_case bad_cases[] = {
    {"nothing", "", "redis url: it must be redis://host:port or unix:PATH"},
    {"another scheme", "http://h", "redis url: it must be redis://host:port or unix:PATH"},
    {"TLS, which we do not speak", "rediss://h",
     "redis url: it must be redis://host:port or unix:PATH"},
    {"no host", "redis://", "redis url: a host belongs behind redis://"},
    {"only a port", "redis://:6379", "redis url: a host belongs behind redis://"},
    {"port 0", "redis://h:0", "redis url: the port must be a number from 1 to 65535"},
    {"port too large", "redis://h:65536", "redis url: the port must be a number from 1 to 65535"},
    {"port of many digits", "redis://h:000000000006379",
     "redis url: the port must be a number from 1 to 65535"},
    {"empty port", "redis://h:", "redis url: the port must be a number from 1 to 65535"},
    {"behind IPv6", "redis://[::1]x", "redis url: the port must be a number from 1 to 65535"},
    {"database", "redis://h/x", "redis url: behind the host's '/' belongs a database's number"},
    {"user without a password", "redis://u@h",
     "redis url: before '@' belongs 'user:password' or ':password'"},
    {"bad percent", "redis://:%4@h",
     "redis url: user or password is too long or not percent-encoded"},
    {"NUL in the password", "redis://:a%00b@h",
     "redis url: user or password is too long or not percent-encoded"},
    {"unix without a path", "unix:", "redis url: behind unix: belongs a path of at most 107 bytes"},
};

static void refuses(void **state)
{
    const struct bad_case *one = *state;
    struct verdict_redis_url url;
    struct err err = ERR_NONE;
    assert_false(verdict_redis_url_parse(one->url, &url, &err));
    assert_string_equal(err.message, one->message);
}

static void names_without_the_password(void **state)
{
    (void)state;
    struct verdict_redis_url url;
    struct err err = ERR_NONE;
    char name[300];
    assert_true(verdict_redis_url_parse("redis://u:rahasia@h:7/2", &url, &err));
    assert_string_equal(verdict_redis_url_name(&url, name, sizeof name), "h:7");
    assert_true(verdict_redis_url_parse("unix:/tmp/r", &url, &err));
    assert_string_equal(verdict_redis_url_name(&url, name, sizeof name), "unix:/tmp/r");
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(names_without_the_password)};
    return RUN_CASES("redis_url", good_cases, reads) + RUN_CASES("bad", bad_cases, refuses) +
           cmocka_run_group_tests_name("name", tests, NULL, NULL);
}
