#include "filter/pipeline/watch.h"

#include <dirent.h>
#include <errno.h>
#include <limits.h>
#include <stdalign.h>
#include <stdlib.h>
#include <string.h>
#include <sys/inotify.h>
#include <unistd.h>

#include "filter/base/buf.h"
#include "filter/base/log.h"
#include "filter/base/mem.h"
#include "filter/base/str.h"

enum { DEEPEST = 16 };

#define BELOW                                                                                      \
    (IN_CLOSE_WRITE | IN_CREATE | IN_DELETE | IN_MOVED_FROM | IN_MOVED_TO | IN_MOVE_SELF |         \
     IN_DELETE_SELF | IN_ONLYDIR)
#define AROUND (IN_CREATE | IN_MOVED_TO | IN_ONLYDIR)

/* The folder that holds a rules folder: one put in the other's place is a change too. */
struct around {
    int wd;
    const char *name; /* of the rules folder in it; owned */
};

struct watch {
    const char *const *folders;
    int fd;
    struct around *around;
    size_t around_count, around_room;
    int64_t first_ms, last_ms; /* of what is not told yet; first INT64_MAX: nothing */
    bool is_told_of_failure;
};

static void say_failure(struct watch *watch, const char *path)
{
    if (!watch->is_told_of_failure) {
        watch->is_told_of_failure = true;
        log_line(LOG_WARN, "rules_not_watched", LOG_TEXT("path", path),
                 LOG_TEXT("why", strerror(errno)),
                 LOG_TEXT("now", "saring rules reload tells of a change"));
    }
}

/* As deep as folders nest, at most DEEPEST. NOLINTNEXTLINE(misc-no-recursion) */
static void look_below(struct watch *watch, const char *path, unsigned depth)
{
    if (inotify_add_watch(watch->fd, path, BELOW) < 0) {
        if (errno != ENOENT && errno != ENOTDIR) {
            say_failure(watch, path);
        }
        return;
    }
    DIR *dir = depth < DEEPEST ? opendir(path) : NULL;
    struct buf child = BUF_EMPTY;
    for (struct dirent *entry; dir != NULL && (entry = readdir(dir)) != NULL;) {
        if (entry->d_name[0] != '.' && (entry->d_type == DT_DIR || entry->d_type == DT_UNKNOWN)) {
            buf_clear(&child);
            buf_printf(&child, "%s/%s", path, entry->d_name);
            look_below(watch, child.bytes, depth + 1);
        }
    }
    if (dir != NULL) {
        closedir(dir);
    }
    buf_fini(&child);
}

static void look_around(struct watch *watch, const char *path)
{
    char real[PATH_MAX];
    char *slash = realpath(path, real) != NULL ? strrchr(real, '/') : NULL;
    if (slash == NULL || slash == real || slash[1] == '\0') {
        return;
    }
    *slash = '\0';
    int wd = inotify_add_watch(watch->fd, real, AROUND | IN_MASK_ADD);
    if (wd >= 0) {
        mem_grow(&watch->around, &watch->around_room, watch->around_count + 1,
                 sizeof *watch->around);
        watch->around[watch->around_count++] =
            (struct around){.wd = wd, .name = mem_copy_string(slash + 1)};
    }
}

static void look(struct watch *watch)
{
    for (const char *const *folder = watch->folders; watch->fd >= 0 && *folder != NULL; folder++) {
        look_below(watch, *folder, 0);
    }
}

struct watch *watch_new(const char *const *folders)
{
    struct watch *watch = mem_zero(1, sizeof *watch);
    watch->folders = folders;
    watch->first_ms = INT64_MAX;
    watch->fd = inotify_init1(IN_NONBLOCK | IN_CLOEXEC);
    if (watch->fd < 0) {
        say_failure(watch, *folders);
    }
    look(watch);
    for (const char *const *folder = folders; watch->fd >= 0 && *folder != NULL; folder++) {
        look_around(watch, *folder);
    }
    return watch;
}

void watch_free(struct watch *watch)
{
    if (watch == NULL) {
        return;
    }
    for (size_t i = 0; i < watch->around_count; i++) {
        free((void *)watch->around[i].name);
    }
    free(watch->around);
    if (watch->fd >= 0) {
        close(watch->fd);
    }
    free(watch);
}

int watch_fd(const struct watch *watch)
{
    return watch->fd;
}

/* Editors keep their own files beside ours: those are nobody's change. */
static bool is_ours(const struct watch *watch, const struct inotify_event *event)
{
    static const char *const ends[] = {".yml", ".txt", ".ndjson"};
    struct str name = str_of(event->len > 0 ? event->name : "");
    bool is_around = false;
    for (size_t i = 0; i < watch->around_count; i++) {
        if (watch->around[i].wd == event->wd) {
            is_around = true;
            if (str_is(name, watch->around[i].name)) {
                return true;
            }
        }
    }
    if (is_around && (event->mask & (IN_CREATE | IN_MOVED_TO)) != 0) {
        return false;
    }
    if ((event->mask & (IN_Q_OVERFLOW | IN_MOVE_SELF | IN_DELETE_SELF)) != 0) {
        return true;
    }
    if ((event->mask & IN_ISDIR) != 0) {
        return !str_starts(name, STR("."));
    }
    for (size_t i = 0; i < sizeof ends / sizeof *ends; i++) {
        if (str_ends(name, str_of(ends[i])) && !str_starts(name, STR("."))) {
            return true;
        }
    }
    return false;
}

void watch_read(struct watch *watch, int64_t now_ms)
{
    alignas(struct inotify_event) char bytes[16384];
    ssize_t got;
    while (watch->fd >= 0 && (got = read(watch->fd, bytes, sizeof bytes)) > 0) {
        for (ssize_t at = 0; at < got;) {
            const struct inotify_event *event = (const void *)(bytes + at);
            at += (ssize_t)(sizeof *event + event->len);
            if (is_ours(watch, event)) {
                watch->first_ms = watch->first_ms == INT64_MAX ? now_ms : watch->first_ms;
                watch->last_ms = now_ms;
            }
        }
    }
}

int64_t watch_due_ms(const struct watch *watch)
{
    if (watch->first_ms == INT64_MAX) {
        return INT64_MAX;
    }
    int64_t quiet_ms = watch->last_ms + WATCH_QUIET_MS;
    int64_t latest_ms = watch->first_ms + WATCH_LONGEST_MS;
    return quiet_ms < latest_ms ? quiet_ms : latest_ms;
}

bool watch_take(struct watch *watch, int64_t now_ms)
{
    if (now_ms < watch_due_ms(watch)) {
        return false;
    }
    watch->first_ms = INT64_MAX;
    look(watch); /* before the caller reads: what comes later is told of again */
    return true;
}
