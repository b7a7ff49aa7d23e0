/* Messages between the supervisor and its two processes: datagrams that may carry a socket. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "filter/base/attr.h"

enum control_kind {
    CONTROL_PEER = 1, /* down, with a socket: the new way to the other process; up: it is broken */
    CONTROL_STDIN,    /* down: there are lines of posts; up: give them; then down, with a socket:
                         here they come, `number` lines having come before */
    CONTROL_RELOAD,   /* down: load the rules anew */
    CONTROL_STOP,     /* down: drain and end */
    CONTROL_READY,    /* up: started; from review, `number` is the console's port, or 0 and `text`
                         says why there is none */
    CONTROL_RELOADED, /* up: `number` is 1 if the new set is in use; `text` says what came of it */
    CONTROL_LINES,    /* up: so many lines of the posts' socket are through, in all */
    CONTROL_PAGE, /* review to camera: capture the page `text` for order `number`; and back, with
                     the WARC file and its status in `text`, or without and why */
};

/* Of a CONTROL_PEER to review, its `number`: to whom the socket leads. */
enum { CONTROL_PEER_INGEST = 0, CONTROL_PEER_NOTIFY = 1, CONTROL_PEER_CAMERA = 2 };

enum { CONTROL_TEXT = 2048 };

struct control_message {
    enum control_kind kind;
    uint64_t number;
    int fd; /* of a message received: -1 or the receiver's to close; else it stays the sender's */
    char text[CONTROL_TEXT];
};

/* Sends one message; false when the other side is gone. */
MUST_CHECK bool control_send(int socket, const struct control_message *message);

enum control_answer { CONTROL_MESSAGE, CONTROL_NOTHING, CONTROL_GONE };

/* The next message, without waiting. */
enum control_answer control_receive(int socket, struct control_message *message);
