#include "filter/casebook/look.h"

#include <jansson.h>
#include <string.h>

#include "filter/base/buf.h"
#include "filter/base/err.h"
#include "filter/casebook/case.h"
#include "filter/casebook/sql.h"

bool casebook_look_waiting(struct casebook *casebook, int64_t *waiting, struct err *err)
{
    return casebook_sql_number(casebook, 0, waiting, err,
                               "SELECT count(*) FROM cases WHERE state IN " CASEBOOK_WAITING, "");
}

/* In which ways somebody of that role may move this case, apart from who holds or proposed it. */
static unsigned capacities(enum casebook_role role, const struct casebook_chances *chances)
{
    switch (role) {
    case ROLE_TEAM:
        return BY_TEAM | (chances->is_holder ? BY_HOLDER : BY_SECOND) |
               (chances->is_proposer ? BY_PROPOSER : 0);
    case ROLE_INDEPENDENT:
        return BY_INDEPENDENT;
    case ROLE_APPEALS:
        return BY_APPEALS;
    case ROLE_AUDITOR:
    case ROLE_ADMIN:
        break;
    }
    return 0;
}

static void add_moves(struct casebook_chances *chances, enum casebook_thing of, int from,
                      unsigned by, enum rule_class class)
{
    size_t count;
    const struct casebook_move *moves = casebook_moves(&count);
    for (size_t i = 0; i < count; i++) {
        const struct casebook_move *move = &moves[i];
        if (move->of != of || move->from != from || (move->by & by) == 0 ||
            (move->fraud_only && class != RULE_FRAUD)) {
            continue;
        }
        uint64_t bit = UINT64_C(1) << move->action;
        chances->actions |= bit;
        chances->reasons |= (move->needs & NEEDS_REASON) != 0 ? bit : 0;
    }
}

/* What was proposed last, and whether this person answered it. */
static bool read_proposal(struct casebook *casebook, struct str name, int64_t case_id,
                          struct casebook_chances *chances, struct err *err)
{
    sqlite3_stmt *statement = casebook_sql(
        casebook, err,
        "SELECT number, kind, EXISTS (SELECT 1 FROM answers WHERE answers.case_id = ?1 AND"
        " answers.number = proposals.number AND person = ?2) FROM proposals WHERE case_id = ?1"
        " ORDER BY number DESC LIMIT 1",
        "it", case_id, name);
    if (statement == NULL) {
        return false;
    }
    enum casebook_step step = casebook_sql_step(casebook, statement, err);
    bool done = step != SQL_FAILED;
    if (step == SQL_ROW) {
        chances->proposal = casebook_sql_int(statement, 0);
        chances->is_answered = casebook_sql_int(statement, 2) != 0;
        done = casebook_kind_parse(casebook_sql_text(statement, 1), &chances->kind) ||
               casebook_sql_error(casebook, SQLITE_CORRUPT, err);
    }
    casebook_sql_done(statement);
    return done;
}

/* What is no move on this very proposal. */
static void take_away(struct casebook_chances *chances)
{
    const uint64_t one = 1;
    if (chances->is_answered) {
        chances->actions &= ~(one << ACTION_ANSWER);
    } else {
        chances->actions &= ~(one << ACTION_APPROVE);
    }
    if (chances->kind != KIND_CORRECTION) {
        chances->actions &= ~(one << ACTION_CORRECT);
    }
    if (chances->kind != KIND_REFERRAL) {
        chances->actions &= ~(one << ACTION_REFER);
    }
}

bool casebook_look_chances(struct casebook *casebook, struct str name, enum casebook_role role,
                           int64_t case_id, struct casebook_chances *chances, struct err *err)
{
    struct arena *arena = arena_new(4 << 20);
    struct casebook_dossier dossier;
    struct casebook_listing listing;
    bool found = false, is_listed = false;
    *chances = (struct casebook_chances){.lease = 0};
    bool done =
        casebook_case_load(casebook, arena, case_id, &dossier, &found, err) &&
        (!found || (casebook_entry_load(casebook, arena, case_id, &listing, &is_listed, err) &&
                    read_proposal(casebook, name, case_id, chances, err)));
    if (done && found) {
        chances->is_holder = dossier.state == CASE_CLAIMED && str_equal(dossier.holder, name);
        chances->is_proposer = str_equal(dossier.proposer, name);
        chances->lease = chances->is_holder ? dossier.lease : 0;
        unsigned by = capacities(role, chances);
        add_moves(chances, OF_CASE, (int)dossier.state, by, dossier.class);
        add_moves(chances, OF_ENTRY, (int)(is_listed ? listing.state : ENTRY_NONE), by,
                  dossier.class);
        take_away(chances);
    }
    arena_free(arena);
    return done;
}

static const struct casebook_after from_first = {.id = 0};

static bool is_over(enum casebook_entry_state state)
{
    return state == ENTRY_REMOVED || state == ENTRY_EXPIRED || state == ENTRY_LAPSED;
}

/* What the queue's cursor calls a fraud comes first there; here it is what is over, and last. */
struct casebook_after casebook_look_entry_place(const struct casebook_look_entry *entry)
{
    return (struct casebook_after){
        .is_fraud = is_over(entry->state), .opened_ms = entry->since_ms, .id = entry->case_id};
}

bool casebook_look_entries(struct casebook *casebook, bool only_live,
                           const struct casebook_after *after, size_t offset, size_t limit,
                           bool (*each)(void *context, const struct casebook_look_entry *entry),
                           void *context, struct err *err)
{
    after = after != NULL ? after : &from_first;
    sqlite3_stmt *statement =
        casebook_sql(casebook, err,
                     "SELECT case_id, entries.id, entries.state, entries.since_ms, end_ms, "
                     "entries.due_ms, entry,"
                     " reviewer, approver, season FROM entries JOIN cases ON cases.id = case_id"
                     " WHERE (?1 = 0 OR entries.state NOT IN ('removed', 'expired', 'lapsed'))"
                     " AND (?6 = 0 OR (entries.state IN ('removed', 'expired', 'lapsed'),"
                     " -entries.since_ms, case_id) > (?4, -?5, ?6))"
                     " ORDER BY entries.state IN ('removed', 'expired', 'lapsed'), "
                     "entries.since_ms DESC, case_id"
                     " LIMIT ?2 OFFSET ?3",
                     "iiiiii", (int64_t)only_live, (int64_t)limit, (int64_t)offset,
                     (int64_t)after->is_fraud, after->opened_ms, after->id);
    if (statement == NULL) {
        return false;
    }
    enum casebook_step step;
    bool done = true;
    while (done && (step = casebook_sql_step(casebook, statement, err)) != SQL_END) {
        struct casebook_look_entry entry;
        if (step == SQL_FAILED ||
            !casebook_entry_state_parse(casebook_sql_text(statement, 2), &entry.state)) {
            done = step != SQL_FAILED && casebook_sql_error(casebook, SQLITE_CORRUPT, err);
            break;
        }
        entry.case_id = casebook_sql_int(statement, 0);
        entry.id = casebook_sql_hash(statement, 1);
        entry.since_ms = casebook_sql_int(statement, 3);
        entry.end_ms = casebook_sql_int(statement, 4);
        entry.due_ms = casebook_sql_int(statement, 5);
        entry.json = casebook_sql_text(statement, 6);
        entry.reviewer = casebook_sql_text(statement, 7);
        entry.approver = casebook_sql_text(statement, 8);
        entry.season = casebook_sql_text(statement, 9);
        if (!each(context, &entry)) {
            break;
        }
    }
    casebook_sql_done(statement);
    return done;
}

bool casebook_look_groups(struct casebook *casebook,
                          bool (*each)(void *context, const struct casebook_look_group *group),
                          void *context, struct err *err)
{
    sqlite3_stmt *statement = casebook_sql(
        casebook, err,
        "SELECT rule_id, max(rule_title), class, count(*), sum(copies), min(opened_ms) FROM cases"
        " WHERE state = 'flagged' GROUP BY rule_id, class"
        " ORDER BY class <> 'fraud', count(*) DESC, rule_id",
        "");
    if (statement == NULL) {
        return false;
    }
    enum casebook_step step;
    bool done = true;
    while (done && (step = casebook_sql_step(casebook, statement, err)) != SQL_END) {
        struct casebook_look_group group;
        if (step == SQL_FAILED ||
            !rule_class_parse(casebook_sql_text(statement, 2), &group.class)) {
            done = step != SQL_FAILED && casebook_sql_error(casebook, SQLITE_CORRUPT, err);
            break;
        }
        group.rule_id = casebook_sql_text(statement, 0);
        group.rule_title = casebook_sql_text(statement, 1);
        group.cases = casebook_sql_int(statement, 3);
        group.copies = casebook_sql_int(statement, 4);
        group.oldest_ms = casebook_sql_int(statement, 5);
        if (!each(context, &group)) {
            break;
        }
    }
    casebook_sql_done(statement);
    return done;
}

/* The host in what somebody typed, in lower case; a dot behind it is not of it. */
static void write_host(struct str target, struct buf *out)
{
    const char *scheme = memmem(target.at, target.len, "://", 3);
    struct str rest = target;
    if (scheme != NULL) {
        rest = str_part(target, (size_t)(scheme - target.at) + 3, target.len);
    }
    rest = str_cut(&rest, '/');
    rest = str_cut(&rest, ':');
    for (size_t i = 0; i < rest.len; i++) {
        char c = rest.at[i];
        buf_put_char(out, c >= 'A' && c <= 'Z' ? (char)(c | 0x20) : c);
    }
    while (out->len > 0 && out->bytes[out->len - 1] == '.') {
        out->len--;
    }
}

enum { COVERED_POSTS = 200, COVERED_MOST = 64 };

struct covered {
    struct buf host;
    enum blocklist_scope scope;
    struct hash seen[COVERED_MOST];
    size_t count;
};

/* What of a link an entry would hit besides what it is about: a host below, or another page. */
static bool covers(const struct covered *covered, struct str url, struct str *hit)
{
    struct buf host = BUF_EMPTY;
    write_host(url, &host);
    struct str name = buf_str(&host), above = buf_str(&covered->host);
    bool is_same = str_equal(name, above);
    bool is_below = name.len > above.len + 1 && str_ends(name, above) &&
                    name.at[name.len - above.len - 1] == '.';
    const char *found = is_below ? memmem(url.at, url.len, "://", 3) : NULL;
    *hit = url;
    if (found != NULL) {
        struct str rest = str_part(url, (size_t)(found - url.at) + 3, url.len);
        *hit = str_cut(&rest, '/');
    }
    buf_fini(&host);
    return is_same || (is_below && covered->scope == BLOCKLIST_DOMAIN);
}

static bool is_new(struct covered *covered, struct str hit)
{
    struct hash hash = hash_sha256(hit);
    for (size_t i = 0; i < covered->count; i++) {
        if (memcmp(&covered->seen[i], &hash, sizeof hash) == 0) {
            return false;
        }
    }
    if (covered->count == COVERED_MOST) {
        return false;
    }
    covered->seen[covered->count++] = hash;
    return true;
}

/* Hands on what is new among the links of a post; false: `each` has enough. */
static bool give_links(struct covered *covered, struct str json,
                       bool (*each)(void *context, struct str host), void *context)
{
    json_t *list = json_loadb(json.at, json.len, 0, NULL), *one;
    size_t at;
    bool more = true;
    json_array_foreach(list, at, one)
    {
        struct str url = {json_string_value(one), json_string_length(one)}, hit;
        if (more && covers(covered, url, &hit) && is_new(covered, hit)) {
            more = each(context, hit);
        }
    }
    json_decref(list);
    return more;
}

bool casebook_look_covered(struct casebook *casebook, enum blocklist_scope scope, struct str target,
                           int64_t case_id, bool (*each)(void *context, struct str host),
                           void *context, struct err *err)
{
    struct covered covered = {.scope = scope};
    write_host(target, &covered.host);
    sqlite3_stmt *statement =
        casebook_sql(casebook, err,
                     "SELECT links FROM content JOIN posts ON posts.id = post_id JOIN cases ON "
                     "cases.id = case_id"
                     " WHERE state IN " CASEBOOK_WAITING " AND ?1 <> '' AND instr(links, ?1) > 0"
                     " ORDER BY case_id = ?2, posts.id DESC LIMIT ?3",
                     "tii", buf_str(&covered.host), case_id, (int64_t)COVERED_POSTS);
    enum casebook_step step = SQL_FAILED;
    while (statement != NULL && (step = casebook_sql_step(casebook, statement, err)) == SQL_ROW &&
           give_links(&covered, casebook_sql_text(statement, 0), each, context)) {
    }
    casebook_sql_done(statement);
    buf_fini(&covered.host);
    return step != SQL_FAILED;
}

struct casebook_after casebook_look_alike_place(const struct casebook_look_alike *one)
{
    return (struct casebook_after){.opened_ms = one->opened_ms, .id = one->id};
}

bool casebook_look_alike(struct casebook *casebook, struct str rule_id,
                         const struct casebook_after *after, size_t offset, size_t limit,
                         bool (*each)(void *context, const struct casebook_look_alike *one),
                         void *context, struct err *err)
{
    sqlite3_stmt *statement = casebook_sql(
        casebook, err,
        "SELECT cases.id, version, opened_ms, copies, class, rule_title, coalesce(title, ''),"
        " coalesce(text, '') FROM cases LEFT JOIN content ON post_id = first_post"
        " WHERE state = 'flagged' AND rule_id = ?1 AND (opened_ms, cases.id) > (?4, ?5)"
        " ORDER BY opened_ms, cases.id LIMIT ?2 OFFSET ?3",
        "tiiii", rule_id, (int64_t)limit, (int64_t)offset,
        after != NULL && after->id > 0 ? after->opened_ms : INT64_MIN,
        after != NULL ? after->id : 0);
    enum casebook_step step = SQL_FAILED;
    while (statement != NULL && (step = casebook_sql_step(casebook, statement, err)) == SQL_ROW) {
        struct casebook_look_alike one = {
            .id = casebook_sql_int(statement, 0),
            .version = casebook_sql_int(statement, 1),
            .opened_ms = casebook_sql_int(statement, 2),
            .copies = casebook_sql_int(statement, 3),
            .rule_title = casebook_sql_text(statement, 5),
            .title = casebook_sql_text(statement, 6),
            .text = casebook_sql_text(statement, 7),
        };
        if (!rule_class_parse(casebook_sql_text(statement, 4), &one.class)) {
            casebook_sql_error(casebook, SQLITE_CORRUPT, err);
            step = SQL_FAILED;
            break;
        }
        if (!each(context, &one)) {
            break;
        }
    }
    casebook_sql_done(statement);
    return step != SQL_FAILED;
}
