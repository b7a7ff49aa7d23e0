#include "filter/casebook/register.h"

#include <jansson.h>
#include <sqlite3.h>
#include <stdlib.h>

#include "filter/base/canonical.h"
#include "filter/base/mem.h"
#include "filter/base/sshsig.h"
#include "tests/filter/casebook/house.h"

struct rows {
    json_t *all[32];
    struct hash hashes[32];
    struct buf text; /* of all */
    size_t count;
};

static bool take(void *context, const struct casebook_registered *row)
{
    struct rows *rows = context;
    struct hash hash = hash_sha256(row->json);
    assert_memory_equal(hash.bytes, row->hash.bytes, HASH_BYTES);
    rows->hashes[rows->count] = hash;
    rows->all[rows->count] = json_loadb(row->json.at, row->json.len, 0, NULL);
    assert_non_null(rows->all[rows->count++]);
    buf_put_str(&rows->text, row->json);
    return true;
}

static struct rows read_rows(struct house *house, bool only_newest)
{
    struct rows rows = {.count = 0};
    struct err err = ERR_NONE;
    (void)house_tick(house);
    assert_true(casebook_register_read(house->casebook, only_newest, take, &rows, &err));
    return rows;
}

static void forget(struct rows *rows)
{
    for (size_t i = 0; i < rows->count; i++) {
        json_decref(rows->all[i]);
    }
    buf_fini(&rows->text);
}

static const char *text_at(const json_t *row, const char *one, const char *two)
{
    const json_t *value = json_object_get(row, one);
    value = two != NULL ? json_object_get(value, two) : value;
    assert_non_null(value);
    return json_string_value(value);
}

static bool says(const struct rows *rows, const char *words)
{
    return rows->text.len > 0 && strstr(rows->text.bytes, words) != NULL;
}

static void what_is_not_decided_is_not_public(void **state)
{
    (void)state;
    struct house *house = house_build_with_people();
    (void)house_case(house, RULE_FRAUD);
    int64_t dismissed = house_case(house, RULE_CLAIM), rejected = house_case(house, RULE_CLAIM);
    house_done(house, RANI, ACTION_CLAIM, dismissed, (struct casebook_request){0});
    house_done(
        house, RANI, ACTION_DISMISS, dismissed,
        (struct casebook_request){.reason = STR("bukan klaim"), .lease = house->moved.lease});
    house_propose(house, RANI, rejected, KIND_CORRECTION, NULL);
    house_done(house, ADI, ACTION_REJECT, rejected,
               (struct casebook_request){.reason = STR("buktinya kurang")});
    struct rows rows = read_rows(house, false);
    assert_int_equal(rows.count, 0);
    forget(&rows);
    house_tear_down(house);
}

static void an_entry_with_all_that_it_rests_on(void **state)
{
    (void)state;
    struct house *house = house_build_with_people();
    int64_t id = house_listed(house, "situs-tiruan.example");
    struct rows rows = read_rows(house, true);
    assert_int_equal(rows.count, 1);
    const json_t *row = rows.all[0], *people = json_object_get(row, "people");
    assert_int_equal(json_integer_value(json_object_get(row, "case")), id);
    assert_string_equal(text_at(row, "class", NULL), "fraud");
    assert_string_equal(text_at(row, "state", NULL), "listed");
    assert_string_equal(text_at(row, "measure", NULL), "entry");
    assert_string_equal(text_at(row, "entry", "state"), "active");
    assert_string_equal(text_at(row, "decision", "target"), "situs-tiruan.example");
    assert_string_equal(text_at(json_array_get(people, 0), "organisation", NULL),
                        "Tim Siber Contoh");
    assert_string_equal(text_at(json_array_get(people, 1), "organisation", NULL),
                        "Lembaga Pantau Contoh");
    assert_int_equal(json_object_size(json_object_get(json_object_get(row, "because"), "answers")),
                     CASEBOOK_TEST_COUNT);
    for (size_t i = 0; i < HOUSE_PEOPLE; i++) {
        struct buf quoted = BUF_EMPTY;
        buf_printf(&quoted, "\"%s\"", house_names[i]);
        assert_false(says(&rows, quoted.bytes));
        buf_fini(&quoted);
    }
    assert_false(says(&rows, "warung.kopi"));
    forget(&rows);
    house_tear_down(house);
}

/* Whoever has a row alone can verify what both signed: `decision`, byte for byte. */
static void assert_signed(const json_t *row, const char *role)
{
    const json_t *one;
    size_t i;
    json_array_foreach(json_object_get(row, "signatures"), i, one)
    {
        if (strcmp(text_at(one, "role", NULL), role) != 0) {
            continue;
        }
        struct buf bytes = BUF_EMPTY;
        struct err err = ERR_NONE;
        struct sshsig_key key;
        const json_t *other = json_object_get(one, "signed");
        if (other != NULL) {
            buf_put_string(&bytes, json_string_value(other));
        } else {
            assert_true(canonical_json(json_object_get(row, "decision"), &bytes, &err));
        }
        assert_true(sshsig_key_parse(str_of(text_at(one, "key", NULL)), &key, &err));
        assert_true(
            sshsig_verify(str_of(text_at(one, "signature", NULL)), buf_str(&bytes), &key, &err));
        buf_fini(&bytes);
        return;
    }
    fail_msg("nobody signed as %s", role);
}

/* REVIEW, section 3, member by member. */
static void an_entry_has_every_member(void **state)
{
    (void)state;
    static const char *const members[] = {
        "schema",    "seq",        "prev",         "time",    "case",     "season",    "class",
        "elements",  "state",      "since",        "measure", "decision", "because",   "territory",
        "consumers", "entry",      "legal_ground", "rules",   "evidence", "automated", "people",
        "notice",    "signatures", "origin",       "appeal",  "appeals",  "disputed"};
    struct house *house = house_build_with_people();
    int64_t id = house_listed(house, "situs-tiruan.example");
    struct rows rows = read_rows(house, true);
    const json_t *row = rows.all[0], *people = json_object_get(row, "people");
    for (size_t i = 0; i < COUNT(members); i++) {
        if (json_object_get(row, members[i]) == NULL) {
            fail_msg("the row has no %s", members[i]);
        }
    }
    assert_string_equal(text_at(row, "schema", NULL), "saring-register-2");
    assert_string_equal(text_at(row, "entry", "lane"), "none");
    assert_string_equal(text_at(row, "notice", "because"), "owner_unknown");
    assert_int_equal(json_array_size(json_object_get(row, "legal_ground")),
                     json_array_size(json_object_get(json_object_get(row, "decision"), "harvest")));
    assert_true(json_array_size(json_object_get(row, "consumers")) > 5);
    assert_string_equal(text_at(json_array_get(people, 1), "sector", NULL), "unstated");
    assert_non_null(json_object_get(json_array_get(people, 1), "ties"));
    assert_non_null(json_object_get(json_object_get(row, "because"), "conflict_approver"));
    assert_string_equal(text_at(json_array_get(json_object_get(row, "evidence"), 0), "tool", NULL),
                        "reviewer");
    assert_signed(row, "reviewer");
    assert_signed(row, "approver");
    assert_null(json_object_get(row, "ended"));
    house_done(house, ADI, ACTION_REMOVE, id,
               (struct casebook_request){.reason = STR("salah sasaran")});
    struct rows removed = read_rows(house, true);
    const json_t *ended = json_object_get(removed.all[0], "ended");
    assert_string_equal(text_at(ended, "how", NULL), "remove");
    assert_string_equal(text_at(ended, "reason", NULL), "salah sasaran");
    assert_string_equal(text_at(ended, "by", "role"), "independent");
    assert_string_equal(text_at(ended, "by", "pseudonym"),
                        text_at(json_array_get(people, 1), "pseudonym", NULL));
    forget(&rows);
    forget(&removed);
    house_tear_down(house);
}

/* The lane: two of the team signed another entry than the approver did later. */
static void the_lane_is_told(void **state)
{
    (void)state;
    struct house *house = house_build_with_people();
    int64_t id = house_case(house, RULE_FRAUD);
    assert_int_equal(house_urgent(house, id, "situs-tiruan.example"), CASEBOOK_DONE);
    struct rows rows = read_rows(house, true);
    assert_string_equal(text_at(rows.all[0], "entry", "lane"), "provisional");
    assert_int_equal(json_array_size(json_object_get(rows.all[0], "people")), 2);
    assert_true(json_is_true(json_object_get(json_object_get(rows.all[0], "notice"), "given")));
    assert_signed(rows.all[0], "reviewer");
    assert_signed(rows.all[0], "second");
    assert_int_equal(house_approve(house, ADI, id), CASEBOOK_DONE);
    struct rows full = read_rows(house, true);
    assert_string_equal(text_at(full.all[0], "entry", "lane"), "confirmed");
    assert_signed(full.all[0], "reviewer");
    assert_signed(full.all[0], "approver");
    int64_t other = house_case(house, RULE_FRAUD);
    assert_int_equal(house_urgent(house, other, "situs-kedua.example"), CASEBOOK_DONE);
    house->clock.fixed_ms += DAY + MINUTE;
    struct rows lapsed = read_rows(house, true);
    assert_string_equal(text_at(lapsed.all[0], "entry", "lane"), "lapsed");
    assert_string_equal(text_at(lapsed.all[0], "ended", "how"), "lapse");
    forget(&rows);
    forget(&full);
    forget(&lapsed);
    house_tear_down(house);
}

/* Each change is one more row, chained; what is not news is none. */
static void changes_are_rows(void **state)
{
    (void)state;
    struct house *house = house_build_with_people();
    char before[HASH_HEX] = "";
    int64_t id = house_listed(house, "situs-tiruan.example");
    struct rows first = read_rows(house, false);
    struct rows again = read_rows(house, false);
    assert_int_equal(again.count, first.count);
    (void)house_appeal(house, id);
    struct rows appealed = read_rows(house, false);
    assert_int_equal(appealed.count, first.count + 1);
    house_done(house, RANI, ACTION_REMOVE, id,
               (struct casebook_request){.reason = STR("salah sasaran")});
    struct rows removed = read_rows(house, false);
    assert_true(removed.count > appealed.count);
    assert_string_equal(text_at(removed.all[removed.count - 1], "entry", "state"), "removed");
    for (size_t i = 0; i < removed.count; i++) {
        assert_int_equal(json_integer_value(json_object_get(removed.all[i], "seq")), i + 1);
        hash_format(&(struct hash){{0}}, before);
        assert_string_equal(text_at(removed.all[i], "prev", NULL),
                            i > 0 ? hash_format(&removed.hashes[i - 1], before) : before);
    }
    assert_false(says(&removed, "\"ground\""));
    forget(&first);
    forget(&again);
    forget(&appealed);
    forget(&removed);
    house_tear_down(house);
}

/* A referral goes to others with a post's address; the public row has none. */
static void a_referral_without_its_address(void **state)
{
    (void)state;
    struct house *house = house_build_with_people();
    int64_t id = house_case(house, RULE_CLAIM);
    house_propose(house, RANI, id, KIND_REFERRAL, NULL);
    assert_int_equal(house_approve(house, ADI, id), CASEBOOK_DONE);
    struct rows waiting = read_rows(house, true);
    assert_int_equal(waiting.count, 0);
    house_done(house, RANI, ACTION_REFER, id, (struct casebook_request){.reason = STR("terkirim")});
    struct rows rows = read_rows(house, true);
    assert_int_equal(rows.count, 1);
    assert_string_equal(text_at(rows.all[0], "measure", NULL), "referral");
    assert_null(json_object_get(json_object_get(rows.all[0], "decision"), "url"));
    assert_non_null(json_object_get(json_object_get(rows.all[0], "decision"), "recipient"));
    assert_non_null(json_object_get(json_object_get(rows.all[0], "outcome"), "sent"));
    /* A signature over what has the address would confirm a guess of it. */
    assert_false(says(&rows, "BEGIN SSH SIGNATURE"));
    assert_int_equal(json_array_size(json_object_get(rows.all[0], "signatures")), 2);
    house_done(house, RANI, ACTION_REPLY, id,
               (struct casebook_request){.reason = STR("Penerima menolak: tidak melanggar.")});
    struct rows answered = read_rows(house, true);
    assert_string_equal(text_at(answered.all[0], "outcome", "decision"),
                        "Penerima menolak: tidak melanggar.");
    house->clock.fixed_ms += 120 * DAY;
    (void)house_tick(house);
    struct rows purged = read_rows(house, true);
    assert_string_equal(text_at(purged.all[0], "state", NULL), "purged");
    assert_false(says(&purged, "BEGIN SSH SIGNATURE"));
    assert_non_null(json_object_get(purged.all[0], "elements"));
    forget(&answered);
    forget(&purged);
    forget(&waiting);
    forget(&rows);
    house_tear_down(house);
}

/* Content goes; what was decided, and why, stays. */
static void it_outlives_the_content(void **state)
{
    (void)state;
    struct house *house = house_build_with_people();
    int64_t id = house_case(house, RULE_CLAIM);
    house_propose(house, RANI, id, KIND_CORRECTION, NULL);
    assert_int_equal(house_approve(house, ADI, id), CASEBOOK_DONE);
    house_done(house, RANI, ACTION_CORRECT, id, (struct casebook_request){.reason = STR("terbit")});
    struct rows fresh = read_rows(house, true);
    char *reason = mem_copy_string(text_at(fresh.all[0], "decision", "reason"));
    house->clock.fixed_ms += 120 * DAY;
    (void)house_tick(house);
    (void)house_tick(house);
    assert_int_equal(house_state(house, id), CASE_PURGED);
    struct rows rows = read_rows(house, true);
    assert_string_equal(text_at(rows.all[0], "state", NULL), "purged");
    assert_string_equal(text_at(rows.all[0], "decision", "reason"), reason);
    free(reason);
    forget(&fresh);
    forget(&rows);
    house_tear_down(house);
}

static void rows_are_never_changed(void **state)
{
    (void)state;
    static const char *const attempts[] = {"UPDATE register SET json = '{}'",
                                           "DELETE FROM register"};
    struct house *house = house_build_with_people();
    (void)house_listed(house, "situs-tiruan.example");
    struct rows rows = read_rows(house, false);
    sqlite3 *db = NULL;
    assert_int_equal(sqlite3_open(house->path.bytes, &db), SQLITE_OK);
    for (size_t i = 0; i < COUNT(attempts); i++) {
        assert_int_equal(sqlite3_exec(db, attempts[i], NULL, NULL, NULL), SQLITE_CONSTRAINT);
    }
    sqlite3_close(db);
    forget(&rows);
    house_tear_down(house);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_not_decided_is_not_public),
        cmocka_unit_test(an_entry_with_all_that_it_rests_on),
        cmocka_unit_test(an_entry_has_every_member),
        cmocka_unit_test(the_lane_is_told),
        cmocka_unit_test(changes_are_rows),
        cmocka_unit_test(a_referral_without_its_address),
        cmocka_unit_test(it_outlives_the_content),
        cmocka_unit_test(rows_are_never_changed),
    };
    return cmocka_run_group_tests_name("register", tests, NULL, NULL);
}
