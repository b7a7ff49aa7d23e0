/*
 * A console on another machine, as an approver's own program asks it (libcurl): HTTPS, or plain
 * HTTP to this very machine; nothing is followed, everything is bounded, and what comes back is
 * bytes of a stranger.
 */
#pragma once

#include <stdbool.h>

#include "filter/base/attr.h"
#include "filter/base/buf.h"
#include "filter/base/str.h"

struct err;
struct remote; /* one thread; holds the session's cookies, in memory alone */

/*
 * `server` is https://HOST[:PORT], or http:// of a loopback address or localhost; `ca` a file of
 * certificates to trust in place of the system's, NULL for none. NULL with the reason.
 */
MUST_CHECK struct remote *remote_new(const char *server, const char *ca, struct err *err);
void remote_free(struct remote *remote); /* NULL is fine; forgets the cookies */

enum { REMOTE_MOST = 1 << 20 }; /* bytes of an answer */

struct remote_answer {
    unsigned status;
    struct buf body;     /* the caller's to end */
    struct buf location; /* of a redirection, as it was sent; likewise */
};
void remote_answer_fini(struct remote_answer *answer);

/* False, with the reason, if no whole answer came. `path` starts with '/'. */
MUST_CHECK bool remote_get(struct remote *remote, const char *path, struct remote_answer *answer,
                           struct err *err);
/* `form` is application/x-www-form-urlencoded. */
MUST_CHECK bool remote_post(struct remote *remote, const char *path, struct str form,
                            struct remote_answer *answer, struct err *err);

/* Appends `name=value` to a form, encoded, behind what is there. */
void remote_put(struct buf *form, const char *name, struct str value);

/* Lets go of a cookie; NULL: of all. */
void remote_forget(struct remote *remote, const char *cookie);
