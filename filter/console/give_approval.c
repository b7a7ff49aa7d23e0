/* The approver's own program (`saring approver`) asks here what there is to sign. */
#include "filter/casebook/offer.h"
#include "filter/console/asked.h"
#include "filter/console/give.h"

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
        const struct shapes_said said = {.is_refused = asked->visitor.is_refused,
                                         .why = asked->visitor.detail};
        const struct shapes_approval approval = {
            .is_fresh = asked->visitor.is_fresh,
            .offer = buf_str(&document),
            .once = asked->visitor.once,
            .outcome = asked->visitor.has_outcome ? &said : NULL,
            .refusal = outcome != CASEBOOK_DONE ? str_of(err.message) : STR(""),
            .token = asked->visitor.token,
        };
        asked_record(asked, &approval);
    }
    buf_fini(&document);
}
