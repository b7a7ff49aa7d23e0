/* saring sources receive: posts that others push, for a CGI or a shell. */
#include <stdio.h>
#include <stdlib.h>

#include "feeds/webhook.h"
#include "filter/base/clock.h"
#include "filter/base/file.h"
#include "filter/base/hash.h"
#include "filter/base/state_dir.h"
#include "filter/cli/cli.h"
#include "filter/cli/sources.h"
#include "filter/cli/terminal.h"

/* What came: the headers as CGI hands them on (RFC 3875, section 4.1.18), the body on stdin. */
static bool read_request(struct feeds_webhook_request *request, struct buf *body, struct err *err)
{
    const char *timestamp = getenv("HTTP_X_SARING_TIMESTAMP");
    const char *signature = getenv("HTTP_X_SARING_SIGNATURE");
    char part[4096];
    size_t len;
    while ((len = fread(part, 1, sizeof part, stdin)) > 0 && body->len <= FEEDS_WEBHOOK_MAX_BODY) {
        buf_put(body, part, len);
    }
    request->timestamp = str_of(timestamp != NULL ? timestamp : "");
    request->signature = str_of(signature != NULL ? signature : "");
    request->body = buf_str(body);
    return ferror(stdin) == 0 || err_set(err, "stdin tidak terbaca / cannot be read");
}

int sources_receive(const char *secret_path, const char *state)
{
    struct err error = ERR_NONE, *err = &error;
    struct buf secret = BUF_EMPTY, body = BUF_EMPTY, path = BUF_EMPTY, out = BUF_EMPTY;
    struct feeds_webhook_request request;
    struct clock clock = clock_system();
    int status = CLI_CANNOT;
    if (secret_path == NULL) {
        err_set(err, "receive perlu --secret BERKAS / wants --secret FILE");
    } else if (hash_start(err) && file_read(secret_path, 4096, &secret, err) &&
               state_dir(state, &path, err) && state_dir_make(path.bytes, err) &&
               read_request(&request, &body, err)) {
        buf_put_string(&path, "/feeds.webhook");
        int64_t now_ms = clock_now_ms(&clock);
        bool is_right = feeds_webhook_verify(str_trim(buf_str(&secret)), &request, now_ms, err) &&
                        feeds_webhook_is_first(path.bytes, &request, now_ms, err);
        if (is_right) {
            struct feeds_parser *parser = feeds_parser_new();
            struct feeds_head head;
            const struct feeds_document document = {.bytes = request.body,
                                                    .source = STR("webhook"),
                                                    .fetched_ms = now_ms,
                                                    .is_ndjson = true};
            is_right = feeds_parse(parser, &document, sources_put_post, &out, &head, err) &&
                       (out.len == 0 || cli_print(&out, err));
            feeds_parser_free(parser);
        }
        status = is_right ? CLI_FINE : CLI_NO;
    }
    if (status != CLI_FINE) {
        sources_cannot(err);
    }
    cli_forget(&secret);
    buf_fini(&out);
    buf_fini(&path);
    buf_fini(&body);
    return status;
}
