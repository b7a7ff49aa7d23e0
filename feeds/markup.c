#include "feeds/markup.h"

#include <strings.h>

static bool is_space(char c)
{
    return c == ' ' || c == '\n' || c == '\t' || c == '\r' || c == '\f';
}

static bool starts_name(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || c == ':' ||
           (c & 0x80) != 0;
}

static bool ends_name(char c)
{
    return is_space(c) || c == '/' || c == '>' || c == '<' || c == '=';
}

/* Where `what` begins, from `at` on; the text's end if it does not. */
static size_t find(struct str text, size_t at, struct str what)
{
    const char *found =
        at < text.len ? memmem(text.at + at, text.len - at, what.at, what.len) : NULL;
    return found != NULL ? (size_t)(found - text.at) : text.len;
}

static bool starts_at(struct str text, size_t at, struct str what)
{
    return str_starts(str_part(text, at, text.len), what);
}

/* The '>' that ends a tag whose attributes start at `at`; one inside quotes is none. */
static size_t find_tag_end(struct str text, size_t at)
{
    bool value = false; /* a quote opens a value only behind '=' */
    for (; at < text.len; at++) {
        char c = text.at[at];
        if (c == '>') {
            return at;
        }
        if ((c == '"' || c == '\'') && value) {
            const char *close = memchr(text.at + at + 1, c, text.len - at - 1);
            if (close == NULL) {
                return find(text, at, STR(">"));
            }
            at = (size_t)(close - text.at);
        }
        if (!is_space(c)) {
            value = c == '=';
        }
    }
    return at;
}

/* The next '<' or '>': where a tag ends that was not closed, or that has no attributes. */
static size_t find_bracket(struct str text, size_t at)
{
    while (at < text.len && text.at[at] != '<' && text.at[at] != '>') {
        at++;
    }
    return at;
}

/* HTML: the slash of "<a href=x/>" belongs to the value, which has no quotes (13.2.5.37). */
static bool ends_in_value(struct str attributes)
{
    size_t at = attributes.len - 1; /* of the slash */
    if (at > 0 && (attributes.at[at - 1] == '"' || attributes.at[at - 1] == '\'')) {
        return false;
    }
    while (at > 0 && !is_space(attributes.at[at - 1])) {
        if (attributes.at[--at] == '=') {
            return true;
        }
    }
    return false;
}

static void take_tag(struct feeds_markup *in, struct feeds_markup_piece *piece)
{
    bool is_end = in->text.at[in->at + 1] == '/';
    size_t start = in->at + 1 + is_end, end = start;
    while (end < in->text.len && !ends_name(in->text.at[end])) {
        end++;
    }
    piece->kind = is_end ? FEEDS_MARKUP_END : FEEDS_MARKUP_START;
    piece->name = str_part(in->text, start, end);
    size_t close =
        is_end || in->is_unclosed ? find_bracket(in->text, end) : find_tag_end(in->text, end);
    if (close == in->text.len && !in->is_unclosed) {
        /* Further tags are not searched to the end in vain: that would be quadratic. */
        in->is_unclosed = true;
        close = find_bracket(in->text, end);
    }
    bool is_closed = close < in->text.len && in->text.at[close] == '>';
    in->is_broken |= !is_closed;
    piece->attributes = str_part(in->text, end, close);
    piece->is_empty = !is_end && close > end && in->text.at[close - 1] == '/' &&
                      !(in->is_html && ends_in_value(piece->attributes));
    if (piece->is_empty) {
        piece->attributes.len--;
    }
    in->at = close + is_closed;
}

/* The end of "<!DOCTYPE", whose internal subset has quotes, comments and '>' of its own. */
static size_t find_doctype_end(struct str text, size_t at)
{
    unsigned depth = 0;
    for (; at < text.len; at++) {
        char c = text.at[at];
        if (c == '"' || c == '\'') {
            const char *close = memchr(text.at + at + 1, c, text.len - at - 1);
            if (close == NULL) {
                break;
            }
            at = (size_t)(close - text.at);
        } else if (starts_at(text, at, STR("<!--"))) {
            at = find(text, at + 4, STR("-->"));
        } else if (c == '[') {
            depth++;
        } else if (c == ']') {
            depth -= depth > 0;
        } else if (c == '>' && depth == 0) {
            return at;
        }
    }
    return text.len;
}

static void take_doctype(struct feeds_markup *in, struct feeds_markup_piece *piece)
{
    size_t start = in->at + 9;
    size_t end = in->has_doctype ? in->text.len : find_doctype_end(in->text, start);
    in->has_doctype = true; /* a second one has no meaning */
    if (end == in->text.len) {
        /* Never closed: nothing but the tag itself is given up. */
        in->is_broken = true;
        end = find(in->text, start, STR(">"));
    }
    piece->kind = FEEDS_MARKUP_DOCTYPE;
    piece->text = str_part(in->text, start < end ? start : end, end);
    in->at = end < in->text.len ? end + 1 : end;
}

/* Passes what stands between the reader's place and behind `close`, or all there is. */
static void pass(struct feeds_markup *in, size_t from, struct str close)
{
    size_t end = find(in->text, from, close);
    in->is_broken |= end == in->text.len;
    in->at = end < in->text.len ? end + close.len : end;
}

/* One that is never closed ends at its first '>', as SGML's would: what follows may be read. */
static void pass_comment(struct feeds_markup *in, size_t from)
{
    size_t end = in->is_comment_open ? in->text.len : find(in->text, from, STR("-->"));
    if (end < in->text.len) {
        in->at = end + 3;
        return;
    }
    in->is_comment_open = true; /* so are all further ones: see take_tag */
    in->is_broken = true;
    pass(in, from, STR(">"));
}

/* "<!" and "<?": true if it became a piece. */
static bool take_declaration(struct feeds_markup *in, struct feeds_markup_piece *piece)
{
    if (starts_at(in->text, in->at, STR("<!--"))) {
        /* HTML closes "<!-->" and "<!--->" at once (13.2.5.43); to XML both are only begun. */
        size_t from = in->at + 4;
        if (in->is_html &&
            (starts_at(in->text, from, STR(">")) || starts_at(in->text, from, STR("->")))) {
            from = in->at + 2;
        }
        pass_comment(in, from);
        return false;
    }
    if (starts_at(in->text, in->at, STR("<![CDATA["))) {
        size_t start = in->at + 9;
        pass(in, start, STR("]]>"));
        size_t end = in->at - (in->at < in->text.len || str_ends(in->text, STR("]]>")) ? 3 : 0);
        piece->kind = FEEDS_MARKUP_CDATA;
        piece->text = str_part(in->text, start, end > start ? end : start);
        return true;
    }
    if (in->text.len - in->at >= 9 && strncasecmp(in->text.at + in->at, "<!DOCTYPE", 9) == 0) {
        take_doctype(in, piece);
        return true;
    }
    if (in->text.at[in->at + 1] == '?' && !starts_at(in->text, in->at, STR("<?xml")) &&
        !in->is_instruction_open) {
        size_t end = find(in->text, in->at, STR("?>"));
        if (end < in->text.len) {
            in->at = end + 2;
            return false;
        }
        in->is_instruction_open = true; /* so are all further ones: see take_tag */
        in->is_broken = true;
    }
    pass(in, in->at, STR(">"));
    return false;
}

/* Text from the reader's place, whose first byte is text even if it is '<'. */
static void take_text(struct feeds_markup *in, struct feeds_markup_piece *piece)
{
    size_t start = in->at, at = start;
    for (;;) {
        at = find(in->text, at + (at == start), STR("<"));
        if (at + 1 >= in->text.len) {
            at = in->text.len;
            break;
        }
        char next = in->text.at[at + 1];
        bool is_tag = starts_name(next) || next == '!' || next == '?' ||
                      (next == '/' && at + 2 < in->text.len && starts_name(in->text.at[at + 2]));
        if (is_tag) {
            break;
        }
        in->is_broken = true;
        at++;
    }
    piece->kind = FEEDS_MARKUP_TEXT;
    piece->text = str_part(in->text, start, at);
    in->at = at;
}

bool feeds_markup_next(struct feeds_markup *in, struct feeds_markup_piece *piece)
{
    *piece = (struct feeds_markup_piece){.kind = FEEDS_MARKUP_TEXT};
    while (in->at < in->text.len) {
        piece->at = in->at;
        char c = in->text.at[in->at],
             next = in->at + 1 < in->text.len ? in->text.at[in->at + 1] : 0;
        bool is_end =
            next == '/' && in->at + 2 < in->text.len && starts_name(in->text.at[in->at + 2]);
        if (c == '<' && (starts_name(next) || is_end)) {
            take_tag(in, piece);
        } else if (c == '<' && (next == '!' || next == '?')) {
            if (!take_declaration(in, piece)) {
                continue;
            }
        } else {
            take_text(in, piece);
        }
        piece->end = in->at;
        return true;
    }
    return false;
}

bool feeds_markup_attribute(struct str *rest, struct str *name, struct str *value)
{
    size_t at = 0;
    struct str text = *rest;
    while (at < text.len && (is_space(text.at[at]) || text.at[at] == '/' || text.at[at] == '=')) {
        at++;
    }
    if (at == text.len) {
        *rest = str_part(text, at, at);
        return false;
    }
    size_t start = at;
    while (at < text.len && !is_space(text.at[at]) && text.at[at] != '=' && text.at[at] != '/') {
        at++;
    }
    *name = str_part(text, start, at);
    while (at < text.len && is_space(text.at[at])) {
        at++;
    }
    *value = str_part(text, at, at);
    if (at < text.len && text.at[at] == '=') {
        at++;
        while (at < text.len && is_space(text.at[at])) {
            at++;
        }
        char quote = at < text.len ? text.at[at] : '\0';
        start = at;
        if (quote == '"' || quote == '\'') {
            start++;
            const char *close = memchr(text.at + start, quote, text.len - start);
            at = close != NULL ? (size_t)(close - text.at) : text.len;
        } else {
            while (at < text.len && !is_space(text.at[at])) {
                at++;
            }
            quote = '\0';
        }
        *value = str_part(text, start, at);
        at += quote != '\0' && at < text.len;
    }
    *rest = str_part(text, at, text.len);
    return true;
}

bool feeds_markup_is(struct str name, const char *wanted)
{
    return name.len == strlen(wanted) && strncasecmp(name.at, wanted, name.len) == 0;
}

struct str feeds_markup_value(struct str attributes, const char *wanted)
{
    struct str name, value;
    while (feeds_markup_attribute(&attributes, &name, &value)) {
        if (feeds_markup_is(name, wanted)) {
            return str_trim(value);
        }
    }
    return STR("");
}

void feeds_markup_skip_to_end(struct feeds_markup *in, struct str name)
{
    for (size_t at = in->at;; at++) {
        at = find(in->text, at, STR("</"));
        if (at == in->text.len) {
            in->at = at;
            return;
        }
        size_t from = at + 2;
        if (in->text.len - from >= name.len &&
            strncasecmp(in->text.at + from, name.at, name.len) == 0 &&
            (in->text.len - from == name.len || ends_name(in->text.at[from + name.len]))) {
            in->at = at;
            return;
        }
    }
}
