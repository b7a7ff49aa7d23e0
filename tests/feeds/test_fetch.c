/* Fetching from tests/feeds/hostile.py on loopback: what comes, what is refused, and why. */
#include "feeds/fetch.h"

#include <ctype.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "filter/base/buf.h"
#include "filter/base/err.h"
#include "filter/base/file.h"
#include "tests/filter/test.h"

enum { MAX_SOURCES = 4, DEADLINE_SECONDS = 30, MAX_BYTES = 1 << 20 };

static struct {
    char folder[64], requests[96], state[96], log[96];
    int port;
    pid_t pid;
} server;

/* What a fetcher under test brought. */
struct run {
    pthread_mutex_t lock;
    pthread_cond_t changed;
    struct feeds_source sources[MAX_SOURCES];
    char urls[MAX_SOURCES][128];
    size_t source_count;
    struct feeds_limits limits;
    const char *proxy;
    bool settle, is_fine; /* what on_document says of each at once */
    size_t documents;
    uint64_t number;
    struct buf bytes, content_type, url; /* of the last */
    struct feeds_fetch *fetch;
    pthread_t thread;
};

static void on_document(void *context, const struct feeds_source *source, uint64_t number,
                        const struct feeds_document *document)
{
    struct run *run = context;
    assert_non_null(source);
    pthread_mutex_lock(&run->lock);
    run->documents++;
    run->number = number;
    buf_clear(&run->bytes);
    buf_put_str(&run->bytes, document->bytes);
    buf_clear(&run->content_type);
    buf_put_str(&run->content_type, document->content_type);
    buf_clear(&run->url);
    buf_put_str(&run->url, document->url);
    pthread_cond_broadcast(&run->changed);
    pthread_mutex_unlock(&run->lock);
    if (run->settle) {
        feeds_fetch_settled(run->fetch, number, run->is_fine);
    }
}

static void *run_fetch(void *context)
{
    feeds_fetch_run(((struct run *)context)->fetch);
    return NULL;
}

static void add(struct run *run, const char *host, const char *path, bool allow_private)
{
    static const char *const ids[] = {"a", "b", "c", "d"};
    size_t at = run->source_count++;
    snprintf(run->urls[at], sizeof run->urls[at], "http://%s:%d%s", host, server.port, path);
    run->sources[at] = (struct feeds_source){.id = str_of(ids[at]),
                                             .url = str_of(run->urls[at]),
                                             .is_enabled = true,
                                             .allow_private = allow_private};
}

static void prepare(struct run *run)
{
    *run = (struct run){.settle = true,
                        .is_fine = true,
                        .limits = {.max_bytes = MAX_BYTES,
                                   .total_ms = 3000,
                                   .connect_ms = 2000,
                                   .slow_seconds = 1,
                                   .every_ms = 30,
                                   .retry_ms = 30,
                                   .host_gap_ms = 1}};
    pthread_mutex_init(&run->lock, NULL);
    pthread_cond_init(&run->changed, NULL);
    unlink(server.state);
    unlink(server.requests);
}

static void start(struct run *run)
{
    struct err err = ERR_NONE;
    struct feeds_fetch_options options = {
        .sources = run->sources,
        .source_count = run->source_count,
        .state_path = server.state,
        .proxy = run->proxy,
        .contact = "https://tim.example/",
        .clock = clock_system(),
        .limits = run->limits,
        .on_document = on_document,
        .context = run,
    };
    run->fetch = feeds_fetch_new(&options, &err);
    assert_non_null(run->fetch);
    assert_int_equal(pthread_create(&run->thread, NULL, run_fetch, run), 0);
}

static void stop(struct run *run)
{
    feeds_fetch_stop(run->fetch);
    pthread_join(run->thread, NULL);
    feeds_fetch_free(run->fetch);
}

static void finish(struct run *run)
{
    stop(run);
    buf_fini(&run->bytes);
    buf_fini(&run->content_type);
    buf_fini(&run->url);
    pthread_cond_destroy(&run->changed);
    pthread_mutex_destroy(&run->lock);
}

static void wait_for_documents(struct run *run, size_t count)
{
    struct timespec until;
    clock_gettime(CLOCK_REALTIME, &until);
    until.tv_sec += DEADLINE_SECONDS;
    pthread_mutex_lock(&run->lock);
    while (run->documents < count) {
        assert_int_equal(pthread_cond_timedwait(&run->changed, &run->lock, &until), 0);
    }
    pthread_mutex_unlock(&run->lock);
}

static void wait_for_failures(struct run *run, uint64_t count)
{
    int64_t end_ms = clock_monotonic_ms() + DEADLINE_SECONDS * 1000;
    while (feeds_fetch_failures(run->fetch) < count) {
        assert_true(clock_monotonic_ms() < end_ms);
        usleep(2000);
    }
}

/* How often the text stands in the file. */
static size_t count_in_file(const char *path, const char *text)
{
    struct buf bytes = BUF_EMPTY;
    struct err err = ERR_NONE;
    size_t count = 0;
    if (access(path, F_OK) == 0) {
        assert_true(file_read(path, 16 << 20, &bytes, &err));
        buf_put(&bytes, "", 0);
        for (const char *at = bytes.bytes; (at = strstr(at, text)) != NULL; at++) {
            count++;
        }
    }
    buf_fini(&bytes);
    return count;
}

static void wait_in_file(const char *path, const char *text, size_t count)
{
    int64_t end_ms = clock_monotonic_ms() + DEADLINE_SECONDS * 1000;
    while (count_in_file(path, text) < count) {
        assert_true(clock_monotonic_ms() < end_ms);
        usleep(2000);
    }
}

static size_t requests(const char *path)
{
    char text[128];
    snprintf(text, sizeof text, "\"path\": \"%s\"", path);
    return count_in_file(server.requests, text);
}

static const struct good_case {
    const char *name, *path, *end; /* where it ends */
    const char *content_type;
    size_t len;
} good[] = {
    {"plain", "/ok", "/ok", "application/rss+xml", 90},
    {"gzip", "/gzip", "/gzip", "", 90},
    {"brotli", "/br", "/br", "", 90},
    {"zstd", "/zstd", "/zstd", "", 90},
    {"a redirect", "/302", "/ok", "application/rss+xml", 90},
    {"two redirects", "/301-302", "/ok", "application/rss+xml", 90},
    {"an entity bomb is a document like others", "/entity-bomb", "/entity-bomb", "", 570},
    {"more bytes than said are not read", "/long", "/long", "", 5},
    {"UTF-16", "/utf16", "/utf16", "text/xml; charset=utf-16be", 180},
};

static void fetches(void **state)
{
    const struct good_case *c = *state;
    struct run run;
    prepare(&run);
    add(&run, "127.0.0.1", c->path, true);
    start(&run);
    wait_for_documents(&run, 1);
    assert_int_equal(run.bytes.len, c->len);
    assert_true(str_is(buf_str(&run.content_type), c->content_type));
    assert_true(str_ends(buf_str(&run.url), str_of(c->end)));
    assert_int_equal(feeds_fetch_failures(run.fetch), 0);
    finish(&run);
}

static const struct bad_case {
    const char *name, *host, *path;
    bool allow_private;
    const char *reason;
    size_t requests;
} bad[] = {
#define NOT_PUBLIC "its address is not public"
    {"loopback", "127.0.0.1", "/ok", false, NOT_PUBLIC, 0},
    {"a name that resolves to loopback", "localhost", "/ok", false, NOT_PUBLIC, 0},
    {"loopback as one number", "2130706433", "/ok", false, NOT_PUBLIC, 0},
    {"loopback, shortened", "127.1", "/ok", false, NOT_PUBLIC, 0},
    {"unspecified", "0.0.0.0", "/ok", false, NOT_PUBLIC, 0},
    {"mapped into IPv6", "[::ffff:127.0.0.1]", "/ok", false, NOT_PUBLIC, 0},
    {"a redirect to another private host", "127.0.0.1", "/elsewhere", true, NOT_PUBLIC, 0},
    {"a redirect to a mapped address", "127.0.0.1", "/mapped", true, NOT_PUBLIC, 0},
    {"a redirect to a cloud's metadata", "127.0.0.1", "/metadata", true, NOT_PUBLIC, 0},
    {"a redirect to a file", "127.0.0.1", "/file", true, "Protocol \\\"file\\\"", 0},
    {"a redirect to gopher", "127.0.0.1", "/gopher", true, "Protocol \\\"gopher\\\"", 0},
    {"a redirect with a password", "127.0.0.1", "/password", true, "ogin denied", 0},
    {"a redirect to itself", "127.0.0.1", "/loop", true, "redirects", 0},
    {"a redirect to a profile", "127.0.0.1", "/profile", true, "a feed of a single author", 0},
    {"a gzip bomb", "127.0.0.1", "/gzip-bomb", true, "larger than 1048576 bytes", 0},
    {"a brotli bomb", "127.0.0.1", "/br-bomb", true, "larger than 1048576 bytes", 0},
    {"too large, as it says", "127.0.0.1", "/large", true, "larger than 1048576 bytes", 0},
    {"endless", "127.0.0.1", "/endless", true, "larger than 1048576 bytes", 0},
    {"endless headers", "127.0.0.1", "/headers", true, "larger than", 0},
    {"a byte now and then", "127.0.0.1", "/trickle", true, "too slow", 0},
    {"silence", "127.0.0.1", "/silent", true, "too slow", 0},
    {"fewer bytes than said", "127.0.0.1", "/short", true, "bytes remaining to read", 0},
    {"gzip that is none", "127.0.0.1", "/bad-gzip", true, "while processing content", 0},
    {"not found", "127.0.0.1", "/404", true, "the server answers 404", 0},
    {"a password is asked for", "127.0.0.1", "/login", true, "the server answers 401", 0},
    {"a server's error", "127.0.0.1", "/500", true, "the server answers 500", 0},
    {"no content", "127.0.0.1", "/204", true, "the server answers 204", 0},
    {"too many requests", "127.0.0.1", "/429", true, "the server answers 429", 0},
};

static void says_why_not(void **state)
{
    const struct bad_case *c = *state;
    struct run run;
    prepare(&run);
    assert_int_equal(truncate(server.log, 0), 0);
    add(&run, c->host, c->path, c->allow_private);
    start(&run);
    wait_for_failures(&run, 1);
    finish(&run);
    assert_int_equal(run.documents, 0);
    assert_true(count_in_file(server.log, c->reason) > 0);
    /* Nothing was asked of what was refused. */
    if (!c->allow_private || strcmp(c->reason, NOT_PUBLIC) == 0) {
        assert_int_equal(requests("/ok"), 0);
    }
}

static void asks_only_for_what_changed(void **state)
{
    (void)state;
    struct run run;
    prepare(&run);
    add(&run, "127.0.0.1", "/ok", true);
    start(&run);
    wait_in_file(server.requests, "\"If-None-Match\": \"\\\"v1\\\"\"", 2);
    assert_true(count_in_file(server.requests,
                              "\"If-Modified-Since\": \"Sat, 21 Nov 2026 01:43:00 GMT\"") > 0);
    stop(&run);
    assert_int_equal(run.documents, 1);
    /* A restart knows the ETag. */
    start(&run);
    size_t before = requests("/ok");
    wait_in_file(server.requests, "\"path\": \"/ok\"", before + 1);
    finish(&run);
    assert_int_equal(run.documents, 1);
    assert_true(count_in_file(server.requests,
                              "\"User-Agent\": \"saring/1.0 (+https://tim.example/)\"") > 0);
    assert_true(count_in_file(server.requests, "gzip") > 0);
}

static void an_unsettled_document_keeps_no_etag(void **state)
{
    (void)state;
    struct run run;
    prepare(&run);
    run.settle = false;
    add(&run, "127.0.0.1", "/ok", true);
    start(&run);
    wait_for_documents(&run, 1);
    stop(&run);
    run.settle = true;
    start(&run);
    wait_for_documents(&run, 2); /* it comes again, whole */
    finish(&run);
}

static void an_unreadable_document_is_a_failure(void **state)
{
    (void)state;
    struct run run;
    prepare(&run);
    run.is_fine = false;
    add(&run, "127.0.0.1", "/ok", true);
    start(&run);
    wait_for_failures(&run, 2);
    finish(&run);
    assert_int_equal(count_in_file(server.requests, "v1"), 0);
}

static void a_permanent_move_is_kept(void **state)
{
    (void)state;
    struct run run;
    prepare(&run);
    add(&run, "127.0.0.1", "/308", true);
    add(&run, "127.0.0.1", "/301-302", true);
    start(&run);
    wait_in_file(server.requests, "\"path\": \"/301-302\"", 3);
    wait_in_file(server.requests, "\"path\": \"/ok\"", 6);
    finish(&run);
    assert_int_equal(requests("/308"), 1);
    assert_int_equal(count_in_file(server.state, "\"moved\":"), 1);
}

static void a_source_that_is_gone_is_left(void **state)
{
    (void)state;
    struct run run;
    prepare(&run);
    add(&run, "127.0.0.1", "/410", true);
    add(&run, "127.0.0.1", "/ok", true);
    start(&run);
    wait_in_file(server.requests, "\"path\": \"/ok\"", 3);
    stop(&run);
    start(&run);
    wait_in_file(server.requests, "\"path\": \"/ok\"", 6);
    finish(&run);
    assert_int_equal(requests("/410"), 1);
}

static void retry_after_is_heeded(void **state)
{
    (void)state;
    struct run run;
    prepare(&run);
    add(&run, "127.0.0.1", "/429", true);
    add(&run, "127.0.0.1", "/503", true);
    start(&run);
    wait_in_file(server.requests, "\"path\": \"/503\"", 4);
    finish(&run);
    assert_int_equal(requests("/429"), 1); /* which asked for two hours */
}

static void a_private_connection_is_not_lent(void **state)
{
    (void)state;
    struct run run;
    prepare(&run);
    run.limits.every_ms = 3000;
    add(&run, "127.0.0.1", "/ok?a", true);
    add(&run, "127.0.0.1", "/ok?b", false);
    start(&run);
    wait_for_documents(&run, 1);
    wait_for_failures(&run, 3);
    finish(&run);
    assert_int_equal(requests("/ok?b"), 0);
}

static void nothing_of_ours_is_sent(void **state)
{
    (void)state;
    struct run run;
    prepare(&run);
    add(&run, "127.0.0.1", "/cookie", true);
    add(&run, "127.0.0.1", "/login", true);
    start(&run);
    wait_in_file(server.requests, "\"path\": \"/cookie\"", 3);
    wait_in_file(server.requests, "\"path\": \"/login\"", 3);
    finish(&run);
    assert_int_equal(count_in_file(server.requests, "id=1"), 0);
    assert_int_equal(count_in_file(server.requests, "Basic"), 0);
}

static void a_pause_begins_nothing(void **state)
{
    (void)state;
    struct run run;
    struct timespec a_while = {.tv_nsec = 100000000};
    prepare(&run);
    add(&run, "127.0.0.1", "/utf16", true);
    start(&run);
    wait_for_documents(&run, 2);
    feeds_fetch_pause(run.fetch, true);
    nanosleep(&a_while, NULL); /* what was under way comes in */
    size_t before = requests("/utf16");
    nanosleep(&a_while, NULL); /* three times every_ms */
    assert_int_equal(requests("/utf16"), before);
    feeds_fetch_pause(run.fetch, false);
    wait_in_file(server.requests, "\"path\": \"/utf16\"", before + 1);
    finish(&run);
}

static void disabled_sources_are_left(void **state)
{
    (void)state;
    struct run run;
    prepare(&run);
    add(&run, "127.0.0.1", "/ok", true);
    add(&run, "127.0.0.1", "/gzip", true);
    run.sources[1].is_enabled = false;
    start(&run);
    wait_in_file(server.requests, "\"path\": \"/ok\"", 3);
    finish(&run);
    assert_int_equal(requests("/gzip"), 0);
}

static void stopping_gives_up_what_is_under_way(void **state)
{
    (void)state;
    struct run run;
    prepare(&run);
    run.limits.slow_seconds = 60;
    run.limits.total_ms = 60000;
    add(&run, "127.0.0.1", "/silent", true);
    start(&run);
    wait_in_file(server.requests, "\"path\": \"/silent\"", 1);
    int64_t before_ms = clock_monotonic_ms();
    finish(&run);
    assert_true(clock_monotonic_ms() - before_ms < 5000);
}

static const struct proxy_case {
    const char *name, *host, *path;
    bool allow_private;
    size_t connects;    /* to 127.0.0.1, whatever the name was */
    const char *reason; /* NULL: it comes */
} proxied[] = {
    {"a name is resolved by us", "localhost", "/ok", true, 1, NULL},
    {"an address", "127.0.0.1", "/gzip", true, 1, NULL},
    {"a redirect is looked at anew", "127.0.0.1", "/301-302", true, 3, NULL},
    {"a private address", "127.0.0.1", "/ok", false, 0, NOT_PUBLIC},
    {"a name of one", "localhost", "/ok", false, 0, NOT_PUBLIC},
    {"a redirect to a private name", "127.0.0.1", "/elsewhere", true, 1, NOT_PUBLIC},
    {"a redirect to a cloud's metadata", "127.0.0.1", "/metadata", true, 1, NOT_PUBLIC},
    {"a redirect to a file", "127.0.0.1", "/file", true, 1, "Protocol \\\"file\\\""},
    {"a redirect with a password", "127.0.0.1", "/password", true, 1, "ogin denied"},
    {"a redirect to itself", "127.0.0.1", "/loop", true, 6, "the server answers 302"},
    {"a redirect to a profile", "127.0.0.1", "/profile", true, 2, "a feed of a single author"},
    {"silence", "127.0.0.1", "/silent", true, 1, "too slow"},
};

static void goes_through_a_proxy(void **state)
{
    const struct proxy_case *c = *state;
    struct run run;
    char proxy[64], connect[64];
    snprintf(proxy, sizeof proxy, "http://127.0.0.1:%d", server.port);
    snprintf(connect, sizeof connect, "CONNECT 127.0.0.1:%d", server.port);
    prepare(&run);
    run.proxy = proxy;
    run.limits.every_ms = run.limits.retry_ms = 60000;
    assert_int_equal(truncate(server.log, 0), 0);
    add(&run, c->host, c->path, c->allow_private);
    start(&run);
    if (c->reason == NULL) {
        wait_for_documents(&run, 1);
        assert_int_equal(run.bytes.len, 90);
    } else {
        wait_for_failures(&run, 1);
    }
    finish(&run);
    assert_int_equal(run.documents, c->reason == NULL);
    assert_true(c->reason == NULL || count_in_file(server.log, c->reason) > 0);
    assert_int_equal(requests(connect), c->connects);
    assert_int_equal(count_in_file(server.requests, "CONNECT"), c->connects);
}

static void a_proxy_that_is_none_is_said(void **state)
{
    struct err err = ERR_NONE;
    const struct feeds_fetch_options options = {.proxy = "proxy:3128", .clock = clock_system()};
    (void)state;
    assert_null(feeds_fetch_new(&options, &err));
    assert_string_equal(err.message, "the proxy 'proxy:3128' must be http://HOST:PORT");
}

static int start_server(void **state)
{
    (void)state;
    int out[2];
    char port[16] = {0};
    strcpy(server.folder, "/tmp/saring-fetch.XXXXXX"); /* NOLINT */
    assert_non_null(mkdtemp(server.folder));
    snprintf(server.requests, sizeof server.requests, "%s/requests", server.folder);
    snprintf(server.state, sizeof server.state, "%s/state", server.folder);
    snprintf(server.log, sizeof server.log, "%s/log", server.folder);
    assert_int_equal(pipe(out), 0);
    server.pid = fork();
    if (server.pid == 0) {
        prctl(PR_SET_PDEATHSIG, SIGTERM); /* it must not outlive a test that aborts */
        dup2(out[1], STDOUT_FILENO);
        close(out[0]);
        execlp("python3", "python3", "tests/feeds/hostile.py", server.requests, NULL);
        _exit(127);
    }
    close(out[1]);
    for (size_t at = 0; at + 1 < sizeof port && read(out[0], port + at, 1) == 1; at++) {
        if (!isdigit((unsigned char)port[at])) {
            break;
        }
    }
    close(out[0]);
    server.port = (int)strtol(port, NULL, 10);
    assert_true(server.port > 0);
    /* The reasons of failures stand in the log; nothing of the environment may play a part. */
    assert_non_null(freopen(server.log, "a", stderr));
    setenv("http_proxy", "http://127.0.0.1:9/", 1);
    setenv("ALL_PROXY", "http://127.0.0.1:9/", 1);
    setenv("no_proxy", "", 1);
    return 0;
}

static int stop_server(void **state)
{
    (void)state;
    kill(server.pid, SIGTERM);
    waitpid(server.pid, NULL, 0);
    unlink(server.requests);
    unlink(server.state);
    unlink(server.log);
    return rmdir(server.folder);
}

int main(void)
{
    const struct CMUnitTest others[] = {
        cmocka_unit_test(asks_only_for_what_changed),
        cmocka_unit_test(an_unsettled_document_keeps_no_etag),
        cmocka_unit_test(an_unreadable_document_is_a_failure),
        cmocka_unit_test(a_permanent_move_is_kept),
        cmocka_unit_test(a_source_that_is_gone_is_left),
        cmocka_unit_test(retry_after_is_heeded),
        cmocka_unit_test(a_private_connection_is_not_lent),
        cmocka_unit_test(nothing_of_ours_is_sent),
        cmocka_unit_test(a_pause_begins_nothing),
        cmocka_unit_test(disabled_sources_are_left),
        cmocka_unit_test(stopping_gives_up_what_is_under_way),
        cmocka_unit_test(a_proxy_that_is_none_is_said),
    };
    signal(SIGPIPE, SIG_IGN);
    if (start_server(NULL) != 0) {
        return 1;
    }
    cmocka_set_message_output(CM_OUTPUT_STDOUT);
    int failed = RUN_CASES("feeds_fetch", good, fetches) +
                 RUN_CASES("feeds_fetch refuses", bad, says_why_not) +
                 RUN_CASES("feeds_fetch by a proxy", proxied, goes_through_a_proxy) +
                 cmocka_run_group_tests_name("feeds_fetch over time", others, NULL, NULL);
    return stop_server(NULL) != 0 || failed != 0;
}
