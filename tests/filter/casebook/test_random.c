/*
 * Random people make random moves under a random clock, with restarts in between; whatever they do,
 * the limits hold.
 */
#include <stdlib.h>

#include "filter/casebook/case.h"
#include "tests/filter/casebook/house.h"

enum { STEPS = 600, AT_ONCE = 8, CASES = 100 };

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
    int64_t lease[CASES + 1]; /* the last token that anyone got */
    int64_t latest_ms;        /* that the clock ever said */
    size_t in_force, done[ACTION_PURGE + 1];
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

static bool is_key_of(const struct house *house, enum house_name who, struct str line)
{
    struct sshsig_key key, own;
    struct err err = ERR_NONE;
    assert_true(sshsig_key_parse(line, &key, &err));
    memcpy(own.bytes, house->secret[who] + 32, 32); /* libsodium keeps the public half there */
    return sshsig_key_equal(&key, &own);
}

static void check_entry(void *context, const struct casebook_entry *entry)
{
    struct world *world = context;
    const struct blocklist_draft *parts = blocklist_entry_parts(entry->entry);
    struct err err = ERR_NONE;
    struct sshsig_key one, other;
    world->in_force++;
    assert_int_equal(parts->class, RULE_FRAUD);
    assert_true(parts->end_ms > world->house->clock.fixed_ms);
    assert_true(parts->end_ms - parts->start_ms <= 30 * DAY);
    assert_false(str_equal(entry->reviewer_org, entry->approver_org));
    assert_true(is_key_of(world->house, ADI, entry->approver_key) ||
                is_key_of(world->house, AYU, entry->approver_key));
    assert_true(sshsig_key_parse(entry->reviewer_key, &one, &err));
    assert_true(sshsig_key_parse(entry->approver_key, &other, &err));
    assert_true(sshsig_verify(entry->reviewer_signature, entry->json, &one, &err));
    assert_true(sshsig_verify(entry->approver_signature, entry->json, &other, &err));
    struct casebook_case summary = house_look(world->house, entry->case_id);
    assert_int_equal(summary.state, CASE_LISTED);
    assert_int_equal(summary.class, RULE_FRAUD);
    assert_int_equal(summary.is_demo, entry->is_demo);
}

static bool check_deadline(void *context, const struct casebook_case *one)
{
    struct world *world = context;
    assert_true(one->deadline_ms == CLOCK_NEVER || one->deadline_ms > world->house->clock.fixed_ms);
    return true;
}

static void check_all(struct world *world)
{
    struct err err = ERR_NONE;
    struct casebook_report report;
    world->in_force = 0;
    assert_true(casebook_entries(world->house->casebook, check_entry, world, &err));
    house_tick(world->house);
    assert_true(casebook_list(world->house->casebook, &(struct casebook_filter){0}, check_deadline,
                              world, &err));
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
static void choose(struct world *world, enum casebook_state state, enum casebook_action *action,
                   enum house_name *who)
{
    bool team = false;
    switch (state) {
    case CASE_FLAGGED:
        *action = ACTION_CLAIM;
        team = true;
        break;
    case CASE_CLAIMED:
        *action = next(world, 6) == 0 ? ACTION_DISMISS : ACTION_PROPOSE;
        team = true;
        break;
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
        choose(world, before.state, &action, &who);
    }
    buf_printf(&target, "tipu-%u.example", (unsigned)next(world, 30));
    enum casebook_kind kind = before.class == RULE_FRAUD ? KIND_ENTRY : KIND_CORRECTION;
    if (!mostly(world)) {
        kind = (enum casebook_kind)next(world, 3);
    }
    struct casebook_draft draft = house_draft(house, id, kind, target.bytes);
    draft.end_ms = house->clock.fixed_ms +
                   (int64_t)(mostly(world) ? 1 + next(world, 29) : next(world, 33)) * DAY;
    draft.observed_ms =
        house->clock.fixed_ms - (int64_t)(mostly(world) ? next(world, 24) : next(world, 30)) * HOUR;
    if (casebook_to_sign(house->casebook, house->who[who], id, &proposal, &record, &err) !=
        CASEBOOK_DONE) {
        buf_put_string(&proposal, "{}");
    }
    enum house_name signer = mostly(world) ? who : (enum house_name)next(world, HOUSE_PEOPLE);
    if (signer == ADI || signer == AYU || signer == JOKO) {
        signature = house_sign(house, signer, buf_str(&proposal));
    }
    struct casebook_request request = {
        .lease = world->lease[id] - (mostly(world) ? 0 : 1),
        .version = before.version - (mostly(world) ? 0 : 1),
        .reason = STR("alasan yang cukup"),
        .draft = &draft,
        .signature = action == ACTION_APPROVE ? buf_str(&signature) : STR(""),
        .answers = &answers,
        .conflict = STR("tidak ada"),
    };
    enum casebook_outcome outcome = house_move(house, who, action, id, request);
    struct casebook_case after = house_look(house, id);
    if (outcome == CASEBOOK_DONE) {
        world->done[action]++;
        bool is_of_entry = action == ACTION_REMOVE || action == ACTION_SUSPEND;
        assert_true(is_of_entry ? role_bits(who) != 0
                                : casebook_move_find(OF_CASE, (int)before.state, action,
                                                     role_bits(who)) != NULL);
        assert_true(after.version > before.version);
        world->lease[id] = action == ACTION_CLAIM ? house->moved.lease : world->lease[id];
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

static void let_time_pass(struct world *world)
{
    static const int64_t spans[] = {MINUTE, 5 * MINUTE, 30 * MINUTE, HOUR, 10 * HOUR, 2 * DAY};
    struct house *house = world->house;
    uint64_t which = next(world, 40);
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
    size_t most = 0;
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
        }
        let_time_pass(&world);
        if (step % 10 == 0) {
            check_all(&world);
            most = world.in_force > most ? world.in_force : most;
        }
    }
    /* The run got somewhere: else it would prove nothing. */
    print_message("%zu claimed, %zu proposed, %zu approved, %zu returned, %zu removed; at most %zu "
                  "in force\n",
                  world.done[ACTION_CLAIM], world.done[ACTION_PROPOSE], world.done[ACTION_APPROVE],
                  world.done[ACTION_RETURN], world.done[ACTION_REMOVE], most);
    assert_true(world.done[ACTION_PROPOSE] > 0 && world.done[ACTION_ANSWER] > 0);
    assert_true(world.done[ACTION_APPROVE] > 0);
    assert_true(most > 0);
    house->clock.fixed_ms += 40 * DAY;
    assert_int_equal(house_entries(house), 0); /* all time is release's */
    check_all(&world);
    house_tear_down(house);
}

int main(void)
{
    return RUN_CASES("random moves", runs, live);
}
