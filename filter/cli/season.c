/* saring season: the file that says for which election, signed by two organisations. */
#include <stdio.h>
#include <string.h>

#include "filter/base/err.h"
#include "filter/base/file.h"
#include "filter/base/sshsig.h"
#include "filter/casebook/people.h"
#include "filter/casebook/season.h"
#include "filter/cli/cli.h"
#include "filter/cli/commands.h"
#include "filter/cli/desk.h"
#include "filter/cli/terminal.h"

#define NAME "season"

struct season_command {
    struct cli_desk desk;
    const char *name, *start, *end, *out, *reason;
    const char *team, *independent; /* signature files */
};

static void print_help(void)
{
    puts("saring season new --name NAME --end WAKTU [--start WAKTU] [--out FILE]\n"
         "saring season bytes FILE | sign FILE --user NAME [--out SIG]\n"
         "saring season start FILE --team SIG --independent SIG | show\n"
         "saring season end --user NAME --reason TEXT\n"
         "\n"
         "Musim: satu pemilihan, paling lama 240 hari, ditandatangani tim dan satu\n"
         "organisasi independen. Tanpa musim semuanya peragaan. A season: one election, at\n"
         "most 240 days, signed by two organisations; without one all is a demonstration.\n"
         "\n"
         "  new     menulis berkas bagi orang-orang yang ada kini / for the people of now\n"
         "  bytes   memeriksa berkas, mencetak yang ditandatangani / what is to be signed\n"
         "  sign    dengan kunci bersegel anggota tim / by a team member's sealed key\n"
         "  start   memulainya dengan dua tanda tangan / starts it with both signatures\n"
         "  show    musim yang berjalan; keluar 1 kalau tidak ada / exits 1 without one\n"
         "  end     mengakhirinya sekarang; satu orang cukup / ends it now; one is enough\n"
         "  WAKTU   2026-11-30 atau 2026-11-30T17:00:00Z\n"
         "  --state DIR  --json\n"
         "\n"
         "  saring season new --name 'Pilkada Contoh' --end 2027-01-31 --out musim.json\n"
         "  ssh-keygen -Y sign -n saring -f kunci-saya musim.json\n"
         "  saring season start musim.json --team tim.sig --independent mitra.sig");
}

static bool read_time(const char *option, const char *text, int64_t *time_ms, struct err *err)
{
    return clock_parse(str_of(text), time_ms) ||
           err_set(err, "%s '%.40s': 2026-11-30 atau/or 2026-11-30T17:00:00Z", option, text);
}

static int draft(struct season_command *command, struct err *err)
{
    int64_t start_ms = clock_now_ms(&command->desk.clock) / 1000 * 1000, end_ms = 0;
    if (command->name == NULL || command->end == NULL) {
        err_set(err, "saring season new --name NAME --end WAKTU [--start WAKTU] [--out FILE]");
        return cli_cannot(NAME, err);
    }
    if ((command->start != NULL && !read_time("--start", command->start, &start_ms, err)) ||
        !read_time("--end", command->end, &end_ms, err) ||
        !cli_desk_open_read(&command->desk, err)) {
        return cli_cannot(NAME, err);
    }
    struct buf file = BUF_EMPTY;
    int status = CLI_FINE;
    if (!casebook_season_draft(command->desk.casebook, str_of(command->name), start_ms, end_ms,
                               &file, err)) {
        status = cli_no(NAME, err);
    } else if (!(command->out != NULL ? file_write(command->out, buf_str(&file), 0644, err)
                                      : cli_print(&file, err))) {
        status = cli_cannot(NAME, err);
    }
    buf_fini(&file);
    return status;
}

static bool read_season(struct season_command *command, const char *path, struct buf *file,
                        struct casebook_season_file *season, struct err *err)
{
    if (!file_read(path, CASEBOOK_SEASON_BYTES, file, err)) {
        return false;
    }
    return casebook_season_read(command->desk.arena, buf_str(file), season, err) ||
           err_in_file(err, path);
}

static int print_bytes(struct season_command *command, const char *path, struct err *err)
{
    struct buf file = BUF_EMPTY;
    struct casebook_season_file season;
    int status = CLI_FINE;
    command->desk.arena = arena_new(4 << 20);
    if (!read_season(command, path, &file, &season, err)) {
        status = cli_no(NAME, err);
    } else if (!cli_print(&file, err)) {
        status = cli_cannot(NAME, err);
    }
    buf_fini(&file);
    return status;
}

/* For the team's member whose key lies here, sealed; all others have ssh-keygen. */
static int sign(struct season_command *command, const char *path, struct err *err)
{
    struct buf file = BUF_EMPTY, armored = BUF_EMPTY;
    int status = CLI_CANNOT;
    if (file_read(path, CASEBOOK_SEASON_BYTES, &file, err) &&
        cli_desk_open_write(&command->desk, err) && cli_desk_login(&command->desk, err)) {
        if (!casebook_season_sign(command->desk.session, buf_str(&file), &armored, err)) {
            status = CLI_NO;
        } else if (command->out != NULL ? file_write(command->out, buf_str(&armored), 0644, err)
                                        : cli_print(&armored, err)) {
            status = CLI_FINE;
        }
    }
    buf_fini(&file);
    buf_fini(&armored);
    if (status == CLI_FINE) {
        return CLI_FINE;
    }
    return status == CLI_NO ? cli_no(NAME, err) : cli_cannot(NAME, err);
}

static int start(struct season_command *command, const struct cli_words *words, struct err *err)
{
    struct buf file = BUF_EMPTY, team = BUF_EMPTY, independent = BUF_EMPTY;
    struct casebook_season_file season;
    int status = CLI_CANNOT;
    if (words->count != 2 || command->team == NULL || command->independent == NULL) {
        err_set(err, "saring season start FILE --team FILE.sig --independent FILE.sig");
        return cli_cannot(NAME, err);
    }
    if (!cli_desk_open_write(&command->desk, err) ||
        !read_season(command, words->at[1], &file, &season, err) ||
        !file_read(command->team, SSHSIG_MAX_BYTES, &team, err) ||
        !file_read(command->independent, SSHSIG_MAX_BYTES, &independent, err)) {
        status = cli_cannot(NAME, err);
    } else {
        struct err failure = ERR_NONE;
        enum casebook_outcome outcome = casebook_season_start(
            command->desk.casebook, buf_str(&file), buf_str(&team), buf_str(&independent), err);
        status =
            outcome != CASEBOOK_REFUSED || casebook_people_refused(command->desk.casebook, "season",
                                                                   err->message, &failure)
                ? cli_outcome(NAME, outcome, err)
                : cli_cannot(NAME, &failure);
    }
    if (status == CLI_FINE) {
        printf("musim dimulai / the season has begun: saring season show\n");
    }
    buf_fini(&file);
    buf_fini(&team);
    buf_fini(&independent);
    return status;
}

static void put_season(const struct cli_desk *desk, const struct casebook_season *season,
                       struct buf *out)
{
    char begin[CLOCK_TEXT], end[CLOCK_TEXT], hex[HASH_HEX];
    clock_format(season->start_ms, begin);
    clock_format(season->end_ms, end);
    hash_format(&season->id, hex);
    if (desk->is_json) {
        buf_put_char(out, '{');
        buf_put_json_field(out, "name", season->name);
        buf_put_json_field(out, "id", str_of(hex));
        buf_put_json_field(out, "start", str_of(begin));
        buf_put_json_field(out, "end", str_of(end));
        buf_put_json_field(out, "team", season->team);
        buf_put_json_field(out, "independent", season->independent);
        buf_put_string(out, "}\n");
        return;
    }
    cli_put_line(out, season->name);
    buf_printf(out, "\n  %s – %s\n  tim/team: ", begin, end);
    cli_put_line(out, season->team);
    buf_put_string(out, "\n  independen/independent: ");
    cli_put_line(out, season->independent);
    buf_printf(out, "\n  %s\n", hex);
}

static int show(struct season_command *command, struct err *err)
{
    struct casebook_season season;
    bool found = false, is_over = false;
    if (!cli_desk_open_read(&command->desk, err) ||
        !casebook_season(command->desk.casebook, command->desk.arena, &season, &found, err) ||
        !casebook_season_is_over(command->desk.casebook, &is_over, err)) {
        return cli_cannot(NAME, err);
    }
    if (!found) {
        fputs(is_over ? "musim sudah berakhir / the season is over\n"
                      : "tidak ada musim, ini peragaan / no season, this is a demonstration\n",
              stderr);
        return CLI_NO;
    }
    struct buf out = BUF_EMPTY;
    put_season(&command->desk, &season, &out);
    int status = cli_print(&out, err) ? CLI_FINE : cli_cannot(NAME, err);
    buf_fini(&out);
    return status;
}

static int end(struct season_command *command, struct err *err)
{
    if (command->reason == NULL) {
        err_set(err, "saring season end --user NAME --reason TEXT");
        return cli_cannot(NAME, err);
    }
    if (!cli_desk_open_write(&command->desk, err) || !cli_desk_login(&command->desk, err)) {
        return cli_cannot(NAME, err);
    }
    return cli_outcome(NAME,
                       casebook_season_end(command->desk.casebook, command->desk.session,
                                           str_of(command->reason), err),
                       err);
}

static int run(void *context, const struct cli_words *words, struct err *err)
{
    struct season_command *command = context;
    struct str verb = words->count > 0 ? str_of(words->at[0]) : STR("");
    if (str_is(verb, "new") && words->count == 1) {
        return draft(command, err);
    }
    if (str_is(verb, "bytes") && words->count == 2) {
        return print_bytes(command, words->at[1], err);
    }
    if (str_is(verb, "sign") && words->count == 2) {
        return sign(command, words->at[1], err);
    }
    if (str_is(verb, "start")) {
        return start(command, words, err);
    }
    if (str_is(verb, "show") && words->count == 1) {
        return show(command, err);
    }
    if (str_is(verb, "end") && words->count == 1) {
        return end(command, err);
    }
    err_set(err, "new, bytes FILE, sign FILE, start FILE, show, end; --help");
    return cli_cannot(NAME, err);
}

int cmd_season(int argc, char **argv)
{
    struct season_command command = {.desk = cli_desk_new()};
    const struct cli_option options[] = {
        CLI_DESK_OPTIONS(&command.desk),
        {"name", CLI_TEXT, &command.name},
        {"start", CLI_TEXT, &command.start},
        {"end", CLI_TEXT, &command.end},
        {"out", CLI_TEXT, &command.out},
        {"reason", CLI_TEXT, &command.reason},
        {"team", CLI_TEXT, &command.team},
        {"independent", CLI_TEXT, &command.independent},
        {NULL, CLI_FLAG, NULL},
    };
    const struct cli_task task = {
        .name = NAME,
        .print_help = print_help,
        .options = options,
        .run = run,
        .context = &command,
    };
    int status = cli_task_run(&task, argc, argv);
    cli_desk_close(&command.desk);
    return status;
}
