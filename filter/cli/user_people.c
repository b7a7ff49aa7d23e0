/* saring user: people and their organisations. */
#include <stdio.h>

#include "filter/base/err.h"
#include "filter/casebook/organisation.h"
#include "filter/cli/terminal.h"
#include "filter/cli/user.h"

static bool tie_all(struct user_command *command, struct err *err)
{
    struct str reason = command->reason != NULL
                            ? str_of(command->reason)
                            : STR("dinyatakan saat akun dibuat / stated when the account was made");
    for (size_t i = 0; i < command->ties.count; i++) {
        if (!casebook_people_tie(command->desk.casebook, str_of(command->organisation),
                                 str_of(command->ties.at[i]), reason, err)) {
            return false;
        }
    }
    enum casebook_sector sector;
    return command->sector == NULL ||
           (casebook_sector_parse(str_of(command->sector), &sector) &&
            casebook_organisation_sector(command->desk.casebook, str_of(command->organisation),
                                         sector, reason, err));
}

static bool read_kind(const struct user_command *command, enum casebook_role *role, struct err *err)
{
    enum casebook_sector sector;
    if (command->organisation == NULL || command->kind == NULL) {
        return err_set(err, "--org ORG --kind team|independent|appeals|auditor|admin");
    }
    if (!casebook_role_parse(str_of(command->kind), role)) {
        return err_set(err, "--kind '%.40s': team, independent, appeals, auditor, admin",
                       command->kind);
    }
    return command->sector == NULL || casebook_sector_parse(str_of(command->sector), &sector) ||
           err_set(err,
                   "--sector '%.40s': civil, university, press, election, executive, police, "
                   "military, party",
                   command->sector);
}

int user_add(struct user_command *command, const struct cli_words *words, struct err *err)
{
    struct casebook_newcomer newcomer = {.name = str_of(words->at[1])};
    struct buf key = BUF_EMPTY, password = BUF_EMPTY;
    int status = CLI_FINE;
    command->desk.user = words->at[1];
    if (!read_kind(command, &newcomer.role, err) ||
        (command->key != NULL && !user_read_key(command->key, &key, err)) ||
        !cli_desk_open_write(&command->desk, err) ||
        !cli_desk_password(&command->desk, true, &password, err)) {
        status = cli_cannot(USER_NAME, err);
    } else {
        newcomer.organisation = str_of(command->organisation);
        newcomer.key = str_trim(buf_str(&key));
        newcomer.password = buf_str(&password);
        /* Ties first: nobody acts for an organisation before what it is tied to is known. */
        status = user_done(command, words->at[0],
                           tie_all(command, err) &&
                               casebook_people_add(command->desk.casebook, &newcomer, err),
                           err);
    }
    buf_fini(&key);
    cli_forget(&password);
    return status;
}

int user_move(struct user_command *command, const struct cli_words *words, struct err *err)
{
    enum casebook_role role = ROLE_TEAM;
    struct buf key = BUF_EMPTY;
    int status = CLI_FINE;
    if (command->reason == NULL) {
        err_set(err, "saring user move NAME --org ORG --kind KIND --reason TEXT");
    }
    if (command->reason == NULL || !read_kind(command, &role, err) ||
        (command->key != NULL && !user_read_key(command->key, &key, err)) ||
        !cli_desk_open_write(&command->desk, err)) {
        status = cli_cannot(USER_NAME, err);
    } else {
        status = user_done(command, words->at[0],
                           tie_all(command, err) &&
                               casebook_people_move(command->desk.casebook, str_of(words->at[1]),
                                                    str_of(command->organisation), role,
                                                    str_trim(buf_str(&key)),
                                                    str_of(command->reason), err),
                           err);
    }
    buf_fini(&key);
    return status;
}

static void put_person_json(struct buf *out, const struct casebook_person *person)
{
    char created[CLOCK_TEXT], moved[CLOCK_TEXT];
    buf_put_char(out, '{');
    buf_put_json_field(out, "name", person->name);
    buf_put_json_field(out, "organisation", person->organisation);
    buf_put_json_field(out, "kind", str_of(casebook_role_name(person->role)));
    buf_put_json_field(out, "key", person->key);
    buf_put_json_field(out, "fingerprint", person->fingerprint);
    buf_put_json_field(out, "created", str_of(clock_format(person->created_ms, created)));
    if (person->moved_ms != CLOCK_NEVER) {
        buf_put_json_field(out, "moved", str_of(clock_format(person->moved_ms, moved)));
    }
    if (person->conflicts.len > 0) {
        buf_put_json_field(out, "conflicts", person->conflicts);
    }
    if (person->contact.len > 0) {
        buf_put_json_field(out, "mail", person->contact);
    }
    buf_printf(out, ",\"sealed\":%s,\"second_factor\":%s,\"disabled\":%s}\n",
               person->is_sealed ? "true" : "false", person->has_factor ? "true" : "false",
               person->is_disabled ? "true" : "false");
}

static void put_person(void *context, const struct casebook_person *person)
{
    struct user_command *command = context;
    struct buf *out = &command->out;
    char created[CLOCK_TEXT];
    if (command->desk.is_json) {
        put_person_json(out, person);
        return;
    }
    cli_put_cell(out, person->name, 16);
    buf_put_char(out, ' ');
    cli_put_cell(out, person->organisation, 24);
    buf_put_char(out, ' ');
    cli_put_cell(out, str_of(casebook_role_name(person->role)), 12);
    buf_printf(out, " %.10s %s%s%s%s%.*s\n", clock_format(person->created_ms, created),
               person->is_disabled ? "NONAKTIF/disabled " : "", person->has_factor ? "2F " : "",
               person->moved_ms != CLOCK_NEVER ? "pindah/moved " : "",
               person->is_sealed ? "segel/sealed " : "", STR_FORMAT(person->fingerprint));
}

int user_list(struct user_command *command, const struct cli_words *words, struct err *err)
{
    (void)words;
    bool done = cli_desk_open_read(&command->desk, err) &&
                casebook_people_list(command->desk.casebook, put_person, command, err) &&
                cli_print(&command->out, err);
    return done ? CLI_FINE : cli_cannot(USER_NAME, err);
}

static void put_organisation(void *context, const struct casebook_organisation *one)
{
    struct user_command *command = context;
    struct buf *out = &command->out;
    const char *role = one->has_role ? casebook_role_name(one->role) : "";
    if (command->desk.is_json) {
        buf_put_char(out, '{');
        buf_put_json_field(out, "name", one->name);
        buf_put_json_field(out, "kind", str_of(role));
        buf_put_json_field(out, "sector", str_of(casebook_sector_name(one->sector)));
        buf_printf(out, ",\"people\":%zu,\"may_approve\":%s,\"ties\":[", one->people,
                   one->is_barred ? "false" : "true");
        for (size_t i = 0; i < one->tie_count; i++) {
            buf_put_string(out, i > 0 ? ",{" : "{");
            buf_put_json_field(out, "name", one->ties[i]);
            buf_put_json_field(out, "reason", one->tie_reasons[i]);
            buf_put_char(out, '}');
        }
        buf_put_string(out, "]}\n");
        return;
    }
    cli_put_cell(out, one->name, 28);
    buf_printf(out, " %-12s %-11s %3zu%s\n", role, casebook_sector_name(one->sector), one->people,
               one->is_barred ? "  tidak boleh menyetujui / may not approve" : "");
    for (size_t i = 0; i < one->tie_count; i++) {
        buf_put_string(out, "  terikat pada / tied to ");
        cli_put_line(out, one->ties[i]);
        buf_put_string(out, ": ");
        cli_put_line(out, one->tie_reasons[i]);
        buf_put_char(out, '\n');
    }
}

int user_orgs(struct user_command *command, const struct cli_words *words, struct err *err)
{
    (void)words;
    bool done = cli_desk_open_read(&command->desk, err) &&
                casebook_organisations(command->desk.casebook, put_organisation, command, err) &&
                cli_print(&command->out, err);
    return done ? CLI_FINE : cli_cannot(USER_NAME, err);
}

/* Opens the casebook for a change that takes a reason. */
static bool open_reasoned(struct user_command *command, const char *usage, struct err *err)
{
    return (command->reason != NULL || err_set(err, "saring user %s --reason TEXT", usage)) &&
           cli_desk_open_write(&command->desk, err);
}

int user_disable(struct user_command *command, const struct cli_words *words, struct err *err)
{
    if (!open_reasoned(command, "disable NAME", err)) {
        return cli_cannot(USER_NAME, err);
    }
    return user_done(command, words->at[0],
                     casebook_people_disable(command->desk.casebook, str_of(words->at[1]),
                                             str_of(command->reason), err),
                     err);
}

int user_tie(struct user_command *command, const struct cli_words *words, struct err *err)
{
    if (!open_reasoned(command, "tie ORG ORG", err)) {
        return cli_cannot(USER_NAME, err);
    }
    return user_done(command, words->at[0],
                     casebook_people_tie(command->desk.casebook, str_of(words->at[1]),
                                         str_of(words->at[2]), str_of(command->reason), err),
                     err);
}

int user_sector(struct user_command *command, const struct cli_words *words, struct err *err)
{
    enum casebook_sector sector;
    if (!casebook_sector_parse(str_of(words->at[2]), &sector)) {
        err_set(err,
                "'%.40s': civil, university, press, election, executive, police, military, party",
                words->at[2]);
        return cli_cannot(USER_NAME, err);
    }
    if (!open_reasoned(command, "sector ORG SEKTOR", err)) {
        return cli_cannot(USER_NAME, err);
    }
    return user_done(command, words->at[0],
                     casebook_organisation_sector(command->desk.casebook, str_of(words->at[1]),
                                                  sector, str_of(command->reason), err),
                     err);
}

/* A statement about oneself: the person signs in for it. */
int user_declare(struct user_command *command, const struct cli_words *words, struct err *err)
{
    command->desk.user = words->at[1];
    if (!cli_desk_open_write(&command->desk, err) || !cli_desk_login(&command->desk, err)) {
        return cli_cannot(USER_NAME, err);
    }
    return user_done(command, words->at[0],
                     casebook_people_declare(command->desk.casebook, str_of(words->at[1]),
                                             str_of(words->at[2]), err),
                     err);
}

int user_mail(struct user_command *command, const struct cli_words *words, struct err *err)
{
    if (!cli_desk_open_write(&command->desk, err)) {
        return cli_cannot(USER_NAME, err);
    }
    return user_done(command, words->at[0],
                     casebook_people_contact(command->desk.casebook, str_of(words->at[1]),
                                             str_of(words->at[2]), err),
                     err);
}
