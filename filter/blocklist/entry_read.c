#include <jansson.h>

#include "filter/base/canonical.h"
#include "filter/base/clock.h"
#include "filter/base/err.h"
#include "filter/blocklist/entry.h"

/* A text member; "" if it is missing or no string, which no member may be. */
static struct str member(const json_t *object, const char *name)
{
    const json_t *value = json_object_get(object, name);
    return (struct str){json_string_value(value), json_string_length(value)};
}

static bool read_time(const json_t *object, const char *name, int64_t *time_ms, struct err *err)
{
    return clock_parse(member(object, name), time_ms) ||
           err_set(err, "has no time (2026-11-24T14:19:21Z) as \"%s\"", name);
}

static bool read_hash(struct str hex, const char *name, struct hash *hash, struct err *err)
{
    return hash_parse(hex, hash) ||
           err_set(err, "has no SHA-256 in lower-case hexadecimal as \"%s\"", name);
}

/* Reads what the draft points to into `evidence` and `season`; the rest is checked later. */
static bool read_members(const json_t *object, struct blocklist_draft *draft,
                         struct hash evidence[BLOCKLIST_EVIDENCE_MOST], struct hash *season,
                         struct err *err)
{
    const json_t *list = json_object_get(object, "evidence");
    draft->evidence_count = json_array_size(list);
    if (draft->evidence_count > BLOCKLIST_EVIDENCE_MOST) {
        return err_set(err, "has more than %d pieces of evidence", BLOCKLIST_EVIDENCE_MOST);
    }
    for (size_t i = 0; i < draft->evidence_count; i++) {
        const json_t *hex = json_array_get(list, i);
        if (!read_hash((struct str){json_string_value(hex), json_string_length(hex)}, "evidence",
                       &evidence[i], err)) {
            return false;
        }
    }
    const json_t *value;
    size_t at;
    json_array_foreach(json_object_get(object, "harvest"), at, value)
    {
        unsigned bit;
        if (!blocklist_harvest_parse(
                (struct str){json_string_value(value), json_string_length(value)}, &bit)) {
            return err_set(err, "has a harvest that is none of credentials, malware, money, "
                                "personal_data");
        }
        draft->harvest |= bit;
    }
    if (!rule_class_parse(member(object, "class"), &draft->class)) {
        return err_set(err, "has no known class");
    }
    if (!blocklist_scope_parse(member(object, "scope"), &draft->scope)) {
        return err_set(err, "has a scope that is none of URL, URL_PREFIX, HOST, DOMAIN");
    }
    if (!str_is(member(object, "season"), BLOCKLIST_DEMO)) {
        draft->season = season;
        if (!read_hash(member(object, "season"), "season", season, err)) {
            return false;
        }
    }
    draft->case_id = json_integer_value(json_object_get(object, "case"));
    draft->target = member(object, "target");
    draft->reason = member(object, "reason");
    return read_hash(member(object, "record"), "record", &draft->record, err) &&
           read_time(object, "observed", &draft->observed_ms, err) &&
           read_time(object, "start", &draft->start_ms, err) &&
           read_time(object, "end", &draft->end_ms, err);
}

static struct blocklist_entry *read_tree(struct str json, struct err *err)
{
    struct hash evidence[BLOCKLIST_EVIDENCE_MOST], season;
    struct blocklist_draft draft = {.evidence = evidence};
    struct blocklist_entry *entry = NULL;
    struct err why = ERR_NONE;
    json_t *object = canonical_read(json, &why);
    if (object == NULL || !read_members(object, &draft, evidence, &season, &why)) {
        err_set(err, "the entry %s", why.message);
    } else {
        entry = blocklist_entry_new(&draft, err);
    }
    json_decref(object);
    /* One way to write it: whatever is unknown, out of order or spelled otherwise shows here. */
    if (entry != NULL && !str_equal(blocklist_entry_json(entry), json)) {
        err_set(
            err, "the entry has other members or spellings than saring writes: expected %.*s",
            (int)(blocklist_entry_json(entry).len < 300 ? blocklist_entry_json(entry).len : 300),
            blocklist_entry_json(entry).at);
        blocklist_entry_free(entry);
        return NULL;
    }
    return entry;
}

/*
 * The members in the one order and spelling that an entry has, without a tree: a list of a million
 * reads them all at each publication. Anything else is for the tree, which says what is wrong.
 */
struct scan {
    const char *at, *end;
    bool holds;
};

static bool take(struct scan *in, struct str text)
{
    in->holds = in->holds && (size_t)(in->end - in->at) >= text.len &&
                memcmp(in->at, text.at, text.len) == 0;
    in->at += in->holds ? text.len : 0;
    return in->holds;
}

/* Up to the next quote, which is taken too; texts with escapes are not for here. */
static struct str take_text(struct scan *in, struct str before)
{
    if (!take(in, before)) {
        return STR("");
    }
    const char *quote = memchr(in->at, '"', (size_t)(in->end - in->at));
    struct str text = {.at = in->at, .len = quote != NULL ? (size_t)(quote - in->at) : 0};
    in->holds = quote != NULL && memchr(text.at, '\\', text.len) == NULL;
    in->at = quote != NULL ? quote + 1 : in->at;
    return text;
}

static int64_t take_number(struct scan *in)
{
    int64_t number = 0;
    const char *start = in->at;
    while (in->at < in->end && *in->at >= '0' && *in->at <= '9' && number < (int64_t)1 << 53) {
        number = number * 10 + (*in->at++ - '0');
    }
    in->holds = in->holds && in->at > start;
    return number;
}

static bool is_more(struct scan *in)
{
    bool more = in->holds && in->at < in->end && *in->at == ',';
    in->at += more ? 1 : 0;
    return more;
}

static void take_evidence(struct scan *in, struct blocklist_draft *draft,
                          struct hash evidence[BLOCKLIST_EVIDENCE_MOST])
{
    take(in, STR(",\"evidence\":["));
    do {
        struct str hex = take_text(in, STR("\""));
        in->holds = in->holds && draft->evidence_count < BLOCKLIST_EVIDENCE_MOST &&
                    hash_parse(hex, &evidence[draft->evidence_count]);
        draft->evidence_count += in->holds ? 1 : 0;
    } while (is_more(in));
    take(in, STR("]"));
}

static void take_harvest(struct scan *in, struct blocklist_draft *draft)
{
    take(in, STR(",\"harvest\":["));
    do {
        unsigned bit = 0;
        struct str name = take_text(in, STR("\""));
        in->holds = in->holds && blocklist_harvest_parse(name, &bit);
        draft->harvest |= bit;
    } while (is_more(in));
    take(in, STR("]"));
}

static bool scan(struct str json, struct blocklist_draft *draft,
                 struct hash evidence[BLOCKLIST_EVIDENCE_MOST], struct hash *season)
{
    struct scan in = {.at = json.at, .end = json.at + json.len, .holds = true};
    take(&in, STR("{\"case\":"));
    draft->case_id = take_number(&in);
    struct str class = take_text(&in, STR(",\"class\":\""));
    struct str end = take_text(&in, STR(",\"end\":\""));
    take_evidence(&in, draft, evidence);
    take_harvest(&in, draft);
    struct str observed = take_text(&in, STR(",\"observed\":\""));
    draft->reason = take_text(&in, STR(",\"reason\":\""));
    struct str record = take_text(&in, STR(",\"record\":\""));
    struct str scope = take_text(&in, STR(",\"scope\":\""));
    struct str of = take_text(&in, STR(",\"season\":\""));
    struct str start = take_text(&in, STR(",\"start\":\""));
    draft->target = take_text(&in, STR(",\"target\":\""));
    take(&in, STR(",\"type\":\"" BLOCKLIST_ENTRY_TYPE "\"}"));
    draft->season = in.holds && str_is(of, BLOCKLIST_DEMO) ? NULL : season;
    return in.holds && rule_class_parse(class, &draft->class) &&
           blocklist_scope_parse(scope, &draft->scope) && clock_parse(end, &draft->end_ms) &&
           clock_parse(observed, &draft->observed_ms) && clock_parse(start, &draft->start_ms) &&
           hash_parse(record, &draft->record) && (draft->season == NULL || hash_parse(of, season));
}

/* What is written anew, byte for byte, was read rightly, whatever read it. */
static struct blocklist_entry *read_scan(struct str json)
{
    struct hash evidence[BLOCKLIST_EVIDENCE_MOST], season;
    struct blocklist_draft draft = {.evidence = evidence};
    struct err ignored = ERR_NONE;
    struct blocklist_entry *entry =
        scan(json, &draft, evidence, &season) ? blocklist_entry_new(&draft, &ignored) : NULL;
    if (entry != NULL && !str_equal(blocklist_entry_json(entry), json)) {
        blocklist_entry_free(entry);
        return NULL;
    }
    return entry;
}

struct blocklist_entry *blocklist_entry_read(struct str json, struct err *err)
{
    if (json.len > BLOCKLIST_ENTRY_BYTES) {
        err_set(err, "the entry is longer than %d bytes", BLOCKLIST_ENTRY_BYTES);
        return NULL;
    }
    struct blocklist_entry *entry = json.len > 0 ? read_scan(json) : NULL;
    return entry != NULL ? entry : read_tree(json, err);
}
