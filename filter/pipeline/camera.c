#include "filter/pipeline/camera.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "filter/base/buf.h"
#include "filter/base/err.h"
#include "filter/base/log.h"
#include "filter/pipeline/capture.h"
#include "filter/pipeline/control.h"
#include "filter/pipeline/sandbox.h"

struct camera {
    const struct config *config;
    int peer;        /* -1: review is away */
    bool is_cut_off; /* it was there: a new camera is joined with it anew */
};

/* A file in memory that nobody changes any more; -1: there is none. */
static int seal(struct str bytes)
{
    int fd = memfd_create("capture", MFD_CLOEXEC | MFD_ALLOW_SEALING);
    size_t at = 0;
    while (fd >= 0 && at < bytes.len) {
        ssize_t put = write(fd, bytes.at + at, bytes.len - at);
        if (put < 0 && errno != EINTR) {
            close(fd);
            return -1;
        }
        at += put > 0 ? (size_t)put : 0;
    }
    const int seals = F_SEAL_WRITE | F_SEAL_GROW | F_SEAL_SHRINK | F_SEAL_SEAL;
    if (fd >= 0 && fcntl(fd, F_ADD_SEALS, seals) != 0) {
        close(fd);
        return -1;
    }
    return fd;
}

static void lose_peer(struct camera *camera)
{
    if (camera->peer >= 0) {
        close(camera->peer);
        camera->peer = -1;
        camera->is_cut_off = true;
    }
}

static bool is_told(int control)
{
    struct pollfd ready = {.fd = control, .events = POLLIN};
    return poll(&ready, 1, 0) > 0;
}

static void obey(struct camera *camera, const struct control_message *order, int control)
{
    const struct capture_options options = {
        .contact = camera->config->contact, .proxy = camera->config->proxy, .stop = control};
    struct control_message answer = {.kind = CONTROL_PAGE, .number = order->number, .fd = -1};
    struct buf warc = BUF_EMPTY;
    struct err err = ERR_NONE;
    long status = 0;
    bool done = capture_fetch(order->text, &options, &warc, &status, &err);
    if (!done && is_told(control)) {
        buf_fini(&warc); /* given up: it is asked for again */
        return;
    }
    if (done) {
        answer.fd = seal(buf_str(&warc));
        done = answer.fd >= 0 || err_set(&err, "no memory for the capture: %s", strerror(errno));
    }
    if (done) {
        snprintf(answer.text, sizeof answer.text, "%ld", status);
    } else {
        snprintf(answer.text, sizeof answer.text, "%s", err.message);
    }
    buf_fini(&warc);
    if (!control_send(camera->peer, &answer)) {
        lose_peer(camera);
    }
    if (answer.fd >= 0) {
        close(answer.fd);
    }
}

static void hear_review(struct camera *camera, int control)
{
    struct control_message message;
    enum control_answer answer = control_receive(camera->peer, &message);
    if (answer == CONTROL_MESSAGE && message.fd >= 0) {
        close(message.fd); /* review has none to give */
    }
    if (answer == CONTROL_MESSAGE && message.kind == CONTROL_PAGE) {
        obey(camera, &message, control);
    } else if (answer == CONTROL_GONE) {
        lose_peer(camera);
    }
}

/* False: to stop. */
static bool hear_supervisor(struct camera *camera, int control)
{
    struct control_message message;
    enum control_answer answer;
    while ((answer = control_receive(control, &message)) == CONTROL_MESSAGE) {
        if (message.kind == CONTROL_STOP) {
            return false;
        }
        if (message.kind == CONTROL_PEER && message.fd >= 0) {
            lose_peer(camera);
            camera->peer = message.fd;
            camera->is_cut_off = false;
        } else if (message.fd >= 0) {
            close(message.fd);
        }
    }
    return answer != CONTROL_GONE;
}

int camera_run(const struct supervisor_task *task)
{
    static const char *const writable[] = {NULL};
    struct camera camera = {.config = task->config, .peer = -1};
    bool goes_on = true;
    sandbox_enter(capture_readable, writable);
    while (goes_on) {
        struct pollfd fds[] = {{.fd = task->control, .events = POLLIN},
                               {.fd = camera.peer, .events = POLLIN}};
        if (poll(fds, 2, -1) < 0 && errno != EINTR) {
            break;
        }
        goes_on = fds[0].revents == 0 || hear_supervisor(&camera, task->control);
        if (goes_on && camera.peer >= 0 && camera.peer == fds[1].fd && fds[1].revents != 0) {
            hear_review(&camera, task->control);
        }
        goes_on = goes_on && !camera.is_cut_off;
    }
    lose_peer(&camera);
    return 0;
}
