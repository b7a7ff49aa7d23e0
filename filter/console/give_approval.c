/* The approver's own program (`saring approver`) asks here what there is to sign. */
#include <jansson.h>
#include <stdlib.h>

#include "filter/casebook/offer.h"
#include "filter/console/asked.h"
#include "filter/console/give.h"

static json_t *text(struct str value)
{
    json_t *made = json_stringn(value.len > 0 ? value.at : "", value.len);
    return made != NULL ? made : json_string("");
}

static json_t *outcome_json(const struct page_visitor *visitor)
{
    return visitor->has_outcome
               ? json_pack("{sb so}", "refused", visitor->is_refused, "why", text(visitor->detail))
               : json_null();
}

void give_approval(struct asked *asked)
{
    struct err err = ERR_NONE;
    struct casebook_offer offer;
    struct buf document = BUF_EMPTY;
    struct casebook *casebook = asked_writer(asked, &err);
    enum casebook_outcome outcome =
        casebook == NULL
            ? CASEBOOK_FAILED
            : casebook_offer(casebook, asked->visit.session, asked->request->place.case_id,
                             asked->arena, &offer, &err);
    if (outcome == CASEBOOK_DONE && !casebook_offer_write(&offer, &document, &err)) {
        outcome = CASEBOOK_FAILED;
    }
    if (outcome == CASEBOOK_FAILED) {
        asked_fail_casebook(asked, &err);
    } else {
        bool is_refused = outcome != CASEBOOK_DONE;
        json_t *object = json_pack("{sb so so so so so}", "fresh", asked->visitor.is_fresh, "offer",
                                   text(buf_str(&document)), "once", text(asked->visitor.once),
                                   "outcome", outcome_json(&asked->visitor), "refusal",
                                   text(is_refused ? str_of(err.message) : STR("")), "token",
                                   text(asked->visitor.token));
        char *dumped = json_dumps(object, JSON_COMPACT);
        buf_put_string(&asked->response->body, dumped != NULL ? dumped : "{}");
        free(dumped);
        json_decref(object);
        asked_finish_json(asked, 200);
    }
    buf_fini(&document);
}
