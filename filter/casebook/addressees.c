#include "filter/casebook/addressees.h"

#include <ctype.h>
#include <stdlib.h>
#include <sys/stat.h>

#include "filter/base/arena.h"
#include "filter/base/err.h"
#include "filter/base/file.h"
#include "filter/base/mem.h"
#include "filter/casebook/case.h"
#include "filter/text/url.h"
#include "filter/text/view.h"

enum { LIST_BYTES_MOST = 1 << 20, ADDRESS_MOST = 500 };

struct casebook_addressees {
    struct arena *arena;
    struct casebook_addressee *all;
    size_t count, room;
};

/* Whole words, as the skeleton has them: without doubled letters, "P.O.L.R.I" and "p0lri" alike. */
static const char *const words[] = {
    "polri",     "polisi",       "police",      "kepolisian", "bareskrim", "brimob",     "densus",
    "kejaksaan", "kejari",       "kejati",      "kejagung",   "jaksa",     "prosecutor", "tni",
    "military",  "kodam",        "kodim",       "korem",      "koramil",   "bais",       "bin",
    "intelijen", "intelligence", "inteligence", "interpol",   "satpol",    "gakkumdu",   "gakumdu",
    NULL};

/* And what their offices are called by: Polda X, Polres Y, Ditreskrimsus Z. */
static const char *const starts[] = {"polda",      "polres",  "polsek",     "polsub",
                                     "ditreskrim", "reskrim", "satreskrim", "kepolisian",
                                     "kejaksaan",  NULL};

static bool is_barred(struct str word)
{
    for (const char *const *one = words; *one != NULL; one++) {
        if (str_is(word, *one)) {
            return true;
        }
    }
    for (const char *const *one = starts; *one != NULL; one++) {
        if (str_starts(word, str_of(*one))) {
            return true;
        }
    }
    return false;
}

static bool has_barred(struct str text)
{
    size_t start = 0;
    for (size_t at = 0; at <= text.len; at++) {
        if (at == text.len || !isalpha((unsigned char)text.at[at])) {
            if (is_barred(str_part(text, start, at))) {
                return true;
            }
            start = at + 1;
        }
    }
    /* "bareskrim-polri.go.id" has its words apart; ".mil.id" is nobody else's. */
    return memmem(text.at, text.len, ".mil.id", sizeof ".mil.id" - 1) != NULL;
}

bool casebook_addressee_check(struct str name, struct err *err)
{
    struct arena *arena = arena_new(LIST_BYTES_MOST);
    struct str folded, skeleton;
    bool done = text_fold_literal(TEXT_FOLDED, name, arena, &folded, err) &&
                text_fold_literal(TEXT_SKELETON, name, arena, &skeleton, err);
    bool is_fine = done && !has_barred(folded) && !has_barred(skeleton);
    arena_free(arena);
    return is_fine ||
           (!done
                ? false
                : err_set(err, "polisi, militer, jaksa dan intelijen bukan penerima rujukan / the "
                               "police, military, prosecutors and intelligence are no "
                               "recipients of a referral"));
}

/* Where something is handed in: an https page, or a mailbox. */
static bool is_address(struct str address)
{
    size_t ats = 0;
    struct err ignored = ERR_NONE;
    struct buf canonical = BUF_EMPTY;
    struct url parts;
    for (size_t i = 0; i < address.len; i++) {
        unsigned char c = (unsigned char)address.at[i];
        if (c <= ' ' || c >= 0x7f || strchr("\"'<>\\`", c) != NULL) {
            return false;
        }
        ats += c == '@' ? 1 : 0;
    }
    if (address.len == 0 || address.len > ADDRESS_MOST) {
        return false;
    }
    if (str_starts(address, STR("https://"))) {
        bool is_url = ats == 0 && url_canonical(address, &canonical, &parts, &ignored);
        buf_fini(&canonical);
        return is_url;
    }
    const char *at = memchr(address.at, '@', address.len);
    if (ats != 1 || at == address.at) {
        return false;
    }
    struct str host = str_part(address, (size_t)(at - address.at) + 1, address.len);
    const char *dot = memchr(host.at, '.', host.len);
    return dot != NULL && dot != host.at && host.at[host.len - 1] != '.' &&
           memchr(address.at, '/', address.len) == NULL;
}

static void put_kinds(struct buf *out)
{
    static const char *const kinds[] = {
#define X(constant, name) name,
        CASEBOOK_RECIPIENTS(X)
#undef X
    };
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
        buf_printf(out, "%s%s", i > 0 ? ", " : "", kinds[i]);
    }
}

static bool bad_kind(struct str kind, unsigned line, struct err *err)
{
    struct buf known = BUF_EMPTY;
    put_kinds(&known);
    err_set_at(err, line, 1,
               "jenis penerima \"%.*s\" tidak ada / there is no such kind of recipient: %s",
               (int)(kind.len < 40 ? kind.len : 40), kind.at, known.bytes);
    buf_fini(&known);
    return false;
}

static bool add_line(struct casebook_addressees *list, struct str line, unsigned number,
                     struct err *err)
{
    struct casebook_addressee one;
    struct err why = ERR_NONE;
    struct str rest = line;
    struct str kind = str_trim(str_cut(&rest, '\t'));
    struct str name = str_trim(str_cut(&rest, '\t'));
    struct str address = str_trim(rest);
    if (!casebook_recipient_parse(kind, &one.kind)) {
        return bad_kind(kind, number, err);
    }
    if (memchr(address.at, '\t', address.len) != NULL || address.len == 0) {
        return err_set_at(err, number, 1,
                          "satu baris: jenis<TAB>nama<TAB>alamat / a line is kind<TAB>name<TAB>"
                          "address");
    }
    if (!is_address(address)) {
        return err_set_at(err, number, 1,
                          "alamat harus https://… atau surel / the address must be https://… or "
                          "an e-mail address");
    }
    if (!casebook_check_words(name, "nama penerima / the recipient's name", 2,
                              CASEBOOK_RECIPIENT_MOST, &why) ||
        !casebook_addressee_check(name, &why) || !casebook_addressee_check(address, &why)) {
        return err_set_at(err, number, 1, "%s", why.message);
    }
    if (casebook_addressees_find(list, one.kind, name) != NULL) {
        return err_set_at(err, number, 1,
                          "penerima ini disebut dua kali / this recipient is "
                          "named twice");
    }
    one.name = casebook_keep(list->arena, name);
    one.address = casebook_keep(list->arena, address);
    mem_grow(&list->all, &list->room, list->count + 1, sizeof *list->all);
    list->all[list->count++] = one;
    return true;
}

static bool add_text(struct casebook_addressees *list, struct str text, struct err *err)
{
    for (unsigned number = 1; text.len > 0; number++) {
        struct str line = str_trim(str_cut(&text, '\n'));
        if (line.len > 0 && line.at[0] != '#' && !add_line(list, line, number, err)) {
            return false;
        }
    }
    return true;
}

/* By kind; within one in the order of the files. */
static void sort(struct casebook_addressees *list)
{
    for (size_t i = 1; i < list->count; i++) {
        struct casebook_addressee one = list->all[i];
        size_t at = i;
        for (; at > 0 && list->all[at - 1].kind > one.kind; at--) {
            list->all[at] = list->all[at - 1];
        }
        list->all[at] = one;
    }
}

static struct casebook_addressees *new_list(void)
{
    struct casebook_addressees *list = mem_zero(1, sizeof *list);
    list->arena = arena_new((size_t)16 * LIST_BYTES_MOST);
    return list;
}

struct casebook_addressees *casebook_addressees_read(struct str text, const char *file,
                                                     struct err *err)
{
    struct casebook_addressees *list = new_list();
    if (!add_text(list, text, err)) {
        (void)err_in_file(err, file);
        casebook_addressees_free(list);
        return NULL;
    }
    sort(list);
    return list;
}

struct casebook_addressees *casebook_addressees_load(const char *const *folders, struct err *err)
{
    struct casebook_addressees *list = new_list();
    struct buf path = BUF_EMPTY;
    bool done = true;
    for (; done && *folders != NULL; folders++) {
        struct stat about;
        struct buf text = BUF_EMPTY;
        buf_clear(&path);
        buf_printf(&path, "%s/allow/recipients.txt", *folders);
        if (stat(path.bytes, &about) == 0) {
            done = file_read(path.bytes, LIST_BYTES_MOST, &text, err) &&
                   (add_text(list, buf_str(&text), err) || err_in_file(err, path.bytes));
        }
        buf_fini(&text);
    }
    buf_fini(&path);
    if (!done) {
        casebook_addressees_free(list);
        return NULL;
    }
    sort(list);
    return list;
}

void casebook_addressees_free(struct casebook_addressees *list)
{
    if (list != NULL) {
        arena_free(list->arena);
        free(list->all);
        free(list);
    }
}

const struct casebook_addressee *casebook_addressees_all(const struct casebook_addressees *list,
                                                         size_t *count)
{
    *count = list != NULL ? list->count : 0;
    return list != NULL ? list->all : NULL;
}

const struct casebook_addressee *casebook_addressees_find(const struct casebook_addressees *list,
                                                          enum casebook_recipient kind,
                                                          struct str name)
{
    for (size_t i = 0; list != NULL && i < list->count; i++) {
        if (list->all[i].kind == kind && str_equal(list->all[i].name, name)) {
            return &list->all[i];
        }
    }
    return NULL;
}

void casebook_address(struct casebook *casebook, const struct casebook_addressees *list)
{
    casebook->addressees = list;
}
