/* saring review: the queue in a terminal, and every move that people can make. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "filter/base/err.h"
#include "filter/base/file.h"
#include "filter/base/sshsig.h"
#include "filter/casebook/appeal.h"
#include "filter/casebook/decision.h"
#include "filter/casebook/season.h"
#include "filter/cli/alias_doubt.h"
#include "filter/cli/cli.h"
#include "filter/cli/commands.h"
#include "filter/cli/desk.h"
#include "filter/cli/review_form.h"
#include "filter/cli/review_pack.h"
#include "filter/cli/review_show.h"
#include "filter/cli/terminal.h"

#define NAME "review"

enum { RECORD_MOST = 256 * 1024, POSTS_MOST = 100 };

struct review {
    struct cli_desk desk;
    struct review_form form;
    int64_t lease, seen;
    bool show_all, want_bytes, want_record, want_more;
    const char *only_class, *only_state, *only_rule, *find;
    const char *signature, *lane_signature, *proposal, *record, *out, *ground;
    struct cli_words posts;
    int64_t into, appeal;
    size_t columns;  /* of the terminal that list prints to; 0 if to none */
    struct buf text; /* what list prints */
};

static void print_help(void)
{
    puts("saring review list [--all] [--class fraud] [--in flagged]\n"
         "                   [--rule ID] [--find KATA]\n"
         "saring review show ID | moves\n"
         "saring review VERB ID --user NAME [--password-file FILE | --password-fd N]\n"
         "\n"
         "  claim            ambil 20 menit; mencetak lease / take it for 20 minutes\n"
         "  release          kembalikan / give it back\n"
         "  dismiss          tak ada apa-apa / nothing to do; --reason\n"
         "  propose          usulkan / propose: --kind entry --scope --target --harvest\n"
         "                   --evidence --observed --end --reason --answers --conflict\n"
         "                   --milder, atau/or --from FILE.json; yang kurang ditanyakan.\n"
         "                   kunci sendiri / own key: --bytes --out FILE, lalu/then\n"
         "                   --proposal FILE --record FILE.record --signature FILE.sig\n"
         "  answer           sembilan uji, tanpa melihat jawaban penelaah / blind\n"
         "  approve          --bytes: yang ditandatangani / what to sign (--record-bytes:\n"
         "                   di baliknya); lalu/then --signature FILE.sig --conflict TEXT\n"
         "  return, reject, withdraw, correct, refer, reply, hold       --reason TEXT\n"
         "  suspend, remove  keluarkan dari daftar; cukup satu orang / one is enough\n"
         "  lainnya / others: pack, urgent, restore, merge, split, appeals: --help-more\n"
         "\n"
         "  --lease N (dari claim)  --seen VERSION  --state DIR  --rules DIR  --json\n"
         "  saring review approve 12 --user rina --bytes > entri.json\n"
         "  ssh-keygen -Y sign -n saring -f kunci-saya entri.json\n"
         "  saring review approve 12 --user rina --signature entri.json.sig --conflict no");
}

static void print_more(void)
{
    puts("saring review VERB ID --user NAME …\n"
         "\n"
         "  urgent           jalur 24 jam, penipuan saja: penelaah pertama mengisi seperti\n"
         "                   propose, dan / the 24-hour lane; the first as propose, and\n"
         "                   --second NAME --second-at 1h --second-evidence FILE\n"
         "                   --on-call NAME --told 10m --registrant TEXT\n"
         "                   yang kedua / the second: --bytes, lalu --signature --conflict\n"
         "  hold             --reason 'pertanyaan'; 48 jam; release --reason 'jawaban'\n"
         "  merge            gabungkan ke / into: --into ID --reason\n"
         "  split            pisahkan / split off: --posts N,N (show --json) --reason\n"
         "  restore          pengusul / the proposer: --reason; penyetuju / the approver:\n"
         "                   --bytes, lalu/then --signature FILE.sig --conflict TEXT\n"
         "  refer            rujukan dikirim; / the referral is sent; --out: dengan berkasnya\n"
         "  pack             berkas untuk penerima: rujukan, sengketa, penarikan / what goes\n"
         "                   to the recipient now: --out FOLDER (HTML, JSON), tanpa/without\n"
         "                   --user; --rules: penerima/recipients (allow/recipients.txt)\n"
         "  reply            jawaban penerima rujukan / the recipient's decision: --reason\n"
         "  lodge            banding, siapa pun, tanpa --user / an appeal, by anyone:\n"
         "                   --ground 'mengapa'; mencetak tanda terima / prints a receipt\n"
         "  admit, decline, overturn                       panel: --appeal N --reason\n"
         "  uphold, abusive  panel, ditandatangani / signed: --appeal N --reason --bytes,\n"
         "                   lalu/then --proposal FILE --signature FILE.sig\n"
         "  appeals          banding yang menunggu / appeals that wait; --all\n"
         "\n"
         "  saring review lodge 12 --ground 'Situs itu milik koperasi kami, bukan tiruan.'\n"
         "  saring review uphold 12 --user joko --reason 'panennya terbukti' --bytes >p.json");
}

static enum review_look look_of(const struct review *review)
{
    return review->desk.is_json     ? REVIEW_JSON
           : cli_has_colour(stdout) ? REVIEW_COLOUR
                                    : REVIEW_PLAIN;
}

static bool put_case(void *context, const struct casebook_case *one)
{
    struct review *review = context;
    if (review->text.len == 0 && review->columns > 0) {
        review_show_header(review->columns, &review->text);
    }
    review_show_line(one, clock_now_ms(&review->desk.clock), look_of(review), review->columns,
                     &review->text);
    return true;
}

static int list(struct review *review, struct err *err)
{
    review->columns = review->desk.is_json ? 0 : cli_columns(stdout);
    bool is_cut = false;
    struct casebook_filter filter = {.live = !review->show_all && review->only_state == NULL,
                                     .rule_id = str_of(review->only_rule),
                                     .words = str_of(review->find),
                                     .is_cut = &is_cut};
    if (review->only_class != NULL) {
        filter.only_class = true;
        if (!rule_class_parse(str_of(review->only_class), &filter.class)) {
            err_set(err, "--class '%.40s': fraud, procedure, claim", review->only_class);
            return cli_cannot(NAME, err);
        }
    }
    if (review->only_state != NULL) {
        filter.only_state = true;
        if (!casebook_state_parse(str_of(review->only_state), &filter.state)) {
            err_set(err, "--in '%.40s': flagged, claimed, proposed, listed, …", review->only_state);
            return cli_cannot(NAME, err);
        }
    }
    if (!cli_desk_open_read(&review->desk, err) ||
        !casebook_list(review->desk.casebook, &filter, put_case, review, err) ||
        !cli_print(&review->text, err)) {
        return cli_cannot(NAME, err);
    }
    if (review->text.len == 0 && !review->desk.is_json) {
        fputs("tidak ada yang menunggu / nothing waits\n", stderr);
    }
    if (is_cut) {
        fprintf(stderr,
                "hanya %d kiriman terbaru dengan kata itu yang dicari / only the newest %d posts "
                "that say it were searched\n",
                CASEBOOK_SEARCH_MOST, CASEBOOK_SEARCH_MOST);
    }
    return CLI_FINE;
}

/* CLI_FINE, or the exit code of what it said. */
static int load_page(struct review *review, int64_t id, struct casebook_page *page, struct err *err)
{
    bool found = false;
    if (!casebook_show(review->desk.casebook, id, review->desk.arena, page, &found, err)) {
        return cli_cannot(NAME, err);
    }
    if (!found) {
        err_set(err, "tidak ada kasus #%lld / there is no such case", (long long)id);
        return cli_no(NAME, err);
    }
    return CLI_FINE;
}

static int show(struct review *review, int64_t id, struct err *err)
{
    struct casebook_page page;
    if (!cli_desk_open_read(&review->desk, err)) {
        return cli_cannot(NAME, err);
    }
    int status = load_page(review, id, &page, err);
    if (status != CLI_FINE) {
        return status;
    }
    review_show(&page, clock_now_ms(&review->desk.clock), look_of(review), &review->text);
    return cli_print(&review->text, err) ? CLI_FINE : cli_cannot(NAME, err);
}

static bool read_into(const char *path, size_t most, struct buf *bytes, struct str *text,
                      struct err *err)
{
    if (!file_read(path, most, bytes, err)) {
        return false;
    }
    *text = buf_str(bytes);
    return true;
}

/* Says what came of a move, and what to do with it. */
static int report(const struct review *review, int64_t id, enum casebook_action action,
                  const struct casebook_moved *moved, struct err *err)
{
    struct buf out = BUF_EMPTY;
    char hex[HASH_HEX];
    bool is_entry = (action == ACTION_APPROVE && moved->state == CASE_LISTED) ||
                    (action == ACTION_URGENT && moved->state == CASE_URGENT);
    if (review->desk.is_json) {
        buf_printf(&out, "{\"id\":%lld,\"state\":\"%s\",\"version\":%lld", (long long)id,
                   casebook_state_name(moved->state), (long long)moved->version);
        if (action == ACTION_CLAIM) {
            buf_printf(&out, ",\"lease\":%lld", (long long)moved->lease);
        }
        if (is_entry) {
            buf_printf(&out, ",\"entry\":\"%s\"", hash_format(&moved->entry, hex));
        }
        if (moved->other != 0) {
            buf_printf(&out, ",\"other\":%lld", (long long)moved->other);
        }
        buf_put_string(&out, "}\n");
    } else {
        buf_printf(&out, "#%lld: %s (versi/version %lld)\n", (long long)id,
                   casebook_state_name(moved->state), (long long)moved->version);
        if (action == ACTION_CLAIM) {
            buf_printf(&out, "--lease %lld, 20 menit\n", (long long)moved->lease);
        }
        if (is_entry) {
            buf_printf(&out, "entri/entry %s\n", hash_format(&moved->entry, hex));
        }
        if (moved->other != 0) {
            buf_printf(&out, "lihat / see #%lld\n", (long long)moved->other);
        }
    }
    bool done = cli_print(&out, err);
    buf_fini(&out);
    return done ? CLI_FINE : cli_cannot(NAME, err);
}

static int move(struct review *review, struct casebook_request *request, struct err *err)
{
    struct casebook_moved moved = {.version = 0};
    enum casebook_outcome outcome =
        casebook_move(review->desk.casebook, review->desk.session, request, &moved, err);
    return outcome == CASEBOOK_DONE ? report(review, request->case_id, request->action, &moved, err)
                                    : cli_outcome(NAME, outcome, err);
}

/* Writes what is to be signed; beside a file also the record behind it. */
static int give_bytes(const struct review *review, const struct buf *proposal,
                      const struct buf *record, struct err *err)
{
    if (review->out == NULL) {
        return cli_print(review->want_record ? record : proposal, err) ? CLI_FINE
                                                                       : cli_cannot(NAME, err);
    }
    struct buf beside = BUF_EMPTY;
    buf_printf(&beside, "%s.record", review->out);
    bool done = file_write(review->out, buf_str(proposal), 0600, err) &&
                file_write(beside.bytes, buf_str(record), 0600, err);
    buf_fini(&beside);
    return done ? CLI_FINE : cli_cannot(NAME, err);
}

/*
 * A case that nobody holds is taken for the length of the command, so that one command leads from
 * the queue to a proposal; if the move is not made, it is given back.
 */
static int move_taken(struct review *review, struct casebook_request *request,
                      enum casebook_state state, struct err *err)
{
    if (state != CASE_FLAGGED || review->lease != 0) {
        return move(review, request, err);
    }
    struct casebook_request claim = {
        .action = ACTION_CLAIM, .case_id = request->case_id, .version = request->version};
    struct casebook_moved moved;
    enum casebook_outcome outcome =
        casebook_move(review->desk.casebook, review->desk.session, &claim, &moved, err);
    if (outcome != CASEBOOK_DONE) {
        return cli_outcome(NAME, outcome, err);
    }
    request->lease = moved.lease;
    request->version = moved.version;
    int status = move(review, request, err);
    if (status != CLI_FINE) {
        struct casebook_request release = {.action = ACTION_RELEASE,
                                           .case_id = request->case_id,
                                           .version = request->version,
                                           .lease = request->lease};
        struct err ignored = ERR_NONE;
        /* If that fails too, the claim ends by itself. */
        outcome =
            casebook_move(review->desk.casebook, review->desk.session, &release, &moved, &ignored);
        status = outcome == CASEBOOK_FAILED ? CLI_CANNOT : status;
    }
    return status;
}

/* Signed elsewhere: the bytes as they were given out, the record behind them, the signature. */
static int propose_signed(struct review *review, struct casebook_request *request,
                          enum casebook_state state, struct err *err)
{
    struct buf proposal = BUF_EMPTY, record = BUF_EMPTY, signature = BUF_EMPTY, lane = BUF_EMPTY;
    int status;
    if (review->record == NULL || review->signature == NULL) {
        err_set(err, "--proposal FILE --record FILE --signature FILE.sig");
        return cli_cannot(NAME, err);
    }
    if (!read_into(review->proposal, RECORD_MOST, &proposal, &request->proposal, err) ||
        !read_into(review->record, RECORD_MOST, &record, &request->record, err) ||
        !read_into(review->signature, SSHSIG_MAX_BYTES, &signature, &request->signature, err) ||
        (review->lane_signature != NULL && !read_into(review->lane_signature, SSHSIG_MAX_BYTES,
                                                      &lane, &request->lane_signature, err))) {
        status = cli_cannot(NAME, err);
    } else {
        status = move_taken(review, request, state, err);
    }
    buf_fini(&proposal);
    buf_fini(&record);
    buf_fini(&signature);
    buf_fini(&lane);
    return status;
}

/* Beside a file of a proposal for the 24-hour lane also the lane's own form of it. */
static int give_lane(const struct review *review, const struct buf *proposal, struct err *err)
{
    struct buf lane = BUF_EMPTY, beside = BUF_EMPTY;
    if (review->out == NULL) {
        return CLI_FINE;
    }
    buf_printf(&beside, "%s.lane", review->out);
    bool done = casebook_lane(buf_str(proposal), &lane, err) &&
                file_write(beside.bytes, buf_str(&lane), 0600, err);
    buf_fini(&lane);
    buf_fini(&beside);
    return done ? CLI_FINE : cli_cannot(NAME, err);
}

/* A name without an answer may be proposed: it is listed once there is one. */
static bool check_alias(const struct review *review, const struct casebook_draft *draft,
                        struct err *err)
{
    struct err why = ERR_NONE;
    if (draft->kind != KIND_ENTRY) {
        return true;
    }
    switch (alias_doubt_one(&review->desk, draft->scope, draft->target, &why)) {
    case ALIAS_DOUBT_NONE:
        break;
    case ALIAS_DOUBT_OPEN:
        fprintf(stderr, "saring review: %s\n", why.message);
        break;
    case ALIAS_DOUBT_LEADS:
        return err_set(err, "%s", why.message);
    }
    return true;
}

static int propose(struct review *review, struct casebook_request *request,
                   enum casebook_state state, struct err *err)
{
    struct casebook_draft draft = {.case_id = request->case_id};
    int status = CLI_CANNOT;
    if (review->proposal != NULL) {
        return propose_signed(review, request, state, err);
    }
    if (!review_form_read(&review->form, request->action == ACTION_URGENT,
                          clock_now_ms(&review->desk.clock), review->desk.arena, &draft, err)) {
        return cli_cannot(NAME, err);
    }
    if (!check_alias(review, &draft, err)) {
        struct err failure = ERR_NONE;
        return casebook_refuse(review->desk.casebook, review->desk.session, request->action,
                               request->case_id, err->message, &failure)
                   ? cli_no(NAME, err)
                   : cli_cannot(NAME, &failure);
    }
    if (review->want_bytes || review->want_record) {
        struct buf proposal = BUF_EMPTY, record = BUF_EMPTY;
        enum casebook_outcome outcome = casebook_draft(review->desk.casebook, review->desk.session,
                                                       &draft, &proposal, &record, err);
        status = outcome == CASEBOOK_DONE ? give_bytes(review, &proposal, &record, err)
                                          : cli_outcome(NAME, outcome, err);
        if (status == CLI_FINE && draft.urgent != NULL) {
            status = give_lane(review, &proposal, err);
        }
        buf_fini(&proposal);
        buf_fini(&record);
        return status;
    }
    request->draft = &draft;
    status = move_taken(review, request, state, err);
    request->draft = NULL;
    return status;
}

static int answer(struct review *review, struct casebook_request *request, struct err *err)
{
    struct casebook_answers answers;
    if (!review_form_answers(review->form.answers, &answers, err)) {
        return cli_cannot(NAME, err);
    }
    request->answers = &answers;
    int status = move(review, request, err);
    request->answers = NULL;
    return status;
}

static int approve(struct review *review, struct casebook_request *request, struct err *err)
{
    struct buf signature = BUF_EMPTY, proposal = BUF_EMPTY, record = BUF_EMPTY;
    int status;
    if (review->want_bytes || review->want_record) {
        enum casebook_outcome outcome = casebook_to_sign(
            review->desk.casebook, review->desk.session, request->case_id, &proposal, &record, err);
        status = outcome == CASEBOOK_DONE ? give_bytes(review, &proposal, &record, err)
                                          : cli_outcome(NAME, outcome, err);
    } else if (review->signature == NULL) {
        err_set(err, "--bytes, lalu/then --signature FILE.sig --conflict 'tidak ada'");
        status = cli_cannot(NAME, err);
    } else if (!read_into(review->signature, SSHSIG_MAX_BYTES, &signature, &request->signature,
                          err)) {
        status = cli_cannot(NAME, err);
    } else {
        request->conflict = str_of(review->form.conflict);
        status = move(review, request, err);
    }
    buf_fini(&signature);
    buf_fini(&proposal);
    buf_fini(&record);
    return status;
}

static bool read_posts(const struct review *review, int64_t posts[POSTS_MOST], size_t *count,
                       struct err *err)
{
    *count = 0;
    for (size_t i = 0; i < review->posts.count; i++) {
        for (const char *at = review->posts.at[i]; *at != '\0';) {
            char *end;
            errno = 0;
            long long number = strtoll(at, &end, 10);
            if (end == at || (*end != '\0' && *end != ',') || errno != 0 || number < 1 ||
                *count == POSTS_MOST) {
                return err_set(err, "--posts '%.60s': nomor dengan koma / numbers, with commas",
                               review->posts.at[i]);
            }
            posts[(*count)++] = number;
            at = *end == ',' ? end + 1 : end;
        }
    }
    return *count > 0 || err_set(err, "--posts belum ada / which? --posts 12,15");
}

static int split(struct review *review, struct casebook_request *request, struct err *err)
{
    int64_t posts[POSTS_MOST];
    if (!read_posts(review, posts, &request->post_count, err)) {
        return cli_cannot(NAME, err);
    }
    request->posts = posts;
    int status = move(review, request, err);
    request->posts = NULL;
    return status;
}

static int merge(struct review *review, struct casebook_request *request, enum casebook_state state,
                 struct err *err)
{
    struct casebook_page into;
    if (review->into == 0) {
        err_set(err, "--into belum ada / into which case? --into ID");
        return cli_cannot(NAME, err);
    }
    int status = load_page(review, review->into, &into, err);
    if (status != CLI_FINE) {
        return status;
    }
    request->into = review->into;
    request->into_version = into.summary.version;
    return move_taken(review, request, state, err);
}

/* What the panel decided, signed by its own key: first the bytes, then they and the signature. */
static int decide(struct review *review, struct casebook_request *request, struct err *err)
{
    struct buf bytes = BUF_EMPTY, signature = BUF_EMPTY;
    int status;
    if (review->want_bytes) {
        enum casebook_outcome outcome = casebook_decision_draft(
            review->desk.casebook, review->desk.session, request, &bytes, err);
        bool done = outcome == CASEBOOK_DONE &&
                    (review->out != NULL ? file_write(review->out, buf_str(&bytes), 0600, err)
                                         : cli_print(&bytes, err));
        status = done                       ? CLI_FINE
                 : outcome == CASEBOOK_DONE ? cli_cannot(NAME, err)
                                            : cli_outcome(NAME, outcome, err);
    } else if ((review->proposal != NULL && !read_into(review->proposal, CASEBOOK_DECISION_BYTES,
                                                       &bytes, &request->proposal, err)) ||
               (review->signature != NULL && !read_into(review->signature, SSHSIG_MAX_BYTES,
                                                        &signature, &request->signature, err))) {
        status = cli_cannot(NAME, err);
    } else {
        status = move(review, request, err);
    }
    buf_fini(&bytes);
    buf_fini(&signature);
    return status;
}

/* Of a case's appeals the one of that number; without a number the one that waits. */
static int on_appeal(struct review *review, struct casebook_request *request,
                     const struct casebook_page *page, struct err *err)
{
    for (size_t i = 0; i < page->objection_count; i++) {
        const struct casebook_objection *one = &page->objections[i];
        bool waits = one->deadline_ms != CLOCK_NEVER;
        if (review->appeal == one->number || (review->appeal == 0 && waits)) {
            request->appeal = one->id;
        }
    }
    if (request->appeal == 0) {
        err_set(err,
                "tidak ada banding itu, atau tidak ada yang menunggu / no such appeal, or none "
                "waits; --appeal N");
        return cli_no(NAME, err);
    }
    return decide(review, request, err);
}

/* Anyone's: nobody signs in, and nobody's name is asked. */
static int lodge(struct review *review, int64_t id, struct err *err)
{
    struct casebook_lodged lodged;
    struct buf out = BUF_EMPTY;
    if (review->ground == NULL) {
        err_set(err, "--ground belum ada / why? --ground TEXT");
        return cli_cannot(NAME, err);
    }
    if (!cli_desk_open_write(&review->desk, err)) {
        return cli_cannot(NAME, err);
    }
    enum casebook_outcome outcome =
        casebook_appeal_lodge(review->desk.casebook, id, str_of(review->ground), &lodged, err);
    if (outcome != CASEBOOK_DONE) {
        return cli_outcome(NAME, outcome, err);
    }
    if (review->desk.is_json) {
        buf_printf(&out,
                   "{\"id\":%lld,\"appeal\":%lld,\"state\":\"%s\",\"suspended\":%s,"
                   "\"receipt\":\"%s\"}\n",
                   (long long)id, (long long)lodged.appeal,
                   casebook_appeal_state_name(lodged.state), lodged.suspended ? "true" : "false",
                   lodged.receipt);
    } else {
        buf_printf(&out, "#%lld: banding / appeal %s%s\ntanda terima / receipt: %s\n",
                   (long long)id, casebook_appeal_state_name(lodged.state),
                   lodged.suspended ? "; entri ditangguhkan / the entry is suspended" : "",
                   lodged.receipt);
    }
    bool done = cli_print(&out, err);
    buf_fini(&out);
    return done ? CLI_FINE : cli_cannot(NAME, err);
}

static bool put_appeal(void *context, const struct casebook_appeal *one)
{
    struct review *review = context;
    char lodged[CLOCK_TEXT], due[CLOCK_TEXT];
    const struct casebook_objection *appeal = &one->objection;
    bool waits = appeal->deadline_ms != CLOCK_NEVER;
    clock_format(appeal->lodged_ms, lodged);
    if (review->desk.is_json) {
        buf_printf(&review->text, "{\"id\":%lld,\"appeal\":%lld,\"number\":%lld",
                   (long long)one->case_id, (long long)appeal->id, (long long)appeal->number);
        buf_put_json_field(&review->text, "state",
                           str_of(casebook_appeal_state_name(appeal->state)));
        buf_put_json_field(&review->text, "lodged", str_of(lodged));
        if (waits) {
            buf_put_json_field(&review->text, "deadline",
                               str_of(clock_format(appeal->deadline_ms, due)));
        }
        buf_put_json_field(&review->text, "ground", appeal->ground);
        buf_put_json_field(&review->text, "reason", appeal->reason);
        buf_put_string(&review->text, "}\n");
        return true;
    }
    buf_printf(&review->text, "#%-5lld %lld  %-10s %.16s  %.16s  ", (long long)one->case_id,
               (long long)appeal->number, casebook_appeal_state_name(appeal->state), lodged,
               waits ? clock_format(appeal->deadline_ms, due) : "-");
    cli_put_defanged(&review->text, appeal->ground, 6);
    buf_put_char(&review->text, '\n');
    return true;
}

static int appeals(struct review *review, struct err *err)
{
    const struct casebook_appeal_filter filter = {.waiting = !review->show_all};
    if (!cli_desk_open_read(&review->desk, err) ||
        !casebook_appeals(review->desk.casebook, &filter, put_appeal, review, err) ||
        !cli_print(&review->text, err)) {
        return cli_cannot(NAME, err);
    }
    return CLI_FINE;
}

/* R2's and A's parts are signed; R1's come from a form, or of a case that nobody offered. */
static int urgent(struct review *review, struct casebook_request *request,
                  const struct casebook_page *page, struct err *err)
{
    bool is_second = page->offered_by.len > 0 &&
                     !str_equal(page->offered_by, casebook_session_name(review->desk.session));
    return is_second && review->proposal == NULL
               ? approve(review, request, err)
               : propose(review, request, page->summary.state, err);
}

static int restore(struct review *review, struct casebook_request *request, struct err *err)
{
    bool signs = review->want_bytes || review->signature != NULL;
    return signs ? approve(review, request, err) : move(review, request, err);
}

/* Sent by the team: --out leaves there what is to be sent. */
static int refer(struct review *review, struct casebook_request *request, struct err *err)
{
    int status = move(review, request, err);
    return status == CLI_FINE && review->out != NULL
               ? review_pack(&review->desk, request->case_id, review->out, err)
               : status;
}

static int act(struct review *review, enum casebook_action action, int64_t id, struct err *err)
{
    struct casebook_page page;
    if (!cli_desk_open_write(&review->desk, err) || !cli_desk_protect(&review->desk, err)) {
        return cli_cannot(NAME, err);
    }
    size_t due;
    if (!casebook_tick(review->desk.casebook, &due, err)) {
        return cli_cannot(NAME, err);
    }
    if (!cli_desk_login(&review->desk, err)) {
        return review->desk.user == NULL ? cli_cannot(NAME, err) : cli_no(NAME, err);
    }
    int status = load_page(review, id, &page, err);
    if (status != CLI_FINE) {
        return status;
    }
    struct casebook_request request = {
        .action = action,
        .case_id = id,
        .version = review->seen != 0 ? review->seen : page.summary.version,
        .lease = review->lease,
        .reason = str_of(review->form.reason),
    };
    switch (action) {
    case ACTION_PROPOSE:
        return propose(review, &request, page.summary.state, err);
    case ACTION_ANSWER:
        return answer(review, &request, err);
    case ACTION_APPROVE:
        return approve(review, &request, err);
    case ACTION_URGENT:
        return urgent(review, &request, &page, err);
    case ACTION_RESTORE:
        return restore(review, &request, err);
    case ACTION_SPLIT:
        return split(review, &request, err);
    case ACTION_MERGE:
        return merge(review, &request, page.summary.state, err);
    case ACTION_ADMIT:
    case ACTION_DECLINE:
    case ACTION_UPHOLD:
    case ACTION_OVERTURN:
    case ACTION_ABUSIVE:
        return on_appeal(review, &request, &page, err);
    case ACTION_REFER:
        return refer(review, &request, err);
    case ACTION_DISMISS:
    case ACTION_HOLD:
        return move_taken(review, &request, page.summary.state, err);
    default: /* all other moves need no more than a reason */
        return move(review, &request, err);
    }
}

static int print_moves(struct review *review, struct err *err)
{
    casebook_moves_print(review->desk.is_json ? CASEBOOK_PRINT_JSON : CASEBOOK_PRINT_TEXT,
                         &review->text);
    return cli_print(&review->text, err) ? CLI_FINE : cli_cannot(NAME, err);
}

static int run(void *context, const struct cli_words *words, struct err *err)
{
    struct review *review = context;
    struct str verb = words->count > 0 ? str_of(words->at[0]) : STR("list");
    enum casebook_action action;
    int64_t id;
    if (review->want_more) {
        print_more();
        return CLI_FINE;
    }
    if (str_is(verb, "list") && words->count <= 1) {
        return list(review, err);
    }
    if (str_is(verb, "moves") && words->count == 1) {
        return print_moves(review, err);
    }
    if (str_is(verb, "appeals") && words->count == 1) {
        return appeals(review, err);
    }
    bool is_show = str_is(verb, "show"), is_pack = str_is(verb, "pack");
    if ((!is_show && !is_pack && !casebook_action_parse(verb, &action)) || words->count > 2) {
        err_set(err, "tidak ada '%.*s' / no such verb; --help", STR_FORMAT(verb));
        return cli_cannot(NAME, err);
    }
    if (!cli_case_id(words->count > 1 ? words->at[1] : NULL, &id, err)) {
        return cli_cannot(NAME, err);
    }
    if (is_pack) {
        return cli_desk_open_read(&review->desk, err)
                   ? review_pack(&review->desk, id, review->out, err)
                   : cli_cannot(NAME, err);
    }
    if (!is_show && action == ACTION_LODGE) {
        return lodge(review, id, err);
    }
    return is_show ? show(review, id, err) : act(review, action, id, err);
}

int cmd_review(int argc, char **argv)
{
    struct review review = {.desk = cli_desk_new()};
    const struct cli_option options[] = {
        CLI_DESK_OPTIONS(&review.desk),
        REVIEW_FORM_OPTIONS(&review.form),
        {"find", CLI_TEXT, &review.find},
        {"all", CLI_FLAG, &review.show_all},
        {"class", CLI_TEXT, &review.only_class},
        {"in", CLI_TEXT, &review.only_state},
        {"rule", CLI_TEXT, &review.only_rule},
        {"lease", CLI_NUMBER, &review.lease},
        {"seen", CLI_NUMBER, &review.seen},
        {"bytes", CLI_FLAG, &review.want_bytes},
        {"record", CLI_TEXT, &review.record},
        {"record-bytes", CLI_FLAG, &review.want_record},
        {"proposal", CLI_TEXT, &review.proposal},
        {"signature", CLI_TEXT, &review.signature},
        {"out", CLI_TEXT, &review.out},
        {"lane-signature", CLI_TEXT, &review.lane_signature},
        {"into", CLI_NUMBER, &review.into},
        {"posts", CLI_LIST, &review.posts},
        {"appeal", CLI_NUMBER, &review.appeal},
        {"ground", CLI_TEXT, &review.ground},
        {"help-more", CLI_FLAG, &review.want_more},
        {NULL, CLI_FLAG, NULL},
    };
    const struct cli_task task = {
        .name = NAME,
        .print_help = print_help,
        .options = options,
        .run = run,
        .context = &review,
    };
    int status = cli_task_run(&task, argc, argv);
    buf_fini(&review.text);
    cli_desk_close(&review.desk);
    return status;
}
