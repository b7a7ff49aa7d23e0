/* saring export: the lists of now, for resolvers and proxies, made from the log and the clock. */
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "filter/base/err.h"
#include "filter/base/file.h"
#include "filter/blocklist/format.h"
#include "filter/blocklist/list.h"
#include "filter/blocklist/manifest.h"
#include "filter/blocklist/name.h"
#include "filter/blocklist/seal.h"
#include "filter/casebook/season.h"
#include "filter/cli/cli.h"
#include "filter/cli/commands.h"
#include "filter/cli/desk.h"
#include "filter/cli/terminal.h"
#include "filter/text/url.h"

#define NAME "export"

enum { FILES_MOST = 16 };

/* DESIGN, limit 7: a list is valid for at most 24 hours. */
static const int64_t longest_ms = (int64_t)24 * 3600 * 1000;

struct export
{
    struct cli_desk desk;
    const char *out, *explain, *appeal, *zone;

    struct casebook_season season;
    bool has_season;
    struct blocklist_list *list;
    const struct blocklist_item *items;
    size_t count;
    size_t left_out; /* entries in force that a guard kept out of every list */
    struct buf empty, zone_name;
    struct buf appeal_text, fingerprint;
    struct blocklist_seal seal;
    struct blocklist_opening opening;
    const char *format_name;
};

static void print_help(void)
{
    puts("saring export FORMAT [--out FILE|DIR] [--explain NAME]\n"
         "Membuat daftar dari entri yang berlaku / makes a list of the entries in force.\n"
         "\n"
         "  rpz     zona kebijakan DNS / response policy zone (BIND, Unbound, Knot, PowerDNS)\n"
         "  hosts   hosts(5); tanpa sub-nama / names alone, nothing below them\n"
         "  squid   dstdomain, dan url_regex / and url_regex for URL scopes (--out)\n"
         "  csv     tabel untuk dibaca orang / a table for people\n"
         "  all     semuanya ke --out DIR / all of them into --out DIR\n"
         "\n"
         "  --out FILE     daftar, FILE.sig, FILE.manifest.json(.sig); tanpanya ke stdout /\n"
         "                 the list with signatures beside it; without it to stdout\n"
         "  --out DIR      nama baku: saring.rpz … manifest.json / the usual file names\n"
         "  --explain NAME apakah NAME kena, dan mengapa / whether NAME is listed, and why\n"
         "  --zone NAME    zona RPZ / the policy zone (saring.rpz)\n"
         "  --appeal TEXT  ke mana orang berkeberatan / where people object\n"
         "  --state DIR  --rules DIR  -c saring.yml  --json\n"
         "\n"
         "HOST hanya nama itu; DOMAIN nama itu dan semua di bawahnya / HOST is that name alone,\n"
         "DOMAIN that name and all below it. Keluar 1: daftar dikosongkan atau ada yang ditahan /\n"
         "exits 1 if the list was emptied or an entry was held back.\n"
         "\n"
         "  saring export rpz --out /etc/bind/saring.rpz && rndc reload saring.rpz");
}

static void add_entry(void *context, const struct casebook_entry *one)
{
    struct export *export = context;
    struct err err = ERR_NONE;
    char text[800], hex[HASH_HEX];
    if (one->is_demo == export->has_season) {
        return;
    }
    if (!blocklist_list_add(export->list, one->entry, &err)) {
        struct hash id = blocklist_entry_id(one->entry);
        export->left_out++;
        fprintf(stderr, "saring export: kasus %lld, entri %.12s ditahan / held back: %s\n",
                (long long)one->case_id, hash_format(&id, hex),
                err_format(&err, text, sizeof text));
    }
}

static void empty_list(struct export *export, const char *id, const char *en, const struct err *err)
{
    buf_clear(&export->empty);
    buf_printf(&export->empty, "%s / %s", id, en);
    if (err != NULL) {
        buf_printf(&export->empty, ": %s", err->message);
    }
    fprintf(stderr, "saring export: dikosongkan / emptied: %s\n", export->empty.bytes);
}

/* What is in force; whatever is in doubt leaves the list empty, and says so in it. */
static void select_entries(struct export *export)
{
    struct err err = ERR_NONE;
    bool is_over = false;
    const char *state = export->desk.state.bytes;
    if (!casebook_season(export->desk.casebook, export->desk.arena, &export->season,
                         &export->has_season, &err) ||
        !casebook_season_is_over(export->desk.casebook, &is_over, &err)) {
        export->has_season = false;
        empty_list(export, "musim tidak terbaca", "the season can't be read", &err);
    } else if (is_over || (!export->has_season && blocklist_seal_exists(state))) {
        empty_list(export, "musim sudah berakhir", "the season is over", NULL);
    }
    export->list =
        blocklist_list_new(export->desk.guard, export->has_season ? &export->season.id : NULL,
                           clock_now_ms(&export->desk.clock));
    if (export->empty.len == 0 &&
        !casebook_entries(export->desk.casebook, add_entry, export, &err)) {
        empty_list(export, "log tidak dapat dipercaya", "the log can't be trusted", &err);
    }
    if (export->empty.len == 0) {
        export->items = blocklist_list_sort(export->list, &export->count);
    }
}

static void choose_appeal(struct export *export)
{
    struct buf *out = &export->appeal_text;
    if (export->appeal != NULL) {
        buf_put_string(out, export->appeal);
    } else if (export->has_season) {
        buf_printf(out, "%.*s, atau/or %.*s", STR_FORMAT(export->season.independent),
                   STR_FORMAT(export->season.team));
    } else {
        buf_put_string(out, "ini peragaan / this is a demonstration");
    }
}

static bool open_list(struct export *export, struct err *err)
{
    const char *state = export->desk.state.bytes;
    bool is_real = export->has_season || blocklist_seal_exists(state);
    int64_t now_ms = clock_now_ms(&export->desk.clock);
    if (!blocklist_seal_open(&export->seal, state,
                             is_real ? BLOCKLIST_SEAL_SEASON : BLOCKLIST_SEAL_DEMO, now_ms, err)) {
        return false;
    }
    char fingerprint[SSHSIG_FINGERPRINT];
    buf_put_string(&export->fingerprint, sshsig_key_fingerprint(&export->seal.key, fingerprint));
    int64_t until_ms = now_ms + longest_ms;
    if (export->has_season && export->season.end_ms < until_ms) {
        until_ms = export->season.end_ms;
    }
    choose_appeal(export);
    export->opening = (struct blocklist_opening){
        .serial = export->seal.serial,
        .made_ms = now_ms,
        .valid_until_ms =
            export->empty.len == 0 ? blocklist_list_valid_until(export->list, until_ms) : until_ms,
        .season = export->has_season ? export->season.name
                  : is_real          ? STR("-")
                                     : STR(""),
        .appeal = buf_str(&export->appeal_text),
        .empty = buf_str(&export->empty),
        .fingerprint = buf_str(&export->fingerprint),
        .zone = buf_str(&export->zone_name),
    };
    int64_t seq;
    struct err ignored = ERR_NONE;
    /* An unreadable log has no head; that the list is empty is said already. */
    if (!casebook_head(export->desk.casebook, &seq, &export->opening.head, &ignored)) {
        export->opening.head = (struct hash){.bytes = {0}};
    }
    return true;
}

/* The scopes that some file of the same name holds: a sibling's business is not reported. */
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
    const struct export *export = context;
    if (export->out != NULL && (format->scopes & (1U << item->scope)) == 0 &&
        (scopes_of(format->name) & (1U << item->scope)) != 0) {
        return;
    }
    struct buf line = BUF_EMPTY;
    cli_put_defanged(&line, item->target, 0);
    fprintf(stderr, "saring export: %s: kasus/case %lld, %s %s: %s\n", format->name,
            (long long)item->case_id, blocklist_scope_name(item->scope), line.bytes, why);
    buf_fini(&line);
}

static bool write_signed(const struct export *export, const char *path, struct str bytes,
                         struct err *err)
{
    struct buf signature = BUF_EMPTY, beside = BUF_EMPTY;
    blocklist_seal_sign(&export->seal, bytes, &signature);
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

/* Where a file goes: into the folder under its usual name, or to the path that was given. */
static void choose_path(const struct export *export, bool is_folder,
                        const struct blocklist_format *format, struct buf *path)
{
    if (is_folder) {
        buf_printf(path, "%s/%s", export->out, format->file);
    } else {
        buf_printf(path, "%s%s", export->out, format->suffix != NULL ? format->suffix : "");
    }
}

static bool is_chosen(const struct export *export, const struct blocklist_format *format)
{
    return strcmp(export->format_name, "all") == 0 ||
           strcmp(export->format_name, format->name) == 0;
}

static bool write_one(struct export *export, const struct blocklist_format *format,
                      const char *path, struct blocklist_file *file, struct err *err)
{
    struct buf bytes = BUF_EMPTY;
    blocklist_render(format, &export->opening, export->items, export->count, &bytes, &file->counts,
                     report, export);
    file->format = format;
    file->name = str_of(base_name(path));
    file->sha256 = hash_sha256(buf_str(&bytes));
    file->bytes = bytes.len;
    bool done = write_signed(export, path, buf_str(&bytes), err);
    buf_fini(&bytes);
    return done;
}

static bool write_manifest(const struct export *export, bool is_folder,
                           const struct blocklist_file *files, size_t count, struct err *err)
{
    struct buf path = BUF_EMPTY, manifest = BUF_EMPTY;
    buf_printf(&path, is_folder ? "%s/manifest.json" : "%s.manifest.json", export->out);
    bool done = blocklist_manifest(&export->opening, export->count, files, count, &manifest, err) &&
                write_signed(export, path.bytes, buf_str(&manifest), err);
    if (done && export->desk.is_json) {
        buf_put_char(&manifest, '\n');
        done = cli_print(&manifest, err);
    }
    buf_fini(&path);
    buf_fini(&manifest);
    return done;
}

static bool write_files(struct export *export, struct err *err)
{
    struct stat about;
    size_t format_count, count = 0, length = strlen(export->out);
    bool is_folder = (stat(export->out, &about) == 0 && S_ISDIR(about.st_mode)) ||
                     strcmp(export->format_name, "all") == 0 ||
                     (length > 0 && export->out[length - 1] == '/');
    const struct blocklist_format *formats = blocklist_formats(&format_count);
    struct blocklist_file files[FILES_MOST];
    struct buf paths[FILES_MOST] = {BUF_EMPTY};
    bool done = true;
    if (is_folder && mkdir(export->out, 0755) != 0 &&
        (stat(export->out, &about) != 0 || !S_ISDIR(about.st_mode))) {
        err_set(err, "cannot be made as a folder");
        return err_in_file(err, export->out);
    }
    for (size_t i = 0; done && i < format_count && count < FILES_MOST; i++) {
        if (is_chosen(export, &formats[i])) {
            choose_path(export, is_folder, &formats[i], &paths[count]);
            done = write_one(export, &formats[i], paths[count].bytes, &files[count], err);
            count++;
        }
    }
    done = done && write_manifest(export, is_folder, files, count, err);
    for (size_t i = 0; i < count; i++) {
        buf_fini(&paths[i]);
    }
    return done;
}

/* The first file of the format, with its signature as a comment beneath the bytes it signs. */
static bool print_list(struct export *export, struct err *err)
{
    size_t count;
    const struct blocklist_format *format = blocklist_formats(&count);
    while (!is_chosen(export, format)) {
        format++;
    }
    struct buf bytes = BUF_EMPTY, signature = BUF_EMPTY;
    struct blocklist_counts counts;
    blocklist_render(format, &export->opening, export->items, export->count, &bytes, &counts,
                     report, export);
    blocklist_seal_sign(&export->seal, buf_str(&bytes), &signature);
    blocklist_put_comment(format, &bytes, buf_str(&signature));
    bool done = cli_print(&bytes, err);
    buf_fini(&bytes);
    buf_fini(&signature);
    return done;
}

static bool touches(const struct blocklist_item *item, struct str host, struct str url)
{
    switch (item->scope) {
    case BLOCKLIST_HOST:
        return str_equal(item->host, host);
    case BLOCKLIST_DOMAIN:
        return blocklist_name_covers(item->host, host);
    case BLOCKLIST_URL:
        return str_equal(item->target, url);
    case BLOCKLIST_URL_PREFIX:
        return str_starts(url, item->target) &&
               (str_ends(item->target, STR("/")) || url.len == item->target.len ||
                strchr("/?", url.at[item->target.len]) != NULL);
    }
    return false;
}

static void put_explanation(const struct export *export, const struct blocklist_item *item,
                            struct buf *out)
{
    char start[CLOCK_TEXT], end[CLOCK_TEXT], hex[HASH_HEX];
    if (export->desk.is_json) {
        buf_printf(out, "{\"case\":%lld,\"end\":\"%s\",\"entry\":\"%s\",\"scope\":\"%s\"",
                   (long long)item->case_id, clock_format(item->end_ms, end),
                   hash_format(&item->id, hex), blocklist_scope_name(item->scope));
        buf_put_json_field(out, "target", item->target);
        buf_put_json_field(out, "reason", item->reason);
        buf_put_string(out, "}\n");
        return;
    }
    buf_printf(out, "%s ", blocklist_scope_name(item->scope));
    cli_put_defanged(out, item->target, 0);
    buf_printf(out, "\n  kasus/case %lld, %s – %s\n  ", (long long)item->case_id,
               clock_format(item->start_ms, start), clock_format(item->end_ms, end));
    cli_put_text(out, item->reason, 2);
    buf_put_char(out, '\n');
}

static int explain(struct export *export, struct err *err)
{
    struct buf canonical = BUF_EMPTY, out = BUF_EMPTY;
    struct url url;
    struct str text = str_of(export->explain);
    size_t found = 0;
    if (!url_canonical(text, &canonical, &url, err)) {
        buf_fini(&canonical);
        return cli_cannot(NAME, err);
    }
    for (size_t i = 0; i < export->count; i++) {
        if (touches(&export->items[i], url.host, url.whole)) {
            put_explanation(export, &export->items[i], &out);
            found++;
        }
    }
    struct err why = ERR_NONE;
    char place[800];
    if (found == 0 &&
        !blocklist_guard_check_typed(export->desk.guard, BLOCKLIST_HOST, text, &why)) {
        fprintf(stderr,
                "tidak terdaftar, dan tidak akan pernah / not listed, and never will be: %s\n",
                err_format(&why, place, sizeof place));
    } else if (found == 0) {
        fprintf(stderr, "tidak terdaftar / not listed\n");
    }
    bool done = cli_print(&out, err);
    buf_fini(&canonical);
    buf_fini(&out);
    return !done ? cli_cannot(NAME, err) : found > 0 ? CLI_FINE : CLI_NO;
}

static bool check_format(const char *name, const char *out, struct err *err)
{
    size_t count;
    const struct blocklist_format *formats = blocklist_formats(&count);
    if (strcmp(name, "all") == 0) {
        return out != NULL || err_set(err, "all menulis beberapa berkas / writes several files: "
                                           "--out DIR");
    }
    for (size_t i = 0; i < count; i++) {
        if (strcmp(name, formats[i].name) == 0) {
            return true;
        }
    }
    return err_set(err, "tidak ada format '%.40s' / no such format: rpz, hosts, squid, csv, all",
                   name);
}

static bool check_zone(struct export *export, struct err *err)
{
    struct str zone;
    const char *text = export->zone != NULL ? export->zone : BLOCKLIST_ZONE;
    struct err why = ERR_NONE;
    if (!url_host(str_of(text), &export->zone_name, &zone, &why) ||
        !blocklist_name_check(zone, &why) || zone.len > BLOCKLIST_ZONE_BYTES) {
        return err_set(err, "--zone '%.100s' %s", text,
                       why.message[0] != '\0' ? why.message : "is longer than 200 octets");
    }
    return true;
}

static int run(struct export *export, const struct cli_words *words, struct err *err)
{
    if (words->count == 0 && export->explain != NULL) {
        export->format_name = "csv";
    } else if (words->count != 1) {
        err_set(err, "satu format / one format: rpz, hosts, squid, csv, all; --help");
        return cli_cannot(NAME, err);
    } else {
        export->format_name = words->at[0];
    }
    if (!check_format(export->format_name, export->explain != NULL ? "" : export->out, err) ||
        !check_zone(export, err) || !cli_desk_open_read(&export->desk, err) ||
        !cli_desk_guard(&export->desk, err)) {
        return cli_cannot(NAME, err);
    }
    select_entries(export);
    if (export->explain != NULL) {
        return explain(export, err);
    }
    if (!open_list(export, err)) {
        return cli_cannot(NAME, err);
    }
    bool done = export->out != NULL ? write_files(export, err) : print_list(export, err);
    blocklist_seal_close(&export->seal);
    if (!done) {
        return cli_cannot(NAME, err);
    }
    return export->empty.len > 0 || export->left_out > 0 ? CLI_NO : CLI_FINE;
}

int cmd_export(int argc, char **argv)
{
    struct export export = {.desk = cli_desk_new()};
    const struct cli_option options[] = {
        CLI_DESK_OPTIONS(&export.desk),         {"out", CLI_TEXT, &export.out},
        {"explain", CLI_TEXT, &export.explain}, {"zone", CLI_TEXT, &export.zone},
        {"appeal", CLI_TEXT, &export.appeal},   {NULL, CLI_FLAG, NULL},
    };
    struct cli_words words;
    struct err err = ERR_NONE;
    if (cli_options_help(argc, argv)) {
        print_help();
        return CLI_FINE;
    }
    int status = cli_options_read(options, argc, argv, &words, &err) ? run(&export, &words, &err)
                                                                     : cli_cannot(NAME, &err);
    blocklist_list_free(export.list);
    buf_fini(&export.empty);
    buf_fini(&export.zone_name);
    buf_fini(&export.appeal_text);
    buf_fini(&export.fingerprint);
    cli_desk_close(&export.desk);
    return status;
}
