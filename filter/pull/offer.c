#include "filter/pull/offer.h"

#include <jansson.h>

#include "filter/base/canonical.h"
#include "filter/base/clock.h"
#include "filter/base/err.h"

static const int64_t longest_ms = (int64_t)24 * 3600 * 1000, skew_ms = (int64_t)5 * 60 * 1000;

static struct str text_in(const json_t *object, const char *name)
{
    const json_t *value = json_object_get(object, name);
    return (struct str){json_string_value(value), json_string_length(value)};
}

static bool read_entries(struct pull_offer *offer, const json_t *manifest, struct err *err)
{
    const json_t *file;
    size_t at;
    json_array_foreach(json_object_get(manifest, "files"), at, file)
    {
        json_int_t bytes = json_integer_value(json_object_get(file, "bytes"));
        if (!str_is(text_in(file, "format"), "entries") || bytes < 0 ||
            !hash_parse(text_in(file, "sha256"), &offer->entries)) {
            continue;
        }
        offer->entries_bytes = (size_t)bytes;
        return bytes <= PULL_ENTRIES_BYTES ||
               err_set(err, "the manifest names %lld bytes of entries; at most %d are read",
                       (long long)bytes, PULL_ENTRIES_BYTES);
    }
    return err_set(err, "the manifest names no file of entries");
}

static bool check_times(const struct pull_offer *offer, int64_t now_ms, struct err *err)
{
    char text[CLOCK_TEXT];
    if (offer->made_ms > now_ms + skew_ms) {
        return err_set(err, "the list was made at %s, in the future of this machine's clock",
                       clock_format(offer->made_ms, text));
    }
    if (offer->valid_until_ms - offer->made_ms > longest_ms) {
        return err_set(err, "the list claims to hold longer than 24 hours");
    }
    return now_ms < offer->valid_until_ms ||
           err_set(err, "the list ended at %s", clock_format(offer->valid_until_ms, text));
}

/*
 * What the independent organisation saw of this server: an older list than that, or another one
 * under its serial, is a server that shows us something else than others.
 */
static bool check_witness(const struct pull_offer *offer, const struct pull_memory *memory,
                          struct err *err)
{
    if (memory->seen_serial == 0) {
        return true;
    }
    int32_t ahead = (int32_t)(offer->serial - memory->seen_serial);
    if (ahead < 0) {
        return err_set(err,
                       "the list's serial %lu is older than %lu, which the independent "
                       "organisation saw",
                       (unsigned long)offer->serial, (unsigned long)memory->seen_serial);
    }
    return ahead > 0 || memcmp(&offer->head, &memory->seen_head, sizeof offer->head) == 0 ||
           err_set(err,
                   "the list of serial %lu is of another log than the one that the "
                   "independent organisation saw",
                   (unsigned long)offer->serial);
}

/*
 * Serials are seconds since 1970, or a little ahead of them (seal.h). One from far ahead would lock
 * every later list out.
 */
static bool check_ahead(const struct pull_offer *offer, int64_t now_ms, struct err *err)
{
    static const uint32_t day_s = 24 * 3600;
    return (int32_t)(offer->serial - (uint32_t)(now_ms / 1000) - day_s) <= 0 ||
           err_set(err, "the list's serial %lu is far ahead of this machine's clock",
                   (unsigned long)offer->serial);
}

/* Serials grow (RFC 1982); the same one is the same list. */
static bool check_serial(const struct pull_offer *offer, const struct pull_memory *memory,
                         struct err *err)
{
    if (memory->serial == 0) {
        return true;
    }
    int32_t ahead = (int32_t)(offer->serial - memory->serial);
    if (ahead < 0) {
        return err_set(err, "the list's serial %lu is older than %lu, which was seen here",
                       (unsigned long)offer->serial, (unsigned long)memory->serial);
    }
    return ahead > 0 || memcmp(&offer->manifest, &memory->manifest, sizeof offer->manifest) == 0 ||
           err_set(err, "two lists bear the serial %lu", (unsigned long)offer->serial);
}

bool pull_offer_read(struct pull_offer *offer, struct str manifest, struct str signature,
                     const struct pull_pins *pins, const struct pull_memory *memory, int64_t now_ms,
                     struct err *err)
{
    *offer = (struct pull_offer){.manifest = hash_sha256(manifest)};
    struct err why = ERR_NONE;
    if (!sshsig_verify(signature, manifest, &pins->list, &why)) {
        return err_set(err, "the manifest's signature: %s", why.message);
    }
    json_t *read = canonical_read(manifest, err);
    json_int_t serial = json_integer_value(json_object_get(read, "serial"));
    bool done = read != NULL &&
                ((str_is(text_in(read, "type"), "saring-manifest-1") && serial > 0 &&
                  serial <= UINT32_MAX && clock_parse(text_in(read, "made"), &offer->made_ms) &&
                  clock_parse(text_in(read, "valid_until"), &offer->valid_until_ms) &&
                  hash_parse(text_in(read, "head"), &offer->head)) ||
                 err_set(err, "the manifest has not what saring writes into one")) &&
                (json_is_false(json_object_get(read, "demo")) ||
                 err_set(err, "the list is a demonstration")) &&
                read_entries(offer, read, err);
    json_decref(read);
    if (!done) {
        return false;
    }
    offer->serial = (uint32_t)serial;
    return check_times(offer, now_ms, err) && check_ahead(offer, now_ms, err) &&
           check_serial(offer, memory, err) && check_witness(offer, memory, err);
}

static bool is_signed_by_others(struct str file, struct str signature, const struct pull_pins *pins)
{
    for (size_t i = 0; i < pins->key_count; i++) {
        struct err ignored = ERR_NONE;
        if (pins->keys[i].role != PULL_TEAM &&
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

/* `*made_ms` is theirs. */
static bool check_removals(const json_t *file, const struct pull_pins *pins,
                           const struct pull_memory *memory, int64_t now_ms, int64_t *made_ms,
                           struct err *err)
{
    struct hash season;
    const json_t *until = json_object_get(file, "valid_until");
    int64_t until_ms = INT64_MAX;
    if (!str_is(text_in(file, "type"), "saring-removals-1") ||
        !json_is_array(json_object_get(file, "entries")) ||
        !hash_parse(text_in(file, "season"), &season) ||
        !clock_parse(text_in(file, "made"), made_ms) ||
        (until != NULL && !clock_parse(text_in(file, "valid_until"), &until_ms))) {
        return err_set(err, "the removals are not in the form of saring-removals-1");
    }
    if (memcmp(&season, &pins->season, sizeof season) != 0) {
        return err_set(err, "the removals are of another season");
    }
    if (*made_ms > now_ms + skew_ms) {
        return err_set(err, "the removals were made in the future of this machine's clock");
    }
    if (now_ms >= until_ms) {
        return err_set(err, "the removals held until a time that is over: are they held back?");
    }
    return *made_ms >= memory->removals_made_ms ||
           err_set(err, "the removals are older than those seen before");
}

/* A removal that is well signed counts, whatever else is wrong with the file. */
static bool take_removals(struct pull_memory *memory, const json_t *entries, int64_t now_ms,
                          struct err *err)
{
    const json_t *id;
    size_t at, bad = 0;
    json_array_foreach(entries, at, id)
    {
        struct hash entry;
        char text[HASH_HEX];
        if (!hash_parse((struct str){json_string_value(id), json_string_length(id)}, &entry)) {
            bad++;
        } else if (json_object_get(memory->removed, hash_format(&entry, text)) == NULL) {
            json_object_set_new(memory->removed, text, json_integer(now_ms));
        }
    }
    return bad == 0 ||
           err_set(err, "the removals hold %zu values that are no entry's SHA-256", bad);
}

bool pull_removals_read(struct pull_memory *memory, struct str file, struct str signature,
                        const struct pull_pins *pins, int64_t now_ms, struct err *err)
{
    int64_t made_ms = 0;
    uint32_t serial;
    struct hash head;
    if (!is_signed_by_others(file, signature, pins)) {
        return err_set(err, "the removals are not signed by an independent organisation or the "
                            "appeal panel of the season");
    }
    json_t *read = canonical_read(file, err);
    bool done = read != NULL && check_removals(read, pins, memory, now_ms, &made_ms, err);
    if (done) {
        done = take_removals(memory, json_object_get(read, "entries"), now_ms, err) &&
               read_seen(read, &serial, &head, err);
    }
    json_decref(read);
    if (!done) {
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
