#include "filter/blocklist/seal.h"

#include <errno.h>
#include <fcntl.h>
#include <sodium.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "filter/base/err.h"
#include "filter/base/file.h"
#include "filter/base/log.h"

#define KEY_FILE "/list.key"
#define PUBLIC_FILE "/list.pub"
#define SERIAL_FILE "/list.serial"
#define LOCK_FILE "/list.lock"

enum { SERIAL_BYTES = 16 };

static struct buf path_of(const char *state, const char *name)
{
    struct buf path = BUF_EMPTY;
    buf_printf(&path, "%s%s", state, name);
    return path;
}

/* What root writes belongs to whom the folder belongs to, as SQLite does it for the casebook. */
static void give(const char *path, const char *state)
{
    struct stat folder;
    if (geteuid() == 0 && stat(state, &folder) == 0 && folder.st_uid != 0 &&
        lchown(path, folder.st_uid, folder.st_gid) != 0) {
        log_line(LOG_WARN, "list_file_owner", LOG_TEXT("path", path),
                 LOG_TEXT("error", strerror(errno)));
    }
}

static bool take_lock(struct blocklist_seal *seal, const char *state, int how, struct err *err)
{
    struct buf path = path_of(state, LOCK_FILE);
    bool done = true;
    /* Root works in a folder of somebody else's: a link there must not make it a file elsewhere. */
    seal->lock = open(path.bytes, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
    if (seal->lock < 0) {
        done = err_set(err, "cannot be opened: %s", strerror(errno));
    }
    while (done && flock(seal->lock, how) != 0) {
        if (errno != EINTR) {
            done = err_set(err, "cannot be locked: %s", strerror(errno));
        }
    }
    if (done) {
        give(path.bytes, state);
    } else {
        err_in_file(err, path.bytes);
    }
    buf_fini(&path);
    return done;
}

static bool read_serial(const char *path, uint32_t *serial, struct err *err)
{
    struct buf text = BUF_EMPTY;
    uint64_t number = 0;
    bool done = file_read(path, SERIAL_BYTES, &text, err);
    struct str digits = str_trim(buf_str(&text));
    for (size_t i = 0; done && i < digits.len; i++) {
        if (digits.at[i] < '0' || digits.at[i] > '9') {
            number = UINT64_MAX;
            break;
        }
        number = number * 10 + (uint64_t)(digits.at[i] - '0');
    }
    if (done && (digits.len == 0 || number > UINT32_MAX)) {
        done = err_set(err, "holds no serial: a number up to 4294967295 was expected");
    }
    *serial = (uint32_t)number;
    buf_fini(&text);
    return done || err_in_file(err, path);
}

/* The clock's seconds, unless the last serial is not before them (RFC 1982 arithmetic). */
static bool take_serial(struct blocklist_seal *seal, const char *state, int64_t now_ms,
                        struct err *err)
{
    struct buf path = path_of(state, SERIAL_FILE), text = BUF_EMPTY;
    uint32_t now = (uint32_t)(now_ms / 1000), last = now - 1;
    bool done =
        (access(path.bytes, F_OK) != 0 && errno == ENOENT) || read_serial(path.bytes, &last, err);
    if (done) {
        seal->serial = (int32_t)(now - last) > 0 ? now : last + 1;
        buf_printf(&text, "%lu\n", (unsigned long)seal->serial);
        done = file_write(path.bytes, buf_str(&text), 0600, err);
        give(path.bytes, state);
    }
    buf_fini(&path);
    buf_fini(&text);
    return done;
}

static bool make_key(struct blocklist_seal *seal, const char *secret_path, const char *public_path,
                     struct err *err)
{
    struct buf line = BUF_EMPTY;
    crypto_sign_keypair(seal->key.bytes, seal->secret);
    struct str secret = {.at = (const char *)seal->secret, .len = sizeof seal->secret};
    sshsig_key_format(&seal->key, &line);
    buf_put_string(&line, " saring-list\n");
    /* The public half first: a crash between the two leaves a key that nobody made lists with. */
    bool done = file_write(public_path, buf_str(&line), 0644, err) &&
                file_write(secret_path, secret, 0600, err);
    buf_fini(&line);
    return done;
}

static bool load_key(struct blocklist_seal *seal, const char *secret_path, struct err *err)
{
    struct buf bytes = BUF_EMPTY;
    bool done = file_read(secret_path, sizeof seal->secret, &bytes, err);
    if (done && bytes.len != sizeof seal->secret) {
        err_set(err, "is a key of %zu bytes; it must have %d", bytes.len, SSHSIG_SECRET_BYTES);
        done = err_in_file(err, secret_path);
    }
    if (done) {
        memcpy(seal->secret, bytes.bytes, sizeof seal->secret);
        crypto_sign_ed25519_sk_to_pk(seal->key.bytes, seal->secret);
    }
    if (bytes.bytes != NULL) {
        sodium_memzero(bytes.bytes, bytes.len);
    }
    buf_fini(&bytes);
    return done;
}

static bool take_key(struct blocklist_seal *seal, const char *state, enum blocklist_seal_key kind,
                     struct err *err)
{
    if (kind == BLOCKLIST_SEAL_DEMO) {
        crypto_sign_keypair(seal->key.bytes, seal->secret);
        return true;
    }
    struct buf secret_path = path_of(state, KEY_FILE), public_path = path_of(state, PUBLIC_FILE);
    bool done = blocklist_seal_exists(state)
                    ? load_key(seal, secret_path.bytes, err)
                    : make_key(seal, secret_path.bytes, public_path.bytes, err);
    give(secret_path.bytes, state);
    give(public_path.bytes, state);
    buf_fini(&secret_path);
    buf_fini(&public_path);
    return done;
}

bool blocklist_seal_open(struct blocklist_seal *seal, const char *state,
                         enum blocklist_seal_key kind, int64_t now_ms, struct err *err)
{
    *seal = (struct blocklist_seal){.lock = -1};
    if (take_lock(seal, state, LOCK_EX, err) && take_serial(seal, state, now_ms, err) &&
        take_key(seal, state, kind, err)) {
        return true;
    }
    blocklist_seal_close(seal);
    return false;
}

/* A key that is there never changes; only making one needs the lock. */
bool blocklist_seal_key(struct blocklist_seal *seal, const char *state,
                        enum blocklist_seal_key kind, struct err *err)
{
    *seal = (struct blocklist_seal){.lock = -1};
    bool is_made = kind == BLOCKLIST_SEAL_DEMO || blocklist_seal_exists(state);
    if ((is_made || take_lock(seal, state, LOCK_EX | LOCK_NB, err)) &&
        take_key(seal, state, kind, err)) {
        return true;
    }
    blocklist_seal_close(seal);
    return false;
}

void blocklist_seal_close(struct blocklist_seal *seal)
{
    sodium_memzero(seal->secret, sizeof seal->secret);
    if (seal->lock >= 0) {
        close(seal->lock);
    }
    seal->lock = -1;
}

bool blocklist_seal_exists(const char *state)
{
    struct buf path = path_of(state, KEY_FILE);
    /* A key that is there and can't be looked at is there. */
    bool exists = access(path.bytes, F_OK) == 0 || errno != ENOENT;
    buf_fini(&path);
    return exists;
}

void blocklist_seal_sign(const struct blocklist_seal *seal, struct str message, struct buf *out)
{
    sshsig_sign(seal->secret, message, out);
}

void blocklist_seal_sign_hash(const struct blocklist_seal *seal, const struct hash *sha256,
                              struct buf *out)
{
    sshsig_sign_hash(seal->secret, sha256, out);
}
