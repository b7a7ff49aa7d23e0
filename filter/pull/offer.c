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

/* Certificates of keys: there may be none. */
static void read_keys(struct pull_offer *offer, const json_t *manifest)
{
    const json_t *file;
    size_t at;
    json_array_foreach(json_object_get(manifest, "files"), at, file)
    {
        json_int_t bytes = json_integer_value(json_object_get(file, "bytes"));
        if (str_is(text_in(file, "format"), "keys") && bytes > 0 && bytes <= PULL_KEYS_BYTES &&
            hash_parse(text_in(file, "sha256"), &offer->keys)) {
            offer->keys_bytes = (size_t)bytes;
            return;
        }
    }
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
    read_keys(offer, read);
    json_decref(read);
    if (!done) {
        return false;
    }
    offer->serial = (uint32_t)serial;
    return check_times(offer, now_ms, err) && check_ahead(offer, now_ms, err) &&
           check_serial(offer, memory, err) && check_witness(offer, memory, err);
}
