#include "feeds/warc_read.h"

#include <stdint.h>
#include <string.h>
#include <strings.h>

enum { HEAD_MOST = 64 << 10 };

static bool is_named(struct str name, const char *wanted)
{
    return name.len == strlen(wanted) && strncasecmp(name.at, wanted, name.len) == 0;
}

static bool has_word(struct str value, const char *word)
{
    size_t len = strlen(word);
    for (size_t i = 0; i + len <= value.len; i++) {
        if (strncasecmp(value.at + i, word, len) == 0) {
            return true;
        }
    }
    return false;
}

/* A head up to its empty line, which is left out; false if there is none. */
static bool take_head(struct str *rest, struct str *head)
{
    size_t most = rest->len < HEAD_MOST ? rest->len : HEAD_MOST;
    const char *end = most > 0 ? memmem(rest->at, most, "\r\n\r\n", 4) : NULL;
    if (end == NULL) {
        return false;
    }
    size_t len = (size_t)(end - rest->at);
    *head = str_part(*rest, 0, len + 2);
    *rest = str_part(*rest, len + 4, rest->len);
    return true;
}

static struct str take_line(struct str *head)
{
    struct str line = str_cut(head, '\n');
    return line.len > 0 && line.at[line.len - 1] == '\r' ? str_part(line, 0, line.len - 1) : line;
}

/* "Name: value" of a line; false at the end of the head. */
static bool take_field(struct str *head, struct str *name, struct str *value)
{
    if (head->len == 0) {
        return false;
    }
    *value = take_line(head);
    *name = str_cut(value, ':');
    *value = str_trim(*value);
    return true;
}

/* Digits alone; false if there is none, or too many to be a length here. */
static bool read_length(struct str text, size_t *length)
{
    *length = 0;
    for (size_t i = 0; i < text.len; i++) {
        if (text.at[i] < '0' || text.at[i] > '9' || i >= 12) {
            return false;
        }
        *length = *length * 10 + (size_t)(text.at[i] - '0');
    }
    return text.len > 0;
}

bool feeds_warc_next(struct str *rest, struct feeds_warc_record *record)
{
    struct str left = *rest, head, name, value, length = STR("");
    size_t bytes;
    *record = (struct feeds_warc_record){.is_cut = false};
    if (!take_head(&left, &head) || !str_is(take_line(&head), "WARC/1.1")) {
        return false;
    }
    while (take_field(&head, &name, &value)) {
        if (is_named(name, "WARC-Type")) {
            record->type = value;
        } else if (is_named(name, "WARC-Record-ID")) {
            record->id = value;
        } else if (is_named(name, "WARC-Target-URI")) {
            record->url = value;
        } else if (is_named(name, "WARC-Date")) {
            record->date = value;
        } else if (is_named(name, "WARC-IP-Address")) {
            record->address = value;
        } else if (is_named(name, "WARC-Truncated")) {
            record->is_cut = true;
        } else if (is_named(name, "Content-Type")) {
            record->content_type = value;
        } else if (is_named(name, "Content-Length")) {
            length = value;
        }
    }
    if (!read_length(length, &bytes) || left.len < 4 || bytes > left.len - 4 ||
        memcmp(left.at + bytes, "\r\n\r\n", 4) != 0) {
        return false;
    }
    record->block = str_part(left, 0, bytes);
    *rest = str_part(left, bytes + 4, left.len);
    return true;
}

/* "HTTP/1.1 200 OK" */
static bool read_status(struct str line, unsigned *status)
{
    struct str version = str_cut(&line, ' '), number = str_cut(&line, ' ');
    size_t value;
    if (version.len < 5 || memcmp(version.at, "HTTP/", 5) != 0 || number.len != 3 ||
        !read_length(number, &value)) {
        return false;
    }
    *status = (unsigned)value;
    return true;
}

bool feeds_warc_answer_read(struct str block, struct feeds_warc_answer *answer)
{
    struct str head, name, value;
    *answer = (struct feeds_warc_answer){.status = 0};
    do { /* 100 and 103 come before the answer itself */
        if (!take_head(&block, &head) || !read_status(take_line(&head), &answer->status)) {
            return false;
        }
    } while (answer->status < 200);
    while (take_field(&head, &name, &value)) {
        if (is_named(name, "Content-Type")) {
            answer->content_type = value;
        } else if (is_named(name, "Location")) {
            answer->location = value;
        } else if (is_named(name, "Transfer-Encoding")) {
            answer->is_chunked = has_word(value, "chunked");
        } else if (is_named(name, "Content-Encoding")) {
            answer->is_packed = value.len > 0 && !is_named(value, "identity");
        }
    }
    answer->body = block;
    return true;
}

/* The length that a chunk starts with; false if it is none. */
static bool read_chunk(struct str line, size_t *length)
{
    struct str digits = str_trim(str_cut(&line, ';'));
    *length = 0;
    for (size_t i = 0; i < digits.len; i++) {
        char c = digits.at[i];
        int digit = c >= '0' && c <= '9'                     ? c - '0'
                    : (c | 0x20) >= 'a' && (c | 0x20) <= 'f' ? (c | 0x20) - 'a' + 10
                                                             : -1;
        if (digit < 0 || i >= 8) {
            return false;
        }
        *length = *length * 16 + (size_t)digit;
    }
    return digits.len > 0;
}

struct str feeds_warc_answer_body(const struct feeds_warc_answer *answer, struct buf *scratch)
{
    struct str rest = answer->body;
    size_t length;
    if (answer->is_packed) {
        return STR("");
    }
    if (!answer->is_chunked) {
        return rest;
    }
    buf_clear(scratch);
    while (rest.len > 0 && read_chunk(take_line(&rest), &length) && length > 0) {
        size_t there = length < rest.len ? length : rest.len;
        buf_put_str(scratch, str_part(rest, 0, there));
        rest = str_part(rest, there, rest.len);
        (void)take_line(&rest);
    }
    return buf_str(scratch);
}
