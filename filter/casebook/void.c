/* What the machine makes void: cases of another rule now, or whose entry's target is protected now.
 */
#include <stdlib.h>
#include <string.h>

#include "filter/base/arena.h"
#include "filter/base/err.h"
#include "filter/base/mem.h"
#include "filter/blocklist/entry.h"
#include "filter/blocklist/guard.h"
#include "filter/casebook/case.h"
#include "filter/casebook/sql.h"
#include "filter/rule/program.h"
#include "filter/rule/set.h"

struct ids {
    int64_t *of;
    size_t count, room;
};

static void add_id(struct ids *ids, int64_t id)
{
    mem_grow(&ids->of, &ids->room, ids->count + 1, sizeof *ids->of);
    ids->of[ids->count++] = id;
}

/*
 * The cases whose rule is another one now. What was published already rests on the fact of its
 * time: only a changed fact voids it, not a rule that expired.
 */
static bool find_stale(struct casebook *casebook, const struct rule_program *program,
                       struct ids *ids, struct err *err)
{
    sqlite3_stmt *statement =
        casebook_sql(casebook, err,
                     "SELECT id, rule_id, revision, class, state IN"
                     " ('corrected', 'referred', 'answered', 'unanswered') FROM cases"
                     " WHERE state IN " CASEBOOK_LIVE,
                     "");
    if (statement == NULL) {
        return false;
    }
    enum casebook_step step;
    while ((step = casebook_sql_step(casebook, statement, err)) == SQL_ROW) {
        const struct rule *rule = rule_program_find(program, casebook_sql_text(statement, 1));
        struct hash revision = casebook_sql_hash(statement, 2);
        bool is_published = casebook_sql_int(statement, 4) != 0;
        bool is_gone = rule == NULL && !is_published;
        bool is_other = rule != NULL &&
                        (memcmp(&rule->revision, &revision, sizeof revision) != 0 ||
                         !str_is(casebook_sql_text(statement, 3), rule_class_name(rule->class)));
        if (is_gone || is_other) {
            add_id(ids, casebook_sql_int(statement, 0));
        }
    }
    casebook_sql_done(statement);
    return step == SQL_END;
}

static bool void_all(struct casebook *casebook, const struct ids *ids, const char *reason,
                     size_t *voided, struct err *err)
{
    struct arena *arena = arena_new(32 << 20);
    bool done = true;
    for (size_t i = 0; done && i < ids->count; i++) {
        bool is_void = false;
        arena_reset(arena);
        done = casebook_case_void(casebook, arena, ids->of[i], reason, &is_void, err);
        *voided += is_void ? 1 : 0;
    }
    arena_free(arena);
    return done;
}

bool casebook_check_program(struct casebook *casebook, const struct rule_program *program,
                            size_t *voided, struct err *err)
{
    struct ids ids = {.of = NULL};
    *voided = 0;
    if (!casebook_sql_enter(casebook, err)) {
        return false;
    }
    bool done = find_stale(casebook, program, &ids, err) &&
                void_all(casebook, &ids, "the class or evidence of its rule changed", voided, err);
    free(ids.of);
    return casebook_sql_leave(casebook, done, err);
}

bool casebook_check_rules(struct casebook *casebook, const struct rule_set *set, size_t *voided,
                          struct err *err)
{
    return casebook_check_program(casebook, rule_set_program(set), voided, err);
}

static bool find_protected(struct casebook *casebook, const struct blocklist_guard *guard,
                           struct ids *ids, struct err *err)
{
    sqlite3_stmt *statement = casebook_sql(
        casebook, err,
        "SELECT case_id, entry FROM entries WHERE state IN ('active', 'provisional', 'suspended')"
        " UNION ALL SELECT case_id, proposal FROM proposals AS one WHERE kind = 'entry' AND"
        " case_id IN (SELECT id FROM cases WHERE state IN ('proposed', 'returned')) AND"
        " number = (SELECT max(number) FROM proposals WHERE case_id = one.case_id)",
        "");
    if (statement == NULL) {
        return false;
    }
    enum casebook_step step;
    while ((step = casebook_sql_step(casebook, statement, err)) == SQL_ROW) {
        struct err why = ERR_NONE;
        struct blocklist_entry *entry = blocklist_entry_read(casebook_sql_text(statement, 1), &why);
        if (entry == NULL || !blocklist_guard_check(guard, entry, &why)) {
            add_id(ids, casebook_sql_int(statement, 0));
        }
        blocklist_entry_free(entry);
    }
    casebook_sql_done(statement);
    return step == SQL_END;
}

bool casebook_protect(struct casebook *casebook, const struct blocklist_guard *guard,
                      size_t *voided, struct err *err)
{
    struct ids ids = {.of = NULL};
    *voided = 0;
    casebook->guard = guard;
    if (guard == NULL || casebook->is_read_only) {
        return true;
    }
    if (!casebook_sql_enter(casebook, err)) {
        return false;
    }
    bool done = find_protected(casebook, guard, &ids, err) &&
                void_all(casebook, &ids, "its target is protected now", voided, err);
    free(ids.of);
    return casebook_sql_leave(casebook, done, err);
}

static bool suspend_one(struct casebook *casebook, struct arena *arena, int64_t case_id,
                        const char *reason, bool *suspended, struct err *err)
{
    struct casebook_dossier dossier;
    struct casebook_listing listing;
    bool found, listed = false;
    if (!casebook_case_load(casebook, arena, case_id, &dossier, &found, err) ||
        (found && !casebook_entry_load(casebook, arena, case_id, &listing, &listed, err))) {
        return false;
    }
    const struct casebook_move *move =
        listed ? casebook_move_find(OF_ENTRY, (int)listing.state, ACTION_SUSPEND, BY_MACHINE)
               : NULL;
    if (move == NULL) {
        return true;
    }
    listing.appeal = 0;
    *suspended = casebook_entry_enter(casebook, &dossier, &listing, move, CASEBOOK_MACHINE,
                                      casebook_reason_json(str_of(reason)), err);
    return *suspended;
}

bool casebook_suspend(struct casebook *casebook, int64_t case_id, const char *reason,
                      bool *suspended, struct err *err)
{
    struct arena *arena = arena_new(4 << 20);
    *suspended = false;
    bool done = casebook_sql_enter(casebook, err) &&
                casebook_sql_leave(
                    casebook, suspend_one(casebook, arena, case_id, reason, suspended, err), err);
    arena_free(arena);
    return done;
}
