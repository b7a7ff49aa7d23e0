#include "feeds/file.h"

#include <errno.h>
#include <inttypes.h>
#include <sys/stat.h>
#include <xxhash.h>

#include "filter/base/err.h"
#include "filter/base/file.h"

enum { MAX_FILES = 10000 };

static bool is_folder(const struct feeds_source *source, struct stat *about, struct err *err)
{
    if (stat(source->path.at, about) != 0) {
        return err_set(err, "cannot be looked at: %s", strerror(errno));
    }
    return S_ISDIR(about->st_mode);
}

/* A file that went in between is none. */
static void put_place(const char *path, struct buf *out)
{
    struct stat about;
    if (stat(path, &about) == 0) {
        buf_printf(out, "%s:%lld:%lld.%09ld\n", path, (long long)about.st_size,
                   (long long)about.st_mtim.tv_sec, about.st_mtim.tv_nsec);
    }
}

bool feeds_file_etag(const struct feeds_source *source, struct buf *etag, struct err *err)
{
    struct stat about;
    struct file_list list = {.count = 0};
    struct buf all = BUF_EMPTY;
    if (!is_folder(source, &about, err)) {
        if (err_is_set(err)) {
            return false;
        }
        buf_printf(etag, "file:%lld:%lld.%09ld", (long long)about.st_size,
                   (long long)about.st_mtim.tv_sec, about.st_mtim.tv_nsec);
        return true;
    }
    bool done = file_find(source->path.at, ".ndjson", MAX_FILES, &list, err);
    for (size_t i = 0; i < list.count; i++) {
        put_place(list.paths[i], &all);
    }
    if (done) {
        buf_printf(etag, "folder:%zu:%016" PRIx64, list.count,
                   (uint64_t)XXH3_64bits(all.bytes != NULL ? all.bytes : "", all.len));
    }
    file_list_fini(&list);
    buf_fini(&all);
    return done;
}

bool feeds_file_read(const struct feeds_source *source, size_t max_bytes, struct buf *bytes,
                     struct err *err)
{
    struct stat about;
    struct file_list list = {.count = 0};
    if (!is_folder(source, &about, err)) {
        return !err_is_set(err) && file_read(source->path.at, max_bytes, bytes, err);
    }
    bool done = file_find(source->path.at, ".ndjson", MAX_FILES, &list, err);
    for (size_t i = 0; done && i < list.count; i++) {
        size_t room = bytes->len < max_bytes ? max_bytes - bytes->len : 0;
        done = file_read(list.paths[i], room, bytes, err);
        buf_put_char(bytes, '\n');
    }
    if (!done && list.count > 1) {
        *err = ERR_NONE;
        err_set(err,
                "the folder's files cannot be read, or are more than %zu bytes together: move "
                "those that are done out of it",
                max_bytes);
    }
    file_list_fini(&list);
    return done;
}
