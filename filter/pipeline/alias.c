#include "filter/pipeline/alias.h"

#include <ares.h>
#include <arpa/nameser.h>
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "filter/base/clock.h"
#include "filter/base/err.h"
#include "filter/base/log.h"
#include "filter/base/mem.h"
#include "filter/blocklist/name.h"
#include "filter/pipeline/sandbox.h"

enum {
    ANSWER_FD = 3,
    MEMORY = 1 << 30,
    CPU_SECONDS = 60,
    IN_FLIGHT = 64,
    TRY_MS = 1500,
    TRIES = 2,
    HEAD_BYTES = 12,
    LINE_MOST = ALIAS_CHAIN_MOST * (BLOCKLIST_NAME_BYTES + 1) + 32,
};

/* Bytes that a name of a list may have; case is folded, since DNS has none. */
static bool put_name(struct buf *chain, const char *name)
{
    struct err ignored = ERR_NONE;
    size_t before = chain->len, len = strlen(name);
    if (len > 0 && name[len - 1] == '.') {
        len--;
    }
    if (len == 0 || len > BLOCKLIST_NAME_BYTES) {
        return false;
    }
    if (chain->len > 0) {
        buf_put_char(chain, ' ');
    }
    size_t start = chain->len;
    for (size_t i = 0; i < len; i++) {
        char c = name[i];
        buf_put_char(chain, c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c);
    }
    if (blocklist_name_check(str_part(buf_str(chain), start, chain->len), &ignored)) {
        return true;
    }
    chain->len = before;
    return false;
}

static unsigned read_16(const unsigned char *at)
{
    return (unsigned)at[0] << 8 | at[1];
}

/* Behind the name at `at`; -1 if it runs out of the message. */
static long skip_name(const unsigned char *message, size_t len, long at)
{
    char *name = NULL;
    long used = 0;
    if (at < 0 || (size_t)at >= len ||
        ares_expand_name(message + at, message, (int)len, &name, &used) != ARES_SUCCESS) {
        return -1;
    }
    ares_free_string(name);
    return at + used;
}

static void read_record(const unsigned char *message, size_t len, long data, unsigned type,
                        struct buf *chain, unsigned *found)
{
    char *name = NULL;
    long used;
    if (type == ns_t_cname && *found < ALIAS_CHAIN_MOST &&
        ares_expand_name(message + data, message, (int)len, &name, &used) == ARES_SUCCESS) {
        *found += put_name(chain, name) ? 1 : 0;
        ares_free_string(name);
    }
}

bool alias_read(const unsigned char *message, size_t len, struct buf *chain)
{
    unsigned found = 0;
    if (len < HEAD_BYTES || len > 65535) {
        return false;
    }
    unsigned questions = read_16(message + 4), answers = read_16(message + 6);
    long at = HEAD_BYTES;
    for (unsigned i = 0; i < questions; i++) {
        at = skip_name(message, len, at);
        if (at < 0 || (size_t)at + 4 > len) {
            return false;
        }
        at += 4;
    }
    for (unsigned i = 0; i < answers; i++) {
        at = skip_name(message, len, at);
        if (at < 0 || (size_t)at + 10 > len) {
            return false;
        }
        unsigned type = read_16(message + at), size = read_16(message + at + 8);
        at += 10;
        if ((size_t)at + size > len) {
            return false;
        }
        if (size > 0) {
            read_record(message, len, at, type, chain, &found);
        }
        at += (long)size;
    }
    return true;
}

/* The child: all questions, some of them on their way. */
struct asker {
    ares_channel channel;
    const struct str *names;
    size_t count, next, in_flight;
};

struct question {
    struct asker *asker;
    size_t number;
};

static void put_line(size_t number, const struct buf *chain)
{
    struct buf line = BUF_EMPTY;
    buf_printf(&line, "%zu %.*s\n", number, STR_FORMAT(buf_str(chain)));
    const char *at = line.bytes;
    size_t left = line.len;
    while (left > 0) {
        ssize_t put = write(ANSWER_FD, at, left);
        if (put <= 0 && !(put < 0 && errno == EINTR)) {
            _exit(1);
        }
        at += put > 0 ? put : 0;
        left -= put > 0 ? (size_t)put : 0;
    }
    buf_fini(&line);
}

/* A name that is not there, or has no address, may still be an alias of one. */
static void on_answer(void *context, int status, int timeouts, unsigned char *message, int len)
{
    struct question *question = context;
    struct buf chain = BUF_EMPTY;
    (void)timeouts;
    question->asker->in_flight--;
    bool is_known = status == ARES_SUCCESS || status == ARES_ENODATA || status == ARES_ENOTFOUND;
    if (is_known && message != NULL && len > 0 && alias_read(message, (size_t)len, &chain)) {
        buf_put(&chain, "", 0);
        put_line(question->number, &chain);
    }
    buf_fini(&chain);
    free(question);
}

static void ask_more(struct asker *asker)
{
    while (asker->next < asker->count && asker->in_flight < IN_FLIGHT) {
        char name[BLOCKLIST_NAME_BYTES + 1];
        struct str one = asker->names[asker->next];
        struct question *question = mem_alloc(sizeof *question);
        *question = (struct question){asker, asker->next++};
        asker->in_flight++;
        snprintf(name, sizeof name, "%.*s", STR_FORMAT(one));
        ares_query(asker->channel, name, ns_c_in, ns_t_a, on_answer, question);
    }
}

static void wait_for_answers(struct asker *asker)
{
    ares_socket_t sockets[ARES_GETSOCK_MAXNUM];
    struct pollfd fds[ARES_GETSOCK_MAXNUM];
    struct timeval most = {1, 0}, left;
    unsigned count = 0;
    int bits = ares_getsock(asker->channel, sockets, ARES_GETSOCK_MAXNUM);
    for (unsigned i = 0; i < ARES_GETSOCK_MAXNUM; i++) {
        short events = (short)((ARES_GETSOCK_READABLE(bits, i) ? POLLIN : 0) |
                               (ARES_GETSOCK_WRITABLE(bits, i) ? POLLOUT : 0));
        if (events != 0) {
            fds[count++] = (struct pollfd){.fd = sockets[i], .events = events};
        }
    }
    ares_timeout(asker->channel, &most, &left);
    (void)!poll(fds, count, (int)(left.tv_sec * 1000 + left.tv_usec / 1000) + 1);
    for (unsigned i = 0; i < count; i++) {
        bool reads = (fds[i].revents & (POLLIN | POLLERR | POLLHUP)) != 0;
        bool writes = (fds[i].revents & POLLOUT) != 0;
        ares_process_fd(asker->channel, reads ? fds[i].fd : ARES_SOCKET_BAD,
                        writes ? fds[i].fd : ARES_SOCKET_BAD);
    }
    ares_process_fd(asker->channel, ARES_SOCKET_BAD, ARES_SOCKET_BAD); /* what timed out */
}

static bool open_channel(struct asker *asker, const char *resolver)
{
    struct ares_options options = {
        .flags = ARES_FLAG_NOSEARCH | ARES_FLAG_NOALIASES | ARES_FLAG_STAYOPEN,
        .timeout = TRY_MS,
        .tries = TRIES,
        .lookups = (char[]){"b"},
    };
    return ares_library_init(ARES_LIB_INIT_ALL) == ARES_SUCCESS &&
           ares_init_options(&asker->channel, &options,
                             ARES_OPT_FLAGS | ARES_OPT_TIMEOUTMS | ARES_OPT_TRIES |
                                 ARES_OPT_LOOKUPS) == ARES_SUCCESS &&
           ares_set_servers_ports_csv(asker->channel, resolver) == ARES_SUCCESS;
}

_Noreturn static void serve(int fd, const char *resolver, const struct str *names, size_t count)
{
    static const char *const readable[] = {"/etc", "/usr", "/lib", "/lib64", "/dev/urandom", NULL};
    struct asker asker = {.names = names, .count = count};
    signal(SIGPIPE, SIG_DFL);
    /* Whatever the parent has open, the casebook above all, is none of the child's. */
    if (dup2(fd, ANSWER_FD) < 0 || close_range(ANSWER_FD + 1, ~0U, 0) != 0) {
        _exit(1);
    }
    log_set_level(LOG_ERROR);
    if (!sandbox_shut_in(readable, MEMORY, CPU_SECONDS) || !open_channel(&asker, resolver)) {
        _exit(1);
    }
    for (ask_more(&asker); asker.in_flight > 0; ask_more(&asker)) {
        wait_for_answers(&asker);
    }
    _exit(0);
}

/* All that comes until the end or the deadline; more than there can be is cut. */
static void take_all(int fd, size_t most, int deadline_ms, struct buf *out)
{
    int64_t end_ms = clock_monotonic_ms() + deadline_ms;
    for (int64_t left; (left = end_ms - clock_monotonic_ms()) > 0 && out->len < most;) {
        char chunk[65536];
        struct pollfd ready = {.fd = fd, .events = POLLIN};
        ssize_t got = poll(&ready, 1, (int)left) > 0 ? read(fd, chunk, sizeof chunk) : 0;
        if (got < 0 && errno == EINTR) {
            continue;
        }
        if (got <= 0) {
            return;
        }
        buf_put(out, chunk, (size_t)got);
    }
}

struct str alias_next(struct str *chain)
{
    const char *space = chain->len > 0 ? memchr(chain->at, ' ', chain->len) : NULL;
    size_t len = space != NULL ? (size_t)(space - chain->at) : chain->len;
    struct str name = str_part(*chain, 0, len);
    *chain = str_part(*chain, space != NULL ? len + 1 : len, chain->len);
    return name;
}

/* A line of the child's, as from a stranger: what is no number or no names is left out. */
static void read_line(struct str line, struct alias *answers, size_t count)
{
    const char *space = line.len > 0 ? memchr(line.at, ' ', line.len) : NULL;
    size_t number = 0, digits = space != NULL ? (size_t)(space - line.at) : 0;
    if (digits == 0 || digits > 9) {
        return;
    }
    for (size_t i = 0; i < digits; i++) {
        if (line.at[i] < '0' || line.at[i] > '9') {
            return;
        }
        number = number * 10 + (size_t)(line.at[i] - '0');
    }
    struct str chain = str_part(line, digits + 1, line.len), left = chain;
    if (number >= count || answers[number].state != ALIAS_UNKNOWN) {
        return;
    }
    for (unsigned names = 0; left.len > 0; names++) {
        struct err ignored = ERR_NONE;
        if (names == ALIAS_CHAIN_MOST || !blocklist_name_check(alias_next(&left), &ignored)) {
            return;
        }
    }
    answers[number] = (struct alias){chain.len > 0 ? ALIAS_FOUND : ALIAS_NONE, chain};
}

/* A last line that was cut is none. */
static void read_lines(struct alias_lookup *lookup, size_t count)
{
    struct str left = buf_str(&lookup->bytes);
    for (const char *end; left.len > 0 && (end = memchr(left.at, '\n', left.len)) != NULL;) {
        size_t len = (size_t)(end - left.at);
        read_line(str_part(left, 0, len), lookup->answers, count);
        left = str_part(left, len + 1, left.len);
    }
}

bool alias_ask(struct alias_lookup *lookup, const char *resolver, const struct str *names,
               size_t count, int deadline_ms, struct err *err)
{
    int ends[2];
    *lookup = (struct alias_lookup){.answers = mem_zero(count, sizeof *lookup->answers)};
    if (count == 0) {
        return true;
    }
    if (pipe(ends) != 0) {
        return err_set(err, "a pipe cannot be made: %s", strerror(errno));
    }
    fflush(NULL);
    pid_t pid = fork();
    if (pid == 0) {
        close(ends[0]);
        serve(ends[1], resolver, names, count);
    }
    int why = errno;
    close(ends[1]);
    if (pid > 0) {
        take_all(ends[0], count * LINE_MOST, deadline_ms, &lookup->bytes);
        kill(pid, SIGKILL);
        while (waitpid(pid, NULL, 0) < 0 && errno == EINTR) {
        }
        read_lines(lookup, count);
    }
    close(ends[0]);
    return pid > 0 || err_set(err, "no process can be started: %s", strerror(why));
}

void alias_lookup_fini(struct alias_lookup *lookup)
{
    free(lookup->answers);
    buf_fini(&lookup->bytes);
}
