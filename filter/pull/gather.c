#include "filter/pull/gather.h"

#include <string.h>

#include "filter/base/sshsig.h"
#include "filter/pull/fetch.h"
#include "filter/pull/memory.h"
#include "filter/pull/offer.h"

enum { MANIFEST_BYTES = 1 << 20, REMOVALS_BYTES = 4 << 20 };

static bool fetch_in(const char *folder, const char *name, size_t max_bytes, struct buf *out,
                     struct err *err)
{
    struct buf url = BUF_EMPTY;
    size_t len = strlen(folder);
    buf_printf(&url, "%s%s%s", folder, len > 0 && folder[len - 1] == '/' ? "" : "/", name);
    bool done = pull_fetch(url.bytes, max_bytes, out, err);
    buf_fini(&url);
    return done;
}

/* Of that very list, where the server keeps more than one (filter/console/shelf.h). */
static bool fetch_file(const char *folder, const char *name, const struct pull_offer *offer,
                       size_t max_bytes, const struct hash *sha256, struct buf *out,
                       struct err *err)
{
    struct buf file = BUF_EMPTY;
    buf_clear(out);
    buf_printf(&file, "%s?serial=%lu", name, (unsigned long)offer->serial);
    bool done = fetch_in(folder, file.bytes, max_bytes, out, err);
    buf_fini(&file);
    if (!done) {
        return false;
    }
    struct hash hash = hash_sha256(buf_str(out));
    return memcmp(&hash, sha256, sizeof hash) == 0 ||
           err_set(err, "%s is not the one that the manifest names", name);
}

/* The manifest first, so that nothing else is asked for that it does not vouch for. */
static bool fetch_once(struct pull_gathered *gathered, const char *url,
                       const struct pull_pins *pins, int64_t now_ms, struct err *err)
{
    buf_clear(&gathered->manifest);
    buf_clear(&gathered->signature);
    static const struct pull_memory none = {.now_ms =
                                                0}; /* what is known is asked under the lock */
    struct pull_offer offer;
    return fetch_in(url, "manifest.json", MANIFEST_BYTES, &gathered->manifest, err) &&
           fetch_in(url, "manifest.json.sig", SSHSIG_MAX_BYTES, &gathered->signature, err) &&
           pull_offer_read(&offer, buf_str(&gathered->manifest), buf_str(&gathered->signature),
                           pins, &none, now_ms, err) &&
           fetch_file(url, "entries.ndjson", &offer, offer.entries_bytes, &offer.entries,
                      &gathered->entries, err) &&
           (offer.keys_bytes == 0 || fetch_file(url, "keys.ndjson", &offer, offer.keys_bytes,
                                                &offer.keys, &gathered->keys, err));
}

/* Once more if it does not fit together: the server may have switched to the next list meanwhile.
 */
static bool fetch_offer(struct pull_gathered *gathered, const char *url,
                        const struct pull_pins *pins, int64_t now_ms, struct err *err)
{
    struct err first = ERR_NONE;
    return fetch_once(gathered, url, pins, now_ms, &first) ||
           (gathered->manifest.len > 0 && fetch_once(gathered, url, pins, now_ms, err)) ||
           err_set(err, "%s", first.message);
}

static bool fetch_removals(struct pull_gathered *gathered, const char *removals, struct err *err)
{
    struct buf url = BUF_EMPTY;
    buf_printf(&url, "%s.sig", removals);
    bool done = pull_fetch(removals, REMOVALS_BYTES, &gathered->removals, err) &&
                pull_fetch(url.bytes, SSHSIG_MAX_BYTES, &gathered->removals_signature, err);
    buf_fini(&url);
    return done;
}

void pull_gather(struct pull_gathered *gathered, const char *url, const char *removals,
                 const struct pull_pins *pins, int64_t now_ms)
{
    *gathered = (struct pull_gathered){.manifest = BUF_EMPTY};
    /* Removals first: of a run that is cut short these are worth more. */
    (void)!fetch_removals(gathered, removals, &gathered->removals_err);
    (void)!fetch_offer(gathered, url, pins, now_ms, &gathered->offer_err);
}

void pull_gathered_fini(struct pull_gathered *gathered)
{
    buf_fini(&gathered->manifest);
    buf_fini(&gathered->signature);
    buf_fini(&gathered->entries);
    buf_fini(&gathered->keys);
    buf_fini(&gathered->removals);
    buf_fini(&gathered->removals_signature);
}
