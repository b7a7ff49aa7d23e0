/* saring audit: the log, read and checked, also by outsiders with a copy of the file. */
#include <stdio.h>
#include <string.h>

#include "filter/base/err.h"
#include "filter/base/file.h"
#include "filter/casebook/audit.h"
#include "filter/cli/cli.h"
#include "filter/cli/commands.h"
#include "filter/cli/desk.h"
#include "filter/cli/terminal.h"

#define NAME "audit"

enum { HEAD_BYTES = 1024, FLUSH_BYTES = 1 << 16 };

struct audit_command {
    struct cli_desk desk;
    const char *head;
    int64_t from, only_case;
    struct buf out;
    struct hash wanted; /* a head given as its hash alone … */
    int64_t found_seq;  /* … and the row that has it; 0: none */
    struct err err;
};

static void print_help(void)
{
    puts("saring audit verify [--head HEAD] [FILE] | head [FILE]\n"
         "saring audit show [--from N] [--case N] [FILE]\n"
         "\n"
         "  verify   membaca seluruh rantai; keluar 1 kalau putus; FILE: salinan\n"
         "           casebook.db / reads the whole chain, exits 1 if it is broken; FILE:\n"
         "           a copy of it\n"
         "  --head   kepala yang pernah diumumkan: hash, baris JSON, atau berkasnya / a\n"
         "           head that somebody kept: the log must still hold it (audit.head di\n"
         "           samping casebook.db / beside it)\n"
         "  head     kepala kini, untuk disimpan orang luar / that of now, for witnesses\n"
         "  show     baris-baris log / the log's rows; --json: satu baris satu objek\n"
         "  --state DIR\n"
         "\n"
         "  saring audit head > kepala.json     (lain hari / another day)\n"
         "  saring audit verify --head kepala.json");
}

/* A head names its row; of a hash alone the row must be looked for. */
static bool match_row(void *context, const struct casebook_row *row)
{
    struct audit_command *command = context;
    if (memcmp(row->hash.bytes, command->wanted.bytes, HASH_BYTES) == 0) {
        command->found_seq = row->seq;
        return false;
    }
    return true;
}

enum found { FOUND, NOT_THERE, UNREADABLE };

static enum found find_head(struct audit_command *command, struct casebook_head *head,
                            struct err *err)
{
    struct str text = str_trim(str_of(command->head));
    struct buf file = BUF_EMPTY;
    enum found found = FOUND;
    if (hash_parse(text, &command->wanted)) {
        if (!casebook_audit_read(command->desk.casebook, 1, match_row, command, err)) {
            return UNREADABLE;
        }
        *head = (struct casebook_head){.seq = command->found_seq, .hash = command->wanted};
        return command->found_seq > 0 ? FOUND : NOT_THERE;
    }
    if (text.len > 0 && text.at[0] != '{') {
        if (!file_read(command->head, HEAD_BYTES, &file, err)) {
            return UNREADABLE;
        }
        text = str_trim(buf_str(&file));
    }
    if (!casebook_head_parse(text, head, err)) {
        found = UNREADABLE;
    }
    buf_fini(&file);
    return found;
}

static int print_report(const struct audit_command *command, const struct casebook_report *report,
                        bool is_intact, struct err *err)
{
    char hex[HASH_HEX];
    struct buf out = BUF_EMPTY;
    hash_format(&report->head.hash, hex);
    if (command->desk.is_json) {
        buf_printf(&out, "{\"intact\":%s,\"rows\":%lld,\"head\":\"%s\"}\n",
                   is_intact ? "true" : "false", (long long)report->rows, hex);
    } else {
        buf_printf(&out, "%s: %lld baris/rows, %s\n",
                   is_intact ? "utuh / intact" : "PUTUS / BROKEN", (long long)report->rows, hex);
    }
    bool done = cli_print(&out, err);
    buf_fini(&out);
    return !done ? cli_cannot(NAME, err) : is_intact ? CLI_FINE : CLI_NO;
}

static int verify(struct audit_command *command, struct err *err)
{
    struct casebook_report report = {.rows = 0};
    struct casebook_head head, *published = NULL;
    if (command->head != NULL) {
        switch (find_head(command, &head, err)) {
        case FOUND:
            published = &head;
            break;
        case NOT_THERE:
            err_set(err, "log tidak memuat kepala itu: dipotong atau ditulis ulang / the log does "
                         "not hold that head: it was cut or written anew");
            return cli_no(NAME, err);
        case UNREADABLE:
            return cli_cannot(NAME, err);
        }
    } else if (!casebook_head_published(command->desk.casebook, &head, err)) {
        return cli_cannot(NAME, err);
    } else if (head.seq > 0) {
        published = &head;
    }
    switch (casebook_audit_verify(command->desk.casebook, published, &report, err)) {
    case AUDIT_INTACT:
        return print_report(command, &report, true, err);
    case AUDIT_BROKEN:
        cli_no(NAME, err);
        *err = ERR_NONE;
        return print_report(command, &report, false, err);
    case AUDIT_FAILED:
        return cli_cannot(NAME, err);
    }
    return CLI_CANNOT;
}

static int print_head(struct audit_command *command, struct err *err)
{
    struct casebook_head head;
    if (!casebook_head(command->desk.casebook, &head.seq, &head.hash, err)) {
        return cli_cannot(NAME, err);
    }
    casebook_head_format(&head, clock_now_ms(&command->desk.clock), &command->out);
    return cli_print(&command->out, err) ? CLI_FINE : cli_cannot(NAME, err);
}

static bool put_row(void *context, const struct casebook_row *row)
{
    struct audit_command *command = context;
    struct buf *out = &command->out;
    char time[CLOCK_TEXT], hex[HASH_HEX];
    if (command->only_case != 0 && row->case_id != command->only_case) {
        return true;
    }
    if (command->desk.is_json) {
        casebook_audit_format(row, out);
    } else {
        buf_printf(out, "%6lld  %.19sZ  ", (long long)row->seq, clock_format(row->time_ms, time));
        cli_put_cell(out, row->actor, 12);
        buf_put_char(out, ' ');
        cli_put_cell(out, row->action, 10);
        buf_printf(out, " %5lld  %.12s  ", (long long)row->case_id, hash_format(&row->hash, hex));
        cli_put_line(out, row->detail);
    }
    buf_put_char(out, '\n');
    if (out->len < FLUSH_BYTES) {
        return true;
    }
    bool done = cli_print(out, &command->err);
    buf_clear(out);
    return done;
}

static int show(struct audit_command *command, struct err *err)
{
    command->err = ERR_NONE;
    bool done = casebook_audit_read(command->desk.casebook, command->from, put_row, command, err) &&
                !err_is_set(&command->err) && cli_print(&command->out, &command->err);
    if (err_is_set(&command->err)) {
        *err = command->err;
    }
    return done ? CLI_FINE : cli_cannot(NAME, err);
}

static bool open_log(struct audit_command *command, const struct cli_words *words, struct err *err)
{
    if (words->count < 2) {
        return cli_desk_open_read(&command->desk, err);
    }
    command->desk.casebook = casebook_open_read(words->at[1], &command->desk.clock, err);
    return command->desk.casebook != NULL;
}

static int run(void *context, const struct cli_words *words, struct err *err)
{
    struct audit_command *command = context;
    struct str verb = words->count > 0 ? str_of(words->at[0]) : STR("");
    int (*act)(struct audit_command *, struct err *) = str_is(verb, "verify") ? verify
                                                       : str_is(verb, "head") ? print_head
                                                       : str_is(verb, "show") ? show
                                                                              : NULL;
    if (act == NULL || words->count > 2) {
        err_set(err, "verify, head, show, [FILE]; --help");
        return cli_cannot(NAME, err);
    }
    return open_log(command, words, err) ? act(command, err) : cli_cannot(NAME, err);
}

int cmd_audit(int argc, char **argv)
{
    struct audit_command command = {.desk = cli_desk_new(), .from = 1};
    const struct cli_option options[] = {
        CLI_DESK_OPTIONS(&command.desk),
        {"head", CLI_TEXT, &command.head},
        {"from", CLI_NUMBER, &command.from},
        {"case", CLI_NUMBER, &command.only_case},
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
    buf_fini(&command.out);
    cli_desk_close(&command.desk);
    return status;
}
