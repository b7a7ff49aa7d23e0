/*
 * What people type as a target, and warning lists of strangers. Whatever spelling the guard lets
 * through, the entry made of it passes as well, and below a protected name nothing passes.
 */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "filter/base/buf.h"
#include "filter/base/err.h"
#include "filter/blocklist/guard.h"
#include "filter/blocklist/name.h"
#include "filter/blocklist/warning.h"
#include "filter/text/url.h"
#include "tests/fuzz/fuzz.h"

static void require(bool holds)
{
    if (!holds) {
        abort();
    }
}

static const struct blocklist_guard *guard(void)
{
    static struct blocklist_guard *one;
    struct err err = ERR_NONE;
    if (one == NULL) {
        one = blocklist_guard_shipped("/nonexistent", &err);
        require(one != NULL);
    }
    return one;
}

static struct blocklist_entry *make_entry(enum blocklist_scope scope, struct str target)
{
    static const struct hash evidence = {.bytes = {1}};
    struct err err = ERR_NONE;
    const struct blocklist_draft draft = {
        .class = RULE_FRAUD,
        .case_id = 1,
        .scope = scope,
        .target = target,
        .start_ms = 2000,
        .end_ms = 3000,
        .harvest = BLOCKLIST_MONEY,
        .observed_ms = 1000,
        .evidence = &evidence,
        .evidence_count = 1,
        .reason = STR("Situs meniru halaman pendaftaran pemilih, meminta NIK dan OTP, lalu "
                      "mengirimnya ke server lain."),
    };
    return blocklist_entry_new(&draft, &err);
}

/* The same name below each of these is another's: nothing of it may be listed. */
static void check_below(enum blocklist_scope scope, struct str host)
{
    static const char *const above[] = {"kpu.go.id", "kompas.com", "sch.id"};
    for (size_t i = 0; i < sizeof above / sizeof *above; i++) {
        struct buf name = BUF_EMPTY;
        struct err err = ERR_NONE;
        bool is_url = scope == BLOCKLIST_URL || scope == BLOCKLIST_URL_PREFIX;
        buf_printf(&name, "%s%.*s.%s%s", is_url ? "https://" : "", STR_FORMAT(host), above[i],
                   is_url ? "/a" : "");
        require(!blocklist_guard_check_typed(guard(), scope, buf_str(&name), &err));
        buf_fini(&name);
    }
}

static void fuzz_target(enum blocklist_scope scope, struct str text)
{
    struct err err = ERR_NONE;
    unsigned by;
    bool fine = blocklist_guard_explain(guard(), scope, text, &by, &err);
    require(fine == (by == 0) && fine != err_is_set(&err));
    struct blocklist_entry *entry = make_entry(scope, text);
    if (entry == NULL) {
        return;
    }
    struct str host = blocklist_entry_host(entry);
    err = ERR_NONE;
    bool passes = blocklist_guard_check(guard(), entry, &err);
    require(!fine || passes);
    /* Only a spelling that reads like another name may be refused where the name itself is not. */
    require(fine || !passes || by == BLOCKLIST_GUARD_LIKENESS);
    err = ERR_NONE;
    require(passes == blocklist_guard_check_typed(guard(), scope,
                                                  blocklist_entry_parts(entry)->target, &err));
    struct str looks = blocklist_guard_looks_like(guard(), host);
    require(looks.len == 0 || !blocklist_name_covers(looks, host));
    if (host.len < 200) {
        check_below(scope, host);
    }
    blocklist_entry_free(entry);
}

/* A list, a NUL, and what is asked of it. */
static void fuzz_warnings(struct str input)
{
    static char folder[] = "/dev/shm/saring-warnings.XXXXXX";
    static bool is_made = false;
    char path[64];
    struct err err = ERR_NONE;
    struct buf out = BUF_EMPTY;
    struct url url;
    require(is_made || mkdtemp(folder) != NULL);
    snprintf(path, sizeof path, "%s/warnings", folder);
    require(is_made || mkdir(path, 0700) == 0);
    is_made = true;
    snprintf(path, sizeof path, "%s/warnings/a.json", folder);
    const char *end = input.len > 0 ? memchr(input.at, '\0', input.len) : NULL;
    size_t len = end != NULL ? (size_t)(end - input.at) : input.len;
    int file = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    require(file >= 0 && write(file, input.at, len) == (ssize_t)len);
    close(file);
    input = str_part(input, end != NULL ? len + 1 : len, input.len);
    struct blocklist_warnings *warnings =
        blocklist_warnings_load((const char *const[]){folder, NULL}, &err);
    require((warnings != NULL) != err_is_set(&err));
    err = ERR_NONE;
    if (warnings != NULL && url_canonical(input, &out, &url, &err)) {
        for (enum blocklist_scope scope = BLOCKLIST_URL; scope <= BLOCKLIST_DOMAIN; scope++) {
            bool is_url = scope == BLOCKLIST_URL || scope == BLOCKLIST_URL_PREFIX;
            err = ERR_NONE;
            bool fine = blocklist_warnings_check(warnings, scope, url.host,
                                                 is_url ? url.whole : STR(""), false, &err);
            require(fine != err_is_set(&err));
        }
    }
    blocklist_warnings_free(warnings);
    buf_fini(&out);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct str input = {(const char *)data, size};
    if (size == 0) {
        return 0;
    }
    if (data[0] == 'w') {
        fuzz_warnings(str_part(input, 1, size));
    } else {
        fuzz_target((enum blocklist_scope)(data[0] % 4), str_part(input, 1, size));
    }
    return 0;
}
