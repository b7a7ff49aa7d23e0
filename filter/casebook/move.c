#include "filter/casebook/move.h"

#include <string.h>

#include "filter/base/arena.h"
#include "filter/base/err.h"
#include "filter/casebook/act.h"
#include "filter/casebook/register.h"
#include "filter/casebook/sql.h"

static enum casebook_outcome load_member(struct casebook_act *act)
{
    bool found;
    struct str name = casebook_session_name(act->session);
    if (!casebook_session_is_of(act->session, act->casebook)) {
        err_set(act->err, "sesi ini milik buku kasus lain / the session is of another casebook");
        return CASEBOOK_REFUSED;
    }
    if (!casebook_member_find(act->casebook, act->arena, name, &act->member, &found, act->err)) {
        return CASEBOOK_FAILED;
    }
    if (!found || act->member.is_disabled ||
        act->member.role != casebook_session_role(act->session)) {
        err_set(act->err, "%.*s tidak berhak lagi di sini / %.*s has no rights here any more",
                STR_FORMAT(name), STR_FORMAT(name));
        return CASEBOOK_REFUSED;
    }
    return CASEBOOK_DONE;
}

enum casebook_outcome casebook_act_person(struct casebook_act *act)
{
    bool went_back;
    if (!casebook_time(act->casebook, &act->now_ms, act->err) ||
        !casebook_clock_went_back(act->casebook, &went_back, act->err) ||
        !casebook_now(act->casebook, act->arena, &act->season, act->err)) {
        return CASEBOOK_FAILED;
    }
    enum casebook_outcome outcome = load_member(act);
    if (outcome != CASEBOOK_DONE) {
        return outcome;
    }
    if (went_back) {
        err_set(act->err,
                "jam mesin ini mundur ke belakang log: betulkan dulu / the clock of this machine "
                "went back behind the log: set it right first");
        return CASEBOOK_REFUSED;
    }
    return casebook_session_check(act->casebook, act->session, act->now_ms, act->season.is_demo,
                                  NEED_ANY, act->err);
}

enum casebook_outcome casebook_act_load(struct casebook_act *act, int64_t case_id)
{
    bool found;
    enum casebook_outcome outcome = casebook_act_person(act);
    if (outcome != CASEBOOK_DONE) {
        return outcome;
    }
    if (!casebook_case_load(act->casebook, act->arena, case_id, &act->dossier, &found, act->err)) {
        return CASEBOOK_FAILED;
    }
    if (!found) {
        err_set(act->err, "tidak ada kasus %lld / there is no case %lld", (long long)case_id,
                (long long)case_id);
        return CASEBOOK_REFUSED;
    }
    if (!str_equal(act->dossier.season, act->season.season)) {
        err_set(act->err, "kasus %lld bukan dari musim ini / case %lld is not of the season of now",
                (long long)case_id, (long long)case_id);
        return CASEBOOK_REFUSED;
    }
    return CASEBOOK_DONE;
}

/* In which ways the person may move this case; none for an auditor or an administrator. */
static unsigned capacities(const struct casebook_act *act)
{
    bool holds = str_equal(act->dossier.holder, act->member.name);
    bool proposed = str_equal(act->dossier.proposer, act->member.name);
    switch (act->member.role) {
    case ROLE_TEAM:
        return BY_TEAM | (holds ? BY_HOLDER : BY_SECOND) | (proposed ? BY_PROPOSER : 0);
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

enum casebook_outcome casebook_act_row(struct casebook_act *act, enum casebook_thing of, int from)
{
    const unsigned people =
        BY_TEAM | BY_HOLDER | BY_PROPOSER | BY_INDEPENDENT | BY_APPEALS | BY_SECOND;
    static const char *const things[] = {"kasus", "entri", "banding"};
    enum casebook_action action = act->request->action;
    const char *article = of == OF_CASE ? "a" : "an";
    const char *name = casebook_action_name(action), *state = casebook_thing_state(of, from);
    act->move = casebook_move_find(of, from, action, capacities(act));
    if (act->move != NULL) {
        return CASEBOOK_DONE;
    }
    if (casebook_move_find(of, from, action, people) != NULL) {
        err_set(act->err,
                "\"%s\" atas %s yang %s bukan wewenang %.*s / %s of %s %s that is %s is not for "
                "%.*s (%s)",
                name, things[of], state, STR_FORMAT(act->member.name), name, article,
                casebook_thing_name(of), state, STR_FORMAT(act->member.name),
                casebook_role_name(act->member.role));
    } else {
        err_set(
            act->err,
            "tidak ada langkah \"%s\" untuk %s yang %s / there is no move \"%s\" for %s %s that "
            "is %s",
            name, things[of], state, name, article, casebook_thing_name(of), state);
    }
    return CASEBOOK_REFUSED;
}

/* What is said of these from now on stands in the register. */
static bool is_published(enum casebook_state state)
{
    return state == CASE_CORRECTED || state == CASE_REFERRED || state == CASE_ANSWERED ||
           state == CASE_UNANSWERED;
}

enum casebook_outcome casebook_act_attached(struct casebook_act *act)
{
    const struct casebook_request *request = act->request;
    unsigned needs = act->move->needs;
    bool good = true;
    if ((needs & NEEDS_REASON) != 0) {
        good = casebook_check_words(request->reason, "alasan / the reason", 3,
                                    CASEBOOK_STATEMENT_MOST, act->err) &&
               (!is_published(act->dossier.state) ||
                casebook_check_public(request->reason, act->dossier.class, "alasan / the reason",
                                      act->err));
    }
    if (good && (needs & NEEDS_CONFLICT) != 0) {
        good = casebook_check_words(request->conflict,
                                    "pernyataan konflik kepentingan / the statement about "
                                    "conflicts of interest",
                                    2, CASEBOOK_STATEMENT_MOST, act->err);
    }
    if (good && (needs & NEEDS_ANSWERS) != 0 && request->answers == NULL) {
        good = err_set(act->err, "formulir buta belum diisi / the blind form is missing");
    }
    if (good && (needs & NEEDS_SIGNATURE) != 0 && request->signature.len == 0) {
        good = err_set(act->err, "tanda tangan belum ada: ssh-keygen -Y sign -n saring / the "
                                 "signature is missing: sign with ssh-keygen -Y sign -n saring");
    }
    if (good && act->move->fraud_only && act->dossier.class != RULE_FRAUD) {
        good = err_set(act->err, "ini hanya untuk penipuan / this is for fraud only");
    }
    return good ? CASEBOOK_DONE : CASEBOOK_REFUSED;
}

enum casebook_outcome casebook_act_find(struct casebook_act *act, enum casebook_thing of, int from)
{
    enum casebook_outcome outcome = casebook_act_row(act, of, from);
    return outcome == CASEBOOK_DONE ? casebook_act_attached(act) : outcome;
}

/* The moves that attach nothing but a reason. */
static enum casebook_outcome enter(struct casebook_act *act)
{
    json_t *detail = json_object();
    if ((act->move->needs & NEEDS_REASON) != 0) {
        json_object_set_new(detail, "reason", casebook_json_str(act->request->reason));
    }
    if (act->request->action == ACTION_CLAIM) {
        act->dossier.lease++;
        act->dossier.holder = act->member.name;
        act->moved->lease = act->dossier.lease;
        json_object_set_new(detail, "lease", json_integer(act->dossier.lease));
    }
    if (act->request->action == ACTION_RETURN) {
        act->dossier.returns++;
    }
    return casebook_case_enter(act->casebook, &act->dossier, act->move, act->member.name, detail,
                               act->err)
               ? CASEBOOK_DONE
               : CASEBOOK_FAILED;
}

static enum casebook_outcome act_plain(struct casebook_act *act);

/* Return and reject are the independent approver's judgement of an open proposal. */
static enum casebook_outcome act_judge(struct casebook_act *act)
{
    struct casebook_open open;
    bool found;
    if (!casebook_open_load(act->casebook, act->arena, act->dossier.id, &open, &found, act->err)) {
        return CASEBOOK_FAILED;
    }
    if (!found) {
        err_set(act->err, "kasus ini tidak punya usulan / the case has no proposal");
        return CASEBOOK_REFUSED;
    }
    if (act->request->action == ACTION_RETURN && act->dossier.returns > 0) {
        err_set(act->err,
                "kasus hanya dikembalikan sekali; setujui atau tolak / a case is returned once; "
                "approve or reject it");
        return CASEBOOK_REFUSED;
    }
    enum casebook_outcome outcome = casebook_judge_person(act, &open);
    return outcome != CASEBOOK_DONE ? outcome : act_plain(act);
}

/* Correct and refer carry out what was approved, and nothing else. */
static enum casebook_outcome act_publish(struct casebook_act *act, enum casebook_kind kind)
{
    struct casebook_open open;
    bool found;
    if (!casebook_open_load(act->casebook, act->arena, act->dossier.id, &open, &found, act->err)) {
        return CASEBOOK_FAILED;
    }
    if (!found || open.kind != kind) {
        err_set(act->err, "yang disetujui bukan %s / what was approved is no %s",
                casebook_kind_name(kind), casebook_kind_name(kind));
        return CASEBOOK_REFUSED;
    }
    /* It can go nowhere else than where both signed that it goes. */
    enum casebook_outcome outcome =
        kind == KIND_REFERRAL ? casebook_judge_referral(act, open.proposal) : CASEBOOK_DONE;
    return outcome == CASEBOOK_DONE ? enter(act) : outcome;
}

static enum casebook_outcome act_entry(struct casebook_act *act)
{
    struct casebook_listing listing;
    bool found;
    if (!casebook_entry_load(act->casebook, act->arena, act->dossier.id, &listing, &found,
                             act->err)) {
        return CASEBOOK_FAILED;
    }
    enum casebook_entry_state from = found ? listing.state : ENTRY_NONE;
    enum casebook_outcome outcome = casebook_act_find(act, OF_ENTRY, (int)from);
    if (outcome != CASEBOOK_DONE) {
        return outcome;
    }
    act->moved->entry = listing.id;
    if (act->request->action == ACTION_RESTORE) {
        return casebook_act_restore(act, &listing);
    }
    listing.appeal = 0;
    return casebook_entry_enter(act->casebook, &act->dossier, &listing, act->move, act->member.name,
                                casebook_reason_json(act->request->reason), act->err) &&
                   casebook_entry_close(act->casebook, &act->dossier, &listing, act->err)
               ? CASEBOOK_DONE
               : CASEBOOK_FAILED;
}

/* A case of the lane that is refused or withdrawn takes its entry with it. */
static enum casebook_outcome end_urgent(struct casebook_act *act)
{
    struct casebook_listing listing;
    bool found;
    if (!casebook_entry_load(act->casebook, act->arena, act->dossier.id, &listing, &found,
                             act->err)) {
        return CASEBOOK_FAILED;
    }
    const unsigned anyone = BY_TEAM | BY_INDEPENDENT | BY_APPEALS;
    const struct casebook_move *removal =
        found ? casebook_move_find(OF_ENTRY, (int)listing.state, ACTION_REMOVE, anyone) : NULL;
    return removal == NULL || casebook_entry_enter(
                                  act->casebook, &act->dossier, &listing, removal, act->member.name,
                                  casebook_reason_json(act->request->reason), act->err)
               ? CASEBOOK_DONE
               : CASEBOOK_FAILED;
}

/* The moves that attach nothing, or no more than words. */
static enum casebook_outcome act_plain(struct casebook_act *act)
{
    enum casebook_outcome outcome =
        act->dossier.state == CASE_URGENT ? end_urgent(act) : CASEBOOK_DONE;
    return outcome == CASEBOOK_DONE ? enter(act) : outcome;
}

static enum casebook_outcome act_case(struct casebook_act *act)
{
    enum casebook_outcome outcome = casebook_act_row(act, OF_CASE, (int)act->dossier.state);
    if (outcome != CASEBOOK_DONE) {
        return outcome;
    }
    if ((act->move->by & BY_HOLDER) != 0 && act->request->lease != act->dossier.lease) {
        err_set(act->err, "kasus ini bukan lagi yang Anda pegang: ambil lagi / the claim on this "
                          "case is not the one that you hold: claim it anew");
        return CASEBOOK_STALE;
    }
    outcome = casebook_act_attached(act);
    if (outcome != CASEBOOK_DONE) {
        return outcome;
    }
    switch (act->request->action) {
    case ACTION_CLAIM:
    case ACTION_RELEASE:
    case ACTION_HOLD:
    case ACTION_DISMISS:
    case ACTION_WITHDRAW:
    case ACTION_REPLY:
        return act_plain(act);
    case ACTION_MERGE:
        return casebook_act_merge(act);
    case ACTION_SPLIT:
        return casebook_act_split(act);
    case ACTION_PROPOSE:
        return casebook_act_propose(act);
    case ACTION_URGENT:
        return casebook_act_urgent(act);
    case ACTION_ANSWER:
        return casebook_act_answer(act);
    case ACTION_APPROVE:
        return casebook_act_approve(act);
    case ACTION_RETURN:
    case ACTION_REJECT:
        return act_judge(act);
    case ACTION_CORRECT:
        return act_publish(act, KIND_CORRECTION);
    case ACTION_REFER:
        return act_publish(act, KIND_REFERRAL);
    case ACTION_SUSPEND:
    case ACTION_RESTORE:
    case ACTION_REMOVE:
    case ACTION_LODGE:
    case ACTION_ADMIT:
    case ACTION_DECLINE:
    case ACTION_UPHOLD:
    case ACTION_OVERTURN:
    case ACTION_ABUSIVE:
    case ACTION_FLAG:
    case ACTION_LAPSE:
    case ACTION_NO_REPLY:
    case ACTION_LIST:
    case ACTION_EXPIRE:
    case ACTION_CLOSE:
    case ACTION_VOID:
    case ACTION_PURGE:
        break;
    }
    err_set(act->err, "\"%s\" bukan langkah orang / \"%s\" is no move for people",
            casebook_action_name(act->request->action), casebook_action_name(act->request->action));
    return CASEBOOK_REFUSED;
}

static enum casebook_outcome act_of(struct casebook_act *act)
{
    switch (act->request->action) {
    case ACTION_SUSPEND:
    case ACTION_RESTORE:
    case ACTION_REMOVE:
        return act_entry(act);
    case ACTION_ADMIT:
    case ACTION_DECLINE:
    case ACTION_UPHOLD:
    case ACTION_OVERTURN:
    case ACTION_ABUSIVE:
        return casebook_act_panel(act);
    default: /* all others are moves of the case */
        return act_case(act);
    }
}

static enum casebook_outcome try_move(struct casebook_act *act)
{
    const struct casebook_request *request = act->request;
    enum casebook_outcome outcome = casebook_act_load(act, request->case_id);
    if (outcome != CASEBOOK_DONE) {
        return outcome;
    }
    if (request->version != act->dossier.version) {
        err_set(act->err,
                "kasus %lld kini %s dan sudah berubah: lihat lagi / case %lld is %s by now and "
                "moved on since it was shown: look again",
                (long long)request->case_id, casebook_state_name(act->dossier.state),
                (long long)request->case_id, casebook_state_name(act->dossier.state));
        return CASEBOOK_STALE;
    }
    outcome = act_of(act);
    act->moved->state = act->dossier.state;
    act->moved->version = act->dossier.version;
    return outcome;
}

/* What the clock has due on this case goes first: no deadline can be outrun by a late tick. */
bool casebook_case_settle(struct casebook *casebook, struct arena *arena, int64_t case_id,
                          struct err *err)
{
    size_t moved;
    return casebook_sql_enter(casebook, err) &&
           casebook_sql_leave(casebook, casebook_case_tick(casebook, arena, case_id, &moved, err),
                              err);
}

bool casebook_log_refusal(struct casebook *casebook, struct str who, const char *action,
                          int64_t case_id, const char *why, struct err *err)
{
    /* The number may be of no case at all, and is what somebody typed. */
    int64_t exists = 0;
    if (!casebook_sql_enter(casebook, err)) {
        return false;
    }
    bool done = casebook_sql_number(casebook, 0, &exists, err,
                                    "SELECT count(*) FROM cases WHERE id = ?1", "i", case_id);
    json_t *detail = json_pack("{ss so}", "action", action, "why", casebook_json_str(str_of(why)));
    if (done) {
        done = casebook_log(casebook, who, "refused", exists > 0 ? case_id : 0, detail, err);
    } else {
        json_decref(detail);
    }
    return casebook_sql_leave(casebook, done, err);
}

bool casebook_refuse(struct casebook *casebook, const struct casebook_session *session,
                     enum casebook_action action, int64_t case_id, const char *why, struct err *err)
{
    return casebook_log_refusal(casebook, casebook_session_name(session),
                                casebook_action_name(action), case_id, why, err);
}

enum casebook_outcome casebook_move(struct casebook *casebook,
                                    const struct casebook_session *session,
                                    const struct casebook_request *request,
                                    struct casebook_moved *moved, struct err *err)
{
    *moved = (struct casebook_moved){.version = 0};
    struct arena *arena = arena_new(4 << 20);
    struct err why = ERR_NONE;
    struct casebook_act act = {
        .casebook = casebook,
        .session = session,
        .request = request,
        .moved = moved,
        .arena = arena,
        .err = &why,
    };
    enum casebook_outcome outcome = CASEBOOK_FAILED;
    if (casebook_case_settle(casebook, arena, request->case_id, &why) &&
        casebook_sql_enter(casebook, &why)) {
        size_t rows;
        outcome = try_move(&act);
        /* The register's row is there before the entry is: in one transaction. */
        if (outcome == CASEBOOK_DONE && !casebook_register_sync(casebook, &rows, &why)) {
            outcome = CASEBOOK_FAILED;
        }
        if (!casebook_sql_leave(casebook, outcome == CASEBOOK_DONE, &why) &&
            outcome == CASEBOOK_DONE) {
            outcome = CASEBOOK_FAILED;
        }
    }
    if (outcome == CASEBOOK_REFUSED || outcome == CASEBOOK_STALE) {
        struct err failure = ERR_NONE;
        if (!casebook_log_refusal(casebook, casebook_session_name(session),
                                  casebook_action_name(request->action), request->case_id,
                                  why.message, &failure)) {
            why = failure;
            outcome = CASEBOOK_FAILED;
        }
    }
    if (outcome != CASEBOOK_DONE) {
        *moved = (struct casebook_moved){.version = 0};
        *err = why;
    }
    arena_free(arena);
    return outcome;
}
