#include "filter/base/err.h"
#include "filter/casebook/internal.h"
#include "filter/casebook/sql.h"

/* "SRNG": says in the file's header that it is a casebook. */
enum { APPLICATION = 0x53524e47 };

/*
 * One step a version. Steps are only ever added: a casebook of version N has run the first N.
 * No table has a column for who wrote a post, and none but `content`, `case_words`, `captures`,
 * `capture_orders`, `notes` and `proposals` holds text of posts or links; `near` and the marks are
 * keyed hashes.
 */
static const char *const steps[] = {
    "CREATE TABLE meta (name TEXT PRIMARY KEY, value INTEGER NOT NULL) STRICT, WITHOUT ROWID;"
    "CREATE TABLE identity (only_one INTEGER PRIMARY KEY CHECK (only_one = 1),"
    " value BLOB NOT NULL) STRICT;"

    "CREATE TABLE log (seq INTEGER PRIMARY KEY, time_ms INTEGER NOT NULL, actor TEXT NOT NULL,"
    " action TEXT NOT NULL, case_id INTEGER NOT NULL, detail TEXT NOT NULL,"
    " hash BLOB NOT NULL) STRICT;"
    "CREATE INDEX log_by_case ON log (case_id) WHERE case_id > 0;"
    "CREATE TRIGGER log_no_update BEFORE UPDATE ON log BEGIN"
    " SELECT raise(ABORT, 'the log is append-only'); END;"
    "CREATE TRIGGER log_no_delete BEFORE DELETE ON log BEGIN"
    " SELECT raise(ABORT, 'the log is append-only'); END;"
    "CREATE TRIGGER log_in_order BEFORE INSERT ON log"
    " WHEN new.seq <> (SELECT coalesce(max(seq), 0) + 1 FROM log) BEGIN"
    " SELECT raise(ABORT, 'the log is append-only'); END;"

    "CREATE TABLE organisations (folded TEXT PRIMARY KEY, name TEXT NOT NULL, role TEXT NOT NULL)"
    " STRICT;"
    "CREATE TABLE ties (one TEXT NOT NULL, other TEXT NOT NULL, PRIMARY KEY (one, other)) STRICT;"
    "CREATE TABLE people (name TEXT PRIMARY KEY,"
    " organisation TEXT NOT NULL REFERENCES organisations, role TEXT NOT NULL, key TEXT UNIQUE,"
    " password TEXT NOT NULL, sealed BLOB, created_ms INTEGER NOT NULL, disabled_ms INTEGER) "
    "STRICT;"
    "CREATE TABLE seasons (id BLOB PRIMARY KEY, name TEXT NOT NULL, start_ms INTEGER NOT NULL,"
    " end_ms INTEGER NOT NULL, file TEXT NOT NULL, team TEXT NOT NULL, independent TEXT NOT NULL)"
    " STRICT;"

    "CREATE TABLE cases (id INTEGER PRIMARY KEY, season TEXT NOT NULL, class TEXT NOT NULL,"
    " state TEXT NOT NULL, version INTEGER NOT NULL, opened_ms INTEGER NOT NULL,"
    " since_ms INTEGER NOT NULL, due_ms INTEGER NOT NULL, rule_id TEXT NOT NULL,"
    " rule_title TEXT NOT NULL, level TEXT NOT NULL, revision BLOB NOT NULL,"
    " copies INTEGER NOT NULL, first_post INTEGER NOT NULL, holder TEXT NOT NULL,"
    " lease INTEGER NOT NULL, returns INTEGER NOT NULL, proposer TEXT NOT NULL) STRICT;"
    "CREATE INDEX cases_by_state ON cases (state, opened_ms);"
    "CREATE INDEX cases_by_due ON cases (due_ms);"
    "CREATE TABLE case_rules (case_id INTEGER NOT NULL REFERENCES cases, rule_id TEXT NOT NULL,"
    " revision BLOB NOT NULL, title TEXT NOT NULL, description TEXT NOT NULL, level TEXT NOT NULL,"
    " evidence TEXT NOT NULL, PRIMARY KEY (case_id, rule_id, revision)) STRICT, WITHOUT ROWID;"
    "CREATE TABLE posts (id INTEGER PRIMARY KEY, case_id INTEGER NOT NULL REFERENCES cases,"
    " key BLOB NOT NULL, flagged_ms INTEGER NOT NULL) STRICT;"
    "CREATE INDEX posts_by_case ON posts (case_id, key);"
    "CREATE TABLE content (post_id INTEGER PRIMARY KEY REFERENCES posts, source TEXT NOT NULL,"
    " item TEXT NOT NULL, url TEXT NOT NULL, title TEXT NOT NULL, text TEXT NOT NULL,"
    " lang TEXT NOT NULL, published_ms INTEGER, ruleset TEXT NOT NULL, spans TEXT NOT NULL,"
    " links TEXT NOT NULL) STRICT;"
    "CREATE TABLE seen (mark BLOB PRIMARY KEY, case_id INTEGER NOT NULL) STRICT, WITHOUT ROWID;"
    "CREATE TABLE decisions (mark BLOB PRIMARY KEY, case_id INTEGER NOT NULL, outcome TEXT NOT "
    "NULL,"
    " time_ms INTEGER NOT NULL) STRICT, WITHOUT ROWID;"
    "CREATE TABLE signatures (id INTEGER PRIMARY KEY, case_id INTEGER NOT NULL REFERENCES cases,"
    " minhash BLOB NOT NULL) STRICT;"
    "CREATE INDEX signatures_by_case ON signatures (case_id);"
    "CREATE TABLE near (key INTEGER NOT NULL, case_id INTEGER NOT NULL,"
    " signature INTEGER NOT NULL, PRIMARY KEY (key, case_id, signature)) STRICT, WITHOUT ROWID;"
    "CREATE INDEX near_by_case ON near (case_id);"

    "CREATE TABLE proposals (case_id INTEGER NOT NULL REFERENCES cases, number INTEGER NOT NULL,"
    " kind TEXT NOT NULL, proposal TEXT NOT NULL, record TEXT NOT NULL, signature TEXT NOT NULL,"
    " proposer TEXT NOT NULL, organisation TEXT NOT NULL, rule_id TEXT NOT NULL,"
    " revision BLOB NOT NULL, made_ms INTEGER NOT NULL, PRIMARY KEY (case_id, number)) STRICT;"
    "CREATE TABLE answers (case_id INTEGER NOT NULL, number INTEGER NOT NULL, person TEXT NOT NULL,"
    " answers TEXT NOT NULL, PRIMARY KEY (case_id, number, person)) STRICT;"
    "CREATE TABLE entries (id BLOB PRIMARY KEY, case_id INTEGER NOT NULL UNIQUE REFERENCES cases,"
    " state TEXT NOT NULL, since_ms INTEGER NOT NULL, due_ms INTEGER NOT NULL,"
    " end_ms INTEGER NOT NULL, entry TEXT NOT NULL, host TEXT NOT NULL, reviewer TEXT NOT NULL,"
    " approver TEXT NOT NULL) STRICT;"
    "CREATE INDEX entries_by_host ON entries (host);"
    "CREATE INDEX entries_by_due ON entries (due_ms);",

    "CREATE TABLE rule_releases (season TEXT NOT NULL, release BLOB NOT NULL, rule_id TEXT NOT "
    "NULL,"
    " submitter TEXT NOT NULL, submitted_ms INTEGER NOT NULL, releaser TEXT NOT NULL,"
    " released_ms INTEGER NOT NULL, revision BLOB NOT NULL, PRIMARY KEY (season, release))"
    " STRICT, WITHOUT ROWID;"
    "CREATE TABLE shadow_hits (release BLOB NOT NULL, rule_id TEXT NOT NULL, day INTEGER NOT NULL,"
    " hits INTEGER NOT NULL, PRIMARY KEY (release, day)) STRICT, WITHOUT ROWID;",

    "CREATE TABLE rule_files (hash BLOB PRIMARY KEY, bytes BLOB NOT NULL) STRICT;"
    "CREATE TABLE rule_versions (id INTEGER PRIMARY KEY, time_ms INTEGER NOT NULL,"
    " who TEXT NOT NULL, how TEXT NOT NULL, changes TEXT NOT NULL, hash BLOB NOT NULL) STRICT;"
    "CREATE TABLE rule_version_files (version INTEGER NOT NULL REFERENCES rule_versions,"
    " folder INTEGER NOT NULL, path TEXT NOT NULL, hash BLOB NOT NULL REFERENCES rule_files,"
    " PRIMARY KEY (version, folder, path)) STRICT, WITHOUT ROWID;",

    "CREATE TABLE claims (id INTEGER PRIMARY KEY, url TEXT NOT NULL, publisher TEXT NOT NULL,"
    " claim TEXT NOT NULL, words TEXT NOT NULL, title TEXT NOT NULL, rating TEXT NOT NULL,"
    " is_false INTEGER NOT NULL, rated_ms INTEGER NOT NULL, seen_ms INTEGER NOT NULL,"
    " import INTEGER NOT NULL, is_gone INTEGER NOT NULL, UNIQUE (url, words)) STRICT;"
    "CREATE INDEX claims_by_import ON claims (import);"
    "CREATE VIRTUAL TABLE claim_words USING fts5 (words, tokenize = 'ascii');",

    "ALTER TABLE organisations ADD COLUMN sector TEXT NOT NULL DEFAULT 'unstated';"
    "ALTER TABLE ties ADD COLUMN reason TEXT NOT NULL DEFAULT '';"
    "ALTER TABLE people ADD COLUMN renewed_ms INTEGER;"
    "ALTER TABLE people ADD COLUMN moved_ms INTEGER;"
    "ALTER TABLE people ADD COLUMN conflicts TEXT NOT NULL DEFAULT '';"
    "ALTER TABLE people ADD COLUMN contact TEXT NOT NULL DEFAULT '';"
    "CREATE TABLE keys (key TEXT PRIMARY KEY, person TEXT NOT NULL REFERENCES people,"
    " organisation TEXT NOT NULL, role TEXT NOT NULL, since_ms INTEGER NOT NULL, until_ms INTEGER,"
    " revoked_ms INTEGER, reason TEXT NOT NULL, season TEXT NOT NULL DEFAULT '',"
    " certificate TEXT NOT NULL DEFAULT '', signer TEXT NOT NULL DEFAULT '',"
    " signature TEXT NOT NULL DEFAULT '') STRICT, WITHOUT ROWID;"
    "INSERT INTO keys (key, person, organisation, role, since_ms, reason)"
    " SELECT key, name, organisation, role, created_ms, '' FROM people WHERE key IS NOT NULL;"
    "CREATE TABLE factors (person TEXT PRIMARY KEY REFERENCES people, secret BLOB, offered BLOB,"
    " step INTEGER NOT NULL DEFAULT 0, terminal_ms INTEGER) STRICT, WITHOUT ROWID;"
    "CREATE TABLE recovery (mark BLOB PRIMARY KEY, person TEXT NOT NULL REFERENCES people)"
    " STRICT, WITHOUT ROWID;"
    "CREATE INDEX recovery_by_person ON recovery (person);"
    "CREATE TABLE web_sessions (mark BLOB PRIMARY KEY, person TEXT NOT NULL REFERENCES people,"
    " stage TEXT NOT NULL, made_ms INTEGER NOT NULL, seen_ms INTEGER NOT NULL, factor_ms INTEGER,"
    " tries INTEGER NOT NULL) STRICT, WITHOUT ROWID;"
    "CREATE INDEX web_sessions_by_person ON web_sessions (person);"
    "CREATE TABLE devices (mark BLOB PRIMARY KEY, person TEXT NOT NULL REFERENCES people,"
    " used_ms INTEGER NOT NULL) STRICT, WITHOUT ROWID;"
    "CREATE INDEX devices_by_person ON devices (person);"
    "CREATE TABLE notices (id INTEGER PRIMARY KEY, person TEXT NOT NULL, case_id INTEGER NOT NULL,"
    " kind TEXT NOT NULL, due_ms INTEGER NOT NULL, next_ms INTEGER NOT NULL,"
    " tries INTEGER NOT NULL, UNIQUE (person, case_id, kind, due_ms)) STRICT;",

    /* The 24-hour lane, appeals, restoring, merging, and what a new case is like. */
    "ALTER TABLE cases ADD COLUMN disputed INTEGER NOT NULL DEFAULT 0;"
    "ALTER TABLE cases ADD COLUMN like_case INTEGER NOT NULL DEFAULT 0;"
    "ALTER TABLE cases ADD COLUMN like_how TEXT NOT NULL DEFAULT 'none';"
    "ALTER TABLE cases ADD COLUMN merged_into INTEGER NOT NULL DEFAULT 0;"
    "ALTER TABLE proposals ADD COLUMN approver TEXT NOT NULL DEFAULT '';"
    "ALTER TABLE proposals ADD COLUMN lane TEXT NOT NULL DEFAULT '';"
    "ALTER TABLE proposals ADD COLUMN lane_signature TEXT NOT NULL DEFAULT '';"
    "ALTER TABLE entries ADD COLUMN lane INTEGER NOT NULL DEFAULT 0;"
    "ALTER TABLE entries ADD COLUMN suspended_seq INTEGER NOT NULL DEFAULT 0;"
    "ALTER TABLE entries ADD COLUMN appeal INTEGER NOT NULL DEFAULT 0;"
    "CREATE TABLE restores (case_id INTEGER PRIMARY KEY REFERENCES cases, bytes TEXT NOT NULL,"
    " person TEXT NOT NULL, signature TEXT NOT NULL) STRICT;"
    "CREATE TABLE lanes (case_id INTEGER PRIMARY KEY REFERENCES cases, season TEXT NOT NULL,"
    " domain TEXT NOT NULL, barred_ms INTEGER NOT NULL) STRICT;"
    "CREATE INDEX lanes_by_domain ON lanes (domain);"
    "CREATE TABLE lane_evidence (sha256 BLOB NOT NULL, case_id INTEGER NOT NULL REFERENCES lanes,"
    " PRIMARY KEY (sha256, case_id)) STRICT, WITHOUT ROWID;"
    "CREATE TABLE appeals (id INTEGER PRIMARY KEY, case_id INTEGER NOT NULL REFERENCES cases,"
    " number INTEGER NOT NULL, state TEXT NOT NULL, lodged_ms INTEGER NOT NULL,"
    " since_ms INTEGER NOT NULL, due_ms INTEGER NOT NULL, ground TEXT NOT NULL,"
    " reason TEXT NOT NULL, decided_by TEXT NOT NULL, suspends INTEGER NOT NULL,"
    " receipt BLOB NOT NULL UNIQUE, UNIQUE (case_id, number)) STRICT;"
    "CREATE INDEX appeals_by_due ON appeals (due_ms);"
    "CREATE TABLE past (key INTEGER NOT NULL, case_id INTEGER NOT NULL,"
    " signature INTEGER NOT NULL, PRIMARY KEY (key, case_id, signature)) STRICT, WITHOUT ROWID;"
    "CREATE INDEX past_by_case ON past (case_id);"
    /* The queue in its order; the states are those of CASEBOOK_WAITING. */
    "CREATE INDEX cases_queue ON cases ((class <> 'fraud'), opened_ms, due_ms, id)"
    " WHERE state IN ('flagged', 'claimed', 'held', 'proposed', 'urgent', 'returned', 'approved');"
    "CREATE INDEX cases_in_order ON cases ((class <> 'fraud'), opened_ms, due_ms, id);"
    "CREATE INDEX posts_in_order ON posts (case_id);"
    /* A referral waits 14 days for an answer from now on, instead of 90 for its purge. */
    "UPDATE cases SET due_ms = min(due_ms, since_ms + 1209600000) WHERE state = 'referred';",

    /* What a correlation counted names sites, so it goes with the post that made it true. */
    "ALTER TABLE content ADD COLUMN found TEXT NOT NULL DEFAULT '';",

    "CREATE TABLE captures (id INTEGER PRIMARY KEY, case_id INTEGER NOT NULL REFERENCES cases,"
    " url TEXT NOT NULL, time_ms INTEGER NOT NULL, status INTEGER NOT NULL, sha256 BLOB NOT NULL,"
    " size INTEGER NOT NULL, person TEXT NOT NULL, warc BLOB NOT NULL) STRICT;"
    "CREATE INDEX captures_by_case ON captures (case_id);"
    "CREATE INDEX captures_by_hash ON captures (sha256);"
    "CREATE VIRTUAL TABLE case_words USING fts5 (words, tokenize = 'ascii');",

    /* The public register: rows are only ever added, and outlive the content of the cases. */
    "CREATE TABLE register (seq INTEGER PRIMARY KEY, case_id INTEGER NOT NULL REFERENCES cases,"
    " time_ms INTEGER NOT NULL, json TEXT NOT NULL, hash BLOB NOT NULL) STRICT;"
    "CREATE INDEX register_by_case ON register (case_id);"
    "CREATE TRIGGER register_no_update BEFORE UPDATE ON register BEGIN"
    " SELECT raise(ABORT, 'the register is append-only'); END;"
    "CREATE TRIGGER register_no_delete BEFORE DELETE ON register BEGIN"
    " SELECT raise(ABORT, 'the register is append-only'); END;",

    /* Pages that wait to be captured, and what people note about a case: both go with its content.
     */
    "CREATE TABLE capture_orders (id INTEGER PRIMARY KEY, case_id INTEGER NOT NULL REFERENCES "
    "cases,"
    " url TEXT NOT NULL, person TEXT NOT NULL, asked_ms INTEGER NOT NULL, since_ms INTEGER NOT "
    "NULL,"
    " state TEXT NOT NULL, tries INTEGER NOT NULL, why TEXT NOT NULL) STRICT;"
    "CREATE INDEX capture_orders_by_case ON capture_orders (case_id);"
    "CREATE TABLE notes (id INTEGER PRIMARY KEY, case_id INTEGER NOT NULL REFERENCES cases,"
    " time_ms INTEGER NOT NULL, person TEXT NOT NULL, words TEXT NOT NULL) STRICT;"
    "CREATE INDEX notes_by_case ON notes (case_id);",
    /* The pages of reviews that live cases rest on: when each is looked at again, how it answered,
     * and since when it is missing. */
    "CREATE TABLE claim_pages (url TEXT PRIMARY KEY, wanted_ms INTEGER NOT NULL,"
    " next_ms INTEGER NOT NULL, missing_ms INTEGER, status INTEGER NOT NULL) STRICT,"
    " WITHOUT ROWID;",

    /* Tokens of machines: keyed hashes of them. */
    "CREATE TABLE machines (name TEXT PRIMARY KEY, mark BLOB NOT NULL UNIQUE,"
    " scopes INTEGER NOT NULL, reason TEXT NOT NULL, season TEXT NOT NULL,"
    " made_ms INTEGER NOT NULL, end_ms INTEGER NOT NULL, used_ms INTEGER, ended_ms INTEGER)"
    " STRICT, WITHOUT ROWID;",
    /* For the transparency figures; the actions are those of CASEBOOK_DECISIVE. */
    "CREATE INDEX log_decisive ON log (action, case_id, time_ms, actor) WHERE"
    " action IN ('dismiss', 'propose', 'urgent', 'approve', 'return', 'reject', 'lapse', 'list',"
    " 'correct', 'refer', 'reply', 'no-reply', 'remove', 'withdraw', 'void', 'lodge', 'uphold',"
    " 'abusive', 'overturn');",

    /* The queue by any filter from an index in its order, and figures that need no look at all
     * cases or all of the log; the states are those of CASEBOOK_WAITING. */
    "ALTER TABLE cases ADD COLUMN rank INTEGER GENERATED ALWAYS AS (class <> 'fraud') VIRTUAL;"
    "DROP INDEX cases_by_state; DROP INDEX cases_queue; DROP INDEX cases_in_order;"
    "CREATE INDEX cases_queue ON cases (rank, opened_ms, due_ms, id, class) WHERE state IN"
    " ('flagged', 'claimed', 'held', 'proposed', 'urgent', 'returned', 'approved');"
    "CREATE INDEX cases_queue_class ON cases (class, opened_ms, due_ms, id) WHERE state IN"
    " ('flagged', 'claimed', 'held', 'proposed', 'urgent', 'returned', 'approved');"
    "CREATE INDEX cases_queue_rule ON cases (rule_id, rank, opened_ms, due_ms, id, class)"
    " WHERE state IN"
    " ('flagged', 'claimed', 'held', 'proposed', 'urgent', 'returned', 'approved');"
    "CREATE INDEX cases_in_order ON cases (rank, opened_ms, due_ms, id, class);"
    "CREATE INDEX cases_class ON cases (class, opened_ms, due_ms, id);"
    "CREATE INDEX cases_rule ON cases (rule_id, rank, opened_ms, due_ms, id, class, state);"
    "CREATE INDEX cases_state ON cases (state, rank, opened_ms, due_ms, id, class);"
    "CREATE INDEX cases_state_class ON cases (state, class, opened_ms, due_ms, id);"
    "CREATE INDEX log_decisions ON log (time_ms, action, actor, case_id) WHERE case_id > 0 AND"
    " action IN ('dismiss', 'propose', 'urgent', 'approve', 'reject', 'lapse');"
    "CREATE TABLE opened_hours (class TEXT NOT NULL, hour INTEGER NOT NULL, cases INTEGER NOT NULL,"
    " PRIMARY KEY (class, hour)) STRICT, WITHOUT ROWID;"
    "INSERT INTO opened_hours SELECT class, opened_ms / 3600000, count(*) FROM cases GROUP BY 1, 2;"
    "CREATE TRIGGER cases_opened AFTER INSERT ON cases BEGIN"
    " INSERT INTO opened_hours VALUES (new.class, new.opened_ms / 3600000, 1)"
    " ON CONFLICT DO UPDATE SET cases = cases + 1; END;",

    /* Cases that the public register no longer names: see mask.h. */
    "CREATE TABLE masks (case_id INTEGER PRIMARY KEY REFERENCES cases, time_ms INTEGER NOT NULL)"
    " STRICT;",

    /* What the panel signed, byte for byte, and its signature; "" of what needs none. */
    "ALTER TABLE appeals ADD COLUMN signed TEXT NOT NULL DEFAULT '';"
    "ALTER TABLE appeals ADD COLUMN signature TEXT NOT NULL DEFAULT '';",
};

enum { NEWEST = sizeof steps / sizeof *steps };

static bool read_version(struct casebook *casebook, int64_t *application, int64_t *version,
                         struct err *err)
{
    return casebook_sql_number(casebook, 0, application, err, "PRAGMA application_id", "") &&
           casebook_sql_number(casebook, 0, version, err, "PRAGMA user_version", "");
}

bool casebook_schema_check(struct casebook *casebook, struct err *err)
{
    int64_t application, version;
    if (!read_version(casebook, &application, &version, err)) {
        return false;
    }
    if (application != APPLICATION) {
        err_set(err, "is an SQLite database, but no casebook of saring");
    } else if (version > NEWEST) {
        err_set(err, "is a casebook of schema %lld; this saring knows up to %d: use a newer one",
                (long long)version, NEWEST);
    } else if (version < NEWEST && casebook->is_read_only) {
        err_set(err, "is a casebook of the older schema %lld; saring run brings it up to date",
                (long long)version);
    } else {
        return true;
    }
    return err_in_file(err, casebook->path);
}

static bool migrate(struct casebook *casebook, int64_t version, struct err *err)
{
    for (int64_t step = version; step < NEWEST; step++) {
        if (!casebook_sql_script(casebook, steps[step], err)) {
            return false;
        }
    }
    struct buf pragma = BUF_EMPTY;
    buf_printf(&pragma, "PRAGMA user_version = %d; PRAGMA application_id = %d", NEWEST,
               APPLICATION);
    bool done = casebook_sql_script(casebook, pragma.bytes, err);
    buf_fini(&pragma);
    return done;
}

bool casebook_schema(struct casebook *casebook, struct err *err)
{
    int64_t application, version, tables = 0;
    if (!casebook_sql_enter(casebook, err)) {
        return false;
    }
    bool done =
        read_version(casebook, &application, &version, err) &&
        casebook_sql_number(casebook, 0, &tables, err, "SELECT count(*) FROM sqlite_schema", "");
    /* Only an empty file is ours to fill. */
    if (done && (application != 0 || version != 0 || tables != 0)) {
        done = casebook_schema_check(casebook, err);
    }
    if (done && version < NEWEST) {
        done = migrate(casebook, version, err);
    }
    return casebook_sql_leave(casebook, done, err);
}
