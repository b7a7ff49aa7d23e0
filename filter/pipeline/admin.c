#include "filter/pipeline/admin.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/file.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "filter/base/clock.h"
#include "filter/base/err.h"
#include "filter/base/mem.h"
#include "filter/base/state_dir.h"

struct admin {
    int folder; /* the state folder, locked: one saring at a time */
    int listener;
    struct sockaddr_un address;
    int clients[ADMIN_CLIENTS]; /* -1: free */
    bool has_asked[ADMIN_CLIENTS];
};

static bool make_address(const char *state, struct sockaddr_un *address, struct err *err)
{
    *address = (struct sockaddr_un){.sun_family = AF_UNIX};
    int len = snprintf(address->sun_path, sizeof address->sun_path, "%s/control.sock", state);
    if (len < 0 || (size_t)len >= sizeof address->sun_path) {
        err_set(err, "the state folder's path is too long for a socket in it (%zu bytes at most)",
                sizeof address->sun_path - sizeof "/control.sock");
        return err_in_file(err, state);
    }
    return true;
}

static bool fail_socket(const struct sockaddr_un *address, const char *what, struct err *err)
{
    if (errno == EACCES || errno == EPERM) {
        return state_dir_denied(address->sun_path, "dipakai", "be used", err);
    }
    err_set(err, "%s: %s", what, strerror(errno));
    return err_in_file(err, address->sun_path);
}

static int connect_to(const struct sockaddr_un *address)
{
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (fd >= 0 && connect(fd, (const struct sockaddr *)address, sizeof *address) != 0) {
        int why = errno;
        close(fd);
        errno = why;
        return -1;
    }
    return fd;
}

/* The lock goes with its holder, however it ends, and no two can hold it. */
static bool take_folder(const char *state, int *folder, struct err *err)
{
    *folder = open(state, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (*folder >= 0 && flock(*folder, LOCK_EX | LOCK_NB) == 0) {
        return true;
    }
    if (*folder >= 0 && errno == EWOULDBLOCK) {
        err_set(err, "saring lain sedang berjalan dengan folder ini / another saring is running "
                     "with this state folder: hentikan dulu / stop it first");
    } else {
        err_set(err, "the state folder cannot be locked: %s", strerror(errno));
    }
    return err_in_file(err, state);
}

static bool listen_at(const struct sockaddr_un *address, int *listener, struct err *err)
{
    unlink(address->sun_path); /* left by one that was killed */
    *listener = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    mode_t mask = umask(0177);
    bool done = *listener >= 0 &&
                bind(*listener, (const struct sockaddr *)address, sizeof *address) == 0 &&
                listen(*listener, ADMIN_CLIENTS) == 0;
    umask(mask);
    return done || fail_socket(address, "cannot listen", err);
}

struct admin *admin_open(const char *state, struct err *err)
{
    struct admin *admin = mem_zero(1, sizeof *admin);
    admin->listener = admin->folder = -1;
    for (size_t i = 0; i < ADMIN_CLIENTS; i++) {
        admin->clients[i] = -1;
    }
    if (make_address(state, &admin->address, err) && take_folder(state, &admin->folder, err) &&
        listen_at(&admin->address, &admin->listener, err)) {
        return admin;
    }
    if (admin->listener >= 0) {
        close(admin->listener);
    }
    if (admin->folder >= 0) {
        close(admin->folder);
    }
    free(admin);
    return NULL;
}

static void drop(struct admin *admin, size_t i)
{
    close(admin->clients[i]);
    admin->clients[i] = -1;
    admin->has_asked[i] = false;
}

void admin_close(struct admin *admin)
{
    if (admin == NULL) {
        return;
    }
    for (size_t i = 0; i < ADMIN_CLIENTS; i++) {
        if (admin->clients[i] >= 0) {
            drop(admin, i);
        }
    }
    close(admin->listener);
    unlink(admin->address.sun_path);
    close(admin->folder);
    free(admin);
}

void admin_poll(struct admin *admin, struct pollfd fds[ADMIN_POLL])
{
    bool has_room = false;
    for (size_t i = 0; i < ADMIN_CLIENTS; i++) {
        fds[i] = (struct pollfd){.fd = admin->clients[i], .events = POLLIN};
        has_room = has_room || admin->clients[i] < 0;
    }
    fds[ADMIN_CLIENTS] = (struct pollfd){.fd = has_room ? admin->listener : -1, .events = POLLIN};
}

static void take_client(struct admin *admin)
{
    int fd = accept4(admin->listener, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);
    for (size_t i = 0; fd >= 0 && i < ADMIN_CLIENTS; i++) {
        if (admin->clients[i] < 0) {
            admin->clients[i] = fd;
            return;
        }
    }
    if (fd >= 0) {
        close(fd);
    }
}

/* The one thing that can be asked comes in one piece. */
static void hear(struct admin *admin, size_t i)
{
    char line[16];
    ssize_t got = recv(admin->clients[i], line, sizeof line, 0);
    if (got == 7 && memcmp(line, "reload\n", 7) == 0) {
        admin->has_asked[i] = true;
    } else if (got >= 0 || (errno != EAGAIN && errno != EINTR)) {
        drop(admin, i);
    }
}

bool admin_act(struct admin *admin, const struct pollfd fds[ADMIN_POLL])
{
    bool is_asked = false;
    for (size_t i = 0; i < ADMIN_CLIENTS; i++) {
        if (fds[i].revents != 0 && admin->clients[i] >= 0) {
            hear(admin, i);
            is_asked = is_asked || admin->has_asked[i];
        }
    }
    if (fds[ADMIN_CLIENTS].revents != 0) {
        take_client(admin);
    }
    return is_asked;
}

void admin_answer(struct admin *admin, bool is_fine, const char *text)
{
    struct buf line = BUF_EMPTY;
    buf_printf(&line, "%s %s\n", is_fine ? "fine" : "failed", text);
    for (size_t i = 0; i < ADMIN_CLIENTS; i++) {
        if (admin->has_asked[i]) {
            /* A short line into an empty socket: it fits, or its reader is gone. */
            send(admin->clients[i], line.bytes, line.len, MSG_NOSIGNAL);
            drop(admin, i);
        }
    }
    buf_fini(&line);
}

static bool read_answer(int fd, int timeout_ms, struct buf *line)
{
    int64_t end_ms = clock_monotonic_ms() + timeout_ms;
    while (line->len == 0 || line->bytes[line->len - 1] != '\n') {
        char chunk[512];
        struct pollfd wait = {.fd = fd, .events = POLLIN};
        int64_t left_ms = end_ms - clock_monotonic_ms();
        ssize_t got =
            left_ms > 0 && poll(&wait, 1, (int)left_ms) > 0 ? recv(fd, chunk, sizeof chunk, 0) : 0;
        if (got <= 0 || line->len > 65536) {
            return false;
        }
        buf_put(line, chunk, (size_t)got);
    }
    return true;
}

bool admin_ask_reload(const char *state, int timeout_ms, bool *is_fine, struct buf *text,
                      struct err *err)
{
    struct sockaddr_un address;
    if (!make_address(state, &address, err)) {
        return false;
    }
    int fd = connect_to(&address);
    if (fd < 0) {
        return fail_socket(&address,
                           "tidak ada saring yang berjalan di sini / no saring is running with "
                           "this state folder",
                           err);
    }
    struct buf line = BUF_EMPTY;
    bool done = send(fd, "reload\n", 7, MSG_NOSIGNAL) == 7 && read_answer(fd, timeout_ms, &line);
    if (done) {
        struct str whole = str_trim(buf_str(&line));
        *is_fine = str_starts(whole, STR("fine "));
        buf_put_str(text, str_part(whole, *is_fine ? 5 : 7, whole.len));
    } else {
        err_set(err, "the running saring did not answer within %d s", timeout_ms / 1000);
        err_in_file(err, address.sun_path);
    }
    buf_fini(&line);
    close(fd);
    return done;
}
