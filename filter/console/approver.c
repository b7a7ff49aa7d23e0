#include "filter/console/approver.h"

#include <netinet/in.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <ulfius.h>

#include "filter/base/err.h"
#include "filter/base/mem.h"
#include "filter/console/approver_page.h"
#include "filter/console/sign_here.h"
#include "filter/console/style.h"

enum { SECRET = 44, BODY_MOST = 1 << 20, ARENA_MOST = 16 << 20, COOKIE = 128 };

#define COOKIE_NAME "saring-penyetuju"

struct approver {
    struct _u_instance instance;
    struct approver_desk desk;
    const char *server;
    unsigned port;
    bool is_signed_in;
    char entry[SECRET], cookie[SECRET], csrf[SECRET]; /* of this run of the program */
};

/* One request. */
struct visit {
    struct approver *approver;
    const struct _u_request *request;
    struct _u_response *response;
    struct arena *arena;
    struct approver_page page;
    unsigned status;
};

static void make_secret(char out[SECRET])
{
    unsigned char bits[32];
    randombytes_buf(bits, sizeof bits);
    sodium_bin2base64(out, SECRET, bits, sizeof bits, sodium_base64_VARIANT_URLSAFE_NO_PADDING);
}

static bool is_secret(const char *given, const char secret[SECRET])
{
    return given != NULL && strlen(given) == SECRET - 1 &&
           sodium_memcmp(given, secret, SECRET - 1) == 0;
}

/* Under which name a browser may ask: others are another site's (DNS rebinding). */
static bool is_host(const struct approver *approver, const char *host, const char *before)
{
    char names[2][64];
    snprintf(names[0], sizeof names[0], "%s127.0.0.1:%u", before, approver->port);
    snprintf(names[1], sizeof names[1], "%slocalhost:%u", before, approver->port);
    return host != NULL && (strcmp(host, names[0]) == 0 || strcmp(host, names[1]) == 0);
}

static void put_header(struct _u_response *response, const char *name, const char *value)
{
    if (ulfius_add_header_to_response(response, name, value) != U_OK) {
        abort(); /* no memory: nowhere else does the program go on without it either */
    }
}

static int answer(struct visit *visit, const char *type, struct str body)
{
    put_header(visit->response, "Content-Type", type);
    if (body.len == 0) {
        return ulfius_set_empty_body_response(visit->response, visit->status) == U_OK
                   ? U_CALLBACK_COMPLETE
                   : U_CALLBACK_ERROR;
    }
    return ulfius_set_binary_body_response(visit->response, visit->status, body.at, body.len) ==
                   U_OK
               ? U_CALLBACK_COMPLETE
               : U_CALLBACK_ERROR;
}

static int finish(struct visit *visit)
{
    int done = answer(visit, "text/html; charset=utf-8", html_str(visit->page.html));
    html_free(visit->page.html);
    arena_free(visit->arena);
    return done;
}

static int go(struct visit *visit, const char *path)
{
    put_header(visit->response, "Location", path);
    visit->status = 303;
    int done = answer(visit, "text/plain; charset=utf-8", STR(""));
    html_free(visit->page.html);
    arena_free(visit->arena);
    return done;
}

static int fail(struct visit *visit, unsigned status, struct str problem)
{
    visit->status = status;
    visit->page.problem = problem;
    approver_page_plain(&visit->page);
    return finish(visit);
}

static int show_sign_in(struct visit *visit, unsigned status, struct str problem)
{
    visit->approver->is_signed_in = false;
    visit->page.is_signed_in = false;
    visit->page.problem = problem;
    visit->status = status;
    approver_page_sign_in(&visit->page);
    return finish(visit);
}

/* What a step that was not done leads to. */
static int explain(struct visit *visit, enum desk_answer result, const struct err *err)
{
    switch (result) {
    case DESK_DONE:
        break;
    case DESK_SIGN_IN:
        return show_sign_in(visit, 200, STR("Masuk dulu / sign in first"));
    case DESK_WRONG:
        return show_sign_in(visit, 403,
                            STR("Nama, kata sandi atau kode salah / name, password or code wrong"));
    case DESK_WAIT:
        return fail(visit, 429, STR("Terlalu sering: tunggu sebentar / too often: wait a moment"));
    case DESK_REFUSED:
        return fail(visit, 403, str_of(err->message));
    case DESK_FAILED:
        return fail(visit, 502, str_of(err->message));
    }
    return fail(visit, 500, STR("?"));
}

static struct visit begin(struct approver *approver, const struct _u_request *request,
                          struct _u_response *response)
{
    return (struct visit){
        .approver = approver,
        .request = request,
        .response = response,
        .arena = arena_new(ARENA_MOST),
        .page = {.html = html_new(),
                 .csrf = str_of(approver->csrf),
                 .problem = STR(""),
                 .server = approver->server,
                 .is_signed_in = approver->is_signed_in},
        .status = 200,
    };
}

/* Whether whoever asks opened the address that this program printed, in this very browser. */
static bool may_come_in(const struct visit *visit)
{
    const struct approver *approver = visit->approver;
    return is_host(approver, u_map_get_case(visit->request->map_header, "Host"), "") &&
           is_secret(u_map_get(visit->request->map_cookie, COOKIE_NAME), approver->cookie);
}

/* Of a form: it is from a page of ours. */
static bool is_ours(const struct visit *visit)
{
    const struct approver *approver = visit->approver;
    return is_host(approver, u_map_get_case(visit->request->map_header, "Origin"), "http://") &&
           is_secret(u_map_get(visit->request->map_post_body, "csrf"), approver->csrf);
}

static struct str field(const struct visit *visit, const char *name)
{
    const char *value = u_map_get(visit->request->map_post_body, name);
    return str_of(value != NULL ? value : "");
}

static int not_ours(struct visit *visit)
{
    return fail(visit, 403,
                STR("Buka alamat yang dicetak saring approver di terminal / open the address that "
                    "saring approver printed in the terminal"));
}

static int come_in(const struct _u_request *request, struct _u_response *response, void *data)
{
    struct visit visit = begin(data, request, response);
    const struct approver *approver = data;
    char cookie[COOKIE];
    if (!is_host(approver, u_map_get_case(request->map_header, "Host"), "") ||
        !is_secret(u_map_get(request->map_url, "secret"), approver->entry)) {
        return not_ours(&visit);
    }
    snprintf(cookie, sizeof cookie, COOKIE_NAME "=%s; Path=/; HttpOnly; SameSite=Strict",
             approver->cookie);
    put_header(response, "Set-Cookie", cookie);
    /* A page, not a redirection: a Strict cookie does not go along when a terminal led here. */
    HTML(visit.page.html, "<!DOCTYPE html>\n<html lang=\"id\"><head><meta charset=\"utf-8\">"
                          "<meta http-equiv=\"refresh\" content=\"0;url=/\"><title>saring</title>"
                          "</head><body><p><a href=\"/\">saring</a></p></body></html>\n");
    return finish(&visit);
}

static int give_list(const struct _u_request *request, struct _u_response *response, void *data)
{
    struct visit visit = begin(data, request, response);
    struct err err = ERR_NONE;
    json_t *cases = NULL;
    if (!may_come_in(&visit)) {
        return not_ours(&visit);
    }
    if (!visit.approver->is_signed_in) {
        return show_sign_in(&visit, 200, STR(""));
    }
    enum desk_answer result = desk_waiting(&visit.approver->desk, &cases, &err);
    if (result != DESK_DONE) {
        return explain(&visit, result, &err);
    }
    approver_page_list(&visit.page, cases);
    json_decref(cases);
    return finish(&visit);
}

static int take_sign_in(const struct _u_request *request, struct _u_response *response, void *data)
{
    struct visit visit = begin(data, request, response);
    struct err err = ERR_NONE;
    if (!may_come_in(&visit) || !is_ours(&visit)) {
        return not_ours(&visit);
    }
    enum desk_answer result = desk_sign_in(&visit.approver->desk, field(&visit, "name"),
                                           field(&visit, "password"), field(&visit, "code"), &err);
    if (result != DESK_DONE) {
        return explain(&visit, result, &err);
    }
    visit.approver->is_signed_in = true;
    return go(&visit, "/");
}

static int take_sign_out(const struct _u_request *request, struct _u_response *response, void *data)
{
    struct visit visit = begin(data, request, response);
    if (!may_come_in(&visit) || !is_ours(&visit)) {
        return not_ours(&visit);
    }
    desk_sign_out(&visit.approver->desk);
    visit.approver->is_signed_in = false;
    return go(&visit, "/");
}

static bool read_id(const struct _u_request *request, int64_t *id)
{
    const char *text = u_map_get(request->map_url, "id");
    *id = 0;
    for (; text != NULL && *text >= '0' && *text <= '9' && *id < INT64_MAX / 100; text++) {
        *id = *id * 10 + (*text - '0');
    }
    return text != NULL && *text == '\0' && *id > 0;
}

/* Comes in, and gets the case; false: that is answered already, with `*status`. */
static bool look(struct visit *visit, struct desk_case *one, bool is_form, int *done)
{
    struct err err = ERR_NONE;
    int64_t id;
    const char *said = u_map_get(visit->request->map_url, "said");
    *one = (struct desk_case){.id = 0};
    if (!may_come_in(visit) || (is_form && !is_ours(visit))) {
        *done = not_ours(visit);
        return false;
    }
    if (!read_id(visit->request, &id)) {
        *done = fail(visit, 404, STR("Tidak ada kasus itu / no such case"));
        return false;
    }
    if (!visit->approver->is_signed_in) {
        *done = show_sign_in(visit, 200, STR(""));
        return false;
    }
    enum desk_answer result = desk_look(&visit->approver->desk, id,
                                        str_of(said != NULL ? said : ""), visit->arena, one, &err);
    if (result != DESK_DONE) {
        desk_case_fini(one);
        *done = explain(visit, result, &err);
        return false;
    }
    return true;
}

static int give_case(const struct _u_request *request, struct _u_response *response, void *data)
{
    struct visit visit = begin(data, request, response);
    struct desk_case one;
    int done;
    if (!look(&visit, &one, false, &done)) {
        return done;
    }
    approver_page_case(&visit.page, &one);
    desk_case_fini(&one);
    return finish(&visit);
}

/* A form's end: back to the case with the name of what came of it, or the reason. */
static int end(struct visit *visit, struct desk_case *one, enum desk_answer result,
               struct buf *said, const struct err *err)
{
    char path[160];
    snprintf(path, sizeof path, "/case/%lld/%s%.64s", (long long)one->id,
             said->len > 0 ? "?said=" : "", said->len > 0 ? said->bytes : "");
    buf_fini(said);
    desk_case_fini(one);
    return result == DESK_DONE ? go(visit, path) : explain(visit, result, err);
}

static int take_answer(const struct _u_request *request, struct _u_response *response, void *data)
{
    struct visit visit = begin(data, request, response);
    struct casebook_answers answers;
    struct desk_case one;
    struct buf said = BUF_EMPTY;
    struct err err = ERR_NONE;
    int done;
    if (!look(&visit, &one, true, &done)) {
        return done;
    }
    for (int i = 0; i < CASEBOOK_TEST_COUNT; i++) {
        struct str given = field(&visit, casebook_test_name((enum casebook_test)i));
        if (!str_is(given, "yes") && !str_is(given, "no")) {
            desk_case_fini(&one);
            return fail(&visit, 400, STR("Jawab semuanya / answer all of them"));
        }
        answers.of[i] = str_is(given, "yes") ? ANSWER_YES : ANSWER_NO;
    }
    enum desk_answer result = desk_tell(&visit.approver->desk, &one, &answers, &said, &err);
    return end(&visit, &one, result, &said, &err);
}

static int take_sign(const struct _u_request *request, struct _u_response *response, void *data)
{
    struct visit visit = begin(data, request, response);
    struct desk_case one;
    struct buf said = BUF_EMPTY;
    struct err err = ERR_NONE;
    int done;
    if (!look(&visit, &one, true, &done)) {
        return done;
    }
    enum desk_answer result =
        desk_approve(&visit.approver->desk, &one, field(&visit, "hash"), field(&visit, "conflict"),
                     field(&visit, "code"), &said, &err);
    return end(&visit, &one, result, &said, &err);
}

static int take_decline(const struct _u_request *request, struct _u_response *response, void *data)
{
    struct visit visit = begin(data, request, response);
    struct desk_case one;
    struct buf said = BUF_EMPTY;
    struct err err = ERR_NONE;
    int done;
    if (!look(&visit, &one, true, &done)) {
        return done;
    }
    bool rejects = str_is(field(&visit, "action"), "reject");
    enum desk_answer result =
        desk_decline(&visit.approver->desk, &one, rejects ? ACTION_REJECT : ACTION_RETURN,
                     field(&visit, "reason"), &said, &err);
    return end(&visit, &one, result, &said, &err);
}

static int take_decide(const struct _u_request *request, struct _u_response *response, void *data)
{
    struct visit visit = begin(data, request, response);
    struct desk_case one;
    struct buf said = BUF_EMPTY;
    struct err err = ERR_NONE;
    enum casebook_action action;
    int done;
    if (!look(&visit, &one, true, &done)) {
        return done;
    }
    if (!casebook_action_parse(field(&visit, "action"), &action) ||
        (action != ACTION_UPHOLD && action != ACTION_ABUSIVE && action != ACTION_OVERTURN)) {
        desk_case_fini(&one);
        return fail(&visit, 400, STR("Putusan apa? / which decision?"));
    }
    enum desk_answer result =
        desk_decide(&visit.approver->desk, &one, action, field(&visit, "reason"), &said, &err);
    return end(&visit, &one, result, &said, &err);
}

/* "/case?id=12", from the form on the list. */
static int find_case(const struct _u_request *request, struct _u_response *response, void *data)
{
    struct visit visit = begin(data, request, response);
    char path[64];
    int64_t id;
    if (!may_come_in(&visit)) {
        return not_ours(&visit);
    }
    if (!read_id(request, &id)) {
        return fail(&visit, 404, STR("Tidak ada kasus itu / no such case"));
    }
    snprintf(path, sizeof path, "/case/%lld/", (long long)id);
    return go(&visit, path);
}

static int give_document(const struct _u_request *request, struct _u_response *response, void *data)
{
    struct visit visit = begin(data, request, response);
    if (!may_come_in(&visit)) {
        return not_ours(&visit);
    }
    approver_page_document_form(&visit.page);
    return finish(&visit);
}

/* Reads it, and signs it if the bytes are those that were shown: no server has a part in it. */
static int take_document(struct visit *visit, bool signs)
{
    const struct approver_desk *desk = &visit->approver->desk;
    struct approver_document document;
    struct buf armored = BUF_EMPTY;
    struct err err = ERR_NONE;
    char hex[HASH_HEX];
    if (!may_come_in(visit) || !is_ours(visit)) {
        return not_ours(visit);
    }
    bool done = approver_document_read(field(visit, "bytes"), &desk->key,
                                       clock_now_ms(&desk->clock), visit->arena, &document, &err);
    if (done && signs) {
        done = (str_is(field(visit, "hash"), hash_format(&document.hash, hex)) ||
                err_set(&err, "the bytes changed since they were shown: look again before you "
                              "sign")) &&
               sign_here(desk->key_path, &desk->key, document.bytes, &armored, &err);
    }
    if (done) {
        approver_page_document(&visit->page, &document, buf_str(&armored));
    }
    approver_document_fini(&document);
    buf_fini(&armored);
    return done ? finish(visit) : fail(visit, 403, str_of(err.message));
}

static int read_document(const struct _u_request *request, struct _u_response *response, void *data)
{
    struct visit visit = begin(data, request, response);
    return take_document(&visit, false);
}

static int sign_document(const struct _u_request *request, struct _u_response *response, void *data)
{
    struct visit visit = begin(data, request, response);
    return take_document(&visit, true);
}

static int give_style(const struct _u_request *request, struct _u_response *response, void *data)
{
    (void)request;
    (void)data;
    struct str text = style_text();
    put_header(response, "Content-Type", "text/css; charset=utf-8");
    return ulfius_set_binary_body_response(response, 200, text.at, text.len) == U_OK
               ? U_CALLBACK_COMPLETE
               : U_CALLBACK_ERROR;
}

static int give_nothing(const struct _u_request *request, struct _u_response *response, void *data)
{
    struct visit visit = begin(data, request, response);
    return may_come_in(&visit) ? fail(&visit, 404, STR("Tidak ada / not here")) : not_ours(&visit);
}

static const struct {
    const char *method, *path;
    int (*give)(const struct _u_request *request, struct _u_response *response, void *data);
} routes[] = {
    {"GET", "/masuk/:secret", come_in},        {"GET", "/", give_list},
    {"POST", "/sign-in", take_sign_in},        {"POST", "/sign-out", take_sign_out},
    {"GET", "/case/:id/", give_case},          {"POST", "/case/:id/answer", take_answer},
    {"POST", "/case/:id/sign", take_sign},     {"POST", "/case/:id/decline", take_decline},
    {"POST", "/case/:id/decide", take_decide}, {"GET", "/case", find_case},
    {"GET", "/document", give_document},       {"POST", "/document", read_document},
    {"POST", "/document/sign", sign_document},
};

static const struct {
    const char *name, *value;
} headers[] = {
    {"Content-Security-Policy", "default-src 'none'; style-src 'self'; form-action 'self'; "
                                "base-uri 'none'; frame-ancestors 'none'"},
    {"X-Content-Type-Options", "nosniff"},
    {"X-Frame-Options", "DENY"},
    /* Not no-referrer, with which browsers send "Origin: null" with a page's own forms. */
    {"Referrer-Policy", "same-origin"},
    {"Cross-Origin-Opener-Policy", "same-origin"},
    {"Cross-Origin-Resource-Policy", "same-origin"},
    {"Cache-Control", "no-store"},
};

static bool add_routes(struct approver *approver)
{
    struct _u_instance *instance = &approver->instance;
    bool done = true;
    for (size_t i = 0; i < sizeof headers / sizeof *headers; i++) {
        done &= u_map_put(instance->default_headers, headers[i].name, headers[i].value) == U_OK;
    }
    for (size_t i = 0; i < sizeof routes / sizeof *routes; i++) {
        done &= ulfius_add_endpoint_by_val(instance, routes[i].method, NULL, routes[i].path, 0,
                                           routes[i].give, approver) == U_OK;
    }
    done &= ulfius_add_endpoint_by_val(instance, "GET", NULL, style_path().at, 0, give_style,
                                       approver) == U_OK;
    return done && ulfius_set_default_endpoint(instance, give_nothing, approver) == U_OK;
}

/* Any free port of 127.0.0.1, unless one was asked for. */
static unsigned find_port(unsigned wanted)
{
    struct sockaddr_in here = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t len = sizeof here;
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (wanted == 0 && fd >= 0 && bind(fd, (struct sockaddr *)&here, len) == 0 &&
        getsockname(fd, (struct sockaddr *)&here, &len) == 0) {
        wanted = ntohs(here.sin_port);
    }
    if (fd >= 0) {
        close(fd);
    }
    return wanted;
}

static bool serve_at(struct approver *approver, unsigned port)
{
    struct sockaddr_in here = {.sin_family = AF_INET,
                               .sin_addr.s_addr = htonl(INADDR_LOOPBACK),
                               .sin_port = htons((uint16_t)port)};
    approver->port = port;
    if (ulfius_init_instance(&approver->instance, port, &here, NULL) != U_OK) {
        return false;
    }
    approver->instance.max_post_body_size = BODY_MOST;
    approver->instance.max_post_param_size = BODY_MOST;
    return add_routes(approver) && ulfius_start_framework(&approver->instance) == U_OK;
}

/* A free port may be somebody else's a moment later. */
static bool serve(struct approver *approver, unsigned wanted, struct err *err)
{
    for (int tries = wanted == 0 ? 5 : 1; tries > 0; tries--) {
        if (serve_at(approver, find_port(wanted))) {
            return true;
        }
        ulfius_clean_instance(&approver->instance);
        memset(&approver->instance, 0, sizeof approver->instance);
    }
    return err_set(err, "port %u of 127.0.0.1 cannot be listened on: is it in use?",
                   approver->port);
}

static bool set_up(struct approver *approver, const struct approver_options *options,
                   struct err *err)
{
    struct approver_desk *desk = &approver->desk;
    desk->clock = clock_system();
    desk->key_path = options->key;
    desk->remote = remote_new(options->server, options->ca, err);
    if (desk->remote == NULL || !sign_here_key(options->key, &desk->key, err)) {
        return false;
    }
    desk->guard = blocklist_guard_shipped(options->rules, err);
    return desk->guard != NULL && serve(approver, options->port, err);
}

struct approver *approver_start(const struct approver_options *options,
                                char address[APPROVER_ADDRESS], struct err *err)
{
    struct approver *approver = mem_zero(1, sizeof *approver);
    approver->server = options->server;
    make_secret(approver->entry);
    make_secret(approver->cookie);
    make_secret(approver->csrf);
    if (!set_up(approver, options, err)) {
        approver_stop(approver);
        return NULL;
    }
    snprintf(address, APPROVER_ADDRESS, "http://127.0.0.1:%u/masuk/%s", approver->port,
             approver->entry);
    return approver;
}

void approver_stop(struct approver *approver)
{
    if (approver == NULL) {
        return;
    }
    if (approver->instance.mhd_daemon != NULL) {
        ulfius_stop_framework(&approver->instance);
        ulfius_clean_instance(&approver->instance);
    }
    remote_free(approver->desk.remote);
    blocklist_guard_free(approver->desk.guard);
    sodium_memzero(approver, sizeof *approver);
    free(approver);
}
