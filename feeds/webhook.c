#include "feeds/webhook.h"

#include <errno.h>
#include <fcntl.h>
#include <sodium.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "filter/base/err.h"
#include "filter/base/mem.h"

enum { MAX_KEPT = 100000, SIGNATURE_BYTES = crypto_auth_hmacsha256_BYTES };

/* What is kept of a request. */
struct kept {
    int64_t time_ms; /* its own */
    unsigned char signature[SIGNATURE_BYTES];
};

static bool read_time(struct str text, int64_t *time_ms)
{
    int64_t seconds = 0;
    for (size_t i = 0; i < text.len; i++) {
        if (text.at[i] < '0' || text.at[i] > '9' || i == 12) {
            return false;
        }
        seconds = seconds * 10 + (text.at[i] - '0');
    }
    *time_ms = seconds * 1000;
    return text.len > 0;
}

static bool read_signature(struct str text, unsigned char out[SIGNATURE_BYTES])
{
    static const struct str front = STR("sha256=");
    size_t len = 0;
    return str_starts(text, front) && text.len == front.len + (size_t)SIGNATURE_BYTES * 2 &&
           sodium_hex2bin(out, SIGNATURE_BYTES, text.at + front.len, text.len - front.len, NULL,
                          &len, NULL) == 0 &&
           len == SIGNATURE_BYTES;
}

static bool is_in_window(int64_t time_ms, int64_t now_ms)
{
    return time_ms >= now_ms - FEEDS_WEBHOOK_WINDOW_MS &&
           time_ms <= now_ms + FEEDS_WEBHOOK_WINDOW_MS;
}

bool feeds_webhook_verify(struct str secret, const struct feeds_webhook_request *request,
                          int64_t now_ms, struct err *err)
{
    unsigned char given[SIGNATURE_BYTES], right[SIGNATURE_BYTES];
    crypto_auth_hmacsha256_state state;
    int64_t time_ms;
    if (secret.len < FEEDS_WEBHOOK_LEAST_SECRET) {
        return err_set(err, "the secret must have at least %d bytes", FEEDS_WEBHOOK_LEAST_SECRET);
    }
    if (request->body.len > FEEDS_WEBHOOK_MAX_BODY) {
        return err_set(err, "larger than %d bytes", FEEDS_WEBHOOK_MAX_BODY);
    }
    if (!read_time(request->timestamp, &time_ms)) {
        return err_set(err, "its timestamp is not the seconds since 1970");
    }
    if (!read_signature(request->signature, given)) {
        return err_set(err, "its signature is not \"sha256=\" and 64 hexadecimal digits");
    }
    crypto_auth_hmacsha256_init(&state, (const unsigned char *)secret.at, secret.len);
    crypto_auth_hmacsha256_update(&state, (const unsigned char *)request->timestamp.at,
                                  request->timestamp.len);
    crypto_auth_hmacsha256_update(&state, (const unsigned char *)".", 1);
    crypto_auth_hmacsha256_update(&state, (const unsigned char *)request->body.at,
                                  request->body.len);
    crypto_auth_hmacsha256_final(&state, right);
    sodium_memzero(&state, sizeof state);
    /* The signature first: who does not know the secret learns nothing of our clock. */
    if (sodium_memcmp(given, right, sizeof right) != 0) {
        return err_set(err, "its signature is not that of this secret and body");
    }
    return is_in_window(time_ms, now_ms) ||
           err_set(err, "its timestamp is more than %d seconds from now",
                   FEEDS_WEBHOOK_WINDOW_MS / 1000);
}

/* Reads what is kept, without what has left the window; a torn end is left out. */
static size_t read_kept(int fd, int64_t now_ms, struct kept *list)
{
    size_t count = 0;
    struct kept one;
    while (count < MAX_KEPT && read(fd, &one, sizeof one) == (ssize_t)sizeof one) {
        if (is_in_window(one.time_ms, now_ms)) {
            list[count++] = one;
        }
    }
    return count;
}

static bool write_kept(int fd, const struct kept *list, size_t count, struct err *err)
{
    size_t bytes = count * sizeof *list;
    bool done = lseek(fd, 0, SEEK_SET) == 0 && write(fd, list, bytes) == (ssize_t)bytes &&
                ftruncate(fd, (off_t)bytes) == 0 && fdatasync(fd) == 0;
    return done || err_set(err, "what came before cannot be noted: %s", strerror(errno));
}

/* Under the file's lock. */
static bool note(int fd, const struct kept *now, int64_t now_ms, struct err *err)
{
    struct kept *list = mem_zero(MAX_KEPT + 1, sizeof *list);
    size_t count = read_kept(fd, now_ms, list);
    bool done = count < MAX_KEPT || err_set(err, "more than %d requests in %d seconds", MAX_KEPT,
                                            FEEDS_WEBHOOK_WINDOW_MS / 1000);
    for (size_t i = 0; done && i < count; i++) {
        if (memcmp(list[i].signature, now->signature, SIGNATURE_BYTES) == 0) {
            done = err_set(err, "is a replay: the same request came before");
        }
    }
    list[count] = *now;
    done = done && write_kept(fd, list, count + 1, err);
    free(list);
    return done;
}

bool feeds_webhook_is_first(const char *path, const struct feeds_webhook_request *request,
                            int64_t now_ms, struct err *err)
{
    struct kept now;
    memset(&now, 0, sizeof now); /* its padding goes into the file */
    if (!read_time(request->timestamp, &now.time_ms) ||
        !read_signature(request->signature, now.signature)) {
        return err_set(err, "has no timestamp or signature");
    }
    int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
    if (fd < 0 || flock(fd, LOCK_EX) != 0) {
        err_set(err, "cannot be opened: %s", strerror(errno));
        err_in_file(err, path);
        if (fd >= 0) {
            close(fd);
        }
        return false;
    }
    bool done = note(fd, &now, now_ms, err);
    close(fd); /* and its lock */
    return done;
}
