#include "filter/console/public.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "filter/base/arena.h"
#include "filter/base/clock.h"
#include "filter/base/err.h"
#include "filter/base/file.h"
#include "filter/base/log.h"
#include "filter/base/mem.h"
#include "filter/casebook/appeal.h"
#include "filter/console/form.h"
#include "filter/console/gzip.h"
#include "filter/console/limit.h"
#include "filter/console/server.h"
#include "filter/console/shelf.h"
#include "filter/console/site_page.h"
#include "filter/console/site_why.h"
#include "filter/pipeline/config.h"

#define LISTS "/lists/"

enum {
    CONNECTIONS = 256,
    READ_MOST = 256 << 10, /* what is longer is sent from the open file, and not packed */
    FORM_ARENA = 1 << 20,
    NAME_MOST = 64,
    GROUND_BYTES = 4 * 4000
};

struct public_pages {
    struct server *server;
    struct buf folder;
    const char *path;
    const struct clock *clock;
    struct casebook *casebook;        /* NULL until somebody appeals */
    struct limit *limit, *list_limit; /* of its own: who floods the pages starves no resolver */
    struct shelf *shelf;              /* NULL: no lists are served */
    struct str proxy;                 /* the address of the one that is believed; "" */
    struct site_why *why;
};

static const struct {
    const char *ending, *type;
} types[] = {
    {".html", "text/html; charset=utf-8"},
    {".css", "text/css; charset=utf-8"},
    {".ndjson", "application/x-ndjson"},
    {".csv", "text/csv; charset=utf-8"},
    {".atom", "application/atom+xml; charset=utf-8"},
    {".json", "application/json"},
    {".sig", "text/plain; charset=utf-8"},
    {".pub", "text/plain; charset=utf-8"},
};

/* The type of "/kasus-12.html"; NULL for what is no name of ours: nothing leads out of the folder.
 */
static const char *type_of(struct str target)
{
    if (target.len < 2 || target.len > NAME_MOST || target.at[0] != '/') {
        return NULL;
    }
    for (size_t i = 1; i < target.len; i++) {
        char c = target.at[i];
        bool is_plain = (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-';
        if (!is_plain && !(c == '.' && i > 1 && memchr(target.at, '.', i) == NULL)) {
            return NULL;
        }
    }
    for (size_t i = 0; i < sizeof types / sizeof *types; i++) {
        if (str_ends(target, str_of(types[i].ending))) {
            return types[i].type;
        }
    }
    return NULL;
}

static void give_page(struct response *response, unsigned status, struct html *html)
{
    response->status = status;
    response->type = "text/html; charset=utf-8";
    buf_put_str(&response->body, html_str(html));
    html_free(html);
}

static void say(struct response *response, unsigned status, enum message title,
                enum message sentence, struct str detail)
{
    struct html *html = html_new();
    site_page_said(html, title, sentence, detail);
    give_page(response, status, html);
}

/*
 * Bulk data: hundreds that read it slowly hold a file each and not its bytes, and none of them
 * keeps the one thread at packing it.
 */
static bool give_long(const char *path, struct response *response)
{
    struct stat about;
    int file = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    if (file < 0 || fstat(file, &about) != 0 || !S_ISREG(about.st_mode) ||
        about.st_size <= READ_MOST) {
        if (file >= 0) {
            close(file);
        }
        return false;
    }
    response->stream = (struct response_stream){.file = file, .length = (uint64_t)about.st_size};
    response->is_streamed = true;
    return true;
}

static void give_file(struct public_pages *pages, struct str target, struct response *response)
{
    const char *type = type_of(target);
    struct buf path = BUF_EMPTY;
    struct err err = ERR_NONE;
    buf_printf(&path, "%s%.*s", pages->folder.bytes, STR_FORMAT(target));
    if (type != NULL && (give_long(path.bytes, response) ||
                         file_read(path.bytes, READ_MOST, &response->body, &err))) {
        response->status = 200;
        response->type = type;
    } else {
        buf_clear(&response->body);
        say(response, 404, MSG_NOT_FOUND, MSG_SITE_NOT_THERE, STR(""));
    }
    buf_fini(&path);
}

static struct casebook *casebook_of(struct public_pages *pages)
{
    struct err err = ERR_NONE;
    if (pages->casebook == NULL) {
        pages->casebook = casebook_open(pages->path, pages->clock, &err);
        if (pages->casebook == NULL) {
            log_line(LOG_ERROR, "casebook_not_opened", LOG_TEXT("why", err.message));
        }
    }
    return pages->casebook;
}

static void lodge(struct public_pages *pages, int64_t case_id, struct str ground,
                  struct response *response)
{
    struct casebook_lodged lodged;
    struct html *html;
    struct err err = ERR_NONE;
    struct casebook *casebook = casebook_of(pages);
    enum casebook_outcome outcome =
        casebook != NULL ? casebook_appeal_lodge(casebook, case_id, ground, &lodged, &err)
                         : CASEBOOK_FAILED;
    switch (outcome) {
    case CASEBOOK_DONE:
        html = html_new();
        site_page_lodged(html, lodged.suspended ? MSG_SITE_LODGED_SUSPENDED : MSG_SITE_LODGED,
                         str_of(lodged.receipt));
        give_page(response, 200, html);
        break;
    case CASEBOOK_REFUSED:
        say(response, 422, MSG_SITE_OBJECT, MSG_SITE_REFUSED, str_of(err.message));
        break;
    case CASEBOOK_STALE:
    case CASEBOOK_FAILED:
        log_line(LOG_ERROR, "appeal_failed", LOG_TEXT("why", err.message));
        casebook_close(pages->casebook);
        pages->casebook = NULL;
        response->retry_s = 60;
        say(response, 503, MSG_SITE_OBJECT, MSG_SITE_LATER, STR(""));
        break;
    }
}

static void say_too_much(struct response *response)
{
    response->retry_s = 10;
    say(response, 429, MSG_SITE_REGISTER, MSG_SITE_LATER, STR(""));
}

/*
 * Many people stand behind one address, and who floods with appeals must not keep out the first
 * one about any case (REVIEW: abuse check 49): that is taken however many came from there. There
 * are no more of those than cases in force.
 */
static bool is_first(struct public_pages *pages, int64_t case_id)
{
    struct err err = ERR_NONE;
    bool first = false;
    struct casebook *casebook = casebook_of(pages);
    return casebook != NULL && casebook_appeal_is_first(casebook, case_id, &first, &err) && first;
}

static void take_appeal(struct public_pages *pages, const struct request_head *head, bool is_much,
                        struct response *response)
{
    static const struct form_field fields[] = {
        {"case", 32, false}, {"ground", GROUND_BYTES, false}, {NULL, 0, false}};
    static const struct form_field none[] = {{NULL, 0, false}};
    struct arena *arena = arena_new(FORM_ARENA);
    struct form form;
    struct str name;
    bool is_fine = !head->is_body_too_long &&
                   str_starts(head->content_type, STR("application/x-www-form-urlencoded")) &&
                   form_parse(head->body, arena, &form) == FORM_FINE &&
                   form_check(&form, fields, none, &name) == FORM_FINE;
    int64_t case_id = is_fine ? form_number(&form, "case") : 0;
    if (is_much && (case_id <= 0 || !is_first(pages, case_id))) {
        say_too_much(response);
    } else if (case_id > 0) {
        lodge(pages, case_id, form_get(&form, "ground"), response);
    } else {
        say(response, 400, MSG_SITE_OBJECT, MSG_SITE_BAD_FORM, STR(""));
    }
    arena_free(arena);
}

struct telling {
    struct response *response;
};

static void tell_appeal(void *context, const struct casebook_appeal *appeal)
{
    struct telling *telling = context;
    struct html *html = html_new();
    site_page_status(html, appeal);
    give_page(telling->response, 200, html);
}

/* "/keberatan/RECEIPT": what became of it, for whoever has the receipt. */
static void give_status(struct public_pages *pages, struct str receipt, struct response *response)
{
    struct telling telling = {.response = response};
    struct err err = ERR_NONE;
    struct casebook *casebook = casebook_of(pages);
    bool found = false;
    if (casebook == NULL ||
        !casebook_appeal_find(casebook, receipt, tell_appeal, &telling, &found, &err)) {
        say(response, 503, MSG_SITE_OBJECT, MSG_SITE_LATER, STR(""));
    } else if (!found) {
        say(response, 404, MSG_NOT_FOUND, MSG_SITE_NOT_THERE, STR(""));
    }
}

/* For whom a request came: the last address that our own proxy added, or the peer. */
static struct str from_of(const struct public_pages *pages, const struct request_head *head)
{
    struct str last = head->peer;
    if (pages->proxy.len > 0 && str_equal(head->peer, pages->proxy) && head->forwarded.len > 0) {
        const char *comma = memrchr(head->forwarded.at, ',', head->forwarded.len);
        size_t at = comma != NULL ? (size_t)(comma - head->forwarded.at) + 1 : 0;
        last = str_trim(str_part(head->forwarded, at, head->forwarded.len));
    }
    return last;
}

static void give_list(struct public_pages *pages, const struct request_head *head, struct str path,
                      struct response *response)
{
    struct str query = str_part(head->target, path.len < head->target.len ? path.len + 1 : path.len,
                                head->target.len);
    if (!limit_take(pages->list_limit, from_of(pages, head), false)) {
        response->retry_s = 10;
        say(response, 429, MSG_SITE_REGISTER, MSG_SITE_LATER, STR(""));
    } else if (!str_is(head->method, "GET") && !str_is(head->method, "HEAD")) {
        response->allow = "GET, HEAD";
        say(response, 405, MSG_SITE_REGISTER, MSG_SITE_NOT_THERE, STR(""));
    } else {
        shelf_give(pages->shelf, head, str_part(path, sizeof LISTS - 1, path.len), query, response);
    }
}

/* The value of "q" in a query; "" if there is none. What else stands there is nobody's business. */
static struct str find_asked(struct str query, struct arena *arena)
{
    struct form form;
    return form_parse(query, arena, &form) == FORM_FINE ? form_get(&form, "q") : STR("");
}

/* "/mengapa?q=NAME", from the static file; nothing of the question is kept or logged. */
static void give_why(struct public_pages *pages, struct str query, struct response *response)
{
    struct arena *arena = arena_new(FORM_ARENA);
    struct site_why_answer answer;
    struct err err = ERR_NONE;
    struct str asked = find_asked(query, arena);
    if (site_why_ask(pages->why, asked, clock_now_ms(pages->clock), &answer, &err)) {
        struct html *html = html_new();
        site_why_page(html, asked, &answer);
        give_page(response, 200, html);
    } else {
        log_line(LOG_ERROR, "entries_not_read", LOG_TEXT("why", err.message));
        response->retry_s = 60;
        say(response, 503, MSG_SITE_BLOCKED, MSG_SITE_LATER, STR(""));
    }
    site_why_answer_fini(&answer);
    arena_free(arena);
}

static void give(void *context, const struct request_head *head, struct response *response)
{
    static const char status_path[] = "/keberatan/";
    struct public_pages *pages = context;
    bool is_post = str_is(head->method, "POST");
    const char *mark = head->target.len > 0 ? memchr(head->target.at, '?', head->target.len) : NULL;
    struct str path = str_part(head->target, 0,
                               mark != NULL ? (size_t)(mark - head->target.at) : head->target.len);
    *response = (struct response){.status = 500, .type = "text/html; charset=utf-8"};
    if (pages->shelf != NULL && str_starts(path, STR(LISTS))) {
        give_list(pages, head, path, response);
        return;
    }
    bool is_appeal = is_post && str_is(path, "/banding");
    bool is_much = !limit_take(pages->limit, from_of(pages, head), is_post);
    if (is_appeal) {
        take_appeal(pages, head, is_much, response);
    } else if (is_much) {
        say_too_much(response);
    } else if (!str_is(head->method, "GET") && !str_is(head->method, "HEAD")) {
        response->allow = "GET, HEAD";
        say(response, 405, MSG_SITE_REGISTER, MSG_SITE_NOT_THERE, STR(""));
    } else if (str_is(path, "/mengapa")) {
        give_why(pages,
                 mark != NULL ? str_part(head->target, path.len + 1, head->target.len) : STR(""),
                 response);
    } else if (str_starts(path, str_of(status_path))) {
        give_status(pages, str_part(path, sizeof status_path - 1, path.len), response);
    } else {
        give_file(pages, str_is(path, "/") ? STR("/index.html") : path, response);
    }
    if (!response->is_streamed && request_weight(head->accept_encoding, STR("gzip")) > 0) {
        struct buf packed = BUF_EMPTY;
        if (gzip_put(buf_str(&response->body), &packed) && packed.len < response->body.len) {
            buf_fini(&response->body);
            response->body = packed;
            response->is_gzip = true;
        } else {
            buf_fini(&packed);
        }
    }
}

struct public_pages *public_start(const struct config *config, const char *casebook,
                                  const struct clock *clock, struct err *err)
{
    unsigned bound;
    struct public_pages *pages = mem_zero(1, sizeof *pages);
    pages->path = casebook;
    pages->clock = clock;
    pages->limit = limit_new();
    pages->list_limit = limit_new();
    pages->proxy = config->console_proxy != NULL ? str_of(config->console_proxy) : STR("");
    pages->shelf = config->public_lists != NULL ? shelf_new(config->public_lists, clock) : NULL;
    if (config->public_folder != NULL) {
        buf_put_string(&pages->folder, config->public_folder);
    } else {
        const char *slash = strrchr(casebook, '/');
        buf_printf(&pages->folder, "%.*s/public", (int)(slash - casebook), casebook);
    }
    pages->why = site_why_new(pages->folder.bytes);
    pages->server =
        server_start(&(struct server_options){.name = "public",
                                              .address = config->public_address,
                                              .port = config->public_port,
                                              .certificate = config->console_certificate,
                                              .key = config->console_key,
                                              .connections = CONNECTIONS,
                                              .give = give,
                                              .context = pages},
                     &bound, err);
    if (pages->server == NULL) {
        public_stop(pages);
        return NULL;
    }
    log_line(LOG_INFO, "public_pages", LOG_TEXT("address", config->public_address),
             LOG_NUMBER("port", bound));
    return pages;
}

void public_stop(struct public_pages *pages)
{
    if (pages != NULL) {
        server_stop(pages->server);
        casebook_close(pages->casebook);
        limit_free(pages->limit);
        limit_free(pages->list_limit);
        shelf_free(pages->shelf);
        site_why_free(pages->why);
        buf_fini(&pages->folder);
        free(pages);
    }
}
