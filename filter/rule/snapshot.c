#include "filter/rule/snapshot.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "filter/base/buf.h"
#include "filter/base/err.h"
#include "filter/base/file.h"
#include "filter/base/mem.h"

enum { MOST_FILES = 100000, FILE_MAX = 16 << 20 };

/* What a rollback may bring back: rules, lists, who may rate claims; nothing outside the folder. */
static bool is_kept(struct str path)
{
    static const char *const others[] = {"protected/", "speech/", "templates/"};
    if (path.len == 0 || path.len > RULE_SNAPSHOT_PATH_MOST || path.at[0] == '/' ||
        memchr(path.at, '\0', path.len) != NULL || str_is(path, "sources.yml")) {
        return false;
    }
    for (size_t at = 0; at < path.len; at++) {
        if (path.at[at] == '.' && (at == 0 || path.at[at - 1] == '/')) {
            return false; /* dot files, and the way up */
        }
    }
    for (size_t i = 0; i < sizeof others / sizeof *others; i++) {
        if (str_starts(path, str_of(others[i]))) {
            return false;
        }
    }
    bool is_list = str_starts(path, STR("lists/")) || str_starts(path, STR("allow/"));
    return is_list ? str_ends(path, STR(".txt")) : str_ends(path, STR(".yml"));
}

static int order(const struct rule_snapshot_file *file, unsigned folder, const char *path)
{
    return file->folder != folder ? (file->folder < folder ? -1 : 1) : strcmp(file->path, path);
}

/* Where the file is, or would be. */
static size_t place_of(const struct rule_snapshot *snapshot, unsigned folder, const char *path)
{
    size_t low = 0, high = snapshot->count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (order(&snapshot->files[middle], folder, path) < 0) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return low;
}

bool rule_snapshot_add(struct rule_snapshot *snapshot, unsigned folder, struct str path,
                       struct str bytes)
{
    if (!is_kept(path)) {
        return false;
    }
    struct rule_snapshot_file file = {.folder = folder, .len = bytes.len};
    file.path = mem_zero(1, path.len + 1);
    memcpy(file.path, path.at, path.len);
    file.bytes = mem_zero(1, bytes.len + 1);
    memcpy(file.bytes, bytes.len > 0 ? bytes.at : "", bytes.len);
    file.hash = hash_sha256(bytes);
    mem_grow(&snapshot->files, &snapshot->room, snapshot->count + 1, sizeof *snapshot->files);
    size_t at = place_of(snapshot, folder, file.path);
    memmove(&snapshot->files[at + 1], &snapshot->files[at],
            (snapshot->count - at) * sizeof *snapshot->files);
    snapshot->files[at] = file;
    snapshot->count++;
    return true;
}

void rule_snapshot_fini(struct rule_snapshot *snapshot)
{
    for (size_t i = 0; i < snapshot->count; i++) {
        free(snapshot->files[i].path);
        free(snapshot->files[i].bytes);
    }
    free(snapshot->files);
    *snapshot = (struct rule_snapshot){.files = NULL};
}

static bool add_file(struct rule_snapshot *snapshot, unsigned folder, const char *root,
                     const char *path, struct err *err)
{
    struct str below = str_of(path + strlen(root));
    struct buf bytes = BUF_EMPTY;
    struct stat about;
    while (str_starts(below, STR("/"))) {
        below = str_part(below, 1, below.len);
    }
    if (!is_kept(below)) {
        return true;
    }
    bool done = file_read(path, FILE_MAX, &bytes, err);
    if (done && rule_snapshot_add(snapshot, folder, below, buf_str(&bytes)) &&
        stat(path, &about) == 0) {
        snapshot->files[place_of(snapshot, folder, below.at)].owner = about.st_uid;
    }
    buf_fini(&bytes);
    return done;
}

bool rule_snapshot_read(const char *const *folders, struct rule_snapshot *snapshot, struct err *err)
{
    static const char *const ends[] = {".yml", ".txt"};
    for (unsigned folder = 0; folders[folder] != NULL; folder++) {
        for (size_t e = 0; e < sizeof ends / sizeof *ends; e++) {
            struct file_list list = {.count = 0};
            bool done = file_find(folders[folder], ends[e], MOST_FILES, &list, err);
            for (size_t i = 0; done && i < list.count; i++) {
                done = add_file(snapshot, folder, folders[folder], list.paths[i], err);
            }
            file_list_fini(&list);
            if (!done) {
                return false;
            }
        }
    }
    return true;
}

struct hash rule_snapshot_hash(const struct rule_snapshot *snapshot)
{
    struct buf form = BUF_EMPTY;
    buf_put_string(&form, "saring rule files 1\n");
    for (size_t i = 0; i < snapshot->count; i++) {
        const struct rule_snapshot_file *file = &snapshot->files[i];
        buf_printf(&form, "%u:%zu:%s", file->folder, strlen(file->path), file->path);
        buf_put(&form, file->hash.bytes, HASH_BYTES);
    }
    struct hash hash = hash_sha256(buf_str(&form));
    buf_fini(&form);
    return hash;
}

const struct rule_snapshot_file *rule_snapshot_find(const struct rule_snapshot *snapshot,
                                                    unsigned folder, const char *path)
{
    size_t at = place_of(snapshot, folder, path);
    return at < snapshot->count && order(&snapshot->files[at], folder, path) == 0
               ? &snapshot->files[at]
               : NULL;
}

/* The folders between `root` and the file. */
static bool make_folders(const char *root, char *path, struct err *err)
{
    for (char *slash = path + strlen(root) + 1; (slash = strchr(slash, '/')) != NULL; slash++) {
        *slash = '\0';
        bool done = mkdir(path, 0755) == 0 || errno == EEXIST;
        if (!done) {
            err_set(err, "cannot be made: %s", strerror(errno));
            err_in_file(err, path);
        }
        *slash = '/';
        if (!done) {
            return false;
        }
    }
    return true;
}

static bool write_one(const char *root, const struct rule_snapshot_file *file, struct err *err)
{
    struct buf path = BUF_EMPTY;
    buf_printf(&path, "%s/%s", root, file->path);
    bool done =
        make_folders(root, path.bytes, err) &&
        file_write(path.bytes, (struct str){.at = file->bytes, .len = file->len}, 0644, err);
    buf_fini(&path);
    return done;
}

static bool remove_one(const char *root, const struct rule_snapshot_file *file, struct err *err)
{
    struct buf path = BUF_EMPTY;
    buf_printf(&path, "%s/%s", root, file->path);
    bool done = unlink(path.bytes) == 0 || errno == ENOENT;
    if (!done) {
        err_set(err, "cannot be removed: %s", strerror(errno));
        err_in_file(err, path.bytes);
    }
    buf_fini(&path);
    return done;
}

bool rule_snapshot_write(const char *const *folders, const struct rule_snapshot *wanted,
                         const struct rule_snapshot *now, struct err *err)
{
    bool done = true;
    for (size_t i = 0; done && i < wanted->count; i++) {
        const struct rule_snapshot_file *file = &wanted->files[i];
        const struct rule_snapshot_file *old = rule_snapshot_find(now, file->folder, file->path);
        if (old == NULL || memcmp(&old->hash, &file->hash, sizeof old->hash) != 0) {
            done = write_one(folders[file->folder], file, err);
        }
    }
    for (size_t i = 0; done && i < now->count; i++) {
        const struct rule_snapshot_file *file = &now->files[i];
        if (rule_snapshot_find(wanted, file->folder, file->path) == NULL) {
            done = remove_one(folders[file->folder], file, err);
        }
    }
    return done;
}
