#include "filter/console/console.h"

#include <stdlib.h>

#include "filter/base/err.h"
#include "filter/base/mem.h"
#include "filter/console/answer.h"
#include "filter/console/public.h"
#include "filter/console/server.h"
#include "filter/pipeline/config.h"

struct console {
    struct server *server;
    struct public_pages *pages; /* NULL: others serve them */
    struct answers *answers;
    char *address, *path;
    struct request_names names;
};

static void give(void *context, const struct request_head *head, struct response *response)
{
    struct console *console = context;
    struct request request = request_read(head, &console->names);
    answers_give(console->answers, &request, response);
}

struct console *console_start(const struct config *config, const char *casebook,
                              const struct clock *clock, unsigned *bound, struct err *err)
{
    struct console *console = mem_zero(1, sizeof *console);
    console->address = mem_copy_string(config->console_address);
    console->path = mem_copy_string(casebook);
    console->names = (struct request_names){.address = str_of(console->address),
                                            .is_wildcard = server_is_wildcard(console->address),
                                            .is_tls = config->console_certificate != NULL,
                                            .origin = str_of(config->console_origin),
                                            .proxy = str_of(config->console_proxy)};
    const struct answers_options options = {.casebook = console->path,
                                            .rules = config->rules,
                                            .sources = config->sources,
                                            .origin = config->public_origin,
                                            .lists = config->public_lists,
                                            .clock = clock};
    console->answers = answers_new(&options);
    console->server =
        server_start(&(struct server_options){.name = "console",
                                              .address = console->address,
                                              .port = config->console_port,
                                              .certificate = config->console_certificate,
                                              .key = config->console_key,
                                              .give = give,
                                              .context = console},
                     bound, err);
    bool done = console->server != NULL;
    if (done && config->public_port != 0) {
        console->pages = public_start(config, console->path, clock, err);
        done = console->pages != NULL;
    }
    if (!done) {
        console_stop(console);
        return NULL;
    }
    return console;
}

void console_stop(struct console *console)
{
    if (console != NULL) {
        public_stop(console->pages);
        server_stop(console->server);
        answers_free(console->answers);
        free(console->address);
        free(console->path);
        free(console);
    }
}
