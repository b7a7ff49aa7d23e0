/* What goes to the recipient of a referral, to be kept as a file: HTML for print, and JSON. */
#include <stdio.h>

#include "filter/casebook/pack.h"
#include "filter/console/asked.h"
#include "filter/console/give.h"
#include "filter/console/pack_page.h"

/* The pack, in the request's arena; false: the answer is written already. */
static bool load(struct asked *asked, struct casebook_pack *pack)
{
    struct err err = ERR_NONE;
    struct casebook *casebook = asked_open(asked);
    if (casebook == NULL) {
        return false;
    }
    switch (casebook_pack_load(casebook, answers_addressees(asked->answers),
                               asked->request->place.case_id, asked->arena, pack, &err)) {
    case CASEBOOK_DONE:
        return true;
    case CASEBOOK_REFUSED:
    case CASEBOOK_STALE:
        asked_fail(asked, &asked_not_found);
        return false;
    case CASEBOOK_FAILED:
        break;
    }
    asked_fail_casebook(asked, &err);
    return false;
}

/* Kept byte for byte, and opened from there: a page of the console would have its style, and links.
 */
static void finish(struct asked *asked, const struct casebook_pack *pack, const char *end)
{
    asked->response->status = 200;
    asked->response->type = "application/octet-stream";
    snprintf(asked->response->file, sizeof asked->response->file, "rujukan-%lld%s%s.%s",
             (long long)pack->case_id, pack->kind == PACK_REFERRAL ? "" : "-",
             pack->kind == PACK_REFERRAL ? "" : casebook_pack_name(pack->kind), end);
}

void give_pack(struct asked *asked)
{
    struct casebook_pack pack;
    if (!load(asked, &pack)) {
        return;
    }
    struct html *html = html_new();
    pack_page(html, &pack, answers_options(asked->answers)->origin);
    buf_put_str(&asked->response->body, html_str(html));
    html_free(html);
    finish(asked, &pack, "html");
}

void give_pack_json(struct asked *asked)
{
    struct casebook_pack pack;
    struct err err = ERR_NONE;
    if (!load(asked, &pack)) {
        return;
    }
    if (!casebook_pack_write(&pack, answers_options(asked->answers)->origin, &asked->response->body,
                             &err)) {
        buf_clear(&asked->response->body);
        asked_fail_casebook(asked, &err);
        return;
    }
    finish(asked, &pack, "json");
}
