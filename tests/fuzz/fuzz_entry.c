/* An entry that is read in place is canonical JSON, and says what a real parser says. */
#include <jansson.h>
#include <stdlib.h>

#include "filter/base/canonical.h"
#include "filter/base/clock.h"
#include "filter/base/err.h"
#include "filter/blocklist/entry.h"
#include "tests/fuzz/fuzz.h"

static void check(bool holds)
{
    if (!holds) {
        abort();
    }
}

static struct str text_of(const json_t *value)
{
    return (struct str){json_string_value(value), json_string_length(value)};
}

static void check_hash(const json_t *value, const struct hash *hash)
{
    char hex[HASH_HEX];
    check(str_is(text_of(value), hash_format(hash, hex)));
}

static void check_time(const json_t *object, const char *name, int64_t time_ms)
{
    char text[CLOCK_TEXT];
    check(str_is(text_of(json_object_get(object, name)), clock_format(time_ms, text)));
}

static void check_parts(const json_t *object, const struct blocklist_draft *parts)
{
    const json_t *evidence = json_object_get(object, "evidence"),
                 *harvest = json_object_get(object, "harvest"), *season;
    unsigned all = 0, bit = 0;
    check(json_object_size(object) == 13);
    check(json_integer_value(json_object_get(object, "case")) == parts->case_id);
    check(str_equal(text_of(json_object_get(object, "target")), parts->target));
    check(str_equal(text_of(json_object_get(object, "reason")), parts->reason));
    check(str_is(text_of(json_object_get(object, "class")), "fraud") && parts->class == RULE_FRAUD);
    check(str_is(text_of(json_object_get(object, "scope")), blocklist_scope_name(parts->scope)));
    check_hash(json_object_get(object, "record"), &parts->record);
    check_time(object, "observed", parts->observed_ms);
    check_time(object, "start", parts->start_ms);
    check_time(object, "end", parts->end_ms);
    check(json_array_size(evidence) == parts->evidence_count);
    for (size_t i = 0; i < parts->evidence_count; i++) {
        check_hash(json_array_get(evidence, i), &parts->evidence[i]);
    }
    for (size_t i = 0; i < json_array_size(harvest); i++) {
        check(blocklist_harvest_parse(text_of(json_array_get(harvest, i)), &bit) &&
              (all & bit) == 0);
        all |= bit;
    }
    check(all == parts->harvest);
    season = json_object_get(object, "season");
    if (parts->season == NULL) {
        check(str_is(text_of(season), BLOCKLIST_DEMO));
    } else {
        check_hash(season, parts->season);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const struct str json = {.at = (const char *)data, .len = size};
    struct err err = ERR_NONE;
    struct blocklist_entry *entry = blocklist_entry_read(json, &err);
    if (entry == NULL) {
        check(err_is_set(&err));
        return 0;
    }
    json_t *object = canonical_read(json, &err);
    check(object != NULL && str_equal(blocklist_entry_json(entry), json));
    check_parts(object, blocklist_entry_parts(entry));
    json_decref(object);
    blocklist_entry_free(entry);
    return 0;
}
