#include "filter/console/sign_here.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "filter/base/clock.h"
#include "filter/base/err.h"
#include "filter/base/file.h"

enum { PATIENCE_MS = 120 * 1000, MOST = SSHSIG_MAX_BYTES };

extern char **environ;

bool sign_here_key(const char *path, struct sshsig_key *key, struct err *err)
{
    struct buf name = BUF_EMPTY, line = BUF_EMPTY;
    buf_put_string(&name, path);
    if (!str_ends(buf_str(&name), STR(".pub"))) {
        buf_put_string(&name, ".pub");
    }
    bool done =
        file_read(name.bytes, MOST, &line, err) &&
        (sshsig_key_parse(str_trim(buf_str(&line)), key, err) || err_in_file(err, name.bytes));
    buf_fini(&name);
    buf_fini(&line);
    return done;
}

/* ssh-keygen with our pipes as its standard input and output; its errors go where ours go. */
static bool start(const char *path, int input, int output, pid_t *pid, struct err *err)
{
    posix_spawn_file_actions_t actions;
    char *const argv[] = {"ssh-keygen", "-q", "-Y",         "sign", "-n",
                          "saring",     "-f", (char *)path, NULL};
    /* Ours are blocked: the child ends when it is told to. */
    posix_spawnattr_t attributes;
    sigset_t none;
    sigemptyset(&none);
    posix_spawnattr_init(&attributes);
    posix_spawnattr_setsigmask(&attributes, &none);
    posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGMASK);
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_adddup2(&actions, input, STDIN_FILENO);
    posix_spawn_file_actions_adddup2(&actions, output, STDOUT_FILENO);
    int code = posix_spawnp(pid, argv[0], &actions, &attributes, argv, environ);
    posix_spawnattr_destroy(&attributes);
    posix_spawn_file_actions_destroy(&actions);
    return code == 0 || err_set(err, "ssh-keygen cannot be started: %s", strerror(code));
}

/* Both at once, so that neither pipe fills up; -1 closes what is done. */
static bool exchange(int *to, int *from, struct str bytes, struct buf *armored)
{
    int64_t end_ms = clock_monotonic_ms() + PATIENCE_MS;
    size_t sent = 0;
    while (*from >= 0) {
        int64_t left_ms = end_ms - clock_monotonic_ms();
        struct pollfd fds[] = {{.fd = *to, .events = POLLOUT}, {.fd = *from, .events = POLLIN}};
        if (left_ms <= 0 || (poll(fds, 2, (int)left_ms) < 0 && errno != EINTR)) {
            return false;
        }
        if (*to >= 0 && fds[0].revents != 0) {
            ssize_t put = write(*to, bytes.at + sent, bytes.len - sent);
            sent += put > 0 ? (size_t)put : 0;
            if (sent == bytes.len || (put < 0 && errno != EAGAIN && errno != EINTR)) {
                close(*to);
                *to = -1;
            }
        }
        char block[1024];
        ssize_t got = fds[1].revents != 0 ? read(*from, block, sizeof block) : -1;
        if (got > 0 && armored->len + (size_t)got <= MOST) {
            buf_put(armored, block, (size_t)got);
        } else if (got >= 0 || (fds[1].revents != 0 && errno != EAGAIN && errno != EINTR)) {
            close(*from);
            *from = -1;
        }
    }
    return true;
}

static bool run(const char *path, struct str bytes, struct buf *armored, struct err *err)
{
    int input[2] = {-1, -1}, output[2] = {-1, -1}, status = -1;
    pid_t pid = -1;
    bool done = (pipe2(input, O_CLOEXEC) == 0 && pipe2(output, O_CLOEXEC) == 0) ||
                err_set(err, "no pipe to ssh-keygen: %s", strerror(errno));
    done = done && start(path, input[0], output[1], &pid, err);
    for (int i = 0; i < 2; i++) {
        int *theirs = i == 0 ? &input[0] : &output[1];
        if (*theirs >= 0) {
            close(*theirs);
        }
    }
    if (done) {
        fcntl(input[1], F_SETFL, O_NONBLOCK);
        if (!exchange(&input[1], &output[0], bytes, armored)) {
            kill(pid, SIGTERM);
            err_set(err, "ssh-keygen did not sign within two minutes");
        }
        while (waitpid(pid, &status, 0) < 0 && errno == EINTR) {
        }
    }
    for (int i = 0; i < 2; i++) {
        int ours = i == 0 ? input[1] : output[0];
        if (ours >= 0) {
            close(ours);
        }
    }
    return done && ((WIFEXITED(status) && WEXITSTATUS(status) == 0) ||
                    err_set(err, "ssh-keygen did not sign: see what it said in the terminal"));
}

bool sign_here(const char *path, const struct sshsig_key *key, struct str bytes,
               struct buf *armored, struct err *err)
{
    struct buf made = BUF_EMPTY;
    bool done = run(path, bytes, &made, err) && sshsig_verify(buf_str(&made), bytes, key, err);
    if (done) {
        buf_put_str(armored, buf_str(&made));
    }
    buf_fini(&made);
    return done;
}
