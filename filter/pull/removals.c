#include "filter/pull/removals.h"

#include <jansson.h>

#include "filter/base/buf.h"
#include "filter/base/canonical.h"
#include "filter/base/clock.h"
#include "filter/base/err.h"
#include "filter/base/hash.h"
#include "filter/base/sshsig.h"

static const int64_t skew_ms = (int64_t)5 * 60 * 1000;

enum { REVOKED_MOST = 4096 };

static struct str text_of(const json_t *value)
{
    return (struct str){json_string_value(value), json_string_length(value)};
}

static struct str text_in(const json_t *object, const char *name)
{
    return text_of(json_object_get(object, name));
}

static bool is_signed_by_others(struct str file, struct str signature, const struct pull_pins *pins)
{
    for (size_t i = 0; i < pins->key_count; i++) {
        struct err ignored = ERR_NONE;
        if (pins->keys[i].role != PULL_TEAM && !pins->keys[i].is_revoked &&
            sshsig_verify(signature, file, &pins->keys[i].key, &ignored)) {
            return true;
        }
    }
    return false;
}

/* {"head":"…","serial":n}: optional; what its organisation saw of the server. */
static bool read_seen(const json_t *file, uint32_t *serial, struct hash *head, struct err *err)
{
    const json_t *seen = json_object_get(file, "seen");
    json_int_t number = json_integer_value(json_object_get(seen, "serial"));
    *serial = 0;
    if (seen == NULL) {
        return true;
    }
    if (number <= 0 || number > UINT32_MAX || !hash_parse(text_in(seen, "head"), head)) {
        return err_set(err, "the removals have no serial and head as \"seen\"");
    }
    *serial = (uint32_t)number;
    return true;
}

static bool check_form(const json_t *file, const struct pull_pins *pins, int64_t *made_ms,
                       struct err *err)
{
    struct hash season;
    const json_t *revoked = json_object_get(file, "revoked");
    if (!str_is(text_in(file, "type"), "saring-removals-1") ||
        !json_is_array(json_object_get(file, "entries")) ||
        (revoked != NULL && !json_is_array(revoked)) ||
        !hash_parse(text_in(file, "season"), &season) ||
        !clock_parse(text_in(file, "made"), made_ms)) {
        return err_set(err, "the removals are not in the form of saring-removals-1");
    }
    return memcmp(&season, &pins->season, sizeof season) == 0 ||
           err_set(err, "the removals are of another season");
}

/* Whether it is the newest there can be. */
static bool check_times(const json_t *file, const struct pull_memory *memory, int64_t made_ms,
                        int64_t now_ms, struct err *err)
{
    int64_t until_ms;
    if (!clock_parse(text_in(file, "valid_until"), &until_ms)) {
        return err_set(err, "the removals do not say until when they hold (\"valid_until\"): "
                            "they could be shown for ever");
    }
    if (made_ms > now_ms + skew_ms) {
        return err_set(err, "the removals were made in the future of this machine's clock");
    }
    if (until_ms - made_ms > PULL_REMOVALS_LONGEST_MS) {
        return err_set(err, "the removals claim to hold longer than 7 days");
    }
    if (now_ms >= until_ms) {
        return err_set(err, "the removals held until a time that is over: are they held back?");
    }
    return made_ms >= memory->removals_made_ms ||
           err_set(err, "the removals are older than those seen before");
}

static bool take_entries(struct pull_memory *memory, const json_t *entries, int64_t now_ms,
                         struct err *err)
{
    const json_t *id;
    size_t at, bad = 0;
    json_array_foreach(entries, at, id)
    {
        struct hash entry;
        char text[HASH_HEX];
        if (!hash_parse(text_of(id), &entry)) {
            bad++;
        } else if (json_object_get(memory->removed, hash_format(&entry, text)) == NULL) {
            json_object_set_new(memory->removed, text, json_integer(now_ms));
        }
    }
    return bad == 0 ||
           err_set(err, "the removals hold %zu values that are no entry's SHA-256", bad);
}

static bool take_revoked(struct pull_memory *memory, const json_t *lines, int64_t now_ms,
                         struct err *err)
{
    const json_t *line;
    size_t at, bad = 0;
    json_array_foreach(lines, at, line)
    {
        struct sshsig_key key;
        struct err ignored = ERR_NONE;
        struct buf own = BUF_EMPTY;
        if (json_object_size(memory->revoked) >= REVOKED_MOST ||
            !sshsig_key_parse(text_of(line), &key, &ignored)) {
            bad++;
            continue;
        }
        sshsig_key_format(&key, &own);
        buf_put(&own, "", 1);
        if (json_object_get(memory->revoked, own.bytes) == NULL) {
            json_object_set_new(memory->revoked, own.bytes, json_integer(now_ms));
        }
        buf_fini(&own);
    }
    return bad == 0 || err_set(err, "the removals revoke %zu values that are no keys", bad);
}

static bool read_file(struct pull_memory *memory, const json_t *file, const struct pull_pins *pins,
                      int64_t now_ms, struct err *err)
{
    int64_t made_ms = 0;
    uint32_t serial;
    struct hash head;
    if (!check_form(file, pins, &made_ms, err)) {
        return false;
    }
    /* Both, whatever is wrong with one of them, and before anything else is asked. */
    bool is_whole = take_entries(memory, json_object_get(file, "entries"), now_ms, err);
    is_whole &= take_revoked(memory, json_object_get(file, "revoked"), now_ms, err);
    if (!is_whole || !check_times(file, memory, made_ms, now_ms, err) ||
        !read_seen(file, &serial, &head, err)) {
        return false;
    }
    memory->removals_made_ms = made_ms;
    memory->removals_ms = now_ms;
    /* A witness who knows less than another knew before takes nothing back. */
    if (serial != 0 && (memory->seen_serial == 0 || (int32_t)(serial - memory->seen_serial) > 0)) {
        memory->seen_serial = serial;
        memory->seen_head = head;
    }
    return true;
}

bool pull_removals_read(struct pull_memory *memory, struct str file, struct str signature,
                        const struct pull_pins *pins, int64_t now_ms, struct err *err)
{
    if (!is_signed_by_others(file, signature, pins)) {
        return err_set(err, "the removals are not signed by an independent organisation or the "
                            "appeal panel of the season");
    }
    json_t *read = canonical_read(file, err);
    bool done = read != NULL && read_file(memory, read, pins, now_ms, err);
    json_decref(read);
    return done;
}
