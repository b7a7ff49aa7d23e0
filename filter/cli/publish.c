/* saring publish: the lists of now, checked, and switched to in one rename; or back. */
#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "filter/base/err.h"
#include "filter/base/mem.h"
#include "filter/cli/alias_doubt.h"
#include "filter/cli/cli.h"
#include "filter/cli/commands.h"
#include "filter/cli/desk.h"
#include "filter/cli/export_files.h"
#include "filter/cli/export_list.h"
#include "filter/cli/publish_check.h"
#include "filter/cli/publish_live.h"
#include "filter/cli/stopwatch.h"
#include "filter/cli/terminal.h"
#include "filter/text/url.h"

#define NAME "publish"

struct publish_command {
    struct cli_desk desk;
    const char *out, *canary, *appeal, *confirm, *knot;
    bool is_dry_run;
    struct export_list list;
    struct publish_live live;
    struct publish_growth growth;
    struct stopwatch watch;
};

static void print_help(void)
{
    puts("saring publish --out LINK [--dry-run] [--confirm TOKEN]\n"
         "Membuat semua daftar, memeriksanya, lalu menggantinya sekaligus / makes all\n"
         "lists, checks them, and switches to them at once.\n"
         "\n"
         "LINK menunjuk ke LINK.SERIAL; server web menyajikan LINK / LINK points to\n"
         "LINK.SERIAL; the web server serves LINK. Yang memeriksa, bila terpasang /\n"
         "what checks, where installed: named-checkzone, kzonecheck, unbound-checkconf,\n"
         "dnsmasq, squid, nginx, haproxy.\n"
         "\n"
         "  --dry-run      hanya menunjukkan apa yang berubah, mengapa / only shows what\n"
         "                 would change, name by name, and why\n"
         "  --confirm TOKEN   lebih dari 25 entri baru dan sepersepuluh ditahan dulu /\n"
         "                 over 25 new ones and a tenth are held back until this\n"
         "  --canary CMD   dijalankan setelahnya; bila gagal, yang baru ditarik kembali /\n"
         "                 is run afterwards; if it fails, what is new is taken back\n"
         "  --knot SOCKET  primer tersembunyi / the hidden primary: /run/knot/knot.sock\n"
         "  --appeal TEXT  ke mana orang berkeberatan / where people object\n"
         "  --state DIR  --rules DIR  -c saring.yml  --json\n"
         "\n"
         "Keluar / exits: 0 terbit / published; 1 daftar kosong, atau ada yang ditahan\n"
         "atau ditarik kembali / an empty list, or entries held or taken back;\n"
         "2 tidak bisa / could not. Pencabutan tidak pernah ditahan / removals never wait.\n"
         "\n"
         "  saring publish --out /srv/saring/lists --canary ./tanya-resolver.sh");
}

static bool run_shell(const char *command, const char *what, struct err *err)
{
    fflush(NULL);
    int status = system(command); // NOLINT(cert-env33-c): the operator's own command, or ours
    return (status != -1 && WIFEXITED(status) && WEXITSTATUS(status) == 0) ||
           err_set(err, "%s: gagal / failed: %.200s", what, command);
}

/* Tells the hidden primary that its zone file is another one. */
static bool feed_primary(const struct publish_command *command, struct err *err)
{
    struct buf line = BUF_EMPTY;
    if (command->knot == NULL) {
        return true;
    }
    buf_printf(&line,
               "PATH=$PATH:/usr/sbin; knotc -b -s '%s' zone-reload " BLOCKLIST_ZONE " >/dev/null",
               command->knot);
    bool done = run_shell(line.bytes, "--knot", err);
    buf_fini(&line);
    return done;
}

/* Points the link elsewhere in one rename: who reads it sees the old lists or the new ones. */
static bool switch_to(const char *link, const char *target, struct err *err)
{
    struct buf next = BUF_EMPTY;
    buf_printf(&next, "%s.next", link);
    unlink(next.bytes);
    bool done = (symlink(target, next.bytes) == 0 && rename(next.bytes, link) == 0) ||
                err_set(err, "cannot be switched: %s", strerror(errno));
    buf_fini(&next);
    return done || err_in_file(err, link);
}

static void remove_files(const char *folder)
{
    DIR *open = opendir(folder);
    for (const struct dirent *one; open != NULL && (one = readdir(open)) != NULL;) {
        struct buf path = BUF_EMPTY;
        buf_printf(&path, "%s/%s", folder, one->d_name);
        if (one->d_name[0] != '.' && unlink(path.bytes) != 0 && errno == EISDIR) {
            remove_files(path.bytes);
        }
        buf_fini(&path);
    }
    if (open != NULL) {
        closedir(open);
    }
    rmdir(folder);
}

/* What the link points to, beside it; "" if there is none yet. False if it is no link. */
static bool read_link(const char *link, struct buf *before, struct err *err)
{
    char target[4096];
    ssize_t len = readlink(link, target, sizeof target);
    if (len > 0 && (size_t)len < sizeof target) {
        buf_put(before, target, (size_t)len);
        return true;
    }
    if (len < 0 && errno == ENOENT) {
        return true;
    }
    err_set(err, "is there and is no link that saring publish made; name another --out");
    return err_in_file(err, link);
}

/* Platforms come up every month: an old list takes some for sites of one owner. */
static void warn_of_suffixes(const struct publish_command *command)
{
    static const int64_t oldest_ms = (int64_t)400 * 24 * 3600 * 1000;
    char text[CLOCK_TEXT];
    int64_t made_ms = url_suffixes_made_ms();
    if (clock_now_ms(&command->desk.clock) - made_ms > oldest_ms) {
        fprintf(
            stderr,
            "saring publish: daftar suffix publik dari %.10s, perbarui paket publicsuffix / the "
            "public suffix list is of that day: update the package publicsuffix\n",
            clock_format(made_ms, text));
    }
}

static void doubt(void *context, const struct blocklist_item *item, enum alias_doubt doubt,
                  const char *why)
{
    struct publish_command *command = context;
    (void)doubt; /* either way it waits */
    export_list_doubt(&command->list, &item->id, why);
}

/* Where what is new leads: of what is live nobody is asked. */
static void ask_aliases(struct publish_command *command)
{
    struct export_list *list = &command->list;
    const struct blocklist_item **fresh = mem_alloc(list->count * sizeof *fresh);
    size_t count = 0;
    for (size_t i = 0; i < list->count; i++) {
        if (publish_live_find(&command->live, &list->items[i].id) == NULL) {
            fresh[count++] = &list->items[i];
        }
    }
    if (count > 0 && command->desk.resolver != NULL) {
        alias_doubt_ask(command->desk.guard, command->desk.resolver, fresh, count, doubt, command);
        if (list->doubt_count > 0) {
            export_list_hold(list, list->held, list->held_count);
        }
    } else if (count > 0 && list->has_season) {
        fputs("saring publish: tanpa lists.resolver di saring.yml CNAME tidak ditanya / without "
              "lists.resolver in saring.yml nobody asks for CNAMEs\n",
              stderr);
    }
    free(fresh);
}

static int answer(const struct publish_command *command)
{
    return command->list.empty.len > 0 || command->list.left_out > 0 ? CLI_NO : CLI_FINE;
}

enum stage { STAGE_READY, STAGE_REFUSED, STAGE_FAILED };

/* Writes the list beside the link, into `staged`, and has it checked. What failed leaves nothing.
 */
static enum stage stage(struct publish_command *command, struct buf *staged, struct err *err)
{
    struct err why = ERR_NONE;
    buf_clear(staged);
    if (!export_list_seal(&command->list, command->appeal, err)) {
        return STAGE_FAILED;
    }
    buf_printf(staged, "%s.%lu", command->out, (unsigned long)command->list.opening.serial);
    if (!export_files_write(&command->list, "all", staged->bytes, err)) {
        remove_files(staged->bytes);
        return STAGE_FAILED;
    }
    stopwatch_lap(&command->watch, "menulis/writing");
    bool is_fine = publish_check(staged->bytes, err);
    stopwatch_lap(&command->watch, "memeriksa/checking");
    /* Behind the checkers, as the disk is at it meanwhile; before the switch, as who reads a file
     * and no manifest must never find one that a crash cut. */
    if (!export_files_sync(&command->list, &why)) {
        *err = why;
        remove_files(staged->bytes);
        return STAGE_FAILED;
    }
    stopwatch_lap(&command->watch, "ke disk/to the disk");
    return is_fine ? STAGE_READY : STAGE_REFUSED;
}

/*
 * A checker refuses: what is new waits. If it refuses what is left of the live list as well, it is
 * the checker that is in doubt, and removals wait for nobody: what goes, goes unchecked.
 */
static enum stage stage_less(struct publish_command *command, struct buf *staged, struct err *err)
{
    size_t gone = publish_live_gone(&command->live, command->list.items, command->list.count);
    size_t held = publish_growth_hold_new(&command->growth, &command->list, &command->live);
    if (held == 0 && gone == 0) {
        remove_files(staged->bytes);
        return STAGE_FAILED;
    }
    fprintf(stderr, "saring publish: %s\n", err->message);
    if (held > 0) {
        fprintf(stderr, "saring publish: %zu entri baru ditahan / new entries held back\n", held);
        struct err first = *err;
        *err = ERR_NONE;
        remove_files(staged->bytes);
        enum stage again = stage(command, staged, err);
        if (again != STAGE_REFUSED || gone == 0) {
            if (again == STAGE_REFUSED) {
                remove_files(staged->bytes);
                *err = first;
            }
            return again == STAGE_READY ? STAGE_READY : STAGE_FAILED;
        }
    }
    fprintf(stderr,
            "saring publish: %zu pencabutan terbit tanpa diperiksa / removals are published "
            "unchecked\n",
            gone);
    return STAGE_REFUSED;
}

/* Where the link leads to, beside it. */
static const char *beside(const struct buf *staged)
{
    const char *slash = strrchr(staged->bytes, '/');
    return slash != NULL ? slash + 1 : staged->bytes;
}

/*
 * The canary died: what is new in the list is taken back, and nothing that went comes again. It is
 * a list of its own with a serial of its own, for consumers that have the other one already.
 */
static int take_back(struct publish_command *command, struct buf *staged, struct err *err)
{
    struct buf bad = BUF_EMPTY;
    struct err why = ERR_NONE;
    char text[800];
    fprintf(stderr, "saring publish: %s\n", err->message);
    size_t held = publish_growth_hold_new(&command->growth, &command->list, &command->live);
    if (held == 0) {
        fputs("saring publish: tidak ada yang baru di dalamnya, daftar tetap / there is nothing "
              "new in it, the list stays\n",
              stderr);
        return CLI_NO;
    }
    buf_put_str(&bad, buf_str(staged));
    bool done = stage(command, staged, &why) != STAGE_FAILED &&
                switch_to(command->out, beside(staged), &why) && feed_primary(command, &why);
    if (done) {
        remove_files(bad.bytes);
        fprintf(stderr,
                "saring publish: %zu entri baru ditarik kembali / new entries are taken back\n",
                held);
    } else {
        fprintf(stderr,
                "saring publish: yang baru tidak dapat ditarik kembali / what is new can't be "
                "taken back: %s\n",
                err_format(&why, text, sizeof text));
    }
    buf_fini(&bad);
    return done ? CLI_NO : CLI_CANNOT;
}

static int switch_over(struct publish_command *command, struct buf *staged,
                       const struct buf *before, const char *folder, struct err *err)
{
    if (!switch_to(command->out, beside(staged), err)) {
        return cli_cannot(NAME, err);
    }
    bool is_fed = feed_primary(command, err);
    int status = CLI_FINE;
    if (is_fed && command->canary != NULL && !run_shell(command->canary, "--canary", err)) {
        status = take_back(command, staged, err);
    }
    stopwatch_lap(&command->watch, "beralih/switching");
    if (before->len > 0) {
        struct buf old = BUF_EMPTY;
        buf_printf(&old, "%s%s", folder, before->bytes);
        remove_files(old.bytes);
        buf_fini(&old);
    }
    struct err why = ERR_NONE;
    char text[800];
    if (!alias_doubt_refresh(&command->desk, &why)) { /* what is live is live all the same */
        fprintf(stderr, "saring publish: %s\n", err_format(&why, text, sizeof text));
    }
    if (status != CLI_FINE) {
        return status;
    }
    return is_fed ? answer(command) : cli_no(NAME, err);
}

/* Removals first: what is live and can't be read counts for nothing, so that all else is new. */
static bool select_entries(struct publish_command *command, struct err *err)
{
    struct err why = ERR_NONE;
    if (!export_list_select(&command->list, err)) {
        return false;
    }
    warn_of_suffixes(command);
    if (!publish_live_read(&command->live, command->out, &why)) {
        char text[800];
        fprintf(stderr,
                "saring publish: yang hidup tidak terbaca / what is live can't be read: %s\n",
                err_format(&why, text, sizeof text));
    }
    publish_growth_hold(&command->growth, &command->list, &command->live, command->confirm);
    ask_aliases(command);
    stopwatch_lap(&command->watch, "memilih/selecting");
    return true;
}

static int publish(struct publish_command *command, struct err *err)
{
    struct buf staged = BUF_EMPTY, before = BUF_EMPTY, folder = BUF_EMPTY;
    const char *slash = strrchr(command->out, '/');
    buf_put(&folder, command->out, slash != NULL ? (size_t)(slash - command->out) + 1 : 0);
    buf_put(&folder, "", 0);
    int status = CLI_CANNOT;
    command->list.before = command->out;
    if (!read_link(command->out, &before, err) || !select_entries(command, err)) {
        status = cli_cannot(NAME, err);
    } else if (command->is_dry_run) {
        status = !publish_differences_print(&command->list, &command->live, &command->growth, err)
                     ? cli_cannot(NAME, err)
                     : answer(command);
    } else {
        enum stage staging = stage(command, &staged, err);
        if (staging == STAGE_REFUSED) {
            staging = stage_less(command, &staged, err);
        }
        if (staging == STAGE_FAILED) {
            status = cli_cannot(NAME, err);
        } else {
            status =
                switch_over(command, &staged, &before, folder.len > 0 ? folder.bytes : "", err);
            status = staging == STAGE_REFUSED && status == CLI_FINE ? CLI_NO : status;
        }
    }
    buf_fini(&staged);
    buf_fini(&before);
    buf_fini(&folder);
    return status;
}

static int run(void *context, const struct cli_words *words, struct err *err)
{
    struct publish_command *command = context;
    size_t len = command->out != NULL ? strlen(command->out) : 0;
    if (words->count > 0 || len == 0 || command->out[len - 1] == '/' ||
        strpbrk(command->out, "'\"\\$`") != NULL ||
        (command->knot != NULL && strchr(command->knot, '\'') != NULL)) {
        err_set(err, "--out LINK, tanpa '/' di akhir dan tanpa kutip / without a '/' at its end "
                     "and without quotes; --help");
        return cli_cannot(NAME, err);
    }
    buf_put_string(&command->list.zone, BLOCKLIST_ZONE);
    stopwatch_start(&command->watch);
    int status = publish(command, err);
    stopwatch_tell(&command->watch, status != CLI_CANNOT ? "saring publish" : NULL);
    return status;
}

int cmd_publish(int argc, char **argv)
{
    struct publish_command command = {.desk = cli_desk_new()};
    const struct cli_option options[] = {
        CLI_DESK_OPTIONS(&command.desk),
        {"out", CLI_TEXT, &command.out},
        {"canary", CLI_TEXT, &command.canary},
        {"knot", CLI_TEXT, &command.knot},
        {"appeal", CLI_TEXT, &command.appeal},
        {"confirm", CLI_TEXT, &command.confirm},
        {"dry-run", CLI_FLAG, &command.is_dry_run},
        {NULL, CLI_FLAG, NULL},
    };
    command.list = (struct export_list){
        .desk = &command.desk, .falls_back = true, .packs = true, .seal = {.lock = -1}};
    const struct cli_task task = {
        .name = NAME,
        .print_help = print_help,
        .options = options,
        .run = run,
        .context = &command,
    };
    int status = cli_task_run(&task, argc, argv);
    publish_growth_fini(&command.growth);
    publish_live_fini(&command.live);
    export_list_fini(&command.list);
    cli_desk_close(&command.desk);
    return status;
}
