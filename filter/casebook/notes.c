#include "filter/casebook/notes.h"

#include "filter/base/arena.h"
#include "filter/base/err.h"
#include "filter/base/hash.h"
#include "filter/casebook/case.h"
#include "filter/casebook/internal.h"
#include "filter/casebook/proposal.h"
#include "filter/casebook/sql.h"

enum { LEAST = 3 };

static enum casebook_outcome refuse(struct err *err, const char *why)
{
    err_set(err, "%s", why);
    return CASEBOOK_REFUSED;
}

static enum casebook_outcome check(struct casebook *casebook, struct arena *arena,
                                   struct casebook_member *member, struct str name, int64_t case_id,
                                   struct err *err)
{
    bool found;
    int64_t posts, notes;
    if (!casebook_member_find(casebook, arena, name, member, &found, err) ||
        !casebook_sql_number(casebook, 0, &posts, err,
                             "SELECT count(*) FROM content JOIN posts ON posts.id = post_id"
                             " WHERE case_id = ?1",
                             "i", case_id) ||
        !casebook_sql_number(casebook, 0, &notes, err,
                             "SELECT count(*) FROM notes WHERE case_id = ?1", "i", case_id)) {
        return CASEBOOK_FAILED;
    }
    if (!found || member->is_disabled || !casebook_acts_on_cases(member->role)) {
        return refuse(err,
                      "hanya tim, penyetuju dan panel yang mencatat / only the team, approvers "
                      "and the appeal panel write notes");
    }
    if (posts == 0) {
        return refuse(err,
                      "tidak ada kasus itu, atau isinya sudah dihapus / there is no such case, "
                      "or its content is purged");
    }
    if (notes >= CASEBOOK_NOTES_MOST) {
        return refuse(err,
                      "kasus ini sudah punya 50 catatan / the case has 50 notes, the most there "
                      "can be");
    }
    return CASEBOOK_DONE;
}

/*
 * The log outlives the case's content, and is shown to many: a plain hash of so few words is theirs
 * who guess them, so that its key is the casebook's.
 */
static bool put(struct casebook *casebook, struct str person, int64_t case_id, struct str words,
                struct err *err)
{
    int64_t now_ms;
    const struct str parts[] = {STR("note"), words};
    struct hash mark = casebook_keyed(casebook, parts, 2);
    return casebook_time(casebook, &now_ms, err) &&
           casebook_log(casebook, person, "note", case_id,
                        json_pack("{so}", "mark", casebook_json_hash(&mark)), err) &&
           casebook_sql_run(casebook, err, "INSERT INTO notes VALUES (NULL, ?1, ?2, ?3, ?4)",
                            "iitt", case_id, now_ms, person, words);
}

enum casebook_outcome casebook_note(struct casebook *casebook,
                                    const struct casebook_session *session, int64_t case_id,
                                    struct str words, struct err *err)
{
    struct arena *arena = arena_new(1 << 20);
    struct casebook_member member;
    struct str name = casebook_session_name(session);
    struct err failure = ERR_NONE;
    enum casebook_outcome outcome = CASEBOOK_FAILED;
    if (!casebook_check_words(words, "catatan / the note", LEAST, CASEBOOK_STATEMENT_MOST, err)) {
        outcome = CASEBOOK_REFUSED;
    } else if (casebook_sql_enter(casebook, err)) {
        outcome = check(casebook, arena, &member, name, case_id, err);
        if (outcome == CASEBOOK_DONE && !put(casebook, name, case_id, words, err)) {
            outcome = CASEBOOK_FAILED;
        }
        if (!casebook_sql_leave(casebook, outcome == CASEBOOK_DONE, err) &&
            outcome == CASEBOOK_DONE) {
            outcome = CASEBOOK_FAILED;
        }
    }
    if (outcome == CASEBOOK_REFUSED &&
        !casebook_log_refusal(casebook, name, "note", case_id, err->message, &failure)) {
        *err = failure;
        outcome = CASEBOOK_FAILED;
    }
    arena_free(arena);
    return outcome;
}

bool casebook_notes(struct casebook *casebook, int64_t case_id,
                    void (*each)(void *context, const struct casebook_note *note), void *context,
                    struct err *err)
{
    sqlite3_stmt *statement = casebook_sql(
        casebook, err,
        "SELECT id, time_ms, person, words FROM notes WHERE case_id = ?1 ORDER BY id DESC", "i",
        case_id);
    enum casebook_step step = SQL_FAILED;
    while (statement != NULL && (step = casebook_sql_step(casebook, statement, err)) == SQL_ROW) {
        const struct casebook_note note = {
            .id = casebook_sql_int(statement, 0),
            .time_ms = casebook_sql_int(statement, 1),
            .person = casebook_sql_text(statement, 2),
            .words = casebook_sql_text(statement, 3),
        };
        each(context, &note);
    }
    casebook_sql_done(statement);
    return step == SQL_END;
}
