/* The state folder, the casebook, and what is in it. */
#include <errno.h>
#include <pwd.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "filter/blocklist/seal.h"
#include "filter/casebook/audit.h"
#include "filter/casebook/casebook.h"
#include "filter/casebook/health.h"
#include "filter/casebook/season.h"
#include "filter/cli/doctor.h"

enum { SEASON_WARN_DAYS = 14 };

static const int64_t day_ms = 86400000;

static void look_at_owner(struct doctor *doctor, const struct stat *about)
{
    const struct passwd *user = getpwnam(doctor->config.user);
    if (user == NULL) {
        doctor_say(doctor, DOCTOR_WRONG, "state",
                   "buat pengguna itu, atau ubah `user` / make that user, or change `user`",
                   "pengguna '%s' tidak ada / there is no such user", doctor->config.user);
    } else if (geteuid() == 0 && about->st_uid != user->pw_uid) {
        doctor_say(
            doctor, DOCTOR_WARN, "state",
            "jalankan saring run sebagai root sekali, atau chown -R / run saring run as root "
            "once, or chown -R",
            "%s bukan milik / is not owned by '%s'", doctor->state.bytes, doctor->config.user);
    }
}

/* Secrets are for their owner alone. */
static void look_at_file(struct doctor *doctor, const char *name, const struct stat *folder)
{
    struct buf path = BUF_EMPTY;
    struct stat about;
    buf_printf(&path, "%s/%s", doctor->state.bytes, name);
    if (stat(path.bytes, &about) != 0) {
        buf_fini(&path);
        return;
    }
    if ((about.st_mode & 077) != 0) {
        doctor_say(doctor, DOCTOR_WRONG, "state",
                   "chmod 600, lalu pikirkan siapa yang sudah "
                   "membacanya / then think of who read it",
                   "%s terbaca orang lain / is open to others (%04o)", path.bytes,
                   (unsigned)about.st_mode & 07777U);
    }
    if (about.st_uid != folder->st_uid) {
        doctor_say(
            doctor, DOCTOR_WRONG, "state", "chown ke pemilik foldernya / to its folder's owner",
            "%s milik orang lain dari foldernya / has another owner than its folder", path.bytes);
    }
    buf_fini(&path);
}

void doctor_state(struct doctor *doctor)
{
    static const char *const files[] = {"casebook.db", "casebook.db.key", "list.key"};
    struct stat about;
    if (stat(doctor->state.bytes, &about) != 0) {
        doctor_say(
            doctor, DOCTOR_WRONG, "state",
            "saring run membuatnya; --state menyebut tempatnya / saring run makes it; --state "
            "says where it is",
            "%s: %s", doctor->state.bytes, strerror(errno));
        return;
    }
    size_t before = doctor->counts[DOCTOR_WRONG];
    if (!S_ISDIR(about.st_mode) || (about.st_mode & 077) != 0) {
        doctor_say(doctor, DOCTOR_WRONG, "state", "chmod 700",
                   "%s terbuka bagi orang lain / is open to others (%04o)", doctor->state.bytes,
                   (unsigned)about.st_mode & 07777U);
    }
    look_at_owner(doctor, &about);
    for (size_t i = 0; i < sizeof files / sizeof *files; i++) {
        look_at_file(doctor, files[i], &about);
    }
    if (doctor->counts[DOCTOR_WRONG] == before) {
        doctor_say(doctor, DOCTOR_FINE, "state", NULL, "%s", doctor->state.bytes);
    }
}

static const char *const restore_todo =
    "hentikan saring run, simpan salinannya, lalu saring backup restore / stop saring run, keep a "
    "copy of the file, then saring backup restore";

static void look_at_file_itself(struct doctor *doctor)
{
    struct buf wrong = BUF_EMPTY;
    struct err err = ERR_NONE;
    if (!casebook_health_file(doctor->casebook, &wrong, &err)) {
        doctor_say_err(doctor, DOCTOR_WRONG, "database", restore_todo, &err);
    } else if (wrong.len > 0) {
        doctor_say(doctor, DOCTOR_WRONG, "database", restore_todo, "rusak / is damaged: %s",
                   wrong.bytes);
    } else {
        doctor_say(doctor, DOCTOR_FINE, "database", NULL, "utuh / whole");
    }
    buf_fini(&wrong);
}

static void look_at_chains(struct doctor *doctor)
{
    struct casebook_report report;
    struct casebook_head published;
    struct buf wrong = BUF_EMPTY;
    struct err err = ERR_NONE;
    int64_t rows = 0;
    bool has_head = casebook_head_published(doctor->casebook, &published, &err);
    enum casebook_audit audit =
        has_head ? casebook_audit_verify(doctor->casebook, published.seq > 0 ? &published : NULL,
                                         &report, &err)
                 : AUDIT_FAILED;
    if (audit == AUDIT_INTACT) {
        doctor_say(doctor, DOCTOR_FINE, "audit", NULL, "%lld baris/rows", (long long)report.rows);
    } else {
        doctor_say_err(doctor, DOCTOR_WRONG, "audit",
                       "daftar kosong sampai ini jelas: bandingkan dengan saksi (audit.head yang "
                       "disimpan) / lists are empty until this is clear: compare with a witness",
                       &err);
    }
    err = ERR_NONE;
    if (!casebook_health_register(doctor->casebook, &rows, &wrong, &err)) {
        doctor_say_err(doctor, DOCTOR_WRONG, "register", restore_todo, &err);
    } else if (wrong.len > 0) {
        doctor_say(doctor, DOCTOR_WRONG, "register", restore_todo,
                   "rantainya putus / its chain is broken: %s", wrong.bytes);
    } else {
        doctor_say(doctor, DOCTOR_FINE, "register", NULL, "%lld baris/rows", (long long)rows);
    }
    buf_fini(&wrong);
}

static void look_at_log_clock(struct doctor *doctor)
{
    struct err err = ERR_NONE;
    bool went_back = false;
    if (!casebook_clock_went_back(doctor->casebook, &went_back, &err)) {
        doctor_say_err(doctor, DOCTOR_WRONG, "clock", NULL, &err);
    } else if (went_back) {
        doctor_say(
            doctor, DOCTOR_WRONG, "clock",
            "perbaiki jamnya (timedatectl set-ntp true) / set the clock right",
            "jam di belakang log: tidak ada yang berlaku / it is behind the log: nothing is in "
            "force");
    }
}

static void look_at_keys(struct doctor *doctor)
{
    struct casebook_health_keys keys;
    struct err err = ERR_NONE;
    if (!casebook_health_keys(doctor->casebook, &keys, &err)) {
        doctor_say_err(doctor, DOCTOR_WRONG, "keys", NULL, &err);
        return;
    }
    if (!blocklist_seal_exists(doctor->state.bytes)) {
        doctor_say(
            doctor, DOCTOR_WARN, "keys",
            "saring publish membuatnya; sematkan list.pub pada konsumen / saring publish makes "
            "it; pin list.pub at the consumers",
            "belum ada kunci daftar / there is no key for lists yet");
    }
    if (keys.stray > 0) {
        doctor_say(
            doctor, DOCTOR_WRONG, "keys",
            "sertifikatkan (saring user certify), atau cabut / certify them, or revoke them",
            "%lld kunci di luar musim ini: tidak bisa menandatangani / keys that this season "
            "does not know: they can sign nothing",
            (long long)keys.stray);
    }
    if (keys.old > 0) {
        doctor_say(doctor, DOCTOR_WARN, "keys", "ganti / rotate: saring user key",
                   "%lld kunci dipakai lebih dari 180 hari / keys in use for more than 180 days",
                   (long long)keys.old);
    }
    if (keys.away == 0) {
        doctor_say(
            doctor, DOCTOR_WRONG, "keys", "saring user add NAMA --kind independent --key FILE.pub",
            "tidak ada penyetuju dengan kunci di luar server / there is no approver with a key "
            "off this server");
    }
    if (keys.stray == 0 && keys.away > 0) {
        doctor_say(doctor, DOCTOR_FINE, "keys", NULL,
                   "%lld tersegel di sini / sealed here, %lld di luar / elsewhere",
                   (long long)keys.sealed, (long long)keys.away);
    }
}

static void look_at_season(struct doctor *doctor)
{
    struct arena *arena = arena_new(CASEBOOK_SEASON_BYTES);
    struct casebook_season season;
    struct err err = ERR_NONE;
    bool found = false, is_over = false;
    char end[CLOCK_TEXT];
    if (!casebook_season(doctor->casebook, arena, &season, &found, &err) ||
        !casebook_season_is_over(doctor->casebook, &is_over, &err)) {
        doctor_say_err(doctor, DOCTOR_WRONG, "season", NULL, &err);
    } else if (found) {
        int64_t days = (season.end_ms - clock_now_ms(&doctor->clock)) / day_ms;
        doctor_say(
            doctor, days < SEASON_WARN_DAYS ? DOCTOR_WARN : DOCTOR_FINE, "season",
            days < SEASON_WARN_DAYS
                ? "sesudah itu semua daftar kosong dan isi kasus dihapus / after that all lists "
                  "are empty and content is purged"
                : NULL,
            "sampai / until %s (%lld hari/days)", clock_format(season.end_ms, end),
            (long long)days);
        look_at_keys(doctor);
    } else if (is_over) {
        doctor_say(
            doctor, DOCTOR_WARN, "season", "musim baru / a new one: saring season new",
            "musimnya selesai: tidak ada yang dibaca, semua daftar kosong / it is over: nothing "
            "is read, all lists are empty");
    } else {
        doctor_say(doctor, DOCTOR_NOTE, "season", "saring season new",
                   "belum ada musim: semuanya contoh / there is none: all is a demonstration");
    }
    arena_free(arena);
}

void doctor_casebook(struct doctor *doctor)
{
    struct buf path = BUF_EMPTY;
    struct err err = ERR_NONE;
    casebook_path(doctor->state.bytes, &path);
    if (access(path.bytes, F_OK) != 0 && errno == ENOENT) {
        doctor_say(doctor, DOCTOR_WARN, "database", "saring run",
                   "belum ada buku kasus / there is no casebook yet");
        buf_fini(&path);
        return;
    }
    doctor->casebook = casebook_open_read(path.bytes, &doctor->clock, &err);
    buf_fini(&path);
    if (doctor->casebook == NULL) {
        doctor_say_err(doctor, DOCTOR_WRONG, "database",
                       "skema lama: jalankan saring run; rusak: saring backup restore / an older "
                       "schema: saring run; damaged: saring backup restore",
                       &err);
        return;
    }
    look_at_file_itself(doctor);
    look_at_chains(doctor);
    look_at_log_clock(doctor);
    look_at_season(doctor);
}
