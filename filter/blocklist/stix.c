#include "filter/base/clock.h"
#include "filter/blocklist/renderers.h"

/* Text that comes from outside, made UTF-8 without control codes by blocklist_put_opening. */
static void put_opening_field(struct buf *out, const char *name,
                              const struct blocklist_opening *opening)
{
    struct buf text = BUF_EMPTY;
    blocklist_put_opening(opening, "stix", &text);
    buf_put_json_field(out, name, buf_str(&text));
    buf_fini(&text);
}

/*
 * The identity stays the same for all lists of one key and season; what this one says of itself is
 * a statement of its own.
 */
void blocklist_stix_open(struct buf *out, const struct blocklist_opening *opening)
{
    char made[CLOCK_TEXT];
    struct buf text = BUF_EMPTY;
    blocklist_put_opening(opening, "stix", &text);
    struct hash id = hash_sha256(buf_str(&text));
    buf_fini(&text);
    clock_format(opening->made_ms, made);
    buf_put_string(out, "{\"type\":\"bundle\",\"id\":\"bundle--");
    blocklist_put_uuid(out, &id);
    buf_put_string(out, "\",\"objects\":[\n{\"type\":\"identity\",\"spec_version\":\"2.1\","
                        "\"id\":\"identity--");
    blocklist_put_list_uuid(out, opening);
    buf_put_string(out, "\",\"created\":\"2026-01-01T00:00:00.000Z\",\"modified\":"
                        "\"2026-01-01T00:00:00.000Z\",\"name\":\"saring\","
                        "\"identity_class\":\"organization\"},\n"
                        "{\"type\":\"marking-definition\",\"spec_version\":\"2.1\","
                        "\"id\":\"marking-definition--");
    blocklist_put_uuid(out, &id);
    buf_printf(out, "\",\"created\":\"%s\",\"definition_type\":\"statement\",\"definition\":{",
               made);
    put_opening_field(out, "statement", opening);
    buf_put_string(out, "}}");
}

/* A string of the pattern language: only ' and \ have a meaning in it. */
static void put_quoted(struct buf *out, struct str text)
{
    buf_put_char(out, '\'');
    for (size_t i = 0; i < text.len; i++) {
        if (text.at[i] == '\'' || text.at[i] == '\\') {
            buf_put_char(out, '\\');
        }
        buf_put_char(out, text.at[i]);
    }
    buf_put_char(out, '\'');
}

/* LIKE reads '_' and '%' as signs and has no way to write them: then an expression. */
static void put_domain(struct buf *out, const struct blocklist_item *item)
{
    struct buf below = BUF_EMPTY;
    buf_put_string(out, "[domain-name:value = ");
    put_quoted(out, item->host);
    if (memchr(item->host.at, '_', item->host.len) == NULL) {
        buf_put_string(&below, "%.");
        buf_put_str(&below, item->host);
        buf_put_string(out, " OR domain-name:value LIKE ");
    } else {
        buf_put_string(&below, "[.]");
        blocklist_put_literal(&below, item->host);
        buf_put_char(&below, '$');
        buf_put_string(out, " OR domain-name:value MATCHES ");
    }
    put_quoted(out, buf_str(&below));
    buf_put_char(out, ']');
    buf_fini(&below);
}

static void put_pattern(struct buf *out, const struct blocklist_item *item)
{
    struct buf regex = BUF_EMPTY;
    switch (item->scope) {
    case BLOCKLIST_DOMAIN:
        put_domain(out, item);
        break;
    case BLOCKLIST_HOST:
        buf_put_string(out, "[domain-name:value = ");
        put_quoted(out, item->host);
        buf_put_char(out, ']');
        break;
    case BLOCKLIST_URL:
        buf_put_string(out, "[url:value = ");
        put_quoted(out, item->target);
        buf_put_char(out, ']');
        break;
    case BLOCKLIST_URL_PREFIX:
        blocklist_put_regex(&regex, item, "https?://", blocklist_put_literal);
        buf_put_string(out, "[url:value MATCHES ");
        put_quoted(out, buf_str(&regex));
        buf_put_char(out, ']');
        break;
    }
    buf_fini(&regex);
}

void blocklist_stix_put(struct buf *out, const struct blocklist_item *item,
                        const struct blocklist_item *before)
{
    (void)before;
    char start[CLOCK_TEXT], end[CLOCK_TEXT];
    struct buf pattern = BUF_EMPTY;
    clock_format(item->start_ms, start);
    buf_put_string(out, ",\n{\"type\":\"indicator\",\"spec_version\":\"2.1\",\"id\":\"indicator--");
    blocklist_put_uuid(out, &item->id);
    buf_put_string(out, "\",\"created\":\"");
    buf_put_string(out, start);
    buf_put_string(out, "\",\"modified\":\"");
    buf_put_string(out, start);
    buf_put_string(out, "\",\"name\":\"saring kasus ");
    buf_put_int(out, item->case_id);
    buf_put_string(out, "\",\"indicator_types\":[\"malicious-activity\"]");
    buf_put_json_field(out, "description", item->reason);
    put_pattern(&pattern, item);
    buf_put_json_field(out, "pattern", buf_str(&pattern));
    buf_put_string(out, ",\"pattern_type\":\"stix\",\"valid_from\":\"");
    buf_put_string(out, start);
    buf_put_string(out, "\",\"valid_until\":\"");
    buf_put_string(out, clock_format(item->end_ms, end));
    buf_put_string(out, "\"}");
    buf_fini(&pattern);
}

void blocklist_stix_close(struct buf *out, const struct blocklist_opening *opening)
{
    (void)opening;
    buf_put_string(out, "\n]}\n");
}
