/* saring run: the two processes that read, match and take in, until told to stop. */
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "filter/base/err.h"
#include "filter/base/log.h"
#include "filter/base/state_dir.h"
#include "filter/cli/cli.h"
#include "filter/cli/commands.h"
#include "filter/cli/desk.h"
#include "filter/cli/options.h"
#include "filter/console/console.h"
#include "filter/console/site.h"
#include "filter/pipeline/camera.h"
#include "filter/pipeline/config.h"
#include "filter/pipeline/ingest.h"
#include "filter/pipeline/notify.h"
#include "filter/pipeline/privileges.h"
#include "filter/pipeline/review.h"
#include "filter/pipeline/supervisor.h"
#include "filter/rule/set.h"
#include "filter/verdict/redis_url.h"

enum { ARENA_BYTES = 4 << 20 };

struct run_options {
    const char *config, *state;
    bool wants_debug, wants_help;
};

static void print_help(void)
{
    puts("saring run [-c saring.yml] [--state DIR] [--debug]\n"
         "\n"
         "Membaca sumber, mencocokkan aturan, membuka kasus, menyajikan konsol. Tanpa\n"
         "musim hanya feeds/example. Dalam musim pos NDJSON di stdin ikut dibaca.\n"
         "Reads sources, matches rules, opens cases, serves the console; without a season\n"
         "feeds/example alone. In a season NDJSON posts on standard input are read too.\n"
         "\n"
         "  -c FILE      konfigurasi; tanpanya bawaan: tanpa Redis, konsol 127.0.0.1:8420\n"
         "  --state DIR  tempat semua yang ditulis / where everything is written\n"
         "  --debug      log lebih banyak / a louder log\n"
         "\n"
         "SIGTERM: selesai dengan rapi / drains. SIGHUP atau/or saring rules reload:\n"
         "aturan dimuat ulang / loads the rules anew.\n"
         "\n"
         "saring.yml (semua boleh tidak ada / all optional):\n"
         "  rules: [rules]                   state: /var/lib/saring\n"
         "  sources: feeds/sources.yml       user: nobody   # root menjadi / becomes\n"
         "  redis: { url: redis://127.0.0.1:6379 }          # atau/or unix:/run/redis.sock\n"
         "  console: { address: 127.0.0.1, port: 8420 }\n"
         "  contact: mailto:tim@example.id   workers: 0     # 0: satu per inti / per core\n"
         "\n"
         "  zcat posts.ndjson.gz | saring run -c saring.yml");
}

static int cannot(const struct err *err)
{
    return cli_cannot("run", err);
}

static void *serve_console(const struct config *config, const char *path, const struct clock *clock,
                           unsigned *bound, struct err *err)
{
    return console_start(config, path, clock, bound, err);
}

static void end_console(void *console)
{
    console_stop(console);
}

static bool write_site(struct casebook *casebook, const struct review_public *pages,
                       struct err *err)
{
    const struct site_options options = {.config = pages->config,
                                         .folder = pages->folder,
                                         .state = pages->state,
                                         .origin = pages->config->public_origin,
                                         .rules = pages->rules,
                                         .clock = *pages->clock};
    struct site_report written;
    return site_write(casebook, &options, &written, err);
}

static void report(void *context, bool is_error, const struct err *err)
{
    (void)context;
    if (is_error) {
        cannot(err); /* a message may hold words of a rule's file, and its name */
    }
}

/*
 * Rules that don't load must stop a start, while a restart goes on without. A process of its own
 * tries them, so that the supervisor stays small.
 */
static bool try_rules(const struct config *config, struct err *err)
{
    fflush(NULL);
    pid_t pid = fork();
    if (pid == 0) {
        const struct rule_set_options options = {
            .folders = config->rules, .clock = clock_system(), .report = report};
        struct err fault = ERR_NONE;
        struct rule_set *set = rule_set_load(&options, &fault);
        if (set == NULL) {
            report(NULL, true, &fault);
        }
        _exit(set != NULL ? 0 : 1);
    }
    int status = 0;
    if (pid < 0 || waitpid(pid, &status, 0) != pid) {
        return err_set(err, "no process can be started");
    }
    return (WIFEXITED(status) && WEXITSTATUS(status) == 0) ||
           err_set(err,
                   "aturan tidak dapat dimuat / the rules do not load: see above, and saring "
                   "rules check; folders count from here, or from saring.yml's own folder (-c)");
}

static bool check_config(const struct config *config, struct err *err)
{
    struct verdict_redis_url url;
    if (config->redis != NULL && !verdict_redis_url_parse(config->redis, &url, err)) {
        return false;
    }
    return try_rules(config, err);
}

static int run(const struct run_options *options, struct arena *arena, struct buf *state)
{
    static const struct review_console console = {
        .start = serve_console, .stop = end_console, .publish = write_site};
    struct config config;
    struct err err = ERR_NONE;
    const char *configured = options->state;
    if (!config_load(options->config, arena, &config, &err)) {
        return cannot(&err);
    }
    if (configured == NULL) {
        configured = config.state;
    }
    if (!state_dir(configured, state, &err) || !privileges_drop(state->bytes, config.user, &err) ||
        !check_config(&config, &err)) {
        return cannot(&err);
    }
    const struct supervisor_task task = {
        .config = &config,
        .state = state->bytes,
        .console = &console,
        .control = -1,
        .notify = notify_is_wanted(&config) ? notify_run : NULL,
        .camera = camera_run,
    };
    if (!supervisor_run(&task, ingest_run, review_run, &err)) {
        return cannot(&err);
    }
    return CLI_FINE;
}

int cmd_run(int argc, char **argv)
{
    struct run_options options = {.config = NULL};
    const struct cli_option table[] = {
        {"config", CLI_TEXT, &options.config},
        {"c", CLI_TEXT, &options.config},
        {"state", CLI_TEXT, &options.state},
        {"debug", CLI_FLAG, &options.wants_debug},
        {"help", CLI_FLAG, &options.wants_help},
        {"h", CLI_FLAG, &options.wants_help},
        {NULL, CLI_FLAG, NULL},
    };
    struct cli_words words;
    struct err err = ERR_NONE;
    if (cli_options_help(argc, argv)) {
        print_help();
        return CLI_FINE;
    }
    if (!cli_options_read(table, argc, argv, &words, &err)) {
        return cannot(&err);
    }
    if (words.count > 0) {
        err_set(&err, "'%s' bukan di sini tempatnya / has no place here; --help", words.at[0]);
        return cannot(&err);
    }
    log_set_level(options.wants_debug ? LOG_DEBUG : LOG_INFO);
    struct arena *arena = arena_new(ARENA_BYTES);
    struct buf state = BUF_EMPTY;
    int status = run(&options, arena, &state);
    buf_fini(&state);
    arena_free(arena);
    return status;
}
