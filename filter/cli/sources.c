/* saring sources: where posts come from. What is done is in feeds/; here are its words. */
#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "feeds/edit.h"
#include "feeds/once.h"
#include "feeds/opml.h"
#include "feeds/request.h"
#include "feeds/status.h"
#include "feeds/webhook.h"
#include "filter/base/arena.h"
#include "filter/base/err.h"
#include "filter/base/file.h"
#include "filter/base/hash.h"
#include "filter/base/mem.h"
#include "filter/base/state_dir.h"
#include "filter/cli/cli.h"
#include "filter/cli/commands.h"
#include "filter/cli/options.h"
#include "filter/cli/terminal.h"
#include "filter/pipeline/config.h"

enum { MAX_FILE = 4 << 20, MAX_CONFIG = 1 << 20 };

struct sources_command {
    const char *config_path, *file, *state_option;
    const char *id, *name, *kind, *organisation, *lang;
    const char *secret;
    bool is_json, is_live, is_enabled;
    struct cli_words words; /* behind the verb */
    struct arena *arena;
    struct config config;
    struct feeds_once_options how;
    struct buf text; /* the file's */
    struct feeds_sources *sources;
    const struct feeds_source *list;
    size_t count;
};

static void print_help(void)
{
    puts("saring sources list | check [ID…] [--live] | fetch ID|URL|FILE\n"
         "saring sources add URL [--organisation O] [--id ID] [--kind K] [--enable]\n"
         "saring sources remove ID | enable ID | disable ID\n"
         "saring sources import FILE.opml | export | receive --secret FILE\n"
         "\n"
         "  list     semua sumber / all sources\n"
         "  check    keadaan, kabar terakhir, kapan lagi, apa yang harus dilakukan / how\n"
         "           each is and what to do; exits 1 if one fails; --live: sekarang / now\n"
         "  fetch    baca sekali, pos sebagai NDJSON / read once, posts as NDJSON\n"
         "  add      menemukan umpan pada halaman; mati dulu / finds the feed on a page;\n"
         "           off at first; --name N, --lang L\n"
         "  import   dari OPML, semuanya mati / from OPML, all off; export: OPML\n"
         "  receive  dorongan bertanda HMAC: badan di stdin, X-Saring-Timestamp dan\n"
         "           -Signature seperti CGI / a signed push as CGI hands it on\n"
         "  --sources FILE   bawaan dari saring.yml / by default from saring.yml (-c)\n"
         "  --state DIR  --json\n"
         "\n"
         "Umpan satu akun hanya dari lembaga / feeds of one account only of organisations:\n"
         "--organisation. Berlaku saat saring run mulai lagi / in force when it restarts.\n"
         "\n"
         "  saring sources add https://kaltara.example --organisation 'Kabar Kaltara'");
}

static int cannot(const struct err *err)
{
    char text[800];
    struct buf line = BUF_EMPTY;
    cli_put_line(&line, str_of(err_format(err, text, sizeof text)));
    fprintf(stderr, "saring sources: %s\n", line.bytes);
    buf_fini(&line);
    return CLI_CANNOT;
}

static bool print_and_free(struct buf *out, struct err *err)
{
    bool done = out->len == 0 || cli_print(out, err);
    buf_fini(out);
    return done;
}

/* `is_optional`: what is asked for need not be in the file. */
static bool open_file(struct sources_command *command, bool is_optional, struct err *err)
{
    if (!config_load(command->config_path, command->arena, &command->config, err)) {
        return false;
    }
    command->how = (struct feeds_once_options){command->config.contact, command->config.proxy};
    command->file = command->file != NULL ? command->file : command->config.sources;
    bool is_there = !is_optional || access(command->file, F_OK) == 0;
    if (is_there && !file_read(command->file, MAX_FILE, &command->text, err)) {
        return err_in_file(err, command->file);
    }
    buf_put(&command->text, "", 0);
    command->sources = feeds_sources_parse(buf_str(&command->text), command->file, err);
    if (command->sources == NULL) {
        return false;
    }
    command->list = feeds_sources_all(command->sources, &command->count);
    return true;
}

static const struct feeds_source *find(const struct sources_command *command, const char *id,
                                       struct err *err)
{
    const struct feeds_source *source = feeds_edit_find(command->sources, str_of(id));
    if (source == NULL) {
        err_set(err,
                "tidak ada sumber '%s' di %s / there is no such source; see: saring sources "
                "list",
                id, command->file);
    }
    return source;
}

static struct feeds_state *load_states(const struct sources_command *command, struct err *err)
{
    struct buf path = BUF_EMPTY;
    const char *state =
        command->state_option != NULL ? command->state_option : command->config.state;
    struct feeds_state *states = NULL;
    if (state_dir(state, &path, err)) {
        states = mem_zero(command->count, sizeof *states);
        buf_put_string(&path, "/ingest/feeds.state"); /* where `saring run` keeps it */
        feeds_state_load(path.bytes, command->list, command->count, states);
    }
    buf_fini(&path);
    return states;
}

static void free_states(struct feeds_state *states, size_t count)
{
    for (size_t i = 0; states != NULL && i < count; i++) {
        feeds_state_fini(&states[i]);
    }
    free(states);
}

static void put_time(struct buf *out, const char *name, int64_t time_ms)
{
    char text[CLOCK_TEXT];
    if (time_ms > 0) {
        buf_put_json_field(out, name, str_of(clock_format(time_ms, text)));
    }
}

static void put_source(const struct sources_command *command, const struct feeds_source *source,
                       const struct feeds_state *state, int64_t now_ms, struct buf *out)
{
    const char *status = feeds_status_name(feeds_status_of(source, state, now_ms));
    struct str place = source->url.len > 0 ? source->url : source->path;
    if (command->is_json) {
        buf_put_char(out, '{');
        buf_put_json_field(out, "id", source->id);
        buf_put_json_field(out, "name", source->name);
        buf_put_json_field(out, "kind", str_of(feeds_kind_name(source->kind)));
        buf_put_json_field(out, "place", place);
        buf_put_json_field(out, "organisation", source->organisation);
        buf_printf(out, ",\"enabled\":%s", source->is_enabled ? "true" : "false");
        buf_put_json_field(out, "status", str_of(status));
        put_time(out, "fetched", state->fetched_ms);
        put_time(out, "changed", state->changed_ms);
        put_time(out, "next", state->due_ms);
        if (state->error != NULL) {
            buf_put_json_field(out, "error", str_of(state->error));
        }
        buf_put_string(out, "}\n");
        return;
    }
    cli_put_cell(out, source->id, 28);
    buf_printf(out, " %-8s %-11s ", status, feeds_kind_name(source->kind));
    cli_put_line(out, place);
    buf_put_char(out, '\n');
}

static int list(struct sources_command *command, struct err *err)
{
    struct clock clock = clock_system();
    struct buf out = BUF_EMPTY;
    struct feeds_state *states = load_states(command, err);
    if (states == NULL) {
        return cannot(err);
    }
    assert(command->list != NULL || command->count == 0);
    for (size_t i = 0; i < command->count; i++) {
        put_source(command, &command->list[i], &states[i], clock_now_ms(&clock), &out);
    }
    free_states(states, command->count);
    return print_and_free(&out, err) ? CLI_FINE : cannot(err);
}

static void put_once(const struct feeds_once *once, bool is_fine, const struct err *err,
                     struct buf *out)
{
    char time[CLOCK_TEXT];
    if (!is_fine) {
        buf_put_string(out, "  sekarang/now: ");
        cli_put_line(out, str_of(err->message));
        buf_put_char(out, '\n');
        for (size_t i = 0; i < once->found.count; i++) {
            buf_put_string(out, "  mungkin/perhaps: ");
            cli_put_line(out, feeds_discovered_url(&once->found, i));
            buf_put_char(out, '\n');
        }
        return;
    }
    buf_printf(out, "  sekarang/now: %zu pos/posts, %s%s", once->entries,
               once->version[0] != '\0' ? once->version : "format lain/other format",
               once->is_broken ? ", cacat tetapi terbaca / malformed but readable" : "");
    if (once->newest_ms != CLOCK_NEVER) {
        buf_printf(out, ", terbaru/newest %s", clock_format(once->newest_ms, time));
    }
    if (once->has_moved) {
        buf_put_string(out, ", pindah ke/moved to ");
        cli_put_line(out, buf_str(&once->url));
    }
    buf_put_char(out, '\n');
}

static bool check_one(struct sources_command *command, const struct feeds_source *source,
                      const struct feeds_state *state, struct buf *out)
{
    struct clock clock = clock_system();
    int64_t now_ms = clock_now_ms(&clock);
    struct buf words = BUF_EMPTY;
    enum feeds_status status = feeds_status_of(source, state, now_ms);
    bool is_fine = status != FEEDS_STATUS_FAILING && status != FEEDS_STATUS_GONE;
    put_source(command, source, state, now_ms, out);
    if (!command->is_json) {
        feeds_status_explain(source, state, now_ms, &words);
        buf_put_string(out, "  ");
        cli_put_line(out, buf_str(&words));
        buf_put_char(out, '\n');
    }
    if (command->is_live) {
        struct feeds_once once;
        struct err why = ERR_NONE;
        is_fine = feeds_once_read(source, &command->how, NULL, NULL, &once, &why);
        if (!command->is_json) {
            put_once(&once, is_fine, &why, out);
        }
        feeds_once_fini(&once);
    }
    buf_fini(&words);
    return is_fine;
}

static int check(struct sources_command *command, struct err *err)
{
    struct buf out = BUF_EMPTY;
    bool is_fine = true;
    struct feeds_state *states = load_states(command, err);
    for (size_t i = 0; states != NULL && i < command->words.count; i++) {
        if (find(command, command->words.at[i], err) == NULL) {
            free_states(states, command->count);
            return cannot(err);
        }
    }
    assert(command->list != NULL || command->count == 0);
    for (size_t i = 0; states != NULL && i < command->count; i++) {
        const struct feeds_source *source = &command->list[i];
        bool is_named = false;
        for (size_t k = 0; k < command->words.count; k++) {
            is_named |= find(command, command->words.at[k], err) == source;
        }
        if (is_named || (command->words.count == 0 && source->is_enabled)) {
            is_fine = check_one(command, source, &states[i], &out) && is_fine;
        }
    }
    if (states == NULL) {
        return cannot(err);
    }
    free_states(states, command->count);
    if (!print_and_free(&out, err)) {
        return cannot(err);
    }
    return is_fine ? CLI_FINE : CLI_NO;
}

static void put_field(struct buf *out, const char *name, struct str text)
{
    if (text.len > 0) {
        buf_put_json_field(out, name, text);
    }
}

/* As `saring scan` reads it; never the author. */
static bool put_post(void *context, const struct feeds_entry *entry)
{
    struct buf *out = context;
    const struct post *post = &entry->post;
    buf_put_char(out, '{');
    put_field(out, "id", post->id);
    put_field(out, "source", post->source);
    put_field(out, "url", post->url);
    put_field(out, "title", post->fields[POST_TITLE]);
    buf_put_json_field(out, "text", post->fields[POST_TEXT]);
    put_field(out, "lang", post->lang);
    if (post->published_ms != CLOCK_NEVER) {
        put_time(out, "published", post->published_ms);
    }
    buf_put_string(out, post->link_count > 0 ? ",\"links\":[" : "");
    for (size_t i = 0; i < post->link_count; i++) {
        buf_put_string(out, i > 0 ? "," : "");
        buf_put_json(out, post->links[i]);
    }
    buf_put_string(out, post->link_count > 0 ? "]}\n" : "}\n");
    return true;
}

/* A source that is not in the file: what the words and options say. */
static bool make_source(const struct sources_command *command, const char *place,
                        struct feeds_source *source, struct err *err)
{
    bool is_url = strncmp(place, "http://", 7) == 0 || strncmp(place, "https://", 8) == 0;
    *source = (struct feeds_source){.id = STR("sekali"),
                                    .kind = FEEDS_KIND_RSS,
                                    .url = str_of(is_url ? place : ""),
                                    .path = str_of(is_url ? "" : place),
                                    .organisation = str_of(command->organisation),
                                    .lang = str_of(command->lang)};
    return command->kind == NULL || feeds_kind_find(str_of(command->kind), &source->kind) ||
           err_set(err, "jenis tidak dikenal / unknown kind '%s'", command->kind);
}

static int fetch(struct sources_command *command, struct err *err)
{
    struct feeds_source made;
    struct buf out = BUF_EMPTY;
    struct feeds_once once;
    const struct feeds_source *source =
        feeds_edit_find(command->sources, str_of(command->words.at[0]));
    if (source == NULL) {
        if (!make_source(command, command->words.at[0], &made, err)) {
            return cannot(err);
        }
        if (made.url.len > 0 && !feeds_request_may_be_at(&made, made.url, err)) {
            return cannot(err);
        }
        source = &made;
    }
    bool done = feeds_once_read(source, &command->how, put_post, &out, &once, err);
    for (size_t i = 0; !done && i < once.found.count; i++) {
        struct str url = feeds_discovered_url(&once.found, i);
        fprintf(stderr, "mungkin/perhaps: %.*s\n", STR_FORMAT(url));
    }
    feeds_once_fini(&once);
    struct err why = ERR_NONE;
    if (!print_and_free(&out, &why)) {
        return cannot(&why);
    }
    return done ? CLI_FINE : cannot(err);
}

static bool write_file(const struct sources_command *command, const struct buf *next,
                       struct err *err)
{
    return file_write(command->file, buf_str(next), 0644, err) || err_in_file(err, command->file);
}

/* Follows a page to the feed that it names; what is there is read, so that only feeds come in. */
static bool find_feed(const struct sources_command *command, struct feeds_source *source,
                      struct buf *url, struct feeds_once *once, struct err *err)
{
    for (int step = 0;; step++) {
        *err = ERR_NONE;
        if (!feeds_request_may_be_at(source, source->url, err)) {
            return false;
        }
        if (feeds_once_read(source, &command->how, NULL, NULL, once, err)) {
            return true;
        }
        if (step == 1 || once->found.count == 0) {
            return false;
        }
        for (size_t i = 0; i < once->found.count; i++) {
            struct str found = feeds_discovered_url(&once->found, i);
            fprintf(stderr, "ditemukan/found: %.*s\n", STR_FORMAT(found));
        }
        buf_clear(url);
        buf_put_str(url, feeds_discovered_url(&once->found, 0));
        source->url = buf_str(url);
        feeds_once_fini(once);
    }
}

static int add(struct sources_command *command, struct err *err)
{
    struct feeds_source source;
    struct buf url = BUF_EMPTY, id = BUF_EMPTY, next = BUF_EMPTY;
    struct feeds_once once = {.version = ""};
    bool done = make_source(command, command->words.at[0], &source, err);
    if (done && source.url.len == 0) {
        done = err_set(err, "add perlu alamat / add wants an address, http:// or https://");
    }
    buf_put_str(&url, source.url);
    source.url = buf_str(&url);
    done = done && find_feed(command, &source, &url, &once, err);
    if (done) {
        struct str title = command->name != NULL ? str_of(command->name) : buf_str(&once.title);
        struct str place = once.has_moved ? buf_str(&once.url) : source.url;
        if (command->id != NULL) {
            buf_put_string(&id, command->id);
        } else {
            feeds_edit_make_id(command->sources, place, title, &id);
        }
        if (once.format == FEEDS_ATOM && command->kind == NULL) {
            source.kind = FEEDS_KIND_ATOM;
        } else if (once.format == FEEDS_SITEMAP) {
            source.kind = FEEDS_KIND_SITEMAP;
        } else if (once.format == FEEDS_JSON && command->kind == NULL) {
            source.kind = FEEDS_KIND_JSON;
        }
        const struct feeds_new_source made = {.id = buf_str(&id),
                                              .name = title,
                                              .url = place,
                                              .kind = source.kind,
                                              .organisation = str_of(command->organisation),
                                              .lang = command->lang != NULL ? str_of(command->lang)
                                                                            : buf_str(&once.lang),
                                              .is_enabled = command->is_enabled};
        const struct feeds_source *there = feeds_edit_find(command->sources, place);
        done = there == NULL ||
               err_set(err, "sudah ada / it is there already: '%.*s'", STR_FORMAT(there->id));
        done = done && feeds_edit_add(buf_str(&command->text), command->file, &made, &next, err) &&
               write_file(command, &next, err);
    }
    if (done) {
        struct buf out = BUF_EMPTY;
        cli_put_line(&out, buf_str(&id));
        buf_printf(&out, ": %zu pos/posts, %s\n", once.entries,
                   command->is_enabled ? "nyala/on" : "mati/off");
        done = print_and_free(&out, err);
    }
    feeds_once_fini(&once);
    buf_fini(&next);
    buf_fini(&id);
    buf_fini(&url);
    return done ? CLI_FINE : cannot(err);
}

static int change(struct sources_command *command, const char *verb, struct err *err)
{
    struct buf next = BUF_EMPTY;
    const struct feeds_source *source = find(command, command->words.at[0], err);
    struct str text = buf_str(&command->text);
    bool done = source != NULL;
    if (done && strcmp(verb, "remove") == 0) {
        done = feeds_edit_remove(text, command->file, source->id, &next, err);
    } else if (done) {
        done = feeds_edit_enable(text, command->file, source->id, strcmp(verb, "enable") == 0,
                                 &next, err);
    }
    done = done && write_file(command, &next, err);
    buf_fini(&next);
    return done ? CLI_FINE : cannot(err);
}

struct import {
    struct sources_command *command;
    size_t added, skipped;
};

static void take_outline(void *context, struct str url, struct str title)
{
    struct import *import = context;
    struct sources_command *command = import->command;
    struct buf id = BUF_EMPTY, next = BUF_EMPTY, line = BUF_EMPTY;
    struct err why = ERR_NONE;
    bool done = feeds_edit_find(command->sources, url) == NULL ||
                err_set(&why, "sudah ada / there already");
    if (done) {
        feeds_edit_make_id(command->sources, url, title, &id);
        const struct feeds_new_source made = {
            .id = buf_str(&id), .name = title, .url = url, .kind = FEEDS_KIND_RSS};
        done = feeds_edit_add(buf_str(&command->text), command->file, &made, &next, &why);
    }
    if (done) {
        struct feeds_sources *sources = feeds_sources_parse(buf_str(&next), command->file, &why);
        feeds_sources_free(command->sources);
        command->sources = sources;
        buf_clear(&command->text);
        buf_put_str(&command->text, buf_str(&next));
        import->added++;
    } else {
        cli_put_line(&line, url);
        buf_put_string(&line, ": ");
        cli_put_line(&line, str_of(why.message));
        fprintf(stderr, "%s\n", line.bytes);
        import->skipped++;
    }
    buf_fini(&line);
    buf_fini(&next);
    buf_fini(&id);
}

static int import_opml(struct sources_command *command, struct err *err)
{
    struct buf text = BUF_EMPTY;
    struct import import = {.command = command};
    bool done = file_read(command->words.at[0], MAX_FILE, &text, err) &&
                feeds_opml_read(buf_str(&text), take_outline, &import, err);
    done = done && (import.added == 0 || write_file(command, &command->text, err));
    buf_fini(&text);
    if (!done) {
        return cannot(err);
    }
    printf("%zu ditambah/added (mati/off), %zu dilewati/skipped\n", import.added, import.skipped);
    return import.skipped == 0 ? CLI_FINE : CLI_NO;
}

static int export_opml(struct sources_command *command, struct err *err)
{
    struct buf out = BUF_EMPTY;
    feeds_opml_write(command->list, command->count, &out);
    return print_and_free(&out, err) ? CLI_FINE : cannot(err);
}

/* What came: the headers as CGI hands them on (RFC 3875, section 4.1.18), the body on stdin. */
static bool read_request(struct feeds_webhook_request *request, struct buf *body, struct err *err)
{
    const char *timestamp = getenv("HTTP_X_SARING_TIMESTAMP");
    const char *signature = getenv("HTTP_X_SARING_SIGNATURE");
    char part[4096];
    size_t len;
    while ((len = fread(part, 1, sizeof part, stdin)) > 0 && body->len <= FEEDS_WEBHOOK_MAX_BODY) {
        buf_put(body, part, len);
    }
    request->timestamp = str_of(timestamp != NULL ? timestamp : "");
    request->signature = str_of(signature != NULL ? signature : "");
    request->body = buf_str(body);
    return ferror(stdin) == 0 || err_set(err, "stdin tidak terbaca / cannot be read");
}

/* Verified posts as NDJSON; refused, it says why and exits 1. */
static int receive(struct sources_command *command, struct err *err)
{
    struct buf secret = BUF_EMPTY, body = BUF_EMPTY, path = BUF_EMPTY, out = BUF_EMPTY;
    struct feeds_webhook_request request;
    struct clock clock = clock_system();
    const char *state =
        command->state_option != NULL ? command->state_option : command->config.state;
    int status = CLI_CANNOT;
    if (command->secret == NULL) {
        err_set(err, "receive perlu --secret BERKAS / wants --secret FILE");
    } else if (hash_start(err) && file_read(command->secret, 4096, &secret, err) &&
               state_dir(state, &path, err) && state_dir_make(path.bytes, err) &&
               read_request(&request, &body, err)) {
        buf_put_string(&path, "/feeds.webhook");
        int64_t now_ms = clock_now_ms(&clock);
        bool is_right = feeds_webhook_verify(str_trim(buf_str(&secret)), &request, now_ms, err) &&
                        feeds_webhook_is_first(path.bytes, &request, now_ms, err);
        if (is_right) {
            struct feeds_parser *parser = feeds_parser_new();
            struct feeds_head head;
            const struct feeds_document document = {.bytes = request.body,
                                                    .source = STR("webhook"),
                                                    .fetched_ms = now_ms,
                                                    .is_ndjson = true};
            is_right = feeds_parse(parser, &document, put_post, &out, &head, err) &&
                       (out.len == 0 || cli_print(&out, err));
            feeds_parser_free(parser);
        }
        status = is_right ? CLI_FINE : CLI_NO;
    }
    if (status != CLI_FINE) {
        cannot(err);
    }
    cli_forget(&secret);
    buf_fini(&out);
    buf_fini(&path);
    buf_fini(&body);
    return status;
}

static int run(struct sources_command *command, const char *verb, struct err *err)
{
    size_t words = command->words.count;
    if (strcmp(verb, "list") == 0 && words == 0) {
        return list(command, err);
    }
    if (strcmp(verb, "check") == 0) {
        return check(command, err);
    }
    if (strcmp(verb, "receive") == 0 && words == 0) {
        return receive(command, err);
    }
    if (strcmp(verb, "export") == 0 && words == 0) {
        return export_opml(command, err);
    }
    if (words == 1 && strcmp(verb, "fetch") == 0) {
        return fetch(command, err);
    }
    if (words == 1 && strcmp(verb, "add") == 0) {
        return add(command, err);
    }
    if (words == 1 && strcmp(verb, "import") == 0) {
        return import_opml(command, err);
    }
    if (words == 1 && (strcmp(verb, "remove") == 0 || strcmp(verb, "enable") == 0 ||
                       strcmp(verb, "disable") == 0)) {
        return change(command, verb, err);
    }
    err_set(err, "tidak mengerti / not understood; see: saring sources --help");
    return cannot(err);
}

int cmd_sources(int argc, char **argv)
{
    struct sources_command command = {.arena = NULL};
    struct err err = ERR_NONE;
    const struct cli_option options[] = {{"config", CLI_TEXT, &command.config_path},
                                         {"c", CLI_TEXT, &command.config_path},
                                         {"sources", CLI_TEXT, &command.file},
                                         {"state", CLI_TEXT, &command.state_option},
                                         {"id", CLI_TEXT, &command.id},
                                         {"name", CLI_TEXT, &command.name},
                                         {"kind", CLI_TEXT, &command.kind},
                                         {"organisation", CLI_TEXT, &command.organisation},
                                         {"lang", CLI_TEXT, &command.lang},
                                         {"secret", CLI_TEXT, &command.secret},
                                         {"enable", CLI_FLAG, &command.is_enabled},
                                         {"live", CLI_FLAG, &command.is_live},
                                         {"json", CLI_FLAG, &command.is_json},
                                         {NULL, CLI_FLAG, NULL}};
    if (argc < 2 || cli_options_help(argc, argv)) {
        print_help();
        return argc < 2 ? CLI_CANNOT : CLI_FINE;
    }
    if (!cli_options_read(options, argc, argv, &command.words, &err)) {
        return cannot(&err);
    }
    if (command.words.count == 0) {
        err_set(&err, "tidak mengerti / not understood; see: saring sources --help");
        return cannot(&err);
    }
    const char *verb = command.words.at[0];
    command.words.count--;
    memmove(command.words.at, command.words.at + 1,
            (command.words.count + 1) * sizeof *command.words.at);
    command.arena = arena_new(MAX_CONFIG);
    int status =
        open_file(&command, strcmp(verb, "fetch") == 0 || strcmp(verb, "receive") == 0, &err)
            ? run(&command, verb, &err)
            : cannot(&err);
    feeds_sources_free(command.sources);
    buf_fini(&command.text);
    arena_free(command.arena);
    return status;
}
