#include "filter/console/approver_desk.h"

#include <stdio.h>
#include <string.h>

#include "filter/base/canonical.h"
#include "filter/base/err.h"
#include "filter/casebook/decision.h"
#include "filter/console/request.h"
#include "filter/console/sign_here.h"

enum { PATH = 128, SAID_MOST = 64 };

static json_t *read_json(struct str text)
{
    return json_loadb(text.len > 0 ? text.at : "", text.len, JSON_REJECT_DUPLICATES, NULL);
}

static struct str text_of(const json_t *object, const char *name)
{
    const json_t *value = json_object_get(object, name);
    return (struct str){json_string_value(value), json_string_length(value)};
}

static struct str keep(struct arena *arena, struct str text)
{
    const char *copy = arena_copy(arena, text.at != NULL ? text.at : "", text.len);
    return copy != NULL ? (struct str){copy, text.len} : STR("");
}

/* What a status means, of a page that we may see. */
static enum desk_answer judge(const struct remote_answer *answer, struct err *err)
{
    switch (answer->status) {
    case 200:
    case 303:
        return DESK_DONE;
    case 401:
        return DESK_SIGN_IN;
    case 429:
        return DESK_WAIT;
    case 403:
        err_set(err, "the server does not let this account see or do that");
        return DESK_REFUSED;
    case 404:
        err_set(err, "the server has no such case, or is too old a saring");
        return DESK_REFUSED;
    default:
        err_set(err, "the server answers with status %u", answer->status);
        return DESK_FAILED;
    }
}

static enum desk_answer get(struct approver_desk *desk, const char *path, json_t **object,
                            struct err *err)
{
    struct remote_answer answer;
    *object = NULL;
    if (!remote_get(desk->remote, path, &answer, err)) {
        return DESK_FAILED;
    }
    /* A redirection of something to read leads to signing in. */
    enum desk_answer result = answer.status == 303 ? DESK_SIGN_IN : judge(&answer, err);
    if (result == DESK_DONE) {
        *object = read_json(buf_str(&answer.body));
        if (!json_is_object(*object)) {
            err_set(err, "the server answers with something that is no JSON object");
            json_decref(*object);
            *object = NULL;
            result = DESK_FAILED;
        }
    }
    remote_answer_fini(&answer);
    return result;
}

static enum desk_answer step(struct approver_desk *desk, const char *path, struct buf *form,
                             struct err *err)
{
    struct remote_answer answer;
    bool done = remote_post(desk->remote, path, buf_str(form), &answer, err);
    explicit_bzero(form->bytes, form->len);
    buf_fini(form);
    if (!done) {
        return DESK_FAILED;
    }
    enum desk_answer result = answer.status == 403 ? DESK_WRONG : judge(&answer, err);
    if (result == DESK_DONE && answer.status != 303) {
        err_set(err, "the server wants more than a code: sign in there once with a browser first");
        result = DESK_REFUSED;
    }
    remote_answer_fini(&answer);
    return result;
}

enum desk_answer desk_sign_in(struct approver_desk *desk, struct str name, struct str password,
                              struct str code, struct err *err)
{
    struct buf form = BUF_EMPTY;
    remote_forget(desk->remote, REQUEST_COOKIE); /* the device's stays: it is not slowed down */
    remote_put(&form, "name", name);
    remote_put(&form, "password", password);
    enum desk_answer result = step(desk, "/sign-in", &form, err);
    if (result != DESK_DONE) {
        return result;
    }
    form = BUF_EMPTY;
    remote_put(&form, "code", code);
    return step(desk, "/sign-in/code", &form, err);
}

void desk_sign_out(struct approver_desk *desk)
{
    remote_forget(desk->remote, REQUEST_COOKIE);
}

/* Of entries, those that are suspended: what is asked for them is behind their case. */
static void take_waiting(json_t *cases, const json_t *items)
{
    static const char *const taken[] = {"suspended", "lodged"};
    size_t at;
    json_t *one;
    json_array_foreach((json_t *)items, at, one)
    {
        if (json_object_get(one, "case") == NULL) {
            json_array_append(cases, one);
            continue;
        }
        bool is_appeal = json_object_get(one, "ground") != NULL;
        if (str_is(text_of(one, "state"), taken[is_appeal ? 1 : 0])) {
            json_array_append_new(
                cases, json_pack("{sO sO sO* ss ss}", "id", json_object_get(one, "case"), "state",
                                 json_object_get(one, "state"), "deadline",
                                 json_object_get(one, is_appeal ? "deadline" : "due"), "class",
                                 is_appeal ? "banding / appeal" : "fraud", "rule_title", ""));
        }
    }
}

enum desk_answer desk_waiting(struct approver_desk *desk, json_t **cases, struct err *err)
{
    static const char *const of_approver[] = {"/?state=urgent", "/?state=proposed", "/entries"};
    static const char *const of_panel[] = {"/appeals"};
    json_t *session;
    enum desk_answer result = get(desk, "/sign-in/code", &session, err);
    bool is_panel = str_is(text_of(session, "role"), casebook_role_name(ROLE_APPEALS));
    const char *const *paths = is_panel ? of_panel : of_approver;
    size_t count =
        is_panel ? sizeof of_panel / sizeof *of_panel : sizeof of_approver / sizeof *of_approver;
    json_decref(session);
    *cases = json_array();
    for (size_t i = 0; result == DESK_DONE && i < count; i++) {
        json_t *object;
        result = get(desk, paths[i], &object, err);
        const json_t *items = json_object_get(object, "items");
        if (result == DESK_DONE && !json_is_array(items)) {
            err_set(err, "the server's queue is none that this saring knows: use the same version");
            result = DESK_FAILED;
        }
        take_waiting(*cases, items);
        json_decref(object);
    }
    if (result != DESK_DONE) {
        json_decref(*cases);
        *cases = NULL;
    }
    return result;
}

void desk_case_fini(struct desk_case *one)
{
    json_decref(one->facts);
    json_decref(one->said);
    json_decref(one->record);
}

/* Whether the page has that appeal among those that wait for the panel. */
static bool waits(const struct desk_case *one)
{
    size_t at;
    const json_t *appeal;
    json_array_foreach(json_object_get(one->facts, "appeals"), at, appeal)
    {
        if (json_integer_value(json_object_get(appeal, "id")) == one->offer.appeal) {
            return str_is(text_of(appeal, "state"), casebook_appeal_state_name(APPEAL_LODGED));
        }
    }
    return false;
}

/* Of the 24-hour lane the page shows what was proposed, and an appeal is about what is listed. */
static bool is_offered(struct str shown, const struct casebook_offer *offer)
{
    struct buf lane = BUF_EMPTY;
    struct err why = ERR_NONE;
    bool same = str_equal(shown, offer->proposal) ||
                (offer->what == OFFER_APPEAL && casebook_lane(shown, &lane, &why) &&
                 str_equal(buf_str(&lane), offer->proposal));
    buf_fini(&lane);
    return same;
}

/* What the server shows to all as proposed must be what it asks us to sign. */
static bool is_as_shown(const struct desk_case *one, struct err *err)
{
    const json_t *shown = json_object_get(one->facts, "proposal");
    struct buf again = BUF_EMPTY;
    char hex[HASH_HEX];
    /* Of what is restored the page names the entry and that it is out of force. */
    bool stands = one->offer.what == OFFER_RESTORE
                      ? str_is(text_of(one->facts, "entry_state"), "suspended")
                      : one->offer.what != OFFER_APPEAL || waits(one);
    if (one->offer.what == OFFER_APPEAL && text_of(one->facts, "entry_id").len > 0) {
        struct hash entry = hash_sha256(one->offer.proposal);
        stands &= str_is(text_of(one->facts, "entry_id"), hash_format(&entry, hex));
    }
    bool same = stands && json_integer_value(json_object_get(one->facts, "id")) == one->id &&
                str_is(text_of(one->facts, "class"), rule_class_name(one->offer.class)) &&
                str_equal(text_of(one->facts, "rule_id"), one->offer.rule_id) &&
                str_is(text_of(one->facts, "revision"), hash_format(&one->offer.revision, hex)) &&
                (shown == NULL ||
                 (canonical_json(shown, &again, err) && is_offered(buf_str(&again), &one->offer)));
    buf_fini(&again);
    return same || err_set(err, "the server shows another case or proposal on its pages than it "
                                "asks you to sign");
}

static void check(struct approver_desk *desk, struct desk_case *one)
{
    struct blocklist_entry *entry = NULL;
    struct buf line = BUF_EMPTY;
    one->why = ERR_NONE;
    sshsig_key_format(&desk->key, &line);
    one->is_checked =
        (str_equal(one->offer.key, buf_str(&line)) ||
         err_set(&one->why, "the server expects another key of you than the one that lies here: "
                            "ask the team, and do not sign")) &&
        is_as_shown(one, &one->why) &&
        casebook_offer_check(&one->offer, one->id, clock_now_ms(&desk->clock), desk->guard,
                             &one->kind, &entry, &one->why);
    one->has_entry = entry != NULL;
    if (entry != NULL) {
        one->entry = blocklist_entry_id(entry);
    }
    blocklist_entry_free(entry);
    buf_fini(&line);
    if (one->is_checked) {
        bool is_lane = one->offer.what == OFFER_LANE; /* shown with the end that is signed */
        one->said = read_json(is_lane ? one->offer.sign : one->offer.proposal);
        one->record = read_json(one->offer.record);
        one->hash = hash_sha256(one->offer.sign);
    }
}

static enum desk_answer take_approval(struct approver_desk *desk, const json_t *object,
                                      struct arena *arena, struct desk_case *one, struct err *err)
{
    const json_t *outcome = json_object_get(object, "outcome");
    one->token = keep(arena, text_of(object, "token"));
    one->once = keep(arena, text_of(object, "once"));
    one->is_fresh = json_is_true(json_object_get(object, "fresh"));
    one->has_outcome = json_is_object(outcome);
    one->is_refused = json_is_true(json_object_get(outcome, "refused"));
    one->outcome = keep(arena, text_of(outcome, "why"));
    struct str refusal = text_of(object, "refusal");
    if (refusal.len > 0) {
        err_set(&one->why, "%.*s", STR_FORMAT(refusal));
        return DESK_DONE;
    }
    if (!casebook_offer_read(text_of(object, "offer"), arena, &one->offer, err)) {
        return DESK_FAILED;
    }
    one->has_offer = true;
    if (one->offer.is_answered) {
        check(desk, one);
    } else if (one->offer.case_id != one->id) {
        err_set(err, "the server gave another case than the one that was asked for");
        return DESK_FAILED;
    }
    return DESK_DONE;
}

static bool is_said(struct str text)
{
    for (size_t i = 0; i < text.len; i++) {
        char c = text.at[i];
        if (!((c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
              c == '-' || c == '_')) {
            return false;
        }
    }
    return text.len > 0 && text.len <= SAID_MOST;
}

enum desk_answer desk_look(struct approver_desk *desk, int64_t id, struct str said,
                           struct arena *arena, struct desk_case *one, struct err *err)
{
    char path[PATH + SAID_MOST];
    json_t *object = NULL;
    *one = (struct desk_case){.id = id, .offer = {.case_id = 0}};
    snprintf(path, sizeof path, "/cases/%lld", (long long)id);
    enum desk_answer result = get(desk, path, &one->facts, err);
    if (result != DESK_DONE) {
        return result;
    }
    snprintf(path, sizeof path, "/cases/%lld/approval.json%s%.*s", (long long)id,
             is_said(said) ? "?said=" : "", is_said(said) ? (int)said.len : 0,
             said.at != NULL ? said.at : "");
    result = get(desk, path, &object, err);
    if (result == DESK_DONE) {
        result = take_approval(desk, object, arena, one, err);
    }
    json_decref(object);
    return result;
}

/* Sends a form with the server's token in it; takes the outcome's name from where it leads. */
static enum desk_answer send_to(struct approver_desk *desk, const struct desk_case *one,
                                const char *path, struct buf *form, struct buf *said,
                                struct err *err)
{
    struct remote_answer answer;
    remote_put(form, "token", one->token);
    remote_put(form, "once", one->once);
    bool done = remote_post(desk->remote, path, buf_str(form), &answer, err);
    buf_fini(form);
    if (!done) {
        return DESK_FAILED;
    }
    enum desk_answer result = judge(&answer, err);
    const char *name =
        answer.location.bytes != NULL ? strstr(answer.location.bytes, "said=") : NULL;
    if (result == DESK_DONE && name != NULL) {
        name += strlen("said=");
        buf_put(said, name, strcspn(name, "&#"));
    }
    remote_answer_fini(&answer);
    return result;
}

static enum desk_answer send_form(struct approver_desk *desk, const struct desk_case *one,
                                  const char *what, struct buf *form, struct buf *said,
                                  struct err *err)
{
    char path[PATH];
    snprintf(path, sizeof path, "/cases/%lld/%s", (long long)one->id, what);
    return send_to(desk, one, path, form, said, err);
}

static void put_version(struct buf *form, const struct desk_case *one)
{
    char number[24];
    snprintf(number, sizeof number, "%lld", (long long)one->offer.version);
    remote_put(form, "version", str_of(number));
}

enum desk_answer desk_tell(struct approver_desk *desk, struct desk_case *one,
                           const struct casebook_answers *answers, struct buf *said,
                           struct err *err)
{
    struct buf form = BUF_EMPTY;
    if (!one->has_offer) {
        err_set(err, "there is nothing to answer");
        return DESK_REFUSED;
    }
    put_version(&form, one);
    for (int i = 0; i < CASEBOOK_TEST_COUNT; i++) {
        remote_put(&form, casebook_test_name((enum casebook_test)i),
                   answers->of[i] == ANSWER_YES ? STR("yes") : STR("no"));
    }
    return send_form(desk, one, "answer", &form, said, err);
}

enum desk_answer desk_approve(struct approver_desk *desk, struct desk_case *one, struct str hash,
                              struct str conflict, struct str code, struct buf *said,
                              struct err *err)
{
    static const char *const actions[] = {
        [OFFER_PROPOSAL] = "approve", [OFFER_LANE] = "urgent", [OFFER_RESTORE] = "restore"};
    struct buf form = BUF_EMPTY, armored = BUF_EMPTY;
    char hex[HASH_HEX];
    if (!one->is_checked) {
        *err = one->why;
        return DESK_REFUSED;
    }
    if (one->offer.what == OFFER_APPEAL) {
        err_set(err, "an appeal is decided, not approved");
        return DESK_REFUSED;
    }
    if (!str_is(hash, hash_format(&one->hash, hex))) {
        err_set(err, "the bytes changed since they were shown: look again before you sign");
        return DESK_REFUSED;
    }
    if (!sign_here(desk->key_path, &desk->key, one->offer.sign, &armored, err)) {
        return DESK_REFUSED;
    }
    remote_put(&form, "action", str_of(actions[one->offer.what]));
    put_version(&form, one);
    remote_put(&form, "signature", buf_str(&armored));
    remote_put(&form, "conflict", conflict);
    if (code.len > 0) {
        remote_put(&form, "code", code);
    }
    buf_fini(&armored);
    return send_form(desk, one, "approve", &form, said, err);
}

/* The bytes and the signature, of nothing but what was shown and typed here. */
static bool sign_decision(const struct approver_desk *desk, const struct desk_case *one,
                          enum casebook_appeal_state result, struct str reason, struct buf *form,
                          struct err *err)
{
    struct buf bytes = BUF_EMPTY, armored = BUF_EMPTY;
    const struct casebook_decision decision = {
        .appeal = one->offer.appeal,
        .case_id = one->id,
        .has_entry = one->has_entry,
        .entry = one->entry,
        .result = result,
        .reason = reason,
        .organisation = one->offer.panel,
        .decided_ms = clock_now_ms(&desk->clock),
    };
    bool done = casebook_decision_write(&decision, &bytes, err) &&
                sign_here(desk->key_path, &desk->key, buf_str(&bytes), &armored, err);
    if (done) {
        remote_put(form, "bytes", buf_str(&bytes));
        remote_put(form, "signature", buf_str(&armored));
    }
    buf_fini(&bytes);
    buf_fini(&armored);
    return done;
}

enum desk_answer desk_decide(struct approver_desk *desk, struct desk_case *one,
                             enum casebook_action action, struct str reason, struct buf *said,
                             struct err *err)
{
    char path[PATH];
    struct buf form = BUF_EMPTY;
    enum casebook_appeal_state result;
    bool signs = casebook_decision_result(action, &result);
    if (!one->has_offer || one->offer.what != OFFER_APPEAL) {
        err_set(err, "there is no appeal to decide");
        return DESK_REFUSED;
    }
    if (signs && !one->is_checked) {
        *err = one->why;
        return DESK_REFUSED;
    }
    if (signs && !sign_decision(desk, one, result, reason, &form, err)) {
        buf_fini(&form);
        return DESK_REFUSED;
    }
    remote_put(&form, "action", str_of(casebook_action_name(action)));
    put_version(&form, one);
    remote_put(&form, "reason", reason);
    snprintf(path, sizeof path, "/appeals/%lld", (long long)one->offer.appeal);
    return send_to(desk, one, path, &form, said, err);
}

enum desk_answer desk_decline(struct approver_desk *desk, struct desk_case *one,
                              enum casebook_action action, struct str reason, struct buf *said,
                              struct err *err)
{
    struct buf form = BUF_EMPTY;
    if (!one->has_offer) {
        err_set(err, "there is nothing to return or reject");
        return DESK_REFUSED;
    }
    remote_put(&form, "action", str_of(casebook_action_name(action)));
    put_version(&form, one);
    remote_put(&form, "reason", reason);
    return send_form(desk, one, "move", &form, said, err);
}
