/*
 * A request's head and a case's text come from outside. The first four lines are target, Host,
 * Accept and Accept-Language; the rest is all text of a case, a byte pair at a time also its spans.
 * A place that was read is written and read again as the same; no text makes mark-up of its own on
 * a page, none hides, and no page passes its size.
 */
#include <stdlib.h>
#include <string.h>

#include "filter/base/buf.h"
#include "filter/base/err.h"
#include "filter/base/hash.h"
#include "filter/console/page.h"
#include "filter/console/request.h"
#include "filter/console/style.h"
#include "tests/fuzz/fuzz.h"

enum { MOST_SPANS = 16, MOST_PAGE = 30 << 10 };

static void require(bool holds)
{
    if (!holds) {
        abort();
    }
}

static struct str take_line(struct str *rest)
{
    const char *end = rest->len > 0 ? memchr(rest->at, '\n', rest->len) : NULL;
    struct str line = *rest;
    if (end == NULL) {
        *rest = STR("");
        return line;
    }
    line.len = (size_t)(end - line.at);
    *rest = str_part(*rest, line.len + 1, rest->len);
    return line;
}

static void check_place(struct str target)
{
    struct place place, again;
    struct buf first = BUF_EMPTY, second = BUF_EMPTY;
    if (place_parse(target, &place) == PLACE_FOUND) {
        place_write(&place, &first);
        require(place_parse(buf_str(&first), &again) == PLACE_FOUND);
        place_write(&again, &second);
        require(str_equal(buf_str(&first), buf_str(&second)));
        require(place.route == again.route && place.case_id == again.case_id);
    }
    buf_fini(&first);
    buf_fini(&second);
}

static bool is_among(struct str name, const char *const *names)
{
    for (; *names != NULL; names++) {
        if (str_is(name, *names)) {
            return true;
        }
    }
    return false;
}

static struct str take_name(struct str page, size_t *at)
{
    size_t start = *at;
    while (*at < page.len &&
           (strchr("abcdefghijklmnopqrstuvwxyz0123456789-", page.at[*at]) != NULL)) {
        (*at)++;
    }
    return str_part(page, start, *at);
}

static void check_value(struct str name, struct str value)
{
    require(memchr(value.at, '<', value.len) == NULL && memchr(value.at, '>', value.len) == NULL);
    if (str_is(name, "href") || str_is(name, "action")) {
        require(value.len > 0);
        require(
            value.at[0] == '#' || (value.at[0] == '/' && (value.len == 1 || value.at[1] != '/')) ||
            strncasecmp(value.at, "https://", 8) == 0 || strncasecmp(value.at, "http://", 7) == 0);
    }
}

/* From behind '<' to behind '>'. */
static size_t check_tag(struct str page, size_t at)
{
    static const char *const elements[] = {
        "html", "head",  "meta",    "title",   "link",    "body",       "a",   "header",
        "nav",  "p",     "main",    "footer",  "code",    "span",       "div", "h1",
        "h2",   "h3",    "bdi",     "time",    "section", "article",    "dl",  "dt",
        "dd",   "small", "strong",  "ul",      "ol",      "li",         "b",   "i",
        "mark", "br",    "details", "summary", "pre",     "blockquote", NULL};
    static const char *const attributes[] = {
        "lang",       "charset",      "name", "content", "rel",      "class", "hreflang", "title",
        "aria-label", "aria-current", "id",   "role",    "datetime", "href",  NULL};
    if (str_starts(str_part(page, at, page.len), STR("!DOCTYPE html>"))) {
        return at + strlen("!DOCTYPE html>");
    }
    at += page.at[at] == '/';
    require(is_among(take_name(page, &at), elements));
    while (page.at[at] == ' ') {
        at++;
        struct str name = take_name(page, &at);
        require(is_among(name, attributes));
        require(page.at[at] == '=' && page.at[at + 1] == '"');
        const char *end = memchr(page.at + at + 2, '"', page.len - at - 2);
        require(end != NULL);
        size_t stop = (size_t)(end - page.at);
        check_value(name, str_part(page, at + 2, stop));
        at = stop + 1;
    }
    at += page.at[at] == '/';
    require(page.at[at] == '>');
    return at + 1;
}

static void check_page(struct str page)
{
    require(page.len <= MOST_PAGE);
    for (size_t at = 0; at < page.len;) {
        unsigned char c = (unsigned char)page.at[at];
        if (c == '<') {
            at = check_tag(page, at + 1);
            continue;
        }
        require(c != '>' && c != '"' && c != 0x7F && (c >= ' ' || c == '\n' || c == '\t'));
        struct str rest = str_part(page, at, page.len);
        require(!str_starts(rest, STR("\xe2\x80\xae")) && !str_starts(rest, STR("\xe2\x81\xa6")) &&
                !str_starts(rest, STR("\xe2\x80\x8b")) && !str_starts(rest, STR("\xef\xbb\xbf")));
        at++;
    }
}

static size_t make_spans(struct str text, struct casebook_span *spans)
{
    size_t count = 0;
    for (size_t i = 0; i + 1 < text.len && count < MOST_SPANS; i += 2) {
        unsigned char from = (unsigned char)text.at[i], more = (unsigned char)text.at[i + 1];
        spans[count++] = (struct casebook_span){.field = from % 2 ? STR("title") : STR("text"),
                                                .span = {from, (size_t)from + more}};
    }
    return count;
}

static void check_case(const struct place *place, enum language language, struct str text)
{
    struct casebook_span spans[MOST_SPANS];
    size_t span_count = make_spans(text, spans);
    struct rule_evidence evidence = {
        .url = text, .publisher = text, .impersonates = text, .claim = text, .rating = text};
    struct casebook_rule rule = {.id = text,
                                 .title = text,
                                 .description = text,
                                 .level = text,
                                 .evidence = &evidence,
                                 .evidence_count = 1};
    struct casebook_post post = {.source = text,
                                 .url = text,
                                 .title = text,
                                 .text = text,
                                 .spans = spans,
                                 .span_count = span_count,
                                 .links = &text,
                                 .link_count = 1};
    struct casebook_event event = {.actor = text, .action = text, .detail = text};
    struct casebook_page one = {.summary = {.id = 1,
                                            .class = (enum rule_class)(text.len % 3),
                                            .rule_title = text,
                                            .claimed_by = text,
                                            .copies = 2},
                                .rules = &rule,
                                .rule_count = 1,
                                .posts = &post,
                                .post_count = 1,
                                .events = &event,
                                .event_count = 1,
                                .proposal = text,
                                .proposal_kind = text,
                                .entry_id = text,
                                .entry_state = text};
    struct page page = {.html = html_new(),
                        .language = language,
                        .place = place,
                        .style = style_path(),
                        .knows_season = true};
    page_case(&page, &one, NULL, NULL);
    check_page(html_str(page.html));
    html_free(page.html);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct err err = ERR_NONE;
    struct str rest = {.at = (const char *)data, .len = size};
    struct request_names names = {.address = STR("192.0.2.1")};
    require(hash_start(&err));
    struct request_head head = {.method = STR("GET"), .hosts = 1};
    head.target = take_line(&rest);
    head.host = take_line(&rest);
    head.accept = take_line(&rest);
    head.accept_language = take_line(&rest);
    head.accept_encoding = head.accept;
    struct request request = request_read(&head, &names);
    check_place(head.target);
    check_case(&request.place, request.language, rest);
    return 0;
}
