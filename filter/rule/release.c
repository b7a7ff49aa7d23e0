#include "filter/rule/release.h"

#include <assert.h>
#include <string.h>

#include "filter/base/buf.h"

/* Made by tests/generate/shipped, in order of the hashes. */
static const char shipped[][HASH_HEX] = {
#define SHIPPED(release, file) release,
#include "filter/rule/shipped.tbl"
#undef SHIPPED
};

static void put_part(struct buf *out, struct str text)
{
    buf_printf(out, "%zu:", text.len);
    buf_put_str(out, text);
}

/* The times that evidence of the class has; the others are not set. */
static void put_times(struct buf *out, enum rule_class class, const struct rule_evidence *one)
{
    switch (class) {
    case RULE_FRAUD:
        buf_printf(out, "%lld:", (long long)one->published_ms);
        break;
    case RULE_PROCEDURE:
        buf_printf(out, "%lld:%lld:%lld:", (long long)one->published_ms,
                   (long long)one->valid_from_ms, (long long)one->valid_until_ms);
        break;
    case RULE_CLAIM:
        buf_printf(out, "%lld:", (long long)one->rated_ms);
        break;
    }
}

struct hash rule_release_hash(const struct rule_release *release)
{
    struct buf form = BUF_EMPTY;
    const struct str words[] = {STR("saring rule release 1"),
                                release->id,
                                str_of(rule_class_name(release->class)),
                                release->title,
                                release->description,
                                release->level};
    buf_put(&form, release->document.bytes, HASH_BYTES);
    buf_put(&form, release->revision.bytes, HASH_BYTES);
    for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
        put_part(&form, words[i]);
    }
    for (size_t i = 0; i < release->evidence_count; i++) {
        const struct rule_evidence *one = &release->evidence[i];
        const struct str texts[] = {one->url,    one->publisher, one->impersonates,
                                    one->sha256, one->claim,     one->rating};
        for (size_t t = 0; t < sizeof texts / sizeof *texts; t++) {
            put_part(&form, texts[t]);
        }
        put_times(&form, release->class, one);
    }
    struct hash hash = hash_sha256(buf_str(&form));
    buf_fini(&form);
    return hash;
}

bool rule_release_shipped(size_t index, struct hash *release)
{
    if (index >= sizeof shipped / sizeof *shipped) {
        return false;
    }
    bool is_hash = hash_parse(str_of(shipped[index]), release);
    assert(is_hash);
    return true;
}

bool rule_release_is_shipped(const struct hash *release)
{
    char hex[HASH_HEX];
    hash_format(release, hex);
    for (size_t i = 0; i < sizeof shipped / sizeof *shipped; i++) {
        if (strcmp(shipped[i], hex) == 0) {
            return true;
        }
    }
    return false;
}
