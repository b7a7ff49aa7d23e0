/* saring sources: where posts come from. What is done is in feeds/catalogue.h; here are its words.
 */
#include <assert.h>
#include <stdio.h>
#include <string.h>

#include "feeds/catalogue.h"
#include "feeds/request.h"
#include "filter/base/arena.h"
#include "filter/base/err.h"
#include "filter/base/file.h"
#include "filter/base/state_dir.h"
#include "filter/cli/cli.h"
#include "filter/cli/commands.h"
#include "filter/cli/options.h"
#include "filter/cli/sources.h"
#include "filter/cli/terminal.h"
#include "filter/pipeline/config.h"

enum { MAX_OPML = 4 << 20, MAX_CONFIG = 1 << 20 };

struct sources_command {
    const char *config_path, *file, *state;
    const char *id, *name, *kind, *organisation, *lang;
    const char *secret;
    bool is_json, is_live, is_enabled;
    struct cli_words words; /* behind the verb */
    struct config config;
    struct feeds_catalogue *catalogue;
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

static bool open_catalogue(struct sources_command *command, const char *verb, struct err *err)
{
    struct buf state = BUF_EMPTY;
    struct err why = ERR_NONE;
    bool wants_state = strcmp(verb, "list") == 0 || strcmp(verb, "check") == 0;
    bool has_state = state_dir(command->state, &state, wants_state ? err : &why);
    buf_put_string(&state, "/ingest/feeds.state"); /* where `saring run` keeps it */
    const struct feeds_catalogue_options options = {
        .path = command->file != NULL ? command->file : command->config.sources,
        .may_be_missing = strcmp(verb, "fetch") == 0, /* what is asked for need not be in it */
        .state_path = has_state ? state.bytes : NULL,
        .contact = command->config.contact,
        .proxy = command->config.proxy,
        .clock = clock_system()};
    if (has_state || !wants_state) {
        command->catalogue = feeds_catalogue_open(&options, err);
    }
    buf_fini(&state);
    return command->catalogue != NULL;
}

static void put_source(const struct sources_command *command, const struct feeds_listed *listed,
                       struct buf *out)
{
    const struct feeds_source *source = listed->source;
    const struct feeds_state *state = listed->state;
    const char *status = feeds_status_name(listed->status);
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
        sources_put_time(out, "fetched", state->fetched_ms);
        sources_put_time(out, "changed", state->changed_ms);
        sources_put_time(out, "next", state->due_ms);
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
    struct buf out = BUF_EMPTY;
    for (size_t i = 0; i < feeds_catalogue_count(command->catalogue); i++) {
        struct feeds_listed listed = feeds_catalogue_at(command->catalogue, i);
        put_source(command, &listed, &out);
    }
    return sources_print(&out, err) ? CLI_FINE : sources_cannot(err);
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

static bool check_one(struct sources_command *command, const struct feeds_listed *listed,
                      struct buf *out)
{
    struct buf words = BUF_EMPTY;
    bool is_fine = listed->status != FEEDS_STATUS_FAILING && listed->status != FEEDS_STATUS_GONE;
    put_source(command, listed, out);
    if (!command->is_json) {
        feeds_catalogue_explain(command->catalogue, listed, &words);
        buf_put_string(out, "  ");
        cli_put_line(out, buf_str(&words));
        buf_put_char(out, '\n');
    }
    if (command->is_live) {
        struct feeds_once once;
        struct err why = ERR_NONE;
        is_fine = feeds_catalogue_read(command->catalogue, listed->source, NULL, NULL, &once, &why);
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
    for (size_t i = 0; i < command->words.count; i++) {
        struct feeds_listed listed;
        if (!feeds_catalogue_find(command->catalogue, str_of(command->words.at[i]), &listed, err)) {
            buf_fini(&out);
            return sources_cannot(err);
        }
        is_fine = check_one(command, &listed, &out) && is_fine;
    }
    size_t all = command->words.count == 0 ? feeds_catalogue_count(command->catalogue) : 0;
    for (size_t i = 0; i < all; i++) {
        struct feeds_listed listed = feeds_catalogue_at(command->catalogue, i);
        if (listed.source->is_enabled) {
            is_fine = check_one(command, &listed, &out) && is_fine;
        }
    }
    if (!sources_print(&out, err)) {
        return sources_cannot(err);
    }
    return is_fine ? CLI_FINE : CLI_NO;
}

static bool find_kind(const struct sources_command *command, enum feeds_kind *kind, struct err *err)
{
    *kind = FEEDS_KIND_RSS;
    return command->kind == NULL || feeds_kind_find(str_of(command->kind), kind) ||
           err_set(err, "jenis tidak dikenal / unknown kind '%s'", command->kind);
}

static bool is_address(const char *place)
{
    return strncmp(place, "http://", 7) == 0 || strncmp(place, "https://", 8) == 0;
}

/* A source that is not in the file: what the words and options say. */
static bool make_source(const struct sources_command *command, const char *place,
                        struct feeds_source *source, struct err *err)
{
    *source = (struct feeds_source){.id = STR("sekali"),
                                    .url = str_of(is_address(place) ? place : ""),
                                    .path = str_of(is_address(place) ? "" : place),
                                    .organisation = str_of(command->organisation),
                                    .lang = str_of(command->lang)};
    return find_kind(command, &source->kind, err) &&
           (source->url.len == 0 || feeds_request_may_be_at(source, source->url, err));
}

static void say_found(const struct feeds_once *once)
{
    for (size_t i = 0; i < once->found.count; i++) {
        struct buf line = BUF_EMPTY;
        cli_put_line(&line, feeds_discovered_url(&once->found, i));
        fprintf(stderr, "mungkin/perhaps: %s\n", line.bytes);
        buf_fini(&line);
    }
}

static int fetch(struct sources_command *command, struct err *err)
{
    const char *place = command->words.at[0];
    struct feeds_source made;
    struct feeds_listed listed;
    struct feeds_once once;
    struct buf out = BUF_EMPTY;
    struct err unknown = ERR_NONE, why = ERR_NONE;
    const struct feeds_source *source = &made;
    if (feeds_catalogue_find(command->catalogue, str_of(place), &listed, &unknown)) {
        source = listed.source;
    } else if (!make_source(command, place, &made, err)) {
        return sources_cannot(err);
    }
    bool done =
        feeds_catalogue_read(command->catalogue, source, sources_put_post, &out, &once, err);
    if (!done) {
        say_found(&once);
    }
    feeds_once_fini(&once);
    if (!sources_print(&out, &why)) {
        return sources_cannot(&why);
    }
    return done ? CLI_FINE : sources_cannot(err);
}

static int add(struct sources_command *command, struct err *err)
{
    struct feeds_new_source wanted = {.id = str_of(command->id),
                                      .name = str_of(command->name),
                                      .url = str_of(command->words.at[0]),
                                      .organisation = str_of(command->organisation),
                                      .lang = str_of(command->lang),
                                      .is_enabled = command->is_enabled};
    struct feeds_added added = {.was_found = false};
    struct buf out = BUF_EMPTY;
    if (!is_address(command->words.at[0])) {
        err_set(err, "add perlu alamat / add wants an address, http:// or https://");
        return sources_cannot(err);
    }
    bool done =
        find_kind(command, &wanted.kind, err) &&
        feeds_catalogue_add(command->catalogue, &wanted, command->kind != NULL, &added, err);
    if (added.was_found) {
        struct buf line = BUF_EMPTY;
        cli_put_line(&line, buf_str(&added.url));
        fprintf(stderr, "ditemukan/found: %s\n", line.bytes);
        buf_fini(&line);
    }
    if (done) {
        cli_put_line(&out, buf_str(&added.id));
        buf_printf(&out, ": %zu pos/posts, %s\n", added.once.entries,
                   command->is_enabled ? "nyala/on" : "mati/off");
        done = sources_print(&out, err);
    } else {
        say_found(&added.once);
    }
    feeds_added_fini(&added);
    return done ? CLI_FINE : sources_cannot(err);
}

static int change(struct sources_command *command, const char *verb, struct err *err)
{
    struct str id = str_of(command->words.at[0]);
    bool done =
        strcmp(verb, "remove") == 0
            ? feeds_catalogue_remove(command->catalogue, id, err)
            : feeds_catalogue_enable(command->catalogue, id, strcmp(verb, "enable") == 0, err);
    return done ? CLI_FINE : sources_cannot(err);
}

static void say_skipped(void *context, struct str url, const struct err *why)
{
    struct buf line = BUF_EMPTY;
    (void)context;
    cli_put_line(&line, url);
    buf_put_string(&line, ": ");
    cli_put_line(&line, str_of(why->message));
    fprintf(stderr, "%s\n", line.bytes);
    buf_fini(&line);
}

static int import_opml(struct sources_command *command, struct err *err)
{
    struct buf text = BUF_EMPTY;
    struct feeds_import import = {.on_skipped = say_skipped};
    bool done = file_read(command->words.at[0], MAX_OPML, &text, err) &&
                feeds_catalogue_import(command->catalogue, buf_str(&text), &import, err);
    buf_fini(&text);
    if (!done) {
        err_in_file(err, command->words.at[0]);
        return sources_cannot(err);
    }
    printf("%zu ditambah/added (mati/off), %zu dilewati/skipped\n", import.added, import.skipped);
    return import.skipped == 0 ? CLI_FINE : CLI_NO;
}

static int export_opml(struct sources_command *command, struct err *err)
{
    struct buf out = BUF_EMPTY;
    feeds_catalogue_export(command->catalogue, &out);
    return sources_print(&out, err) ? CLI_FINE : sources_cannot(err);
}

static int not_understood(struct err *err)
{
    err_set(err, "tidak mengerti / not understood; see: saring sources --help");
    return sources_cannot(err);
}

static int run(struct sources_command *command, const char *verb, struct err *err)
{
    static const struct {
        const char *verb;
        size_t words;
        int (*run)(struct sources_command *command, struct err *err);
    } verbs[] = {{"list", 0, list},
                 {"export", 0, export_opml},
                 {"fetch", 1, fetch},
                 {"add", 1, add},
                 {"import", 1, import_opml}};
    size_t words = command->words.count;
    if (strcmp(verb, "check") == 0) {
        return check(command, err);
    }
    for (size_t i = 0; i < sizeof verbs / sizeof *verbs; i++) {
        if (strcmp(verb, verbs[i].verb) == 0 && words == verbs[i].words) {
            return verbs[i].run(command, err);
        }
    }
    bool is_change =
        strcmp(verb, "remove") == 0 || strcmp(verb, "enable") == 0 || strcmp(verb, "disable") == 0;
    return is_change && words == 1 ? change(command, verb, err) : not_understood(err);
}

static int run_verb(struct sources_command *command, struct err *err)
{
    const char *verb = command->words.at[0];
    command->words.count--;
    memmove(command->words.at, command->words.at + 1,
            (command->words.count + 1) * sizeof *command->words.at);
    command->state = command->state != NULL ? command->state : command->config.state;
    if (strcmp(verb, "receive") == 0) {
        return command->words.count == 0 ? sources_receive(command->secret, command->state)
                                         : not_understood(err);
    }
    if (!open_catalogue(command, verb, err)) {
        return sources_cannot(err);
    }
    int status = run(command, verb, err);
    feeds_catalogue_free(command->catalogue);
    return status;
}

int cmd_sources(int argc, char **argv)
{
    struct sources_command command = {.config_path = NULL};
    struct err err = ERR_NONE;
    const struct cli_option options[] = {{"config", CLI_TEXT, &command.config_path},
                                         {"c", CLI_TEXT, &command.config_path},
                                         {"sources", CLI_TEXT, &command.file},
                                         {"state", CLI_TEXT, &command.state},
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
        return sources_cannot(&err);
    }
    if (command.words.count == 0) {
        return not_understood(&err);
    }
    struct arena *arena = arena_new(MAX_CONFIG);
    int status = config_load(command.config_path, arena, &command.config, &err)
                     ? run_verb(&command, &err)
                     : sources_cannot(&err);
    arena_free(arena);
    return status;
}
