#include "filter/pipeline/privileges.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <pwd.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "filter/base/buf.h"
#include "filter/base/err.h"
#include "filter/base/log.h"
#include "filter/base/state_dir.h"

enum { DEEPEST = 8 };

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

/* What of the folder is being given away. */
struct giving {
    const struct passwd *owner;
    dev_t device; /* not what is mounted inside */
};

/* Not of the folder's contents: itself, the one above, and what a fresh file system comes with. */
static bool is_no_content(const char *name)
{
    return strcmp(name, ".") == 0 || strcmp(name, "..") == 0 || strcmp(name, "lost+found") == 0;
}

static bool give_folder(const struct giving *giving, int fd, int depth);

/*
 * A file or folder by the descriptor that it was looked at with: whoever the folder belonged to may
 * put another file in its place meanwhile. A second name of a file may be one outside.
 * NOLINTNEXTLINE(misc-no-recursion): DEEPEST folders deep
 */
static bool give_one(const struct giving *giving, int folder, const char *name, int depth)
{
    struct stat about;
    bool done = true;
    int fd = openat(folder, name, O_PATH | O_NOFOLLOW | O_CLOEXEC);
    if (fd < 0 || fstat(fd, &about) != 0) {
        done = errno == ENOENT; /* gone meanwhile */
    } else if (about.st_dev != giving->device || S_ISLNK(about.st_mode) ||
               (!S_ISDIR(about.st_mode) && about.st_nlink > 1)) {
        log_line(LOG_WARN, "not_given_away", LOG_TEXT("name", name),
                 LOG_TEXT("why", "a link, or of another file system"));
    } else if (S_ISDIR(about.st_mode)) {
        int below = openat(fd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
        done = below >= 0 && give_folder(giving, below, depth + 1);
    } else {
        done = fchownat(fd, "", giving->owner->pw_uid, giving->owner->pw_gid, AT_EMPTY_PATH) == 0;
    }
    if (fd >= 0) {
        int why = errno;
        close(fd);
        errno = why;
    }
    return done;
}

/* The folder and what is in it; takes the descriptor. NOLINTNEXTLINE(misc-no-recursion) */
static bool give_folder(const struct giving *giving, int fd, int depth)
{
    DIR *folder = depth < DEEPEST ? fdopendir(fd) : NULL;
    if (folder == NULL) {
        errno = depth < DEEPEST ? errno : ELOOP;
        close(fd);
        return false;
    }
    bool done = fchown(fd, giving->owner->pw_uid, giving->owner->pw_gid) == 0;
    for (struct dirent *entry; done && (entry = readdir(folder)) != NULL;) {
        done = is_no_content(entry->d_name) || give_one(giving, fd, entry->d_name, depth);
    }
    int why = errno;
    closedir(folder);
    errno = why;
    return done;
}

/*
 * A folder that is of no saring yet and has something in it is somebody's: giving /etc or a home
 * away because of a slip in --state would ruin the machine.
 */
static bool is_for_us(int fd, const struct stat *about, const struct passwd *owner)
{
    static const char *const ours[] = {"casebook.db", "ingest", "list.key", "list.lock"};
    if (about->st_uid == owner->pw_uid) {
        return true;
    }
    struct stat one;
    for (size_t i = 0; i < sizeof ours / sizeof *ours; i++) {
        if (fstatat(fd, ours[i], &one, AT_SYMLINK_NOFOLLOW) == 0) {
            return true;
        }
    }
    int again = openat(fd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    DIR *folder = again >= 0 ? fdopendir(again) : NULL;
    bool is_empty = folder != NULL;
    for (struct dirent *entry; is_empty && (entry = readdir(folder)) != NULL;) {
        is_empty = is_no_content(entry->d_name);
    }
    if (folder != NULL) {
        closedir(folder);
    }
    return is_empty;
}

static bool give(const char *state, const struct passwd *owner, struct err *err)
{
    struct stat about;
    int fd = open(state, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    bool done = fd >= 0 && fstat(fd, &about) == 0;
    if (done && !is_for_us(fd, &about, owner)) {
        close(fd);
        err_set(
            err,
            "berisi hal lain, dan semuanya akan menjadi milik '%s'; sebut folder kosong / holds "
            "other things, and all of them would be given to user '%s': name an empty folder",
            owner->pw_name, owner->pw_name);
        return err_in_file(err, state);
    }
    if (done) {
        const struct giving giving = {.owner = owner, .device = about.st_dev};
        done = give_folder(&giving, fd, 0);
    }
    if (!done) {
        err_set(err, "cannot be given to user '%s': %s", owner->pw_name, strerror(errno));
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
    if (!make_folders(state, err) || !state_dir_check(state, err) ||
        (geteuid() == 0 && !become(state, user, err))) {
        return false;
    }
    if (access(state, R_OK | W_OK | X_OK) != 0) {
        return state_dir_denied(state, "ditulis", "be written", err);
    }
    prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
    prctl(PR_SET_DUMPABLE, 0); /* changing the user may have set it again */
    return true;
}
