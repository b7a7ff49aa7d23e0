#include "filter/console/shelf.h"

#include <errno.h>
#include <fcntl.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "filter/base/buf.h"
#include "filter/base/hash.h"
#include "filter/base/log.h"
#include "filter/base/mem.h"
#include "filter/console/range.h"

enum {
    NAME_MOST = 96,
    FILES_MOST = 192, /* of a manifest, each with its signature and packed */
    GENERATIONS = 3,  /* the one that is live and two before it */
    MANIFEST_BYTES = 1 << 20,
    SMALL_BYTES = 64 << 10, /* held in memory: signatures; and read for one answer: pages */
    TAG_BYTES = HASH_HEX + 8,
};

static const int64_t kept_ms = INT64_C(10) * 60 * 1000;

#define MANIFEST "manifest.json"
#define PAGES "blokir/"

struct volume {
    char name[NAME_MOST];
    char tag[TAG_BYTES]; /* with its quotes */
    int file;            /* -1: `bytes` */
    struct buf bytes;
    uint64_t length;
    int64_t modified_ms;
};

/* What one run of publish made. */
struct generation {
    char target[512]; /* what the link said */
    int folder;
    uint32_t serial; /* 0: none */
    struct volume *volumes;
    size_t count;
    int64_t left_ms; /* when the next one took its place, on the monotonic clock */
};

struct shelf {
    const char *link;
    const struct clock *clock;
    struct generation generations[GENERATIONS]; /* the live one first */
    bool is_failing;
};

/* "saring.rpz", "misp/….json": lower case, digits, "-_." and at most one folder; no dot first. */
static bool is_plain(struct str name)
{
    size_t slashes = 0;
    if (name.len == 0 || name.len >= NAME_MOST || name.at[name.len - 1] == '/') {
        return false;
    }
    for (size_t i = 0; i < name.len; i++) {
        char c = name.at[i];
        bool is_first = i == 0 || name.at[i - 1] == '/';
        bool is_word = (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_';
        slashes += c == '/' ? 1 : 0;
        if (!is_word && (is_first || (c != '.' && c != '-' && c != '/'))) {
            return false;
        }
    }
    return slashes <= 1;
}

static void close_generation(struct generation *one)
{
    for (size_t i = 0; i < one->count; i++) {
        if (one->volumes[i].file >= 0) {
            close(one->volumes[i].file);
        }
        buf_fini(&one->volumes[i].bytes);
    }
    free(one->volumes);
    if (one->serial != 0) {
        close(one->folder);
    }
    *one = (struct generation){.serial = 0};
}

/* An ordinary file in the folder or one below it; a link is none of ours. -1 if it is not that. */
static int open_file(int folder, const char *name, struct stat *about)
{
    int file = openat(folder, name, O_RDONLY | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK);
    if (file >= 0 && (fstat(file, about) != 0 || !S_ISREG(about->st_mode))) {
        close(file);
        file = -1;
    }
    return file;
}

static bool read_whole(int file, uint64_t length, struct buf *out)
{
    char *at = buf_reserve(out, length + 1);
    uint64_t done = 0;
    while (done < length) {
        ssize_t got = pread(file, at + done, length - done, (off_t)done);
        if (got <= 0 && !(got < 0 && errno == EINTR)) {
            return false;
        }
        done += got > 0 ? (uint64_t)got : 0;
    }
    at[length] = '\0';
    out->len += length;
    return true;
}

static void put_tag(struct volume *volume, const struct hash *sha256, const char *more)
{
    char hex[HASH_HEX];
    snprintf(volume->tag, sizeof volume->tag, "\"%s%s\"", hash_format(sha256, hex), more);
}

static bool set_name(struct volume *volume, struct str name, const char *more)
{
    int len = snprintf(volume->name, sizeof volume->name, "%.*s%s", STR_FORMAT(name), more);
    return len > 0 && (size_t)len < sizeof volume->name;
}

static int64_t modified_of(const struct stat *about)
{
    return (int64_t)about->st_mtim.tv_sec * 1000;
}

/* A small file, in memory and by its own hash. False if it is not there or not small. */
static bool add_small(struct generation *one, struct str name, const char *more, uint64_t most)
{
    struct volume volume = {.file = -1};
    struct stat about;
    int file = one->count < FILES_MOST && set_name(&volume, name, more)
                   ? open_file(one->folder, volume.name, &about)
                   : -1;
    bool done = file >= 0 && (uint64_t)about.st_size <= most &&
                read_whole(file, (uint64_t)about.st_size, &volume.bytes);
    if (file >= 0) {
        close(file);
    }
    if (!done) {
        buf_fini(&volume.bytes);
        return false;
    }
    struct hash sha256 = hash_sha256(buf_str(&volume.bytes));
    put_tag(&volume, &sha256, "");
    volume.length = volume.bytes.len;
    volume.modified_ms = modified_of(&about);
    one->volumes[one->count++] = volume;
    return true;
}

/* A file of any length, which stays open, tagged as `sha256` and `mark` say. */
static bool add_open(struct generation *one, struct str name, const char *more,
                     const struct hash *sha256, const char *mark, int64_t length)
{
    struct volume volume = {.file = -1};
    struct stat about;
    if (one->count == FILES_MOST || !set_name(&volume, name, more)) {
        return false;
    }
    volume.file = open_file(one->folder, volume.name, &about);
    if (volume.file < 0 || (length >= 0 && about.st_size != length)) {
        if (volume.file >= 0) {
            close(volume.file);
        }
        return false;
    }
    put_tag(&volume, sha256, mark);
    volume.length = (uint64_t)about.st_size;
    volume.modified_ms = modified_of(&about);
    one->volumes[one->count++] = volume;
    return true;
}

/* What the manifest names, with its signature; and packed, if it lies packed. */
static bool add_listed(struct generation *one, const json_t *manifest)
{
    const json_t *file;
    size_t at;
    json_array_foreach(json_object_get(manifest, "files"), at, file)
    {
        const json_t *text = json_object_get(file, "name"), *hex = json_object_get(file, "sha256");
        struct str name = {json_string_value(text), json_string_length(text)};
        struct hash sha256;
        if (!is_plain(name) ||
            !hash_parse((struct str){json_string_value(hex), json_string_length(hex)}, &sha256) ||
            !add_open(one, name, "", &sha256, "",
                      json_integer_value(json_object_get(file, "bytes")))) {
            return false;
        }
        (void)!add_small(one, name, ".sig", SMALL_BYTES);
        (void)!add_open(one, name, ".gz", &sha256, "-gzip", -1);
    }
    return true;
}

static bool read_generation(struct generation *one)
{
    if (!add_small(one, STR(MANIFEST), "", MANIFEST_BYTES) ||
        !add_small(one, STR(MANIFEST), ".sig", SMALL_BYTES)) {
        return false;
    }
    struct str bytes = buf_str(&one->volumes[0].bytes);
    json_t *manifest = json_loadb(bytes.at, bytes.len, JSON_REJECT_DUPLICATES, NULL);
    json_int_t serial = json_integer_value(json_object_get(manifest, "serial"));
    bool done = serial > 0 && serial <= UINT32_MAX && add_listed(one, manifest);
    json_decref(manifest);
    one->serial = done ? (uint32_t)serial : one->serial;
    return done;
}

/* The folder that the link names now, all of it opened at once: what is deleted later stays open.
 */
static bool open_generation(struct generation *one, const char *link)
{
    one->folder = open(link, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (one->folder < 0) {
        return false;
    }
    one->volumes = mem_zero(FILES_MOST, sizeof *one->volumes);
    one->serial = 1; /* there is a folder to close */
    if (read_generation(one)) {
        return true;
    }
    close_generation(one);
    return false;
}

static void forget_old(struct shelf *shelf)
{
    int64_t now_ms = clock_monotonic_ms();
    for (size_t i = 1; i < GENERATIONS; i++) {
        if (shelf->generations[i].serial != 0 && now_ms - shelf->generations[i].left_ms > kept_ms) {
            close_generation(&shelf->generations[i]);
        }
    }
}

/* Whether publish has switched since; what can't be read yet leaves what was there. */
static void look(struct shelf *shelf)
{
    struct generation next = {.serial = 0}, *live = &shelf->generations[0];
    ssize_t len = readlink(shelf->link, next.target, sizeof next.target - 1);
    forget_old(shelf);
    if (len > 0 && live->serial != 0 && strcmp(next.target, live->target) == 0) {
        return;
    }
    bool is_open =
        len > 0 && (size_t)len < sizeof next.target - 1 && open_generation(&next, shelf->link);
    if (!is_open) {
        if (!shelf->is_failing && (len > 0 || errno != ENOENT)) {
            log_line(LOG_WARN, "lists_not_read", LOG_TEXT("link", shelf->link));
        }
        shelf->is_failing = true;
        return;
    }
    shelf->is_failing = false;
    close_generation(&shelf->generations[GENERATIONS - 1]);
    memmove(&shelf->generations[1], live, (GENERATIONS - 1) * sizeof *live);
    shelf->generations[1].left_ms = clock_monotonic_ms();
    *live = next;
}

struct shelf *shelf_new(const char *link, const struct clock *clock)
{
    struct shelf *shelf = mem_zero(1, sizeof *shelf);
    shelf->link = link;
    shelf->clock = clock;
    return shelf;
}

void shelf_free(struct shelf *shelf)
{
    if (shelf != NULL) {
        for (size_t i = 0; i < GENERATIONS; i++) {
            close_generation(&shelf->generations[i]);
        }
        free(shelf);
    }
}

static const struct volume *find(const struct generation *one, struct str name, const char *more)
{
    size_t len = strlen(more);
    for (size_t i = 0; i < one->count; i++) {
        const char *has = one->volumes[i].name;
        if (strlen(has) == name.len + len && memcmp(has, name.at, name.len) == 0 &&
            strcmp(has + name.len, more) == 0) {
            return &one->volumes[i];
        }
    }
    return NULL;
}

/* The manifest's generation that is asked for; NULL if it is not here any more. */
static const struct generation *choose(const struct shelf *shelf, struct str query)
{
    if (!str_starts(query, STR("serial="))) {
        return &shelf->generations[0];
    }
    for (size_t i = 0; i < GENERATIONS; i++) {
        char wanted[32];
        snprintf(wanted, sizeof wanted, "serial=%lu", (unsigned long)shelf->generations[i].serial);
        if (shelf->generations[i].serial != 0 && str_is(query, wanted)) {
            return &shelf->generations[i];
        }
    }
    return NULL;
}

static const char *type_of(struct str name)
{
    static const struct {
        const char *ending, *type;
    } types[] = {
        {".json", "application/json"},       {".ndjson", "application/x-ndjson"},
        {".csv", "text/csv; charset=utf-8"}, {".html", "text/html; charset=utf-8"},
        {".gz", "application/gzip"},
    };
    for (size_t i = 0; i < sizeof types / sizeof *types; i++) {
        if (str_ends(name, str_of(types[i].ending))) {
            return types[i].type;
        }
    }
    return "text/plain; charset=utf-8";
}

static void refuse(struct response *response, unsigned status, const char *words)
{
    response->status = status;
    response->type = "text/plain; charset=utf-8";
    buf_put_string(&response->body, words);
}

/* Bytes of it, from memory or as an open file that the answer closes. */
static bool put_part(struct response *response, const struct volume *volume, uint64_t at,
                     uint64_t length)
{
    if (volume->file < 0) {
        buf_put(&response->body, volume->bytes.bytes + at, length);
        return true;
    }
    response->stream = (struct response_stream){
        .file = fcntl(volume->file, F_DUPFD_CLOEXEC, 3), .at = at, .length = length};
    response->is_streamed = response->stream.file >= 0;
    return response->is_streamed;
}

/* RFC 9110, section 13.2.2: the order in which preconditions are asked. */
static void give_volume(const struct request_head *head, const struct volume *volume,
                        struct response *response)
{
    struct str tag = str_of(volume->tag);
    uint64_t first = 0, last = 0, length = volume->length;
    snprintf(response->tag, sizeof response->tag, "%s", volume->tag);
    range_date(volume->modified_ms, response->modified);
    response->is_tag_strong = response->is_checked = response->takes_ranges = true;
    response->status = 200;
    if (!range_if_match(head->if_match, tag)) {
        refuse(response, 412, "bukan berkas itu lagi / no longer that file\n");
        return;
    }
    bool has_it = head->if_none_match.len > 0
                      ? request_has_tag(head->if_none_match, tag)
                      : str_is(str_trim(head->if_modified_since), response->modified);
    if (has_it) {
        response->status = 304;
        return;
    }
    enum range_answer range = RANGE_WHOLE;
    if (str_is(head->method, "GET") && range_if(head->if_range, tag, response->modified)) {
        range = range_read(head->range, length, &first, &last);
    }
    if (range == RANGE_UNSATISFIABLE) {
        refuse(response, 416, "bagian itu tidak ada / no such part\n");
        snprintf(response->range, sizeof response->range, "bytes */%llu",
                 (unsigned long long)length);
        return;
    }
    if (range == RANGE_PART) {
        response->status = 206;
        snprintf(response->range, sizeof response->range, "bytes %llu-%llu/%llu",
                 (unsigned long long)first, (unsigned long long)last, (unsigned long long)length);
        length = last - first + 1;
    }
    if (!put_part(response, volume, range == RANGE_PART ? first : 0, length)) {
        response->retry_s = 10;
        refuse(response, 503, "sebentar lagi / in a moment\n");
    }
}

/* A page for people, of which there may be thousands: opened when it is asked for. */
static bool find_page(const struct generation *one, struct str name, struct volume *page)
{
    struct generation only = {.folder = one->folder, .volumes = page};
    if (str_is(name, PAGES)) {
        name = STR(PAGES "index.html");
    }
    return str_starts(name, STR(PAGES)) && str_ends(name, STR(".html")) && is_plain(name) &&
           add_small(&only, name, "", SMALL_BYTES);
}

void shelf_give(struct shelf *shelf, const struct request_head *head, struct str name,
                struct str query, struct response *response)
{
    look(shelf);
    const struct generation *one = choose(shelf, query);
    struct volume page = {.file = -1};
    response->type = type_of(name);
    if (one == NULL || one->serial == 0) {
        refuse(response, 404, "tidak ada di sini / not here\n");
    } else if (find_page(one, name, &page)) {
        response->type = "text/html; charset=utf-8";
        response->is_for_reading = true;
        give_volume(head, &page, response);
        buf_fini(&page.bytes);
    } else if (is_plain(name) && find(one, name, "") != NULL) {
        const struct volume *packed = find(one, name, ".gz");
        bool is_packed = packed != NULL && request_weight(head->accept_encoding, STR("gzip")) > 0;
        give_volume(head, is_packed ? packed : find(one, name, ""), response);
        response->is_gzip = is_packed && (response->status == 200 || response->status == 206);
    } else {
        refuse(response, 404, "tidak ada di sini / not here\n");
    }
}
