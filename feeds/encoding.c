#include "feeds/encoding.h"

#include <assert.h>
#include <errno.h>
#include <iconv.h>
#include <string.h>
#include <strings.h>
#include <uchardet/uchardet.h>

#include "feeds/charset.h"
#include "filter/base/mem.h"
#include "filter/text/utf8.h"

enum {
    MAX_HEADER = 1024,
    MAX_DECLARATION = 512,
    MAX_META = 1024,
    MAX_DETECT = 1 << 18,
    MAX_LABEL = 32
};

/* The value behind `name` and '=', quoted or not; empty if there is none. */
static struct str find_parameter(struct str text, const char *name)
{
    size_t len = strlen(name);
    for (size_t i = 0; i + len < text.len; i++) {
        if (strncasecmp(text.at + i, name, len) != 0) {
            continue;
        }
        struct str rest = str_trim(str_part(text, i + len, text.len));
        if (rest.len == 0 || rest.at[0] != '=') {
            continue;
        }
        rest = str_trim(str_part(rest, 1, rest.len));
        char quote = rest.len > 0 && (rest.at[0] == '"' || rest.at[0] == '\'') ? rest.at[0] : '\0';
        size_t start = quote != '\0', end = start;
        while (end < rest.len && rest.at[end] != quote &&
               (quote != '\0' || strchr("; \t,?\"'>", rest.at[end]) == NULL)) {
            end++;
        }
        return str_part(rest, start, end);
    }
    return STR("");
}

/* What the bytes' first ones say: a mark of `*mark` bytes, or '<' in wide characters. */
static const char *find_mark(struct str bytes, size_t *mark)
{
    static const struct {
        struct str start;
        const char *name;
        size_t mark;
    } starts[] = {
        {STR("\xEF\xBB\xBF"), "UTF-8", 3},    {STR("\xFF\xFE\0\0"), "UTF-32LE", 4},
        {STR("\0\0\xFE\xFF"), "UTF-32BE", 4}, {STR("\xFF\xFE"), "UTF-16LE", 2},
        {STR("\xFE\xFF"), "UTF-16BE", 2},     {STR("<\0\0\0"), "UTF-32LE", 0},
        {STR("\0\0\0<"), "UTF-32BE", 0},      {STR("<\0?\0"), "UTF-16LE", 0},
        {STR("\0<\0?"), "UTF-16BE", 0},       {STR("<\0r\0"), "UTF-16LE", 0},
        {STR("\0<\0r"), "UTF-16BE", 0},
    };
    for (size_t i = 0; i < sizeof starts / sizeof *starts; i++) {
        if (str_starts(bytes, starts[i].start)) {
            *mark = starts[i].mark;
            return starts[i].name;
        }
    }
    *mark = 0;
    return NULL;
}

static const char *find_declared(struct str bytes)
{
    struct str start = bytes.len > MAX_DECLARATION ? str_part(bytes, 0, MAX_DECLARATION) : bytes;
    start = str_trim(start);
    if (!str_starts(start, STR("<?xml"))) {
        return NULL;
    }
    const char *end = memmem(start.at, start.len, "?>", 2);
    if (end != NULL) {
        start.len = (size_t)(end - start.at);
    }
    struct str label = find_parameter(start, "encoding");
    return label.len > 0 ? feeds_charset_find(label) : NULL;
}

/* HTML's <meta charset="…"> or <meta … content="…; charset=…"> (13.2.3.2), in its first bytes. */
static const char *find_meta(struct str bytes)
{
    struct str start = bytes.len > MAX_META ? str_part(bytes, 0, MAX_META) : bytes;
    for (size_t at = 0; at + 5 < start.len; at++) {
        if (start.at[at] == '<' && strncasecmp(start.at + at, "<meta", 5) == 0) {
            const char *end = memchr(start.at + at, '>', start.len - at);
            size_t to = end != NULL ? (size_t)(end - start.at) : start.len;
            struct str label = find_parameter(str_part(start, at, to), "charset");
            if (label.len > 0) {
                return feeds_charset_find(label);
            }
        }
    }
    return NULL;
}

/* Whether it writes Latin letters that neither Indonesia nor its neighbours use. */
static bool is_rare_latin(const char *name)
{
    static const char *const names[] = {"CP1250",      "CP1254",      "CP1257",      "CP1258",
                                        "CP852",       "ISO-8859-2",  "ISO-8859-3",  "ISO-8859-4",
                                        "ISO-8859-10", "ISO-8859-13", "ISO-8859-14", "ISO-8859-15",
                                        "ISO-8859-16", "MACINTOSH",   "VISCII"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        if (strcmp(name, names[i]) == 0) {
            return true;
        }
    }
    return false;
}

static size_t count_high(struct str bytes)
{
    size_t count = 0;
    for (size_t i = 0; i < bytes.len; i++) {
        count += (unsigned char)bytes.at[i] >= 0x80;
    }
    return count;
}

/* What the bytes look like, of the encodings that we know; NULL if uchardet can't tell. */
static const char *detect(struct str bytes)
{
    uchardet_t detector = uchardet_new();
    size_t len = bytes.len < MAX_DETECT ? bytes.len : MAX_DETECT;
    bool is_taken = uchardet_handle_data(detector, bytes.at, len) == 0;
    uchardet_data_end(detector);
    const char *name = is_taken ? feeds_charset_find(str_of(uchardet_get_charset(detector))) : NULL;
    uchardet_delete(detector);
    if (name != NULL && is_rare_latin(name) && count_high(str_part(bytes, 0, len)) < 24) {
        return NULL; /* "café" is no Czech: of few letters uchardet guesses so */
    }
    /* Wide characters would have zeros, and UTF-8 was looked for before. */
    return name != NULL && strncmp(name, "UTF-", 4) != 0 ? name : NULL;
}

/* One call of iconv with room for its output; false at bytes that are none of the encoding. */
static bool convert_some(iconv_t converter, char **in, size_t *left, struct buf *out)
{
    for (;;) {
        mem_grow(&out->bytes, &out->room, out->len + *left * 2 + 64, 1);
        char *to = out->bytes + out->len;
        size_t room = out->room - out->len;
        size_t done = iconv(converter, in, left, &to, &room);
        int why = errno;
        out->len = (size_t)(to - out->bytes);
        if (done != (size_t)-1) {
            return true;
        }
        if (why != E2BIG) {
            return false;
        }
    }
}

static bool convert(struct str bytes, const char *name, struct buf *out, uint64_t *mended)
{
    iconv_t converter = iconv_open("UTF-8", name);
    if (converter == (iconv_t)-1) {
        return false;
    }
    bool is_wide = strncmp(name, "UTF-16", 6) == 0, is_wider = strncmp(name, "UTF-32", 6) == 0;
    size_t unit = is_wider ? 4 : is_wide ? 2 : 1;
    char *in = (char *)(uintptr_t)bytes.at; /* iconv takes no const, and writes nothing there */
    size_t left = bytes.len;
    while (!convert_some(converter, &in, &left, out)) {
        buf_put_string(out, "\xEF\xBF\xBD");
        (*mended)++;
        size_t skip = unit < left ? unit : left;
        in += skip;
        left -= skip;
        iconv(converter, NULL, NULL, NULL, NULL);
    }
    iconv_close(converter);
    return true;
}

/* Whether bytes that are not all UTF-8 are so more often than not, where they are not ASCII. */
static bool is_mostly_utf8(struct str bytes)
{
    size_t right = 0, wrong = 0;
    assert(bytes.at != NULL);
    for (size_t i = 0; i < bytes.len;) {
        unsigned char c = (unsigned char)bytes.at[i];
        size_t len = c < 0x80 ? 1 : c >= 0xF0 ? 4 : c >= 0xE0 ? 3 : c >= 0xC2 ? 2 : 0;
        bool fits = len > 0 && len <= bytes.len - i && utf8_is_valid(str_part(bytes, i, i + len));
        if (c >= 0x80) {
            right += fits;
            wrong += !fits;
        }
        i += fits ? len : 1;
    }
    return right > 0 && right >= wrong;
}

/* Where a C1 control starts in valid UTF-8, from `at` on; the end if there is none. */
static size_t find_c1(struct str text, size_t at)
{
    while (at < text.len) {
        const char *lead = memchr(text.at + at, '\xC2', text.len - at);
        if (lead == NULL) {
            break;
        }
        at = (size_t)(lead - text.at);
        if ((unsigned char)text.at[at + 1] < 0xA0) {
            return at;
        }
        at += 2;
    }
    return text.len;
}

/*
 * UTF-8 made from windows-1252 byte by byte has controls where quotes and dashes were; nobody means
 * a control there (HTML reads "&#146;" the same way, 13.2.5.80).
 */
static struct str replace_c1(struct buf *text)
{
    static const char *const meant[32] = {
        "€",  NULL, "‚", "ƒ", "„", "…", "†", "‡", "ˆ", "‰", "Š", "‹", "Œ", NULL, "Ž", NULL,
        NULL, "‘",  "’", "“", "”", "•", "–", "—", "˜", "™", "š", "›", "œ", NULL, "ž", "Ÿ"};
    size_t next = find_c1(buf_str(text), 0);
    if (next == text->len) {
        return buf_str(text);
    }
    struct buf old = *text;
    *text = BUF_EMPTY;
    buf_put(text, "", 0);
    for (size_t at = 0; at < old.len; next = find_c1(buf_str(&old), at)) {
        buf_put_str(text, str_part(buf_str(&old), at, next));
        at = next;
        if (at < old.len) {
            const char *character = meant[(unsigned char)old.bytes[at + 1] - 0x80];
            buf_put_str(text, character != NULL ? str_of(character)
                                                : str_part(buf_str(&old), at, at + 2));
            at += 2;
        }
    }
    buf_fini(&old);
    return buf_str(text);
}

/*
 * Whether valid UTF-8 is UTF-8 whatever it is called: it is ASCII, or has too many characters of
 * several bytes for chance. Two bytes of GB18030 look like one of them one time in five.
 */
static bool is_surely_utf8(struct str text, const char *name)
{
    enum { MANY = 8 };
    size_t wide = 0, least = feeds_charset_is_single_byte(name) ? 1 : MANY;
    for (size_t i = 0; i < text.len && wide < least; i++) {
        wide += (unsigned char)text.at[i] >= 0xC2;
    }
    return wide == 0 ? strcmp(name, "ISO-2022-JP") != 0 : wide >= least;
}

struct str feeds_encoding_decode(struct str bytes, struct str content_type, struct buf *scratch,
                                 uint64_t *mended)
{
    size_t mark = 0;
    const char *name = find_mark(bytes, &mark);
    bytes = str_part(bytes, mark, bytes.len);
    assert(bytes.at != NULL || bytes.len == 0);
    if (name == NULL && content_type.len <= MAX_HEADER) {
        name = feeds_charset_find(find_parameter(content_type, "charset"));
    }
    if (name == NULL) {
        name = find_declared(bytes);
    }
    if (name == NULL) {
        name = find_meta(bytes);
    }
    buf_clear(scratch);
    buf_put(scratch, "", 0);
    bool is_utf8 = name == NULL || strcmp(name, "UTF-8") == 0;
    /* Wide characters without a mark are seen by their zeros: a name alone proves nothing. */
    bool is_wide = !is_utf8 && strncmp(name, "UTF-", 4) == 0;
    if (is_wide && bytes.len > 0 && memchr(bytes.at, '\0', bytes.len) == NULL) {
        is_utf8 = true;
    }
    bool is_valid = utf8_is_valid(bytes);
    is_utf8 = is_utf8 || (is_valid && !is_wide && is_surely_utf8(bytes, name));
    uint64_t wrong = 0;
    if (!is_utf8 && convert(bytes, name, scratch, &wrong) && (wrong == 0 || !is_valid)) {
        *mended += wrong;
        return replace_c1(scratch);
    }
    buf_clear(scratch);
    if (is_valid) {
        if (find_c1(bytes, 0) == bytes.len) {
            return bytes;
        }
        buf_put_str(scratch, bytes);
        return replace_c1(scratch);
    }
    bool is_mixed = is_mostly_utf8(bytes);
    const char *likely = is_mixed ? NULL : detect(bytes);
    if (is_mixed || !convert(bytes, likely != NULL ? likely : "CP1252", scratch, mended)) {
        buf_clear(scratch);
        *mended += utf8_mend(bytes, scratch);
    }
    return replace_c1(scratch);
}
