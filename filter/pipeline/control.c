#include "filter/pipeline/control.h"

#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

/* Room for one descriptor, aligned as the kernel wants it. */
union ancillary {
    char bytes[CMSG_SPACE(sizeof(int))];
    struct cmsghdr align;
};

/* Both ends are the same program, so the struct itself goes over the wire. */
bool control_send(int socket, const struct control_message *message)
{
    union ancillary ancillary;
    struct iovec part = {.iov_base = (void *)message, .iov_len = sizeof *message};
    struct msghdr wire = {.msg_iov = &part, .msg_iovlen = 1};
    if (message->fd >= 0) {
        memset(&ancillary, 0, sizeof ancillary);
        wire.msg_control = ancillary.bytes;
        wire.msg_controllen = sizeof ancillary.bytes;
        struct cmsghdr *head = CMSG_FIRSTHDR(&wire);
        head->cmsg_level = SOL_SOCKET;
        head->cmsg_type = SCM_RIGHTS;
        head->cmsg_len = CMSG_LEN(sizeof(int));
        memcpy(CMSG_DATA(head), &message->fd, sizeof message->fd);
    }
    ssize_t sent;
    do {
        sent = sendmsg(socket, &wire, MSG_NOSIGNAL);
    } while (sent < 0 && errno == EINTR);
    return sent == (ssize_t)sizeof *message;
}

enum control_answer control_receive(int socket, struct control_message *message)
{
    union ancillary ancillary;
    struct iovec part = {.iov_base = message, .iov_len = sizeof *message};
    struct msghdr wire = {.msg_iov = &part,
                          .msg_iovlen = 1,
                          .msg_control = ancillary.bytes,
                          .msg_controllen = sizeof ancillary.bytes};
    ssize_t got;
    do {
        got = recvmsg(socket, &wire, MSG_DONTWAIT | MSG_CMSG_CLOEXEC);
    } while (got < 0 && errno == EINTR);
    if (got < 0 && (errno == EAGAIN || errno == EWOULDBLOCK)) {
        return CONTROL_NOTHING;
    }
    int fd = -1;
    struct cmsghdr *head = got > 0 ? CMSG_FIRSTHDR(&wire) : NULL;
    if (head != NULL && head->cmsg_level == SOL_SOCKET && head->cmsg_type == SCM_RIGHTS &&
        head->cmsg_len == CMSG_LEN(sizeof(int))) {
        memcpy(&fd, CMSG_DATA(head), sizeof fd);
    }
    if (got != (ssize_t)sizeof *message) {
        if (fd >= 0) {
            close(fd);
        }
        return CONTROL_GONE;
    }
    message->fd = fd;
    message->text[CONTROL_TEXT - 1] = '\0';
    return CONTROL_MESSAGE;
}
