#include "filter/blocklist/renderers.h"

#include "filter/base/clock.h"

void blocklist_csv_open(struct buf *out, const struct blocklist_opening *opening)
{
    (void)opening;
    static const char *const names[] = {"scope",   "target", "start", "end",
                                        "harvest", "case",   "entry", "reason"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        buf_put_csv(out, str_of(names[i]));
    }
    buf_put_char(out, '\n');
}

/* What we wrote ourselves, and not in the first cell. */
static void put_plain(struct buf *out, struct str text)
{
    buf_put_string(out, ",\"");
    buf_put_str(out, text);
    buf_put_char(out, '"');
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
    char text[CLOCK_TEXT];
    struct buf harvest = BUF_EMPTY;
    for (size_t i = 0; i < sizeof harvests / sizeof *harvests; i++) {
        if ((item->harvest & harvests[i].bit) != 0) {
            buf_put_string(&harvest, harvest.len > 0 ? " " : "");
            buf_put_string(&harvest, harvests[i].name);
        }
    }
    buf_put_csv(out, str_of(blocklist_scope_name(item->scope)));
    buf_put_csv(out, item->target);
    put_plain(out, str_of(clock_format(item->start_ms, text)));
    put_plain(out, str_of(clock_format(item->end_ms, text)));
    put_plain(out, buf_str(&harvest));
    buf_put_string(out, ",\"");
    buf_put_int(out, item->case_id);
    buf_put_string(out, "\",\"");
    buf_put_hex(out, item->id.bytes, sizeof item->id.bytes);
    buf_put_char(out, '"');
    buf_put_csv(out, item->reason);
    buf_put_char(out, '\n');
    buf_fini(&harvest);
}
