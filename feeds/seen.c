#include "feeds/seen.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <pthread.h>
#include <stdlib.h>
#include <unistd.h>
#include <xxhash.h>

#include "filter/base/buf.h"
#include "filter/base/err.h"
#include "filter/base/file.h"
#include "filter/base/log.h"
#include "filter/base/mem.h"

enum {
    MINUTE_MS = 60000,
    SWEEP_MINUTES = 60,
    /* Swept late at most by this, no hash is anywhere longer than allowed. */
    MAX_MINUTES = FEEDS_SEEN_MAX_DAYS * 24 * 60 - 2 * SWEEP_MINUTES,
    UNLISTED_MINUTES = FEEDS_SEEN_UNLISTED_HOURS * 60,
    FORGET_AT_ONCE = FEEDS_SEEN_MAX / 16, /* of the oldest, when there are too many */
    MAX_FILE = 4 * FEEDS_SEEN_MAX * 32,
    SPARE_RECORDS = 4096, /* dead ones in the file, over twice the living, before it is rewritten */
};

/* As in the file: little endian, the same in memory on every machine that we build for. */
struct record {
    unsigned char key[16];
    uint32_t minute; /* since 1970, when it was done */
    uint32_t source; /* keyed hash of the source's id: to forget what it lists no more */
    uint32_t listed; /* minute when the source listed it last, as far as this process saw */
    uint32_t check;  /* of the 28 bytes above */
};
_Static_assert(sizeof(struct record) == 32, "records have no padding");

static const char magic[32] = "saring posts seen, version 1\n";

struct feeds_seen {
    pthread_mutex_t lock;
    struct clock clock;
    struct hash_key secret;
    char *path;
    int fd;               /* of the file, for appending */
    size_t file_records;  /* dead ones included */
    bool is_failing;      /* the disk; said once */
    struct record *slots; /* open addressing by the key's first bytes; minute 0 is free */
    size_t room, count;   /* room is a power of two */
    uint32_t swept;       /* minute of the last sweep for age, which rewrites the file */
    uint32_t tried;       /* minute of the last attempt to write a failing file anew */
};

static uint32_t check_of(const struct record *record)
{
    return (uint32_t)XXH3_64bits(record, offsetof(struct record, check));
}

static uint32_t now_minute(const struct feeds_seen *seen)
{
    return (uint32_t)(clock_now_ms(&seen->clock) / MINUTE_MS);
}

/* Keys are hashes already. */
static size_t home(const struct feeds_seen *seen, const unsigned char key[16])
{
    uint64_t first;
    memcpy(&first, key, sizeof first);
    return (size_t)first & (seen->room - 1);
}

/* The key's slot, or the free one where it would go. */
static struct record *find(const struct feeds_seen *seen, const unsigned char key[16])
{
    size_t at = home(seen, key);
    while (seen->slots[at].minute != 0 && memcmp(seen->slots[at].key, key, 16) != 0) {
        at = (at + 1) & (seen->room - 1);
    }
    return &seen->slots[at];
}

static bool is_old(const struct record *record, uint32_t now)
{
    /* A time ahead of the clock is no reason to keep a hash longer than allowed. */
    return record->minute > now + 24 * 60 || record->minute + MAX_MINUTES < now;
}

/* Moves the records for which `keep` is true into slots of their own; there are at most `room`/2.
 */
static void rebuild(struct feeds_seen *seen, size_t room,
                    bool (*keep)(const struct record *record, const void *context),
                    const void *context)
{
    struct record *old = seen->slots;
    size_t old_room = seen->room;
    seen->slots = mem_zero(room, sizeof *seen->slots);
    seen->room = room;
    seen->count = 0;
    for (size_t i = 0; i < old_room; i++) {
        if (old[i].minute != 0 && keep(&old[i], context)) {
            *find(seen, old[i].key) = old[i];
            seen->count++;
        }
    }
    free(old);
}

static bool keep_all(const struct record *record, const void *context)
{
    (void)record;
    (void)context;
    return true;
}

static bool keep_young(const struct record *record, const void *context)
{
    return !is_old(record, *(const uint32_t *)context);
}

static bool keep_younger_than(const struct record *record, const void *context)
{
    return record->minute > *(const uint32_t *)context;
}

static int compare_minutes(const void *a, const void *b)
{
    uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;
    return (x > y) - (x < y);
}

/* Forgets at least the oldest FORGET_AT_ONCE. */
static void forget_oldest(struct feeds_seen *seen)
{
    uint32_t *minutes = mem_alloc(seen->count * sizeof *minutes);
    size_t count = 0;
    for (size_t i = 0; i < seen->room; i++) {
        if (seen->slots[i].minute != 0) {
            minutes[count++] = seen->slots[i].minute;
        }
    }
    qsort(minutes, count, sizeof *minutes, compare_minutes);
    uint32_t limit = minutes[FORGET_AT_ONCE];
    free(minutes);
    rebuild(seen, seen->room, keep_younger_than, &limit);
    log_line(LOG_WARN, "seen_full", LOG_NUMBER("kept", seen->count),
             LOG_NUMBER("most", FEEDS_SEEN_MAX));
}

static void make_room(struct feeds_seen *seen)
{
    if (seen->count >= FEEDS_SEEN_MAX) {
        forget_oldest(seen);
    }
    if ((seen->count + 1) * 2 > seen->room) {
        rebuild(seen, seen->room * 2, keep_all, NULL);
    }
}

static void put(struct feeds_seen *seen, const struct record *record)
{
    make_room(seen);
    struct record *slot = find(seen, record->key);
    seen->count += slot->minute == 0;
    *slot = *record;
}

static bool append(struct feeds_seen *seen, const struct record *record)
{
    ssize_t put_bytes;
    do {
        put_bytes = write(seen->fd, record, sizeof *record);
    } while (put_bytes < 0 && errno == EINTR);
    seen->file_records++;
    return put_bytes == (ssize_t)sizeof *record;
}

/* Writes the file anew with the living records alone and opens it for appending. */
static bool rewrite(struct feeds_seen *seen, struct err *err)
{
    struct buf bytes = BUF_EMPTY;
    uint32_t now = now_minute(seen);
    buf_put(&bytes, magic, sizeof magic);
    for (size_t i = 0; i < seen->room; i++) {
        if (seen->slots[i].minute != 0 && !is_old(&seen->slots[i], now)) {
            seen->slots[i].check = check_of(&seen->slots[i]);
            buf_put(&bytes, &seen->slots[i], sizeof seen->slots[i]);
        }
    }
    bool done = file_write(seen->path, buf_str(&bytes), 0600, err);
    if (done) {
        int fd = open(seen->path, O_WRONLY | O_APPEND | O_CLOEXEC);
        if (fd < 0) {
            done = err_set(err, "cannot be opened: %s", strerror(errno));
            err_in_file(err, seen->path);
        } else {
            if (seen->fd >= 0) {
                close(seen->fd);
            }
            seen->fd = fd;
            seen->file_records = (bytes.len - sizeof magic) / sizeof(struct record);
            seen->is_failing = false;
        }
    }
    buf_fini(&bytes);
    return done;
}

/* Writes the file anew; a failure is logged, and tried again a minute later at the earliest. */
static void rewrite_or_log(struct feeds_seen *seen)
{
    struct err err = ERR_NONE;
    uint32_t now = now_minute(seen);
    if (seen->is_failing && seen->tried == now) {
        return;
    }
    seen->tried = now;
    if (!rewrite(seen, &err) && !seen->is_failing) {
        log_line(LOG_ERROR, "seen_not_written", LOG_TEXT("file", seen->path),
                 LOG_TEXT("reason", err.message));
        seen->is_failing = true;
    }
}

/* Takes the records of a file's bytes; returns how many bytes of them are sound. */
static size_t take_records(struct feeds_seen *seen, struct str bytes)
{
    uint32_t now = now_minute(seen);
    size_t at = sizeof magic;
    if (bytes.len < sizeof magic || memcmp(bytes.at, magic, sizeof magic) != 0) {
        return 0;
    }
    while (bytes.len - at >= sizeof(struct record)) {
        struct record record;
        memcpy(&record, bytes.at + at, sizeof record);
        if (record.check != check_of(&record) || record.minute == 0) {
            break;
        }
        record.listed = now; /* not known of the time in between: its source is given a day */
        if (!is_old(&record, now)) {
            put(seen, &record);
        }
        at += sizeof record;
    }
    return at;
}

static void load(struct feeds_seen *seen)
{
    struct buf bytes = BUF_EMPTY;
    struct err err = ERR_NONE;
    if (access(seen->path, F_OK) == 0) {
        if (!file_read(seen->path, MAX_FILE, &bytes, &err)) {
            log_line(LOG_WARN, "seen_not_read", LOG_TEXT("file", seen->path),
                     LOG_TEXT("reason", err.message));
        } else {
            size_t sound = take_records(seen, buf_str(&bytes));
            if (sound < bytes.len) {
                log_line(LOG_WARN, "seen_damaged", LOG_TEXT("file", seen->path),
                         LOG_NUMBER("sound_bytes", sound), LOG_NUMBER("bytes", bytes.len));
            }
        }
    }
    buf_fini(&bytes);
}

struct feeds_seen *feeds_seen_open(const char *path, const struct hash_key *secret,
                                   struct clock clock, struct err *err)
{
    struct feeds_seen *seen = mem_zero(1, sizeof *seen);
    pthread_mutex_init(&seen->lock, NULL);
    seen->clock = clock;
    seen->secret = *secret;
    seen->path = mem_copy_string(path);
    seen->fd = -1;
    seen->room = 1024;
    seen->slots = mem_zero(seen->room, sizeof *seen->slots);
    load(seen);
    seen->swept = now_minute(seen);
    if (!rewrite(seen, err)) {
        feeds_seen_close(seen);
        return NULL;
    }
    return seen;
}

void feeds_seen_close(struct feeds_seen *seen)
{
    if (seen == NULL) {
        return;
    }
    if (seen->fd >= 0) {
        close(seen->fd);
    }
    pthread_mutex_destroy(&seen->lock);
    free(seen->slots);
    free(seen->path);
    explicit_bzero(&seen->secret, sizeof seen->secret);
    free(seen);
}

struct feeds_seen_key feeds_seen_key(const struct feeds_seen *seen, struct str source,
                                     struct str id)
{
    struct feeds_seen_key key;
    const struct str parts[] = {STR("post"), source, id};
    struct hash hash = hash_keyed(&seen->secret, parts, 3);
    memcpy(key.bytes, hash.bytes, sizeof key.bytes);
    return key;
}

static uint32_t source_hash(const struct feeds_seen *seen, struct str source)
{
    const struct str parts[] = {STR("source"), source};
    struct hash hash = hash_keyed(&seen->secret, parts, 2);
    uint32_t first;
    memcpy(&first, hash.bytes, sizeof first);
    return first;
}

bool feeds_seen_check(struct feeds_seen *seen, const struct feeds_seen_key *key)
{
    pthread_mutex_lock(&seen->lock);
    uint32_t now = now_minute(seen);
    struct record *record = find(seen, key->bytes);
    bool is_done = record->minute != 0 && !is_old(record, now);
    if (is_done) {
        record->listed = now;
    }
    pthread_mutex_unlock(&seen->lock);
    return is_done;
}

void feeds_seen_mark(struct feeds_seen *seen, struct str source, const struct feeds_seen_key *key)
{
    struct record record = {.source = source_hash(seen, source)};
    memcpy(record.key, key->bytes, sizeof record.key);
    pthread_mutex_lock(&seen->lock);
    record.minute = record.listed = now_minute(seen);
    record.check = check_of(&record);
    put(seen, &record);
    bool is_grown = seen->file_records > 2 * seen->count + SPARE_RECORDS;
    /* After a failure the file may end in half a record: only a new one can be appended to. */
    if (is_grown || seen->is_failing || !append(seen, &record)) {
        rewrite_or_log(seen);
    }
    pthread_mutex_unlock(&seen->lock);
}

struct unlisted {
    uint32_t source, before, now;
};

static bool keep_listed(const struct record *record, const void *context)
{
    const struct unlisted *unlisted = context;
    return !is_old(record, unlisted->now) &&
           (record->source != unlisted->source || record->listed >= unlisted->before);
}

void feeds_seen_listed(struct feeds_seen *seen, struct str source)
{
    struct unlisted unlisted = {.source = source_hash(seen, source)};
    pthread_mutex_lock(&seen->lock);
    unlisted.now = now_minute(seen);
    unlisted.before = unlisted.now - UNLISTED_MINUTES;
    bool any = false;
    for (size_t i = 0; i < seen->room && !any; i++) {
        any = seen->slots[i].minute != 0 && !keep_listed(&seen->slots[i], &unlisted);
    }
    if (any) {
        rebuild(seen, seen->room, keep_listed, &unlisted);
    }
    pthread_mutex_unlock(&seen->lock);
}

void feeds_seen_sweep(struct feeds_seen *seen)
{
    pthread_mutex_lock(&seen->lock);
    uint32_t now = now_minute(seen);
    if (now - seen->swept >= SWEEP_MINUTES) {
        seen->swept = now;
        rebuild(seen, seen->room, keep_young, &now);
        rewrite_or_log(seen);
    }
    pthread_mutex_unlock(&seen->lock);
}

size_t feeds_seen_count(struct feeds_seen *seen)
{
    pthread_mutex_lock(&seen->lock);
    size_t count = seen->count;
    pthread_mutex_unlock(&seen->lock);
    return count;
}
