/* saring rules versions, rollback: who changed what when, and the way back. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "filter/base/err.h"
#include "filter/casebook/versions.h"
#include "filter/cli/cli.h"
#include "filter/cli/desk.h"
#include "filter/cli/rules.h"
#include "filter/cli/terminal.h"

#define NAME "rules"

struct versions_command {
    struct cli_desk desk;
    struct buf out;
};

static void put_version(void *context, const struct casebook_version *version)
{
    struct versions_command *command = context;
    char time[CLOCK_TEXT], hex[HASH_HEX];
    clock_format(version->time_ms, time);
    hash_format(&version->hash, hex);
    if (command->desk.is_json) {
        buf_printf(&command->out, "{\"version\":%lld", (long long)version->id);
        buf_put_json_field(&command->out, "time", str_of(time));
        buf_put_json_field(&command->out, "who", version->who);
        buf_put_json_field(&command->out, "how", version->how);
        buf_put_json_field(&command->out, "files", str_of(hex));
        buf_put_string(&command->out, ",\"changes\":");
        buf_put_str(&command->out, version->changes);
        buf_put_string(&command->out, "}\n");
        return;
    }
    buf_printf(&command->out, "%5lld  %.16s  ", (long long)version->id, time);
    cli_put_cell(&command->out, version->who, 16);
    buf_put_string(&command->out, "  ");
    cli_put_line(&command->out, version->how);
    buf_put_string(&command->out, "\n         ");
    struct str changes = version->changes;
    if (changes.len > 200) {
        changes = str_part(changes, 0, 200);
    }
    cli_put_line(&command->out, changes);
    buf_put_char(&command->out, '\n');
}

int rules_versions(int argc, char **argv)
{
    struct versions_command command = {.desk = cli_desk_new()};
    const struct cli_option options[] = {CLI_DESK_OPTIONS(&command.desk), {NULL, CLI_FLAG, NULL}};
    struct cli_words words;
    struct err err = ERR_NONE;
    int status = CLI_FINE;
    if (!cli_options_read(options, argc, argv, &words, &err) ||
        !cli_desk_open_read(&command.desk, &err) ||
        !casebook_version_list(command.desk.casebook, put_version, &command, &err) ||
        !cli_print(&command.out, &err)) {
        status = cli_cannot(NAME, &err);
    }
    buf_fini(&command.out);
    cli_desk_close(&command.desk);
    return status;
}

static bool loads(const struct cli_desk *desk, struct err *err)
{
    struct rules_report report = {.is_json = false};
    const struct rule_set_options options = {.folders = desk->folders,
                                             .clock = desk->clock,
                                             .report = rules_report_errors,
                                             .context = &report};
    struct rule_set *set = rule_set_load(&options, err);
    rule_set_unref(set);
    return set != NULL;
}

/* Every file must have a folder to go to: the configuration may have changed since. */
static bool fits(const struct rule_snapshot *wanted, const char *const *folders, struct err *err)
{
    unsigned count = 0;
    while (folders[count] != NULL) {
        count++;
    }
    for (size_t i = 0; i < wanted->count; i++) {
        if (wanted->files[i].folder >= count) {
            return err_set(err,
                           "versi itu dari %u folder aturan, kini %u / that version is of %u "
                           "folders of rules, there are %u now",
                           wanted->files[i].folder + 1, count, wanted->files[i].folder + 1, count);
        }
    }
    return true;
}

/*
 * Writes the version's files; if they do not load as they are among the speech samples and lists of
 * now, writes back what was there. A running `saring run` keeps its rules meanwhile: a set is taken
 * as a whole or not at all.
 */
static bool go_back(const struct cli_desk *desk, const struct rule_snapshot *wanted,
                    const struct rule_snapshot *now, struct err *err)
{
    struct err failure = ERR_NONE;
    if (rule_snapshot_write(desk->folders, wanted, now, err) && loads(desk, err)) {
        return true;
    }
    struct rule_snapshot half = {.files = NULL};
    if (!rule_snapshot_read(desk->folders, &half, &failure) ||
        !rule_snapshot_write(desk->folders, now, &half, &failure)) {
        (void)rules_cannot(&failure);
    }
    rule_snapshot_fini(&half);
    return false;
}

/* What is read, tried, written and kept; a "no" is told apart from a "cannot". */
static bool take_back(struct cli_desk *desk, int64_t version, const char *reason, bool *is_no,
                      struct err *err)
{
    struct rule_snapshot wanted = {.files = NULL}, now = {.files = NULL};
    struct buf how = BUF_EMPTY;
    int64_t id = 0;
    bool found = false;
    bool done = casebook_version_get(desk->casebook, version, &wanted, &found, err) &&
                rule_snapshot_read(desk->folders, &now, err);
    *is_no = done && !found;
    if (*is_no) {
        done =
            err_set(err, "tidak ada versi %lld / there is no such version; saring rules versions",
                    (long long)version);
    }
    done = done && fits(&wanted, desk->folders, err) &&
           casebook_version_put(desk->casebook, &now, STR(""), STR("edit"), &id, err);
    if (done && !go_back(desk, &wanted, &now, err)) {
        *is_no = true;
        done = false;
    }
    buf_printf(&how, "rollback %lld: %s", (long long)version, reason);
    done =
        done && casebook_version_put(desk->casebook, &wanted, casebook_session_name(desk->session),
                                     buf_str(&how), &id, err);
    if (done) {
        printf("versi %lld / version %lld: %zu berkas/files\n", (long long)id, (long long)id,
               wanted.count);
    }
    buf_fini(&how);
    rule_snapshot_fini(&wanted);
    rule_snapshot_fini(&now);
    return done;
}

static int roll_back(struct cli_desk *desk, int64_t version, const char *reason, struct err *err)
{
    bool is_no = false;
    enum casebook_outcome outcome =
        casebook_version_judge(desk->casebook, desk->session, str_of(reason), err);
    if (outcome != CASEBOOK_DONE) {
        return cli_outcome(NAME, outcome, err);
    }
    if (take_back(desk, version, reason, &is_no, err)) {
        return CLI_FINE;
    }
    return is_no ? cli_no(NAME, err) : cli_cannot(NAME, err);
}

int rules_rollback(int argc, char **argv)
{
    struct cli_desk desk = cli_desk_new();
    const char *reason = "";
    const struct cli_option options[] = {
        {"reason", CLI_TEXT, &reason}, CLI_DESK_OPTIONS(&desk), {NULL, CLI_FLAG, NULL}};
    struct cli_words words;
    struct err err = ERR_NONE;
    int64_t version = 0;
    int status;
    if (!cli_options_read(options, argc, argv, &words, &err)) {
        return cli_cannot(NAME, &err);
    }
    if (words.count != 1 || !cli_case_id(words.at[0], &version, &err)) {
        err = ERR_NONE;
        err_set(&err, "versi yang mana / which version? saring rules rollback 3 --user NAMA "
                      "--reason '…'");
        return cli_cannot(NAME, &err);
    }
    if (!cli_desk_open_write(&desk, &err) || !cli_desk_login(&desk, &err)) {
        status = cli_cannot(NAME, &err);
    } else {
        status = roll_back(&desk, version, reason, &err);
    }
    cli_desk_close(&desk);
    return status;
}
