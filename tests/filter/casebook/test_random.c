/*
 * Random people make random moves under a random clock, with restarts in between; whatever they do,
 * the limits hold.
 */
#include <stdlib.h>

#include "filter/blocklist/signed.h"
#include "filter/casebook/case.h"
#include "filter/casebook/sql.h"
#include "tests/filter/casebook/house.h"

enum { STEPS = 900, AT_ONCE = 8, CASES = 130 };

struct run {
    const char *name;
    uint64_t seed;
    bool in_season;
};

static const struct run runs[] = {
    {"the demonstration", 0x9e3779b97f4a7c15, false},
    {"a season", 0xd1b54a32d192ed03, true},
    {"a season, otherwise", 0x2545f4914f6cdd1d, true},
};

struct world {
    struct house *house;
    uint64_t seed;
    int64_t lease[CASES + 1];   /* the last token that anyone got */
    int64_t latest_ms;          /* that the clock ever said */
    int64_t appeals[CASES + 1]; /* the last appeal about each case */
    bool look;                  /* something rare was done */
    size_t in_force, provisional, lodged, done[ACTION_PURGE + 1];
};

static uint64_t next(struct world *world, uint64_t below)
{
    world->seed ^= world->seed << 13;
    world->seed ^= world->seed >> 7;
    world->seed ^= world->seed << 17;
    return world->seed % below;
}

/* Mostly what is right, so that runs get far; sometimes anything. */
static bool mostly(struct world *world)
{
    return next(world, 8) != 0;
}

static bool is_key_of(const struct house *house, enum house_name who, const struct sshsig_key *key)
{
    struct sshsig_key own;
    memcpy(own.bytes, house->secret[who] + 32, 32); /* libsodium keeps the public half there */
    return sshsig_key_equal(key, &own);
}

static bool keep_line(void *context, struct str line, struct err *err)
{
    (void)err;
    buf_put_str(context, line);
    return true;
}

/* What consumers get of it: the very entry, and signatures by those keys. */
static void check_line(const struct world *world, const struct casebook_entry *entry)
{
    struct err err = ERR_NONE;
    struct sshsig_key one, other;
    struct blocklist_signed line;
    struct buf text = BUF_EMPTY;
    struct arena *arena = arena_new(1 << 20);
    struct casebook_ref ref = {.seq = entry->seq, .row = entry->row};
    assert_true(casebook_entry_lines(world->house->casebook, &ref, 1, keep_line, &text, &err));
    assert_int_equal(text.bytes[text.len - 1], '\n');
    assert_true(
        blocklist_signed_read(str_part(buf_str(&text), 0, text.len - 1), arena, &line, &err));
    assert_true(str_equal(line.json, blocklist_entry_json(entry->entry)));
    assert_true(sshsig_key_parse(line.reviewer.key, &one, &err));
    assert_true(sshsig_key_parse(line.approver.key, &other, &err));
    assert_true(sshsig_key_equal(&one, entry->reviewer_key));
    assert_true(sshsig_key_equal(&other, entry->approver_key));
    assert_true(sshsig_verify(line.reviewer.signature, line.json, &one, &err));
    assert_true(sshsig_verify(line.approver.signature, line.json, &other, &err));
    /* Asked about another row of the log, it has nothing to say. */
    ref.seq--;
    assert_false(casebook_entry_lines(world->house->casebook, &ref, 1, keep_line, &text, &err));
    arena_free(arena);
    buf_fini(&text);
}

static void check_entry(void *context, const struct casebook_entry *entry)
{
    struct world *world = context;
    const struct blocklist_draft *parts = blocklist_entry_parts(entry->entry);
    world->in_force++;
    assert_int_equal(parts->class, RULE_FRAUD);
    assert_true(parts->end_ms > world->house->clock.fixed_ms);
    assert_true(parts->end_ms - parts->start_ms <= 30 * DAY);
    if (entry->is_provisional) { /* two of the team, the second's key not here; for 24 hours */
        world->provisional++;
        assert_true(is_key_of(world->house, BUDI, entry->approver_key));
        assert_false(sshsig_key_equal(entry->reviewer_key, entry->approver_key));
        assert_int_equal(parts->end_ms - parts->start_ms, DAY);
    } else {
        assert_false(str_equal(entry->reviewer_org, entry->approver_org));
        assert_true(is_key_of(world->house, ADI, entry->approver_key) ||
                    is_key_of(world->house, AYU, entry->approver_key));
    }
    check_line(world, entry);
    struct casebook_case summary = house_look(world->house, entry->case_id);
    assert_int_equal(summary.state, entry->is_provisional ? CASE_URGENT : CASE_LISTED);
    assert_string_equal(house_page(world->house, entry->case_id).entry_state.at,
                        entry->is_provisional ? "provisional" : "active");
    assert_int_equal(summary.class, RULE_FRAUD);
    assert_int_equal(summary.is_demo, entry->is_demo);
}

static bool check_deadline(void *context, const struct casebook_case *one)
{
    struct world *world = context;
    assert_true(one->deadline_ms == CLOCK_NEVER || one->deadline_ms > world->house->clock.fixed_ms);
    return true;
}

static bool check_appeal(void *context, const struct casebook_appeal *one)
{
    struct world *world = context;
    assert_true(one->objection.deadline_ms > world->house->clock.fixed_ms);
    /* What an appeal before the panel is about is out of force, or disputed. */
    if (one->objection.state == APPEAL_LODGED) {
        assert_false(str_is(one->entry_state, "active") || str_is(one->entry_state, "provisional"));
    }
    return true;
}

static size_t count(struct house *house, const char *sql)
{
    int64_t number;
    struct err err = ERR_NONE;
    assert_true(casebook_sql_number(house->casebook, 0, &number, &err, sql, ""));
    return (size_t)number;
}

static void check_all(struct world *world)
{
    struct err err = ERR_NONE;
    struct casebook_report report;
    world->in_force = world->provisional = 0;
    house_tick(world->house);
    assert_true(casebook_entries(world->house->casebook, check_entry, world, &err));
    assert_true(casebook_list(world->house->casebook, &(struct casebook_filter){0}, check_deadline,
                              world, &err));
    assert_true(casebook_appeals(world->house->casebook,
                                 &(struct casebook_appeal_filter){.waiting = true}, check_appeal,
                                 world, &err));
    assert_true(world->provisional <= CASEBOOK_LANE_MOST);
    assert_int_equal(count(world->house, "SELECT count(*) FROM entries JOIN cases ON cases.id ="
                                         " case_id WHERE class <> 'fraud'"),
                     0);
    /* The tables and the log agree on what is in force. */
    assert_int_equal(count(world->house, "SELECT count(*) FROM entries WHERE state IN"
                                         " ('active', 'provisional')"),
                     world->in_force);
    assert_int_equal(casebook_audit_verify(world->house->casebook, NULL, &report, &err),
                     AUDIT_INTACT);
}

static unsigned role_bits(enum house_name who)
{
    switch (who) {
    case RANI:
    case RUDI:
    case BUDI:
        return BY_TEAM | BY_HOLDER | BY_PROPOSER | BY_SECOND;
    case ADI:
    case AYU:
        return BY_INDEPENDENT;
    case JOKO:
        return BY_APPEALS;
    case AUDI:
    case ADMIN:
    case HOUSE_PEOPLE:
        break;
    }
    return 0;
}

/* What would carry the case on from its state, and who could do it. */
static void choose(struct world *world, int64_t id, enum casebook_action *action,
                   enum house_name *who)
{
    static const enum casebook_action claimed[] = {
        ACTION_DISMISS, ACTION_HOLD,    ACTION_MERGE,  ACTION_SPLIT,  ACTION_PROPOSE,
        ACTION_PROPOSE, ACTION_PROPOSE, ACTION_URGENT, ACTION_URGENT, ACTION_URGENT};
    static const enum casebook_action listed[] = {ACTION_SUSPEND, ACTION_RESTORE,  ACTION_RESTORE,
                                                  ACTION_UPHOLD,  ACTION_OVERTURN, ACTION_ABUSIVE,
                                                  ACTION_ADMIT,   ACTION_REMOVE};
    struct casebook_page page = house_page(world->house, id);
    struct str holder = page.summary.claimed_by;
    bool team = false, is_offered = page.offered_by.len > 0;
    switch (page.summary.state) {
    case CASE_FLAGGED:
        *action = ACTION_CLAIM;
        team = true;
        break;
    case CASE_CLAIMED:
        *action = is_offered ? ACTION_URGENT : claimed[next(world, COUNT(claimed))];
        *who = is_offered ? BUDI : str_is(holder, "rudi") ? RUDI : RANI;
        return;
    case CASE_HELD:
        *action = ACTION_RELEASE;
        team = true;
        break;
    case CASE_REFERRED:
        *action = ACTION_REPLY;
        team = true;
        break;
    case CASE_LISTED:
        *action = listed[next(world, COUNT(listed))];
        *who = (enum house_name)next(world, HOUSE_PEOPLE);
        return;
    case CASE_URGENT:
    case CASE_RETURNED:
        *action = ACTION_PROPOSE;
        team = true;
        break;
    case CASE_PROPOSED:
        *action = next(world, 2) == 0 ? ACTION_ANSWER : ACTION_APPROVE;
        break;
    case CASE_APPROVED:
        *action = next(world, 2) == 0 ? ACTION_CORRECT : ACTION_REFER;
        team = true;
        break;
    default: /* nothing carries it on */
        *action = (enum casebook_action)next(world, ACTION_PURGE + 1);
        break;
    }
    *who = team ? (next(world, 2) == 0 ? RANI : RUDI) : (next(world, 2) == 0 ? ADI : AYU);
}

static void act(struct world *world, int64_t id)
{
    struct house *house = world->house;
    struct casebook_case before = house_look(house, id);
    enum casebook_action action = (enum casebook_action)next(world, ACTION_PURGE + 1);
    enum house_name who = (enum house_name)next(world, HOUSE_PEOPLE);
    struct casebook_answers answers =
        house_all(mostly(world) ? ANSWER_NO : (enum casebook_answer)next(world, 3));
    struct buf target = BUF_EMPTY, proposal = BUF_EMPTY, record = BUF_EMPTY, signature = BUF_EMPTY;
    struct err err = ERR_NONE;
    if (mostly(world)) {
        choose(world, id, &action, &who);
    }
    buf_printf(&target, "tipu-%u.example", (unsigned)next(world, 200));
    enum casebook_kind kind = before.class == RULE_FRAUD ? KIND_ENTRY : KIND_CORRECTION;
    if (!mostly(world)) {
        kind = (enum casebook_kind)next(world, 3);
    }
    struct casebook_draft draft = action == ACTION_URGENT
                                      ? house_urgent_draft(house, id, target.bytes)
                                      : house_draft(house, id, kind, target.bytes);
    draft.end_ms = house->clock.fixed_ms +
                   (int64_t)(mostly(world) ? 1 + next(world, 29) : next(world, 33)) * DAY;
    int64_t hours = action == ACTION_URGENT ? 2 : 24;
    draft.observed_ms =
        house->clock.fixed_ms -
        (int64_t)(mostly(world) ? next(world, (uint64_t)hours) : next(world, 30)) * HOUR;
    if (casebook_to_sign(house->casebook, house->who[who], id, &proposal, &record, &err) !=
        CASEBOOK_DONE) {
        buf_put_string(&proposal, "{}");
    }
    enum house_name signer = mostly(world) ? who : (enum house_name)next(world, HOUSE_PEOPLE);
    if (signer == ADI || signer == AYU || signer == JOKO || signer == BUDI) {
        signature = house_sign(house, signer, buf_str(&proposal));
    }
    bool signs = action == ACTION_APPROVE || (action == ACTION_URGENT && who == BUDI) ||
                 (action == ACTION_RESTORE && (who == ADI || who == AYU));
    int64_t other = 1 + (int64_t)next(world, (uint64_t)id);
    struct casebook_request request = {
        .lease = world->lease[id] - (mostly(world) ? 0 : 1),
        .version = before.version - (mostly(world) ? 0 : 1),
        .reason = STR("alasan yang cukup"),
        .draft = &draft,
        .signature = signs ? buf_str(&signature) : STR(""),
        .into = other,
        .into_version = house_look(house, other).version,
        .appeal = world->appeals[id],
        .answers = &answers,
        .conflict = STR("tidak ada"),
    };
    enum casebook_outcome outcome = house_move(house, who, action, id, request);
    struct casebook_case after = house_look(house, id);
    if (outcome == CASEBOOK_DONE) {
        world->done[action]++;
        bool is_of_entry = action == ACTION_REMOVE || action == ACTION_SUSPEND ||
                           action == ACTION_RESTORE || action == ACTION_ADMIT ||
                           action == ACTION_DECLINE || action == ACTION_UPHOLD ||
                           action == ACTION_OVERTURN || action == ACTION_ABUSIVE;
        assert_true(is_of_entry ? role_bits(who) != 0
                                : casebook_move_find(OF_CASE, (int)before.state, action,
                                                     role_bits(who)) != NULL);
        assert_true(after.version > before.version);
        world->lease[id] = action == ACTION_CLAIM ? house->moved.lease : world->lease[id];
        world->look |= action == ACTION_URGENT || action == ACTION_RESTORE;
    } else {
        assert_int_not_equal(outcome, CASEBOOK_FAILED);
        assert_int_equal(after.state, before.state);
        assert_int_equal(after.version, before.version);
    }
    buf_fini(&target);
    buf_fini(&proposal);
    buf_fini(&record);
    buf_fini(&signature);
}

static void appeal(struct world *world, int64_t id)
{
    struct casebook_lodged lodged;
    struct err err = ERR_NONE;
    enum casebook_outcome outcome =
        casebook_appeal_lodge(world->house->casebook, id,
                              STR("Situs ini milik koperasi kami, bukan tiruan."), &lodged, &err);
    assert_int_not_equal(outcome, CASEBOOK_FAILED);
    if (outcome == CASEBOOK_DONE) {
        world->lodged++;
        world->appeals[id] = lodged.appeal;
    }
}

static void decide(struct world *world, int64_t id)
{
    static const enum casebook_action actions[] = {ACTION_UPHOLD, ACTION_UPHOLD, ACTION_OVERTURN,
                                                   ACTION_ABUSIVE, ACTION_ADMIT};
    enum casebook_action action = actions[next(world, COUNT(actions))];
    enum casebook_outcome outcome = house_decide(world->house, action, id, world->appeals[id]);
    assert_int_not_equal(outcome, CASEBOOK_FAILED);
    if (outcome == CASEBOOK_DONE) {
        world->done[action]++;
        world->look = true;
    }
}

static void let_time_pass(struct world *world)
{
    static const int64_t spans[] = {MINUTE, 5 * MINUTE, 30 * MINUTE, HOUR, 10 * HOUR, 2 * DAY};
    struct house *house = world->house;
    uint64_t which = next(world, 80);
    if (which < COUNT(spans)) {
        house->clock.fixed_ms += spans[which];
    } else if (which == COUNT(spans) && house->clock.fixed_ms == world->latest_ms) {
        house->clock.fixed_ms -= 3 * MINUTE; /* NTP steps it back */
    } else if (which == COUNT(spans) + 1) {
        house_close(house);
        house_open(house);
    }
    if (house->clock.fixed_ms > world->latest_ms) {
        world->latest_ms = house->clock.fixed_ms;
    }
    house_tick(house); /* so that a refusal is the move's, not the clock's */
}

static void live(void **state)
{
    const struct run *run = *state;
    struct world world = {.house = house_build_with_people(), .seed = run->seed};
    struct house *house = world.house;
    if (run->in_season) {
        house_season(house, HOUSE_START, HOUSE_START + 200 * DAY);
        house->clock.fixed_ms += 73 * HOUR;
    }
    size_t most = 0, lane = 0;
    int64_t cases[AT_ONCE] = {0}, last = 0;
    for (int step = 0; step < STEPS; step++) {
        static const enum rule_class classes[] = {RULE_FRAUD, RULE_FRAUD, RULE_PROCEDURE,
                                                  RULE_CLAIM};
        size_t at = next(&world, AT_ONCE);
        if (last < CASES && (cases[at] == 0 || next(&world, 20) == 0)) {
            cases[at] = last = house_case(house, classes[next(&world, COUNT(classes))]);
        }
        if (cases[at] != 0) {
            act(&world, cases[at]);
            if (world.look) {
                check_all(&world);
                lane = world.provisional > lane ? world.provisional : lane;
            }
            if (next(&world, 12) == 0) {
                appeal(&world, cases[at]);
            }
            if (world.appeals[cases[at]] != 0 && next(&world, 3) == 0) {
                decide(&world, cases[at]);
            }
        }
        let_time_pass(&world);
        if (step % 10 == 0 || world.look) {
            world.look = false;
            check_all(&world);
            most = world.in_force > most ? world.in_force : most;
            lane = world.provisional > lane ? world.provisional : lane;
        }
    }
    /* The run got somewhere: else it would prove nothing. */
    print_message("%zu claimed, %zu proposed, %zu approved, %zu removed, %zu urgent, %zu restored, "
                  "%zu merged, %zu appeals, %zu of them decided; at most %zu in force, %zu of the "
                  "lane\n",
                  world.done[ACTION_CLAIM], world.done[ACTION_PROPOSE], world.done[ACTION_APPROVE],
                  world.done[ACTION_REMOVE], world.done[ACTION_URGENT], world.done[ACTION_RESTORE],
                  world.done[ACTION_MERGE], world.lodged,
                  world.done[ACTION_UPHOLD] + world.done[ACTION_OVERTURN] +
                      world.done[ACTION_ABUSIVE],
                  most, lane);
    assert_true(world.done[ACTION_PROPOSE] > 0 && world.done[ACTION_ANSWER] > 0);
    assert_true(world.done[ACTION_APPROVE] > 0);
    assert_true(most > 0 && world.lodged > 0 && world.done[ACTION_URGENT] > 0);
    house->clock.fixed_ms += 40 * DAY;
    assert_int_equal(house_entries(house), 0); /* all time is release's */
    check_all(&world);
    house_tear_down(house);
}

int main(void)
{
    return RUN_CASES("random moves", runs, live);
}
