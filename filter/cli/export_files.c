#include "filter/cli/export_files.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "filter/base/err.h"
#include "filter/base/file.h"
#include "filter/blocklist/manifest.h"
#include "filter/cli/terminal.h"

enum { FILES_MOST = 16 };

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
    return err_set(err, "tidak ada format '%.40s' / no such format: rpz, hosts, squid, csv, all",
                   name);
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

static const char *base_name(const char *path)
{
    const char *slash = strrchr(path, '/');
    return slash != NULL ? slash + 1 : path;
}

static bool write_one(const struct export_list *list, const struct blocklist_format *format,
                      const char *path, struct blocklist_file *file, struct err *err)
{
    struct listener listener = {.has_siblings = true};
    struct buf bytes = BUF_EMPTY;
    blocklist_render(format, &list->opening, list->items, list->count, &bytes, &file->counts,
                     report, &listener);
    file->format = format;
    file->name = str_of(base_name(path));
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

/* Whether `out` means a folder, which is then made. */
static bool choose_folder(const char *name, const char *out, bool *is_folder, struct err *err)
{
    struct stat about;
    size_t len = strlen(out);
    *is_folder = (stat(out, &about) == 0 && S_ISDIR(about.st_mode)) || strcmp(name, ALL) == 0 ||
                 (len > 0 && out[len - 1] == '/');
    if (!*is_folder || mkdir(out, 0755) == 0) {
        return true;
    }
    int why = errno;
    if (stat(out, &about) == 0 && S_ISDIR(about.st_mode)) {
        return true;
    }
    err_set(err, "cannot be made as a folder: %s", strerror(why));
    return err_in_file(err, out);
}

bool export_files_write(const struct export_list *list, const char *name, const char *out,
                        struct err *err)
{
    size_t format_count, count = 0;
    const struct blocklist_format *formats = blocklist_formats(&format_count);
    struct blocklist_file files[FILES_MOST];
    struct buf paths[FILES_MOST] = {BUF_EMPTY}, manifest = BUF_EMPTY;
    bool is_folder;
    bool done = choose_folder(name, out, &is_folder, err);
    for (size_t i = 0; done && i < format_count && count < FILES_MOST; i++) {
        if (!is_chosen(name, &formats[i])) {
            continue;
        }
        if (is_folder) {
            buf_printf(&paths[count], "%s/%s", out, formats[i].file);
        } else {
            buf_printf(&paths[count], "%s%s", out,
                       formats[i].suffix != NULL ? formats[i].suffix : "");
        }
        done = write_one(list, &formats[i], paths[count].bytes, &files[count], err);
        count++;
    }
    buf_printf(&manifest, is_folder ? "%s/manifest.json" : "%s.manifest.json", out);
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
