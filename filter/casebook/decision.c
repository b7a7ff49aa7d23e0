#include "filter/casebook/decision.h"

#include "filter/base/canonical.h"
#include "filter/base/err.h"
#include "filter/casebook/act.h"

bool casebook_decision_result(enum casebook_action action, enum casebook_appeal_state *result)
{
    *result = action == ACTION_UPHOLD    ? APPEAL_UPHELD
              : action == ACTION_ABUSIVE ? APPEAL_ABUSIVE
                                         : APPEAL_NONE;
    return *result != APPEAL_NONE;
}

bool casebook_decision_write(const struct casebook_decision *decision, struct buf *out,
                             struct err *err)
{
    char time[CLOCK_TEXT];
    json_t *object = json_pack(
        "{sI sI ss so so so ss ss}", "appeal", (json_int_t)decision->appeal, "case",
        (json_int_t)decision->case_id, "decided", clock_format(decision->decided_ms, time), "entry",
        decision->has_entry ? casebook_json_hash(&decision->entry) : json_null(), "organisation",
        casebook_json_str(decision->organisation), "reason", casebook_json_str(decision->reason),
        "result", casebook_appeal_state_name(decision->result), "type", CASEBOOK_DECISION_TYPE);
    bool done = canonical_json(object, out, err);
    json_decref(object);
    return done;
}

static bool take(const json_t *object, struct arena *arena, struct casebook_decision *decision)
{
    const json_t *entry = json_object_get(object, "entry");
    decision->appeal = json_integer_value(json_object_get(object, "appeal"));
    decision->case_id = json_integer_value(json_object_get(object, "case"));
    decision->has_entry = json_is_string(entry);
    decision->reason = casebook_keep(arena, casebook_json_text(object, "reason"));
    decision->organisation = casebook_keep(arena, casebook_json_text(object, "organisation"));
    return decision->appeal > 0 && decision->case_id > 0 &&
           (!decision->has_entry ||
            hash_parse(casebook_json_text(object, "entry"), &decision->entry)) &&
           clock_parse(casebook_json_text(object, "decided"), &decision->decided_ms) &&
           casebook_appeal_state_parse(casebook_json_text(object, "result"), &decision->result) &&
           (decision->result == APPEAL_UPHELD || decision->result == APPEAL_ABUSIVE);
}

bool casebook_decision_read(struct str bytes, struct arena *arena,
                            struct casebook_decision *decision, struct err *err)
{
    struct err why = ERR_NONE;
    struct buf again = BUF_EMPTY;
    *decision = (struct casebook_decision){.appeal = 0};
    json_t *object = bytes.len <= CASEBOOK_DECISION_BYTES ? canonical_read(bytes, &why) : NULL;
    /* Other members, another type or another spelling come out different. */
    bool done = object != NULL && take(object, arena, decision) &&
                casebook_decision_write(decision, &again, &why) &&
                str_equal(buf_str(&again), bytes);
    json_decref(object);
    buf_fini(&again);
    return done || err_set(err, "byte itu bukan putusan panel sebagaimana saring menulisnya / the "
                                "bytes are no decision of the panel as saring writes it");
}
