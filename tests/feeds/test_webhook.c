/* Requests that are right, forged, old, torn, replayed. */
#include "feeds/webhook.h"

#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "filter/base/err.h"
#include "tests/filter/test.h"

#define SECRET "0123456789abcdef0123456789abcdef"
#define BODY "{\"text\":\"halo\"}\n"
/* printf '1795000000.{"text":"halo"}\n' | openssl dgst -sha256 -hmac
 * 0123456789abcdef0123456789abcdef */
#define SIGNATURE "sha256=17d12b9b332f010dff2bad452636b6ce76092739f3d1679afe72b096c144eb54"

static const int64_t now_ms = INT64_C(1795000000000);

static const struct verify_case {
    const char *name, *secret, *timestamp, *signature, *body;
    int64_t now_ms;
    const char *message; /* NULL: right */
} cases[] = {
    {"right", SECRET, "1795000000", SIGNATURE, BODY, now_ms, NULL},
    {"almost too late", SECRET, "1795000000", SIGNATURE, BODY, now_ms + FEEDS_WEBHOOK_WINDOW_MS,
     NULL},
    {"too late", SECRET, "1795000000", SIGNATURE, BODY, now_ms + FEEDS_WEBHOOK_WINDOW_MS + 1,
     "its timestamp is more than 300 seconds from now"},
    {"too early", SECRET, "1795000000", SIGNATURE, BODY, now_ms - FEEDS_WEBHOOK_WINDOW_MS - 1,
     "its timestamp is more than 300 seconds from now"},
    {"another body", SECRET, "1795000000", SIGNATURE, BODY " ", now_ms,
     "its signature is not that of this secret and body"},
    {"another time", SECRET, "1795000001", SIGNATURE, BODY, now_ms,
     "its signature is not that of this secret and body"},
    {"another secret", SECRET "x", "1795000000", SIGNATURE, BODY, now_ms,
     "its signature is not that of this secret and body"},
    {"a short secret", "rahasia", "1795000000", SIGNATURE, BODY, now_ms,
     "the secret must have at least 32 bytes"},
    {"no signature", SECRET, "1795000000", "", BODY, now_ms,
     "its signature is not \"sha256=\" and 64 hexadecimal digits"},
    {"a signature that is cut", SECRET, "1795000000", "sha256=00", BODY, now_ms,
     "its signature is not \"sha256=\" and 64 hexadecimal digits"},
    {"no time", SECRET, "", SIGNATURE, BODY, now_ms, "its timestamp is not the seconds since 1970"},
    {"a time that is none", SECRET, "-5", SIGNATURE, BODY, now_ms,
     "its timestamp is not the seconds since 1970"},
    {"a very long time", SECRET, "99999999999999999999", SIGNATURE, BODY, now_ms,
     "its timestamp is not the seconds since 1970"},
};

static void verifies(void **state)
{
    const struct verify_case *c = *state;
    struct err err = ERR_NONE;
    const struct feeds_webhook_request request = {.timestamp = str_of(c->timestamp),
                                                  .signature = str_of(c->signature),
                                                  .body = str_of(c->body)};
    assert_int_equal(feeds_webhook_verify(str_of(c->secret), &request, c->now_ms, &err),
                     c->message == NULL);
    assert_string_equal(err.message, c->message != NULL ? c->message : "");
}

static void a_replay_is_refused_while_it_counts(void **state)
{
    char path[64] = "/tmp/saring-webhook.XXXXXX";
    const struct feeds_webhook_request request = {
        .timestamp = STR("1795000000"), .signature = STR(SIGNATURE), .body = STR(BODY)};
    struct err err = ERR_NONE;
    (void)state;
    int fd = mkstemp(path);
    assert_true(fd >= 0);
    close(fd);
    assert_true(feeds_webhook_is_first(path, &request, now_ms, &err));
    assert_false(feeds_webhook_is_first(path, &request, now_ms + 1000, &err));
    assert_string_equal(err.message, "is a replay: the same request came before");
    /* What has left the window is refused by its time, and forgotten here. */
    err = ERR_NONE;
    assert_true(feeds_webhook_is_first(path, &request, now_ms + 2 * FEEDS_WEBHOOK_WINDOW_MS, &err));
    assert_int_equal(truncate(path, 50), 0); /* torn: the whole rows are kept */
    assert_false(feeds_webhook_is_first(path, &request, now_ms, &err));
    unlink(path);
}

int main(void)
{
    const struct CMUnitTest others[] = {cmocka_unit_test(a_replay_is_refused_while_it_counts)};
    if (sodium_init() < 0) {
        return 1;
    }
    return RUN_CASES("feeds_webhook_verify", cases, verifies) +
           cmocka_run_group_tests_name("feeds_webhook_is_first", others, NULL, NULL);
}
