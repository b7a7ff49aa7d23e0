#include "filter/cli/export_files.h"

#include <assert.h>
#include <errno.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "filter/base/err.h"
#include "filter/base/file.h"
#include "filter/base/mem.h"
#include "filter/blocklist/manifest.h"
#include "filter/cli/block_page.h"
#include "filter/cli/terminal.h"
#include "filter/console/gzip.h"

enum { FILES_MOST = 32 };

#define ALL "all"

static bool is_chosen(const char *name, const struct blocklist_format *format)
{
    return strcmp(name, ALL) == 0 || strcmp(name, format->name) == 0;
}

bool export_files_check(const char *name, bool to_stdout, struct err *err)
{
    size_t count;
    const struct blocklist_format *formats = blocklist_formats(&count);
    if (strcmp(name, ALL) == 0 && to_stdout) {
        return err_set(err, "all menulis beberapa berkas / writes several files: --out DIR");
    }
    for (size_t i = 0; i < count; i++) {
        if (is_chosen(name, &formats[i])) {
            return true;
        }
    }
    struct buf names = BUF_EMPTY;
    for (size_t i = 0; i < count; i++) {
        if (i == 0 || strcmp(formats[i].name, formats[i - 1].name) != 0) {
            buf_printf(&names, "%s, ", formats[i].name);
        }
    }
    err_set(err, "tidak ada format '%.40s' / no such format: %s" ALL, name, names.bytes);
    buf_fini(&names);
    return false;
}

/* Who hears of what was left out: a sibling file of the same format may hold it. */
struct listener {
    bool has_siblings;
    struct buf words; /* for stderr, a line each */
    size_t lines;
};

enum { LINES_MOST = 20 }; /* of a file; the manifest has all the numbers */

static unsigned scopes_of(const char *name)
{
    size_t count;
    unsigned scopes = 0;
    const struct blocklist_format *formats = blocklist_formats(&count);
    for (size_t i = 0; i < count; i++) {
        scopes |= strcmp(formats[i].name, name) == 0 ? formats[i].scopes : 0;
    }
    return scopes;
}

static void report(void *context, const struct blocklist_format *format,
                   const struct blocklist_item *item, const char *why)
{
    struct listener *listener = context;
    unsigned bit = 1U << item->scope;
    if (listener->has_siblings && (format->scopes & bit) == 0 &&
        (scopes_of(format->name) & bit) != 0) {
        return;
    }
    if (listener->lines++ >= LINES_MOST) {
        return;
    }
    buf_printf(&listener->words, "saring export: %s: kasus/case %lld, %s ", format->name,
               (long long)item->case_id, blocklist_scope_name(item->scope));
    cli_put_defanged(&listener->words, item->target, 0);
    buf_printf(&listener->words, ": %s\n", why);
}

static void say(struct listener *listener)
{
    if (listener->lines > LINES_MOST) {
        buf_printf(&listener->words, "saring export: … dan %zu lainnya / and %zu more\n",
                   listener->lines - LINES_MOST, listener->lines - LINES_MOST);
    }
    fwrite(listener->words.bytes, 1, listener->words.len, stderr);
    buf_fini(&listener->words);
}

static bool write_signed(const struct export_list *list, const char *path, struct str bytes,
                         struct err *err)
{
    struct buf signature = BUF_EMPTY, beside = BUF_EMPTY;
    blocklist_seal_sign(&list->seal, bytes, &signature);
    buf_printf(&beside, "%s.sig", path);
    bool done = file_write(path, bytes, 0644, err) &&
                file_write(beside.bytes, buf_str(&signature), 0644, err);
    buf_fini(&signature);
    buf_fini(&beside);
    return done;
}

/* One file to write. */
struct job {
    const struct export_list *list;
    const struct blocklist_format *format; /* NULL: entries, or `bytes` as they are */
    const struct casebook_ref *refs;       /* NULL: no entries */
    size_t ref_count;
    struct str bytes;
    struct buf path;
    struct blocklist_file file;
    struct listener listener;
    struct err err;
};

static bool drain(void *context, struct str piece, struct err *err)
{
    return file_stream_put(context, piece, err);
}

/* Entries on their way from the log to a file. */
struct passage {
    struct file_stream *stream;
    struct buf out;
};

static bool pass_line(void *context, struct str line, struct err *err)
{
    enum { PIECE = 256 * 1024 };
    struct passage *passage = context;
    buf_put_str(&passage->out, line);
    bool done =
        passage->out.len < PIECE || file_stream_put(passage->stream, buf_str(&passage->out), err);
    if (passage->out.len >= PIECE) {
        buf_clear(&passage->out);
    }
    return done;
}

/* The entries themselves with both signatures: all that a consumer believes (filter/pull). */
static bool put_entries(struct job *job, struct file_stream *stream)
{
    struct passage passage = {.stream = stream, .out = BUF_EMPTY};
    bool done = casebook_entry_lines(job->list->desk->casebook, job->refs, job->ref_count,
                                     pass_line, &passage, &job->err) &&
                file_stream_put(stream, buf_str(&passage.out), &job->err);
    job->file.counts.written = job->ref_count;
    buf_fini(&passage.out);
    return done;
}

static bool put_bytes(struct job *job, struct file_stream *stream)
{
    const struct export_list *list = job->list;
    if (job->format == NULL) {
        return job->refs != NULL ? put_entries(job, stream)
                                 : file_stream_put(stream, job->bytes, &job->err);
    }
    return blocklist_render_to(job->format, &list->opening, list->items, list->count, drain, stream,
                               &job->file.counts, report, &job->listener, &job->err);
}

/* A small file beside one that is not synced yet either. */
static bool write_lazily(const char *path, struct str bytes, struct err *err)
{
    struct hash unused;
    size_t count;
    struct file_stream *stream = file_stream_open(path, 0644, err);
    return stream != NULL &&
           file_stream_close(stream, file_stream_put(stream, bytes, err), &unused, &count, err);
}

/* What is this small is worth the moment it takes: web servers send NAME.gz as it lies there. */
static bool write_packed(const struct job *job, struct err *err)
{
    enum { LEAST = 1024, MOST = 8 << 20 };
    struct buf bytes = BUF_EMPTY, packed = BUF_EMPTY, path = BUF_EMPTY;
    bool done = true;
    if (job->list->packs && job->file.bytes >= LEAST && job->file.bytes <= MOST) {
        buf_printf(&path, "%s.gz", job->path.bytes);
        done = file_read(job->path.bytes, MOST, &bytes, err) &&
               (!gzip_put(buf_str(&bytes), &packed) ||
                write_lazily(path.bytes, buf_str(&packed), err));
    }
    buf_fini(&bytes);
    buf_fini(&packed);
    buf_fini(&path);
    return done;
}

static void write_one(struct job *job)
{
    struct file_stream *stream = file_stream_open(job->path.bytes, 0644, &job->err);
    if (stream == NULL) {
        return;
    }
    struct buf signature = BUF_EMPTY, beside = BUF_EMPTY;
    bool done = put_bytes(job, stream);
    done = file_stream_close(stream, done, &job->file.sha256, &job->file.bytes, &job->err);
    if (done) {
        blocklist_seal_sign_hash(&job->list->seal, &job->file.sha256, &signature);
        buf_printf(&beside, "%s.sig", job->path.bytes);
        done = write_lazily(beside.bytes, buf_str(&signature), &job->err) &&
               write_packed(job, &job->err);
    }
    assert(done || err_is_set(&job->err));
    buf_fini(&signature);
    buf_fini(&beside);
}

struct jobs {
    struct job all[FILES_MOST];
    size_t count;
    atomic_size_t next;
};

static void *work(void *context)
{
    struct jobs *jobs = context;
    for (size_t at; (at = atomic_fetch_add(&jobs->next, 1)) < jobs->count;) {
        write_one(&jobs->all[at]);
    }
    return NULL;
}

/* On all processors; the bytes of a file do not depend on who wrote it, nor does what is said. */
static void write_all(struct jobs *jobs)
{
    enum { HANDS_MOST = 8 };
    pthread_t hands[HANDS_MOST];
    long processors = sysconf(_SC_NPROCESSORS_ONLN);
    size_t count = 0;
    while (count < HANDS_MOST && (long)count + 1 < processors && count + 1 < jobs->count &&
           pthread_create(&hands[count], NULL, work, jobs) == 0) {
        count++;
    }
    work(jobs);
    while (count > 0) {
        pthread_join(hands[--count], NULL);
    }
}

static bool finish(struct jobs *jobs, struct blocklist_file *files, struct err *err)
{
    bool done = true;
    for (size_t i = 0; i < jobs->count; i++) {
        struct job *job = &jobs->all[i];
        say(&job->listener);
        if (done && err_is_set(&job->err)) {
            *err = job->err;
            done = false;
        }
        files[i] = job->file;
    }
    return done;
}

static bool write_manifest(const struct export_list *list, const char *path,
                           const struct blocklist_file *files, size_t count, struct err *err)
{
    struct buf manifest = BUF_EMPTY;
    bool done = blocklist_manifest(&list->opening, list->count, files, count, &manifest, err) &&
                write_signed(list, path, buf_str(&manifest), err);
    if (done && list->desk->is_json) {
        buf_put_char(&manifest, '\n');
        done = cli_print(&manifest, err);
    }
    buf_fini(&manifest);
    return done;
}

static bool make_folder(const char *path, struct err *err)
{
    struct stat about;
    if (mkdir(path, 0755) == 0) {
        return true;
    }
    int why = errno;
    if (stat(path, &about) == 0 && S_ISDIR(about.st_mode)) {
        return true;
    }
    err_set(err, "cannot be made as a folder: %s", strerror(why));
    return err_in_file(err, path);
}

static bool is_folder(const char *name, const char *out)
{
    struct stat about;
    size_t len = strlen(out);
    return (stat(out, &about) == 0 && S_ISDIR(about.st_mode)) || strcmp(name, ALL) == 0 ||
           (len > 0 && out[len - 1] == '/');
}

/* Where a format's file goes, and the folders on the way to it. */
static bool make_path(const struct export_list *list, const struct blocklist_format *format,
                      const char *out, bool in_folder, struct buf *path, struct err *err)
{
    if (!in_folder) {
        buf_printf(path, "%s%s", out, format->suffix != NULL ? format->suffix : "");
        return true;
    }
    buf_printf(path, "%s/", out);
    blocklist_format_file(format, &list->opening, path);
    char *slash = strrchr(path->bytes, '/');
    *slash = '\0';
    bool done = make_folder(path->bytes, err);
    *slash = '/';
    return done;
}

static size_t folder_of(const char *path)
{
    const char *slash = strrchr(path, '/');
    return slash != NULL ? (size_t)(slash - path) + 1 : 0;
}

static struct job *add_job(struct jobs *jobs, const struct export_list *list,
                           const struct blocklist_format *format)
{
    assert(jobs->count < FILES_MOST);
    struct job *job = &jobs->all[jobs->count++];
    *job = (struct job){
        .list = list,
        .format = format,
        .listener = {.has_siblings = true},
        .file = {.format = format != NULL ? format->name : ""},
    };
    return job;
}

/* What consumers believe, with the signatures of who signed it: filter/pull reads nothing else. */
static struct job *add_believed(struct jobs *jobs, const struct export_list *list, const char *name,
                                const char *out)
{
    struct job *job = add_job(jobs, list, NULL);
    job->file.format = name;
    buf_printf(&job->path, "%s/%s.ndjson", out, name);
    return job;
}

bool export_files_write(struct export_list *list, const char *name, const char *out,
                        struct err *err)
{
    size_t format_count;
    const struct blocklist_format *formats = blocklist_formats(&format_count);
    struct blocklist_file files[FILES_MOST];
    struct buf manifest = BUF_EMPTY;
    bool in_folder = is_folder(name, out);
    size_t folder_len = in_folder ? strlen(out) + 1 : folder_of(out);
    struct jobs *jobs = mem_zero(1, sizeof *jobs);
    bool done = !in_folder || make_folder(out, err);
    /* The longest first, so that no processor waits for it at the end. */
    if (in_folder) {
        struct job *job = add_believed(jobs, list, "entries", out);
        job->refs = list->refs;
        job->ref_count = list->ref_count;
    }
    if (in_folder && list->keys.len > 0) {
        add_believed(jobs, list, "keys", out)->bytes = buf_str(&list->keys);
    }
    for (size_t i = format_count; done && i-- > 0;) {
        if (is_chosen(name, &formats[i])) {
            done = make_path(list, &formats[i], out, in_folder,
                             &add_job(jobs, list, &formats[i])->path, err);
        }
    }
    for (size_t i = 0; done && i < jobs->count; i++) {
        jobs->all[i].file.name = str_of(jobs->all[i].path.bytes + folder_len);
    }
    if (done) {
        write_all(jobs);
        done = finish(jobs, files, err);
    }
    if (strcmp(name, ALL) == 0) {
        done = done && block_pages_write(list, out, err);
    }
    buf_printf(&manifest, in_folder ? "%s/manifest.json" : "%s.manifest.json", out);
    done = done && write_manifest(list, manifest.bytes, files, jobs->count, err);
    for (size_t i = 0; i < jobs->count; i++) {
        if (done) {
            buf_put(&list->unsynced, jobs->all[i].path.bytes, jobs->all[i].path.len + 1);
        }
        buf_fini(&jobs->all[i].path);
    }
    free(jobs);
    buf_fini(&manifest);
    return done;
}

bool export_files_sync(struct export_list *list, struct err *err)
{
    static const char *const suffixes[] = {"", ".sig", ".gz"};
    bool done = true;
    for (size_t at = 0; at < list->unsynced.len; at += strlen(list->unsynced.bytes + at) + 1) {
        for (size_t i = 0; i < sizeof suffixes / sizeof *suffixes; i++) {
            struct buf path = BUF_EMPTY;
            buf_printf(&path, "%s%s", list->unsynced.bytes + at, suffixes[i]);
            done = (access(path.bytes, F_OK) != 0 || file_sync(path.bytes, err)) && done;
            buf_fini(&path);
        }
    }
    buf_clear(&list->unsynced);
    return done;
}

bool export_files_print(const struct export_list *list, const char *name, struct err *err)
{
    size_t count;
    const struct blocklist_format *format = blocklist_formats(&count);
    while (!is_chosen(name, format)) {
        format++;
    }
    struct listener listener = {.has_siblings = false};
    struct buf bytes = BUF_EMPTY, signature = BUF_EMPTY;
    struct blocklist_counts counts;
    blocklist_render(format, &list->opening, list->items, list->count, &bytes, &counts, report,
                     &listener);
    say(&listener);
    blocklist_seal_sign(&list->seal, buf_str(&bytes), &signature);
    blocklist_put_comment(format, &bytes, buf_str(&signature));
    bool done = cli_print(&bytes, err);
    buf_fini(&bytes);
    buf_fini(&signature);
    return done;
}
