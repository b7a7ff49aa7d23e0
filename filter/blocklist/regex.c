#include <string.h>

#include "filter/blocklist/renderers.h"

static bool is_alphanumeric(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
}

void blocklist_put_literal(struct buf *out, struct str text)
{
    for (size_t i = 0; i < text.len; i++) {
        char c = text.at[i];
        if (c == '^') { /* in brackets it would mean "none of" */
            buf_put_string(out, "\\^");
        } else if (is_alphanumeric(c) || strchr("-_/:%~&=,;!'@", c) != NULL) {
            buf_put_char(out, c);
        } else {
            buf_put(out, (char[]){'[', c, ']'}, 3);
        }
    }
}

void blocklist_put_hexed(struct buf *out, struct str text)
{
    for (size_t i = 0; i < text.len; i++) {
        if (is_alphanumeric(text.at[i])) {
            buf_put_char(out, text.at[i]);
        } else {
            buf_put_string(out, "\\x");
            buf_put_hex(out, &text.at[i], 1);
        }
    }
}

struct str blocklist_after_host(const struct blocklist_item *item)
{
    const char *end = item->host.at + item->host.len;
    return (struct str){.at = end, .len = (size_t)(item->target.at + item->target.len - end)};
}

void blocklist_put_regex(struct buf *out, const struct blocklist_item *item, const char *lead,
                         void (*put)(struct buf *out, struct str text))
{
    struct str rest = blocklist_after_host(item);
    buf_put_char(out, '^');
    buf_put_string(out, lead);
    put(out, item->host);
    if (item->scope == BLOCKLIST_HOST) {
        buf_put_string(out, "(:[0-9]+)?([/?].*)?$");
        return;
    }
    if (!str_starts(rest, STR(":"))) {
        buf_put_string(out, "(:80|:443)?");
    }
    put(out, rest);
    if (item->scope == BLOCKLIST_URL) {
        buf_put_char(out, '$');
    } else if (!str_ends(rest, STR("/"))) {
        buf_put_string(out, "([/?].*)?$");
    }
}
