#include "filter/casebook/verified.h"

#include <assert.h>
#include <errno.h>
#include <sodium.h>
#include <stdint.h>
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

#define HEAD STR("saring-verified-2\n")

#define BYTES_MOST ((size_t)256 << 20) /* eight million entries */

enum { LEADS = 1 << 16 };

struct casebook_verified {
    struct buf path, bytes;
    const struct hash *kept; /* in `bytes`, in order */
    size_t kept_count;
    uint32_t *leads;      /* where those start whose first two bytes are that, or more */
    unsigned char *holds; /* of each that is kept: it was noted again */
    struct hash *noted;   /* new ones */
    size_t noted_count, noted_room;
    struct hash_key key;
    bool has_key;
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

static unsigned lead_of(const struct hash *tag)
{
    return (unsigned)tag->bytes[0] << 8 | tag->bytes[1];
}

static bool is_in_order(const struct hash *tags, size_t count)
{
    for (size_t i = 1; i < count; i++) {
        if (compare(&tags[i - 1], &tags[i]) >= 0) {
            return false;
        }
    }
    return true;
}

static void find_leads(struct casebook_verified *verified)
{
    verified->leads = mem_zero(LEADS + 1, sizeof *verified->leads);
    for (size_t i = 0; i < verified->kept_count; i++) {
        verified->leads[lead_of(&verified->kept[i]) + 1]++;
    }
    for (size_t i = 0; i < LEADS; i++) {
        verified->leads[i + 1] += verified->leads[i];
    }
    verified->holds = mem_zero(verified->kept_count, 1);
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
    if (!is_in_order(verified->kept, verified->kept_count)) {
        verified->kept_count = 0;
    }
    find_leads(verified);
    return verified;
}

static struct hash tag_of(const struct casebook_verified *verified, const struct hash *row)
{
    const struct str part = {.at = (const char *)row->bytes, .len = sizeof row->bytes};
    return hash_keyed(&verified->key, &part, 1);
}

size_t casebook_verified_find(const struct casebook_verified *verified, const struct hash *row)
{
    struct hash tag = tag_of(verified, row);
    unsigned lead = lead_of(&tag);
    for (size_t i = verified->leads[lead]; i < verified->leads[lead + 1]; i++) {
        if (compare(&tag, &verified->kept[i]) == 0) {
            return i + 1;
        }
    }
    return 0;
}

void casebook_verified_note(struct casebook_verified *verified, const struct hash *row,
                            size_t found)
{
    if (found > 0) {
        verified->holds[found - 1] = 1;
        return;
    }
    mem_grow(&verified->noted, &verified->noted_room, verified->noted_count + 1,
             sizeof *verified->noted);
    verified->noted[verified->noted_count++] = tag_of(verified, row);
}

/* It belongs to whom the casebook belongs to, also when root publishes. */
static bool give(const char *path, const char *casebook_file)
{
    struct stat about;
    return geteuid() != 0 || stat(casebook_file, &about) != 0 || about.st_uid == 0 ||
           lchown(path, about.st_uid, about.st_gid) == 0;
}

/* Those that hold and the new ones, in one order, none twice. */
static void merge(struct casebook_verified *verified, struct buf *out)
{
    const struct hash *one = verified->kept, *last = one + verified->kept_count;
    const struct hash *two = verified->noted, *end = two + verified->noted_count;
    while (one < last || two < end) {
        if (one < last && verified->holds[one - verified->kept] == 0) {
            one++;
        } else {
            bool is_old = two == end || (one < last && compare(one, two) <= 0);
            const struct hash *next = is_old ? one++ : two++;
            bool is_twin = out->len >= HEAD.len + sizeof *next &&
                           compare(out->bytes + out->len - sizeof *next, next) == 0;
            buf_put(out, next, is_twin ? 0 : sizeof *next);
        }
    }
}

static void save(struct casebook_verified *verified)
{
    struct buf out = BUF_EMPTY;
    struct err err = ERR_NONE;
    char text[800];
    qsort(verified->noted, verified->noted_count, sizeof *verified->noted, compare);
    buf_reserve(&out,
                HEAD.len + (verified->kept_count + verified->noted_count) * sizeof(struct hash));
    buf_put_str(&out, HEAD);
    merge(verified, &out);
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
    if (verified->has_key && verified->noted_count > 0) {
        save(verified);
    }
    sodium_memzero(&verified->key, sizeof verified->key);
    buf_fini(&verified->path);
    buf_fini(&verified->bytes);
    free(verified->noted);
    free(verified->leads);
    free(verified->holds);
    free(verified);
}
