/*
 * An approver's own console: pages on a loopback port of the approver's machine, over what the
 * team's server says. The server is trusted for nothing: what a page shows of a proposal is read
 * from the very bytes that are signed, which are made anew here and must be the same; what does
 * not fit is refused. The key never leaves: ssh-keygen signs, here.
 */
#pragma once

#include "filter/base/attr.h"

struct approver;
struct err;

struct approver_options {
    const char *server, *ca; /* as remote_new takes them */
    const char *key;         /* the key file, or the .pub file of one in ssh-agent */
    const char *rules;       /* a folder with a protected list of one's own; NULL: none */
    unsigned port;           /* 0: any free one */
};

enum { APPROVER_ADDRESS = 128 };

/*
 * Listens on 127.0.0.1. `address` is what to open: it has a secret in it, so that no other user
 * or page of this machine comes in. NULL with the reason.
 */
MUST_CHECK struct approver *approver_start(const struct approver_options *options,
                                           char address[APPROVER_ADDRESS], struct err *err);
void approver_stop(struct approver *approver); /* NULL is fine */
