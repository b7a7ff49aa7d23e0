#include "feeds/reference.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "filter/base/mem.h"

enum { MAX_NAME = 32 };

void feeds_code_point_put(struct buf *out, uint32_t c)
{
    if (c < 0x80) {
        buf_put_char(out, (char)c);
        return;
    }
    if (c >= 0x10000) {
        buf_put_char(out, (char)(0xF0 | c >> 18));
        buf_put_char(out, (char)(0x80 | (c >> 12 & 0x3F)));
        buf_put_char(out, (char)(0x80 | (c >> 6 & 0x3F)));
    } else if (c >= 0x800) {
        buf_put_char(out, (char)(0xE0 | c >> 12));
        buf_put_char(out, (char)(0x80 | (c >> 6 & 0x3F)));
    } else {
        buf_put_char(out, (char)(0xC0 | c >> 6));
    }
    buf_put_char(out, (char)(0x80 | (c & 0x3F)));
}

/* What a number means (HTML, section 13.2.5.80). */
static void put_code_point(struct buf *out, uint32_t c)
{
    /* What windows-1252 has where Unicode has controls; 0: nothing. */
    static const uint16_t windows[32] = {
        0x20AC, 0,      0x201A, 0x0192, 0x201E, 0x2026, 0x2020, 0x2021, 0x02C6, 0x2030, 0x0160,
        0x2039, 0x0152, 0,      0x017D, 0,      0,      0x2018, 0x2019, 0x201C, 0x201D, 0x2022,
        0x2013, 0x2014, 0x02DC, 0x2122, 0x0161, 0x203A, 0x0153, 0,      0x017E, 0x0178};
    if (c >= 0x80 && c < 0xA0 && windows[c - 0x80] != 0) {
        c = windows[c - 0x80];
    }
    if (c == 0 || c > 0x10FFFF || (c >= 0xD800 && c < 0xE000)) {
        c = 0xFFFD;
    }
    feeds_code_point_put(out, c);
}

/* "&#233;" or "&#xE9;" at `at`. */
static size_t put_number(struct str text, size_t at, struct buf *out)
{
    size_t i = at + 2;
    bool is_hex = i < text.len && (text.at[i] == 'x' || text.at[i] == 'X');
    i += is_hex;
    size_t start = i;
    uint32_t number = 0;
    for (; i < text.len; i++) {
        char c = text.at[i];
        uint32_t digit;
        if (c >= '0' && c <= '9') {
            digit = (uint32_t)(c - '0');
        } else if (is_hex && ((c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F'))) {
            digit = ((uint32_t)c | 0x20U) - 'a' + 10;
        } else {
            break;
        }
        if (number <= 0x10FFFF) { /* further digits only make it more wrong */
            number = number * (is_hex ? 16 : 10) + digit;
        }
    }
    if (i == start) {
        return 0;
    }
    put_code_point(out, number);
    return i - at + (i < text.len && text.at[i] == ';');
}

static bool is_name_byte(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
           c == '-' || c == '.' || c == ':' || (c & 0x80) != 0;
}

static const struct entity {
    struct str name, text;
} entities_of_html[] = {
#define X(name, text) {STR(name), STR(text)},
#include "feeds/entities.tbl"
#undef X
};

static int compare_entities(const void *a, const void *b)
{
    return str_compare(((const struct entity *)a)->name, ((const struct entity *)b)->name);
}

static bool put_known(struct str name, struct buf *out)
{
    const struct entity wanted = {.name = name};
    const struct entity *found =
        bsearch(&wanted, entities_of_html, sizeof entities_of_html / sizeof *entities_of_html,
                sizeof wanted, compare_entities);
    if (found != NULL) {
        buf_put_str(out, found->text);
    }
    return found != NULL;
}

/* Its place among the declared; -1 if it is none of them. */
static int find_declared(struct str name, const struct feeds_entities *declared)
{
    for (size_t i = 0; declared != NULL && i < declared->count; i++) {
        if (str_equal(declared->list[i].name, name)) {
            return (int)i;
        }
    }
    return -1;
}

static bool put_declared(struct str name, const struct feeds_entities *declared, struct buf *out)
{
    int at = find_declared(name, declared);
    if (at >= 0) {
        buf_put(out, declared->list[at].value, declared->list[at].len);
    }
    return at >= 0;
}

size_t feeds_reference_put(struct str text, size_t at, const struct feeds_entities *declared,
                           struct buf *out)
{
    if (at + 1 < text.len && text.at[at + 1] == '#') {
        return put_number(text, at, out);
    }
    size_t end = at + 1;
    while (end < text.len && end - at <= MAX_NAME && is_name_byte(text.at[end])) {
        end++;
    }
    struct str name = str_part(text, at + 1, end);
    if (name.len == 0 || name.len > MAX_NAME) {
        return 0;
    }
    if (end < text.len && text.at[end] == ';') {
        return put_declared(name, declared, out) || put_known(name, out) ? end - at + 1 : 0;
    }
    /* "AT&T", "?a=1&copy=2": only these are meant without their ';', and only as whole names. */
    static const char *const loose[] = {"amp", "lt", "gt", "quot", "nbsp"};
    for (size_t i = 0; i < sizeof loose / sizeof *loose; i++) {
        if (str_is(name, loose[i])) {
            return put_known(name, out) ? end - at : 0;
        }
    }
    return 0;
}

/* Whether the reference of `used` bytes at text.at[at] is one that XML itself defines. */
static bool is_xml_reference(struct str text, size_t at, size_t used,
                             const struct feeds_entities *declared)
{
    static const char *const own[] = {"amp", "lt", "gt", "quot", "apos"};
    if (used < 3 || text.at[at + used - 1] != ';') {
        return false;
    }
    struct str name = str_part(text, at + 1, at + used - 1);
    for (size_t i = 0; i < sizeof own / sizeof *own; i++) {
        if (str_is(name, own[i])) {
            return true;
        }
    }
    return name.at[0] == '#' || find_declared(name, declared) >= 0;
}

/* Of the most frequent references the byte that each means and its length; 0 if it is none. */
static size_t match_usual(struct str text, size_t at, char *c)
{
    static const struct {
        struct str reference;
        char c;
    } usual[] = {{STR("&lt;"), '<'}, {STR("&gt;"), '>'}, {STR("&amp;"), '&'}, {STR("&quot;"), '"'}};
    struct str rest = str_part(text, at, text.len);
    for (size_t i = 0; i < sizeof usual / sizeof *usual; i++) {
        if (str_starts(rest, usual[i].reference)) {
            *c = usual[i].c;
            return usual[i].reference.len;
        }
    }
    return 0;
}

bool feeds_reference_decode(struct str text, const struct feeds_entities *declared, struct buf *out)
{
    bool is_xml = true;
    size_t at = 0;
    /* Room for all of it at once: most references shrink. */
    mem_grow(&out->bytes, &out->room, out->len + text.len + 1, 1);
    while (at < text.len) {
        const char *next = memchr(text.at + at, '&', text.len - at);
        size_t until = next != NULL ? (size_t)(next - text.at) : text.len;
        buf_put(out, text.at + at, until - at);
        at = until;
        if (at == text.len) {
            break;
        }
        char c = '&';
        size_t used = match_usual(text, at, &c);
        if (used > 0) {
            buf_put_char(out, c);
        } else {
            used = feeds_reference_put(text, at, declared, out);
            is_xml = is_xml && is_xml_reference(text, at, used, declared);
            if (used == 0) {
                buf_put_char(out, '&');
                used = 1;
            }
        }
        at += used;
    }
    return is_xml;
}

/* At the front alone: trimming both ends again and again would be quadratic. */
static struct str skip_space(struct str text)
{
    size_t at = 0;
    while (at < text.len && strchr(" \t\r\n", text.at[at]) != NULL && text.at[at] != '\0') {
        at++;
    }
    return str_part(text, at, text.len);
}

static struct str take_word(struct str *rest)
{
    *rest = skip_space(*rest);
    size_t len = 0;
    while (len < rest->len && is_name_byte(rest->at[len])) {
        len++;
    }
    struct str word = str_part(*rest, 0, len);
    *rest = skip_space(str_part(*rest, len, rest->len));
    return word;
}

static void add_entity(struct feeds_entities *entities, struct str name, struct str value)
{
    struct buf text = BUF_EMPTY;
    if (name.len == 0 || name.len > MAX_NAME || value.len > FEEDS_MAX_ENTITY_BYTES ||
        memchr(value.at, '%', value.len) != NULL) {
        return;
    }
    /* Numbers are resolved where an entity is declared, names would be where it is used. */
    for (size_t at = 0; at < value.len;) {
        size_t used = value.at[at] == '&' && at + 1 < value.len && value.at[at + 1] == '#'
                          ? feeds_reference_put(value, at, NULL, &text)
                          : 0;
        if (used == 0) {
            buf_put_char(&text, value.at[at]);
            used = 1;
        }
        at += used;
    }
    if (text.len <= FEEDS_MAX_ENTITY_BYTES && entities->count < FEEDS_MAX_ENTITIES &&
        (text.len == 0 || (memchr(text.bytes, '&', text.len) == NULL &&
                           memchr(text.bytes, '<', text.len) == NULL))) {
        entities->list[entities->count].name = name;
        entities->list[entities->count].len = text.len;
        if (text.len > 0) {
            memcpy(entities->list[entities->count].value, text.bytes, text.len);
        }
        entities->count++;
    }
    buf_fini(&text);
}

void feeds_entities_read(struct feeds_entities *entities, struct str doctype)
{
    static const char start[] = "<!ENTITY";
    for (;;) {
        const char *found =
            doctype.len > 0 ? memmem(doctype.at, doctype.len, start, sizeof start - 1) : NULL;
        if (found == NULL || entities->count == FEEDS_MAX_ENTITIES) {
            return;
        }
        doctype = str_part(doctype, (size_t)(found - doctype.at) + sizeof start - 1, doctype.len);
        struct str rest = doctype;
        struct str name = take_word(&rest);
        if (rest.len == 0 || (rest.at[0] != '"' && rest.at[0] != '\'')) {
            continue; /* SYSTEM, PUBLIC, or a parameter entity's '%' */
        }
        const char *end = memchr(rest.at + 1, rest.at[0], rest.len - 1);
        if (end != NULL) {
            add_entity(entities, name, str_part(rest, 1, (size_t)(end - rest.at)));
        }
    }
}
