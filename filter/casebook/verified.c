#include "filter/casebook/verified.h"

#include <assert.h>
#include <errno.h>
#include <sodium.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "filter/base/buf.h"
#include "filter/base/err.h"
#include "filter/base/file.h"
#include "filter/base/log.h"
#include "filter/base/mem.h"
#include "filter/casebook/internal.h"

#define HEAD STR("saring-verified-1\n")

#define BYTES_MOST ((size_t)256 << 20) /* eight million entries */

struct casebook_verified {
    struct buf path, bytes;
    const struct hash *kept; /* in `bytes`, in order */
    size_t kept_count;
    struct hash *noted;
    size_t noted_count, noted_room;
    struct hash_key key;
    bool has_key, is_changed;
};

static int compare(const void *a, const void *b)
{
    return memcmp(a, b, sizeof(struct hash));
}

/* A key of its own, of the casebook's secret; a reader that may not read that remembers nothing. */
static void read_key(struct casebook_verified *verified, const char *casebook_path)
{
    struct buf path = BUF_EMPTY, bytes = BUF_EMPTY;
    struct hash_key secret;
    struct err ignored = ERR_NONE;
    struct str name = STR("saring-verified");
    buf_printf(&path, "%s.key", casebook_path);
    if (file_read(path.bytes, sizeof secret.bytes, &bytes, &ignored) &&
        bytes.len == sizeof secret.bytes) {
        memcpy(secret.bytes, bytes.bytes, sizeof secret.bytes);
        struct hash derived = hash_keyed(&secret, &name, 1);
        memcpy(verified->key.bytes, derived.bytes, sizeof derived.bytes);
        verified->has_key = true;
        sodium_memzero(&secret, sizeof secret);
        sodium_memzero(&derived, sizeof derived);
        sodium_memzero(bytes.bytes, bytes.len);
    }
    buf_fini(&path);
    buf_fini(&bytes);
}

struct casebook_verified *casebook_verified_load(const struct casebook *casebook)
{
    struct casebook_verified *verified = mem_zero(1, sizeof *verified);
    struct err ignored = ERR_NONE;
    buf_printf(&verified->path, "%s.verified", casebook->path);
    read_key(verified, casebook->path);
    if (verified->has_key &&
        file_read(verified->path.bytes, BYTES_MOST, &verified->bytes, &ignored) &&
        str_starts(buf_str(&verified->bytes), HEAD)) {
        static_assert(sizeof(struct hash) == HASH_BYTES, "hashes lie one behind the other");
        verified->kept = (const struct hash *)(verified->bytes.bytes + HEAD.len);
        verified->kept_count = (verified->bytes.len - HEAD.len) / sizeof(struct hash);
    }
    return verified;
}

struct hash casebook_verified_tag(const struct casebook_verified *verified, const struct str *parts,
                                  size_t count)
{
    return hash_keyed(&verified->key, parts, count);
}

bool casebook_verified_has(const struct casebook_verified *verified, const struct hash *tag)
{
    return verified->kept_count > 0 &&
           bsearch(tag, verified->kept, verified->kept_count, sizeof(struct hash), compare) != NULL;
}

void casebook_verified_note(struct casebook_verified *verified, const struct hash *tag)
{
    mem_grow(&verified->noted, &verified->noted_room, verified->noted_count + 1,
             sizeof *verified->noted);
    verified->noted[verified->noted_count++] = *tag;
    verified->is_changed |= !casebook_verified_has(verified, tag);
}

/* It belongs to whom the casebook belongs to, also when root publishes. */
static bool give(const char *path, const char *casebook_file)
{
    struct stat about;
    return geteuid() != 0 || stat(casebook_file, &about) != 0 || about.st_uid == 0 ||
           lchown(path, about.st_uid, about.st_gid) == 0;
}

static void save(struct casebook_verified *verified)
{
    struct buf out = BUF_EMPTY;
    struct err err = ERR_NONE;
    char text[800];
    qsort(verified->noted, verified->noted_count, sizeof *verified->noted, compare);
    buf_put_str(&out, HEAD);
    buf_put(&out, verified->noted, verified->noted_count * sizeof *verified->noted);
    bool done = file_write(verified->path.bytes, buf_str(&out), 0600, &err);
    if (done) {
        buf_clear(&out);
        buf_put(&out, verified->path.bytes, verified->path.len - strlen(".verified"));
        done = give(verified->path.bytes, out.bytes) ||
               err_set(&err, "cannot be given away: %s", strerror(errno));
    }
    if (!done) {
        log_line(LOG_WARN, "verified_not_kept",
                 LOG_TEXT("why", err_format(&err, text, sizeof text)));
    }
    buf_fini(&out);
}

void casebook_verified_end(struct casebook_verified *verified)
{
    if (verified->has_key && verified->is_changed) {
        save(verified);
    }
    sodium_memzero(&verified->key, sizeof verified->key);
    buf_fini(&verified->path);
    buf_fini(&verified->bytes);
    free(verified->noted);
    free(verified);
}
