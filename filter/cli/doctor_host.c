/* The machine and what stands beside the program. */
#include <errno.h>
#include <gnutls/gnutls.h>
#include <gnutls/x509.h>
#include <hiredis/hiredis.h>
#include <linux/landlock.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <sys/syscall.h>
#include <sys/timex.h>
#include <unistd.h>

#include "filter/base/file.h"
#include "filter/cli/doctor.h"

enum { MEBI = 1 << 20, PEM_MOST = 1 << 20, REDIS_MS = 2000, CERTIFICATE_WARN_DAYS = 21 };

static const int64_t day_s = 86400;

void doctor_disk(struct doctor *doctor)
{
    static const char *const todo =
        "beri tempat: kasus menunggu selama disk penuh / make room: cases wait while it is full";
    struct statvfs about;
    if (statvfs(doctor->state.bytes, &about) != 0) {
        return; /* that the folder is not there is said already */
    }
    unsigned long long left = (unsigned long long)about.f_bavail * about.f_frsize / MEBI;
    bool has_inodes = about.f_files == 0 || about.f_favail > 1000;
    doctor_say(doctor,
               left < 256 || !has_inodes ? DOCTOR_WRONG
               : left < 2048             ? DOCTOR_WARN
                                         : DOCTOR_FINE,
               "disk", left < 2048 || !has_inodes ? todo : NULL, "%llu MiB sisa / left%s", left,
               has_inodes ? "" : ", tanpa inode / no inodes");
}

/* Whether something keeps the clock right; the kernel knows (adjtimex(2)). */
void doctor_clock(struct doctor *doctor)
{
    struct timex about = {.modes = 0};
    int state = adjtimex(&about);
    if (state < 0) {
        doctor_say(doctor, DOCTOR_NOTE, "clock", NULL, "adjtimex: %s", strerror(errno));
    } else if (state == TIME_ERROR || (about.status & STA_UNSYNC) != 0) {
        doctor_say(
            doctor, DOCTOR_WARN, "clock", "timedatectl set-ntp true",
            "tidak diselaraskan: tenggat dan daftar bergantung padanya / is not synchronised: "
            "deadlines and lists depend on it");
    } else {
        doctor_say(doctor, DOCTOR_FINE, "clock", NULL, "selaras / synchronised");
    }
}

static redisContext *connect_redis(const char *url)
{
    struct timeval wait = {.tv_sec = REDIS_MS / 1000};
    char host[256];
    if (strncmp(url, "unix:", 5) == 0) {
        return redisConnectUnixWithTimeout(url + 5, wait);
    }
    const char *at = strrchr(url, '@');
    at = at != NULL ? at + 1 : url + strlen("redis://");
    size_t len = strcspn(at, ":/");
    if (len == 0 || len >= sizeof host) {
        return NULL;
    }
    memcpy(host, at, len);
    host[len] = '\0';
    int port = at[len] == ':' ? (int)strtol(at + len + 1, NULL, 10) : 6379;
    return redisConnectWithTimeout(host, port, wait);
}

/* "redis://user:password@host": what stands before the '@'. */
static bool sign_in(redisContext *redis, const char *url)
{
    const char *at = strrchr(url, '@'), *start = url + strlen("redis://");
    if (strncmp(url, "unix:", 5) == 0 || at == NULL) {
        return true;
    }
    const char *colon = memchr(start, ':', (size_t)(at - start));
    if (colon == NULL) {
        return true;
    }
    redisReply *reply = colon == start
                            ? redisCommand(redis, "AUTH %b", colon + 1, (size_t)(at - colon - 1))
                            : redisCommand(redis, "AUTH %b %b", start, (size_t)(colon - start),
                                           colon + 1, (size_t)(at - colon - 1));
    bool done = reply != NULL && reply->type != REDIS_REPLY_ERROR;
    freeReplyObject(reply);
    return done;
}

static void look_at_info(struct doctor *doctor, const char *info)
{
    const char *version = strstr(info, "redis_version:"),
               *policy = strstr(info, "maxmemory_policy:");
    const char *number = version != NULL ? version + strlen("redis_version:") : "0";
    char *end = NULL;
    long major = strtol(number, &end, 10);
    long minor = *end == '.' ? strtol(end + 1, NULL, 10) : 0;
    if (major < 6 || (major == 6 && minor < 2)) {
        doctor_say(doctor, DOCTOR_WARN, "redis", "6.2 atau lebih baru / or newer",
                   "versi / version %.12s", number);
    }
    if (policy != NULL && strncmp(policy + strlen("maxmemory_policy:"), "allkeys", 7) == 0) {
        doctor_say(doctor, DOCTOR_WARN, "redis", "maxmemory-policy volatile-lru atau/or noeviction",
                   "membuang kunci tanpa TTL juga / evicts keys without a TTL too");
    }
    doctor_say(doctor, DOCTOR_FINE, "redis", NULL, "menjawab / answers, %.*s",
               (int)strcspn(number, "\r\n"), number);
}

void doctor_redis(struct doctor *doctor)
{
    static const char *const todo =
        "saring berjalan tanpanya, dari memori / saring runs without it, from memory";
    const char *url = doctor->config.redis;
    if (url == NULL) {
        doctor_say(doctor, DOCTOR_FINE, "redis", NULL, "tidak dipakai / not used");
        return;
    }
    redisContext *redis = connect_redis(url);
    if (redis == NULL || redis->err != 0) {
        doctor_say(doctor, DOCTOR_WRONG, "redis", todo, "tidak terjangkau / can't be reached: %s",
                   redis != NULL ? redis->errstr : "redis.url");
    } else if (!sign_in(redis, url)) {
        doctor_say(doctor, DOCTOR_WRONG, "redis", todo, "menolak sandinya / refuses the password");
    } else {
        struct timeval wait = {.tv_sec = REDIS_MS / 1000};
        redisSetTimeout(redis, wait);
        redisReply *reply = redisCommand(redis, "INFO");
        if (reply == NULL || reply->type == REDIS_REPLY_ERROR || reply->str == NULL) {
            doctor_say(doctor, DOCTOR_WRONG, "redis", todo, "tidak menjawab / does not answer: %s",
                       reply != NULL && reply->str != NULL ? reply->str : redis->errstr);
        } else {
            look_at_info(doctor, reply->str);
        }
        freeReplyObject(reply);
    }
    if (redis != NULL) {
        redisFree(redis);
    }
}

static bool read_certificate(const char *path, gnutls_x509_crt_t *certificate, struct err *err)
{
    struct buf pem = BUF_EMPTY;
    unsigned count = 1;
    bool done = file_read(path, PEM_MOST, &pem, err);
    if (done) {
        gnutls_datum_t datum = {.data = (unsigned char *)pem.bytes, .size = (unsigned)pem.len};
        int code = gnutls_x509_crt_list_import(certificate, &count, &datum, GNUTLS_X509_FMT_PEM, 0);
        if (code < 1 && code != GNUTLS_E_SHORT_MEMORY_BUFFER) {
            done = err_set(err, "bukan sertifikat PEM / is no certificate in PEM");
            err_in_file(err, path);
        }
    }
    buf_fini(&pem);
    return done;
}

static bool read_key(const char *path, gnutls_x509_privkey_t key, struct err *err)
{
    struct buf pem = BUF_EMPTY;
    bool done = file_read(path, PEM_MOST, &pem, err);
    if (done) {
        gnutls_datum_t datum = {.data = (unsigned char *)pem.bytes, .size = (unsigned)pem.len};
        done = gnutls_x509_privkey_import(key, &datum, GNUTLS_X509_FMT_PEM) == GNUTLS_E_SUCCESS ||
               (err_set(err, "bukan kunci PEM / is no key in PEM"), err_in_file(err, path), false);
        explicit_bzero(pem.bytes, pem.len);
    }
    buf_fini(&pem);
    return done;
}

static bool is_pair(gnutls_x509_crt_t certificate, gnutls_x509_privkey_t key)
{
    unsigned char one[64], other[64];
    size_t one_len = sizeof one, other_len = sizeof other;
    return gnutls_x509_crt_get_key_id(certificate, 0, one, &one_len) == GNUTLS_E_SUCCESS &&
           gnutls_x509_privkey_get_key_id(key, 0, other, &other_len) == GNUTLS_E_SUCCESS &&
           one_len == other_len && memcmp(one, other, one_len) == 0;
}

static void look_at_dates(struct doctor *doctor, gnutls_x509_crt_t certificate)
{
    int64_t now_s = clock_now_ms(&doctor->clock) / 1000;
    int64_t left_s = (int64_t)gnutls_x509_crt_get_expiration_time(certificate) - now_s;
    if (left_s <= 0) {
        doctor_say(doctor, DOCTOR_WRONG, "certificate", "perbarui / renew it",
                   "kedaluwarsa / has expired");
    } else if ((int64_t)gnutls_x509_crt_get_activation_time(certificate) > now_s) {
        doctor_say(doctor, DOCTOR_WRONG, "certificate", NULL, "belum berlaku / is not valid yet");
    } else {
        doctor_say(doctor, left_s < CERTIFICATE_WARN_DAYS * day_s ? DOCTOR_WARN : DOCTOR_FINE,
                   "certificate",
                   left_s < CERTIFICATE_WARN_DAYS * day_s ? "perbarui / renew it" : NULL,
                   "%lld hari lagi / days left", (long long)(left_s / day_s));
    }
}

static void look_at_name(struct doctor *doctor, gnutls_x509_crt_t certificate)
{
    const char *origin = doctor->config.console_origin;
    char host[256] = "";
    if (origin == NULL || strncmp(origin, "https://", 8) != 0) {
        return;
    }
    size_t len = strcspn(origin + 8, ":/");
    memcpy(host, origin + 8, len < sizeof host - 1 ? len : sizeof host - 1);
    if (!gnutls_x509_crt_check_hostname(certificate, host)) {
        doctor_say(doctor, DOCTOR_WRONG, "certificate", "console.origin",
                   "bukan untuk / is not for %s", host);
    }
}

void doctor_certificate(struct doctor *doctor)
{
    const struct config *config = &doctor->config;
    gnutls_x509_crt_t certificate = NULL;
    gnutls_x509_privkey_t key = NULL;
    struct stat about;
    struct err err = ERR_NONE;
    if (config->console_certificate == NULL) {
        doctor_say(doctor, DOCTOR_FINE, "certificate", NULL,
                   "tanpa TLS sendiri / no TLS of its own (%s)", config->console_address);
        return;
    }
    if (!read_certificate(config->console_certificate, &certificate, &err) ||
        gnutls_x509_privkey_init(&key) != GNUTLS_E_SUCCESS ||
        !read_key(config->console_key, key, &err)) {
        doctor_say_err(doctor, DOCTOR_WRONG, "certificate", "console.certificate, console.key",
                       &err);
    } else {
        look_at_dates(doctor, certificate);
        look_at_name(doctor, certificate);
        if (!is_pair(certificate, key)) {
            doctor_say(doctor, DOCTOR_WRONG, "certificate", "console.key",
                       "kuncinya milik sertifikat lain / the key is another certificate's");
        }
        if (stat(config->console_key, &about) == 0 && (about.st_mode & S_IROTH) != 0) {
            doctor_say(doctor, DOCTOR_WRONG, "certificate", "chmod 640",
                       "kuncinya terbaca semua orang / anybody can read its key");
        }
    }
    if (certificate != NULL) {
        gnutls_x509_crt_deinit(certificate);
    }
    if (key != NULL) {
        gnutls_x509_privkey_deinit(key);
    }
}

static bool is_installed(const char *program)
{
    static const char *const folders[] = {"/usr/bin", "/usr/sbin",      "/bin",
                                          "/sbin",    "/usr/local/bin", "/usr/local/sbin"};
    bool found = false;
    for (size_t i = 0; !found && i < sizeof folders / sizeof *folders; i++) {
        struct buf path = BUF_EMPTY;
        buf_printf(&path, "%s/%s", folders[i], program);
        found = access(path.bytes, X_OK) == 0;
        buf_fini(&path);
    }
    return found;
}

/* What saring publish asks about a list before anybody reads it. */
void doctor_checkers(struct doctor *doctor)
{
    static const char *const programs[] = {"named-checkzone", "kzonecheck", "unbound-checkconf",
                                           "dnsmasq",         "squid",      "nginx",
                                           "haproxy"};
    struct buf there = BUF_EMPTY, missing = BUF_EMPTY;
    for (size_t i = 0; i < sizeof programs / sizeof *programs; i++) {
        struct buf *list = is_installed(programs[i]) ? &there : &missing;
        buf_printf(list, "%s%s", list->len > 0 ? ", " : "", programs[i]);
    }
    doctor_say(doctor, there.len > 0 ? DOCTOR_FINE : DOCTOR_NOTE, "consumers",
               missing.len > 0 ? "pasang yang dipakai konsumenmu / install what your consumers use"
                               : NULL,
               "pemeriksa / checkers: %s; tidak ada / missing: %s",
               there.len > 0 ? there.bytes : "-", missing.len > 0 ? missing.bytes : "-");
    buf_fini(&there);
    buf_fini(&missing);
}

void doctor_sandbox(struct doctor *doctor)
{
    long version = syscall(SYS_landlock_create_ruleset, NULL, 0, LANDLOCK_CREATE_RULESET_VERSION);
    if (prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0) < 0) {
        doctor_say(doctor, DOCTOR_WARN, "sandbox", NULL, "no_new_privs: %s", strerror(errno));
    }
    if (version < 1) {
        doctor_say(
            doctor, DOCTOR_WARN, "sandbox",
            "kernel 5.13 atau lebih baru dengan lsm=landlock / or newer with lsm=landlock",
            "tanpa Landlock: yang membaca internet hanya dikurung oleh penggunanya / what reads "
            "the internet is held by its user alone");
    } else {
        doctor_say(doctor, version >= 4 ? DOCTOR_FINE : DOCTOR_NOTE, "sandbox",
                   version >= 4 ? NULL : "kernel 6.7: jaringannya juga / its network too",
                   "Landlock %ld", version);
    }
}
