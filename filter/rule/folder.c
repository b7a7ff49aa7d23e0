#include <sys/stat.h>

#include "filter/base/arena.h"
#include "filter/base/buf.h"
#include "filter/base/err.h"
#include "filter/base/file.h"
#include "filter/rule/basis.h"
#include "filter/rule/findings.h"
#include "filter/rule/limits.h"
#include "filter/rule/lists.h"
#include "filter/rule/loader.h"
#include "filter/rule/sample.h"
#include "filter/rule/set.h"

enum { MOST_FILES = 100000, LIST_FILE_MAX = 16 << 20 };

/* Folders below a rules folder that hold something else than rules. */
static const char *const others[] = {"lists", "protected", "allow", "speech", "templates", NULL};

struct reading {
    struct rule_findings *findings;
    struct rule_loader *loader;
    struct rule_lists *lists;
    struct rule_basis *basis;
    struct rule_samples *speech;
};

/* What is done with the bytes of one file. */
typedef bool take_file(struct reading *in, const char *path, struct str text);

static bool take_list(struct reading *in, const char *path, struct str text)
{
    struct str name = str_of(strrchr(path, '/') + 1);
    return rule_lists_add(in->lists, in->findings, str_part(name, 0, name.len - 4), text);
}

static bool take_allowed(struct reading *in, const char *path, struct str text)
{
    (void)path;
    return rule_basis_allow(in->basis, in->findings, text);
}

static bool take_rules(struct reading *in, const char *path, struct str text)
{
    (void)path;
    return rule_loader_add(in->loader, text);
}

static bool take_speech(struct reading *in, const char *path, struct str text)
{
    struct rule_speech_file file;
    for (size_t i = 0; rule_speech_built_in(i, &file); i++) {
        if (str_equal(file.ndjson, text)) {
            return true; /* those are read anyway */
        }
    }
    const char *name = arena_copy(in->loader->scratch, path, strlen(path));
    size_t first = in->speech->count;
    bool done =
        name != NULL && rule_speech_read(text, in->loader->scratch, in->findings, in->speech);
    for (size_t i = first; i < in->speech->count; i++) {
        in->speech->items[i].file = name;
    }
    return name != NULL ? done : rule_fault(in->findings, 0, 0, "the samples are too large");
}

static bool read_file(struct reading *in, const char *path, size_t max_bytes, take_file *take)
{
    struct buf bytes = BUF_EMPTY;
    struct err err = ERR_NONE;
    in->findings->file = path;
    bool done = file_read(path, max_bytes, &bytes, &err) ? take(in, path, buf_str(&bytes))
                                                         : rule_fault_err(in->findings, &err);
    in->findings->file = NULL;
    buf_fini(&bytes);
    return done;
}

/*
 * Whether `path` lies in one of the folders that hold no rules, directly below `folder`, or is the
 * sources.yml of an example, which stands beside its rules.
 */
static bool is_other(const char *folder, const char *path)
{
    const char *rest = path + strlen(folder);
    rest += strspn(rest, "/");
    if (strcmp(rest, "sources.yml") == 0) {
        return true;
    }
    for (const char *const *other = others; *other != NULL; other++) {
        size_t len = strlen(*other);
        if (strncmp(rest, *other, len) == 0 && rest[len] == '/') {
            return true;
        }
    }
    return false;
}

static bool read_found(struct reading *in, const char *folder, const char *suffix, bool is_rules)
{
    struct file_list files = {.count = 0};
    struct err err = ERR_NONE;
    bool done =
        file_find(folder, suffix, MOST_FILES, &files, &err) || rule_fault_err(in->findings, &err);
    take_file *take = is_rules                         ? take_rules
                      : str_is(str_of(suffix), ".txt") ? take_list
                                                       : take_speech;
    for (size_t i = 0; i < files.count; i++) {
        if (!is_rules || !is_other(folder, files.paths[i])) {
            done = read_file(in, files.paths[i], is_rules ? RULE_FILE_MAX : LIST_FILE_MAX, take) &&
                   done;
        }
    }
    file_list_fini(&files);
    return done;
}

/* `folder`/`name` if there is such a thing, in `path`; else NULL. */
static const char *below(const char *folder, const char *name, struct buf *path)
{
    struct stat about;
    buf_clear(path);
    buf_printf(path, "%s/%s", folder, name);
    return stat(path->bytes, &about) == 0 ? path->bytes : NULL;
}

/* What rules refer to has to be there before they are read. */
static bool read_around(struct reading *in, const char *folder)
{
    struct buf path = BUF_EMPTY;
    bool done = true;
    const char *found = below(folder, "lists", &path);
    done = (found == NULL || read_found(in, found, ".txt", false)) && done;
    found = below(folder, "allow/fact-checkers.txt", &path);
    done = (found == NULL || read_file(in, found, LIST_FILE_MAX, take_allowed)) && done;
    found = below(folder, "speech", &path);
    done = (found == NULL || read_found(in, found, ".ndjson", false)) && done;
    buf_fini(&path);
    return done;
}

static bool read_built_in(struct reading *in)
{
    struct rule_speech_file file;
    bool done = true;
    for (size_t i = 0; rule_speech_built_in(i, &file); i++) {
        size_t first = in->speech->count;
        in->findings->file = file.path;
        done = rule_speech_read(file.ndjson, in->loader->scratch, in->findings, in->speech) && done;
        in->findings->file = NULL;
        for (size_t at = first; at < in->speech->count; at++) {
            in->speech->items[at].file = file.path;
        }
    }
    return done;
}

bool rule_folder_read(const struct rule_set_options *options, struct rule_loader *loader,
                      struct rule_lists *lists, struct rule_basis *basis,
                      struct rule_samples *speech)
{
    struct reading in = {.findings = loader->compiler.findings,
                         .loader = loader,
                         .lists = lists,
                         .basis = basis,
                         .speech = speech};
    bool done = read_built_in(&in);
    for (const char *const *folder = options->folders; *folder != NULL; folder++) {
        done = read_around(&in, *folder) && done;
    }
    for (const char *const *file = options->files; file != NULL && *file != NULL; file++) {
        done = read_file(&in, *file, RULE_FILE_MAX, take_rules) && done;
    }
    for (const char *const *folder = options->folders; options->files == NULL && *folder != NULL;
         folder++) {
        done = read_found(&in, *folder, ".yml", true) && done;
    }
    if (done && loader->count == 0) {
        in.findings->file = options->folders[0];
        done = rule_fault(in.findings, 0, 0, "holds no rule; rule files end in .yml");
        in.findings->file = NULL;
    }
    return done;
}
