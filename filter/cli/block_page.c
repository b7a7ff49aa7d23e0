#include "filter/cli/block_page.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "filter/base/err.h"
#include "filter/base/file.h"
#include "filter/cli/terminal.h"
#include "filter/console/html.h"

enum { SHOWN = 8000 }; /* bytes of page for one value */

static void put_head(struct html *page)
{
    HTML(page, "<!DOCTYPE html>\n<html lang=\"id\"><head><meta charset=\"utf-8\">"
               "<meta name=\"viewport\" content=\"width=device-width\">"
               "<meta name=\"robots\" content=\"noindex\">"
               "<title>Situs ini diblokir / This site is blocked</title>"
               "<style>body{font:1rem/1.5 sans-serif;max-width:40rem;margin:2rem auto;"
               "padding:0 1rem}h1{font-size:1.4rem}dt{font-weight:bold}dd{margin:0 0 .6rem}"
               "[lang=en]{color:#444}</style></head><body>\n"
               "<h1>Situs ini diblokir karena penipuan</h1>\n");
    HTML(page, "<p>Dua orang menyaksikan situs ini mencuri data pribadi, sandi atau uang, atau "
               "menyebarkan perangkat lunak jahat, dan menandatanganinya. Pendapat, kritik dan "
               "berita tidak pernah diblokir. Jika Anda sudah memasukkan data di sana: ganti sandi "
               "Anda dan hubungi bank Anda.</p>\n");
    HTML(page, "<p lang=\"en\">This site is blocked for fraud. Two people saw it harvest personal "
               "data, passwords or money, or spread malware, and signed for it. Opinion, criticism "
               "and news are never blocked. If you entered anything there: change your password "
               "and call your bank.</p>\n<dl>\n");
}

static void put_case(struct html *page, const struct blocklist_item *item)
{
    char text[CLOCK_TEXT];
    struct buf target = BUF_EMPTY;
    cli_put_defanged(&target, item->target, 0);
    HTML(page, "<dt>Kasus / case</dt><dd>");
    html_int(page, item->case_id);
    HTML(page, "</dd>\n<dt>Yang diblokir / what is blocked</dt><dd>");
    html_foreign(page, buf_str(&target), SHOWN);
    switch (item->scope) {
    case BLOCKLIST_DOMAIN:
        HTML(page, " dan semua di bawahnya / and all below it");
        break;
    case BLOCKLIST_HOST:
        HTML(page, " saja / alone");
        break;
    case BLOCKLIST_URL:
        HTML(page, " (satu halaman / one page)");
        break;
    case BLOCKLIST_URL_PREFIX:
        HTML(page, " dan di bawahnya / and below it");
        break;
    }
    HTML(page, "</dd>\n<dt>Alasan / reason</dt><dd>");
    html_foreign(page, item->reason, SHOWN);
    HTML(page, "</dd>\n<dt>Sampai / until</dt><dd>");
    html_text(page, str_of(clock_format(item->end_ms, text)));
    HTML(page, "</dd>\n");
}

static void put_foot(struct html *page, const struct blocklist_opening *opening)
{
    HTML(page, "<dt>Keberatan / appeal</dt><dd>");
    html_outside(page, opening->appeal, SHOWN);
    HTML(
        page,
        "<br>Siapa pun boleh berkeberatan, tanpa akun; keberatan pertama menangguhkan pemblokiran. "
        "<span lang=\"en\">Anyone may appeal, without an account; the first appeal suspends the "
        "block.</span></dd>\n</dl>\n");
    if (opening->season.len == 0) {
        HTML(page, "<p><strong>PERAGAAN / DEMONSTRATION</strong></p>\n");
    }
    HTML(page, "</body></html>\n");
}

/* The common page has no case: a proxy puts the name into the address, for people to pass on. */
static void put_common(struct html *page)
{
    HTML(page,
         "<dt>Mengapa / why</dt><dd>Nomor kasus, alasan dan buktinya ada di register umum; carilah "
         "nama situsnya. <span lang=\"en\">The case, its reason and evidence are in the public "
         "register; search for the site's name.</span></dd>\n");
}

/* Without waiting for the disk, as there may be thousands: what a crash cuts is made anew. */
static bool write_file(const char *path, struct str bytes, struct err *err)
{
    unlink(path); /* which may be another list's file, too */
    FILE *out = fopen(path, "wbe");
    bool done = out != NULL && fwrite(bytes.at, 1, bytes.len, out) == bytes.len;
    if (out != NULL && fclose(out) != 0) {
        done = false;
    }
    if (!done) {
        err_set(err, "cannot be written: %s", strerror(errno));
        err_in_file(err, path);
    }
    return done;
}

/*
 * Takes the page of the lists before if it is the same, byte for byte: making thousands of files
 * where thousands were just removed costs a file system more than all that is written into them.
 */
static bool take_over(const char *before, const char *path, struct str bytes)
{
    struct buf old = BUF_EMPTY;
    struct err ignored = ERR_NONE;
    bool is_same = file_read(before, bytes.len, &old, &ignored) && str_equal(buf_str(&old), bytes);
    buf_fini(&old);
    return is_same && link(before, path) == 0;
}

static bool write_page(const struct export_list *list, const char *folder, const char *name,
                       const struct blocklist_item *item, struct err *err)
{
    struct html *page = html_new();
    struct buf path = BUF_EMPTY, before = BUF_EMPTY;
    const struct blocklist_opening *opening = &list->opening;
    put_head(page);
    if (item != NULL) {
        put_case(page, item);
    } else {
        put_common(page);
    }
    put_foot(page, opening);
    buf_printf(&path, "%s/%s.html", folder, name);
    if (list->before != NULL) {
        buf_printf(&before, "%s/" BLOCK_PAGES "/%s.html", list->before, name);
    }
    bool done = (before.len > 0 && take_over(before.bytes, path.bytes, html_str(page))) ||
                write_file(path.bytes, html_str(page), err);
    buf_fini(&path);
    buf_fini(&before);
    html_free(page);
    return done;
}

bool block_pages_write(const struct export_list *list, const char *out, struct err *err)
{
    struct buf folder = BUF_EMPTY;
    buf_printf(&folder, "%s/" BLOCK_PAGES, out);
    bool done = mkdir(folder.bytes, 0755) == 0 || errno == EEXIST;
    if (!done) {
        err_set(err, "cannot be made as a folder: %s", strerror(errno));
        err_in_file(err, folder.bytes);
    }
    done = done && write_page(list, folder.bytes, "index", NULL, err);
    for (size_t i = 0; done && i < list->count && i < BLOCK_PAGES_MOST; i++) {
        char name[24];
        snprintf(name, sizeof name, "%lld", (long long)list->items[i].case_id);
        done = write_page(list, folder.bytes, name, &list->items[i], err);
    }
    buf_fini(&folder);
    return done;
}
