#include "filter/base/state_dir.h"

#include <errno.h>
#include <pwd.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "filter/base/err.h"

bool state_dir(const char *option, struct buf *out, struct err *err)
{
    if (option != NULL && option[0] != '\0') {
        buf_put_string(out, option);
        return true;
    }
    if (geteuid() == 0) {
        buf_put_string(out, "/var/lib/saring");
        return true;
    }
    /* The XDG specification wants a relative path ignored. */
    const char *state = getenv("XDG_STATE_HOME");
    if (state != NULL && state[0] == '/') {
        buf_printf(out, "%s/saring", state);
        return true;
    }
    const char *home = getenv("HOME");
    if (home == NULL || home[0] != '/') {
        return err_set(err, "tidak ada folder rumah / no home folder is known: --state DIR");
    }
    buf_printf(out, "%s/.local/state/saring", home);
    return true;
}

bool state_dir_denied(const char *path, const char *what_id, const char *what_en, struct err *err)
{
    struct buf at = BUF_EMPTY;
    struct stat about;
    char *slash;
    buf_put_string(&at, path);
    while (stat(at.bytes, &about) != 0 && (slash = strrchr(at.bytes, '/')) != NULL &&
           slash != at.bytes) {
        at.len = (size_t)(slash - at.bytes);
        *slash = '\0';
    }
    bool is_seen = stat(at.bytes, &about) == 0;
    const struct passwd *owner = is_seen ? getpwuid(about.st_uid) : NULL;
    const char *name = owner != NULL ? owner->pw_name : "root";
    if (is_seen && about.st_uid == geteuid()) {
        err_set(err,
                "tidak boleh %s / may not %s: hak aksesnya / its mode is %03o: chmod -R u+rwX "
                "%.200s",
                what_id, what_en, (unsigned)about.st_mode & 0777, at.bytes);
    } else {
        err_set(err,
                "tidak boleh %s oleh pengguna ini / may not %s by this user: jalankan sebagai / "
                "run as %s%s (sudo -u %s saring …), atau pilih / or choose --state DIR",
                what_id, what_en, name, owner != NULL && about.st_uid != 0 ? " atau/or root" : "",
                name);
    }
    buf_fini(&at);
    return err_in_file(err, path);
}

static bool make(const char *path, mode_t mode, struct err *err)
{
    struct stat about;
    if (mkdir(path, mode) == 0) {
        return true;
    }
    int why = errno;
    if (stat(path, &about) == 0 && S_ISDIR(about.st_mode)) {
        return true;
    }
    if (why == EACCES) {
        return state_dir_denied(path, "dibuat", "be made", err);
    }
    err_set(err, "folder ini tidak dapat dibuat / cannot be made as a folder: %s", strerror(why));
    return err_in_file(err, path);
}

bool state_dir_check(const char *path, struct err *err)
{
    struct stat about;
    if (stat(path, &about) != 0 || (about.st_mode & S_IWOTH) == 0) {
        return true; /* what cannot be looked at is told of by who uses it */
    }
    err_set(err,
            "siapa pun boleh menulis di folder ini / anybody may write in this folder, and could "
            "put other files in the place of the casebook and its keys: chmod o-w");
    return err_in_file(err, path);
}

bool state_dir_make(const char *path, struct err *err)
{
    struct buf above = BUF_EMPTY;
    bool done = true;
    for (const char *slash = path; done && (slash = strchr(slash + 1, '/')) != NULL;) {
        buf_clear(&above);
        buf_put(&above, path, (size_t)(slash - path));
        done = make(above.bytes, 0755, err);
    }
    buf_fini(&above);
    return done && make(path, 0700, err) && state_dir_check(path, err);
}
