#include "filter/pipeline/privileges.h"

#include <errno.h>
#include <fts.h>
#include <grp.h>
#include <pwd.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "filter/base/buf.h"
#include "filter/base/err.h"
#include "filter/base/state_dir.h"

static bool make_folders(const char *path, struct err *err)
{
    struct buf part = BUF_EMPTY;
    bool done = true;
    for (size_t len = strlen(path), at = 1; done && at <= len; at++) {
        if (path[at] == '/' || path[at] == '\0') {
            buf_clear(&part);
            buf_put(&part, path, at);
            bool is_last = at == len;
            if (mkdir(part.bytes, is_last ? 0700 : 0755) != 0 && errno != EEXIST) {
                done = errno == EACCES
                           ? state_dir_denied(part.bytes, "dibuat", "be made", err)
                           : err_set(err,
                                     "folder ini tidak dapat dibuat / the state folder cannot be "
                                     "made: %s",
                                     strerror(errno));
                err_in_file(err, part.bytes);
            }
        }
    }
    buf_fini(&part);
    return done;
}

/* Not through links: those may point anywhere. */
static bool give(const char *state, const struct passwd *owner, struct err *err)
{
    char *paths[] = {(char *)state, NULL};
    FTS *tree = fts_open(paths, FTS_PHYSICAL | FTS_NOCHDIR, NULL);
    bool done = tree != NULL;
    for (FTSENT *entry; done && (entry = fts_read(tree)) != NULL;) {
        done = entry->fts_info == FTS_DP ||
               lchown(entry->fts_accpath, owner->pw_uid, owner->pw_gid) == 0;
    }
    int why = errno;
    if (tree != NULL) {
        fts_close(tree);
    }
    if (!done) {
        err_set(err, "cannot be given to user '%s': %s", owner->pw_name, strerror(why));
        err_in_file(err, state);
    }
    return done;
}

static bool become(const char *state, const char *name, struct err *err)
{
    const struct passwd *owner = getpwnam(name);
    if (owner == NULL || owner->pw_uid == 0) {
        return err_set(err,
                       "root must become somebody else, and '%s' is %s: set 'user:' in saring.yml",
                       name, owner == NULL ? "no user here" : "root again");
    }
    if (!give(state, owner, err)) {
        return false;
    }
    uid_t uid = owner->pw_uid;
    gid_t gid = owner->pw_gid;
    if (setgroups(0, NULL) != 0 || setresgid(gid, gid, gid) != 0 || setresuid(uid, uid, uid) != 0) {
        return err_set(err, "cannot become user '%s': %s", name, strerror(errno));
    }
    if (setuid(0) == 0) {
        return err_set(err, "became user '%s' but could go back to root", name);
    }
    return true;
}

bool privileges_drop(const char *state, const char *user, struct err *err)
{
    if (!make_folders(state, err) || (geteuid() == 0 && !become(state, user, err))) {
        return false;
    }
    if (access(state, R_OK | W_OK | X_OK) != 0) {
        return state_dir_denied(state, "ditulis", "be written", err);
    }
    prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
    prctl(PR_SET_DUMPABLE, 0); /* changing the user may have set it again */
    return true;
}
