#include "filter/pipeline/capture.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "feeds/capture.h"
#include "filter/base/clock.h"
#include "filter/base/err.h"
#include "filter/base/log.h"
#include "filter/pipeline/sandbox.h"

enum {
    ANSWER_FD = 3,
    MEMORY = 1 << 30,
    CPU_SECONDS = 60,
    /* Six answers with their heads, and the records round them. */
    WARC_MOST = 7 * (FEEDS_CAPTURE_MOST + (1 << 20)),
};

/* What the child says first; then come the WARC file's bytes, or those of why there is none. */
struct answer {
    int64_t status;
    bool is_done;
};

const char *const capture_readable[] = {"/etc",
                                        "/usr",
                                        "/lib",
                                        "/lib64",
                                        "/dev/null",
                                        "/dev/urandom",
                                        "/run/resolvconf",
                                        "/run/systemd/resolve",
                                        NULL};
static void put_all(int fd, const void *bytes, size_t len)
{
    const char *at = bytes;
    while (len > 0) {
        ssize_t put = write(fd, at, len);
        if (put < 0 && errno == EINTR) {
            continue;
        }
        if (put <= 0) {
            _exit(1);
        }
        at += put;
        len -= (size_t)put;
    }
}

_Noreturn static void serve(int fd, const char *url, const struct capture_options *options)
{
    const struct feeds_capture_options how = {
        .contact = options->contact, .proxy = options->proxy, .clock = clock_system()};
    struct buf warc = BUF_EMPTY;
    struct err err = ERR_NONE;
    long status = 0;
    struct answer answer;
    memset(&answer, 0, sizeof answer); /* its gaps go over the pipe too */
    signal(SIGPIPE, SIG_DFL);
    /* Whatever the parent has open, the casebook above all, is none of the child's. */
    if (dup2(fd, ANSWER_FD) < 0 || close_range(ANSWER_FD + 1, ~0U, 0) != 0) {
        _exit(1);
    }
    log_set_level(LOG_ERROR);
    answer.is_done = sandbox_shut_in(capture_readable, MEMORY, CPU_SECONDS)
                         ? feeds_capture(url, &how, &warc, &status, &err)
                         : err_set(&err, "the sandbox cannot be entered");
    answer.status = status;
    put_all(ANSWER_FD, &answer, sizeof answer);
    if (answer.is_done) {
        put_all(ANSWER_FD, warc.bytes, warc.len);
    } else {
        put_all(ANSWER_FD, err.message, strlen(err.message));
    }
    _exit(0);
}

/* All that comes until the end, the deadline, or more than there can be. */
static bool take_all(int fd, int stop, struct buf *out, struct err *err)
{
    int64_t end_ms = clock_monotonic_ms() + CAPTURE_MS;
    for (;;) {
        char chunk[65536];
        int64_t left_ms = end_ms - clock_monotonic_ms();
        struct pollfd ready[] = {{.fd = fd, .events = POLLIN}, {.fd = stop, .events = POLLIN}};
        if (left_ms <= 0 || (poll(ready, 2, (int)left_ms) == 0)) {
            return err_set(err, "the site took longer than %d seconds", CAPTURE_MS / 1000);
        }
        if (ready[1].revents != 0) {
            return err_set(err, "the capture was given up: the program ends or starts anew");
        }
        ssize_t got = read(fd, chunk, sizeof chunk);
        if (got < 0 && errno == EINTR) {
            continue;
        }
        if (got < 0) {
            return err_set(err, "the capture cannot be read: %s", strerror(errno));
        }
        if (got == 0) {
            return true;
        }
        buf_put(out, chunk, (size_t)got);
        if (out->len > WARC_MOST) {
            return err_set(err, "the capture has more than %d bytes", WARC_MOST);
        }
    }
}

static bool take_answer(struct str all, struct buf *warc, long *status, struct err *err)
{
    struct answer answer;
    if (all.len <= sizeof answer) {
        return err_set(err, "the capturing process died: too much memory or time");
    }
    memcpy(&answer, all.at, sizeof answer);
    struct str rest = str_part(all, sizeof answer, all.len);
    if (!answer.is_done) {
        return err_set(err, "%.*s", STR_FORMAT(rest));
    }
    *status = (long)answer.status;
    buf_put_str(warc, rest);
    return true;
}

bool capture_fetch(const char *url, const struct capture_options *options, struct buf *warc,
                   long *status, struct err *err)
{
    int ends[2];
    struct buf all = BUF_EMPTY;
    if (pipe(ends) != 0) {
        return err_set(err, "a pipe cannot be made: %s", strerror(errno));
    }
    pid_t pid = fork();
    if (pid == 0) {
        close(ends[0]);
        serve(ends[1], url, options);
    }
    close(ends[1]);
    bool done = pid > 0 ? take_all(ends[0], options->stop, &all, err)
                        : err_set(err, "no process can be started: %s", strerror(errno));
    close(ends[0]);
    if (pid > 0) {
        kill(pid, SIGKILL);
        while (waitpid(pid, NULL, 0) < 0 && errno == EINTR) {
        }
    }
    done = done && take_answer(buf_str(&all), warc, status, err);
    buf_fini(&all);
    return done;
}
