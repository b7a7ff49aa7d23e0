/* Whether an entry holds by itself: what the server says of it counts for nothing. */
#include <stdio.h>

#include "filter/base/arena.h"
#include "filter/base/err.h"
#include "filter/blocklist/entry.h"
#include "filter/blocklist/signed.h"
#include "filter/pull/offer.h"
#include "filter/text/url.h"

static const int64_t day_ms = (int64_t)24 * 3600 * 1000;

enum { LINE_ARENA = 4 * BLOCKLIST_SIGNED_BYTES, REPORTS_MOST = 50 };

struct taking {
    struct blocklist_list *list;
    const struct pull_pins *pins;
    struct pull_memory *memory;
    struct pull_counts *counts;
    struct arena *arena;
    int64_t now_ms, *valid_until_ms;
};

static bool check_hand(const struct blocklist_signed *line, const struct blocklist_hand *hand,
                       const struct pull_key *key, const char *who, struct err *err)
{
    struct err why = ERR_NONE;
    if (key == NULL) {
        return err_set(err, "the key of its %s is none that is pinned for one", who);
    }
    return sshsig_verify(hand->signature, line->json, &key->key, &why) ||
           err_set(err, "the signature of its %s: %s", who, why.message);
}

/* Two people of two organisations, the second independent. */
static bool check_full(const struct taking *taking, const struct blocklist_signed *line,
                       struct err *err)
{
    const struct pull_key *one = pull_pins_find(taking->pins, line->reviewer.key, PULL_TEAM);
    const struct pull_key *two = pull_pins_find(taking->pins, line->approver.key, PULL_INDEPENDENT);
    return check_hand(line, &line->reviewer, one, "reviewer", err) &&
           check_hand(line, &line->approver, two, "approver", err) &&
           (!str_equal(one->organisation, two->organisation) ||
            err_set(err, "both signatures are of one organisation"));
}

/* The lane of 24 hours: two people of the team, the second's key never on the server. */
static bool check_lane(const struct taking *taking, const struct blocklist_signed *line,
                       const struct blocklist_entry *entry, struct err *err)
{
    const struct blocklist_draft *parts = blocklist_entry_parts(entry);
    const struct pull_key *one = pull_pins_find(taking->pins, line->reviewer.key, PULL_TEAM);
    const struct pull_key *two = pull_pins_find(taking->pins, line->approver.key, PULL_TEAM);
    if (!check_hand(line, &line->reviewer, one, "reviewer", err) ||
        !check_hand(line, &line->approver, two, "second reviewer", err)) {
        return false;
    }
    if (one == two) {
        return err_set(err, "both signatures are by one key");
    }
    if (!two->is_off_server) {
        return err_set(err, "its second key may lie on the server (off-server.pub names none)");
    }
    if (parts->end_ms - parts->start_ms > day_ms) {
        return err_set(err, "is provisional and lasts longer than 24 hours");
    }
    const struct pull_claim claim = {
        .entry = blocklist_entry_id(entry),
        .domain = url_registrable(blocklist_entry_host(entry)),
        .evidence = parts->evidence,
        .evidence_count = parts->evidence_count,
    };
    int64_t end_ms = 0;
    switch (pull_memory_lane(taking->memory, &claim, taking->now_ms, &end_ms)) {
    case PULL_LANE_FREE:
        break;
    case PULL_LANE_OVER:
        return err_set(err,
                       "is provisional, and its 24 hours from when it was first seen are over");
    case PULL_LANE_FULL:
        return err_set(err, "is provisional, and ten others are in force");
    case PULL_LANE_BARRED:
        return err_set(err, "is provisional, and its domain had another within 30 days, or another "
                            "had its evidence");
    }
    *taking->valid_until_ms = end_ms < *taking->valid_until_ms ? end_ms : *taking->valid_until_ms;
    taking->counts->provisional++;
    return true;
}

static bool check_entry(const struct taking *taking, const struct blocklist_signed *line,
                        const struct blocklist_entry *entry, struct err *err)
{
    const struct blocklist_draft *parts = blocklist_entry_parts(entry);
    struct hash id = blocklist_entry_id(entry);
    char hex[HASH_HEX];
    if (parts->season == NULL ||
        memcmp(parts->season, &taking->pins->season, sizeof *parts->season) != 0) {
        return err_set(err, "is not of the season that is pinned");
    }
    if (json_object_get(taking->memory->removed, hash_format(&id, hex)) != NULL) {
        taking->counts->removed++;
        return err_set(err, "was removed by an independent organisation or the appeal panel");
    }
    if (taking->now_ms < parts->start_ms || taking->now_ms >= parts->end_ms) {
        return err_set(err, "is not in force now");
    }
    return pull_pins_find(taking->pins, line->approver.key, PULL_TEAM) != NULL
               ? check_lane(taking, line, entry, err)
               : check_full(taking, line, err);
}

static bool take_line(const struct taking *taking, struct str text, struct err *err)
{
    struct blocklist_signed line;
    if (!blocklist_signed_read(text, taking->arena, &line, err)) {
        return false;
    }
    struct blocklist_entry *entry = blocklist_entry_read(line.json, err);
    bool done = entry != NULL && check_entry(taking, &line, entry, err) &&
                blocklist_list_add(taking->list, entry, err);
    blocklist_entry_free(entry);
    return done;
}

void pull_entries_take(struct blocklist_list *list, struct str file, const struct pull_pins *pins,
                       struct pull_memory *memory, int64_t now_ms, int64_t *valid_until_ms,
                       struct pull_counts *counts)
{
    const struct taking taking = {
        .list = list,
        .pins = pins,
        .memory = memory,
        .counts = counts,
        .arena = arena_new(LINE_ARENA),
        .now_ms = now_ms,
        .valid_until_ms = valid_until_ms,
    };
    for (unsigned number = 1; file.len > 0; number++) {
        const char *end = memchr(file.at, '\n', file.len);
        size_t len = end != NULL ? (size_t)(end - file.at) : file.len;
        struct err err = ERR_NONE;
        arena_reset(taking.arena);
        if (take_line(&taking, str_part(file, 0, len), &err)) {
            counts->taken++;
        } else if (counts->refused++ < REPORTS_MOST) {
            fprintf(stderr, "saring-pull: entri/entry %u ditolak / refused: %s\n", number,
                    err.message);
        }
        file = str_part(file, end != NULL ? len + 1 : len, file.len);
    }
    arena_free(taking.arena);
}
