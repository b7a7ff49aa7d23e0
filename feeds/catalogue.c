#include "feeds/catalogue.h"

#include <assert.h>
#include <stdlib.h>
#include <unistd.h>

#include "feeds/opml.h"
#include "feeds/request.h"
#include "filter/base/arena.h"
#include "filter/base/err.h"
#include "filter/base/file.h"
#include "filter/base/mem.h"

enum { MAX_FILE = 4 << 20 };

struct feeds_catalogue {
    struct feeds_catalogue_options options;
    char *state_path;
    struct buf text; /* the file's */
    bool was_there;
    struct feeds_sources *sources;
    const struct feeds_source *list;
    size_t count;
    struct feeds_state *states;
};

static void forget(struct feeds_catalogue *catalogue)
{
    for (size_t i = 0; i < catalogue->count; i++) {
        feeds_state_fini(&catalogue->states[i]);
    }
    free(catalogue->states);
    feeds_sources_free(catalogue->sources);
    catalogue->states = NULL;
    catalogue->sources = NULL;
    catalogue->count = 0;
}

/* Takes over what `sources`, read from the text, say. */
static void take(struct feeds_catalogue *catalogue, struct feeds_sources *sources)
{
    forget(catalogue);
    catalogue->sources = sources;
    catalogue->list = feeds_sources_all(sources, &catalogue->count);
    catalogue->states = mem_zero(catalogue->count, sizeof *catalogue->states);
    if (catalogue->state_path != NULL) {
        feeds_state_load(catalogue->state_path, catalogue->list, catalogue->count,
                         catalogue->states);
    }
}

static bool read_file(const struct feeds_catalogue *catalogue, bool is_there, struct buf *text,
                      struct err *err)
{
    buf_put(text, "", 0);
    return !is_there || file_read(catalogue->options.path, MAX_FILE, text, err) ||
           err_in_file(err, catalogue->options.path);
}

struct feeds_catalogue *feeds_catalogue_open(const struct feeds_catalogue_options *options,
                                             struct err *err)
{
    struct feeds_catalogue *catalogue = mem_zero(1, sizeof *catalogue);
    catalogue->options = *options;
    catalogue->options.state_path = NULL;
    catalogue->state_path =
        options->state_path != NULL ? mem_copy_string(options->state_path) : NULL;
    catalogue->was_there = !options->may_be_missing || access(options->path, F_OK) == 0;
    struct feeds_sources *sources = NULL;
    if (read_file(catalogue, catalogue->was_there, &catalogue->text, err)) {
        sources = feeds_sources_parse(buf_str(&catalogue->text), options->path, err);
    }
    if (sources == NULL) {
        feeds_catalogue_free(catalogue);
        return NULL;
    }
    take(catalogue, sources);
    return catalogue;
}

void feeds_catalogue_free(struct feeds_catalogue *catalogue)
{
    if (catalogue == NULL) {
        return;
    }
    forget(catalogue);
    free(catalogue->state_path);
    buf_fini(&catalogue->text);
    free(catalogue);
}

size_t feeds_catalogue_count(const struct feeds_catalogue *catalogue)
{
    return catalogue->count;
}

struct feeds_listed feeds_catalogue_at(const struct feeds_catalogue *catalogue, size_t i)
{
    assert(i < catalogue->count);
    const struct feeds_source *source = &catalogue->list[i];
    const struct feeds_state *state = &catalogue->states[i];
    return (struct feeds_listed){
        .source = source,
        .state = state,
        .status = feeds_status_of(source, state, clock_now_ms(&catalogue->options.clock))};
}

bool feeds_catalogue_find(const struct feeds_catalogue *catalogue, struct str id_or_url,
                          struct feeds_listed *found, struct err *err)
{
    const struct feeds_source *source = feeds_edit_find(catalogue->sources, id_or_url);
    if (source == NULL) {
        err_set(err,
                "tidak ada sumber '%.*s' di %s / there is no such source; see: saring sources list",
                STR_FORMAT(id_or_url), catalogue->options.path);
        return false;
    }
    *found = feeds_catalogue_at(catalogue, (size_t)(source - catalogue->list));
    return true;
}

void feeds_catalogue_explain(const struct feeds_catalogue *catalogue,
                             const struct feeds_listed *listed, struct buf *out)
{
    feeds_status_explain(listed->source, listed->state, clock_now_ms(&catalogue->options.clock),
                         out);
}

bool feeds_catalogue_read(const struct feeds_catalogue *catalogue,
                          const struct feeds_source *source, feeds_on_entry *on_entry,
                          void *context, struct feeds_once *once, struct err *err)
{
    const struct feeds_once_options how = {.contact = catalogue->options.contact,
                                           .proxy = catalogue->options.proxy};
    return feeds_once_read(source, &how, on_entry, context, once, err);
}

/* Puts `next` in the file's place, if that is still what was read; it is known to load. */
static bool write_file(struct feeds_catalogue *catalogue, struct buf *next, struct err *err)
{
    struct buf now = BUF_EMPTY;
    bool is_there = catalogue->was_there || access(catalogue->options.path, F_OK) == 0;
    bool done = read_file(catalogue, is_there, &now, err);
    if (done && !str_equal(buf_str(&now), buf_str(&catalogue->text))) {
        done = err_set(err, "diubah orang lain sementara ini; ulangi / was changed by somebody "
                            "else meanwhile; try again");
    }
    buf_fini(&now);
    struct feeds_sources *sources = NULL;
    if (done) {
        sources = feeds_sources_parse(buf_str(next), catalogue->options.path, err);
        done = sources != NULL && file_write(catalogue->options.path, buf_str(next), 0644, err);
    }
    if (!done) {
        feeds_sources_free(sources);
        return err_in_file(err, catalogue->options.path);
    }
    struct buf old = catalogue->text;
    catalogue->text = *next;
    catalogue->was_there = true;
    *next = old;
    take(catalogue, sources);
    return true;
}

bool feeds_catalogue_enable(struct feeds_catalogue *catalogue, struct str id_or_url,
                            bool is_enabled, struct err *err)
{
    struct feeds_listed listed;
    struct buf next = BUF_EMPTY;
    bool done = feeds_catalogue_find(catalogue, id_or_url, &listed, err) &&
                feeds_edit_enable(buf_str(&catalogue->text), catalogue->options.path,
                                  listed.source->id, is_enabled, &next, err) &&
                write_file(catalogue, &next, err);
    buf_fini(&next);
    return done;
}

bool feeds_catalogue_remove(struct feeds_catalogue *catalogue, struct str id_or_url,
                            struct err *err)
{
    struct feeds_listed listed;
    struct buf next = BUF_EMPTY;
    bool done = feeds_catalogue_find(catalogue, id_or_url, &listed, err) &&
                feeds_edit_remove(buf_str(&catalogue->text), catalogue->options.path,
                                  listed.source->id, &next, err) &&
                write_file(catalogue, &next, err);
    buf_fini(&next);
    return done;
}

/* Reads what is at source->url; a page is followed to the first feed that it names, once. */
static bool find_feed(const struct feeds_catalogue *catalogue, struct feeds_source *source,
                      struct feeds_added *added, struct err *err)
{
    for (int step = 0;; step++) {
        *err = ERR_NONE;
        if (!feeds_request_may_be_at(source, source->url, err)) {
            return false;
        }
        if (feeds_catalogue_read(catalogue, source, NULL, NULL, &added->once, err)) {
            return true;
        }
        if (step == 1 || added->once.found.count == 0) {
            return false;
        }
        buf_clear(&added->url);
        buf_put_str(&added->url, feeds_discovered_url(&added->once.found, 0));
        source->url = buf_str(&added->url);
        added->was_found = true;
        feeds_once_fini(&added->once);
    }
}

static enum feeds_kind kind_of(enum feeds_format format, enum feeds_kind wanted)
{
    switch (format) {
    case FEEDS_ATOM:
        return FEEDS_KIND_ATOM;
    case FEEDS_SITEMAP:
        return FEEDS_KIND_SITEMAP;
    case FEEDS_JSON:
        return FEEDS_KIND_JSON;
    case FEEDS_UNKNOWN:
    case FEEDS_RSS:
    case FEEDS_NDJSON:
    case FEEDS_CSV:
        break;
    }
    return wanted;
}

static struct str first_of(struct str given, struct str found)
{
    return given.len > 0 ? given : found;
}

/* Writes what was read at added->url into the file. */
static bool put_feed(struct feeds_catalogue *catalogue, const struct feeds_new_source *wanted,
                     bool keep_kind, struct feeds_added *added, struct err *err)
{
    struct buf next = BUF_EMPTY;
    struct str place = added->once.has_moved ? buf_str(&added->once.url) : buf_str(&added->url);
    struct feeds_new_source made = *wanted;
    const struct feeds_source *there = feeds_edit_find(catalogue->sources, place);
    if (there != NULL) {
        return err_set(err, "sudah ada / it is there already: '%.*s'", STR_FORMAT(there->id));
    }
    made.name = first_of(wanted->name, buf_str(&added->once.title));
    made.lang = first_of(wanted->lang, buf_str(&added->once.lang));
    made.url = place;
    made.kind = keep_kind ? wanted->kind : kind_of(added->once.format, wanted->kind);
    if (wanted->id.len > 0) {
        buf_put_str(&added->id, wanted->id);
    } else {
        feeds_edit_make_id(catalogue->sources, NULL, 0, place, made.name, &added->id);
    }
    made.id = buf_str(&added->id);
    bool done =
        feeds_edit_add(buf_str(&catalogue->text), catalogue->options.path, &made, 1, &next, err) &&
        write_file(catalogue, &next, err);
    buf_fini(&next);
    return done;
}

bool feeds_catalogue_add(struct feeds_catalogue *catalogue, const struct feeds_new_source *wanted,
                         bool keep_kind, struct feeds_added *added, struct err *err)
{
    *added = (struct feeds_added){.once = {.version = ""}};
    buf_put_str(&added->url, wanted->url);
    struct feeds_source source = {.id = STR("sekali"),
                                  .kind = wanted->kind,
                                  .url = buf_str(&added->url),
                                  .organisation = wanted->organisation,
                                  .lang = wanted->lang};
    return find_feed(catalogue, &source, added, err) &&
           put_feed(catalogue, wanted, keep_kind, added, err);
}

void feeds_added_fini(struct feeds_added *added)
{
    buf_fini(&added->id);
    buf_fini(&added->url);
    feeds_once_fini(&added->once);
}

struct importing {
    const struct feeds_catalogue *catalogue;
    struct feeds_import *import;
    struct arena *texts; /* what `made` points at */
    struct feeds_new_source *made;
    size_t room;
};

static bool keep(struct arena *arena, struct str *text)
{
    text->at = arena_copy(arena, text->at, text->len);
    return text->at != NULL;
}

/* An outline is tried in a file of its own, so that a thousand cost no more than each of them. */
static bool try_outline(struct importing *in, struct feeds_new_source *made, struct buf *scratch,
                        struct err *err)
{
    size_t count = in->import->added;
    if (feeds_edit_find(in->catalogue->sources, made->url) != NULL ||
        feeds_edit_is_among(in->made, count, made->url)) {
        return err_set(err, "sudah ada / there already");
    }
    feeds_edit_make_id(in->catalogue->sources, in->made, count, made->url, made->name, scratch);
    made->id = buf_str(scratch);
    if (!keep(in->texts, &made->id) || !keep(in->texts, &made->name) ||
        !keep(in->texts, &made->url)) {
        return err_set(err, "terlalu banyak / too much for one file");
    }
    buf_clear(scratch);
    return feeds_edit_add(STR(""), in->catalogue->options.path, made, 1, scratch, err);
}

static void take_outline(void *context, struct str url, struct str title)
{
    struct importing *in = context;
    struct feeds_new_source made = {.name = title, .url = url, .kind = FEEDS_KIND_RSS};
    struct buf scratch = BUF_EMPTY;
    struct err why = ERR_NONE;
    if (try_outline(in, &made, &scratch, &why)) {
        mem_grow(&in->made, &in->room, in->import->added + 1, sizeof *in->made);
        in->made[in->import->added++] = made;
    } else {
        in->import->on_skipped(in->import->context, url, &why);
        in->import->skipped++;
    }
    buf_fini(&scratch);
}

bool feeds_catalogue_import(struct feeds_catalogue *catalogue, struct str opml,
                            struct feeds_import *import, struct err *err)
{
    struct importing in = {.catalogue = catalogue, .import = import, .texts = arena_new(MAX_FILE)};
    struct buf next = BUF_EMPTY;
    import->added = import->skipped = 0;
    bool done = feeds_opml_read(opml, take_outline, &in, err);
    if (done && import->added > 0) {
        done = feeds_edit_add(buf_str(&catalogue->text), catalogue->options.path, in.made,
                              import->added, &next, err) &&
               write_file(catalogue, &next, err);
    }
    buf_fini(&next);
    free(in.made);
    arena_free(in.texts);
    return done;
}

void feeds_catalogue_export(const struct feeds_catalogue *catalogue, struct buf *opml)
{
    feeds_opml_write(catalogue->list, catalogue->count, opml);
}
