#include "filter/base/file.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "filter/base/err.h"
#include "filter/base/mem.h"

enum { CHUNK = 65536, DEEPEST = 16, STARTED = 8 << 20 };

static bool read_all(int fd, size_t max_bytes, struct buf *out, struct err *err)
{
    char chunk[CHUNK];
    size_t total = 0;
    for (;;) {
        ssize_t got = read(fd, chunk, sizeof chunk);
        if (got < 0 && errno == EINTR) {
            continue;
        }
        if (got < 0) {
            return err_set(err, "cannot be read: %s", strerror(errno));
        }
        if (got == 0) {
            return true;
        }
        if ((size_t)got > max_bytes - total) {
            return err_set(err, "is larger than %zu bytes", max_bytes);
        }
        total += (size_t)got;
        buf_put(out, chunk, (size_t)got);
    }
}

bool file_read(const char *path, size_t max_bytes, struct buf *out, struct err *err)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK); /* a FIFO must not hang us */
    if (fd < 0) {
        err_set(err, "cannot be opened: %s", strerror(errno));
        return err_in_file(err, path);
    }
    struct stat about;
    bool done = false;
    if (fstat(fd, &about) != 0 || !S_ISREG(about.st_mode)) {
        err_set(err, "is not a regular file");
    } else {
        if (about.st_size > CHUNK && (uintmax_t)about.st_size <= max_bytes) {
            buf_reserve(out, (size_t)about.st_size); /* hundreds of megabytes: no copy on the way */
        }
        done = read_all(fd, max_bytes, out, err);
    }
    close(fd);
    return done || err_in_file(err, path);
}

bool file_read_stdin(size_t max_bytes, struct buf *out, struct err *err)
{
    return read_all(STDIN_FILENO, max_bytes, out, err) || err_in_file(err, "stdin");
}

static bool write_all(int fd, struct str bytes)
{
    while (bytes.len > 0) {
        ssize_t put = write(fd, bytes.at, bytes.len);
        if (put < 0 && errno == EINTR) {
            continue;
        }
        if (put < 0) {
            return false;
        }
        bytes = str_part(bytes, (size_t)put, bytes.len);
    }
    return true;
}

bool file_write(const char *path, struct str bytes, unsigned mode, struct err *err)
{
    struct buf temporary = BUF_EMPTY;
    buf_printf(&temporary, "%s.XXXXXX", path);
    int fd = mkstemp(temporary.bytes);
    bool done = fd >= 0 && fchmod(fd, (mode_t)mode) == 0 && write_all(fd, bytes) && fsync(fd) == 0;
    int why = errno;
    if (fd >= 0) {
        close(fd);
    }
    if (done && rename(temporary.bytes, path) != 0) {
        why = errno;
        done = false;
    }
    if (!done) {
        if (fd >= 0) {
            unlink(temporary.bytes);
        }
        err_set(err, "cannot be written: %s", strerror(why));
        err_in_file(err, path);
    }
    buf_fini(&temporary);
    return done;
}

struct file_stream {
    struct buf path, temporary;
    int fd;
    size_t bytes, started; /* started: of them, on their way to the disk */
    struct hash_stream hash;
};

static bool fail_stream(const struct file_stream *stream, int why, struct err *err)
{
    err_set(err, "cannot be written: %s", strerror(why));
    return err_in_file(err, stream->path.bytes);
}

struct file_stream *file_stream_open(const char *path, unsigned mode, struct err *err)
{
    struct file_stream *stream = mem_zero(1, sizeof *stream);
    buf_put_string(&stream->path, path);
    buf_printf(&stream->temporary, "%s.XXXXXX", path);
    hash_stream_init(&stream->hash);
    stream->fd = mkstemp(stream->temporary.bytes);
    if (stream->fd < 0 || fchmod(stream->fd, (mode_t)mode) != 0) {
        struct hash unused;
        size_t none;
        fail_stream(stream, errno, err);
        (void)!file_stream_close(stream, false, &unused, &none, err);
        return NULL;
    }
    return stream;
}

/* Only a hint: file_sync is what counts. */
static void start_writing(struct file_stream *stream)
{
    (void)!sync_file_range(stream->fd, (off_t)stream->started,
                           (off_t)(stream->bytes - stream->started), SYNC_FILE_RANGE_WRITE);
    stream->started = stream->bytes;
}

bool file_stream_put(struct file_stream *stream, struct str piece, struct err *err)
{
    if (!write_all(stream->fd, piece)) {
        return fail_stream(stream, errno, err);
    }
    hash_stream_put(&stream->hash, piece);
    stream->bytes += piece.len;
    if (stream->bytes - stream->started >= STARTED) {
        start_writing(stream);
    }
    return true;
}

bool file_stream_close(struct file_stream *stream, bool is_whole, struct hash *sha256,
                       size_t *bytes, struct err *err)
{
    bool done = is_whole;
    if (stream->fd >= 0) {
        start_writing(stream);
        if (close(stream->fd) != 0 && done) {
            done = fail_stream(stream, errno, err);
        }
    }
    if (done && rename(stream->temporary.bytes, stream->path.bytes) != 0) {
        done = fail_stream(stream, errno, err);
    }
    if (!done && stream->fd >= 0) {
        unlink(stream->temporary.bytes);
    }
    *sha256 = hash_stream_end(&stream->hash);
    *bytes = stream->bytes;
    buf_fini(&stream->path);
    buf_fini(&stream->temporary);
    free(stream);
    return done;
}

bool file_sync(const char *path, struct err *err)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    bool done = fd >= 0 && fsync(fd) == 0;
    int why = errno;
    if (fd >= 0) {
        close(fd);
    }
    if (!done) {
        err_set(err, "cannot be brought to the disk: %s", strerror(why));
        err_in_file(err, path);
    }
    return done;
}

static int compare_names(const struct dirent **a, const struct dirent **b)
{
    return strcmp((*a)->d_name, (*b)->d_name);
}

static int is_visible(const struct dirent *entry)
{
    return entry->d_name[0] != '.';
}

static bool find(const char *path, const char *suffix, size_t max_files, int depth,
                 struct file_list *out, struct err *err)
{
    struct dirent **entries = NULL;
    int count = depth < DEEPEST ? scandir(path, &entries, is_visible, compare_names) : -1;
    if (count < 0) {
        err_set(err, "cannot be listed: %s",
                depth < DEEPEST ? strerror(errno) : "folders lie too deep");
        return err_in_file(err, path);
    }
    bool done = true;
    for (int i = 0; i < count; i++) {
        struct buf name = BUF_EMPTY;
        struct stat about;
        buf_printf(&name, "%s/%s", path, entries[i]->d_name);
        if (done && lstat(name.bytes, &about) == 0 && S_ISDIR(about.st_mode)) {
            done = find(name.bytes, suffix, max_files, depth + 1, out, err);
        } else if (done && str_ends(buf_str(&name), str_of(suffix))) {
            if (out->count == max_files) {
                err_set(err, "holds more than %zu files", max_files);
                done = err_in_file(err, path);
            } else {
                mem_grow(&out->paths, &out->room, out->count + 1, sizeof *out->paths);
                out->paths[out->count++] = mem_copy_string(name.bytes);
            }
        }
        buf_fini(&name);
        free(entries[i]);
    }
    free(entries);
    return done;
}

bool file_find(const char *path, const char *suffix, size_t max_files, struct file_list *out,
               struct err *err)
{
    return find(path, suffix, max_files, 0, out, err);
}

void file_list_fini(struct file_list *list)
{
    for (size_t i = 0; i < list->count; i++) {
        free(list->paths[i]);
    }
    free(list->paths);
    *list = (struct file_list){.paths = NULL};
}
