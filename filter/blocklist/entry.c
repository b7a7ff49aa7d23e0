#include "filter/blocklist/entry.h"

#include <stdlib.h>
#include <utf8proc.h>

#include "filter/base/buf.h"
#include "filter/base/clock.h"
#include "filter/base/err.h"
#include "filter/base/mem.h"
#include "filter/blocklist/name.h"
#include "filter/text/url.h"
#include "filter/text/utf8.h"

struct blocklist_entry {
    struct blocklist_draft parts; /* pointing to what follows */
    struct buf target, reason, json;
    struct hash *evidence;
    struct hash season, id;
    struct str host;
};

static const char *const scopes[] = {
#define X(constant, name) [constant] = (name),
    BLOCKLIST_SCOPES(X)
#undef X
};

/* In the order of their names, which is the order in the JSON. */
static const struct {
    unsigned bit;
    const char *name;
} harvests[] = {
#define X(constant, bit, name) {bit, name},
    BLOCKLIST_HARVESTS(X)
#undef X
};

enum { SCOPES = sizeof scopes / sizeof *scopes, HARVESTS = sizeof harvests / sizeof *harvests };

const char *blocklist_scope_name(enum blocklist_scope scope)
{
    return scopes[scope];
}

bool blocklist_scope_parse(struct str name, enum blocklist_scope *scope)
{
    for (size_t i = 0; i < SCOPES; i++) {
        if (str_is(name, scopes[i])) {
            *scope = (enum blocklist_scope)i;
            return true;
        }
    }
    return false;
}

bool blocklist_harvest_parse(struct str name, unsigned *bit)
{
    for (size_t i = 0; i < HARVESTS; i++) {
        if (str_is(name, harvests[i].name)) {
            *bit = harvests[i].bit;
            return true;
        }
    }
    return false;
}

static bool check_url(const struct url *url, enum blocklist_scope scope, struct err *err)
{
    for (size_t i = 0; i < url->whole.len; i++) {
        unsigned char c = (unsigned char)url->whole.at[i];
        if (c <= ' ' || c >= 0x7f || c == '"' || c == '\\') {
            return err_set(err, "holds a character that belongs percent-encoded in a URL");
        }
    }
    if (scope != BLOCKLIST_URL_PREFIX) {
        return true;
    }
    if (memchr(url->path.at, '?', url->path.len) != NULL) {
        return err_set(err, "has a query; the scope URL_PREFIX takes a path");
    }
    return url->path.len > 1 ||
           err_set(err, "covers the whole host; the scope URL_PREFIX takes a path below it");
}

/* Writes the target's canonical spelling and finds the host in it. */
static bool make_target(struct blocklist_entry *entry, const struct blocklist_draft *draft,
                        struct err *err)
{
    bool done;
    if (draft->scope == BLOCKLIST_HOST || draft->scope == BLOCKLIST_DOMAIN) {
        done = url_host(draft->target, &entry->target, &entry->host, err);
    } else {
        struct url url;
        done = url_canonical(draft->target, &entry->target, &url, err) &&
               check_url(&url, draft->scope, err);
        entry->host = url.host;
    }
    if (!done || !blocklist_name_check(entry->host, err)) {
        struct err why = *err;
        *err = ERR_NONE;
        return err_set(err, "the target: %s", why.message);
    }
    entry->parts.target = buf_str(&entry->target);
    return true;
}

static bool check_time(const struct blocklist_draft *draft, struct err *err)
{
    static const int64_t latest = 253402300799999; /* the last of the year 9999 */
    if (draft->observed_ms < 0 || draft->start_ms < 0 || draft->start_ms > latest ||
        draft->end_ms > latest) {
        return err_set(err, "needs times of observation, start and end");
    }
    if (draft->end_ms <= draft->start_ms) {
        return err_set(err, "ends before it starts");
    }
    if (draft->end_ms - draft->start_ms > BLOCKLIST_LONGEST_MS) {
        return err_set(err, "lasts longer than 30 days; a later renewal is a case of its own");
    }
    if (draft->observed_ms > draft->start_ms) {
        return err_set(err, "starts before the harvest was observed");
    }
    return draft->start_ms - draft->observed_ms <= BLOCKLIST_EVIDENCE_AGE_MS ||
           err_set(err, "rests on an observation older than 24 hours; reproduce it anew");
}

/* Nothing that hides, reorders or breaks a line: people read this beside a signature. */
static bool check_reason(struct str reason, struct err *err)
{
    size_t characters = 0;
    if (!utf8_is_valid(reason)) {
        return err_set(err, "has a reason that is no UTF-8");
    }
    for (size_t at = 0; at < reason.len; characters++) {
        utf8proc_int32_t c = (unsigned char)reason.at[at];
        if (c >= ' ' && c < 0x7f) {
            at++;
            continue;
        }
        at += (size_t)utf8proc_iterate((const utf8proc_uint8_t *)reason.at + at,
                                       (utf8proc_ssize_t)(reason.len - at), &c);
        switch (utf8proc_category(c)) {
        case UTF8PROC_CATEGORY_CC:
        case UTF8PROC_CATEGORY_CF:
        case UTF8PROC_CATEGORY_CO:
        case UTF8PROC_CATEGORY_CN:
        case UTF8PROC_CATEGORY_ZL:
        case UTF8PROC_CATEGORY_ZP:
            return err_set(err, "has a reason with a control or invisible character (U+%04X)",
                           (unsigned)c);
        default: /* every other category is visible text */
            break;
        }
    }
    if (characters < BLOCKLIST_REASON_LEAST || characters > BLOCKLIST_REASON_MOST) {
        return err_set(err, "has a reason of %zu characters; the register takes %d to %d",
                       characters, BLOCKLIST_REASON_LEAST, BLOCKLIST_REASON_MOST);
    }
    return true;
}

static int compare_hashes(const void *a, const void *b)
{
    return memcmp(a, b, sizeof(struct hash));
}

static bool take_evidence(struct blocklist_entry *entry, const struct blocklist_draft *draft,
                          struct err *err)
{
    size_t count = draft->evidence_count;
    if (count == 0 || count > BLOCKLIST_EVIDENCE_MOST) {
        return err_set(err, "has %zu pieces of evidence; 1 to %d are needed", count,
                       BLOCKLIST_EVIDENCE_MOST);
    }
    entry->evidence = mem_alloc(count * sizeof *entry->evidence);
    memcpy(entry->evidence, draft->evidence, count * sizeof *entry->evidence);
    qsort(entry->evidence, count, sizeof *entry->evidence, compare_hashes);
    for (size_t i = 1; i < count; i++) {
        if (compare_hashes(&entry->evidence[i - 1], &entry->evidence[i]) == 0) {
            return err_set(err, "names the same evidence twice");
        }
    }
    entry->parts.evidence = entry->evidence;
    return true;
}

static bool check_basis(const struct blocklist_draft *draft, struct err *err)
{
    unsigned known = 0;
    for (size_t i = 0; i < HARVESTS; i++) {
        known |= harvests[i].bit;
    }
    if (draft->class != RULE_FRAUD) {
        return err_set(err,
                       "is of class %s; network entries are for fraud only, the others lead "
                       "to a correction or a referral",
                       rule_class_name(draft->class));
    }
    if (draft->harvest == 0 || (draft->harvest & ~known) != 0) {
        return err_set(err, "names no observed harvest (credentials, money, personal_data, "
                            "malware); likeness alone leads to a referral");
    }
    if (draft->case_id < 1 || draft->case_id >= (int64_t)1 << 53) {
        return err_set(err, "belongs to no case");
    }
    return (unsigned)draft->scope < SCOPES || err_set(err, "has no known scope");
}

/*
 * Written by hand in the order of RFC 8785, so that an entry costs no tree; blocklist_entry_read
 * checks what comes back with base/canonical.
 */
static void put_time(struct buf *out, const char *name, int64_t time_ms)
{
    char text[CLOCK_TEXT];
    buf_put_string(out, name);
    buf_put_string(out, clock_format(time_ms, text));
}

static void put_hash(struct buf *out, const char *before, const struct hash *hash)
{
    buf_put_string(out, before);
    buf_put_hex(out, hash->bytes, sizeof hash->bytes);
}

static void write_json(struct blocklist_entry *entry)
{
    const struct blocklist_draft *parts = &entry->parts;
    struct buf *out = &entry->json;
    buf_reserve(out, 512 + parts->reason.len + parts->target.len);
    buf_put_string(out, "{\"case\":");
    buf_put_int(out, parts->case_id);
    buf_put_string(out, ",\"class\":\"");
    buf_put_string(out, rule_class_name(parts->class));
    put_time(out, "\",\"end\":\"", parts->end_ms);
    buf_put_string(out, "\",\"evidence\":[");
    for (size_t i = 0; i < parts->evidence_count; i++) {
        put_hash(out, i > 0 ? "\",\"" : "\"", &parts->evidence[i]);
    }
    buf_put_string(out, "\"],\"harvest\":[");
    const char *comma = "\"";
    for (size_t i = 0; i < HARVESTS; i++) {
        if ((parts->harvest & harvests[i].bit) != 0) {
            buf_put_string(out, comma);
            buf_put_string(out, harvests[i].name);
            comma = "\",\"";
        }
    }
    put_time(out, "\"],\"observed\":\"", parts->observed_ms);
    buf_put_string(out, "\",\"reason\":");
    buf_put_json(out, parts->reason);
    put_hash(out, ",\"record\":\"", &parts->record);
    buf_put_string(out, "\",\"scope\":\"");
    buf_put_string(out, blocklist_scope_name(parts->scope));
    if (parts->season == NULL) {
        buf_put_string(out, "\",\"season\":\"" BLOCKLIST_DEMO);
    } else {
        put_hash(out, "\",\"season\":\"", parts->season);
    }
    put_time(out, "\",\"start\":\"", parts->start_ms);
    buf_put_string(out, "\",\"target\":");
    buf_put_json(out, parts->target);
    buf_put_string(out, ",\"type\":\"" BLOCKLIST_ENTRY_TYPE "\"}");
}

struct blocklist_entry *blocklist_entry_new(const struct blocklist_draft *draft, struct err *err)
{
    struct blocklist_entry *entry = mem_zero(1, sizeof *entry);
    entry->parts = *draft;
    if (!check_basis(draft, err) || !check_time(draft, err) || !check_reason(draft->reason, err) ||
        !take_evidence(entry, draft, err) || !make_target(entry, draft, err)) {
        struct err why = *err;
        *err = ERR_NONE;
        err_set(err, "the entry %s", why.message);
        blocklist_entry_free(entry);
        return NULL;
    }
    buf_put_str(&entry->reason, draft->reason);
    entry->parts.reason = buf_str(&entry->reason);
    if (draft->season != NULL) {
        entry->season = *draft->season;
        entry->parts.season = &entry->season;
    }
    write_json(entry);
    entry->id = hash_sha256(buf_str(&entry->json));
    return entry;
}

void blocklist_entry_free(struct blocklist_entry *entry)
{
    if (entry == NULL) {
        return;
    }
    buf_fini(&entry->target);
    buf_fini(&entry->reason);
    buf_fini(&entry->json);
    free(entry->evidence);
    free(entry);
}

struct str blocklist_entry_json(const struct blocklist_entry *entry)
{
    return buf_str(&entry->json);
}

struct hash blocklist_entry_id(const struct blocklist_entry *entry)
{
    return entry->id;
}

const struct blocklist_draft *blocklist_entry_parts(const struct blocklist_entry *entry)
{
    return &entry->parts;
}

struct str blocklist_entry_host(const struct blocklist_entry *entry)
{
    return entry->host;
}
