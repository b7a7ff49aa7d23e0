#include "filter/blocklist/guard.h"

#include <errno.h>
#include <stdlib.h>
#include <unistd.h>
#include <utf8proc.h>

#include "filter/base/arena.h"
#include "filter/base/buf.h"
#include "filter/base/err.h"
#include "filter/base/file.h"
#include "filter/base/mem.h"
#include "filter/blocklist/name.h"
#include "filter/blocklist/shipped.h"
#include "filter/text/punycode.h"
#include "filter/text/url.h"
#include "filter/text/utf8.h"
#include "filter/text/view.h"

enum {
    MOST_FILES = 256,
    MOST_BYTES = 4 << 20,    /* of one file */
    MOST_ARENA = 64 << 20,   /* of all names */
    MOST_FOLDED = 64 * 1024, /* of a typed target */
};

#define SHARED_FILES "shared-" /* how their names start */

struct shield {
    struct str name;
    const char *file;
    unsigned line;
    bool is_shared; /* a platform: single URLs may be listed */
};

struct blocklist_guard {
    struct arena *arena;
    struct shield *names; /* in the order of blocklist_name_compare */
    size_t count, room;
    struct blocklist_doubt doubt; /* check is NULL without one */
};

/*
 * Where blocking breaks machines instead of stopping fraud (RFC 6761, 6762, 7686, 8375, 9476), and
 * the suffixes that RPZ reads as triggers. example, test: documentation, and harmless to list.
 */
static const char *const reserved[] = {"localhost", "local", "localdomain", "internal",
                                       "invalid",   "arpa",  "onion",       "alt",
                                       "home",      "lan",   "corp",        "rpz-ip",
                                       "rpz-nsip",  "mail",  "rpz-nsdname", "rpz-client-ip"};

static int compare(const void *a, const void *b)
{
    const struct shield *one = a, *two = b;
    int order = blocklist_name_compare(one->name, two->name);
    /* Of equal names the stricter one first: it is the one that gets found; then by place. */
    if (order == 0) {
        order = one->is_shared - two->is_shared;
    }
    if (order == 0) {
        order = strcmp(one->file, two->file);
    }
    return order != 0 ? order : (one->line > two->line) - (one->line < two->line);
}

static void add(struct blocklist_guard *guard, const struct shield *one)
{
    mem_grow(&guard->names, &guard->room, guard->count + 1, sizeof *guard->names);
    guard->names[guard->count++] = *one;
}

/* One domain, in canonical spelling: the list is read by people, and compared byte by byte. */
static bool add_line(struct blocklist_guard *guard, struct str text, struct shield *one,
                     struct err *err)
{
    struct buf canonical = BUF_EMPTY;
    struct str host = STR("");
    struct err why = ERR_NONE;
    bool done = true;
    if (!url_host(text, &canonical, &host, &why) || !blocklist_name_check(host, &why)) {
        done = err_set_at(err, one->line, 1, "is no domain name: %s", why.message);
    } else if (!str_equal(host, text)) {
        done = err_set_at(err, one->line, 1, "is not in canonical spelling; write %.*s",
                          STR_FORMAT(host));
    } else if ((one->name.at = arena_copy(guard->arena, host.at, host.len)) == NULL) {
        done = err_set_at(err, one->line, 1,
                          "is one name too many: the protected lists hold "
                          "more than 64 MiB");
    } else {
        one->name.len = host.len;
        add(guard, one);
    }
    buf_fini(&canonical);
    return done;
}

static bool is_shared_file(const char *path)
{
    const char *slash = strrchr(path, '/');
    return str_starts(str_of(slash != NULL ? slash + 1 : path), STR(SHARED_FILES));
}

static bool read_lines(struct blocklist_guard *guard, const char *path, struct str text,
                       struct err *err)
{
    size_t length = strlen(path);
    struct shield one = {
        .file = arena_copy(guard->arena, path, length),
        .is_shared = is_shared_file(path),
    };
    if (one.file == NULL) {
        return err_set(err, "leaves no room for more protected names");
    }
    for (size_t at = 0; at < text.len;) {
        const char *end = memchr(text.at + at, '\n', text.len - at);
        size_t stop = end != NULL ? (size_t)(end - text.at) : text.len;
        struct str line = str_part(text, at, stop);
        const char *comment = memchr(line.at, '#', line.len);
        line = str_trim(comment != NULL ? str_part(line, 0, (size_t)(comment - line.at)) : line);
        one.line++;
        if (line.len > 0 && !add_line(guard, line, &one, err)) {
            return false;
        }
        at = stop + 1;
    }
    return true;
}

static bool read_file(struct blocklist_guard *guard, const char *path, struct err *err)
{
    struct buf text = BUF_EMPTY;
    bool done =
        file_read(path, MOST_BYTES, &text, err) && read_lines(guard, path, buf_str(&text), err);
    buf_fini(&text);
    return done || err_in_file(err, path);
}

static bool read_folder(struct blocklist_guard *guard, const char *folder, struct err *err)
{
    struct buf path = BUF_EMPTY;
    struct file_list files = {.paths = NULL};
    buf_printf(&path, "%s/protected", folder);
    /* A folder with rules alone is fine, as long as another one has a list. */
    bool done = (access(path.bytes, F_OK) != 0 && errno == ENOENT) ||
                file_find(path.bytes, ".txt", MOST_FILES, &files, err);
    for (size_t i = 0; done && i < files.count; i++) {
        done = read_file(guard, files.paths[i], err);
    }
    file_list_fini(&files);
    buf_fini(&path);
    return done;
}

/* What this build was made with, whatever the folders say now. */
static bool read_shipped(struct blocklist_guard *guard, struct err *err)
{
    size_t count;
    const struct blocklist_shipped *shipped = blocklist_shipped(&count);
    for (size_t i = 0; i < count; i++) {
        if (!read_lines(guard, shipped[i].path, shipped[i].text, err)) {
            return err_in_file(err, shipped[i].path);
        }
    }
    return true;
}

struct blocklist_guard *blocklist_guard_read(const char *const *folders,
                                             const struct blocklist_doubt *doubt, struct err *err)
{
    struct blocklist_guard *guard = mem_zero(1, sizeof *guard);
    guard->arena = arena_new(MOST_ARENA);
    if (doubt != NULL) {
        guard->doubt = *doubt;
    }
    bool done = true;
    for (; done && *folders != NULL; folders++) {
        done = read_folder(guard, *folders, err);
    }
    if (done && guard->count == 0) {
        done = err_set(err, "tidak ada daftar lindung di folder aturan / there is no protected "
                            "list: no domain in protected/*.txt of the rules' folders; nothing may "
                            "be listed without one: --rules FOLDER, or run it in saring's folder");
    }
    if (!done || !read_shipped(guard, err)) {
        blocklist_guard_free(guard);
        return NULL;
    }
    qsort(guard->names, guard->count, sizeof *guard->names, compare);
    return guard;
}

struct blocklist_guard *blocklist_guard_shipped(const char *folder, struct err *err)
{
    struct blocklist_guard *guard = mem_zero(1, sizeof *guard);
    guard->arena = arena_new(MOST_ARENA);
    if (!read_folder(guard, folder, err) || !read_shipped(guard, err)) {
        blocklist_guard_free(guard);
        return NULL;
    }
    qsort(guard->names, guard->count, sizeof *guard->names, compare);
    return guard;
}

void blocklist_guard_free(struct blocklist_guard *guard)
{
    if (guard == NULL) {
        return;
    }
    if (guard->doubt.free != NULL) {
        guard->doubt.free(guard->doubt.lists);
    }
    arena_free(guard->arena);
    free(guard->names);
    free(guard);
}

/* The first protected name that is not before `name`: itself, or one below it, or a later one. */
static const struct shield *find(const struct blocklist_guard *guard, struct str name)
{
    size_t low = 0, high = guard->count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (blocklist_name_compare(guard->names[middle].name, name) < 0) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return low < guard->count ? &guard->names[low] : NULL;
}

static bool refuse(struct err *err, const struct shield *why, struct str host, const char *how)
{
    if (str_equal(why->name, host)) {
        err_set_at(err, why->line, 0, "%.*s %s", STR_FORMAT(host), how);
    } else {
        err_set_at(err, why->line, 0, "%.*s is protected, and %.*s %s", STR_FORMAT(why->name),
                   STR_FORMAT(host), how);
    }
    return err_in_file(err, why->file);
}

/* The strictest protected name that is `host` or above it; NULL if there is none. */
static const struct shield *find_above(const struct blocklist_guard *guard, struct str host)
{
    const struct shield *shared = NULL;
    for (struct str name = host; name.len > 0; name = blocklist_name_above(name)) {
        const struct shield *found = find(guard, name);
        if (found == NULL || !str_equal(found->name, name)) {
            continue;
        }
        if (!found->is_shared) {
            return found;
        }
        shared = shared != NULL ? shared : found;
    }
    return shared;
}

void blocklist_guard_names(const struct blocklist_guard *guard,
                           void (*each)(void *context, struct str name), void *context)
{
    for (size_t i = 0; i < guard->count; i++) {
        if (i == 0 || !str_equal(guard->names[i].name, guard->names[i - 1].name)) {
            each(context, guard->names[i].name);
        }
    }
}

/* What is asked about. `path` is that of a URL; empty for HOST and DOMAIN. */
struct target {
    enum blocklist_scope scope;
    struct str host, path, url; /* url: the whole, or empty */
};

static bool is_single_url(const struct target *target)
{
    const char *query =
        target->path.len > 0 ? memchr(target->path.at, '?', target->path.len) : NULL;
    size_t len = query != NULL ? (size_t)(query - target->path.at) : target->path.len;
    return target->scope == BLOCKLIST_URL && len > 1;
}

static bool check_name(const struct target *target, struct err *err)
{
    struct err why = ERR_NONE;
    if (!blocklist_name_check(target->host, &why)) {
        return err_set(err, "the target: %s", why.message);
    }
    return memchr(target->host.at, '.', target->host.len) != NULL ||
           err_set(err, "%.*s is a single label, with all of the names below it",
                   STR_FORMAT(target->host));
}

static bool check_reserved(struct str host, struct err *err)
{
    struct str last = host;
    for (struct str up = host; up.len > 0; up = blocklist_name_above(up)) {
        last = up;
    }
    for (size_t i = 0; i < sizeof reserved / sizeof *reserved; i++) {
        if (str_is(last, reserved[i])) {
            return err_set(err, "%.*s lies below the reserved name %s", STR_FORMAT(host),
                           reserved[i]);
        }
    }
    return true;
}

/* A platform may hand out names that are suffixes (*.dweb.link): there it is a shared host. */
static bool check_suffix(const struct target *target, struct err *err)
{
    struct str host = target->host;
    return !url_is_public_suffix(host) || (is_single_url(target) && url_is_private_site(host)) ||
           err_set(err, "%.*s is a public suffix: it belongs to all who have a name below it",
                   STR_FORMAT(host));
}

/* `*is_shared` says which of the two it was that refused. */
static bool check_shields(const struct blocklist_guard *guard, const struct target *target,
                          bool *is_shared, struct err *err)
{
    struct str host = target->host;
    const struct shield *above = find_above(guard, host);
    *is_shared = false;
    if (above != NULL && !above->is_shared) {
        return refuse(err, above, host,
                      str_equal(above->name, host) ? "is protected" : "lies below it");
    }
    if (above != NULL && !is_single_url(target)) {
        *is_shared = true;
        return refuse(err, above, host,
                      "is shared by many: report it to the platform, at most a single URL "
                      "below '/' may be listed");
    }
    if (target->scope == BLOCKLIST_URL || target->scope == BLOCKLIST_URL_PREFIX) {
        return true;
    }
    const struct shield *below = find(guard, host);
    if (below == NULL || !blocklist_name_covers(host, below->name)) {
        return true;
    }
    *is_shared = below->is_shared;
    return refuse(err, below, host, "lies above it");
}

/* What refuses a canonical target, whatever anybody doubts; 0: nothing. The first reason stays. */
static unsigned find_refusals(const struct blocklist_guard *guard, const struct target *target,
                              struct err *err)
{
    bool is_shared;
    if (!check_name(target, err)) {
        return BLOCKLIST_GUARD_NAME; /* of what is no name nothing else can be asked */
    }
    unsigned by = check_reserved(target->host, err) ? 0 : BLOCKLIST_GUARD_RESERVED;
    by |= check_suffix(target, err) ? 0 : BLOCKLIST_GUARD_SUFFIX;
    if (!check_shields(guard, target, &is_shared, err)) {
        by |= is_shared ? BLOCKLIST_GUARD_SHARED : BLOCKLIST_GUARD_PROTECTED;
    }
    return by;
}

static bool check_doubt(const struct blocklist_guard *guard, const struct target *target,
                        struct err *err)
{
    struct str host = target->host;
    const struct blocklist_doubt *doubt = &guard->doubt;
    bool is_narrow =
        is_single_url(target) && (find_above(guard, host) != NULL || url_is_private_site(host));
    return doubt->check == NULL ||
           doubt->check(doubt->lists, target->scope, host, target->url, is_narrow, err);
}

static struct target target_of(const struct blocklist_entry *entry)
{
    const struct blocklist_draft *parts = blocklist_entry_parts(entry);
    struct target target = {.scope = parts->scope, .host = blocklist_entry_host(entry)};
    if (parts->scope == BLOCKLIST_URL || parts->scope == BLOCKLIST_URL_PREFIX) {
        const char *end = parts->target.at + parts->target.len;
        const char *slash = memchr(target.host.at, '/', (size_t)(end - target.host.at));
        target.url = parts->target;
        if (slash != NULL) {
            target.path = (struct str){.at = slash, .len = (size_t)(end - slash)};
        }
    }
    return target;
}

bool blocklist_guard_check(const struct blocklist_guard *guard, const struct blocklist_entry *entry,
                           struct err *err)
{
    struct target target = target_of(entry);
    return find_refusals(guard, &target, err) == 0;
}

bool blocklist_guard_check_doubt(const struct blocklist_guard *guard,
                                 const struct blocklist_entry *entry, struct err *err)
{
    struct target target = target_of(entry);
    return check_doubt(guard, &target, err);
}

/* A target in any spelling, made canonical in `out`. */
static bool read_target(enum blocklist_scope scope, struct str text, struct buf *out,
                        struct target *target, struct err *err)
{
    *target = (struct target){.scope = scope, .host = STR("")};
    if (scope == BLOCKLIST_HOST || scope == BLOCKLIST_DOMAIN) {
        return url_host(text, out, &target->host, err);
    }
    struct url url;
    if (!url_canonical(text, out, &url, err)) {
        return false;
    }
    target->host = url.host;
    target->path = url.path;
    target->url = url.whole;
    return true;
}

/* The protected name that `text` is, folded as people's eyes fold it, if `host` is another one. */
static const struct shield *find_likeness(const struct blocklist_guard *guard,
                                          enum blocklist_scope scope, struct str text,
                                          struct str host, struct err *err)
{
    struct arena *arena = arena_new(MOST_FOLDED);
    struct buf out = BUF_EMPTY;
    struct str folded;
    struct target looks;
    struct err ignored = ERR_NONE;
    const struct shield *found = NULL;
    /* A target that folds to no name at all looks like none. */
    if (utf8_is_valid(text) && text_fold_literal(TEXT_FOLDED, text, arena, &folded, &ignored) &&
        read_target(scope, folded, &out, &looks, &ignored) && !str_equal(looks.host, host)) {
        found = find_above(guard, looks.host);
    }
    if (found != NULL) {
        refuse(err, found, looks.host,
               "is what the target looks like; it is another name. If the look-alike itself is "
               "meant, write it as xn--…");
    }
    buf_fini(&out);
    arena_free(arena);
    return found;
}

bool blocklist_guard_explain(const struct blocklist_guard *guard, enum blocklist_scope scope,
                             struct str text, unsigned *by, struct err *err)
{
    struct buf out = BUF_EMPTY;
    struct target target;
    struct err why = ERR_NONE;
    *by = 0;
    if (!read_target(scope, text, &out, &target, &why)) {
        err_set(err, "the target: %s", why.message);
        *by = BLOCKLIST_GUARD_NAME;
    } else {
        *by |= find_likeness(guard, scope, text, target.host, err) ? BLOCKLIST_GUARD_LIKENESS : 0;
        *by |= find_refusals(guard, &target, err);
        *by |= check_doubt(guard, &target, err) ? 0 : BLOCKLIST_GUARD_WARNING;
    }
    buf_fini(&out);
    return *by == 0;
}

bool blocklist_guard_check_typed(const struct blocklist_guard *guard, enum blocklist_scope scope,
                                 struct str target, struct err *err)
{
    unsigned by;
    return blocklist_guard_explain(guard, scope, target, &by, err);
}

/* Appends a code point as UTF-8; what no text can hold as U+FFFD. */
static void put_code(struct buf *out, int32_t code)
{
    utf8proc_uint8_t bytes[4];
    bool is_text = utf8proc_codepoint_valid(code);
    utf8proc_ssize_t len = utf8proc_encode_char(is_text ? code : 0xfffd, bytes);
    buf_put(out, (const char *)bytes, (size_t)len);
}

struct str blocklist_guard_looks_like(const struct blocklist_guard *guard, struct str host)
{
    int32_t codes[BLOCKLIST_LABEL_BYTES];
    struct buf text = BUF_EMPTY;
    struct err ignored = ERR_NONE;
    if (find_above(guard, host) != NULL) {
        return STR("");
    }
    for (struct str left = host; left.len > 0; left = blocklist_name_above(left)) {
        const char *dot = memchr(left.at, '.', left.len);
        struct str label = str_part(left, 0, dot != NULL ? (size_t)(dot - left.at) : left.len);
        size_t count = 0;
        if (str_starts(label, STR("xn--")) &&
            punycode_decode(str_part(label, 4, label.len), codes, BLOCKLIST_LABEL_BYTES, &count)) {
            for (size_t i = 0; i < count; i++) {
                put_code(&text, codes[i]);
            }
        } else {
            buf_put_str(&text, label);
        }
        if (dot != NULL) {
            buf_put_char(&text, '.');
        }
    }
    const struct shield *found =
        find_likeness(guard, BLOCKLIST_HOST, buf_str(&text), host, &ignored);
    buf_fini(&text);
    return found != NULL ? found->name : STR("");
}
