#include "filter/blocklist/renderers.h"

#include <stdbool.h>
#include <string.h>

#include "filter/base/clock.h"

/* What makes a spreadsheet compute a cell, the full-width forms included (OWASP, CSV injection). */
static bool is_formula(struct str text)
{
    static const char *const starts[] = {"=",  "+",  "-",  "@",  "\t", "\r",
                                         "\n", "＝", "＋", "－", "＠"};
    while (text.len > 0 && text.at[0] == ' ') {
        text = str_part(text, 1, text.len);
    }
    /* Most cells start with a letter or a digit, and there are eight in each of a million lines. */
    unsigned char first = text.len > 0 ? (unsigned char)text.at[0] | 0x20 : 'a';
    if ((first >= 'a' && first <= 'z') || (first >= '0' && first <= '9')) {
        return false;
    }
    for (size_t i = 0; i < sizeof starts / sizeof *starts; i++) {
        if (str_starts(text, str_of(starts[i]))) {
            return true;
        }
    }
    return false;
}

static void put_cell(struct buf *out, struct str text)
{
    char last = out->len > 0 ? out->bytes[out->len - 1] : '\n';
    if (last != '\n') {
        buf_put_char(out, ',');
    }
    buf_put_char(out, '"');
    if (is_formula(text)) {
        buf_put_char(out, '\'');
    }
    for (const char *quote; text.len > 0 && (quote = memchr(text.at, '"', text.len)) != NULL;) {
        size_t len = (size_t)(quote - text.at) + 1;
        buf_put(out, text.at, len);
        buf_put_char(out, '"');
        text = str_part(text, len, text.len);
    }
    buf_put_str(out, text);
    buf_put_char(out, '"');
}

void blocklist_csv_open(struct buf *out, const struct blocklist_opening *opening)
{
    (void)opening;
    static const char *const names[] = {"scope",   "target", "start", "end",
                                        "harvest", "case",   "entry", "reason"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        put_cell(out, str_of(names[i]));
    }
    buf_put_char(out, '\n');
}

void blocklist_csv_put(struct buf *out, const struct blocklist_item *item,
                       const struct blocklist_item *before)
{
    (void)before;
    static const struct {
        unsigned bit;
        const char *name;
    } harvests[] = {
#define X(constant, bit, name) {bit, name},
        BLOCKLIST_HARVESTS(X)
#undef X
    };
    char text[CLOCK_TEXT], hex[HASH_HEX];
    struct buf harvest = BUF_EMPTY;
    for (size_t i = 0; i < sizeof harvests / sizeof *harvests; i++) {
        if ((item->harvest & harvests[i].bit) != 0) {
            buf_put_string(&harvest, harvest.len > 0 ? " " : "");
            buf_put_string(&harvest, harvests[i].name);
        }
    }
    put_cell(out, str_of(blocklist_scope_name(item->scope)));
    put_cell(out, item->target);
    put_cell(out, str_of(clock_format(item->start_ms, text)));
    put_cell(out, str_of(clock_format(item->end_ms, text)));
    put_cell(out, buf_str(&harvest));
    buf_put_string(out, ",\"");
    buf_put_int(out, item->case_id);
    buf_put_char(out, '"');
    put_cell(out, str_of(hash_format(&item->id, hex)));
    put_cell(out, item->reason);
    buf_put_char(out, '\n');
    buf_fini(&harvest);
}
