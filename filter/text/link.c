#include "filter/text/link.h"

#include <stdlib.h>
#include <utf8proc.h>

#include "filter/base/buf.h"
#include "filter/base/err.h"
#include "filter/base/mem.h"
#include "filter/text/internal.h"
#include "filter/text/url.h"

/* Where a link's parts lie in the buffer, which may move while it grows. */
struct place {
    size_t at, len;
};

/* Where the registrable domain starts in a host that was met before: posts share few hosts. */
struct known_host {
    unsigned char len, domain_at; /* len 0: none yet; domain_at == len: no domain */
    char host[62];
};

enum { KNOWN_HOSTS = 64 };

struct text_links {
    struct buf urls;
    struct known_host known[KNOWN_HOSTS];
    struct text_link found[POST_MAX_LINKS];
    struct {
        struct place url, host, domain, path;
    } places[POST_MAX_LINKS];
    size_t count;
};

struct text_links *text_links_new(void)
{
    return mem_zero(1, sizeof(struct text_links));
}

void text_links_free(struct text_links *links)
{
    if (links == NULL) {
        return;
    }
    buf_fini(&links->urls);
    free(links);
}

static struct place place_of(const struct text_links *links, struct str part)
{
    return (struct place){.at = part.len > 0 ? (size_t)(part.at - links->urls.bytes) : 0,
                          .len = part.len};
}

static struct str at_place(const struct text_links *links, struct place place)
{
    return (struct str){.at = links->urls.bytes + place.at, .len = place.len};
}

static struct str registrable(struct text_links *links, struct str host)
{
    if (host.len > sizeof links->known->host) {
        return url_registrable(host);
    }
    unsigned slot = (unsigned)host.len;
    for (size_t i = 0; i < host.len; i++) {
        slot = slot * 31 + (unsigned char)host.at[i];
    }
    struct known_host *known = &links->known[slot % KNOWN_HOSTS];
    if (known->len != host.len || memcmp(known->host, host.at, host.len) != 0) {
        known->len = (unsigned char)host.len;
        known->domain_at = (unsigned char)(host.len - url_registrable(host).len);
        memcpy(known->host, host.at, host.len);
    }
    return str_part(host, known->domain_at, host.len);
}

/* Adds the link if it can be canonicalised; `base` may be NULL. */
static void add(struct text_links *links, struct text_link link, const struct url *base)
{
    struct err err = ERR_NONE;
    struct url url;
    if (!url_read(link.original, base, &links->urls, &url, &err)) {
        return;
    }
    url.domain = registrable(links, url.host);
    links->places[links->count].url = place_of(links, url.whole);
    links->places[links->count].host = place_of(links, url.host);
    links->places[links->count].domain = place_of(links, url.domain);
    links->places[links->count].path = place_of(links, url.path);
    links->found[links->count++] = link;
}

static bool is_alnum(char c)
{
    return (c >= '0' && c <= '9') || ((c | 0x20) >= 'a' && (c | 0x20) <= 'z');
}

/* Letters, digits and marks beyond ASCII may be part of a link; emoji and punctuation are not. */
static bool is_word_code(uint32_t code)
{
    switch (utf8proc_get_property((utf8proc_int32_t)code)->category) {
    case UTF8PROC_CATEGORY_LU:
    case UTF8PROC_CATEGORY_LL:
    case UTF8PROC_CATEGORY_LT:
    case UTF8PROC_CATEGORY_LM:
    case UTF8PROC_CATEGORY_LO:
    case UTF8PROC_CATEGORY_MN:
    case UTF8PROC_CATEGORY_MC:
    case UTF8PROC_CATEGORY_ND:
        return true;
    default:
        return false;
    }
}

/* The length of the code point at `at` if it may stand in a host name, dots included; else 0. */
static size_t host_char(struct str text, size_t at)
{
    size_t len = 1;
    char c = text.at[at];
    if ((unsigned char)c < 0x80) {
        return is_alnum(c) || c == '-' || c == '.' || c == '_';
    }
    return is_word_code(text_decode(text.at + at, &len)) ? len : 0;
}

static bool is_path_sign(char c)
{
    switch (c) {
    case '<':
    case '>':
    case '"':
    case '`':
    case '{':
    case '}':
    case '|':
    case '\\':
    case '^':
    case 0x7f:
        return false;
    default:
        return (unsigned char)c > ' ';
    }
}

/* The same of what may stand in a path. */
static size_t path_char(struct str text, size_t at)
{
    size_t len = 1;
    char c = text.at[at];
    if ((unsigned char)c < 0x80) {
        return is_path_sign(c);
    }
    return is_word_code(text_decode(text.at + at, &len)) ? len : 0;
}

/* Where the host name that has a dot at `dot` starts. */
static size_t host_start(struct str text, size_t from, size_t dot)
{
    size_t start = dot;
    while (start > from) {
        size_t before = start - 1;
        while (before > from && ((unsigned char)text.at[before] & 0xc0) == 0x80) {
            before--;
        }
        if (host_char(text, before) == 0 || (text.at[before] == '.' && text.at[start] == '.')) {
            break;
        }
        start = before;
    }
    return start;
}

static size_t host_end(struct str text, size_t at)
{
    for (size_t len; at < text.len && (len = host_char(text, at)) > 0; at += len) {
        if (text.at[at] == '.' && at + 1 < text.len && text.at[at + 1] == '.') {
            break;
        }
    }
    return at;
}

/* The end of a link from `at` on: as far as a path goes, without the sentence's own signs. */
static size_t link_end(struct str text, size_t start, size_t at)
{
    int open = 0;
    for (size_t len; at < text.len && (len = path_char(text, at)) > 0; at += len) {
        open += text.at[at] == '(' ? 1 : text.at[at] == ')' ? -1 : 0;
        if (open < 0) {
            break; /* "(lihat https://…)": the bracket is not the link's */
        }
    }
    while (at > start && strchr(".,;:!?'*_~(", text.at[at - 1]) != NULL) {
        at--;
    }
    return at;
}

/* The start of "http" or "https" before the "://" at `colon`; `colon` if there is neither. */
static size_t scheme_start(struct str text, size_t from, size_t colon)
{
    static const char *const schemes[] = {"http", "https"};
    for (size_t i = 0; i < 2; i++) {
        size_t len = strlen(schemes[i]), k = 0;
        if (colon < from + len) {
            continue;
        }
        while (k < len && (text.at[colon - len + k] | 0x20) == schemes[i][k]) {
            k++;
        }
        if (k == len) {
            return colon - len;
        }
    }
    return colon;
}

static bool is_upper(char c)
{
    return c >= 'A' && c <= 'Z';
}

/*
 * Whether a bare name that nothing follows is rather two words with no space behind the full stop
 * ("selesai.Info", "sini.ke"), a degree (M.Si) or a file.
 */
static bool is_rather_prose(struct str host)
{
    static const char words[] =
        " ke si ga gw lu la se ni mu sy so km ya pm ag md st th sd zip mov ";
    size_t last = host.len, first = 0, dots = 0;
    char word[8] = " ";
    while (last > 0 && host.at[last - 1] != '.') {
        last--;
    }
    while (first < host.len && host.at[first] != '.') {
        first++;
    }
    for (size_t i = 0; i < host.len; i++) {
        dots += host.at[i] == '.';
    }
    size_t len = host.len - last;
    if (len >= 2 && is_upper(host.at[last]) && !is_upper(host.at[last + 1])) {
        return true;
    }
    if (len + 3 > sizeof word || dots > 1) {
        return false;
    }
    for (size_t i = 0; i < len; i++) {
        word[i + 1] = (char)(host.at[last + i] | 0x20);
    }
    memcpy(word + len + 1, " ", 2);
    return strstr(words, word) != NULL;
}

/* Whether a top-level domain that exists ends the name. */
static bool has_suffix(struct str host, struct buf *scratch)
{
    struct err err = ERR_NONE;
    struct str name;
    size_t before = scratch->len;
    bool ok = url_host(host, scratch, &name, &err) && url_has_known_suffix(name);
    scratch->len = before;
    return ok;
}

/*
 * Looks at the dot at `dot`, which is not before `from`: the bare link that it is in, or an empty
 * span. `*seen` is how far every other dot would give the same answer.
 */
static struct text_span bare_link(struct text_links *links, struct str text, size_t from,
                                  size_t dot, size_t *seen)
{
    const struct text_span none = {.start = dot, .end = dot};
    *seen = dot + 1;
    if (dot + 1 >= text.len || dot == from || host_char(text, dot + 1) == 0 ||
        text.at[dot + 1] == '.') {
        return none;
    }
    size_t start = host_start(text, from, dot);
    if (start == dot) {
        return none;
    }
    size_t end = host_end(text, dot + 1);
    *seen = end;
    while (start < dot && strchr(".-_", text.at[start]) != NULL) {
        start++;
    }
    while (end > dot + 1 && strchr(".-_", text.at[end - 1]) != NULL) {
        end--;
    }
    struct str host = str_part(text, start, end);
    char before = start > 0 ? text.at[start - 1] : ' ', after = end < text.len ? text.at[end] : ' ';
    if (start == dot || before == '@' || after == '@' || before == '/') {
        return none; /* a mail address, or part of something else */
    }
    bool has_more = after == '/' && end + 1 < text.len && path_char(text, end + 1) > 0;
    bool has_www = host.len > 4 && (host.at[0] | 0x20) == 'w' && (host.at[1] | 0x20) == 'w' &&
                   (host.at[2] | 0x20) == 'w' && host.at[3] == '.';
    if ((!has_more && !has_www && is_rather_prose(host)) || !has_suffix(host, &links->urls)) {
        return none;
    }
    bool goes_on =
        after == '/' || after == '?' || after == '#' ||
        (after == ':' && end + 1 < text.len && text.at[end + 1] >= '0' && text.at[end + 1] <= '9');
    return (struct text_span){.start = start, .end = goes_on ? link_end(text, start, end) : end};
}

static const char *find(struct str text, size_t at, char c)
{
    return at < text.len ? memchr(text.at + at, c, text.len - at) : NULL;
}

static void add_from_field(struct text_links *links, struct str text, enum post_field field)
{
    size_t at = 0;
    const char *dot = find(text, 0, '.'), *colon = find(text, 0, ':');
    while ((dot != NULL || colon != NULL) && links->count < POST_MAX_LINKS) {
        bool is_dot = colon == NULL || (dot != NULL && dot < colon);
        size_t place = (size_t)((is_dot ? dot : colon) - text.at), next = place + 1;
        struct text_span span = {.start = place, .end = place};
        if (is_dot) {
            span = bare_link(links, text, at, place, &next);
        } else if (text.len - place > 3 && memcmp(colon, "://", 3) == 0) {
            span.start = scheme_start(text, at, place);
            span.end = span.start < place ? link_end(text, span.start, place + 3) : place;
        }
        if (span.end > place) {
            add(links,
                (struct text_link){
                    .field = field, .span = span, .original = str_part(text, span.start, span.end)},
                NULL);
            at = span.end;
            next = span.end;
        }
        dot = dot != NULL && dot < text.at + next ? find(text, next, '.') : dot;
        colon = colon != NULL && colon < text.at + next ? find(text, next, ':') : colon;
    }
}

static void add_from_mark_up(struct text_links *links, const struct post *post)
{
    struct err err = ERR_NONE;
    struct buf base_text = BUF_EMPTY;
    struct url base;
    bool has_base = post->link_count > 0 && post->url.len > 0 &&
                    url_canonical(post->url, &base_text, &base, &err);
    for (size_t i = 0; i < post->link_count && links->count < POST_MAX_LINKS; i++) {
        struct str target = post->links[i];
        bool is_whole = target.len > 5 && (target.at[0] | 0x20) == 'h' &&
                        memchr(target.at, ':', target.len < 6 ? target.len : 6) != NULL;
        if ((!is_whole && !has_base) || target.len == 0 || target.at[0] == '#') {
            continue; /* relative to nothing we know, or within the page itself */
        }
        add(links,
            (struct text_link){.in_mark_up = true,
                               .field = POST_TEXT,
                               .span = {.start = 0, .end = target.len},
                               .original = target},
            is_whole ? NULL : &base);
    }
    buf_fini(&base_text);
}

size_t text_links_find(struct text_links *links, const struct post *post,
                       const struct text_link **found)
{
    links->count = 0;
    buf_clear(&links->urls);
    add_from_field(links, post->fields[POST_TITLE], POST_TITLE);
    add_from_field(links, post->fields[POST_TEXT], POST_TEXT);
    if (post->link_count > 0) {
        add_from_mark_up(links, post);
    }
    for (size_t i = 0; i < links->count; i++) {
        links->found[i].url = at_place(links, links->places[i].url);
        links->found[i].host = at_place(links, links->places[i].host);
        links->found[i].domain = at_place(links, links->places[i].domain);
        links->found[i].path = at_place(links, links->places[i].path);
    }
    *found = links->found;
    return links->count;
}
