/* The lines of a text file that people edit. */
#include "filter/rule/lists.h"

/* A byte order mark, which some editors put in front of UTF-8. */
static const char mark[] = "\xef\xbb\xbf";

struct str rule_without_mark(struct str text)
{
    return str_starts(text, str_of(mark)) ? str_part(text, sizeof mark - 1, text.len) : text;
}

bool rule_next_line(struct rule_lines *lines, struct str *line)
{
    if (lines->number == 0) {
        lines->text = rule_without_mark(lines->text);
    }
    if (lines->at >= lines->text.len) {
        return false;
    }
    size_t left = lines->text.len - lines->at;
    const char *end = memchr(lines->text.at + lines->at, '\n', left);
    size_t stop = end != NULL ? (size_t)(end - lines->text.at) : lines->text.len;
    *line = str_part(lines->text, lines->at, stop);
    lines->at = stop + 1;
    lines->number++;
    return true;
}
