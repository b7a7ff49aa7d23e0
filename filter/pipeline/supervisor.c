#include "filter/pipeline/supervisor.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "filter/base/clock.h"
#include "filter/base/err.h"
#include "filter/base/log.h"
#include "filter/pipeline/admin.h"
#include "filter/pipeline/control.h"
#include "filter/pipeline/relay.h"

enum {
    CONTROL_FD = 3, /* where a child finds its end */
    FIRST_WAIT_MS = 100,
    LONGEST_WAIT_MS = 30000,
    HEALTHY_MS = 60000, /* having lived so long, a child starts again at once */
    DRAIN_MS = 30000,   /* then the children are killed */
};

enum which { INGEST, REVIEW, NOTIFY, CAMERA, CHILDREN };

struct child {
    const char *name;
    supervisor_child *run;
    pid_t pid;   /* 0: not running */
    int control; /* -1: none */
    int64_t started_ms, next_start_ms;
    int wait_ms;
    bool is_told_to_stop;
};

struct supervisor {
    const struct supervisor_task *task;
    struct child children[CHILDREN];
    struct relay *relay;
    struct admin *admin;
    int signals;
    int64_t stop_by_ms; /* 0: nobody asked for it yet */
    bool has_printed_address;
};

/* What a child is: its control socket, the standard files, nothing else of ours. */
static int be_child(const struct supervisor *all, const struct child *child, int control)
{
    sigset_t none;
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, NULL);
    signal(SIGHUP, SIG_IGN); /* they come over the control socket, … */
    signal(SIGINT, SIG_IGN); /* … also when a terminal or a service manager sends them to all */
    signal(SIGTERM, SIG_IGN);
    signal(SIGPIPE, SIG_IGN);
    int nothing = open("/dev/null", O_RDONLY);
    if (dup2(nothing, STDIN_FILENO) < 0 || dup2(control, CONTROL_FD) < 0 ||
        close_range(CONTROL_FD + 1, ~0U, 0) != 0) {
        return 2;
    }
    fcntl(CONTROL_FD, F_SETFD, FD_CLOEXEC);
    log_set_process(child->name);
    struct supervisor_task task = *all->task;
    task.control = CONTROL_FD;
    return child->run(&task);
}

static void tell(struct child *child, enum control_kind kind, int fd, uint64_t number)
{
    struct control_message message = {.kind = kind, .number = number, .fd = fd};
    if (child->control >= 0 && !control_send(child->control, &message)) {
        log_line(LOG_DEBUG, "child_not_listening", LOG_TEXT("child", child->name));
    }
}

/* A fresh pair of sockets between review and another: each learns that the other one is new. */
static void join(struct supervisor *all, enum which with)
{
    static const uint64_t peers[] = {[INGEST] = CONTROL_PEER_INGEST,
                                     [NOTIFY] = CONTROL_PEER_NOTIFY,
                                     [CAMERA] = CONTROL_PEER_CAMERA};
    int pair[2];
    if (all->children[with].pid == 0 || all->children[REVIEW].pid == 0) {
        return;
    }
    if (socketpair(AF_UNIX, (with == INGEST ? SOCK_STREAM : SOCK_SEQPACKET) | SOCK_CLOEXEC, 0,
                   pair) != 0) {
        log_line(LOG_ERROR, "no_socketpair", LOG_TEXT("why", strerror(errno)));
        return;
    }
    tell(&all->children[with], CONTROL_PEER, pair[0], 0);
    tell(&all->children[REVIEW], CONTROL_PEER, pair[1], peers[with]);
    close(pair[0]);
    close(pair[1]);
}

static void pass_stdin(struct supervisor *all)
{
    int pair[2];
    if (!relay_has_work(all->relay) ||
        socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair) != 0) {
        return;
    }
    tell(&all->children[INGEST], CONTROL_STDIN, pair[0], relay_lines(all->relay));
    close(pair[0]);
    relay_connect(all->relay, pair[1]);
}

static void start(struct supervisor *all, enum which which)
{
    struct child *child = &all->children[which];
    int pair[2];
    if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair) != 0) {
        log_line(LOG_ERROR, "no_socketpair", LOG_TEXT("why", strerror(errno)));
        child->next_start_ms = clock_monotonic_ms() + LONGEST_WAIT_MS;
        return;
    }
    fflush(stdout);
    child->pid = fork();
    if (child->pid == 0) {
        _exit(be_child(all, child, pair[1]));
    }
    close(pair[1]);
    if (child->pid < 0) {
        log_line(LOG_ERROR, "no_fork", LOG_TEXT("why", strerror(errno)));
        close(pair[0]);
        child->pid = 0;
        child->next_start_ms = clock_monotonic_ms() + LONGEST_WAIT_MS;
        return;
    }
    child->control = pair[0];
    child->started_ms = clock_monotonic_ms();
    child->is_told_to_stop = false;
    log_line(LOG_INFO, "started", LOG_TEXT("child", child->name), LOG_NUMBER("pid", child->pid));
    for (enum which other = INGEST; other < CHILDREN; other++) {
        if (other != REVIEW && (which == REVIEW || which == other)) {
            join(all, other);
        }
    }
    if (which == INGEST && relay_has_work(all->relay)) {
        tell(child, CONTROL_STDIN, -1, 0); /* it asks for it when a season says so */
    }
}

static void bury(struct supervisor *all, struct child *child, int status)
{
    int64_t now_ms = clock_monotonic_ms();
    bool is_wanted = (WIFEXITED(status) && WEXITSTATUS(status) == 0);
    child->wait_ms = is_wanted || now_ms - child->started_ms >= HEALTHY_MS || child->wait_ms == 0
                         ? FIRST_WAIT_MS
                         : child->wait_ms * 2;
    if (child->wait_ms > LONGEST_WAIT_MS) {
        child->wait_ms = LONGEST_WAIT_MS;
    }
    child->next_start_ms = now_ms + child->wait_ms;
    log_line(is_wanted ? LOG_INFO : LOG_ERROR, "ended", LOG_TEXT("child", child->name),
             LOG_NUMBER("pid", child->pid),
             LOG_NUMBER("exit", WIFEXITED(status) ? WEXITSTATUS(status) : -1),
             LOG_NUMBER("signal", WIFSIGNALED(status) ? WTERMSIG(status) : 0));
    child->pid = 0;
    close(child->control);
    child->control = -1;
    if (child == &all->children[INGEST]) {
        relay_disconnect(all->relay);
        admin_answer(all->admin, true, "ingest is starting again and loads the rules as it does");
    }
}

static void reap(struct supervisor *all)
{
    int status;
    for (pid_t pid; (pid = waitpid(-1, &status, WNOHANG)) > 0;) {
        for (enum which which = INGEST; which < CHILDREN; which++) {
            if (all->children[which].pid == pid) {
                bury(all, &all->children[which], status);
            }
        }
    }
}

static void reload(struct supervisor *all)
{
    if (all->children[INGEST].pid == 0) {
        admin_answer(all->admin, true, "ingest is starting again and loads the rules as it does");
        return;
    }
    tell(&all->children[INGEST], CONTROL_RELOAD, -1, 0);
}

static void hear_signals(struct supervisor *all)
{
    struct signalfd_siginfo info;
    while (read(all->signals, &info, sizeof info) == (ssize_t)sizeof info) {
        if (info.ssi_signo == SIGCHLD) {
            reap(all);
        } else if (info.ssi_signo == SIGHUP) {
            reload(all);
        } else if (all->stop_by_ms == 0) {
            log_line(LOG_INFO, "draining", LOG_NUMBER("signal", info.ssi_signo));
            all->stop_by_ms = clock_monotonic_ms() + DRAIN_MS;
        }
    }
}

/* A child was sent frames that can be none: the other one is broken or taken over, and goes. */
static void blame(struct supervisor *all, const struct child *witness)
{
    struct child *other = &all->children[witness == &all->children[INGEST] ? REVIEW : INGEST];
    if (other->pid > 0) {
        log_line(LOG_ERROR, "killed", LOG_TEXT("child", other->name),
                 LOG_TEXT("why", "it broke the frames' form"));
        kill(other->pid, SIGKILL);
    }
}

/* For the person who waits for the address, beside review's line in the log. */
static void print_no_address(const char *why)
{
    fprintf(stderr, "\nkonsol belum disajikan / the console is not served yet: %s\n\n", why);
}

static void print_address(struct supervisor *all, uint64_t port)
{
    const char *address = all->task->config->console_address;
    bool is_ipv6 = strchr(address, ':') != NULL;
    if (!all->has_printed_address) {
        all->has_printed_address = true;
        printf("konsol / console: http://%s%s%s:%llu/\n", is_ipv6 ? "[" : "", address,
               is_ipv6 ? "]" : "", (unsigned long long)port);
        fflush(stdout);
    }
}

static void hear_child(struct supervisor *all, struct child *child)
{
    struct control_message message;
    while (child->control >= 0 && control_receive(child->control, &message) == CONTROL_MESSAGE) {
        if (message.fd >= 0) {
            close(message.fd); /* children have none to give */
        }
        switch (message.kind) {
        case CONTROL_READY:
            if (child == &all->children[REVIEW] && message.number == 0) {
                print_no_address(message.text);
            } else if (child == &all->children[REVIEW]) {
                print_address(all, message.number);
            } else if (child == &all->children[INGEST]) {
                tell(&all->children[REVIEW], CONTROL_RELOAD, -1, 0);
            }
            break;
        case CONTROL_RELOADED:
            if (message.number == 1) { /* cases may fall with what a rule rested on */
                tell(&all->children[REVIEW], CONTROL_RELOAD, -1, 0);
            }
            admin_answer(all->admin, message.number == 1, message.text);
            break;
        case CONTROL_LINES:
            relay_through(all->relay, message.number);
            break;
        case CONTROL_STDIN:
            pass_stdin(all);
            break;
        case CONTROL_PEER:
            if (child == &all->children[INGEST] || child == &all->children[REVIEW]) {
                blame(all, child);
            }
            break;
        case CONTROL_RELOAD:
        case CONTROL_STOP:
        case CONTROL_PAGE:
            break; /* never sent up */
        }
    }
}

/* Ingest drains first, into review; then review; notify last. Nobody is started for nothing. */
static bool keep_going(struct supervisor *all)
{
    struct child *ingest = &all->children[INGEST], *review = &all->children[REVIEW];
    struct child *notify = &all->children[NOTIFY], *camera = &all->children[CAMERA];
    int64_t now_ms = clock_monotonic_ms();
    bool is_stopping = all->stop_by_ms > 0;
    for (enum which which = INGEST; which < CHILDREN; which++) {
        struct child *child = &all->children[which];
        bool is_needed = !is_stopping || (which == REVIEW && ingest->pid > 0);
        if (child->run != NULL && child->pid == 0 && is_needed && now_ms >= child->next_start_ms) {
            start(all, which);
        }
    }
    if (!is_stopping) {
        return true;
    }
    if (camera->pid > 0 && !camera->is_told_to_stop) {
        camera->is_told_to_stop = true;
        tell(camera, CONTROL_STOP, -1, 0); /* it holds nothing that others wait for */
    }
    struct child *next = ingest->pid > 0 ? ingest : review->pid > 0 ? review : notify;
    if (next->pid > 0 && !next->is_told_to_stop) {
        next->is_told_to_stop = true;
        tell(next, CONTROL_STOP, -1, 0);
    }
    if (now_ms >= all->stop_by_ms) {
        for (enum which which = INGEST; which < CHILDREN; which++) {
            if (all->children[which].pid > 0) {
                kill(all->children[which].pid, SIGKILL);
            }
        }
    }
    return ingest->pid > 0 || review->pid > 0 || notify->pid > 0 || camera->pid > 0;
}

static int time_to_wait(const struct supervisor *all)
{
    int64_t next_ms = all->stop_by_ms > 0 ? all->stop_by_ms : INT64_MAX;
    for (enum which which = INGEST; which < CHILDREN; which++) {
        const struct child *child = &all->children[which];
        if (child->run != NULL && child->pid == 0 && child->next_start_ms < next_ms) {
            next_ms = child->next_start_ms;
        }
    }
    if (next_ms == INT64_MAX) {
        return -1;
    }
    int64_t left_ms = next_ms - clock_monotonic_ms();
    return left_ms > 0 ? (int)left_ms : 100;
}

static void serve(struct supervisor *all)
{
    enum { SIGNALS = CHILDREN, RELAY, ADMIN = RELAY + 2, FDS = ADMIN + ADMIN_POLL };
    struct pollfd fds[FDS];
    while (keep_going(all)) {
        for (enum which which = INGEST; which < CHILDREN; which++) {
            fds[which] = (struct pollfd){.fd = all->children[which].control, .events = POLLIN};
        }
        fds[SIGNALS] = (struct pollfd){.fd = all->signals, .events = POLLIN};
        relay_poll(all->relay, fds + RELAY);
        admin_poll(all->admin, fds + ADMIN);
        if (poll(fds, FDS, time_to_wait(all)) < 0) {
            continue; /* EINTR */
        }
        relay_act(all->relay, fds + RELAY);
        if (admin_act(all->admin, fds + ADMIN)) {
            reload(all);
        }
        /* What a child said comes before its end, and both before anything is polled again. */
        for (enum which which = INGEST; which < CHILDREN; which++) {
            hear_child(all, &all->children[which]);
        }
        hear_signals(all);
    }
}

/* Whether standard input is something that posts come from, not a terminal or /dev/null. */
static int posts_input(void)
{
    struct stat about;
    bool is_fed = fstat(STDIN_FILENO, &about) == 0 &&
                  (S_ISREG(about.st_mode) || S_ISFIFO(about.st_mode) || S_ISSOCK(about.st_mode));
    return is_fed ? STDIN_FILENO : -1;
}

bool supervisor_run(const struct supervisor_task *task, supervisor_child *ingest,
                    supervisor_child *review, struct err *err)
{
    struct supervisor all = {
        .task = task,
        .children = {[INGEST] = {.name = "ingest", .run = ingest, .control = -1},
                     [REVIEW] = {.name = "review", .run = review, .control = -1},
                     [NOTIFY] = {.name = "notify", .run = task->notify, .control = -1},
                     [CAMERA] = {.name = "camera", .run = task->camera, .control = -1}},
    };
    sigset_t signals;
    sigemptyset(&signals);
    const int ours[] = {SIGTERM, SIGINT, SIGHUP, SIGCHLD};
    for (size_t i = 0; i < sizeof ours / sizeof *ours; i++) {
        sigaddset(&signals, ours[i]);
    }
    log_set_process("supervisor");
    all.admin = admin_open(task->state, err);
    if (all.admin == NULL) {
        return false;
    }
    sigprocmask(SIG_BLOCK, &signals, NULL);
    signal(SIGPIPE, SIG_IGN);
    all.signals = signalfd(-1, &signals, SFD_CLOEXEC | SFD_NONBLOCK);
    assert(all.signals >= 0);
    all.relay = relay_new(posts_input());
    serve(&all);
    relay_free(all.relay);
    admin_close(all.admin);
    close(all.signals);
    return true;
}
