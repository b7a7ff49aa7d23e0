/*
 * From a request to its answer, with a casebook behind it, all of the request from outside. Lines:
 * method, target, Accept, Authorization, Content-Type, Cookie, Origin, If-None-Match, and the rest
 * is the body. "Bearer T" stands for a token of the scope rules:read, "Bearer S" for one of
 * sources:read. Whatever is asked: JSON is JSON, a problem has its status, nobody but who may
 * reads, and no case moves.
 */
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "filter/base/clock.h"
#include "filter/base/err.h"
#include "filter/base/hash.h"
#include "filter/base/post.h"
#include "filter/casebook/internal.h"
#include "filter/casebook/machine.h"
#include "filter/console/answer.h"
#include "filter/console/asked.h"
#include "filter/verdict/verdict.h"
#include "tests/fuzz/fuzz.h"

#define NOW ((int64_t)1795622400000)

enum { TOKENS = 20 }; /* of each scope, as one may ask only so often */

static struct {
    char folder[40], path[64];
    struct clock clock;
    struct answers *answers;
    struct casebook *reader;
    char tokens[2][TOKENS][CASEBOOK_MACHINE_TOKEN];
    int64_t version, head;
    unsigned asked;
} site;

static void require(bool holds)
{
    if (!holds) {
        abort();
    }
}

/* As if two people had released it. */
static void release(struct casebook *casebook, const struct verdict_rule *rule)
{
    struct err err = ERR_NONE;
    const struct casebook_release row = {.season = STR("demo"),
                                         .rule_id = rule->id,
                                         .submitter = STR("penulis"),
                                         .releaser = STR("pelepas"),
                                         .release = verdict_rule_release(rule),
                                         .revision = rule->revision};
    require(casebook_release_put(casebook, &row, &err));
}

static void flag(struct casebook *casebook)
{
    struct err err = ERR_NONE;
    enum casebook_flagged outcome;
    struct rule_evidence evidence = {.url = STR("https://lembaga-contoh.example/x"),
                                     .publisher = STR("Lembaga Contoh"),
                                     .published_ms = NOW,
                                     .impersonates = STR("Lembaga Contoh"),
                                     .valid_from_ms = CLOCK_NEVER,
                                     .valid_until_ms = CLOCK_NEVER,
                                     .rated_ms = CLOCK_NEVER};
    struct verdict_span span = {.field = STR("text"), .span = {0, 4}, .text = STR("awas")};
    struct verdict_rule rule = {.id = STR("aturan-uji"),
                                .title = STR("Judul <aturan>"),
                                .level = STR("high"),
                                .class = RULE_FRAUD,
                                .revision = hash_sha256(STR("uji")),
                                .evidence = &evidence,
                                .evidence_count = 1,
                                .spans = &span,
                                .span_count = 1};
    struct verdict verdict = {.post = POST_EMPTY,
                              .key = hash_sha256(STR("p1")),
                              .ruleset = STR("uji"),
                              .rules = &rule,
                              .rule_count = 1};
    verdict.post.id = STR("p1");
    verdict.post.source = STR("uji");
    verdict.post.fields[POST_TEXT] = STR("awas \"\\ <b> dan seterusnya");
    release(casebook, &rule);
    require(casebook_flag(casebook, &verdict, &outcome, &err) && outcome == CASEBOOK_OPENED);
}

static void make_tokens(struct casebook *casebook)
{
    static const enum casebook_scope scopes[] = {SCOPE_RULES, SCOPE_SOURCES};
    for (unsigned i = 0; i < 2 * TOKENS; i++) {
        struct err err = ERR_NONE;
        int64_t end_ms;
        char name[16];
        snprintf(name, sizeof name, "t%u", i);
        require(casebook_machine_add(casebook, str_of(name), 1u << scopes[i / TOKENS], 90,
                                     STR("uji"), site.tokens[i / TOKENS][i % TOKENS], &end_ms,
                                     &err));
    }
}

static void remove_site(void)
{
    static const char *const names[] = {"casebook.db", "casebook.db-wal", "casebook.db-shm",
                                        "casebook.db.key", "audit.head"};
    char path[96];
    answers_free(site.answers);
    casebook_close(site.reader);
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        snprintf(path, sizeof path, "%s/%s", site.folder, names[i]);
        unlink(path);
    }
    rmdir(site.folder);
}

static int64_t version_of_case(void)
{
    struct err err = ERR_NONE;
    struct casebook_page one;
    bool found;
    struct arena *arena = arena_new(1 << 20);
    require(casebook_show(site.reader, 1, arena, &one, &found, &err) && found);
    int64_t version = one.summary.version;
    arena_free(arena);
    return version;
}

static int64_t head_of_log(void)
{
    struct err err = ERR_NONE;
    struct hash hash;
    int64_t seq;
    require(casebook_head(site.reader, &seq, &hash, &err));
    return seq;
}

static void build_site(void)
{
    struct err err = ERR_NONE;
    snprintf(site.folder, sizeof site.folder, "/dev/shm/saring-answer.XXXXXX");
    require(hash_start(&err) && mkdtemp(site.folder) != NULL);
    snprintf(site.path, sizeof site.path, "%s/casebook.db", site.folder);
    site.clock = clock_fixed(NOW);
    struct casebook *casebook = casebook_open(site.path, &site.clock, &err);
    require(casebook != NULL);
    flag(casebook);
    make_tokens(casebook);
    casebook_close(casebook);
    const struct answers_options options = {.casebook = site.path, .clock = &site.clock};
    site.answers = answers_new(&options);
    site.reader = casebook_open_read(site.path, &site.clock, &err);
    require(site.reader != NULL);
    site.version = version_of_case();
    site.head = head_of_log();
    atexit(remove_site);
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

static bool is_json(const struct response *response)
{
    return response->type != NULL && (strcmp(response->type, "application/json") == 0 ||
                                      strcmp(response->type, "application/problem+json") == 0);
}

static void check_json(const struct response *response)
{
    json_t *parsed =
        json_loadb(response->body.bytes, response->body.len, JSON_REJECT_DUPLICATES, NULL);
    require(json_is_object(parsed));
    if (response->status >= 400) {
        require(strcmp(response->type, "application/problem+json") == 0);
        require(json_integer_value(json_object_get(parsed, "status")) == response->status);
    } else {
        require(strcmp(response->type, "application/json") == 0);
    }
    json_decref(parsed);
}

/* Nobody is signed in here: 200 is for what is open, for the demonstration, and for the token. */
static void check_rights(const struct request *request, enum casebook_scope scope)
{
    enum request_method method = request->method == METHOD_POST ? METHOD_POST : METHOD_GET;
    const struct route *route = route_find(request->place.route, method);
    require(route != NULL && request->answer == PLACE_FOUND);
    if (request->is_bearer && route_is_for_people(route)) {
        require(scope != SCOPE_NONE);
        require(route->scope == scope || (route->roles == 0 && route->gives == GIVES_JSON));
        return;
    }
    require(route->roles == 0 || route->is_open_in_demo);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (site.answers == NULL) {
        build_site();
    }
    struct str rest = {.at = (const char *)data, .len = size};
    struct request_names names = {.address = STR("127.0.0.1")};
    char peer[24], bearer[64];
    unsigned which = site.asked++;
    snprintf(peer, sizeof peer, "127.%u.%u.1", which >> 8 & 255, which & 255);
    struct request_head head = {.host = STR("localhost:8420"), .hosts = 1, .peer = str_of(peer)};
    head.method = take_line(&rest);
    head.target = take_line(&rest);
    head.accept = take_line(&rest);
    head.authorization = take_line(&rest);
    head.content_type = take_line(&rest);
    head.cookie = take_line(&rest);
    head.origin = take_line(&rest);
    head.if_none_match = take_line(&rest);
    head.body = rest;
    enum casebook_scope scope = str_is(head.authorization, "Bearer T")   ? SCOPE_RULES
                                : str_is(head.authorization, "Bearer S") ? SCOPE_SOURCES
                                                                         : SCOPE_NONE;
    if (scope != SCOPE_NONE) {
        snprintf(bearer, sizeof bearer, "Bearer %s",
                 site.tokens[scope == SCOPE_SOURCES][which % TOKENS]);
        head.authorization = str_of(bearer);
    }
    struct request request = request_read(&head, &names);
    struct response response;
    answers_give(site.answers, &request, &response);
    require(response.status >= 200 && response.status < 500);
    if (response.status == 200) {
        check_rights(&request, scope);
    }
    if (is_json(&response) && response.status != 304) {
        check_json(&response);
    }
    require(response.status != 401 || response.challenge[0] != '\0');
    require(response.status != 405 || response.allow != NULL);
    require(version_of_case() == site.version);
    require(head_of_log() <= site.head + 1); /* the one row that counts what was refused */
    buf_fini(&response.body);
    return 0;
}
