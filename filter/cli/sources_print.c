/* What `saring sources` prints: errors, posts. */
#include <stdio.h>

#include "filter/base/clock.h"
#include "filter/cli/cli.h"
#include "filter/cli/sources.h"
#include "filter/cli/terminal.h"

int sources_cannot(const struct err *err)
{
    char text[800];
    struct buf line = BUF_EMPTY;
    cli_put_line(&line, str_of(err_format(err, text, sizeof text)));
    fprintf(stderr, "saring sources: %s\n", line.bytes);
    buf_fini(&line);
    return CLI_CANNOT;
}

bool sources_print(struct buf *out, struct err *err)
{
    bool done = out->len == 0 || cli_print(out, err);
    buf_fini(out);
    return done;
}

void sources_put_time(struct buf *out, const char *name, int64_t time_ms)
{
    char text[CLOCK_TEXT];
    if (time_ms > 0) {
        buf_put_json_field(out, name, str_of(clock_format(time_ms, text)));
    }
}

static void put_field(struct buf *out, const char *name, struct str text)
{
    if (text.len > 0) {
        buf_put_json_field(out, name, text);
    }
}

bool sources_put_post(void *context, const struct feeds_entry *entry)
{
    struct buf *out = context;
    const struct post *post = &entry->post;
    buf_put_char(out, '{');
    put_field(out, "id", post->id);
    put_field(out, "source", post->source);
    put_field(out, "url", post->url);
    put_field(out, "title", post->fields[POST_TITLE]);
    buf_put_json_field(out, "text", post->fields[POST_TEXT]);
    put_field(out, "lang", post->lang);
    if (post->published_ms != CLOCK_NEVER) {
        sources_put_time(out, "published", post->published_ms);
    }
    buf_put_string(out, post->link_count > 0 ? ",\"links\":[" : "");
    for (size_t i = 0; i < post->link_count; i++) {
        buf_put_string(out, i > 0 ? "," : "");
        buf_put_json(out, post->links[i]);
    }
    buf_put_string(out, post->link_count > 0 ? "]}\n" : "}\n");
    return true;
}
