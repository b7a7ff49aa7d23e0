#include "filter/cli/export_files.h"

#include <assert.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "filter/base/err.h"
#include "filter/base/file.h"
#include "filter/blocklist/manifest.h"
#include "filter/cli/terminal.h"

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
};

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
    const struct listener *listener = context;
    unsigned bit = 1U << item->scope;
    if (listener->has_siblings && (format->scopes & bit) == 0 &&
        (scopes_of(format->name) & bit) != 0) {
        return;
    }
    struct buf line = BUF_EMPTY;
    cli_put_defanged(&line, item->target, 0);
    fprintf(stderr, "saring export: %s: kasus/case %lld, %s %s: %s\n", format->name,
            (long long)item->case_id, blocklist_scope_name(item->scope), line.bytes, why);
    buf_fini(&line);
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

static bool write_one(const struct export_list *list, const struct blocklist_format *format,
                      const char *path, size_t folder_len, struct blocklist_file *file,
                      struct err *err)
{
    struct listener listener = {.has_siblings = true};
    struct buf bytes = BUF_EMPTY;
    blocklist_render(format, &list->opening, list->items, list->count, &bytes, &file->counts,
                     report, &listener);
    file->format = format->name;
    file->name = str_of(path + folder_len);
    file->sha256 = hash_sha256(buf_str(&bytes));
    file->bytes = bytes.len;
    bool done = write_signed(list, path, buf_str(&bytes), err);
    buf_fini(&bytes);
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

/* The entries themselves with both signatures: all that a consumer believes (filter/pull). */
static bool write_entries(const struct export_list *list, const char *path, size_t folder_len,
                          struct blocklist_file *file, struct err *err)
{
    struct str bytes = buf_str(&list->entries);
    *file = (struct blocklist_file){
        .format = "entries",
        .name = str_of(path + folder_len),
        .sha256 = hash_sha256(bytes),
        .bytes = bytes.len,
        .counts = {.written = list->count},
    };
    return write_signed(list, path, bytes, err);
}

static size_t folder_of(const char *path)
{
    const char *slash = strrchr(path, '/');
    return slash != NULL ? (size_t)(slash - path) + 1 : 0;
}

bool export_files_write(const struct export_list *list, const char *name, const char *out,
                        struct err *err)
{
    size_t format_count, count = 0;
    const struct blocklist_format *formats = blocklist_formats(&format_count);
    struct blocklist_file files[FILES_MOST];
    struct buf paths[FILES_MOST] = {BUF_EMPTY}, manifest = BUF_EMPTY;
    bool in_folder = is_folder(name, out);
    size_t folder_len = in_folder ? strlen(out) + 1 : folder_of(out);
    bool done = !in_folder || make_folder(out, err);
    assert(format_count < FILES_MOST);
    for (size_t i = 0; done && i < format_count; i++) {
        if (is_chosen(name, &formats[i])) {
            struct buf *path = &paths[count];
            done = make_path(list, &formats[i], out, in_folder, path, err) &&
                   write_one(list, &formats[i], path->bytes, folder_len, &files[count], err);
            count++;
        }
    }
    if (done && in_folder) {
        buf_printf(&paths[count], "%s/" EXPORT_ENTRIES, out);
        done = write_entries(list, paths[count].bytes, folder_len, &files[count], err);
        count++;
    }
    buf_printf(&manifest, in_folder ? "%s/manifest.json" : "%s.manifest.json", out);
    done = done && write_manifest(list, manifest.bytes, files, count, err);
    for (size_t i = 0; i < FILES_MOST; i++) {
        buf_fini(&paths[i]);
    }
    buf_fini(&manifest);
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
    blocklist_seal_sign(&list->seal, buf_str(&bytes), &signature);
    blocklist_put_comment(format, &bytes, buf_str(&signature));
    bool done = cli_print(&bytes, err);
    buf_fini(&bytes);
    buf_fini(&signature);
    return done;
}
