/*
 * Evidence: orders of captures, which another process fetches, and captures that are read. What a
 * page was is parsed no further than into records; its text was made where it was fetched.
 */
#include <stdio.h>
#include <string.h>

#include "feeds/warc_read.h"
#include "filter/base/err.h"
#include "filter/casebook/captures.h"
#include "filter/casebook/look.h"
#include "filter/console/asked.h"
#include "filter/console/give.h"
#include "filter/console/page_evidence.h"

enum { ROWS = 10, IMAGE_MOST = 8 << 20 };

const struct form_field give_evidence_fields[] = {{"page", CASEBOOK_ORDER_URL_MOST, false},
                                                  {"url", CASEBOOK_ORDER_URL_MOST, false},
                                                  {NULL, 0, false}};

struct lists {
    struct asked *asked;
    struct casebook_order orders[PAGE_ORDERS];
    size_t order_count;
    struct casebook_capture captures[CASEBOOK_CAPTURES_MOST];
    size_t capture_count;
    bool is_full;
};

static void take_order(void *context, const struct casebook_order *order)
{
    struct lists *lists = context;
    if (lists->order_count == PAGE_ORDERS) { /* the newest ones are shown */
        memmove(lists->orders, lists->orders + 1, (PAGE_ORDERS - 1) * sizeof *lists->orders);
        lists->order_count--;
    }
    struct casebook_order *kept = &lists->orders[lists->order_count++];
    *kept = *order;
    lists->is_full |= !asked_keep(lists->asked, &kept->url) ||
                      !asked_keep(lists->asked, &kept->person) ||
                      !asked_keep(lists->asked, &kept->why);
}

static void take_capture(void *context, const struct casebook_capture *capture)
{
    struct lists *lists = context;
    if (lists->capture_count == CASEBOOK_CAPTURES_MOST) { /* merged cases may have more */
        memmove(lists->captures, lists->captures + 1,
                (CASEBOOK_CAPTURES_MOST - 1) * sizeof *lists->captures);
        lists->capture_count--;
    }
    struct casebook_capture *kept = &lists->captures[lists->capture_count++];
    *kept = *capture;
    lists->is_full |=
        !asked_keep(lists->asked, &kept->url) || !asked_keep(lists->asked, &kept->person);
}

static bool read_lists(struct asked *asked, struct casebook *casebook, int64_t id,
                       struct lists *lists, struct err *err)
{
    *lists = (struct lists){.asked = asked};
    return casebook_orders(casebook, id, take_order, lists, err) &&
           casebook_captures(casebook, id, take_capture, lists, err) &&
           (!lists->is_full || err_set(err, "the captures of a case are too many"));
}

/* Each address once; those that cannot be asked for are refused when they are. */
static void add_address(struct str url, struct str addresses[PAGE_ADDRESSES], size_t *count)
{
    for (size_t i = 0; i < *count; i++) {
        if (str_equal(addresses[i], url)) {
            return;
        }
    }
    if (*count < PAGE_ADDRESSES && url.len > 0 && url.len <= 600) {
        addresses[(*count)++] = url;
    }
}

static size_t gather_addresses(const struct casebook_page *one,
                               struct str addresses[PAGE_ADDRESSES])
{
    size_t count = 0;
    for (size_t i = 0; i < one->post_count; i++) {
        for (size_t k = 0; k < one->posts[i].link_count; k++) {
            add_address(one->posts[i].links[k], addresses, &count);
        }
    }
    for (size_t i = 0; i < one->post_count; i++) {
        add_address(one->posts[i].url, addresses, &count);
    }
    return count;
}

static void give_lists(struct asked *asked, const struct lists *lists)
{
    static const char *const states[] = {
#define X(constant, name) [constant] = (name),
        CASEBOOK_ORDERS(X)
#undef X
    };
    struct shapes_order orders[PAGE_ORDERS];
    struct shapes_evidence_head head = {.orders = orders, .order_count = lists->order_count};
    asked_list_open(asked);
    for (size_t i = 0; i < lists->capture_count; i++) {
        asked_list_row(asked, &lists->captures[i]);
    }
    for (size_t i = 0; i < lists->order_count; i++) {
        const struct casebook_order *one = &lists->orders[i];
        head.open += one->state != ORDER_FAILED;
        orders[i] = (struct shapes_order){.url = one->url,
                                          .person = one->person,
                                          .state = str_of(states[one->state]),
                                          .why = one->why,
                                          .asked_ms = one->asked_ms,
                                          .since_ms = one->since_ms};
    }
    asked_list_close(asked, NULL, &head);
}

void give_evidence(struct asked *asked)
{
    struct err err = ERR_NONE;
    struct casebook_page one;
    struct casebook_chances chances;
    struct lists lists;
    struct casebook_capture newest[ROWS];
    struct str addresses[PAGE_ADDRESSES];
    if (!asked_case(asked, &one, &chances)) {
        return;
    }
    struct casebook *casebook = asked_open(asked);
    if (casebook == NULL) {
        return;
    }
    if (!read_lists(asked, casebook, one.summary.id, &lists, &err)) {
        asked_fail_casebook(asked, &err);
        return;
    }
    if (asked_is_json(asked)) {
        give_lists(asked, &lists);
        return;
    }
    enum casebook_role role = asked->visitor.role;
    struct page_evidence evidence = {
        .one = &one,
        .may_order = one.post_count > 0 &&
                     (role == ROLE_TEAM || role == ROLE_INDEPENDENT || role == ROLE_APPEALS),
        .addresses = addresses,
        .address_count = gather_addresses(&one, addresses),
        .orders = lists.orders,
        .order_count = lists.order_count,
        .captures = newest,
    };
    size_t first = (size_t)(asked->request->place.page - 1) * ROWS;
    for (size_t i = first; i < lists.capture_count && i < first + ROWS; i++) {
        newest[evidence.capture_count++] = lists.captures[lists.capture_count - 1 - i];
    }
    evidence.has_more = first + ROWS < lists.capture_count;
    page_evidence(&asked->page, &evidence);
    asked_finish(asked, 200);
}

void take_evidence(struct asked *asked)
{
    struct err err = ERR_NONE;
    struct place there = asked_place(asked, ROUTE_EVIDENCE);
    struct str typed = form_get(&asked->form, "url");
    struct str url = typed.len > 0 ? typed : form_get(&asked->form, "page");
    there.case_id = asked->request->place.case_id;
    struct casebook *casebook = asked_writer(asked, &err);
    if (casebook == NULL) {
        asked_fail_casebook(asked, &err);
        return;
    }
    enum casebook_outcome outcome =
        casebook_order(casebook, asked->visit.session, there.case_id, url, &err);
    asked_outcome(asked, outcome, MSG_CAPTURE_ORDERED, typed, &err, &there);
}

/* What an image is, by its first bytes; NULL: none that browsers show. SVG is a document. */
static const char *image_type(struct str bytes)
{
    static const struct {
        const char *magic, *type;
        size_t len;
    } types[] = {{"\x89PNG\r\n\x1a\n", "image/png", 8},
                 {"\xff\xd8\xff", "image/jpeg", 3},
                 {"GIF8", "image/gif", 4}};
    for (size_t i = 0; i < sizeof types / sizeof *types; i++) {
        if (bytes.len > types[i].len && memcmp(bytes.at, types[i].magic, types[i].len) == 0) {
            return types[i].type;
        }
    }
    bool is_webp =
        bytes.len > 12 && memcmp(bytes.at, "RIFF", 4) == 0 && memcmp(bytes.at + 8, "WEBP", 4) == 0;
    return is_webp ? "image/webp" : NULL;
}

/* The capture of the address with its bytes; false: the failure is written already. */
static bool open_capture(struct asked *asked, struct casebook_capture *capture, struct buf *warc)
{
    struct err err = ERR_NONE;
    struct hash sha256;
    bool found = false;
    if (!hash_parse(str_of(asked->request->place.name), &sha256)) {
        asked_fail(asked, &asked_not_found);
        return false;
    }
    struct casebook *casebook = asked_open(asked);
    if (casebook == NULL) {
        return false;
    }
    if (!casebook_capture_find(casebook, &sha256, asked->arena, capture, &found, &err) ||
        (found && !casebook_capture_read(casebook, &sha256, warc, &found, &err))) {
        asked_fail_casebook(asked, &err);
        return false;
    }
    if (!found) {
        asked_fail(asked, &asked_not_found);
    }
    return found;
}

/* The image that a capture ends in, in `scratch` or in `warc`; "" if it ends in none. */
static struct str find_image(struct str warc, struct buf *scratch)
{
    struct feeds_warc_record record, last = {.is_cut = false};
    struct feeds_warc_answer answer;
    while (feeds_warc_next(&warc, &record)) {
        last = str_is(record.type, "response") ? record : last;
    }
    if (!feeds_warc_answer_read(last.block, &answer)) {
        return STR("");
    }
    struct str body = feeds_warc_answer_body(&answer, scratch);
    return body.len <= IMAGE_MOST && image_type(body) != NULL ? body : STR("");
}

static void read_records(struct str warc, struct page_capture *one)
{
    struct feeds_warc_record record;
    struct feeds_warc_answer answer;
    while (feeds_warc_next(&warc, &record)) {
        if (str_is(record.type, "conversion")) {
            one->text = record.block;
        }
        if (!str_is(record.type, "response") || one->hop_count == PAGE_HOPS ||
            !feeds_warc_answer_read(record.block, &answer)) {
            continue;
        }
        one->hops[one->hop_count++] = (struct page_hop){.url = record.url,
                                                        .address = record.address,
                                                        .content_type = answer.content_type,
                                                        .location = answer.location,
                                                        .status = answer.status,
                                                        .bytes = answer.body.len,
                                                        .is_cut = record.is_cut};
    }
    one->is_readable = warc.len == 0 && one->hop_count > 0;
}

void give_capture(struct asked *asked)
{
    struct casebook_capture capture;
    struct buf warc = BUF_EMPTY, scratch = BUF_EMPTY;
    const struct place *place = &asked->request->place;
    if (open_capture(asked, &capture, &warc)) {
        struct page_capture one = {.capture = &capture,
                                   .shows_image = place->route == ROUTE_CAPTURE_LOOK,
                                   .part = place->part};
        read_records(buf_str(&warc), &one);
        one.image_bytes = find_image(buf_str(&warc), &scratch).len;
        if (asked_is_json(asked)) {
            const struct shapes_kept kept = {.case_id = capture.case_id,
                                             .capture = &capture,
                                             .hops = one.hops,
                                             .hop_count = one.hop_count,
                                             .text = one.text,
                                             .image_bytes = one.image_bytes,
                                             .is_readable = one.is_readable};
            asked_record(asked, &kept);
        } else {
            asked->response->has_picture = one.shows_image && one.image_bytes > 0;
            page_capture(&asked->page, &one);
            asked_finish(asked, 200);
        }
    }
    buf_fini(&warc);
    buf_fini(&scratch);
}

void give_capture_image(struct asked *asked)
{
    struct casebook_capture capture;
    struct buf warc = BUF_EMPTY, scratch = BUF_EMPTY;
    if (open_capture(asked, &capture, &warc)) {
        struct str image = find_image(buf_str(&warc), &scratch);
        if (image.len == 0) {
            asked_fail(asked, &asked_not_found);
        } else {
            asked->response->status = 200;
            asked->response->type = image_type(image);
            buf_put_str(&asked->response->body, image);
        }
    }
    buf_fini(&warc);
    buf_fini(&scratch);
}

void give_capture_file(struct asked *asked)
{
    struct casebook_capture capture;
    struct buf warc = BUF_EMPTY;
    if (open_capture(asked, &capture, &warc)) {
        char hex[HASH_HEX];
        asked->response->status = 200;
        asked->response->type = "application/warc";
        buf_put_str(&asked->response->body, buf_str(&warc));
        snprintf(asked->response->file, sizeof asked->response->file, "kasus-%lld-%.12s.warc",
                 (long long)capture.case_id, hash_format(&capture.sha256, hex));
    }
    buf_fini(&warc);
}
