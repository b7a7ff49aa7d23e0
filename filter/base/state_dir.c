#include "filter/base/state_dir.h"

#include <errno.h>
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
        return err_set(err, "no home folder is known; say --state DIR");
    }
    buf_printf(out, "%s/.local/state/saring", home);
    return true;
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
    err_set(err, "cannot be made as a folder: %s", strerror(why));
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
    return done && make(path, 0700, err);
}
