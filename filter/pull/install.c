#include "filter/pull/install.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "filter/base/buf.h"
#include "filter/base/err.h"
#include "filter/base/file.h"
#include "filter/pull/probe.h"

enum { FILES_MOST = 4 };

struct placed {
    struct buf path, before; /* before: what was there */
    bool was_there, is_new;
};

/* The command with the folder in place of every "%s"; quoted by whoever wrote the command. */
static bool run(const char *command, const char *folder, const char *what, struct err *err)
{
    struct buf line = BUF_EMPTY;
    if (command == NULL || command[0] == '\0') {
        return true;
    }
    for (const char *mark; (mark = strstr(command, "%s")) != NULL; command = mark + 2) {
        buf_put(&line, command, (size_t)(mark - command));
        buf_put_string(&line, folder);
    }
    buf_put_string(&line, command);
    fflush(NULL);
    int status = system(line.bytes); // NOLINT(cert-env33-c): the operator's own command
    bool done = status != -1 && WIFEXITED(status) && WEXITSTATUS(status) == 0;
    if (!done) {
        err_set(err, "%s failed: %.300s", what, line.bytes);
    }
    buf_fini(&line);
    return done;
}

static bool put_back(const struct placed *files, size_t count)
{
    bool done = true;
    for (size_t i = 0; i < count; i++) {
        struct err ignored = ERR_NONE;
        if (!files[i].is_new) {
            continue;
        }
        done &= files[i].was_there
                    ? file_write(files[i].path.bytes, buf_str(&files[i].before), 0644, &ignored)
                    : unlink(files[i].path.bytes) == 0;
    }
    return done;
}

static bool keep_before(struct placed *file, struct err *err)
{
    enum { MOST = 1 << 30 };
    if (access(file->path.bytes, F_OK) != 0 && errno == ENOENT) {
        return true;
    }
    file->was_there = true;
    return file_read(file->path.bytes, MOST, &file->before, err) ||
           err_in_file(err, file->path.bytes);
}

static void report(void *context, const struct blocklist_format *format,
                   const struct blocklist_item *item, const char *why)
{
    (void)context;
    fprintf(stderr, "saring-pull: %s: kasus/case %lld, %s: %s\n", format->file,
            (long long)item->case_id, blocklist_scope_name(item->scope), why);
}

/*
 * Writes over what is there, in the room that it has: a full disk is no reason to go on blocking.
 * Only for an empty list, of which also a half that is read does no harm.
 */
static bool write_over(const char *path, struct str bytes)
{
    int file = open(path, O_WRONLY | O_NOFOLLOW | O_CLOEXEC);
    ssize_t put = file >= 0 ? pwrite(file, bytes.at, bytes.len, 0) : -1;
    bool done = put == (ssize_t)bytes.len && ftruncate(file, put) == 0 && fsync(file) == 0;
    if (file >= 0) {
        close(file);
    }
    return done;
}

static bool place_one(const struct blocklist_format *format, const char *folder,
                      const struct blocklist_opening *opening, const struct blocklist_item *items,
                      size_t count, struct placed *file, struct err *err)
{
    struct buf bytes = BUF_EMPTY;
    struct blocklist_counts counts;
    buf_printf(&file->path, "%s/", folder);
    blocklist_format_file(format, opening, &file->path);
    /* Of what belongs in a file's sibling nothing is said: it is there. */
    blocklist_render(format, opening, items, count, &bytes, &counts,
                     format->narrowed != 0 || format->most_written != 0 ? report : NULL, NULL);
    struct err why = ERR_NONE;
    bool done = (count == 0 || keep_before(file, err)) &&
                (file_write(file->path.bytes, buf_str(&bytes), 0644, &why) ||
                 (count == 0 && write_over(file->path.bytes, buf_str(&bytes))) ||
                 err_set(err, "%s", why.message) || err_in_file(err, file->path.bytes));
    file->is_new = done;
    buf_fini(&bytes);
    return done;
}

bool pull_install(const struct pull_place *place, const struct blocklist_opening *opening,
                  const struct blocklist_item *items, size_t count, struct err *err)
{
    const char *check = place->check != NULL ? place->check : place->consumer->check;
    const char *reload = place->reload != NULL ? place->reload : place->consumer->reload;
    struct placed files[FILES_MOST] = {{.was_there = false}};
    size_t format_count, file_count = 0;
    const struct blocklist_format *formats = blocklist_formats(&format_count);
    bool done = true;
    for (size_t i = 0; done && i < format_count && file_count < FILES_MOST; i++) {
        if (strcmp(formats[i].name, place->consumer->format) == 0) {
            done = place_one(&formats[i], place->folder, opening, items, count, &files[file_count],
                             err);
            file_count++;
        }
    }
    done = done && run(check, place->folder, "the consumer's checker", err) &&
           run(reload, place->folder, "the consumer's reload", err) &&
           (place->probe == NULL || pull_probe(place->probe, items, count, err));
    if (!done) {
        struct err ignored = ERR_NONE;
        /* An empty list stays, whatever a checker holds of the rest: what was there must not. */
        if (count > 0 && !put_back(files, file_count)) {
            fprintf(stderr, "saring-pull: %s: tidak dapat dikembalikan / could not be put back\n",
                    place->folder);
        }
        (void)!run(reload, place->folder, "reload", &ignored);
    }
    for (size_t i = 0; i < file_count; i++) {
        buf_fini(&files[i].path);
        buf_fini(&files[i].before);
    }
    return done;
}
