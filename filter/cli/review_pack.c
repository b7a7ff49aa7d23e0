#include "filter/cli/review_pack.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "filter/base/err.h"
#include "filter/base/file.h"
#include "filter/casebook/pack.h"
#include "filter/cli/cli.h"
#include "filter/cli/terminal.h"
#include "filter/console/pack_page.h"

#define NAME "review pack"

struct writing {
    const struct casebook_pack *pack;
    const char *folder;
    struct err *err;
};

/* FOLDER/rujukan-12-disputed.html; the address of a post is in it, so it is for its owner alone. */
static bool put(const struct writing *in, const char *end, struct str bytes)
{
    struct buf path = BUF_EMPTY;
    const char *notice = in->pack->kind == PACK_REFERRAL ? "" : casebook_pack_name(in->pack->kind);
    buf_printf(&path, "%s/rujukan-%lld%s%s%s", in->folder, (long long)in->pack->case_id,
               notice[0] != '\0' ? "-" : "", notice, end);
    bool done = file_write(path.bytes, bytes, 0600, in->err);
    if (done) {
        fprintf(stderr, "%s\n", path.bytes);
    }
    buf_fini(&path);
    return done;
}

static bool put_signed(const struct writing *in)
{
    bool done = put(in, ".signed.json", in->pack->proposal);
    for (size_t i = 0; done && i < in->pack->people_count; i++) {
        const struct casebook_pack_person *one = &in->pack->people[i];
        done = put(in,
                   str_is(one->role, "reviewer") ? ".signed.json.reviewer.sig"
                                                 : ".signed.json.approver.sig",
                   one->signature);
    }
    return done;
}

static bool write_all(const struct writing *in, const char *origin, struct str json)
{
    if (mkdir(in->folder, 0700) != 0 && errno != EEXIST) {
        err_set(in->err, "cannot be made: %s", strerror(errno));
        return err_in_file(in->err, in->folder);
    }
    struct html *html = html_new();
    pack_page(html, in->pack, origin);
    bool done = put(in, ".html", html_str(html)) && put(in, ".json", json) && put_signed(in);
    html_free(html);
    return done;
}

int review_pack(struct cli_desk *desk, int64_t id, const char *out, struct err *err)
{
    struct casebook_pack pack;
    struct buf json = BUF_EMPTY;
    struct err why = ERR_NONE;
    struct casebook_addressees *list = casebook_addressees_load(desk->folders, &why);
    if (list == NULL) {
        return cli_cannot(NAME, &why);
    }
    enum casebook_outcome outcome =
        casebook_pack_load(desk->casebook, list, id, desk->arena, &pack, err);
    casebook_addressees_free(list);
    if (outcome != CASEBOOK_DONE) {
        return cli_outcome(NAME, outcome, err);
    }
    const struct writing in = {.pack = &pack, .folder = out, .err = err};
    bool done = casebook_pack_write(&pack, desk->public_origin, &json, err);
    if (done && out != NULL) {
        done = write_all(&in, desk->public_origin, buf_str(&json));
    } else if (done) {
        buf_put_char(&json, '\n');
        done = cli_print(&json, err);
    }
    buf_fini(&json);
    return done ? CLI_FINE : cli_cannot(NAME, err);
}
