/* Our reader of mark-up against libxml2's: the same pieces wherever libxml2 finds no fault. */
#include <libxml/xmlreader.h>
#include <stdlib.h>

#include "feeds/markup.h"
#include "feeds/reference.h"
#include "filter/base/buf.h"
#include "filter/text/utf8.h"
#include "tests/fuzz/fuzz.h"

static void require(bool holds)
{
    if (!holds) {
        abort();
    }
}

/* As libxml2 has it after XML 1.0, section 2.11: "\r\n" and "\r" are "\n". */
static void put_lines(struct buf *out, struct str text)
{
    for (size_t i = 0; i < text.len; i++) {
        if (text.at[i] != '\r') {
            buf_put_char(out, text.at[i]);
        } else if (i + 1 == text.len || text.at[i + 1] != '\n') {
            buf_put_char(out, '\n');
        }
    }
}

/* Tags as <name> and </name>, text as it is between them. */
static void write_ours(struct str text, struct buf *out)
{
    struct feeds_markup markup = {.text = text};
    struct feeds_markup_piece piece;
    size_t depth = 0;
    while (feeds_markup_next(&markup, &piece)) {
        struct buf plain = BUF_EMPTY;
        buf_put(&plain, "", 0);
        switch (piece.kind) {
        case FEEDS_MARKUP_TEXT:
            put_lines(&plain, piece.text);
            if (depth > 0) {
                feeds_reference_decode(buf_str(&plain), NULL, out);
            }
            break;
        case FEEDS_MARKUP_CDATA:
            put_lines(out, piece.text);
            break;
        case FEEDS_MARKUP_START:
            buf_printf(out, "\x01<%.*s>", STR_FORMAT(piece.name));
            if (piece.is_empty) {
                buf_printf(out, "\x01</%.*s>", STR_FORMAT(piece.name));
            }
            depth += !piece.is_empty;
            break;
        case FEEDS_MARKUP_END:
            buf_printf(out, "\x01</%.*s>", STR_FORMAT(piece.name));
            depth--;
            break;
        case FEEDS_MARKUP_DOCTYPE:
            break;
        }
        buf_fini(&plain);
    }
}

/* False if it is not well-formed, or uses what we do not compare. */
static bool write_theirs(struct str text, struct buf *out)
{
    xmlTextReaderPtr reader =
        xmlReaderForMemory(text.at, (int)text.len, NULL, "UTF-8",
                           XML_PARSE_NONET | XML_PARSE_NOERROR | XML_PARSE_NOWARNING);
    int more = reader != NULL ? xmlTextReaderRead(reader) : -1;
    bool comparable = true;
    for (; more == 1; more = xmlTextReaderRead(reader)) {
        const char *name = (const char *)xmlTextReaderConstName(reader);
        const char *value = (const char *)xmlTextReaderConstValue(reader);
        switch (xmlTextReaderNodeType(reader)) {
        case XML_READER_TYPE_ELEMENT:
            buf_printf(out, "\x01<%s>", name);
            if (xmlTextReaderIsEmptyElement(reader) == 1) {
                buf_printf(out, "\x01</%s>", name);
            }
            break;
        case XML_READER_TYPE_END_ELEMENT:
            buf_printf(out, "\x01</%s>", name);
            break;
        case XML_READER_TYPE_TEXT:
        case XML_READER_TYPE_CDATA:
        case XML_READER_TYPE_WHITESPACE:
        case XML_READER_TYPE_SIGNIFICANT_WHITESPACE:
            put_lines(out, str_of(value)); /* libxml2 2.9 leaves a lone CR in CDATA as it is */
            break;
        case XML_READER_TYPE_COMMENT:
        case XML_READER_TYPE_PROCESSING_INSTRUCTION:
            break;
        default:
            comparable = false;
            break;
        }
    }
    xmlFreeTextReader(reader);
    return comparable && more == 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct str input = {.at = (const char *)data, .len = size};
    struct buf ours = BUF_EMPTY, theirs = BUF_EMPTY;
    if (size == 0 || size > 1 << 16 || !utf8_is_valid(input)) {
        return 0;
    }
    buf_put(&ours, "", 0);
    buf_put(&theirs, "", 0);
    write_ours(input, &ours);
    /* 0x80 to 0x9F by number are windows-1252 to us, as HTML says. */
    bool has_numbers = memmem(data, size, "&#", 2) != NULL;
    bool has_doctype = memmem(data, size, "<!DOCTYPE", 9) != NULL;
    bool has_odd_declaration = memmem(data, size, "<?xml", 5) != NULL;
    if (!has_numbers && !has_doctype && !has_odd_declaration && write_theirs(input, &theirs)) {
        require(str_equal(buf_str(&ours), buf_str(&theirs)));
    }
    buf_fini(&theirs);
    buf_fini(&ours);
    return 0;
}
