#include "filter/base/clock.h"
#include "filter/blocklist/renderers.h"

/* What event and manifest both say; opens with a member. */
static void put_about(struct buf *out, const struct blocklist_opening *opening)
{
    char date[CLOCK_TEXT];
    struct buf text = BUF_EMPTY, line = BUF_EMPTY;
    blocklist_put_opening(opening, "misp", &text);
    for (size_t i = 0; i < text.len; i++) { /* one line: MISP shows it in a table */
        if (text.bytes[i] == '\n') {
            buf_put_string(&line, i + 1 < text.len ? "; " : "");
        } else {
            buf_put_char(&line, text.bytes[i]);
        }
    }
    buf_put_string(out, "\"Orgc\":{\"name\":\"saring\",\"uuid\":\"");
    blocklist_put_list_uuid(out, opening);
    buf_put_string(out, "\"},\"Tag\":[{\"colour\":\"#ffffff\",\"name\":\"tlp:clear\"}]");
    buf_put_json_field(out, "info", buf_str(&line));
    buf_printf(out,
               ",\"date\":\"%s\",\"analysis\":\"2\",\"threat_level_id\":\"2\","
               "\"timestamp\":\"%lld\"",
               clock_format_date(opening->made_ms, date), (long long)(opening->made_ms / 1000));
    buf_fini(&text);
    buf_fini(&line);
}

void blocklist_misp_manifest_open(struct buf *out, const struct blocklist_opening *opening)
{
    buf_put_string(out, "{\"");
    blocklist_put_list_uuid(out, opening);
    buf_put_string(out, "\":{");
    put_about(out, opening);
    buf_put_string(out, "}}\n");
}

void blocklist_misp_open(struct buf *out, const struct blocklist_opening *opening)
{
    buf_put_string(out, "{\"Event\":{\"uuid\":\"");
    blocklist_put_list_uuid(out, opening);
    buf_put_string(out, "\",");
    put_about(out, opening);
    buf_printf(out, ",\"publish_timestamp\":\"%lld\",\"published\":true,\"Attribute\":[",
               (long long)(opening->made_ms / 1000));
}

void blocklist_misp_put(struct buf *out, const struct blocklist_item *item,
                        const struct blocklist_item *before)
{
    const char *type = item->scope == BLOCKLIST_DOMAIN ? "domain"
                       : item->scope == BLOCKLIST_HOST ? "hostname"
                                                       : "url";
    buf_put_string(out, before != NULL ? ",\n{\"uuid\":\"" : "\n{\"uuid\":\"");
    blocklist_put_uuid(out, &item->id);
    buf_put_string(out, "\",\"type\":\"");
    buf_put_string(out, type);
    buf_put_string(out, "\",\"category\":\"Network activity\",\"to_ids\":true,\"timestamp\":\"");
    buf_put_int(out, item->start_ms / 1000);
    buf_put_string(out, "\",\"comment\":\"saring kasus ");
    buf_put_int(out, item->case_id);
    buf_put_char(out, '"');
    buf_put_json_field(out, "value", item->target);
    buf_put_char(out, '}');
}

void blocklist_misp_close(struct buf *out, const struct blocklist_opening *opening)
{
    (void)opening;
    buf_put_string(out, "\n]}}\n");
}
