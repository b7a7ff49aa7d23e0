/*
 * 10,000 sources on 10,000 loopback hosts polled once, and once more with nothing changed: seconds
 * against the bounds of the issue, and the process's peak memory. The server is a child of ours
 * that answers from memory.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "feeds/fetch.h"
#include "filter/base/buf.h"
#include "filter/base/err.h"
#include "filter/base/mem.h"
#include "tests/bench/bench.h"

enum { SOURCES = 10000, ITEMS = 20, MOST_FILES = 4096, HOUR_MS = 3600000 };

/* Shared with the server. */
struct tally {
    atomic_size_t whole, unchanged;
};

struct poll {
    struct feeds_source *sources;
    struct buf urls, ids;
    struct feeds_parser *parser;
    struct feeds_fetch *fetch;
    atomic_size_t documents; /* settled */
    size_t entries;
    char state[64];
};

static int listen_somewhere(int *port)
{
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0), on = 1;
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr = {htonl(0x7F000000)}};
    socklen_t len = sizeof address;
    address.sin_addr.s_addr = htonl(INADDR_ANY); /* all of 127.0.0.0/8 */
    setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    if (fd < 0 || bind(fd, (struct sockaddr *)&address, sizeof address) != 0 ||
        listen(fd, 1024) != 0 || getsockname(fd, (struct sockaddr *)&address, &len) != 0) {
        perror("listen");
        exit(1);
    }
    *port = ntohs(address.sin_port);
    return fd;
}

static struct buf make_answer(void)
{
    struct buf feed = BUF_EMPTY, answer = BUF_EMPTY;
    buf_put_string(&feed, "<rss version=\"2.0\"><channel><title>Kabar</title>");
    for (int i = 0; i < ITEMS; i++) {
        buf_printf(
            &feed,
            "<item><guid isPermaLink=\"false\">%d</guid><title>Jadwal debat calon</title>"
            "<link>https://kabar.example/%d</link><description>&lt;p&gt;Warga antre di balai "
            "desa sejak pagi untuk memilih.&lt;/p&gt;</description></item>",
            i, i);
    }
    buf_put_string(&feed, "</channel></rss>");
    buf_printf(&answer,
               "HTTP/1.1 200 OK\r\nContent-Type: application/rss+xml\r\nETag: \"v1\"\r\n"
               "Content-Length: %zu\r\n\r\n",
               feed.len);
    buf_put_str(&answer, buf_str(&feed));
    buf_fini(&feed);
    return answer;
}

static void answer_one(int fd, const struct buf *answer, struct tally *tally)
{
    static const char unchanged[] = "HTTP/1.1 304 Not Modified\r\nETag: \"v1\"\r\n\r\n";
    char request[4096];
    ssize_t len = read(fd, request, sizeof request - 1);
    if (len <= 0) {
        close(fd);
        return;
    }
    request[len] = '\0';
    bool is_known = strcasestr(request, "if-none-match") != NULL;
    const char *bytes = is_known ? unchanged : answer->bytes;
    size_t count = is_known ? sizeof unchanged - 1 : answer->len;
    if (write(fd, bytes, count) != (ssize_t)count) {
        close(fd);
        return;
    }
    atomic_fetch_add(is_known ? &tally->unchanged : &tally->whole, 1);
}

static void serve(int listener, struct tally *tally)
{
    struct buf answer = make_answer();
    struct epoll_event event = {.events = EPOLLIN, .data.fd = listener}, ready[256];
    int epoll = epoll_create1(EPOLL_CLOEXEC), on = 1;
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    signal(SIGPIPE, SIG_IGN);
    epoll_ctl(epoll, EPOLL_CTL_ADD, listener, &event);
    for (;;) {
        int count = epoll_wait(epoll, ready, 256, -1);
        for (int i = 0; i < count; i++) {
            if (ready[i].data.fd != listener) {
                answer_one(ready[i].data.fd, &answer, tally);
                continue;
            }
            event.data.fd = accept4(listener, NULL, NULL, SOCK_CLOEXEC);
            if (event.data.fd >= 0) {
                setsockopt(event.data.fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
                epoll_ctl(epoll, EPOLL_CTL_ADD, event.data.fd, &event);
            }
        }
    }
}

static bool count_entry(void *context, const struct feeds_entry *entry)
{
    bench_keep(entry);
    ++*(size_t *)context;
    return true;
}

static void on_document(void *context, const struct feeds_source *source, uint64_t number,
                        const struct feeds_document *document)
{
    struct poll *poll = context;
    struct feeds_head head;
    struct err err = ERR_NONE;
    bool done = feeds_parse(poll->parser, document, count_entry, &poll->entries, &head, &err);
    bench_keep(source);
    feeds_fetch_observed(poll->fetch, number, true, head.every_ms);
    feeds_fetch_settled(poll->fetch, number, done);
    atomic_fetch_add(&poll->documents, 1);
}

static void make_sources(struct poll *poll, int port)
{
    poll->sources = mem_zero(SOURCES, sizeof *poll->sources);
    for (int pass = 0; pass < 2; pass++) { /* the texts have their places once all are written */
        buf_clear(&poll->urls);
        buf_clear(&poll->ids);
        for (int i = 0; i < SOURCES; i++) {
            size_t url = poll->urls.len, id = poll->ids.len;
            buf_printf(&poll->urls, "http://127.1.%d.%d:%d/feed", i / 250, i % 250 + 1, port);
            buf_printf(&poll->ids, "s%d", i);
            poll->sources[i] =
                (struct feeds_source){.id = {poll->ids.bytes + id, poll->ids.len - id},
                                      .url = {poll->urls.bytes + url, poll->urls.len - url},
                                      .is_enabled = true,
                                      .allow_private = true};
            buf_put_char(&poll->urls, '\0');
            buf_put_char(&poll->ids, '\0');
        }
    }
}

static void *run_fetch(void *context)
{
    feeds_fetch_run(((struct poll *)context)->fetch);
    return NULL;
}

/* Seconds until `counter` reached all sources; 0 if that did not happen within two minutes. */
static double poll_all(struct poll *poll, int64_t now_ms, atomic_size_t *counter)
{
    struct err err = ERR_NONE;
    pthread_t thread;
    const struct feeds_fetch_options options = {.sources = poll->sources,
                                                .source_count = SOURCES,
                                                .state_path = poll->state,
                                                .clock = clock_fixed(now_ms),
                                                .limits = {.every_ms = HOUR_MS},
                                                .on_document = on_document,
                                                .context = poll};
    double start = bench_now();
    poll->fetch = feeds_fetch_new(&options, &err);
    if (poll->fetch == NULL || pthread_create(&thread, NULL, run_fetch, poll) != 0) {
        abort();
    }
    /* What the server wrote last is not settled yet: stopped then, it would come whole again. */
    while ((atomic_load(counter) < SOURCES || atomic_load(&poll->documents) < SOURCES) &&
           bench_now() - start < 120) {
        usleep(2000);
    }
    double seconds = bench_now() - start;
    size_t failures = (size_t)feeds_fetch_failures(poll->fetch);
    feeds_fetch_stop(poll->fetch);
    pthread_join(thread, NULL);
    feeds_fetch_free(poll->fetch);
    if (atomic_load(counter) < SOURCES || failures > 0) {
        fprintf(stderr, "%zu of %d sources answered, %zu failures\n", atomic_load(counter), SOURCES,
                failures);
        return 0;
    }
    return seconds;
}

int main(void)
{
    struct poll poll = {.parser = feeds_parser_new()};
    struct rusage usage;
    int port;
    int listener = listen_somewhere(&port);
    struct rlimit files = {MOST_FILES, MOST_FILES};
    struct tally *tally =
        mmap(NULL, sizeof *tally, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (tally == MAP_FAILED) {
        return 1;
    }
    setrlimit(RLIMIT_NOFILE, &files);
    pid_t server = fork();
    if (server == 0) {
        serve(listener, tally);
        _exit(0);
    }
    snprintf(poll.state, sizeof poll.state, "/tmp/saring-poll.%ld", (long)getpid());
    make_sources(&poll, port);
    int64_t now_ms = INT64_C(1795000000000);
    double whole = poll_all(&poll, now_ms, &tally->whole);
    double unchanged = poll_all(&poll, now_ms + 3 * (int64_t)HOUR_MS, &tally->unchanged);
    getrusage(RUSAGE_SELF, &usage);
    double mebibytes = (double)usage.ru_maxrss / 1024;
    if (whole > 0 && unchanged > 0) {
        bench_report("poll", SOURCES, "goal-60s", whole, 60, "s", 60 / whole);
        bench_report("poll-304", SOURCES, "goal-15s", unchanged, 15, "s", 15 / unchanged);
        bench_report("poll-mem", SOURCES, "goal-200MiB", mebibytes, 200, "MiB", 200 / mebibytes);
    }
    kill(server, SIGKILL);
    waitpid(server, NULL, 0);
    unlink(poll.state);
    feeds_parser_free(poll.parser);
    free(poll.sources);
    buf_fini(&poll.urls);
    buf_fini(&poll.ids);
    return whole > 0 && unchanged > 0 ? 0 : 1;
}
