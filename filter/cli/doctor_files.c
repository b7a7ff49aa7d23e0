/* The team's files, and what is made of the casebook. */
#include <dirent.h>
#include <errno.h>
#include <pwd.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <jansson.h>

#include "feeds/state.h"
#include "feeds/status.h"
#include "filter/base/file.h"
#include "filter/base/hash.h"
#include "filter/base/mem.h"
#include "filter/blocklist/guard.h"
#include "filter/casebook/released.h"
#include "filter/cli/doctor.h"
#include "filter/rule/checkers.h"
#include "filter/rule/set.h"

enum { MANIFEST_MOST = 4 << 20, LEFT_WARN_HOURS = 6, NAMES_MOST = 300 };

static const int64_t hour_ms = 3600000;

/* How many of the set's rules a second person released; the rest are shadows. */
static void look_at_releases(struct doctor *doctor, const struct rule_set *set)
{
    const struct rule_program *program = rule_set_program(set);
    struct buf released = BUF_EMPTY;
    struct err err = ERR_NONE;
    size_t shadows = 0, heads = rule_program_heads(program);
    if (doctor->casebook == NULL || !casebook_rules_released(doctor->casebook, &released, &err)) {
        buf_fini(&released);
        return;
    }
    for (size_t i = 0; i < heads; i++) {
        bool is_released = false;
        for (size_t at = 0; !is_released && at + HASH_BYTES <= released.len; at += HASH_BYTES) {
            is_released = memcmp(released.bytes + at, rule_program_head(program, i)->release.bytes,
                                 HASH_BYTES) == 0;
        }
        shadows += !is_released;
    }
    buf_fini(&released);
    if (shadows == heads && heads > 0) {
        doctor_say(
            doctor, DOCTOR_WARN, "rules",
            "saring rules submit, lalu orang lain / then somebody else: saring rules release",
            "tidak satu pun dari %zu aturan dirilis: tidak ada kasus yang dibuka / none of them "
            "is released: no case is opened",
            heads);
    } else if (shadows > 0) {
        doctor_say(doctor, DOCTOR_NOTE, "rules", "saring rules release",
                   "%zu dari/of %zu masih bayangan / are shadows", shadows, heads);
    }
}

/* The lists beside the rules. */
static void look_at_lists(struct doctor *doctor)
{
    struct err err = ERR_NONE;
    struct blocklist_guard *guard = blocklist_guard_load(doctor->folders, &err);
    if (guard == NULL) {
        doctor_say_err(doctor, DOCTOR_WRONG, "protected",
                       "tanpa itu tidak ada yang boleh didaftar / without it nothing may be listed",
                       &err);
    }
    blocklist_guard_free(guard);
    err = ERR_NONE;
    struct rule_checkers *checkers = rule_checkers_load(doctor->folders, &err);
    if (checkers == NULL) {
        doctor_say_err(doctor, DOCTOR_WRONG, "checkers", "allow/fact-checkers.txt", &err);
    }
    rule_checkers_free(checkers);
}

void doctor_rules(struct doctor *doctor)
{
    const struct rule_set_options options = {.folders = doctor->folders, .clock = doctor->clock};
    struct err err = ERR_NONE;
    look_at_lists(doctor);
    struct rule_set *set = rule_set_load(&options, &err);
    if (set == NULL) {
        doctor_say_err(doctor, DOCTOR_WRONG, "rules",
                       "saring rules check menyebut semuanya / names all of them; sampai itu yang "
                       "lama tetap dipakai / until then those from before stay in use",
                       &err);
        return;
    }
    struct rule_set_counts counts;
    rule_set_counts(set, &counts);
    doctor_say(doctor, counts.rules > counts.inactive ? DOCTOR_FINE : DOCTOR_WARN, "rules",
               counts.rules > counts.inactive ? NULL : "saring rules new",
               "%zu aturan/rules, %zu tidak aktif/inactive", counts.rules, counts.inactive);
    look_at_releases(doctor, set);
    rule_set_unref(set);
}

static void add_name(struct buf *names, struct str name)
{
    if (names->len < NAMES_MOST) {
        buf_put_string(names, names->len > 0 ? ", " : "");
        buf_put_str(names, name);
    }
}

static void look_at_sources(struct doctor *doctor, const struct feeds_source *all, size_t count)
{
    struct feeds_state *states = mem_zero(count + 1, sizeof *states);
    struct buf path = BUF_EMPTY, failing = BUF_EMPTY, gone = BUF_EMPTY;
    size_t enabled = 0, fresh = 0;
    buf_printf(&path, "%s/ingest/feeds.state", doctor->state.bytes);
    feeds_state_load(path.bytes, all, count, states);
    for (size_t i = 0; i < count; i++) {
        enum feeds_status status =
            feeds_status_of(&all[i], &states[i], clock_now_ms(&doctor->clock));
        enabled += all[i].is_enabled;
        fresh += status == FEEDS_STATUS_NEW;
        if (status == FEEDS_STATUS_FAILING) {
            add_name(&failing, all[i].id);
        } else if (status == FEEDS_STATUS_GONE) {
            add_name(&gone, all[i].id);
        }
        feeds_state_fini(&states[i]);
    }
    if (failing.len > 0) {
        doctor_say(doctor, DOCTOR_WARN, "sources",
                   "saring sources list menyebut sebabnya / says why", "gagal dibaca / fail: %s",
                   failing.bytes);
    }
    if (gone.len > 0) {
        doctor_say(doctor, DOCTOR_WARN, "sources",
                   "matikan, atau cari alamat barunya / turn off, or find the new address",
                   "sudah tidak ada (410) / are gone: %s", gone.bytes);
    }
    doctor_say(doctor, enabled > 0 ? DOCTOR_FINE : DOCTOR_NOTE, "sources",
               enabled > 0 ? NULL : "saring sources enable ID",
               "%zu dari/of %zu menyala/enabled, %zu belum pernah dibaca/never read", enabled,
               count, fresh);
    free(states);
    buf_fini(&path);
    buf_fini(&failing);
    buf_fini(&gone);
}

void doctor_sources(struct doctor *doctor)
{
    struct err err = ERR_NONE;
    size_t count = 0;
    struct feeds_sources *sources = feeds_sources_load(doctor->config.sources, &err);
    if (sources == NULL) {
        doctor_say_err(doctor, DOCTOR_WRONG, "sources",
                       "perbaiki barisnya / mend that line: saring sources check", &err);
        return;
    }
    const struct feeds_source *all = feeds_sources_all(sources, &count);
    look_at_sources(doctor, all, count);
    feeds_sources_free(sources);
}

static void look_at_manifest(struct doctor *doctor, const json_t *manifest, const char *path)
{
    static const char *const todo =
        "saring publish, dan jadwalkan tiap jam / and have it run every hour";
    const char *until = json_string_value(json_object_get(manifest, "valid_until"));
    const char *empty = json_string_value(json_object_get(manifest, "empty"));
    int64_t until_ms, now_ms = clock_now_ms(&doctor->clock);
    if (until == NULL || !clock_parse(str_of(until), &until_ms)) {
        doctor_say(doctor, DOCTOR_WRONG, "lists", todo, "%s: tanpa / has no valid_until", path);
        return;
    }
    double hours = (double)(until_ms - now_ms) / (double)hour_ms;
    if (until_ms <= now_ms) {
        doctor_say(doctor, DOCTOR_WRONG, "lists", todo,
                   "kedaluwarsa / ended %s: konsumen sudah mengosongkannya / consumers emptied it",
                   until);
    } else {
        doctor_say(doctor, hours < LEFT_WARN_HOURS ? DOCTOR_WARN : DOCTOR_FINE, "lists",
                   hours < LEFT_WARN_HOURS ? todo : NULL,
                   "berlaku %.1f jam lagi / valid for %.1f more hours", hours, hours);
    }
    if (empty != NULL && empty[0] != '\0') {
        doctor_say(doctor, DOCTOR_WARN, "lists", "saring export rpz menyebut sebabnya / says why",
                   "sengaja kosong / empty on purpose: %s", empty);
    }
}

void doctor_lists(struct doctor *doctor)
{
    struct buf path = BUF_EMPTY, text = BUF_EMPTY;
    struct err err = ERR_NONE;
    if (doctor->lists == NULL) {
        doctor_say(doctor, DOCTOR_NOTE, "lists", "--lists FOLDER",
                   "tidak diperiksa / not looked at");
        return;
    }
    buf_printf(&path, "%s/manifest.json", doctor->lists);
    if (!file_read(path.bytes, MANIFEST_MOST, &text, &err)) {
        doctor_say_err(doctor, DOCTOR_WRONG, "lists", "saring publish --out FOLDER", &err);
    } else {
        json_t *manifest = json_loadb(text.bytes, text.len, 0, NULL);
        look_at_manifest(doctor, manifest, path.bytes);
        json_decref(manifest);
    }
    buf_fini(&path);
    buf_fini(&text);
}

/* When the newest casebook in the folder, or in one below it, was written; 0: there is none. */
static int64_t newest_backup(const char *folder)
{
    struct buf path = BUF_EMPTY;
    struct stat about;
    int64_t newest_s = 0;
    buf_printf(&path, "%s/casebook.db", folder);
    if (stat(path.bytes, &about) == 0) {
        newest_s = about.st_mtim.tv_sec;
    }
    DIR *below = opendir(folder);
    const struct dirent *entry;
    while (below != NULL && (entry = readdir(below)) != NULL) {
        buf_clear(&path);
        buf_printf(&path, "%s/%s/casebook.db", folder, entry->d_name);
        if (strcmp(entry->d_name, "..") != 0 && stat(path.bytes, &about) == 0 &&
            about.st_mtim.tv_sec > newest_s) {
            newest_s = about.st_mtim.tv_sec;
        }
    }
    if (below != NULL) {
        closedir(below);
    }
    buf_fini(&path);
    return newest_s;
}

void doctor_backup(struct doctor *doctor)
{
    static const char *const todo =
        "saring backup FOLDER tiap hari, ke mesin lain / every day, to another machine";
    if (doctor->backup == NULL) {
        doctor_say(doctor, DOCTOR_NOTE, "backup", "--backup FOLDER",
                   "tidak diperiksa / not looked at");
        return;
    }
    int64_t newest_s = newest_backup(doctor->backup);
    int64_t hours = (clock_now_ms(&doctor->clock) / 1000 - newest_s) / 3600;
    if (newest_s == 0) {
        doctor_say(doctor, DOCTOR_WRONG, "backup", todo, "tidak ada di / there is none in %s",
                   doctor->backup);
    } else {
        doctor_say(doctor,
                   hours > 168  ? DOCTOR_WRONG
                   : hours > 48 ? DOCTOR_WARN
                                : DOCTOR_FINE,
                   "backup", hours > 48 ? todo : NULL, "%lld jam / hours old", (long long)hours);
    }
}

/* Whether the user that saring runs as may write there, by mode and owner. */
static bool may_write(const struct stat *about, const struct passwd *user)
{
    unsigned bit = about->st_uid == user->pw_uid   ? S_IWUSR
                   : about->st_gid == user->pw_gid ? S_IWGRP
                                                   : S_IWOTH;
    return (about->st_mode & bit) != 0;
}

void doctor_public(struct doctor *doctor)
{
    const struct passwd *user =
        geteuid() == 0 ? getpwnam(doctor->config.user) : getpwuid(geteuid());
    struct buf path = BUF_EMPTY;
    struct stat about;
    if (doctor->config.public_folder != NULL) {
        buf_put_string(&path, doctor->config.public_folder);
    } else {
        buf_printf(&path, "%s/public", doctor->state.bytes);
    }
    if (stat(path.bytes, &about) != 0) {
        doctor_say(doctor, doctor->config.public_folder != NULL ? DOCTOR_WRONG : DOCTOR_NOTE,
                   "public", "saring run membuatnya jika boleh / makes it if it may", "%s: %s",
                   path.bytes, strerror(errno));
    } else if (!S_ISDIR(about.st_mode) || (user != NULL && !may_write(&about, user))) {
        doctor_say(doctor, DOCTOR_WRONG, "public", "chown, atau/or public.folder",
                   "%s tidak bisa ditulis / can't be written by '%s'", path.bytes,
                   user != NULL ? user->pw_name : doctor->config.user);
    } else {
        doctor_say(doctor, DOCTOR_FINE, "public", NULL, "%s", path.bytes);
    }
    buf_fini(&path);
}
