/* saring doctor: what is wrong with this machine or installation, and what to do. */
#include "filter/cli/doctor.h"

#include <stdarg.h>
#include <stdio.h>

#include "filter/base/state_dir.h"
#include "filter/casebook/casebook.h"
#include "filter/cli/cli.h"
#include "filter/cli/commands.h"
#include "filter/cli/desk.h"
#include "filter/cli/terminal.h"

#define NAME "doctor"

enum { CONFIG_ARENA = 1 << 20, TEXT_MOST = 900 };

static void print_help(void)
{
    puts("saring doctor [--lists FOLDER] [--backup FOLDER] [--quiet] [--json]\n"
         "\n"
         "Memeriksa pemasangan ini tanpa mengubah apa pun, juga saat saring run berjalan:\n"
         "setelan, folder state, buku kasus, rantai log dan register, jam, musim, kunci,\n"
         "Redis, aturan, sumber, daftar, cadangan, sertifikat, disk, kotak pasir.\n"
         "Looks at this installation and changes nothing, also while saring run runs, and\n"
         "says what is wrong and what to do.\n"
         "\n"
         "  --lists FOLDER   keluaran saring publish / where saring publish writes\n"
         "  --backup FOLDER  cadangan terbaru, atau folder berisi cadangan / the newest\n"
         "                   backup, or a folder of them\n"
         "  --quiet          hanya yang perlu dikerjakan / only what there is to do\n"
         "  -c saring.yml  --state DIR  --rules DIR\n"
         "\n"
         "Kode keluar / exit code: 0 sehat/well, 1 ada yang salah/something is wrong,\n"
         "2 tidak bisa diperiksa / it could not be looked at.\n"
         "\n"
         "  sudo saring doctor -c /etc/saring/saring.yml --lists /srv/saring/lists");
}

static void put_plain(struct doctor *doctor, enum doctor_level level, const char *check,
                      struct str what, const char *todo)
{
    static const char *const marks[] = {"ok", "--", " !", "XX"};
    buf_printf(&doctor->out, "%s  %-12s ", marks[level], check);
    cli_put_text(&doctor->out, what, 17);
    buf_put_char(&doctor->out, '\n');
    if (todo != NULL) {
        buf_printf(&doctor->out, "%17s> ", "");
        cli_put_text(&doctor->out, str_of(todo), 19);
        buf_put_char(&doctor->out, '\n');
    }
}

static void put_json(struct doctor *doctor, enum doctor_level level, const char *check,
                     struct str what, const char *todo)
{
    static const char *const names[] = {"fine", "note", "warn", "wrong"};
    struct buf mended = BUF_EMPTY;
    cli_put_line(&mended, what);
    buf_put_char(&doctor->out, '{');
    buf_put_json_field(&doctor->out, "check", str_of(check));
    buf_put_json_field(&doctor->out, "level", str_of(names[level]));
    buf_put_json_field(&doctor->out, "what", buf_str(&mended));
    if (todo != NULL) {
        buf_put_json_field(&doctor->out, "do", str_of(todo));
    }
    buf_put_string(&doctor->out, "}\n");
    buf_fini(&mended);
}

void doctor_say(struct doctor *doctor, enum doctor_level level, const char *check, const char *todo,
                const char *format, ...)
{
    char what[TEXT_MOST];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(what, sizeof what, format, arguments);
    va_end(arguments);
    doctor->counts[level]++;
    if (doctor->is_quiet && level < DOCTOR_WARN) {
        return;
    }
    (doctor->is_json ? put_json : put_plain)(doctor, level, check, str_of(what), todo);
}

void doctor_say_err(struct doctor *doctor, enum doctor_level level, const char *check,
                    const char *todo, const struct err *err)
{
    char text[TEXT_MOST];
    doctor_say(doctor, level, check, todo, "%s", err_format(err, text, sizeof text));
}

static const char *const config_todo =
    "perbaiki barisnya; README.md menyebut setelannya / mend that line; README.md lists the "
    "settings";

static void look(struct doctor *doctor)
{
    doctor_state(doctor);
    doctor_disk(doctor);
    doctor_clock(doctor);
    doctor_casebook(doctor);
    doctor_rules(doctor);
    doctor_sources(doctor);
    doctor_redis(doctor);
    doctor_certificate(doctor);
    doctor_public(doctor);
    doctor_lists(doctor);
    doctor_backup(doctor);
    doctor_checkers(doctor);
    doctor_sandbox(doctor);
    casebook_close(doctor->casebook);
}

static int finish(struct doctor *doctor, struct err *err)
{
    if (!doctor->is_json) {
        buf_printf(&doctor->out,
                   "%zu salah/wrong, %zu peringatan/warnings, %zu catatan/notes, %zu "
                   "baik/fine\n",
                   doctor->counts[DOCTOR_WRONG], doctor->counts[DOCTOR_WARN],
                   doctor->counts[DOCTOR_NOTE], doctor->counts[DOCTOR_FINE]);
    }
    if (!cli_print(&doctor->out, err)) {
        return cli_cannot(NAME, err);
    }
    return doctor->counts[DOCTOR_WRONG] > 0 ? CLI_NO : CLI_FINE;
}

struct doctor_command {
    struct cli_desk desk;
    struct doctor doctor;
};

static int run(void *context, const struct cli_words *words, struct err *err)
{
    struct doctor_command *command = context;
    struct doctor *doctor = &command->doctor;
    const struct cli_desk *desk = &command->desk;
    struct err why = ERR_NONE;
    if (words->count > 0) {
        err_set(err, "'%.40s'? --help", words->at[0]);
        return cli_cannot(NAME, err);
    }
    doctor->arena = arena_new(CONFIG_ARENA);
    doctor->is_json = desk->is_json;
    doctor->config_path = desk->config;
    if (!config_load(desk->config, doctor->arena, &doctor->config, &why)) {
        doctor_say_err(doctor, DOCTOR_WRONG, "config", config_todo, &why);
        return finish(doctor, err); /* all else depends on it */
    }
    doctor_say(doctor, DOCTOR_FINE, "config", NULL, "%s",
               desk->config != NULL ? desk->config : "bawaan / defaults");
    doctor->folders = desk->rules.count > 0 ? desk->rules.at : doctor->config.rules;
    if (!state_dir(desk->state_option != NULL ? desk->state_option : doctor->config.state,
                   &doctor->state, err)) {
        return cli_cannot(NAME, err);
    }
    look(doctor);
    return finish(doctor, err);
}

int cmd_doctor(int argc, char **argv)
{
    struct doctor_command command = {.desk = cli_desk_new(), .doctor = {.clock = clock_system()}};
    const struct cli_option options[] = {
        {"config", CLI_TEXT, &command.desk.config},
        {"c", CLI_TEXT, &command.desk.config},
        {"state", CLI_TEXT, &command.desk.state_option},
        {"rules", CLI_LIST, &command.desk.rules},
        {"lists", CLI_TEXT, &command.doctor.lists},
        {"backup", CLI_TEXT, &command.doctor.backup},
        {"quiet", CLI_FLAG, &command.doctor.is_quiet},
        {"json", CLI_FLAG, &command.desk.is_json},
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
    buf_fini(&command.doctor.state);
    buf_fini(&command.doctor.out);
    arena_free(command.doctor.arena);
    return status;
}
