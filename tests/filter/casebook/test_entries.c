#include <stdlib.h>

#include "filter/blocklist/entry.h"
#include "filter/casebook/case.h"
#include "filter/casebook/sql.h"
#include "tests/filter/casebook/house.h"

static void abuse_20_end_and_restart(void **state)
{
    struct house *house = house_build_with_people();
    (void)state;
    house_listed(house, "tipu.example");
    house->clock.fixed_ms += 20 * DAY - 1;
    assert_int_equal(house_entries(house), 1);
    house_close(house);
    house->clock.fixed_ms += 1;
    house_open(house);
    assert_int_equal(house_entries(house), 0); /* nobody ticked */
    house->clock.fixed_ms += 1000;
    assert_int_equal(house_entries(house), 0);
    house_tear_down(house);
}

static void the_clock_goes_back(void **state)
{
    struct house *house = house_build_with_people();
    (void)state;
    house_listed(house, "tipu.example");
    house->clock.fixed_ms -= 5 * MINUTE;
    assert_int_equal(house_entries(house), 1);
    house->clock.fixed_ms -= 1;
    assert_int_equal(house_entries(house), (size_t)-1);
    assert_non_null(strstr(house->err.message, "went back"));
    house_tear_down(house);
}

/* A small step back does not bring back what has ended by the log's own time. */
static void a_step_back_over_an_end(void **state)
{
    struct house *house = house_build_with_people();
    (void)state;
    house_listed(house, "tipu.example");
    house->clock.fixed_ms += 20 * DAY + MINUTE;
    house_case(house, RULE_FRAUD); /* the log knows this time */
    house->clock.fixed_ms -= 2 * MINUTE;
    assert_int_equal(house_entries(house), 0);
    house_tear_down(house);
}

/* Edits of any table but the log list nothing, and take nothing out of it either. */
struct edit {
    const char *name, *sql;
    size_t in_force;
};

static const struct edit edits[] = {
    {"the entry's row made active again",
     "UPDATE entries SET state = 'active', due_ms = 9000000000000", 1},
    {"the removed case made listed again", "UPDATE cases SET state = 'listed'", 1},
    {"an entry's text changed: doubt releases", "UPDATE entries SET entry = '{}'", 0},
    {"an administrator made independent", "UPDATE people SET role = 'independent'", 1},
    {"all ties and organisations one", "UPDATE people SET organisation = 'tim siber contoh'", 1},
    {"a season that was never signed",
     "INSERT INTO seasons VALUES (zeroblob(32), 'palsu', 0, 9000000000000, '{}', 'a', 'b')", 1},
};

static void only_the_log_lists(void **state)
{
    const struct edit *edit = *state;
    struct house *house = house_build_with_people();
    int64_t removed = house_listed(house, "tipu.example");
    house_done(house, JOKO, ACTION_REMOVE, removed,
               (struct casebook_request){.reason = STR("sudah bersih")});
    house_listed(house, "tipu-lain.example");
    house_close(house);
    house_sql(house, edit->sql);
    house_open(house);
    assert_int_equal(house_entries(house), edit->in_force);
    house_tear_down(house);
}

/* A row that whoever holds the file may append, chain and all, without the keys. */
struct forgery {
    const char *name;
    const char *reviewer, *approver;  /* who it says they are */
    enum house_name first, second;    /* whose keys signed */
    bool other_bytes, again, is_late; /* what else is wrong */
    size_t in_force;
};

static const struct forgery forgeries[] = {
    {"both keys, as it should be", "tim", "adi", RANI, ADI, false, false, false, 1},
    {"abuse 32: one signature twice", "tim", "adi", RANI, RANI, false, false, false, 0},
    {"abuse 32: the approver's key alone", "tim", "adi", ADI, ADI, false, false, false, 0},
    {"an approver who is of the appeal panel", "tim", "joko", RANI, JOKO, false, false, false, 0},
    {"an approver who reviews his own", "adi", "adi", ADI, ADI, false, false, false, 0},
    {"a reviewer who is no team member", "ayu", "adi", AYU, ADI, false, false, false, 0},
    {"nobody", "siapa", "adi", RANI, ADI, false, false, false, 0},
    {"abuse 30: signatures of other bytes", "tim", "adi", RANI, ADI, true, false, false, 0},
    {"abuse 30: listed again after its removal", "tim", "adi", RANI, ADI, false, true, false, 0},
    {"of a case of another number", "tim", "adi", RANI, ADI, false, false, true, 0},
};

static void append(struct house *house, const char *action, int64_t case_id, json_t *detail)
{
    struct err err = ERR_NONE;
    assert_true(casebook_sql_enter(house->casebook, &err));
    assert_true(casebook_log(house->casebook, CASEBOOK_MACHINE, action, case_id, detail, &err));
    assert_true(casebook_sql_leave(house->casebook, true, &err));
}

/* A team member with a key of the test's, so that a "reviewer" can sign at all here. */
static void add_team_member(struct house *house)
{
    struct buf line = BUF_EMPTY;
    house_key(house->secret[RANI], &line);
    append(house, "user", 0,
           json_pack("{ss ss ss so sb}", "name", "tim", "organisation", "tim siber contoh", "role",
                     "team", "key", casebook_json_str(buf_str(&line)), "sealed", 0));
    buf_fini(&line);
}

static struct blocklist_entry *make_entry(struct house *house, const char *target)
{
    struct hash evidence = {{3}};
    struct err err = ERR_NONE;
    struct casebook_draft draft = house_draft(house, 7, KIND_ENTRY, target);
    struct blocklist_draft parts = {
        .class = RULE_FRAUD,
        .case_id = 7,
        .scope = BLOCKLIST_HOST,
        .target = str_of(target),
        .start_ms = house->clock.fixed_ms,
        .end_ms = house->clock.fixed_ms + DAY,
        .harvest = BLOCKLIST_MONEY,
        .observed_ms = house->clock.fixed_ms,
        .evidence = &evidence,
        .evidence_count = 1,
        .reason = draft.reason,
    };
    struct blocklist_entry *entry = blocklist_entry_new(&parts, &err);
    assert_non_null(entry);
    return entry;
}

static void append_list(struct house *house, const struct forgery *forgery,
                        const struct blocklist_entry *entry, struct str signed_bytes)
{
    struct buf first = house_sign(house, forgery->first, signed_bytes);
    struct buf second = house_sign(house, forgery->second, signed_bytes);
    struct hash id = blocklist_entry_id(entry);
    append(house, "list", forgery->is_late ? 8 : 7,
           json_pack("{ss ss so so so so}", "reviewer", forgery->reviewer, "approver",
                     forgery->approver, "reviewer_signature", casebook_json_str(buf_str(&first)),
                     "approver_signature", casebook_json_str(buf_str(&second)), "json",
                     casebook_json_str(blocklist_entry_json(entry)), "entry",
                     casebook_json_hash(&id)));
    buf_fini(&first);
    buf_fini(&second);
}

static void a_forged_row(void **state)
{
    const struct forgery *forgery = *state;
    struct house *house = house_build_with_people();
    add_team_member(house);
    struct blocklist_entry *entry = make_entry(house, "tipu.example");
    struct str bytes = blocklist_entry_json(entry);
    append_list(house, forgery, entry, forgery->other_bytes ? STR("{}") : bytes);
    if (forgery->again) {
        assert_int_equal(house_entries(house), 1);
        append(house, "remove", 7, json_object());
        append_list(house, forgery, entry, bytes);
    }
    assert_int_equal(house_entries(house), forgery->in_force);
    blocklist_entry_free(entry);
    house_tear_down(house);
}

/*
 * The approver had signed when the case was withdrawn, or refused: both signatures are good, and
 * whoever holds the file may put them into a row of their own.
 */
struct ending {
    const char *name, *action;
};

static const struct ending endings[] = {
    {"abuse 25: withdrawn", "withdraw"},
    {"rejected", "reject"},
    {"lapsed", "lapse"},
    {"void", "void"},
    {"dismissed", "dismiss"},
    {"purged", "purge"},
};

static void an_ended_case_lists_nothing(void **state)
{
    const struct ending *ending = *state;
    struct house *house = house_build_with_people();
    add_team_member(house);
    struct blocklist_entry *entry = make_entry(house, "tipu.example");
    append(house, ending->action, 6, json_object()); /* another one's end is no matter */
    append(house, ending->action, 7, json_object());
    append_list(house, &forgeries[0], entry, blocklist_entry_json(entry));
    assert_int_equal(house_entries(house), 0);
    blocklist_entry_free(entry);
    house_tear_down(house);
}

static void what_is_handed_out(void *context, const struct casebook_entry *entry)
{
    assert_true(str_is(blocklist_entry_parts(entry->entry)->target, "tipu.example"));
    assert_true(entry->is_demo);
    assert_true(entry->case_id > 0 && entry->seq > 0);
    *(bool *)context = true;
}

static void an_entry(void **state)
{
    struct house *house = house_build_with_people();
    struct err err = ERR_NONE;
    bool called = false;
    (void)state;
    house_listed(house, "TIPU.example.");
    /* A reader alone knows it too. */
    struct casebook *reader = casebook_open_read(house->path.bytes, &house->clock, &err);
    assert_true(casebook_entries(reader, what_is_handed_out, &called, &err));
    assert_true(called);
    casebook_close(reader);
    house_tear_down(house);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(abuse_20_end_and_restart),
        cmocka_unit_test(the_clock_goes_back),
        cmocka_unit_test(a_step_back_over_an_end),
        cmocka_unit_test(an_entry),
    };
    return RUN_CASES("edits", edits, only_the_log_lists) +
           RUN_CASES("forgeries", forgeries, a_forged_row) +
           RUN_CASES("endings", endings, an_ended_case_lists_nothing) +
           cmocka_run_group_tests_name("casebook_entries", tests, NULL, NULL);
}
