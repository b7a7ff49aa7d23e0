#include "filter/pull/pull.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

#include "filter/base/arena.h"
#include "filter/base/buf.h"
#include "filter/base/err.h"
#include "filter/base/file.h"
#include "filter/base/mem.h"
#include "filter/base/state_dir.h"
#include "filter/blocklist/guard.h"
#include "filter/pull/gather.h"
#include "filter/pull/memory.h"
#include "filter/pull/offer.h"
#include "filter/pull/pins.h"
#include "filter/pull/probe.h"
#include "filter/pull/removals.h"
#include "filter/pull/rotate.h"

#define SKEW_MS ((int64_t)5 * 60 * 1000)
#define DAY_MS ((int64_t)24 * 3600 * 1000)

enum { ARENA_BYTES = 8 << 20, MANIFEST_BYTES = 1 << 20 };

struct work {
    const struct pull_run *run;
    struct arena *arena;
    struct pull_pins pins;
    struct pull_memory memory;
    struct pull_offer offer;
    struct pull_gathered gathered;
    struct buf manifest, signature, entries, keys; /* of the offer */
    struct buf memory_path;
    int64_t now_ms;
    bool is_kept; /* the offer is the one of before */
    bool has_offer;
};

static void say(const char *id, const char *en, const struct err *err)
{
    char text[800];
    fprintf(stderr, "saring-pull: %s / %s%s%s\n", id, en, err != NULL ? ": " : "",
            err != NULL ? err_format(err, text, sizeof text) : "");
}

static bool keep_in(const struct work *work, const char *name, const struct buf *bytes,
                    struct err *err)
{
    struct buf path = BUF_EMPTY;
    buf_printf(&path, "%s/%s", work->run->state, name);
    bool done = file_write(path.bytes, buf_str(bytes), 0600, err);
    buf_fini(&path);
    return done;
}

static bool kept_in(const struct work *work, const char *name, size_t max_bytes, struct buf *out,
                    struct err *err)
{
    struct buf path = BUF_EMPTY;
    buf_printf(&path, "%s/%s", work->run->state, name);
    bool done = file_read(path.bytes, max_bytes, out, err);
    buf_fini(&path);
    return done;
}

static void clear_offer(struct work *work)
{
    buf_clear(&work->manifest);
    buf_clear(&work->signature);
    buf_clear(&work->entries);
    buf_clear(&work->keys);
}

static bool check_offer(struct work *work, struct err *err)
{
    return pull_offer_read(&work->offer, buf_str(&work->manifest), buf_str(&work->signature),
                           &work->pins, &work->memory, work->now_ms, err);
}

static bool check_entries(const struct work *work, struct err *err)
{
    struct hash hash = hash_sha256(buf_str(&work->entries)),
                keys = hash_sha256(buf_str(&work->keys));
    if (memcmp(&hash, &work->offer.entries, sizeof hash) != 0) {
        return err_set(err, "the entries are not those that the manifest names");
    }
    return work->offer.keys_bytes == 0 || memcmp(&keys, &work->offer.keys, sizeof keys) == 0 ||
           err_set(err, "the certificates are not those that the manifest names");
}

/* Looked at anew, with what is remembered, which another run may have changed meanwhile. */
static bool take_gathered(struct work *work, struct err *err)
{
    struct pull_gathered *gathered = &work->gathered;
    if (err_is_set(&gathered->offer_err)) {
        *err = gathered->offer_err;
        return false;
    }
    buf_put_str(&work->manifest, buf_str(&gathered->manifest));
    buf_put_str(&work->signature, buf_str(&gathered->signature));
    work->entries = gathered->entries;
    gathered->entries = BUF_EMPTY;
    work->keys = gathered->keys;
    gathered->keys = BUF_EMPTY;
    return check_offer(work, err) && check_entries(work, err) &&
           keep_in(work, "entries.ndjson", &work->entries, err) &&
           keep_in(work, "keys.ndjson", &work->keys, err) &&
           keep_in(work, "manifest.json", &work->manifest, err) &&
           keep_in(work, "manifest.json.sig", &work->signature, err);
}

/* What was accepted last, verified anew, with the clock of now. */
static bool reuse_offer(struct work *work, struct err *err)
{
    clear_offer(work);
    work->is_kept = true;
    return kept_in(work, "manifest.json", MANIFEST_BYTES, &work->manifest, err) &&
           kept_in(work, "manifest.json.sig", SSHSIG_MAX_BYTES, &work->signature, err) &&
           check_offer(work, err) &&
           kept_in(work, "entries.ndjson", PULL_ENTRIES_BYTES, &work->entries, err) &&
           (work->offer.keys_bytes == 0 ||
            kept_in(work, "keys.ndjson", PULL_KEYS_BYTES, &work->keys, err)) &&
           check_entries(work, err);
}

static void read_removals(struct work *work)
{
    struct pull_gathered *gathered = &work->gathered;
    struct err *err = &gathered->removals_err;
    if (err_is_set(err) || !pull_removals_read(&work->memory, buf_str(&gathered->removals),
                                               buf_str(&gathered->removals_signature), &work->pins,
                                               work->now_ms, err)) {
        say("daftar cabut tidak terbaca", "the removals could not be read", err);
    }
}

/* Why nothing may be blocked now, whatever is offered; false if nothing speaks against it. */
static bool find_doubt(const struct work *work, struct err *why)
{
    if (work->memory.now_ms > work->now_ms + SKEW_MS) {
        err_set(why, "the clock of this machine went back");
    } else if (work->now_ms >= work->pins.end_ms || work->now_ms < work->pins.start_ms) {
        err_set(why, "the season that is pinned is not running");
    } else if (work->now_ms - work->memory.removals_ms > DAY_MS) {
        err_set(why, "the removals of the independent organisation were not read for 24 hours");
    }
    return err_is_set(why);
}

static void put_appeal(const struct pull_pins *pins, struct buf *out)
{
    for (size_t i = 0; i < pins->key_count; i++) {
        const struct pull_key *key = &pins->keys[i];
        bool is_new = key->role != PULL_TEAM &&
                      (i == 0 || !str_equal(key->organisation, pins->keys[i - 1].organisation));
        if (is_new) {
            buf_printf(out, "%s%.*s", out->len > 0 ? ", " : "", STR_FORMAT(key->organisation));
        }
    }
}

/* Puts `items` in place; `empty` says why there are none, "" if there may be some. */
static bool install(struct work *work, const struct blocklist_item *items, size_t count,
                    int64_t valid_until_ms, const char *empty, struct err *err)
{
    char fingerprint[SSHSIG_FINGERPRINT], hex[HASH_HEX];
    struct buf appeal = BUF_EMPTY;
    uint32_t now_s = (uint32_t)(work->now_ms / 1000);
    put_appeal(&work->pins, &appeal);
    uint32_t local = (int32_t)(now_s - work->memory.local) > 0 ? now_s : work->memory.local + 1;
    struct blocklist_opening opening = {
        .serial = local,
        .made_ms = work->now_ms,
        .valid_until_ms = valid_until_ms,
        .season = work->pins.name.len > 0 ? work->pins.name : STR("-"),
        .appeal = buf_str(&appeal),
        .empty = str_of(empty),
        .fingerprint = str_of(sshsig_key_fingerprint(&work->pins.list, fingerprint)),
        .head = work->offer.head,
        .entries = count,
        .zone = str_of(work->run->zone),
    };
    bool done = pull_install(&work->run->place, &opening, items, count, err);
    buf_fini(&appeal);
    work->memory.local = local;
    if (done) {
        json_object_clear(work->memory.installed);
        for (size_t i = 0; i < count; i++) {
            json_object_set_new(work->memory.installed, hash_format(&items[i].id, hex),
                                json_stringn(items[i].host.at, items[i].host.len));
        }
        work->memory.valid_until_ms = count > 0 ? valid_until_ms : 0;
    }
    return done;
}

static int compare_ids(const void *a, const void *b)
{
    return memcmp(a, b, sizeof(struct hash));
}

/* The name of an entry that is in place and no longer in the list; NULL if there is none. */
static const char *find_gone(const struct work *work, const struct blocklist_item *items,
                             size_t count)
{
    struct hash *ids = mem_alloc(count * sizeof *ids), id;
    const char *hex, *found = NULL;
    json_t *name;
    for (size_t i = 0; i < count; i++) {
        ids[i] = items[i].id;
    }
    qsort(ids, count, sizeof *ids, compare_ids);
    json_object_foreach(work->memory.installed, hex, name)
    {
        if (!hash_parse(str_of(hex), &id) ||
            bsearch(&id, ids, count, sizeof *ids, compare_ids) == NULL) {
            found = json_string_value(name);
            break;
        }
    }
    free(ids);
    return found;
}

static enum pull_result install_empty(struct work *work, const struct err *why, struct err *err)
{
    say("daftar dikosongkan", "the list is emptied", why);
    return install(work, NULL, 0, work->now_ms + DAY_MS, why->message, err) ? PULL_EMPTY
                                                                            : PULL_CANNOT;
}

/* Resolvers keep an answer for its time to live; a site that is gone has none: a word is enough. */
static void probe_gone(const struct work *work, const char *name)
{
    struct err err = ERR_NONE;
    if (work->run->place.probe != NULL &&
        !pull_probe_free(work->run->place.probe, str_of(name), &err)) {
        say("nama yang dicabut belum dijawab", "a removed name has no address yet", &err);
    }
}

static enum pull_result install_list(struct work *work, const struct blocklist_item *items,
                                     size_t count, int64_t valid_until_ms, struct err *err)
{
    const char *gone = find_gone(work, items, count);
    char *name = gone != NULL ? arena_copy(work->arena, gone, strlen(gone)) : NULL;
    bool is_same = gone == NULL && json_object_size(work->memory.installed) == count;
    struct err why = ERR_NONE;
    /* The minute's run changes nothing unless something ended; a fetched list is written anew. */
    if (is_same && (work->run->only_lapses || work->is_kept) && count > 0) {
        return work->is_kept && !work->run->only_lapses ? PULL_KEPT : PULL_DONE;
    }
    if (is_same && count == 0 && work->run->only_lapses) {
        return PULL_DONE;
    }
    if (install(work, items, count, valid_until_ms, "", &why)) {
        if (name != NULL) {
            probe_gone(work, name);
        }
        return work->is_kept && !work->run->only_lapses ? PULL_KEPT : PULL_DONE;
    }
    if (gone == NULL) {
        say("daftar baru tidak dapat dipasang, yang lama tetap",
            "the new list could not be installed, the last one stays", &why);
        return PULL_KEPT;
    }
    /* What was put back blocks what must be free. */
    return install_empty(work, &why, err);
}

static enum pull_result take_offer(struct work *work, struct err *err)
{
    struct pull_counts counts = {.taken = 0};
    struct blocklist_guard *guard = blocklist_guard_shipped(work->run->pins, err);
    if (guard == NULL) {
        struct err why = *err;
        *err = ERR_NONE;
        return install_empty(work, &why, err);
    }
    int64_t until_ms = work->offer.valid_until_ms;
    until_ms = work->pins.end_ms < until_ms ? work->pins.end_ms : until_ms;
    struct blocklist_list *list = blocklist_list_new(guard, &work->pins.season, work->now_ms);
    pull_entries_take(list, buf_str(&work->entries), &work->pins, &work->memory, work->now_ms,
                      &until_ms, &counts);
    size_t count;
    const struct blocklist_item *items = blocklist_list_sort(list, &count);
    until_ms = blocklist_list_valid_until(list, until_ms);
    enum pull_result result = install_list(work, items, count, until_ms, err);
    if (!work->run->only_lapses) {
        fprintf(stderr,
                "saring-pull: serial %lu: %zu entri/entries, %zu sementara/provisional, "
                "%zu ditolak/refused, %zu dicabut/removed\n",
                (unsigned long)work->offer.serial, counts.taken, counts.provisional, counts.refused,
                counts.removed);
    }
    blocklist_list_free(list);
    blocklist_guard_free(guard);
    return result;
}

/*
 * Certificates hold by themselves, whoever brought them and whatever becomes of the offer: also who
 * signs removals may have another key by now.
 */
static void follow_keys(struct work *work)
{
    struct buf kept = BUF_EMPTY;
    struct err ignored = ERR_NONE;
    if (kept_in(work, "keys.ndjson", PULL_KEYS_BYTES, &kept, &ignored)) {
        pull_keys_follow(&work->pins, buf_str(&kept), work->arena);
    }
    pull_keys_follow(&work->pins, buf_str(&work->gathered.keys), work->arena);
    buf_fini(&kept);
}

static enum pull_result decide(struct work *work, struct err *err)
{
    struct err why = ERR_NONE;
    pull_keys_revoke(&work->pins, &work->memory);
    follow_keys(work);
    if (!work->run->only_lapses) {
        read_removals(work);
        pull_keys_revoke(&work->pins, &work->memory); /* and what they revoke */
    }
    if (find_doubt(work, &why)) {
        return json_object_size(work->memory.installed) == 0 && work->run->only_lapses
                   ? PULL_EMPTY
                   : install_empty(work, &why, err);
    }
    if (work->run->only_lapses || !take_gathered(work, &why)) {
        if (err_is_set(&why)) {
            say("tidak ada daftar baru", "no new list", &why);
        }
        why = ERR_NONE;
        if (!reuse_offer(work, &why)) {
            return json_object_size(work->memory.installed) == 0 && work->run->only_lapses
                       ? PULL_EMPTY
                       : install_empty(work, &why, err);
        }
    }
    enum pull_result result = take_offer(work, err);
    if (result != PULL_CANNOT) {
        work->memory.serial = work->offer.serial;
        work->memory.manifest = work->offer.manifest;
    }
    return result;
}

static int take_lock(const char *state, struct err *err)
{
    struct buf path = BUF_EMPTY;
    if (!state_dir_make(state, err)) {
        return -1;
    }
    buf_printf(&path, "%s/lock", state);
    int lock = open(path.bytes, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
    bool is_locked = lock >= 0;
    while (is_locked && flock(lock, LOCK_EX) != 0) {
        is_locked = errno == EINTR;
    }
    if (!is_locked) {
        err_set(err, "cannot be locked: %s", strerror(errno));
        err_in_file(err, path.bytes);
        if (lock >= 0) {
            close(lock);
            lock = -1;
        }
    }
    buf_fini(&path);
    return lock;
}

/* `pins_err`: why the pins could not be read, if they could not. */
static enum pull_result run_locked(struct work *work, const struct err *pins_err, struct err *err)
{
    struct err why = *pins_err;
    /* A memory that can't be read is in doubt like a clock that went back. */
    if (!pull_memory_load(&work->memory, work->memory_path.bytes, &why) || err_is_set(&why)) {
        pull_memory_fini(&work->memory);
        work->memory = pull_memory_none();
        enum pull_result result = install_empty(work, &why, err);
        return result;
    }
    enum pull_result result = decide(work, err);
    pull_memory_tidy(&work->memory, work->now_ms);
    /* A clock that went back is believed again only when it has caught up. */
    if (work->now_ms > work->memory.now_ms) {
        work->memory.now_ms = work->now_ms;
    }
    return pull_memory_save(&work->memory, work->memory_path.bytes, err) ? result : PULL_CANNOT;
}

enum pull_result pull_once(const struct pull_run *run, struct err *err)
{
    struct work work = {.run = run, .now_ms = clock_now_ms(&run->clock)};
    struct err pins_err = ERR_NONE;
    enum pull_result result = PULL_CANNOT;
    work.arena = arena_new(ARENA_BYTES);
    bool has_pins = pull_pins_load(&work.pins, run->pins, work.arena, &pins_err);
    if (has_pins && !run->only_lapses) {
        pull_gather(&work.gathered, run->url, run->removals, &work.pins, work.now_ms);
    }
    int lock = take_lock(run->state, err);
    if (lock >= 0) {
        /* Fetching and waiting took their time: what ended meanwhile has ended. */
        work.now_ms = clock_now_ms(&run->clock);
        buf_printf(&work.memory_path, "%s/pull.json", run->state);
        result = run_locked(&work, &pins_err, err);
        pull_memory_fini(&work.memory);
        close(lock);
    }
    pull_gathered_fini(&work.gathered);
    buf_fini(&work.manifest);
    buf_fini(&work.signature);
    buf_fini(&work.entries);
    buf_fini(&work.keys);
    buf_fini(&work.memory_path);
    arena_free(work.arena);
    return result;
}
