#include "filter/casebook/notices.h"

#include "filter/base/err.h"
#include "filter/casebook/case.h"
#include "filter/casebook/sql.h"

static const char *const kinds[] = {
#define X(constant, name) [constant] = (name),
    CASEBOOK_NOTICES(X)
#undef X
};

enum { BATCH = 32 };

#define AGAIN_MS (5 * CASEBOOK_MINUTE)
#define FIRST_WAIT_MS CASEBOOK_MINUTE
#define LONGEST_WAIT_MS (2 * CASEBOOK_HOUR)
/* A notice that was sent stays so long, so that it is not sent again. */
#define KEPT_MS (7 * CASEBOOK_DAY)

const char *casebook_notice_name(enum casebook_notice_kind kind)
{
    return kinds[kind];
}

enum who { ALL_OF_ROLE, PROPOSER, HOLDER };

/* Who is told about a case in a state, and so long before its deadline. */
static const struct occasion {
    enum casebook_state state;
    enum who who;
    enum casebook_role role;
    enum casebook_notice_kind kind;
    int64_t before_ms; /* NOTICE_SOON */
} occasions[] = {
    {CASE_URGENT, ALL_OF_ROLE, ROLE_INDEPENDENT, NOTICE_WAITS, 0},
    {CASE_URGENT, ALL_OF_ROLE, ROLE_INDEPENDENT, NOTICE_SOON, 4 * CASEBOOK_HOUR},
    {CASE_PROPOSED, ALL_OF_ROLE, ROLE_INDEPENDENT, NOTICE_WAITS, 0},
    {CASE_PROPOSED, ALL_OF_ROLE, ROLE_INDEPENDENT, NOTICE_SOON, 12 * CASEBOOK_HOUR},
    {CASE_RETURNED, PROPOSER, ROLE_TEAM, NOTICE_WAITS, 0},
    {CASE_RETURNED, PROPOSER, ROLE_TEAM, NOTICE_SOON, 12 * CASEBOOK_HOUR},
    {CASE_HELD, HOLDER, ROLE_TEAM, NOTICE_SOON, 12 * CASEBOOK_HOUR},
    {CASE_REFERRED, PROPOSER, ROLE_TEAM, NOTICE_SOON, 48 * CASEBOOK_HOUR},
};

/* Those of the role who have an address; of one who is named, that person. */
#define KEEP                                                                                       \
    "INSERT OR IGNORE INTO notices (person, case_id, kind, due_ms, next_ms, tries)"                \
    " SELECT people.name, cases.id, ?1, since_ms + ?2, ?3, 0 FROM cases JOIN people ON"            \
    " CASE ?4 WHEN 0 THEN people.role = ?5 WHEN 1 THEN people.name = proposer"                     \
    " ELSE people.name = holder END WHERE state = ?6 AND since_ms + ?2 > ?3"                       \
    " AND since_ms + ?2 - ?7 <= ?3 AND contact <> '' AND disabled_ms IS NULL"

#define KEEP_WEBHOOK                                                                               \
    "INSERT OR IGNORE INTO notices (person, case_id, kind, due_ms, next_ms, tries)"                \
    " SELECT '', id, ?1, since_ms + ?2, ?3, 0 FROM cases WHERE state = ?4"                         \
    " AND since_ms + ?2 > ?3 AND since_ms + ?2 - ?5 <= ?3"

static bool keep(struct casebook *casebook, const struct occasion *one, unsigned to, int64_t now,
                 size_t *added, struct err *err)
{
    const struct casebook_move *due = casebook_move_due(OF_CASE, (int)one->state);
    if (due == NULL) {
        return true;
    }
    /* What waits is told from the first moment on. */
    int64_t before = one->kind == NOTICE_WAITS ? due->after_ms : one->before_ms;
    struct str kind = str_of(kinds[one->kind]), state = str_of(casebook_state_name(one->state));
    struct str role = str_of(casebook_role_name(one->role));
    if ((to & NOTICE_TO_PEOPLE) != 0) {
        if (!casebook_sql_run(casebook, err, KEEP, "tiiitti", kind, due->after_ms, now,
                              (int64_t)one->who, role, state, before)) {
            return false;
        }
        *added += (size_t)sqlite3_changes(casebook->db);
    }
    if ((to & NOTICE_TO_WEBHOOK) != 0) {
        if (!casebook_sql_run(casebook, err, KEEP_WEBHOOK, "tiiti", kind, due->after_ms, now, state,
                              before)) {
            return false;
        }
        *added += (size_t)sqlite3_changes(casebook->db);
    }
    return true;
}

/* The appeal panel: an entry that is suspended waits for it. */
#define KEEP_APPEALS                                                                               \
    "INSERT OR IGNORE INTO notices (person, case_id, kind, due_ms, next_ms, tries)"                \
    " SELECT people.name, case_id, ?1, entries.since_ms + ?2, ?3, 0 FROM entries JOIN people ON"   \
    " people.role = 'appeals' WHERE entries.state = 'suspended' AND entries.since_ms + ?2 > ?3"    \
    " AND entries.since_ms + ?2 - ?4 <= ?3 AND contact <> '' AND disabled_ms IS NULL"

static bool keep_appeals(struct casebook *casebook, int64_t now, size_t *added, struct err *err)
{
    const struct casebook_move *due = casebook_move_due(OF_ENTRY, (int)ENTRY_SUSPENDED);
    const int64_t before[] = {due != NULL ? due->after_ms : 0, 12 * CASEBOOK_HOUR};
    for (int kind = NOTICE_WAITS; due != NULL && kind <= NOTICE_SOON; kind++) {
        if (!casebook_sql_run(casebook, err, KEEP_APPEALS, "tiii", str_of(kinds[kind]),
                              due->after_ms, now, before[kind])) {
            return false;
        }
        *added += (size_t)sqlite3_changes(casebook->db);
    }
    return true;
}

/*
 * What was corrected or referred has no entry: the panel decides about it, and who proposed it
 * tells the recipient that it is disputed.
 */
#define KEEP_DISPUTES                                                                              \
    "INSERT OR IGNORE INTO notices (person, case_id, kind, due_ms, next_ms, tries)"                \
    " SELECT people.name, cases.id, ?1, appeals.due_ms, ?2, 0 FROM appeals JOIN cases ON"          \
    " cases.id = case_id JOIN people ON people.role = 'appeals' OR (people.name = proposer AND"    \
    " ?3 = 1) WHERE appeals.state = 'lodged' AND cases.state IN ('corrected', 'referred',"         \
    " 'answered', 'unanswered') AND appeals.due_ms > ?2 AND appeals.due_ms - ?4 <= ?2"             \
    " AND contact <> '' AND disabled_ms IS NULL"

static bool keep_disputes(struct casebook *casebook, int64_t now, size_t *added, struct err *err)
{
    const struct casebook_move *due = casebook_move_due(OF_APPEAL, (int)APPEAL_LODGED);
    const int64_t before[] = {due != NULL ? due->after_ms : 0, 12 * CASEBOOK_HOUR};
    for (int kind = NOTICE_WAITS; due != NULL && kind <= NOTICE_SOON; kind++) {
        if (!casebook_sql_run(casebook, err, KEEP_DISPUTES, "tiii", str_of(kinds[kind]), now,
                              (int64_t)(kind == NOTICE_WAITS), before[kind])) {
            return false;
        }
        *added += (size_t)sqlite3_changes(casebook->db);
    }
    return true;
}

static bool look(struct casebook *casebook, unsigned to, size_t *added, struct err *err)
{
    int64_t now;
    if (!casebook_time(casebook, &now, err)) {
        return false;
    }
    for (size_t i = 0; i < sizeof occasions / sizeof *occasions; i++) {
        if (!keep(casebook, &occasions[i], to, now, added, err)) {
            return false;
        }
    }
    if ((to & NOTICE_TO_PEOPLE) != 0 &&
        (!keep_appeals(casebook, now, added, err) || !keep_disputes(casebook, now, added, err))) {
        return false;
    }
    return casebook_sql_run(casebook, err, "DELETE FROM notices WHERE due_ms < ?1", "i",
                            now - KEPT_MS);
}

bool casebook_notices_look(struct casebook *casebook, unsigned to, size_t *added, struct err *err)
{
    *added = 0;
    if (!casebook_sql_enter(casebook, err)) {
        return false;
    }
    return casebook_sql_leave(casebook, look(casebook, to, added, err), err);
}

/* Copies, as each one is put off while the next is read. */
struct waiting {
    int64_t id, case_id, due_ms;
    enum casebook_notice_kind kind;
    struct buf address;
};

static bool read_waiting(struct casebook *casebook, struct waiting *waiting, size_t most,
                         int64_t now, size_t *count, struct err *err)
{
    sqlite3_stmt *statement =
        casebook_sql(casebook, err,
                     "SELECT id, case_id, due_ms, kind, coalesce(contact, '') FROM notices"
                     " LEFT JOIN people ON name = person WHERE next_ms <= ?1 AND due_ms > ?1"
                     " AND (person = '' OR (contact <> '' AND disabled_ms IS NULL))"
                     " ORDER BY next_ms LIMIT ?2",
                     "ii", now, (int64_t)most);
    if (statement == NULL) {
        return false;
    }
    enum casebook_step step;
    while ((step = casebook_sql_step(casebook, statement, err)) == SQL_ROW) {
        struct waiting *one = &waiting[(*count)++];
        *one = (struct waiting){
            .id = casebook_sql_int(statement, 0),
            .case_id = casebook_sql_int(statement, 1),
            .due_ms = casebook_sql_int(statement, 2),
            .kind = str_is(casebook_sql_text(statement, 3), kinds[NOTICE_SOON]) ? NOTICE_SOON
                                                                                : NOTICE_WAITS,
        };
        buf_put_str(&one->address, casebook_sql_text(statement, 4));
    }
    casebook_sql_done(statement);
    return step == SQL_END;
}

bool casebook_notices_due(struct casebook *casebook, size_t most,
                          void (*each)(void *context, const struct casebook_notice *notice),
                          void *context, struct err *err)
{
    struct waiting waiting[BATCH];
    size_t count = 0;
    int64_t now;
    bool done = casebook_time(casebook, &now, err) &&
                read_waiting(casebook, waiting, most < BATCH ? most : BATCH, now, &count, err);
    for (size_t i = 0; i < count; i++) {
        const struct casebook_notice notice = {
            .id = waiting[i].id,
            .case_id = waiting[i].case_id,
            .due_ms = waiting[i].due_ms,
            .kind = waiting[i].kind,
            .address = buf_str(&waiting[i].address),
        };
        done =
            done && casebook_sql_run(casebook, err, "UPDATE notices SET next_ms = ?2 WHERE id = ?1",
                                     "ii", notice.id, now + AGAIN_MS);
        if (done) {
            each(context, &notice);
        }
        buf_fini(&waiting[i].address);
    }
    return done;
}

bool casebook_notice_done(struct casebook *casebook, int64_t id, bool was_sent, struct err *err)
{
    int64_t now;
    if (was_sent) {
        return casebook_sql_run(casebook, err, "UPDATE notices SET next_ms = ?2 WHERE id = ?1",
                                "ii", id, CASEBOOK_NO_TIME);
    }
    return casebook_time(casebook, &now, err) &&
           casebook_sql_run(casebook, err,
                            "UPDATE notices SET tries = tries + 1,"
                            " next_ms = ?2 + min(?3 << min(tries, 20), ?4) WHERE id = ?1",
                            "iiii", id, now, FIRST_WAIT_MS, LONGEST_WAIT_MS);
}
